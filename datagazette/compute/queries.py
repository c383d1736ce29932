"""Asking untrusted queries: a locked database in which they can do no harm, a budget, and those of a draft twice.

`sandbox` opens a database that has the tables as views of Parquet files and, for the rest, no files, no network, no
extensions and locked settings. What a query may say at all is in `allowed`.

What a release publishes has to be the same at every build. So the queries of a draft are asked again where
everything is different that no answer may depend on, and both answers are compared.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from datagazette.compute.allowed import Purpose, Rules, TableName, readable, refusals, weighed
from datagazette.isolation import step
from datagazette.model.problems import Problem, has_errors, problem
from datagazette.tables.bounded import shown_size
from datagazette.tables.decimals import written_decimals
from datagazette.tables.editions import NEWEST, Edition
from datagazette.tables.engine import Engine, Error, Limits, OutOfMemory, connect, tokens
from datagazette.tables.sql import field_of, identifier, literal

# DuckDB's types whose values every page, file and message can hold. Values of others are fetched as text.
_PLAIN = frozenset({
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
    "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS",
    "TIMESTAMP_NS", "JSON", "ENUM", '"NULL"',
})  # fmt: skip
_SPILL = "4GB"  # what the queries of a release may write to the disk at one time
_LEAST = 8  # bytes that a cell of an answer counts at least
_NUMBERED = re.compile(r".*_[0-9]+", re.DOTALL)  # what DuckDB makes of a name that is there already
_ANSWER = identifier("the answer")  # no table of a dataset can have this name

Columns = tuple[tuple[str, str], ...]  # the name and DuckDB's type of each


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
class Answer:
    """Columns with their DuckDB types, and the rows."""

    columns: Columns
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Box:
    """A database with the tables that queries see; for drafts `other`, in which rows, threads and zone differ.

    `fields`: the fields to which SQL gives another name, by that name. `count` is `count_1` beside `Count`.
    """

    rules: Rules
    engine: Engine
    other: Engine | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    edition: Edition = NEWEST


@contextmanager
def opened(
    tables: Mapping[TableName, Path], limits: Limits, purpose: Purpose, edition: Edition = NEWEST
) -> Iterator[Box]:
    """A box for the queries of one release, or for a question.

    Queries of a release have one thread, so that large tables give the same answer on every machine.
    """
    own = replace(limits, threads=limits.threads if purpose == "question" else 1, spill_size=_SPILL)
    with ExitStack() as stack:
        engine = stack.enter_context(sandbox(tables, own, edition=edition))
        other = stack.enter_context(sandbox(tables, own, other=True)) if purpose == "draft" else None
        yield Box(Rules(tuple(tables), purpose), engine, other, _renamed_fields(engine, tables), edition)


@contextmanager
def sandbox(
    tables: Mapping[TableName, Path], limits: Limits, others: Iterable[Path] = (), *, other: bool = False,
    edition: Edition = NEWEST,
) -> Iterator[Engine]:  # fmt: skip
    """A locked database with a view for each Parquet file, named as queries name it.

    `others` are files that our own SQL reads there too; queries have no name for them. With `other` everything
    is different that no answer may depend on: the order of rows, the number of threads and the time zone.
    """
    with connect(replace(limits, shared="", reads=None)) as engine:  # it says itself what it may read
        names = sorted(readable(tables))
        for schema in sorted({name[0] for name in names if len(name) == 2}):
            engine.run(f"CREATE SCHEMA {identifier(schema)}")
        order = " ORDER BY file_row_number DESC" if other else ""
        for name in names:
            source = f"FROM read_parquet({literal(str(tables[name]))})"
            stored = [column for column, _ in engine.columns(source)]
            decimals = written_decimals(engine, tables[name]) if edition.as_written else {}
            columns = ", ".join(f"{_exactly(column, decimals)} AS {identifier(field_of(column))}" for column in stored)
            engine.run(f"CREATE VIEW {identifier(*name)} AS SELECT {columns} {source}{order}")
        engine.run(f"SET TimeZone = {literal('Pacific/Chatham' if other else 'UTC')}")
        if other:
            engine.run("SET threads = 4")
        engine.shut({*tables.values(), *others})
        yield engine


def _exactly(column: str, decimals: Mapping[str, int]) -> str:
    """A column whose numbers all have the same decimals is one of decimals, whose sums are exact."""
    scale = decimals.get(field_of(column))
    return f"CAST({identifier(column)} AS DECIMAL(18, {scale}))" if scale else identifier(column)


def _renamed_fields(engine: Engine, tables: Mapping[TableName, Path]) -> dict[str, str]:
    """What `Box.fields` is."""
    found: dict[str, str] = {}
    for name in readable(tables):
        fields = [field_of(column) for column, _ in engine.columns(f"FROM read_parquet({literal(str(tables[name]))})")]
        if len({field.lower() for field in fields}) < len(fields):
            seen = (column for column, _ in engine.columns(f"FROM {identifier(*name)}"))
            found |= {column: own for column, own in zip(seen, fields, strict=True) if column != own}
    return found


def answer(
    box: Box, query: str, file: str, budget: Budget = Budget(), *, ordered: bool = True
) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The answer of an untrusted query with warnings, or why there is none.

    Where the rows of an answer are not `ordered`, as the findings of a check, two answers with the same rows are equal.
    """
    with step(file, budget.seconds):
        refused = refusals(box.engine, query, file, box.rules)
        if has_errors(refused):
            return None, refused
        found, problems = ask(box.engine, query, file, budget, as_written=box.edition.as_written)
    if found is None:
        return None, problems
    fields = box.fields if box.edition.as_written else {}
    found = replace(found, columns=tuple((fields.get(name, name), kind) for name, kind in found.columns))
    problems = refused
    for name, kind in found.columns:
        if not _is_plain(kind):  # its values were fetched as text, because no page could show them
            problems += weighed(problem("query-type", file, field=name, found=kind), box.rules.purpose)
    if box.other and not has_errors(problems):
        with step(file, budget.seconds):
            again, faults = ask(box.other, query, file, budget)
        problems += _difference(found, again, file, ordered=ordered) if again else faults
    return (None if has_errors(problems) else found), problems


def _difference(first: Answer, second: Answer, file: str, *, ordered: bool) -> tuple[Problem, ...]:
    """The first cell that differs; `repr` distinguishes what is equal and written differently, such as 0.0 and -0.0."""
    if len(first.rows) != len(second.rows):
        return (problem("query-unstable", file, rule="rows", found=len(first.rows), other=len(second.rows)),)
    rows, others = (found.rows if ordered else sorted(found.rows, key=repr) for found in (first, second))
    for number, cells in enumerate(zip(rows, others, strict=True), start=1):
        for (name, _), value, other in zip(first.columns, *cells, strict=True):
            if repr(value) != repr(other):
                return (problem("query-unstable", file, row=number, field=name, found=value, other=other),)
    return ()


def ask(
    engine: Engine, query: str, file: str, budget: Budget = Budget(), *, as_written: bool = True
) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The answer of a query that has no refusals, or why there is none. `as_written`: under the names that it gives."""
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        engine.interrupt()

    timer = threading.Timer(budget.seconds, stop)
    timer.start()
    try:
        return _fetched(engine, query, file, budget, as_written)
    except OutOfMemory:
        return None, (problem("query-too-large", file, rule="database", most=shown_size(engine.memory)),)
    except OSError as error:  # what is too large for memory goes to the disk
        return None, (problem("query-too-large", file, reason=error.strerror),)
    except Error as error:
        if stopped.is_set():
            return None, (problem("query-too-slow", file, seconds=f"{budget.seconds:.3g}"),)
        # The query begins in the second line of ours.
        number = str(error).partition("LINE ")[2].partition(":")[0]
        line = max(int(number) - 1, 1) if number.isdigit() else None
        return None, (problem("query-failed", file, line, reason=_first_line(error)),)
    finally:
        timer.cancel()


def _first_line(error: Error) -> str:
    return str(error).strip().splitlines()[0]


def _fetched(
    engine: Engine, query: str, file: str, budget: Budget, as_written: bool
) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The query runs once, into a table; what that holds is measured before it is fetched."""
    try:
        bounded = f"SELECT * FROM (\n{_without_end(query)}\n) AS answer LIMIT {budget.rows + 1}"
        engine.run(f"CREATE TEMP TABLE {_ANSWER} AS {bounded}")
        columns = engine.columns(f"FROM {_ANSWER}")
        found = _too_large(engine, columns, file, budget)
        if found:
            return None, (found,)
        names = ((identifier(name), kind) for name, kind in columns)
        shown = (name if _is_plain(kind) else f"CAST({name} AS VARCHAR)" for name, kind in names)
        rows = tuple(engine.rows(f"SELECT {', '.join(shown)} FROM {_ANSWER}"))
        return Answer(_as_written(engine, query, columns) if as_written else columns, rows), ()
    finally:
        with suppress(Error):
            engine.run(f"DROP TABLE IF EXISTS {_ANSWER}")


def _as_written(engine: Engine, query: str, columns: Columns) -> Columns:
    """The columns under the names that the query gives them. A table has a number behind those that are one without
    regard to case; of names that are the same in every letter the number stays."""
    if not any(_NUMBERED.fullmatch(name) for name, _ in columns):
        return columns
    said = [name for name, _ in engine.columns(f"(\n{_without_end(query)}\n)")]
    return tuple(
        (name if said.count(name) == 1 else held, kind) for name, (held, kind) in zip(said, columns, strict=True)
    )


def _is_plain(kind: str) -> bool:
    """Whether the values of DuckDB's type are texts, numbers, truth values, dates and times, and no more."""
    return not kind.endswith("]") and kind.partition("(")[0] in _PLAIN


def _too_large(engine: Engine, columns: Columns, file: str, budget: Budget) -> Problem | None:
    if len(columns) > budget.columns:
        return problem("query-too-large", file, rule="columns", found=len(columns), most=budget.columns)
    sizes = [f"coalesce(strlen(CAST({identifier(name)} AS VARCHAR)), 0)" for name, _ in columns]
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
