"""The tables of the test site, as Parquet and as the page's configuration tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from tests.explore.fixture_site import write_parquet

TOWNSHIPS = 41_352

FIGURES = """
SELECT * FROM (VALUES
  ('B01', 'CN', '持证社会工作者', 829000::BIGINT, 'persons', 'at_least',
   DATE '2021-12-31', 12.5::DECIMAL(9,2), true, '2021'),
  ('B02', 'CN', '社工站', 21000, 'stations', 'at_least', DATE '2021-11-05', 51.08, true, '2021'),
  ('B03', '64', '=1+1', 2752, 'persons', 'exact', DATE '2021-11-05', 0.3, false, '2021'),
  ('B04', '64', 'Line one
line "two", with a comma', 1063, 'persons', 'exact', DATE '1899-12-31', NULL, NULL, '1899'),
  ('B05', '52', NULL, NULL, NULL, 'exact', NULL, NULL, NULL, NULL),
  ('B06', '52', '<img src=x onerror=alert(1)>', 9007199254740993, 'persons', 'exact',
   DATE '2021-11-05', -7.25, true, '2021'),
  ('B07', '00123', 'العاملون الاجتماعيون', 0, 'persons', 'exact', DATE '2021-11-05', 100, false, '2021'),
  ('B08', 'CN', 'Ｆｕｌｌ width', 5, 'stations', 'exact', DATE '2022-01-01', 5, true, '2022')
) AS t(fact, region, measure, value, unit, bound, as_of, share, counted, year)
"""

SYNTHETIC = """
SELECT
  (110101001 + i * 3)::VARCHAR AS code,
  ['东华门', '景山', '石桥', '青岩', '隆里', '新民'][1 + i % 6] || (i // 6)::VARCHAR
    || ['街道', '镇', '乡'][1 + i % 3] AS name,
  ['subdistrict', 'town', 'township'][1 + i % 3] AS kind,
  (11 + i // 1350)::VARCHAR AS province,
  CASE WHEN i % 7 <> 0 THEN (i * 7919) % 100003 END AS population
FROM range({rows}) AS r(i)
ORDER BY code
"""

COUNTED = {
    "fact": "string", "region": "string", "measure": "string", "value": "integer", "unit": "string",
    "bound": "string", "as_of": "date", "share": "number", "counted": "boolean", "year": "year",
}  # fmt: skip
TITLES = {
    "zh": {
        "fact": "编号", "region": "地区", "measure": "指标", "value": "数值", "unit": "单位", "bound": "确切程度",
        "as_of": "截至", "share": "比例", "counted": "计入", "year": "年份", "code": "代码", "name": "名称",
        "kind": "类型", "province": "省级代码", "population": "人口", "figures": "数字", "townships": "乡级区划",
    },
    "en": {
        "fact": "Fact", "region": "Region", "measure": "Measure", "value": "Value", "unit": "Unit", "bound": "Bound",
        "as_of": "As of", "share": "Share", "counted": "Counted", "year": "Year", "code": "Code", "name": "Name",
        "kind": "Kind", "province": "Province", "population": "Population", "figures": "Figures",
        "townships": "Townships",
    },
}  # fmt: skip
LABELS = {
    "zh": {
        "persons": "人", "stations": "个", "at_least": "下限", "exact": "确数",
        "subdistrict": "街道", "town": "镇", "township": "乡",
    },
    "en": {
        "persons": "persons", "stations": "stations", "at_least": "at least", "exact": "exact",
        "subdistrict": "subdistrict", "town": "town", "township": "township",
    },
}  # fmt: skip
CATEGORIES = {
    "unit": ("persons", "stations"),
    "bound": ("exact", "at_least"),
    "kind": ("subdistrict", "town", "township"),
}
ROLES = {"value": "value", "bound": "bound", "unit": "unit", "as_of": "date"}


def fields(types: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    titles, labels = TITLES[language], LABELS[language]
    return [
        {
            "name": name, "title": titles[name], "type": kind, "role": ROLES.get(name, ""),
            "unit": "%" if name == "share" else "",
            "categories": [{"value": value, "label": labels[value]} for value in CATEGORIES.get(name, ())],
        }
        for name, kind in types.items()
    ]  # fmt: skip


def notes(language: str) -> list[dict[str, str]]:
    lower, whole = ("下限", "行注") if language == "zh" else ("lower bound", "row")
    return [
        {"key": "B02", "field": "value", "kind": "lower-bound", "label": lower, "text": "原文为“2.1 万余”。"},
        {"key": "B04", "field": "", "kind": "discrepancy", "label": whole, "text": "两处数字不同。"},
    ]


def figures(folder: Path, language: str) -> dict[str, Any]:
    sizes = write_parquet(duckdb.connect(), FIGURES, folder / "figures.parquet")
    return {
        "name": "figures", "title": TITLES[language]["figures"], "parquet": "figures.parquet", "csv": "figures.csv",
        "sha256": "ab" * 32, "primaryKey": ["fact"], "label": "measure", "fields": fields(COUNTED, language),
        "notes": notes(language), **sizes,
    }  # fmt: skip


def townships(folder: Path, language: str, rows: int = TOWNSHIPS) -> dict[str, Any]:
    sizes = write_parquet(duckdb.connect(), SYNTHETIC.format(rows=rows), folder / "townships.parquet")
    types = {"code": "string", "name": "string", "kind": "string", "province": "string", "population": "integer"}
    return {
        "name": "townships", "title": TITLES[language]["townships"], "parquet": "townships.parquet",
        "csv": "townships.csv", "primaryKey": ["code"], "label": "name", "fields": fields(types, language),
        "notes": [], **sizes,
    }  # fmt: skip


def config(language: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "dataset": "test-data", "version": "1.0.0", "title": "测试数据" if language == "zh" else "Test data",
        "language": language, "locale": {"en": "en-GB"}.get(language, language),
        "release": "https://data.example/datasets/test-data/1.0.0/", "page": "",
        "date": "2026-11-23", "license": {"title": "CC BY 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"},
        "citation": "Publisher. Test data 1.0.0. 2026.", "tables": tables,
        "citations": [
            {"name": "apa", "label": "APA", "text": "Publisher (2026). Test data. ⟦selection⟧. ⟦url⟧ (⟦accessed⟧)"},
            {"name": "bibtex", "label": "BibTeX", "text": "@dataset{test, url = {⟦url⟧}, note = {⟦selection⟧}}"},
            {"name": "csl-json", "label": "CSL-JSON", "text": '[{"URL": "⟦url⟧", "note": "⟦selection⟧"}]'},
        ],
    }  # fmt: skip
