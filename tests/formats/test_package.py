"""Everything that is published of a release, read back by the libraries that its readers use."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import re
import struct
import subprocess
import sys
import time
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pytest
from csvw.metadata import CSVW
from frictionless import validate
from python_calamine import CalamineWorkbook

from datagazette.describe.datapackage import datapackage
from datagazette.describe.json_ld import croissant
from datagazette.describe.listing import api_documents
from datagazette.describe.signposting import signposts
from datagazette.downloads.choice import check_names
from datagazette.downloads.xlsx import MAX_ROWS, write_workbook
from datagazette.model.formats import ALWAYS
from datagazette.model.publication import Dataset
from datagazette.model.resource import Dialect, Field, Schema, Table
from tests.formats.sample import Made, make, make_nasty, make_people, nasty, people

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_people(tmp_path_factory.mktemp("people"))


@pytest.fixture(scope="module")
def nasty_made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_nasty(tmp_path_factory.mktemp("nasty"))


@pytest.fixture(params=["made", "nasty_made"])
def any_made(request: pytest.FixtureRequest) -> Made:
    found: Made = request.getfixturevalue(request.param)
    return found


def digests(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_every_address_of_a_release_is_written(made: Made) -> None:
    assert set(digests(made.folder)) == {file.path for file in made.files}
    promised = "people.csv people.excel.csv people.parquet people.json people.csv-metadata.json regions.csv"
    promised += " people-1.1.0.zip people-1.1.0.xlsx datapackage.json croissant.json SHA256SUMS LICENSE.txt"
    promised += " CITATION.cff citation.bib citation.ris citation.json checks/sum.sql"
    endings = ".csv .sql .svg .dark.svg .png .vl.json .en.svg .en.dark.svg .en.png .en.vl.json"
    promised += "".join(f" summaries/share{ending}" for ending in endings.split())
    assert set(promised.split()) <= set(digests(made.folder))


def test_csv_is_the_submitted_file(any_made: Made) -> None:
    for table in any_made.result.release.tables:
        submitted = any_made.publication.root / table.file
        assert (any_made.folder / f"{table.name}.csv").read_bytes() == submitted.read_bytes()


def test_excel_copy_has_a_mark_and_the_same_cells_but_no_formulas(made: Made) -> None:
    copy = (made.folder / "people.excel.csv").read_bytes()
    assert copy.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in copy
    original = (made.folder / "people.csv").read_bytes().decode()
    assert read(copy.decode("utf-8-sig")) == [
        [f"'{cell}" if cell == "=1+1" else cell for cell in row] for row in read(original)
    ]
    assert b"=1+1" in copy


def test_a_compressed_copy_is_the_same_file_without_a_name_or_a_time(made: Made) -> None:
    for ending in ("csv", "json", "ndjson"):
        packed = (made.folder / f"people.{ending}.gz").read_bytes()
        assert gzip.decompress(packed) == (made.folder / f"people.{ending}").read_bytes()
        assert packed[3:8] == bytes(5)  # no flags, no time


def test_sums_hold_for_release_and_latest(any_made: Made) -> None:
    for folder in (any_made.folder, any_made.latest):
        listed = dict(reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text().splitlines())
        found = digests(folder)
        found.pop("SHA256SUMS")
        assert listed == found


def test_latest_has_the_same_bytes_without_the_version(any_made: Made) -> None:
    release = any_made.result.release
    found = digests(any_made.latest)
    assert f"{release.dataset}.zip" in found
    assert not [name for name in found if str(release.version) in name]
    of_release = digests(any_made.folder)
    newest = {name.replace(f"{release.id}.", f"{release.dataset}."): one for name, one in of_release.items()}
    newest.pop("SHA256SUMS")
    found.pop("SHA256SUMS")
    assert found == newest


@pytest.mark.filterwarnings("default")
def test_zip_is_a_valid_data_package(any_made: Made) -> None:
    report = validate(str(any_made.folder / f"{any_made.result.release.id}.zip"))
    assert report.valid, report.flatten(["name", "type", "message"])
    assert {task.name for task in report.tasks} >= {table.name for table in any_made.result.release.tables}
    assert all(task.stats["rows"] for task in report.tasks)


def test_zip_has_what_a_person_reads_first(made: Made) -> None:
    with zipfile.ZipFile(made.folder / "people-1.1.0.zip") as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {"README.md", "LICENSE.txt", "CITATION.cff", "CHANGES.md", "datapackage.json"} <= set(names)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = archive.read("README.md").decode()
    assert "北京占 38.63%" in text
    assert "Beijing has 38.63%" in text


@pytest.mark.filterwarnings("default")
def test_csvw_agrees_with_the_csv(any_made: Made) -> None:
    for path in any_made.folder.glob("*.csv-metadata.json"):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            described = CSVW(str(path), validate=True)
            assert described.is_valid, [str(one.message) for one in [*said, *described.warnings]]


def test_workbook_repeats_every_cell(any_made: Made) -> None:
    book = CalamineWorkbook.from_path(str(any_made.folder / f"{any_made.result.release.id}.xlsx"))
    for table in any_made.result.release.tables:
        cells = book.get_sheet_by_name(table.name).to_python(skip_empty_area=False)
        rows = read((any_made.folder / f"{table.name}.csv").read_bytes().decode())
        has_notes = any(note.resource == table.name for note in any_made.result.release.notes)
        wide = len(table.schema.fields)
        assert cells[0] == [one.title.default for one in table.schema.fields] + ["注记 Notes"] * has_notes
        assert len(cells) == len(rows)
        for found, wanted in zip(cells[1:], rows[1:], strict=True):
            for value, text, one in zip(found[:wide], wanted, table.schema.fields, strict=True):
                assert same(value, text, one.type), (one.name, value, text)


def same(value: object, text: str, kind: str) -> bool:
    if text == "":
        return value == ""
    if isinstance(value, bool):
        return str(value).lower() == text
    if isinstance(value, int | float):
        return kind in ("integer", "number", "year") and float(value) == float(text)
    return str(value) == text


def test_workbook_types(made: Made) -> None:
    sheet = openpyxl.load_workbook(made.folder / "people-1.1.0.xlsx")["people"]
    rows = list(sheet.iter_rows(min_row=2))
    assert [cell.data_type for cell in rows[0][:8]] == ["s", "s", "n", "n", "b", "n", "s", "s"]
    assert rows[0][0].value == "00123"
    assert rows[0][2].number_format == "#,##0"
    assert rows[0][7].value == "=1+1"
    assert (rows[2][1].data_type, rows[2][1].value) == ("s", "1899-12-31")
    assert rows[1][3].value == 0.3333333333333333
    assert rows[2][3].value == 31.054293255007507
    assert rows[1][2].comment.text == "至少。\nAt least."
    assert sheet.freeze_panes == "A2"
    assert [(table.name, table.ref, table.autoFilter.ref) for table in sheet.tables.values()] == [
        ("people", "A1:I5", "A1:I5"),
    ]  # fmt: skip
    assert [row[0] for row in sheet.iter_rows(min_row=2, min_col=9, values_only=True)] == [
        None, "people 的名称：至少。\nAt least.", None, None,
    ]  # fmt: skip


def test_workbook_has_summaries_dictionary_notes_and_citation(made: Made) -> None:
    book = openpyxl.load_workbook(made.folder / "people-1.1.0.xlsx")
    assert book.sheetnames == [
        "people", "regions", "share", "封面 Cover", "目录 Contents", "数据字典 Data dictionary", "注记 Notes",
    ]  # fmt: skip
    summary = book["share"]
    assert [summary.cell(row, 1).value for row in range(1, 7)] == [
        "北京占 38.63%", "占比。", "Beijing has 38.63%", "Shares.",
        "表下有这些数字的图。 A chart of these figures is below the table.", None,
    ]  # fmt: skip
    assert summary["C7"].value == "share 的名称（%）"
    assert summary["C8"].value == 38.62645
    with zipfile.ZipFile(made.folder / "people-1.1.0.xlsx") as parts:
        assert parts.read("xl/media/image1.png") == (made.folder / "summaries/share.png").read_bytes()
        drawing = parts.read("xl/drawings/drawing1.xml").decode()
    assert drawing.count("<xdr:oneCellAnchor>") == 1
    assert "twoCellAnchor" not in drawing
    wide, high = (int(one) for one in re.findall(r"<xdr:ext cx=\"(\d+)\" cy=\"(\d+)\"", drawing)[0])
    pixels = struct.unpack(">II", (made.folder / "summaries/share.png").read_bytes()[16:24])
    assert wide / high == pytest.approx(pixels[0] / pixels[1], rel=0.01)
    assert 'descr="北京占 38.63%. 占比。"' in drawing
    texts = [str(cell.value) for row in book["封面 Cover"].iter_rows() for cell in row]
    assert any("GB/T 7714" in text for text in texts)
    assert any("@dataset" in text for text in texts)


def test_no_cell_is_a_formula_or_a_link_and_the_contents_lead_to_sheets(nasty_made: Made) -> None:
    with zipfile.ZipFile(nasty_made.folder / "select-2.0.1.xlsx") as book:
        for name in book.namelist():
            content = book.read(name)
            assert b"<f>" not in content
            assert b"External" not in content
            links = re.findall(rb"<hyperlink [^>]*>", content)
            assert all(b" location=" in link and b"r:id" not in link for link in links)
            assert not links or "contents" in table_of(book, name)


def table_of(book: zipfile.ZipFile, sheet: str) -> str:
    """The descriptions of the tables on a sheet."""
    relations = book.read(sheet.replace("worksheets/", "worksheets/_rels/") + ".rels").decode()
    return "".join(book.read(f"xl/{path}").decode() for path in re.findall(r"\.\./(tables/[^\"]*)", relations))


def test_table_too_large_for_a_sheet_says_so(made: Made, tmp_path: Path) -> None:
    first, *others = made.result.tables
    result = replace(made.result, tables=(replace(first, rows=1_048_576), *others))
    write_workbook(tmp_path / "large.xlsx", made.publication, result, lambda _: (), {}, "zh")
    sheet = openpyxl.load_workbook(tmp_path / "large.xlsx")["people"]
    texts = [row[0].value for row in sheet.iter_rows()]
    assert "1,048,576" in texts[0]
    assert "1,048,576" in texts[1]
    assert texts[2].endswith("/data/people/1.1.0/people.parquet")


@pytest.mark.thorough
@pytest.mark.slow
def test_more_rows_than_a_sheet_holds_for_real(tmp_path: Path) -> None:
    """One row too many: the workbook says so, and Parquet, JSON and the package have them all."""
    schema = Schema("numbers", "schemas/numbers.v1.yaml", (Field("n", "integer"),), primary_key=("n",))
    release = people(tables=(Table("numbers", "n.csv", "datasets/people/1.1.0/n.csv", schema),), summaries=(),
                     checks=(), notes=())  # fmt: skip
    made = make(release, {"numbers": [[str(number)] for number in range(MAX_ROWS)]}, tmp_path)
    sheet = CalamineWorkbook.from_path(made.folder / "people-1.1.0.xlsx").get_sheet_by_name("numbers").to_python()
    assert "1,048,576" in str(sheet[0][0])
    assert str(sheet[2][0]).endswith("/numbers.parquet")
    counted = duckdb.sql(f"SELECT count(*), max(n) FROM read_parquet('{made.folder}/numbers.parquet')").fetchall()
    assert counted == [(MAX_ROWS, MAX_ROWS - 1)]
    with (made.folder / "numbers.ndjson").open(encoding="utf-8") as lines:
        assert sum(1 for _ in lines) == MAX_ROWS


def test_parquet_has_types_order_and_meaning(made: Made) -> None:
    path = str(made.folder / "people.parquet")
    rows = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()
    assert [row[0] for row in rows] == ["00123", "010", "010", "0471"]
    kinds = dict(row[:2] for row in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall())
    assert (kinds["day"], kinds["people"], kinds["open"]) == ("DATE", "BIGINT", "BOOLEAN")
    said = duckdb.sql(f"FROM parquet_kv_metadata('{path}')").fetchall()
    shown = {key.decode(): value.decode() for _, key, value in said}
    assert shown["version"] == "1.1.0"
    assert json.loads(shown["fields"])[2]["unit@en"] == "persons"


def test_json_is_typed_and_exact(made: Made) -> None:
    rows = json.loads((made.folder / "people.json").read_text("utf-8"))
    assert rows[0] == {"code": "00123", "day": "2020-11-01", "people": 21893095, "share": 0.125, "open": True,
                       "year": 2020, "kind": "1", "remark": "=1+1"}  # fmt: skip
    assert rows[3]["people"] is None
    assert rows[1]["share"] == 0.3333333333333333


def test_numbers_that_json_readers_would_round_are_texts(nasty_made: Made) -> None:
    rows = json.loads((nasty_made.folder / "table.json").read_text("utf-8"))
    assert rows[0]["c1"] == "99999999999999998"


def test_descriptor_keeps_keys_into_other_packages_apart(made: Made) -> None:
    described = json.loads((made.folder / "datapackage.json").read_text("utf-8"))
    regions = next(one for one in described["resources"] if one["name"] == "regions")["schema"]
    assert "foreignKeys" not in regions
    assert regions["externalForeignKeys"][0]["reference"] == {
        "package": "https://data.example.org/base/data/other/1.0.0/datapackage.json",
        "resource": "regions",
        "fields": ["code"],
    }


def test_descriptor_says_what_a_file_alone_would_not(made: Made) -> None:
    described = json.loads((made.folder / "datapackage.json").read_text("utf-8"))
    assert described["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert described["created"] == "2026-11-23T00:00:00Z"
    assert described["title@en"] == "People by region"
    assert described["notes"][0]["note@en"] == "At least."
    for resource in described["resources"]:
        content = (made.folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert "fieldsMatch" not in resource["schema"]
    assert "profile" not in json.dumps(described["resources"])


def test_croissant_names_files_columns_and_sums(made: Made) -> None:
    described = json.loads((made.folder / "croissant.json").read_text("utf-8"))
    sums = {one["@id"]: one["sha256"] for one in described["distribution"]}
    assert sums["people.csv"] == hashlib.sha256((made.folder / "people.csv").read_bytes()).hexdigest()
    paths = [one["source"]["extract"]["jsonPath"] for one in described["recordSet"][0]["field"]]
    columns = [path.removeprefix("$[*].").strip("'") for path in paths]
    assert columns == (made.folder / "people.csv").read_text("utf-8").splitlines()[0].split(",")


def test_two_builds_are_equal_byte_for_byte(made: Made, tmp_path: Path) -> None:
    assert digests(make_people(tmp_path, threads=4).folder) == digests(made.folder)


def test_another_day_place_and_machine_give_the_same_bytes(made: Made, tmp_path: Path) -> None:
    fonts = tmp_path / "no-fonts.conf"
    fonts.write_text("<fontconfig></fontconfig>")
    program = (
        "import os, sys, time; os.umask(0o077); from pathlib import Path;"
        "from tests.formats.sample import make_people; make_people(Path(sys.argv[1]))"
    )
    environment = {**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7",
                   "FONTCONFIG_FILE": str(fonts), "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "away")],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path / "away" / "out" / "1.1.0") == digests(made.folder)


def test_files_come_from_no_clock(made: Made) -> None:
    today = time.strftime("%Y-%m-%d")
    if today == "2026-11-23":
        today = "T" + time.strftime("%H:%M")
    for name in ("datapackage.json", "croissant.json", "CITATION.cff", "people.csv-metadata.json"):
        assert today not in (made.folder / name).read_text("utf-8")


def test_names_that_would_need_one_file_twice() -> None:
    release, _ = nasty()
    table = release.tables[0]
    assert check_names(release, "f") == ()
    twice = people(tables=(Table("datapackage", "d.csv", "d.csv", table.schema),))
    assert [one.code for one in check_names(twice, "f")] == ["file-name-clash"]
    excel = Table("a.excel", "b.csv", "b.csv", table.schema, dialect=Dialect())
    assert check_names(people(tables=(Table("a", "a.csv", "a.csv", table.schema), excel)), "f")


def test_what_is_not_published_is_named_nowhere(made: Made) -> None:
    files = tuple(file for file in made.files if file.kind in ALWAYS)
    result, catalog = replace(made.result, files=files), made.publication.catalog
    documents = dict(api_documents(catalog, Dataset("people", (result.release,)), result))
    described = [
        *documents.values(),
        datapackage(made.publication, result),
        croissant(made.publication, result, {}),
        [*signposts(catalog, result)],
    ]
    text = json.dumps(described, default=str, ensure_ascii=False)
    folder = re.escape(f"{catalog.base_url}data/people/1.1.0/")
    named = set(re.findall(rf"{folder}([\w./-]+)", text))
    assert named
    assert named <= {file.path for file in files}
    (people, _) = documents["api/datasets/people.json"]["tables"]
    assert "data" not in people
    assert people["csv"].endswith("/people.csv")
