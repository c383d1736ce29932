"""Hosts that answer otherwise than they should, each as a real one was seen to do."""

from __future__ import annotations

from collections import Counter
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.host import Host


class WithoutSlash(Host):
    """Answers the address of a folder without its slash with the folder's page, as serve, sirv and php -S do."""

    def answer(self, *, with_body: bool) -> None:
        parts = urlsplit(self.path)
        if not parts.path.endswith("/") and (self.folder / unquote(parts.path).lstrip("/")).is_dir():
            self.path = f"{parts.path}/"
        super().answer(with_body=with_body)


class Counting(Host):
    """Counts the bytes of each file that it has sent."""

    sent: Counter[str]

    def send(self, status: int, headers: dict[str, str], data: bytes, *, with_body: bool) -> None:
        super().send(status, headers, data, with_body=with_body)
        if with_body:
            self.sent[Path(urlsplit(self.path).path).name] += len(data)


class WithoutRanges(Counting):
    """Sends the whole file whatever part was asked for, as `python -m http.server` and php -S do."""

    def answer(self, *, with_body: bool) -> None:
        del self.headers["Range"]
        super().answer(with_body=with_body)


class UnchangedParts(Counting):
    """Says of a part that it has not changed, as WEBrick does, unless what a browser keeps is passed by."""

    def answer(self, *, with_body: bool) -> None:
        if "Range" in self.headers and "no-cache" not in self.headers.get("Cache-Control", ""):
            self.send(304, {}, b"", with_body=False)
        else:
            super().answer(with_body=with_body)


def handler(kind: type[Host], folder: Path) -> type[BaseHTTPRequestHandler]:
    return type("LooseHost", (kind,), {"folder": folder, "sent": Counter()})
