"""What a worksheet shows, and what it holds without showing it: hidden rows, formulas, errors, forms of numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from datagazette.intake.notices import Notice, Place, notice, stopped

_LISTED = 5  # places of a kind that are kept; the others are counted
KEEP = "keep"  # what a person says of hidden rows and columns that are to be read

Address = tuple[int, int]  # (row, column), each from 0
Area = tuple[Address, Address]  # the first and the last cell of a range


class Findings:
    """Cells that a program reads otherwise than a person sees them: for each kind the first places, and how many."""

    def __init__(self) -> None:
        self._places: defaultdict[str, list[Place]] = defaultdict(list)
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._columns: set[tuple[str, int]] = set()

    def cell(self, kind: str, at: Address, text: str) -> None:
        """A cell that is named itself."""
        self._counts[kind] += 1
        if len(self._places[kind]) < _LISTED:
            self._places[kind].append(Place(address=address(at), text=text))

    def column(self, kind: str, at: Address, text: str) -> None:
        """A cell of a column, of which the first one is named."""
        if (kind, at[1]) not in self._columns:
            self._columns.add((kind, at[1]))
            self.cell(kind, at, text)

    def of(self, kind: str) -> Notice:
        return Notice(kind, tuple(self._places[kind]), self._counts[kind])

    def notices(self) -> tuple[Notice, ...]:
        return tuple(self.of(kind) for kind in sorted(self._counts))


@dataclass
class View:
    """A worksheet as a person sees it. Rows and columns count from 0; those that are hidden have values.

    `folded` are hidden by a filter or by a closed group: whoever did that may have meant to look at the others only.
    `instead` are the texts of cells that show another one than their value gives. `unstored` are formulas without a
    value, and `findings` what else a program reads otherwise.
    """

    hidden_rows: set[int] = field(default_factory=set)
    folded_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    folded_columns: set[int] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    instead: dict[Address, str] = field(default_factory=dict)
    unstored: Findings = field(default_factory=Findings)
    findings: Findings = field(default_factory=Findings)

    def refuse(self, file: str, hidden: str) -> None:
        """Raises UsageError where a person has to decide what becomes of rows, columns or formulas."""
        rows, columns = _rows(self.folded_rows), _columns(self.folded_columns)
        folded = (notice("folded-rows", rows), notice("folded-columns", columns)) if not hidden else ()
        asked = [part for part in (*folded, self.unstored.of("unstored")) if part.count]
        if asked:
            raise stopped(file, *asked)

    def left_out(self, hidden: str) -> tuple[set[int], set[int]]:
        """The rows and the columns that are not read."""
        if hidden == KEEP:
            return set(), set()
        return self.hidden_rows | self.folded_rows, self.hidden_columns | self.folded_columns

    def notices(self, hidden: str, first: int) -> tuple[Notice, ...]:
        """What is left out or read otherwise; `first` is the first row of the table below its header."""
        if hidden == KEEP:
            kept_rows, kept_columns = self.hidden_rows | self.folded_rows, self.hidden_columns | self.folded_columns
            about = (notice("kept-rows", _rows(kept_rows)), notice("kept-columns", _columns(kept_columns)))
        else:
            rows, columns = self.left_out(hidden)
            about = (notice("hidden-rows", _rows(rows)), notice("hidden-columns", _columns(columns)))
        areas = (area for area in self.merged if area[1][0] >= first)
        merged = notice("merged", (Place(address=f"{address(start)}:{address(end)}") for start, end in areas))
        return (*about, merged, *self.findings.notices())


def _rows(found: set[int]) -> list[Place]:
    return [Place(row + 1) for row in sorted(found)]


def _columns(found: set[int]) -> list[Place]:
    return [Place(column=letters(column)) for column in sorted(found)]


def letters(column: int) -> str:
    """The letters of a column, which counts from 0."""
    found = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        found, column = chr(65 + letter) + found, column - 1
    return found


def address(at: Address) -> str:
    """The address of a cell as a spreadsheet shows it, such as B7."""
    return f"{letters(at[1])}{at[0] + 1}"


def read_address(text: str) -> Address:
    """The cell of an address such as $B$7. Raises ValueError for another text."""
    bare = text.replace("$", "")
    name = bare.rstrip("0123456789")
    column = 0
    for letter in name.upper():
        column = column * 26 + ord(letter) - 64
    return int(bare[len(name) :]) - 1, column - 1


def read_area(text: str) -> Area:
    """The range of a text such as A1:C9, or that of one cell. Raises ValueError for another text."""
    first, _, last = text.partition(":")
    return read_address(first), read_address(last or first)
