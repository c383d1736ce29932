"""The quickest way to a verdict: one scan of a file of plain lines, all but a few of which are surely fine.

Nothing is known of the file beforehand but its first bytes. Afterwards the lengths of the lines that DuckDB
saw must add up to the file's size: then it has passed over no blank line and split none where the standard
library would not. Whatever is not as it was expected leaves the file to the ways that look first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import islice

from publisher.checks import counting, keys, relation
from publisher.checks.counting import Counted, FineLines, Tally
from publisher.checks.keys import Key
from publisher.checks.relation import Bytes
from publisher.checks.table import Prepared
from publisher.engine import Engine

_SAMPLE = 1 << 18  # bytes


@dataclass(frozen=True)
class _Sample:
    """What the first bytes tell: where the content begins, its first lines, how they end, and about how many
    there are in all. `size` is the content's, in bytes; `ended`: whether the last line has its line break."""

    lines: tuple[str, ...]
    returns: bool
    size: int
    expected: int
    ended: bool


def count(engine: Engine, table: Prepared, fine: str) -> tuple[Bytes, Tally] | None:
    """`fine` is the condition of a line `x` that is surely fine. None where the file is not so plain.

    Raises `engine.Error` where DuckDB cannot read it as lines.
    """
    sample = _sample(table)
    if sample is None or not _promising(engine, sample, fine):
        return None
    layout = table.layout
    guess = Bytes(table.source.path.stat().st_size, sample.expected, quotes=False, exact=True, returns=sample.returns)
    first = [_counted(one, sample, table) for one in keys.keys(table) if keys.of_first_column(one)]
    lines = relation.lines(table.source.path, layout, guess)
    query = counting.scan_fine_lines(lines, table.columns[0], fine, layout.dialect, first)
    found = counting.read_fine_lines(engine.row(query))
    unsure = any(one.span for one in first) and found.tally.keyed != found.tally.distinct
    if unsure or found.quotes or not found.complete or not _adds_up(sample, found):
        return None
    seen = replace(guess, lines=found.tally.rows + layout.head_lines)
    return seen, _judged(engine, table, fine, found)


def _sample(table: Prepared) -> _Sample | None:
    """None where the first bytes are not as those of a plain file: quotes, mixed line ends, other encodings."""
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
    if not whole or (quote and quote in whole):
        return None
    try:
        lines = whole.decode("utf-8").removesuffix("\n").removesuffix("\r").split("\r\n" if returns else "\n")
    except UnicodeDecodeError:
        return None
    return _Sample(tuple(lines), returns, size, round(size * len(lines) / len(whole)), ended)


def _promising(engine: Engine, sample: _Sample, fine: str) -> bool:
    """Whether so few of the first lines are odd that all odd ones of the file can be kept."""
    query = f"SELECT count(*) FILTER (WHERE NOT {fine}) FROM (SELECT unnest(?) AS x)"
    odd: int = engine.row(query, [list(sample.lines)])[0]
    return odd * sample.expected <= counting.ODD_LINES * len(sample.lines)


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
