"""What a publication is compared with: its own last releases, another folder, or a revision in git."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.commands.diff.revisions import changed_files, extract, files_at, find_revision
from datagazette.diff.releases import same_bytes
from datagazette.files import link
from datagazette.load.catalog import FILE as CATALOG
from datagazette.load.publication import DATASETS, load_publication
from datagazette.load.tables import SCHEMAS
from datagazette.model.errors import UsageError
from datagazette.model.publication import Dataset, Publication

# What of a publication becomes its site.
PLACES = (DATASETS, SCHEMAS, "site", "mkdocs.yml")


@dataclass(frozen=True)
class Base:
    """The publication before. Its files lie below `root`; `name` is how a person calls it, empty for last releases.

    `publication` holds at least the datasets among `changed`, the files that differ, relative to either root.
    """

    name: str
    root: Path
    publication: Publication | None
    changed: tuple[str, ...]

    def datasets(self, now: Publication) -> tuple[str, ...]:
        """The names of datasets of which a file, or a schema that they use, has changed."""
        own = {parts[1] for name in self.changed if (parts := name.split("/"))[0] == DATASETS and len(parts) > 2}
        using = {
            dataset.name
            for publication in (now, self.publication)
            for dataset in (publication.datasets if publication else ())
            if any(table.schema.file in self.changed for one in dataset.releases for table in one.tables)
        }
        return tuple(sorted(own | using))


def last_releases(publication: Publication) -> Base:
    """Every dataset as it was last released: what drafts change."""
    settled = (_settled(dataset) for dataset in publication.datasets)
    before = replace(publication, datasets=tuple(dataset for dataset in settled if dataset))
    drafts = tuple(
        one.folder + "/" for dataset in publication.datasets for one in dataset.releases if one.state == "draft"
    )
    return Base("", publication.root, before, drafts)


def _settled(dataset: Dataset) -> Dataset | None:
    releases = tuple(one for one in dataset.releases if one.state != "draft")
    return replace(dataset, releases=releases) if releases else None


def find_base(root: Path, name: str, scratch: Path) -> Base:
    """What `--base` names, with files out of git laid out in the empty folder `scratch`; `with_publication` reads it.

    Raises UsageError where there is no such folder or revision.
    """
    if Path(name).is_dir():
        other = publication_folder(name)
        return Base(name, other, None, differing_files(root, other))
    return _revision(root, name, scratch)


def with_publication(base: Base) -> Base:
    """The base with what its files say; without a publication where it has no catalogue."""
    if not (base.root / CATALOG).is_file():
        return base
    return replace(base, publication=load_publication(base.root).publication)


def changed_since(root: Path, name: str) -> tuple[str, ...]:
    """The files of a publication that differ from a revision or folder."""
    if Path(name).is_dir():
        return differing_files(root, publication_folder(name))
    return changed_files(find_revision(root, name), PLACES)


def changed_datasets(publication: Publication, changed: tuple[str, ...]) -> tuple[str, ...]:
    """The datasets that have one of the files `changed`, and those that use them."""
    found = {*Base("", publication.root, None, changed).datasets(publication)}
    known = {
        dataset.name: {used for one in dataset.releases for used, _ in one.uses} for dataset in publication.datasets
    }
    while using := {one for one, used in known.items() if one not in found and used & found}:
        found |= using
    return tuple(sorted(found & known.keys()))


def publication_folder(name: str) -> Path:
    if not (Path(name) / CATALOG).is_file():
        raise UsageError("no-publication", name=name, file=CATALOG)
    return Path(name).resolve()


def differing_files(root: Path, other: Path) -> tuple[str, ...]:
    """The files of which two publications have other bytes, or which one of them lacks."""
    before, after = (set(_files(one)) for one in (other, root))
    changed = before ^ after | {one for one in before & after if not _is_same(other / one, root / one)}
    return tuple(sorted(changed))


def _is_same(one: Path, other: Path) -> bool:
    """Links are compared as git compares them, by where they lead: that may be any file of the machine."""
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    return same_bytes(one, other)


def _files(root: Path) -> Iterator[str]:
    for place in PLACES:
        found = (root / place).rglob("*") if (root / place).is_dir() else [root / place]
        yield from (path.relative_to(root).as_posix() for path in found if path.is_file())


def _revision(root: Path, name: str, scratch: Path) -> Base:
    """Of the revision, only datasets that differ are laid out; a file that is the same is not written again."""
    revision = find_revision(root, name)
    changed = changed_files(revision, PLACES)
    differing = {f"{DATASETS}/{one.split('/')[1]}" for one in changed if one.startswith(f"{DATASETS}/")}
    wanted = files_at(revision, sorted({*differing, CATALOG, SCHEMAS, "site/pages"}))
    fresh = set(changed)
    extract(revision, (one for one in wanted if one in fresh), scratch)
    for file in wanted:
        if file not in fresh:
            link(root / file, scratch / file)
    return Base(name, scratch, None, changed)
