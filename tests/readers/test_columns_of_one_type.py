"""A column of a published file has one type: readers take it from its first cells."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import yaml

from datagazette.downloads import workbook_file
from datagazette.downloads.package import Inputs, write_release
from datagazette.model.publication import Dataset, Publication, Release
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.tables.engine import connect
from datagazette.tables.parquet import describe_table, tabulate
from tests.conftest import call_build
from tests.formats.sample import CATALOG, people, words
from tests.ground.test_after_an_upgrade import LEDGER, digest, released

K = Field("k", "string")


def published(folder: Path, text: str, *fields: Field) -> tuple[Path, ReleaseResult]:
    """The folder with the files of a release of one table."""
    table = Table("t", "t.csv", "t.csv", Schema("t", "t.yaml", (K, *fields), primary_key=("k",)))
    release: Release = people(tables=(table,), summaries=(), checks=(), notes=(), state="draft")
    (folder / "t.csv").write_text(text, "utf-8")
    publication = Publication(folder, CATALOG, (Dataset("people", (release,)),))
    inputs = Inputs({"t": folder / "t.csv"}, {"t": folder / "typed.parquet"})
    with connect() as engine:
        tabulated = tabulate(engine, table, inputs.csv["t"], inputs.typed["t"])
        result = ReleaseResult(release, (describe_table(engine, tabulated),), (), (), ())
        files = write_release(publication, result, engine, inputs, {}, folder / "out")
    return folder / "out", replace(result, files=files)


def sheet_of(folder: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(folder / "people-1.1.0.xlsx")["t"]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def file_of(result: ReleaseResult, path: str) -> PublishedFile:
    found = result.file(path)
    assert found
    return found


def json_of(folder: Path) -> list[list[object]]:
    return [list(row.values()) for row in json.loads((folder / "t.json").read_text("utf-8"))]


NUMBERS = {
    "integer beyond 2^53": ("integer", ["21", "90071992547409931", ""], ["21", "90071992547409931", None]),
    "least integer beyond 2^53": ("integer", ["0", "-9007199254740993"], ["0", "-9007199254740993"]),
    "30 digits": ("integer", ["5", "123456789012345678901234567890"], ["5", "123456789012345678901234567890"]),
    "17 digits beside 30": (
        "integer", ["90071992547409931", "123456789012345678901234567890"],
        ["90071992547409931", "123456789012345678901234567890"],
    ),
    "decimals of 20 digits": ("number", ["0.5", "12345678901234567.891"], ["0.5", "12345678901234567.891"]),
    "infinity": ("number", ["1", "INF", "NaN", "-INF"], ["1", "INF", None, "-INF"]),
    "no number among numbers": ("number", ["0.5", "2", "NaN"], [0.5, 2, None]),
    "numbers as programs write them": ("number", ["31.054293255007507", "2"], [31.054293255007507, 2]),
    "the largest safe integer": ("integer", ["9007199254740991", "-1"], [9007199254740991, -1]),
}  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("name", NUMBERS)
def test_each_key_of_the_json_has_one_type_or_null(tmp_path: Path, name: str) -> None:
    kind, cells, values = NUMBERS[name]
    text = "k,v\n" + "".join(f"{at},{cell}\n" for at, cell in enumerate(cells))
    folder, result = published(tmp_path, text, Field("v", kind))
    assert [row[1] for row in json_of(folder)] == values
    is_text = isinstance(values[0], str)
    assert file_of(result, "t.json").texts == ((("t", "v"),) if is_text else ())
    field = json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"][0]["schema"]["fields"][1]
    assert field.get("jsonType") == ("string" if is_text else None)
    with zipfile.ZipFile(folder / "people-1.1.0.zip") as package:
        readme = package.read("README.md").decode()
    assert ("In `t.json` these columns are texts" in readme) == is_text


@pytest.mark.thorough
def test_what_json_has_no_number_for_is_a_text_within_an_object(tmp_path: Path) -> None:
    folder, _ = published(tmp_path, 'k,v\nA,"{""a"": NaN, ""b"": 1}"\n', Field("v", "object"))
    assert (folder / "t.json").read_text("utf-8") == '[\n{"k":"A","v":{"a": "NaN", "b": 1}}\n]\n'


COLUMNS: dict[str, tuple[Field, list[str], list[object]]] = {
    "a day before a spreadsheet's first": (
        Field("v", "date"), ["1899-12-30", "2021-05-06"], ["1899-12-30", "2021-05-06"],
    ),
    "a number of more than fifteen digits": (
        Field("v", "integer"), ["21", "90071992547409931", ""], ["21", "90071992547409931", None],
    ),
    "truth in two ways": (Field("v", "boolean"), ["true", "1"], ["true", "1"]),
    "no number": (Field("v", "number"), ["1.5", "NaN"], ["1.5", "NaN"]),
    "days with a format of their own": (
        Field("v", "date", format="%d/%m/%Y"), ["05/06/2021", "6/7/2021"],
        [datetime(2021, 6, 5), datetime(2021, 7, 6)],
    ),
    "times with a format of their own": (
        Field("v", "datetime", format="%Y-%m-%d %H:%M"), ["2021-05-06 07:08", ""], [datetime(2021, 5, 6, 7, 8), None],
    ),
}  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("name", COLUMNS)
def test_each_column_of_the_workbook_has_one_type(tmp_path: Path, name: str) -> None:
    field, cells, values = COLUMNS[name]
    text = "k,v\n" + "".join(f"{at},{cell}\n" for at, cell in enumerate(cells))
    folder, result = published(tmp_path, text, field)
    assert [row[1] for row in sheet_of(folder)] == values
    assert file_of(result, "people-1.1.0.xlsx").texts == ((("t", "v"),) if isinstance(values[0], str) else ())


TEXTS = [" x", "x ", "a < b", "a & b", "<r>x</r>", "_x0041_", "two\nlines", "a\rb", "\x01", "'", "=1+1", "é 😀"]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def test_texts_are_shared_and_every_one_is_as_it_was_written(tmp_path: Path) -> None:
    folder, _ = published(tmp_path, "k,v\n" + "".join(f"{at},{quoted(text)}\n" for at, text in enumerate(TEXTS)),
                          Field("v", "string"))  # fmt: skip
    with zipfile.ZipFile(folder / "people-1.1.0.xlsx") as book:
        assert not [name for name in book.namelist() if b"inlineStr" in book.read(name)]
    read = [row[1] for row in sheet_of(folder)]
    # openpyxl leaves the escapes of control characters as they are.
    assert read[:5] + read[6:8] + read[9:] == TEXTS[:5] + TEXTS[6:8] + TEXTS[9:]


@pytest.mark.thorough
def test_texts_beyond_the_limit_of_shared_ones_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "k,v\n" + "".join(f"{at},a < {at % 3}\n" for at in range(9))
    (tmp_path / "shared").mkdir()
    (tmp_path / "inline").mkdir()
    shared, _ = published(tmp_path / "shared", text, Field("v", "string"))
    monkeypatch.setattr(workbook_file, "MOST_TEXTS", 4)
    inline, _ = published(tmp_path / "inline", text, Field("v", "string"))
    assert sheet_of(inline) == sheet_of(shared)
    with zipfile.ZipFile(inline / "people-1.1.0.xlsx") as book:
        assert b"inlineStr" in book.read("xl/worksheets/sheet1.xml")


def test_a_header_cell_has_the_name_of_its_field_in_a_note(tmp_path: Path) -> None:
    folder, _ = published(tmp_path, "k,v\nA,1\n", Field("v", "integer", title=words("值", "Value")))
    sheet = openpyxl.load_workbook(folder / "people-1.1.0.xlsx")["t"]
    assert [(cell.value, cell.comment and cell.comment.text) for cell in sheet[1]] == [("k", None), ("值", "v")]


def rebuilt(root: Path, table: str, fields: dict[str, object], contents: dict[str, str]) -> tuple[str, Path]:
    released(root, table, fields, contents)  # type: ignore[arg-type]
    done = call_build("build", "--root", root, "--out", root / "public")
    assert done.status == 0, done.said
    return done.said, root / "public/data/t/1.0.0"


@pytest.mark.thorough
def test_a_release_keeps_columns_of_two_types_that_it_has_promised_and_says_so(tmp_path: Path) -> None:
    table = "k,day,big\nA,05/06/2021,21\nB,06/07/2021,90071992547409931\n"
    fields = {"k": "string", "day": {"type": "date", "format": "%d/%m/%Y"}, "big": "integer"}
    sheet = ["t: 2", "t\tstr:A\tstr:05/06/2021\tfloat:21.0", "t\tstr:B\tstr:06/07/2021\tstr:90071992547409931"]
    rows = ['{"big": 21, "day": "2021-06-05", "k": "A"}', '{"big": "90071992547409931", "day": "2021-07-06", "k": "B"}']
    said, folder = rebuilt(tmp_path, table, fields, {"t-1.0.0.xlsx": digest(*sheet), "t.json": digest(*rows)})
    assert "published-file-differs" not in said
    assert [row["big"] for row in json.loads((folder / "t.json").read_text())] == [21, "90071992547409931"]
    read = openpyxl.load_workbook(folder / "t-1.0.0.xlsx")["t"]
    assert [[cell.value for cell in row] for row in read.iter_rows(min_row=2)] == [
        ["A", "05/06/2021", 21], ["B", "06/07/2021", "90071992547409931"],
    ]  # fmt: skip
    page = (tmp_path / "public/datasets/t/index.html").read_text("utf-8")
    assert "t.json keeps the form in which it was released: these columns have numbers in some rows" in page
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert described["resources"][0]["schema"]["fields"][2]["jsonType"] == ["number", "string"]


@pytest.mark.thorough
def test_a_release_that_is_older_than_hashes_of_values_keeps_columns_of_two_types(tmp_path: Path) -> None:
    table = "k,day,big\nA,05/06/2021,21\nB,06/07/2021,90071992547409931\n"
    fields = {"k": "string", "day": {"type": "date", "format": "%d/%m/%Y"}, "big": "integer"}
    released(tmp_path, table, fields, {})  # type: ignore[arg-type]
    ledger = yaml.safe_load((tmp_path / LEDGER).read_text("utf-8"))
    assert ledger["releases"][0]["contents"]["t.json"] == digest(
        '{"big": 21, "day": "2021-06-05", "k": "A"}', '{"big": "90071992547409931", "day": "2021-07-06", "k": "B"}'
    )


@pytest.mark.thorough
def test_a_copy_for_excel_with_an_apostrophe_before_a_number_is_corrected_with_a_warning(tmp_path: Path) -> None:
    root = tmp_path / "p"
    released(root, "k,x\nMálaga,-2e-5\n", {"k": "string", "x": "number"}, {})
    copy = "k,x\r\nMálaga,'-2e-5\r\n".encode("utf-8-sig")
    ledger = yaml.safe_load((root / LEDGER).read_text("utf-8"))
    ledger["releases"][0]["published"]["t.excel.csv"] = hashlib.sha256(copy).hexdigest()
    (root / LEDGER).write_text(yaml.safe_dump(ledger, sort_keys=False, allow_unicode=True), "utf-8")
    done = call_build("build", "--root", root, "--out", root / "public")
    assert done.status == 0, done.said
    assert "published-values-corrected" in done.said
    assert (root / "public/data/t/1.0.0/t.excel.csv").read_bytes() == copy.replace(b"'", b"")
