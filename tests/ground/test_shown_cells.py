"""What a sheet shows and a program reads otherwise: each is read as it looks, or a line names the cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from datagazette.intake.drafts import Sources, plan_dataset
from datagazette.intake.notices import lines
from datagazette.intake.number_forms import Form, form_of
from datagazette.intake.sheets import Sheet, read_sheets
from datagazette.model.errors import UsageError
from tests.ground.workbook_files import cell, changed, number, ods, row, xlsx


def read(path: Path) -> Sheet:
    (sheet,) = read_sheets(path)
    return sheet


def said(sheet: Sheet) -> str:
    return "\n".join(lines(sheet.notices, "en"))


CELLS = [
    # what is written, the format in .xlsx, the cell of .ods, what is read, what is said
    (1.0625, "[h]:mm:ss", cell("25:30:00", "time", 'table:style-name="long" office:time-value="PT25H30M00S"'),
     "PT25H30M", "durations are written as in ISO 8601; the first cell of each column: B2 “PT25H30M”"),
    (1 / 3, "[h]:mm:ss", cell("8:00:00", "time", 'table:style-name="long" office:time-value="PT08H00M00S"'),
     "PT8H", "B2 “PT8H”"),
    (0.125, "0.0%", number("12.5%", 0.125, "percentage"), "12.5%", "shown as percent"),
    (3.14159, "0.0", number("3.1", 3.14159), "3.14159", "shown with fewer digits"),
    (1234567, "#,##0,", number("1,235", 1234567), "1234567", "shown with fewer digits"),
    (501, "00000", number("00501", 501), "00501", "zeros that the workbook shows in front"),
    (12.5, "[$€-407] #,##0.00", number("€ 12.50", 12.5, "currency"), "12.5", "unit or currency"),
    (5, '0.0" km"', number("5.0 km", 5), "5", "“km”"),
    (1234567890123460, "0", number("1234567890123460", "1.23456789012346E+015"), "1234567890123460",
     "more than 15 digits"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "form", "xml", "text", "note"), CELLS, ids=[str(case[3]) for case in CELLS])
def test_a_number_is_read_as_it_looks_or_named(
    value: float, form: str, xml: str, text: str, note: str, tmp_path: Path
) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.write_number(1, 1, value, book.add_format({"num_format": form}))

    for path in (
        xlsx(tmp_path / "t.xlsx", [["site", "v"], ["Elm"], ["Oak", 7]], change),
        ods(tmp_path / "t.ods", row("site", "v") + row("Elm", xml) + row("Oak", number("7", 7))),
    ):
        sheet = read(path)
        assert [cells[1] for cells in sheet.rows] == [text, "7"]
        assert note in said(sheet)


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("General", Form()),
        ("0", Form(0)),
        ("#,##0.00", Form(2)),
        ("0.00%", Form(2, percent=True)),
        ("#,##0,,", Form(0, scale=2)),
        ("#,##0.0,", Form(1, scale=1)),
        ("0000", Form(0, zeros=4)),
        ('_("$"* #,##0.00_);_("$"* \\(#,##0.00\\)', Form(2, mark="$")),
        ("[$£-809]#,##0", Form(0, mark="£")),
        ("[Red]0.0;[Blue]-0.0", Form(1)),
        ("[<1]0.00;0", Form()),
        ("0.00E+00", Form()),
        ("# ?/?", Form()),
        ("yyyy-mm-dd", Form()),
        ("[mm]:ss", Form(elapsed=True)),
        ("@", Form()),
        ('0 "m2"', Form(0, mark="m2")),
    ],
)
def test_a_number_format_is_read_as_a_spreadsheet_reads_it(code: str, form: Form) -> None:
    assert form_of(code) == form


def test_ordinary_numbers_and_dates_need_no_word(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for at, (value, form) in enumerate(
            [(45294, "yyyy-mm-dd"), (3, "0"), (2.5, "0.00"), (1200, "#,##0"), (1 / 3, "General"), (0.0, "0")], 1
        ):
            sheet.write_number(1, at, value, book.add_format({"num_format": form}))

    sheet = read(xlsx(tmp_path / "t.xlsx", [["site", "d", "a", "b", "c", "e", "f"], ["Elm"]], change))
    assert sheet.rows == (("Elm", "2024-01-03", "3", "2.5", "1200", "0.3333333333333333", "0"),)
    assert said(sheet) == ""


def test_formulas_without_a_stored_value_are_refused_with_cell_and_formula(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (["site", "a", "b", "sum"], ["Elm", 1, 2, "=B2+C2"], ["Oak", 3, 4, "=B3+C3"]):
        sheet.append(cells)
    book.save(tmp_path / "t.xlsx")
    by_library = xlsx(tmp_path / "u.xlsx", [["site", "a", "sum"], ["Elm", 1, "=B2*2"]])
    xml = row("site", "sum") + row("Elm", cell("", "")) + row(
        "Oak", '<table:table-cell table:formula="of:=[.B2]*2"/>', "1")  # fmt: skip
    for path, place in (
        (tmp_path / "t.xlsx", "D2 “=B2+C2”, D3 “=B3+C3”"),
        (by_library, "C2 “=B2*2”"),
        (ods(tmp_path / "t.ods", xml), "B3 “=[.B2]*2”"),
    ):
        with pytest.raises(UsageError) as refused:
            read(path)
        assert place in str(refused.value)
        assert "save it" in str(refused.value)


def test_formulas_that_give_a_value_or_an_empty_text_are_read(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, "=1+1", None, 2)
        sheet.write_formula(2, 1, '=IF(1=1,"","x")', None, "empty")
        sheet.write_formula(3, 1, "=1-1", None, 0)

    path = xlsx(tmp_path / "t.xlsx", [["site", "v"], ["Elm"], ["Oak"], ["Fir"]], change)
    sheet = read(changed(path, tmp_path / "u.xlsx", b"<v>empty</v>", b"<v></v>"))
    assert [cells[1] for cells in sheet.rows] == ["2", "", "0"]


def test_digits_that_only_computing_has_made_are_named(tmp_path: Path) -> None:
    sheet = read(ods(tmp_path / "t.ods", row("site", "v") + row("Elm", number("0.3", 0.1 + 0.2))))
    assert sheet.rows == (("Elm", "0.30000000000000004"),)
    assert "shown with fewer digits" in said(sheet)


def test_errors_are_empty_and_named_with_their_cell(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
        sheet.write_formula(2, 1, "=Z1", None, "#REF!")

    error = 'table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error"'
    for path in (
        xlsx(tmp_path / "t.xlsx", [["site", "v"], ["Elm"], ["Oak"], ["Fir", 1]], change),
        ods(tmp_path / "t.ods", row("site", "v") + row("Elm", cell("#N/A", "", error))
            + row("Oak", cell("#REF!", "", error)) + row("Fir", number("1", 1))),
    ):  # fmt: skip
        sheet = read(path)
        assert [cells[1] for cells in sheet.rows] == ["", "", "1"]
        assert "cells that show an error are empty in the table: B2 “#N/A”, B3 “#REF!”" in said(sheet)


def test_cells_merged_over_columns_are_reported_but_not_those_of_a_title(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:C1", "Trees of the town")
        sheet.merge_range("B4:C4", 5)

    merged = row(cell("Trees of the town", "string", 'table:number-columns-spanned="3"')) + row("site", "a", "b")
    merged += row("Elm", "1", "2") + row("Oak", number("5", 5, more='table:number-columns-spanned="2"'))
    for path in (
        xlsx(tmp_path / "t.xlsx", [[], ["site", "a", "b"], ["Elm", 1, 2], ["Oak"], ["Fir", 1, 2]], change),
        ods(tmp_path / "t.ods", merged + row("Fir", "1", "2")),
    ):
        (note,) = (line for line in lines(read(path).notices, "en") if "merged" in line)
        assert note.endswith(": B4:C4")


def test_a_number_among_dates_is_named_as_the_day_that_it_is(small: Path, tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for at, value in enumerate((45292, 45293, 45294), 1):
            sheet.write_number(at, 1, value, day if at < 3 else book.add_format({"num_format": "@"}))

    path = xlsx(tmp_path / "t.xlsx", [["site", "day"], ["Elm"], ["Oak"], ["Fir"]], change)
    (table,) = plan_dataset(Sources(small, "sites", (path,))).tables
    (note,) = (found.text("en") for found in table.all_notices if found.count)
    assert "line 4 “45294”. This is the number that a spreadsheet stores for the day 2024-01-03" in note


def test_a_workbook_of_another_form_says_what_is_not_seen(tmp_path: Path) -> None:
    from datagazette.intake.workbooks import _views

    assert _views(tmp_path / "t.xls")("Sites") is None


def test_durations_become_a_column_of_durations(small: Path, tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for at, value in enumerate((1.0625, 1 / 3, 0.5 / 24), 1):
            sheet.write_number(at, 1, value, book.add_format({"num_format": "[h]:mm:ss"}))

    path = xlsx(tmp_path / "t.xlsx", [["site", "open"], ["Elm"], ["Oak"], ["Fir"]], change)
    draft = plan_dataset(Sources(small, "sites", (path,)))
    assert [column.type for column in draft.tables[0].columns] == ["string", "duration"]
    assert draft.contents == (b"site,open\nElm,PT25H30M\nOak,PT8H\nFir,PT30M\n",)
