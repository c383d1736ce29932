"""A comparison as people and programs read it: text for a terminal, Markdown, a page of HTML, JSON."""

from datagazette.diff.report.html import html
from datagazette.diff.report.json import as_json
from datagazette.diff.report.markdown import markdown
from datagazette.diff.report.text import text

__all__ = ["as_json", "html", "markdown", "text"]
