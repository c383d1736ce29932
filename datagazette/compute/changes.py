"""What a release changed: rows added, removed and changed against the release before, by primary key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datagazette.diff.rows import compare_rows, plan_rows, relation
from datagazette.diff.structure import structure_changes
from datagazette.model.publication import Release
from datagazette.model.results import ReleaseChange, SchemaChange, TableChange
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable

# What a reader of the data is told: of the structure, all but descriptions.
_TOLD = ("table", "field", "schema")


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
    keys = (old.table.schema.primary_key, new.table.schema.primary_key)
    plan = plan_rows(relation(engine, old.relation), relation(engine, new.relation), *keys)
    return compare_rows(engine, new.table.name, plan)


def _schema_changes(before: Release, after: Release) -> Iterator[SchemaChange]:
    for one in structure_changes(before, after):
        if one.part not in _TOLD or (one.kind == "changed" and one.bump == "patch"):
            continue
        if one.kind == "renamed":
            yield SchemaChange("removed", one.resource, one.before)
            yield SchemaChange("added", one.resource, one.after)
        elif one.part == "schema":
            yield SchemaChange("changed", one.resource, "", one.what)
        else:
            yield SchemaChange(one.kind, one.resource, one.name, one.what)
