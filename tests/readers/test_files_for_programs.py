"""What programs need of the published files: zips without 64-bit sizes, one schema for each release, one CSV."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from datagazette.describe.dcat import dcat_dataset
from datagazette.describe.schema_org import schema_org
from datagazette.downloads import archive
from datagazette.downloads.csv import write_excel_copy
from datagazette.downloads.csvt import csvt
from datagazette.downloads.parquet import write_parquet
from datagazette.downloads.xlsx import write_workbook
from datagazette.model.resource import Dialect, Field, Schema, Table
from datagazette.tables.engine import connect
from datagazette.tables.parquet import tabulate
from tests.formats.sample import Made, make_people, people

FIELDS = (Field("town", "string"), Field("x", "number"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_people(tmp_path_factory.mktemp("people"))


def excel_cells(folder: Path, text: str, *fields: Field) -> Iterator[list[str]]:
    (folder / "t.csv").write_text(text, "utf-8")
    write_excel_copy(folder / "t.csv", folder / "t.excel.csv", Dialect(), fields)
    return csv.reader((folder / "t.excel.csv").read_text("utf-8-sig").splitlines())


def test_no_member_of_a_small_workbook_or_zip_has_sizes_of_64_bits(made: Made) -> None:
    for path in (*made.folder.glob("*.xlsx"), *made.folder.glob("*.zip")):
        with zipfile.ZipFile(path) as opened:
            assert {(member.extract_version, member.extra) for member in opened.infolist()} == {(20, b"")}


def test_a_member_that_may_need_sizes_of_64_bits_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_LARGE", 10)
    (tmp_path / "large").write_text("more than ten letters")
    archive.write_zip(tmp_path / "a.zip", {"small": "text", "large": tmp_path / "large"})
    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        assert {member.filename: member.extract_version for member in opened.infolist()} == {"small": 20, "large": 45}


def test_a_sheet_that_is_too_large_for_sizes_of_32_bits_is_written_with_others(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 4_000)
    rows = [[str(number), "name", "", "", ""] for number in range(100)]
    result = replace(made.result, tables=(replace(made.result.tables[0], rows=100),), summaries=())
    write_workbook(tmp_path / "large.xlsx", made.publication, result, lambda _: rows, {}, "zh")
    with zipfile.ZipFile(tmp_path / "large.xlsx") as opened:
        assert opened.getinfo("xl/worksheets/sheet1.xml").extract_version == 45
    sheet = openpyxl.load_workbook(tmp_path / "large.xlsx")["people"]
    assert [str(row[0].value) for row in sheet.iter_rows(min_row=2)] == [row[0] for row in rows]


def test_a_negative_number_is_a_number_in_the_copy_for_excel_however_it_is_written(tmp_path: Path) -> None:
    rows = excel_cells(tmp_path, "town,x\nMálaga,-2e-5\nOporto,-3.5\nÉvora,-.5\nBeja,+1E+3\n", *FIELDS)
    assert [row[1] for row in rows] == ["x", "-2e-5", "-3.5", "-.5", "+1E+3"]


def test_the_copy_for_excel_is_offered_to_no_program(made: Made) -> None:
    assert made.result.file("people.excel.csv")
    described = schema_org(made.publication, made.result, "en")
    listed = dcat_dataset(made.publication, made.result, {})
    for names in ([one["name"] for one in described["distribution"]],
                  [one["dct:title"] for one in listed["dcat:distribution"]]):  # fmt: skip
        assert names == ["people.csv", "people.parquet", "people.json", "people.ndjson", "regions.csv",
                         "regions.parquet", "regions.json", "regions.ndjson", "people-1.1.0.xlsx",
                         "people-1.1.0.zip"]  # fmt: skip


def test_a_number_with_its_unit_has_no_apostrophe_and_what_could_be_computed_has(tmp_path: Path) -> None:
    bare = Field("x", "number", descriptor={"bareNumber": False})
    text = "town,x\n-5 kg,-5 kg\n=1+1,-5 €\n-2+3,-5+cmd\n-1e5,-5 %\n"
    assert list(excel_cells(tmp_path, text, FIELDS[0], bare)) == [
        ["town", "x"], ["'-5 kg", "-5 kg"], ["'=1+1", "-5 €"], ["'-2+3", "'-5+cmd"], ["-1e5", "-5 %"],
    ]  # fmt: skip


def test_a_column_of_parquet_is_required_where_the_schema_says_so_and_nowhere_else(tmp_path: Path) -> None:
    fields = (Field("k", "string", constraints={"required": True}), Field("n", "integer"), Field("x", "number"),
              Field("day", "date"), Field("t", "string"))  # fmt: skip
    table = Table("t", "t.csv", "t.csv", Schema("t", "t.yaml", fields, primary_key=("k",)))
    found = []
    with connect() as engine:
        for name, rows in (("full", "B,1,1.5,2021-05-06,a\nA,2,2,2021-05-07,b\n"), ("gaps", "B,,,,\nA,2,2,,b\n")):
            source, typed, target = (tmp_path / f"{name}.{ending}" for ending in ("csv", "typed", "parquet"))
            source.write_text(f"k,n,x,day,t\n{rows}", "utf-8")
            tabulate(engine, table, source, typed)
            write_parquet(engine, typed, target, people(), table)
            found.append(
                engine.rows(f"SELECT name, repetition_type FROM parquet_schema('{target}') WHERE type IS NOT NULL")
            )
    assert found[0] == [("k", "REQUIRED"), *((name, "OPTIONAL") for name in ("n", "x", "day", "t"))]
    assert found[1] == found[0]


def test_each_csv_of_the_package_names_its_delimiter(made: Made) -> None:
    described = json.loads((made.folder / "datapackage.json").read_text("utf-8"))
    assert [one["dialect"] for one in described["resources"]] == [{"delimiter": ","}] * 3


CSVT: list[tuple[Field, list[str], str]] = [
    (Field("a", "string"), ["0101", "ALL"], "String"),
    (Field("a", "integer"), ["1", "", "-007"], "Integer64"),
    (Field("a", "integer"), ["1", "123456789012345678901"], "String"),
    (Field("a", "integer"), ["1", "1_000"], "String"),
    (Field("a", "integer"), ["1", "n/a"], "String"),
    (Field("a", "number"), ["1.5", "-1e-7", ".5"], "Real"),
    (Field("a", "number"), ["31.054293255007507"], "Real"),
    (Field("a", "number"), ["12345678901234567.891"], "String"),
    (Field("a", "number"), ["1", "NaN"], "String"),
    (Field("a", "number", descriptor={"groupChar": "."}), ["38.411"], "String"),
    (Field("a", "date"), ["2021-05-06", ""], "Date"),
    (Field("a", "date"), ["2021-5-6"], "String"),
    (Field("a", "date", format="%d/%m/%Y"), ["05/06/2021"], "String"),
    (Field("a", "datetime"), ["2021-05-06T07:08:09Z"], "DateTime"),
    (Field("a", "time"), ["07:08:09"], "Time"),
    (Field("a", "year"), ["2021"], "Integer"),
    (Field("a", "boolean"), ["true"], "String"),
]


@pytest.mark.parametrize(("field", "cells", "kind"), CSVT)
def test_a_column_has_a_type_for_gdal_where_it_reads_each_cell_as_what_it_is(
    field: Field, cells: list[str], kind: str
) -> None:
    assert csvt((field,), [[cell] for cell in cells]) == f'"{kind}"\n'


def test_each_csv_of_the_package_has_its_types_beside_it(made: Made) -> None:
    with zipfile.ZipFile(made.folder / "people-1.1.0.zip") as package:
        names = package.namelist()
        types = package.read("people.csvt").decode()
    assert [name for name in names if name.endswith(".csv") and f"{name}t" not in names] == []
    assert types == '"String","Date","Integer64","Real","String","Integer","String","String"\n'
