"""What documents lead to is there: links to files and sections, and the paths that they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, is_shipped
from tests.test_plain_words import STYLE, documents

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:datagazette|docs|site|tests|benchmarks|\.github)/[\w./-]+)`")
# The folders of a publication.
PUBLISHED = ("datasets/", "schemas/", "site/pages/")
# What examples are about to make.
_EXAMPLES = re.compile(r"/(tsv|fields|theme-repeated|logo\.svg|privacy\.md)\b")
_MOST_LINES = {
    "README.md": 120,
    "README.zh.md": 120,
    "ARCHITECTURE.md": 150,
    "CONTRIBUTING.md": 150,
    "CONTRIBUTING.zh.md": 150,
}


def anchors(text: str) -> set[str]:
    """The names of a document's sections, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", documents())
def test_links_lead_to_files_and_sections(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for link in _LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)):
        if ":" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists() or of_another_publication(target), link
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("name", documents())
def test_paths_that_are_named_exist(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    if name == STYLE:
        text = text.partition("## Not reviewed yet")[0]
    named = [path for path in _PATH.findall(text) if not _EXAMPLES.search(path)]
    missing = [path for path in named if not (ROOT / path).exists() and not of_another_publication(ROOT / path)]
    assert not missing


def of_another_publication(path: Path) -> bool:
    """Whether a document may name what is not there, as `datasets/` no longer has the shipped publication."""
    return not is_shipped() and path.resolve().relative_to(ROOT).as_posix().startswith(PUBLISHED)


def test_the_table_of_the_architecture_names_what_there_is() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    table = text.partition("## Where to find what")[2].partition("\n## ")[0]
    cells = [cell for line in table.splitlines() if line.startswith("| ") for cell in line.split(" | ")[1:]]
    paths = [path for cell in cells for path in re.findall(r"`([\w./-]*[/.][\w./-]*)`", cell)]
    missing = [path for path in paths if not found(path)]
    assert len(paths) > 30
    assert not missing


def found(path: str) -> list[Path]:
    """Where a path of that table may be: in the package, in the repository, in a publication."""
    places = (ROOT / "datagazette", ROOT, ROOT / "datasets")
    return [place / path for place in places if (place / path).exists()]


@pytest.mark.parametrize("name", _MOST_LINES)
def test_documents_are_short(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= _MOST_LINES[name]
