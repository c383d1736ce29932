"""A whole publication: its catalogue, datasets, versions and ledgers."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.load.catalog import read_catalog
from datagazette.load.descriptors import GARBLED, TURNED, UNWRITTEN, Document, refuse_controls
from datagazette.load.files import CATALOG, DATASETS, DESCRIPTOR, LEDGER, SCHEMAS, Folder, locate, refusal
from datagazette.load.git_traces import traces
from datagazette.load.ledger import LedgerEntry, compare, read_ledger
from datagazette.load.package import SchemaStore, read_package
from datagazette.load.personal import PERSONAL
from datagazette.load.references import check_references
from datagazette.load.removed import read_removed
from datagazette.load.signatures import check_signatures, read_signed_sums
from datagazette.load.yaml_file import read_yaml
from datagazette.model.errors import UsageError
from datagazette.model.names import RESERVED_NAMES, NearMisses, is_name, near_version, parse_version
from datagazette.model.problems import Problem, folded, problem, summarised, warning
from datagazette.model.publication import Catalog, Dataset, Publication, Release, State
from datagazette.model.signing import SIGNATURES
from datagazette.store.address import STORE_VARIABLE

# What can no longer be changed once a version is frozen.
_TOO_LATE = ("translation-missing", "update-frequency", UNWRITTEN, TURNED, GARBLED)


@dataclass(frozen=True)
class Loaded:
    """What was read. `publication` is None only where there is no usable catalogue."""

    publication: Publication | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class ReadDataset:
    """A dataset as its folder has it; None where it has no version that can be read.

    `schemas` are the files of the schemas that were read for it, relative to the root; `removed` are the releases that
    are no longer published.
    """

    dataset: Dataset | None
    problems: tuple[Problem, ...]
    schemas: tuple[str, ...] = ()
    removed: tuple[Release, ...] = ()


def has_store(catalog: Catalog) -> bool:
    """Whether tables may be in a store: the catalogue's, or that of the environment."""
    return bool(catalog.store or os.environ.get(STORE_VARIABLE))


def read_dataset(root: Path, name: str, languages: tuple[str, ...], *, is_stored: bool = False) -> ReadDataset:
    """Reads a dataset's folder and the schemas that it names, and nothing else. `languages` are the catalogue's, and
    `is_stored` is what `has_store` says."""
    schemas = SchemaStore(Folder(root, ""))
    folder = Folder(root, f"{DATASETS}/{name}")
    dataset, problems, removed = _dataset(folder, name, languages, schemas, is_stored=is_stored)
    return ReadDataset(dataset, problems, tuple(sorted(schemas.used)), removed)


def read_version(root: Path, folder: str, name: str, catalog: Catalog) -> Release | None:
    """The version of a dataset that lies in `folder`, relative to the root, as a draft; None where it has no usable
    descriptor."""
    place = Folder(root, folder)
    document = _document(place, DESCRIPTOR, [])
    if document is None:
        return None
    kept: dict[str, str] | None = {} if has_store(catalog) else None
    return read_package(document, place, name, catalog.languages, SchemaStore(Folder(root, "")), kept)[0]


def read_datasets(root: Path, names: tuple[str, ...], catalog: Catalog) -> Iterable[ReadDataset]:
    """Each dataset, in the order of `names`."""
    return (read_dataset(root, name, catalog.languages, is_stored=has_store(catalog)) for name in names)


def refuse_nothing(root: Path) -> None:
    """Raises UsageError where a folder holds no publication."""
    if not (root / DATASETS).is_dir() or not any((root / DATASETS).iterdir()):
        modules = (root / ".gitmodules").is_file()
        raise UsageError("no-datasets", root=root, also="no-datasets-modules" if modules else "")


def load_publication(
    root: Path, read: Callable[[Path, tuple[str, ...], Catalog], Iterable[ReadDataset]] = read_datasets
) -> Loaded:
    """Reads everything below `datasets/` and `schemas/` of `root`, and collects every fault.

    `read` may reuse datasets that were read before.
    """
    root = root.resolve()
    refuse_nothing(root)
    problems: list[Problem] = []
    document = _document(Folder(root, DATASETS), CATALOG.rpartition("/")[2], problems)
    if document is None:
        return Loaded(None, tuple(problems))
    catalog, faults = read_catalog(document, root)
    problems += faults
    if catalog is None:
        return Loaded(None, tuple(problems))
    names = tuple(_dataset_names(root, problems))
    found = tuple(read(root, names, catalog))
    problems += (fault for dataset in found for fault in dataset.problems)
    datasets = [dataset.dataset for dataset in found if dataset.dataset]
    removed = tuple(release for dataset in found for release in dataset.removed)
    if not datasets and not removed and not problems:
        problems.append(problem("no-dataset", DATASETS))
    problems += _unused_schemas(root, {name for dataset in found for name in dataset.schemas})
    publication = Publication(root, catalog, tuple(datasets), removed)
    # Where a ledger cannot be read, its releases only look like drafts.
    unread = {fault.file.rpartition("/")[0] for fault in problems if fault.file.endswith(f"/{LEDGER}")}
    found_later = (*check_references(publication), *check_signatures(publication))
    problems += (fault for fault in found_later if fault.code != "dataset-draft-only" or fault.file not in unread)
    found_once = folded(sorted(dict.fromkeys(_once(problems)), key=Problem.sort_key), "", "many", "schema-missing")
    return Loaded(publication, summarised(found_once))


def _once(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems, with one for all files whose line ends git changed: it does so to a whole clone."""
    rewritten = [fault for fault in problems if fault.code == "release-line-ends"]
    yield from (fault for fault in problems if fault.code != "release-line-ends")
    if rewritten:
        yield problem("release-line-ends", rewritten[0].file, count=len(rewritten))


def _dataset_names(root: Path, problems: list[Problem]) -> Iterator[str]:
    misses = NearMisses()
    for path in sorted((root / DATASETS).iterdir()):
        file = f"{DATASETS}/{path.name}"
        if path.name.startswith(".") or file == CATALOG:
            continue
        if not path.is_dir():
            near = misses.nearest(path.name, ["catalog.yaml"], 0.85)
            problems.append(problem("file-unused", file, path=file, near=near, rule="" if near else "loose"))
        elif not path.resolve().is_relative_to(root):
            problems.append(problem("path-unsafe", file, path=path.name))
        elif not is_name(path.name) or path.name in RESERVED_NAMES:
            problems.append(problem("not-a-name", file, found=path.name))
        else:
            yield path.name


def _dataset(
    folder: Folder, name: str, languages: tuple[str, ...], schemas: SchemaStore, *, is_stored: bool
) -> tuple[Dataset | None, tuple[Problem, ...], tuple[Release, ...]]:
    problems: list[Problem] = []
    entries: tuple[LedgerEntry, ...] = ()
    ledger = _document(folder, LEDGER, problems) if os.path.lexists(folder.path / LEDGER) else None
    if ledger:
        entries, faults = read_ledger(ledger, languages)
        problems += faults
    removed = read_removed(folder, name, languages, entries, schemas, problems)
    gone = {str(release.version) for release in removed}
    entries = tuple(entry for entry in entries if entry.removal is None)
    kept = {str(entry.version): entry.imprint.languages for entry in entries if entry.imprint}
    known = {entry.version: entry for entry in reversed(entries)}
    listed = {str(version): dict(entry.files) for version, entry in known.items()}
    releases = []
    for version_folder in _version_folders(folder, problems, may_be_empty=bool(gone)):
        if version_folder.path.name in gone:
            continue
        document = _document(version_folder, DESCRIPTOR, problems)
        if document is None:
            continue
        spoken = kept.get(version_folder.path.name, languages)
        hashes = listed.get(version_folder.path.name, {}) if is_stored else None
        release, faults = read_package(document, version_folder, name, spoken, schemas, hashes)
        problems += faults
        if version_folder.path.name not in listed:
            # Who reads a descriptor or a table reports its own.
            read = {DESCRIPTOR, *(table.path for table in (release.tables if release else ()))}
            problems += traces(version_folder, (name for name in version_folder.contents if name not in read))
        if release:
            releases.append(_placed(version_folder, release, known.get(release.version), problems))
    folders = {release.folder.rpartition("/")[2] for release in releases}
    for entry in entries:
        if str(entry.version) not in folders and not (folder.path / str(entry.version)).is_dir():
            problems.append(problem("release-missing", folder.file(LEDGER), entry.line, version=entry.version))
    releases = _with_signatures(folder, sorted(releases, key=lambda release: release.version), problems)
    left = tuple(_left(problems, releases))
    return (Dataset(name, tuple(releases)) if releases else None), _folder_renamed(folder, left, listed), removed


def _left(problems: Sequence[Problem], releases: Sequence[Release]) -> Iterator[Problem]:
    """The problems without those that can no longer be corrected in what was released."""
    frozen = tuple(f"{release.folder}/" for release in releases if release.state != "draft")
    for fault in problems:
        is_frozen = fault.file.startswith(frozen)
        if not (is_frozen and fault.code in _TOO_LATE):
            yield replace(fault, severity="warning") if is_frozen and fault.code == PERSONAL else fault


def _with_signatures(folder: Folder, releases: Sequence[Release], problems: list[Problem]) -> list[Release]:
    signed = read_signed_sums(folder, problems)
    known = {release.version for release in releases if release.state != "draft"}
    strays = (folder.file(f"{SIGNATURES}/{version}") for version in sorted(signed.keys() - known))
    problems += (problem("signature-stray", file, rule="version") for file in strays)
    return [replace(release, signed=signed.get(release.version, ())) for release in releases] if signed else [*releases]


def _folder_renamed(folder: Folder, problems: Sequence[Problem], listed: Collection[str]) -> tuple[Problem, ...]:
    """The problems, with one for all descriptors that have another name than the folder, where releases are so."""
    differing = [fault for fault in problems if fault.code == "name-differs"]
    moved = [fault for fault in differing if fault.file.removeprefix(f"{folder.name}/").partition("/")[0] in listed]
    if not moved:
        return tuple(problems)
    said = problem("dataset-folder-renamed", folder.name, **dict(moved[0].values))
    return (*(fault for fault in problems if fault not in differing), said)


def _document(folder: Folder, name: str, problems: list[Problem]) -> Document | None:
    """A descriptor of the publication, which must lie in it and hold nothing but text."""
    path, code = locate(folder, name)
    if path is None:
        place = folder.name if code == "file-missing" else folder.file(name)
        code, near = refusal(folder, name, code, NearMisses())
        rule = "catalog" if folder.file(name) == CATALOG and not near else ""
        problems.append(problem(code, place, path=name, near=near, rule=rule))
        return None
    document, faults = read_yaml(path, folder.file(name))
    problems += faults
    problems += refuse_controls(document) if document else ()
    return document


def _version_folders(folder: Folder, problems: list[Problem], *, may_be_empty: bool = False) -> Iterator[Folder]:
    found = may_be_empty
    loose: list[str] = []
    for path in sorted(folder.path.iterdir()):
        if path.name.startswith((".", "~$")) or path.name in (LEDGER, SIGNATURES):
            continue
        file = folder.file(path.name)
        if not path.is_dir():
            loose.append(path.name)
        elif parse_version(path.name) is None:
            found = True
            problems.append(problem("folder-not-version", file, found=path.name, near=near_version(path.name)))
        elif not path.resolve().is_relative_to(folder.root):
            problems.append(problem("path-unsafe", file, path=path.name))
        else:
            found = True
            yield Folder(folder.root, file)
    if not found:
        rule = "loose" if loose else ""
        problems.append(problem("dataset-empty", folder.name, files=", ".join(loose), name=folder.path.name, rule=rule))
        return
    misses = NearMisses()
    for name in loose:
        near = misses.nearest(name, [LEDGER])
        problems.append(problem("file-unused", folder.file(name), path=name, near=near))


def _placed(folder: Folder, release: Release, entry: LedgerEntry | None, problems: list[Problem]) -> Release:
    """The release with what the ledger says of it; without an entry it stays a draft."""
    if entry is None:
        return release
    stored = {table.path: table.stored for table in release.tables if table.stored}
    problems += compare(folder, entry, f"{DATASETS}/{release.dataset}/{LEDGER}", stored)
    state: State = "withdrawn" if entry.withdrawal else "released"
    return replace(release, state=state, date=entry.date, changes=entry.changes, withdrawal=entry.withdrawal,
                   files=dict(entry.files), published=dict(entry.published), contents=dict(entry.contents),
                   renamed_to=entry.renamed_to, imprint=entry.imprint, accepted=entry.accepted,
                   identifiers=tuple(dict.fromkeys((*release.identifiers, *entry.identifiers))),
                   redactions=entry.redactions,
                   licenses=release.licenses or (entry.imprint.licenses if entry.imprint else ()))  # fmt: skip


def _unused_schemas(root: Path, read: set[str]) -> Iterator[Problem]:
    """Schemas that no version refers to; a warning, since frozen copies may have taken their place."""
    folder = root / SCHEMAS
    if not folder.is_dir():
        return
    used = {name.rpartition("/")[2] for name in read}
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and path.name not in used:
            yield warning("schema-unused", f"{SCHEMAS}/{path.name}")
