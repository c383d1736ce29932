"""The folder for what is made on the way, and the processes that make it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from publisher.engine import Limits
from publisher.model import Release

Task = TypeVar("Task")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Workspace:
    """Folders under `build/`: typed tables, drawn charts, staged pages, spilled data."""

    root: Path

    def parquet(self, release: Release, resource: str) -> Path:
        return self.root / "typed" / release.dataset / str(release.version) / f"{resource}.parquet"

    @property
    def pages(self) -> Path:
        return self.root / "pages"

    @property
    def spill(self) -> Path:
        return self.root / "spill"

    def emptied(self) -> Workspace:
        """The same workspace with nothing left of an earlier build."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.spill.mkdir(parents=True)
        return self


@dataclass(frozen=True)
class Workers:
    """How many processes work side by side, and what each database may use."""

    jobs: int
    memory: str = "2GB"

    def limits(self, workspace: Workspace) -> Limits:
        """A worker's share: with several processes, each database has one thread."""
        return Limits(memory=self.memory, threads=1 if self.jobs > 1 else 0, spill=workspace.spill)

    def query(
        self, work: Callable[[Task], Done], tasks: Iterable[Task], done: Callable[[], None] = lambda: None
    ) -> tuple[Done, ...]:
        """As `map`, in threads: for work that DuckDB does, which waits for nobody's interpreter."""
        with ThreadPoolExecutor(self.jobs) as pool:
            return tuple(_counted(pool.map(work, tasks), done))

    def map(
        self, work: Callable[[Task], Done], tasks: Iterable[Task], done: Callable[[], None] = lambda: None
    ) -> tuple[Done, ...]:
        """`work` on each task, in the tasks' order; `done` is called as each result arrives."""
        waiting = tuple(tasks)
        if self.jobs <= 1 or len(waiting) <= 1:
            return tuple(_counted(map(work, waiting), done))
        # Spawned, not forked: a forked copy of a process with DuckDB's threads can hang.
        context = get_context("spawn")
        with ProcessPoolExecutor(min(self.jobs, len(waiting)), mp_context=context) as pool:
            return tuple(_counted(pool.map(work, waiting), done))


def _counted(results: Iterable[Done], done: Callable[[], None]) -> Iterable[Done]:
    for result in results:
        done()
        yield result


def workers(jobs: int | None) -> Workers:
    """As many as asked for, else one a core that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Workers(max(1, jobs or usable))
