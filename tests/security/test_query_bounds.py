"""What queries may take: time, rows, columns and bytes of each answer; time and number for those of a release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.compute.allowed import Rules, TableName, refusals
from datagazette.compute.queries import Answer, Box, Budget, answer, opened
from datagazette.compute.summaries import run_queries
from datagazette.isolation import Bounds, OutOfBounds, Worker
from datagazette.load.publication import load_publication
from datagazette.messages import LANGUAGES
from datagazette.model.problems import Problem, fix, message
from datagazette.model.publication import Check, Release, Summary
from datagazette.model.resource import Field
from datagazette.model.text import plain
from datagazette.tables.engine import Limits, connect
from tests.conftest import PUBLICATIONS

FILE = "datasets/x/1.0.0/x.sql"
LONG = "SELECT sum(a.range * b.range) AS n FROM range(10000000) AS a, range(10000000) AS b"
MEMORY = 1_500_000_000


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[TableName, Path]:
    path = tmp_path_factory.mktemp("typed") / "people.parquet"
    with connect() as engine:
        engine.run(f"COPY (SELECT range AS id, 'Ann' AS name FROM range(3)) TO '{path}'")
    return {("people",): path}


@pytest.fixture(scope="module")
def box(tables: dict[TableName, Path]) -> Iterator[Box]:
    with opened(tables, Limits(memory="300MB"), "draft") as found:
        yield found


@pytest.fixture(scope="module")
def release() -> Release:
    publication = load_publication(PUBLICATIONS / "small").publication
    assert publication is not None
    return replace(publication.datasets[0].releases[0], summaries=(), checks=())


def found_in(problems: tuple[Problem, ...]) -> list[tuple[str, dict[str, str]]]:
    """The problems' codes and values; each has its sentences."""
    for language in LANGUAGES:
        assert all("$" not in message(one, language) + fix(one, language) for one in problems)
    return [(one.code, dict(one.values)) for one in problems]


def check(query: str, number: int = 0) -> Check:
    return Check(f"c{number}", plain("c"), query, f"{number}.sql")


@pytest.mark.parametrize(
    ("query", "budget", "values"),
    [
        ("SELECT range FROM range(11)", Budget(rows=10), {"rule": "rows", "most": "10"}),
        ("SELECT * FROM range(11) AS a, range(1000000000) AS b", Budget(rows=10), {"rule": "rows", "most": "10"}),
        ("SELECT 1, 2, 3", Budget(columns=2), {"rule": "columns", "found": "3", "most": "2"}),
        (
            "SELECT 1 AS n, repeat('x', 101) AS t UNION ALL SELECT 2, NULL ORDER BY n",
            Budget(cell=100),
            {"rule": "cell", "column": "t", "found": "101", "most": "100"},
        ),
        (
            "SELECT repeat('街', 34) AS t",
            Budget(cell=100),
            {"rule": "cell", "column": "t", "found": "102", "most": "100"},
        ),
        (
            "SELECT CAST(range(100) AS VARCHAR) AS t",
            Budget(cell=100),
            {"rule": "cell", "column": "t", "found": "390", "most": "100"},
        ),
        ("SELECT range(100) AS t", Budget(cell=100), {"rule": "cell", "column": "t", "found": "390", "most": "100"}),
        (
            "SELECT repeat('x', 20) FROM range(51)",
            Budget(answer=1_000),
            {"rule": "answer", "found": "1020", "most": "1000"},
        ),
        ("SELECT NULL FROM range(126)", Budget(answer=1_000), {"rule": "answer", "found": "1008", "most": "1000"}),
    ],
)  # fmt: skip
def test_an_answer_that_is_too_large_is_refused_before_it_is_fetched(
    box: Box, query: str, budget: Budget, values: dict[str, str]
) -> None:
    found, problems = answer(box, query, FILE, budget)
    assert found is None
    assert found_in(problems) == [("query-too-large", values)]


def test_an_answer_within_its_bounds_is_given(box: Box) -> None:
    query = "SELECT range AS n, repeat('x', 20) AS t FROM range(10) ORDER BY n"
    found, problems = answer(box, query, FILE, Budget(rows=10, columns=2, cell=20, answer=280))
    assert problems == ()
    assert found == Answer((("n", "BIGINT"), ("t", "VARCHAR")), tuple((n, "x" * 20) for n in range(10)))
    assert answer(box, "SELECT 1 WHERE false", FILE)[0] == Answer((("1", "INTEGER"),), ())


def test_the_bounds_are_those_that_are_promised() -> None:
    assert Budget() == Budget(60, 100_000, 1_000, 1_000_000, 50_000_000, 300, 1_000)


def test_a_cell_of_a_megabyte_is_the_largest(box: Box) -> None:
    assert answer(box, "SELECT repeat('x', 1000000) AS t", FILE)[1] == ()
    (found,) = answer(box, "SELECT repeat('x', 1000001) AS t", FILE)[1]
    assert message(found, "en") == "A value of the column “t” has 1000001 bytes; the limit is 1000000."


def test_a_query_that_is_long_is_stopped_and_the_next_one_answered(box: Box) -> None:
    assert found_in(answer(box, LONG, FILE, Budget(seconds=0.3))[1]) == [("query-too-slow", {"seconds": "0.3"})]
    assert answer(box, "SELECT 1 AS n", FILE)[1] == ()


@pytest.mark.thorough
def test_what_does_not_end_by_itself_is_ended_from_outside(tables: dict[TableName, Path]) -> None:
    with Worker(Bounds(MEMORY, reads=tuple(tables.values()))) as worker:
        with pytest.raises(OutOfBounds) as caught:
            worker.call(_without_timer, tables, LONG)
        assert (caught.value.kind, caught.value.step) == ("seconds", FILE)
        assert worker.call(_asked, tables, "SELECT count(*) AS n FROM people", 60.0) == (("n", 3),)


def test_a_text_that_fills_the_memory_is_refused_or_ends_the_worker_alone(tables: dict[TableName, Path]) -> None:
    with Worker(Bounds(MEMORY, reads=tuple(tables.values()))) as worker:
        try:
            ended = worker.call(_asked, tables, "SELECT repeat('x', 2000000000) AS t", 60.0)
        except OutOfBounds as error:
            ended = (error.kind,)
        assert ended in {("query-too-large",), ("memory",), ("ended",)}
        assert worker.call(_asked, tables, "SELECT count(*) AS n FROM people", 60.0) == (("n", 3),)


def _asked(tables: dict[TableName, Path], query: str, seconds: float) -> tuple[object, ...]:
    with opened(tables, Limits(memory="300MB"), "draft") as box:
        found, problems = answer(box, query, FILE, Budget(seconds))
    return tuple((found.columns[0][0], row[0]) for row in found.rows) if found else tuple(one.code for one in problems)


def _without_timer(tables: dict[TableName, Path], query: str) -> None:
    """As where a query cannot be interrupted, for example while it is planned."""
    with opened(tables, Limits(memory="300MB"), "draft") as box:
        box.engine.interrupt = lambda: None  # type: ignore[method-assign]
        answer(box, query, FILE, Budget(seconds=0.3))


def test_the_queries_of_a_release_have_their_seconds_together(box: Box, release: Release) -> None:
    checks = tuple(check(LONG, number) for number in range(5))
    budget = Budget(seconds=0.3, release_seconds=0.5)
    _, _, problems = run_queries(box, replace(release, checks=checks), budget)
    assert {code for code, _ in found_in(problems)} == {"query-too-slow"}
    assert len(problems) < len(checks)
    assert dict(problems[-1].values) == {"rule": "release", "seconds": "0.5"}


def test_a_release_without_seconds_left_asks_nothing(box: Box, release: Release) -> None:
    summary = Summary("s", plain("s"), "SELECT 1 AS n", FILE, (Field("n", "integer"),))
    asked = run_queries(
        box, replace(release, summaries=(summary,), checks=(check("SELECT 1", 1),)), Budget(release_seconds=0)
    )
    assert asked[:2] == ((), ())
    assert found_in(asked[2]) == [("query-too-slow", {"rule": "release", "seconds": "0"})]


def test_the_queries_of_a_release_are_limited_in_number(box: Box, release: Release) -> None:
    checks = tuple(check("SELECT 1 AS n WHERE false", number) for number in range(4))
    budget = Budget(release_queries=3)
    assert run_queries(box, replace(release, checks=checks[:3]), budget) == ((), (), ())
    _, _, problems = run_queries(box, replace(release, checks=checks), budget)
    assert found_in(problems) == [("query-too-many", {"found": "4", "most": "3"})]


def test_what_queries_write_to_the_disk_is_bounded(tables: dict[TableName, Path], tmp_path: Path) -> None:
    limits = Limits(memory="100MB", spill=tmp_path / "spill", spill_size="20GB")
    with opened(tables, limits, "draft") as box:
        for engine in (box.engine, box.other):
            assert engine is not None
            ((size,),) = engine.rows("SELECT current_setting('max_temp_directory_size')")
            assert size == "3.7 GiB"


def test_many_names_of_with_are_read_in_time(box: Box) -> None:
    parts = ", ".join(f"t{number} AS (SELECT 1 AS n)" for number in range(2_000))
    assert refusals(box.engine, f"WITH {parts} SELECT n FROM t1999", FILE, Rules(())) == ()
