"""Queries that make long texts out of short ones are refused, or end the worker that asks them and nothing else."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from datagazette.compute.allowed import TableName
from datagazette.compute.queries import Answer, Budget, answer, opened
from datagazette.isolation import Bounds, OutOfBounds, Worker
from datagazette.messages import LANGUAGES
from datagazette.model.problems import Problem, fix, message
from datagazette.tables.bounded import within
from datagazette.tables.engine import Limits, connect

FILE = "datasets/x/1.0.0/x.sql"
MEMORY = 2_000_000_000
MEGABYTES = 4_300
Tables = dict[TableName, Path]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    path = tmp_path_factory.mktemp("typed") / "people.parquet"
    with connect() as engine:
        engine.run(f"COPY (SELECT range AS id, 'Ann' AS name FROM range(3)) TO '{path}'")
    return {("people",): path}


def asked(tables: Tables, query: str, seconds: float = 600.0) -> tuple[Answer | None, tuple[Problem, ...]]:
    """What a worker does with a query."""
    with opened(tables, Limits(memory="500MB"), "draft") as box:
        return answer(box, query, FILE, Budget(seconds))


def test_both_ways_give_the_same_answer(tables: Tables) -> None:
    query = (
        "SELECT id, replace('xb', 'x', 'a') AS name, DATE '2021-02-03' AS day, 1.5::DECIMAL(9, 2) AS share"
        " FROM people ORDER BY id"
    )
    here, none = asked(tables, query)
    with Worker(Bounds(MEMORY, reads=tuple(tables.values()))) as worker:
        apart, nothing = worker.call(asked, tables, query)
    assert here is not None
    assert here == apart
    assert none == nothing == ()


def test_a_fault_is_reported_from_there_as_well(tables: Tables) -> None:
    with Worker(Bounds(MEMORY, reads=tuple(tables.values()))) as worker:
        _, problems = worker.call(asked, tables, "SELECT id,\n  replace(nope, 'a', 'b')\nFROM people")
    assert [(one.code, one.line) for one in problems] == [("query-failed", 2)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT name, count(*), round(100.0 * sum(id) / max(id), 1) FROM people GROUP BY ALL ORDER BY name",
        "SELECT name || ' (' || id || ')' AS label, strftime(DATE '2021-01-01', '%Y') FROM people ORDER BY id",
        "SELECT coalesce(name, 'none'), CASE WHEN id > 1 THEN 'a' ELSE 'b' END FROM people ORDER BY id",
        "SELECT repeat(name, 3) FROM people",
        "SELECT lpad(name, 9, '0') FROM people",
        "SELECT list_transform([1], lambda x: x)[1] FROM people",
        "SELECT name || name || name || name || name || name FROM people",
        "SELECT concat(name, name, name, name, name, name) FROM people",
        "SELECT concat(COLUMNS(*)) FROM people ORDER BY id",
        "WITH RECURSIVE n AS (SELECT 'x' AS s UNION ALL SELECT s || s FROM n WHERE len(s) < 9) SELECT max(s) FROM n",
    ],
)
def test_a_query_that_makes_short_texts_is_answered(tables: Tables, query: str) -> None:
    found, problems = asked(tables, query)
    assert problems == ()
    assert found is not None


def test_what_a_library_prints_there_is_no_part_of_the_answer() -> None:
    assert within(30, os.system, "echo noise") == 0


@pytest.mark.thorough
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
def test_texts_that_fill_a_machine_are_refused(tables: Tables, query: str) -> None:
    with Worker(Bounds(MEMORY, reads=tuple(tables.values()))) as worker:
        try:
            found, problems = worker.call(asked, tables, query, 30.0)
            ended = FILE
        except OutOfBounds as error:
            found, problems, ended = None, (), error.step
    assert (found, ended) == (None, FILE)
    assert {one.code for one in problems} <= {"query-too-large", "query-too-slow"}
    assert all(message(one, language) and fix(one, language) for one in problems for language in LANGUAGES)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 < MEGABYTES
