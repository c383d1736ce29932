"""Two files of one table: what became of its rows, columns and cells, and what only looks like a change."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from datagazette.diff.changes import as_written, compare_rows
from datagazette.diff.damage import PAIRS, find_damages
from datagazette.diff.outcome import (
    TINY,
    BrokenKey,
    ColumnChange,
    Damage,
    FieldChange,
    FormChange,
    KeyChange,
    LargeChange,
    TableComparison,
    Tiers,
)
from datagazette.diff.patterns import find_pattern
from datagazette.diff.rekeyed import pair_keys
from datagazette.diff.renames import renamed_columns
from datagazette.diff.rows import (
    LINE,
    Relation,
    RowComparison,
    Side,
    broken_lines,
    in_parts,
    is_numeric,
    is_unique,
    plan_rows,
    written,
)
from datagazette.diff.same_moment import is_same_moment
from datagazette.model.resource import Table
from datagazette.tables.engine import Engine
from datagazette.tables.relation import groups
from datagazette.tables.sql import count_of, field_column

# Names of columns with codes and coordinates.
_NO_AMOUNT = re.compile(
    r"(?i)(^|[^a-z])(id|code|status|class|category|type|lat|lon|lng|long|latitude|longitude|easting|northing)([^a-z]|$)"
    r"|代码|编码|编号|状态|类别|经度|纬度"
)
_JSON = ("object", "array", "geojson")
_LISTED = 100  # rows of each kind that a report may show
_LARGEST = 20
_COUNTS = 10  # of a column in one scan
_TOGETHER = 20  # columns of one scan: with more it takes longer to plan than several scans
_SHOWN = 5  # values of a new column


def compare_tables(engine: Engine, old: Side, new: Side, *, intended: bool = False) -> TableComparison:
    """`change` leaves out what a spreadsheet damaged, which is in `damages`. `intended` as in `find_damages`."""
    every = renamed_columns(engine, old.table.schema, new.table.schema, old.rows, new.rows)
    renamed = {was: now for was, now in every.items() if was in old.rows.types and now in new.rows.types}
    old = replace(old, rows=old.rows.renamed(renamed))
    key = [renamed.get(name, name) for name in old.table.schema.primary_key]
    plan = plan_rows(old.rows, new.rows, key, new.table.schema.primary_key)
    # Keys that are not unique, which the check reports, are not used as keys: their rows are compared as a bag.
    broken = tuple(_broken_keys(engine, plan))
    if broken:
        plan = replace(plan, key=())
    damages, excused = find_damages(engine, plan, old, new, intended=intended)
    plan = replace(plan, excused=excused)
    keys: tuple[KeyChange, ...] = ()
    if not any(damage.field in plan.key for damage in damages):
        plan, keys = pair_keys(engine, plan)
        damages += tuple(
            Damage("text-garbled", key.field, key.rows, key.before, key.after, key.line)
            for key in keys if key.kind == "garbled"
        )  # fmt: skip
        keys = tuple(key for key in keys if key.kind != "garbled")
    same = {**_same_moments(engine, plan), **_same_json(engine, plan, new.table)}
    plan = replace(plan, excused=replace(excused, written=same))
    change = compare_rows(engine, new.table.name, plan, _LISTED)
    fields = tuple(_field_changes(engine, plan, new.table)) if plan.key and plan.rest else ()
    numbers = [field.field for field in fields if field.tiers]
    large = tuple(_largest(engine, plan, numbers)) if numbers else ()
    columns = tuple(_column_changes(engine, plan, renamed))
    found = TableComparison(new.table.name, new.table.file, change, old.count, new.count, fields, large, (), damages,
                            keys, columns, as_written(engine, plan, change, _LISTED), broken, every)  # fmt: skip
    return replace(found, form=tuple(_form(engine, plan, old, new, found)))


def _broken_keys(engine: Engine, plan: RowComparison) -> Iterator[BrokenKey]:
    sides: tuple[tuple[Literal["before", "after"], Relation], ...] = (("before", plan.old), ("after", plan.new))
    for side, rows in sides if plan.key else ():
        if not is_unique(engine, rows.source, plan.key):
            yield BrokenKey(side, tuple(plan.key), broken_lines(engine, rows.source, plan.key))


def _is_amount(table: Table, name: str) -> bool:
    """Whether a part of its earlier value says something of a changed number: not of a code and not of a place."""
    schema = table.schema
    field = next((field for field in schema.fields if field.name == name), None)
    if field is None:
        return True
    coded = bool(field.categories) or "enum" in field.constraints or field.type == "year"
    referring = any(name in key.fields for key in schema.foreign_keys)
    return not (coded or referring or _NO_AMOUNT.search(name))


def _same_moments(engine: Engine, plan: RowComparison) -> dict[str, str]:
    """By text column that has some: the condition of cells that are the same moment, written in another way."""
    texts = [name for name in plan.rest if plan.old.types[name] == plan.new.types[name] == "VARCHAR"]
    if not plan.key or not texts:
        return {}
    # Few texts look like a moment, and to ask DuckDB for all of its forms takes a while for each column.
    likely = {
        name: " AND ".join(f"regexp_matches({field_column(name, side)}, '^[0-9].*[-/.年]')" for side in "ba")
        for name in texts
    }
    counts = _changed(engine, plan, likely)
    same = {name: is_same_moment(field_column(name, "b"), field_column(name, "a")) for name in texts if counts[name]}
    counts = _changed(engine, plan, same)
    return {name: condition for name, condition in same.items() if counts[name]}


def _same_json(engine: Engine, plan: RowComparison, table: Table) -> dict[str, str]:
    """By column of JSON that has some: the condition of cells that differ in the spaces between their parts alone."""
    kinds = {field.name: field.type for field in table.schema.fields}
    names = [name for name in plan.rest if kinds.get(name) in _JSON
             and plan.old.types[name] == plan.new.types[name] == "VARCHAR"] if plan.key else []  # fmt: skip
    same = {name: f"({_without_spaces(field_column(name, 'b'))} = {_without_spaces(field_column(name, 'a'))})"
            for name in names}  # fmt: skip
    counts = _changed(engine, plan, same)
    return {name: condition for name, condition in same.items() if counts[name]}


def _without_spaces(cell: str) -> str:
    return f"CASE WHEN json_valid({cell}) THEN CAST(json({cell}) AS VARCHAR) END"


def _changed(engine: Engine, plan: RowComparison, conditions: Mapping[str, str]) -> dict[str, int]:
    """How many changed cells of each column meet its condition."""
    found: dict[str, int] = {}
    for group, part in in_parts(engine, plan, list(conditions)) if conditions else ():
        counted = (count_of(f"{part.differs(name)} AND {conditions[name]}") for name in group)
        found |= zip(group, engine.row(f"SELECT {', '.join(counted)} FROM {part.joined}"), strict=True)
    return found


def _column_changes(engine: Engine, plan: RowComparison, renamed: Mapping[str, str]) -> Iterator[ColumnChange]:
    """The columns of one file only, with their values, and those that have another name."""
    for was, now in renamed.items():
        yield ColumnChange("renamed", was, after=now)
    for kind, side, other in (("added", plan.new, plan.old), ("removed", plan.old, plan.new)):
        for name in side.types:
            if name in other.types:
                continue
            text = field_column(written(name))
            (cells,) = engine.row(f"SELECT count(*) FROM {side.source} WHERE {text} <> ''")
            listed = ", ".join([*(field_column(written(key)) for key in plan.key), text])
            rows = engine.rows(
                f"SELECT {listed} FROM {side.source} WHERE {text} <> '' ORDER BY {field_column(LINE)} LIMIT 5"
            )
            yield ColumnChange(kind, name, cells, tuple(rows))


def _field_changes(engine: Engine, plan: RowComparison, table: Table) -> Iterator[FieldChange]:
    """One scan over the rows that both tables have, and a few over the columns that changed as a whole."""
    repaired = engine.row(f"SELECT count(*) FROM {PAIRS} WHERE repaired")[0] > 0
    scans = ((group, part) for names, part in in_parts(engine, plan, plan.rest) for group in groups(names, _TOGETHER))
    for group, part in scans:
        counted = ", ".join(_counted(part, name, repaired=repaired) for name in group)
        rows, *counts = engine.row(f"SELECT count(*), {counted} FROM {part.joined}")
        for number, name in enumerate(group):
            cells, rewritten, emptied, filled, repaired, *tiers = counts[_COUNTS * number : _COUNTS * (number + 1)]
            if cells or rewritten:
                sizes = Tiers(*tiers) if any(tiers) and _is_amount(table, name) else None
                found = FieldChange(name, cells, rewritten, sizes, emptied, filled, repaired, rows)
                yield replace(found, pattern=find_pattern(engine, part, found))


def _counted(plan: RowComparison, name: str, *, repaired: bool) -> str:
    """The counts of a FieldChange: changed, rewritten, emptied, filled, repaired, and changed numbers by tier.
    `repaired`: whether there are texts whose encoding is right now."""
    differs, before, after = plan.differs(name), field_column(name, "b"), field_column(name, "a")
    texts = f"({field_column(written(name), 'b')}, {field_column(written(name), 'a')})"
    counts = [
        differs,
        plan.is_rewritten(name),
        f"{differs} AND {before} IS NOT NULL AND {after} IS NULL",
        f"{differs} AND {before} IS NULL AND {after} IS NOT NULL",
        f"{differs} AND {texts} IN (SELECT (o, n) FROM {PAIRS} WHERE repaired)" if repaired else "FALSE",
    ]
    if is_numeric(plan.old.types[name]) and is_numeric(plan.new.types[name]):
        size, both = _relative(name), f"{differs} AND {_both(name)}"
        far = f"({size} IS NULL OR {size} >= 9 OR sign({after}) * sign({before}) < 0)"
        near = f"{both} AND NOT {far}"
        bounds = (f"{size} >= 0.5", f"{size} >= 0.1 AND {size} < 0.5", f"{size} >= {TINY} AND {size} < 0.1",
                  f"{size} < {TINY}")  # fmt: skip
        counts += [f"{both} AND {far}", *(f"{near} AND {bound}" for bound in bounds)]
    else:
        counts += ["FALSE"] * 5
    return ", ".join(map(count_of, counts))


def _both(name: str) -> str:
    return f"{field_column(name, 'a')} IS NOT NULL AND {field_column(name, 'b')} IS NOT NULL"


def _relative(name: str) -> str:
    before, after = (f"CAST({field_column(name, side)} AS DOUBLE)" for side in "ba")
    return f"(abs({after} - {before}) / nullif(abs({before}), 0))"


def _largest(engine: Engine, plan: RowComparison, names: list[str]) -> Iterator[LargeChange]:
    """The changed numbers that changed most, as parts of what they were."""
    width, found = len(plan.key), list[LargeChange]()
    keys = ", ".join(field_column(name, "a") for name in plan.key)
    order = ", ".join(map(str, range(1, width + 1)))
    for group, part in in_parts(engine, plan, names):
        changes = ", ".join(
            f"CASE WHEN {part.differs(name)} AND {_both(name)} THEN struct_pack(field := {number}, "
            f"before := {field_column(written(name), 'b')}, after := {field_column(written(name), 'a')}, "
            f"size := {_relative(name)}) END"
            for number, name in enumerate(group)
        )
        for row in engine.rows(
            f"SELECT * EXCLUDE (change), change.field, change.before, change.after, change.size "
            f"FROM (SELECT {keys}, unnest([{changes}]) AS change FROM {part.joined}) WHERE change IS NOT NULL "
            f"ORDER BY change.size DESC NULLS FIRST, change.field, {order} LIMIT {_LARGEST}"
        ):
            number, before, after, size = row[width:]
            found.append(LargeChange(row[:width], group[number], before, after, size))
    found.sort(key=_by_size)  # those of equal size stay in the order of the fields and rows
    yield from found[:_LARGEST]


def _by_size(change: LargeChange) -> float:
    """From zero first, then the largest; a change that is no number is larger than any."""
    size = change.relative
    return -math.inf if size is None or math.isnan(size) else -size


def _form(
    engine: Engine, plan: RowComparison, old: Side, new: Side, found: TableComparison
) -> Iterator[FormChange]:  # fmt: skip
    """What only looks like a change."""
    names = [tuple(side.rows.types) for side in (old, new)]
    ends = [side.bytes.line_ends for side in (old, new)]
    for kind, (before, after), is_known in (
        ("byte-order-mark", ["BOM" if side.bytes.byte_order_mark else "" for side in (old, new)], True),
        ("line-ends", ends, all(ends)),
        ("delimiter", [side.layout.dialect.delimiter for side in (old, new)], True),
        ("column-order", list(map(", ".join, names)), sorted(names[0]) == sorted(names[1]) and names[0] != names[1]),
    ):
        if is_known and before != after:
            yield FormChange(kind, before, after)
    if moved := _moved_rows(engine, plan) if plan.key else 0:
        yield FormChange("row-order", count=moved)
    for key in found.keys:
        if key.kind == "written":
            yield FormChange("key-text", key.before, key.after, key.rows)
    rewritten = [field for field in found.fields if field.rewritten]
    if rewritten:
        texts = ", ".join(f"coalesce({field_column(written(rewritten[0].field), side)}, '')" for side in "ba")
        before, after = engine.row(
            f"SELECT {texts} FROM {plan.joined} "
            f"WHERE {plan.is_rewritten(rewritten[0].field)} ORDER BY a.{field_column(LINE)} LIMIT 1"
        )
        yield FormChange("cell-text", before, after, sum(field.rewritten for field in rewritten))
    elif found.is_same and old.bytes.quotes != new.bytes.quotes:
        yield FormChange("quotes", str(old.bytes.quotes), str(new.bytes.quotes))


def _moved_rows(engine: Engine, plan: RowComparison) -> int:
    """How many rows of both tables are now before a row that they followed."""
    line = field_column(LINE)
    return int(
        engine.row(
            f"SELECT {count_of('after < earlier')} FROM (SELECT a.{line} AS after, "
            f"lag(a.{line}) OVER (ORDER BY b.{line}) AS earlier FROM {plan.joined})"
        )[0]
    )
