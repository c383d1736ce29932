"""A small site with nothing but an explorer: real Parquet files, the real scripts, and a server that knows ranges."""

from __future__ import annotations

import gzip
import html
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb

from datagazette.pages.explore import explorer_strings
from datagazette.pages.strings import parse_strings
from datagazette.publish import assets, mkdocs_run

ROOT = Path(__file__).resolve().parents[2]
CHUNK = 16_384
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".csv": "text/csv"}
# The strictest policy that the published site may be served with.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:"
)


SCHEMES = {"default": "light", "slate": "dark"}


def node_modules() -> Path:
    """Where npm put the packages: beside package.json, or where NODE_PATH says."""
    return Path(os.environ.get("NODE_PATH") or ROOT / "node_modules")


def bundle(out: Path) -> None:
    """Bundle the site's own scripts and styles, the explorer among them, without their version in the path."""
    whole = out.with_name("bundled")
    made = assets.bundle((ROOT / "site" / "assets",), mkdocs_run.theme_stylesheet(), node_modules(), whole)
    shutil.copytree(whole / made.version, out)


def strings(language: str) -> dict[str, str]:
    text = (ROOT / "site" / "strings" / f"{language}.yaml").read_text("utf-8")
    return explorer_strings(parse_strings(language, text))


def group_size(rows: int) -> int:
    """Rows of a row group, after the rule by which the site writes Parquet."""
    power = 1
    while power * 1.4142 < 8 * max(rows, 1) ** 0.5:
        power *= 2
    return max(2048, min(131_072, power))


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> dict[str, int]:
    """Write a query's rows; returns what the page's configuration says of the file."""
    found = connection.execute(f"SELECT count(*) FROM ({query})").fetchone()
    rows = int(found[0]) if found else 0
    size = group_size(rows)
    options = f"COMPRESSION zstd, COMPRESSION_LEVEL 9, ROW_GROUP_SIZE {size}, WRITE_BLOOM_FILTER false"
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, {options})")
    return {"rows": rows, "bytes": path.stat().st_size}


@dataclass(frozen=True)
class Page:
    """One explorer's page; `rows` are those that the page itself holds."""

    config: Mapping[str, Any]
    rows: Sequence[Sequence[str]] = ()
    direction: str = "ltr"
    scheme: str = "default"

    def html(self) -> str:
        config = {**self.config, "strings": strings(str(self.config.get("strings", self.config["language"])))}
        attribute = html.escape(json.dumps(config, ensure_ascii=False), quote=True)
        title = html.escape(str(config["title"]))
        return f"""<!doctype html>
<html lang="{config["language"]}" dir="{self.direction}" data-scheme="{SCHEMES[self.scheme]}">
<head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<link rel="modulepreload" href="assets/explore.js"><link rel="modulepreload" href="assets/explore-worker.js">
<link rel="stylesheet" href="assets/site.css">
<link rel="stylesheet" href="assets/explore.css"></head>
<body>
<main class="md-main md-grid"><article class="md-content__inner md-typeset">
<h1 id="title">{title}</h1>
<section id="explorer" class="explorer" aria-labelledby="title" data-config="{attribute}">{self.static()}</section>
</article></main><script type="module" src="assets/explore.js"></script></body></html>"""

    def static(self) -> str:
        table = self.config["tables"][0]
        heads = "".join(f'<th scope="col">{html.escape(one["title"])}</th>' for one in table["fields"])
        rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows)
        return f"""<div class="explorer-static" data-table="{table["name"]}">
<div class="explorer-scroll" tabindex="0" role="region" aria-label="rows">
<table class="explorer-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></div>"""


@dataclass
class Traffic:
    """What was asked of the server, and how it is to answer."""

    ranges: bool = True
    bytes_per_second: float = 0
    delay: float = 0
    asked: list[tuple[str, str, int]] = field(default_factory=list)

    def bytes_of(self, end: str) -> int:
        return sum(size for path, _, size in self.asked if path.endswith(end))


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """The half-open range of a `Range: bytes=...` header; None for none or one that is not understood."""
    if not header.startswith("bytes=") or "," in header:
        return None
    first, _, last = header.removeprefix("bytes=").partition("-")
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1 if last else size)


class Handler(BaseHTTPRequestHandler):
    """Serves `folder` as a static host does: ranges, compression of text, a cache of ten minutes."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece, as tests/host.py says
    folder: Path
    traffic: Traffic

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        time.sleep(self.traffic.delay)
        path = self.path.partition("?")[0]
        file = self.folder / path.lstrip("/")
        if not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        wanted = byte_range(self.headers.get("Range", ""), len(data)) if self.traffic.ranges else None
        if wanted and wanted[0] >= wanted[1]:
            self.send_error(416)
            return
        headers = {"Content-Type": TYPES.get(file.suffix, "application/octet-stream")}
        if wanted:
            headers["Content-Range"] = f"bytes {wanted[0]}-{wanted[1] - 1}/{len(data)}"
            data = data[wanted[0] : wanted[1]]
        elif body and file.suffix in TYPES:
            headers["Content-Encoding"] = "gzip"
            data = gzip.compress(data, mtime=0)
        self.begin(206 if wanted else 200, {**headers, "Content-Length": str(len(data))})
        self.traffic.asked.append((path, self.headers.get("Range", ""), len(data) if body else 0))
        if body:
            self.send_slowly(data)

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()

    def send_slowly(self, data: bytes) -> None:
        try:
            for at in range(0, len(data), CHUNK):
                part = data[at : at + CHUNK]
                self.wfile.write(part)
                if self.traffic.bytes_per_second:
                    time.sleep(len(part) / self.traffic.bytes_per_second)
        except ConnectionError:
            pass  # the reader left

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@dataclass(frozen=True)
class Site:
    folder: Path
    address: str
    traffic: Traffic

    def add(self, name: str, page: Page) -> str:
        (self.folder / f"{name}.html").write_text(page.html(), "utf-8")
        return f"{self.address}/{name}.html"


@contextmanager
def serve(folder: Path) -> Iterator[Site]:
    traffic = Traffic()
    handler = type("FolderHandler", (Handler,), {"folder": folder, "traffic": traffic})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Site(folder, f"http://127.0.0.1:{server.server_port}", traffic)
    finally:
        server.shutdown()
        server.server_close()
