"""What tests share: small publications to build, the command line as a person runs it, a server, a browser."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parent.parent
PUBLICATIONS = ROOT / "tests/publications"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
BUILD = [sys.executable, str(ROOT / "build.py")]


@dataclass(frozen=True)
class Run:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def run_build(*arguments: str | Path, language: str = "en", timeout: float = 1_200) -> Run:
    """`python build.py ...` in a process of its own."""
    environment = {**os.environ, "LC_ALL": {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[language], "PYTHONUTF8": "1"}
    done = subprocess.run(
        [*BUILD, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        env=environment,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def tree_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the cases of a function that is marked `sample(count)`, all but `count` are left to `make test-all`."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for same in cases.values():
        if sample := same[0].get_closest_marker("sample"):
            # A step that no number of parameters divides, so that each parameter takes several values.
            (count,) = sample.args
            taken = {round((number + 0.5) * len(same) / count - 0.5) for number in range(count)}
            for number, item in enumerate(same):
                if number not in taken:
                    item.add_marker("thorough")


@pytest.fixture
def run() -> Callable[..., Run]:
    return run_build


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small publication, to be changed."""
    return Path(shutil.copytree(PUBLICATIONS / "small", tmp_path / "small"))


def _shared(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Path:
    """A folder that all workers of a run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base if worker == "master" else base.parent


def _built_once(shared: Path, name: str, *arguments: str | Path) -> Path:
    """A site that the first test which needs it builds, and the others find."""
    site = shared / f"site-{name}"
    with FileLock(shared / f"{name}.lock"):
        if not site.exists():
            done = run_build("build", *arguments, "--out", site)
            assert done.status == 0, done.said
    return site


def _built_copy(shared: Path, name: str) -> Path:
    """The site of one of the publications beside the tests, built from a copy."""
    with FileLock(shared / f"{name}.copy.lock"):
        if not (shared / name).exists():
            shutil.copytree(PUBLICATIONS / name, shared / name)
    return _built_once(shared, name, "--root", shared / name)


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The small publication, published."""
    return _built_copy(_shared(tmp_path_factory, worker_id), "small")


@pytest.fixture(scope="session")
def nasty_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Names and cells that programs misread, published."""
    return _built_copy(_shared(tmp_path_factory, worker_id), "nasty")


@pytest.fixture(scope="session")
def own_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """This repository's publication, published."""
    shared = _shared(tmp_path_factory, worker_id)
    return _built_once(shared, "own", "--root", ROOT)


@pytest.fixture(autouse=True)
def _no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    assert Path(path).exists(), "these tests need Chromium: `make programs`, or name one in CHROMIUM"
    expect.set_options(timeout=120_000)  # of a busy machine; what holds is seen at once
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()
