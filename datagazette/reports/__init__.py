"""Reports: blocks, their writers (text, Markdown, HTML), and problems as people and code hosts read them."""

from datagazette.reports.code_hosts import github, github_summary, gitlab, sarif
from datagazette.reports.places import placed

__all__ = ["github", "github_summary", "gitlab", "placed", "sarif"]
