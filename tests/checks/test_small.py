"""A small table gets the same report whether it is looked at in Python first or by the database alone."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagazette.tables.engine import Engine, Limits, connect
from datagazette.tables.layout import TableSource
from datagazette.validation import TableReport
from datagazette.validation.run import check_tables
from tests.checks.both import only_by_the_database
from tests.checks.test_enforced import source

FIELDS: list[dict[str, Any]] = [
    {"name": "k", "type": "string", "constraints": {"required": True}},
    {"name": "n", "type": "number"},
    {"name": "i", "type": "integer", "constraints": {"minimum": 0}},
    {"name": "s", "type": "string", "missingValues": ["", "-"]},
    {"name": "d", "type": "date"},
    {"name": "p", "type": "string", "constraints": {"pattern": "a|bc"}},
    {"name": "t", "type": "datetime", "constraints": {"minimum": "2000-01-01T00:00:00Z"}},
]
FINE = ["k1", "1.5", "7", "text", "2020-02-29", "", "2020-01-01T00:00:00Z"]
# Cells by their column that are wrong, or that a warning is about, or that only look as if they were.
ODD = {
    "k": ["", "k2 ", " k2", "k2", "k\u00a02", "К2", "é", "e\u0301", "k  2", "k2\u200b", "\u00c3\u00a9", '"k\n2"', '"k""2"'],
    "n": ["nan", "NaN", "INF", "x", "1,5", "1e5", "１", "1234567890123456", ".5", "+-1", "-", " 1"],
    "i": ["-1", "1.0", "007", "1_000", "123456789012", "99999999999999999999", "", "١"],
    "s": ["007", "1.50", "5%", "(1)", "TRUE", "true", "3/4", "MAR1", "mar 1", "market", "=A1", "- see note", "-x(1)", "@é", "-é",
          "1e5", "12", "-", "١٢", "2020-01-01", "１２", "\ufffd", "\u00c3\u00a9", '"a\n007"', '"-"', "$5", "12:30", "1年2月"],
    "d": ["2020-02-30", "2020-1-1", "0001-01-01", "20200101", "2020-W01-1", "２０２０-01-01", "x"],
    "p": ["a", "bc", "ab", "bcd", "xbc"],
    "t": ["2020-01-01", "1999-12-31T23:59:59Z", "2020-01-01T24:00:00Z", "2020-01-01T00:00:00", "2020-01-01T00:00:00+08:00"],
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Any:
    with connect(Limits(threads=1)) as found:
        yield found


def both(rows: list[list[str]], engine: Engine, **schema: Any) -> tuple[TableReport, TableReport]:
    """The report of a draft's table, and that of the database alone."""
    with tempfile.TemporaryDirectory() as folder:
        content = "\n".join(map(",".join, [[field["name"] for field in FIELDS], *rows])) + "\n"
        found = source(Path(folder), "t", content, **{"fields": FIELDS, "primaryKey": ["k"], **schema})
        table = TableSource(found.table, found.path, opened=True, proofread=True)
        (quick,) = check_tables([table], engine=engine)
        with only_by_the_database():
            (slow,) = check_tables([table], engine=engine)
        return quick, slow


def with_cell(name: str, cell: str) -> list[str]:
    return [cell if field["name"] == name else text for field, text in zip(FIELDS, FINE, strict=True)]


@pytest.mark.thorough
@pytest.mark.parametrize("name", ODD)
def test_any_odd_cell_gets_the_same_report_as_from_the_database(engine: Engine, name: str) -> None:
    for cell in ODD[name]:
        rows = [with_cell("k", "k2"), with_cell("k", "k3"), with_cell(name, cell)]
        quick, slow = both(rows, engine)
        assert quick == slow, json.dumps(cell)


@pytest.mark.thorough
def test_tables_of_odd_cells_get_the_same_report_as_from_the_database(engine: Engine) -> None:
    row = st.tuples(*(st.sampled_from([FINE[at]] * 20 + ODD[field["name"]]) for at, field in enumerate(FIELDS)))
    keys = st.sampled_from([{}, {"uniqueKeys": [["n", "d"], ["i"]]}, {"foreignKeys": [
        {"fields": ["s"], "reference": {"resource": "", "fields": ["k"]}}]}, {"missingValues": ["", "k1"]}])  # fmt: skip

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(row.map(list), max_size=4), keys)
    def same(rows: list[list[str]], schema: dict[str, Any]) -> None:
        rows = [
            [f"{cells[0]}{number}" if cells[0] == "k1" else cells[0], *cells[1:]] for number, cells in enumerate(rows)
        ]
        quick, slow = both(rows, engine, **schema)
        assert quick == slow

    same()


def test_a_small_fine_table_needs_no_database(tmp_path: Path) -> None:
    found = source(tmp_path, "t", "k,n\nx,1\ny,2\n", fields=[{"name": "k"}, {"name": "n", "type": "integer"}],
                   primaryKey=["k"])  # fmt: skip
    table = TableSource(found.table, found.path, opened=True, proofread=True)
    with connect(Limits(threads=1)) as closed:
        pass
    (report,) = check_tables([table], engine=closed)
    assert report.valid
    assert report.rows == 2
