"""Whether a publication keeps what it has released: its ledgers against those of a revision, a folder, or its history.

Without a base, each entry is held against the newest commit of this branch that has it, where there is git.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from datagazette.commands.diff.bases import differing_files, publication_folder
from datagazette.commands.diff.revisions import (
    Revision,
    changed_files,
    find_revision,
    is_repository,
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

_LEDGER = re.compile(rf"{DATASETS}/[^/]+/{re.escape(LEDGER)}")
_PLACES = (DATASETS,)


@dataclass(frozen=True)
class _Before:
    """Ledgers and, where it was another one, the catalogue of the publication that is called `name`, as texts."""

    name: str
    ledgers: Mapping[str, str]
    catalog: str = ""


def rewritten_releases(publication: Publication, base: str | None = None) -> tuple[Problem, ...]:
    """What the publication at `base` promised of releases and this one does not keep.

    `base` is a revision or a folder. Raises UsageError where there is none of that name.
    """
    if base is not None and Path(base).is_dir():
        return _compared(publication, _folder(publication.root, base))
    if base is not None:
        return _compared(publication, _revision(find_revision(publication.root, base)))
    if not is_repository(publication.root):
        return ()
    head = _compared(publication, _revision(find_revision(publication.root, "HEAD")))
    return (*head, *_still_gone(publication))


def _revision(revision: Revision) -> _Before:
    changed = changed_files(revision, _PLACES)
    texts = texts_at(revision, [one for one in changed if one == CATALOG or _LEDGER.fullmatch(one)])
    return _Before(revision.name, texts, texts.pop(CATALOG, ""))


def _folder(root: Path, name: str) -> _Before:
    other = publication_folder(name)
    changed = [one for one in differing_files(root, other) if one == CATALOG or _LEDGER.fullmatch(one)]
    texts = {one: (other / one).read_text("utf-8", "replace") for one in changed if (other / one).is_file()}
    return _Before(name, texts, texts.pop(CATALOG, ""))


def _compared(publication: Publication, before: _Before) -> tuple[Problem, ...]:
    catalog = publication.catalog
    imprint = _imprint(before.catalog) if before.catalog else catalog.imprint
    found: list[Problem] = []
    old: dict[str, tuple[LedgerEntry, ...]] = {}
    earlier = _earlier(publication) if before.ledgers and is_repository(publication.root) else {}
    for file, text in before.ledgers.items():
        old[file] = _entries(text, file, catalog)
        after = _entries_now(publication.root, file, catalog)
        if after is not None:
            restored = tuple(earlier.get(file, ()))
            found += compare_ledgers(old[file], after, file=file, base=before.name, imprint=imprint, restored=restored)
    if imprint:
        found += _by_catalog(publication, before.name, imprint, old)
    return tuple(found)


def _by_catalog(
    publication: Publication, base: str, imprint: Imprint, old: Mapping[str, tuple[LedgerEntry, ...]]
) -> Iterator[Problem]:
    """Keys of the catalogue that are not what they were, where releases of then keep no imprint."""
    releases = [
        f"{one.dataset} {one.version}"
        for dataset in publication.datasets
        for one in dataset.releases
        if one.state != "draft" and one.imprint is None and _was_there(old, one.dataset, str(one.version))
    ]
    keys = compare_imprints(imprint, publication.catalog.imprint) if releases else ()
    lines = read_yaml(publication.root / CATALOG, CATALOG)[0] if keys else None
    for key in keys:
        yield rewritten_by_catalog(key, lines.line((key,)) if lines else None, releases, {"base": base})


def _was_there(old: Mapping[str, tuple[LedgerEntry, ...]], dataset: str, version: str) -> bool:
    """Whether a release is old: a ledger that has not changed has no new one."""
    entries = old.get(f"{DATASETS}/{dataset}/{LEDGER}")
    return entries is None or any(str(one.version) == version for one in entries)


def _still_gone(publication: Publication) -> Iterator[Problem]:
    """Entries that a commit took out of a ledger, each with the newest commit that has it."""
    root, catalog = publication.root, publication.catalog
    earlier = _earlier(publication)
    head = texts_at(find_revision(root, "HEAD"), earlier) if earlier else {}
    for file, known in earlier.items():
        there = {one.version for one in _entries(head.get(file, ""), file, catalog)}
        after = _entries_now(root, file, catalog)
        for version, (entry, name) in known.items() if after is not None else ():
            if version not in there:
                found = tuple(one for one in after or () if one.version == version)
                yield from compare_ledgers((entry,), found, file=file, base=name)


def _earlier(publication: Publication) -> Mapping[str, Mapping[Version, tuple[LedgerEntry, str]]]:
    """The entries that ledgers had before a commit took lines out of them, with the newest such commit."""
    found: dict[str, dict[Version, tuple[LedgerEntry, str]]] = {}
    for revision, file in shortened(publication.root, f"{DATASETS}/*/{LEDGER}"):
        for entry in _entries(texts_at(revision, [file]).get(file, ""), file, publication.catalog):
            found.setdefault(file, {}).setdefault(entry.version, (entry, revision.name))
    return found


def _entries(text: str, file: str, catalog: Catalog) -> tuple[LedgerEntry, ...]:
    """Those of a ledger that was merged; of one that nobody could read there are none."""
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


def _imprint(text: str) -> Imprint | None:
    document, _ = parse_yaml(text.removeprefix("\ufeff"), CATALOG)
    catalog = read_catalog(document)[0] if document else None
    return catalog.imprint if catalog else None
