"""Corrections that a version takes back: two branches release side by side, and the later one does not have them.

A release corrects what the one before it said. Where a later version says again what was said before, and does so in
at least half of all that was corrected in a table, it was probably made from a copy without the correction. It is
reported until the ledger's entry of a version says why (`accepted`); what came before that version is then settled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from datagazette.diff.rows import Relation, is_numeric, relation
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Dataset, Release
from datagazette.model.resource import Table
from datagazette.model.results import Value
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable
from datagazette.tables.sql import columns, count_of, field_column

_MOST_STEPS = 10  # how far back corrections are looked for
_FIELDS_A_QUERY = 100
_SHOWN = 60  # characters of a row without a key
Typed = Mapping[str, TypedTable]


@dataclass(frozen=True)
class Correction:
    """A release and the one before it, and the one before that, where there is one."""

    before: Release
    corrected: Release
    first: Release | None = None

    @property
    def releases(self) -> tuple[Release, ...]:
        return (self.before, self.corrected, *([self.first] if self.first else []))


def corrections(dataset: Dataset, release: Release) -> tuple[Correction, ...]:
    """The steps between releases before `release`, which is a draft or the newest release, that it may take back."""
    settled = [other for other in dataset.releases if other.state == "released"]
    if release.state == "withdrawn" or release.accepted or (release.state != "draft" and release != settled[-1]):
        return ()
    earlier = [other for other in settled if other.version < release.version]
    since = max((number for number, other in enumerate(earlier) if other.accepted), default=0)
    chain = earlier[since:]
    found = (
        Correction(before, corrected, chain[number - 1] if number else None)
        for number, (before, corrected) in enumerate(pairwise(chain))
    )
    return tuple(step for step in found if _changed_tables(step, release))[-_MOST_STEPS:]


def _changed_tables(step: Correction, release: Release) -> tuple[Table, ...]:
    """The tables of `release` whose file the step changed, and which are not as the step left them."""
    return tuple(
        table for table in release.tables
        if len(files := [_hash(other, table.name) for other in (step.before, step.corrected, release)]) == 3
        and files[0] and files[1] and files[1] not in (files[0], files[2])
    )  # fmt: skip


def _hash(release: Release, name: str) -> str:
    """That of a table's file in the ledger; empty where there is none."""
    table = release.table(name)
    return release.files.get(table.path, "") if table else ""


def taken_back(
    engine: Engine, release: Release, now: Typed, steps: Sequence[tuple[Correction, Sequence[Typed]]]
) -> Iterator[Problem]:
    """A warning for each table and step of which `release` takes back half or more.

    `now` are its typed tables; each step has those of its `releases`.
    """
    for step, typed in steps:
        for table in _changed_tables(step, release):
            if all(table.name in tables for tables in (now, *typed[:2])):
                known = [tables[table.name].relation for tables in (now, *typed) if table.name in tables]
                found = _undone(engine, _Sides(table.schema.primary_key, *(relation(engine, name) for name in known)))
                if found and 2 * found.back >= found.changes:
                    yield warning(
                        "correction-taken-back", table.file, version=release.version, before=step.before.version,
                        corrected=step.corrected.version, table=table.name, count=found.back, changes=found.changes,
                        dataset=release.dataset, rule="" if found.field else "rows", **found.example,
                    )  # fmt: skip


@dataclass(frozen=True)
class _Undone:
    """How many changes a step made in a table, how many of them are undone, and the first of these."""

    changes: int
    back: int
    key: str = ""
    field: str = ""
    value: str = ""
    instead: str = ""

    @property
    def example(self) -> dict[str, str]:
        return {"key": self.key, "field": self.field, "value": self.value, "instead": self.instead}


@dataclass(frozen=True)
class _Sides:
    """The rows now, before the correction, corrected, and before both: `a`, `b`, `c` and `d` in the SQL."""

    key: tuple[str, ...]
    now: Relation
    before: Relation
    corrected: Relation
    first: Relation | None = None

    @property
    def is_comparable(self) -> bool:
        return all(self._alike(name) for name in self.key)

    def _alike(self, name: str) -> bool:
        """Whether all sides have the field, with values that can be compared."""
        types = [side.types.get(name, "") for side in (self.now, self.before, self.corrected, self.first) if side]
        return all(types) and (len(set(types)) == 1 or all(map(is_numeric, types)))

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for name in self.now.types if name not in self.key and self._alike(name))

    def same_key(self, one: str, other: str) -> str:
        return " AND ".join(f"{field_column(name, one)} = {field_column(name, other)}" for name in self.key)

    @property
    def rows(self) -> str:
        """Those that all sides have; of the first side what there is."""
        first = f" LEFT JOIN {self.first.source} AS d ON {self.same_key('b', 'd')}" if self.first else ""
        return (
            f"{self.before.source} AS b JOIN {self.corrected.source} AS c ON {self.same_key('b', 'c')} "
            f"JOIN {self.now.source} AS a ON {self.same_key('b', 'a')}{first}"
        )

    def rows_of(self, side: Relation) -> str:
        """A SELECT of the columns that all sides have, in one order."""
        return f"SELECT {columns(self.fields)} FROM {side.source}"

    def changed(self, name: str) -> str:
        """Whether the step changed a cell, and did not itself put back what had been there before."""
        before, corrected = field_column(name, "b"), field_column(name, "c")
        differs = f"{before} IS DISTINCT FROM {corrected}"
        if not self.first:
            return f"({differs})"
        return f"({differs} AND {field_column(name, 'd')} IS DISTINCT FROM {corrected})"

    def back(self, name: str) -> str:
        same = f"{field_column(name, 'a')} IS NOT DISTINCT FROM {field_column(name, 'b')}"
        return f"({self.changed(name)} AND {same})"


def _undone(engine: Engine, sides: _Sides) -> _Undone | None:
    """None where the tables have no key in common, or nothing of the step is undone."""
    if not sides.is_comparable:
        return None
    if not sides.key:
        return _undone_bag(engine, sides)
    changes = back = 0
    first = ""
    for start in range(0, len(sides.fields), _FIELDS_A_QUERY):
        names = sides.fields[start : start + _FIELDS_A_QUERY]
        counts = ", ".join(f"{count_of(sides.changed(name))}, {count_of(sides.back(name))}" for name in names)
        row = engine.row(f"SELECT {counts} FROM {sides.rows}")
        changes, back = changes + sum(row[0::2]), back + sum(row[1::2])
        first = first or next((name for name, count in zip(names, row[1::2], strict=True) if count), "")
    rows = [
        _undone_rows(engine, sides, sides.corrected, sides.before, "ANTI"),
        _undone_rows(engine, sides, sides.before, sides.corrected, "SEMI"),
    ]
    went, there_again = rows[1][:2]
    if changes + went and not back + there_again:
        return None  # rows that came and went, as in a table of the last thirty days
    changes, undone = changes + sum(row[0] for row in rows), sum(row[1] for row in rows)
    if not back:
        return _Undone(changes, undone, next(row[2] for row in rows if row[1])) if undone else None
    key = ", ".join(field_column(name, "b") for name in sides.key)
    cells = f"{key}, {field_column(first, 'b')}, {field_column(first, 'c')}"
    query = f"SELECT {cells} FROM {sides.rows} WHERE {sides.back(first)} ORDER BY {key} LIMIT 1"
    *found, value, instead = engine.row(query)
    return _Undone(changes, back + undone, _key(found), first, _shown(value), _shown(instead))


def _undone_rows(engine: Engine, sides: _Sides, these: Relation, those: Relation, kind: str) -> tuple[int, int, str]:
    """How many rows are only in `these`, of how many that is undone, and the key of the first. `kind` is the join with
    the rows now that finds the undone ones: rows that came and are not there, or went and are there again."""
    only = f"(SELECT c.* FROM {these.source} AS c ANTI JOIN {those.source} AS b ON {sides.same_key('c', 'b')}) AS b"
    (count,) = engine.row(f"SELECT count(*) FROM {only}")
    if not count:
        return 0, 0, ""
    undone = f"FROM {only} {kind} JOIN {sides.now.source} AS a ON {sides.same_key('b', 'a')}"
    key = ", ".join(field_column(name, "b") for name in sides.key)
    found = list(engine.rows(f"SELECT {key}, count(*) OVER () {undone} ORDER BY {key} LIMIT 1"))
    return (count, found[0][-1], _key(found[0][:-1])) if found else (count, 0, "")


def _undone_bag(engine: Engine, sides: _Sides) -> _Undone | None:
    """The same of rows without a key: those that went are there again, those that came have gone. What only puts back
    what had been there before both is no correction."""
    if not sides.fields:
        return None
    counts: list[tuple[int, int]] = []
    first = ""
    before, corrected = sides.rows_of(sides.before), sides.rows_of(sides.corrected)
    now, earlier = sides.rows_of(sides.now), sides.first and sides.rows_of(sides.first)
    for these, those, still in ((before, corrected, "INTERSECT"), (corrected, before, "EXCEPT")):
        only = f"(({these}) EXCEPT ALL ({those}))"
        if earlier:
            only = f"({only} {still} ALL ({earlier}))"
        unsettled = f"(({now}) EXCEPT ALL ({corrected}))" if still == "INTERSECT" else f"({now})"  # there again
        undone = f"({only} {still} ALL {unsettled})"
        counts.append((engine.row(f"SELECT count(*) FROM {only}")[0], engine.row(f"SELECT count(*) FROM {undone}")[0]))
        first = first or next((_key(row) for row in engine.rows(f"SELECT * FROM {undone} ORDER BY ALL LIMIT 1")), "")
    (went, there_again), (came, gone_again) = counts
    if not there_again + gone_again or (went and not there_again):
        return None
    return _Undone(went + came, there_again + gone_again, first[:_SHOWN])


def _key(values: Sequence[Value]) -> str:
    return " | ".join(map(_shown, values))


def _shown(value: Value) -> str:
    return "" if value is None else str(value)
