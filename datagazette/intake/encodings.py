"""Which encoding a text file is in, found from its bytes."""

from __future__ import annotations

import codecs
from functools import partial
from pathlib import Path

from charset_normalizer import from_bytes

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What Chinese and Western spreadsheets write besides Unicode; any other has to be named.
_GUESSED = ("gb18030", "cp1252")
_LINE_FEED = 10
_SAMPLE = 1 << 20  # an even number of bytes


def encoding_of(path: Path) -> str:
    """A byte order mark decides, then zero bytes, then whether all of it is UTF-8, then how likely its characters are.

    Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), "")
    if marked:
        return marked
    unicode = _is_utf8(path)
    if wide := _wide(sample, 0.5 if unicode else 0.05):
        return wide
    if unicode:
        return "utf-8"
    best = from_bytes(sample, cp_isolation=list(_GUESSED)).best()
    return best.encoding if best else _GUESSED[0]


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for chunk in iter(partial(file.read, _SAMPLE), b""):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes, share: float) -> str:
    """UTF-16 without a mark, or nothing. Digits, delimiters and line breaks have a zero byte in every second place.

    So many pairs of bytes as `share` says have one, nearly all in the same place, and so have line breaks. A NUL here
    and there makes no UTF-16.
    """
    even, odd = sample[0::2], sample[1::2]
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros.count(0) <= max(share * len(zeros), 2 * others.count(0)):
            continue
        breaks = sum(other == _LINE_FEED and not zero for zero, other in zip(zeros, others, strict=False))
        if 4 * breaks >= others.count(_LINE_FEED):
            return name
    return ""
