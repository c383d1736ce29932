"""Bad days of a machine: whatever fails at whatever stage, the published site is the old one or the new one, whole.

Every fault is put in from outside, by limits and permissions of the process: these tests know nothing of how a
build works.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import BUILD, PUBLICATIONS, Run, run_build, tree_hashes
from tests.namespaces import without_override

pytestmark = pytest.mark.slow

Tree = dict[str, str]
ENGLISH = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
COMMAND = [*BUILD, "build", "--lang", "en"]


def change(root: Path) -> None:
    """What the next build will show."""
    catalog = root / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("A small publication", "A new title"), "utf-8")


@dataclass(frozen=True)
class Bad:
    """A publication that was published, then changed; and what its site was, and what it will be."""

    root: Path
    old: Tree
    new: Tree

    def is_whole(self) -> bool:
        return tree_hashes(self.root / "public") in (self.old, self.new)

    def is_old(self) -> bool:
        return tree_hashes(self.root / "public") == self.old

    def heals(self) -> bool:
        """Whether the next build publishes the change, and leaves nothing of the fault behind."""
        done = run_build("build", "--root", self.root)
        assert done.status == 0, done.said
        assert not [path.name for path in self.root.iterdir() if path.name.startswith(".public.") and path.is_dir()]
        return tree_hashes(self.root / "public") == self.new


@pytest.fixture(scope="module")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """What the changed publication looks like when nothing goes wrong."""
    root = Path(shutil.copytree(PUBLICATIONS / "small", tmp_path_factory.mktemp("new") / "small"))
    change(root)
    done = run_build("build", "--root", root)
    assert done.status == 0, done.said
    return tree_hashes(root / "public")


@pytest.fixture
def bad(small: Path, small_site: Path, new_site: Tree) -> Bad:
    shutil.copytree(small_site, small / "public")
    change(small)
    return Bad(small, tree_hashes(small_site), new_site)


def ended(command: list[str], timeout: float = 200, **more: object) -> Run:
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, env=ENGLISH, **more)  # type: ignore[call-overload]
    return Run(done.returncode, done.stdout, done.stderr)


def says_what_to_do(done: Run, *words: str) -> bool:
    assert "Traceback" not in done.said, done.said
    assert done.status in (1, 2), done.said
    return any(word in done.said for word in words)


@pytest.mark.parametrize("kilobytes", [1, 20, 200])
def test_no_file_may_grow_beyond_a_limit(bad: Bad, kilobytes: int) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1000, kilobytes * 1000))

    done = ended([*COMMAND, "--root", str(bad.root)], preexec_fn=limit)
    assert says_what_to_do(done, "File too large", "could not", "cannot")
    assert bad.is_old()
    assert bad.heals()


@pytest.mark.parametrize(
    "name",
    ["datasets/counts/1.1.0/counts.csv", "datasets/catalog.yaml", "datasets/counts/releases.yaml", "datasets/visits",
     "datasets/visits/1.0.0/total.sql", "schemas"],
)  # fmt: skip
def test_no_permission_to_read(bad: Bad, name: str) -> None:
    path = bad.root / name
    mode = path.stat().st_mode
    path.chmod(0)
    done = ended(without_override([*COMMAND, "--root", str(bad.root)]))
    path.chmod(mode)
    assert says_what_to_do(done, "Permission denied", "permission")
    assert path.name in done.said
    assert bad.is_old()
    assert bad.heals()


def test_a_source_that_cannot_be_written(bad: Bad) -> None:
    for path in (bad.root / "datasets", bad.root / "schemas"):
        for one in (path, *path.rglob("*")):
            one.chmod(one.stat().st_mode & ~0o222)
    done = ended(without_override([*COMMAND, "--root", str(bad.root)]))
    assert done.status == 0, done.said
    assert tree_hashes(bad.root / "public") == bad.new


def test_two_builds_at_once(bad: Bad) -> None:
    command = [*COMMAND, "--root", str(bad.root)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=ENGLISH) for _ in range(2)]
    said = [process.communicate(timeout=200)[1] for process in both]
    statuses = sorted(process.returncode for process in both)
    assert statuses in ([0, 2], [0, 0]), said
    if statuses == [0, 2]:
        assert any("another build" in one for one in said)
    assert tree_hashes(bad.root / "public") == bad.new
