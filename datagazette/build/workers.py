"""The folder for intermediate files, and the workers: threads, isolated processes or a cluster, chosen only here.

Whatever looks into untrusted files is done in isolated workers. A command hands all its work to a single worker
(`isolated`), in which threads share it; a build keeps several (`opened`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import local
from typing import Any, TypeVar

from datagazette import isolation
from datagazette.isolation import Bounds, OutOfBounds, Worker
from datagazette.isolation.pool import WorkerPool
from datagazette.model.errors import EnvironmentFault
from datagazette.model.publication import Release
from datagazette.tables.engine import Limits

Given = TypeVar("Given")
Done = TypeVar("Done")
# Gives the result of a task whose worker was ended.
Beyond = Callable[[Any, OutOfBounds], Any]

# How many tasks a process is handed at once at most: larger batches cost less, but show less progress.
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

    @property
    def scratch(self) -> Path:
        """Where steps without a cache put their files."""
        return self.root / "steps"

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

    Without a `pool` tasks are done by this process, in threads where DuckDB does the work. `remote`: the pool is a
    cluster's. `shared` names the database that the tasks of a process share. `bounds` are those of each worker.
    """

    jobs: int
    memory: str = f"{_MOST_MEMORY}MB"
    pool: Pool | None = None
    remote: bool = False
    shared: str = ""
    bounds: Bounds | None = None

    def limits(self, workspace: Workspace, *reads: Path) -> Limits:
        """A worker's share: with several processes, each database has one thread. It may open what lies in the
        workspace and in the folders `reads`."""
        return Limits(memory=self.memory, threads=1 if self.jobs > 1 else 0, spill=workspace.spill,
                      shared=self.shared, reads=(workspace.root, *reads))  # fmt: skip

    def results(
        self,
        work: Callable[[Given], Done],
        tasks: Sequence[Given],
        beyond: Beyond | None = None,
        *,
        threads: bool = False,
    ) -> Iterator[Done]:
        """`work` on each task, in the tasks' order, each as it arrives. `threads`: without a pool, side by side.

        `beyond` gives the result of a task whose worker was ended. Without it, raises EnvironmentFault then.
        """
        if not self.pool:
            if threads:
                with ThreadPoolExecutor(self.jobs) as pool:
                    yield from pool.map(work, tasks)
            else:
                yield from map(work, tasks)
            return
        executor = self.pool.executor
        size = max(1, min(_BATCH, len(tasks) // (4 * self.jobs)))
        batches = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        futures = [self._submit(executor, work, batch) for batch in batches]
        try:
            for batch, future in zip(batches, futures, strict=True):
                yield from self._results(executor, work, batch, future.result, beyond)
        finally:
            for future in futures:
                future.cancel()

    def _submit(self, executor: Executor, work: Callable[[Given], Done], tasks: Sequence[Given]) -> Any:
        if self.remote:
            assert self.bounds is not None
            return executor.submit(_batch_in_worker, self.bounds, work, tasks)
        return executor.submit(_batch, work, tasks)

    def _results(
        self, executor: Executor, work: Callable[[Given], Done], tasks: Sequence[Given],
        result: Callable[[], list[Done]], beyond: Beyond | None,
    ) -> list[Done]:  # fmt: skip
        """The results of a batch. Where its worker was ended, each task is tried by itself, to see which one it was."""
        try:
            return result()
        except OutOfBounds as error:
            if len(tasks) == 1:
                if beyond is None:
                    raise _ended(error) from error
                return [beyond(tasks[0], error)]
        alone = ((task, self._submit(executor, work, (task,)).result) for task in tasks)
        return [result for task, answer in alone for result in self._results(executor, work, (task,), answer, beyond)]


def _ended(error: OutOfBounds) -> EnvironmentFault:
    at = f" ({error.step})" if error.step else ""
    return EnvironmentFault("process-ended", at=at)


def _batch(work: Callable[[Given], Done], tasks: Sequence[Given]) -> list[Done]:
    return [work(task) for task in tasks]


_of_thread = local()


def _batch_in_worker(bounds: Bounds, work: Callable[[Given], Done], tasks: Sequence[Given]) -> list[Done]:
    """On a machine of a cluster: the same in an isolated worker, which each of its threads keeps."""
    if getattr(_of_thread, "bounds", None) != bounds:
        _of_thread.bounds, _of_thread.worker = bounds, Worker(bounds)
    found: list[Done] = _of_thread.worker.call(_batch, work, tasks)
    return found


def workers(jobs: int | None) -> Workers:
    """As many as asked for, else one a core that this process may use; together they take most of the memory."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    number = max(1, jobs or usable)
    return Workers(number, f"{min(_MOST_MEMORY, max(256, int(_memory() * 0.7) // number))}MB", shared="datasets")


def _memory() -> int:
    """The machine's memory in megabytes, as far as it is known."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    except (AttributeError, OSError, ValueError):
        return 4_000


@contextmanager
def opened(
    found: Workers, cluster: str | None = None, *, reads: Sequence[Path] = (), writes: Sequence[Path] = ()
) -> Iterator[Workers]:
    """Workers that serve all stages of a build: isolated processes, or a cluster at the address `cluster`.

    They may read `reads` and `writes`, and write `writes`.
    """
    bounds = Bounds(isolation.size(found.memory) + isolation.BESIDE_DATABASE, tuple(reads), tuple(writes))
    if cluster:
        from datagazette.build.cluster import connected

        with connected(cluster) as (executor, jobs):
            yield replace(found, jobs=jobs, pool=Pool(lambda: executor), remote=True, bounds=bounds)
        return
    pool = Pool(lambda: WorkerPool(found.jobs, bounds))
    try:
        yield replace(found, pool=pool, bounds=bounds)
    finally:
        pool.close()
