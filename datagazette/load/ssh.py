"""Public keys of OpenSSH, and the signatures that `ssh-keygen -Y sign` writes.

The forms are those of RFC 4253, RFC 5656 and RFC 8709, and of PROTOCOL.sshsig and PROTOCOL.u2f in OpenSSH's sources.
"""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import Error
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from datagazette.load.wire import NotWritten, Parts, string
from datagazette.model.signing import NAMESPACE

_KEY = re.compile(r"([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: .*)?")
_ARMOUR = re.compile(r"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?")
_MAGIC, _VERSION = b"SSHSIG", 1
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_LEAST_RSA = 2048  # bits; OpenSSH takes no fewer by default either
_CURVES: dict[bytes, tuple[Callable[[], EllipticCurve], hashes.HashAlgorithm]] = {
    b"nistp256": (SECP256R1, hashes.SHA256()),
    b"nistp384": (SECP384R1, hashes.SHA384()),
    b"nistp521": (SECP521R1, hashes.SHA512()),
}
_RSA: dict[bytes, hashes.HashAlgorithm] = {b"rsa-sha2-256": hashes.SHA256(), b"rsa-sha2-512": hashes.SHA512()}
# Takes the signature's own parts and what was signed. Raises InvalidSignature.
_Check = Callable[[bytes, Parts, bytes], None]


def read_key(written: str) -> bytes:
    """The key of a line such as `ssh-ed25519 AAAA… comment`. Raises NotWritten for one that is none, or too weak."""
    found = _KEY.fullmatch(written.strip())
    if found is None:
        raise NotWritten
    key = _decoded(found[2])
    if Parts(key).string() != found[1].encode():
        raise NotWritten
    _checker(key)
    return key


def line(key: bytes) -> str:
    return f"{Parts(key).string().decode()} {base64.b64encode(key).decode()}"


def fingerprint(key: bytes) -> str:
    """As `ssh-keygen -l` shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


@dataclass(frozen=True)
class Signed:
    """A signature that was read, with the public key that it says it is by."""

    key: bytes
    reserved: bytes
    hashed: bytes
    algorithm: bytes
    value: bytes


def read_signature(armoured: str) -> Signed:
    """Raises NotWritten for a text that is none, or that was made for another purpose."""
    found = _ARMOUR.fullmatch(armoured)
    if found is None:
        raise NotWritten
    parts = Parts(_decoded(found[1].replace("\n", "")))
    if parts.take(len(_MAGIC)) != _MAGIC or parts.number() != _VERSION:
        raise NotWritten
    key, namespace, reserved, hashed, signature = (parts.string() for _ in range(5))
    parts.end()
    if namespace != NAMESPACE.encode() or hashed not in _HASHES:
        raise NotWritten
    own = Parts(signature)
    algorithm, value = own.string(), own.string()
    return Signed(key, reserved, hashed, algorithm, string(value) + own.rest())


def has_signed(signed: Signed, message: bytes) -> bool:
    """Whether the signature is that of the message by its key; to be asked of a key that is trusted."""
    summed = _HASHES[signed.hashed](message).digest()
    parts = NAMESPACE.encode(), signed.reserved, signed.hashed, summed
    try:
        _checker(signed.key)(signed.algorithm, Parts(signed.value), _MAGIC + b"".join(map(string, parts)))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _checker(key: bytes) -> _Check:
    """What checks a signature by this key. Raises NotWritten where it is no key that this program knows."""
    parts = Parts(key)
    kind = parts.string()
    made = _KINDS.get(kind)
    if made is None:
        raise NotWritten
    try:
        check = made(kind, parts)
    except (UnsupportedAlgorithm, ValueError) as error:
        raise NotWritten from error
    parts.end()
    return check


def _ed25519(kind: bytes, parts: Parts) -> _Check:
    public = Ed25519PublicKey.from_public_bytes(parts.string())

    def check(algorithm: bytes, signature: Parts, signed: bytes) -> None:
        _same(algorithm, kind)
        value = signature.string()
        signature.end()
        public.verify(value, signed)

    return check


def _rsa(_kind: bytes, parts: Parts) -> _Check:
    exponent, modulus = parts.integer(), parts.integer()
    if modulus.bit_length() < _LEAST_RSA:
        raise NotWritten
    public = RSAPublicNumbers(exponent, modulus).public_key()

    def check(algorithm: bytes, signature: Parts, signed: bytes) -> None:
        if algorithm not in _RSA:
            raise NotWritten
        value = signature.string()
        signature.end()
        public.verify(value, signed, PKCS1v15(), _RSA[algorithm])

    return check


def _ecdsa(kind: bytes, parts: Parts) -> _Check:
    curve, hashed = _CURVES[_curve(kind, parts)]
    public = EllipticCurvePublicKey.from_encoded_point(curve(), parts.string())

    def check(algorithm: bytes, signature: Parts, signed: bytes) -> None:
        _same(algorithm, kind)
        value = Parts(signature.string())
        signature.end()
        pair = value.integer(), value.integer()
        value.end()
        public.verify(encode_dss_signature(*pair), signed, ECDSA(hashed))

    return check


def _curve(kind: bytes, parts: Parts) -> bytes:
    curve = parts.string()
    if curve not in _CURVES or not kind.removesuffix(b"@openssh.com").endswith(curve):
        raise NotWritten
    return curve


def _on_token(inner: Callable[[bytes, Parts], _Check]) -> Callable[[bytes, Parts], _Check]:
    """The same of a key that is in a security token, which signs a hash of the message with its own counter."""

    def made(kind: bytes, parts: Parts) -> _Check:
        check = inner(kind, parts)
        application = parts.string()

        def checked(algorithm: bytes, signature: Parts, signed: bytes) -> None:
            value, flags, counter = signature.string(), signature.take(1), signature.take(4)
            signature.end()
            hashed = hashlib.sha256(application).digest(), hashlib.sha256(signed).digest()
            check(algorithm, Parts(string(value)), hashed[0] + flags + counter + hashed[1])

        return checked

    return made


def _same(algorithm: bytes, kind: bytes) -> None:
    if algorithm != kind:
        raise NotWritten


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except Error as error:
        raise NotWritten from error


_KINDS: dict[bytes, Callable[[bytes, Parts], _Check]] = {
    b"ssh-ed25519": _ed25519,
    b"ssh-rsa": _rsa,
    b"ecdsa-sha2-nistp256": _ecdsa,
    b"ecdsa-sha2-nistp384": _ecdsa,
    b"ecdsa-sha2-nistp521": _ecdsa,
    b"sk-ssh-ed25519@openssh.com": _on_token(_ed25519),
    b"sk-ecdsa-sha2-nistp256@openssh.com": _on_token(_ecdsa),
}
