"""Rows that are longer than rows may be, found in the bytes of a file before its rows are read.

To read millions of rows up to the one that is refused takes long. A line of too many characters is in a row of too
many, whatever is around it, and so is what a quote takes into its cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path

from datagazette.model import limits
from datagazette.model.resource import Dialect
from datagazette.tables.layout import too_long

_CHUNK = 1 << 18
_WIDEST = 4  # bytes of a character
_END = re.compile(rb"\r\n?|\n")
# The characters of ASCII, and what takes a text of ISO 2022 out of it.
_ASCII = bytes(range(128)) + b"\x1b$B\x1b(B"


def refuse_long_rows(path: Path, encoding: str, dialect: Dialect) -> None:
    """Raises Unreadable, as the reader of rows does, for a row that its lines or its quotes show to be too long.

    No more of the file is read than up to there. Some rows are left to the reader: those in an encoding that has other
    bytes for ASCII's characters, and those of many long cells.
    """
    if path.stat().st_size <= limits.ROW_CHARACTERS or not has_ascii(encoding):
        return
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        quote = b"" if dialect.escape_char or dialect.skip_initial_space else dialect.quote_char.encode()
        quotes = _Quotes(data, quote, dialect.delimiter.encode(), 3 if encoding == "utf-8-sig" else 0)
        for begin, end, is_line in _stretches(data, quote):
            opens = begin if is_line else quotes.opened(end)
            if opens is not None:
                _refuse(data, opens, end, encoding)


def has_ascii(encoding: str) -> bool:
    """Whether bytes below 128 are characters of ASCII wherever they are, or nearly so."""
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except (UnicodeError, LookupError):
        return False


def _stretches(data: mmap, quote: bytes) -> Iterator[tuple[int, int, bool]]:
    """(begin, end, whether it is a line) of lines, and of what is between two quotes, that are longer than a row may
    be, in bytes. One that is far longer ends before its end."""
    most = limits.ROW_CHARACTERS
    marks = ((True, (b"\n", b"\r")), *([(False, (quote,))] if quote else []))
    begins = {True: 0, False: -1}
    for at in range(0, len(data), min(_CHUNK, most)):
        part = data[at : at + min(_CHUNK, most)]
        for is_line, ends in marks:
            first = min((found for mark in ends if (found := part.find(mark)) >= 0), default=-1)
            begin, reach = begins[is_line], at + (len(part) if first < 0 else first)
            is_over = first >= 0 or reach == len(data) or reach - begin > _WIDEST * most
            if begin >= 0 and reach - begin >= most and is_over:
                yield begin, reach, is_line
                begins[is_line] = reach
            if first >= 0:
                begins[is_line] = at + max(map(part.rfind, ends)) + is_line


class _Quotes:
    """The quotes of a file, one after another. One opens that begins a cell; two of them in a cell are a part of it."""

    def __init__(self, data: mmap, quote: bytes, delimiter: bytes, start: int) -> None:
        self._data, self._quote, self._start = data, quote, start
        self._before = (b"\n", b"\r", delimiter)
        self._at, self._opens = 0, -1

    def opened(self, end: int) -> int | None:
        """Where the quote is that is open before `end`, which is not less than at the call before."""
        for found in re.compile(re.escape(self._quote)).finditer(self._data, self._at, end):
            at = found.start()
            if at < self._at:
                continue
            if self._opens < 0:
                is_first = at == self._start or self._data[max(at - 4, 0) : at].endswith(self._before)
                self._opens = at if is_first else -1
            elif self._data[at + 1 : at + 2] == self._quote:
                self._at = at + 2
            else:
                self._opens = -1
        self._at = max(self._at, end)
        return None if self._opens < 0 else self._opens


def _refuse(data: mmap, begin: int, end: int, encoding: str) -> None:
    """Raises Unreadable where so many bytes are more characters than a row may have."""
    most = limits.ROW_CHARACTERS
    if end - begin < most:
        return
    text = data[begin : min(end + 1, begin + _WIDEST * (most + 1))].decode(encoding, "replace")
    if len(text) > most:
        line = 1 + sum(len(_END.findall(data[at : min(at + _CHUNK, begin)])) for at in range(0, begin, _CHUNK))
        text = text[:most]
        raise too_long(text, line, is_quoted="\n" in text or "\r" in text)
