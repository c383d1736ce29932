"""A web server on loopback that gives files of a folder, well or badly, as a test says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Behaviour:
    """`ranges`: parts are given. `ends_after`: so many bytes, once for each number in it, then the connection is cut.
    `stops_after`: so many bytes, then nothing until the client is gone. `trickles`: a byte at a time. `waits`: seconds
    before the content. `status`: what each answer says instead. `location`: where each answer leads.
    """

    folder: Path
    ranges: bool = True
    ends_after: list[int] = field(default_factory=list)
    stops_after: int = 0
    trickles: bool = False
    status: int = 0
    location: str = ""
    waits: float = 0
    asked: list[str] = field(default_factory=list)


@contextmanager
def served(behaviour: Behaviour) -> Iterator[str]:
    """The address of a server, while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"behaviour": behaviour}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/tables/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behaviour: Behaviour

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        says = self.behaviour
        says.asked.append(f"{self.command} {self.headers.get('Range', '')}".strip())
        if says.status or says.location:
            self._head(says.status or 302, 0, {"Location": says.location} if says.location else {})
            return
        file = says.folder / self.path.removeprefix("/tables/").partition("?")[0]
        if not file.is_file():
            self._head(404, 0, {})
            return
        content, start = file.read_bytes(), 0
        asked = self.headers.get("Range")
        if asked and says.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self._head(416, 0, {})
                return
        headers = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"} if start else {}
        self._head(206 if start else 200, len(content) - start, headers)
        if self.command == "GET":
            time.sleep(says.waits)
            if says.stops_after:
                self.wfile.write(content[start : says.stops_after])
                self.connection.recv(1)
                self.close_connection = True
                return
            for number in range(start, len(content) if says.trickles else start):
                self.wfile.write(content[number : number + 1])
                time.sleep(0.01)
            most = says.ends_after.pop(0) if says.ends_after else len(content)
            self.wfile.write(content[start : start + most])
            if most < len(content) - start:
                self.wfile.flush()
                self.close_connection = True
                self.connection.close()

    def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        self.end_headers()
