"""The hostile publication, published once for all tests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.conftest import run_build
from tests.host import host
from tests.hostile.publication import write


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The hostile publication's site; its sources are in the folder `hostile` beside it."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    root, site = shared / "hostile", shared / "site-hostile"
    with FileLock(shared / "hostile.lock"):
        if not site.exists():
            done = run_build("build", "--root", write(root), "--out", site)
            assert done.status == 0, done.said
    return site


@pytest.fixture(scope="session")
def hostile_address(hostile_site: Path) -> Iterator[str]:
    with host(hostile_site) as address:
        yield address
