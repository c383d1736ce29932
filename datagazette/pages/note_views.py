"""Caveats as footnotes, and what a dataset's own checks found."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from datagazette.model.publication import Check, Field, Note, Release
from datagazette.model.results import Finding, ReleaseResult
from datagazette.pages import cells
from datagazette.pages.context import PageContext

# A release with more caveats than this shows the first ones; all are in its files.
MAX_NOTES = 300
MAX_FINDINGS = 20


@dataclass(frozen=True)
class NoteView:
    """`place` is the table, row and column in words; `kind` the kind of caveat in words."""

    number: int
    kind: str
    code: str
    text: str | Markup
    place: str


@dataclass(frozen=True)
class CheckView:
    """`state`: `passed`, `known` (an accepted finding, with the reason in `accepted`) or `found`."""

    title: str | Markup
    description: Markup | str
    state: str
    accepted: Markup | str
    rows: cells.RowsView | None
    more: int


def note_views(context: PageContext, release: Release) -> tuple[NoteView, ...]:
    return tuple(_note(context, release, number, note) for number, note in enumerate(release.notes[:MAX_NOTES], 1))


def notes_of(context: PageContext, release: Release, resource: str) -> tuple[NoteView, ...]:
    """The caveats of one table or summary, with the numbers that they have on all pages."""
    numbered = enumerate(release.notes[:MAX_NOTES], 1)
    return tuple(_note(context, release, number, one) for number, one in numbered if one.resource == resource)


def _note(context: PageContext, release: Release, number: int, note: Note) -> NoteView:
    table, summary = release.table(note.resource), release.summary(note.resource)
    found = table.schema.field(note.field) if table else summary.field(note.field) if summary else None
    title = context.plain(table.title) if table else ""
    column = cells.column_title(context, found) if found else note.field
    known = title or ("" if summary else note.resource)
    parts = [known, note.key, column]
    return NoteView(
        number=number,
        kind=context.word("note", note.kind),
        code=note.kind,
        text=context.rich_inline(note.text),
        place=context.say("note.place_separator").join(part for part in parts if part),
    )


def check_views(context: PageContext, result: ReleaseResult) -> tuple[CheckView, ...]:
    """The dataset's own checks, those with findings first."""
    findings = {finding.check.name: finding for finding in result.findings}
    views = [_check(context, result.release, check, findings.get(check.name)) for check in result.release.checks]
    return tuple(sorted(views, key=lambda one: one.state == "passed"))


def _check(context: PageContext, release: Release, check: Check, finding: Finding | None) -> CheckView:
    rows = finding.rows if finding else ()
    return CheckView(
        title=context.text(check.title) or check.name,
        description=context.rich(check.description) if check.description else "",
        state=("known" if check.accepted else "found") if rows else "passed",
        accepted=context.rich(check.accepted) if check.accepted and rows else "",
        rows=_found_rows(context, release, finding) if finding and rows else None,
        more=max(0, len(rows) - MAX_FINDINGS),
    )


def _found_rows(context: PageContext, release: Release, finding: Finding) -> cells.RowsView:
    """The rows of a check, their columns named like the fields of the same name."""
    fields = tuple(_field(release, name) for name in finding.columns)
    return cells.rows_view(context, fields, finding.rows[:MAX_FINDINGS])


def _field(release: Release, name: str) -> Field:
    schemas = (table.schema for table in release.tables)
    own = next((field for one in schemas if (field := one.field(name))), None)
    written = next((field for summary in release.summaries if (field := summary.field(name))), None)
    return own or written or Field(name)
