"""Tables as people keep them, drawn by Hypothesis, and the files that programs make of them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from hypothesis import strategies as some

from tests.ground import workbook_files as files

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")
_TEXT = some.text(alphabet="abcé街 ,;\"'|.-\n", max_size=8)
_WORD = some.sampled_from(
    ["oak", "elm", "High Street", "街道", "Málaga", "5 m", "x|y", "a;b", 'say "hi"', "it's", "'q'"]
)
_VALUE = some.sampled_from(["", "-", "2021-01-31", "1,5", "12.5", "007", "integer", "string", "N1", "#N/A", "true"])
CELL = _WORD | _VALUE | some.integers(-9999, 9999).map(str) | _TEXT
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")

Rows = list[list[str]]


@dataclass(frozen=True)
class Drawn:
    """`rows` are all rows of a file, of which the one at `header` has the names. `hidden` are rows and columns that a
    workbook hides, counted from 0."""

    rows: Rows
    header: int
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        return len(self.rows[self.header])


@some.composite
def tables(draw: some.DrawFn) -> Drawn:
    """Titles, a header, rows of about its width, and notes; some rows are empty."""
    width = draw(some.integers(1, 4))
    titles = draw(some.lists(some.lists(CELL, min_size=1, max_size=2), max_size=2))
    row = some.lists(CELL, min_size=width, max_size=width)
    odd = some.lists(CELL, max_size=width + 1)
    body = draw(some.lists(row, min_size=1, max_size=8)) + draw(some.lists(odd, max_size=2))
    rows = [*titles, [f"column {number}" for number in range(width)], *body]
    below = range(len(titles) + 1, len(rows))
    hidden = draw(some.frozensets(some.sampled_from(below), max_size=2)) if draw(some.booleans()) else frozenset()
    columns = frozenset({width - 1}) if width > 1 and draw(some.integers(0, 3)) == 0 else frozenset()
    return Drawn(rows, len(titles), hidden, columns)


def delimited(path: Path, rows: Rows, encoding: str, delimiter: str, end: str) -> dict[int, list[str]]:
    """Writes a CSV; its rows by the line in which they begin."""
    lines, line = {}, 1
    with path.open("w", encoding=encoding, newline="") as stream:
        write = csv.writer(stream, delimiter=delimiter, lineterminator=end).writerow
        for row in rows:
            write(row)
            lines[line] = row
            line += 1 + sum(cell.count("\n") for cell in row)
    return lines


def _flat(drawn: Drawn) -> Rows:
    return [[" ".join(cell.split("\n")) for cell in row] for row in drawn.rows]


def workbook(path: Path, drawn: Drawn) -> dict[int, list[str]]:
    """Writes an .xlsx with the numbers as numbers; its rows by their numbers."""
    rows = _flat(drawn)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if _NUMBER.fullmatch(cell):
                    sheet.write_number(number, column, float(cell))
                elif cell:
                    sheet.write_string(number, column, cell)
        for number in drawn.hidden_rows:
            sheet.set_row(number, None, None, {"hidden": True})
        for number in drawn.hidden_columns:
            sheet.set_column(number, number, None, None, {"hidden": True})
    return dict(enumerate(rows, 1))


def open_document(path: Path, drawn: Drawn) -> dict[int, list[str]]:
    """Writes an .ods in the same way."""
    rows = [[" ".join(cell.split()) if cell.strip() else "" for cell in row] for row in _flat(drawn)]
    xml = "".join(
        files.row(*(files.number(cell, cell) if _NUMBER.fullmatch(cell) else files.cell(cell) for cell in row or [""]),
                  visibility="collapse" if number in drawn.hidden_rows else "")
        for number, row in enumerate(rows)
    )  # fmt: skip
    columns = "".join(
        f'<table:table-column{hidden}/>' for number in range(drawn.width + 1)
        for hidden in [' table:visibility="collapse"' if number in drawn.hidden_columns else ""]
    )  # fmt: skip
    files.ods(path, xml, columns)
    return dict(enumerate(rows, 1))


def seen(given: dict[int, list[str]], drawn: Drawn) -> dict[int, list[str]]:
    """The rows of a workbook without its hidden columns."""
    return {line: [cell for at, cell in enumerate(row) if at not in drawn.hidden_columns]
            for line, row in given.items()}  # fmt: skip


def filled(given: dict[int, list[str]]) -> dict[int, list[str]]:
    """The rows that are not empty, without spaces at the ends of their cells."""
    bare = {line: [cell.strip() for cell in row] for line, row in given.items()}
    return {line: row for line, row in bare.items() if any(row)}


def spaced(given: dict[int, list[str]]) -> set[int]:
    """The lines of rows with a cell that has spaces at an end."""
    return {line for line, row in given.items() if any(cell != cell.strip() and cell.strip() for cell in row)}
