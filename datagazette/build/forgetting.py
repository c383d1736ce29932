"""What builds kept of values that are no longer published is taken away: cached results, and the tree of before.

A build does so when it publishes a removal or a redaction for the first time at a place, on whichever machine; `remove`
does it at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from datagazette.build.cache import Cache
from datagazette.build.fingerprints import digest
from datagazette.build.last import Place
from datagazette.files import replace_atomically
from datagazette.model.content import FETCHED
from datagazette.model.publication import Publication

_CACHE = "build/cache"
# Folders that hold data of earlier builds; what is made of the data as it is now comes back by itself.
_BESIDE = ("build/first", "build/spare", FETCHED)


@dataclass(frozen=True)
class Forgetting:
    """What a site no longer shows: `removed` is a hash of it, empty where nothing was ever taken away. `noted` is what
    was so when a build published to that place last."""

    stamp: Path
    removed: str
    noted: str

    @property
    def is_due(self) -> bool:
        return bool(self.removed) and self.removed != self.noted


def forgetting(publication: Publication, place: Place) -> Forgetting:
    stamp = publication.root / _CACHE / f".removed-{digest(place)[:16]}"
    noted = stamp.read_text("utf-8") if stamp.is_file() else ""
    found = list(_taken_away(publication))
    return Forgetting(stamp, digest(found) if found else "", noted)


def _taken_away(publication: Publication) -> Iterator[tuple[str, object]]:
    yield from ((release.id, release.removal) for release in publication.removed)
    for dataset in publication.datasets:
        yield from ((release.id, release.redactions) for release in dataset.releases if release.redactions)


def forget(root: Path, cache: Cache, due: Forgetting, used: Collection[str]) -> None:
    """Keeps no results but those with the keys `used`, which were made of the data as it is."""
    cache.sweep(used)
    for name in _BESIDE:
        shutil.rmtree(root / name, ignore_errors=True)
    replace_atomically(due.stamp, due.removed.encode())


def forget_all(root: Path) -> tuple[str, ...]:
    """Takes away all that builds keep; returns which folders there were."""
    found = [name for name in (_CACHE, "build/work", *_BESIDE) if (root / name).exists()]
    for name in found:
        shutil.rmtree(root / name, ignore_errors=True)
    return tuple(found)
