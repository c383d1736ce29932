"""Where a file holds bytes that its encoding does not have, and what they would be in other encodings."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from datagazette.model.resource import Dialect
from datagazette.tables.layout import python_dialect, sniff

_CHUNK = 1 << 16
_SAMPLE = 100  # lines in which the delimiter is looked for
_LONGEST = 100_000  # characters of a line that are kept
_OTHERS = ("utf-8", "gb18030", "cp1252", "mac-roman")
_ANY = "mac-roman"  # has a character for each byte, so it is named only where nothing else fits


@dataclass(frozen=True)
class Undecodable:
    """`line` counts from 1, `number` is that of the cell in its line, `field` the column's name in the first line.

    `readings` are encodings in which the whole file can be read, each with the character that it has for the bytes.
    `is_utf_16`: they are the mark with which a file in UTF-16 begins.
    """

    line: int
    number: int
    field: str
    found: bytes
    readings: tuple[tuple[str, str], ...]
    is_utf_16: bool = False


def find_undecodable(path: Path, encoding: str, dialect: Dialect) -> Undecodable | None:
    """The first bytes of a file that are not in its encoding; None where there are none. In one pass, and one more for
    each encoding that is tried."""
    line, first, row, odd = 1, [""], "", False
    mark = dialect.quote_char or "\0"
    for decoded, after in _decoded(path, encoding):
        *whole, last = decoded.split("\n")
        for part in whole:
            line, odd = line + 1, odd ^ (part.count(mark) % 2 == 1)
            first[-1:] = [first[-1] + part, ""] if len(first) <= _SAMPLE else [""]
            row = row + part + "\n" if odd and len(row) < _LONGEST else ""  # with an open quote the row goes on
        first[-1], row = first[-1] + last, row + last
        odd ^= last.count(mark) % 2 == 1
        if after:
            dialect = sniff([f"{text}\n" for text in first[:_SAMPLE]], dialect, path.suffix)
            number, labels = len(_cells(row, dialect)), _cells(first[0], dialect)
            field = labels[number - 1] if line > 1 and number <= len(labels) else ""
            marked = not row and line == 1 and after.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            return Undecodable(line, number, field, after[:1], tuple(_readings(path, encoding, after)), marked)
    return None


def _cells(line: str, dialect: Dialect) -> list[str]:
    """The cells of a row, or of its beginning, of which the last may be empty."""
    with suppress(csv.Error):
        return next(csv.reader(line.rstrip("\r").splitlines(keepends=True), python_dialect(dialect)), []) or [""]
    return [""]


def _decoded(path: Path, encoding: str) -> Iterator[tuple[str, bytes]]:
    """The text of a file, piece by piece; with the last piece that can be read, the next bytes, which cannot."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        ended = False
        while not ended:
            chunk = file.read(_CHUNK)
            ended, before = not chunk, decoder.getstate()
            try:
                yield decoder.decode(chunk, ended), b""
            except UnicodeDecodeError as error:
                decoder.setstate(before)
                good = chunk[: max(error.start - len(before[0]), 0)]
                yield decoder.decode(good), error.object[error.start : error.start + 4]
                return


def _readings(path: Path, encoding: str, found: bytes) -> Iterator[tuple[str, str]]:
    """Encodings that have all bytes of the file, with what the first of `found` are in them.

    Letters of GB 18030 that take an ASCII letter with them are none: the file is in an encoding of single bytes.
    """
    known = codecs.lookup(encoding).name.removesuffix("-sig")
    count = 0
    for other in _OTHERS:
        character = found.decode(other, "ignore")[:1]
        taken = character.encode(other, "ignore")
        plausible = character and found.startswith(taken) and min(taken) >= 0x80
        if not plausible or other == known or (other == _ANY and count):
            continue
        if all(not after for _, after in _decoded(path, other)):
            count += 1
            yield other, character
