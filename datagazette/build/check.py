"""Check: every table of the chosen releases against its schema, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.build.checked import Checked
from datagazette.build.steps import Run, Step, Task
from datagazette.isolation import OutOfBounds
from datagazette.load.publication import load_publication
from datagazette.model.publication import Publication, Release
from datagazette.tables.bounded import OUT_OF_BOUNDS, out_of_bounds
from datagazette.tables.engine import Limits
from datagazette.tables.source import TableReport, TableSource
from datagazette.validation.run import check_tables


@dataclass(frozen=True)
class _Tables:
    """The tables of a release, and those in other datasets that its foreign keys lead to."""

    sources: tuple[TableSource, ...]
    others: Mapping[tuple[str, str], TableSource]
    limits: Limits
    limit_errors: int


def load(root: Path) -> Checked:
    """The publication with the faults of its descriptors; tables have not been opened."""
    loaded = load_publication(root)
    return Checked(loaded.publication, loaded.problems)


def check(run: Run, releases: Sequence[Release], limit_errors: int) -> tuple[TableReport, ...]:
    """A report of each table, with at most `limit_errors` problems of it."""
    hashes, publication = run.hashes, run.publication
    tasks = []
    for release in releases:
        used = [found for name, version in release.uses if (found := publication.release(name, version))]
        # To the author of a draft it is reported what spreadsheets do to it; a released file stays as it is.
        sources = tuple(
            TableSource(table, publication.root / table.file, opened=release.state == "draft")
            for table in release.tables
        )
        tables = _Tables(sources, _others(publication, release), run.limits, limit_errors)
        parts = {
            "descriptor": hashes.release(release),
            "data": hashes.data(release),
            "used": hashes.both(used),
            "options": f"{limit_errors} {release.state}",
        }
        tasks.append(Task(release.id, tables, parts, hashes.sources(publication.root, release)))
    return tuple(report for entry in run.runner.run(_CHECK, tasks) for report in entry.value)


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


def _checked(tables: _Tables, _folder: Path) -> tuple[TableReport, ...]:
    return check_tables(tables.sources, tables.others, limits=tables.limits, limit_errors=tables.limit_errors)


def _is_settled(reports: Sequence[TableReport]) -> bool:
    """Whether nothing in them depends on how long this machine took."""
    return all(OUT_OF_BOUNDS.isdisjoint(report.counts) for report in reports)


def _beyond(tables: _Tables, error: OutOfBounds) -> tuple[TableReport, ...]:
    """What is reported of a release whose worker was ended: the table that it was at."""
    own = [source.table for source in tables.sources]
    table = next((table for table in own if table.file == error.step), own[0])
    found = out_of_bounds(error, table.file)
    return (TableReport(table, problems=(found,), counts={found.code: 1}),)


_CHECK = Step("check", _checked, (__name__,), where="query", valid=_is_settled, beyond=_beyond)
