"""The delimiter and the quotes of a CSV, from its first lines.

A delimiter is one that splits the header: lines of prose below it may hold others. Where none does, the file has one
column, and its lines stay whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import IO

from datagazette.intake.structure import Row, first_row
from datagazette.model.resource import Dialect
from datagazette.tables.layout import Unreadable, read_numbered

_SNIFFED = 1_000_000  # characters that are looked at
_ROWS = 1000  # rows of them
_DELIMITERS = "\t;,|"  # commas are in texts and numbers, too
_MOST = 0.5  # of the rows: a mark that splits fewer as it splits the header is one within a title
_ESCAPED = re.compile(r'[^\\]\\"[^,;\t|\r\n]')
_SINGLE = re.compile(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", re.MULTILINE)


def sniffed(stream: IO[str], delimiter: str | None) -> Dialect:
    """The dialect of the text; its delimiter is `delimiter`, if that is given."""
    text = stream.read(_SNIFFED)
    if len(text) == _SNIFFED:  # whole lines, unless the first one is too long
        text = text[: text.rfind("\n") + 1] or text
    dialect = Dialect()
    if '"' not in text and 2 * len(_SINGLE.findall(text)) > text.count("\n"):
        dialect = Dialect(quote_char="'")
    elif '""' not in text and _ESCAPED.search(text):
        dialect = Dialect(escape_char="\\", double_quote=False)
    if delimiter:
        return replace(dialect, delimiter=delimiter)
    read = {mark: _rows(text, replace(dialect, delimiter=mark)) for mark in _DELIMITERS}
    scores = {mark: score for mark, rows in read.items() if (score := _score(rows)) > (0, 0)}
    if scores:
        best = max(scores, key=scores.__getitem__)
        others = {mark: share for mark, rows in read.items() if (share := _even(rows)) >= _MOST > scores[best][0]}
        return replace(dialect, delimiter=max(others, key=others.__getitem__, default=best))
    whole = (mark for mark in ",;\t|" if all(size == 1 for size in _sizes(text, replace(dialect, delimiter=mark))))
    return replace(dialect, delimiter=next(whole, ","))


def _sizes(text: str, dialect: Dialect) -> Iterator[int]:
    """How many cells each of the first lines has, also one that holds nothing but delimiters."""
    with suppress(Unreadable, csv.Error):
        for _, cells in islice(read_numbered(io.StringIO(text, newline=""), dialect), _ROWS):
            yield len(cells)


def _rows(text: str, dialect: Dialect) -> list[Row]:
    """The first rows that are not empty, as far as they can be read."""
    found = []
    try:
        for line, cells in islice(read_numbered(io.StringIO(text, newline=""), dialect), _ROWS):
            if row := Row.read(line, cells):
                found.append(row)
    except (Unreadable, csv.Error):
        return found
    return found


def _even(rows: list[Row]) -> float:
    """The share of the rows that are split into the same number of cells, the commonest one."""
    size, count = Counter(row.size for row in rows).most_common(1)[0] if rows else (1, 0)
    return count / len(rows) if size > 1 else 0


def _score(rows: list[Row]) -> tuple[float, int]:
    """(the share of the rows that are as wide as the header, how many of its cells hold a name), zeros where it is not
    split."""
    start = (first_row(rows) or 0) if rows else 0
    if not rows or rows[start].size == 1:
        return (0, 0)
    size = rows[start].size
    body = rows[start:]
    return (sum(row.size == size for row in body) / len(body), sum(map(bool, body[0].cells)))
