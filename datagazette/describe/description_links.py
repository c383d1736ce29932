"""Where the links in descriptions lead. A description is shown on several pages and in packages, so that an address
relative to one of them leads nowhere from the others."""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.describe.prose import LONGEST, SCHEMES, markdown
from datagazette.model.names import address_parts
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Release
from datagazette.model.text import Text


def check_links(release: Release, file: str) -> Iterator[Problem]:
    """A problem for each link that is no full address: an error in a draft, a warning in what is released. `file` is
    the descriptor of the release."""
    report = problem if release.state == "draft" else warning
    for where, text in _descriptions(release):
        for link in dict.fromkeys(link for _, value in text.values for link in links(value)):
            if not is_full(link):
                yield report("description-link", file, None, link=link[:200], where=where)


def links(value: str) -> Iterator[str]:
    """The addresses that a description leads to."""
    if len(value) > LONGEST or ("](" not in value and "<" not in value):
        return
    for block in markdown().parse(value):
        for token in block.children or ():
            if token.type == "link_open":
                yield str(token.attrGet("href") or "")


def is_full(link: str) -> bool:
    """Whether a link leads to the same place from everywhere; `#` leads within the page that it is on."""
    parts = address_parts(link)
    return link.startswith("#") or (parts is not None and parts.scheme in SCHEMES)


def _descriptions(release: Release) -> Iterator[tuple[str, Text]]:
    """Every text of a release that may hold links, with the key that it is under."""
    yield "description", release.description
    yield "changes", release.changes
    if release.withdrawal:
        yield "reason", release.withdrawal.reason
    for table in release.tables:
        yield f"resources.{table.name}.description", table.description
        for field in table.schema.fields:
            yield f"{table.schema.name}.{field.name}.description", field.description
    for summary in release.summaries:
        yield f"summaries.{summary.name}.description", summary.description
        for field in summary.fields:
            yield f"summaries.{summary.name}.{field.name}.description", field.description
    for check in release.checks:
        yield f"checks.{check.name}.description", check.description
        yield f"checks.{check.name}.accepted", check.accepted
    for figure in release.figures:
        yield f"figures.{figure.name}.description", figure.description
    for note in release.notes:
        yield f"notes.csv, {note.line}", note.text
