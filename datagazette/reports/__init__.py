"""Problems as code hosts show them beside a change: GitHub's annotations and summary, GitLab's report, SARIF."""

from datagazette.reports.github import github, github_summary
from datagazette.reports.gitlab import gitlab
from datagazette.reports.places import placed
from datagazette.reports.sarif import sarif

__all__ = ["github", "github_summary", "gitlab", "placed", "sarif"]
