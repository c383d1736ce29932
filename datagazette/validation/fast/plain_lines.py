"""The quickest way to a verdict: one scan of a file of plain lines, all but a few of which are surely fine.

Nothing is known of the file beforehand but its first bytes. Afterwards the lengths of the lines that DuckDB
saw must add up to the file's size: then it has passed over no blank line and split none where the standard
library would not. No line with a quote may be odd: such a one may begin or end anything. Whatever is not as it was
expected leaves the file to the ways that look first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import islice

from datagazette.model.tabular import Dialect
from datagazette.tables import relation
from datagazette.tables.columns import Column
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
    """What the first bytes tell: where the content begins, its first lines, how they end, whether they hold quotes,
    and about how many there are in all. `size` is the content's, in bytes; `ended`: whether the last line has its line
    break."""

    lines: tuple[str, ...]
    returns: bool
    quotes: bool
    size: int
    expected: int
    ended: bool


@dataclass(frozen=True)
class PlainLines:
    """`fine` is the condition of a line `x` that is surely fine; all others hold no quotes."""

    seen: Bytes
    tally: Tally
    fine: str


def count(engine: Engine, table: Prepared) -> PlainLines | None:
    """None where the file is not so plain. Raises `engine.Error` where DuckDB cannot read it as lines."""
    sample = _sample(table)
    fine = _fine(table, sample) if sample else ""
    dialect = table.layout.dialect
    if not sample or not fine or not _promising(engine, sample, fine, dialect.quote_char):
        return None
    size = table.source.path.stat().st_size
    guess = Bytes(size, sample.expected, quotes=sample.quotes, exact=True, returns=sample.returns)
    first = [_counted(one, sample, table) for one in keys.keys(table) if keys.of_first_column(one)]
    lines = relation.lines(table.source.path, table.layout, guess)
    if first:
        quote = dialect.quote_char if sample.quotes else ""
        lines = counting.with_first_cell(lines, table.columns[0], dialect.delimiter, quote)
    found = counting.read_fine_lines(engine.row(counting.scan_fine_lines(lines, fine, dialect.quote_char, first)))
    unsure = any(one.span for one in first) and found.tally.keyed != found.tally.distinct
    if unsure or found.quotes or not found.complete or not _adds_up(sample, found):
        return None
    tally = _judged(engine, table, fine, found)
    if sample.quotes and (tally.cells or tally.blank):
        return None  # all lines would have to be taken apart
    return PlainLines(replace(guess, lines=tally.rows + table.layout.head_lines), tally, fine)


def _fine(table: Prepared, sample: _Sample) -> str:
    """The condition of a fine line `x`; empty where no expression tells."""
    dialect = table.layout.dialect
    quoted = [_quoted(sample, one, dialect) for one in table.columns] if sample.quotes else ()
    found = shapes.line(table.columns, dialect.delimiter, dialect.quote_char, quoted)
    return found.condition("x") if found else ""


def _quoted(sample: _Sample, column: Column, dialect: Dialect) -> bool | None:
    """Whether the cells of a column are in quotes: that of the first line tells for all. Any text may be or not, as
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
    if whole.count(b"\r") != (count if returns else 0) or any(one.endswith(b"\r\n") != returns for one in head):
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


def mostly_odd(engine: Engine, table: Prepared, fine: str) -> bool:
    """Whether so many of the first lines are odd that it is quicker to take every line apart than to look first."""
    sample = _sample(table)
    if sample is None:
        return False
    query = f"SELECT count(*) FILTER (WHERE NOT {fine}) FROM (SELECT unnest(?) AS x)"
    odd: int = engine.row(query, [list(sample.lines)])[0]
    return 4 * odd > 3 * len(sample.lines)


def _counted(key: Key, sample: _Sample, table: Prepared) -> Counted:
    """How to count the key: in a bitmap alone where all of the first ones have their place in it."""
    found = keys.innocence(key, sample.expected)
    delimiter = table.layout.dialect.delimiter
    first = (one.partition(delimiter)[0] for one in sample.lines)
    dense = found.span and all(one.isdecimal() and int(one) <= found.span for one in first if one)
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
