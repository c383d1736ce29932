"""The folder for what is made on the way, and who makes it: threads, processes or a cluster, chosen here alone."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import TypeVar

from publisher.engine import Limits
from publisher.errors import EnvironmentFault
from publisher.model import Release

Task = TypeVar("Task")
Done = TypeVar("Done")

# Below so many light tasks, starting processes takes longer than the work.
_FEW = 24
# How many tasks a process is handed at once, at most: more of them cost less to hand over, and show less progress.
_BATCH = 8
_MOST_MEMORY = 2_000  # megabytes a database


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


class Pool:
    """Processes of this machine or workers of a cluster, started when they are first needed."""

    def __init__(self, start: Callable[[], Executor]) -> None:
        self._start = start
        self._executor: Executor | None = None

    @property
    def executor(self) -> Executor:
        if self._executor is None:
            self._executor = self._start()
        return self._executor

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Workers:
    """How many tasks run side by side, what each database may use, and who does the work.

    Without a `pool` processes are started for each `map`. `remote`: the pool is a cluster's, which does all work.
    `shared` names the database that the tasks of a process share.
    """

    jobs: int
    memory: str = f"{_MOST_MEMORY}MB"
    pool: Pool | None = None
    remote: bool = False
    shared: str = ""

    def limits(self, workspace: Workspace, *reads: Path) -> Limits:
        """A worker's share: with several processes, each database has one thread. It may open what lies in the
        workspace and in the folders `reads`."""
        return Limits(memory=self.memory, threads=1 if self.jobs > 1 else 0, spill=workspace.spill,
                      shared=self.shared, reads=(workspace.root, *reads))  # fmt: skip

    def query(
        self, work: Callable[[Task], Done], tasks: Iterable[Task], done: Callable[[], None] = lambda: None
    ) -> tuple[Done, ...]:
        """As `map`, for work that DuckDB does: a few tasks go in threads, which wait for nobody's interpreter."""
        waiting = tuple(tasks)
        if self.remote or (self.pool and len(waiting) >= _FEW):
            return self.map(work, waiting, done)
        with ThreadPoolExecutor(self.jobs) as pool:
            return tuple(_counted(pool.map(work, waiting), done))

    def map(
        self, work: Callable[[Task], Done], tasks: Iterable[Task], done: Callable[[], None] = lambda: None
    ) -> tuple[Done, ...]:
        """`work` on each task, in the tasks' order; `done` is called as each result arrives."""
        waiting = tuple(tasks)
        if not self.remote and (self.jobs <= 1 or len(waiting) <= 1):
            return tuple(_counted(map(work, waiting), done))
        if self.pool:
            return self._in_batches(self.pool.executor, work, waiting, done)
        with _processes(min(self.jobs, len(waiting))) as executor:
            return self._in_batches(executor, work, waiting, done)

    def _in_batches(
        self, executor: Executor, work: Callable[[Task], Done], tasks: tuple[Task, ...], done: Callable[[], None]
    ) -> tuple[Done, ...]:
        size = max(1, min(_BATCH, len(tasks) // (4 * self.jobs)))
        batches = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        try:
            made = executor.map(partial(_batch, work), batches)
            return tuple(_counted((one for batch in made for one in batch), done))
        except BrokenProcessPool as error:
            raise EnvironmentFault(
                en="a process of the build was ended from outside, perhaps for want of memory; build again with fewer"
                " --jobs",
                zh="构建的一个进程被外部终止，可能是内存不足；请用较小的 --jobs 重新构建",
            ) from error


def _batch(work: Callable[[Task], Done], tasks: Sequence[Task]) -> list[Done]:
    return [work(one) for one in tasks]


def _counted(results: Iterable[Done], done: Callable[[], None]) -> Iterable[Done]:
    for result in results:
        done()
        yield result


def _processes(jobs: int) -> ProcessPoolExecutor:
    # Spawned, not forked: a forked copy of a process with DuckDB's threads can hang.
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_end_with_the_first)


def _end_with_the_first() -> None:
    """A process ends when the build's first one does, however that came: else it would wait for work for ever.

    Ctrl-C reaches them all; what is said of it, the first one says. Nor does it take its modules apart at its end:
    that takes time, and the library of databases would write a page about what is left of them.
    """
    atexit.register(os._exit, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Thread(target=_await_end, daemon=True).start()


def _await_end() -> None:
    first = parent_process()
    if first is not None:
        first.join()
        os._exit(1)


def workers(jobs: int | None) -> Workers:
    """As many as asked for, else one a core that this process may use; together they take most of the memory."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    number = max(1, jobs or usable)
    return Workers(number, f"{min(_MOST_MEMORY, max(256, int(_memory() * 0.7) // number))}MB", shared="datasets")


def _memory() -> int:
    """The machine's memory in megabytes, as far as it tells."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    except (AttributeError, OSError, ValueError):
        return 4_000


@contextmanager
def opened(found: Workers, cluster: str | None = None) -> Iterator[Workers]:
    """Workers whose processes, or whose cluster at the address `cluster`, serve all stages of a build."""
    if cluster:
        from publisher.pipeline.cluster import connected

        with connected(cluster) as (executor, jobs):
            yield replace(found, jobs=jobs, pool=Pool(lambda: executor), remote=True)
        return
    pool = Pool(lambda: _processes(found.jobs))
    try:
        yield replace(found, pool=pool)
    finally:
        pool.close()
