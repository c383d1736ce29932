"""A publication in a git repository with real commits, and a maintainer's branch of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import PUBLICATIONS, Run, call_build

_IDENTITY = {
    **{f"GIT_{who}_NAME": "A maintainer" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "maintainer@example.org" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, **_IDENTITY},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Repository:
    """`root` is the publication's folder, with `main` and the branch `change` checked out."""

    root: Path

    def path(self, name: str) -> Path:
        return self.root / "datasets" / name

    def commit(self, words: str) -> None:
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--message", words)

    def replace(self, name: str, before: str, after: str) -> None:
        """Changes a text in a file and no other byte."""
        path = self.path(name)
        content = path.read_bytes()
        assert before.encode() in content, (name, before)
        path.write_bytes(content.replace(before.encode(), after.encode()))

    def revise(self, dataset: str, bump: str) -> None:
        done = call_build("revise", dataset, "--bump", bump, "--root", self.root)
        assert done.status == 0, done.said

    def diff(self, *arguments: str, language: str = "en") -> Run:
        return call_build("diff", *arguments, "--root", self.root, language=language)

    def said(self, *arguments: str) -> dict[str, Run]:
        """What the maintainer reads in each language."""
        return {language: self.diff(*arguments, language=language) for language in ("en", "zh")}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = Path(shutil.copytree(PUBLICATIONS / "small", tmp_path / "publication"))
    (root / ".gitignore").write_text("build/\npublic/\n")
    (root / ".gitattributes").write_text("datasets/** -text\nschemas/** -text\n")
    git(root, "init", "--quiet", "--initial-branch", "main")
    made = Repository(root)
    made.commit("The publication")
    git(root, "switch", "--quiet", "--create", "change")
    return made
