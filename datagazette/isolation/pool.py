"""Several workers with the same bounds, as an executor: each thread of it asks a worker, the last used one first:
that one has most libraries imported."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import LifoQueue
from typing import Any, TypeVar

from datagazette.isolation.limits import Bounds
from datagazette.isolation.worker import Worker

Done = TypeVar("Done")


class WorkerPool(ThreadPoolExecutor):
    """An executor whose work is done in isolated workers. `seconds`: the most that one piece of work may take."""

    def __init__(self, jobs: int, bounds: Bounds, seconds: float | None = None) -> None:
        super().__init__(jobs)
        self._seconds = seconds
        self._idle: LifoQueue[Worker] = LifoQueue()
        self._all = [Worker(bounds) for _ in range(jobs)]
        for worker in reversed(self._all):
            self._idle.put(worker)

    def submit(self, work: Callable[..., Done], /, *arguments: Any, **named: Any) -> Future[Done]:
        assert not named
        return super().submit(self._asked, work, arguments)

    def _asked(self, work: Callable[..., Done], arguments: tuple[Any, ...]) -> Done:
        worker = self._idle.get()
        try:
            return worker.call(work, *arguments, seconds=self._seconds)
        finally:
            self._idle.put(worker)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends every worker, whatever it does."""
        super().shutdown(wait=False, cancel_futures=True)
        for worker in self._all:
            worker.kill()
        super().shutdown(wait, cancel_futures=cancel_futures)
        for worker in self._all:
            worker.end()
