"""The rows of a sheet in XML, from the texts of a CSV.

Cells are made column by column of some rows at a time. What is seen to be a number is written as it is; for the other
texts, what a cell has is remembered, as most of them come again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from xlsxwriter.utility import xl_col_to_name

from datagazette.downloads.sheet_columns import Cells
from datagazette.tables.columns import by_column
from datagazette.tables.types.field_type import Shown

# The XML of a cell from behind its address, by its content: `"><v>5</v></c>` of `<c r="A2"><v>5</v></c>`.
Ending = Callable[[str], str]
LINE = 15  # points
_REMEMBERED = 1 << 18  # cells of all columns together


class Tall(str):
    """The ending of a cell whose text has so many `lines`."""

    __slots__ = ("lines",)
    lines: int

    @classmethod
    def of(cls, ending: str, lines: int) -> Tall:
        made = cls(ending)
        made.lines = lines
        return made


def row_texts(
    rows: Iterable[Sequence[str]],
    endings: Sequence[Ending],
    first: int,
    beside: Mapping[int, str],
    long: Callable[[], str],
) -> Iterator[str]:
    """Some rows at a time. The first of them has the number `first`, from 0. `beside` are the endings of cells in one
    more column, by the number of their row, from 1. `long` gives what is in the XML of each cell that is `Tall`, once
    there is one: not every program makes room for several lines by itself."""
    starts = [f'<c r="{xl_col_to_name(at)}' for at in range(len(endings) + bool(beside))]
    number = first + 1
    for columns in by_column(rows, len(endings)):
        ends = [list(map(ending, texts)) for ending, texts in zip(endings, columns, strict=True)]
        if beside:
            ends.append([beside.get(at, "") for at in range(number, number + len(ends[0]))])
        lines, mark = [], long()
        for row in zip(*ends, strict=True):
            cells = "".join([f"{start}{number}{end}" for start, end in zip(starts, row, strict=True) if end])
            if mark and mark in cells:
                high = max(end.lines for end in row if isinstance(end, Tall)) * LINE
                lines.append(f'<row r="{number}" ht="{high}" customHeight="1">{cells}</row>')
            elif cells:
                lines.append(f'<row r="{number}">{cells}</row>')
            number += 1
        yield "".join(lines)


def ending_of(cells: Cells, columns: int, written: Callable[[Shown], str]) -> Ending:
    """`written` gives it for any cell; there are so many `columns`."""
    known = _Known(lambda text: written(cells.show(text)), max(_REMEMBERED // columns, 64))
    styles = _Known(lambda form: written(Shown(0, form, is_moment=True)).removesuffix("0</v></c>"), _REMEMBERED)
    if (quick := cells.quick) is None:
        return known.__getitem__

    def ending(text: str) -> str:
        number = quick(text)
        return f"{styles[number[1]]}{number[0]}</v></c>" if number else known[text]

    return ending


class _Known(dict[str, str]):
    """What is remembered of texts, at most so many at a time."""

    def __init__(self, make: Callable[[str], str], most: int) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, text: str) -> str:
        if len(self) >= self._most:
            self.clear()
        found = self[text] = self._make(text)
        return found
