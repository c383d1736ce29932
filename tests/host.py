"""A static host on loopback, as the site meets one: folders, compressed texts, parts of files, a page for no page."""

from __future__ import annotations

import gzip
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".parquet": "application/vnd.apache.parquet"}
TEXTS = {".html", ".css", ".js", ".json", ".svg", ".xml", ".csv", ".jsonld", ".yaml", ".md", ".txt"}


@lru_cache(maxsize=64)
def _compressed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class Host(BaseHTTPRequestHandler):
    """Serves `folder`."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece: in two, each answer waits for the reader's delayed acknowledgement
    folder: Path

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def answer(self, *, with_body: bool) -> None:
        path = self.folder / unquote(urlsplit(self.path).path).lstrip("/")
        if path.is_dir() and not self.path.partition("?")[0].endswith("/"):
            self.send(301, {"Location": f"{urlsplit(self.path).path}/"}, b"", with_body=with_body)
            return
        file = path / "index.html" if path.is_dir() else path
        status = 200 if file.is_file() else 404
        file = file if status == 200 else self.folder / "404.html"
        if not file.is_file():
            self.send(404, {}, b"", with_body=with_body)
            return
        self.send_file(file, status, with_body=with_body)

    def send_file(self, file: Path, status: int, *, with_body: bool) -> None:
        size = file.stat().st_size
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {"Content-Type": f"{kind}; charset=utf-8" if file.suffix in TEXTS else kind, "Accept-Ranges": "bytes"}
        asked = self.headers.get("Range", "").removeprefix("bytes=")
        if asked and status == 200:
            first, last = self.part(asked, size)
            headers["Content-Range"] = f"bytes {first}-{last - 1}/{size}"
            with file.open("rb") as opened:
                opened.seek(first)
                self.send(206, headers, opened.read(last - first), with_body=with_body)
        elif file.suffix in TEXTS and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = _compressed(file, file.stat().st_mtime_ns)
            self.send(status, {**headers, "Content-Encoding": "gzip"}, data, with_body=with_body)
        else:
            self.send(status, headers, file.read_bytes(), with_body=with_body)

    @staticmethod
    def part(asked: str, size: int) -> tuple[int, int]:
        """The half-open range of `a-b`, `a-` or `-n`."""
        first, _, last = asked.partition("-")
        return (
            (max(0, size - int(last)), size) if not first else (int(first), min(size, int(last) + 1 if last else size))
        )

    def send(self, status: int, headers: dict[str, str], data: bytes, *, with_body: bool) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data)), "Cache-Control": "max-age=600"}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            with suppress(ConnectionError):  # the reader left
                self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server on loopback, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def host(folder: Path) -> Iterator[str]:
    """The address of a server for `folder`."""
    with served(type("FolderHost", (Host,), {"folder": folder})) as address:
        yield address
