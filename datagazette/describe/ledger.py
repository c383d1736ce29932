"""What a ledger promises of releases, as descriptors: for the ledger itself, and for the site that is made of it."""

from __future__ import annotations

from typing import Any

from datagazette.describe.values import translated
from datagazette.model.publication import Catalog, Dataset, Imprint, Release


def imprint_descriptor(imprint: Imprint) -> dict[str, Any]:
    """As it is in a ledger, under the catalogue's own keys."""
    first, publisher = imprint.languages[0], imprint.publisher
    path = {"path": publisher.path} if publisher.path else {}
    described: dict[str, Any] = {
        **translated("title", imprint.title, first),
        "publisher": {**translated("title", publisher.title, first), **path},
        "baseUrl": imprint.base_url,
        "languages": list(imprint.languages),
        "licenses": [
            {key: value for key, value in (("name", one.name), ("path", one.path)) if value}
            | translated("title", one.title, first)
            for one in imprint.licenses
        ],
    }
    return {key: value for key, value in described.items() if value}


def ledger_descriptor(catalog: Catalog, dataset: Dataset) -> dict[str, Any]:
    """A dataset's ledger, by which a later build sees that nothing of it has changed.

    Each release has an imprint, be it the catalogue's, and no hashes of published files: `SHA256SUMS` has them.
    """
    released = [one for one in dataset.releases if one.state != "draft"]
    renamed_to = dataset.latest.renamed_to
    return {**({"renamedTo": renamed_to} if renamed_to else {}), "releases": [_entry(catalog, one) for one in released]}


def _entry(catalog: Catalog, release: Release) -> dict[str, Any]:
    imprint = catalog.as_of(release).imprint
    first = imprint.languages[0]
    described: dict[str, Any] = {
        "version": str(release.version),
        "date": release.date.isoformat() if release.date else None,
        **translated("changes", release.changes, first),
        "files": dict(sorted(release.files.items())),
        "imprint": imprint_descriptor(imprint),
    }
    if catalog.is_mirror:
        del described["imprint"]["baseUrl"]
    if release.withdrawal:
        reason = translated("reason", release.withdrawal.reason, first)
        described["withdrawn"] = {"date": release.withdrawal.date.isoformat(), **reason}
    return described
