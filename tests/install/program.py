"""How tests call the installed program: with an empty home, few other programs, and no network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import LOCALES, Run
from tests.namespaces import without_network

UV = Path(sys.executable).parent / "uv"
_PROGRAMS = ("sh", "env", "git")


def few_programs(folder: Path) -> Path:
    """A folder with the few programs that a publisher's machine has, to be the whole of PATH."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name in _PROGRAMS:
        found = shutil.which(name)
        assert found, name
        if not (programs / name).exists():
            (programs / name).symlink_to(found)
    return programs


def environment(folder: Path, language: str = "en") -> dict[str, str]:
    """All variables that the program gets; its home is an empty folder below `folder`."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {"PATH": str(few_programs(folder)), "HOME": str(home), "LC_ALL": LOCALES[language], "PYTHONUTF8": "1"}


def run_installed(
    installed: Path, *arguments: str | Path, cwd: Path, language: str = "en", module: bool = False
) -> Run:
    """`datagazette ...` in the folder `cwd`, without a network. `module`: `python -m datagazette ...` instead."""
    program = [installed / "python", "-m", "datagazette"] if module else [installed / "datagazette"]
    variables = (f"{name}={value}" for name, value in environment(installed.parent.parent, language).items())
    command = without_network(["env", "-i", *variables, *map(str, (*program, *arguments))])
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=1_200, check=False
    )
    return Run(done.returncode, done.stdout, done.stderr)
