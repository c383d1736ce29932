"""Quotes that take rows for a part of a cell.

RFC 4180, section 2: a cell that begins with a quote ends with one, and a quote within it is written twice. The standard
library, and so Frictionless, reads whatever is written otherwise without a word: a quote that is not closed ends at the
next one that opens a cell, or with the file, and the rows between are in one cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from datagazette.model.resource import Dialect


@dataclass(frozen=True)
class OpenQuote:
    """The line in which the quote opens, and that in which another one closes it; None where none does.

    `text` is what is read of a cell with text after its closing quote, which takes no line end with it, and `count` how
    many cells are so.
    """

    line: int
    until: int | None = None
    text: str | None = None
    count: int = 1


def open_quote(raw: str, cells: Sequence[str], dialect: Dialect, strict: csv.Dialect) -> int | None:
    """In which of the lines of a row, from 0, a quote opens that is not closed as it must be and takes a line end into
    its cell; None where there is none. `cells` is what is read of `raw`, and `strict` the dialect that refuses."""
    long = [cell for cell in cells if "\n" in cell or "\r" in cell]
    if raw.endswith(("\n", "\r")) and all(_quoted(cell, dialect.quote_char) in raw for cell in long):
        return None  # quick, and true of nearly all rows
    try:
        list(csv.reader(io.StringIO(raw, newline=""), strict))
    except csv.Error:
        return 0 if dialect.escape_char else _place(raw, cells, dialect)
    return None


def text_after_quote(raw: str, cells: Sequence[str], dialect: Dialect, strict: csv.Dialect) -> str | None:
    """What is read of the first cell of a line, `raw`, that goes on after its closing quote, such as `"x"y`; None where
    there is none."""
    if not dialect.quote_char or dialect.quote_char not in raw or dialect.escape_char:
        return None
    if not _within(dialect.delimiter, dialect.quote_char).search(raw):
        return None  # quick, and true of nearly all lines
    try:
        list(csv.reader((raw,), strict))
    except csv.Error:
        pass
    else:
        return None
    at = 0
    for cell in cells:
        while dialect.skip_initial_space and raw.startswith(" ", at):
            at += 1
        end = _end(raw, at, cell, dialect)
        if raw.startswith(dialect.quote_char, at) and raw[at:end] != _quoted(cell, dialect.quote_char):
            return cell
        at = end + 1
    return None


@cache
def _within(delimiter: str, quote: str) -> re.Pattern[str]:
    """A quote that is neither at the beginning nor at the end of a cell."""
    ends, mark = re.escape(delimiter), re.escape(quote)
    return re.compile(f"[^{ends}]{mark}[^{ends}\r\n{mark}]")


def _place(raw: str, cells: Sequence[str], dialect: Dialect) -> int | None:
    at = 0
    for cell in cells:
        while dialect.skip_initial_space and raw.startswith(" ", at):
            at += 1
        end = _end(raw, at, cell, dialect)
        is_long = end > len(raw) or _breaks(raw[at:end])
        if is_long and raw[at:end] != _quoted(cell, dialect.quote_char):
            return _breaks(raw[:at])
        at = end + 1
    return None


def _breaks(text: str) -> int:
    """How many line ends a text has, of any kind."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _quoted(cell: str, quote: str) -> str:
    return quote + cell.replace(quote, quote * 2) + quote


def _end(raw: str, at: int, cell: str, dialect: Dialect) -> int:
    """Where the cell ends that begins at `at`. One in quotes has these, and some of the quotes within it twice."""
    if not raw.startswith(dialect.quote_char, at):
        return at + len(cell)
    least = at + len(cell) + 2
    ends = range(least, least + cell.count(dialect.quote_char) + 1)
    return next((end for end in ends if raw[end : end + 1] in (dialect.delimiter, "\r", "\n", "")), least)
