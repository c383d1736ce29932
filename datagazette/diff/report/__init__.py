"""A comparison as people and programs read it: text for a terminal, Markdown, a page of HTML, JSON."""

from collections.abc import Iterator

from datagazette.diff.outcome import Comparison
from datagazette.diff.report.compose import compose
from datagazette.diff.report.json import as_json
from datagazette.diff.report.sentences import words
from datagazette.reports import html as html_writer
from datagazette.reports import markdown as markdown_writer
from datagazette.reports import text as text_writer

__all__ = ["as_json", "html", "markdown", "text"]


def text(found: Comparison, language: str) -> Iterator[text_writer.TextLine]:
    return text_writer.text(compose(found, words(language)))


def markdown(found: Comparison, language: str) -> str:
    return markdown_writer.markdown(compose(found, words(language)))


def html(found: Comparison, language: str) -> str:
    say = words(language)
    return html_writer.html(compose(found, say), say.plain("title"), language)
