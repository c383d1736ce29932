"""The life of a worker, seen from the inside: it raises its walls, then does one piece of work after another."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from datagazette.isolation import values
from datagazette.isolation.limits import Bounds
from datagazette.isolation.walls import raise_walls

# What a worker sends begins with one of these.
STEP, DONE, ANSWER, FAILED, CRASHED, OUT_OF_MEMORY = b"s", b"d", b"a", b"f", b"c", b"m"
_numbers = count()
_sending = threading.Lock()
_parent: Connection | None = None


@contextmanager
def step(name: str, seconds: float) -> Iterator[None]:
    """Names what a worker does next: the parent ends the process where it takes longer than `seconds`.

    Outside of a worker it does nothing.
    """
    if _parent is None:
        yield
        return
    number = next(_numbers)
    _send(STEP + values.dump((number, name, seconds)))
    try:
        yield
    finally:
        _send(DONE + values.dump(number))


def is_worker() -> bool:
    """Whether this process is a worker."""
    return _parent is not None


def live(parent: Connection) -> None:
    """Everything that a worker does, until its parent hangs up."""
    global _parent  # noqa: PLW0603 - a process is one worker
    _parent = parent
    with suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears of it, and ends this process
    _die_with_parent()
    with suppress(EOFError, OSError):
        bounds, scratch, environment, folder = pickle.loads(parent.recv_bytes())  # noqa: S301 - the parent is trusted
        _settle(bounds, scratch, environment, folder)
        while True:
            work, arguments = pickle.loads(parent.recv_bytes())  # noqa: S301
            _send(_answer(work, arguments))
            del work, arguments
    os._exit(0)  # to take databases and modules apart takes longer than many a check


def _settle(bounds: Bounds, scratch: Path, environment: dict[str, str], folder: str) -> None:
    gc.enable()
    os.environ.clear()
    os.environ.update(environment | {"TMPDIR": str(scratch)})
    tempfile.tempdir = str(scratch)
    with suppress(OSError):
        os.chdir(folder)
    with suppress(OSError):
        os.dup2(2, 1)  # libraries print, and what is printed is no answer
    raise_walls(bounds, scratch)


def _answer(work: Any, arguments: tuple[Any, ...]) -> bytes:
    try:
        return ANSWER + values.dump(work(*arguments))
    except MemoryError:
        return OUT_OF_MEMORY + values.dump("")
    except Exception as error:
        with suppress(Exception):
            content = values.dump_error(error)
            if values.load_error(content) is not None:
                return FAILED + content
        import traceback

        return CRASHED + values.dump(traceback.format_exc())


def _send(content: bytes) -> None:
    assert _parent is not None
    with _sending:
        _parent.send_bytes(content)


def _die_with_parent() -> None:
    """Linux ends this process when the one that started it ends; elsewhere it notices at its next message."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
