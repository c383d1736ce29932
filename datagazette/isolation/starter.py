"""The process that starts workers: it has the libraries imported and no threads, and so can be copied in milliseconds.

    main process ── starter ──┬── worker
                              └── worker

It is started once for each main process, and ends with it. It reads nothing but requests: "p" and the name of a
module to import ahead, "w" and a connection for a new worker. Where a system cannot copy a process (Windows), and
within a worker, each worker is a process of its own, started from nothing.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from multiprocessing.connection import Connection
from threading import Lock
from typing import NoReturn

from datagazette.home import PACKAGE

_asking = Lock()


class Starter:
    """The main process's end of the connection to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            code = f"from datagazette.isolation.starter import serve; serve({theirs.fileno()})"
            self._process = _python(code, theirs.fileno())
        self._control = ours
        self._owner = os.getpid()

    def prepare(self, module: str) -> None:
        """Imports a module ahead; the caller does not wait for it."""
        with _asking, suppress(OSError):
            self._control.sendall(b"p" + struct.pack("=H", len(module)) + module.encode())

    def worker(self) -> tuple[Connection, int]:
        """A new worker: the connection to it, and its process's number. Raises OSError where there is none."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _asking:
                socket.send_fds(self._control, [b"w"], [theirs.fileno()])
                answer = self._control.recv(4, socket.MSG_WAITALL)
            if len(answer) < 4:
                raise OSError("the process that starts workers has ended")
        finally:
            theirs.close()
        return Connection(ours.detach()), struct.unpack("=I", answer)[0]

    @property
    def lives(self) -> bool:
        """Whether it can be asked: a copy of the main process has no starter."""
        return self._owner == os.getpid() and self._process.poll() is None

    def close(self) -> None:
        """Ends it, and with it every worker."""
        if self._owner == os.getpid():
            self._control.close()
            self._process.kill()
            self._process.wait()


def prepare(module: str) -> None:
    """Has the starter import a module while the caller goes on."""
    if can_copy():
        starter().prepare(module)


def can_copy() -> bool:
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


def starter() -> Starter:
    found = _starter(0)
    if not found.lives:
        _starter.cache_clear()
        found = _starter(0)
    return found


@cache
def _starter(_: int) -> Starter:
    made = Starter()
    atexit.register(made.close)
    return made


def fresh_worker() -> tuple[Connection, subprocess.Popen[bytes]]:
    """A worker that no starter starts."""
    ours, theirs = socket.socketpair()
    with theirs:
        number = theirs.fileno()
        code = (
            "from multiprocessing.connection import Connection; from datagazette.isolation.inside import live; "
            f"live(Connection({number}))"
        )
        process = _python(code, number)
    return Connection(ours.detach()), process


def _python(code: str, handed: int) -> subprocess.Popen[bytes]:
    """A Python that finds this program, and looks for all else where this process does: not in the current folder.

    In a session of its own, so that Ctrl-C reaches the main process alone, which ends it.
    """
    program = f"import runpy, sys; runpy.run_path({str(PACKAGE / '__main__.py')!r}); sys.path[:] = {sys.path!r}"
    code = f"{program}; {code}"
    return subprocess.Popen([sys.executable, "-P", "-c", code], pass_fds=[handed], stdin=subprocess.DEVNULL,
                            start_new_session=True)  # fmt: skip


def serve(number: int) -> NoReturn:
    """The starter's whole life."""
    gc.disable()  # what is imported stays; a collection would touch, and so copy, all of it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries workers that have ended
    with suppress(OSError, struct.error):  # the main process has ended, perhaps in the middle of a request
        _obey(socket.socket(fileno=number))
    os._exit(0)


def _obey(control: socket.socket) -> None:
    """Does what is requested until the main process hangs up."""
    from datagazette.isolation import inside

    while True:
        request, handed, _, _ = socket.recv_fds(control, 1, 1)
        if not request:
            return
        if request == b"p":
            (length,) = struct.unpack("=H", control.recv(2, socket.MSG_WAITALL))
            with suppress(ImportError):
                import_module(control.recv(length, socket.MSG_WAITALL).decode())
            continue
        child = os.fork()
        if not child:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            inside.live(Connection(handed[0]))
        os.close(handed[0])
        control.sendall(struct.pack("=I", child))
