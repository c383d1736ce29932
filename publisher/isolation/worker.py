"""A worker, seen from the process that asks it."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from publisher.isolation import inside, values
from publisher.isolation.limits import Bounds, OutOfBounds
from publisher.isolation.starter import can_copy, fresh_worker, starter

Done = TypeVar("Done")
_GRACE = 2.0  # seconds beyond a step's limit, in which the work may still end by itself and say more


class Worker:
    """A process for untrusted files, started when it is first asked, and again after it was ended.

    Not shared between threads. `fresh`: started from nothing, not by the starter.
    """

    def __init__(self, bounds: Bounds, *, fresh: bool = False) -> None:
        self.bounds = bounds
        self._fresh = fresh or not can_copy() or inside.within()
        self._connection: Connection | None = None
        self._kill: Callable[[], None] = _nothing
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
            if ends and not connection.poll(max(0.0, min(ends) + _GRACE - time.monotonic())):
                name, _, limit = min(steps.values(), key=lambda one: one[1], default=("", 0.0, seconds or 0.0))
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
                    steps[number] = (name, time.monotonic() + limit, limit)
            elif kind == inside.DONE:
                steps.pop(values.load(content), None)
            else:
                return kind, content

    def _start(self) -> Connection:
        if self._fresh:
            connection, process = fresh_worker()
            self._kill = partial(_end_child, process)
        else:
            connection, number = starter().worker()
            self._kill = _killer(number)
        self._connection = connection
        self._scratch = Path(tempfile.mkdtemp(prefix="worker-"))
        connection.send_bytes(pickle.dumps((self.bounds, self._scratch, dict(os.environ), str(Path.cwd()))))
        return connection

    def end(self) -> None:
        """Ends the process, whatever it does; the next call starts another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._kill()
            connection.close()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)


def _nothing() -> None:
    pass


def _end_child(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _killer(number: int) -> Callable[[], None]:
    """Ends just this process, even where its number has gone to another one meanwhile, if the system can tell."""
    if not hasattr(os, "pidfd_open"):
        return partial(os.kill, number, signal.SIGKILL)
    try:
        handle = os.pidfd_open(number)
    except OSError:  # it has ended
        return _nothing

    def end() -> None:
        with suppress(ProcessLookupError, OSError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        with suppress(OSError):
            os.close(handle)

    return end
