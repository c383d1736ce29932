"""What a query may call, and what its answer must not depend on: a published file is the same at every build."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.compute import allowed
from datagazette.compute.allowed import Purpose, Rules, TableName, refusals
from datagazette.compute.queries import Box, answer, opened
from datagazette.compute.summaries import run_queries
from datagazette.load.publication import load_publication
from datagazette.messages import LANGUAGES
from datagazette.model.problems import fix, message
from datagazette.model.publication import Summary
from datagazette.model.resource import Field
from datagazette.model.results import Row
from datagazette.model.text import plain
from datagazette.tables.engine import Engine, Limits, connect
from tests.conftest import PUBLICATIONS, ROOT, Run

FILE = "datasets/x/1.0.0/x.sql"
ALLOWED = Rules((("people",), ("places", "towns")))
# What no query may call, although it was looked at: the clock, settings, sessions, catalogs, chance, DuckDB's inside.
REFUSED = frozenset({
    "ago", "alias", "assert_true", "bitstring_byte_comparable", "can_cast_implicitly", "col_description", "combine",
    "combine_aggr", "constant_or_null", "create_sort_key", "current_catalog", "current_connection_id",
    "current_database", "current_date", "current_localtime", "current_localtimestamp", "current_query",
    "current_query_id", "current_role", "current_schema", "current_schemas", "current_setting",
    "current_transaction_id", "current_user", "currval", "decimal_average", "decimal_division", "error", "finalize",
    "format_pg_type", "format_type", "gen_random_uuid", "get_block_size", "get_current_time",
    "get_current_timestamp", "get_type", "getvariable", "hive_partition_component", "icu_sort_key", "in_search_path",
    "index_key", "is_histogram_other_bin", "json_copy_strftime_if_date", "json_copy_strftime_if_timestamp",
    "json_deserialize_sql", "json_normalize", "json_serialize_plan", "json_serialize_sql", "make_type",
    "map_to_pg_oid", "map_type_id_to_pg_oid", "nextval", "now", "obj_description", "parse_duckdb_log_message",
    "path_join", "random",
    "remap_struct", "replace_type", "reservoir_quantile", "session_user", "setseed", "setval", "shobj_description",
    "sleep_ms", "stats", "sum_no_overflow", "timetz_byte_comparable", "to_aggregate_state", "today",
    "transaction_timestamp", "txid_current", "unpivot_list", "user", "uuid", "uuidv4", "uuidv7",
    "variant_bytes_to_variant", "variant_comparator", "variant_group_array", "variant_group_object",
    "variant_normalize", "variant_to_parquet_variant", "vector_type", "version", "vertex_extract", "write_log",
})  # fmt: skip
REFUSED_BEGINNINGS = ("__", "collate_", "icu_collate_", "has_", "inet_", "pg_")


@pytest.fixture(scope="module")
def parser() -> Iterator[Engine]:
    with connect() as engine:
        yield engine


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[TableName, Path]:
    people, towns = (tmp_path_factory.mktemp("typed") / f"{name}.parquet" for name in ("people", "towns"))
    with connect() as engine:
        engine.run(
            "COPY (SELECT * FROM (VALUES (1, 'Ann', 'a', 0.1::DOUBLE, DATE '2021-02-03', '{\"k\": 1}'),"
            " (2, 'Bob', 'a', 0.2, DATE '2021-02-04', '{}'), (3, 'Cy', 'b', 0.3, NULL, NULL))"
            f" AS t (id, name, town, share, day, more)) TO '{people}'"
        )
        engine.run(f"COPY (SELECT * FROM (VALUES ('a', 'Aa'), ('b', 'Bb')) AS t (code, name)) TO '{towns}'")
    return {("people",): people, ("places", "towns"): towns}


@pytest.fixture(scope="module")
def draft(tables: dict[TableName, Path]) -> Iterator[Box]:
    with opened(tables, Limits(memory="300MB"), "draft") as box:
        yield box


@pytest.fixture(scope="module")
def released(tables: dict[TableName, Path]) -> Iterator[Box]:
    with opened(tables, Limits(memory="300MB"), "released") as box:
        yield box


def codes(box: Box, query: str) -> list[str]:
    """What is wrong with a query; each problem has its sentences."""
    _, problems = answer(box, query, FILE)
    for language in LANGUAGES:
        assert all("$" not in message(one, language) + fix(one, language) for one in problems)
    return [one.code for one in problems]


def rows(box: Box, query: str) -> tuple[Row, ...]:
    found, problems = answer(box, query, FILE)
    assert problems == ()
    assert found is not None
    return found.rows


# Functions are allowed by list.


def test_every_function_of_this_duckdb_was_looked_at(parser: Engine) -> None:
    found = parser.rows(
        "SELECT DISTINCT lower(function_name) FROM duckdb_functions()"
        " WHERE function_type IN ('scalar', 'aggregate', 'macro', 'window')"
    )
    names = {name for (name,) in found}
    listed = allowed.SCALARS | allowed.MACROS | allowed.AGGREGATES
    listed |= allowed.WINDOWS
    unknown = {one for one in names - listed - REFUSED if not one.startswith(REFUSED_BEGINNINGS)}
    assert not unknown, "functions that this DuckDB has and nobody has looked at: allow or refuse them"
    assert listed - names == {"unnest"}, "functions that this DuckDB does not have"
    assert not listed & REFUSED


def test_no_listed_function_is_one_that_duckdb_calls_changing(parser: Engine) -> None:
    # From 2.0.1 on it calls so what it computes of a moment in the session's zone. That zone is ours: UTC, and another
    # one when a draft is asked again. Of a time with a zone the test below is.
    zoned = (
        "list_has_any(list_append(parameter_types, return_type),"
        " ['TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ_NS', 'TIME WITH TIME ZONE'])"
    )
    changing = parser.rows(
        "SELECT DISTINCT lower(function_name) FROM duckdb_functions()"
        f" WHERE stability <> 'CONSISTENT' AND NOT (len(parameters) > 0 AND {zoned})"
    )
    assert len(changing) > 20
    assert not allowed.ALLOWED & {name for (name,) in changing}


@pytest.mark.parametrize("time", ["'10:00:00+00'::TIMETZ", "CAST('10:00:00+00' AS TIME WITH TIME ZONE)"])
def test_a_time_without_a_day_cannot_be_moved_to_a_zone_which_reads_the_clock(parser: Engine, time: str) -> None:
    query = f"SELECT t AT TIME ZONE 'Europe/Paris' FROM (SELECT {time} AS t)"
    assert [(one.code, one.severity) for one in refusals(parser, query, FILE, Rules(()))] == [
        ("query-function", "error")
    ]
    (released,) = refusals(parser, query, FILE, Rules((), "released"))
    assert released.severity == "warning"
    assert not refusals(parser, "SELECT TIMESTAMP '2020-01-01 10:00:00' AT TIME ZONE 'UTC'", FILE, Rules(()))


def test_a_listed_macro_calls_nothing_that_is_refused(parser: Engine) -> None:
    # json_group_object ends a query whose key is missing.
    harmless = {"error"}
    for name, definition in parser.rows(
        "SELECT lower(function_name), macro_definition FROM duckdb_functions() WHERE function_type = 'macro'"
    ):
        if name in allowed.MACROS:
            found = refusals(parser, f"SELECT {definition}", FILE, Rules(()))
            assert {dict(one.values).get("function") for one in found} <= harmless, name


@pytest.mark.parametrize(
    ("call", "function"),
    [
        ("age(DATE '2020-01-01')", "age"),
        ("reservoir_quantile(id, 0.5)", "reservoir_quantile"),
        ("reservoir_quantile(id, 0.5) OVER ()", "reservoir_quantile"),
        ("list_aggregate([1, 2], 'reservoir_quantile', 0.5)", "reservoir_quantile"),
        ("[1, 2].list_aggr('reservoir_quantile', 0.5)", "reservoir_quantile"),
        ("array_aggregate([1, 2], 'reservoir' || '_quantile', 0.5)", "array_aggregate"),
        ("list_aggr([1, 2], name)", "list_aggr"),
        ("ago(INTERVAL 1 DAY)", "ago"),
        ("pg_sleep(0)", "pg_sleep"),
        ("current_role", "current_role"),
        ("current_catalog", "current_catalog"),
        ("current_schema", "current_schema"),
        ("localtime", "localtime"),
        ("user()", "user"),
        ("has_table_privilege('people', 'x')", "has_table_privilege"),
        ("pg_catalog.has_table_privilege('people', 'x')", "has_table_privilege"),
        ("pg_postmaster_start_time()", "pg_postmaster_start_time"),
        ("get_block_size('memory')", "get_block_size"),
        ("pg_get_viewdef(1)", "pg_get_viewdef"),
        ("json_serialize_plan('SELECT 1')", "json_serialize_plan"),
        ("json_serialize_sql('SELECT 1')", "json_serialize_sql"),
        ("version()", "version"),
        ("vector_type(id)", "vector_type"),
        ("stats(id)", "stats"),
        ("no_such_function(id)", "no_such_function"),
    ],
)
def test_what_reads_clock_settings_chance_or_duckdbs_inside_is_refused(
    parser: Engine, call: str, function: str
) -> None:
    (found,) = refusals(parser, f"SELECT\n  {call} AS x\nFROM people", FILE, ALLOWED)
    assert (found.code, found.line, dict(found.values)) == ("query-function", 2, {"function": function})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT age(DATE '2021-01-01', day) IS NULL AS x FROM people ORDER BY id",
        "SELECT id, row_number() OVER (ORDER BY id), rank() OVER (ORDER BY town) FROM people ORDER BY id",
        "SELECT id, lag(share) OVER (ORDER BY id), sum(id) OVER (PARTITION BY town) FROM people ORDER BY id",
        "SELECT town, first(name ORDER BY id), string_agg(name, ', ' ORDER BY name) FROM people GROUP BY 1 ORDER BY 1",
        "SELECT town, list_sum(list(id)), len(list(name)) FROM people GROUP BY ALL ORDER BY ALL",
        "SELECT regexp_extract(name, '[A-Z]'), regexp_replace(name, 'n+', '') FROM people ORDER BY id",
        "SELECT id FROM people WHERE regexp_matches(name, 'A') OR name SIMILAR TO 'B.*' ORDER BY id",
        "SELECT date_diff('day', DATE '2021-01-01', day), extract(month FROM day) FROM people ORDER BY id",
        "SELECT day + INTERVAL 3 DAY, strftime(day, '%Y'), date_trunc('month', day) FROM people ORDER BY id",
        "SELECT date_add(DATE '2021-01-31', INTERVAL 1 MONTH), last_day(DATE '2021-02-01')",
        "SELECT more ->> 'k', json_extract_string(more, '$.k'), more->'$.k' FROM people ORDER BY id",
        "SELECT p.id, key, value FROM people AS p CROSS JOIN json_each('{\"a\": 1}') ORDER BY p.id",
        "SELECT count(*), count(DISTINCT town), min(day), max(day), median(id), round(avg(share), 3) FROM people",
        "SELECT quantile_cont(id, 0.5), arg_max(name, id), mode(town), round(stddev(id), 6) FROM people",
        "SELECT bool_or(id > 1), fsum(share), fdiv(7, 2), round(geomean(id), 3) FROM people",
        "SELECT CASE WHEN id > 1 THEN 'x' ELSE coalesce(nullif(name, 'Ann'), '-') END FROM people ORDER BY id",
        "SELECT if(id = 1, 'a', 'b'), ifnull(day, DATE '2021-01-01'), greatest(id, 2) FROM people ORDER BY id",
        "SELECT p.name, t.name AS town FROM people AS p LEFT JOIN places.towns AS t ON t.code = p.town ORDER BY p.id",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n",
        "SELECT town, count(*) FROM people GROUP BY ROLLUP (town) HAVING count(*) > 0 ORDER BY town NULLS LAST",
        "FROM (PIVOT people ON town IN ('a', 'b') USING count(*) GROUP BY name) ORDER BY name",
        "SELECT name, v FROM (UNPIVOT (SELECT name, id, 2 AS b FROM people) ON id, b INTO NAME k VALUE v) ORDER BY ALL",
        "SELECT list_transform([3, 1], lambda x: x + 1)[1], list_aggregate([1, 2], 'sum'), [x * 2 for x in [1, 2]][2]",
        "SELECT lower(name) || upper(town), substring(name FROM 1 FOR 2), trim(name) FROM people ORDER BY id",
        "SELECT left(name, 1), split_part(name, 'n', 1), lpad(name, 5, ' '), md5(name) FROM people ORDER BY id",
        "SELECT 7 // 2, 7 % 2, 2 ** 3, 2 ^ 3, -id, abs(id), @id, 3! FROM people ORDER BY id",
        "SELECT name ILIKE 'a%', name NOT LIKE 'B%', name LIKE 'x#%' ESCAPE '#', id IN (1, 2) FROM people ORDER BY id",
        "SELECT DISTINCT ON (town) town, name FROM people ORDER BY town, id",
        "SELECT id FROM people ORDER BY id DESC LIMIT 2 OFFSET 1",
        "SELECT TIMESTAMP '2021-01-01 10:00:00' AT TIME ZONE 'Asia/Shanghai' AT TIME ZONE 'UTC'",
        "SELECT name COLLATE de FROM people ORDER BY name COLLATE de",
        "SELECT COLUMNS('id|name') FROM people ORDER BY id",
        "SELECT 1 = ANY([1, 2]), 2 IN (SELECT id FROM people), EXISTS (FROM people WHERE id = 9)",
    ],
)  # fmt: skip
def test_sql_that_people_write_is_allowed(draft: Box, query: str) -> None:
    assert codes(draft, query) == []


def test_every_query_of_the_publications_here_is_allowed(parser: Engine) -> None:
    for root in (ROOT, PUBLICATIONS / "small", PUBLICATIONS / "nasty"):
        publication = load_publication(root).publication
        assert publication is not None
        for release in (one for dataset in publication.datasets for one in dataset.releases):
            used = [one for name, version in release.uses if (one := publication.release(name, version))]
            known: list[TableName] = [(table.name,) for table in release.tables]
            known += [(one.dataset, table.name) for one in used for table in one.tables]
            for query in (*release.summaries, *release.checks):
                assert refusals(parser, query.query, query.file, Rules(tuple(known))) == ()


# Names of WITH are scoped as in SQL.


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (WITH duckdb_views AS (SELECT 1 AS a) SELECT a FROM duckdb_views), (SELECT count(*) FROM duckdb_views)",
        "SELECT * FROM (WITH duckdb_views AS (SELECT 1) FROM duckdb_views) AS x, duckdb_views",
        "WITH x AS (WITH duckdb_views AS (SELECT 1) FROM duckdb_views) SELECT * FROM x, duckdb_views",
        "(WITH duckdb_views AS (SELECT 1) FROM duckdb_views) UNION ALL SELECT count(*) FROM duckdb_views",
        "WITH duckdb_views AS (FROM duckdb_views) FROM duckdb_views",
        "WITH RECURSIVE duckdb_views AS (FROM duckdb_views) FROM duckdb_views",
        "WITH RECURSIVE duckdb_views AS (FROM duckdb_views UNION ALL FROM duckdb_views) FROM duckdb_views",
        "WITH a AS (FROM duckdb_views), duckdb_views AS (SELECT 1) FROM a",
        "WITH duckdb_views AS (SELECT 1) FROM main.duckdb_views",
        "WITH \"DUCKDB_VIEWS\" AS (SELECT 1), pg_tables AS (FROM pg_tables) FROM duckdb_views",
        "FROM duckdb_views",
        "FROM duckdb_views()",
        "FROM system.main.duckdb_views",
        "FROM sqlite_master",
        "FROM information_schema.tables",
        "FROM pg_catalog.pg_tables",
        "FROM (DESCRIBE people)",
        "FROM (SUMMARIZE people)",
        "FROM (SHOW ALL TABLES)",
        "FROM histogram_values(people, id)",
        "FROM query_table('duckdb_views')",
    ],
)  # fmt: skip
def test_duckdbs_own_views_cannot_be_read(parser: Engine, query: str) -> None:
    assert {one.code for one in refusals(parser, query, FILE, ALLOWED)} & {
        "query-table", "query-function", "query-not-select",
    }  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "WITH a AS (SELECT 1 AS n), b AS (SELECT n FROM a) SELECT n FROM b WHERE EXISTS (FROM a)",
        "WITH people AS (SELECT id FROM people) SELECT sum(id) FROM people",
        "WITH a AS (SELECT 1 AS n) SELECT * FROM (WITH a AS (SELECT n + 1 AS n FROM a) FROM a)",
        "WITH a AS (SELECT 1 AS n) SELECT (SELECT n FROM a) UNION ALL SELECT n FROM A ORDER BY (SELECT n FROM a)",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION SELECT i + 1 FROM (FROM n) WHERE i < 3) SELECT max(i) FROM n",
    ],
)  # fmt: skip
def test_names_of_with_can_be_used_where_they_hold(draft: Box, query: str) -> None:
    assert codes(draft, query) == []


@pytest.mark.parametrize("name", ["main", "memory", "system", "temp"])
def test_a_dataset_that_is_called_as_a_database_is_not_taken_for_another_table(
    tables: dict[TableName, Path], name: str
) -> None:
    other = {("people",): tables["people",], (name, "people"): tables["places", "towns"]}
    with opened(other, Limits(memory="300MB"), "draft") as box:
        assert rows(box, "SELECT count(*) FROM people") == ((3,),)
        assert codes(box, f"SELECT count(*) FROM {name}.people") == ["query-table"]


# An answer is the same with another order of rows, another zone and other threads.


@pytest.mark.parametrize(
    "query",
    [
        "SELECT first(name) FROM people",
        "SELECT any_value(name) FROM people",
        "SELECT last(name) FROM people",
        "SELECT arg_min(name, town) FROM people",
        "SELECT mode(name) FROM people",
        "SELECT string_agg(name, ', ') FROM people",
        "SELECT list(name)[1] FROM people",
        "SELECT json_group_array(name)::VARCHAR FROM people",
        "SELECT name FROM people LIMIT 1",
        "SELECT name FROM people ORDER BY length(town) LIMIT 1",
        "SELECT name, row_number() OVER () AS place FROM people ORDER BY id",
        "SELECT name, lag(name) OVER (PARTITION BY length(town)) FROM people ORDER BY id",
        "SELECT DISTINCT ON (length(town)) name FROM people",
        "SELECT name FROM people",
        "SELECT sum(share) FROM people",
        "SELECT p.name, q.name AS other FROM people AS p POSITIONAL JOIN places.towns AS q ORDER BY ALL",
        "SELECT CAST(TIMESTAMPTZ '2021-01-01 00:00:00+00' AS VARCHAR)",
        "SELECT CAST(to_timestamp(0) AS VARCHAR)",
        "SELECT CAST(CAST('2021-01-01' AS TIMESTAMPTZ) AS DATE), epoch(CAST('2021-01-01' AS TIMESTAMPTZ))",
        "SELECT hour(to_timestamp(0)), strftime(to_timestamp(0), '%H')",
    ],
)
def test_an_answer_that_depends_on_the_order_of_rows_or_the_zone_is_refused_in_a_draft(
    draft: Box, released: Box, query: str
) -> None:
    assert codes(draft, query) == ["query-unstable"]
    assert codes(released, query) == []


def test_the_first_difference_is_reported(draft: Box) -> None:
    _, (found,) = answer(draft, "SELECT town, first(name) AS name FROM people GROUP BY town ORDER BY town", FILE)
    assert message(found, "en").endswith("in row 1, “name” is first “Ann”, then “Bob”.")
    _, (found,) = answer(draft, "SELECT id FROM people WHERE name = (SELECT name FROM people LIMIT 1) OR id > 2", FILE)
    assert message(found, "en").endswith("first 2 rows, then 1 rows.")


def test_numbers_that_are_no_numbers_are_the_same_twice(draft: Box) -> None:
    assert codes(draft, "SELECT 'nan'::DOUBLE AS a, 'infinity'::DOUBLE AS b, NULL AS c, -0.0::DOUBLE AS d") == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_zone_of_the_machine_changes_no_answer(zone: str, tables: dict[TableName, Path]) -> None:
    program = (
        "from pathlib import Path\n"
        "from datagazette.compute.queries import *\n"
        "from datagazette.tables.engine import Limits\n"
        f"with opened({{('people',): Path({str(tables['people',])!r})}}, Limits(), 'released') as box:\n"
        "    print(answer(box, \"SELECT CAST(TIMESTAMPTZ '2021-01-01 00:00:00+00' AS VARCHAR)\", '')[0].rows)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={"TZ": zone}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "(('2021-01-01 00:00:00+00',),)\n"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM people USING SAMPLE 2 ROWS",
        "SELECT count(*) FROM people USING SAMPLE reservoir(2 ROWS) REPEATABLE (1)",
        "SELECT count(*) FROM people TABLESAMPLE 50%",
        "SELECT count(*) FROM (FROM people) AS p TABLESAMPLE bernoulli(50%)",
        "SELECT (SELECT count(*) FROM people USING SAMPLE 50%)",
        "WITH few AS (FROM people USING SAMPLE 1) SELECT count(*) FROM few",
    ],
)
def test_a_sample_is_refused_in_a_draft_and_reported_in_a_release(parser: Engine, query: str) -> None:
    def found(purpose: Purpose) -> list[tuple[str, str]]:
        return [(one.code, one.severity) for one in refusals(parser, query, FILE, Rules((("people",),), purpose))]

    assert found("draft") == [("query-sample", "error")]
    assert found("released") == [("query-sample", "warning")]
    assert found("question") == []


# Lines that DuckDB's command line would take for commands.


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("SELECT 1\n-- a comment\n.tables", 3),
        ("SELECT 1 /*\n  .tables\n*/", 2),
        ("SELECT '\n\t.tables\n'", 2),
        ("SELECT 1 /*\n#!x\n*/", 2),
        ("/*\r.tables\r*/ SELECT 1", 1),
        (".tables\nSELECT 1", 1),
        ("SELECT 1 AS a /*\n\u3000.tables */", 2),
    ],
)
def test_a_line_that_is_a_command_is_refused_in_a_draft_and_reported_in_a_release(
    parser: Engine, query: str, line: int
) -> None:
    def found(purpose: Purpose) -> set[tuple[int | None, str]]:
        problems = refusals(parser, query, FILE, Rules((), purpose))
        return {(one.line, one.severity) for one in problems if one.code == "query-command"}

    if not query.startswith("."):  # which is no SQL in the first place
        assert found("draft") == {(line, "error")}
        assert found("released") == {(line, "warning")}
        assert found("question") == set()
    assert refusals(parser, query, FILE, Rules(()))


def test_points_within_a_line_are_no_commands(parser: Engine) -> None:
    assert refusals(parser, "SELECT p.id, .5, '.x' -- .y\nFROM people AS p", FILE, ALLOWED) == ()


# What an answer may hold.


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("[1, 2]", "[1, 2]"),
        ("{'a': 1}", "{'a': 1}"),
        ("MAP {'a': 1}", "{a=1}"),
        ("[1, 2]::INTEGER[2]", "[1, 2]"),
        ("union_value(a := 1)", "1"),
        ("INTERVAL 3 DAY", "3 days"),
        ("'\\xAA'::BLOB", "\\xAA"),
        ("'101'::BIT", "101"),
        ("'6b6b6b6b-0000-4000-8000-000000000000'::UUID", "6b6b6b6b-0000-4000-8000-000000000000"),
        ("TIMESTAMPTZ '2021-01-01 00:00:00+00'", "2021-01-01 00:00:00+00"),
        ("'10:00:00+00'::TIMETZ", "10:00:00+00"),
        ("[[NULL]]", "[[NULL]]"),
    ],
)
def test_values_that_no_page_can_show_are_refused_in_a_draft_and_text_in_a_release(
    draft: Box, released: Box, value: str, text: str
) -> None:
    assert codes(draft, f"SELECT {value} AS x") == ["query-type"]
    found, (problem,) = answer(released, f"SELECT {value} AS x", FILE)
    assert problem.severity == "warning"
    assert found is not None
    assert found.rows == ((text,),)


def test_a_cast_makes_text_of_them(draft: Box) -> None:
    assert rows(draft, "SELECT CAST([1, 2] AS VARCHAR), INTERVAL 3 DAY::VARCHAR, to_json({'a': 1}) AS j") == (
        ("[1, 2]", "3 days", '{"a":1}'),
    )


def test_values_of_plain_types_come_as_they_are(draft: Box) -> None:
    found, problems = answer(
        draft, "SELECT true, 1::TINYINT, 2::HUGEINT, 1.5::DECIMAL(9, 2), 0.5::DOUBLE, 'x', DATE '2021-02-03', NULL",
        FILE,
    )  # fmt: skip
    assert found is not None
    assert not problems
    assert [kind for _, kind in found.columns] == [
        "BOOLEAN", "TINYINT", "HUGEINT", "DECIMAL(9,2)", "DOUBLE", "VARCHAR", "DATE", '"NULL"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("duration", "INTERVAL 3 DAY", "query-type"),
        ("any", "'6b6b6b6b-0000-4000-8000-000000000000'::UUID", "query-type"),
        ("object", "{'a': 1}", "query-type"),
        ("array", "[1, 2]", "query-type"),
        ("geopoint", "1.5", "summary-type"),
        ("list", "true", "summary-type"),
        ("duration", "'P3D'", ""),
        ("object", "to_json({'a': 1})", ""),
        ("array", "CAST([1, 2] AS VARCHAR)", ""),
        ("any", "1.5", ""),
    ],
)
def test_a_summary_field_of_any_type_is_one_value_or_refused(draft: Box, kind: str, value: str, code: str) -> None:
    publication = load_publication(PUBLICATIONS / "small").publication
    assert publication is not None
    release = publication.datasets[0].releases[0]
    summary = Summary("x", plain("x"), f"SELECT {value} AS x", FILE, (Field("x", kind),), plain(""), (), None, {})
    results, _, problems = run_queries(draft, replace(release, summaries=(summary,), checks=()))
    assert [one.code for one in problems] == ([code] if code else [])
    assert len(results) == (not code)


# How a query may end.


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS n;",
        "SELECT 1 AS n; -- so many",
        "SELECT 1 AS n -- so many;",
        "SELECT 1 AS n /* ; */ ; /* ; /* ; */ */ -- ;",
        "-- 街道;\nSELECT 1 AS n ; ;\n\n-- 街道 ;",
        "SELECT 1 AS n WHERE ';' = ';' ;--",
        "SELECT 1 AS n WHERE $$;$$ = ';' AND ';--' <> \"n\"::VARCHAR;",
    ],
)
def test_a_query_may_end_with_a_semicolon_and_comments(draft: Box, query: str) -> None:
    assert rows(draft, query) == ((1,),)


def test_a_draft_says_what_is_not_fixed_and_a_release_stays_as_it_was(small: Path, run: Callable[..., Run]) -> None:
    (small / "datasets/visits/1.0.0/total.sql").write_text("SELECT first(visits) AS visits FROM visits\n")
    done = run("check", "--root", small)
    assert done.status == 1
    assert "datasets/visits/1.0.0/total.sql" in done.out
    assert "query-unstable" in done.out
    assert "datasets/counts" not in done.out
