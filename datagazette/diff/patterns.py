"""One thing that happened to a whole column: another unit, a shift, or values that came into other rows."""

from __future__ import annotations

from datagazette.diff.outcome import FieldChange, Pattern
from datagazette.diff.rows import LINE, RowComparison, is_numeric, written
from datagazette.tables.engine import Engine
from datagazette.tables.sql import count_of, field_column

_FEWEST = 3  # changed cells that are not taken for chance
_FACTOR_OFF = 5e-4  # how far a rounded number may be from the factor
_DAY = 86_400_000_000  # microseconds


def find_pattern(engine: Engine, plan: RowComparison, field: FieldChange) -> Pattern | None:
    """What all changed cells of a column have in common, or None."""
    name = field.field
    kinds = plan.old.types[name], plan.new.types[name]
    if field.cells >= 2 and not field.emptied and not field.filled and (found := _other_rows(engine, plan, name)):
        return found
    if field.cells < _FEWEST:
        return None
    if all(map(is_numeric, kinds)):
        return _difference(engine, plan, name) or _factor(engine, plan, name)
    return _days(engine, plan, name) if kinds[0] == kinds[1] and kinds[0] in ("DATE", "TIMESTAMP") else None


def _both(plan: RowComparison, name: str) -> str:
    """FROM and WHERE of the rows that have a value before and after, which all count."""
    before, after = field_column(name, "b"), field_column(name, "a")
    return f"FROM {plan.joined} WHERE {before} IS NOT NULL AND {after} IS NOT NULL"


def _difference(engine: Engine, plan: RowComparison, name: str) -> Pattern | None:
    before, after = (f"CAST({field_column(name, side)} AS DOUBLE)" for side in "ba")
    least, most, largest = engine.row(
        f"SELECT min({after} - {before}), max({after} - {before}), max(abs({before})) {_both(plan, name)}"
    )
    if least is None or least == 0 or abs(most - least) > 1e-9 * max(largest, abs(least)):
        return None
    return Pattern("difference", least)


def _factor(engine: Engine, plan: RowComparison, name: str) -> Pattern | None:
    before, after = (f"CAST({field_column(name, side)} AS DOUBLE)" for side in "ba")
    both = _both(plan, name)
    (factor,) = engine.row(f"SELECT sum({after}) / nullif(sum({before}), 0) {both}")
    if factor is None or abs(factor - 1) < 10 * _FACTOR_OFF:
        return None
    factor = -1.0 if abs(factor + 1) < _FACTOR_OFF else factor
    digits = f"length(regexp_extract({field_column(written(name), 'a')}, '[.]([0-9]+)$', 1))"
    (places,) = engine.row(f"SELECT max({digits}) {both}")
    off = 0.51 * 10.0 ** -(places or 0)
    allowed = f"least({off!r}, 0.05 * abs({after})) + {_FACTOR_OFF!r} * abs({after})"
    missed = f"abs({after} - {before} * {factor!r}) > {allowed}"
    misses, distinct = engine.row(f"SELECT {count_of(missed)}, count(DISTINCT {before}) {both}")
    return Pattern("sign" if factor == -1 else "factor", factor) if misses == 0 and distinct >= _FEWEST else None


def _days(engine: Engine, plan: RowComparison, name: str) -> Pattern | None:
    size = f"epoch_us({field_column(name, 'a')}) - epoch_us({field_column(name, 'b')})"
    least, most = engine.row(f"SELECT min({size}), max({size}) {_both(plan, name)}")
    return Pattern("days", least / _DAY) if least and least == most else None


def _other_rows(engine: Engine, plan: RowComparison, name: str) -> Pattern | None:
    """The same values, each as often as before, in other rows."""
    before, after = plan.value("b", name), plan.value("a", name)
    same, cells = engine.row(
        f"SELECT sum(CAST(hash({before}) AS HUGEINT)) = sum(CAST(hash({after}) AS HUGEINT)), "
        f"{count_of(plan.differs(name))} FROM {plan.joined}"
    )
    if not same:
        return None
    if cells == 2:
        return Pattern("exchanged")
    order = f"OVER (ORDER BY b.{field_column(LINE)})"
    down, up, sorted_now, sorted_before = engine.row(
        f"SELECT {count_of('down')} <= 1, {count_of('up')} <= 1, {count_of('falls')} = 0, {count_of('fell')} = 0 "
        "FROM (SELECT "
        f"{after} IS DISTINCT FROM lag({before}) {order} AS down, "
        f"{after} IS DISTINCT FROM lead({before}) {order} AS up, "
        f"{after} < lag({after}) {order} AS falls, {before} < lag({before}) {order} AS fell FROM {plan.joined})"
    )
    if down or up:
        return Pattern("down" if down else "up")
    return Pattern("sorted" if sorted_now and not sorted_before else "moved")
