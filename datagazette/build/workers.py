"""The folder for intermediate files, and the workers: threads, isolated processes or a cluster, chosen only here.

Whatever looks into untrusted files is done in isolated workers. A command hands all its work to a single worker
(`isolated`), in which threads share it; a build keeps several (`opened`).

A Dask cluster can take the place of this machine's processes. The publication, the cache and `build/` must then lie on
storage that every member sees under the same path; members run in the program's own environment.
`requirements-cluster.txt` has the library, which nothing else needs.
"""

from __future__ import annotations

import logging
import os
import platform
import shlex
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any, TypeVar

from datagazette import isolation
from datagazette.home import HOME, IS_CHECKOUT
from datagazette.isolation import Bounds, OutOfBounds, Worker
from datagazette.isolation.pool import WorkerPool
from datagazette.messages import LANGUAGES, fill, texts
from datagazette.model.errors import EnvironmentFault
from datagazette.model.publication import Release
from datagazette.tables.engine import Limits

if TYPE_CHECKING:
    from distributed import Client

Given = TypeVar("Given")
Done = TypeVar("Done")
# Gives the result of a task whose worker was ended.
Beyond = Callable[[Any, OutOfBounds], Any]

# How many tasks a process is handed at once at most: larger batches cost less, but show less progress.
_BATCH = 8
_LOOK = 0.1  # seconds between two calls of `waiting`
_MOST_MEMORY = 2_000  # megabytes a database

_PATIENCE = 30  # seconds in which a first member of a cluster has to come
_NAMED = 5  # members that a message names


@dataclass(frozen=True)
class Workspace:
    """Folders under `build/`: typed tables, drawn charts, staged pages, spilled data."""

    root: Path

    def parquet(self, release: Release, resource: str, *, newest: bool = False) -> Path:
        """A typed table as the release has it or, where that is another reading, as this program reads it."""
        reading = "newest" if newest else "typed"
        return self.root / reading / release.dataset / str(release.version) / f"{resource}.parquet"

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


@dataclass(frozen=True)
class Workers:
    """How many tasks run side by side, what each database may use, and who does the work.

    Without a `pool` tasks are done by this process, in threads where DuckDB does the work. `shared` names the database
    that the tasks of a process share.
    """

    jobs: int
    memory: str = f"{_MOST_MEMORY}MB"
    pool: Executor | None = None
    shared: str = ""

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
        waiting: Callable[[], None] | None = None,
    ) -> Iterator[Done]:
        """`work` on each task, in the tasks' order, each as it arrives. `threads`: without a pool, side by side.

        `waiting` is called from time to time while the pool works. `beyond` gives the result of a task whose worker was
        ended. Without it, raises EnvironmentFault then.
        """
        if not self.pool and threads:
            with ThreadPoolExecutor(self.jobs) as pool:
                for alone in [pool.submit(work, task) for task in tasks]:
                    _wait_for(alone, waiting)
                    yield alone.result()
        elif not self.pool:
            yield from map(work, tasks)
        else:
            size = max(1, min(_BATCH, len(tasks) // (4 * self.jobs)))
            batches = [tasks[start : start + size] for start in range(0, len(tasks), size)]
            futures = [self.pool.submit(_batch, work, batch) for batch in batches]
            try:
                for batch, future in zip(batches, futures, strict=True):
                    _wait_for(future, waiting)
                    yield from self._results(self.pool, work, batch, future, beyond)
            finally:
                for future in futures:
                    future.cancel()

    def _results(
        self, pool: Executor, work: Callable[[Given], Done], tasks: Sequence[Given], future: Future[list[Done]],
        beyond: Beyond | None,
    ) -> list[Done]:  # fmt: skip
        """The results of a batch. Where its worker was ended, each task is tried by itself, to see which one it was."""
        try:
            return future.result()
        except OutOfBounds as error:
            if len(tasks) == 1 and beyond:
                return [beyond(tasks[0], error)]
            if len(tasks) == 1:
                at = f" ({error.step})" if error.step else ""
                raise EnvironmentFault("process-ended", at=at) from error
        alone = ((task, pool.submit(_batch, work, (task,))) for task in tasks)
        return [result for task, each in alone for result in self._results(pool, work, (task,), each, beyond)]


def _wait_for(future: Future[Any], waiting: Callable[[], None] | None) -> None:
    while waiting and not future.done():
        waiting()
        wait([future], _LOOK)


def _batch(work: Callable[[Given], Done], tasks: Sequence[Given]) -> list[Done]:
    return [work(task) for task in tasks]


class _ClusterPool(Executor):
    """A cluster whose members do all work in isolated workers. A worker that is lost is worked around."""

    def __init__(self, cluster: Executor, bounds: Bounds) -> None:
        self._cluster, self._bounds = cluster, bounds

    def submit(self, work: Callable[..., Done], /, *arguments: Any, **_named: Any) -> Future[Done]:
        return self._cluster.submit(_isolated, self._bounds, work, *arguments)


_of_thread = local()


def _isolated(bounds: Bounds, work: Callable[..., Done], *arguments: Any) -> Done:
    """On a member of a cluster: in an isolated worker, which each of its threads keeps."""
    if getattr(_of_thread, "bounds", None) != bounds:
        _of_thread.bounds, _of_thread.worker = bounds, Worker(bounds)
    found: Done = _of_thread.worker.call(work, *arguments)
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
        with _connected(cluster) as (executor, jobs):
            yield replace(found, jobs=jobs, pool=_ClusterPool(executor, bounds))
        return
    pool = WorkerPool(found.jobs, bounds)
    try:
        yield replace(found, pool=pool)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _connected(address: str) -> Iterator[tuple[Executor, int]]:
    """The cluster as an executor, and how many tasks it does at a time. A worker that is lost is worked around."""
    try:
        from distributed import Client
    except ImportError as error:
        raise EnvironmentFault("no-distributed") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is wrong is said here, in one message
    try:
        with warnings.catch_warnings(action="ignore"):
            client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise EnvironmentFault("no-scheduler", address=address, reason=error) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise EnvironmentFault("no-worker", address=address) from error
        _refuse_others(client, address)
        jobs = sum(client.nthreads().values())
        # Every task is a pure function into the cache: doing one twice does no harm.
        yield client.get_executor(pure=False, retries=3), jobs


def _refuse_others(client: Client, address: str) -> None:
    """Raises EnvironmentFault where a member of the cluster could not do this build's tasks, or did them otherwise."""
    ours = _installed()
    others = [(role, member, *wrong) for role, member, found in _members(client) if (wrong := _wrong(found, ours))]
    if not others:
        return
    reasons = {
        language: "; ".join(
            f"{say[role]} {member} {fill(say[kind], found=found, ours=platform.python_version())}"
            for role, member, kind, found in others[:_NAMED]
        )
        + (f" (+{len(others) - _NAMED})" if len(others) > _NAMED else "")
        for language in LANGUAGES
        for say in [texts("cluster", language)]
    }
    if not IS_CHECKOUT:
        raise EnvironmentFault("cluster-differs-installed", address=address, reason=reasons)
    install = "pip install --requirement requirements.txt --requirement requirements-cluster.txt"
    path = f"PYTHONPATH={shlex.quote(str(HOME))}"
    raise EnvironmentFault("cluster-differs", address=address, reason=reasons, install=install, path=path)


def _members(client: Client) -> Iterator[tuple[str, str, Any]]:
    """(role, address, what `_installed` says there, or an exception) of the scheduler and each worker."""
    import cloudpickle  # type: ignore[import-untyped]

    versions: Any = client.get_versions()
    ours = list(map(str, sys.version_info[:2]))
    older = {
        name: about["host"]["python"].split(".final")[0]
        for name, about in {"": versions["scheduler"], **versions["workers"]}.items()
        if about["host"]["python"].split(".")[:2] != ours
    }
    scheduler = client.scheduler_info()["address"]
    if older:  # a function of one Python cannot be handed to another
        yield from (("worker" if name else "scheduler", name or scheduler, older[name]) for name in older)
        return
    own = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(own)  # by name it could not be found where there is no program
    try:
        try:
            yield "scheduler", scheduler, client.run_on_scheduler(_installed)
        except Exception as error:  # whatever it answers instead is said
            yield "scheduler", scheduler, error
        for name, found in client.run(_installed, on_error="return").items():
            yield "worker", name, found
    finally:
        cloudpickle.unregister_pickle_by_value(own)


def _installed() -> tuple[str, str] | None:
    """The hash of the program here and that of its libraries; None where there is none. Runs on other machines."""
    import hashlib
    from pathlib import Path

    try:
        import datagazette
        from datagazette.build.fingerprints import libraries
    except ImportError:
        return None
    code = hashlib.sha256()
    for path in sorted(Path(str(datagazette.__file__)).parent.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            code.update(path.read_bytes())
    return code.hexdigest(), libraries()


def _wrong(found: Any, ours: tuple[str, str] | None) -> tuple[str, str] | None:
    """What keeps a member from doing this build's tasks: which text of `cluster.yaml`, and what it was."""
    if isinstance(found, Exception):
        return "silent", " ".join(f"{type(found).__name__}: {found}".split())[:200]
    if isinstance(found, str):
        return "python", found
    if found is None:
        return "missing", ""
    if found == ours:
        return None
    return ("code", "") if ours is None or found[0] != ours[0] else ("libraries", "")
