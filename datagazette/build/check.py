"""Check: every table of the chosen releases against its schema, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from datagazette.build.fingerprints import file_hash
from datagazette.build.steps import Pending, Run, Step, Task
from datagazette.isolation import OutOfBounds
from datagazette.model.publication import Release
from datagazette.tables.bounded import OUT_OF_BOUNDS, out_of_bounds
from datagazette.tables.engine import Limits
from datagazette.tables.layout import TableSource
from datagazette.validation import TableReport
from datagazette.validation.run import check_tables


@dataclass(frozen=True)
class _TablesToCheck:
    """The tables of a release, and those in other datasets that its foreign keys lead to."""

    sources: tuple[TableSource, ...]
    others: Mapping[tuple[str, str], TableSource]
    limits: Limits
    limit_errors: int


def check(run: Run, releases: Sequence[Release], limit_errors: int) -> tuple[TableReport, ...]:
    """A report of each table, with at most `limit_errors` problems of it; none where the last build found nothing."""
    root = run.publication.root
    tasks = [
        Pending(release.id, run.basis(release.dataset), partial(_task, run, release, limit_errors))
        for release in releases
    ]
    entries = zip(releases, run.runner.run(_CHECK, tasks), strict=True)
    found = ((release, report) for release, entry in entries if not entry.is_quiet for report in entry.value)
    return tuple(_weighed(report, release, root) for release, report in found)


def _task(run: Run, release: Release, limit_errors: int) -> Task:
    root = run.publication.root
    # What spreadsheets do to it, and texts that cannot be right, are reported to the author of a draft; a released
    # file stays as it is.
    is_draft = release.state == "draft"
    dataset = run.publication.dataset(release.dataset)
    sources = tuple(
        TableSource(
            table, root / table.source, opened=is_draft, proofread=is_draft, screened=True,
            personal=dataset.declared_personal(release, table.name) if dataset else frozenset(),
        )
        for table in release.tables
    )  # fmt: skip
    used = {other.dataset: other for other in run.used(release)}
    others, read = {}, {release.id: release}
    for key in (key for table in release.tables for key in table.schema.foreign_keys):
        package = key.package or ""
        table = used[package].table(key.resource) if package in used else None
        if table:
            others[package, key.resource] = TableSource(table, root / table.source)
            read[used[package].id] = used[package]
    declared = " ".join(sorted(name for source in sources for name in source.personal))
    parts = {**run.parts(release), "options": f"{limit_errors} {release.state} {declared}"}
    tables = _TablesToCheck(sources, others, run.limits, limit_errors)
    files = tuple(file for each in read.values() for file in run.hashes.sources(root, each))
    return Task(release.id, tables, parts, files)


def _weighed(report: TableReport, release: Release, root: Path) -> TableReport:
    """Of a table that passed the check when it was released, and is still that, what a later check finds is a warning:
    it cannot be corrected, and must not stop a build."""
    table = report.table
    is_late = release.state != "draft" and not release.is_unrecorded and OUT_OF_BOUNDS.isdisjoint(report.counts)
    if not report.errors or not is_late or file_hash(root / table.source) != release.files.get(table.path):
        return report
    return replace(report, problems=tuple(replace(found, severity="warning") for found in report.problems), counts={})


def _checked(tables: _TablesToCheck, _folder: Path) -> tuple[TableReport, ...]:
    return check_tables(tables.sources, tables.others, limits=tables.limits, limit_errors=tables.limit_errors)


def _is_settled(reports: Sequence[TableReport]) -> bool:
    """Whether nothing in them depends on how long this machine took."""
    return all(OUT_OF_BOUNDS.isdisjoint(report.counts) for report in reports)


def _beyond(tables: _TablesToCheck, error: OutOfBounds) -> tuple[TableReport, ...]:
    """What is reported of a release whose worker was ended: the table that it was at."""
    own = [source.table for source in tables.sources]
    table = next((table for table in own if table.file == error.step), own[0])
    found = out_of_bounds(error, table.file)
    return (TableReport(table, problems=(found,), counts={found.code: 1}),)


def _is_quiet(reports: Sequence[TableReport]) -> bool:
    return not any(report.problems for report in reports)


_CHECK = Step("check", _checked, where="query", valid=_is_settled, beyond=_beyond, quiet=_is_quiet)
