"""Every descriptor, package, table and sum of a site, by the readers that others wrote."""

from __future__ import annotations

import csv
import importlib.resources
import json
import subprocess
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from csvw.metadata import CSVW
from frictionless import validate
from jsonschema import Draft7Validator

from datagazette.describe.notation import cell
from tests.conftest import ROOT
from tests.readers.conftest import descriptor, releases, tables

pytestmark = pytest.mark.slow
CROISSANT = ROOT / ".venv/croissant/bin/python"
MOST_RECORDS = 500


def test_descriptors_obey_the_profile_of_data_package_v2(site: Path) -> None:
    profile = importlib.resources.files("dplib") / "profiles/2.0/datapackage.json"
    validator = Draft7Validator(json.loads(profile.read_text("utf-8")), format_checker=Draft7Validator.FORMAT_CHECKER)
    for path in sorted(site.glob("data/*/*/datapackage.json")):
        errors = [f"{one.json_path}: {one.message}" for one in validator.iter_errors(json.loads(path.read_text()))]
        assert errors == [], path


@pytest.mark.sample(1)
@pytest.mark.filterwarnings("default")
def test_zips_are_valid_packages_rows_and_hashes_included(site: Path) -> None:
    for folder in releases(site):
        (path,) = folder.glob("*.zip")
        report = validate(str(path))
        assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "message"])
        assert {task.name for task in report.tasks} >= {one["name"] for one in tables(folder)}


@pytest.mark.sample(1)
@pytest.mark.filterwarnings("error")
def test_tables_agree_with_their_csv_on_the_web_metadata(site: Path) -> None:
    for folder in releases(site):
        for table in tables(folder):
            described = CSVW(str(folder / f"{table['name']}.csv-metadata.json"), validate=True)
            assert described.is_valid, (folder, table["name"])
            with (folder / table["path"]).open(encoding="utf-8", newline="") as stream:
                rows = sum(1 for _ in csv.reader(stream)) - 1
            assert len(list(described.tables[0])) == rows


@pytest.mark.sample(1)
def test_croissant_records_load_from_the_files(site: Path) -> None:
    """mlcroissant has an environment of its own, which `make test` installs."""
    folders = releases(site)
    done = subprocess.run(
        [CROISSANT, Path(__file__).with_name("read_croissant.py"), *folders],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    for folder, record_sets in zip(folders, json.loads(done.stdout), strict=True):
        rows = {}
        for table in tables(folder):
            with (folder / table["path"]).open(encoding="utf-8", newline="") as stream:
                rows[table["name"]] = min(sum(1 for _ in csv.reader(stream)) - 1, MOST_RECORDS)
        assert {name: found["records"] for name, found in record_sets.items() if name in rows} == rows


def test_sums_hold_and_leave_no_file_out(site: Path) -> None:
    for path in sorted(site.glob("data/*/*/SHA256SUMS")):
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", path.name], cwd=path.parent, check=True)
        listed = {line.split("  ", 1)[1] for line in path.read_text("utf-8").splitlines()}
        present = {one.relative_to(path.parent).as_posix() for one in path.parent.rglob("*") if one.is_file()}
        assert present == listed | {"SHA256SUMS"}


def test_nothing_of_the_nasty_names_and_cells_is_lost(nasty_site: Path) -> None:
    folder = nasty_site / "data/select/1.1.0"
    first = descriptor(folder)["resources"][0]
    assert {"../../x", "select", 'say "x"', "العمود"} <= {one["name"] for one in first["schema"]["fields"]}
    assert len(tables(folder)[1]["schema"]["fields"]) == 300
    rows = json.loads((folder / "table.json").read_text("utf-8"))
    shown = rows[0]
    assert (shown["id"], shown["formula"], shown["zeros"], shown["digits"]) == (
        "=1+1",
        "=1+1",
        "00123",
        "12345678901234567",
    )
    assert (shown["big"], shown["huge"]) == ("12345678901234567", "123456789012345678901234567890")
    assert (shown["day"], shown["open"], shown["lines"]) == ("1899-12-31", True, "one\ntwo")
    assert (shown["blank"], rows[1]["blank"]) == ("", None)
    assert not list(nasty_site.parent.glob("x*"))


@pytest.mark.thorough
def test_each_key_of_a_json_file_has_one_type_and_the_values_of_the_parquet_file(own_site: Path) -> None:
    for folder in releases(own_site):
        for table in tables(folder):
            rows = json.loads((folder / f"{table['name']}.json").read_text("utf-8"))
            fields = table["schema"]["fields"]
            for name in (field["name"] for field in fields):
                kinds = {type(row[name]) for row in rows if row[name] is not None}
                assert len({float if kind is int else kind for kind in kinds}) <= 1, (folder, table["name"], name)
            typed = duckdb.sql(f"SELECT * FROM read_parquet('{folder}/{table['name']}.parquet')").fetchall()
            in_texts = [any(isinstance(row[field["name"]], str) for row in rows) for field in fields]
            written = sorted(str(list(map(_number, row.values()))) for row in rows)
            assert sorted(str(list(map(_number, row, in_texts))) for row in typed) == written


def _number(value: object, in_texts: bool = False) -> object:
    """A number as the double that readers take it for, unless its column is written as texts."""
    if value is None or isinstance(value, bool | list | dict):
        return value
    return cell(value) if in_texts or not isinstance(value, int | float | Decimal) else float(value)


@pytest.mark.thorough
def test_each_column_of_a_sheet_has_one_type(own_site: Path) -> None:
    for folder in releases(own_site):
        (path,) = folder.glob("*.xlsx")
        with closing(openpyxl.load_workbook(path, read_only=True)) as book:
            for sheet in book.worksheets[: len(tables(folder))]:
                kinds: dict[int, set[str]] = {}
                for row in sheet.iter_rows(min_row=2):
                    for at, found in enumerate(row):
                        if found.value is not None:
                            kinds.setdefault(at, set()).add(found.data_type)
                assert [at for at, types in kinds.items() if len(types) > 1] == [], (path, sheet.title)
