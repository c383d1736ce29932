"""What the tests of a removal share: `folder`, which each module makes, has the publication in `lists/`."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def root(folder: Path) -> Path:
    return folder / "lists"


@pytest.fixture
def site(root: Path) -> Path:
    return root / "public"
