"""Signatures: what the publisher signed is published beside the sums that it is of, and the keys for all of them."""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.build.write import Site
from datagazette.describe import addresses
from datagazette.describe.signing_keys import key_files
from datagazette.load.files import DATASETS, LEDGER
from datagazette.load.signatures import good_signatures
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Release
from datagazette.model.results import ReleaseResult
from datagazette.model.signing import SUMS


def publish_signatures(site: Site, base_url: str) -> tuple[Problem, ...]:
    """Puts keys and signatures into the output, and returns a warning for each release that has none though there was
    a key for it. A signature that is not of these very sums is left out: it would prove nothing. A
    site for another address than the publication's own `base_url`, which its descriptions name, has other sums."""
    catalog = site.content.catalog
    if not catalog.keys:
        return ()
    for path, text in key_files(catalog):
        site.output.write(path, text)
    problems: list[Problem] = []
    for result in site.content.results.values():
        release = site.content.publication.release(result.release.dataset, result.release.version)
        if release and release.state != "draft":
            problems += _publish(site, release, result)
    return tuple(problems) if catalog.base_url == base_url else ()


def _publish(site: Site, release: Release, result: ReleaseResult) -> Iterator[Problem]:
    catalog, sums = site.content.catalog, result.file(SUMS)
    signatures = good_signatures(catalog.keys, release, sums.sha256 if sums else "")
    for signature in signatures:
        site.output.write(addresses.signature_path(release, signature.kind), signature.text)
    first = min(key.since for key in catalog.keys)
    if sums and not signatures and release.date and release.date >= first:
        rule = "outdated" if release.signed else ""
        about = {"dataset": release.dataset, "version": release.version}
        yield warning("signature-missing", f"{DATASETS}/{release.dataset}/{LEDGER}", rule=rule, **about)
