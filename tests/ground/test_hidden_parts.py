"""Rows and columns that a workbook hides: they are not published unless a person says so, and each is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datagazette.intake.notices import lines
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.model.errors import UsageError
from tests.conftest import Run
from tests.ground.workbook_files import changed, ods, row, xlsx

ROWS = [["site", "badge", "trees"], ["Elm", "B1", 3], ["Oak", "B2", 5], ["Fir", "B3", 7]]
TEXT = [list(map(str, cells)) for cells in ROWS]
HIDDEN = {"hidden": True}


def read(path: Path, hidden: str = "") -> Sheet:
    (sheet,) = read_sheets(path, hidden=hidden)
    return sheet


def said(sheet: Sheet) -> str:
    return "\n".join(lines(sheet.notices, "en"))


def _hidden_row(book: Any, sheet: Any) -> None:
    sheet.set_row(2, None, None, HIDDEN)
    sheet.set_row(9, None, None, HIDDEN)  # which is empty


def _flat_row(book: Any, sheet: Any) -> None:
    sheet.set_row(2, 0)


def _hidden_row_in_ods(path: Path, visibility: str = "collapse") -> Path:
    cells = [row(*TEXT[0]), row(*TEXT[1]), row(*TEXT[2], visibility=visibility), row(*TEXT[3])]
    return ods(path, "".join(cells) + row("", visibility=visibility, repeated=1000))


@pytest.mark.parametrize(
    "make",
    [
        lambda path: xlsx(path.with_suffix(".xlsx"), ROWS, _hidden_row),
        lambda path: xlsx(path.with_suffix(".xlsx"), ROWS, _flat_row),
        lambda path: _hidden_row_in_ods(path.with_suffix(".ods")),
    ],
    ids=["xlsx", "xlsx, a height of zero", "ods"],
)
def test_hidden_rows_are_left_out_and_named(make: Callable[[Path], Path], tmp_path: Path) -> None:
    path = make(tmp_path / "sites")
    sheet = read(path)
    assert [cells[0] for cells in sheet.rows] == ["Elm", "Fir"]
    assert sheet.lines == (2, 4)
    assert said(sheet) == "  note: hidden rows are left out; --hidden keep imports them: line 3"
    kept = read(path, "keep")
    assert [cells[0] for cells in kept.rows] == ["Elm", "Oak", "Fir"]
    assert said(kept) == "  note: these rows are hidden in the workbook, and will be published: line 3"


@pytest.mark.parametrize(
    "make",
    [
        lambda path: xlsx(path.with_suffix(".xlsx"), ROWS, lambda book, sheet: sheet.set_column(1, 1, None, None,
                                                                                                HIDDEN)),
        lambda path: xlsx(path.with_suffix(".xlsx"), ROWS, lambda book, sheet: sheet.set_column(1, 1, 0)),
        lambda path: ods(path.with_suffix(".ods"), "".join(row(*cells) for cells in TEXT), (
            '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>')),
    ],
    ids=["xlsx", "xlsx, a width of zero", "ods"],
)  # fmt: skip
def test_hidden_columns_are_left_out_and_named(make: Callable[[Path], Path], tmp_path: Path) -> None:
    path = make(tmp_path / "sites")
    sheet = read(path)
    assert (sheet.labels, sheet.rows[0]) == (("site", "trees"), ("Elm", "3"))
    assert said(sheet) == "  note: hidden columns are left out; --hidden keep imports them: column “B”"
    assert read(path, "keep").labels == ("site", "badge", "trees")


def _filter(book: Any, sheet: Any) -> None:
    sheet.autofilter("A1:C4")
    sheet.filter_column(0, "x != Oak")
    sheet.set_row(2, None, None, HIDDEN)


def _filtered_table(book: Any, sheet: Any) -> None:
    sheet.add_table("A1:C4", {"columns": [{"header": name} for name in ROWS[0]]})
    sheet.set_row(2, None, None, HIDDEN)


def _group(book: Any, sheet: Any) -> None:
    sheet.set_row(2, None, None, {"level": 1, "hidden": True})


def _group_of_columns(book: Any, sheet: Any) -> None:
    sheet.set_column(1, 1, None, None, {"level": 1, "hidden": True})


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda path: xlsx(path.with_suffix(".xlsx"), ROWS, _filter), "hides rows: line 3"),
        (lambda path: xlsx(path.with_suffix(".xlsx"), ROWS, _group), "hides rows: line 3"),
        (lambda path: xlsx(path.with_suffix(".xlsx"), ROWS, _group_of_columns), "hides columns: column “B”"),
        (lambda path: _hidden_row_in_ods(path.with_suffix(".ods"), "filter"), "hides rows: line 3"),
    ],
    ids=["filter", "closed group", "closed group of columns", "filter in ods"],
)
def test_what_a_filter_or_a_closed_group_hides_is_a_question(
    make: Callable[[Path], Path], place: str, tmp_path: Path
) -> None:
    path = make(tmp_path / "sites")
    with pytest.raises(UsageError) as asked:
        read(path)
    assert place in str(asked.value)
    assert "--hidden keep" in str(asked.value)
    assert "--hidden drop" in asked.value.text("zh")
    whole, rest = read(path, "keep"), read(path, "drop")
    assert len(whole.rows) * len(whole.labels) == 9
    assert len(rest.rows) * len(rest.labels) == 6
    assert "left out" in said(rest)


def test_a_filter_of_a_table_is_a_filter(tmp_path: Path) -> None:
    """The library writes no filter into a table, so the file's part is changed as Excel writes it."""
    path = xlsx(tmp_path / "plain.xlsx", ROWS, _filtered_table)
    assert "hidden rows are left out" in said(read(path))
    column = b'<autoFilter ref="A1:C4"><filterColumn colId="0"/></autoFilter>'
    filtered = changed(path, tmp_path / "filtered.xlsx", b'<autoFilter ref="A1:C4"/>', column)
    with pytest.raises(UsageError, match="--hidden keep"):
        read(filtered)


def test_hidden_rows_reach_no_draft_and_no_revision_unless_asked(
    run: Callable[..., Run], small: Path, tmp_path: Path
) -> None:
    path = xlsx(tmp_path / "sites.xlsx", ROWS, _hidden_row)
    made = run("new", "sites", path, "--root", small)
    assert "hidden rows are left out; --hidden keep imports them: line 3" in made.out
    assert (small / "datasets/sites/1.0.0/sites.csv").read_text("utf-8").count("\n") == 3
    revised = run("revise", "sites", "--data", path, "--hidden", "keep", "--root", small)
    assert "rows added 1" in revised.out
    assert "hidden in the workbook, and will be published: line 3" in revised.out


def test_a_workbook_whose_parts_lack_an_attribute_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", ROWS, lambda book, sheet: sheet.set_column(1, 1, None, None, HIDDEN))
    broken = changed(path, tmp_path / "u.xlsx", b' min="2"', b"")
    with pytest.raises(UsageError, match="cannot read"):
        read(broken)
