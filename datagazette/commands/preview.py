"""The server behind `serve`: pages as they are now, and events for the open ones when that changes.

A page is served with a small script that listens at `/__serve/events`. The server listens to this machine only, and
answers only a request that names it: a page of the web could give its own name this machine's address.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qs, quote, unquote, urlsplit

from datagazette.model.errors import EnvironmentFault

_SCRIPT = Path(__file__).with_name("preview.js")
_OWN = "/__serve/"
_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\\]|(?:^|/)\.\.?(?:/|$)")  # control characters, and ways out of a folder
_WAIT = 10.0  # seconds after which an open page gets an event again, so that it knows that the server is still there
# What is shown before there is a first page.
_NOTHING = "<!doctype html><html lang=en><meta charset=utf-8><title>serve</title><body></body></html>"


class Preview:
    """What is shown now. `files` has the file of each address; what is not among them is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: Mapping[str, str] = {}
        self.explanation: Mapping[str, Sequence[str]] | None = None
        self.is_complete = False
        self._change = threading.Condition()
        self._number = 0

    def show(self, files: Mapping[str, str], *, complete: bool = False) -> None:
        """Shows other files; those that are not complete are laid over the ones before."""
        with self._change:
            self.files = dict(files) if complete else {**self.files, **files}
            self.explanation, self.is_complete = None, complete or self.is_complete
            self._step()

    def explain(self, lines: Mapping[str, Sequence[str]]) -> None:
        """Shows, by language, a heading and the lines that say why there is nothing new."""
        with self._change:
            self.explanation = lines
            self._step()

    def _step(self) -> None:
        self._number += 1
        self._change.notify_all()

    def changes(self) -> Iterator[None]:
        """Yields now, after each change, and every few seconds."""
        seen = -1
        while True:
            with self._change:
                if self._number == seen:
                    self._change.wait(_WAIT)
                seen = self._number
            yield

    def locate(self, path: str) -> Path | None:
        """The file at an address, `path` with its slashes as the browser asks for it."""
        name = _unquoted(path)
        if name is None:
            return None
        relative = name.lstrip("/")
        if relative.endswith("/") or not relative:
            relative += "index.html"
        if relative in self.files:
            return Path(self.files[relative])
        found = (self.folder / relative).resolve()
        is_file = os.path.isfile(found)  # noqa: PTH113 - also asked of names that are too long for a file
        return found if is_file and found.is_relative_to(self.folder.resolve()) else None

    def state(self, path: str) -> str:
        """Differs from one form of a page to the next: its place in the cache depends on all that it is made from."""
        return hashlib.sha256(str(self.locate(path)).encode()).hexdigest()[:16]


def _unquoted(path: str) -> str | None:
    """A path without its escapes; None where it cannot be the address of a file."""
    if not path.startswith("/") or _HALF_ESCAPE.search(path):
        return None
    try:
        name = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return None
    return None if _NO_NAME.search(name) else name


class _Handler(SimpleHTTPRequestHandler):
    preview: Preview

    def parse_request(self) -> bool:
        """Whether a request can be answered; else the answer that says why not has been sent."""
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0].strip()):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "serve answers at localhost and 127.0.0.1 alone")
            return False
        if _unquoted(self.path.partition("?")[0]) is None:
            self.send_error(HTTPStatus.BAD_REQUEST, "this is no address of a page")
            return False
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """A line of plain text."""
        self.close_connection = True
        content = f"{int(code)} {message or HTTPStatus(code).phrase}\n".encode("utf-8", "replace")
        self._send(content, "text/plain; charset=utf-8", code)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the library
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == f"{_OWN}events":
            self._events()
        elif path == f"{_OWN}preview.js":
            self._send(_SCRIPT.read_bytes(), "text/javascript")
        else:
            super().do_GET()

    def send_head(self) -> BytesIO | BinaryIO | None:
        path = urlsplit(self.path).path
        found = self.preview.locate(path)
        if found is None and not path.endswith("/") and self.preview.locate(f"{path}/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{path}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        if found is None or found.suffix == ".html":
            return self._page(path, found)
        return super().send_head()

    def translate_path(self, path: str) -> str:
        return str(self.preview.locate(urlsplit(path).path) or self.preview.folder / "nothing")

    def _page(self, path: str, found: Path | None) -> BytesIO:
        """A page with the script that listens; the page for missing ones where there is none."""
        missing = self.preview.locate("/404.html")
        shown = found or missing
        text = shown.read_text("utf-8") if shown else _NOTHING
        script = f'<script src="{_OWN}preview.js?state={self.preview.state(path)}" defer></script>'
        start, body, end = text.rpartition("</body>")
        content = f"{start}{script}{body}{end}".encode()
        self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return BytesIO(content)

    def _send(self, content: bytes, kind: str, status: int = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _events(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        path, state = asked.get("path", ["/"])[0], asked.get("state", [""])[0]
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for _ in self.preview.changes():
                self.wfile.write(self._event(quote(path), state).encode())
                self.wfile.flush()
        except OSError:
            pass  # the page was closed

    def _event(self, path: str, state: str) -> str:
        if self.preview.explanation is not None:
            return f"event: problems\ndata: {json.dumps(self.preview.explanation, ensure_ascii=False)}\n\n"
        name = "fine" if self.preview.state(path) == state else "reload"
        return f"event: {name}\ndata: -\n\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away while it is answered is no fault, nor is a file that is rebuilt meanwhile."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def server(preview: Preview, port: int) -> Iterator[str]:
    """Serves on this machine meanwhile; gives the address, with its slash."""
    handler = type("Handler", (_Handler,), {"preview": preview})
    try:
        found = _Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise EnvironmentFault("port", port=port) from error
    threading.Thread(target=found.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{found.server_port}/"
    finally:
        found.shutdown()
        found.server_close()
