"""Every dependency is locked with a hash, and the audit in CI tells what it could not reach instead of failing."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

LOCKS = sorted(ROOT.glob("requirements*.txt"))
_SHA256 = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pinned(lock: Path) -> dict[str, str]:
    """Each requirement of a lock file with all of its lines joined."""
    joined = re.sub(r"\\\n", " ", lock.read_text("utf-8"))
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {re.split(r"[=\[ ;@<>]", line, maxsplit=1)[0]: line for line in lines}


def test_each_list_has_its_lock() -> None:
    assert {lock.with_suffix(".in") for lock in LOCKS} == set(ROOT.glob("requirements*.in"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_python_packages_have_one_version_and_hashes(lock: Path) -> None:
    requirements = pinned(lock)
    assert len(requirements) > 1
    for name, line in requirements.items():
        assert re.match(rf"{re.escape(name)}(\[[^]]*\])?==[^ ;]+", line), line
        assert _SHA256.search(line), f"{name} has no hash"
        assert "://" not in line, f"{name} names a place of its own"


def test_the_makefile_installs_python_packages_by_their_hashes_only() -> None:
    installs = [line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_npm_packages_have_integrity_and_run_nothing_when_installed() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    installed = {name: entry for name, entry in packages.items() if name}
    assert installed
    for name, entry in installed.items():
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", entry.get("integrity", "")), name
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "npm ci --ignore-scripts" in makefile
    assert "npm install\n" not in makefile


def test_actions_are_pinned_to_a_commit() -> None:
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        for used in re.findall(r"uses: *(\S+)", path.read_text("utf-8")):
            assert re.search(r"@[0-9a-f]{40}$", used) or used.startswith("./"), f"{path.name}: {used}"


@pytest.mark.slow
@pytest.mark.thorough
def test_the_audit_tells_of_a_place_that_it_cannot_reach() -> None:
    """Nothing listens on the port, as behind a network without a way out."""
    done = subprocess.run(
        ["bash", str(ROOT / ".ci/audit")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1_200,
        check=False,
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(ROOT / "build"),
            "https_proxy": "http://127.0.0.1:9",
            "http_proxy": "http://127.0.0.1:9",
            "npm_config_registry": "http://127.0.0.1:9/",
            "npm_config_fetch_retries": "0",
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not audited" in done.stdout
