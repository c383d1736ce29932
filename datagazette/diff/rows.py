"""Two tables against each other: by primary key whatever the order of their rows, else as bags of rows.

Everything is a query over two relations and runs out of core. In the SQL here, `a` is the row after, `b` the row
before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from datagazette.model.results import CellChange, Row, TableChange
from datagazette.tables.engine import Engine
from datagazette.tables.sql import columns, identifier

LISTED = 10_000  # rows of each kind
_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class Relation:
    """Rows as FROM takes them, and the DuckDB type of each column by its name.

    `texts` are columns that hold what was written in a column, by its name, where the source has such.
    """

    source: str
    types: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Excused:
    """Differences that do not count as changes, because they are reported as something else.

    `cells` holds a condition over `a` and `b` by field; `added` and `removed` conditions over `a` and over `b`.
    """

    cells: Mapping[str, str]
    added: str = "FALSE"
    removed: str = "FALSE"


NOTHING_EXCUSED = Excused({})


def relation(engine: Engine, source: str) -> Relation:
    return Relation(source, dict(engine.columns(f"SELECT * FROM {source}")))


@dataclass(frozen=True)
class RowComparison:
    """A plan: the queries that find the differences of two tables. `key` is empty where rows are compared as a bag."""

    old: Relation
    new: Relation
    shared: tuple[str, ...]
    key: tuple[str, ...]
    excused: Excused = NOTHING_EXCUSED

    @property
    def rest(self) -> tuple[str, ...]:
        return tuple(name for name in self.shared if name not in self.key)

    @property
    def joined(self) -> str:
        """Rows that both tables have."""
        on = " AND ".join(f"{self.value('a', name)} = {self.value('b', name)}" for name in self.key)
        return f"{self.new.source} AS a JOIN {self.old.source} AS b ON {on}"

    def differs(self, name: str) -> str:
        """Whether the cell of a field holds another value, one that is not excused."""
        differs = f"{self.value('a', name)} IS DISTINCT FROM {self.value('b', name)}"
        excuse = self.excused.cells.get(name)
        return f"({differs} AND NOT coalesce({excuse}, FALSE))" if excuse else f"({differs})"

    def value(self, side: str, name: str) -> str:
        """A cell as a value that can be compared with that of the other side: as text where the types differ."""
        cell = identifier(side, name)
        old, new = self.old.types[name], self.new.types[name]
        if old == new or (is_numeric(old) and is_numeric(new)):
            return cell
        if name in self.old.texts and name in self.new.texts:
            text = (self.new if side == "a" else self.old).texts[name]
            return f"CASE WHEN {cell} IS NOT NULL THEN {identifier(side, text)} END"
        return f"CAST({cell} AS VARCHAR)"

    @property
    def added(self) -> str:
        """FROM and WHERE of the rows that only the table after has."""
        return self._only("a", self.new, "b", self.old, self.excused.added)

    @property
    def removed(self) -> str:
        return self._only("b", self.old, "a", self.new, self.excused.removed)

    def _only(self, side: str, these: Relation, other: str, those: Relation, excuse: str) -> str:
        if not self.key:
            names = ", ".join(f"{self.value(side, name)} AS {identifier(name)}" for name in self.shared)
            others = ", ".join(f"{self.value(other, name)} AS {identifier(name)}" for name in self.shared)
            return (
                f"FROM (SELECT {names} FROM {these.source} AS {side} "
                f"EXCEPT ALL SELECT {others} FROM {those.source} AS {other}) AS {side} WHERE NOT ({excuse})"
            )
        on = " AND ".join(f"{self.value(side, name)} = {self.value(other, name)}" for name in self.key)
        return f"FROM {these.source} AS {side} ANTI JOIN {those.source} AS {other} ON {on} WHERE NOT ({excuse})"

    @property
    def changed(self) -> str:
        """FROM and WHERE of the rows that have a changed cell."""
        any_cell = " OR ".join(map(self.differs, self.rest)) or "FALSE"
        return f"FROM {self.joined} WHERE {any_cell}"


def plan_rows(old: Relation, new: Relation, old_key: Sequence[str], new_key: Sequence[str]) -> RowComparison:
    """By key where both tables have the same one and its columns are there; the columns in the new table's order."""
    shared = tuple(name for name in new.types if name in old.types)
    keyed = bool(new_key) and list(old_key) == list(new_key) and set(new_key) <= set(shared)
    return RowComparison(old, new, shared, tuple(new_key) if keyed else ())


def compare_rows(engine: Engine, resource: str, plan: RowComparison, listed: int = LISTED) -> TableChange:
    """How many rows came, went and changed, and the first `listed` of each in key order."""
    counts = [engine.row(f"SELECT count(*) {query}")[0] for query in (plan.added, plan.removed)]
    changed = engine.row(f"SELECT count(*) {plan.changed}")[0] if plan.key else 0
    return TableChange(
        resource, counts[0], counts[1], changed, plan.shared, plan.key,
        _rows(engine, plan, "a", plan.added, listed) if counts[0] else (),
        _rows(engine, plan, "b", plan.removed, listed) if counts[1] else (),
        tuple(_cells(engine, plan, listed)) if changed else (),
    )  # fmt: skip


def _rows(engine: Engine, plan: RowComparison, side: str, query: str, listed: int) -> tuple[Row, ...]:
    names = ", ".join(identifier(side, name) for name in plan.shared)
    order = ", ".join(identifier(side, name) for name in plan.key) or "ALL"
    return tuple(engine.rows(f"SELECT {names} {query} ORDER BY {order} LIMIT {listed}"))


def _cells(engine: Engine, plan: RowComparison, listed: int) -> Iterator[CellChange]:
    """The changed cells of the first changed rows."""
    keys = ", ".join(identifier("a", name) for name in plan.key)
    cells = "".join(f", {identifier('b', name)}, {identifier('a', name)}, {plan.differs(name)}" for name in plan.rest)
    width = len(plan.key)
    for row in engine.rows(f"SELECT {keys}{cells} {plan.changed} ORDER BY {keys} LIMIT {listed}"):
        for number, name in enumerate(plan.rest):
            before, after, differs = row[width + 3 * number : width + 3 * number + 3]
            if differs:
                yield CellChange(row[:width], name, before, after)


def is_numeric(kind: str) -> bool:
    return kind.partition("(")[0] in _NUMERIC


def is_unique(engine: Engine, source: str, key: Sequence[str]) -> bool:
    """Whether no two rows have the same key, and none lacks it."""
    whole = " AND ".join(f"{identifier(name)} IS NOT NULL" for name in key)
    rows, present, distinct = engine.row(
        f"SELECT count(*), count(*) FILTER ({whole}), count(DISTINCT ({columns(key)})) FROM {source}"
    )
    return bool(rows == present == distinct)
