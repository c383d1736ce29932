"""Texts that cannot be right, whatever the schema says of them: NUL, lost characters, and words in a wrong encoding.

Nearly all files have none: their bytes are looked through first, and the cells only where these show something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.model.problems import Cell, Problem, problem, warning
from datagazette.model.resource import Dialect
from datagazette.tables import misread
from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.layout import Unreadable, open_text, read_layout, read_numbered
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import groups
from datagazette.tables.sql import literal

_CHUNK = 1 << 20
_OVERLAP = 8  # bytes that a trace may have in the chunk before
_SAMPLE = 4_000_000  # bytes in which other scripts in a wrong encoding are looked for, as all of a file is in one
_MISREAD = (misread.WESTERN, misread.CHINESE, misread.CYRILLIC)
_LOST = tuple(trace.encode() for trace in misread.LOST)
_OTHER = re.compile(f"{misread.CHINESE}|{misread.CYRILLIC}")
_LEAD = re.compile(f"[{misread.LEADS}]")  # found in a tenth of the time
_RUN = re.compile("[^\x00-\x7f]+")
_TOGETHER = 500  # columns that one query looks at
# `misread.WESTERN` in bytes of UTF-8, nearly: it begins with one byte, for which Python looks quickly.
_WESTERN = re.compile(rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|[\xc5\xc6\xcb]|\xe2[\x80\x82\x84])")
_SHOWN = 40


@dataclass(frozen=True)
class _Found:
    """The first cell of its kind in a column, and how many there are."""

    line: int
    text: str
    near: str
    count: int


def faults(engine: Engine, table: Prepared) -> Iterator[Problem]:
    """In the columns' order, one for each column and kind; NUL is an error."""
    header = (table.layout.dialect.header_rows or (1,))[0]
    for number, label in enumerate(table.layout.labels, 1):
        if kind := _kind(label):
            near = misread.meant(label)
            yield _problem(table, number, label, "label" if kind == "misread" else kind, _Found(header, label, near, 1))
    columns = [column for column in table.columns if column.type.kind == "VARCHAR"]
    if not columns or not table.relation or not _is_suspect(table):
        return
    for group in groups(columns, _TOGETHER):
        found: dict[tuple[int, str], _Found] = {}
        for batch in engine.batches(_query(table.relation, group)):
            for place, text, line, count in batch:
                if kind := _kind(text):
                    before = found.get((place, kind))
                    near = misread.meant(text) if kind == "misread" else ""
                    found[place, kind] = (
                        replace(before, count=before.count + count) if before else _Found(line, text, near, count)
                    )
        for (place, kind), cell in sorted(found.items(), key=lambda item: item[0]):
            column = group[place]
            yield _problem(table, column.number, column.field.name, kind, cell)


def has_traces(table: Prepared) -> bool:
    """Whether the labels, or the bytes of the file, show anything that `faults` may be about."""
    return any(map(_kind, table.layout.labels)) or _is_suspect(table)


def faults_of_parts(files: Sequence[Path], dialect: Dialect, table: str) -> Iterator[Problem]:
    """The same of a table in several files, file by file, which is read here cell by cell where its bytes show
    something; nothing where a file cannot be read."""
    try:
        layout = read_layout(files[0], dialect)
        for path in files:
            if layout.encoding.startswith("utf-8") and not _has_trace(path):
                continue
            found: dict[tuple[int, str], _Found] = {}
            with open_text(path, layout.encoding) as stream:
                for line, cells in read_numbered(stream, layout.dialect):
                    for number, text in enumerate(cells, 1):
                        if kind := _kind(text):
                            first = found.get((number, kind)) or _Found(line, text, misread.meant(text), 0)
                            found[number, kind] = replace(first, count=first.count + 1)
            for (number, kind), first in sorted(found.items(), key=lambda item: item[0]):
                field = layout.labels[number - 1] if number <= len(layout.labels) else str(number)
                yield _about(str(path), table, number, field, kind, first)
    except (Unreadable, UnicodeError, OSError):
        return


def _kind(text: str) -> str:
    return "nul" if "\0" in text else misread.kind(text)


def _query(relation: str, columns: Sequence[Column]) -> str:
    """The distinct cells that may be wrong, in the order of the rows: column, text, line of the first, how many."""
    cells = ", ".join(column.name for column in columns)
    traces = " OR ".join(
        [
            *(f"contains(v, {literal(trace)})" for trace in ("\0", *misread.LOST)),
            *(f"regexp_matches(v, {literal(pattern)})" for pattern in _MISREAD),
        ]
    )
    return (
        f"SELECT k, v, arg_min(_line, _row), count(*) FROM (SELECT unnest(range({len(columns)})) AS k, "
        f"unnest([{cells}]) AS v, _row, _line FROM ({relation})) WHERE {traces} GROUP BY k, v ORDER BY min(_row), k"
    )


def _problem(table: Prepared, number: int, field: str, kind: str, found: _Found) -> Problem:
    source = table.source.table
    return _about(source.file, source.name, number, field, kind, found)


def _about(file: str, table: str, number: int, field: str, kind: str, found: _Found) -> Problem:
    values = {"field": field, "found": found.text[:_SHOWN], "count": found.count}
    cell = Cell(table, field=field, field_number=number, text=found.text)
    if kind == "nul":
        return replace(problem("nul-in-text", file, found.line, **values), cell=cell)
    values |= {"rule": kind, "meant": found.near[:_SHOWN]}
    return replace(warning("garbled-text", file, found.line, **values), cell=cell)


def _is_suspect(table: Prepared) -> bool:
    """Whether the bytes of the file show a trace; those of other encodings than UTF-8 are not looked at."""
    return not table.layout.encoding.startswith("utf-8") or _has_trace(table.source.path)


def _holds(text: bytes, trace: bytes) -> bool:
    """Whether the bytes are in a text: to look for one of them first takes a tenth of the time."""
    return trace[:1] in text and trace in text


def _is_misread(text: str) -> bool:
    """Whether a run of letters of another script can be read again; a list of names may have rare ones side by side."""
    if not _LEAD.search(text):
        return False
    runs = dict.fromkeys(run[0] for run in _RUN.finditer(text) if _OTHER.search(run[0]))
    return any(map(misread.meant, runs))


def _has_trace(path: Path) -> bool:
    before, read = b"", 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                return True
            if not chunk.isascii():
                text = before + chunk
                if any(_holds(text, trace) for trace in _LOST) or (b"\xc3" in text and _WESTERN.search(text)):
                    return True
                if read < _SAMPLE and _is_misread(text.decode("utf-8", "ignore")):
                    return True
            before, read = chunk[-_OVERLAP:], read + len(chunk)
    return False
