"""Summarise: a release's profiles, summaries, findings, figures and changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.build.fingerprints import digest
from datagazette.build.steps import Run, Step, Task
from datagazette.build.tabulate import tabulate
from datagazette.build.workers import Workspace
from datagazette.charts.rules import check_chart, check_drawing
from datagazette.compute.allowed import TableName
from datagazette.compute.queries import opened, sandbox
from datagazette.compute.summaries import find_figures, run_queries
from datagazette.describe.prose import check_links
from datagazette.diff.releases import compare_releases
from datagazette.diff.taken_back import Correction, corrections, taken_back
from datagazette.isolation import OutOfBounds
from datagazette.load.files import DESCRIPTOR
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Release
from datagazette.model.results import Finding, ReleaseResult, SummaryResult
from datagazette.tables.bounded import OUT_OF_BOUNDS, out_of_bounds
from datagazette.tables.engine import Limits
from datagazette.tables.parquet import TypedTable, check_notes, describe_table

# Of another machine, or at another time, there may be an answer.
_UNSETTLED = OUT_OF_BOUNDS | {"query-too-slow", "query-too-large"}


@dataclass(frozen=True)
class _ReleaseToSummarise:
    """A release whose typed tables, and those of the releases it uses and of the one before, are written."""

    release: Release
    before: Release | None
    used: tuple[Release, ...]
    corrections: tuple[Correction, ...]
    workspace: Workspace
    limits: Limits
    is_described: bool

    @property
    def reads_tables(self) -> bool:
        """Whether there is anything to ask the tables. A draft's are always typed, to see that they can be."""
        release = self.release
        asked = release.summaries or release.checks or release.figures or release.notes
        return self.is_described or bool(asked or self.corrections) or release.state == "draft"


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
    tasks = []
    for release in releases:
        dataset = run.publication.dataset(release.dataset)
        is_described = described is None or release.id in described
        before = dataset.before(release) if dataset and is_described else None
        found = corrections(dataset, release) if dataset else ()
        parts = {
            **run.parts(release),
            "before": run.hashes.both([before] if before else []),
            "corrections": digest([run.hashes.both(step.releases) for step in found]),
            "options": str(is_described),
        }
        payload = _ReleaseToSummarise(
            release, before, run.used(release), found, run.workspace, run.limits, is_described
        )
        tasks.append(Task(release.id, payload, parts))

    def prepare(missing: Sequence[Task]) -> None:
        payloads = [task.payload for task in missing if task.payload.reads_tables]
        steps = {payload.release.id: [each for step in payload.corrections for each in step.releases]
                 for payload in payloads}  # fmt: skip
        read = [(payload.release, *payload.used, payload.before, *steps[payload.release.id]) for payload in payloads]
        tabulate(run, (release for releases in read for release in releases if release))

    summarised: list[Summarised] = [entry.value for entry in run.runner.run(_SUMMARISE, tasks, prepare)]
    return tuple(
        replace(each, result=placed(each.result, run.workspace)) if each.result else each for each in summarised
    )


def placed(result: ReleaseResult, workspace: Workspace) -> ReleaseResult:
    """A result, which an earlier build may have computed, with its typed tables in `workspace`."""
    release = result.release
    tables = (replace(table, parquet=str(workspace.parquet(release, table.table.name))) for table in result.tables)
    return replace(result, tables=tuple(tables))


def _summarised(task: _ReleaseToSummarise, _folder: Path) -> Summarised:
    """Everything that is computed from a release's typed tables."""
    release = task.release
    result, problems = _computed(task) if task.reads_tables else (ReleaseResult(release, (), (), (), (), None), ())
    descriptor = f"{release.folder}/{DESCRIPTOR}"
    found = list(problems)
    for summary in release.summaries:
        found += check_chart(summary, descriptor)
    found += check_links(release, descriptor)
    for answer in () if has_errors(found) else result.summaries:
        found += check_drawing(answer, release.languages, descriptor)
    return Summarised(None if has_errors(found) else result, tuple(found))


def _computed(task: _ReleaseToSummarise) -> tuple[ReleaseResult, Sequence[Problem]]:
    release, before = task.release, task.before
    typed = _typed(task.workspace, release)
    old = _typed(task.workspace, before) if before else {}
    # The tables that the release's queries see.
    names: dict[TableName, Path] = {(name,): table.parquet for name, table in typed.items()}
    for used in task.used:
        names |= {(used.dataset, name): table.parquet for name, table in _typed(task.workspace, used).items()}
    summaries: tuple[SummaryResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    faults: tuple[Problem, ...] = ()
    steps = [(step, [_typed(task.workspace, each) for each in step.releases]) for step in task.corrections]
    earlier = [old, *(tables for _, each in steps for tables in each)]
    with sandbox(names, task.limits, (table.parquet for tables in earlier for table in tables.values())) as engine:
        problems = [*check_notes(engine, release, typed), *taken_back(engine, release, typed, steps)]
        profiles = tuple(describe_table(engine, table) for table in typed.values()) if task.is_described else ()
        changes = compare_releases(engine, before, release, old, typed) if before else None
        if release.summaries or release.checks:  # to open their database takes longer than to check a small table
            with opened(names, task.limits, "draft" if release.state == "draft" else "released") as box:
                summaries, findings, faults = run_queries(box, release)
        figures, unfound = find_figures(engine, release, typed, summaries)
    return ReleaseResult(release, profiles, summaries, findings, figures, changes), (*problems, *faults, *unfound)


def _typed(workspace: Workspace, release: Release) -> dict[str, TypedTable]:
    return {table.name: TypedTable(table, workspace.parquet(release, table.name)) for table in release.tables}


def _is_settled(found: Summarised) -> bool:
    """Whether nothing in it depends on how long this machine took."""
    return _UNSETTLED.isdisjoint(problem.code for problem in found.problems)


def _beyond(task: _ReleaseToSummarise, error: OutOfBounds) -> Summarised:
    """What is reported of a release whose worker was ended: the query that it was at."""
    return Summarised(None, (out_of_bounds(error, task.release.folder),))


_SUMMARISE = Step("summarise", _summarised, where="query", valid=_is_settled, beyond=_beyond)
