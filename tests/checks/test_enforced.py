"""What is checked although Frictionless does not, keys into other tables, the report, and typed columns."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from datagazette.model.resource import Table
from datagazette.reports.problem_list import text_report
from datagazette.tables.descriptors import parse_dialect, parse_schema
from datagazette.tables.engine import connect
from datagazette.tables.layout import TableSource
from datagazette.tables.parquet import tabulate
from datagazette.validation.report import as_frictionless
from datagazette.validation.run import check_tables
from tests.checks import both
from tests.checks.both import Resource
from tests.checks.deliberate import differences


def source(folder: Path, name: str, content: str, **schema: Any) -> TableSource:
    (folder / f"{name}.csv").write_text(content, "utf-8")
    found, faults = parse_schema(schema, name, "schema.yaml", ["en"])
    assert found, faults
    return TableSource(Table(name, f"{name}.csv", f"{name}.csv", found, parse_dialect({}, None, "")[0]),
                       folder / f"{name}.csv")  # fmt: skip


def findings(found: Any) -> list[tuple[str, int | None]]:
    return [(one.code, one.cell.row) for one in found.problems]


def test_categories(tmp_path: Path) -> None:
    one = source(tmp_path, "t", "a\nx\nz\n", fields=[{"name": "a", "categories": ["x", {"value": "y"}]}])
    assert findings(check_tables([one])[0]) == [("constraint-error", 3)]


def test_unique_keys(tmp_path: Path) -> None:
    fields = [{"name": "a"}, {"name": "b"}]
    one = source(tmp_path, "t", "a,b\nx,1\nx,2\nx,1\n,\n,3\n", fields=fields, uniqueKeys=[["a", "b"]])
    assert findings(check_tables([one])[0]) == [("unique-error", 4), ("blank-row", 5)]


def test_json_schema(tmp_path: Path) -> None:
    rule = {"jsonSchema": {"required": ["k"]}}
    one = source(tmp_path, "t", 'a,b\n"{""k"":1}",1\n{},1\n', fields=[
        {"name": "a", "type": "object", "constraints": rule}, {"name": "b"}])  # fmt: skip
    assert findings(check_tables([one])[0]) == [("constraint-error", 3)]


def test_key_into_another_dataset(tmp_path: Path) -> None:
    reference = {"package": "places", "resource": "regions", "fields": "code"}
    one = source(tmp_path, "t", "r,n\n11,1\n99,2\n,3\n", fields=[{"name": "r"}, {"name": "n"}],
                 foreignKeys=[{"fields": "r", "reference": reference}])  # fmt: skip
    other = source(tmp_path, "regions", "code,name\n11,A\n12,B\n", fields=[{"name": "code"}, {"name": "name"}])
    (report,) = check_tables([one], {("places", "regions"): other})
    assert findings(report) == [("foreign-key", 3)]
    assert dict(report.problems[0].values)["target"] == "places/regions"


def test_key_into_a_table_that_is_not_there(tmp_path: Path) -> None:
    one = source(tmp_path, "t", "r,n\n11,x\n", fields=[{"name": "r"}, {"name": "n", "type": "integer"}],
                 foreignKeys=[{"fields": "r", "reference": {"resource": "u", "fields": "code"}}])  # fmt: skip
    assert findings(check_tables([one])[0]) == [("resource-error", None), ("type-error", 2)]


def test_report_in_frictionless_form(tmp_path: Path) -> None:
    one = source(tmp_path, "t", "a,b\n1,x\nz,\n", fields=[{"name": "a", "type": "integer"}, {"name": "b"}])
    found = as_frictionless(check_tables([one]))
    assert (found["valid"], found["stats"]["errors"]) == (False, 1)
    (task,) = found["tasks"]
    assert (task["name"], task["place"], task["stats"]["rows"]) == ("t", "t.csv", 2)
    (error,) = task["errors"]
    assert {key: error[key] for key in ("type", "rowNumber", "fieldName", "fieldNumber", "cell", "note", "lineNumber")} == {
        "type": "type-error", "rowNumber": 3, "fieldName": "a", "fieldNumber": 1, "cell": "z",
        "note": 'type is "integer/default"', "lineNumber": 3,
    }  # fmt: skip


def test_typed_columns(tmp_path: Path) -> None:
    names = {
        "i": "integer",
        "big": "integer",
        "n": "number",
        "d": "date",
        "b": "boolean",
        "ts": "datetime",
        "s": "string",
    }
    content = "i,big,n,d,b,ts,s\n1,12345678901234567890,1.5,2020-01-02,true,2020-01-01T10:00:00Z,00123\n-,-,-,-,-,-,x\n"
    one = source(tmp_path, "t", content, missingValues=["", "-"],
                 fields=[{"name": name, "type": kind} for name, kind in names.items()])  # fmt: skip
    with connect() as engine:
        query = f"SELECT * FROM {tabulate(engine, one.table, one.path, tmp_path / 't.parquet').relation}"
        assert [kind for _, kind in engine.columns(query)] == [
            "BIGINT", "DECIMAL(38,0)", "DOUBLE", "DATE", "BOOLEAN", "TIMESTAMP", "VARCHAR",
        ]  # fmt: skip
        assert engine.rows(query) == [
            (1, Decimal(12345678901234567890), 1.5, date(2020, 1, 2), True, datetime(2020, 1, 1, 10), "00123"),
            (None,) * 6 + ("x",),
        ]


def test_every_difference_is_explained_in_both_languages() -> None:
    for one in differences().values():
        assert all(one[language][key] for language in ("zh", "en") for key in ("title", "reason"))


def test_bound_of_another_type(tmp_path: Path) -> None:
    resource = Resource(b"a\n1\n", {"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": "x"}}]})
    both.write((resource,), tmp_path)
    (report,) = both.reports((resource,), tmp_path)
    assert report.counts == {"field-error": 1}


def test_each_kind_of_fault_says_how_to_fix_it(tmp_path: Path) -> None:
    content = "a,b\n" + "x,2020-13-01\n" * 8 + "1,2020-01-01\n"
    one = source(tmp_path, "t", content, fields=[{"name": "a", "type": "integer"}, {"name": "b", "type": "date"}])
    (report,) = check_tables([one], limit_errors=10)
    shown = [
        line.text.strip() for line in text_report(report.problems, "en", {("t.csv", "type-error"): report.unlisted})
    ]
    assert [one for one in shown if not one.startswith(("line", "How to fix"))] == [
        "t.csv", "error type-error: Wrong type in a cell (16)", "and 6 more that are not listed", "16 errors",
    ]  # fmt: skip
    assert [one[:30] for one in shown if one.startswith("How to fix")] == [
        "How to fix it: Write a whole n", "How to fix it: Write year-mont",
    ]  # fmt: skip
