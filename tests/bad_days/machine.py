"""A publication that was published and then changed, and builds of it that something goes wrong with.

Every fault is put in from outside: by limits and permissions of the process, by signals, by files that change. Of how
a build works this knows nothing but the lines in which it tells its stages.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from datagazette.messages import texts
from tests.conftest import BUILD, Run, tree_hashes
from tests.namespaces import without_override

STAGES = texts("progress", "en")["stages"]

Tree = dict[str, str]
ENGLISH = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
# One process: quicker here, and the same bytes.
ALONE = ("--jobs", "1")


def change(root: Path) -> None:
    """What the next build will show."""
    catalog = root / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("A small publication", "A new title"), "utf-8")


def command(root: Path, *options: str) -> list[str]:
    return [*BUILD, "build", "--root", str(root), "--lang", "en", *options]


def ended(words: Sequence[str], timeout: float = 1_200, before: Callable[[], None] | None = None) -> Run:
    """How a command ended; `before` is called in its process before it begins."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False, env=ENGLISH,
                          preexec_fn=before)  # fmt: skip
    return Run(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Bad:
    """The publication; what its site was, and what it will be."""

    root: Path
    old: Tree
    new: Tree

    @property
    def site(self) -> Tree:
        return tree_hashes(self.root / "public")

    def heals(self) -> bool:
        """Whether the next build publishes the change, and leaves nothing of the fault behind."""
        done = ended(command(self.root, *ALONE))
        assert done.status == 0, done.said
        left = [path.name for path in self.root.iterdir() if path.name.startswith(".public.") and path.is_dir()]
        assert not left
        return self.site == self.new


# A build that something goes wrong with.
Fault = Callable[[Bad], Run]


def small_files(kilobytes: int, bad: Bad) -> Run:
    """No file may grow beyond so many bytes."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1000, kilobytes * 1000))

    return shown(ended(command(bad.root, *ALONE), before=limit), "File too large", "could not", "cannot")


def barred(name: str, bad: Bad) -> Run:
    """A file or folder that this user may not open."""
    return _with_mode(bad, name, 0o000, "Permission denied", "permission denied")


def frozen(name: str, bad: Bad) -> Run:
    """A folder that this user may not write into."""
    return _with_mode(bad, name, 0o500, "permission denied")


def _with_mode(bad: Bad, name: str, mode: int, *words: str) -> Run:
    path = bad.root / name
    if not path.exists():
        path.mkdir(parents=True)
    before = path.stat().st_mode
    path.chmod(mode)
    done = ended(without_override(command(bad.root, *ALONE)))
    path.chmod(before)
    assert path.resolve().name in done.said
    return shown(done, *words)


def shown(done: Run, *words: str) -> Run:
    """A build that ended as it should: it says what was wrong, in words and not in a traceback."""
    assert "Traceback" not in done.said, done.said
    assert done.status in (1, 2), done.said
    assert any(word in done.said for word in words), done.said
    return done


def signalled(stage: str, how: signal.Signals, bad: Bad) -> Run:
    """Ended by a signal to all its processes as soon as a stage has begun."""

    def end(process: subprocess.Popen[str]) -> None:
        os.killpg(process.pid, how)

    done = _at_stage(bad, stage, end)
    assert done.status, done.said
    return done


def changed(stage: str, bad: Bad) -> Run:
    """A released table gets another row as soon as a stage has begun."""
    table = bad.root / "datasets/counts/1.1.0/counts.csv"
    released = table.read_bytes()

    def write(_: subprocess.Popen[str]) -> None:
        table.write_bytes(released + b"010,2020,8,exact\n")

    done = _at_stage(bad, stage, write)
    assert table.read_bytes() != released, "the fault was put in"
    table.write_bytes(released)
    assert done.status == 0 or "counts.csv" in done.said, done.said
    return done


def _at_stage(bad: Bad, stage: str, act: Callable[[subprocess.Popen[str]], None]) -> Run:
    """A build, and something that happens as soon as it says that a stage has begun."""
    title, said = STAGES[stage], ""
    # What is started in the background, as these tests may be, has the interrupt switched off.
    words = ["env", "--default-signal=INT", *command(bad.root)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=ENGLISH,
                          start_new_session=True) as process:  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            said += line
            if line.startswith(title) and said.count(title) == 1:
                act(process)
    assert title in said, said
    assert "Traceback" not in said, said
    return Run(process.returncode, "", said)


def working(mark: str) -> list[int]:
    """The processes that still run of those that a command began, whatever their sessions: they have the mark that it
    has in its environment (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ended_already = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            if mark.encode() in (folder / "environ").read_bytes() and not ended_already:
                found.append(int(folder.name))
    return found


_READ = ("datasets", "datasets/visits", "datasets/visits/1.0.0", "datasets/counts/1.1.0/counts.csv",
         "datasets/counts/releases.yaml", "datasets/visits/1.0.0/total.sql", "datasets/catalog.yaml",
         "schemas")  # fmt: skip
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)

FAULTS: dict[str, Fault] = {
    **{f"files up to {size} kB": partial(small_files, size) for size in (1, 20, 200)},
    **{f"may not read {name}": partial(barred, name) for name in _READ},
    **{f"may not write {name}": partial(frozen, name) for name in (".", "build/cache")},
    **{f"{how.name} at {stage}": partial(signalled, stage, how) for stage in STAGES for how in _ENDING},
    **{f"changed at {stage}": partial(changed, stage) for stage in STAGES if stage != "publish"},
}
