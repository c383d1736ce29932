"""Problems as code hosts show them beside a change: GitHub's annotations and summary, GitLab's report, SARIF."""

from publisher.annotations.github import github, github_summary
from publisher.annotations.gitlab import gitlab
from publisher.annotations.places import placed
from publisher.annotations.sarif import sarif

__all__ = ["github", "github_summary", "gitlab", "placed", "sarif"]
