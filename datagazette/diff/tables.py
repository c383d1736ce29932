"""A table before and after: its rows, the sizes of its changes, its form, and what a spreadsheet did to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datagazette.diff.damage import find_damages
from datagazette.diff.outcome import FieldChange, FormChange, LargeChange, TableComparison, Tiers
from datagazette.diff.reading import LINE, Side, written
from datagazette.diff.rows import Relation, RowComparison, compare_rows, is_numeric, is_unique, plan_rows
from datagazette.tables.engine import Engine
from datagazette.tables.sql import identifier

LISTED = 100  # rows of each kind that a report may show
_LARGEST = 20


def compare_tables(engine: Engine, old: Side, new: Side) -> TableComparison:
    """`change` leaves out what a spreadsheet damaged, which is in `damages`."""
    plan = _plan(engine, old, new)
    damages, excused = find_damages(engine, plan, old, new)
    plan = replace(plan, excused=excused)
    change = compare_rows(engine, new.table.name, plan, LISTED)
    fields = tuple(_field_changes(engine, plan)) if plan.key else ()
    large = tuple(_largest(engine, plan, [field.field for field in fields if field.tiers]))
    found = TableComparison(new.table.name, new.table.file, change, old.count, new.count, fields, large, (), damages)
    return replace(found, form=tuple(_form(engine, plan, old, new, found)))


def _plan(engine: Engine, old: Side, new: Side) -> RowComparison:
    """Keys that are not unique, which the check reports, are not used as keys: their rows are compared as a bag."""
    keys = (old.table.schema.primary_key, new.table.schema.primary_key)
    plan = plan_rows(_typed(old), _typed(new), *keys)
    if plan.key and all(is_unique(engine, side.rows.source, plan.key) for side in (old, new)):
        return plan
    return replace(plan, key=())


def _typed(side: Side) -> Relation:
    texts = {name: written(name) for name in side.fields}
    return Relation(side.rows.source, {name: side.rows.types[name] for name in side.fields}, texts)


def _field_changes(engine: Engine, plan: RowComparison) -> Iterator[FieldChange]:
    """One scan over the rows that both tables have."""
    if not plan.rest:
        return
    counts = engine.row(f"SELECT {', '.join(_counted(plan, name) for name in plan.rest)} FROM {plan.joined}")
    for number, name in enumerate(plan.rest):
        cells, rewritten, *tiers = counts[6 * number : 6 * number + 6]
        if cells or rewritten:
            yield FieldChange(name, cells, rewritten, Tiers(*tiers) if any(tiers) else None)


def _counted(plan: RowComparison, name: str) -> str:
    """Six counts: changed, rewritten, and changed numbers by tier."""
    differs = plan.differs(name)
    texts = f"{identifier('a', written(name))} IS DISTINCT FROM {identifier('b', written(name))}"
    same = f"{plan.value('a', name)} IS NOT DISTINCT FROM {plan.value('b', name)}"
    counts = [differs, f"{same} AND {texts}"]
    if is_numeric(plan.old.types[name]) and is_numeric(plan.new.types[name]):
        size, both = _relative(name), f"{differs} AND {_both(name)}"
        far = f"({size} IS NULL OR {size} >= 9 OR sign({identifier('a', name)}) * sign({identifier('b', name)}) < 0)"
        counts += [
            f"{both} AND {far}",
            f"{both} AND NOT {far} AND {size} >= 0.5",
            f"{both} AND NOT {far} AND {size} >= 0.1 AND {size} < 0.5",
            f"{both} AND NOT {far} AND {size} < 0.1",
        ]
    else:
        counts += ["FALSE"] * 4
    return ", ".join(f"count(*) FILTER ({count})" for count in counts)


def _both(name: str) -> str:
    return f"{identifier('a', name)} IS NOT NULL AND {identifier('b', name)} IS NOT NULL"


def _relative(name: str) -> str:
    before, after = (f"CAST({identifier(side, name)} AS DOUBLE)" for side in "ba")
    return f"(abs({after} - {before}) / nullif(abs({before}), 0))"


def _largest(engine: Engine, plan: RowComparison, names: list[str]) -> Iterator[LargeChange]:
    """The changed numbers that changed most, as parts of what they were."""
    if not names:
        return
    keys = ", ".join(identifier("a", name) for name in plan.key)
    parts = " UNION ALL ".join(
        f"SELECT {keys}, {number} AS field, {identifier('b', written(name))} AS before, "
        f"{identifier('a', written(name))} AS after, {_relative(name)} AS size "
        f"FROM {plan.joined} WHERE {plan.differs(name)} AND {_both(name)}"
        for number, name in enumerate(names)
    )
    width = len(plan.key)
    order = ", ".join(map(str, range(1, width + 1)))
    for row in engine.rows(f"SELECT * FROM ({parts}) ORDER BY size DESC NULLS FIRST, field, {order} LIMIT {_LARGEST}"):
        number, before, after, size = row[width:]
        yield LargeChange(row[:width], names[number], before, after, size)


def _form(
    engine: Engine, plan: RowComparison, old: Side, new: Side, found: TableComparison
) -> Iterator[FormChange]:  # fmt: skip
    """What only looks like a change."""
    if old.bytes.byte_order_mark != new.bytes.byte_order_mark:
        before, after = ("BOM" if side.bytes.byte_order_mark else "" for side in (old, new))
        yield FormChange("byte-order-mark", before, after)
    if old.bytes.line_ends != new.bytes.line_ends and old.bytes.line_ends and new.bytes.line_ends:
        yield FormChange("line-ends", old.bytes.line_ends, new.bytes.line_ends)
    if old.layout.dialect.delimiter != new.layout.dialect.delimiter:
        yield FormChange("delimiter", old.layout.dialect.delimiter, new.layout.dialect.delimiter)
    if sorted(old.fields) == sorted(new.fields) and old.fields != new.fields:
        yield FormChange("column-order", ", ".join(old.fields), ", ".join(new.fields))
    moved = _moved_rows(engine, plan)
    if moved:
        yield FormChange("row-order", count=moved)
    rewritten = sum(field.rewritten for field in found.fields)
    if rewritten:
        before, after = _rewritten_example(engine, plan, found)
        yield FormChange("cell-text", before, after, rewritten)
    if found.is_same and not rewritten and old.bytes.quotes != new.bytes.quotes:
        yield FormChange("quotes", str(old.bytes.quotes), str(new.bytes.quotes))


def _moved_rows(engine: Engine, plan: RowComparison) -> int:
    """How many rows of both tables are now before a row that they followed."""
    line = identifier(LINE)
    if not plan.key:
        return 0
    return int(
        engine.row(
            f"SELECT count(*) FILTER (after < earlier) FROM (SELECT a.{line} AS after, "
            f"lag(a.{line}) OVER (ORDER BY b.{line}) AS earlier FROM {plan.joined})"
        )[0]
    )


def _rewritten_example(engine: Engine, plan: RowComparison, found: TableComparison) -> tuple[str, str]:
    name = next(field.field for field in found.fields if field.rewritten)
    o, n = identifier("b", written(name)), identifier("a", written(name))
    row = engine.row(
        f"SELECT coalesce({o}, ''), coalesce({n}, '') FROM {plan.joined} WHERE {n} IS DISTINCT FROM {o} "
        f"AND {plan.value('a', name)} IS NOT DISTINCT FROM {plan.value('b', name)} "
        f"ORDER BY a.{identifier(LINE)} LIMIT 1"
    )
    return str(row[0]), str(row[1])
