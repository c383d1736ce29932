"""Workbooks as people keep them: what nobody sees in them is not published, and what is empty in them is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from datagazette.intake.sheets import read_sheets

SITES = [["site", "trees"], ["Elm", 3], ["Oak", 5]]
STAFF = [["badge", "grade"], ["B1", 4]]


def workbook(path: Path, hidden: str = "", merged: tuple[str, ...] = ()) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in (("Sites", SITES), ("Staff", STAFF), ("Codes", STAFF)):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == hidden:
                sheet.hide()
            if name == "Codes" and hidden:
                sheet.very_hidden()
            if name == "Sites":
                for cells in merged:
                    sheet.merge_range(cells, "P1")
    return path


def notes(sheets: tuple[Any, ...], language: str = "en") -> list[str]:
    return [note.text(language) for sheet in sheets for note in sheet.notices if note.count]


def test_hidden_sheets_are_left_out_and_named(tmp_path: Path) -> None:
    (sites,) = read_sheets(workbook(tmp_path / "sites.xlsx", hidden="Staff"))
    assert sites.labels == ("site", "trees")
    (note,) = notes((sites,))
    assert "hidden sheets are left out" in note
    assert "“Staff”, “Codes”" in note
    assert "--sheet" in notes((sites,), "zh")[0]


@pytest.mark.parametrize("name", ["Staff", "Codes"])
def test_a_hidden_sheet_is_read_where_it_is_asked_for(tmp_path: Path, name: str) -> None:
    (staff,) = read_sheets(workbook(tmp_path / "sites.xlsx", hidden="Staff"), sheets=[name])
    assert (staff.labels, staff.rows) == (("badge", "grade"), (("B1", "4"),))
    assert notes((staff,)) == []


def test_a_workbook_without_hidden_sheets_gives_all_of_them(tmp_path: Path) -> None:
    sheets = read_sheets(workbook(tmp_path / "sites.xlsx"))
    assert [sheet.name for sheet in sheets] == ["Sites", "Staff", "Codes"]
    assert notes(sheets) == []


def test_merged_cells_are_reported_with_their_address(tmp_path: Path) -> None:
    sheets = read_sheets(workbook(tmp_path / "sites.xlsx", merged=("A2:A3", "B4:B6", "A7:B7")))
    (note,) = [note for note in notes(sheets) if "merged" in note]
    assert note.endswith(": A2:A3, B4:B6, A7:B7")
