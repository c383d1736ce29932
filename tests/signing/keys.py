"""Keys and signatures that the real programs make for tests, and a token that is a program."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from datagazette.load.wire import string


@dataclass(frozen=True)
class Key:
    """The file of a secret key, and the text of the public one."""

    file: Path
    public: str


def run(*command: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*map(str, command)], input=given, capture_output=True, check=False)


def ssh_key(folder: Path, name: str = "key", *kind: str) -> Key:
    file = folder / name
    made = run("ssh-keygen", "-q", "-t", *(kind or ("ed25519",)), "-N", "", "-C", name, "-f", file)
    assert made.returncode == 0, made.stderr
    return Key(file, file.with_name(f"{name}.pub").read_text("utf-8").strip())


def minisign_key(folder: Path, name: str = "minisign") -> Key:
    file, public = folder / name, folder / f"{name}.pub"
    made = run("minisign", "-G", "-W", "-p", public, "-s", file)
    assert made.returncode == 0, made.stderr
    return Key(file, public.read_text("utf-8").splitlines()[1])


def ssh_signature(key: Key, message: bytes, namespace: str = "file") -> str:
    """What `ssh-keygen` writes."""
    made = run("ssh-keygen", "-q", "-Y", "sign", "-f", key.file, "-n", namespace, given=message)
    assert made.returncode == 0, made.stderr
    return made.stdout.decode()


def minisign_signature(key: Key, folder: Path, message: bytes, *options: str) -> str:
    file, made = folder / "message", folder / "message.minisig"
    file.write_bytes(message)
    done = run("minisign", "-S", *options, "-s", key.file, "-m", file, "-x", made)
    assert done.returncode == 0, done.stderr
    return made.read_text("utf-8")


def token_signature(message: bytes, counted: int = 7) -> tuple[str, str]:
    """The public key and the signature of a security token (PROTOCOL.u2f), whose secret key is in this process; with
    another number than 7 the signature is of another count than it says."""
    secret = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a token").digest())
    kind, application = b"sk-ssh-ed25519@openssh.com", b"ssh:"
    key = string(kind) + string(secret.public_key().public_bytes_raw()) + string(application)
    hashed = hashlib.sha512(message).digest()
    signed = b"SSHSIG" + string(b"file") + string(b"") + string(b"sha512") + string(hashed)
    state, said = (b"\1" + number.to_bytes(4, "big") for number in (7, counted))
    value = secret.sign(hashlib.sha256(application).digest() + state + hashlib.sha256(signed).digest())
    signature = string(kind) + string(value) + said
    blob = b"SSHSIG" + (1).to_bytes(4, "big") + b"".join(map(string, (key, b"file", b"", b"sha512", signature)))
    lines = base64.encodebytes(blob).decode()
    armoured = f"-----BEGIN SSH SIGNATURE-----\n{lines}-----END SSH SIGNATURE-----\n"
    return f"{kind.decode()} {base64.b64encode(key).decode()}", armoured


def ssh_verifies(folder: Path, message: bytes, signature: bytes, allowed: str, *options: str) -> bool:
    """Whether `ssh-keygen -Y verify` accepts it for `data` by these allowed signers."""
    names = folder / "allowed_signers", folder / "sums.sig"
    names[0].write_text(allowed, "utf-8")
    names[1].write_bytes(signature)
    done = run("ssh-keygen", "-Y", "verify", "-f", names[0], "-I", "data", "-n", "file", *options, "-s", names[1],
               given=message)  # fmt: skip
    return done.returncode == 0
