"""A static host behind a phone network: every response shares one line, and is late by a round trip.

The browser's own throttling does not reach what a worker fetches, so the line is slow at the server's end. As over
one HTTP/2 connection, only the first request waits for the connection (TCP and TLS) to stand.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.host import Host, served

_PIECE = 4_096
# Status line and headers of a response, compressed by HTTP/2 on a real host.
_HEADERS = 100


@dataclass
class Line:
    """`rate` in bytes a second, `round_trip` in seconds, `handshakes` in round trips before the first request."""

    rate: float
    round_trip: float
    handshakes: int = 2
    sent: list[tuple[str, int]] = field(default_factory=list)
    free: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arrive(self, path: str) -> None:
        """Returns when the request has gone there and the answer begins to come back."""
        with self.lock:
            is_first = not self.sent
            self.sent.append((path, 0))
        time.sleep(self.round_trip * (1 + (self.handshakes if is_first else 0)))

    def carry(self, path: str, size: int) -> None:
        """Returns when so many bytes have come through."""
        with self.lock:
            self.sent.append((path, size))
            self.free = max(self.free, time.perf_counter()) + size / self.rate
            wait = self.free - time.perf_counter()
        if wait > 0:
            time.sleep(wait)


class SlowHost(Host):
    line: Line

    def send(self, status: int, headers: dict[str, str], data: bytes, *, with_body: bool) -> None:
        self.line.arrive(self.path)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data)), "Cache-Control": "max-age=600"}.items():
            self.send_header(name, value)
        self.line.carry(self.path, _HEADERS)
        self.end_headers()
        for start in range(0, len(data) if with_body else 0, _PIECE):
            piece = data[start : start + _PIECE]
            self.line.carry(self.path, len(piece))
            try:
                self.wfile.write(piece)
            except ConnectionError:
                return  # the reader left


@contextmanager
def slow_host(folder: Path, line: Line) -> Iterator[str]:
    with served(type("FolderHost", (SlowHost,), {"folder": folder, "line": line})) as address:
        yield address
