"""The encoding of a CSV, and its text.

A byte order mark decides, then zero bytes, then whether all of it is UTF-8, then how likely its characters are.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

from datagazette.files import trace_of_git
from datagazette.load.git_traces import listed
from datagazette.messages import LANGUAGES
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.problems import fix, message, problem
from datagazette.tables.layout import Unreadable

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What Chinese and Western spreadsheets write besides Unicode; any other has to be named.
_GUESSED = ("gb18030", "cp1252")
_LINE_FEED = 10
_SAMPLE = 1 << 20  # an even number of bytes


@contextmanager
def open_source(path: Path, encoding: str | None) -> Iterator[tuple[IO[str], str]]:
    """The text of a file, and its encoding. Whatever keeps it from being read becomes a UsageError."""
    try:
        if path.stat().st_size > limits.SOURCE_BYTES:
            raise UsageError("table-bytes", file=path.name, limit=f"{limits.SOURCE_BYTES:,}")
        trace, lines = trace_of_git(path)
        if trace:
            raise Unreadable(trace, trace, lines[0] if lines else None, lines=listed(lines))
        found = encoding or encoding_of(path)
        with path.open(encoding=found, newline="") as stream:
            yield stream, found
    except (Unreadable, UnicodeError, LookupError) as fault:
        if isinstance(fault, Unreadable) and not isinstance(fault.__cause__, UnicodeError):
            # As the check says it of a table that cannot be read.
            shown = problem(fault.code, path.name, fault.line, note=fault.note, **fault.values)
            messages, fixes = ({language: text(shown, language) for language in LANGUAGES} for text in (message, fix))
            raise UsageError("unreadable-table", place=shown.place, message=messages, fix=fixes) from fault
        raise UsageError("encoding", file=path.name, encoding=found, reason=fault) from fault
    except OSError as error:
        raise UsageError("unreadable", path=path, reason=error.strerror or error) from error


def encoding_of(path: Path) -> str:
    """A byte order mark decides, then zero bytes, then whether all of it is UTF-8, then how likely its characters are.

    Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), "")
    if marked:
        return marked
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for chunk in iter(partial(file.read, _SAMPLE), b""):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
        unicode = True
    except UnicodeDecodeError:
        unicode = False
    if wide := _wide(sample, 0.5 if unicode else 0.05):
        return wide
    if unicode:
        return "utf-8"
    best = from_bytes(sample, cp_isolation=list(_GUESSED)).best()
    return best.encoding if best else _GUESSED[0]


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
