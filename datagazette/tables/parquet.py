"""Typed tables: each checked CSV as a Parquet file that every later stage reads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from datagazette.model.problems import Problem, problem, summarised
from datagazette.model.publication import Field, Release, Table
from datagazette.model.results import FieldProfile, Row, TableResult, Value
from datagazette.tables.engine import Engine
from datagazette.tables.sql import columns, identifier, literal
from datagazette.tables.typed import typed_select

PREVIEW_ROWS = 20
_TOP = 5
# Types whose values have a least and a greatest that mean something to a reader.
_ORDERED = frozenset({"integer", "number", "date", "time", "datetime", "year", "yearmonth"})


@dataclass(frozen=True)
class TypedTable:
    """A table and the Parquet file with its typed rows, in the CSV's order."""

    table: Table
    parquet: Path

    @property
    def relation(self) -> str:
        return f"read_parquet({literal(str(self.parquet))})"


def tabulate(engine: Engine, table: Table, csv: Path, parquet: Path) -> TypedTable:
    """Writes a CSV that has passed its check as Parquet with the types of its schema."""
    parquet.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".rows-", dir=parquet.parent) as folder:
        select = typed_select(table, csv, engine, Path(folder) / "rows.csv")
        engine.run(f"COPY ({select}) TO {literal(str(parquet))} (FORMAT parquet)")
    return TypedTable(table, parquet)


def describe_table(engine: Engine, typed: TypedTable) -> TableResult:
    """Counts, profiles and the first rows of a typed table."""
    rows = engine.row(f"SELECT count(*) FROM {typed.relation}")[0]
    names = columns(field.name for field in typed.table.schema.fields)
    preview = engine.rows(f"SELECT {names} FROM {typed.relation} LIMIT {PREVIEW_ROWS}")
    profiles = tuple(_profile(engine, typed, field, rows) for field in typed.table.schema.fields)
    return TableResult(typed.table, rows, profiles, tuple(map(tuple, preview)), str(typed.parquet))


def _profile(engine: Engine, typed: TypedTable, field: Field, rows: int) -> FieldProfile:
    name = identifier(field.name)
    least = f"min({name}), max({name})" if field.type in _ORDERED else "NULL, NULL"
    count, distinct, minimum, maximum = engine.row(
        f"SELECT count({name}), count(DISTINCT {name}), {least} FROM {typed.relation}"
    )
    top = engine.rows(
        f"SELECT {name}, count(*) AS times FROM {typed.relation} WHERE {name} IS NOT NULL"
        f" GROUP BY ALL ORDER BY times DESC, {name} LIMIT {_TOP}"
    )
    return FieldProfile(field, count, rows - count, distinct, minimum, maximum,
                        tuple((value, times) for value, times in top))  # fmt: skip


def all_rows(engine: Engine, typed: TypedTable) -> Iterator[Row]:
    """Every row, a batch in memory at a time."""
    names = columns(field.name for field in typed.table.schema.fields)
    for batch in engine.batches(f"SELECT {names} FROM {typed.relation}"):
        yield from batch


def key_text(fields: Iterable[str]) -> str:
    """SQL for a row's key as notes and figures write it: the key's values joined by `|`."""
    return "concat_ws('|', " + ", ".join(f"CAST({identifier(name)} AS VARCHAR)" for name in fields) + ")"


def row_of(engine: Engine, typed: TypedTable, key: str) -> dict[str, Value] | None:
    """The one row with this primary key, by field name."""
    schema = typed.table.schema
    if not schema.primary_key:
        return None
    names = [field.name for field in schema.fields]
    found = engine.rows(
        f"SELECT {columns(names)} FROM {typed.relation} WHERE {key_text(schema.primary_key)} = ? LIMIT 2",
        [key],
    )
    return dict(zip(names, found[0], strict=True)) if len(found) == 1 else None


def check_notes(engine: Engine, release: Release, typed: dict[str, TypedTable]) -> tuple[Problem, ...]:
    """Notes whose key is not a row's; each table is asked once for the keys of all its notes."""
    asked: dict[str, set[str]] = {}
    for note in release.notes:
        asked.setdefault(note.resource, set()).add(note.key)
    found = {name: _single_rows(engine, typed[name], keys) for name, keys in asked.items() if name in typed}
    return summarised(
        problem("notes-key", f"{release.folder}/notes.csv", note.line, resource=note.resource, key=note.key)
        for note in release.notes
        if note.key not in found.get(note.resource, ())
    )


def _single_rows(engine: Engine, typed: TypedTable, keys: set[str]) -> set[str]:
    """Which of the keys one row has, and only one."""
    if not typed.table.schema.primary_key:
        return set()
    written = key_text(typed.table.schema.primary_key)
    rows = engine.rows(
        f"SELECT key FROM (SELECT {written} AS key FROM {typed.relation}) "
        "SEMI JOIN (SELECT unnest(CAST(? AS VARCHAR[])) AS key) AS asked USING (key) GROUP BY key HAVING count(*) = 1",
        [sorted(keys)],
    )
    return {str(row[0]) for row in rows}
