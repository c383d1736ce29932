"""Reproducible zips and checksums: the same content gives the same bytes, on any machine and on any day."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

# The first moment that a zip can hold.
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _REGULAR_FILE = 3, 0o100644
_CHUNK = 1 << 20

Content = bytes | str | Path


def write_zip(path: Path, content: Mapping[str, Content], folder: str = "") -> None:
    """A zip of `content` by name, in the order of the names; `folder` is put before each."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(content):
            _add(archive, f"{folder}{name}", content[name])


def rewrite_zip(source: Path, target: Path, changed: Callable[[str, bytes], bytes], small: str) -> None:
    """The members of a zip, in their order, without the times and permissions that they were written with.

    Those whose name begins with `small` are passed through `changed`, as name and content.
    """
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in old.namelist():
            with old.open(name) as reading, new.open(_member(name), "w", force_zip64=True) as writing:
                if name.startswith(small):
                    writing.write(changed(name, reading.read()))
                else:
                    shutil.copyfileobj(reading, writing, _CHUNK)


def sums_text(sums: Mapping[str, str]) -> str:
    """`SHA256SUMS` as sha256sum reads it: sum, two spaces, name; in the order of the names."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def _add(archive: zipfile.ZipFile, name: str, content: Content) -> None:
    member = _member(name)
    if not isinstance(content, Path):
        archive.writestr(member, content.encode() if isinstance(content, str) else content)
        return
    with content.open("rb") as reading, archive.open(member, "w", force_zip64=_large(content)) as writing:
        shutil.copyfileobj(reading, writing, _CHUNK)


def _large(path: Path) -> bool:
    """Whether a size could need 64 bits; asked beforehand, since the sizes are written before the content."""
    return path.stat().st_size > 1 << 30


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system, member.external_attr = _UNIX, _REGULAR_FILE << 16
    return member
