"""Keys and signatures of OpenSSH and minisign are accepted and refused as these programs do."""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.load import minisign, ssh
from datagazette.load.wire import NotWritten
from tests.signing.keys import (
    minisign_key,
    minisign_signature,
    run,
    ssh_key,
    ssh_signature,
    ssh_verifies,
    token_signature,
)

MESSAGE = b"0" * 64 + b"  table.csv\n"
KINDS = [("ed25519",), ("ecdsa", "-b", "256"), ("ecdsa", "-b", "384"), ("ecdsa", "-b", "521"), ("rsa", "-b", "2048")]


def signed_by(signature: str, message: bytes = MESSAGE) -> str:
    """The public key of a signature that fits. Raises NotWritten for any other."""
    signed = ssh.read_signature(signature)
    if not ssh.has_signed(signed, message):
        raise NotWritten
    return ssh.line(signed.key)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_each_kind_of_ssh_key(tmp_path: Path, kind: tuple[str, ...]) -> None:
    key = ssh_key(tmp_path, "key", *kind)
    signature = ssh_signature(key, MESSAGE)
    assert ssh_verifies(tmp_path, MESSAGE, signature.encode(), f"data {key.public}\n")
    public = ssh.read_key(key.public)
    assert signed_by(signature) == ssh.line(public)
    shown = run("ssh-keygen", "-l", "-f", f"{key.file}.pub").stdout.decode()
    assert ssh.fingerprint(public) in shown.split()


def test_an_ssh_signature_is_of_one_text_and_one_purpose(tmp_path: Path) -> None:
    key = ssh_key(tmp_path)
    signature = ssh_signature(key, MESSAGE)
    assert signed_by(signature) == key.public.rpartition(" ")[0]
    middle = signature.rindex("\n-----END") - 12
    swapped = "A" if signature[middle] != "A" else "B"
    wrong = {
        "another text": (signature, MESSAGE.replace(b"0", b"1", 1)),
        "another purpose": (ssh_signature(key, MESSAGE, "git"), MESSAGE),
        "one letter": (signature[:middle] + swapped + signature[middle + 1 :], MESSAGE),
        "line ends of Windows": (signature.replace("\n", "\r\n"), MESSAGE),
        "cut off": (signature[:-40], MESSAGE),
        "nothing": ("", MESSAGE),
    }
    for name, (text, message) in wrong.items():
        assert not ssh_verifies(tmp_path, message, text.encode(), f"data {key.public}\n"), name
        with pytest.raises(NotWritten):
            signed_by(text, message)


def test_a_key_in_a_token(tmp_path: Path) -> None:
    public, signature = token_signature(MESSAGE)
    assert ssh_verifies(tmp_path, MESSAGE, signature.encode(), f"data {public}\n")
    assert signed_by(signature) == ssh.line(ssh.read_key(public)) == public
    _, other = token_signature(MESSAGE, counted=8)
    assert not ssh_verifies(tmp_path, MESSAGE, other.encode(), f"data {public}\n")
    with pytest.raises(NotWritten):
        signed_by(other)


def test_weak_keys_and_other_texts_are_no_ssh_keys(tmp_path: Path) -> None:
    weak = ssh_key(tmp_path, "weak", "rsa", "-b", "1024").public
    good = ssh_key(tmp_path).public
    kind, blob, _ = good.split()
    for text in (weak, "", "ssh-ed25519", f"ssh-rsa {blob}", f"{kind} {blob[:-8]}", f"{kind} {blob}\n{kind} {blob}"):
        with pytest.raises(NotWritten):
            ssh.read_key(text)


def test_minisign(tmp_path: Path) -> None:
    key = minisign_key(tmp_path)
    public, text = minisign.read_key(key.public), minisign_signature(key, tmp_path, MESSAGE, "-t", "places 1.0.0")
    signed = minisign.read_signature(text)
    assert signed.identity == minisign.identity(public)
    assert signed.identity in (tmp_path / "minisign.pub").read_text("utf-8")
    assert minisign.read_key((tmp_path / "minisign.pub").read_text("utf-8")) == public
    assert minisign.has_signed(public, signed, MESSAGE)
    assert not minisign.has_signed(public, signed, MESSAGE + b"\n")
    assert not minisign.has_signed(public, minisign.read_signature(text.replace("1.0.0", "1.0.1")), MESSAGE)
    other = minisign.read_key(minisign_key(tmp_path, "other").public)
    assert not minisign.has_signed(other, signed, MESSAGE)


@pytest.mark.parametrize("change", [str.upper, lambda text: text[:-20], lambda _: "", lambda text: f"\n{text}"])
def test_what_is_no_signature_of_minisign(tmp_path: Path, change: object) -> None:
    text = minisign_signature(minisign_key(tmp_path), tmp_path, MESSAGE)
    assert callable(change)
    with pytest.raises(NotWritten):
        minisign.read_signature(change(text))
