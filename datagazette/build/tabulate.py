"""Tabulate: the typed tables of releases, put into the workspace when something first reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from datagazette.build.steps import Run, Step, Task
from datagazette.files import link
from datagazette.model.publication import Release
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import tabulate as write_typed


@dataclass(frozen=True)
class _TablesToType:
    """A release whose CSVs have passed the check. `root` is the publication's."""

    release: Release
    root: Path
    limits: Limits


def tabulate(run: Run, releases: Iterable[Release]) -> None:
    """Makes sure that the typed tables of `releases` are in the workspace: `Workspace.parquet` says where."""
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
            link(entry.path(f"{table.name}.parquet"), place(release, table.name))


def _tabulated(tables: _TablesToType, folder: Path) -> None:
    with connect(tables.limits) as engine:
        for table in tables.release.tables:
            write_typed(engine, table, tables.root / table.file, folder / f"{table.name}.parquet")


_TABULATE = Step("tabulate", _tabulated, where="query")
