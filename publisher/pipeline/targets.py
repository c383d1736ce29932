"""`check`: what a person asked to be checked, be it the publication, some of its datasets, or a file from elsewhere."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.errors import UsageError
from publisher.model import Publication, Release
from publisher.pipeline.checking import Checked, check_releases, load
from publisher.pipeline.tabulating import summarise_releases
from publisher.pipeline.workspace import Workspace, workers


@dataclass(frozen=True)
class CheckOptions:
    """`targets` empty is everything; `schema` goes with a target that is a CSV; `memory` as in Limits."""

    root: Path
    targets: tuple[str, ...] = ()
    schema: Path | None = None
    limit_errors: int = 1000
    memory: str = "2GB"
    jobs: int | None = None


def check_targets(options: CheckOptions) -> Checked:
    """Tables, and where these are fine the datasets' own queries."""
    loaded = load(options.root)
    if loaded.publication is None:
        return loaded
    releases = _chosen(loaded.publication, options.targets)
    pool = replace(workers(options.jobs), memory=options.memory)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "work").emptied()
        checked = check_releases(loaded, releases, pool, pool.limits(workspace), options.limit_errors)
        if not checked.valid:
            return checked
        summarised = summarise_releases(loaded.publication, releases, pool, workspace)
        found = [problem for one in summarised for problem in one.problems]
        return replace(checked, problems=(*checked.problems, *found))


def _chosen(publication: Publication, targets: tuple[str, ...]) -> tuple[Release, ...]:
    unknown = [name for name in targets if publication.dataset(name) is None]
    if unknown:
        names = ", ".join(one.name for one in publication.datasets)
        raise UsageError(
            en=f"there is no dataset or file {', '.join(unknown)}; the datasets are: {names}",
            zh=f"没有数据集或文件 {', '.join(unknown)}；现有数据集：{names}",
        )
    return tuple(
        release
        for dataset in publication.datasets
        if not targets or dataset.name in targets
        for release in dataset.releases
    )
