"""The check of a publication as a whole: its tables, and then what its datasets ask of them themselves."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from datagazette.build.checked import Checked, CheckOptions
from datagazette.build.checking import check_releases, load
from datagazette.build.sources import site_sources
from datagazette.build.tabulating import summarise_releases
from datagazette.build.workspace import Workspace, workers
from datagazette.commands.diff.bases import changed_datasets
from datagazette.load.publication import DATASETS
from datagazette.load.texts import UNWRITTEN
from datagazette.model.errors import UsageError
from datagazette.model.problems import Problem
from datagazette.model.publication import Publication, Release
from datagazette.tables.engine import connect


def check_datasets(options: CheckOptions) -> Checked:
    """Tables, and where these are fine the datasets' own queries; without targets, the pages and words of the site."""
    loaded = load(options.root)
    publication = loaded.publication
    if publication is None:
        return loaded
    releases = _chosen(publication, options.targets)
    checked = _check(loaded, publication, releases, options)
    if options.targets:
        return checked
    from datagazette.build.site_check import check_site  # with all that makes pages

    site = check_site(publication, site_sources(options.root), is_whole=loaded.valid)
    return replace(checked, problems=(*checked.problems, *site.problems))


def _check(loaded: Checked, publication: Publication, releases: tuple[Release, ...], options: CheckOptions) -> Checked:
    if options.changed_since:
        changed = changed_datasets(publication, options.changed)
        releases = tuple(one for one in releases if one.dataset in changed)
        options = replace(options, targets=changed)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "work").emptied()
        pool = replace(workers(options.jobs), memory=options.memory, shared=Path(folder).name)
        asked = replace(loaded, problems=_asked(loaded.problems, options))
        limits = pool.limits(workspace, publication.root / DATASETS)
        with connect(limits):  # stays open, so that all tasks share this one database
            checked = check_releases(asked, releases, pool, limits, options.limit_errors)
            if not checked.valid:
                return checked
            summarised = summarise_releases(publication, releases, pool, workspace, described=False)
        found = [problem for one in summarised for problem in one.problems]
        return replace(checked, problems=(*checked.problems, *found))


def _asked(problems: tuple[Problem, ...], options: CheckOptions) -> tuple[Problem, ...]:
    """The faults of files without the warnings about datasets that nobody asked for."""
    folders = tuple(f"{DATASETS}/{name}/" for name in options.targets)
    kept = (
        one for one in problems
        if one.severity == "error" or not folders or not one.file.startswith(f"{DATASETS}/")
        or f"{one.file}/".startswith(folders)
    )  # fmt: skip
    return tuple(replace(one, severity="error") if options.written and one.code == UNWRITTEN else one for one in kept)


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
