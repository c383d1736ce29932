"""`keys` in `catalog.yaml`: the publisher's public keys, with those of the past."""

from __future__ import annotations

import re

from datagazette.load.descriptors import KeyReader
from datagazette.load.wire import NotWritten
from datagazette.model.limits import KEY_CHARACTERS, SIGNING_KEYS
from datagazette.model.signing import ENDINGS, Kind, Revocation, SigningKey

_KEYS = ("name", "kind", "key", "from", "until", "revoked")
_REVOKED_KEYS = ("date", "reason")
# Words that no public key has.
_SECRET = re.compile(r"PRIVATE KEY|secret key|\bRWRTY0Iy")


def read_signing_keys(catalog: KeyReader) -> tuple[SigningKey, ...]:
    """The keys in their order; those with a fault are reported and left out."""
    found: list[SigningKey] = []
    for reader in catalog.items("keys", SIGNING_KEYS):
        key = _key(reader)
        twice = [each for each in found if key and key.name == each.name]
        alike = [each for each in found if key and key.key == each.key]
        if key and (twice or alike):
            at = "name" if twice else "key"
            other = (twice or alike)[0].name
            reader.report("signing-key-twice", at, name=key.name, rule="" if twice else "key", other=other)
        elif key:
            found.append(key)
    return tuple(found)


def _key(reader: KeyReader) -> SigningKey | None:
    before = len(reader.problems)
    reader.known(_KEYS)
    name, kind = reader.name(), _kind(reader)
    written = _written(reader)
    since, until = reader.date("from", required=True), reader.date("until")
    if since and until and until < since:
        reader.report("signing-key-days", "until", name=name, since=since, until=until)
    revoked = _revocation(reader)
    read = _read(kind, written) if kind and written else None
    if kind and written and read is None:
        reader.report("signing-key-unread", "key", name=name, kind=kind)
    faults = [fault for fault in reader.problems[before:] if fault.severity == "error"]
    if faults or kind is None or read is None or since is None:
        return None
    return SigningKey(name, kind, *read, since, until, revoked)


def _kind(reader: KeyReader) -> Kind | None:
    written = reader.string("kind", required=True)
    found = next((kind for kind in ENDINGS if kind == written), None)
    if written and found is None:
        reader.report("signing-key-kind", "kind", found=written, known=", ".join(ENDINGS))
    return found


def _written(reader: KeyReader) -> str:
    """The public key; a secret one is reported, and never said again."""
    written = reader.string("key", required=True)
    if _SECRET.search(written):
        reader.report("signing-key-secret", "key")
        return ""
    return written[:KEY_CHARACTERS]


def _revocation(reader: KeyReader) -> Revocation | None:
    revoked = reader.child("revoked")
    if revoked is None:
        return None
    revoked.known(_REVOKED_KEYS)
    day, reason = revoked.date("date", required=True), revoked.text("reason", required=True)
    return Revocation(day, reason) if day else None


def _read(kind: Kind, written: str) -> tuple[str, str] | None:
    """The key without its comment, and its fingerprint; None where it is no key of this kind."""
    from datagazette.load import minisign, ssh  # loads cryptography, which no publication without keys needs

    try:
        if kind == "ssh":
            public = ssh.read_key(written)
            return ssh.line(public), ssh.fingerprint(public)
        public = minisign.read_key(written)
        return minisign.line(public), minisign.identity(public)
    except NotWritten:
        return None
