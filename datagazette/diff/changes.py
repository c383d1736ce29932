"""Which rows of a table came, went and changed, by a plan of its comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datagazette.diff.rows import RowComparison, in_parts, written
from datagazette.model.results import CellChange, Row, TableChange
from datagazette.tables.engine import Engine
from datagazette.tables.relation import TOGETHER
from datagazette.tables.sql import columns, field_column, identifier

LISTED = 10_000  # rows of each kind
_CELLS = 500_000  # of these rows; of a wide table fewer rows are listed
# The temporary table of the keys of changed rows, where there are many columns.
_CHANGED = "changed_rows"


def compare_rows(engine: Engine, resource: str, plan: RowComparison, listed: int = LISTED) -> TableChange:
    """How many rows came, went and changed, and the first `listed` of each in key order, or as many as have room."""
    listed = min(listed, max(1, _CELLS // max(1, len(plan.shared))))
    counts = [engine.row(f"SELECT count(*) {query}")[0] for query in (plan.added, plan.removed)]
    changed = _changed(engine, plan) if plan.key else 0
    return TableChange(
        resource, counts[0], counts[1], changed, plan.shared, plan.key,
        _rows(engine, plan, "a", plan.added, listed) if counts[0] else (),
        _rows(engine, plan, "b", plan.removed, listed) if counts[1] else (),
        tuple(_cells(engine, plan, listed)) if changed else (),
    )  # fmt: skip


def as_written(engine: Engine, plan: RowComparison, change: TableChange, listed: int) -> TableChange:
    """The same with the texts of the cells in place of their values, where both sides have them and there is a key."""
    if not (plan.key and plan.old.has_texts and plan.new.has_texts):
        return change
    return replace(
        change,
        added_rows=_rows(engine, plan, "a", plan.added, listed, texts=True) if change.added else (),
        removed_rows=_rows(engine, plan, "b", plan.removed, listed, texts=True) if change.removed else (),
        changed_cells=tuple(_cells(engine, plan, listed, texts=True)) if change.changed else (),
    )


def _rows(
    engine: Engine, plan: RowComparison, side: str, query: str, listed: int, *, texts: bool = False
) -> tuple[Row, ...]:
    names = ", ".join(field_column(written(name) if texts else name, side) for name in plan.shared)
    order = ", ".join(field_column(name, side) for name in plan.key) or "ALL"
    return tuple(engine.rows(f"SELECT {names} {query} ORDER BY {order} LIMIT {listed}"))


def _changed(engine: Engine, plan: RowComparison) -> int:
    """How many rows changed. Of many columns, the keys of these rows are in the temporary table `changed_rows`."""
    if len(plan.rest) <= TOGETHER:
        return int(engine.row(f"SELECT count(*) {plan.changed}")[0])
    stored, keys = identifier(_CHANGED), columns(plan.key)
    of_row = ", ".join(field_column(name, "a") for name in plan.key)
    engine.run(f"CREATE OR REPLACE TEMP TABLE {stored} AS SELECT {keys} FROM {plan.new.source} LIMIT 0")
    for _, part in in_parts(engine, plan, plan.rest):
        engine.run(f"INSERT INTO {stored} SELECT {of_row} {part.changed}")
    engine.run(f"CREATE OR REPLACE TEMP TABLE {stored} AS SELECT DISTINCT {keys} FROM {stored}")
    return int(engine.row(f"SELECT count(*) FROM {stored}")[0])


def _cells(engine: Engine, plan: RowComparison, listed: int, *, texts: bool = False) -> Iterator[CellChange]:
    """The changed cells of the first changed rows, which have been counted."""
    order = ", ".join(field_column(name, "a") for name in plan.key)
    if len(plan.rest) <= TOGETHER:
        rows = _cells_of_rows(engine, plan, f"{plan.changed} ORDER BY {order} LIMIT {listed}", "0", texts=texts)
        return (change for _, change in rows)
    keys = columns(plan.key)
    places = f"row_number() OVER (ORDER BY {keys})"
    first = f"SELECT {keys}, {places} AS place FROM {identifier(_CHANGED)} ORDER BY place LIMIT {listed}"
    same = " AND ".join(f"{field_column(name, 'a')} = {field_column(name, 'f')}" for name in plan.key)
    found: list[tuple[int, CellChange]] = []
    for _, part in in_parts(engine, plan, plan.rest):
        found += _cells_of_rows(
            engine, part, f"FROM {part.joined} JOIN ({first}) AS f ON {same}", "f.place", texts=texts
        )
    found.sort(key=lambda pair: pair[0])
    return (change for _, change in found)


def _cells_of_rows(
    engine: Engine, plan: RowComparison, rows: str, place: str, *, texts: bool
) -> Iterator[tuple[int, CellChange]]:
    """The changed cells of some `rows`, FROM and what follows it, each with the place of its row, an expression."""

    def cell(side: str, name: str) -> str:
        return field_column(written(name) if texts else name, side)

    keys = ", ".join(cell("a", name) for name in plan.key)
    cells = "".join(f", {cell('b', name)}, {cell('a', name)}, {plan.differs(name)}" for name in plan.rest)
    width = len(plan.key)
    for at, *row in engine.rows(f"SELECT {place}, {keys}{cells} {rows}"):
        for number, name in enumerate(plan.rest):
            before, after, differs = row[width + 3 * number : width + 3 * number + 3]
            if differs:
                yield at, CellChange(tuple(row[:width]), name, before, after)
