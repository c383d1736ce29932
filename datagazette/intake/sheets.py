"""Sources as sheets: labels and rows of text, from a CSV in any encoding and dialect or from a workbook."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import IO

from datagazette.files import POINTER
from datagazette.intake.dialects import sniffed
from datagazette.intake.encodings import open_source, recognise
from datagazette.intake.extent import bounded, refuse_larger
from datagazette.intake.notices import Notice, Place, notice, stopped
from datagazette.intake.structure import Row, structure
from datagazette.intake.workbooks import ENDINGS, read_workbook
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.resource import Dialect, Json
from datagazette.tables.layout import Unreadable, read_numbered

Cells = tuple[str, ...]
Numbered = tuple[int, Sequence[str]]  # the line in which a row begins, and its cells
_OTHERS = {
    b"PK\x03\x04": "zip", b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"%PDF": "PDF", b"PAR1": "Parquet",
    b"\xd0\xcf\x11\xe0": "XLS", b"SQLite format": "SQLite",
}  # fmt: skip
_DELIMITERS = "\t;,|"
_BESIDE = re.compile(r"""[\t;,|]["]|["][\t;,|]""")
_DECIMAL = re.compile(r"[+-]?[0-9]+,[0-9]+")


@dataclass(frozen=True)
class Sheet:
    """A table as it came. `name` is that of its file or sheet; every row has as many cells as there are labels.

    `form` says in which form it came: encoding and delimiter. `resource` is what a Data Package says of it.
    `delimiter` is that of a CSV, `header` the line or row of the file with the names of the columns, 0 where a package
    names them, `lines` those in which each row begins, `notices` what does not belong to the table or may not.
    `bounds` are the labels of columns that say how exact the numbers of others are, by the labels of these.
    """

    name: str
    labels: Cells
    rows: tuple[Cells, ...]
    form: str = ""
    resource: Json = field(default_factory=dict)
    delimiter: str = ""
    lines: tuple[int, ...] = field(default=(), compare=False)
    notices: tuple[Notice, ...] = field(default=(), compare=False)
    header: int = field(default=0, compare=False)
    bounds: Mapping[str, str] = field(default_factory=dict)

    def without(self, rows: Collection[int], why: Notice) -> Sheet:
        """The sheet without these rows, which count from 0, and with a notice of it."""
        stay = [at for at in range(len(self.rows)) if at not in rows]
        kept, lines = tuple(self.rows[at] for at in stay), tuple(self.lines[at] for at in stay)
        return replace(self, rows=kept, lines=lines, notices=(*self.notices, why))


def read_sheets(
    path: Path,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheets: Sequence[str] = (),
    header: int = 0,
    hidden: str = "",
    known: Callable[[], Collection[str]] = frozenset,
) -> tuple[Sheet, ...]:
    """The tables of a CSV or of a workbook; of a workbook those named in `sheets`, or all that are not empty.

    `hidden` says what becomes of hidden rows and columns, as in `read_workbook`. `known` gives words that are to be
    expected in a CSV; they help to recognise its encoding.
    Raises UsageError where there is no such file or sheet, it cannot be read or is too large, or no table is in it.
    """
    if not path.is_file():
        raise UsageError("no-file", path=path)
    if path.suffix.lower() in ENDINGS:
        return _of_workbook(path, sheets, header, hidden)
    _refuse_others(path)
    found = recognise(path, encoding, known)
    with open_source(path, found.encoding) as stream:
        dialect = sniffed(stream, delimiter)
        refuse_larger(path, found.encoding, dialect)
    with open_source(path, found.encoding) as stream:
        shown = "tab" if dialect.delimiter == "\t" else dialect.delimiter
        read = sheet(path.stem, path.name, _csv_rows(stream, dialect), f"{found.encoding}, “{shown}”", header=header)
        unsplit = () if delimiter else (_unsplit(path.name, read),)
        notices = (*found.notices, *read.notices, *unsplit, *_quoting(dialect))
        return (replace(read, delimiter=dialect.delimiter, notices=notices),)


def _refuse_others(path: Path) -> None:
    """Raises UsageError where a file that should be a CSV begins as one of another kind does."""
    with path.open("rb") as stream:
        first = stream.read(max(map(len, _OTHERS)))
    for begins, kind in _OTHERS.items():
        if first.startswith(begins):
            raise UsageError("no-csv", file=path.name, kind=kind)


def sheet(
    name: str, file: str, rows: Iterable[Numbered], form: str = "", resource: Json | None = None, header: int = 0
) -> Sheet:
    """A sheet of `rows`. Empty rows and empty columns at its right are left out; its header is in the line `header`, or
    found where that is 0."""
    filled = list(_filled(file, rows))
    if not filled:
        raise UsageError("no-table", file=file)
    if filled[0].cells[0].startswith(POINTER.decode()):
        raise UsageError("lfs-pointer", file=file)
    found = structure(file, filled, header)
    width = len(found.labels)
    body = tuple(row.cells + ("",) * (width - len(row.cells)) for row in found.rows)
    lines = tuple(row.line for row in found.rows)
    line = 0 if resource else found.header
    return Sheet(name, found.labels, body, form, resource or {}, lines=lines, notices=found.notices, header=line)


def _filled(file: str, rows: Iterable[Numbered]) -> Iterator[Row]:
    """The rows that are not empty, as far as each is filled. Raises UsageError where they are more than a table has."""
    widest = count = size = 0
    for line, cells in rows:
        row = Row.read(line, cells)
        if row is None:
            continue
        widest = max(widest, len(row.cells))
        count += 1
        size += sum(map(len, row.cells))
        bounded(file, widest, limits.COLUMNS, "table-columns")
        bounded(file, count, limits.TABLE_ROWS, "table-rows")
        bounded(file, widest * count, limits.TABLE_CELLS, "table-cells")
        bounded(file, size, limits.TABLE_CHARACTERS, "table-characters")
        yield row


def _csv_rows(stream: IO[str], dialect: Dialect) -> Iterator[Numbered]:
    for line, cells in read_numbered(stream, dialect, closed=True):
        for number, cell in enumerate(cells, 1):
            if "\0" in cell:
                raise Unreadable("source-error", "a NUL", line, rule="nul-cell", number=number)
        yield line, cells


def _quoting(dialect: Dialect) -> Iterator[Notice]:
    """What was taken for quotes and is no part of the cells, where a CSV is not written as most are."""
    if dialect.quote_char == "'":
        yield notice("single-quotes", [Place()])
    if dialect.escape_char:
        yield notice("backslashes", [Place()])


def _unsplit(file: str, read: Sheet) -> Notice:
    """A mark that comes equally often in every row of a single column, and may separate columns; of a decimal comma it
    is clear that it does not.

    Raises UsageError where a quote is beside such a mark: then it separates columns, and rows may be split wrongly.
    """
    cells = [row[0] for row in read.rows] if len(read.labels) == 1 else []
    found = [mark for mark in _DELIMITERS if cells and cells[0].count(mark)
             and all(cell.count(mark) == cells[0].count(mark) for cell in cells)]  # fmt: skip
    lines = list(zip(read.lines, read.rows, strict=True)) if cells else []
    beside = [Place(line, text=row[0]) for line, row in lines if _BESIDE.search(row[0])]
    if beside:
        raise stopped(file, notice("delimiter-unclear", beside))
    certain = all(_DECIMAL.fullmatch(cell) for cell in cells)
    return notice("unsplit", [Place()] if found and not certain else (), mark="".join(found[:1]))


def _of_workbook(path: Path, names: Sequence[str], header: int, hidden: str) -> tuple[Sheet, ...]:
    """The sheets named in `names`, or all that are not empty. One that is the only one is named as the file is."""
    found = []
    for worksheet in read_workbook(path, names, hidden):
        if first := next((row for row in worksheet.rows if any(map(str.strip, row[1]))), None):
            name = worksheet.name
            form, file = f"{path.suffix[1:]}, {name}", f"{path.name} [{name}]"
            read = sheet(name, file, chain([first], worksheet.rows), form, header=header)
            below = min(read.lines, default=0)
            found.append(replace(read, notices=(*worksheet.notices(below), *read.notices)))
    if not found:
        raise UsageError("no-table", file=path.name)
    bare = [] if names else [one for one in found if not one.rows]
    if 0 < len(bare) < len(found):
        remarks = notice("sheets-bare", (Place(text=f"{one.name}: {' | '.join(one.labels)}") for one in bare))
        found = [one for one in found if one.rows]
        found[0] = replace(found[0], notices=(remarks, *found[0].notices))
    return (replace(found[0], name=path.stem),) if len(found) == 1 else tuple(found)
