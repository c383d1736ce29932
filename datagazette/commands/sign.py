"""`sign`: the sums of releases are signed by OpenSSH's or minisign's own program, and kept in the dataset's folder.

The sums are those that the ledger has, which a build makes again. The secret key stays where it is: its program reads
it, asks for its password, or asks an agent. One that comes in a variable is in a file for that time.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from datagazette.build.checked import chosen_releases, load
from datagazette.downloads.archive import sums_text
from datagazette.files import replace_atomically
from datagazette.load.files import DATASETS
from datagazette.load.signatures import FAULTS, good_signatures, judged
from datagazette.model.errors import DataFaults, EnvironmentFault, UsageError
from datagazette.model.publication import Publication, Release
from datagazette.model.signing import ENDINGS, NAMESPACE, SIGNATURES, SUMS, Kind, SignedSums, SigningKey

KEY_VARIABLE = "DATAGAZETTE_SIGNING_KEY"
_SECONDS = 300  # a person may have to touch a token, or to type a password


@dataclass(frozen=True)
class SignedRelease:
    """`key` is the one by which the release is signed; None where only its sums were written into `folder`. `is_new`
    is False where a valid signature was there before."""

    release: Release
    folder: str
    key: SigningKey | None = None
    is_new: bool = True


def sign(root: Path, names: Sequence[str], key: Path | None, secret: str = "") -> tuple[SignedRelease, ...]:
    """Signs every release of the datasets called `names` (none: all) that has no valid signature by a key of this kind.

    `key` is the file of a secret key, or of a public one whose secret key an agent or a token has; `secret` is the text
    of one, or the path of its file. Without either, the sums are written, for signing elsewhere. Raises UsageError
    where the key is none of the publisher, or not in force today.
    """
    loaded = load(root)
    publication = loaded.publication
    faults = tuple(fault for fault in loaded.problems if fault.severity == "error" and fault.code not in FAULTS)
    if publication is None or faults:
        raise DataFaults(faults or loaded.problems)
    if not publication.catalog.keys:
        raise UsageError("sign-no-keys")
    releases = [release for release in chosen_releases(publication, names) if release.state != "draft"]
    with _key_file(key, secret) as file:
        return tuple(_sign(publication, release, file) for release in releases)


@contextmanager
def _key_file(key: Path | None, secret: str) -> Iterator[Path | None]:
    """The file of the key. That of a `secret` only its owner can read, and it is gone afterwards."""
    if key is not None or not secret.strip():
        if key is not None and not key.is_file():
            raise UsageError("no-file", path=key)
        yield key
        return
    given = secret.strip()
    # GitLab gives the path of a file that others may read, which ssh-keygen refuses.
    content = Path(given).read_text("utf-8") if "\n" not in given and Path(given).is_file() else given
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "key")
        file.touch(0o600)
        file.write_text(content.strip().replace("\r\n", "\n") + "\n", "utf-8")
        yield file


def _sign(publication: Publication, release: Release, file: Path | None) -> SignedRelease:
    text = sums_of(release)
    sums = hashlib.sha256(text.encode()).hexdigest()
    known = next((each for each in release.signed if each.sha256 == sums), None)
    folder = known.folder if known else f"{DATASETS}/{release.dataset}/{SIGNATURES}/{release.version}/{sums[:12]}"
    kind = _kind(file) if file else None
    for signature in good_signatures(publication.catalog.keys, release, sums):
        if kind in (None, signature.kind):
            return SignedRelease(release, folder, signature.key, is_new=False)
    place = publication.root / folder
    signed, key = "", None
    if file and kind:
        signed = _signature(release, text, file, kind)
        key = _accepted(publication, release, SignedSums(folder, text, ((kind, signed),)))
    place.mkdir(parents=True, exist_ok=True)
    replace_atomically(place / SUMS, text.encode())
    if kind:
        replace_atomically(place / f"{SUMS}.{ENDINGS[kind]}", signed.encode())
    return SignedRelease(release, folder, key)


def sums_of(release: Release) -> str:
    """The text of `SHA256SUMS` as it was recorded last. Raises UsageError where the ledger does not have it."""
    newest = {path: known[-1] for path, known in release.published.items() if known and path != SUMS}
    text = sums_text(newest)
    if hashlib.sha256(text.encode()).hexdigest() not in release.published.get(SUMS, ()):
        raise UsageError("sign-unrecorded", dataset=release.dataset, version=release.version)
    return text


def _kind(file: Path) -> Kind:
    """Of what program a file of a key is."""
    with file.open("rb") as stream:
        return "minisign" if stream.read(200).startswith(b"untrusted comment:") else "ssh"


def _signature(release: Release, text: str, key: Path, kind: Kind) -> str:
    """What the key's own program makes. It may ask for a password where this program was started."""
    with tempfile.TemporaryDirectory() as folder:
        sums = Path(folder, SUMS)
        sums.write_text(text, "utf-8", newline="")
        made = sums.with_name(f"{SUMS}.{ENDINGS[kind]}")
        about, own = f"{release.dataset} {release.version} {SUMS}", str(key.absolute())
        commands = {
            "ssh": ("ssh-keygen", "-q", "-Y", "sign", "-f", own, "-n", NAMESPACE, str(sums)),
            "minisign": ("minisign", "-S", "-q", "-s", own, "-m", str(sums), "-x", str(made), "-t", about),
        }  # fmt: skip
        command = commands[kind]
        program = shutil.which(command[0])
        if program is None:
            raise EnvironmentFault("sign-program", program=command[0])
        try:
            done = subprocess.run([program, *command[1:]], timeout=_SECONDS, check=False, stdout=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise EnvironmentFault("sign-failed", program=command[0]) from None
        if done.returncode or not made.is_file():
            raise EnvironmentFault("sign-failed", program=command[0])
        return made.read_text("utf-8")


def _accepted(publication: Publication, release: Release, sums: SignedSums) -> SigningKey:
    """The key of a signature that was made just now. Raises UsageError where it is not one to sign with today."""
    (signature,) = judged(publication.catalog.keys, release, sums)
    key = signature.key
    if key is None or signature.state in ("bad", "unknown"):
        raise UsageError("sign-unlisted", fingerprint=signature.fingerprint)
    today = date.today()  # noqa: DTZ011 - the day of the person who signs
    if signature.state != "good" or not key.is_in_force(today):
        raise UsageError("sign-not-in-force", key=key.name, fingerprint=key.fingerprint)
    return key
