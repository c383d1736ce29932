"""The ways to read a file, from the quickest that reads it exactly, and the counting scan over each.

1. Plain lines: nearly every line is told to be fine by one regular expression (`shapes`, `plain_lines`).
2. Lines: a file without quotes, in which more of them take a closer look.
3. Columns: DuckDB takes the rows apart (`relation.direct`).
4. A copy: the standard library reads the file, and DuckDB a clean copy of it (`relation.rewrite`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from datagazette.tables import engine as database
from datagazette.tables import relation
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import Bytes
from datagazette.validation import counting, keys
from datagazette.validation.counting import Tally
from datagazette.validation.fast import plain_lines, shapes

_SPARES = (1, 20)  # columns beyond the last one, which only faulty rows fill
_SMALL = 4_000_000  # bytes; below, a second scan of a faulty table costs nothing
Counting = tuple[Prepared, Tally]


def count_directly(engine: Engine, table: Prepared) -> Counting | None:
    """None where DuckDB might read the file otherwise than the standard library does."""
    if not relation.readable_directly(table.layout):
        return None
    found = _count_plain_lines(engine, table)
    if found is not None:
        return found
    seen = relation.scan_bytes(table.source.path, table.layout.dialect.quote_char)
    if not seen.exact:
        return None
    try:
        counted = None if seen.quotes else _count_lines(engine, table, seen)
        return counted or _count_columns(engine, table, seen)
    except database.Error:
        return None


def count_copy(engine: Engine, table: Prepared, target: Path) -> Counting:
    """Through the standard library: any file."""
    copy = relation.rewrite(table.source.path, table.layout, table.width, target)
    rows = relation.rewritten(copy, table.width)
    read = f"(SELECT *, _cells = {table.width} AS _complete FROM ({rows}))"
    found = [keys.innocence(one, copy.rows) for one in keys.keys(table)]
    tally = counting.read_tally(engine.row(counting.scan(read, table.columns, "_cells", found)), table.columns)
    return replace(table, relation=rows, suspects=rows, fault=copy.fault), tally


def _count_plain_lines(engine: Engine, table: Prepared) -> Counting | None:
    try:
        found = plain_lines.count(engine, table)
    except database.Error:
        return None
    return _with_all(engine, table, found.seen, found.tally, found.fine) if found else None


def _count_lines(engine: Engine, table: Prepared, seen: Bytes) -> Counting | None:
    line = shapes.line(table.columns, table.layout.dialect.delimiter)
    if line is None:
        return None
    fine = line.condition("x")
    if plain_lines.mostly_odd(engine, table, fine):
        fine = "FALSE"
    first = [keys.innocence(one, seen.lines) for one in keys.keys(table) if keys.of_first_column(one)]
    read = relation.lines(table.source.path, table.layout, seen)
    row = engine.row(counting.scan_lines(read, table.columns, fine, table.layout.dialect.delimiter, first))
    tally = counting.read_tally(row, table.columns)
    return _with_all(engine, table, seen, tally, fine) if _complete(tally, table, seen) else None


def _with_all(engine: Engine, table: Prepared, seen: Bytes, tally: Tally, fine: str) -> Counting:
    return _with_relations(table, seen, tally, fine), _with_keys(engine, table, seen, tally)


def _with_relations(table: Prepared, seen: Bytes, tally: Tally, fine: str) -> Prepared:
    """Taking only suspicious lines apart is quick; for all rows DuckDB's own columns are, if all are complete."""
    path, layout, width = table.source.path, table.layout, table.width
    suspects = relation.numbered_lines(path, layout, seen, width, f"NOT {fine}")
    if tally.cells or tally.blank:
        rows = relation.numbered_lines(path, layout, seen, width, "TRUE")
    else:
        rows = relation.numbered(path, layout, seen, width, _SPARES[0])
    return replace(table, relation=rows, suspects=suspects)


def _with_keys(engine: Engine, table: Prepared, seen: Bytes, tally: Tally) -> Tally:
    """The counts of all keys; those of other columns take a scan of these columns."""
    found = keys.keys(table)
    others = [one for one in found if not keys.of_first_column(one)]
    if not others:
        return tally
    counted = iter(zip(tally.keyed, tally.distinct, strict=True))
    if tally.cells or tally.blank:
        scanned = iter([(0, -1)] * len(others))
    else:
        read = relation.direct(table.source.path, table.layout, seen, table.width)
        wanted = [keys.innocence(one, seen.lines) for one in others]
        columns = [one for one in table.columns if any(one in key.columns for key in others)]
        row = engine.row(counting.count_keys(read, columns, wanted))
        scanned = iter(zip(*counting.read_counts(row), strict=True))
    pairs = [next(counted) if keys.of_first_column(one) else next(scanned) for one in found]
    return replace(tally, keyed=tuple(one for one, _ in pairs), distinct=tuple(one for _, one in pairs))


def _count_columns(engine: Engine, table: Prepared, seen: Bytes) -> Counting | None:
    path, layout, width = table.source.path, table.layout, table.width
    for spare in _SPARES:
        try:
            tally = _tally_columns(engine, table, seen, spare)
        except database.Error:
            continue
        if not _complete(tally, table, seen):
            return None
        if max(tally.cells, default=0) < width + spare:
            rows = relation.numbered(path, layout, seen, width, spare)
            return replace(table, relation=rows, suspects=rows), tally
    return None


def _tally_columns(engine: Engine, table: Prepared, seen: Bytes, spare: int) -> Tally:
    width = table.width
    found = [keys.innocence(one, seen.lines) for one in keys.keys(table)]
    read = relation.direct(table.source.path, table.layout, seen, width, spare)
    read = f"(SELECT *, {relation.complete(width)} AS _complete FROM {read})"
    if seen.size < _SMALL:
        tally = counting.read_fine(engine.row(counting.scan_fine(read, table.columns, found)))
        if tally is not None:
            return tally
    row = engine.row(counting.scan(read, table.columns, relation.cells_directly(width, spare), found))
    return counting.read_tally(row, table.columns)


def _complete(tally: Tally, table: Prepared, seen: Bytes) -> bool:
    """Whether DuckDB saw as many rows as there are lines: it passes over blank ones in silence."""
    return tally.rows == seen.lines - table.layout.head_lines
