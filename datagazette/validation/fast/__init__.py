"""What exists for speed only: lines that one regular expression finds to be fine, and `count`, the way to it.

Whatever is not as it was expected leaves the file to the ways of `run`, which read any file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import islice

from datagazette.model.tabular import Dialect
from datagazette.tables import engine as database
from datagazette.tables import relation
from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import Bytes
from datagazette.tables.sql import literal
from datagazette.validation import counting, keys
from datagazette.validation.counting import Counted, FineLines, Tally
from datagazette.validation.fast import shapes
from datagazette.validation.keys import Key

_SAMPLE = 1 << 18  # bytes


@dataclass(frozen=True)
class _Sample:
    """What the first bytes show: the first lines of content, how they end, whether they hold quotes, and about how many
    there are in all. `size` is the content's, in bytes; `ended`: whether the last line has its line break."""

    lines: tuple[str, ...]
    returns: bool
    quotes: bool
    size: int
    expected: int
    ended: bool


@dataclass(frozen=True)
class _Lines:
    """`fine` is the condition of a line `x` that is surely fine; all others hold no quotes."""

    seen: Bytes
    tally: Tally
    fine: str


def count(engine: Engine, table: Prepared, seen: Bytes | None = None) -> tuple[Prepared, Tally] | None:
    """The table with the relation of its rows, and what is wrong with them; None where the file is not so plain.

    Without `seen`, nothing is known of the file but its first bytes, and its lines must be nearly all fine. With what a
    pass over its bytes has shown of a file without quotes, more of them may take a closer look.

    Raises `engine.Error` where DuckDB can read such a file only in part.
    """
    try:
        counted = _count_lines(engine, table, seen) if seen else _count_plain_lines(engine, table)
    except database.Error:
        if seen:
            raise
        return None
    if counted is None:
        return None
    # Taking only suspicious lines apart is quick; for all rows DuckDB's own columns are, if all are complete.
    path, layout, width = table.source.path, table.layout, table.width
    suspects = relation.numbered_lines(path, layout, counted.seen, width, f"NOT {counted.fine}")
    if counted.tally.cells or counted.tally.blank:
        rows = relation.numbered_lines(path, layout, counted.seen, width, "TRUE")
    else:
        rows = relation.numbered(path, layout, counted.seen, width, 1)
    return replace(table, relation=rows, suspects=suspects), _with_keys(engine, table, counted.seen, counted.tally)


def _count_plain_lines(engine: Engine, table: Prepared) -> _Lines | None:
    """One scan of a file of plain lines, all but a few of which are surely fine.

    Afterwards the lengths of the lines that DuckDB saw must add up to the file's size: then it has passed over no blank
    line and split none where the standard library would not. No line with a quote may be odd: such a one may begin or
    end anything.
    """
    sample = _sample(table)
    dialect = table.layout.dialect
    if sample is None:
        return None
    quoted = [_quoted(sample, column, dialect) for column in table.columns] if sample.quotes else ()
    line = shapes.line(table.columns, dialect.delimiter, dialect.quote_char, quoted)
    fine = line.condition("x") if line else ""
    if not line or not _promising(engine, sample, fine, dialect.quote_char):
        return None
    size = table.source.path.stat().st_size
    guess = Bytes(size, sample.expected, quotes=sample.quotes, exact=True, returns=sample.returns)
    first = [_counted(key, sample, table) for key in keys.keys(table) if keys.of_first_column(key)]
    lines = relation.lines(table.source.path, table.layout, guess)
    if first:
        quote = dialect.quote_char if sample.quotes else ""
        lines = counting.with_first_cell(lines, table.columns[0], dialect.delimiter, quote)
    found = counting.read_fine_lines(engine.row(counting.scan_fine_lines(lines, fine, dialect.quote_char, first)))
    unsure = any(key.span for key in first) and found.tally.keyed != found.tally.distinct
    if unsure or found.quotes or not found.complete or not _adds_up(sample, found):
        return None
    tally = _judged(engine, table, fine, found)
    if sample.quotes and (tally.cells or tally.blank):
        return None  # all lines would have to be taken apart
    return _Lines(replace(guess, lines=tally.rows + table.layout.head_lines), tally, fine)


def _count_lines(engine: Engine, table: Prepared, seen: Bytes) -> _Lines | None:
    delimiter = table.layout.dialect.delimiter
    line = shapes.line(table.columns, delimiter)
    if line is None:
        return None
    fine = line.condition("x")
    if (sample := _sample(table)) and 4 * _odd(engine, sample, fine) > 3 * len(sample.lines):
        fine = "FALSE"  # it is quicker to take every line apart than to look first
    first = [keys.innocence(key, seen.lines) for key in keys.keys(table) if keys.of_first_column(key)]
    read = relation.lines(table.source.path, table.layout, seen)
    row = engine.row(counting.scan_lines(read, table.columns, fine, delimiter, first))
    tally = counting.read_tally(row, table.columns)
    # DuckDB passes over blank lines in silence.
    return _Lines(seen, tally, fine) if tally.rows == seen.lines - table.layout.head_lines else None


def _with_keys(engine: Engine, table: Prepared, seen: Bytes, tally: Tally) -> Tally:
    """The counts of all keys; those of other columns take a scan of these columns."""
    found = keys.keys(table)
    others = [key for key in found if not keys.of_first_column(key)]
    if not others:
        return tally
    counted = iter(zip(tally.keyed, tally.distinct, strict=True))
    if tally.cells or tally.blank:
        scanned = iter([(0, -1)] * len(others))
    else:
        read = relation.direct(table.source.path, table.layout, seen, table.width)
        wanted = [keys.innocence(key, seen.lines) for key in others]
        columns = [column for column in table.columns if any(column in key.columns for key in others)]
        row = engine.row(counting.count_keys(read, columns, wanted))
        scanned = iter(zip(*counting.read_counts(row), strict=True))
    pairs = [next(counted) if keys.of_first_column(key) else next(scanned) for key in found]
    return replace(tally, keyed=tuple(count for count, _ in pairs), distinct=tuple(count for _, count in pairs))


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
    return _Sample(tuple(lines), returns, quotes, size, round(size * len(lines) / len(whole)), ended)


def _promising(engine: Engine, sample: _Sample, fine: str, quote: str) -> bool:
    """Whether so few of the first lines are odd that all odd ones of the file can be kept, and none holds a quote."""
    quoted = f"bool_or(contains(x, {literal(quote)}))" if sample.quotes else "FALSE"
    query = f"SELECT count(*), coalesce({quoted}, FALSE) FROM (SELECT unnest(?) AS x) WHERE NOT {fine}"
    odd, among = engine.row(query, [list(sample.lines)])
    return not among and int(odd) * sample.expected <= counting.ODD_LINES * len(sample.lines)


def _odd(engine: Engine, sample: _Sample, fine: str) -> int:
    """How many of the first lines are odd."""
    query = f"SELECT count(*) FILTER (WHERE NOT {fine}) FROM (SELECT unnest(?) AS x)"
    odd: int = engine.row(query, [list(sample.lines)])[0]
    return odd


def _counted(key: Key, sample: _Sample, table: Prepared) -> Counted:
    """How to count the key: in a bitmap alone where all of the first ones have their place in it."""
    found = keys.innocence(key, sample.expected)
    delimiter = table.layout.dialect.delimiter
    first = (line.partition(delimiter)[0] for line in sample.lines)
    dense = found.span and all(cell.isdecimal() and int(cell) <= found.span for cell in first if cell)
    return replace(found, outside=False) if dense else replace(found, span=0)


def _adds_up(sample: _Sample, found: FineLines) -> bool:
    """Whether the lines that were seen are the whole file: a blank one, which DuckDB passes over, is missed."""
    end = 2 if sample.returns else 1
    breaks = found.tally.rows if sample.ended else found.tally.rows - 1
    return found.bytes + end * breaks == sample.size


def _judged(engine: Engine, table: Prepared, fine: str, found: FineLines) -> Tally:
    """The tally with what is wrong in the odd lines."""
    if not found.odd:
        return found.tally
    query = counting.scan_lines("(SELECT unnest(?) AS x)", table.columns, fine, table.layout.dialect.delimiter, ())
    judged = counting.read_tally(engine.row(query, [list(found.odd)]), table.columns)
    return replace(found.tally, blank=judged.blank, verdicts=judged.verdicts, cells=judged.cells)
