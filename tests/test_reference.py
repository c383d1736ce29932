"""The reference in docs/ is what the code knows, and the documents are a site whose links are good."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from datagazette.messages import texts
from tests.conftest import ROOT
from tests.reference import FOLDER, KEYS, LANGUAGES, pages

MADE = pages()


@pytest.mark.parametrize("name", MADE)
def test_a_page_of_the_reference_is_what_the_code_knows(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == MADE[name], "python -m tests.reference renews it"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_described_that_the_code_does_not_know(language: str) -> None:
    known = {section: set(keys) for sections in KEYS.values() for section, keys in sections.items()}
    described = {section: set(texts("keys", language)[section]) for section in known}
    assert described == known


@pytest.mark.thorough
def test_the_documents_are_a_site_in_which_each_link_is_good(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", ROOT / "mkdocs-docs.yml", "-d", tmp_path]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=quiet, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "zh/maintain/walkthrough/index.html").read_text("utf-8")
    assert re.search(r'<html lang="zh"', page)


@pytest.mark.parametrize("part", ["start", "maintain"])
def test_each_document_for_publishers_and_maintainers_has_a_chinese_twin(part: str) -> None:
    names = {path.name for path in (ROOT / "docs" / part).glob("*.md")}
    originals = {name for name in names if not name.endswith(".zh.md")}
    assert {name.replace(".md", ".zh.md") for name in originals} == names - originals
