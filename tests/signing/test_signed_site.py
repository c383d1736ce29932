"""Sums of releases are signed, published, and checked by this program and by ssh-keygen, minisign and sha256sum."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Changed, Run, call_build, publish
from tests.signing.keys import Key, minisign_key, run, ssh_key

pytestmark = pytest.mark.slow

SSH = {"name": "first", "kind": "ssh", "from": "2026-01-01"}
MINISIGN = {"name": "small-one", "kind": "minisign", "from": "2026-01-01"}
RELEASES = ("counts/1.0.0", "counts/1.1.0", "places/1.0.0")


def write_keys(root: Path, *keys: dict[str, Any]) -> None:
    catalog = root / "datasets/catalog.yaml"
    content = yaml.safe_load(catalog.read_text("utf-8"))
    content["keys"] = list(keys)
    catalog.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def keys_of(root: Path) -> tuple[Key, Key]:
    """The two keys, which lie beside the publication."""
    files = root.parent / "first", root.parent / "small-one"
    return tuple(Key(file, (file.with_name(f"{file.name}.pub")).read_text("utf-8").splitlines()[-1]) for file in files)  # type: ignore[return-value]


def with_minisign(root: Path) -> dict[str, Any]:
    return {**MINISIGN, "key": keys_of(root)[1].public}


def _signed(root: Path) -> None:
    ssh, mini = ssh_key(root.parent, "first"), minisign_key(root.parent, "small-one")
    write_keys(root, {**SSH, "key": ssh.public}, {**MINISIGN, "key": mini.public})
    assert call_build("record", "--root", root).status == 0
    for key in (ssh, mini):
        done = call_build("sign", "--root", root, "--key", key.file)
        assert done.status == 0, done.said
        assert done.out.count("signed by the key") == len(RELEASES), done.said
    publish(root, root.parent / "public")


@pytest.fixture(scope="module")
def root(changed: Changed) -> Path:
    return changed("signed", _signed)


@pytest.fixture
def site(root: Path) -> Path:
    return root.parent / "public"


@pytest.fixture
def own(root: Path, tmp_path: Path) -> Path:
    """A copy to change, with the keys beside it."""
    shutil.copytree(root.parent, tmp_path / "own")
    return tmp_path / "own/small"


def downloaded(site: Path, release: str, folder: Path) -> Path:
    """The files of a release and the publisher's keys, as a reader has them."""
    shutil.copytree(site / "data" / release, folder, dirs_exist_ok=True)
    return Path(shutil.copytree(site / "keys", folder, dirs_exist_ok=True))


def shell(command: str, folder: Path) -> Run:
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    return Run(done.returncode, done.stdout, done.stderr)


def verified(root: Path, file: Path, language: str = "en") -> str:
    return call_build("verify", "--root", root, file, language=language).said


@pytest.mark.parametrize("release", RELEASES)
def test_a_reader_checks_with_programs_of_others(site: Path, tmp_path: Path, release: str) -> None:
    folder = downloaded(site, release, tmp_path / "kept")
    page = (site / "datasets" / release / "index.html").read_text("utf-8")
    commands = [html.unescape(found) for found in re.findall(r"<code>((?:ssh-keygen|minisign) [^<]*)</code>", page)]
    assert len(commands) == 2
    commands += ["sha256sum --check --strict SHA256SUMS", "shasum -a 256 --check SHA256SUMS"]
    commands += ["busybox sha256sum -c SHA256SUMS"] if shutil.which("busybox") else []
    for command in commands:
        assert (done := shell(command, folder)).status == 0, (command, done.said)
    table = folder / f"{release.partition('/')[0]}.csv"
    table.write_bytes(table.read_bytes() + b"x")
    assert [shell(command, folder).status for command in commands[:2]] == [0, 0]
    assert all(shell(command, folder).status != 0 for command in commands[2:])
    sums = folder / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes().replace(b"0", b"1", 1))
    assert all(shell(command, folder).status != 0 for command in commands)


@pytest.mark.parametrize(("prefix", "said"), [("", "发布者的密钥"), ("en/", "Keys of the publisher")])
def test_pages_name_keys_and_fingerprints(root: Path, site: Path, prefix: str, said: str) -> None:
    shown = run("ssh-keygen", "-l", "-f", root.parent / "first.pub").stdout.decode().split()[1]
    number = (root.parent / "small-one.pub").read_text("utf-8").split()[5]
    keys = html.unescape((site / prefix / "keys/index.html").read_text("utf-8"))
    page = html.unescape((site / prefix / "datasets/counts/index.html").read_text("utf-8"))
    assert said in keys
    for text in (keys, page):
        assert shown in text
        assert number in text
    assert '../../data/counts/1.1.0/SHA256SUMS.sig"' in page
    assert all(key.public.split()[-2 if " " in key.public else 0] in keys for key in keys_of(root))


def test_our_own_verify_says_who_signed(root: Path, site: Path, tmp_path: Path) -> None:
    for name in ("counts.csv", "counts.parquet", "counts-1.1.0.zip", "SHA256SUMS", "SHA256SUMS.sig"):
        said = verified(root, site / "data/counts/1.1.0" / name)
        assert "Signed by the publisher" in said, name
        assert "“first” (SHA256:" in said
        assert "in force from 2026-01-01" in said
    assert "发布者已签名" in verified(root, site / "data/counts/1.0.0/counts.csv", "zh")
    altered = tmp_path / "counts.csv"
    content = (site / "data/counts/1.1.0/counts.csv").read_bytes()
    altered.write_bytes(content + b"\n")  # the same values in other bytes, which no one signed
    assert "Not signed" in verified(root, altered)
    altered.write_bytes(content[: content.rindex(b",")] + b",7\n")
    assert "igned" not in verified(root, altered)


def test_no_secret_is_written_or_said(root: Path, site: Path) -> None:
    secrets = [line for key in keys_of(root) for line in key.file.read_bytes().splitlines() if len(line) > 60]
    assert len(secrets) > 4
    for path in (path for folder in (root, site) for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path
    files = sorted(path.name for path in (root / "datasets/places/signatures").rglob("*") if path.is_file())
    assert files == ["SHA256SUMS", "SHA256SUMS.minisig", "SHA256SUMS.sig"]


def test_without_keys_nothing_is_there(small_site: Path) -> None:
    assert not (small_site / "keys").exists()
    assert not list(small_site.rglob("SHA256SUMS.*"))
    assert "ssh-keygen" not in (small_site / "datasets/counts/index.html").read_text("utf-8")
    small = small_site.parent / "small"
    assert "igned" not in verified(small, small / "datasets/counts/1.1.0/counts.csv")
    done = call_build("sign", "--root", small)
    assert done.status == 2
    assert "there are no keys" in done.said


@pytest.mark.thorough
def test_a_retired_key_still_verifies_what_it_signed(own: Path, tmp_path: Path) -> None:
    old, new = keys_of(own)[0], ssh_key(own.parent, "second")
    write_keys(own, {**SSH, "key": old.public, "until": "2026-11-24"}, with_minisign(own),
               {**SSH, "name": "second", "from": "2026-11-25", "key": new.public})  # fmt: skip
    assert "in force from 2026-01-01 to 2026-11-24" in verified(own, own / "datasets/counts/1.1.0/counts.csv")
    (own / "datasets/places/signatures").rename(own.parent / "away")
    refused = call_build("sign", "--root", own, "--key", old.file)
    assert refused.status == 2
    assert "not in force" in refused.said
    assert not (own / "datasets/places/signatures").exists()
    assert call_build("sign", "--root", own, "--key", new.file).status == 0
    publish(own, own.parent / "public")
    folder = downloaded(own.parent / "public", "counts/1.1.0", tmp_path / "kept")
    page = html.unescape((own.parent / "public/datasets/counts/index.html").read_text("utf-8"))
    (command,) = re.findall(r"<code>(ssh-keygen [^\n]*)</code>", page)
    assert "-Overify-time=20261123Z" in command
    assert shell(command, folder).status == 0
    assert shell(command.replace(" -Overify-time=20261123Z", ""), folder).status != 0
    assert shell(command.replace("20261123Z", "20261124235959Z"), folder).status == 0
    assert shell(command.replace("20261123Z", "20261125000001Z"), folder).status != 0


@pytest.mark.thorough
def test_a_revoked_key_proves_nothing(own: Path, tmp_path: Path) -> None:
    old, new = keys_of(own)[0], ssh_key(own.parent, "second")
    signature = (own.parent / "public/data/counts/1.1.0/SHA256SUMS.sig").read_bytes()
    revoked = {"date": "2026-11-28", "reason": "电脑失窃。", "reason@en": "A computer was stolen."}
    write_keys(own, {**SSH, "key": old.public, "revoked": revoked},
               {**SSH, "name": "second", "from": "2026-11-28", "key": new.public}, with_minisign(own))  # fmt: skip
    said = call_build("check", "--root", own)
    assert said.status == 0, said.said
    assert said.said.count("signature-revoked") == len(RELEASES)
    found = verified(own, own / "datasets/counts/1.1.0/counts.csv")
    assert "in force from 2026-01-01" in found, "the other key's signature is enough"
    for file in own.rglob("SHA256SUMS.minisig"):
        file.unlink()
    found = verified(own, own / "datasets/counts/1.1.0/counts.csv")
    assert "Not proven by its signature" in found
    assert "revoked on 2026-11-28: A computer was stolen." in found
    publish(own, own.parent / "public")
    assert not list((own.parent / "public").rglob("SHA256SUMS.sig"))
    assert "A computer was stolen." in (own.parent / "public/en/keys/index.html").read_text("utf-8")
    folder = downloaded(own.parent / "public", "counts/1.1.0", tmp_path / "kept")
    (folder / "old.sig").write_bytes(signature)
    verify = "ssh-keygen -Y verify -f {} -I small -n file -s old.sig {} < SHA256SUMS"
    assert shell(verify.format("allowed_signers", ""), folder).status != 0
    (folder / "trusting").write_text(f"small {old.public}\n")
    assert shell(verify.format("trusting", ""), folder).status == 0
    assert shell(verify.format("trusting", "-r revoked_keys"), folder).status != 0
    done = call_build("sign", "--root", own, "--key", new.file)
    assert done.out.count("signed by the key “second”") == len(RELEASES), done.said
    publish(own, own.parent / "public")
    assert (own.parent / "public/data/counts/1.1.0/SHA256SUMS.sig").read_bytes() != signature


def _cut(file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("A", "B", 1), "utf-8")


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("SHA256SUMS.sig", _cut, "signature-bad"),
        ("SHA256SUMS.minisig", lambda file: file.write_text("untrusted comment: x\n"), "signature-bad"),
        ("SHA256SUMS", lambda file: file.write_text(file.read_text().replace("0", "1", 1)), "signature-stray"),
        ("SHA256SUMS", lambda file: file.write_text("x"), "signature-stray"),
        ("", lambda file: file.parent.rename(file.parent.with_name("9.9.9")), "signature-stray"),
    ],
)
def test_what_was_changed_is_refused(own: Path, name: str, change: Callable[[Path], object], code: str) -> None:
    (folder,) = (own / "datasets/places/signatures/1.0.0").iterdir()
    change(folder / name)
    done = call_build("check", "--root", own, "places")
    assert done.status == 1
    assert code in done.said


def test_a_key_that_is_not_listed_signs_nothing(own: Path) -> None:
    other = ssh_key(own.parent, "other")
    shutil.rmtree(own / "datasets/places/signatures")
    done = call_build("sign", "--root", own, "--key", other.file)
    assert done.status == 2
    assert "none of those under `keys`" in done.said
    assert not (own / "datasets/places/signatures").exists()
    write_keys(own, {**SSH, "key": other.public}, with_minisign(own))
    assert "signature-unknown" in call_build("check", "--root", own).said
    (away,) = (own / "datasets/counts/signatures/1.1.0").glob("*/SHA256SUMS.minisig")
    away.unlink()
    assert "is not one of the publisher" in verified(own, own / "datasets/counts/1.1.0/counts.csv")


def test_git_may_change_line_ends(own: Path) -> None:
    for file in (own / "datasets").rglob("signatures/*/*/*"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert call_build("check", "--root", own).status == 0
    assert "Signed by the publisher" in verified(own, own / "datasets/counts/1.1.0/counts.csv")


@pytest.mark.thorough
def test_sums_that_are_new_are_signed_again(own: Path, tmp_path: Path) -> None:
    """Files of a withdrawn release say so, and have other bytes."""
    site = own.parent / "public"
    kept = Path(shutil.copy(site / "data/counts/1.0.0/counts-1.0.0.zip", tmp_path))
    done = call_build("withdraw", "--root", own, "counts", "1.0.0", "--reason", "错。", "--reason-en", "Wrong.")
    assert done.status == 0, done.said
    built = call_build("build", "--root", own, "--out", site)
    assert built.status == 0, built.said
    assert "signature-missing" in built.said
    assert "other sums than those that are published now" in built.said
    assert not (site / "data/counts/1.0.0/SHA256SUMS.sig").exists()
    assert (site / "data/counts/1.1.0/SHA256SUMS.sig").exists()
    assert "Signed by the publisher" in verified(own, kept)
    assert "Not signed" in verified(own, site / "data/counts/1.0.0/counts-1.0.0.zip")
    done = call_build("sign", "--root", own, "--key", keys_of(own)[0].file)
    assert done.out.count("signed by the key") == 1
    assert done.out.count("signed before") == len(RELEASES) - 1
    built = call_build("build", "--root", own, "--out", site)
    assert "signature-missing" not in built.said
    folder = downloaded(site, "counts/1.0.0", tmp_path / "kept")
    command = "ssh-keygen -Y verify -f allowed_signers -I small -n file -s SHA256SUMS.sig < SHA256SUMS"
    assert shell(command, folder).status == 0


def test_the_key_may_come_in_a_variable(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (own / "datasets").rglob("signatures"):
        shutil.rmtree(folder)
    key = keys_of(own)[0]
    monkeypatch.setenv("DATAGAZETTE_SIGNING_KEY", key.file.read_text("utf-8").strip())
    assert call_build("sign", "--root", own, "places").status == 0
    monkeypatch.setenv("DATAGAZETTE_SIGNING_KEY", str(key.file))
    key.file.chmod(0o644)
    done = call_build("sign", "--root", own)
    assert done.status == 0, done.said
    assert done.out.count("signed by the key") == 2
    assert "signed before" in done.out


@pytest.mark.thorough
def test_sums_may_be_signed_elsewhere(own: Path) -> None:
    shutil.rmtree(own / "datasets/places/signatures")
    done = call_build("sign", "--root", own, "places")
    assert done.status == 0
    (command,) = (line.strip() for line in done.out.splitlines() if "ssh-keygen -Y" in line and line.startswith("  "))
    signed = shell(command.replace("KEY", str(keys_of(own)[0].file)), own)
    assert signed.status == 0, signed.said
    assert "Signed by the publisher" in verified(own, own / "datasets/places/1.0.0/places.csv")


@pytest.mark.thorough
def test_another_address_has_no_signatures(own: Path) -> None:
    site = own.parent / "mirror"
    built = call_build("build", "--root", own, "--out", site, "--base-url", "https://copy.example.org/")
    assert built.status == 0, built.said
    assert "signature-missing" not in built.said
    assert not list(site.rglob("SHA256SUMS.*"))
    built = call_build("build", "--root", own, "--out", site, "--base-url", "https://small.example.org/data/")
    assert len(list(site.rglob("SHA256SUMS.sig"))) == len(RELEASES)


@pytest.mark.thorough
def test_what_was_signed_of_removed_values_goes_with_them(own: Path) -> None:
    text = next((own / "datasets/counts/signatures/1.0.0").rglob("SHA256SUMS")).read_text("utf-8")
    hashed = next(line.partition(" ")[0] for line in text.splitlines() if line.endswith("  counts.csv"))
    reasons = ("--reason", "含个人信息。", "--reason-en", "Personal data.")
    done = call_build("remove", "--root", own, "counts", "1.0.0", *reasons)
    assert done.status == 0, done.said
    assert not (own / "datasets/counts/signatures/1.0.0").exists()
    assert not (own / "datasets/counts/signatures/1.1.0").exists(), "its changes.json repeated rows"
    assert (own / "datasets/places/signatures/1.0.0").exists()
    assert not [path for path in (own / "datasets").rglob("SHA256SUMS") if hashed in path.read_text("utf-8")]
    assert call_build("sign", "--root", own, "--key", keys_of(own)[0].file).status == 0
    assert (own / "datasets/counts/signatures/1.1.0").exists()
