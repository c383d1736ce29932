"""Personal data in descriptors, notes and pages, and what a descriptor says of those that are published on purpose.

Texts under the standard's own `email` are contact points, which their authors mean to publish; a mailbox that is one of
them may be in any text of the same file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from datagazette.load.descriptors import Document, KeyPath, KeyReader
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Note, PersonalData, Summary
from datagazette.model.resource import Table
from datagazette.personal.columns import CARD, IDENTITY, PASSPORT
from datagazette.personal.texts import kinds_in

PERSONAL, ON_PAGE = "personal-text", "personal-page"
CODES = frozenset(("personal-data", PERSONAL, ON_PAGE))
NOTES_PART = "notes"
_ALWAYS_ERRORS = (IDENTITY, CARD, PASSPORT)  # no office has any
_OF_PACKAGE, _OF_CATALOG = ("field", "resource", "part", "reason"), ("part", "page", "reason")
_NOT_TEXTS = ("email", "path", "hash", "chart", "dialect", "pattern", "$schema", "personal")


def read_published(
    reader: KeyReader, tables: Sequence[Table], summaries: Sequence[Summary]
) -> tuple[PersonalData, ...]:
    """The `personal` of a package. Each entry needs a reason, and names a field that there is, or a part."""
    fields = {table.name: [field.name for field in table.schema.fields] for table in tables}
    fields |= {summary.name: [field.name for field in summary.fields] for summary in summaries}
    found = []
    for entry in reader.items("personal"):
        entry.known(_OF_PACKAGE)
        read = PersonalData(
            entry.text("reason", required=True), entry.string("field"), entry.string("resource"), entry.string("part")
        )
        if bool(read.field) == bool(read.part):
            entry.report("personal-place", rule="package")
        elif read.resource and read.resource not in fields:
            entry.report("personal-unknown", "resource", found=read.resource, rule="resource")
        elif (
            read.field
            and fields
            and not any(read.field in names for name, names in fields.items() if read.resource in ("", name))
        ):
            near = reader.document.near.nearest(read.field, [name for names in fields.values() for name in names], 0.6)
            entry.report("personal-unknown", "field", found=read.field, near=near)
        found.append(read)
    return tuple(found)


def read_accepted(reader: KeyReader) -> tuple[PersonalData, ...]:
    """The `personal` of a catalogue."""
    found = []
    for entry in reader.items("personal"):
        entry.known(_OF_CATALOG)
        read = PersonalData(entry.text("reason", required=True), part=entry.string("part"), page=entry.string("page"))
        if bool(read.part) == bool(read.page):
            entry.report("personal-place", rule="catalog")
        found.append(read)
    return tuple(found)


def contact_points(document: Document) -> frozenset[str]:
    """The mailboxes under `email` in a descriptor, in lower case."""
    return frozenset(
        value.lower() for path, value in document.parts() if path and path[-1] == "email" and isinstance(value, str)
    )


def personal_texts(document: Document, declared: Iterable[PersonalData] = ()) -> Iterator[Problem]:
    """An error for each text of a descriptor that holds personal data, but in the parts that are declared."""
    accepted, parts = contact_points(document), {each.part for each in declared}
    for path, value in document.parts():
        if isinstance(value, str) and not _is_left_out(path, parts):
            for kind in kinds_in(value, accepted):
                part = str(path[0]).partition("@")[0]
                yield problem(PERSONAL, document.file, document.line(path), rule=kind, key=_named(path), part=part)


def _is_left_out(path: KeyPath, parts: Collection[str]) -> bool:
    return any(str(key).partition("@")[0] in _NOT_TEXTS for key in path) or str(path[0]).partition("@")[0] in parts


def _named(path: KeyPath) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))


def personal_notes(
    notes: Sequence[Note], file: str, accepted: Collection[str], declared: Iterable[PersonalData]
) -> Iterator[Problem]:
    """An error for each note that holds personal data."""
    if any(each.part == NOTES_PART for each in declared):
        return
    for note in notes:
        texts = (note.key, note.source, *(text for _, text in note.text.values))
        for kind in sorted({kind for text in texts for kind in kinds_in(text, accepted)}):
            yield problem(PERSONAL, file, note.line, rule=kind, key="note", part=NOTES_PART)


def personal_page(text: str, page: str, file: str, above: int, accepted: Collection[str]) -> Iterator[Problem]:
    """What is personal in an authored page, line by line; `above` is the number of lines before the text."""
    for number, line in enumerate(text.split("\n"), above + 1):
        for kind in kinds_in(line, accepted):
            yield problem(ON_PAGE, file, number, rule=kind, part=page)


def as_warnings(found: Iterable[Problem]) -> Iterator[Problem]:
    """Of what was public before it was looked for: an error only where no office can have such a number."""
    for fault in found:
        kind = dict(fault.values)["rule"]
        yield fault if kind in _ALWAYS_ERRORS else replace(fault, severity="warning")
