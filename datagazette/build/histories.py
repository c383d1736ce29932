"""Histories: what the values of each dataset were in all its releases, from the second release on."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest
from datagazette.build.package import SITE
from datagazette.build.steps import Pending, Run, Step, Task
from datagazette.describe import addresses
from datagazette.diff.value_history import Followed, write_history
from datagazette.model.publication import Dataset
from datagazette.model.results import Results
from datagazette.model.value_history import ValueHistory
from datagazette.tables.engine import Limits, connect


@dataclass(frozen=True)
class _DatasetToFollow:
    """A dataset with several releases. `root` is the publication's; reasons are in `languages`."""

    dataset: Dataset
    root: Path
    languages: tuple[str, ...]
    limits: Limits


def histories(run: Run, results: Results) -> dict[str, Entry]:
    """By dataset that has one, the entry of its history: its value is a `ValueHistory`, its file is below `SITE`."""
    publication, hashes = run.publication, run.hashes
    languages = publication.catalog.languages

    def task(dataset: Dataset) -> Task:
        narrowed = replace(dataset, releases=dataset.followed)
        parts = {"releases": hashes.both(dataset.followed), "catalog": digest(languages)}
        sources = tuple(file for release in dataset.followed for file in hashes.sources(publication.root, release))
        payload = _DatasetToFollow(narrowed, publication.root, languages, run.limits)
        return Task(dataset.name, payload, parts, sources, dataset=dataset.name)

    tasks = [
        Pending(dataset.name, run.basis(dataset.name), partial(task, dataset))
        for dataset in publication.datasets
        if dataset.has_history(publication.removed_of(dataset.name))
        and (dataset.name, dataset.latest.version) in results
    ]
    return dict(zip((task.subject for task in tasks), run.runner.run(_HISTORY, tasks), strict=True))


def _followed(task: _DatasetToFollow, folder: Path) -> ValueHistory:
    path = addresses.history_file(task.dataset.name)
    target = folder / SITE / path
    target.parent.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix=".tables-", dir=folder) as scratch, connect(task.limits) as engine:
        followed = Followed(task.dataset.releases, task.root, task.languages, Path(scratch))
        found = write_history(engine, followed, target)
    return replace(found, path=path)


_HISTORY = Step("history", _followed, where="query")
