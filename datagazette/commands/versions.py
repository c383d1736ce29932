"""A version of a dataset as it is compared with the release before it, by `diff`, `release` and `revise` alike."""

from __future__ import annotations

import tempfile
from pathlib import Path

from datagazette.build.stored import places
from datagazette.diff.outcome import Bump
from datagazette.diff.releases import LocatedRelease, compare_versions, required_bump
from datagazette.isolation import OutOfBounds, isolated
from datagazette.load.publication import read_version
from datagazette.model.errors import DataFaults
from datagazette.model.publication import Publication, Release
from datagazette.tables.bounded import out_of_bounds
from datagazette.tables.engine import Limits, connect


def scratch_folder(root: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder on the publication's own disk where that can be, so that files can be linked and not copied."""
    try:
        (root / "build").mkdir(exist_ok=True)
        return tempfile.TemporaryDirectory(prefix="compare-", dir=root / "build")
    except OSError:
        return tempfile.TemporaryDirectory(prefix="compare-")


def referenced(publication: Publication, release: Release) -> frozenset[str]:
    """The tables of a release that foreign keys lead to, whether its own or another dataset's."""
    own = {key.resource for table in release.tables for key in table.schema.foreign_keys if key.package is None}
    others = {
        key.resource
        for dataset in publication.datasets
        for table in dataset.releases[-1].tables
        for key in table.schema.foreign_keys
        if key.package == release.dataset
    }
    return frozenset(own | others)


def needed_bump(publication: Publication, before: Release, folder: str) -> Bump:
    """The bump that the version in `folder`, a path relative to the root, needs against a release.

    Its tables may have errors; what a spreadsheet damaged does not count. Raises DataFaults where the comparison takes
    longer or more memory than it may.
    """
    root = publication.root
    with scratch_folder(root) as scratch:
        try:
            return isolated(_needed, publication, before, folder, Path(scratch), reads=[root], writes=[Path(scratch)])
        except OutOfBounds as error:
            raise DataFaults((out_of_bounds(error, folder),)) from error


def _needed(publication: Publication, before: Release, folder: str, scratch: Path) -> Bump:
    root = publication.root
    after = read_version(root, folder, before.dataset, publication.catalog)
    if after is None:
        return "none"
    tables = referenced(publication, after)
    with connect(Limits(spill=scratch, reads=places(root))) as engine:
        located, draft = LocatedRelease(before, root), LocatedRelease(after, root)
        found = compare_versions(engine, located, draft, scratch, judged=False)
    return required_bump(found.tables, found.structure, tables)[0]
