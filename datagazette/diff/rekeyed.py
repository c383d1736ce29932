"""Rows that have another key and would look as if all had gone and others come.

A moment that is written in another way, a text that a wrong encoding made or that is put right, days that are all
shifted by the same time, and new names for the rows: each makes another key of one. Each row is paired with one row
at most, and only where no other row could be meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from datagazette.diff.garbled import misreadings
from datagazette.diff.outcome import KeyChange
from datagazette.diff.rows import LINE, Relation, RowComparison, written
from datagazette.diff.same_moment import moment_key
from datagazette.tables.engine import Engine
from datagazette.tables.sql import columns, count_of, field_column, literal

_MISREAD = 10_000  # texts of which the misreadings are looked for
_COMPARED = 50  # columns by which a shift of days, or one row with another key, is recognised
_FEWEST = 2  # rows with a new name that are not taken for chance
_PAIRS = "same_rows"


def pair_keys(engine: Engine, plan: RowComparison) -> tuple[RowComparison, tuple[KeyChange, ...]]:
    """The plan with the earlier rows under the keys that they have now, and what happened to these keys."""
    if not plan.key or any(plan.old.types[name] != plan.new.types[name] for name in plan.key):
        return plan, ()
    found: list[KeyChange] = []
    for pairing in (_shifted, _rewritten, _garbled, _repaired, _renamed):
        if not all(engine.row(f"SELECT count(*) {query}")[0] for query in (plan.added, plan.removed)):
            break
        for change in pairing(engine, plan):
            found.append(change)
            if change.kind != "shifted":
                engine.run(f"CREATE OR REPLACE TEMP TABLE {_PAIRS}_{len(found)} AS SELECT * FROM {_PAIRS}")
            plan = replace(plan, old=_moved(plan, change, f"{_PAIRS}_{len(found)}"))
    return plan, tuple(found)


def _moved(plan: RowComparison, change: KeyChange, pairs: str) -> Relation:
    old, line = plan.old, field_column(LINE)
    if change.kind == "shifted":
        day = field_column(change.field)
        return replace(old, source=f"(SELECT * REPLACE (CAST({day} + {_interval(change)} AS "
                                   f"{old.types[change.field]}) AS {day}) FROM {old.source})")  # fmt: skip
    names = ", ".join(
        f"CASE WHEN m.gone IS NULL THEN {field_column(name, 'o')} ELSE m.n{number} END AS {field_column(name)}"
        for number, name in enumerate(plan.key)
    )
    joined = f"{old.source} AS o LEFT JOIN {pairs} AS m ON o.{line} = m.gone"
    return replace(old, source=f"(SELECT o.* REPLACE ({names}) FROM {joined})")


def _interval(change: KeyChange) -> str:
    return f"to_microseconds({change.microseconds:d})"


def _shifted(engine: Engine, plan: RowComparison) -> Iterator[KeyChange]:
    """A day or moment of the key that is as much later in every row, so that no row goes and none comes."""
    for name in plan.key:
        if plan.old.types[name] not in ("DATE", "TIMESTAMP"):
            continue
        cell = field_column(name)
        bounds = f"epoch_us(min({cell})), epoch_us(max({cell})), count(*)"
        first, last, count = engine.row(f"SELECT {bounds} FROM {plan.old.source}")
        later = engine.row(f"SELECT {bounds} FROM {plan.new.source}")
        if count != later[2] or None in (first, last) or not later[0] - first == later[1] - last != 0:
            continue
        was, now = (
            engine.row(f"SELECT {field_column(written(name))} FROM {side.source} ORDER BY {cell} LIMIT 1")[0]
            for side in (plan.old, plan.new)
        )
        change = KeyChange("shifted", name, count, was, now, later[0] - first)
        moved = replace(plan, old=_moved(plan, change, ""))
        if not engine.row(f"SELECT count(*) {moved.added}")[0] and _is_same_later(engine, plan, moved):
            yield change
            return


def _is_same_later(engine: Engine, plan: RowComparison, moved: RowComparison) -> bool:
    """Whether the rows of other days hold what the earlier ones held. A table of the last thirty days moves on too,
    and holds other values, or those that it held of the same days."""
    names = plan.rest[:_COMPARED]
    if not names:
        return False
    differ, rest = " OR ".join(map(moved.differs, names)), columns(names)
    equal, rows = engine.row(f"SELECT {count_of(f'NOT ({differ})')}, count(*) FROM {moved.joined}")
    still = engine.row(f"SELECT {count_of(f'NOT ({differ})')} FROM {plan.joined}")[0]
    (distinct,) = engine.row(f"SELECT count(*) FROM (SELECT DISTINCT {rest} FROM {plan.old.source} LIMIT 3)")
    enough = equal * 2 >= rows and (distinct > 2 or (distinct == 2 and rows - equal <= 1))
    return bool(enough and equal > still)


def _sides(engine: Engine, plan: RowComparison) -> None:
    """The temporary tables `gone` and `come` of the rows that only one side has."""
    for table, side, query in (("gone", "b", plan.removed), ("come", "a", plan.added)):
        engine.run(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {side}.* {query}")


def _paired(engine: Engine, plan: RowComparison, same: Sequence[tuple[str, str]], kind: str) -> KeyChange | None:
    """Pairs rows of `gone` and `come` that have the same expressions `same`, each of one row only."""
    line = field_column(LINE)
    sides = []
    for table, position in (("gone", 0), ("come", 1)):
        listed = ", ".join(f"{pair[position]} AS s{number}" for number, pair in enumerate(same))
        every = ", ".join(f"s{number}" for number in range(len(same)))
        sides.append(
            f"(SELECT *, count(*) OVER (PARTITION BY {every}) AS times FROM (SELECT *, {listed} FROM {table}))"
        )
    equal = " AND ".join(f"g.s{number} IS NOT DISTINCT FROM c.s{number}" for number in range(len(same)))
    present = " OR ".join(f"g.s{number} IS NOT NULL" for number in range(len(same)))
    keys = ", ".join(f"{field_column(name, 'c')} AS n{number}" for number, name in enumerate(plan.key))
    differing = next(iter(plan.key)) if len(plan.key) == 1 else None
    texts = ", ".join(
        f"concat_ws(', ', {', '.join(field_column(written(name), side) for name in plan.key)}) AS {label}"
        for side, label in (("g", "was"), ("c", "now"))
    )
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {_PAIRS} AS SELECT g.{line} AS gone, c.{line} AS come, {keys}, {texts} "
        f"FROM {sides[0]} AS g JOIN {sides[1]} AS c ON {equal} WHERE g.times = 1 AND c.times = 1 AND ({present})"
    )
    count = engine.row(f"SELECT count(*) FROM {_PAIRS}")[0]
    if not count:
        return None
    was, now, first = engine.row(f"SELECT was, now, come FROM {_PAIRS} ORDER BY come LIMIT 1")
    return KeyChange(kind, differing or ", ".join(plan.key), count, was, now, line=first)


def _rewritten(engine: Engine, plan: RowComparison) -> Iterator[KeyChange]:
    texts = [name for name in plan.key if plan.old.types[name] == "VARCHAR"]
    if not texts:
        return
    _sides(engine, plan)
    same = [(moment_key(field_column(name)) if name in texts else field_column(name),) * 2 for name in plan.key]
    found = _paired(engine, plan, same, "written")
    if found:
        yield found


def _garbled(engine: Engine, plan: RowComparison) -> Iterator[KeyChange]:
    return _misread(engine, plan, "garbled", "gone", "come")


def _repaired(engine: Engine, plan: RowComparison) -> Iterator[KeyChange]:
    return _misread(engine, plan, "repaired", "come", "gone")


def _misread(engine: Engine, plan: RowComparison, kind: str, right: str, wrong: str) -> Iterator[KeyChange]:
    """Keys of the table `right` which are in a wrong encoding in the table `wrong`."""
    texts = [name for name in plan.key if plan.old.types[name] == "VARCHAR"]
    _sides(engine, plan)
    engine.run("CREATE OR REPLACE TEMP TABLE misread (bad VARCHAR, good VARCHAR)")
    for name in texts:
        cell = field_column(name)
        query = f"SELECT DISTINCT {cell} FROM {right} WHERE regexp_matches({cell}, '[^\\x00-\\x7F]') LIMIT {_MISREAD}"
        pairs = [(bad, text) for (text,) in engine.rows(query) for bad in misreadings(text)]
        if pairs:
            engine.rows(
                "INSERT INTO misread SELECT bad, min(good) FROM (SELECT unnest(?) AS bad, unnest(?) AS good) "
                f"WHERE bad IN (SELECT {cell} FROM {wrong}) GROUP BY bad",
                [*map(list, zip(*pairs, strict=True))],
            )
    if not engine.row("SELECT count(*) FROM misread")[0]:
        return
    same = []
    for number, name in enumerate(plan.key):
        cell, column = field_column(name), f"r{number}"
        text = f"CAST({cell} AS VARCHAR)"
        for table in ("gone", "come"):
            put_right = f"coalesce(m.good, {text})" if table == wrong and name in texts else text
            engine.run(
                f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT t.*, {put_right} AS {column} "
                f"FROM {table} AS t LEFT JOIN misread AS m ON m.bad = {text} AND {literal(table)} = {literal(wrong)}"
            )
        same.append((column, column))
    found = _paired(engine, plan, same, kind)
    if found:
        yield found


def _renamed(engine: Engine, plan: RowComparison) -> Iterator[KeyChange]:
    """New names for at least half of the rows that seem to have gone, which are equal in everything else; or for any
    of them where at least two cells are equal in each and no other row of either table has the like."""
    if not plan.rest:
        return
    _sides(engine, plan)
    same = [(field_column(name),) * 2 for name in plan.rest if plan.old.types[name] == plan.new.types[name]]
    if len(same) < len(plan.rest):
        return
    found = _paired(engine, plan, same, "renamed")
    sizes = [engine.row(f"SELECT count(*) FROM {table}")[0] for table in ("gone", "come")]
    if found and not (found.rows >= _FEWEST and found.rows * 2 >= max(sizes)):
        is_alone = len(plan.rest) <= _COMPARED and _alone(engine, plan)
        found = _paired(engine, plan, same, "renamed") if is_alone else None
    if found:
        yield found


def _alone(engine: Engine, plan: RowComparison) -> bool:
    """Leaves in `gone` and `come` the rows with two filled cells or more beside the key that no other row of their
    table has alike. False where there are none."""
    rest = [field_column(name) for name in plan.rest]
    filled = " + ".join(f"CAST({cell} IS NOT NULL AS INTEGER)" for cell in rest)
    same = " AND ".join(f"t.{cell} IS NOT DISTINCT FROM o.{cell}" for cell in rest)
    for table, side in (("gone", plan.old), ("come", plan.new)):
        alike = f"SELECT o.* FROM {side.source} AS o SEMI JOIN {table} AS t ON {same}"
        alone = f"SELECT {', '.join(rest)} FROM ({alike}) GROUP BY ALL HAVING count(*) = 1 AND {filled} >= 2"
        engine.run(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT t.* FROM {table} AS t SEMI JOIN ({alone}) AS o ON {same}"
        )
    return all(engine.row(f"SELECT count(*) FROM {table}")[0] for table in ("gone", "come"))
