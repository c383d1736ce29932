"""The numbers of a published workbook are those of the schema, however the CSV writes them, and look as they did there.

JSON, Parquet, the workbook and the copy for Excel give one figure.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
import yaml
from python_calamine import CalamineWorkbook

from datagazette.downloads.csv import needs_excel_copy, write_excel_copy
from datagazette.downloads.sheet_columns import shown
from datagazette.model.resource import Dialect, Field
from tests.conftest import call_build
from tests.ground.drafts import drafted

COMMA = {"decimalChar": ","}
DANISH = {**COMMA, "groupChar": "."}
CELLS: list[tuple[str, Mapping[str, object], str, object, str]] = [
    ("number", DANISH, "38.411", 38411, "#,##0"),
    ("number", DANISH, "7.120", 7120, "#,##0"),
    ("number", DANISH, "1.234.567", 1234567, "#,##0"),
    ("number", DANISH, "1.250,50", 1250.5, "#,##0.00"),
    ("number", DANISH, "955", 955, "#,##0"),
    ("number", COMMA, "2,25", 2.25, "0.00"),
    ("number", COMMA, "1000,0", 1000, "0.0"),
    ("number", {"groupChar": "'"}, "1'204.5", 1204.5, "#,##0.0"),
    ("number", {**COMMA, "groupChar": " "}, "1 204,5", 1204.5, "#,##0.0"),
    ("number", {"groupChar": ","}, "1,204", 1204, "#,##0"),
    ("number", {"bareNumber": False}, "12.5%", 12.5, '0.0"%"'),
    ("number", {"bareNumber": False}, "€ 5", 5, '"€ "0'),
    ("number", {"bareNumber": False}, '5 "in', 5, '0" "\\""in"'),
    ("integer", {"bareNumber": False}, "7 kg", 7, '0" kg"'),
    ("number", DANISH, "1.234.567.890.123,456", "1.234.567.890.123,456", ""),  # sixteen digits
    ("number", {}, "1.50", 1.5, ""),
]
FIELDS: dict[str, str | Mapping[str, object]] = {
    "kommune": "string", "antal": {"type": "number", **DANISH}, "pris": {"type": "number", **DANISH},
    "kg": {"type": "number", **COMMA}, "andel": {"type": "number", **COMMA, "bareNumber": False},
}  # fmt: skip
TABLE = """kommune;antal;pris;kg;andel
Ørsted;38.411;1.250,50;0,0005;12,5%
Århus;7.120;2,25;1000,0;8%
Ærø;955;0,10;-2,5;0,25%
"""
VALUES = [
    ["Ørsted", 38411, 1250.5, 0.0005, 12.5],
    ["Århus", 7120, 2.25, 1000, 8],
    ["Ærø", 955, 0.1, -2.5, 0.25],
]


@pytest.mark.parametrize(("kind", "form", "text", "value", "looks"), CELLS)
def test_a_cell_is_the_number_of_the_schema_and_looks_as_it_was_written(
    kind: str, form: Mapping[str, object], text: str, value: object, looks: str
) -> None:
    found = shown(text, Field("f", kind, descriptor=dict(form)), {""})
    assert (found.value, found.format) == (value, looks)


def test_the_copy_for_excel_has_a_point_before_decimals_and_nothing_between_thousands(tmp_path: Path) -> None:
    source, target = tmp_path / "t.csv", tmp_path / "t.excel.csv"
    source.write_text('id,v,w\nA,38.411,"12,50 %"\nB,n/a,8 %\n', "ascii")
    fields = (Field("id", "string"), Field("v", "number", descriptor=DANISH),
              Field("w", "number", descriptor={**COMMA, "bareNumber": False}))  # fmt: skip
    assert needs_excel_copy(source, Dialect(), fields)
    write_excel_copy(source, target, Dialect(), fields)
    assert list(csv.reader(target.read_text("utf-8-sig").splitlines())) == [
        ["id", "v", "w"], ["A", "38411", "12.50 %"], ["B", "n/a", "8 %"],
    ]  # fmt: skip


def first_release(root: Path) -> Path:
    """A release of the table, and no draft; the folder of its published files is returned."""
    drafted(root, TABLE, TABLE, FIELDS)
    descriptor = root / "datasets/t/1.0.0/datapackage.yaml"
    said = yaml.safe_load(descriptor.read_text("utf-8"))
    said["resources"][0]["dialect"] = {"delimiter": ";"}
    descriptor.write_text(yaml.safe_dump(said, sort_keys=False), "utf-8")
    shutil.rmtree(root / "datasets/t/1.1.0")
    (root / "schemas/t.v1.yaml").unlink()
    ledger = root / "datasets/t/releases.yaml"
    listed = yaml.safe_load(ledger.read_text("utf-8"))
    listed["releases"][0]["files"]["datapackage.yaml"] = hashlib.sha256(descriptor.read_bytes()).hexdigest()
    ledger.write_text(yaml.safe_dump(listed, sort_keys=False), "utf-8")
    return root / "public/data/t/1.0.0"


def as_before(name: str) -> str:
    """What a ledger has of a workbook in which every number was read as one with a decimal point."""
    lines = ["t: 3", "t\tstr:Ørsted\tfloat:38.411\tstr:1.250,50\tstr:0,0005\tstr:12,5%",
             "t\tstr:Århus\tfloat:7.12\tstr:2,25\tstr:1000,0\tstr:8%",
             f"t\tstr:{name}\tfloat:955.0\tstr:0,10\tstr:-2,5\tstr:0,25%"]  # fmt: skip
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def rebuilt(root: Path, files: Path, name: str) -> tuple[int, str]:
    """How the next build ends where the ledger is that of a program with the fault, and what it says."""
    ledger = root / "datasets/t/releases.yaml"
    listed = yaml.safe_load(ledger.read_text("utf-8"))
    entry = listed["releases"][0]
    write_excel_copy(files / "t.csv", root / "old.csv", Dialect(delimiter=";"))
    entry["published"]["t.excel.csv"] = hashlib.sha256((root / "old.csv").read_bytes()).hexdigest()
    entry["published"]["t-1.0.0.xlsx"], entry["contents"]["t-1.0.0.xlsx"] = "0" * 64, as_before(name)
    ledger.write_text(yaml.safe_dump(listed, sort_keys=False, allow_unicode=True), "utf-8")
    done = call_build("build", "--root", root, "--out", root / "public")
    return done.status, done.said


@pytest.mark.thorough
def test_workbook_json_and_excel_copy_agree_and_our_own_workbook_is_no_change(tmp_path: Path) -> None:
    root = tmp_path / "p"
    files = first_release(root)
    assert call_build("record", "--root", root).status == 0
    done = call_build("build", "--root", root, "--out", root / "public")
    assert done.status == 0, done.said
    workbook = files / "t-1.0.0.xlsx"
    assert CalamineWorkbook.from_path(workbook).get_sheet_by_name("t").to_python()[1:] == VALUES
    assert [list(row.values()) for row in json.loads((files / "t.json").read_text("utf-8"))] == VALUES
    copied = list(csv.reader((files / "t.excel.csv").read_text("utf-8-sig").splitlines()))
    assert copied[1] == ["Ørsted", "38411", "1250.50", "0.0005", "12.5%"]
    formats = [cell.number_format for cell in openpyxl.load_workbook(workbook)["t"][2]]
    assert formats == ["General", "#,##0", "#,##0.00", "0.0000", '0.0"%"']

    revised = call_build("revise", "t", "--data", workbook, "--sheet", "t", "--root", root)
    assert revised.status == 0, revised.said
    assert "The data is the same as in t 1.0.0" in revised.out

    # The ledger of a program with the fault: corrected with a warning, but nothing beside it.
    status, said = rebuilt(root, files, "Ærø")
    assert (status, said.count("has the values of the schema now")) == (0, 2), said
    status, said = rebuilt(root, files, "Another")
    assert (status, "published-file-differs" in said) == (1, True), said


@pytest.mark.thorough
@pytest.mark.slow
def test_libre_office_shows_the_numbers_as_they_were_written(tmp_path: Path) -> None:
    root = tmp_path / "p"
    workbook = first_release(root) / "t-1.0.0.xlsx"
    assert call_build("build", "--root", root, "--out", root / "public").status == 0
    office = shutil.which("soffice")
    assert office, "this test needs LibreOffice: `make programs`"
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "html",
         "--outdir", tmp_path, workbook],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    page = (tmp_path / "t-1.0.0.html").read_text("utf-8")
    cells = [cell for cell in re.sub(r"<[^>]*>", "\n", page).split("\n") if cell.strip()]
    at = cells.index("Ørsted")
    assert cells[at : at + 5] == ["Ørsted", "38,411", "1,250.50", "0.0005", "12.5%"]
