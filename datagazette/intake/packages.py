"""The tables of a Data Package as sheets, and what of the package is not taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from datagazette.intake.encodings import unreadable_lines
from datagazette.intake.extent import refuse_larger
from datagazette.intake.notices import Place, notice, stopped
from datagazette.intake.sheets import Sheet, sheet
from datagazette.load.standalone import Standalone, read_descriptor, read_package
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.problems import has_errors
from datagazette.model.resource import Json, Table
from datagazette.tables.layout import Unreadable, is_content, open_text, read_layout, read_numbered

# What a package says of itself that holds here, too; what the new descriptor says itself; and both of a resource.
_KEPT = ("version", "title", "description", "keywords", "licenses", "sources", "contributors", "homepage")
_OWN = ("$schema", "profile", "name", "resources")
RESOURCE_KEYS = (
    "$schema", "profile", "name", "title", "description", "type", "path", "schema", "dialect", "encoding", "format",
    "mediatype", "bytes", "hash",
)  # fmt: skip


Renaming = Callable[[str, Sequence[str]], Sequence[str]]


def package_sheets(path: Path, encoding: str | None = None) -> tuple[tuple[Sheet, ...], Json]:
    """(its tables, its own properties). `encoding` is that of its CSVs, if a person states one.

    Raises DataFaults where its descriptor has errors, UsageError where it has no table that is one CSV.
    """
    document, _ = read_descriptor(path)
    found = read_package(path)
    if [problem.code for problem in found.problems] == ["yaml-no-mapping"]:
        raise UsageError("no-package", file=path.name)
    if document is None or has_errors(found.problems):
        raise DataFaults(found.problems)
    about = {key: value for key, value in document.value.items() if _stem(key) in _KEPT}
    left = notice("resources-left", (Place(text=resource.name) for resource in found.foreign))
    if not found.tables:
        raise stopped(path.name, left)
    first, *others = (table_sheet(table, file, encoding) for table, file in found.tables)
    twice = (Place(problem.line, text=dict(problem.values)["key"]) for problem in found.problems
             if problem.code == "yaml-duplicate-key")  # fmt: skip
    notices = (left, notice("keys-twice", twice), notice("keys-left", _left(document.value, found)), *first.notices)
    return (replace(first, notices=notices), *others), about


def _stem(key: str) -> str:
    """A key without the language of a translation."""
    return key.partition("@")[0]


def _left(package: Json, found: Standalone) -> Iterable[Place]:
    """The keys that are not taken over."""
    yield from (Place(text=key) for key in package if _stem(key) not in (*_KEPT, *_OWN))
    for table, _ in found.tables:
        yield from (Place(text=f"{table.name}: {key}") for key in table.descriptor if _stem(key) not in RESOURCE_KEYS)


def table_sheet(table: Table, path: Path, encoding: str | None, renamed: Renaming | None = None) -> Sheet:
    """A table; its schema is in `resource` where the package has one, else its columns are as those of a CSV.

    `renamed` gives the names of the columns for the header of the file, and may refuse it.
    """
    stated = "schema" in table.descriptor
    resource = {**table.descriptor, "schema": table.schema.descriptor} if stated else table.descriptor
    dialect = replace(table.dialect, encoding=encoding) if encoding else table.dialect
    try:
        layout = read_layout(path, dialect)
        refuse_larger(path, layout.encoding, layout.dialect)
        with open_text(path, layout.encoding) as stream:
            every = list(read_numbered(stream, layout.dialect, closed=True))
    except Unreadable as fault:
        if isinstance(fault.__cause__, UnicodeError):
            lines = unreadable_lines(path, dialect.encoding)
            raise stopped(path.name, notice("encoding-stated", lines, encoding=dialect.encoding)) from fault
        raise UsageError("unreadable", path=path.name, reason=fault.note) from fault
    labels = list(layout.labels or tuple(field.name for field in table.schema.fields))
    if renamed is not None:
        labels = list(renamed(path.name, labels))
    numbered = list(enumerate(every, 1))[layout.first_row - 1 :]
    rows = [row for number, row in numbered if is_content(number, row[1], layout.dialect)]
    remarks = notice("comment-rows", (
        Place(line, text=" | ".join(cells)) for number, (line, cells) in numbered
        if any(map(str.strip, cells)) and not is_content(number, cells, layout.dialect)
    ))  # fmt: skip
    above = notice("above", (
        Place(line, text=" | ".join(cells)) for number, (line, cells) in enumerate(every[: layout.first_row - 1], 1)
        if number not in layout.dialect.header_rows and any(map(str.strip, cells))
    ))  # fmt: skip
    found = sheet(table.name, path.name, [(1, labels), *rows], layout.encoding, resource, header=1)
    delimiter = "" if stated else layout.dialect.delimiter
    return replace(found, delimiter=delimiter, notices=(above, remarks, *found.notices))
