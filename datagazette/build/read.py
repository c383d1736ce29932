"""Load, with what earlier builds have read: a dataset whose folder is the same is not read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from datagazette.build.fingerprints import Hashes, digest, folder_hashes
from datagazette.build.steps import Runner, Step, Task, changed_meanwhile
from datagazette.load.files import DATASETS, SCHEMAS
from datagazette.load.publication import Loaded, ReadDataset, load_publication, read_dataset
from datagazette.model.problems import has_errors
from datagazette.model.publication import Catalog, Publication


@dataclass(frozen=True)
class _Read:
    """What is kept of a dataset. `schemas` are the hashes of those outside its folder, `digests` those of
    its releases, by version."""

    found: ReadDataset
    schemas: Mapping[str, str]
    digests: Mapping[str, str]


def read(root: Path, runner: Runner) -> tuple[Loaded, Hashes]:
    """The publication as `load_publication` has it, and the hashes of its parts. The runner has a cache."""
    root = root.resolve()
    hashes: dict[str, dict[str, str]] = {}
    kept: list[_Read] = []

    def known(root: Path, names: tuple[str, ...], catalog: Catalog) -> Iterable[ReadDataset]:
        sources = runner.cache.sources if runner.cache else {}
        hashes.update({name: folder_hashes(root / DATASETS / name, sources, root=root) for name in names})
        shared = folder_hashes(root / SCHEMAS, sources, root=root)
        schemas = {f"{SCHEMAS}/{name}": value for name, value in shared.items()}
        tasks = [
            Task(
                name,
                (root, name, catalog, hashes[name], schemas),
                {"files": digest(dict(hashes[name])), "catalog": digest(catalog)},
            )
            for name in names
        ]
        kept.extend(entry.value for entry in runner.run(replace(_READ, valid=partial(_holds, schemas)), tasks))
        return [each.found for each in kept]

    loaded = load_publication(root, known)
    if loaded.publication is None:
        return loaded, Hashes()
    digests = {f"{each.found.dataset.name}-{version}": value
               for each in kept if each.found.dataset for version, value in each.digests.items()}  # fmt: skip
    return loaded, Hashes(digests, _table_hashes(loaded.publication, hashes))


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
    shared = {file: schemas.get(file, "") for file in found.schemas if file.startswith(f"{SCHEMAS}/")}
    releases = found.dataset.releases if found.dataset else ()
    return _Read(found, shared, {str(release.version): digest(release) for release in releases})


def _table_hashes(publication: Publication, hashes: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """SHA-256 of each table by its file; of a link, that of what it leads to."""
    return {
        table.file: hashes[dataset.name][table.file.removeprefix(f"{DATASETS}/{dataset.name}/")].rpartition(" ")[2]
        for dataset in publication.datasets
        for release in dataset.releases
        for table in release.tables
    }


_READ = Step("read", _read, (__name__, "datagazette.load"), where="query")
