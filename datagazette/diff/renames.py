"""Whether a column that has another name is the same column: its values say so, where both tables have rows to compare.

A field that went and one of its type that came in its place are a rename by their place alone. One measure that takes
the place of another looks the same, and is none: most of its values are others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datagazette.diff.rows import Relation, RowComparison, plan_rows
from datagazette.diff.structure import renamed_fields
from datagazette.model.resource import Schema
from datagazette.tables.engine import Engine
from datagazette.tables.relation import groups
from datagazette.tables.sql import count_of, field_column

_TOGETHER = 50  # columns of one query


def renamed_columns(
    engine: Engine, before: Schema, after: Schema, old: Relation, new: Relation
) -> dict[str, str]:  # fmt: skip
    """The new name by the earlier one: of `renamed_fields` those of which at least half of the values are the same.
    Where there is nothing to compare, the place decides."""
    found = renamed_fields(before.fields, after.fields)
    there = [(was, now) for was, now in found.items() if was in old.types and now in new.types]
    in_key = [(was, now) for was, now in there if was in before.primary_key or now in after.primary_key]
    wrong = [pair for pair in in_key if not _has_same_values(engine, old, new, *pair)]
    names = {was: now for was, now in in_key if (was, now) not in wrong}
    key = [names.get(name, name) for name in before.primary_key]
    plan = plan_rows(old.renamed(names), new, key, after.primary_key)
    rest = [pair for pair in there if pair not in in_key]
    if plan.key:
        wrong += _other_cells(engine, plan, rest)
    else:
        wrong += [pair for pair in rest if not _has_same_values(engine, old, new, *pair)]
    return {was: now for was, now in found.items() if (was, now) not in wrong}


def _has_same_values(engine: Engine, old: Relation, new: Relation, was: str, now: str) -> bool:
    """Whether at least half of the distinct values of the column that has fewer are in the other one."""
    sides = [
        f"(SELECT DISTINCT CAST({field_column(name)} AS VARCHAR) AS v FROM {side.source} "
        f"WHERE {field_column(name)} IS NOT NULL)"
        for side, name in ((old, was), (new, now))
    ]
    sizes = [engine.row(f"SELECT count(*) FROM {side}")[0] for side in sides]
    shared = engine.row(f"SELECT count(*) FROM {sides[0]} SEMI JOIN {sides[1]} USING (v)")[0]
    return bool(shared * 2 >= min(sizes))


def _other_cells(
    engine: Engine, plan: RowComparison, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """The pairs of columns of which less than half of the cells are the same in the rows that both tables have."""
    for group in groups(pairs, _TOGETHER):
        counts = []
        for was, now in group:
            cells = [f"CAST({field_column(name, side)} AS VARCHAR)" for name, side in ((was, "b"), (now, "a"))]
            filled = f"({cells[0]} IS NOT NULL OR {cells[1]} IS NOT NULL)"
            counts += [count_of(f"{cells[0]} = {cells[1]}"), count_of(filled)]
        found = engine.row(f"SELECT {', '.join(counts)} FROM {plan.joined}")
        yield from (
            pair for pair, same, filled in zip(group, found[0::2], found[1::2], strict=True) if same * 2 < filled
        )
