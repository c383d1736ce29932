"""Whether a publication keeps what it has released: its ledgers against those of a revision, a folder, or its history.

Without a base, each entry is compared with the newest commit of this branch that has it, where there is git.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from datagazette.commands.revisions import (
    changed_files,
    differing_files,
    find_revision,
    is_repository,
    publication_folder,
    shortened,
    texts_at,
)
from datagazette.diff.ledgers import compare_imprints, compare_ledgers, rewritten_by_catalog
from datagazette.load.catalog import read_catalog
from datagazette.load.files import CATALOG, DATASETS, LEDGER, Folder, locate
from datagazette.load.ledger import LedgerEntry, read_ledger
from datagazette.load.yaml_file import parse_yaml, read_yaml
from datagazette.model.names import Version
from datagazette.model.problems import Problem
from datagazette.model.publication import Catalog, Imprint, Publication

_PROMISES = re.compile(rf"{DATASETS}/[^/]+/{re.escape(LEDGER)}|{re.escape(CATALOG)}")


def rewritten_releases(publication: Publication, base: str | None = None) -> tuple[Problem, ...]:
    """What the publication at `base` promised of releases and this one does not keep.

    `base` is a revision or a folder. Raises UsageError where there is none of that name.
    """
    moved = {f"{DATASETS}/{name}/{LEDGER}" for name in moved_datasets(publication)}
    return tuple(fault for fault in _rewritten(publication, base) if fault.file not in moved)


def _rewritten(publication: Publication, base: str | None) -> tuple[Problem, ...]:
    root = publication.root
    if base is not None and Path(base).is_dir():
        other = publication_folder(base)
        changed = [file for file in differing_files(root, other) if _PROMISES.fullmatch(file)]
        there = {file: other / file for file in changed if (other / file).is_file()}
        return _compared(publication, base, {file: path.read_text("utf-8", "replace") for file, path in there.items()})
    if base is None and not is_repository(root):
        return ()
    revision = find_revision(root, "HEAD" if base is None else base)
    changed = [file for file in changed_files(revision, (DATASETS,)) if _PROMISES.fullmatch(file)]
    found = _compared(publication, revision.name, texts_at(revision, changed))
    return found if base is not None else (*found, *_still_gone(publication))


def moved_datasets(publication: Publication) -> frozenset[str]:
    """The datasets that are gone, and whose releases lie in a folder of another name: a problem of that folder."""
    named = {
        str(release.descriptor.get("name"))
        for dataset in publication.datasets
        for release in dataset.releases
        if release.state != "draft"
    }
    return frozenset(named - {dataset.name for dataset in publication.datasets})


def _compared(publication: Publication, base: str, texts: Mapping[str, str]) -> tuple[Problem, ...]:
    """`texts` are the ledgers and the catalogue of the publication `base`, as far as they were other ones."""
    root, catalog = publication.root, publication.catalog
    imprint: Imprint | None = catalog.imprint
    if texts.get(CATALOG):
        document, _ = parse_yaml(texts[CATALOG].removeprefix("\ufeff"), CATALOG)
        earlier_catalog = read_catalog(document)[0] if document else None
        imprint = earlier_catalog.imprint if earlier_catalog else None
    old = {file: _entries(text, file, catalog) for file, text in texts.items() if file != CATALOG}
    earlier = _earlier(publication) if old and is_repository(root) else {}
    found: list[Problem] = []
    for file, before in old.items():
        after = _entries_now(root, file, catalog)
        if after is not None:
            restored = tuple(earlier.get(file, ()))
            found += compare_ledgers(before, after, file=file, base=base, imprint=imprint, restored=restored)
    if imprint:
        found += _by_catalog(publication, base, imprint, old)
    return tuple(found)


def _by_catalog(
    publication: Publication, base: str, imprint: Imprint, old: Mapping[str, tuple[LedgerEntry, ...]]
) -> Iterator[Problem]:
    """Keys of the catalogue that are not what they were, where releases of then keep no imprint."""
    versions = {file: [entry.version for entry in entries] for file, entries in old.items()}
    releases = [
        f"{release.dataset} {release.version}"
        for dataset in publication.datasets
        for release in dataset.releases
        if release.state != "draft"
        and release.imprint is None
        # A ledger that has not changed has no new release.
        and release.version in versions.get(f"{DATASETS}/{dataset.name}/{LEDGER}", (release.version,))
    ]
    keys = compare_imprints(imprint, publication.catalog.imprint) if releases else ()
    lines = read_yaml(publication.root / CATALOG, CATALOG)[0] if keys else None
    for key in keys:
        yield rewritten_by_catalog(key, lines.line((key,)) if lines else None, releases, {"base": base})


def _still_gone(publication: Publication) -> Iterator[Problem]:
    """Entries that a commit took out of a ledger, each with the newest commit that has it."""
    root, catalog = publication.root, publication.catalog
    earlier = _earlier(publication)
    head = texts_at(find_revision(root, "HEAD"), earlier) if earlier else {}
    for file, known in earlier.items():
        there = {entry.version for entry in _entries(head.get(file, ""), file, catalog)}
        after = _entries_now(root, file, catalog)
        for version, (entry, name) in known.items() if after is not None else ():
            if version not in there:
                found = tuple(later for later in after or () if later.version == version)
                yield from compare_ledgers((entry,), found, file=file, base=name)


def _earlier(publication: Publication) -> Mapping[str, Mapping[Version, tuple[LedgerEntry, str]]]:
    """The entries that ledgers had before a commit took lines out of them, with the newest such commit."""
    found: dict[str, dict[Version, tuple[LedgerEntry, str]]] = {}
    for revision, file in shortened(publication.root, f"{DATASETS}/*/{LEDGER}"):
        for entry in _entries(texts_at(revision, [file]).get(file, ""), file, publication.catalog):
            found.setdefault(file, {}).setdefault(entry.version, (entry, revision.name))
    return found


def _entries(text: str, file: str, catalog: Catalog) -> tuple[LedgerEntry, ...]:
    """Those of a ledger that was merged; of one that cannot be read there are none."""
    document, _ = parse_yaml(text.removeprefix("\ufeff"), file)
    return read_ledger(document, catalog.languages)[0] if document else ()


def _entries_now(root: Path, file: str, catalog: Catalog) -> tuple[LedgerEntry, ...] | None:
    """Those of the ledger as it is; none where it is gone, None where its faults are reported already."""
    folder, _, name = file.rpartition("/")
    if not (root / folder).is_dir():
        return ()
    path, code = locate(Folder(root, folder), name)
    if path is None:
        return () if code == "file-missing" else None
    document, _ = read_yaml(path, file)
    return read_ledger(document, catalog.languages)[0] if document else None
