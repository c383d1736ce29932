"""Names of tables and columns that a spreadsheet takes, and tables that are out of the ordinary."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from datagazette.downloads.sheet_tables import LONGEST_NAME, column_names, headers, table_name
from datagazette.downloads.xlsx import write_workbook
from datagazette.model.publication import Dataset, Publication
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.results import ReleaseResult, TableResult
from tests.formats.sample import CATALOG, make_people, people, words


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("counts", "counts"),
        ("national-registrations", "national_registrations"),
        ("a.b_c", "a_b_c"),
        ("2020-figures", "_2020_figures"),
        ("t1", "_t1"),
        ("abc123", "_abc123"),
        ("abcd1", "abcd1"),
        ("r", "_r"),
        ("r1c1", "_r1c1"),
        ("z1s1", "_z1s1"),
        ("true", "_true"),
        ("会员", "会员"),
    ],
)
def test_the_name_of_a_table_is_no_address_of_a_cell(name: str, written: str) -> None:
    assert table_name(name, []) == written


def test_no_two_tables_have_the_same_name_in_upper_or_lower_case() -> None:
    assert table_name("a-b", ["A_B"]) == "a_b_2"
    assert table_name("a.b", ["a_b", "a_b_2"]) == "a_b_3"
    assert len(table_name("x" * 300, ["x" * LONGEST_NAME])) <= LONGEST_NAME


def test_names_of_columns_are_filled_differ_and_have_one_line() -> None:
    assert column_names(["Name", "name", "two\nlines", "", "\x01", "NAME"]) == [
        "Name", "name (2)", "two lines", "4", "5", "NAME (3)",
    ]  # fmt: skip
    assert len(column_names(["x" * 400])[0]) <= LONGEST_NAME


def test_a_title_that_two_fields_have_in_another_case_gives_way_to_their_names() -> None:
    fields = [Field("a", "string", title=words("值", "Value")), Field("b", "string", title=words("值", "value"))]
    assert headers(fields, "zh") == ["a", "b"]
    assert headers(fields, "en") == ["a", "b"]


def written(folder: Path, fields: tuple[Field, ...], rows: list[list[str]]) -> Path:
    table = Table("t", "t.csv", "t.csv", Schema("t", "t.yaml", fields, primary_key=(fields[0].name,)))
    release = people(tables=(table,), summaries=(), checks=(), notes=())
    publication = Publication(folder, CATALOG, (Dataset("people", (release,)),))
    result = ReleaseResult(release, (TableResult(table, len(rows), (), (), ""),), (), (), ())
    write_workbook(folder / "t.xlsx", publication, result, lambda _: rows, {}, "zh")
    return folder / "t.xlsx"


def test_a_table_without_rows_is_one_with_an_empty_row(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path, (Field("k", "string"), Field("v", "integer")), []))["t"]
    assert {table.displayName: table.ref for table in sheet.tables.values()} == {"_t": "A1:B2"}
    assert sheet.max_row == 1


def test_a_header_with_the_letters_of_an_escape_is_the_same_in_the_cell_and_in_the_table(tmp_path: Path) -> None:
    path = written(tmp_path, (Field("_x0041_", "string"), Field("b", "string")), [["1", "2"]])
    with zipfile.ZipFile(path) as parts:
        table, texts = parts.read("xl/tables/table1.xml").decode(), parts.read("xl/sharedStrings.xml").decode()
    assert 'name="_x005F_x0041_"' in table
    assert "<t>_x005F_x0041_</t>" in texts


def test_a_row_is_as_high_as_its_longest_text_needs(tmp_path: Path) -> None:
    path = written(tmp_path, (Field("k", "string"), Field("v", "string")), [["1", "short"], ["2", "word " * 40]])
    sheet = openpyxl.load_workbook(path)["t"]
    assert (sheet.row_dimensions[2].height, sheet.row_dimensions[3].height > 100) == (None, True)
    assert sheet["B3"].alignment.wrap_text
    assert not sheet["B2"].alignment.wrap_text


@pytest.mark.thorough
def test_tables_have_a_title_and_a_description_for_those_who_do_not_see_them(tmp_path: Path) -> None:
    with zipfile.ZipFile(make_people(tmp_path).folder / "people-1.1.0.xlsx") as parts:
        tables = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/tables/")]
    assert len(tables) == 6
    assert all(re.search(r'altText="[^"]+"', table) for table in tables)
    assert 'altText="人口 / People"' in tables[0]
