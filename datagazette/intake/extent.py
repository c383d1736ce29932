"""Whether a CSV is larger than a table may be: a quick look at all of it, before its rows are read one by one.

What is counted here is a part of what the reader counts, so that no table is refused that it would read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.resource import Dialect
from datagazette.tables.layout import Unreadable, python_dialect
from datagazette.tables.long_rows import has_ascii, refuse_long_rows

_SMALL = 2_000_000  # bytes; the reader takes no longer for it
_FIRST = 1_000  # rows, of which the widest shows the number of columns
_BLOCK = 1 << 20
_BLANK = b" \v\f\t\0"


def refuse_larger(path: Path, encoding: str, dialect: Dialect) -> None:
    """Raises UsageError, or Unreadable, for a file of more bytes, columns, rows or cells than a table may have, with
    a row that is too long, or with a NUL in a cell; no more of the file is read than up to there."""
    size = path.stat().st_size
    bounded(path.name, size, limits.SOURCE_BYTES, "table-bytes")
    if size < _SMALL:
        return
    refuse_long_rows(path, encoding, dialect)
    with path.open(encoding=encoding, newline="") as stream, suppress(csv.Error, UnicodeError):
        width = max((_width(cells) for cells in islice(csv.reader(stream, python_dialect(dialect)), _FIRST)), default=0)
        if has_ascii(encoding) and width:
            _refuse_lines(path, dialect, width)
        stream.seek(0)
        _refuse_rows(path.name, stream, dialect)


def bounded(file: str, found: int, limit: int, what: str) -> None:
    """Raises the UsageError `what` where more is found than the limit."""
    if found > limit:
        raise UsageError(what, file=file, limit=f"{limit:,}")


def _width(cells: list[str]) -> int:
    """The cells of a row up to the last that is filled."""
    return next((number for number in range(len(cells), 0, -1) if cells[number - 1].strip()), 0)


def _blocks(path: Path) -> Iterator[bytes]:
    """The lines of a file, many at a time."""
    with path.open("rb") as file:
        for block in iter(partial(file.read, _BLOCK), b""):
            yield block + file.readline()


def _refuse_lines(path: Path, dialect: Dialect, width: int) -> None:
    """Of a file without quotes: its lines that are not blank are rows."""
    quote, blank = dialect.quote_char.encode(), _BLANK + dialect.delimiter.encode()
    rows = 0
    for block in _blocks(path):
        if quote and quote in block:
            return
        rows += len(block.translate(None, blank).split())
        bounded(path.name, rows, limits.TABLE_ROWS, "table-rows")
        bounded(path.name, rows * width, limits.TABLE_CELLS, "table-cells")


def _refuse_rows(file: str, stream: IO[str], dialect: Dialect) -> None:
    widest = count = line = 0
    read = csv.reader(stream, python_dialect(dialect))
    for cells in read:
        if "\0" in "".join(cells):
            number = next(number for number, cell in enumerate(cells, 1) if "\0" in cell)
            raise Unreadable("source-error", "a NUL", line + 1, rule="nul-cell", number=number)
        line = read.line_num
        if len(cells) > widest and (width := _width(cells)) > widest:
            widest = width
            bounded(file, widest, limits.COLUMNS, "table-columns")
        elif not any(map(str.strip, cells)):
            continue
        count += 1
        if count * widest > limits.TABLE_CELLS or count > limits.TABLE_ROWS:
            bounded(file, count, limits.TABLE_ROWS, "table-rows")
            bounded(file, count * widest, limits.TABLE_CELLS, "table-cells")
