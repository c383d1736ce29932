"""In which file and line of a table in several files a row is, as Frictionless counts its rows.

Frictionless puts the files together byte by byte, without the first line of each but the first, and a row that begins
at the end of one file may end in the next.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from datagazette.model.resource import Dialect
from datagazette.tables.layout import Unreadable, open_text, python_dialect, read_layout

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Place:
    """The part's position among the files, from 0, and the line in it, from 1."""

    part: int
    line: int


def places(paths: Sequence[Path], dialect: Dialect, rows: Collection[int]) -> Mapping[int, Place]:
    """The place of each of the rows, which count from 1; nothing where the files cannot be read so."""
    try:
        layout = read_layout(paths[0], dialect)
        lines = _Lines(_joined(paths, layout.encoding, skips=layout.dialect.header))
        found: dict[int, Place] = {}
        last = max(rows, default=0)
        for number, _ in enumerate(csv.reader(lines, python_dialect(layout.dialect)), 1):
            if number in rows and lines.begin:
                found[number] = lines.begin
            if number >= last:
                break
            lines.begin = None
    except (Unreadable, UnicodeError, csv.Error, OSError):
        return {}
    return found


def unended(paths: Sequence[Path]) -> Iterator[tuple[int, int]]:
    """The position of each file but the last that does not end with a line break, and the number of its lines."""
    for part, path in enumerate(paths[:-1]):
        with suppress(OSError), path.open("rb") as file:
            last = count = 0
            while chunk := file.read(_CHUNK):
                last, count = chunk[-1], count + chunk.count(b"\n")
            if last not in b"\n\r\0":  # in encodings of two bytes a line break may end with a zero
                yield part, count + 1


class _Lines:
    """Lines as the reader takes them; `begin` is the place of the first one of the row under way."""

    def __init__(self, lines: Iterator[tuple[Place, str]]) -> None:
        self._lines = lines
        self.begin: Place | None = None

    def __iter__(self) -> Iterator[str]:
        for place, line in self._lines:
            self.begin = self.begin or place
            yield line


def _joined(paths: Sequence[Path], encoding: str, *, skips: bool) -> Iterator[tuple[Place, str]]:
    """The lines of all files. A last line without a line break goes on in the next file."""
    place, rest = Place(0, 1), ""
    for part, path in enumerate(paths):
        with open_text(path, encoding) as stream:
            for number, line in enumerate(stream, 1):
                if skips and part and number == 1:
                    continue
                if not rest:
                    place = Place(part, number)
                rest += line
                if rest.endswith(("\n", "\r")):
                    yield place, rest
                    rest = ""
    if rest:
        yield place, rest
