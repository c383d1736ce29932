"""A version of a dataset against another one: tables, structure, and the version that the changes call for.

Of a table: its rows, the sizes of its changes, its form, and what a spreadsheet did to it. Which part of a version must
grow is the Data Package versioning recipe's: https://datapackage.org/recipes/data-package-version/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.diff.changes import compare_rows
from datagazette.diff.outcome import (
    BUMPS,
    Bump,
    BumpVerdict,
    Reason,
    ReleaseComparison,
    StructureChange,
    TableComparison,
)
from datagazette.diff.renames import renamed_columns
from datagazette.diff.rows import plan_rows, read_side, relation
from datagazette.diff.structure import Renamed, structure_changes
from datagazette.diff.tables import compare_tables
from datagazette.files import same_bytes, sha256
from datagazette.load.files import DESCRIPTOR
from datagazette.model.names import Version
from datagazette.model.problems import Cell, Problem, problem
from datagazette.model.publication import Release
from datagazette.model.resource import Table
from datagazette.model.results import ReleaseChange, SchemaChange, TableChange
from datagazette.tables.engine import Engine
from datagazette.tables.layout import Unreadable
from datagazette.tables.parquet import TypedTable

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
    common = [pair for pair in common if _can_be_compared(before, after, *pair)]
    for number, (earlier, later) in enumerate(common):
        try:
            tables.append(_compare_files(engine, before, after, earlier, later, folder / str(number)))
        except Unreadable as fault:
            problems.append(Problem(fault.code, later.file, values=(("note", fault.note),), cell=Cell(later.name)))
    renamed = {table.resource: table.renamed for table in tables if table.renamed is not None}
    structure = structure_changes(old, new, renamed)
    problems += [found for table in tables for found in _damage_problems(table)]
    verdict = None
    if judged and not problems:
        required, reasons = required_bump(tables, structure, frozenset(referenced))
        verdict = BumpVerdict(required, _bump_of(old.version, new.version), reasons)
    if verdict and not verdict.is_enough and new.version != old.version:
        problems.append(
            problem("version-too-small", f"{new.folder}/{DESCRIPTOR}", before=old.version, found=new.version,
                    bump=verdict.required.upper(), expected=old.version.bumped(verdict.required))
        )  # fmt: skip
    return ReleaseComparison(new.dataset, old, new, tuple(tables), structure, verdict, tuple(problems))


def required_bump(
    tables: Sequence[TableComparison], structure: Sequence[StructureChange], referenced: frozenset[str]
) -> tuple[Bump, tuple[Reason, ...]]:
    """The bump that changes call for, and those that call for it. `referenced` as in `compare_versions`."""
    reasons = [
        *_row_reasons(tables, structure, referenced),
        *(Reason(change.bump, "structure", change.resource, change) for change in structure),
    ]
    required: Bump = max((reason.bump for reason in reasons), key=BUMPS.index, default="none")
    return required, tuple(reason for reason in reasons if reason.bump == required)


def _compare_files(
    engine: Engine, before: LocatedRelease, after: LocatedRelease, old: Table, new: Table, folder: Path
) -> TableComparison:  # fmt: skip
    """Files with the same bytes under the same schema are not opened."""
    if old.schema.descriptor == new.schema.descriptor and has_same_file(before, after, old, new):
        return TableComparison(new.name, new.file, TableChange(new.name, 0, 0, 0))
    # What was fetched from the store is kept where the publication is.
    paths = ((after.root if old.stored else before.root) / old.source, after.root / new.source)
    for name in ("old", "new"):
        (folder / name).mkdir(parents=True)
    first = read_side(engine, old, paths[0], folder / "old")
    second = read_side(engine, new, paths[1], folder / "new", (paths[0], first.bytes.encoding))
    given = _bump_of(before.release.version, after.release.version)
    return compare_tables(engine, first, second, intended=given == "major")


def has_same_file(before: LocatedRelease, after: LocatedRelease, old: Table, new: Table) -> bool:
    """Whether both tables have one content, wherever each is; what is in the store need not be here for that."""
    if not old.stored and not new.stored:
        return same_bytes(before.root / old.file, after.root / new.file)
    first, second = (table.stored or sha256(place.root / table.file) for place, table in ((before, old), (after, new)))
    return first == second


def _can_be_compared(before: LocatedRelease, after: LocatedRelease, old: Table, new: Table) -> bool:
    """Whether both are here, or need not be opened; the check reports what was not fetched from the store."""
    if all((after.root / table.source).is_file() for table in (old, new) if table.stored):
        return True
    return old.schema.descriptor == new.schema.descriptor and has_same_file(before, after, old, new)


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


def _row_reasons(
    tables: Sequence[TableComparison], structure: Sequence[StructureChange], referenced: frozenset[str]
) -> Iterator[Reason]:
    described = {(change.resource, change.name) for change in structure if change.part == "field"}
    for table in tables:
        change, name = table.change, table.resource
        # Columns of the file that its schema says nothing of.
        if any((name, column.field) not in described for column in table.columns):
            yield Reason("major", "columns", name)
        if change.added:
            yield Reason("minor", "rows-added", name)
        if change.removed and name in referenced and change.key:
            yield Reason("major", "rows-removed-referenced", name)
        elif change.removed:
            yield Reason("patch", "rows-removed", name)
        renamed = [key for key in table.rekeyed if key.kind != "repaired"]
        if renamed:
            referred = name in referenced
            yield Reason(
                "major" if referred else "minor", "rows-renamed-referenced" if referred else "rows-renamed", name
            )
        if change.changed or len(renamed) < len(table.rekeyed):
            yield Reason("patch", "rows-changed", name)
        if table.form and table.is_same:
            yield Reason("patch", "file-rewritten", name)


def compare_releases(
    engine: Engine,
    before: Release,
    after: Release,
    old: Mapping[str, TypedTable],
    new: Mapping[str, TypedTable],
) -> ReleaseChange:
    """The changes of every table that both releases have, and of their schemas. Typed tables by resource name."""
    tables = []
    every: dict[str, Mapping[str, str]] = {}
    for name in sorted(old.keys() & new.keys()):
        was, now = (side[name].table.schema for side in (old, new))
        earlier, later = (relation(engine, side[name].relation) for side in (old, new))
        every[name] = renamed = renamed_columns(engine, was, now, earlier, later)
        key = [renamed.get(field, field) for field in was.primary_key]
        plan = plan_rows(earlier.renamed(renamed), later, key, now.primary_key)
        tables.append(compare_rows(engine, new[name].table.name, plan))
    return ReleaseChange(before, tuple(tables), tuple(_schema_changes(before, after, every)))


def _schema_changes(before: Release, after: Release, renamed: Renamed) -> Iterator[SchemaChange]:
    for change in structure_changes(before, after, renamed):
        if change.part not in _SHOWN or (change.kind == "changed" and change.bump == "patch"):
            continue
        if change.kind == "renamed":
            yield SchemaChange("renamed", change.resource, change.before, after=change.after)
        elif change.part == "schema":
            yield SchemaChange("changed", change.resource, "", change.what)
        else:
            yield SchemaChange(change.kind, change.resource, change.name, change.what)
