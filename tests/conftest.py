"""What tests share: small publications to build, the command line as a person runs it, a server, a browser."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright

from datagazette.cli import main

ROOT = Path(__file__).parent.parent
PUBLICATIONS = ROOT / "tests/publications"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
BUILD = [sys.executable, str(ROOT / "build.py")]
LOCALES = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}


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
    environment = {**os.environ, "LC_ALL": LOCALES[language], "PYTHONUTF8": "1"}
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


def call_build(*arguments: str | Path, language: str = "en") -> Run:
    """The same command within this process, which has the program imported: for what is not about processes."""
    with io.TextIOWrapper(io.BytesIO(), "utf-8") as out, io.TextIOWrapper(io.BytesIO(), "utf-8") as err:
        with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
            patch.setenv("LC_ALL", LOCALES[language])
            status = main(list(map(str, arguments)))
        return Run(status, _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    """What was written, with the line ends that a process's output is read with."""
    stream.seek(0)
    return stream.read()


def tree_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read_catalog(root: Path) -> dict[str, Any]:
    """The `catalog.yaml` of a publication."""
    found: dict[str, Any] = yaml.safe_load((root / "datasets/catalog.yaml").read_text("utf-8"))
    return found


@cache
def is_shipped() -> bool:
    """Whether the publication in `datasets/` is the one that the program ships with. Not read at import: a worker that
    imports this may read no file but its own."""
    return bool(read_catalog(ROOT)["name"] == "social-work-in-china")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `shipped` name data of the publication that the program ships with: where `datasets/` has another
    one they are not collected."""
    left = [item for item in items if item.get_closest_marker("shipped")] if not is_shipped() else []
    if left:
        items[:] = [item for item in items if not item.get_closest_marker("shipped")]
        config.hook.pytest_deselected(items=left)
    _sample(items)


def _sample(items: list[pytest.Item]) -> None:
    """Of the cases of a function that is marked `sample(count)`, all but `count` are left to `make test-all`."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for same in cases.values():
        if sample := same[0].get_closest_marker("sample"):
            # Evenly spread, so that parameters take several values.
            (count,) = sample.args
            taken = {round((number + 0.5) * len(same) / count - 0.5) for number in range(count)}
            for number, item in enumerate(same):
                if number not in taken:
                    item.add_marker("thorough")


@pytest.fixture
def run() -> Callable[..., Run]:
    return call_build


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small publication, to be changed."""
    return Path(shutil.copytree(PUBLICATIONS / "small", tmp_path / "small"))


@pytest.fixture
def warmed(small: Path, small_site: Path) -> Path:
    """The copy has the cache of a build: what a test does not change is not made again."""
    shutil.copytree(small_site.parent / "small/build", small / "build")
    return small


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of a run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


def once(folder: Path, make: Callable[[Path], object]) -> Path:
    """A folder that is made for the first test which needs it, and found by the others, also in other workers."""
    made = Path(f"{folder}.made")
    with FileLock(f"{folder}.lock"):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            made.touch()
    return folder


def publish(root: Path, site: Path, *options: str) -> None:
    """Builds a publication that has no fault."""
    done = call_build("build", "--root", root, "--out", site, *options)
    assert done.status == 0, done.said


def _published(shared: Path, name: str) -> Path:
    """The site of one of the publications beside the tests, built from a copy that keeps the cache of its build."""
    root = once(shared / name, lambda folder: shutil.copytree(PUBLICATIONS / name, folder))
    return once(shared / f"site-{name}", lambda site: publish(root, site))


@pytest.fixture(scope="session")
def small_site(shared: Path) -> Path:
    """The small publication, published; its sources and the cache of its build are in the folder `small` beside it."""
    return _published(shared, "small")


Changed = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def changed(shared: Path, small_site: Path) -> Changed:
    """A copy of the small publication with the cache of its build, named and changed, once for all tests that ask."""

    def made(name: str, change: Callable[[Path], object]) -> Path:
        def copy(folder: Path) -> None:
            change(Path(shutil.copytree(small_site.parent / "small", folder / "small")))

        return once(shared / name, copy) / "small"

    return made


@pytest.fixture(scope="session")
def nasty_site(shared: Path) -> Path:
    """Names and cells that programs misread, published."""
    return _published(shared, "nasty")


@pytest.fixture(scope="session")
def own_site(shared: Path) -> Path:
    """This repository's publication, published."""
    return once(shared / "site-own", lambda site: publish(ROOT, site))


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
