"""A version of a dataset against another one: tables, structure, and the version that the changes call for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from datagazette.diff.bump import judge
from datagazette.diff.outcome import Damage, ReleaseComparison, TableComparison, Verdict
from datagazette.diff.reading import read_side
from datagazette.diff.structure import structure_changes
from datagazette.diff.tables import compare_tables
from datagazette.model.problems import Cell, Problem, problem
from datagazette.model.publication import Release, Table
from datagazette.model.results import TableChange
from datagazette.tables.engine import Engine
from datagazette.tables.layout import Unreadable

_DESCRIPTOR = "datapackage.yaml"


@dataclass(frozen=True)
class Version:
    """A release and the root below which its files lie on this machine."""

    release: Release
    root: Path


def compare_versions(
    engine: Engine, before: Version, after: Version, folder: Path, *, judged: bool = True,
    referenced: Iterable[str] = (),
) -> ReleaseComparison:  # fmt: skip
    """`folder` is empty and for what is made on the way. With `judged` off the version is not held to a bump."""
    old, new = before.release, after.release
    tables, problems = [], []
    for number, (earlier, later) in enumerate(_common(old, new)):
        try:
            tables.append(_compare(engine, before, after, earlier, later, folder / str(number)))
        except Unreadable as fault:
            problems.append(Problem(fault.code, later.file, values=(("note", fault.note),), cell=Cell(later.name)))
    structure = structure_changes(old, new)
    problems += [found for table in tables for found in _damage_problems(table)]
    verdict = judge(old.version, new.version, tables, structure, referenced) if judged and not problems else None
    if verdict and not verdict.is_enough and new.version != old.version:
        problems.append(_too_small(old, new, verdict))
    return ReleaseComparison(new.dataset, old, new, tuple(tables), structure, verdict, tuple(problems))


def _common(old: Release, new: Release) -> Iterator[tuple[Table, Table]]:
    for later in new.tables:
        earlier = old.table(later.name)
        if earlier:
            yield earlier, later


def _compare(
    engine: Engine, before: Version, after: Version, old: Table, new: Table, folder: Path
) -> TableComparison:  # fmt: skip
    """Files with the same bytes under the same schema are not opened."""
    paths = (before.root / old.file, after.root / new.file)
    if old.schema.descriptor == new.schema.descriptor and same_bytes(*paths):
        return TableComparison(new.name, new.file, TableChange(new.name, 0, 0, 0))
    sides = []
    for name, table, path in (("old", old, paths[0]), ("new", new, paths[1])):
        (folder / name).mkdir(parents=True)
        sides.append(read_side(engine, table, path, folder / name))
    return compare_tables(engine, *sides)


def same_bytes(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while chunk := left.read(1 << 20):
            if chunk != right.read(1 << 20):
                return False
    return True


def _damage_problems(table: TableComparison) -> Iterator[Problem]:
    for one in table.damages:
        values = {"field": one.field, "cells": one.cells, "before": _shown(one.before), "after": _shown(one.after)}
        found = problem(one.kind, table.file, one.line, **values)
        yield Problem(found.code, found.file, found.line, None, found.values, "error", _cell(table, one))


def _cell(table: TableComparison, damage: Damage) -> Cell:
    return Cell(table.resource, damage.line, damage.field or None)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _too_small(old: Release, new: Release, verdict: Verdict) -> Problem:
    values = {
        "before": old.version, "found": new.version, "bump": verdict.required.upper(),
        "expected": old.version.bumped(verdict.required),
    }  # fmt: skip
    return problem("version-too-small", f"{new.folder}/{_DESCRIPTOR}", None, **values)
