"""A worker, seen from the process that asks it."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, TypeVar

from datagazette.isolation import inside, values
from datagazette.isolation.limits import BESIDE_DATABASE, DATABASE, Bounds, OutOfBounds
from datagazette.isolation.starter import can_copy, fresh_worker, starter

Done = TypeVar("Done")
_GRACE = 2.0  # seconds beyond a step's limit, in which the work may still end by itself and say more


class Worker:
    """A process for untrusted files, started when it is first asked, and again after it was ended.

    Not shared between threads. `fresh`: started from nothing, not by the starter.
    """

    def __init__(self, bounds: Bounds, *, fresh: bool = False) -> None:
        self.bounds = bounds
        self._fresh = fresh or not can_copy() or inside.is_worker()
        self._connection: Connection | None = None
        self._process: subprocess.Popen[bytes] | _Copied | None = None
        self._scratch: Path | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None,
                 _trace: TracebackType | None) -> None:  # fmt: skip
        self.end()

    def call(self, work: Callable[..., Done], *arguments: Any, seconds: float | None = None) -> Done:
        """What `work`, a function of a module, returns. An exception of this program or the system is raised again.

        Raises OutOfBounds where the process was ended, and RuntimeError with the worker's traceback for any other
        exception in it.
        """
        connection = self._connection or self._start()
        steps: dict[int, tuple[str, float, float]] = {}
        try:
            connection.send_bytes(pickle.dumps((work, arguments), protocol=5))
            kind, content = self._answer(connection, seconds, steps)
        except (EOFError, ConnectionError) as error:
            self.end()
            name = next(reversed(steps.values()))[0] if steps else ""
            raise OutOfBounds("ended", name) from error
        except BaseException:
            self.end()
            raise
        if kind == inside.ANSWER:
            found: Done = values.load(content)
            return found
        if kind == inside.OUT_OF_MEMORY:
            self.end()
            raise OutOfBounds("memory", values.load(content))
        if kind == inside.FAILED and (failure := values.load_error(content)):
            raise failure
        raise RuntimeError(f"in a worker:\n{values.load(content)}")

    def _answer(
        self, connection: Connection, seconds: float | None, steps: dict[int, tuple[str, float, float]]
    ) -> tuple[bytes, bytes]:
        """The next message that is an answer. `steps` are those under way: name, end of its time, and limit."""
        last = time.monotonic() + seconds if seconds is not None and "time" in self.bounds.walls else None
        while True:
            ends = [end for _, end, _ in steps.values()] + ([last] if last is not None else [])
            if ends and not connection.poll(max(0.0, min(ends) - time.monotonic())):
                name, _, limit = min(steps.values(), key=lambda step: step[1], default=("", 0.0, seconds or 0.0))
                raise OutOfBounds("seconds", name, limit)
            try:
                message = connection.recv_bytes(self.bounds.answer)
            except EOFError:
                raise
            except OSError as error:  # a longer one, which `Connection` does not read
                raise OutOfBounds("answer") from error
            kind, content = message[:1], message[1:]
            if kind == inside.STEP:
                number, name, limit = values.load(content)
                if "time" in self.bounds.walls:
                    steps[number] = (name, time.monotonic() + limit + _GRACE, limit)
            elif kind == inside.DONE:
                steps.pop(values.load(content), None)
            else:
                return kind, content

    def _start(self) -> Connection:
        if self._fresh:
            connection, self._process = fresh_worker()
        else:
            connection, number = starter().worker()
            self._process = _Copied(number)
        self._connection = connection
        self._scratch = Path(tempfile.mkdtemp(prefix="worker-"))
        connection.send_bytes(pickle.dumps((self.bounds, self._scratch, dict(os.environ), str(Path.cwd()))))
        return connection

    def kill(self) -> None:
        """Ends the process from another thread: a call that waits for it raises OutOfBounds."""
        process = self._process
        if process:
            process.kill()

    def end(self) -> None:
        """Ends the process, whatever it does; the next call starts another."""
        self.kill()
        connection, self._connection = self._connection, None
        process, self._process = self._process, None
        if connection is not None:
            connection.close()
        if process:
            process.wait()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)


class _Copied:
    """A process that the starter made. It is ended by a handle, so that no other process is that has got its number
    since then; where a system has no such handles, by its number."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._ending = Lock()
        self._handle: int | None = None
        with suppress(OSError):  # it has ended
            self._handle = os.pidfd_open(number) if hasattr(os, "pidfd_open") else None
        self._has_ended = hasattr(os, "pidfd_open") and self._handle is None

    def kill(self) -> None:
        with self._ending, suppress(OSError):
            if self._has_ended:
                return
            self._has_ended = True
            if self._handle is None:
                os.kill(self._number, signal.SIGKILL)
                return
            try:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            finally:
                os.close(self._handle)

    def wait(self) -> None:
        """The starter sees to its end."""


def isolated(
    work: Callable[..., Done],
    *arguments: Any,
    reads: Sequence[Path],
    writes: Sequence[Path] = (),
    database: int = DATABASE,
) -> Done:
    """The untrusted work of a command as one call in a worker; within a worker, just the call.

    `database` are the bytes that its database may use. Raises OutOfBounds where the worker was ended.
    """
    if inside.is_worker():
        return work(*arguments)
    with Worker(Bounds(database + BESIDE_DATABASE, tuple(reads), tuple(writes))) as worker:
        return worker.call(work, *arguments)
