"""Which encoding a text file is in, told from all its bytes."""

from __future__ import annotations

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from publisher.errors import UsageError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What Chinese and Western spreadsheets write besides Unicode; any other has to be named.
_GUESSED = ("gb18030", "cp1252")
_SAMPLE = 1 << 20


def decoded(content: bytes, encoding: str | None, name: str) -> tuple[str, str]:
    """(text, encoding) of a file. A byte order mark tells, then whether it is UTF-8, then how likely the signs are.

    Raises UsageError where the file is not in the encoding that was named, or in none that can be told.
    """
    told = encoding or _told(content)
    try:
        return content.decode(told), told
    except (UnicodeDecodeError, LookupError) as error:
        raise UsageError(
            en=f"{name} is not in the encoding {told} ({error}); name the right one with --encoding",
            zh=f"{name} 不是 {told} 编码（{error}）；请用 --encoding 指明编码",
        ) from error


def read_text(path: Path, encoding: str | None = None) -> tuple[str, str]:
    """As `decoded`, for a file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(en=f"cannot read {path}: {reason}", zh=f"无法读取 {path}：{reason}") from error
    return decoded(content, encoding, path.name)


def _told(content: bytes) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    if wide := _wide(content):
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(content[:_SAMPLE], cp_isolation=list(_GUESSED)).best()
        return best.encoding if best else _GUESSED[0]
    return "utf-8"


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: the commas and line breaks of a table have a zero byte beside them."""
    if b"\0" not in content[:_SAMPLE]:
        return ""
    little, big = (content.count(sign.encode(name)) for name, sign in (("utf-16-le", "\n"), ("utf-16-be", "\n")))
    return "utf-16-le" if little >= big else "utf-16-be"
