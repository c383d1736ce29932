"""Load, with what earlier builds have read: a dataset whose folder is the same is not read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from datagazette.build.fingerprints import Hashes, digest, folder_hashes
from datagazette.build.steps import Pending, Runner, Step, Task, changed_meanwhile
from datagazette.compute.code_names import region_table
from datagazette.load.files import DATASETS, SCHEMAS
from datagazette.load.publication import Loaded, ReadDataset, has_store, load_publication, read_dataset
from datagazette.model.problems import has_errors
from datagazette.model.publication import Catalog, Publication, Release


@dataclass(frozen=True)
class _Read:
    """What is kept of a dataset. `schemas` are the hashes of those outside its folder, `digests` those of
    its releases, by id."""

    found: ReadDataset
    schemas: Mapping[str, str]
    digests: Mapping[str, str]


def read(root: Path, runner: Runner) -> tuple[Loaded, Hashes]:
    """The publication as `load_publication` has it, and the hashes of its parts. The runner has a cache."""
    root = root.resolve()
    sources = runner.cache.sources if runner.cache else {}
    hashes: dict[str, dict[str, str]] = {}
    own: dict[str, str] = {}
    kept: list[_Read] = []

    def known(root: Path, names: tuple[str, ...], catalog: Catalog) -> Iterable[ReadDataset]:
        hashes.update({name: folder_hashes(root / DATASETS / name, sources, root=root) for name in names})
        shared = folder_hashes(root / SCHEMAS, sources, root=root)
        schemas = {f"{SCHEMAS}/{name}": value for name, value in shared.items()}
        own.update(
            {name: digest(files, shared, catalog.languages, has_store(catalog)) for name, files in hashes.items()}
        )

        def holds(before: _Read) -> bool:
            """Whether the shared schemas are those that were read; what had faults is read again."""
            same = all(schemas.get(name) == value for name, value in before.schemas.items())
            return same and not has_errors(before.found.problems)

        about = (catalog.languages, has_store(catalog)), schemas
        tasks = [Pending(name, own[name], partial(_task, root, name, files, *about)) for name, files in hashes.items()]
        kept.extend(entry.value for entry in runner.run(replace(_READ, valid=holds), tasks))
        return [each.found for each in kept]

    loaded = load_publication(root, known)
    if loaded.publication is None:
        return loaded, Hashes()
    releases = {release: value for each in kept for release, value in each.digests.items()}
    tables = {}
    for dataset in loaded.publication.datasets:
        for table in (table for release in dataset.releases for table in release.tables):
            path = table.file.removeprefix(f"{DATASETS}/{dataset.name}/")
            # Of a link, of what it leads to.
            tables[table.file] = table.stored or hashes[dataset.name][path].rpartition(" ")[2]
    return loaded, Hashes(releases, tables, _bases(loaded.publication, own))


def _task(
    root: Path, name: str, files: Mapping[str, str], said: tuple[object, ...], schemas: Mapping[str, str]
) -> Task:
    """`said` is what of the catalogue a dataset is read by."""
    return Task(name, (root, name, said, files, schemas), {"files": digest(dict(files)), "catalog": digest(*said)})


def _bases(publication: Publication, own: Mapping[str, str]) -> dict[str, str]:
    """The hash of each dataset with all that it uses or goes on as, and all that these do; `own` are those of their
    files. The list of regions is used by all."""
    regions = region_table(publication)
    beside = {
        dataset.name: {dataset.latest.renamed_to, *(name for release in dataset.releases for name, _ in release.uses)}
        for dataset in publication.datasets
    }
    found = {}
    for dataset in publication.datasets:
        waiting, seen = [dataset.name, *(regions[:1] if regions else ())], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen and name:
                seen.add(name)
                waiting += beside.get(name, ())
        found[dataset.name] = digest(regions, [(name, own.get(name, "")) for name in sorted(seen)])
    return found


def _read(
    task: tuple[Path, str, tuple[tuple[str, ...], bool], Mapping[str, str], Mapping[str, str]], _folder: Path
) -> _Read:
    root, name, (languages, is_stored), hashes, schemas = task
    found = read_dataset(root, name, languages, is_stored=is_stored)
    folder = root / DATASETS / name
    changed = sorted(hashes.items() ^ folder_hashes(folder, root=root).items())
    if changed:
        raise changed_meanwhile(folder / changed[0][0])
    shared = {file: schemas.get(file, "") for file in found.schemas if file.startswith(f"{SCHEMAS}/")}
    releases = found.dataset.releases if found.dataset else ()
    return _Read(found, shared, {release.id: digest(_wherever(release)) for release in releases})


def _wherever(release: Release) -> Release:
    """The release without where its tables are: one that moves to the store stays what it is. A signature changes none
    of its files either."""
    return replace(release, signed=(), tables=tuple(replace(table, stored="") for table in release.tables))


_READ = Step("read", _read, ("datagazette.load",), where="query")
