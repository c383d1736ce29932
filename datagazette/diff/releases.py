"""A version of a dataset against another one: tables, structure, and the version that the changes call for.

Of a table: its rows, the sizes of its changes, its form, and what a spreadsheet did to it. Which part of a version must
grow is the Data Package versioning recipe's: https://datapackage.org/recipes/data-package-version/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.diff.damage import find_damages
from datagazette.diff.outcome import (
    BUMPS,
    Bump,
    BumpVerdict,
    FieldChange,
    FormChange,
    LargeChange,
    Reason,
    ReleaseComparison,
    TableComparison,
    Tiers,
)
from datagazette.diff.rows import (
    LINE,
    RowComparison,
    Side,
    compare_rows,
    is_numeric,
    is_unique,
    plan_rows,
    read_side,
    relation,
    written,
)
from datagazette.diff.structure import structure_changes
from datagazette.files import same_bytes
from datagazette.load.files import DESCRIPTOR
from datagazette.model.names import Version
from datagazette.model.problems import Cell, Problem, problem
from datagazette.model.publication import Release, Table
from datagazette.model.results import ReleaseChange, SchemaChange, TableChange
from datagazette.tables.engine import Engine
from datagazette.tables.layout import Unreadable
from datagazette.tables.parquet import TypedTable
from datagazette.tables.sql import identifier

_LISTED = 100  # rows of each kind that a report may show
_LARGEST = 20
# What readers of the data see of the structure: all but descriptions.
_SHOWN = ("table", "field", "schema")


@dataclass(frozen=True)
class LocatedRelease:
    """A release and the root below which its files lie on this machine."""

    release: Release
    root: Path


def compare_versions(
    engine: Engine, before: LocatedRelease, after: LocatedRelease, folder: Path, *, judged: bool = True,
    referenced: Iterable[str] = (),
) -> ReleaseComparison:  # fmt: skip
    """`folder` is empty and for intermediate files. With `judged` off no bump is asked of the version.

    `referenced` are the tables that foreign keys lead to: a row that goes from one of them breaks others.
    """
    old, new = before.release, after.release
    tables, problems = [], []
    common = [(earlier, later) for later in new.tables if (earlier := old.table(later.name))]
    for number, (earlier, later) in enumerate(common):
        try:
            tables.append(_compare_files(engine, before, after, earlier, later, folder / str(number)))
        except Unreadable as fault:
            problems.append(Problem(fault.code, later.file, values=(("note", fault.note),), cell=Cell(later.name)))
    structure = structure_changes(old, new)
    problems += [found for table in tables for found in _damage_problems(table)]
    verdict = None
    if judged and not problems:
        reasons = [*_row_reasons(tables, frozenset(referenced)),
                   *(Reason(change.bump, "structure", change.resource, change) for change in structure)]  # fmt: skip
        required: Bump = max((reason.bump for reason in reasons), key=BUMPS.index, default="none")
        deciding = tuple(reason for reason in reasons if reason.bump == required)
        verdict = BumpVerdict(required, _bump_of(old.version, new.version), deciding)
    if verdict and not verdict.is_enough and new.version != old.version:
        problems.append(
            problem("version-too-small", f"{new.folder}/{DESCRIPTOR}", before=old.version, found=new.version,
                    bump=verdict.required.upper(), expected=old.version.bumped(verdict.required))
        )  # fmt: skip
    return ReleaseComparison(new.dataset, old, new, tuple(tables), structure, verdict, tuple(problems))


def _compare_files(
    engine: Engine, before: LocatedRelease, after: LocatedRelease, old: Table, new: Table, folder: Path
) -> TableComparison:  # fmt: skip
    """Files with the same bytes under the same schema are not opened."""
    paths = (before.root / old.file, after.root / new.file)
    if old.schema.descriptor == new.schema.descriptor and same_bytes(*paths):
        return TableComparison(new.name, new.file, TableChange(new.name, 0, 0, 0))
    sides = []
    for name, table, path in (("old", old, paths[0]), ("new", new, paths[1])):
        (folder / name).mkdir(parents=True)
        sides.append(read_side(engine, table, path, folder / name))
    given = _bump_of(before.release.version, after.release.version)
    return compare_tables(engine, *sides, intended=given == "major")


def _damage_problems(table: TableComparison) -> Iterator[Problem]:
    for damage in table.damages:
        before, after = (text if len(text) <= 60 else text[:59] + "…" for text in (damage.before, damage.after))
        found = problem(damage.kind, table.file, damage.line, field=damage.field, cells=damage.cells, before=before,
                        after=after)  # fmt: skip
        yield replace(found, cell=Cell(table.resource, damage.line, damage.field or None))


def _bump_of(old: Version, new: Version) -> Bump:
    """The part of the version that grew."""
    if new.major > old.major:
        return "major"
    if new.major == old.major and new.minor > old.minor:
        return "minor"
    return "patch" if new > old else "none"


def _row_reasons(tables: Sequence[TableComparison], referenced: frozenset[str]) -> Iterator[Reason]:
    for table in tables:
        change, name = table.change, table.resource
        if change.added:
            yield Reason("minor", "rows-added", name)
        if change.removed and name in referenced and change.key:
            yield Reason("major", "rows-removed-referenced", name)
        elif change.removed:
            yield Reason("patch", "rows-removed", name)
        if change.changed:
            yield Reason("patch", "rows-changed", name)
        if table.form and not (change.added or change.removed or change.changed):
            yield Reason("patch", "file-rewritten", name)


def compare_tables(engine: Engine, old: Side, new: Side, *, intended: bool = False) -> TableComparison:
    """`change` leaves out what a spreadsheet damaged, which is in `damages`. `intended` as in `find_damages`."""
    plan = plan_rows(old.rows, new.rows, old.table.schema.primary_key, new.table.schema.primary_key)
    # Keys that are not unique, which the check reports, are not used as keys: their rows are compared as a bag.
    if plan.key and not all(is_unique(engine, side.rows.source, plan.key) for side in (old, new)):
        plan = replace(plan, key=())
    damages, excused = find_damages(engine, plan, old, new, intended=intended)
    plan = replace(plan, excused=excused)
    change = compare_rows(engine, new.table.name, plan, _LISTED)
    fields = tuple(_field_changes(engine, plan)) if plan.key and plan.rest else ()
    numbers = [field.field for field in fields if field.tiers]
    large = tuple(_largest(engine, plan, numbers)) if numbers else ()
    found = TableComparison(new.table.name, new.table.file, change, old.count, new.count, fields, large, (), damages)
    return replace(found, form=tuple(_form(engine, plan, old, new, found)))


def _field_changes(engine: Engine, plan: RowComparison) -> Iterator[FieldChange]:
    """One scan over the rows that both tables have."""
    counts = engine.row(f"SELECT {', '.join(_counted(plan, name) for name in plan.rest)} FROM {plan.joined}")
    for number, name in enumerate(plan.rest):
        cells, rewritten, *tiers = counts[6 * number : 6 * number + 6]
        if cells or rewritten:
            yield FieldChange(name, cells, rewritten, Tiers(*tiers) if any(tiers) else None)


def _counted(plan: RowComparison, name: str) -> str:
    """Six counts: changed, rewritten, and changed numbers by tier."""
    counts = [plan.differs(name), _is_rewritten(plan, name)]
    if is_numeric(plan.old.types[name]) and is_numeric(plan.new.types[name]):
        size, both = _relative(name), f"{plan.differs(name)} AND {_both(name)}"
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


def _is_rewritten(plan: RowComparison, name: str) -> str:
    """Whether a cell holds the same value, written in another way."""
    texts = f"{identifier('a', written(name))} IS DISTINCT FROM {identifier('b', written(name))}"
    return f"{plan.value('a', name)} IS NOT DISTINCT FROM {plan.value('b', name)} AND {texts}"


def _both(name: str) -> str:
    return f"{identifier('a', name)} IS NOT NULL AND {identifier('b', name)} IS NOT NULL"


def _relative(name: str) -> str:
    before, after = (f"CAST({identifier(side, name)} AS DOUBLE)" for side in "ba")
    return f"(abs({after} - {before}) / nullif(abs({before}), 0))"


def _largest(engine: Engine, plan: RowComparison, names: list[str]) -> Iterator[LargeChange]:
    """The changed numbers that changed most, as parts of what they were."""
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
    rewritten = [field for field in found.fields if field.rewritten]
    if rewritten:
        texts = ", ".join(f"coalesce({identifier(side, written(rewritten[0].field))}, '')" for side in "ba")
        before, after = engine.row(
            f"SELECT {texts} FROM {plan.joined} "
            f"WHERE {_is_rewritten(plan, rewritten[0].field)} ORDER BY a.{identifier(LINE)} LIMIT 1"
        )
        yield FormChange("cell-text", before, after, sum(field.rewritten for field in rewritten))
    elif found.is_same and old.bytes.quotes != new.bytes.quotes:
        yield FormChange("quotes", str(old.bytes.quotes), str(new.bytes.quotes))


def _moved_rows(engine: Engine, plan: RowComparison) -> int:
    """How many rows of both tables are now before a row that they followed."""
    line = identifier(LINE)
    return int(
        engine.row(
            f"SELECT count(*) FILTER (after < earlier) FROM (SELECT a.{line} AS after, "
            f"lag(a.{line}) OVER (ORDER BY b.{line}) AS earlier FROM {plan.joined})"
        )[0]
    )


def compare_releases(
    engine: Engine,
    before: Release,
    after: Release,
    old: Mapping[str, TypedTable],
    new: Mapping[str, TypedTable],
) -> ReleaseChange:
    """The changes of every table that both releases have, and of their schemas. Typed tables by resource name."""
    tables = []
    for name in sorted(old.keys() & new.keys()):
        keys = (old[name].table.schema.primary_key, new[name].table.schema.primary_key)
        plan = plan_rows(relation(engine, old[name].relation), relation(engine, new[name].relation), *keys)
        tables.append(compare_rows(engine, new[name].table.name, plan))
    return ReleaseChange(before, tuple(tables), tuple(_schema_changes(before, after)))


def _schema_changes(before: Release, after: Release) -> Iterator[SchemaChange]:
    for change in structure_changes(before, after):
        if change.part not in _SHOWN or (change.kind == "changed" and change.bump == "patch"):
            continue
        if change.kind == "renamed":
            yield SchemaChange("removed", change.resource, change.before)
            yield SchemaChange("added", change.resource, change.after)
        elif change.part == "schema":
            yield SchemaChange("changed", change.resource, "", change.what)
        else:
            yield SchemaChange(change.kind, change.resource, change.name, change.what)
