"""Cells that SQL cannot judge: the distinct ones are read in Python, and the answers joined back."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from datagazette.isolation import OutOfBounds
from datagazette.tables import relation
from datagazette.tables.bounded import allowed, has_risky_pattern, within
from datagazette.tables.cells import (
    DOUBT,
    JSON_SCHEMA,
    TYPE,
    TYPE_BIT,
    Column,
    Notes,
    TooSlow,
    cell_reader,
    rule_bit,
    value_key,
)
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import NEVER
from datagazette.tables.sql import identifier, literal
from datagazette.tables.types.numbers import DOUBLE
from datagazette.validation.counting import Tally


def decide(engine: Engine, table: Prepared, tally: Tally, name: str) -> tuple[Prepared, Tally]:
    """Judges every doubtful cell of the tally. `name` is that of the temporary table for the answers."""
    columns = [column for column in table.columns if column.number in tally.doubtful]
    if not columns:
        return table, tally
    path = table.scratch / f"{name}.csv"
    verdicts = {key: count for key, count in tally.verdicts.items() if key[1] != DOUBT}
    longest = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
        for number, cell, count, verdict, key in _answers(engine, table, columns):
            longest = max(longest, write([number, cell, verdict, NEVER if key is None else key]))
            if verdict:
                verdicts[number, verdict] = verdicts.get((number, verdict), 0) + count
    _store(engine, path, name, longest)
    decided = replace(table, decided=name, doubtful=tally.doubtful)
    return decided, replace(tally, verdicts=verdicts, decided=tally.doubtful)


def joined(table: Prepared, columns: Sequence[Column], rows: str) -> str:
    """`rows` (the table's relation, or its suspects) with the decided verdicts and keys of `columns` beside
    them, as `d<number>`."""
    joins = "".join(
        f" LEFT JOIN {identifier(table.decided)} AS d{column.number} ON d{column.number}._column = {column.number} "
        f"AND d{column.number}._cell = r.{column.name}"
        for column in columns
        if column.number in table.doubtful
    )
    return f"({rows}) AS r{joins}"


def verdict(table: Prepared, column: Column) -> str:
    """The verdict in a query over `joined`."""
    if column.number in table.doubtful:
        return f"coalesce(d{column.number}._verdict, {column.verdict})"
    return column.verdict


def key(table: Prepared, column: Column) -> str:
    """The key in a query over `joined`: NULL where the cell is missing or no value of its type."""
    own = column.reading.key or "NULL"
    certain = column.reading.certain
    if certain != "TRUE":
        own = f"CASE WHEN {certain} THEN {own} END"
    if column.number in table.doubtful:
        own = f"CASE WHEN d{column.number}._cell IS NOT NULL THEN {_decided_key(column.number)} ELSE {own} END"
    return f"CASE WHEN {column.is_missing} THEN NULL ELSE {own} END"


def _decided_key(number: int) -> str:
    """Doubles are written by DuckDB alone, so that equal ones have equal texts."""
    written = f"d{number}._key"
    return (
        f"CASE WHEN starts_with({written}, {literal(DOUBLE)}) "
        f"THEN CAST(CAST(substr({written}, {len(DOUBLE) + 1}) AS DOUBLE) AS VARCHAR) ELSE {written} END"
    )


def _answers(
    engine: Engine, table: Prepared, columns: Sequence[Column]
) -> Iterator[tuple[int, str, int, int, str | None]]:
    """(column, cell, how often, verdict, key) for each distinct doubtful cell."""
    by_number = {column.number: column for column in columns}
    for batch in engine.batches(doubtful_cells(table, columns)):
        told = {number: _told(by_number[number], [cell for at, cell, _ in batch if at == number])
                for number in {number for number, _, _ in batch}}  # fmt: skip
        for number, cell, count in batch:
            verdict, key = told[number][cell]
            yield number, cell, count, verdict, key


def _told(column: Column, cells: Sequence[str]) -> dict[str, tuple[int, str | None]]:
    """Verdict and key of each cell. A pattern or JSON Schema that may take very long is tried in a process of its own.

    Raises TooSlow where its time runs out.
    """
    if not has_risky_pattern(column.field) and not column.field.constraints.get(JSON_SCHEMA):
        return _judged(column, cells)
    seconds = allowed("PATTERN_SECONDS")
    try:
        return within(seconds, _judged, column, cells)
    except OutOfBounds as error:
        raise TooSlow(column.field, seconds) from error


def _judged(column: Column, cells: Sequence[str]) -> dict[str, tuple[int, str | None]]:
    read = cell_reader(column.field, column.missing)
    found = {}
    for cell in cells:
        try:
            value, notes = read(cell)
        except Exception:  # where Frictionless itself would stop, the cell is simply wrong
            value, notes = None, {TYPE: ""}
        found[cell] = (_verdict(column, notes), value_key(column.field, value))
    return found


def doubtful_cells(table: Prepared, columns: Sequence[Column]) -> str:
    """One scan for the distinct doubtful cells of all columns, with how often each stands in a row that counts."""
    selects = [
        f"CASE WHEN ({column.verdict}) = {DOUBT} THEN {{'n': {column.number}, 'x': {column.name}}} END"
        for column in columns
    ]
    return (
        f"SELECT d.n, d.x, count(*) FROM (SELECT unnest([{', '.join(selects)}]) AS d FROM ({table.suspects})) "
        "WHERE d IS NOT NULL GROUP BY ALL"
    )


def _verdict(column: Column, notes: Notes) -> int:
    found = TYPE_BIT if TYPE in notes else 0
    return found + sum(rule_bit(at) for at, rule in enumerate(column.rules) if rule.name in notes)


def _store(engine: Engine, path: Path, name: str, longest: int) -> None:
    columns = "'_column': 'INTEGER', '_cell': 'VARCHAR', '_verdict': 'BIGINT', '_key': 'VARCHAR'"
    rows = relation.read_clean(path, longest, columns)
    engine.run(f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS SELECT * FROM {rows}")
