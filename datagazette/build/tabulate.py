"""Tabulate: the typed tables of releases, put into the workspace when something first reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from datagazette.build.steps import Run, Step, Task
from datagazette.downloads.earlier import tabulate_as_published
from datagazette.files import link
from datagazette.model.publication import Release
from datagazette.model.resource import Table
from datagazette.tables.engine import Limits, connect
from datagazette.tables.statuses import statuses_of


@dataclass(frozen=True)
class _TablesToType:
    """A release whose CSVs have passed the check. `root` is the publication's."""

    release: Release
    root: Path
    limits: Limits


def tabulate(run: Run, releases: Iterable[Release]) -> None:
    """Makes sure that the typed tables of `releases` are in the workspace, as these have them and as this program reads
    them: `Workspace.parquet` says where."""
    hashes, root, place = run.hashes, run.publication.root, run.workspace.parquet
    missing = {
        release.id: release
        for release in releases
        if not all(place(release, table.name).exists() for table in release.tables)
    }
    tasks = [
        Task(name, _TablesToType(release, root, run.limits),
             {"descriptor": hashes.release(release), "data": hashes.data(release)}, hashes.sources(root, release))
        for name, release in sorted(missing.items())
    ]  # fmt: skip
    for task, entry in zip(tasks, run.runner.run(_TABULATE, tasks), strict=True):
        release = task.payload.release
        for table in release.tables:
            newest, kept = (entry.path(each) for each in _files(table))
            link(newest, place(release, table.name, newest=True))
            link(kept if kept.exists() else newest, place(release, table.name))
            for reading in (True, False) if table.schema.explained else ():  # they are the same in both
                link(statuses_of(newest), statuses_of(place(release, table.name, newest=reading)))


def _tabulated(tables: _TablesToType, folder: Path) -> None:
    with connect(tables.limits) as engine:
        for table in tables.release.tables:
            newest, kept = (folder / each for each in _files(table))
            tabulate_as_published(engine, tables.release, table, tables.root / table.source, newest, kept)


def _files(table: Table) -> tuple[str, str]:
    """What the typed tables are called: as this program reads it, and as the release has it where that differs."""
    return f"{table.name}.parquet", f"{table.name}.kept"


_TABULATE = Step("tabulate", _tabulated, where="query")
