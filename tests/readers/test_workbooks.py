"""Every workbook of a site: each cell the CSV's, in openpyxl, in calamine and in LibreOffice."""

from __future__ import annotations

import csv
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import frictionless
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from datagazette.downloads.xlsx import MAX_COLUMNS
from tests.formats.sample import make_people
from tests.readers.conftest import Json, releases, tables

pytestmark = pytest.mark.slow
Rows = list[list[Any]]


def workbooks(site: Path) -> Iterator[tuple[Path, Path]]:
    for folder in releases(site):
        (path,) = folder.glob("*.xlsx")
        yield folder, path


def calamine_sheets(path: Path) -> dict[str, Rows]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def csv_rows(folder: Path, table: Json) -> list[list[str]]:
    with (folder / table["path"]).open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def missing(table: Json, field: Json) -> set[str]:
    return {"", *field.get("missingValues", table["schema"].get("missingValues", [""]))}


def same(text: str, value: object, field: Json) -> bool:
    """Whether a sheet's value is the CSV's cell: the very text, or the number of the schema, the very day or truth."""
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, int | float):
        wanted, _ = frictionless.Field.from_descriptor(field).read_cell(text)
        return field["type"] in ("integer", "number", "year") and float(wanted) == value
    if isinstance(value, datetime):
        return text.removesuffix("Z") in (value.isoformat(), value.date().isoformat())
    if isinstance(value, date | time):
        return text.removesuffix("T00:00:00") == value.isoformat()
    return text == str(value)


def differences(folder: Path, table: Json, rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    fields = table["schema"]["fields"]
    for number, (wanted, got) in enumerate(zip(csv_rows(folder, table), rows, strict=True), start=2):
        for field, text, value in zip(fields, wanted, got, strict=False):
            blank = value is None or value == ""
            if not (blank and text in missing(table, field)) and not same(text, value, field):
                yield f"{table['name']}, row {number}, {field['name']}: {text!r} became {value!r}"


@pytest.mark.sample(1)
def test_every_cell_is_the_csvs_in_calamine(site: Path) -> None:
    for folder, path in workbooks(site):
        sheets = calamine_sheets(path)
        for table in tables(folder):
            assert list(differences(folder, table, sheets[table["name"][:31]][1:])) == []


def test_every_cell_is_the_csvs_in_openpyxl(nasty_site: Path) -> None:
    """A reader of another make, which also tells text from formulas."""
    for folder, path in workbooks(nasty_site):
        book = openpyxl.load_workbook(path)
        for table in tables(folder):
            sheet = book[table["name"]]
            assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b", "d", "inlineStr"}
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
            assert list(differences(folder, table, rows)) == []
            assert sheet.freeze_panes == "A2"
            assert all(one.width and one.width > 5 for one in list(sheet.column_dimensions.values())[:20])


@pytest.mark.sample(1)
def test_libre_office_gives_back_the_same_cells(site: Path, tmp_path: Path) -> None:
    """Opened, saved and read again, sheet by sheet. It saves fifteen digits, and one kind of line break."""
    books = {path.name: path for _, path in workbooks(site)}
    office = shutil.which("soffice")
    assert office, "this test needs LibreOffice: `make programs`"
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path / "saved", *books.values()],
        check=True, capture_output=True, timeout=1_200, cwd=tmp_path,
    )  # fmt: skip
    for name, path in books.items():
        ours, saved = calamine_sheets(path), calamine_sheets(tmp_path / "saved" / name)
        assert list(saved) == list(ours)
        for sheet, rows in ours.items():
            assert cells(saved[sheet]) == cells(rows), (name, sheet)


@pytest.mark.thorough
def test_tables_keep_their_names_through_an_open_document(tmp_path: Path) -> None:
    """Saved as .ods by LibreOffice and again as .xlsx: tables, their places, what pictures show, language."""
    office = shutil.which("soffice")
    assert office, "this test needs LibreOffice: `make programs`"
    path = make_people(tmp_path / "made").folder / "people-1.1.0.xlsx"
    for form, folder, source in (
        ("ods", "ods", path),
        ("xlsx:Calc MS Excel 2007 XML", "again", tmp_path / "ods" / "people-1.1.0.ods"),
        ("csv", "csv", path),
    ):
        subprocess.run(
            [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form,
             "--outdir", tmp_path / folder, source],
            check=True, capture_output=True, timeout=600, cwd=tmp_path,
        )  # fmt: skip
    again = tmp_path / "again" / path.name
    ours, saved = openpyxl.load_workbook(path), openpyxl.load_workbook(again)
    assert tables_of(saved) == tables_of(ours)
    assert saved.properties.language == ours.properties.language == "zh"
    with zipfile.ZipFile(again) as parts:
        drawings = [parts.read(name).decode() for name in parts.namelist() if "drawings/drawing" in name]
    assert any("北京占 38.63%" in drawing for drawing in drawings)
    # What reads the first sheet has the first table, though the cover is what a person sees first.
    (first, *_) = (tmp_path / "csv" / "people-1.1.0.csv").read_bytes().splitlines()
    assert first.startswith(b"code ")


def tables_of(book: Any) -> dict[str, dict[str, str]]:
    return {sheet.title: {table.displayName: table.ref for table in sheet.tables.values()} for sheet in book}


def cells(rows: Rows) -> dict[tuple[int, int], object]:
    """What is not blank, by place, as LibreOffice saves it."""
    return {
        (row, column): _saved(value)
        for row, line in enumerate(rows)
        for column, value in enumerate(line[:MAX_COLUMNS])
        if value != ""
    }


def _saved(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    return float(f"{value:.15g}") if isinstance(value, float) else value


def test_days_are_days(nasty_site: Path) -> None:
    """9999 is a day, and looks as it was written; 1899 is before a spreadsheet's first, so a text. The release has no
    hashes, and keeps the form of an earlier program, which decided for each cell."""
    sheet = openpyxl.load_workbook(nasty_site / "data/select/1.1.0/select-1.1.0.xlsx")["table"]
    names = [cell.value for cell in sheet[1]]
    old, new = (sheet.cell(row, names.index("字段 day") + 1) for row in (2, 3))
    assert (old.value, old.data_type) == ("1899-12-31", "s")
    assert (new.value, new.number_format) == (datetime(9999, 12, 31), "yyyy-mm-dd")
