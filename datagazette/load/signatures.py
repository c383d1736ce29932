"""The signatures of a dataset's sums, in `signatures/<version>/`, and what each of them proves.

A signature says nothing of its day that a thief of the key could not write, too. So what counts is the day of the
release, which is in the ledger, and a key that was revoked proves nothing any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from datagazette.load.files import Folder, locate, read_limited
from datagazette.load.wire import NotWritten
from datagazette.model.limits import ITEMS, SIGNATURE_BYTES, SUMS_BYTES
from datagazette.model.names import Version, parse_version
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Publication, Release
from datagazette.model.signing import ENDINGS, SIGNATURES, SUMS, Kind, Signature, SignedSums, SigningKey, State

# The errors of signatures, which keep them from being published, and nothing else from being looked at.
FAULTS = frozenset({"signature-bad", "signature-unknown", "signature-late", "signature-stray"})
_SUMS = re.compile("(?:[0-9a-f]{64}  [^\n]+\n)+")


def read_signed_sums(folder: Folder, problems: list[Problem]) -> dict[Version, tuple[SignedSums, ...]]:
    """By version, what was signed, as it lies in the dataset's `folder`. Nothing of it is verified here."""
    found: dict[Version, list[SignedSums]] = {}
    for version, place in _places(folder, problems):
        text = _text(place, SUMS, SUMS_BYTES, problems)
        if text is None:
            continue
        if not _SUMS.fullmatch(text):
            problems.append(problem("signature-stray", place.file(SUMS), rule="form"))
            continue
        signatures = tuple(
            (kind, signature)
            for kind, ending in ENDINGS.items()
            if (signature := _text(place, f"{SUMS}.{ending}", SIGNATURE_BYTES, problems, is_needed=False)) is not None
        )
        found.setdefault(version, []).append(SignedSums(place.name, text, signatures))
    return {version: tuple(each) for version, each in found.items()}


def _places(folder: Folder, problems: list[Problem]) -> Iterator[tuple[Version, Folder]]:
    """The folders with one text of sums each."""
    top = folder.path / SIGNATURES
    for path in _folders(top, folder):
        version = parse_version(path.name)
        if version is None:
            problems.append(problem("signature-stray", f"{folder.name}/{SIGNATURES}/{path.name}", rule="version"))
            continue
        for below in _folders(path, folder)[:ITEMS]:
            yield version, Folder(folder.root, f"{folder.name}/{SIGNATURES}/{path.name}/{below.name}")


def _folders(path: Path, folder: Folder) -> list[Path]:
    """Those in a folder, which no link leads to from elsewhere."""
    if not path.is_dir() or not path.resolve().is_relative_to(folder.root.resolve()):
        return []
    return sorted(below for below in path.iterdir() if below.is_dir() and not below.name.startswith("."))


def _text(folder: Folder, name: str, limit: int, problems: list[Problem], *, is_needed: bool = True) -> str | None:
    """A file as it was signed: git may have given it other line ends."""
    path, code = locate(folder, name)
    if path is None:
        if is_needed or code != "file-missing":
            problems.append(problem(code, folder.file(name), path=name))
        return None
    content, faults = read_limited(path, folder.file(name), limit)
    problems += faults
    return None if faults else content.replace(b"\r\n", b"\n").decode("utf-8", "replace")


def judged(keys: Sequence[SigningKey], release: Release, sums: SignedSums) -> tuple[Signature, ...]:
    """What each signature of these sums proves."""
    return tuple(_judged(keys, release, sums, kind, text) for kind, text in sums.signatures)


def good_signatures(keys: Sequence[SigningKey], release: Release, sha256: str) -> tuple[Signature, ...]:
    """Those of the sums with this SHA-256 that prove who published them, one for each kind of key."""
    found = {
        signature.kind: signature
        for sums in release.signed
        if keys and sums.sha256 == sha256
        for signature in judged(keys, release, sums)
        if signature.state == "good"
    }
    return tuple(found.values())


def _judged(keys: Sequence[SigningKey], release: Release, sums: SignedSums, kind: Kind, text: str) -> Signature:
    from datagazette.load import minisign, ssh  # loads cryptography, which no publication without keys needs

    message = sums.text.encode()
    try:
        if kind == "ssh":
            by_ssh = ssh.read_signature(text)
            fingerprint = ssh.fingerprint(by_ssh.key)
        else:
            by_minisign = minisign.read_signature(text)
            fingerprint = by_minisign.identity
        # A key that is not the publisher's is not computed with.
        key = next((key for key in keys if (key.kind, key.fingerprint) == (kind, fingerprint)), None)
        if key is None:
            return Signature(kind, text, "unknown", fingerprint)
        if kind == "ssh":
            fits = ssh.has_signed(by_ssh, message)
        else:
            fits = minisign.has_signed(minisign.read_key(key.key), by_minisign, message)
        return Signature(kind, text, _state(key, release) if fits else "bad", fingerprint, key)
    except NotWritten:
        return Signature(kind, text, "bad")


def _state(key: SigningKey, release: Release) -> State:
    if key.revoked:
        return "revoked"
    return "late" if key.until and release.date and release.date > key.until else "good"


def check_signatures(publication: Publication) -> Iterator[Problem]:
    """What is wrong with signatures that the publication keeps."""
    for release in (release for dataset in publication.datasets for release in dataset.releases):
        for sums in release.signed:
            yield from _check(publication.catalog.keys, release, sums)


def _check(keys: Sequence[SigningKey], release: Release, sums: SignedSums) -> Iterator[Problem]:
    about = {"dataset": release.dataset, "version": release.version}
    if sums.sha256 not in release.published.get(SUMS, ()):
        yield problem("signature-stray", f"{sums.folder}/{SUMS}", **about)
        return
    for signature in judged(keys, release, sums):
        file, key = sums.file(signature.kind), signature.key
        if signature.state == "bad":
            yield problem("signature-bad", file, **about)
        elif signature.state == "unknown":
            yield problem("signature-unknown", file, fingerprint=signature.fingerprint, **about)
        elif signature.state == "late" and key:
            yield problem("signature-late", file, key=key.name, until=key.until, date=release.date, **about)
        elif signature.state == "revoked" and key and key.revoked:
            yield warning("signature-revoked", file, key=key.name, date=key.revoked.date, **about)
