"""Checking tables: the scan that counts, and only where it finds something, the search for it.

What only a table at fault needs is imported where it is found to be one: it takes longer than to check a small table.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from datagazette.isolation import step
from datagazette.model.problems import Problem
from datagazette.tables import engine as database
from datagazette.tables import relation
from datagazette.tables.bounded import allowed
from datagazette.tables.cells import BadConstraint, TooSlow
from datagazette.tables.engine import Engine, Limits
from datagazette.tables.layout import TableSource, Unreadable
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.relation import Bytes
from datagazette.validation import DEFAULT_LIMIT, Found, TableReport, counting, fast, keys
from datagazette.validation import report as reports
from datagazette.validation.counting import Tally

_SPARES = (1, 20)  # columns beyond the last one, which only faulty rows fill
_SMALL = 4_000_000  # bytes; below, a second scan of a faulty table costs nothing
Counting = tuple[Prepared, Tally]


def check_tables(
    sources: Sequence[TableSource],
    others: Mapping[tuple[str, str], TableSource] | None = None,
    *,
    limits: Limits | None = None,
    limit_errors: int = DEFAULT_LIMIT,
    engine: Engine | None = None,
) -> tuple[TableReport, ...]:
    """Checks tables of one dataset against their schemas and against one another.

    `others` are tables of other datasets by (dataset, resource), which foreign keys may point to.
    With `engine`, that database is used, and `limits` are its own. A database that is opened here may read these
    tables and nothing else, but for a shared one, of which the limits say what it may read.
    """
    with ExitStack() as stack:
        limits = limits or Limits()
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=limits.spill, prefix="check-")))
        if limits.spill is None:
            limits = replace(limits, spill=scratch)
        if limits.reads is None and not limits.shared:
            limits = replace(limits, reads=tuple(source.path for source in (*sources, *(others or {}).values())))
        engine = engine or stack.enter_context(database.connect(limits))
        run = _Run(engine, scratch, limit_errors, sources, others or {})
        return tuple(run.check(number, source) for number, source in enumerate(sources))


class _OutOfTime(Exception):
    """A table, or one that its foreign keys lead to, could not be checked in the time there is for it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _Run:
    """One call of `check_tables`."""

    def __init__(
        self,
        engine: Engine,
        scratch: Path,
        limit: int,
        sources: Sequence[TableSource],
        others: Mapping[tuple[str, str], TableSource],
    ) -> None:
        self.engine, self.scratch, self.limit = engine, scratch, limit
        self.sources = {source.table.name: source for source in sources}
        self.others = others

    def check(self, number: int, source: TableSource) -> TableReport:
        report = TableReport(source.table)
        try:
            with step(source.table.file, allowed("TABLE_SECONDS")):
                table = prepare(source, self.scratch, self._targets(source))
                table, tally = self._count(table, f"t{number}")
                found = self._found(table, tally, f"t{number}")
        except BadConstraint as bad:
            return _with(report, (_bad_constraint(source, bad),))
        except _OutOfTime as out:
            return _with(report, (out.problem,))
        except Unreadable as fault:
            return _with(report, (reports.unreadable(source, fault),))
        size = source.path.stat().st_size
        report = reports.report(table, tally, found, size, self.limit)
        if not source.opened:
            return report
        from datagazette.validation import spreadsheets

        return spreadsheets.with_warnings(self.engine, table, report)

    def _count(self, table: Prepared, name: str) -> tuple[Prepared, Tally]:
        """The table with the relation of its rows, and what is wrong with them. Raises _OutOfTime."""
        counted = count_directly(self.engine, table)
        if counted is None:
            counted = _count_copy(self.engine, table, self.scratch / f"{name}-rows.csv")
        if not counted[1].doubtful:
            return counted
        from datagazette.validation import doubts

        try:
            return doubts.decide(self.engine, *counted, f"{name}_decided")
        except TooSlow as slow:
            raise _OutOfTime(_too_slow(table.source, slow)) from slow

    def _found(self, table: Prepared, tally: Tally, name: str) -> Found:
        if _is_fine(table, tally):
            return Found()
        from datagazette.validation import search

        return search.problems(self.engine, table, tally, self._referenced, self.limit, name)

    def _targets(self, source: TableSource) -> frozenset[str]:
        """The fields of a table that foreign keys of the others point to."""
        names = [
            name
            for other in self.sources.values()
            for key in other.table.schema.foreign_keys
            if key.package is None and key.resource == source.table.name
            for name in key.reference_fields
        ]
        return frozenset(names)

    def _referenced(self, package: str | None, resource: str, fields: Sequence[str]) -> Prepared | None:
        """The table that a foreign key points to, with its doubtful cells decided; None where there is none
        that can be read. Raises _OutOfTime."""
        source = self.others.get((package, resource)) if package else self.sources.get(resource)
        if source is None:
            return None
        try:
            table = prepare(source, self.scratch, self._targets(source) | frozenset(fields))
            return self._count(table, f"ref_{len(list(self.scratch.iterdir()))}")[0]
        except (Unreadable, BadConstraint):
            return None


def count_directly(engine: Engine, table: Prepared) -> Counting | None:
    """The table with the relation of its rows, and what is wrong with them, by the quickest way that reads it exactly.

    `fast` sees nearly all lines of good files; else DuckDB takes the rows apart (`relation.direct`). None where it
    might read the file otherwise than the standard library does.
    """
    if not relation.readable_directly(table.layout):
        return None
    if counted := fast.count(engine, table):
        return counted
    seen = relation.scan_bytes(table.source.path, table.layout.dialect.quote_char)
    if not seen.exact:
        return None
    try:
        counted = None if seen.quotes else fast.count(engine, table, seen)
        return counted or _count_columns(engine, table, seen)
    except database.Error:
        return None


def _count_columns(engine: Engine, table: Prepared, seen: Bytes) -> Counting | None:
    path, layout, width = table.source.path, table.layout, table.width
    for spare in _SPARES:
        try:
            tally = _tally_columns(engine, table, seen, spare)
        except database.Error:
            continue
        if tally.rows != seen.lines - layout.head_lines:  # DuckDB passes over blank lines in silence
            return None
        if max(tally.cells, default=0) < width + spare:
            rows = relation.numbered(path, layout, seen, width, spare)
            return replace(table, relation=rows, suspects=rows), tally
    return None


def _tally_columns(engine: Engine, table: Prepared, seen: Bytes, spare: int) -> Tally:
    width = table.width
    found = [keys.innocence(key, seen.lines) for key in keys.keys(table)]
    read = relation.direct(table.source.path, table.layout, seen, width, spare)
    read = f"(SELECT *, {relation.complete(width)} AS _complete FROM {read})"
    if seen.size < _SMALL:
        tally = counting.read_fine(engine.row(counting.scan_fine(read, table.columns, found)))
        if tally is not None:
            return tally
    row = engine.row(counting.scan(read, table.columns, relation.cells_directly(width, spare), found))
    return counting.read_tally(row, table.columns)


def _count_copy(engine: Engine, table: Prepared, target: Path) -> Counting:
    """The standard library reads the file, any file, and DuckDB a clean copy of it (`relation.rewrite`)."""
    copy = relation.rewrite(table.source.path, table.layout, table.width, target)
    rows = relation.rewritten(copy, table.width)
    read = f"(SELECT *, _cells = {table.width} AS _complete FROM ({rows}))"
    found = [keys.innocence(key, copy.rows) for key in keys.keys(table)]
    tally = counting.read_tally(engine.row(counting.scan(read, table.columns, "_cells", found)), table.columns)
    return replace(table, relation=rows, suspects=rows, fault=copy.fault), tally


def _is_fine(table: Prepared, tally: Tally) -> bool:
    """Whether the counting scan has already shown that all rows are."""
    if tally.verdicts or tally.cells or tally.blank or table.source.table.schema.foreign_keys:
        return False
    return all(keys.innocent(tally, key, number) for number, key in enumerate(keys.keys(table)))


def _bad_constraint(source: TableSource, bad: BadConstraint) -> Problem:
    values = (("rule", "bound"), ("constraint", bad.name), ("found", str(bad.value)))
    return Problem("field-error", source.table.schema.file or source.table.file, values=values)


def _too_slow(source: TableSource, slow: TooSlow) -> Problem:
    values = (("field", slow.field.name), ("seconds", f"{slow.seconds:g}"))
    return Problem("pattern-too-slow", source.table.schema.file or source.table.file, values=values)


def _with(report: TableReport, problems: tuple[Problem, ...]) -> TableReport:
    counts = {problem.code: 1 for problem in problems}
    return replace(report, problems=problems, counts=counts)
