"""Whether a build keeps what the site promises that it would replace: its ledgers, and the bytes of its releases.

The site has each dataset's ledger in its document below `/api/`, and `SHA256SUMS` beside each release. A file that is
not what its sum says was changed by hand since, and proves nothing: the build puts it right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datagazette.describe import addresses
from datagazette.diff.ledgers import compare_imprints, compare_ledgers, rewritten_by_catalog
from datagazette.downloads import contents
from datagazette.downloads.package import SUMS
from datagazette.downloads.promises import DATA_KINDS, differs, gone, other_values
from datagazette.files import sha256
from datagazette.load.descriptors import Document
from datagazette.load.ledger import LedgerEntry, read_ledger
from datagazette.model.names import is_name
from datagazette.model.problems import Problem
from datagazette.model.publication import Catalog, Publication, Release
from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.pages.context import Key
from datagazette.tables.engine import connect

# What is read where a mirror leaves its address out.
_NOWHERE = "/"


@dataclass(frozen=True)
class Made:
    """A release that this build has made: its result, and the root of the tree in which its files are."""

    result: ReleaseResult
    root: Path

    @property
    def folder(self) -> Path:
        return self.root / addresses.data_folder(self.result.release)


def replaced_releases(site: Path, publication: Publication, made: Mapping[Key, Made]) -> tuple[Problem, ...]:
    """What the site promises of its releases and this build does not keep.

    A release that is not `made` keeps its files as long as the publication has it.
    """
    base = {"base": f"{site.name} 中的网站", "base@en": f"the site in {site.name}"}
    found: list[Problem] = []
    rewritten: dict[str, list[str]] = {}
    for name in _datasets(site):
        before = _entries(site, name, publication.catalog)
        after = _entries_now(publication, name)
        found += (
            replace(one, values=(*((key, value) for key, value in one.values if key != "base"), *base.items()))
            for one in compare_ledgers(_judged(before, after, publication.catalog), after, file=_ledger(name), base="")
        )
        for entry in before:
            for key in _said_otherwise(entry, after, publication.catalog):
                rewritten.setdefault(key, []).append(f"{name} {entry.version}")
            one = made.get((name, entry.version))
            if one and one.result.release.state != "draft":
                found += _files(site, one)
    found += (rewritten_by_catalog(key, None, releases, base) for key, releases in rewritten.items())
    return tuple(found)


def _datasets(site: Path) -> tuple[str, ...]:
    names = (str(one.get("name")) for one in _items(_read(site / "status.json"), "datasets"))
    return tuple(dict.fromkeys(name for name in names if is_name(name)))


def _entries(site: Path, name: str, catalog: Catalog) -> tuple[LedgerEntry, ...]:
    """What the site has of a ledger; of a site by an earlier version of this program, the versions and their days."""
    described = _read(site / f"api/datasets/{name}.json")
    ledger = described.get("ledger")
    if not isinstance(ledger, dict):
        released = [{"version": one.get("version"), "date": one.get("released")}
                    for one in _items(described, "releases") if one.get("state") != "draft"]  # fmt: skip
        ledger = {"releases": released}
    return read_ledger(Document(f"api/datasets/{name}.json", ledger), catalog.languages)[0]


def _entries_now(publication: Publication, name: str) -> tuple[LedgerEntry, ...]:
    dataset = publication.dataset(name)
    return tuple(_entry(one) for one in (dataset.releases if dataset else ()) if one.state != "draft" and one.date)


def _entry(release: Release) -> LedgerEntry:
    assert release.date is not None
    return LedgerEntry(
        release.version, release.date, release.changes, release.files, withdrawal=release.withdrawal,
        renamed_to=release.renamed_to, imprint=release.imprint,
    )  # fmt: skip


def _judged(
    before: tuple[LedgerEntry, ...], after: tuple[LedgerEntry, ...], catalog: Catalog
) -> tuple[LedgerEntry, ...]:
    """The entries of a site as far as they can be compared with those of a ledger."""
    now = {one.version: one for one in after}
    return tuple(_alike(one, now[one.version], catalog) if one.version in now else one for one in before)


def _alike(entry: LedgerEntry, later: LedgerEntry, catalog: Catalog) -> LedgerEntry:
    """Without the imprint where the ledger keeps none, which `_said_otherwise` looks at, and with what is no news."""
    if later.imprint is None:
        languages = entry.imprint.languages if entry.imprint else catalog.languages
        kept = replace(entry, imprint=None)
        if not entry.files:
            kept = replace(kept, files=later.files, changes=later.changes)
        if languages != catalog.languages:  # reported by its key: words read as another language are not other words
            kept = replace(kept, changes=later.changes, withdrawal=entry.withdrawal and later.withdrawal)
        return kept
    if entry.imprint is None:
        return replace(entry, files=later.files, changes=later.changes)
    elsewhere = entry.imprint.base_url == _NOWHERE
    imprint = replace(entry.imprint, base_url=later.imprint.base_url) if elsewhere else entry.imprint
    return replace(entry, imprint=imprint)


def _said_otherwise(before: LedgerEntry, after: tuple[LedgerEntry, ...], catalog: Catalog) -> tuple[str, ...]:
    """The keys of the catalogue that say something else than they did, for a release of which no imprint is kept."""
    kept = any(one.version == before.version and one.imprint is None for one in after)
    if before.imprint is None or not kept:
        return ()
    elsewhere = catalog.is_mirror or before.imprint.base_url == _NOWHERE
    said = replace(before.imprint, base_url=catalog.base_url) if elsewhere else before.imprint
    return compare_imprints(said, catalog.imprint)


def _files(site: Path, made: Made) -> Iterator[Problem]:
    result = made.result
    folder = site / addresses.data_folder(result.release)
    for path, digest in _sums(folder / SUMS).items():
        file = result.file(path)
        if (file and file.sha256 == digest) or not _is_whole(folder / path, digest):
            continue
        if file is None:
            yield gone(result, path)
        elif file.kind in DATA_KINDS:
            yield differs(result, file, "data", expected=digest, found=file.sha256)
        elif file.kind in contents.KINDS and not _same_values(folder / path, made.folder / path, file, result):
            yield other_values(result, file, made.folder / path, folder / path)


def _same_values(before: Path, after: Path, file: PublishedFile, result: ReleaseResult) -> bool:
    with connect() as first, connect() as second:
        old = contents.digest(first, before, file.kind, result)
        return old == contents.digest(second, after, file.kind, result)


def _sums(path: Path) -> dict[str, str]:
    """The hashes by path, as `archive.sums_text` writes them; what is no such line is left out."""
    with suppress(OSError, UnicodeDecodeError):
        lines = (line.partition("  ") for line in path.read_text("utf-8").splitlines())
        return {name: digest for digest, _, name in lines if name and ".." not in Path(name).parts}
    return {}


def _is_whole(path: Path, digest: str) -> bool:
    with suppress(OSError):
        return sha256(path) == digest
    return False


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; an empty one where there is none."""
    with suppress(OSError, ValueError, RecursionError):
        found = json.loads(path.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _items(described: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = described.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _ledger(dataset: str) -> str:
    return f"datasets/{dataset}/releases.yaml"
