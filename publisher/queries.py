"""Strangers' SQL: what a summary or a check may say, and a database in which it can do no harm.

`refusals` reads the query with DuckDB's own parser and never runs it. `sandbox` opens a database that has the
tables as views of Parquet files and, for the rest, no files, no network, no extensions and locked settings.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from publisher.engine import Engine, Error, Limits, OutOfMemory, connect
from publisher.problems import Problem, problem
from publisher.sql import identifier, literal

TableName = tuple[str, ...]  # ("resource",) or ("dataset", "resource")

# Table functions that make rows out of nothing but their arguments.
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
# Answers that differ from run to run, or tell of the machine; volatile ones are asked of DuckDB itself.
_REFUSED = frozenset({
    "current_setting", "getenv", "getvariable", "set_config", "current_database", "current_schema",
    "current_schemas", "current_query", "current_catalog", "current_user", "session_user", "user", "version",
    "now", "today", "current_date", "current_time", "current_timestamp", "get_current_time",
    "get_current_timestamp", "current_localtime", "current_localtimestamp", "localtime", "localtimestamp",
    "transaction_timestamp", "txid_current", "pg_conf_load_time", "write_log", "parse_duckdb_log_message",
    "query", "query_table", "sql_auto_complete", "in_search_path", "icu_sort_key_unsafe", "add_parquet_key",
    "read_text", "read_blob", "read_csv", "read_parquet", "read_json", "glob", "getpid", "error", "sleep_ms",
})  # fmt: skip
# SQL reads these words as calls although they have no brackets; they cannot be columns of a query either.
_CLOCKS = frozenset(
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "session_user"}
)
_SECONDS = 60.0
_DEEPEST = 1_000  # brackets within brackets
_ROWS = 100_000


@dataclass(frozen=True)
class Budget:
    """What one query may take: seconds, and rows of its result."""

    seconds: float = _SECONDS
    rows: int = _ROWS


@dataclass(frozen=True)
class Rules:
    """The tables that a query may read."""

    tables: tuple[TableName, ...]

    @cached_property
    def known(self) -> frozenset[TableName]:
        return frozenset(tuple(part.lower() for part in name) for name in self.tables)

    @property
    def listed(self) -> str:
        return ", ".join(".".join(name) for name in self.tables)


@dataclass(frozen=True)
class Answer:
    """Columns with their DuckDB types, and the rows."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]


@cache
def refused_functions() -> frozenset[str]:
    """The functions that no query may call, in lower case; asks this DuckDB which of its own are volatile."""
    with connect() as engine:
        rows = engine.rows("SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE stability = 'VOLATILE'")
    return _REFUSED | {row[0] for row in rows}


def refusals(engine: Engine, query: str, file: str, allowed: Rules) -> tuple[Problem, ...]:
    """Why a query may not run, with the line; empty where it is one SELECT within the rules."""
    line = _too_deep(query)
    if line:
        return (problem("query-too-deep", file, line),)
    tree, fault = parsed(engine, query, file)
    if tree is None:
        return fault
    own = _common_tables(tree)
    return _located([found for node in nodes(tree) if (found := _refusal(node, query, file, allowed, own))])


def _too_deep(query: str) -> int:
    """The line at which brackets are nested too deep, else 0: DuckDB's parser would take gigabytes for them."""
    depth = 0
    for position, sign in enumerate(query):
        depth += (sign in "([{") - (sign in ")]}")
        if depth > _DEEPEST:
            return query.count("\n", 0, position) + 1
    return 0


def _refusal(node: Mapping[str, Any], query: str, file: str, allowed: Rules, own: set[str]) -> Problem | None:
    """What is wrong with one node of the parse tree. `own` are the query's WITH parts."""
    line = _line(query, node)
    kind = node.get("type")
    function = called(node)
    if function is not None:
        known = _TABLE_FUNCTIONS if kind == "TABLE_FUNCTION" else None
        refused = function not in known if known else function in refused_functions()
        return problem("query-function", file, line, function=function) if refused else None
    if kind == "COLUMN_REF" and str(node["column_names"][-1]).lower() in _CLOCKS:
        return problem("query-function", file, line, function=str(node["column_names"][-1]).lower())
    if kind == "BASE_TABLE":
        table = tuple(part.lower() for part in _table_name(node))
        if table not in allowed.known and not (len(table) == 1 and table[0] in own):
            return problem("query-table", file, line, table=".".join(table), allowed=allowed.listed)
    return problem("query-not-select", file, line) if kind == "SHOW_REF" else None


def called(node: Mapping[str, Any]) -> str | None:
    """The function that a node of the parse tree calls."""
    if node.get("type") == "TABLE_FUNCTION":
        node = node["function"]
    return str(node.get("function_name", "")).lower() if node.get("class") == "FUNCTION" else None


def _located(found: list[Problem]) -> tuple[Problem, ...]:
    """Each once; a table function stands in the tree twice, the second time without its place."""
    placed = {(one.code, one.values) for one in found if one.line}
    return tuple(one for one in dict.fromkeys(found) if one.line or (one.code, one.values) not in placed)


@contextmanager
def sandbox(tables: Mapping[TableName, Path], limits: Limits, others: Iterable[Path] = ()) -> Iterator[Engine]:
    """A locked database with a view for each Parquet file, named as queries name it.

    `others` are files that our own SQL reads there too; queries have no name for them.
    """
    with connect(replace(limits, shared="")) as engine:  # what is locked here would be locked for others
        paths = sorted({str(path) for path in (*tables.values(), *others)})
        engine.run(f"SET allowed_paths = [{', '.join(map(literal, paths))}]")
        for schema in sorted({name[0] for name in tables if len(name) == 2}):
            engine.run(f"CREATE SCHEMA {identifier(schema)}")
        for name, path in sorted(tables.items()):
            engine.run(f"CREATE VIEW {identifier(*name)} AS FROM read_parquet({literal(str(path))})")
        engine.run("SET enable_external_access = false")
        engine.run("SET lock_configuration = true")
        yield engine


def ask(engine: Engine, query: str, file: str, budget: Budget = Budget()) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The answer of a query that has no refusals, or why there is none."""
    body = query.strip().rstrip(";")
    bounded = f"SELECT * FROM (\n{body}\n) AS answer LIMIT {budget.rows + 1}"
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        engine.interrupt()

    timer = threading.Timer(budget.seconds, stop)
    timer.start()
    try:
        columns = engine.columns(bounded)
        rows = tuple(engine.rows(bounded))
    except OutOfMemory as error:
        return None, (problem("query-too-large", file, reason=_first_line(error)),)
    except OSError as error:  # what is too large for memory goes to the disk
        return None, (problem("query-too-large", file, reason=error.strerror),)
    except Error as error:
        if stopped.is_set():
            return None, (problem("query-too-slow", file, seconds=f"{budget.seconds:g}"),)
        return None, (_failure(error, file),)
    finally:
        timer.cancel()
    if len(rows) > budget.rows:
        return None, (problem("query-too-large", file, reason=f"> {budget.rows} rows"),)
    return Answer(columns, rows), ()


def parsed(engine: Engine, query: str, file: str) -> tuple[Any, tuple[Problem, ...]]:
    """The parse tree of the one SELECT that a query is, or None and why there is none."""
    tree = engine.row("SELECT json_serialize_sql(?::VARCHAR)", [query])[0]
    try:
        answer = json.loads(tree)
    except RecursionError:
        return None, (problem("query-too-deep", file),)
    if answer.get("error"):
        if answer.get("error_type") == "not implemented":
            return None, (problem("query-not-select", file),)
        line, reason = _line(query, {"query_location": int(answer.get("position") or 0)}), answer["error_message"]
        if "expression depth" in reason:
            return None, (problem("query-too-deep", file, line),)
        return None, (problem("query-syntax", file, line, reason=reason.splitlines()[0]),)
    if len(answer["statements"]) != 1:
        return None, (problem("query-not-select", file),)
    return answer["statements"][0]["node"], ()


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in the parse tree, without recursion: trees of strangers can be deep."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _common_tables(tree: Any) -> set[str]:
    """Names that the query gives to its own WITH parts."""
    names = set()
    for node in nodes(tree):
        parts = node.get("cte_map", {})
        for entry in parts.get("map", []) if isinstance(parts, dict) else []:
            names.add(str(entry["key"]).lower())
    return names


def _table_name(node: Mapping[str, Any]) -> tuple[str, ...]:
    parts = (node.get("catalog_name"), node.get("schema_name"), node.get("table_name"))
    return tuple(str(part) for part in parts if part)


def _line(query: str, node: Mapping[str, Any]) -> int | None:
    position = node.get("query_location")
    if not isinstance(position, int) or position > len(query.encode()):
        return None
    return query.encode()[:position].count(b"\n") + 1


def _failure(error: Error, file: str) -> Problem:
    found = problem("query-failed", file, reason=_first_line(error))
    marker = "LINE "
    text = str(error)
    if marker in text:
        number = text.split(marker, 1)[1].split(":", 1)[0]
        # The query stands from the second line of the bounded one.
        return replace(found, line=max(int(number) - 1, 1)) if number.isdigit() else found
    return found


def _first_line(error: Error) -> str:
    return str(error).strip().splitlines()[0]
