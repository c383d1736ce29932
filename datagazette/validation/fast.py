"""What exists for speed only: lines that one regular expression finds to be fine, and `count`, the way to it.

In a file without quotes a line is a row, and its cells end where the delimiters are. Most columns can say in a regular
expression which texts are surely fine (`shape`, with that of the field's type); the columns' expressions, put together
with the delimiter between them, make one that DuckDB runs over each line before it takes any line apart. A line that
does not match is not wrong: it is looked at closely.

With quotes, that holds while every line that has one is whole: then its quotes are where cells begin and end, and the
next line begins a row. Whatever is not as it was expected leaves the file to `run`, which reads any file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from datagazette.model.resource import Dialect
from datagazette.tables import engine as database
from datagazette.tables import relation
from datagazette.tables.cells import Column, rule_test
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import Bytes
from datagazette.tables.sql import identifier, literal
from datagazette.tables.types.field_type import CATEGORIES, holds
from datagazette.validation import counting
from datagazette.validation.counting import Counted, Key, Tally, keys_of, quick

_SAMPLE = 1 << 18  # bytes
_LONGEST = 4000  # characters of an expression: beyond it RE2 may run out of memory and become slow
_KEPT, _MOST_KEPT = 20_000_000, 200_000  # odd lines: bytes, and lines
_RARE = 50  # one line in so many
_MOST_TEXTS = 100  # of an enumeration


@dataclass(frozen=True)
class _Sample:
    """What the first bytes show: the first lines of content, how they end, whether they hold quotes, and about how many
    there are in all. `size` is the content's, in bytes; `ended`: whether the last line has its line break."""

    lines: list[str]
    returns: bool
    quotes: bool
    size: int
    expected: int
    ended: bool

    @property
    def kept(self) -> int:
        """How many odd lines of such a length are kept."""
        return min(1 + _KEPT * self.expected // self.size, _MOST_KEPT)


@dataclass(frozen=True)
class _Lines:
    """`odd` is the condition of a line `x` that may not be fine, and `stored` the table of these lines, if there is
    one."""

    seen: Bytes
    tally: Tally
    odd: str
    stored: str = ""


def count(engine: Engine, table: Prepared, name: str, seen: Bytes | None = None) -> tuple[Prepared, Tally] | None:
    """The table with the relation of its rows, and what is wrong with them; None where the file is not so plain.

    Without `seen`, nothing is known of the file but its first bytes, and its lines must be nearly all fine. With what a
    pass over its bytes has shown, more of them may take a closer look. `name` is that of a temporary table for the
    lines that do.

    Raises `engine.Error` where DuckDB can read such a file only in part, or a cell may go on in the next line.
    """
    try:
        counted = _count_lines(engine, table, seen) if seen else _count_plain_lines(engine, table, name)
    except database.Error:
        if seen:
            raise
        return None
    if counted is None:
        return None
    # Taking only suspicious lines apart is quick; for all rows DuckDB's own columns are, if all are complete.
    path, layout, width = table.source.path, table.layout, table.width
    few = relation.numbered_lines(path, layout, counted.seen, width, "TRUE")
    is_complete = not (counted.tally.cells or counted.tally.blank)
    table = replace(
        table,
        relation=relation.numbered(path, layout, counted.seen, width, 1) if is_complete else few,
        suspects=relation.numbered_lines(path, layout, counted.seen, width, counted.odd),
        few=few,
        unplaced=relation.unnumbered_lines(identifier(counted.stored), layout, width) if counted.stored else "",
    )
    return table, _with_keys(engine, table, counted.seen, counted.tally)


def _count_plain_lines(engine: Engine, table: Prepared, name: str) -> _Lines | None:
    """One scan of a file of plain lines, all but a few of which are surely fine.

    Afterwards the lengths of the lines that DuckDB saw must add up to the file's size: then it has passed over no blank
    line and split none where the standard library would not.
    """
    path, dialect, columns = table.source.path, table.layout.dialect, table.columns
    sample = _sample(table)
    if sample is None:
        return None
    fine = _fine_line(columns, dialect.delimiter, dialect.quote_char, _quoted_columns(sample, table))
    if not fine or not _promising(engine, sample, fine):
        return None
    size = path.stat().st_size
    guess = Bytes(size, sample.expected, quotes=sample.quotes, exact=True, returns=sample.returns)
    first = [_counted(key, sample, dialect.delimiter) for key in keys_of(table) if key.is_first_column]
    lines = relation.lines(path, table.layout, guess)
    if first:
        quote = dialect.quote_char if sample.quotes else ""
        lines = counting.with_first_cell(lines, columns[0], dialect.delimiter, quote)
    tally, odd = _read_fine_lines(sample, engine.row(counting.scan_fine_lines(lines, fine, sample.kept, first)))
    if tally is None:
        return None
    seen = replace(guess, lines=tally.rows + table.layout.head_lines)
    if not odd:
        return _Lines(seen, tally, "FALSE")
    engine.run(f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS SELECT unnest(?) AS x", [odd])
    query = counting.scan_lines(
        identifier(name), columns, "FALSE", dialect.delimiter, (), dialect.quote_char, keyed=bool(first)
    )
    judged = counting.read_tally(engine.row(query), columns)
    tally = replace(judged, rows=tally.rows, keys=tally.keys)
    has_quotes = sample.quotes or (bool(dialect.quote_char) and any(dialect.quote_char in line for line in odd))
    return _Lines(replace(seen, quotes=has_quotes), tally, f"NOT {fine}", name)


def _read_fine_lines(sample: _Sample, found: Sequence[Any]) -> tuple[Tally | None, list[str]]:
    """(a tally that says nothing of the odd lines, the odd lines); None where the lines that were seen are not surely
    the whole file, or more of them are odd than are kept."""
    size, odd, rows, fine_rows, *counts = found
    odd, keys = odd or [], counting.read_counts(counts)
    breaks = rows if sample.ended else rows - 1
    whole = size + (2 if sample.returns else 1) * breaks == sample.size
    if not whole or fine_rows + len(odd) != rows:
        return None, odd
    return Tally(rows, keys=keys), odd


def _count_lines(engine: Engine, table: Prepared, seen: Bytes) -> _Lines | None:
    columns, dialect, sample = table.columns, table.layout.dialect, _sample(table)
    delimiter, quote = dialect.delimiter, dialect.quote_char if seen.quotes else ""
    if quote and sample is None:
        return None
    fine = _fine_line(columns, delimiter, quote, _quoted_columns(sample, table) if quote and sample else ())
    if not fine:
        return None
    if sample:
        query = f"SELECT count(*) FILTER (WHERE NOT {fine}) FROM (SELECT unnest(?) AS x)"
        if 4 * int(engine.row(query, [sample.lines])[0]) > 3 * len(sample.lines):
            fine = "FALSE"  # it is quicker to take every line apart than to look first
    first = [quick(key, seen.lines) for key in keys_of(table) if key.is_first_column]
    read = relation.lines(table.source.path, table.layout, seen)
    query = counting.scan_lines(read, columns, fine, delimiter, first, quote, keyed=bool(first))
    tally = counting.read_tally(engine.row(query), columns)
    # DuckDB passes over blank lines in silence.
    return _Lines(seen, tally, f"NOT {fine}") if tally.rows == seen.lines - table.layout.head_lines else None


def _with_keys(engine: Engine, table: Prepared, seen: Bytes, tally: Tally) -> Tally:
    """The counts of all keys; those of other columns take a scan of these columns."""
    keys = keys_of(table)
    others = [key for key in keys if not key.is_first_column]
    if not others:
        return tally
    scanned = [(0, -1)] * len(others)
    if not (tally.cells or tally.blank):
        read = relation.direct(table.source.path, table.layout, seen, table.width)
        columns = [column for column in table.columns if any(column in key.columns for key in others)]
        query = counting.count_keys(read, columns, [quick(key, seen.lines) for key in others])
        scanned = list(counting.read_counts(engine.row(query)))
    first, rest = iter(tally.keys), iter(scanned)
    return replace(tally, keys=tuple(next(first if key.is_first_column else rest) for key in keys))


def _quoted_columns(sample: _Sample, table: Prepared) -> Sequence[bool | None]:
    """As `_quoted`, of each column; no column where quotes are rare, so that no fine line has any."""
    dialect = table.layout.dialect
    if _RARE * sum(dialect.quote_char in line for line in sample.lines if sample.quotes) < len(sample.lines):
        return [False] * table.width
    return [_quoted(sample, column, dialect) for column in table.columns]


def _quoted(sample: _Sample, column: Column, dialect: Dialect) -> bool | None:
    """Whether the cells of a column are in quotes, as that of the first line is. Any text may be or not, as
    writers put quotes only around what needs them."""
    if column.field.type in ("string", "any"):
        return None
    cells = sample.lines[0].split(dialect.delimiter)
    return len(cells) >= column.number and cells[column.number - 1].startswith(dialect.quote_char)


def _sample(table: Prepared) -> _Sample | None:
    """None where the first bytes are not as those of a plain file: mixed line ends, other encodings."""
    quote = table.layout.dialect.quote_char.encode()
    with table.source.path.open("rb") as file:
        head = list(islice(file, table.layout.head_lines))
        read = file.read(_SAMPLE)
        ended = bool(read) and file.seek(-1, os.SEEK_END) >= 0 and file.read() == b"\n"
    size = table.source.path.stat().st_size - sum(map(len, head))
    whole = read if len(read) == size else read[: read.rfind(b"\n") + 1]
    returns = b"\r\n" in whole
    count = whole.count(b"\n")
    if whole.count(b"\r") != (count if returns else 0) or any(line.endswith(b"\r\n") != returns for line in head):
        return None
    if not whole:
        return None
    try:
        lines = whole.decode("utf-8").removesuffix("\n").removesuffix("\r").split("\r\n" if returns else "\n")
    except UnicodeDecodeError:
        return None
    quotes = bool(quote) and quote in whole
    return _Sample(lines, returns, quotes, size, round(size * len(lines) / len(whole)), ended)


def _promising(engine: Engine, sample: _Sample, fine: str) -> bool:
    """Whether so few of the first lines are odd that all odd ones of the file can be kept."""
    (odd,) = engine.row(f"SELECT count(*) FROM (SELECT unnest(?) AS x) WHERE NOT {fine}", [sample.lines])
    return int(odd) * sample.expected <= sample.kept * len(sample.lines)


def _counted(key: Key, sample: _Sample, delimiter: str) -> Counted:
    """How to count the key: in a bitmap alone where all of the first ones have their place in it."""
    found = quick(key, sample.expected)
    first = (line.partition(delimiter)[0] for line in sample.lines)
    dense = found.span and all(cell.isdecimal() and int(cell) <= found.span for cell in first if cell)
    return replace(found, outside=False) if dense else replace(found, span=0)


def _fine_line(columns: Sequence[Column], delimiter: str, quote: str = "", quoted: Sequence[bool | None] = ()) -> str:
    """The SQL condition that a line `x` of a file that has no line breaks in quotes is surely fine; empty where a
    column has no expression, or the whole is too long.

    `quoted` says of each column whether all of its cells are in quotes, or none; None of one that has both. It is
    empty for a file without quotes. A character that ends a cell is in no fine one, but a delimiter in quotes.
    """
    if len(columns) < 2:
        return ""
    fine = _line(shape, columns, delimiter, quote, quoted)
    if fine is None or len(fine) > _LONGEST:
        return ""
    condition = f"regexp_full_match(x, {literal(fine)})"
    # A line without values might match as well, if every column has missing values.
    required = any(column.required for column in columns)
    blank = None if required else _line(_missing, columns, delimiter, quote, quoted)
    return condition if blank is None else f"({condition} AND NOT regexp_full_match(x, {literal(blank)}))"


def _line(
    shaped: Callable[[Column, str, str], str | None],
    columns: Sequence[Column],
    delimiter: str,
    quote: str,
    quoted: Sequence[bool | None],
) -> str | None:
    """The expression of a line; None where a cell has none. `shaped` gives that of a column's cells that hold none of
    the characters in its second argument, but may hold, doubled, that in the third."""
    cells, mark, ends = [], re.escape(quote), delimiter + quote
    for column, written in zip(columns, quoted or [False] * len(columns), strict=True):
        forms = [shaped(column, ends, "")] if not written else []
        if written is not False:
            # The first cell is cut off at the first delimiter, so that it holds none; see `counting.with_first_cell`.
            inside = shaped(column, quote, quote) if column.number > 1 else shaped(column, ends, "")
            forms.append(None if inside is None else f"{mark}(?:{inside}){mark}")
        known = [form for form in forms if form is not None]
        if not known:
            return None
        cells.append(f"(?:{'|'.join(known)})")
    return re.escape(delimiter).join(cells)


def shape(column: Column, ends: str, doubled: str = "") -> str | None:
    """Texts that are surely fine in a column, and that hold none of the characters `ends`, which end a cell; free text
    may hold the character `doubled`, which is written twice."""
    if any(character.isalnum() or character == "-" for character in ends):
        return None
    values = _values(column, ends, doubled if not any(holds(text, doubled) for text in column.missing) else "")
    missing = _missing(column, ends)
    if values is None or missing is None:
        return values
    if not column.required:
        return f"{values}|{missing}"
    # A missing value may look like one that is there: then it is not seen to be missing.
    return None if any(re.fullmatch(values, text) for text in column.missing) else values


def _missing(column: Column, ends: str, _: str = "") -> str | None:
    """The missing values; None where a cell of the column cannot be missing."""
    found = [re.escape(text) for text in column.missing if not holds(text, ends + "\n")]
    return "|".join(found) if found else None


def _values(column: Column, ends: str, doubled: str) -> str | None:
    """Of an enumeration, the texts that keep to the other rules as well; not all ways to write them."""
    if column.reading.certain == "FALSE":
        return None
    rules = {rule.name: rule for rule in column.rules}
    listed = rules.get(CATEGORIES) or rules.get("enum")
    if not listed:
        return column.type.shape(ends, doubled)
    if not column.type.listable:
        return None
    tests = [rule_test(rule) for rule in column.rules]
    pairs = zip(listed.written, listed.expected, strict=True)
    texts = [str(text) for text, value in pairs if value is not None and all(passes(value) for passes in tests)]
    if len(texts) > _MOST_TEXTS:
        return None
    return "|".join(re.escape(text) for text in texts if not holds(text, ends)) or None
