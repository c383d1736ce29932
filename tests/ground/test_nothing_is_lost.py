"""Each row of a file is in the table, or a line says where it was left out, or the file is refused.

Tables are drawn by Hypothesis and written as people write them: in several encodings and dialects, and as workbooks,
with titles above, notes below, rows that are too short or too long, and hidden parts. Nothing is stated: encoding,
delimiter and header are found. What `new` and `revise` make of each file is compared with it, cell by cell.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from datagazette.cli import main
from datagazette.intake import sheets
from datagazette.intake.drafts import Draft, Sources, plan_dataset
from datagazette.intake.dropping import Dropped, Wanted, drop_in
from datagazette.intake.notices import Notice
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.model.errors import UsageError
from datagazette.model.resource import Field, Schema, Table
from tests.ground.generated_tables import (
    ENCODINGS,
    Drawn,
    delimited,
    filled,
    open_document,
    seen,
    spaced,
    tables,
    workbook,
)

CASES = [6, pytest.param(int(os.environ.get("FUZZ_CASES", "100")), marks=pytest.mark.thorough)]
many = pytest.mark.parametrize("cases", CASES)
MARKS = re.compile(r"""[\s,;|"]""")
GUESSED = (
    "encoding",
    "unsplit",
    "single-quotes",
    "backslashes",
)  # a line names the option, and the cells may be others
LEFT_OUT = ("above", "types", "hidden-rows", "repeated-header", "total", "blank")
DELIMITERS = some.sampled_from([",", ";", "\t", "|"])
ENDS = some.sampled_from(["\n", "\r\n"])
# A refusal names the option that decides, or the place.
DECIDED = re.compile(r"--[a-z]+|line [0-9]+|column [0-9]+|“[A-Z]+[0-9]+|[ct]sv:[0-9]+:|there is no table")

Given = dict[int, list[str]]


def quick(cases: int) -> settings:
    return settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck),
                    derandomize="FUZZ_CASES" not in os.environ)  # fmt: skip


def account(rows: Given, read: Sheet, *, more: tuple[Notice, ...] = (), changed: bool = False) -> None:
    """Asserts that each row is the header, in the table at its place, or reported, and that no cell differs.

    With `changed` a notice says that the cells may be others.
    """
    wanted, found = filled(rows), dict(zip(read.lines, read.rows, strict=True))
    notices = (*read.notices, *more)
    gone = [notice for notice in notices if notice.code in LEFT_OUT]
    reported = {place.line for notice in gone for place in notice.places}
    assert found.keys() <= wanted.keys() - reported
    missing = wanted.keys() - found.keys()
    count = sum(notice.count for notice in gone)
    assert count - len(reported - wanted.keys()) == len(missing) - 1, "all but the header"
    if changed or any(wanted.get(line or 0, [""])[0] == "column 0" for line in reported):
        return
    (head,) = missing - reported
    width = len(read.labels)
    for line, cells in [(head, read.labels), *found.items()]:
        row = wanted[line]
        if width == 1 and len(row) > 1:  # a line that was not split is whole
            assert MARKS.sub("", cells[0]) == MARKS.sub("", "".join(row)), line
            continue
        assert list(cells) == [*row[:width], *[""] * (width - len(row))], line
        assert not any(row[width:]), line
    named = sum(notice.count for notice in read.notices if notice.code == "spaces")
    ends = len(spaced({line: row for line, row in rows.items() if line in found or line == head}))
    assert named == ends or (width == 1 and named > ends)


def explained(refused: UsageError) -> None:
    """Asserts that a refusal names what decides it, in both languages."""
    assert DECIDED.search(refused.text("en")), refused
    assert refused.text("zh") != refused.text("en")


def read_all(path: Path, rows: Given, delimiter: str = "") -> Sheet | None:
    """What is read of a file, which is accounted for; None where it is refused. A CSV may be read with another
    delimiter than the one that it was written with, which the command prints: then its cells are others."""
    try:
        (read,) = read_sheets(path)
    except UsageError as refused:
        explained(refused)
        return None
    if delimiter and read.delimiter != delimiter:
        if not any(notice.count for notice in read.notices if notice.code in LEFT_OUT):
            cells = [cell for row in (read.labels, *read.rows) for cell in row]
            assert MARKS.sub("", "".join(cells)) == MARKS.sub(
                "", "".join(cell for row in rows.values() for cell in row)
            )
        return read
    account(rows, read, changed=is_guessed(read))
    return read


def is_guessed(read: Sheet) -> bool:
    """Whether a line names what was guessed, or every row as one that does not fill the header."""
    counts = {notice.code: notice.count for notice in read.notices}
    few = counts.get("short", 0) + counts.get("alone", 0)
    return any(counts.get(code) for code in GUESSED) or few == len(read.rows)


@many
def test_rows_of_a_csv_are_in_the_table_or_reported(cases: int) -> None:
    @quick(cases)
    @given(tables(), some.sampled_from(ENCODINGS), DELIMITERS, ENDS)
    def holds(drawn: Drawn, encoding: str, delimiter: str, end: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "t.tsv" if delimiter == "\t" else "t.csv")
            read_all(path, delimited(path, drawn.rows, encoding, delimiter, end), delimiter)

    holds()


@many
def test_rows_of_an_xlsx_are_in_the_table_or_reported(cases: int) -> None:
    @quick(cases)
    @given(tables())
    def holds(drawn: Drawn) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "t.xlsx")
            accounted(path, drawn, workbook(path, drawn))

    holds()


@many
def test_rows_of_an_ods_are_in_the_table_or_reported(cases: int) -> None:
    @quick(cases)
    @given(tables())
    def holds(drawn: Drawn) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "t.ods")
            accounted(path, drawn, open_document(path, drawn))

    holds()


def accounted(path: Path, drawn: Drawn, rows: Given) -> None:
    """As `read_all`; hidden columns are left out and named where they hold anything in a row that is seen."""
    read = read_all(path, seen(rows, drawn))
    if read is None:
        return
    held = any(row[at:at + 1] != [""] for line, row in rows.items() if line - 1 not in drawn.hidden_rows
               for at in drawn.hidden_columns if at < len(row))  # fmt: skip
    named = {place.column for notice in read.notices if notice.code == "hidden-columns" for place in notice.places}
    assert named == ({chr(65 + at) for at in drawn.hidden_columns} if held else set())


@pytest.mark.thorough
def test_cells_of_a_draft_are_those_of_the_files(small: Path) -> None:
    """`new` reads many files at once, so that one run of it is many cases."""

    @settings(quick(4), phases=[Phase.generate])
    @given(some.lists(some.tuples(tables(), DELIMITERS), min_size=8, max_size=8))
    def holds(drawn: list[tuple[Drawn, str]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            paths: dict[Path, Given] = {}
            for number, (table, delimiter) in enumerate(drawn):
                path = Path(folder, f"table-{number}.csv")
                rows = delimited(path, table.rows, "utf-8", delimiter, "\n")
                read = read_all(path, rows, delimiter)
                if read and read.delimiter == delimiter:
                    paths[path] = rows
            try:
                draft = plan_dataset(Sources(small, "drawn", tuple(paths), decimal=".", total="drop"))
            except UsageError as refused:
                explained(refused)
            else:
                _drafted(draft, list(paths.values()))

    holds()


def _drafted(draft: Draft, given_rows: list[Given]) -> None:
    for rows, table, sheet, content in zip(given_rows, draft.tables, draft.sheets, draft.contents, strict=True):
        header = {place.line for notice in table.all_notices if notice.code == "repeated-header"
                  for place in notice.places}  # fmt: skip
        kept = [at for at, line in enumerate(sheet.lines) if line not in header]
        read = Sheet(sheet.name, sheet.labels, tuple(sheet.rows[at] for at in kept),
                     lines=tuple(sheet.lines[at] for at in kept), notices=sheet.notices)  # fmt: skip
        account(rows, read, more=table.all_notices, changed=is_guessed(read))
        _, *written = csv.reader(io.StringIO(content.decode(), newline=""))
        assert [tuple(row) for row in written] == list(read.rows)


@many
def test_cells_of_a_revised_table_are_those_of_the_file(cases: int) -> None:
    @quick(cases)
    @given(tables(), DELIMITERS)
    def holds(drawn: Drawn, delimiter: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path, before = Path(folder, "sent.csv"), Path(folder, "t.csv")
            rows = delimited(path, drawn.rows, "utf-8", delimiter, "\n")
            read = read_all(path, rows, delimiter)
            if read is None or read.labels != tuple(drawn.rows[drawn.header]):
                return
            before.write_text(",".join(read.labels) + "\n" + ",".join("old" for _ in read.labels) + "\n", "utf-8")
            fields = tuple(Field(label, "string") for label in read.labels)
            table = Table("t", "t.csv", "t.csv", Schema("t", "", fields))
            try:
                dropped = drop_in(before, table, read, Wanted())
            except UsageError as refused:
                explained(refused)
            else:
                _revised(read, dropped)

    holds()


def _revised(read: Sheet, dropped: Dropped) -> None:
    """A total and rows without any value may be left out as well."""
    gone = {place.line for notice in dropped.notices if notice.code in ("total", "blank") for place in notice.places}
    kept = [row for line, row in zip(read.lines, read.rows, strict=True) if line not in gone]
    head, *written = csv.reader(io.StringIO(dropped.content.decode(), newline=""))
    assert head == list(read.labels)
    assert [tuple(row) for row in written] == kept


def test_a_row_that_is_dropped_in_silence_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    rows = delimited(path, [["a", "b"], ["x", "1"], ["y", "2"]], "utf-8", ",", "\n")
    assert read_all(path, rows)
    read = sheets._filled
    monkeypatch.setattr(sheets, "_filled", lambda file, rows: list(read(file, rows))[:-1])
    with pytest.raises(AssertionError):
        read_all(path, rows)


def test_cells_that_change_places_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    delimited(path, [["a", "b"], ["x", "1"], ["y", "2"]], "utf-8", ",", "\n")
    with pytest.raises(AssertionError):
        read_all(path, {1: ["a", "b"], 2: ["1", "x"], 3: ["y", "2"]})


def test_rows_of_a_revised_file_are_in_the_table(small: Path, tmp_path: Path) -> None:
    head, *body = list(csv.reader((small / "datasets/counts/1.1.0/counts.csv").read_text("utf-8").splitlines()))
    table = [["Counts of people by place, as sent"], head, *body, ["010", "2030", "5", "exact"]]
    path = tmp_path / "counts.csv"
    delimited(path, table, "utf-8", ";", "\r\n")
    assert main(["revise", "counts", "--data", str(path), "--root", str(small), "--lang", "en"]) == 0
    (made,) = (small / "datasets/counts").glob("1.2.0/counts.csv")
    assert len(made.read_text("utf-8").splitlines()) == len(table) - 1
