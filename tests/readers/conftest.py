"""The two sites whose downloads are read: this repository's own, and one of everything that programs misread."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

Json = dict[str, Any]


@pytest.fixture(params=["nasty_site", "own_site"])
def site(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def releases(site: Path) -> list[Path]:
    """The folder of every release; `latest` is a copy of one of them."""
    found = sorted(path.parent for path in site.glob("data/*/*/datapackage.json") if path.parent.name != "latest")
    assert found
    return found


def descriptor(folder: Path) -> Json:
    described: Json = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return described


def tables(folder: Path) -> list[Json]:
    """The submitted tables of a release; results of summaries lie in a folder of their own."""
    return [one for one in descriptor(folder)["resources"] if "/" not in one["path"]]


def outside(task: str, given: object) -> Any:
    """What a program of `.venv/readers` makes of something, see `outside.py`."""
    python, script = ROOT / ".venv/readers/bin/python", Path(__file__).with_name("outside.py")
    assert python.exists(), "these tests need programs that read our files: `make .venv/.readers`"
    done = subprocess.run([python, script, task], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
