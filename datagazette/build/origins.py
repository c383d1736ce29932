"""Which releases published a file: by its hash, and by its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from datagazette.describe.addresses import latest_path
from datagazette.load.files import NOTES
from datagazette.model.publication import Dataset, Release
from datagazette.model.signing import ENDINGS, SUMS, SignedSums

# What browsers add to the name of a file that is downloaded again.
_AGAIN = re.compile(r" ?\(\d+\)(?=\.[^.]+$)")


@dataclass(frozen=True)
class Origin:
    """A release that published a file, under `path`; `resource` where it is one of its tables."""

    release: Release
    path: str
    resource: str = ""


def published_releases(dataset: Dataset) -> tuple[Release, ...]:
    """All but drafts, the oldest first."""
    return tuple(release for release in dataset.releases if release.state != "draft")


def origins_of(release: Release) -> Iterator[tuple[Origin, str]]:
    """Every file of a release with its hash: the submitted tables, and what the ledger says was made of them.

    Of a removed release the ledger alone says which tables it had.
    """
    if release.removal:
        yield from _origins_of_removed(release)
        return
    for table in release.tables:
        submitted = release.files.get(table.file.removeprefix(f"{release.folder}/"))
        if submitted:
            yield Origin(release, f"{table.name}.csv", table.name), submitted
    submitted_paths = {f"{table.name}.csv" for table in release.tables}
    for path, hashes in release.published.items():
        if path not in submitted_paths:
            resource = next((table.name for table in release.tables if path.startswith(f"{table.name}.")), "")
            yield from ((Origin(release, path, resource), hashed) for hashed in hashes)
    for sums in release.signed:
        for (kind, _), hashed in zip(sums.signatures, hashes_of(sums), strict=True):
            yield Origin(release, f"{SUMS}.{ENDINGS[kind]}"), hashed


def hashes_of(sums: SignedSums) -> list[str]:
    """Those of the signatures as files."""
    return [hashlib.sha256(text.encode()).hexdigest() for _, text in sums.signatures]


def _origins_of_removed(release: Release) -> Iterator[tuple[Origin, str]]:
    for path, hashed in release.files.items():
        if path.endswith(".csv") and path != NOTES:
            yield Origin(release, path, path.removesuffix(".csv")), hashed
    for path, hashes in release.published.items():
        yield from ((Origin(release, path), hashed) for hashed in hashes if hashed not in release.files.values())


def named_files(release: Release, name: str) -> Iterator[Origin]:
    """The files of a release that a person may have under that name: as published, or as below `latest`."""
    paths = {origin.path for origin, _ in origins_of(release)}
    paths |= {f"{release.id}.{kind}" for kind in ("zip", "xlsx")}
    names = (name, _AGAIN.sub("", name))
    for path in sorted(paths):
        if not {PurePosixPath(path).name, PurePosixPath(latest_path(release, path)).name}.isdisjoint(names):
            yield Origin(release, path)
