"""What a release changed: rows added, removed and changed against the release before, by primary key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from publisher.engine import Engine
from publisher.model import Field, Release, Schema
from publisher.results import CellChange, ReleaseChange, SchemaChange, TableChange
from publisher.sql import columns, identifier
from publisher.tables import TypedTable

_LISTED = 10_000  # rows of each kind


def compare_releases(
    engine: Engine,
    before: Release,
    after: Release,
    old: Mapping[str, TypedTable],
    new: Mapping[str, TypedTable],
) -> ReleaseChange:
    """The changes of every table that both releases have, and of their schemas. Typed tables by resource name."""
    tables = tuple(_compare_tables(engine, old[name], new[name]) for name in sorted(old.keys() & new.keys()))
    return ReleaseChange(before, tables, tuple(_schema_changes(before, after)))


def _compare_tables(engine: Engine, old: TypedTable, new: TypedTable) -> TableChange:
    shared = [field.name for field in new.table.schema.fields if old.table.schema.field(field.name)]
    key = [name for name in new.table.schema.primary_key if name in shared]
    if not key or key != list(old.table.schema.primary_key):
        return _compare_bags(engine, old, new, shared)
    return _compare_keyed(engine, old, new, shared, key)


def _compare_bags(engine: Engine, old: TypedTable, new: TypedTable, shared: list[str]) -> TableChange:
    names = columns(shared)
    added = f"SELECT {names} FROM {new.relation} EXCEPT ALL SELECT {names} FROM {old.relation}"
    removed = f"SELECT {names} FROM {old.relation} EXCEPT ALL SELECT {names} FROM {new.relation}"
    counts = [engine.row(f"SELECT count(*) FROM ({query})")[0] for query in (added, removed)]
    rows = [engine.rows(f"SELECT * FROM ({query}) ORDER BY ALL LIMIT {_LISTED}") for query in (added, removed)]
    return TableChange(new.table.name, counts[0], counts[1], 0, tuple(shared), (), tuple(rows[0]), tuple(rows[1]))


def _compare_keyed(engine: Engine, old: TypedTable, new: TypedTable, shared: list[str], key: list[str]) -> TableChange:
    using = f"USING ({columns(key)})"
    order = columns(key)
    added = f"FROM {new.relation} AS a ANTI JOIN {old.relation} AS b {using}"
    removed = f"FROM {old.relation} AS a ANTI JOIN {new.relation} AS b {using}"
    rest = [name for name in shared if name not in key]
    differ = " OR ".join(f"{identifier('b', name)} IS DISTINCT FROM {identifier('a', name)}" for name in rest)
    changed = f"FROM {new.relation} AS a JOIN {old.relation} AS b {using} WHERE {differ or 'FALSE'}"
    counts = [engine.row(f"SELECT count(*) {query}")[0] for query in (added, removed, changed)]
    names = ", ".join(identifier("a", name) for name in shared)

    def rows(query: str) -> tuple[tuple[object, ...], ...]:
        return tuple(engine.rows(f"SELECT {names} {query} ORDER BY {order} LIMIT {_LISTED}"))

    return TableChange(
        new.table.name, counts[0], counts[1], counts[2], tuple(shared), tuple(key),
        rows(added), rows(removed), tuple(_cells(engine, changed, key, rest)),  # type: ignore[arg-type]
    )  # fmt: skip


def _cells(engine: Engine, changed: str, key: list[str], rest: list[str]) -> Iterator[CellChange]:
    pairs = "".join(f", {identifier('b', name)}, {identifier('a', name)}" for name in rest)
    found = engine.rows(f"SELECT {columns(key)}{pairs} {changed} ORDER BY {columns(key)} LIMIT {_LISTED}")
    for row in found:
        for number, name in enumerate(rest):
            before, after = row[len(key) + 2 * number : len(key) + 2 * number + 2]
            if before != after:
                yield CellChange(row[: len(key)], name, before, after)


def _schema_changes(before: Release, after: Release) -> Iterator[SchemaChange]:
    old = {table.name: table.schema for table in before.tables}
    new = {table.name: table.schema for table in after.tables}
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield SchemaChange("added", name)
        elif name not in new:
            yield SchemaChange("removed", name)
        else:
            yield from _field_changes(name, old[name], new[name])


def _field_changes(resource: str, old: Schema, new: Schema) -> Iterator[SchemaChange]:
    for field in new.fields:
        earlier = old.field(field.name)
        if earlier is None:
            yield SchemaChange("added", resource, field.name)
        else:
            yield from _constraint_changes(resource, earlier, field)
    for field in old.fields:
        if new.field(field.name) is None:
            yield SchemaChange("removed", resource, field.name)
    if old.primary_key != new.primary_key:
        yield SchemaChange("changed", resource, "", "primaryKey")


def _constraint_changes(resource: str, old: Field, new: Field) -> Iterator[SchemaChange]:
    for key in ("type", "format"):
        if getattr(old, key) != getattr(new, key):
            yield SchemaChange("changed", resource, new.name, key)
    for key in sorted(set(old.constraints) | set(new.constraints)):
        if old.constraints.get(key) != new.constraints.get(key):
            yield SchemaChange("changed", resource, new.name, key)
