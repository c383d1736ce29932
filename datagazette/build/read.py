"""Load, with what earlier builds have read: a dataset whose folder is the same is not read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from datagazette.build.cache import Recipe
from datagazette.build.fingerprints import code_of, digest, folder_hashes, libraries
from datagazette.build.steps import Maker, Planned, changed_meanwhile
from datagazette.load.publication import DATASETS, Loaded, ReadDataset, load_publication, read_dataset
from datagazette.load.tables import SCHEMAS
from datagazette.model.problems import has_errors
from datagazette.model.publication import Catalog, Publication, Release

STAGE = "read"
_CODE = ("datagazette.build.read", "datagazette.load")


@dataclass(frozen=True)
class _Read:
    """What is kept of a dataset. `schemas` are the hashes of those that lie outside its folder, `digests` those of
    its releases, by version."""

    found: ReadDataset
    schemas: Mapping[str, str]
    digests: Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """The hashes of a publication's releases: of what was read of each, and of each table's bytes."""

    digests: Mapping[str, str]
    tables: Mapping[str, str]

    def release(self, release: Release) -> str:
        return self.digests[release.id]

    def data(self, release: Release) -> str:
        return digest([self.tables[one.file] for one in release.tables])

    def both(self, releases: Iterable[Release]) -> str:
        return digest([(one.id, self.digests[one.id], self.data(one)) for one in releases])


def load_known(root: Path, maker: Maker, done: Callable[[], None] = lambda: None) -> tuple[Loaded, Known]:
    """The publication as `load_publication` has it, and the hashes of its parts."""
    root = root.resolve()
    hashes: dict[str, dict[str, str]] = {}
    kept: list[_Read] = []

    def read(root: Path, names: tuple[str, ...], catalog: Catalog) -> Iterable[ReadDataset]:
        sources = maker.cache.sources
        hashes.update({name: folder_hashes(root / DATASETS / name, sources, root=root) for name in names})
        shared = folder_hashes(root / SCHEMAS, sources, root=root)
        schemas = {f"{SCHEMAS}/{name}": value for name, value in shared.items()}
        planned = [_planned(root, name, catalog, hashes[name], schemas) for name in names]
        entries = maker.entries(_read, planned, done, light=True, valid=partial(_holds, schemas))
        kept.extend(entry.value for entry in entries)
        return [one.found for one in kept]

    loaded = load_publication(root, read)
    if loaded.publication is None:
        return loaded, Known({}, {})
    digests = {f"{one.found.dataset.name}-{version}": value
               for one in kept if one.found.dataset for version, value in one.digests.items()}  # fmt: skip
    return loaded, Known(digests, _table_hashes(loaded.publication, hashes))


def _planned(root: Path, name: str, catalog: Catalog, hashes: Mapping[str, str], schemas: Mapping[str, str]) -> Planned:
    parts = {
        "files": digest(dict(hashes)),
        "catalog": digest(catalog),
        "code": code_of(*_CODE),
        "libraries": libraries(),
    }
    return Planned(Recipe(STAGE, name, parts), lambda: (root, name, catalog, hashes, schemas))


def _holds(schemas: Mapping[str, str], kept: Any) -> bool:
    """Whether the shared schemas are those that were read; what had faults is read again."""
    return not has_errors(kept.found.problems) and all(
        schemas.get(name) == value for name, value in kept.schemas.items()
    )


def _read(task: tuple[Path, str, Catalog, Mapping[str, str], Mapping[str, str]], _folder: Path) -> _Read:
    root, name, catalog, hashes, schemas = task
    found = read_dataset(root, name, catalog)
    folder = root / DATASETS / name
    changed = sorted(hashes.items() ^ folder_hashes(folder, root=root).items())
    if changed:
        raise changed_meanwhile(folder / changed[0][0])
    shared = {one: schemas.get(one, "") for one in found.schemas if one.startswith(f"{SCHEMAS}/")}
    releases = found.dataset.releases if found.dataset else ()
    return _Read(found, shared, {str(one.version): digest(one) for one in releases})


def _table_hashes(publication: Publication, hashes: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """SHA-256 of each table by its file; of a link, that of what it leads to."""
    return {
        table.file: hashes[dataset.name][table.file.removeprefix(f"{DATASETS}/{dataset.name}/")].rpartition(" ")[2]
        for dataset in publication.datasets
        for release in dataset.releases
        for table in release.tables
    }
