"""Reproducible zips and checksums: the same content gives the same bytes, on any machine and on any day."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

# The first moment that a zip can hold.
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _REGULAR_FILE = 3, 0o100644
_CHUNK = 1 << 20
# Of 1, 4, 5, 6 and 9: a CSV of 20 MB takes 0.433, 0.391, 0.376, 0.372 and 0.371 of its bytes, and 0.2, 0.4, 0.7, 1 and
# 1.4 processor seconds.
_LEVEL = 5
# What is larger may need 64 bits for its sizes. Everything else is written without, as some readers know no others:
# SheetJS 0.18.5 opens no workbook that has a member with them.
_LARGE = 1 << 30

Content = str | Path


def write_zip(path: Path, content: Mapping[str, Content]) -> None:
    """A zip of `content` by name, texts or files, in the order of the names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, source in sorted(content.items()):
            if isinstance(source, str):
                archive.writestr(_member(name), source, compresslevel=_LEVEL)
                continue
            # Sizes are written before the content, so what could need 64 bits has to be known beforehand.
            is_large = source.stat().st_size > _LARGE
            with source.open("rb") as reading, member(archive, name, is_large=is_large) as writing:
                shutil.copyfileobj(reading, writing, _CHUNK)


def member(archive: zipfile.ZipFile, name: str, *, is_large: bool = False) -> IO[bytes]:
    """A member to be written into a zip, compressed as that says.

    `is_large`: whether it may need 64 bits for its size. One that does, without it, raises RuntimeError when closed.
    """
    info = _member(name)
    info._compresslevel = archive.compresslevel  # type: ignore[attr-defined]  # noqa: SLF001 - zipfile takes it of names only
    return archive.open(info, "w", force_zip64=is_large)


def write_gzip(path: Path, source: Path) -> None:
    """The file compressed alone, without its name and the time, as servers send it to whoever accepts that."""
    with (
        source.open("rb") as reading,
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0) as writing,
    ):
        shutil.copyfileobj(reading, writing, _CHUNK)


def sums_text(sums: Mapping[str, str]) -> str:
    """`SHA256SUMS` as sha256sum reads it: sum, two spaces, name; in the order of the names."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system, member.external_attr = _UNIX, _REGULAR_FILE << 16
    return member
