"""The keys that a publisher signs sums with, and signatures as a publication keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from datagazette.model.text import Text

SUMS = "SHA256SUMS"
# The folder of a dataset that holds signatures: in it a folder for each version, in that one for each text of its sums.
SIGNATURES = "signatures"
# What the signature is for: `ssh-keygen -Y sign -n file`.
NAMESPACE = "file"

Kind = Literal["ssh", "minisign"]
# The ending of a signature's file, by the program that the key is of.
ENDINGS: Mapping[Kind, str] = {"ssh": "sig", "minisign": "minisig"}
State = Literal["good", "late", "revoked", "unknown", "bad"]


@dataclass(frozen=True)
class Revocation:
    date: date
    reason: Text


@dataclass(frozen=True)
class SigningKey:
    """A public key, `key` as its program writes it without a comment, in force from `since` to `until`, both included.

    `fingerprint` is what the program shows of it: `SHA256:…` of OpenSSH, the id of a minisign key.
    """

    name: str
    kind: Kind
    key: str
    fingerprint: str
    since: date
    until: date | None = None
    revoked: Revocation | None = None

    def is_in_force(self, day: date) -> bool:
        return not self.revoked and self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class SignedSums:
    """A text of sums, with the signatures of it by the kind of their keys. `folder` is relative to the root."""

    folder: str
    text: str
    signatures: tuple[tuple[Kind, str], ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def sums(self) -> Mapping[str, str]:
        """The hashes by path."""
        lines = (line.partition("  ") for line in self.text.splitlines())
        return {path: digest for digest, _, path in lines}

    def file(self, kind: Kind) -> str:
        return f"{self.folder}/{SUMS}.{ENDINGS[kind]}"


@dataclass(frozen=True)
class Signature:
    """A signature, and what it proves: `good`; `late`, if the key had been retired before the release; by a `revoked`
    key; by an `unknown` one, of which there is nothing but the `fingerprint`; or `bad`, if it is not one of these sums.
    """

    kind: Kind
    text: str
    state: State
    fingerprint: str = ""
    key: SigningKey | None = None
