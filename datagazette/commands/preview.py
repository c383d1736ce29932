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
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO
from urllib.parse import parse_qs, quote, unquote, urlsplit

from datagazette.messages import FALLBACK, LANGUAGES, texts
from datagazette.model.errors import EnvironmentFault

_SCRIPT = Path(__file__).with_name("preview.js")
_OWN = "/__serve/"
_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\\]|(?:^|/)\.\.?(?:/|$)")  # control characters, and ways out of a folder
_WAIT = 10.0  # seconds after which an open page gets an event again, so that it knows that the server is still there
# What is shown where there is no page at all, not even one for missing ones.
_NOTHING = "<!doctype html><html lang=en><meta charset=utf-8><title>serve</title><body></body></html>"
_WAITING = """<!doctype html><html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>:root{{color-scheme:light dark}}h1{{font-size:1.5rem}}
body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.25rem}}</style>
<body><h1>{title}</h1><p>{text}</p></body></html>"""


class Preview:
    """What is shown now: `files` has the file of each path.

    Pages of before are shown until there are new ones, with a line that says so. What lies below one of the `pending`
    paths waits until it is made: a download that is saved should be the right one.
    """

    def __init__(self, files: Mapping[str, str] = MappingProxyType({})) -> None:
        self.files: Mapping[str, str] = dict(files)
        self.explanation: Mapping[str, Sequence[str]] | None = None
        self.is_complete = False
        self._fresh: Set[str] | None = None  # the paths of files that are new; None where all are
        self._pending: tuple[str, ...] = ()
        self._asked: dict[str, None] = {}
        self._change = threading.Condition()
        self._number = 0

    def begin(self, pending: Sequence[str] = ()) -> None:
        """Something changed: no file is known to be new."""
        with self._change:
            self._fresh, self._pending = frozenset(), tuple(pending)
            self._step()

    def show(self, files: Mapping[str, str], pending: Sequence[str] = (), *, is_whole: bool = True) -> None:
        """Shows new files in the place of those before, and leaves the others. If pages are not whole, better ones will
        come soon."""
        with self._change:
            self.files = {**self.files, **files}
            self._fresh, self._pending = {*(self._fresh or ()), *(files if is_whole else ())}, tuple(pending)
            self.explanation = None
            self._step()

    def finish(self, files: Mapping[str, str]) -> None:
        """Shows these files and no others."""
        with self._change:
            self.files, self._fresh, self._pending, self.explanation = dict(files), None, (), None
            self.is_complete = True
            self._asked.clear()
            self._step()

    def explain(self, lines: Mapping[str, Sequence[str]]) -> None:
        """Shows, by language, a heading and the lines that say why there is nothing new."""
        with self._change:
            self.explanation, self._pending = lines, ()
            self._step()

    def wanted(self) -> tuple[str, ...]:
        """The paths of pages that were asked for since all was new, and are not new yet; the last one first."""
        with self._change:
            return tuple(path for path in reversed(self._asked) if self.is_old(path))

    def is_old(self, name: str) -> bool:
        return self._fresh is not None and name not in self._fresh

    def ask(self, path: str) -> None:
        """Notes that the page at an address is looked at, if it is not new."""
        name = _file_name(path)
        with self._change:
            if name and name.endswith(".html") and self.is_old(name):
                self._asked.pop(name, None)
                self._asked[name] = None

    def await_made(self, path: str) -> None:
        """Waits while the file at an address is to be made, unless it cannot be."""
        name = _file_name(path) or ""
        with self._change:
            self._change.wait_for(lambda: not name.startswith(self._pending))

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
        found = self.files.get(_file_name(path) or "")
        return Path(found) if found and os.path.isfile(found) else None  # noqa: PTH113 - asked for each file of a page

    def is_awaited(self, path: str) -> bool:
        """Whether the page at an address may still come."""
        return self.locate(path) is None and self.explanation is None and self._fresh is not None

    def is_shown_before(self, path: str) -> bool:
        """Whether the page at an address is that of before."""
        return self.is_old(_file_name(path) or "") and self.locate(path) is not None

    def state(self, path: str) -> str:
        """Differs from one form of a page to the next: its place in the cache depends on all that it is made from."""
        about = f"{self.locate(path)} {self.is_awaited(path)}"
        return hashlib.sha256(about.encode()).hexdigest()[:16]


def _file_name(path: str) -> str | None:
    """The path of the file at an address; None where that is no address of a file."""
    name = _unquoted(path)
    if name is None:
        return None
    relative = name.lstrip("/")
    return f"{relative}index.html" if relative.endswith("/") or not relative else relative


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
    language = FALLBACK

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
        self.preview.ask(path)
        self.preview.await_made(path)
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
        return str(self.preview.locate(urlsplit(path).path) or "")

    def _page(self, path: str, found: Path | None) -> BytesIO:
        """A page with the script that listens; the page for missing ones where there is none, or one that waits."""
        status = HTTPStatus.OK if found else HTTPStatus.NOT_FOUND
        shown = found or self.preview.locate("/404.html")
        text = shown.read_text("utf-8") if shown else _NOTHING
        if self.preview.is_awaited(path):
            status, text = HTTPStatus.SERVICE_UNAVAILABLE, _waiting_page(self.language)
        script = f'<script src="{_OWN}preview.js?state={self.preview.state(path)}" defer></script>'
        start, body, end = text.rpartition("</body>")
        content = f"{start}{script}{body}{end}".encode()
        self.send_response(status)
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
                self.preview.ask(quote(path))
                self.wfile.write(self._event(quote(path), state).encode())
                self.wfile.flush()
        except OSError:
            pass  # the page was closed

    def _event(self, path: str, state: str) -> str:
        is_other = self.preview.state(path) != state
        if self.preview.explanation is not None and not (is_other and self.preview.locate(path) is None):
            return f"event: problems\ndata: {json.dumps(self.preview.explanation, ensure_ascii=False)}\n\n"
        if is_other:
            return "event: reload\ndata: -\n\n"
        if self.preview.is_shown_before(path):
            said = {language: texts("cli", language)["serve"]["renewed"] for language in LANGUAGES}
            return f"event: old\ndata: {json.dumps(said, ensure_ascii=False)}\n\n"
        return "event: fine\ndata: -\n\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away while it is answered is no fault, nor is a file that is rebuilt meanwhile."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _waiting_page(language: str) -> str:
    say = texts("cli", language)["serve"]
    return _WAITING.format(language=language, title=say["building"], text=say["wait"])


@contextmanager
def server(preview: Preview, port: int, language: str = FALLBACK) -> Iterator[str]:
    """Serves on this machine meanwhile; gives the address, with its slash. `language` is that of pages that wait."""
    handler = type("Handler", (_Handler,), {"preview": preview, "language": language})
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
