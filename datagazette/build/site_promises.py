"""Whether a build keeps what the site promises that it would replace: its ledgers, and the bytes of its releases.

The site has each dataset's ledger in its document below `/api/`, and `SHA256SUMS` beside each release. A file that is
not what its sum says was changed by hand since, and proves nothing: the build puts it right.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from datagazette.build.fingerprints import file_hash
from datagazette.build.package import SITE, Package
from datagazette.describe import addresses
from datagazette.diff.ledgers import compare_imprints, compare_ledgers, rewritten_by_catalog
from datagazette.downloads.promises import (
    DATA_KINDS,
    OPENED_KINDS,
    correction,
    differs,
    gone,
    other_values,
    values_digest,
)
from datagazette.load.descriptors import Document
from datagazette.load.ledger import LedgerEntry, read_ledger
from datagazette.model.names import Version, is_name
from datagazette.model.problems import Problem
from datagazette.model.publication import Catalog, Publication
from datagazette.model.results import ReleaseResult
from datagazette.model.signing import SUMS
from datagazette.pages.context import Key

# What is read where a mirror leaves its address out.
_NOWHERE = "/"


def replaced_releases(
    site: Path, publication: Publication, packages: Mapping[Key, Package], same: Collection[str] = frozenset()
) -> tuple[Problem, ...]:
    """What the site promises of its releases and this build does not keep, but for what was removed on purpose.

    A release that is not in `packages` keeps its files as long as the publication has it. The datasets `same` are known
    to be what the site shows.
    """
    catalog, base = publication.catalog, {"base": f"{site.name} 中的网站", "base@en": f"the site in {site.name}"}
    found: list[Problem] = []
    rewritten: dict[str, list[str]] = {}
    for name in (name for name in _datasets(site) if name not in same):
        before = _entries(site, name, catalog)
        after = _entries_now(publication, name)
        compared = [
            _alike(entry, after[entry.version], catalog) if entry.version in after else entry for entry in before
        ]
        ledger = f"datasets/{name}/releases.yaml"
        for fault in compare_ledgers(tuple(compared), tuple(after.values()), file=ledger, base=""):
            values = [(key, value) for key, value in fault.values if key != "base"]
            found.append(replace(fault, values=(*values, *base.items())))
        for entry in before:
            for key in _said_otherwise(entry, after.get(entry.version), catalog):
                rewritten.setdefault(key, []).append(f"{name} {entry.version}")
            package = packages.get((name, entry.version))
            is_redacted = package and len(package.result.release.redactions) > len(entry.redactions)
            if package and package.result.release.state != "draft" and not is_redacted:
                found += _files(site, package.files.path(SITE), package.result)
    found += (rewritten_by_catalog(key, None, releases, base) for key, releases in rewritten.items())
    return tuple(found)


def _datasets(site: Path) -> tuple[str, ...]:
    names = (str(dataset.get("name")) for dataset in _items(_read(site / "status.json"), "datasets"))
    return tuple(dict.fromkeys(name for name in names if is_name(name)))


def _entries(site: Path, name: str, catalog: Catalog) -> tuple[LedgerEntry, ...]:
    """What the site has of a ledger; of a site by an earlier version of this program, the versions and their days."""
    described = _read(site / f"api/datasets/{name}.json")
    ledger = described.get("ledger")
    if not isinstance(ledger, dict):
        released = [{"version": release.get("version"), "date": release.get("released")}
                    for release in _items(described, "releases") if release.get("state") != "draft"]  # fmt: skip
        ledger = {"releases": released}
    return read_ledger(Document(f"api/datasets/{name}.json", ledger), catalog.languages)[0]


def _entries_now(publication: Publication, name: str) -> dict[Version, LedgerEntry]:
    dataset = publication.dataset(name)
    releases = (*(dataset.releases if dataset else ()), *publication.removed_of(name))
    return {
        release.version: LedgerEntry(
            release.version, release.date, release.changes, release.files, withdrawal=release.withdrawal,
            renamed_to=release.renamed_to, imprint=release.imprint, removal=release.removal,
            redactions=release.redactions,
        )
        for release in sorted(releases, key=lambda release: release.version)
        if release.state != "draft" and release.date
    }  # fmt: skip


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


def _said_otherwise(before: LedgerEntry, after: LedgerEntry | None, catalog: Catalog) -> tuple[str, ...]:
    """The keys of the catalogue that say something else than they did, for a release of which no imprint is kept."""
    if before.imprint is None or after is None or after.imprint is not None or after.removal:
        return ()
    elsewhere = catalog.is_mirror or before.imprint.base_url == _NOWHERE
    said = replace(before.imprint, base_url=catalog.base_url) if elsewhere else before.imprint
    return compare_imprints(said, catalog.imprint)


def _files(site: Path, made: Path, result: ReleaseResult) -> Iterator[Problem]:
    """What differs in a release's files; `made` is the tree that this build has made."""
    folder = addresses.data_folder(result.release)
    for path, digest in _sums(site / folder / SUMS).items():
        file, old, new = result.file(path), site / folder / path, made / folder / path
        if (file and file.sha256 == digest) or file_hash(old) != digest:
            continue
        if file is None:
            yield gone(result, path)
        elif file.kind in DATA_KINDS and not correction(result, file, new, digest):
            yield differs(result, file, "data", expected=digest, found=file.sha256)
        elif file.kind in OPENED_KINDS:
            before, after = (values_digest(each, file.kind, result) for each in (old, new))
            if before != after and not correction(result, file, new, before):
                yield other_values(result, file, new, old)


def _sums(path: Path) -> dict[str, str]:
    """The hashes by path, as `archive.sums_text` writes them; what is no such line is left out."""
    with suppress(OSError, UnicodeDecodeError):
        lines = (line.partition("  ") for line in path.read_text("utf-8").splitlines())
        return {name: digest for digest, _, name in lines if name and ".." not in Path(name).parts}
    return {}


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; an empty one where there is none."""
    with suppress(OSError, ValueError, RecursionError):
        found = json.loads(path.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _items(described: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = described.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
