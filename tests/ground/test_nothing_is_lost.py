"""Each row of a file is in the table, or a line says where it was left out, or the file is refused.

Tables are drawn by Hypothesis and written as people write them: in several encodings and dialects, and as workbooks,
with titles above, notes below, and rows that are too short or too long.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from datagazette.cli import main
from datagazette.intake import sheets
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.model.errors import UsageError

CASES = int(os.environ.get("FUZZ_CASES", "40"))
LEFT_OUT = ("above", "types")
TEXT = some.text(alphabet="abcé街 ,;\"'|.-", max_size=8).map(str.strip)
CELL = TEXT | some.integers(-9999, 9999).map(str) | some.sampled_from(["", "2021-01-31", "1,5", "integer", "string"])
DELIMITERS = some.sampled_from([",", ";", "\t", "|"])
ENCODINGS = some.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"])
ENDS = some.sampled_from(["\n", "\r\n"])
Rows = list[list[str]]


@some.composite
def tables(draw: some.DrawFn) -> Rows:
    """Titles, a header, rows of about its width, and notes; no row is empty."""
    width = draw(some.integers(1, 4))
    header = [f"column {number}" for number in range(width)]
    titles = draw(some.lists(some.lists(CELL, min_size=1, max_size=2), max_size=2))
    row = some.lists(CELL, min_size=width, max_size=width)
    odd = some.lists(CELL, min_size=1, max_size=width + 1)
    body = draw(some.lists(row, min_size=1, max_size=8)) + draw(some.lists(odd, max_size=1))
    return [cells for cells in [*titles, header, *body] if any(cells)]


def bag(rows: Any) -> Counter[str]:
    return Counter(cell for row in rows for cell in row if cell)


def account(given_rows: Rows, read: Sheet) -> None:
    """Asserts that the rows are the header, the table's and those reported, and that no cell differs."""
    reported = [place for notice in read.notices if notice.code in LEFT_OUT for place in notice.places]
    assert sum(notice.count for notice in read.notices if notice.code in LEFT_OUT) == len(reported)
    assert len(given_rows) == 1 + len(read.rows) + len(reported)
    left = Counter(cell for place in reported for cell in place.text.split(" | ") if cell)
    kept = bag([read.labels, *read.rows])
    whole = bag(given_rows)
    if not any("|" in cell for row in given_rows for cell in row):
        assert kept + left == whole


def whole(path: Path, given_rows: Rows, **form: Any) -> None:
    try:
        (read,) = read_sheets(path, **form)
    except UsageError:
        return
    account(given_rows, read)


quick = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=CASES <= 40)


def delimited(path: Path, table: Rows, encoding: str, delimiter: str, end: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(table)
    return path


def test_rows_of_a_csv_are_in_the_table_or_reported() -> None:
    @quick
    @given(tables(), ENCODINGS, DELIMITERS, ENDS)
    def holds(table: Rows, encoding: str, delimiter: str, end: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = delimited(Path(folder, "t.csv"), table, encoding, delimiter, end)
            whole(path, table, encoding=encoding, delimiter=delimiter)

    holds()


def test_rows_of_a_workbook_are_in_the_table_or_reported() -> None:
    @quick
    @given(tables())
    def holds(table: Rows) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "t.xlsx")
            with xlsxwriter.Workbook(path) as book:
                sheet = book.add_worksheet()
                for number, row in enumerate(table):
                    for column, cell in enumerate(row):
                        if cell:
                            sheet.write_string(number, column, cell)
            whole(path, table)

    holds()


def test_a_row_that_is_dropped_in_silence_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = [["a", "b"], ["x", "1"], ["y", "2"]]
    path = delimited(tmp_path / "t.csv", table, "utf-8", ",", "\n")
    whole(path, table)
    filled = sheets._filled
    monkeypatch.setattr(sheets, "_filled", lambda file, rows: list(filled(file, rows))[:-1])
    with pytest.raises(AssertionError):
        whole(path, table)


def test_rows_of_a_revised_file_are_in_the_table(small: Path, tmp_path: Path) -> None:
    head, *body = list(csv.reader((small / "datasets/counts/1.1.0/counts.csv").read_text("utf-8").splitlines()))
    table = [["Counts of people by place, as sent"], head, *body, ["010", "2030", "5", "exact"]]
    path = delimited(tmp_path / "counts.csv", table, "utf-8", ";", "\r\n")
    assert main(["revise", "counts", "--data", str(path), "--root", str(small), "--lang", "en"]) == 0
    (made,) = (small / "datasets/counts").glob("1.2.0/counts.csv")
    assert len(made.read_text("utf-8").splitlines()) == len(table) - 1
