"""The publisher's public keys as files, for `ssh-keygen` and `minisign`, and the commands that use them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from datagazette.describe import addresses
from datagazette.model.publication import Catalog, Release
from datagazette.model.signing import ENDINGS, NAMESPACE, SUMS, Kind, SigningKey

_UNTRUSTED = "untrusted comment: minisign public key"


def key_files(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """(path, content) of the files below `/keys/`; none for keys of which there are none.

    A key that was revoked is not among the allowed ones, and in a list of its own: `ssh-keygen -Y verify -r`.
    """
    of_ssh = [key for key in catalog.keys if key.kind == "ssh"]
    if of_ssh:
        yield addresses.ALLOWED_SIGNERS, "".join(_allowed(catalog, key) for key in of_ssh if not key.revoked)
    revoked = [key for key in of_ssh if key.revoked]
    if revoked:
        yield addresses.REVOKED_KEYS, "".join(f"{key.key} {key.name}\n" for key in revoked)
    for key in catalog.keys:
        if key.kind == "minisign" and not key.revoked:
            yield addresses.minisign_key(key.name), f"{_UNTRUSTED} {key.fingerprint}\n{key.key}\n"


def _allowed(catalog: Catalog, key: SigningKey) -> str:
    """A line of allowed signers (ssh-keygen(1)). Without the Z, days would be those of the reader's time zone."""
    options = [f'namespaces="{NAMESPACE}"', f'valid-after="{_moment(key.since)}"']
    if key.until and key.until < date.max:
        options.append(f'valid-before="{_moment(key.until + timedelta(days=1))}"')
    return f"{catalog.name} {','.join(options)} {key.key} {key.name}\n"


def _moment(day: date) -> str:
    return f"{day:%Y%m%d}Z"


def usual_command(catalog: Catalog, kind: Kind) -> str:
    """The same of any release, signed by a key that is in force today."""
    if kind == "minisign":
        name = next(key.name for key in reversed(catalog.keys) if key.kind == kind and not key.revoked)
        return f"minisign -V -p {name}.pub -m {SUMS}"
    return _ssh_command(catalog, "")


def check_command(catalog: Catalog, release: Release, kind: Kind, key: SigningKey) -> str:
    """What a reader runs beside the file of sums, with the file of keys there, too."""
    if kind == "minisign":
        return f"minisign -V -p {key.name}.pub -m {SUMS}"
    day = max(release.date or key.since, key.since)
    return _ssh_command(catalog, f" -Overify-time={_moment(day)}" if key.until else "")


def _ssh_command(catalog: Catalog, at: str) -> str:
    signature = f"{SUMS}.{ENDINGS['ssh']}"
    return f"ssh-keygen -Y verify -f allowed_signers -I {catalog.name} -n {NAMESPACE}{at} -s {signature} < {SUMS}"
