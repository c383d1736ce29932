"""Why cells are empty: what was written in them, in a Parquet file beside the typed table, where they are NULL.

The file has the rows of the typed table in the same order, and a column for each field whose missing values have
labels: the text of a cell without a value, and NULL of a cell with one. A table without such fields has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from datagazette.model.resource import Field, Schema
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import groups
from datagazette.tables.sql import columns, field_column, identifier, literal

# What is written in the cells of one field, with its counts, the most frequent first.
Counts = tuple[tuple[str, int], ...]


def statuses_of(parquet: Path) -> Path:
    """Where the statuses of a typed table are."""
    return parquet.with_name(f"{parquet.name}.statuses")


def _statuses(parquet: Path) -> str:
    """The relation of the statuses of a typed table."""
    return f"read_parquet({literal(str(statuses_of(parquet)))})"


def status_texts(opened: Prepared) -> list[str]:
    """What is selected of the rows of a CSV for them."""
    found = []
    for field in opened.source.table.schema.explained:
        at = opened.positions.get(field.name)
        text = "''"
        if at is not None:
            held = opened.columns[at]
            text = f"CASE WHEN {held.is_missing} THEN coalesce({held.name}, '') END"
        found.append(f"{text} AS {field_column(field.name)}")
    return found


def beside(parquet: Path, schema: Schema) -> tuple[str, dict[str, str]]:
    """A relation of a typed table with its statuses, and the name that each of their columns has there, by field."""
    typed = f"read_parquet({literal(str(parquet))})"
    if not schema.explained:
        return typed, {}
    names = {field.name: identifier(f"\x02{field.name}") for field in schema.explained}
    named = ", ".join(f"{field_column(name)} AS {held}" for name, held in names.items())
    statuses = f"(SELECT {named} FROM {_statuses(parquet)})"
    return f"{typed} POSITIONAL JOIN {statuses}", names


def count_statuses(engine: Engine, parquet: Path, schema: Schema) -> dict[str, Counts]:
    """How often each text is in the cells without a value, by field."""
    relation = _statuses(parquet)
    found: dict[str, Counts] = {}
    for field in schema.explained:
        name = field_column(field.name)
        found[field.name] = tuple(
            (str(text), int(times))
            for text, times in engine.rows(
                f"SELECT {name}, count(*) AS times FROM {relation} WHERE {name} IS NOT NULL"
                f" GROUP BY ALL ORDER BY times DESC, {name}"
            )
        )
    return found


def first_statuses(
    engine: Engine, parquet: Path, schema: Schema, fields: Sequence[Field], most: int
) -> tuple[tuple[str | None, ...], ...]:
    """Those of the first rows, one for each of the fields; nothing where no field has any."""
    if not schema.explained:
        return ()
    explained = {field.name for field in schema.explained}
    parts = [field_column(field.name) if field.name in explained else "NULL" for field in fields]
    relation = _statuses(parquet)
    rows = engine.rows(f"SELECT {', '.join(parts)} FROM {relation} LIMIT {most}")
    return tuple(tuple(None if text is None else str(text) for text in row) for row in rows)


def marked_cells(engine: Engine, parquet: Path, schema: Schema) -> Iterator[tuple[str, str, tuple[object, ...]]]:
    """(field, text, key of the row) of each empty cell of these fields, in the order of the file; the key is the row's
    number, from 1, in a table without one."""
    relation, names = beside(parquet, schema)
    key = columns(schema.primary_key) or '"\x02row"'
    numbered = f"(SELECT *, row_number() OVER () AS {identifier(chr(2) + 'row')} FROM {relation})"
    for group in groups(list(names)):
        for name in group:
            query = f"SELECT {names[name]}, {key} FROM {numbered} WHERE {names[name]} IS NOT NULL"
            for text, *values in engine.rows(query):
                yield name, str(text), tuple(values)
