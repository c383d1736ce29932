"""The check of a publication as a whole: its tables, and then what its datasets ask of them themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from datagazette.build.check import check
from datagazette.build.checked import Checked, CheckOptions, chosen_releases, load
from datagazette.build.steps import Run, uncached
from datagazette.build.stored import can_be_read, needed, unread_drafts
from datagazette.build.summarise import Summarised, summarise
from datagazette.build.workers import workers
from datagazette.commands.bases import changed_datasets
from datagazette.load.descriptors import UNWRITTEN
from datagazette.load.files import CATALOG, DATASETS, SCHEMAS
from datagazette.model.content import Content
from datagazette.model.problems import Problem
from datagazette.model.publication import Publication, Release
from datagazette.tables.engine import connect


def check_datasets(options: CheckOptions, loaded: Checked | None = None) -> Checked:
    """Tables, and where these are fine the datasets' own queries; without targets, the pages and words of the site.

    `loaded` is the publication, where it has been read.
    """
    loaded = loaded or load(options.root)
    publication, targets = loaded.publication, options.targets
    if publication is None:
        return loaded
    releases = asked_releases(publication, options)
    asked_for = options
    if options.changed is not None:
        asked_for = replace(options, targets=changed_datasets(publication, options.changed))
    unread = unread_drafts(publication, releases)
    with tempfile.TemporaryDirectory() as folder:
        pool = replace(workers(options.jobs), memory=options.memory, shared=Path(folder).name)
        run = uncached(publication, Path(folder) / "work", pool)
        checked, _ = check_tables(run, asked(loaded, asked_for), releases, options.limit_errors)
    checked = replace(checked, problems=(*checked.problems, *unread), stored=_only_stored(publication, releases))
    if targets:
        return checked
    from datagazette.build.site_check import check_site, site_files  # with all that makes pages

    site = check_site(publication, site_files(options.root), is_whole=loaded.valid)
    return replace(checked, problems=(*checked.problems, *site.problems), remarks=site.remarks)


def asked_releases(publication: Publication, options: CheckOptions) -> tuple[Release, ...]:
    """The releases of the targets, with `changed` only those of datasets that have changed and of their users."""
    releases = chosen_releases(publication, options.targets, "target")
    if options.changed is None:
        return releases
    changed = changed_datasets(publication, options.changed)
    return tuple(release for release in releases if release.dataset in changed)


def wanted_of_check(options: CheckOptions) -> tuple[Content, ...]:
    """What the check of drafts reads, and is in the store and not here. A release was checked before it was one, and
    its hash says that it is still that."""
    publication = load(options.root).publication
    if publication is None:
        return ()
    drafts = (release for release in asked_releases(publication, options) if release.state == "draft")
    return needed(publication, drafts)


def _only_stored(publication: Publication, releases: Iterable[Release]) -> tuple[str, ...]:
    """The ids of the releases that are not looked at, as they read what is in the store alone."""
    released = (release for release in releases if release.state != "draft")
    return tuple(release.id for release in released if not can_be_read(publication, release))


def check_tables(
    run: Run, loaded: Checked, releases: Sequence[Release], limit_errors: int, described: Collection[str] = ()
) -> tuple[Checked, tuple[Summarised, ...]]:
    """The check of tables and, where these are fine, of the datasets' own queries, with what these found.

    Of the releases whose ids are in `described` everything is computed, of the others only what can have problems.
    Those that read what was not fetched from the store are passed over.
    """
    releases = [release for release in releases if can_be_read(run.publication, release)]
    with connect(run.limits):  # stays open, so that all tasks share this one database
        checked = loaded.with_reports(check(run, releases, limit_errors))
        if not checked.valid:
            return checked, ()
        summarised = summarise(run, releases, described)
    found = [problem for release in summarised for problem in release.problems]
    return replace(checked, problems=(*checked.problems, *found)), summarised


def asked(loaded: Checked, options: CheckOptions) -> Checked:
    """The faults of files without the warnings about datasets that were not asked for, and about the schemas of others.

    With `written`, without the errors of datasets that those asked for do not use, too.
    """
    publication, kept = loaded.publication, loaded.problems
    if publication is not None and options.targets:
        used = _with_used(publication, options.targets)
        schemas, own = _named_schemas(publication, used), _named_schemas(publication, options.targets)

        def matters(found: Problem) -> bool:
            place, _, rest = found.file.partition("/")
            if place != DATASETS:
                return place != SCHEMAS or found.file in (schemas if found.severity == "error" else own)
            name = rest.partition("/")[0]
            is_near = not options.written or name in used or found.file == CATALOG
            return name in options.targets or (found.severity == "error" and is_near)

        kept = tuple(filter(matters, kept))
    return replace(loaded, problems=tuple(
        replace(problem, severity="error") if options.written and problem.code == UNWRITTEN else problem
        for problem in kept
    ))  # fmt: skip


def _with_used(publication: Publication, names: Iterable[str]) -> frozenset[str]:
    """The datasets called `names`, and all that they use."""
    found = frozenset(names)
    datasets = (dataset for name in found if (dataset := publication.dataset(name)))
    used = {name for dataset in datasets for release in dataset.releases for name, _ in release.uses}
    return found if used <= found else _with_used(publication, found | used)


def _named_schemas(publication: Publication, names: Collection[str]) -> frozenset[str]:
    """The shared schemas that the descriptors of these datasets name, also those that cannot be read."""
    releases = (release for dataset in publication.datasets if dataset.name in names for release in dataset.releases)
    listed = (release.descriptor.get("resources") for release in releases)
    resources = (resource for found in listed if isinstance(found, list) for resource in found)
    return frozenset(f"{SCHEMAS}/{resource.get('schema')}.yaml" for resource in resources if isinstance(resource, dict))
