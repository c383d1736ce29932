"""Why a cell is empty, seen through every way out of a real publication, in both languages."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from frictionless import Package, system
from playwright.sync_api import Browser, Page

from datagazette.tables.engine import connect
from tests.conftest import call_build, once
from tests.host import host
from tests.missing.story import write_story

pytestmark = [pytest.mark.slow, pytest.mark.thorough]
REASONS = {"zh": ("未采集", "不予公布", "未到期"), "en": ("not collected", "suppressed", "not yet due")}


def _publish(folder: Path) -> None:
    root = write_story(folder / "root")
    done = call_build(
        "release", "stations", "--root", root, "--changes", "首次发布。", "--changes-en", "First release."
    )
    assert done.status == 0, done.said
    done = call_build("build", "--root", root, "--out", folder / "site")
    assert done.status == 0, done.said


@pytest.fixture(scope="module")
def site(shared: Path) -> Path:
    return once(shared / "missing-story", _publish) / "site"


@pytest.fixture(scope="module")
def data(site: Path) -> Path:
    return site / "data/stations/1.0.0"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_the_csv_is_as_it_was_submitted(data: Path) -> None:
    with (data / "stations.csv").open(encoding="utf-8") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert [rows[code]["stations"] for code in ("A02", "A03", "A05")] == ["..", "-", "-"]


def test_frictionless_reads_the_package_and_keeps_the_labels(data: Path) -> None:
    system.trusted = True
    package = Package(str(data / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["message"])
    rows = {row["code"]: row for row in package.get_resource("stations").read_rows()}
    assert [rows[code]["stations"] for code in ("A01", "A02", "A03")] == [10, None, None]
    described = read_json(data / "datapackage.json")
    assert described["$schema"].endswith("/2.0/datapackage.json")
    schema = described["resources"][0]["schema"]
    # A reader that stops at labels in the schema's list finds texts there; every list has the empty text.
    assert schema["missingValues"] == ["", "-", ".."]
    fields = {field["name"]: field for field in schema["fields"]}
    assert {"value": "-", "label": "未采集", "label@en": "not collected"} in fields["stations"]["missingValues"]
    assert fields["workers"]["missingValues"][0] == {"value": "", "label": "未到期", "label@en": "not yet due"}


def test_csvw_lists_the_empty_text_first(data: Path) -> None:
    columns = read_json(data / "stations.csv-metadata.json")["tableSchema"]["columns"]
    (stations,) = (column for column in columns if column["name"] == "stations")
    assert stations["null"] == ["", "-", ".."]


def test_json_has_null_and_the_reasons_are_in_a_file_of_their_own(data: Path) -> None:
    rows = {row["code"]: row for row in read_json(data / "stations.json")}
    assert rows["A03"] == {"code": "A03", "name": "丙县", "name_en": "Cheston", "stations": None,
                           "stations_status": None, "workers": 12}  # fmt: skip
    found = read_json(data / "stations.missing.json")
    assert found["cells"]["stations"] == {"-": ["A03", "A05"], "..": ["A02"]}
    assert found["cells"]["workers"] == {"": ["A02"]}  # nothing is said of "n/a"
    stations = next(field for field in found["fields"] if field["name"] == "stations")
    assert {"value": "..", "label": "不予公布", "label@en": "suppressed", "cells": 1} in stations["missingValues"]
    assert read_json(data / "samples.missing.json")["cells"] == {"lead": {"x": [2]}}  # rows, as there is no key


def test_parquet_has_a_column_of_statuses_that_no_field_is_called(data: Path) -> None:
    columns, rows, about = read_parquet(data / "stations.parquet")
    assert columns == ["code", "name", "name_status", "name_en", "name_en_status", "stations", "stations_status_",
                       "stations_status", "workers", "workers_status"]  # fmt: skip
    by_code = {row["code"]: row for row in rows}
    assert [by_code[code]["stations"] for code in ("A01", "A02", "A03")] == [10, None, None]
    assert [by_code[code]["stations_status_"] for code in ("A01", "A02", "A03")] == [None, "..", "-"]
    assert [by_code[code]["workers_status"] for code in ("A01", "A02", "A04")] == [None, "", "n/a"]
    stations = next(field for field in json.loads(about["fields"]) if field["name"] == "stations")
    assert stations["status"] == "stations_status_"
    assert stations["missingValues"][1]["label@en"] == "not collected"
    assert [row["lead_status"] for row in read_parquet(data / "samples.parquet")[1]] == [None, "x", None]


def read_parquet(path: Path) -> tuple[list[str], list[dict[str, Any]], dict[str, str]]:
    """The names of the columns, the rows, and what the file says of itself."""
    with connect() as engine:
        columns = [name for name, _ in engine.columns(f"FROM read_parquet('{path}')")]
        rows = [dict(zip(columns, row, strict=True)) for row in engine.rows(f"FROM read_parquet('{path}')")]
        about = engine.rows(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{path}')")
    return columns, rows, dict(about)


def test_the_workbook_has_a_legend_and_a_note_on_each_empty_cell(data: Path, tmp_path: Path) -> None:
    path = data / "stations-1.0.0.xlsx"
    book = openpyxl.load_workbook(path)
    _check_notes(book)
    lines = [tuple(cell.value for cell in row) for row in book["缺失值 Missing values"].iter_rows()]
    assert lines[0] == ("表 Table", "字段 Field", "CSV 中的写法 Written in the CSV", "原因 Reason (zh)",
                        "原因 Reason (en)", "单元格数 Cells")  # fmt: skip
    assert ("stations", "stations", "“-”", "未采集", "not collected", "2") in lines
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    subprocess.run([office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx",
                    "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=300)  # fmt: skip
    _check_notes(openpyxl.load_workbook(tmp_path / path.name))


def _check_notes(book: Any) -> None:
    sheet = book["stations"]
    header = [cell.value for cell in sheet[1]]
    column, rows = header.index("站点数") + 1, {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    cell = sheet.cell(rows["A03"], column)
    assert cell.value is None
    assert cell.comment.text.strip() == "未采集 (-)\nnot collected (-)"
    assert sheet.cell(rows["A01"], column).comment is None


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with host(site) as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert not faults


@pytest.mark.browser
@pytest.mark.parametrize(("language", "prefix"), [("zh", ""), ("en", "en/")])
def test_pages_say_why(page: Page, address: str, language: str, prefix: str) -> None:
    collected, suppressed, due = REASONS[language]
    page.goto(f"{address}{prefix}datasets/stations/")
    rows = page.locator(".rows .data-table").first
    assert rows.get_by_text(f"{collected} (-)").count() == 2
    assert rows.get_by_text(f"{suppressed} (..)").count() == 1
    assert rows.get_by_text(due, exact=True).count() == 1
    missing = page.locator("#field-stations-stations td").nth(-2).inner_text()
    assert {"zh": "3（60%）：未采集 2、不予公布 1", "en": "3 (60%): 2 not collected, 1 suppressed"}[language] == missing
    bounded = page.locator("#rows-samples ~ .table-scroll .data-table").inner_text()
    assert "<" in bounded
    assert ">" in bounded
    said = page.locator("#total .chart__missing").inner_text()
    assert (
        said
        == {
            "zh": "“站点数”的 5 个值中有 3 个缺失：未采集 2 个，不予公布 1 个。",
            "en": "3 of 5 values of “Stations” are missing: 2 not collected, 1 suppressed.",
        }[language]
    )


@pytest.mark.browser
@pytest.mark.parametrize(("language", "prefix"), [("zh", ""), ("en", "en/")])
def test_the_explorer_shows_reasons_and_finds_by_them(page: Page, address: str, language: str, prefix: str) -> None:
    collected, *_ = REASONS[language]
    page.goto(f"{address}{prefix}datasets/stations/explore/?w=stations.why.-")
    page.wait_for_selector("#explorer.is-ready")
    table = page.locator(".explorer-table.is-live")
    assert table.locator("tbody tr").count() == 2
    assert table.get_by_text(f"{collected} (-)").count() == 2
    assert collected in page.locator(".explorer-chips").inner_text()
    page.goto(f"{address}{prefix}datasets/stations/explore/?table=samples&w=lead.why.x")
    page.wait_for_selector("#explorer.is-ready")
    assert page.locator(".explorer-table.is-live tbody tr").count() == 1
    page.goto(f"{address}{prefix}datasets/stations/explore/?table=samples")
    page.wait_for_selector("#explorer.is-ready")
    first, second, _ = page.locator(".explorer-table.is-live tbody tr").all_inner_texts()
    assert "<" in first
    assert ">" in second


def test_a_chart_has_a_gap_and_says_so(data: Path) -> None:
    spec = read_json(data / "summaries/by-area.vl.json") if (data / "summaries/by-area.vl.json").is_file() else None
    assert spec is None or [row["stations"] for row in spec["data"]["values"]] == [10, None, None, 4, None]
    drawn = (data / "summaries/by-area.en.svg").read_text("utf-8")
    assert "3 of 5 values of “Stations” are missing: 2 not collected, 1 suppressed" in drawn
