"""Reports: blocks, their writers (text, Markdown, HTML), and problems as people and code hosts read them."""

from datagazette.reports.github import github, github_summary
from datagazette.reports.gitlab import gitlab
from datagazette.reports.places import placed
from datagazette.reports.sarif import sarif

__all__ = ["github", "github_summary", "gitlab", "placed", "sarif"]
