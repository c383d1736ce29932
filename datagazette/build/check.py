"""Check: every table of every chosen release against its schema, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.build.cache import Recipe
from datagazette.build.checked import Checked
from datagazette.build.fingerprints import code_of, libraries
from datagazette.build.read import Known
from datagazette.build.steps import Maker, Planned
from datagazette.build.workers import Workers
from datagazette.isolation import OutOfBounds
from datagazette.load.publication import load_publication
from datagazette.model.publication import Publication, Release
from datagazette.tables.bounded import OUT_OF_BOUNDS, out_of_bounds
from datagazette.tables.engine import Limits
from datagazette.validation import TableReport, TableSource
from datagazette.validation.run import check_tables

STAGE = "check"


@dataclass(frozen=True)
class CheckTask:
    """A release with the tables that its foreign keys lead to in other datasets."""

    sources: tuple[TableSource, ...]
    others: Mapping[tuple[str, str], TableSource]
    limits: Limits
    limit_errors: int


def load(root: Path) -> Checked:
    """The publication with the faults of its descriptors; tables have not been opened."""
    loaded = load_publication(root)
    return Checked(loaded.publication, loaded.problems)


def check_releases(
    loaded: Checked, releases: Sequence[Release], workers: Workers, limits: Limits, limit_errors: int,
    done: Callable[[], None] = lambda: None,
) -> Checked:  # fmt: skip
    """The check of `releases`, added to what loading has found."""
    if loaded.publication is None:
        return loaded
    publication = loaded.publication
    tasks = [_task(publication, release, limits, limit_errors) for release in releases]
    reports = tuple(report for found in workers.query(_check, tasks, done, _beyond) for report in found)
    problems = (*loaded.problems, *(problem for report in reports for problem in report.problems))
    return Checked(publication, problems, reports)


def known_checks(
    loaded: Checked, known: Known, releases: Sequence[Release], maker: Maker, limits: Limits, limit_errors: int,
    done: Callable[[], None] = lambda: None,
) -> Checked:  # fmt: skip
    """As `check_releases`, but for what an earlier build has checked."""
    publication = loaded.publication
    if publication is None:
        return loaded
    planned = [_planned(publication, known, release, limits, limit_errors) for release in releases]
    entries = maker.entries(_check_kept, planned, done, light=True, valid=_is_settled, beyond=_beyond)
    reports = tuple(report for entry in entries for report in entry.value)
    problems = (*loaded.problems, *(problem for report in reports for problem in report.problems))
    return Checked(publication, problems, reports)


def _planned(publication: Publication, known: Known, release: Release, limits: Limits, limit_errors: int) -> Planned:
    others = [one for name, version in release.uses if (one := publication.release(name, version))]
    parts = {
        "descriptor": known.release(release), "data": known.data(release), "used": known.both(others),
        "options": f"{limit_errors} {release.state}", "code": code_of(__name__), "libraries": libraries(),
    }  # fmt: skip
    sources = tuple((publication.root / one.file, known.tables[one.file]) for one in release.tables)
    return Planned(Recipe(STAGE, release.id, parts), lambda: _task(publication, release, limits, limit_errors), sources)


def _is_settled(reports: Sequence[TableReport]) -> bool:
    """Whether nothing in them depends on how long this machine took."""
    return all(OUT_OF_BOUNDS.isdisjoint(one.counts) for one in reports)


def _check_kept(task: CheckTask, _folder: Path) -> tuple[TableReport, ...]:
    return _check(task)


def _check(task: CheckTask) -> tuple[TableReport, ...]:
    return check_tables(task.sources, task.others, limits=task.limits, limit_errors=task.limit_errors)


def _beyond(task: CheckTask, error: OutOfBounds) -> tuple[TableReport, ...]:
    """What is reported of a release whose worker was ended: the table that it was at."""
    tables = [one.table for one in task.sources]
    table = next((one for one in tables if one.file == error.step), tables[0])
    found = out_of_bounds(error, table.file)
    return (TableReport(table, problems=(found,), counts={found.code: 1}),)


def _task(publication: Publication, release: Release, limits: Limits, limit_errors: int) -> CheckTask:
    return CheckTask(_sources(publication, [release]), _others(publication, release), limits, limit_errors)


def _sources(publication: Publication, releases: Iterable[Release]) -> tuple[TableSource, ...]:
    """Of a draft the author is told what spreadsheets do to it; a released file will never be another."""
    return tuple(
        TableSource(table, publication.root / table.file, opened=release.state == "draft")
        for release in releases
        for table in release.tables
    )


def _others(publication: Publication, release: Release) -> dict[tuple[str, str], TableSource]:
    """The tables in other datasets that foreign keys of this release name."""
    uses = dict(release.uses)
    found = {}
    for key in (key for table in release.tables for key in table.schema.foreign_keys if key.package):
        used = publication.release(key.package or "", uses[key.package or ""]) if key.package in uses else None
        table = used.table(key.resource) if used else None
        if table:
            found[(key.package or "", key.resource)] = TableSource(table, publication.root / table.file)
    return found
