"""Queries that make long texts out of short ones are asked in a process with less memory, and others are not."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.checks.bounded import within
from publisher.engine import Engine, Limits, connect
from publisher.growth import Box, answer, may_grow
from publisher.problems import LANGUAGES, mend, message
from publisher.queries import Budget, TableName, sandbox

FILE = "datasets/x/1.0.0/x.sql"
MEGABYTES = 4_300


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    path = tmp_path_factory.mktemp("typed") / "people.parquet"
    with connect() as engine:
        engine.run(f"COPY (SELECT range AS id, 'Ann' AS name FROM range(3)) TO '{path}'")
    tables: dict[TableName, Path] = {("people",): path}
    return Box(tables, Limits(memory="500MB", threads=1))


@pytest.fixture(scope="module")
def engine(box: Box) -> Iterator[Engine]:
    with sandbox(box.tables, box.limits) as found:
        yield found


@pytest.mark.parametrize(
    ("query", "grows"),
    [
        ("SELECT name, count(*), round(100.0 * sum(id) / max(id), 1) FROM people GROUP BY ALL ORDER BY name", False),
        ("SELECT name || ' (' || id || ')' AS label, strftime(DATE '2021-01-01', '%Y') FROM people", False),
        ("SELECT coalesce(name, 'none'), CASE WHEN id > 1 THEN 'a' ELSE 'b' END FROM people", False),
        ("SELECT repeat(name, 3) FROM people", True),
        ("SELECT lpad(name, 9, '0') FROM people", True),
        ("SELECT list_transform([1], lambda x: x) FROM people", True),
        ("SELECT name || name || name || name || name || name FROM people", True),
        ("SELECT concat(name, name, name, name, name, name) FROM people", True),
        ("SELECT concat(COLUMNS(*)) FROM people", True),
        ("WITH RECURSIVE n AS (SELECT 'x' AS s UNION ALL SELECT s || s FROM n) SELECT s FROM n", True),
    ],
)
def test_which_queries_may_make_long_texts(engine: Engine, query: str, grows: bool) -> None:
    assert may_grow(engine, query) is grows


def test_both_ways_give_the_same_answer(engine: Engine, box: Box) -> None:
    query = "SELECT id, {name} AS name, DATE '2021-02-03' AS day, 1.5::DECIMAL(9, 2) AS share FROM people ORDER BY id"
    here, none = answer(engine, box, query.format(name="'ab'"), FILE)
    apart, nothing = answer(engine, box, query.format(name="replace('xb', 'x', 'a')"), FILE)
    assert here is not None
    assert here == apart
    assert none == nothing == ()


def test_a_fault_is_told_from_there_as_well(engine: Engine, box: Box) -> None:
    _, problems = answer(engine, box, "SELECT id,\n  replace(nope, 'a', 'b')\nFROM people", FILE)
    assert [(one.code, one.line) for one in problems] == [("query-failed", 2)]


def test_what_a_library_prints_there_is_no_part_of_the_answer() -> None:
    assert within(30, os.system, "echo noise") == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "query",
    [
        "SELECT repeat('x', 1000000000) AS a",
        "SELECT replace(s, 'x', s) AS a FROM (SELECT replace('xxxxxxxxx', 'x', repeat('x', 20000)) AS s)",
        "WITH RECURSIVE t AS (SELECT 'xxxx' AS s UNION ALL SELECT s || s FROM t) SELECT max(s) FROM t",
        "SELECT list_transform(range(100000000), lambda x: 'a long text, again and again') AS a",
    ],
)
def test_texts_that_fill_a_machine_are_refused(engine: Engine, box: Box, query: str) -> None:
    found, problems = answer(engine, box, query, FILE, Budget(seconds=30))
    assert found is None
    assert {one.code for one in problems} <= {"query-too-large", "query-too-slow"}
    assert all(message(one, language) and mend(one, language) for one in problems for language in LANGUAGES)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 < MEGABYTES
