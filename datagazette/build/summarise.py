"""Summarise: a release's profiles, summaries, findings, figures and changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from datagazette.build.answers import UNSETTLED, Tables, find_answers
from datagazette.build.fingerprints import digest
from datagazette.build.steps import Pending, Run, Step, Task
from datagazette.build.tabulate import tabulate
from datagazette.build.workers import Workspace
from datagazette.charts.letters import check_letters
from datagazette.charts.released import drawable
from datagazette.charts.rules import check_chart, check_drawing
from datagazette.compute.allowed import TableName
from datagazette.describe.prose import check_links
from datagazette.diff.releases import compare_releases
from datagazette.diff.taken_back import Correction, corrections, taken_back
from datagazette.files import sha256
from datagazette.isolation import OutOfBounds
from datagazette.load.files import DATASETS, DESCRIPTOR, LEDGER
from datagazette.model.problems import Problem, has_errors, warning
from datagazette.model.publication import Release, Summary
from datagazette.model.results import ReleaseResult
from datagazette.tables.bounded import out_of_bounds
from datagazette.tables.engine import Engine, Limits, connect
from datagazette.tables.parquet import TypedTable, describe_table
from datagazette.tables.sql import field_of, identifier
from datagazette.validation.personal_results import of_result


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
        return self.is_described or bool(_asks(self.release) or self.corrections) or self.release.state == "draft"


def _asks(release: Release) -> tuple[object, ...]:
    """What of a release asks its tables."""
    return (*release.summaries, *release.checks, *release.figures, *release.notes)


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
        is_described = described is None or release.id in described
        make = partial(_task, run, release, is_described=is_described)
        tasks.append(Pending(release.id, run.basis(release.dataset), make))

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


def _task(run: Run, release: Release, *, is_described: bool) -> Task:
    dataset = run.publication.dataset(release.dataset)
    is_asked = release.state == "draft" and bool(_asks(release))
    before = dataset.before(release) if dataset and (is_described or is_asked) else None
    found = corrections(dataset, release) if dataset else ()
    parts = {
        **run.parts(release),
        "before": run.hashes.both([before] if before else []),
        "corrections": digest([run.hashes.both(step.releases) for step in found]),
        "options": str(is_described),
    }
    payload = _ReleaseToSummarise(release, before, run.used(release), found, run.workspace, run.limits, is_described)
    return Task(release.id, payload, parts)


def placed(result: ReleaseResult, workspace: Workspace) -> ReleaseResult:
    """A result, which an earlier build may have computed, with its typed tables in `workspace`."""
    release = result.release
    places = (workspace.parquet(release, table.table.name, newest=result.is_reread) for table in result.tables)
    tables = (replace(table, parquet=str(place)) for table, place in zip(result.tables, places, strict=True))
    return replace(result, tables=tuple(tables))


def _summarised(task: _ReleaseToSummarise, _folder: Path) -> Summarised:
    """Everything that is computed from a release's typed tables."""
    release = task.release
    result, problems = _computed(task) if task.reads_tables else (ReleaseResult(release, (), (), (), (), None), ())
    descriptor = f"{release.folder}/{DESCRIPTOR}"
    result, faults = _with_charts(result, descriptor)
    found = [*problems, *faults, *check_links(release, descriptor), *_personal(result)]
    # A release's chart that is too large gets another picture when it is drawn.
    for answer in () if has_errors(found) or release.state != "draft" else result.summaries:
        found += check_drawing(answer, release.languages, descriptor)
    for answer in () if has_errors(found) else result.summaries:
        found += check_letters(answer, release, descriptor)
    return Summarised(None if has_errors(found) else result, tuple(found))


def _personal(result: ReleaseResult) -> Iterator[Problem]:
    """Personal data in the results of queries, which are published as tables; warnings in a release."""
    release = result.release
    for answer in result.summaries:
        for found in of_result(answer, release.declared_personal(answer.summary.name)):
            yield found if release.state == "draft" else replace(found, severity="warning")


def _with_charts(result: ReleaseResult, descriptor: str) -> tuple[ReleaseResult, Sequence[Problem]]:
    """The result with charts that can be drawn, and what is wrong with charts, also of summaries without a result."""
    charts: dict[str, Summary] = {}
    problems: list[Problem] = []
    for summary in result.release.summaries:
        if result.release.state == "draft":
            problems += check_chart(summary, descriptor)
        else:
            charts[summary.name], faults = drawable(summary, descriptor)
            problems += faults
    answers = (replace(answer, summary=charts.get(answer.summary.name, answer.summary)) for answer in result.summaries)
    return replace(result, summaries=tuple(answers)), problems


def _computed(task: _ReleaseToSummarise) -> tuple[ReleaseResult, Sequence[Problem]]:
    release, before = task.release, task.before
    kept = _tables(task)
    # Other datasets are used as they are published: a reader who asks the same has these files.
    newest = Tables(_typed(task.workspace, release, newest=True), kept.used)
    old = [_typed(task.workspace, before, newest=reading) if before else {} for reading in (False, True)]
    steps = [(step, [_typed(task.workspace, each, newest=True) for each in step.releases]) for step in task.corrections]
    with connect(task.limits) as engine:
        found = find_answers(engine, release, kept, newest, task.limits)
        tables, is_reread = found.tables.own.values(), found.tables is newest and release.state != "draft"
        problems = [*found.problems, *taken_back(engine, release, newest.own, steps)]
        profiles = tuple(describe_table(engine, table) for table in tables) if task.is_described else ()
        pairs = [_read_alike(engine, kept.own[name], newest.own[name], *(side[name] for side in old))
                 for name in kept.own if before and before.table(name)]  # fmt: skip
        changes = compare_releases(engine, before, release, *_sides(pairs)) if before and task.is_described else None
        problems += _read_otherwise(engine, release, before, old, newest) if before else ()
    problems += _unrecorded(release, kept, newest)
    result = ReleaseResult(release, profiles, found.summaries, found.findings, found.figures, changes)
    return replace(result, is_reread=is_reread), problems


def _read_alike(
    engine: Engine, kept: TypedTable, newest: TypedTable, old: TypedTable, old_newest: TypedTable
) -> tuple[TypedTable, TypedTable]:
    """A table before and after, as the releases have it, or else as the newest edition reads both: what was only read
    otherwise has not changed."""
    columns = [dict(engine.columns(f"FROM {table.relation}")) for table in (old, kept)]
    is_alike = all(columns[1].get(name, kind) == kind for name, kind in columns[0].items())
    return (old, kept) if is_alike else (old_newest, newest)


def _sides(pairs: Sequence[tuple[TypedTable, TypedTable]]) -> Iterator[dict[str, TypedTable]]:
    return ({pair[side].table.name: pair[side] for pair in pairs} for side in (0, 1))


def _tables(task: _ReleaseToSummarise) -> Tables:
    """Those of the release and of the releases that it uses, as they have them."""
    used: dict[TableName, Path] = {
        (used.dataset, name): table.parquet
        for used in task.used
        for name, table in _typed(task.workspace, used).items()
    }
    return Tables(_typed(task.workspace, task.release), used)


def _typed(workspace: Workspace, release: Release, *, newest: bool = False) -> dict[str, TypedTable]:
    return {
        table.name: TypedTable(table, workspace.parquet(release, table.name, newest=newest)) for table in release.tables
    }


def _read_otherwise(
    engine: Engine, release: Release, before: Release, old: Sequence[Mapping[str, TypedTable]], now: Tables
) -> Iterator[Problem]:
    """A warning for each table of a draft with columns that its queries see otherwise than those of the release before
    did. `old` are that release's tables, as it has them and as this program reads them."""
    own = now.own.items() if release.state == "draft" else ()
    for name, table in ((name, table) for name, table in own if name in old[0]):
        kept, read = (dict(engine.columns(f"FROM {side[name].relation}")) for side in old)
        here = dict(engine.columns(f"FROM {table.relation}"))
        fields = [field for field, kind in read.items() if kept.get(field) != kind == here.get(field)]
        if fields:
            query = (
                f"SELECT CAST(a AS VARCHAR), CAST(b AS VARCHAR) FROM (SELECT {identifier(fields[0])} AS a FROM "
                f"{old[0][name].relation}) POSITIONAL JOIN (SELECT {identifier(fields[0])} AS b FROM "
                f"{old[1][name].relation}) WHERE CAST(a AS VARCHAR) IS DISTINCT FROM CAST(b AS VARCHAR) LIMIT 1"
            )
            cell, value = next(iter(engine.rows(query)), ("", ""))
            yield warning("reading-changed", table.table.file, None, fields=", ".join(map(field_of, fields)),
                          before=before.version, kind=here[fields[0]], cell=cell, value=value)  # fmt: skip


def _unrecorded(release: Release, kept: Tables, newest: Tables) -> Iterator[Problem]:
    """A warning for each table that this program reads otherwise than its first edition, if the ledger does not say
    which of them published it."""
    for name, table in kept.own.items() if release.is_unrecorded else ():
        if sha256(table.parquet) != sha256(newest.own[name].parquet):
            ledger = f"{DATASETS}/{release.dataset}/{LEDGER}"
            yield warning("reading-unrecorded", ledger, None, version=release.version, dataset=release.dataset,
                          file=table.table.file)  # fmt: skip


def _is_settled(found: Summarised) -> bool:
    """Whether nothing in it depends on how long this machine took."""
    return UNSETTLED.isdisjoint(problem.code for problem in found.problems)


def _beyond(task: _ReleaseToSummarise, error: OutOfBounds) -> Summarised:
    """What is reported of a release whose worker was ended: the query that it was at."""
    return Summarised(None, (out_of_bounds(error, task.release.folder),))


_SUMMARISE = Step("summarise", _summarised, where="query", valid=_is_settled, beyond=_beyond)
