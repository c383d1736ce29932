"""The hostile publication, published once for all tests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import once, publish
from tests.host import host
from tests.hostile.publication import write


@pytest.fixture(scope="session")
def hostile_site(shared: Path) -> Path:
    """The hostile publication's site; its sources are in the folder `hostile` beside it."""
    root = once(shared / "hostile", write)
    return once(shared / "site-hostile", lambda site: publish(root, site))


@pytest.fixture(scope="session")
def hostile_address(hostile_site: Path) -> Iterator[str]:
    with host(hostile_site) as address:
        yield address
