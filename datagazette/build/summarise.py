"""Summarise: a release's profiles, summaries, findings, figures and changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.build.steps import Run, Step, Task
from datagazette.build.tabulate import tabulate
from datagazette.build.workers import Workspace
from datagazette.charts.bounds import check_drawing
from datagazette.charts.rules import check_chart
from datagazette.compute.allowed import TableName
from datagazette.compute.queries import opened, sandbox
from datagazette.compute.summaries import find_figures, run_queries
from datagazette.describe.prose import check_links
from datagazette.diff.releases import compare_releases
from datagazette.isolation import OutOfBounds
from datagazette.load.package import FILE as DESCRIPTOR
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Release
from datagazette.model.results import ReleaseResult
from datagazette.tables.bounded import OUT_OF_BOUNDS, out_of_bounds
from datagazette.tables.engine import Limits
from datagazette.tables.parquet import TypedTable, check_notes, describe_table

# Of another machine, or at another time, there may be an answer.
_UNSETTLED = OUT_OF_BOUNDS | {"query-too-slow", "query-too-large"}


@dataclass(frozen=True)
class _Tables:
    """A release whose typed tables, and those of the releases it uses and of the one before, are written."""

    release: Release
    before: Release | None
    used: tuple[Release, ...]
    workspace: Workspace
    limits: Limits
    is_described: bool

    @property
    def releases(self) -> tuple[Release, ...]:
        """All that are read."""
        return (self.release, *self.used, *((self.before,) if self.before else ()))


@dataclass(frozen=True)
class Summarised:
    """The result, or the problems because of which there is none."""

    result: ReleaseResult | None
    problems: tuple[Problem, ...]


def summarise(
    run: Run, releases: Sequence[Release], described: Collection[str] | None = None
) -> tuple[Summarised, ...]:
    """Tabulates what `releases` read, where it has to, then summarises them, in their order.

    Of the releases whose ids are not `described` only what can have problems is computed: no profiles and no changes.
    None describes all.
    """
    publication, hashes = run.publication, run.hashes
    tasks = []
    for release in releases:
        dataset = publication.dataset(release.dataset)
        is_described = described is None or release.id in described
        before = dataset.before(release) if dataset and is_described else None
        used = tuple(found for name, version in release.uses if (found := publication.release(name, version)))
        parts = {
            "descriptor": hashes.release(release),
            "data": hashes.data(release),
            "used": hashes.both(used),
            "before": hashes.both([before] if before else []),
            "options": str(is_described),
        }
        tasks.append(Task(release.id, _Tables(release, before, used, run.workspace, run.limits, is_described), parts))

    def prepare(missing: Sequence[Task]) -> None:
        tabulate(run, (release for task in missing for release in task.payload.releases))

    return tuple(_placed(entry.value, run.workspace) for entry in run.runner.run(_SUMMARISE, tasks, prepare))


def placed(result: ReleaseResult, workspace: Workspace) -> ReleaseResult:
    """A result, which an earlier build may have computed, with its typed tables in `workspace`."""
    release = result.release
    tables = (replace(table, parquet=str(workspace.parquet(release, table.table.name))) for table in result.tables)
    return replace(result, tables=tuple(tables))


def _placed(found: Summarised, workspace: Workspace) -> Summarised:
    return replace(found, result=placed(found.result, workspace)) if found.result else found


def _summarised(tables: _Tables, _folder: Path) -> Summarised:
    """Everything that is computed from a release's typed tables."""
    release, before = tables.release, tables.before
    typed = _typed(tables.workspace, release)
    old = _typed(tables.workspace, before) if before else {}
    names = dict(_visible(tables))
    with sandbox(names, tables.limits, (table.parquet for table in old.values())) as engine:
        problems = list(check_notes(engine, release, typed))
        profiles = tuple(describe_table(engine, table) for table in typed.values()) if tables.is_described else ()
        changes = compare_releases(engine, before, release, old, typed) if before else None
        with opened(names, tables.limits, "draft" if release.state == "draft" else "released") as box:
            summaries, findings, faults = run_queries(box, release)
        problems += faults
        figures, faults = find_figures(engine, release, typed, summaries)
        problems += faults
    descriptor = f"{release.folder}/{DESCRIPTOR}"
    for summary in release.summaries:
        problems += check_chart(summary, descriptor)
    problems += check_links(release, descriptor)
    for found in () if has_errors(problems) else summaries:
        problems += check_drawing(found, release.languages, descriptor)
    if has_errors(problems):
        return Summarised(None, tuple(problems))
    return Summarised(ReleaseResult(release, profiles, summaries, findings, figures, changes), tuple(problems))


def _typed(workspace: Workspace, release: Release) -> dict[str, TypedTable]:
    return {table.name: TypedTable(table, workspace.parquet(release, table.name)) for table in release.tables}


def _visible(tables: _Tables) -> Iterator[tuple[TableName, Path]]:
    """The tables that the release's queries see, and their Parquet files."""
    for table in tables.release.tables:
        yield (table.name,), tables.workspace.parquet(tables.release, table.name)
    for used in tables.used:
        for table in used.tables:
            yield (used.dataset, table.name), tables.workspace.parquet(used, table.name)


def _is_settled(found: Summarised) -> bool:
    """Whether nothing in it depends on how long this machine took."""
    return _UNSETTLED.isdisjoint(problem.code for problem in found.problems)


def _beyond(tables: _Tables, error: OutOfBounds) -> Summarised:
    """What is reported of a release whose worker was ended: the query that it was at."""
    return Summarised(None, (out_of_bounds(error, tables.release.folder),))


_SUMMARISE = Step("summarise", _summarised, (__name__,), where="query", valid=_is_settled, beyond=_beyond)
