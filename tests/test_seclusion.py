"""A build asks nobody and looks nowhere else: it runs without a network, and opens only what belongs to it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import BUILD, ROOT, tree_hashes
from tests.namespaces import without_network
from tests.security.test_connections import ELSEWHERE, FIELDS, UNUSED, addressed, package

pytestmark = pytest.mark.slow

# Loaded by every Python process of a build, MkDocs and workers included, before anything else.
_WATCH = """
import os, sys
log = open(os.environ["WATCH_LOG"], "a", buffering=1)
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        if arguments[2] & getattr(os, "O_PATH", 0):
            return  # names a file, to allow it to a worker, and opens nothing of it
        log.write(f"open {os.path.abspath(os.fsdecode(arguments[0]))!r}\\n")
    elif event in ("os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes)):
        log.write(f"list {os.path.abspath(os.fsdecode(arguments[0]))!r}\\n")
    elif event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"):
        log.write(f"network {arguments!r}\\n")
    elif event == "subprocess.Popen":
        log.write(f"run {os.fsdecode(arguments[0])!r}\\n")
sys.addaudithook(watch)
"""
_SECRETS = (".netrc", ".ssh/id_ed25519", ".config/pip/pip.conf", ".npmrc", ".aws/credentials", ".gitconfig")
# What belongs to a build besides the publication: this program, Python with its packages, and the system's own.
_SYSTEM = ("/usr", "/lib", "/etc", "/proc", "/dev", "/sys", "/bin")


def environment(tmp_path: Path) -> dict[str, str]:
    """An environment with a home full of secrets, and no way to the network by settings."""
    home = tmp_path / "home"
    for name in _SECRETS:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("secret")
    return {**os.environ, "HOME": str(home), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


def test_without_network_means_without_network() -> None:
    """What the builds below rely on: in there, not even a name is found."""
    code = "import socket; socket.create_connection(('127.0.0.1', 9), 2)"
    done = subprocess.run(without_network([sys.executable, "-c", code]), capture_output=True, text=True, check=False)
    assert "unreachable" in done.stderr


def watched(tmp_path: Path, *arguments: str | Path) -> tuple[int, str, list[tuple[str, str]]]:
    """A command without a network, with every file that it opens, every address and every program.

    Returns its status, its words and what was seen.
    """
    watch, log = tmp_path / "watch", tmp_path / "watch.log"
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(_WATCH)
    variables = {**environment(tmp_path), "PYTHONPATH": str(watch), "WATCH_LOG": str(log),
                 "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(tmp_path / "scratch")}  # fmt: skip
    (tmp_path / "scratch").mkdir()
    command = without_network([*BUILD, *map(str, arguments), "--lang", "en"])
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables, timeout=1_200)
    lines = (line.split(" ", 1) for line in log.read_text("utf-8").splitlines())
    return done.returncode, done.stdout + done.stderr, [(kind, what) for kind, what in lines]


def opened_elsewhere(tmp_path: Path, seen: list[tuple[str, str]], own: Path) -> list[str]:
    """What was opened that is neither below `own` nor the program's or the system's."""
    opened = {what.strip("'") for kind, what in seen if kind in ("open", "list")}
    assert any(one.startswith(str(own)) for one in opened), "the watch saw what was to be read"
    places = (str(own), str(ROOT), str(tmp_path / "watch"), str(tmp_path / "scratch"), sys.base_prefix, sys.prefix,
              sysconfig.get_path("stdlib"), *_SYSTEM)  # fmt: skip
    return sorted(one for one in opened if not one.startswith(places))


@pytest.mark.thorough
def test_a_build_needs_no_network_and_opens_nothing_that_is_not_its_own(
    small: Path, small_site: Path, tmp_path: Path
) -> None:
    status, said, seen = watched(tmp_path, "build", "--root", small)
    assert status == 0, said
    assert tree_hashes(small / "public") == tree_hashes(small_site)
    assert not [what for kind, what in seen if kind == "network"]
    assert opened_elsewhere(tmp_path, seen, small) == []
    programs = {Path(what.strip("'")).name.partition("_")[0] for kind, what in seen if kind == "run"}
    assert programs <= {"python", "python3", Path(sys.executable).name, "esbuild", "node", "pagefind", "git"}


@pytest.mark.sample(1)
@pytest.mark.parametrize("leads", ["address", "file"])
def test_a_check_of_packages_follows_no_key_that_takes_a_path_or_an_address(leads: str, tmp_path: Path) -> None:
    """Nobody listens there: that nothing is asked for is seen by the watch."""
    secret = tmp_path / "secret"
    secret.mkdir()
    for name in ("a.csv", "y.csv", "s.json", "d.json", "profile.json", "r.json", "p.json"):
        (secret / name).write_text('{"fields": []}')
    address = {"address": "http://127.0.0.1:9", "file": secret.as_uri()}[leads]
    keys: dict[str, dict[str, Any]] = {**ELSEWHERE, **UNUSED}
    json_schema = {"name": "id", "type": "object", "constraints": {"jsonSchema": {"$ref": "ADDRESS/r.json"}}}
    reference = {"package": "ADDRESS/p.json", "resource": "a", "fields": "id"}
    foreign = {"fields": FIELDS, "foreignKeys": [{"fields": "id", "reference": reference}]}
    keys |= {"jsonSchema": {"schema": {"fields": [json_schema]}}, "foreign key": {"schema": foreign}}
    packages = tmp_path / "packages"
    paths = []
    for number, value in enumerate(keys.values()):
        (packages / str(number)).mkdir(parents=True)
        paths.append(package(packages / str(number), addressed(value, address), profile=f"{address}/profile.json"))
    status, said, seen = watched(tmp_path, "check", *paths)
    assert status == 1, said
    assert "Traceback" not in said
    assert not [what for kind, what in seen if kind == "network"]
    assert opened_elsewhere(tmp_path, seen, packages) == []
