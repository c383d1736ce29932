"""Where a table begins among the rows of a file, which row is its header, and which rows do not fit it.

Nothing is left out without a notice. A row that is not the first becomes the header only if most rows are as wide as
it, it does not look like data, and what is above it looks like a title; where that is open, a person has to decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rich.cells import cell_len

from datagazette.intake.counting import MISSING
from datagazette.intake.notices import Notice, Place, notice, stopped

Cells = tuple[str, ...]
_TITLE_ROWS = 20  # rows above a table's header that are titles and notes
_LOOKED_AT = 1000  # rows in which the type of a column is looked for
_NAME_WIDTH = 12  # of a single text above a table: a wider one, or one with a space, is a title and no column
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*([ '’\u00a0\u202f][0-9]{3}[0-9.,]*)*%?|[+-]?[0-9.]+[eE][+-]?[0-9]+")
_YEAR = re.compile(r"(1[89]|20)[0-9]{2}")
_KINDS = (
    _YEAR,
    re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?"),
    re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}"),
    re.compile(
        r"([0-9]{4}-[0-9]{2}-[0-9]{2}[T ])?[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
    ),
    re.compile(r"true|false", re.IGNORECASE),
    _NUMBER,
)
_TYPES = frozenset((
    "string", "text", "varchar", "char", "integer", "int", "bigint", "number", "numeric", "decimal", "float", "double",
    "boolean", "bool", "date", "datetime", "time", "timestamp", "year", "yearmonth", "any", "geopoint",
))  # fmt: skip
_NOTE = re.compile(r"(notes?|sources?|quelle|hinweis|注释?|备注|说明|(数据|资料)?来源)\s*[:：].*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: where it begins, its cells up to the last filled one, and how many cells it had.

    `trimmed` is the first of its cells that had spaces at an end, as it was; `breaks` are the ends of lines in cells.
    """

    line: int
    cells: tuple[str, ...]
    size: int
    trimmed: str = ""
    breaks: int = 0

    @classmethod
    def read(cls, line: int, cells: Sequence[str]) -> Row | None:
        """The row as a file has it, without spaces at the ends of cells; None where nothing is left."""
        bare = [cell.strip() for cell in cells]
        while bare and not bare[-1]:
            bare.pop()
        if not bare:
            return None
        trimmed = next((cell for cell in cells if cell != cell.strip() and cell.strip()), "")
        breaks = sum(cell.count("\n") or cell.count("\r") for cell in cells)
        return cls(line, tuple(bare), len(cells), trimmed, breaks)

    @property
    def place(self) -> Place:
        return Place(self.line, text=" | ".join(self.cells))


@dataclass(frozen=True)
class Structure:
    """The header's cells and its line, the rows below it, and what does not belong to the table or may not."""

    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    notices: tuple[Notice, ...]
    header: int


def structure(file: str, rows: Sequence[Row], header: int = 0) -> Structure:
    """The table among `rows`, of which there is one at least; its header is in the line `header`, if that is not 0.

    Raises UsageError where it is not certain which row is the header, where a column has values and no name, and
    where rows have more cells than the header. A column with neither a name nor values is left out.
    """
    start = _header(file, rows, header)
    above, head, body = rows[:start], rows[start], rows[start + 1 :]
    width = _width(rows[start:])
    if width > len(head.cells):
        _refuse_unnamed(file, (*head.cells, *[""] * (width - len(head.cells))), len(head.cells) + 1, body)
    _refuse_longer(file, head, body)
    if not header and _is_data(head.cells, body):
        raise stopped(file, notice("header-missing", [head.place], line=head.line))
    kinds = body[:1] if _is_types(body, len(head.cells)) else ()
    body = body[len(kinds) :]
    labels = head.cells
    if not header and (second := _second_header(head, body)):
        raise stopped(file, notice("header-second", [second.place], line=second.line, above=head.line))
    unnamed = [at for at, label in enumerate(labels) if not label]
    if gap := next((at + 1 for at in unnamed if any(_column(body, at, len(body)))), 0):
        _refuse_unnamed(file, labels, gap, body)
    rest = tuple(replace(row, cells=_without(row.cells, unnamed)) for row in body)
    return Structure(_without(labels, unnamed), rest, (
        notice("above", (row.place for row in above)),
        notice("types", (row.place for row in kinds)),
        notice("header-part", [body[0].place] if _is_part_of_header(body) else []),
        notice("columns-empty", (Place(text=str(at + 1)) for at in unnamed)),
        *_unlike(body, len(labels)),
        notice("spaces", (Place(row.line, text=row.trimmed) for row in (head, *body) if row.trimmed)),
    ), head.line)  # fmt: skip


def first_row(rows: Sequence[Row]) -> int | None:
    """Where the header is; None where it could be more than one row."""
    width = _width(rows)
    at = _first_wide(rows, width)
    followed = any(_fills(row, width) for row in rows[at + 1 :])
    if not at or not followed or any(_kind(cell) not in (None, _YEAR) for cell in rows[at].cells):
        return 0
    between = any(_is_apart(row, below) for row, below in pairwise(rows[: at + 1]))
    titles = all(_is_title(row) for row in rows[:at])
    if not titles and _contrasts(rows[0].cells, rows[1:at]):  # a table of its own
        return None
    return at if between or titles or _contrasts(rows[at].cells, rows[at + 1 :]) else None


def _first_wide(rows: Sequence[Row], width: int) -> int:
    wide = (at for at, row in enumerate(rows[:_TITLE_ROWS]) if len(row.cells) <= width and _fills(row, width))
    return next(wide, 0)


def _header(file: str, rows: Sequence[Row], header: int) -> int:
    if header:
        for at, row in enumerate(rows):
            if row.line == header:
                return at
        raise stopped(file, notice("header-line", [Place(header)]))
    first = first_row(rows)
    if first is None:
        below = rows[_first_wide(rows, _width(rows))].line
        raise stopped(file, notice("header-unclear", [Place(rows[0].line)], line=rows[0].line, below=below))
    return first


def _width(rows: Sequence[Row]) -> int:
    """The number of cells of the rows that hold most cells together; of two numbers, that of the first row."""
    most = max(len(row.cells) for row in rows)
    sizes = Counter(min(row.size, most) for row in rows)
    first = min(rows[0].size, most)
    return max(sizes, key=lambda size: (size * sizes[size], size == first))


def _fills(row: Row, width: int) -> bool:
    """Whether most cells of so many are there."""
    return row.size >= width and sum(map(bool, row.cells)) * 3 >= width * 2


def _is_title(row: Row) -> bool:
    text = row.cells[-1]
    return len(list(filter(None, row.cells))) == 1 and (" " in text or cell_len(text) > _NAME_WIDTH)


def _kind(cell: str) -> re.Pattern[str] | None:
    """The shape of a number or a date that a cell has."""
    return next((kind for kind in _KINDS if kind.fullmatch(cell)), None)


def _column(rows: Sequence[Row], at: int, most: int = _LOOKED_AT) -> list[str]:
    return [row.cells[at] for row in rows[:most] if at < len(row.cells) and row.cells[at]]


def _without(cells: Cells, columns: Collection[int]) -> Cells:
    return tuple(cell for at, cell in enumerate(cells) if at not in columns) if columns else cells


def _is_apart(row: Row, below: Row) -> bool:
    """Whether an empty line is between two rows."""
    return below.line > row.line + 1 + row.breaks


def _second_header(head: Row, rows: Sequence[Row]) -> Row | None:
    """The first row below an empty line that has names, one of them again or where the rows below have numbers."""
    starts = [at for at, (row, below) in enumerate(pairwise((head, *rows))) if _is_apart(row, below)]
    for start, end in pairwise([*starts, len(rows)]):
        row, block = rows[start], rows[start + 1 : end]
        named = [cell for cell in row.cells if _YEAR.fullmatch(cell) or (cell[:1].isalpha() and not _kind(cell))]
        again = any(cell and cell == above for cell, above in zip(row.cells, head.cells, strict=False))
        if len(named) == len([*filter(None, row.cells)]) > 1 and (again or _contrasts(row.cells, block)):
            return row if block and not set(named) & set(MISSING) else None
    return None


def _is_part_of_header(rows: Sequence[Row]) -> bool:
    """Whether the first row has texts, such as units, where two columns or more hold numbers or dates below it."""
    if not rows:
        return False
    cells = [[*map(_kind, _column(rows[1:], at))] for at, text in enumerate(rows[0].cells) if text and not _kind(text)]
    return sum(bool(kinds) and all(kinds) for kinds in cells) > 1


def _contrasts(labels: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a column that has a text above it holds numbers or dates."""
    columns = (_column(rows, at) for at, label in enumerate(labels) if not _kind(label))
    return any(cells and all(map(_kind, cells)) for cells in columns)


def _is_data(labels: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether every cell of a header is of the type of its column, and one column at least is more than text.

    Numbers that follow one another, such as years and ages, are names of columns.
    """
    found = []
    for at, label in enumerate(labels):
        cells = _column(rows, at)
        kind = _kind(label)
        if kind and cells:
            found.append(int(label) if label.isdecimal() else None)
            if not all(kind.fullmatch(cell) for cell in cells):
                return False
    steps = {after - before if after is not None and before is not None else None
             for before, after in pairwise(found)}  # fmt: skip
    counted = len(found) > 2 and len(steps) == 1 and None not in steps
    return bool(found) and not counted and not _contrasts(labels, rows)


def _is_types(rows: Sequence[Row], width: int) -> bool:
    """Whether the first row, and not the second, has a name of a type in each of several columns."""
    typed = [width > 1 and len(row.cells) == width and {cell.lower() for cell in row.cells} <= _TYPES
             for row in rows[:2]]  # fmt: skip
    return typed == [True, False]


def _unlike(rows: Sequence[Row], width: int) -> tuple[Notice, ...]:
    """Rows that are kept, and that a person should look at."""
    few = [row for row in rows if len(row.cells) == 1 < width]
    alone = [row for row in few if width > 2 or row.size == 1 or _NOTE.fullmatch(row.cells[0])]
    lines = {row.line for row in alone}
    short = (Place(row.line, cells=row.size) for row in rows if row.size < width and row.line not in lines)
    return notice("alone", (row.place for row in alone)), notice("short", short)


def _refuse_unnamed(file: str, labels: Sequence[str], number: int, rows: Sequence[Row]) -> None:
    cells = (Place(row.line, text=row.cells[number - 1]) for row in rows if len(row.cells) >= number)
    raise stopped(file, notice("column-unnamed", (cell for cell in cells if cell.text), number=number,
                               labels=" | ".join(labels)))  # fmt: skip


def _refuse_longer(file: str, head: Row, rows: Sequence[Row]) -> None:
    width = len(head.cells)
    wide = (Place(row.line, cells=len(row.cells)) for row in rows if len(row.cells) > width)
    longer = notice("longer", wide, width=width)
    if not longer.count:
        return
    short = notice("shorter", (Place(row.line, cells=row.size) for row in rows if row.size < width))
    raise stopped(file, longer, short)
