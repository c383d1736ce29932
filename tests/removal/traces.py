"""Where a text is in a folder: in any encoding that files of a site have, packed in whatever way, and in Parquet."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb

# How streams of zlib and gzip begin; they lie within other files, too, as in entries of the cache.
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP = b"\x1f\x8b\x08"
_LEAST = 20  # bytes that come out of what is a stream, and not two bytes by chance


def traces(folder: Path, texts: Collection[str]) -> list[str]:
    """The files that have one of the texts, in upper or lower case, each with how it is there."""
    needles = {written for text in texts for written in _forms(text)}
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        for how, content in _contents(path.name, path.read_bytes()):
            lower = content.lower()
            if any(needle in lower for needle in needles):
                found.append(f"{path.relative_to(folder)}: {how}")
    return found


def _forms(text: str) -> Iterator[bytes]:
    """A text as UTF-8, UTF-16 and GB 18030, and as JSON, HTML and addresses write it."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        yield text.lower().encode(encoding)
    yield json.dumps(text)[1:-1].lower().encode()
    yield html.escape(text).lower().encode()
    yield quote(text).lower().encode()
    yield text.lower().encode("ascii", "xmlcharrefreplace")


def _contents(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes of a file, and those of all that is packed in it."""
    yield "as it is", content
    if name.endswith((".parquet", ".kept")) or content[:4] == b"PAR1":
        yield "in Parquet", _parquet(content)
    if content[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                for how, inner in _contents(member, archive.read(member)):
                    yield f"in {member}, {how}", inner
        return
    at = content.find(_GZIP)
    while at >= 0:
        yield "in gzip", _unpacked(content[at:], 31)
        at = content.find(_GZIP, at + 1)
    for match in _ZLIB.finditer(content):
        yield "in zlib", _unpacked(content[match.start() :], 15)


def _unpacked(content: bytes, bits: int) -> bytes:
    """What comes out, and what of that is packed once more."""
    try:
        found = zlib.decompressobj(bits).decompress(content)
    except zlib.error:
        return b""
    if found[:3] == _GZIP:
        found += gzip.decompress(found)
    return found if len(found) >= _LEAST else b""


def _parquet(content: bytes) -> bytes:
    """All values of a Parquet file, and all that its footer has besides."""
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as engine:
        file.write(content)
        file.flush()
        relation = f"read_parquet('{file.name}')"
        rows = engine.sql(f"FROM {relation}").fetchall()
        about = engine.sql(f"FROM parquet_metadata('{file.name}')").fetchall()
        kept = engine.sql(f"FROM parquet_kv_metadata('{file.name}')").fetchall()
    return "\n".join(map(repr, (*rows, *about, *kept))).encode()
