"""Public keys of minisign, and its signatures: https://jedisct1.github.io/minisign/ has the forms."""

from __future__ import annotations

import base64
import hashlib
from binascii import Error
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from datagazette.load.wire import NotWritten, Parts

_KEY, _SIGNATURE = b"Ed", b"ED"  # the second is that of a message's BLAKE2b; minisign has made no other since 0.10
_COMMENT = "trusted comment: "
UNTRUSTED = "untrusted comment:"


@dataclass(frozen=True)
class Signed:
    """A signature that was read. `identity` says which key made it, as minisign shows it."""

    identity: str
    value: bytes
    comment: bytes
    together: bytes


def read_key(written: str) -> bytes:
    """The key of `RW…`, or of a file that has it below a comment. Raises NotWritten for one that is none."""
    lines = written.strip().splitlines()
    key = _decoded(lines[-1].strip()) if lines else b""
    parts = Parts(key)
    if parts.take(2) != _KEY:
        raise NotWritten
    parts.take(8 + 32)
    parts.end()
    return key


def line(key: bytes) -> str:
    return base64.b64encode(key).decode()


def identity(key: bytes) -> str:
    """The number of a key, as minisign shows it."""
    return f"{int.from_bytes(key[2:10], 'little'):X}"


def read_signature(text: str) -> Signed:
    """Raises NotWritten for a text that is none."""
    lines = text.split("\n")
    if len(lines) not in (4, 5) or lines[4:] not in ([], [""]) or not lines[0].startswith(UNTRUSTED):
        raise NotWritten
    if not lines[2].startswith(_COMMENT):
        raise NotWritten
    parts, together = Parts(_decoded(lines[1])), _decoded(lines[3])
    if parts.take(2) != _SIGNATURE:
        raise NotWritten
    number, value = parts.take(8), parts.take(64)
    parts.end()
    return Signed(identity(_KEY + number), value, lines[2].removeprefix(_COMMENT).encode(), together)


def has_signed(key: bytes, signed: Signed, message: bytes) -> bool:
    """Whether the signature is that of the message by the key, and its trusted comment, too."""
    public = Ed25519PublicKey.from_public_bytes(key[10:])
    try:
        public.verify(signed.value, hashlib.blake2b(message).digest())
        public.verify(signed.together, signed.value + signed.comment)
    except InvalidSignature:
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (Error, ValueError) as error:
        raise NotWritten from error
