"""Cells that SQL cannot judge: the distinct ones are read in Python, and the answers joined back."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from datagazette.isolation import OutOfBounds
from datagazette.model.problems import problem
from datagazette.tables import relation
from datagazette.tables.bounded import allowed, has_risky_pattern, within
from datagazette.tables.cells import DOUBT, JSON_SCHEMA, TYPE, TYPE_BIT, Column, cell_reader, rule_bit, value_key
from datagazette.tables.engine import Engine, Row
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import NEVER
from datagazette.tables.sql import identifier, literal
from datagazette.tables.types.numbers import DOUBLE
from datagazette.validation.counting import OutOfTime, Tally

# Verdict and key of each cell.
_Answers = dict[str, tuple[int, str | None]]


def decide(engine: Engine, table: Prepared, tally: Tally, name: str) -> tuple[Prepared, Tally]:
    """Judges every doubtful cell of the tally. `name` is that of the temporary table for the answers.

    Raises OutOfTime where a pattern or JSON Schema takes too long.
    """
    columns = [column for column in table.columns if column.number in tally.doubtful]
    verdicts = Counter({place: count for place, count in tally.verdicts.items() if place[1] != DOUBT})
    longest = settled = 0
    path = table.scratch / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
        for column_group, batch in _doubtful_cells(engine, table, columns):
            for column in column_group:
                counts = {cell: count for number, cell, count in batch if number == column.number}
                for cell, (verdict, key) in _answers(table, column, list(counts)).items():
                    longest = max(longest, write([column.number, cell, verdict, NEVER if key is None else key]))
                    if verdict:
                        verdicts[column.number, verdict] += counts[cell]
                    else:
                        settled += counts[cell]
    rows = relation.read_clean(
        path, longest, "'_column': 'INTEGER', '_cell': 'VARCHAR', '_verdict': 'BIGINT', '_key': 'VARCHAR'"
    )
    engine.run(f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS SELECT * FROM {rows}")
    decided = replace(table, decided=name, doubtful=tally.doubtful)
    return decided, replace(tally, verdicts=verdicts, decided=tally.doubtful, settled=settled)


def _doubtful_cells(
    engine: Engine, table: Prepared, columns: Sequence[Column]
) -> Iterator[tuple[Sequence[Column], list[Row]]]:
    """One scan for the distinct doubtful cells of a group of columns, in lists of (column number, cell, how many rows
    hold it)."""
    for group in relation.groups(columns):
        selects = ", ".join(
            f"CASE WHEN ({column.verdict}) = {DOUBT} THEN {{'n': {column.number}, 'x': {column.name}}} END"
            for column in group
        )
        cells = f"SELECT unnest([{selects}]) AS d FROM ({table.unplaced or table.suspects})"
        query = f"SELECT d.n, d.x, count(*) FROM ({cells}) WHERE d IS NOT NULL GROUP BY ALL"
        yield from ((group, batch) for batch in engine.batches(query))


def joined(table: Prepared, columns: Sequence[Column], rows: str) -> str:
    """`rows` (the table's relation, or its suspects) with the decided verdicts and keys of `columns` beside
    them, as `d<number>`."""
    joins = "".join(
        f" LEFT JOIN {identifier(table.decided)} AS d{column.number} ON d{column.number}._column = {column.number} "
        f"AND d{column.number}._cell = r.{column.name}"
        for column in {column.number: column for column in columns}.values()  # a key may have a column twice
        if column.number in table.doubtful
    )
    return f"({rows}) AS r{joins}"


def verdict(table: Prepared, column: Column) -> str:
    """The verdict in a query over `joined`."""
    return judged(table, column, column.verdict)


def judged(table: Prepared, column: Column, own: str) -> str:
    """The same, where SQL's own verdict is the expression `own`."""
    return f"coalesce(d{column.number}._verdict, {own})" if column.number in table.doubtful else own


def key(table: Prepared, column: Column) -> str:
    """The key in a query over `joined`: NULL where the cell is missing or no value of its type."""
    own = column.reading.key or "NULL"
    if column.reading.certain != "TRUE":
        own = f"CASE WHEN {column.reading.certain} THEN {own} END"
    if column.number in table.doubtful:
        # Doubles are written by DuckDB alone, so that equal ones have equal texts.
        found = f"d{column.number}._key"
        found = (
            f"CASE WHEN starts_with({found}, {literal(DOUBLE)}) "
            f"THEN CAST(CAST(substr({found}, {len(DOUBLE) + 1}) AS DOUBLE) AS VARCHAR) ELSE {found} END"
        )
        own = f"CASE WHEN d{column.number}._cell IS NOT NULL THEN {found} ELSE {own} END"
    return f"CASE WHEN {column.is_missing} THEN NULL ELSE {own} END"


def _answers(table: Prepared, column: Column, cells: Sequence[str]) -> _Answers:
    """A pattern or JSON Schema that may take very long is tried in a process of its own."""
    if not has_risky_pattern(column.field) and not column.field.constraints.get(JSON_SCHEMA):
        return _judged(column, cells)
    seconds = allowed("PATTERN_SECONDS")
    try:
        return within(seconds, _judged, column, cells) if cells else {}
    except OutOfBounds as error:
        file = table.source.table.schema.file or table.source.table.file
        slow = problem("pattern-too-slow", file, field=column.field.name, seconds=f"{seconds:g}")
        raise OutOfTime(slow) from error


def _judged(column: Column, cells: Sequence[str]) -> _Answers:
    read = cell_reader(column.field, column.missing)
    found = {}
    for cell in cells:
        try:
            value, notes = read(cell)
        except Exception:  # where Frictionless itself would stop, the cell is simply wrong
            value, notes = None, {TYPE: ""}
        verdict = TYPE_BIT if TYPE in notes else 0
        verdict += sum(rule_bit(at) for at, rule in enumerate(column.rules) if rule.name in notes)
        found[cell] = verdict, value_key(column.field, value)
    return found
