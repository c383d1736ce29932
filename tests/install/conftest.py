"""The program as people install it: a wheel in an environment of its own, which has no checkout and no Node.js."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, once
from tests.install.program import UV, few_programs


@pytest.fixture(scope="session")
def wheel(shared: Path) -> Path:
    """The wheel of this checkout, built as people build it: the build backend comes from the package index."""

    def build(folder: Path) -> None:
        subprocess.run([UV, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT], check=True)

    (built,) = once(shared / "wheel", build).glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(shared: Path, wheel: Path) -> Path:
    """The folder `bin` of an environment that has the wheel, and `datagazette` in it; `run_installed` calls it.

    No test may change it.
    """

    def install(folder: Path) -> None:
        subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        subprocess.run([UV, "pip", "install", "--quiet", "--python", folder / "bin/python", wheel], check=True)

    few_programs(shared)
    return once(shared / "installed", install) / "bin"
