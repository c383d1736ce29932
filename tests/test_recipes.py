"""The commands under “How was this made”, run as they are printed, give the figures that are published."""

from __future__ import annotations

import csv
import html
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from tests.conftest import PUBLICATIONS, ROOT, read_catalog
from tests.host import host

pytestmark = pytest.mark.slow

ROOTS = {"small": PUBLICATIONS / "small", "own": ROOT}


def pages(site: Path) -> list[Path]:
    """The summaries' pages of the default language."""
    return sorted(site.glob("datasets/*/summaries/*/index.html"))


def printed(page: Path, name: str) -> str:
    found = re.search(rf'id="made-{name}"[^>]*><code>(.*?)</code>', page.read_text("utf-8"), re.DOTALL)
    assert found, page
    return html.unescape(found[1])


def values(text: str) -> list[list[str | Decimal]]:
    return [[_value(cell) for cell in row] for row in csv.reader(io.StringIO(text))]


def _value(cell: str) -> str | Decimal:
    try:
        return Decimal(cell).normalize()
    except InvalidOperation:
        return cell


@pytest.fixture(scope="module", params=list(ROOTS))
def recipes(request: pytest.FixtureRequest) -> Iterator[tuple[str, str, Path]]:
    """What the publication's base address is, where its files are served instead, and the built site."""
    site: Path = request.getfixturevalue(f"{request.param}_site")
    with host(site) as served:
        yield read_catalog(ROOTS[request.param])["baseUrl"], served, site


def published(site: Path, page: Path) -> list[list[str | Decimal]]:
    dataset, name = page.parts[-4], page.parts[-2]
    version = re.search(rf"data/{dataset}/(\d+\.\d+\.\d+)/summaries/{name}\.csv", page.read_text("utf-8"))
    assert version, page
    return values((site / "data" / dataset / version[1] / "summaries" / f"{name}.csv").read_text("utf-8-sig"))


def run(command: list[str], folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.sample(1)
def test_the_command_for_a_shell_gives_the_published_figures(recipes: tuple[str, str, Path], tmp_path: Path) -> None:
    base, served, site = recipes
    found = pages(site)
    assert found
    for page in found:
        command = printed(page, "shell")
        assert command.count(base) >= 1, "it reads published files"
        assert values(run(["sh", "-c", command.replace(base, served)], tmp_path)) == published(site, page), page


@pytest.mark.sample(1)
def test_the_program_in_python_gives_the_published_figures(recipes: tuple[str, str, Path], tmp_path: Path) -> None:
    base, served, site = recipes
    for page in pages(site):
        run([sys.executable, "-c", printed(page, "python").replace(base, served)], tmp_path)
        made = tmp_path / f"{page.parts[-2]}.csv"
        assert values(made.read_text("utf-8")) == published(site, page), page


def test_the_inputs_are_named_with_their_hashes(recipes: tuple[str, str, Path]) -> None:
    """Each file that the commands fetch stands above them, with the hash that `SHA256SUMS` has."""
    base, _, site = recipes
    for page in pages(site):
        for path in re.findall(re.escape(base) + r"data/([^'\s]+)", printed(page, "shell")):
            dataset, version, name = path.split("/", 2)
            release = f"{dataset}/{version}"
            sums = dict(
                line.split(maxsplit=1)[::-1]
                for line in (site / "data" / release / "SHA256SUMS").read_text().splitlines()
            )
            hashes = {file.strip().lstrip("*"): digest for file, digest in sums.items()}
            assert f"SHA-256 {hashes[name]}" in page.read_text("utf-8"), (page, name)
