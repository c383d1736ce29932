"""The page of the publisher's keys, and what the page of a release says of its signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.signing_keys import check_command, key_files, usual_command
from datagazette.load.signatures import good_signatures
from datagazette.model.publication import Dataset
from datagazette.model.results import ReleaseResult
from datagazette.model.signing import ENDINGS, SUMS, SigningKey
from datagazette.pages.context import Head, Page, PageContext, render


def keys_page(context: PageContext) -> Page:
    """`/keys/`: every key, the newest first, and how a reader checks with them."""
    catalog = context.content.catalog
    head = Head(kind="text", title=context.say("keys.title"), description=context.say("keys.description"))
    kinds = [kind for kind in ENDINGS if any(key.kind == kind and not key.revoked for key in catalog.keys)]
    return render(
        context,
        "keys",
        head,
        keys=[_key(context, key) for key in reversed(catalog.keys)],
        files=[(context.root(path), path.removeprefix(addresses.KEYS)) for path, _ in key_files(catalog)],
        checks=[(context.say(f"keys.check_{kind}"), usual_command(catalog, kind)) for kind in kinds],
        has_retired=any(key.until for key in catalog.keys if key.kind == "ssh"),
    )


def _key(context: PageContext, key: SigningKey) -> dict[str, Any]:
    since = context.date(key.since.isoformat())
    until = context.date(key.until.isoformat()) if key.until else ""
    term = context.say("keys.until" if until else "keys.since", since=since, **({"until": until} if until else {}))
    revoked = key.revoked
    return {
        "name": key.name,
        "kind": {"ssh": "OpenSSH", "minisign": "minisign"}[key.kind],
        "fingerprint": key.fingerprint,
        "key": key.key,
        "term": term,
        "revoked": context.say("keys.revoked", date=context.date(revoked.date.isoformat())) if revoked else "",
        "reason": context.text(revoked.reason) if revoked else "",
    }


def signature_views(context: PageContext, dataset: Dataset, result: ReleaseResult) -> Iterator[dict[str, str]]:
    """The signatures that are published of a release: who signed, the file, and how to check it."""
    catalog, sums = context.content.catalog, result.file(SUMS)
    # A result may be older than its signatures.
    release = dataset.release(result.release.version)
    if release is None or sums is None:
        return
    for signature in good_signatures(catalog.keys, release, sums.sha256):
        if key := signature.key:
            path = addresses.signature_path(release, signature.kind)
            yield {
                "said": context.say("dataset.signed", file=SUMS, name=key.name, fingerprint=key.fingerprint),
                "link": context.root(path),
                "name": path.rpartition("/")[2],
                "size": context.size(len(signature.text.encode())),
                "command": check_command(catalog, release, signature.kind, key),
            }
