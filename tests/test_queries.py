"""Strangers' SQL: what is refused, with which line, and what the sandbox stops that was not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from datagazette.compute.allowed import Rules, TableName, refusals
from datagazette.compute.queries import Budget, ask, sandbox
from datagazette.tables.engine import Engine, Limits, connect

TABLES: tuple[TableName, ...] = (("people",), ("places", "towns"))
FILE = "datasets/x/1.0.0/x.sql"


@pytest.fixture(scope="module")
def parser() -> Iterator[Engine]:
    with connect() as engine:
        yield engine


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("typed")
    with connect() as engine:
        for name in ("people", "towns"):
            engine.run(f"COPY (SELECT 1 AS id, '{name}' AS name) TO '{folder}/{name}.parquet'")
    views = {TABLES[0]: folder / "people.parquet", TABLES[1]: folder / "towns.parquet"}
    with sandbox(views, Limits(memory="200MB", spill=folder / "spill", spill_size="50MB")) as engine:
        yield engine


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM people",
        'SELECT p.id FROM people AS p JOIN "places"."towns" USING (id)',
        "WITH few AS (SELECT id FROM people) SELECT * FROM few",
        "SELECT (SELECT max(range) FROM range(3))",
        "SELECT unnest([1, 2])",
        "SELECT strftime(DATE '2021-01-01', '%Y'), regexp_extract('a1', '[0-9]')",
        "FROM people SELECT count(*)",
        "VALUES (1)",
    ],
)
def test_one_select_over_the_tables_is_allowed(parser: Engine, query: str) -> None:
    assert refusals(parser, query, FILE, Rules(tuple(TABLES))) == ()


@pytest.mark.parametrize(
    ("query", "code", "line"),
    [
        ("SELECT 1; SELECT 2", "query-not-select", None),
        ("CREATE TABLE t (a INTEGER)", "query-not-select", None),
        ("INSERT INTO people VALUES (1)", "query-not-select", None),
        ("COPY people TO '/tmp/x'", "query-not-select", None),
        ("ATTACH '/tmp/x.db'", "query-not-select", None),
        ("INSTALL httpfs", "query-not-select", None),
        ("SET memory_limit = '100GB'", "query-not-select", None),
        ("PRAGMA database_list", "query-not-select", None),
        ("SHOW TABLES", "query-not-select", None),
        ("", "query-not-select", None),
        ("SELECT id\nFORM people", "query-syntax", 2),
        ("SELECT\n  getenv('HOME')", "query-function", 2),
        ("SELECT *\nFROM read_csv('/etc/passwd')", "query-function", 2),
        ("SELECT * FROM read_text('/etc/passwd')", "query-function", 1),
        ("SELECT * FROM glob('*')", "query-function", 1),
        ("SELECT * FROM duckdb_settings()", "query-function", 1),
        ("SELECT * FROM query('SELECT 1')", "query-function", 1),
        ("SELECT random()", "query-function", 1),
        ("SELECT now()", "query-function", 1),
        ("SELECT current_timestamp", "query-function", 1),
        ("SELECT uuid()", "query-function", 1),
        ("SELECT current_setting('memory_limit')", "query-function", 1),
        ("SELECT *\nFROM '/etc/passwd'", "query-table", 2),
        ("SELECT * FROM 'https://example.org/x.parquet'", "query-table", 1),
        ("SELECT * FROM information_schema.tables", "query-table", 1),
        ("SELECT * FROM towns", "query-table", 1),
    ],
)
def test_anything_else_is_refused_with_its_line(parser: Engine, query: str, code: str, line: int | None) -> None:
    found = refusals(parser, query, FILE, Rules(tuple(TABLES)))
    assert [(one.code, one.line) for one in found] == [(code, line)]


def test_a_deep_query_does_not_break_the_reader(parser: Engine) -> None:
    assert refusals(parser, "SELECT " + "(" * 500 + "1" + ")" * 500, FILE, Rules(tuple(TABLES))) == ()
    for deep in ("(" * 100_000 + "1" + ")" * 100_000, "NOT " * 900 + "true", "1" + "+ 1" * 900, "- " * 3_000 + "1"):
        (found,) = refusals(parser, f"SELECT {deep}", FILE, Rules(tuple(TABLES)))
        assert found.code == "query-too-deep", deep[:20]
    for fair in ("1" + "+ 1" * 100, "id = 1" + " OR id = 2" * 2_000):
        assert refusals(parser, f"SELECT {fair} FROM people", FILE, Rules(tuple(TABLES))) == ()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "COPY (SELECT 1) TO '/tmp/sandbox-escaped.csv'",
        "ATTACH '/tmp/sandbox-escaped.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_the_sandbox_stops_what_the_reader_would_have_missed(box: Engine, query: str) -> None:
    answer, problems = ask(box, query, FILE)
    assert answer is None
    assert [one.code for one in problems] == ["query-failed"]
    assert not list(Path("/tmp").glob("sandbox-escaped*"))


def test_an_answer_has_columns_types_and_rows(box: Engine) -> None:
    answer, problems = ask(box, 'SELECT p.id, t.name FROM people p JOIN "places"."towns" t USING (id); ', FILE)
    assert not problems
    assert answer is not None
    assert answer.columns == (("id", "INTEGER"), ("name", "VARCHAR"))
    assert answer.rows == ((1, "towns"),)


def test_a_failing_query_tells_its_line(box: Engine) -> None:
    _, problems = ask(box, "SELECT id,\n  nope\nFROM people", FILE)
    assert [(one.code, one.line) for one in problems] == [("query-failed", 2)]


def test_time_rows_and_memory_are_bounded(box: Engine) -> None:
    endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
    assert ask(box, endless, FILE, Budget(seconds=0.5))[1][0].code == "query-too-slow"
    assert ask(box, "SELECT range FROM range(2000)", FILE, Budget(rows=1000))[1][0].code == "query-too-large"
    huge = "SELECT list(range || repeat('x', 1000)) FROM range(10000000)"
    assert ask(box, huge, FILE, Budget(seconds=600))[1][0].code == "query-too-large"


def test_the_order_of_the_query_is_kept(box: Engine) -> None:
    answer, _ = ask(box, "SELECT range AS n FROM range(5000) ORDER BY n DESC", FILE)
    assert answer is not None
    assert [row[0] for row in answer.rows] == list(range(4999, -1, -1))
