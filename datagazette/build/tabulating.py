"""Tabulate and summarise: a release's typed tables, profiles, summaries, findings, figures and changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from datagazette.build.cache import Recipe
from datagazette.build.fingerprints import code_of, libraries
from datagazette.build.making import Maker, Planned
from datagazette.build.reading import Known
from datagazette.build.workspace import Workers, Workspace
from datagazette.charts.bounds import check_drawing
from datagazette.charts.rules import check_chart
from datagazette.compute.asking import opened
from datagazette.compute.changes import compare_releases
from datagazette.compute.figures import find_figures
from datagazette.compute.queries import TableName, sandbox
from datagazette.compute.summaries import run_queries
from datagazette.describe.prose import check_links
from datagazette.files import link
from datagazette.isolation import OutOfBounds
from datagazette.load.package import FILE as DESCRIPTOR
from datagazette.load.publication import DATASETS
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Publication, Release
from datagazette.model.results import ReleaseResult
from datagazette.tables.bounded import OUT_OF_BOUNDS, out_of_bounds
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import TypedTable, check_notes, describe_table, tabulate

TABULATE, SUMMARISE = "tabulate", "summarise"
# Of another machine, or at another time, there may be an answer.
_UNSETTLED = OUT_OF_BOUNDS | {"query-too-slow", "query-too-large"}


@dataclass(frozen=True)
class TabulateTask:
    """A release whose CSVs have passed the check. `root` is the publication's."""

    release: Release
    root: Path
    workspace: Workspace
    limits: Limits


@dataclass(frozen=True)
class SummariseTask:
    """A release whose typed tables, and those of the releases it uses and of the one before, are written.

    With `described` off only what can have problems is computed: no profiles and no changes.
    """

    release: Release
    before: Release | None
    used: tuple[Release, ...]
    workspace: Workspace
    limits: Limits
    described: bool = True


@dataclass(frozen=True)
class Summarised:
    """The result, or the problems because of which there is none."""

    result: ReleaseResult | None
    problems: tuple[Problem, ...]


def tabulate_release(task: TabulateTask) -> None:
    """Writes the typed tables of a release."""
    with connect(task.limits) as engine:
        for table in task.release.tables:
            tabulate(engine, table, task.root / table.file, task.workspace.parquet(task.release, table.name))


def summarise_release(task: SummariseTask) -> Summarised:
    """Everything that is computed from a release's typed tables."""
    release = task.release
    typed = _typed(task.workspace, release)
    before = task.before
    old = _typed(task.workspace, before) if before else {}
    names = dict(_visible(task))
    with sandbox(names, task.limits, (one.parquet for one in old.values())) as engine:
        problems = list(check_notes(engine, release, typed))
        tables = tuple(describe_table(engine, one) for one in typed.values()) if task.described else ()
        changes = compare_releases(engine, before, release, old, typed) if before else None
        with opened(names, task.limits, "draft" if release.state == "draft" else "released") as box:
            summaries, findings, faults = run_queries(box, release)
        problems += faults
        figures, faults = find_figures(engine, release, typed, summaries)
        problems += faults
    for summary in release.summaries:
        problems += check_chart(summary, f"{release.folder}/{DESCRIPTOR}")
    problems += check_links(release, f"{release.folder}/{DESCRIPTOR}")
    for found in () if has_errors(problems) else summaries:
        problems += check_drawing(found, release.languages, f"{release.folder}/{DESCRIPTOR}")
    if has_errors(problems):
        return Summarised(None, tuple(problems))
    return Summarised(ReleaseResult(release, tables, summaries, findings, figures, changes), tuple(problems))


def _summarise_task(
    publication: Publication, release: Release, workspace: Workspace, limits: Limits, *, described: bool
) -> SummariseTask:
    """The task of a release, with the releases that it reads: the one before only where changes are told."""
    dataset = publication.dataset(release.dataset)
    before = dataset.before(release) if dataset and described else None
    used = tuple(found for name, version in release.uses if (found := publication.release(name, version)))
    return SummariseTask(release, before, used, workspace, limits, described)


def _typed(workspace: Workspace, release: Release) -> dict[str, TypedTable]:
    return {table.name: TypedTable(table, workspace.parquet(release, table.name)) for table in release.tables}


def _visible(task: SummariseTask) -> Iterator[tuple[TableName, Path]]:
    """The tables that the release's queries see, and their Parquet files."""
    for table in task.release.tables:
        yield (table.name,), task.workspace.parquet(task.release, table.name)
    for used in task.used:
        for table in used.tables:
            yield (used.dataset, table.name), task.workspace.parquet(used, table.name)


def summarise_releases(
    publication: Publication,
    releases: Sequence[Release],
    pool: Workers,
    workspace: Workspace,
    done: Callable[[], None] = lambda: None,
    *,
    described: bool = True,
) -> tuple[Summarised, ...]:
    """Tabulates `releases` and whatever they read, then summarises them, in their order."""
    limits = pool.limits(workspace, publication.root / DATASETS)
    tasks = [_summarise_task(publication, one, workspace, limits, described=described) for one in releases]
    pool.query(tabulate_release, [TabulateTask(one, publication.root, workspace, limits) for one in _read_by(tasks)])
    return pool.query(summarise_release, tasks, done, _beyond)


@dataclass(frozen=True)
class Tabulated:
    """The typed tables of a publication's releases, each put into the workspace when something first reads it."""

    publication: Publication
    known: Known
    maker: Maker
    workspace: Workspace
    limits: Limits

    def provide(self, releases: Iterable[Release]) -> None:
        """Sees to it that the typed tables of `releases` lie in the workspace."""
        wanted = {one.id: one for one in releases if not self._is_there(one)}
        ordered = [wanted[name] for name in sorted(wanted)]
        entries = self.maker.entries(_tabulate_kept, [self._planned(one) for one in ordered], whole=True, light=True)
        for release, entry in zip(ordered, entries, strict=True):
            for table in release.tables:
                link(entry.path(f"{table.name}.parquet"), self.workspace.parquet(release, table.name))

    def _is_there(self, release: Release) -> bool:
        return all(self.workspace.parquet(release, one.name).exists() for one in release.tables)

    def _planned(self, release: Release) -> Planned:
        parts = {
            "descriptor": self.known.release(release), "data": self.known.data(release),
            "code": code_of(__name__), "libraries": libraries(),
        }  # fmt: skip
        root = self.publication.root
        sources = tuple((root / one.file, self.known.tables[one.file]) for one in release.tables)
        task = TabulateTask(release, root, self.workspace, self.limits)
        return Planned(Recipe(TABULATE, release.id, parts), lambda: task, sources)

    def summaries(self, releases: Sequence[Release], done: Callable[[], None]) -> tuple[Summarised, ...]:
        """What `summarise_releases` gives, but for what an earlier build has computed."""
        tasks = [
            _summarise_task(self.publication, one, self.workspace, self.limits, described=True) for one in releases
        ]

        def prepare(missing: Sequence[int]) -> None:
            self.provide(_read_by([tasks[place] for place in missing]))

        planned = [Planned(self.summary_recipe(task), partial(_itself, task)) for task in tasks]
        entries = self.maker.entries(
            _summarise_kept, planned, done, light=True, prepare=prepare, valid=_is_settled, beyond=_beyond
        )
        return tuple(self._placed(entry.value) for entry in entries)

    def summary_recipe(self, task: SummariseTask) -> Recipe:
        parts = {
            "descriptor": self.known.release(task.release), "data": self.known.data(task.release),
            "used": self.known.both(task.used), "before": self.known.both([task.before] if task.before else []),
            "code": code_of(__name__), "libraries": libraries(),
        }  # fmt: skip
        return Recipe(SUMMARISE, task.release.id, parts)

    def _placed(self, found: Summarised) -> Summarised:
        """With the typed tables where this build has them."""
        if found.result is None:
            return found
        return replace(found, result=placed(found.result, self.workspace))


def placed(result: ReleaseResult, workspace: Workspace) -> ReleaseResult:
    """The result with its typed tables in `workspace`."""
    release = result.release
    tables = (replace(one, parquet=str(workspace.parquet(release, one.table.name))) for one in result.tables)
    return replace(result, tables=tuple(tables))


def _itself(task: SummariseTask) -> SummariseTask:
    return task


def _tabulate_kept(task: TabulateTask, folder: Path) -> None:
    with connect(task.limits) as engine:
        for table in task.release.tables:
            tabulate(engine, table, task.root / table.file, folder / f"{table.name}.parquet")


def _summarise_kept(task: SummariseTask, _folder: Path) -> Summarised:
    return summarise_release(task)


def _beyond(task: SummariseTask, error: OutOfBounds) -> Summarised:
    """What is reported of a release whose worker was ended: the query that it was at."""
    return Summarised(None, (out_of_bounds(error, task.release.folder),))


def _is_settled(found: Summarised) -> bool:
    """Whether nothing in it depends on how long this machine took."""
    return _UNSETTLED.isdisjoint(one.code for one in found.problems)


def _read_by(tasks: Sequence[SummariseTask]) -> tuple[Release, ...]:
    """The releases of the tasks with all that they use or are compared with, once each, by id."""
    read = [one for task in tasks for one in (task.release, *task.used, task.before) if one]
    by_id = {one.id: one for one in read}
    return tuple(by_id[name] for name in sorted(by_id))
