"""What the tests of bad days share: the publication, and what it will look like when nothing goes wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bad_days.machine import Bad, Tree, change
from tests.conftest import Changed, publish, tree_hashes


@pytest.fixture(scope="session")
def built(changed: Changed) -> Path:
    """The changed publication, built, with its cache."""

    def build(root: Path) -> None:
        change(root)
        publish(root, root / "public")

    return changed("bad", build)


@pytest.fixture(scope="session")
def new_site(built: Path) -> Tree:
    return tree_hashes(built / "public")


@pytest.fixture
def bad(small: Path, small_site: Path, new_site: Tree) -> Bad:
    shutil.copytree(small_site, small / "public")
    change(small)
    return Bad(small, tree_hashes(small_site), new_site)
