"""A comparison as people and programs read it: text for a terminal, Markdown, a page of HTML, JSON."""

from publisher.diff_reports.html import html
from publisher.diff_reports.json import as_json
from publisher.diff_reports.markdown import markdown
from publisher.diff_reports.text import text

__all__ = ["as_json", "html", "markdown", "text"]
