"""Who signed a file that a person has: the signatures of the sums that name it."""

from __future__ import annotations

from collections.abc import Iterable

from datagazette.build.origins import hashes_of
from datagazette.load.signatures import judged
from datagazette.model.publication import Publication, Release
from datagazette.model.signing import Signature


def signatures_of(
    publication: Publication, releases: Iterable[Release], sha256: str
) -> tuple[tuple[Release, Signature], ...] | None:
    """The signatures of sums that name a file with this hash, or are that file, or have it as their signature; the good
    ones alone, where there are any of a release. None where the publisher has no keys."""
    if not publication.catalog.keys:
        return None
    found: list[tuple[Release, Signature]] = []
    for release in {release.id: release for release in releases}.values():
        about = [sums for sums in release.signed if sha256 in (sums.sha256, *sums.sums.values(), *hashes_of(sums))]
        every = [each for sums in about for each in judged(publication.catalog.keys, release, sums)]
        good = [each for each in every if each.state == "good"]
        found += {(each.state, each.fingerprint): (release, each) for each in good or every}.values()
    return tuple(found)
