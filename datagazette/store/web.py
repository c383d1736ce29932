"""A store that a web server gives: `sha256/ab/abcdef…` below its address. It is read, and never written.

Redirects are followed within one server only, so that an address cannot lead into the network of this machine.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from datagazette import VERSION
from datagazette.store.address import shown_address
from datagazette.store.place import CHUNK, Refused
from datagazette.tables.bounded import allowed

if TYPE_CHECKING:
    from requests import Response, Session

_CONNECT_SECONDS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_NOT_SATISFIABLE = 416
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": f"datagazette/{VERSION}"}


class WebPlace:
    """`address` is the store's own; one connection serves all files. Times are those of `allowed`."""

    def __init__(self, address: str) -> None:
        self._base = urlsplit(address)
        self._silence, self._whole = allowed("STORE_SECONDS"), allowed("STORE_FILE_SECONDS")
        self._session: Session | None = None

    def size(self, path: str) -> int | None:
        for method in ("HEAD", "GET"):
            with self._answer(method, path) as answer:
                if answer.status_code in (404, 410):
                    return None
                if method == "HEAD" and answer.status_code in (405, 501):
                    continue
                _refuse(answer)
                return int(answer.headers.get("Content-Length", "0"))
        return None

    def parts(self, path: str, start: int) -> Iterator[tuple[int, bytes]]:
        ends = time.monotonic() + self._whole
        with self._answer("GET", path, {"Range": f"bytes={start}-"} if start else {}) as answer:
            if answer.status_code != _NOT_SATISFIABLE:
                yield from self._received(answer, start, ends)
                return
        yield from self.parts(path, 0)

    def _received(self, answer: Response, start: int, ends: float) -> Iterator[tuple[int, bytes]]:
        _refuse(answer)
        at = start if answer.status_code == 206 else 0
        if at and not answer.headers.get("Content-Range", "").startswith(f"bytes {at}-"):
            raise Refused("store-answer", "Content-Range")
        while chunk := answer.raw.read1(CHUNK, decode_content=True):  # what has come, however little
            yield at, chunk
            at += len(chunk)
            if time.monotonic() > ends:
                raise Refused("store-slow", f"{self._whole:g} s")

    def add(self, path: str, file: Path) -> None:  # noqa: ARG002 - a web server takes no files
        raise Refused("store-read-only")

    @contextmanager
    def _answer(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Iterator[Response]:
        """The answer once redirects are followed; what the connection does while it is read is a refusal, too."""
        import requests
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        self._session = self._session or requests.Session()
        address = self._base._replace(path=f"{self._base.path.rstrip('/')}/{path}").geturl()
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                with self._session.request(
                    method, address, headers={**_HEADERS, **(headers or {})}, stream=True, allow_redirects=False,
                    timeout=(_CONNECT_SECONDS, self._silence),
                ) as answer:  # fmt: skip
                    if answer.status_code not in _REDIRECTS:
                        yield answer
                        return
                    address = _led_to(address, answer.headers.get("Location", ""))
        except (requests.Timeout, ReadTimeoutError) as error:
            raise Refused("store-slow", f"{self._silence:g} s") from error
        except (requests.RequestException, HTTPError) as error:
            raise Refused("store-unreachable", _reason(error)) from error
        raise Refused("store-redirect", shown_address(address))


def _led_to(address: str, location: str) -> str:
    """Where a redirect leads: to the same server, or from it to itself with encryption."""
    there = urljoin(address, location)
    before, after = urlsplit(address), urlsplit(there)
    is_same = (before.scheme, before.netloc) == (after.scheme, after.netloc)
    is_encrypted = before.hostname == after.hostname and (before.scheme, after.scheme) == ("http", "https")
    if not location or not (is_same or is_encrypted):
        raise Refused("store-redirect", shown_address(there))
    return there


def _refuse(answer: Response) -> None:
    """Raises Refused for an answer that has no content."""
    status = f"HTTP {answer.status_code}"
    if answer.status_code in (404, 410):
        raise Refused("store-missing", status)
    if answer.status_code in (401, 403):
        raise Refused("store-forbidden", status)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Refused("store-unreachable", status)
    if answer.status_code not in (200, 206):
        raise Refused("store-answer", status)


def _reason(error: BaseException) -> str:
    """What the system said, without the address, which may have a password in it."""
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, OSError) and found.strerror:
            return found.strerror
        if isinstance(found, BaseException):
            waiting += [found.__cause__, found.__context__, *found.args, getattr(found, "reason", None)]
    return type(error).__name__
