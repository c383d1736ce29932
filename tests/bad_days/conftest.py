"""What the tests of bad days share: the publication, and what it will look like when nothing goes wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bad_days.machine import Bad, Tree, change
from tests.conftest import PUBLICATIONS, run_build, tree_hashes


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The changed publication, built, with its cache."""
    root = Path(shutil.copytree(PUBLICATIONS / "small", tmp_path_factory.mktemp("new") / "small"))
    change(root)
    done = run_build("build", "--root", root)
    assert done.status == 0, done.said
    return root


@pytest.fixture(scope="session")
def new_site(built: Path) -> Tree:
    return tree_hashes(built / "public")


@pytest.fixture
def bad(small: Path, small_site: Path, new_site: Tree) -> Bad:
    shutil.copytree(small_site, small / "public")
    change(small)
    return Bad(small, tree_hashes(small_site), new_site)
