"""The rows of a CSV as a relation of text columns in DuckDB.

`direct` leaves the reading to DuckDB. It reads a file exactly as the standard library does, and so as
Frictionless does, where `Bytes` finds none of the things that the two read differently, and where the
relation then has as many rows as the file has lines. All other files are read by the standard library
(`rewrite`) into a clean copy that DuckDB cannot misread.

Columns: `_row` and `_line` (from 1, the header's rows counted), `_cells` (how many the row has), `c1`, `c2`
and so on (NULL where the row ends before), `_extra` (the cells beyond the last column, as JSON, or NULL).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from datagazette.tables.cells import column
from datagazette.tables.engine import csv_path
from datagazette.tables.layout import Cells, Layout, Unreadable, is_content, open_text, read_watched
from datagazette.tables.quotes import OpenQuote
from datagazette.tables.sql import literal

# Means NULL in a CSV: a cell that holds this text would be read as missing.
NEVER = "\x1f\x1e\x1f"
# How DuckDB reads the files that this package writes for itself.
CLEAN = (
    "auto_detect = false, header = false, new_line = '\\n', delim = ',', quote = '\"', escape = '\"', comment = '', "
    f"nullstr = {literal(NEVER)}"
)
_CHUNK = 1 << 18
_NO_DELIMITER = "\x01"
_SPACES = (b" ", b"\t", b"\v", b"\f")
LONGEST_LINE = 2_000_000  # bytes; DuckDB's own limit
TOGETHER = 100  # columns whose rules are in one statement: its memory grows with them, whatever the rows
CLOSELY = 20  # the same where each rule is spelt out, which takes long to plan
Item = TypeVar("Item")


def groups(items: Sequence[Item], size: int = TOGETHER) -> Iterator[Sequence[Item]]:
    """The items in their order, at most `size` at a time."""
    return (items[at : at + size] for at in range(0, len(items), size))


@dataclass(frozen=True)
class Bytes:
    """What a pass over the file's bytes shows. `returns`: whether every line ends with CR LF."""

    size: int
    lines: int
    quotes: bool
    exact: bool
    returns: bool


def scan_bytes(path: Path, quote: str) -> Bytes:
    """Counts lines, the last one also where no line break ends it, and looks for what is read in two ways:
    carriage returns on their own, spaces beside quotes, and lines that are longer than DuckDB's own limit."""
    mark = quote.encode("utf-8")
    size = lines = returns = pairs = run = longest = 0
    quotes = spaced = False
    buffer, last = bytearray(_CHUNK), b"\n"
    with path.open("rb", buffering=0) as file:
        while got := file.readinto(buffer):
            size += got
            lines += buffer.count(b"\n", 0, got)
            first = buffer.find(b"\n", 0, got)
            longest = max(longest, run + (got if first < 0 else first))
            run = run + got if first < 0 else got - 1 - buffer.rfind(b"\n", 0, got)
            if buffer.find(b"\r", 0, got) >= 0 or last == b"\r":
                returns += buffer.count(b"\r", 0, got)
                pairs += buffer.count(b"\r\n", 0, got) + (last == b"\r" and buffer[0] == 10)
            if mark and (buffer.find(mark, 0, got) >= 0 or last == mark):
                quotes = True
                spaced = spaced or _is_spaced(last + bytes(buffer[:got]), mark)
            last = bytes(buffer[got - 1 : got])
    exact = not spaced and longest < LONGEST_LINE and returns in (0, lines) and returns == pairs
    return Bytes(size, lines + (last != b"\n"), quotes, exact, returns > 0)


def _is_spaced(chunk: bytes, mark: bytes) -> bool:
    """Whether a space is beside a quote. Pairs are slow to look for, and most of the spaces are in no file."""
    return any(mark + space in chunk or space + mark in chunk for space in _SPACES if space in chunk)


def readable_directly(layout: Layout) -> bool:
    """Whether DuckDB has an option for everything that the dialect asks for."""
    dialect = layout.dialect
    return (
        layout.encoding in ("utf-8", "utf-8-sig")
        and layout.head_lines == layout.first_row - 1
        and not dialect.escape_char
        and not dialect.skip_initial_space
        and not dialect.comment_char
        and not any(row >= layout.first_row for row in dialect.comment_rows)
        and not dialect.skip_blank_rows
        and dialect.delimiter.isascii()
        and dialect.quote_char.isascii()
    )


def direct(path: Path, layout: Layout, seen: Bytes, width: int, spare: int = 1) -> str:
    """`read_csv(...)` of the columns c1 to c`width` and `spare` more, which only faulty rows fill."""
    dialect = layout.dialect
    columns = ", ".join(f"{literal(column(number))}: 'VARCHAR'" for number in range(1, width + spare + 1))
    columns = f"null_padding = true, columns = {{{columns}}}"
    return _read_csv(path, layout, seen, dialect.delimiter, dialect.quote_char, columns)


def lines(path: Path, layout: Layout, seen: Bytes) -> str:
    """`read_csv(...)` of whole lines, as `x`."""
    return _read_csv(path, layout, seen, _NO_DELIMITER, "", "columns = {'x': 'VARCHAR'}")


def _read_csv(path: Path, layout: Layout, seen: Bytes, delimiter: str, quote: str, columns: str) -> str:
    line_end = "\\r\\n" if seen.returns else "\\n"
    return (
        f"read_csv({csv_path(path)}, auto_detect = false, header = false, skip = {layout.first_row - 1}, "
        f"delim = {literal(delimiter)}, quote = {literal(quote)}, escape = {literal(quote)}, comment = '', "
        f"new_line = {literal(line_end)}, nullstr = {literal(NEVER)}, {columns})"
    )


def cells_of_line(delimiter: str, quote: str = "") -> str:
    """The cells of a line `x`, as a list. With `quote`, the line must be as `whole_line` has it."""
    plain = f"string_split(x, {literal(delimiter)})"
    if not quote:
        return plain
    mark, end = re.escape(quote), re.escape(delimiter)
    cell = f"{end}({mark}(?:[^{mark}]|{mark}{mark})*{mark}|[^{end}]*)"
    bare = f"replace(substr(cell, 2, length(cell) - 2), {literal(quote * 2)}, {literal(quote)})"
    return (
        f"CASE WHEN contains(x, {literal(quote)}) THEN list_transform("
        f"regexp_extract_all({literal(delimiter)} || x, {literal(cell)}, 1), "
        f"lambda cell: CASE WHEN starts_with(cell, {literal(quote)}) THEN {bare} ELSE cell END) ELSE {plain} END"
    )


def whole_line(delimiter: str, quote: str) -> str:
    """The condition that every quote of a line `x` is at the end of a cell, or written twice within one: where that
    holds for all lines, no cell goes on in the next line."""
    mark, end = re.escape(quote), re.escape(delimiter)
    cell = f"(?:{mark}(?:[^{mark}]|{mark}{mark})*{mark}|[^{end}{mark}]*)"
    return f"regexp_full_match(x, {literal(f'{cell}(?:{end}{cell})*')})"


def numbered_lines(path: Path, layout: Layout, seen: Bytes, width: int, where: str) -> str:
    """A SELECT of the relation, from the lines for which `where` holds."""
    quote = layout.dialect.quote_char if seen.quotes else ""
    cells = ", ".join(f"l[{number}] AS {column(number)}" for number in range(1, width + 1))
    return (
        f"SELECT _row, _row AS _line, len(l) AS _cells, {cells}, "
        f"CASE WHEN len(l) > {width} THEN to_json(l[{width + 1}:]) END AS _extra FROM ("
        f"SELECT _row, {cells_of_line(layout.dialect.delimiter, quote)} AS l FROM ("
        f"SELECT row_number() OVER () + {layout.first_row - 1} AS _row, x FROM {lines(path, layout, seen)}) "
        f"WHERE {where})"
    )


def unnumbered_lines(lines: str, layout: Layout, width: int) -> str:
    """A SELECT of the columns alone, from a relation of lines."""
    cells = ", ".join(f"l[{number}] AS {column(number)}" for number in range(1, width + 1))
    split = cells_of_line(layout.dialect.delimiter, layout.dialect.quote_char)
    return f"SELECT {cells} FROM (SELECT {split} AS l FROM {lines})"


@dataclass(frozen=True)
class Rewritten:
    """A clean copy: how many rows of content it has, their open quotes and, where reading ended early, why."""

    path: Path
    rows: int
    longest: int
    fault: Unreadable | None = None
    open_quotes: tuple[OpenQuote, ...] = ()


def rewrite(path: Path, layout: Layout, width: int, target: Path) -> Rewritten:
    """Copies the content through the standard library's reader, a row a record."""
    rows = longest = line = 0
    fault: Unreadable | None = None
    opened: list[OpenQuote] = []
    after: OpenQuote | None = None
    with target.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
        try:
            for number, line, cells, quote in numbered_rows(path, layout):
                if quote and quote.text is not None:
                    after = replace(after, count=after.count + 1) if after else quote
                elif quote:
                    opened.append(quote)
                extra = json.dumps(cells[width:], ensure_ascii=False) if len(cells) > width else ""
                padded = cells[:width] + [""] * (width - len(cells))
                longest = max(longest, write([number, line, len(cells), *padded, extra]))
                rows += 1
        except Unreadable as error:
            fault = error
        except UnicodeEncodeError as error:  # of UTF-7 and the like: what is published could not hold it
            found = error.object[error.start].encode("unicode_escape").decode()
            fault = Unreadable("encoding-error", str(error), line, rule="half", found=found)
    return Rewritten(target, rows, longest, fault, (*((after,) if after else ()), *opened))


def numbered_rows(path: Path, layout: Layout) -> Iterator[tuple[int, int, Cells, OpenQuote | None]]:
    """Each row of content with its number, its first line, and the quote in it that is not closed."""
    with open_text(path, layout.encoding) as stream:
        for number, (line, cells, quote) in enumerate(read_watched(stream, layout.dialect), 1):
            if number >= layout.first_row and is_content(number, cells, layout.dialect):
                yield number, line, cells, quote


def read_clean(path: Path, longest: int, columns: str) -> str:
    """`read_csv(...)` of a file that this package wrote, with lines of up to `longest` characters."""
    size = max(longest * 4 + 100, LONGEST_LINE)
    return f"read_csv({csv_path(path)}, {CLEAN}, max_line_size = {size}, columns = {{{columns}}})"


def rewritten(copy: Rewritten, width: int) -> str:
    """A SELECT of the relation over a clean copy."""
    names = ["_row", "_line", "_cells", *map(column, range(1, width + 1)), "_extra"]
    kinds = ["BIGINT", "BIGINT", "INTEGER", *["VARCHAR"] * (width + 1)]
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in zip(names, kinds, strict=True))
    cells = ", ".join(
        f"CASE WHEN _cells >= {number} THEN {column(number)} END AS {column(number)}" for number in range(1, width + 1)
    )
    return (
        f"SELECT _row, _line, _cells, {cells}, nullif(_extra, '') AS _extra "
        f"FROM {read_clean(copy.path, copy.longest, columns)}"
    )


def numbered(path: Path, layout: Layout, seen: Bytes, width: int, spare: int) -> str:
    """A SELECT of the relation that DuckDB reads itself. Rows of such a file are lines."""
    first = layout.first_row - 1
    cells = ", ".join(map(column, range(1, width + 1)))
    beyond = ", ".join(map(column, range(width + 1, width + spare + 1)))
    count = cells_directly(width, spare)
    return (
        f"SELECT row_number() OVER () + {first} AS _row, _row AS _line, {count} AS _cells, {cells}, "
        f"CASE WHEN {column(width + 1)} IS NOT NULL "
        f"THEN to_json(list_filter([{beyond}], lambda cell: cell IS NOT NULL)) END AS _extra "
        f"FROM {direct(path, layout, seen, width, spare)}"
    )


def complete(width: int) -> str:
    """Whether a row has the right number of cells, in a query over `direct`."""
    return f"({column(width)} IS NOT NULL AND {column(width + 1)} IS NULL)"


def cells_directly(width: int, spare: int) -> str:
    """How many cells a row has, in a query over `direct`. DuckDB takes no sum of a thousand terms, but one of sums."""
    terms = [f"({column(number)} IS NOT NULL)::INTEGER" for number in range(1, width + spare + 1)]
    groups = [terms[at : at + 500] for at in range(0, len(terms), 500)]
    return " + ".join(f"({' + '.join(group)})" for group in groups)
