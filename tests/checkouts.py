"""This publication in a repository of its own, as after a fresh clone."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT

_INSTALLED = (".venv", "node_modules")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Maintainer", "-c", "user.email=maintainer@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def checkout(folder: Path) -> Path:
    """One commit with all files that git has here, and what was installed here."""
    folder.mkdir()
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "The publication")
    return installed(folder)


def installed(folder: Path) -> Path:
    """Lends what was installed here, and makes its lists older than it, so that nothing is installed again."""
    for name in (*folder.glob("requirements*.txt"), *folder.glob("package*.json"), folder / ".npmrc"):
        os.utime(name, (0, 0))
    for name in _INSTALLED:
        (folder / name).symlink_to(ROOT / name)
    return folder
