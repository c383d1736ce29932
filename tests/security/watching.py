"""Watches what a command reaches: which files its processes open, and who connects to a port of this machine."""

from __future__ import annotations

import ctypes
import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPENED = 0x20  # IN_OPEN of inotify(7)
_NAME_AT = 16  # bytes before an event's name


@contextmanager
def opened_in(folder: Path) -> Iterator[set[str]]:
    """The names of files in a folder that any process opens meanwhile, whatever language it is written in.

    Complete when the context is left.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(watch, os.fsencode(folder), _OPENED) > 0
    found: set[str] = set()
    try:
        yield found
        while select.select([watch], [], [], 0)[0]:
            content = os.read(watch, 1 << 16)
            while content:
                length = int.from_bytes(content[12:_NAME_AT], "little")
                name, content = content[_NAME_AT : _NAME_AT + length], content[_NAME_AT + length :]
                found.add(name.rstrip(b"\0").decode())
        found.discard("")  # the folder itself was listed
    finally:
        os.close(watch)


@contextmanager
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, and what each that connected to it sent first."""
    met: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    try:
                        met.append(connection.recv(1 << 10))
                        connection.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")
                    except OSError:
                        met.append(b"")

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], met
        server.shutdown(socket.SHUT_RDWR)
