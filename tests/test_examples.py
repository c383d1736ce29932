"""The invented city in `examples/` is a publication like any other, and nothing of the shipped one is in it."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser

from tests.checkouts import checkout, git
from tests.conftest import ROOT, Run, once, publish
from tests.host import host
from tests.promised import missing_files

EXAMPLES = ROOT / "examples"
PARTS = ("datasets", "schemas", "site")
CHINESE = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff]")
# Words of the shipped publication's subject.
SUBJECT = re.compile(r"social.work|newspaper|ningxia|township|\bchin(?:a|ese)\b", re.IGNORECASE)
TEXTS = {
    ".html",
    ".json",
    ".jsonld",
    ".xml",
    ".ttl",
    ".txt",
    ".csv",
    ".svg",
    ".css",
    ".md",
    ".cff",
    ".bib",
    ".ris",
    ".sql",
}


@pytest.fixture(scope="session")
def examples_site(shared: Path) -> Path:
    """The examples as they are published below the path of another site."""

    def copied(folder: Path) -> None:
        for part in PARTS:
            shutil.copytree(EXAMPLES / part, folder / part)

    root = once(shared / "examples", copied)
    return once(
        shared / "site-examples", lambda site: publish(root, site, "--base-url", "https://x.example/town/data/")
    )


def test_the_tables_are_what_the_script_makes(tmp_path: Path) -> None:
    runpy.run_path(str(EXAMPLES / "make.py"))["main"](tmp_path)
    made = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(made) == 12
    for path in made:
        assert path.read_bytes() == (EXAMPLES / path.relative_to(tmp_path)).read_bytes(), path.name


def test_it_says_that_nothing_in_it_is_real() -> None:
    catalog = (EXAMPLES / "datasets/catalog.yaml").read_text("utf-8")
    assert "invented" in catalog.partition("\ntagline:")[0]
    for path in EXAMPLES.glob("datasets/*/*/datapackage.yaml"):
        assert re.search(r"description: .*invented", path.read_text("utf-8")), path


def test_it_is_small_and_in_english_alone() -> None:
    listed = subprocess.run(["git", "ls-files", "-z", "."], cwd=EXAMPLES, capture_output=True, text=True, check=True)
    files = [EXAMPLES / name for name in listed.stdout.split("\0") if name]
    assert sum(path.stat().st_size for path in files) < 300_000
    for path in files:
        assert not CHINESE.search(path.read_text("utf-8")), path


@pytest.mark.thorough
def test_the_check_finds_nothing(run: Callable[..., Run]) -> None:
    assert run("check", "--root", EXAMPLES).said.strip() == "No problem was found"


@pytest.mark.thorough
def test_nothing_of_the_shipped_publication_is_on_its_site(examples_site: Path) -> None:
    for path in (path for path in examples_site.rglob("*") if path.suffix in TEXTS):
        text = path.read_text("utf-8-sig")
        assert not CHINESE.search(text), path
        if path.suffix != ".css":
            assert not SUBJECT.search(text), path
    for path in examples_site.glob("data/*/*/*.zip"):
        with ZipFile(path) as archive:
            assert not CHINESE.search(archive.read("README.md").decode()), path


@pytest.mark.thorough
def test_every_file_that_a_ledger_promised_is_at_its_address(examples_site: Path) -> None:
    assert missing_files(EXAMPLES, examples_site) == []


@pytest.mark.thorough
def test_addresses_that_are_printed_have_the_path_of_the_site(examples_site: Path) -> None:
    page = (examples_site / "datasets/wards/index.html").read_text("utf-8")
    assert ">/town/data/api/datasets/wards.json<" in page


@pytest.mark.thorough
@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_long_name_of_a_publication_does_not_push_the_page_down_on_a_phone(
    examples_site: Path, browser: Browser, scripts: bool
) -> None:
    context = browser.new_context(viewport={"width": 412, "height": 900}, java_script_enabled=scripts)
    with host(examples_site) as address:
        page = context.new_page()
        page.goto(address)
        header = page.locator(".site-header").bounding_box()
    context.close()
    assert header
    assert header["height"] < 150


@pytest.mark.shipped
def test_tests_that_name_a_shipped_dataset_are_marked() -> None:
    names = [path.name for path in (ROOT / "datasets").iterdir() if "-" in path.name]
    assert names
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text("utf-8")
        if "\ndef test_" in text and any(name in text for name in names):
            assert "pytest.mark.shipped" in text, path


@pytest.mark.thorough
def test_the_tests_of_a_copy_with_another_publication_name_nothing_of_the_shipped_one(tmp_path: Path) -> None:
    """As a person has it who made the repository their own."""
    folder = checkout(tmp_path / "own")
    for part in ("datasets", "schemas", "site/pages"):
        shutil.rmtree(folder / part)
        shutil.copytree(EXAMPLES / part, folder / part)
    shutil.copy(EXAMPLES / "site/logo.svg", folder / "site")
    shutil.rmtree(folder / ".git")
    git(folder, "init", "-q")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}

    def tested(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    named = tested("--collect-only", "-m", "shipped")
    assert named.returncode == 5, named.stdout
    done = tested("-m", "not thorough", "tests/test_publication.py", "tests/test_documents.py")
    assert done.returncode == 0, done.stdout
