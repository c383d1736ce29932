"""What a publication is compared with: its own last releases, another folder, or a revision in git."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.commands.revisions import (
    PLACES,
    changed_files,
    differing_files,
    extract,
    find_revision,
    git_output,
    publication_folder,
)
from datagazette.files import link
from datagazette.load.files import CATALOG, DATASETS, SCHEMAS
from datagazette.load.publication import load_publication
from datagazette.model.publication import Dataset, Publication


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
            if any(table.schema.file in self.changed for release in dataset.releases for table in release.tables)
        }
        return tuple(sorted(own | using))


def last_releases(publication: Publication) -> Base:
    """Every dataset as it was last released: what drafts change."""
    before: list[Dataset] = []
    drafts: list[str] = []
    for dataset in publication.datasets:
        settled = tuple(release for release in dataset.releases if release.state != "draft")
        before += [replace(dataset, releases=settled)] if settled else []
        drafts += [f"{release.folder}/" for release in dataset.releases if release.state == "draft"]
    return Base("", publication.root, replace(publication, datasets=tuple(before)), tuple(drafts))


def find_base(root: Path, name: str, scratch: Path) -> Base:
    """What `--base` names, with files out of git laid out in the empty folder `scratch`; `with_publication` reads it.

    Of a revision, only datasets that differ are laid out; a file that is the same is not written again.
    Raises UsageError where there is no such folder or revision.
    """
    if Path(name).is_dir():
        other = publication_folder(name)
        return Base(name, other, None, differing_files(root, other))
    revision = find_revision(root, name)
    changed = changed_files(revision, PLACES)
    differing = {f"{DATASETS}/{file.split('/')[1]}" for file in changed if file.startswith(f"{DATASETS}/")}
    places = sorted({*differing, CATALOG, SCHEMAS, "site/pages"})
    listed = git_output(root, "ls-tree", "-r", "--name-only", "-z", revision.commit, "--", *places)
    wanted = {file for file in listed.split("\0") if file}
    extract(revision, sorted(wanted & {*changed}), scratch)
    for file in wanted - {*changed}:
        link(root / file, scratch / file)
    return Base(name, scratch, None, changed)


def with_publication(base: Base) -> Base:
    """The base with what its files say; without a publication where it has no catalogue."""
    if not (base.root / CATALOG).is_file():
        return base
    return replace(base, publication=load_publication(base.root).publication)


def changed_datasets(publication: Publication, changed: tuple[str, ...]) -> tuple[str, ...]:
    """The datasets that have one of the files `changed`, and those that use them."""
    found = {*Base("", publication.root, None, changed).datasets(publication)}
    known = {
        dataset.name: {used for release in dataset.releases for used, _ in release.uses}
        for dataset in publication.datasets
    }
    while using := {name for name, used in known.items() if name not in found and used & found}:
        found |= using
    return tuple(sorted(found & known.keys()))
