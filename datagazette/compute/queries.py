"""Untrusted SQL: what a summary or a check may say, and a database in which it can do no harm.

`refusals` reads the query with DuckDB's own parser and never runs it. `sandbox` opens a database that has the
tables as views of Parquet files and, for the rest, no files, no network, no extensions and locked settings.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from datagazette.compute import allowed_functions
from datagazette.model.problems import Problem, problem
from datagazette.tables.engine import Engine, Error, Limits, OutOfMemory, connect, tokens
from datagazette.tables.sql import identifier, literal

TableName = tuple[str, ...]  # ("resource",) or ("dataset", "resource")
# What a query is for: a new summary or check, one that is published already, or a question of the moment.
Purpose = Literal["draft", "released", "question"]

# SQL reads these words as calls although they have no brackets; they cannot be columns of a query either.
_CALLED_WITHOUT_BRACKETS = frozenset({
    "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "session_user",
    "current_role", "current_catalog", "current_schema",
})  # fmt: skip
# DuckDB's types whose values every page, file and message can hold. Values of others are fetched as text.
_PLAIN = frozenset({
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
    "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS",
    "TIMESTAMP_NS", "JSON", "ENUM", '"NULL"',
})  # fmt: skip
# What DuckDB calls its own databases and schemas: a dataset of such a name cannot be read by queries.
_OWN_NAMES = frozenset({"main", "memory", "system", "temp"})
_DEEPEST = 1_000  # brackets within brackets
_LEAST = 8  # bytes that a cell of an answer counts at least
_ANSWER = identifier("the answer")  # no table of a dataset can have this name


@dataclass(frozen=True)
class Budget:
    """What one query may take: seconds; rows, columns and bytes of its answer, as text; bytes of one cell.

    And what the summaries and checks of one release may take together: seconds, and their number.
    """

    seconds: float = 60.0
    rows: int = 100_000
    columns: int = 1_000
    cell: int = 1_000_000
    answer: int = 50_000_000
    release_seconds: float = 300.0
    release_queries: int = 1_000

    def until(self, end: float) -> Budget:
        """The same with no more seconds than there are before `end`, of the clock `time.monotonic`."""
        return replace(self, seconds=min(self.seconds, end - time.monotonic()))


@dataclass(frozen=True)
class Rules:
    """The tables that a query may read, and what it is for."""

    tables: tuple[TableName, ...]
    purpose: Purpose = "draft"

    @cached_property
    def known(self) -> frozenset[TableName]:
        return frozenset(tuple(part.lower() for part in name) for name in _readable(self.tables))

    @property
    def listed(self) -> str:
        return ", ".join(".".join(name) for name in _readable(self.tables))


def _readable(tables: Iterable[TableName]) -> list[TableName]:
    return [name for name in tables if len(name) == 1 or name[0] not in _OWN_NAMES]


def weighed(found: Problem, purpose: Purpose) -> tuple[Problem, ...]:
    """A problem of what is published: an error in a draft, a warning in a release, and nothing in a question."""
    if purpose == "question":
        return ()
    return (found if purpose == "draft" else replace(found, severity="warning"),)


@dataclass(frozen=True)
class Answer:
    """Columns with their DuckDB types, and the rows."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]


def refusals(engine: Engine, query: str, file: str, allowed: Rules) -> tuple[Problem, ...]:
    """Why a query may not run or be published, with the line; empty where it is one SELECT within the rules."""
    line = _too_deep(query)
    if line:
        return (problem("query-too-deep", file, line),)
    tree, fault = parsed(engine, query, file)
    if tree is None:
        return fault
    refused = [one for node, names in _scoped(tree) for one in _refused(node, query, file, allowed, names)]
    return (*_located(refused), *_commands(query, file, allowed.purpose))


def _too_deep(query: str) -> int:
    """The line at which brackets are nested too deep, else 0: DuckDB's parser would take gigabytes for them."""
    depth = 0
    for position, sign in enumerate(query):
        depth += (sign in "([{") - (sign in ")]}")
        if depth > _DEEPEST:
            return query.count("\n", 0, position) + 1
    return 0


def _refused(
    node: Mapping[str, Any], query: str, file: str, allowed: Rules, names: frozenset[str]
) -> Iterator[Problem]:
    """What is wrong with one node of the parse tree. `names` are those that WITH has given a meaning there."""
    line = _line(query, node)
    function = _unlisted_function(node)
    if function:
        yield problem("query-function", file, line, function=function)
    if node.get("type") == "SHOW_REF":
        yield problem("query-not-select", file, line)
    elif "table_name" in node:
        table = tuple(part.lower() for part in _table_name(node))
        if table not in allowed.known and not (len(table) == 1 and table[0] in names):
            yield problem("query-table", file, line, table=".".join(table), allowed=allowed.listed)
    if node.get("sample"):
        yield from weighed(problem("query-sample", file, line), allowed.purpose)


def _unlisted_function(node: Mapping[str, Any]) -> str:
    """The function that a node of the parse tree calls, if no query may call it, else nothing."""
    if node.get("type") == "COLUMN_REF" and len(node["column_names"]) == 1:
        word = str(node["column_names"][0]).lower()
        return word if word in _CALLED_WITHOUT_BRACKETS else ""
    if node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        return "" if name in allowed_functions.TABLES else name
    if "function_name" not in node:
        return ""
    name = str(node["function_name"]).lower()
    arguments = [one["expression"] for one in node.get("arguments", ())]
    if name in allowed_functions.BY_NAME and len(arguments) > 1:
        return _unlisted_aggregate(name, arguments[1])
    reads_clock = name == "age" and len(arguments) == 1
    return name if reads_clock or name not in allowed_functions.ALLOWED else ""


def _unlisted_aggregate(caller: str, argument: Mapping[str, Any]) -> str:
    """As above, of a function that is named by a text: only one that is written out can be looked up."""
    said = argument.get("literal") or argument.get("value") or {}
    name = str(said.get("text", said.get("value", ""))).lower() if argument.get("class") == "CONSTANT" else caller
    return "" if name in allowed_functions.AGGREGATES else name or caller


def _commands(query: str, file: str, purpose: Purpose) -> tuple[Problem, ...]:
    """Lines that DuckDB's command line, for which the query is printed, takes for commands of its own."""
    found = [
        weighed(problem("query-command", file, number, character=line.lstrip()[0]), purpose)
        for number, line in enumerate(query.split("\n"), start=1)
        for line in line.splitlines()
        if line.lstrip()[:1] in {".", "#"}
    ]
    return tuple(one for problems in found for one in problems)


def _located(found: list[Problem]) -> tuple[Problem, ...]:
    """Each once; a table function stands in the tree twice, the second time without its place."""
    placed = {(one.code, one.values) for one in found if one.line}
    return tuple(one for one in dict.fromkeys(found) if one.line or (one.code, one.values) not in placed)


@contextmanager
def sandbox(
    tables: Mapping[TableName, Path], limits: Limits, others: Iterable[Path] = (), *, other: bool = False
) -> Iterator[Engine]:
    """A locked database with a view for each Parquet file, named as queries name it.

    `others` are files that our own SQL reads there too; queries have no name for them. With `other` everything
    is different that no answer may depend on: the order of rows, the number of threads and the time zone.
    """
    with connect(replace(limits, shared="", reads=None)) as engine:  # it says itself what it may read
        paths = sorted({str(path) for path in (*tables.values(), *others)})
        engine.run(f"SET allowed_paths = [{', '.join(map(literal, paths))}]")
        readable = sorted(_readable(tables))
        for schema in sorted({name[0] for name in readable if len(name) == 2}):
            engine.run(f"CREATE SCHEMA {identifier(schema)}")
        order = " ORDER BY file_row_number DESC" if other else ""
        for name in readable:
            engine.run(f"CREATE VIEW {identifier(*name)} AS FROM read_parquet({literal(str(tables[name]))}){order}")
        engine.run(f"SET TimeZone = {literal('Pacific/Chatham' if other else 'UTC')}")
        if other:
            engine.run("SET threads = 4")
        engine.run("SET enable_external_access = false")
        engine.run("SET lock_configuration = true")
        yield engine


def ask(engine: Engine, query: str, file: str, budget: Budget = Budget()) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The answer of a query that has no refusals, or why there is none."""
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        engine.interrupt()

    timer = threading.Timer(budget.seconds, stop)
    timer.start()
    try:
        return _fetched(engine, query, file, budget)
    except OutOfMemory as error:
        return None, (problem("query-too-large", file, reason=_first_line(error)),)
    except OSError as error:  # what is too large for memory goes to the disk
        return None, (problem("query-too-large", file, reason=error.strerror),)
    except Error as error:
        if stopped.is_set():
            return None, (problem("query-too-slow", file, seconds=f"{budget.seconds:.3g}"),)
        return None, (_failure(error, file),)
    finally:
        timer.cancel()


def _fetched(engine: Engine, query: str, file: str, budget: Budget) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The query runs once, into a table; what that holds is measured before it is fetched."""
    try:
        bounded = f"SELECT * FROM (\n{_without_end(query)}\n) AS answer LIMIT {budget.rows + 1}"
        engine.run(f"CREATE TEMP TABLE {_ANSWER} AS {bounded}")
        columns = engine.columns(f"FROM {_ANSWER}")
        found = _too_large(engine, columns, file, budget)
        if found:
            return None, (found,)
        shown = (name if is_plain(kind) else f"CAST({name} AS VARCHAR)" for name, kind in _named(columns))
        return Answer(columns, tuple(engine.rows(f"SELECT {', '.join(shown)} FROM {_ANSWER}"))), ()
    finally:
        with suppress(Error):
            engine.run(f"DROP TABLE IF EXISTS {_ANSWER}")


def _too_large(engine: Engine, columns: tuple[tuple[str, str], ...], file: str, budget: Budget) -> Problem | None:
    if len(columns) > budget.columns:
        return problem("query-too-large", file, rule="columns", found=len(columns), most=budget.columns)
    sizes = [f"coalesce(strlen(CAST({name} AS VARCHAR)), 0)" for name, _ in _named(columns)]
    widest = ", ".join(f"max({size})" for size in sizes)
    whole = ", ".join(f"sum(greatest({size}, {_LEAST}))" for size in sizes)
    rows, cells, size = engine.row(f"SELECT count(*), [{widest}], list_sum([{whole}]) FROM {_ANSWER}")
    if rows > budget.rows:
        return problem("query-too-large", file, rule="rows", most=budget.rows)
    for (name, _), cell in zip(columns, cells, strict=True):
        if (cell or 0) > budget.cell:
            return problem("query-too-large", file, rule="cell", column=name, found=cell, most=budget.cell)
    if (size or 0) > budget.answer:
        return problem("query-too-large", file, rule="answer", found=size, most=budget.answer)
    return None


def _named(columns: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    for name, kind in columns:
        yield identifier(name), kind


def is_plain(kind: str) -> bool:
    """Whether the values of DuckDB's type are texts, numbers, truth values, dates and times, and no more."""
    return not kind.endswith("]") and kind.partition("(")[0] in _PLAIN


def _without_end(query: str) -> str:
    """The query without the semicolon at its end, and the comments behind that."""
    text = query.encode()
    end = len(text)
    for start, kind in reversed(tokens(query)):
        if kind != "comment":
            if text[start : start + 1] != b";":
                break
            end = start
    return text[:end].decode()


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


def _scoped(tree: Any) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Every mapping in the parse tree with the names of WITH that can be used there, in lower case.

    A part of WITH sees the parts before it, and itself only in the second half of a recursive one. Without
    recursion: untrusted trees can be deep.
    """
    waiting: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        node, names = waiting.pop()
        if isinstance(node, list):
            waiting.extend((one, names) for one in node)
        if not isinstance(node, dict):
            continue
        for part in node.get("cte_map", {}).get("map", ()):
            waiting.append((part["value"], names))
            names |= {str(part["key"]).lower()}
        yield node, names
        for key, value in node.items():
            if key == "right" and node.get("type") == "RECURSIVE_CTE_NODE":
                waiting.append((value, names | {str(node["cte_name"]).lower()}))
            elif key != "cte_map":
                waiting.append((value, names))


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
        # The query begins in the second line of ours.
        return replace(found, line=max(int(number) - 1, 1)) if number.isdigit() else found
    return found


def _first_line(error: Error) -> str:
    return str(error).strip().splitlines()[0]
