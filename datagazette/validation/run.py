"""Checking tables: the scan that counts, and only where it finds something, the search for it.

What only a table at fault needs is imported where it is found to be one: it takes longer than to check a small table.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from datagazette.files import trace_of_git
from datagazette.isolation import step
from datagazette.model.problems import Cell, Problem, problem, warning
from datagazette.model.resource import Table
from datagazette.tables import engine as database
from datagazette.tables import relation
from datagazette.tables.bounded import allowed, too_much_memory
from datagazette.tables.cells import BadConstraint
from datagazette.tables.engine import Engine, Limits
from datagazette.tables.field_advice import written_example
from datagazette.tables.header import cause, label_faults
from datagazette.tables.layout import TableSource, Unreadable
from datagazette.tables.long_rows import refuse_long_rows
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.relation import Bytes
from datagazette.validation import DEFAULT_LIMIT, TableReport, counting, fast, wide
from datagazette.validation.counting import OutOfTime, Tally, keys_of, quick
from datagazette.validation.small import SmallTables

_SPARES = (1, 20)  # columns beyond the last one, which only faulty rows fill
_SMALL = 4_000_000  # bytes; below, a second scan of a faulty table costs nothing
_HASHES = ("md5", "sha256")
_SHOWN = 40  # characters of a cell
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
        named = {source.table.name: source for source in sources}
        run = _Run(engine, scratch, limit_errors, named, others or {}, SmallTables(named, others or {}))
        return tuple(run.check(f"t{number}", source) for number, source in enumerate(sources))


@dataclass(frozen=True)
class _Run:
    """One call of `check_tables`. Its methods take the beginning of the names of a table's temporary tables."""

    engine: Engine
    scratch: Path
    limit: int
    sources: Mapping[str, TableSource]
    others: Mapping[tuple[str, str], TableSource]
    small: SmallTables

    def check(self, name: str, source: TableSource) -> TableReport:
        if source.opened and source.path.is_file() and (lines := trace_of_git(source.path)[1]):
            from datagazette.load.git_traces import trace_problem

            merge = trace_problem("merge-unresolved", source.table.file, lines)
            return _stopped(source, replace(merge, cell=Cell(source.table.name)))
        try:
            return self._checked(name, source)
        except database.OutOfMemory:
            return _stopped(source, too_much_memory(source.table.file, self.engine.memory))

    def _checked(self, name: str, source: TableSource) -> TableReport:
        found, counts, remarks = list[Problem](), Counter[str](), tuple[Problem, ...]()
        personal: tuple[Problem, ...] = ()
        try:
            with step(source.table.file, allowed("TABLE_SECONDS")):
                table = prepare(source, self.scratch, self._targets(source))
                rows = self.small.fine_rows(table)
                if rows is None:
                    table, tally = self._count(table, name)
                    rows, (found, counts) = tally.rows, self._search(table, tally, name)
                    remarks = tuple(self._remarks(table))
                    personal = self._personal(table)
                    if wide.is_wide(table):
                        self.engine.drop(name)
        except BadConstraint as bad:
            return _stopped(source, _bad_constraint(source.table, bad))
        except OutOfTime as out:
            return _stopped(source, out.problem)
        except Unreadable as fault:
            return _stopped(source, _unreadable(source, fault))
        size = source.path.stat().st_size
        head, tail = tuple(_of_header(table)), tuple(_of_file(table, rows, size))
        counts.update(problem.code for problem in (*head, *tail, *remarks, *personal) if problem.severity == "error")
        if any(problem.role == "cause" for problem in head):
            found = [replace(problem, role="follow") if problem.line else problem for problem in found]
        listed, labels = (*(*head, *found, *tail)[: self.limit], *remarks), table.layout.labels
        if personal or source.personal:
            from datagazette.validation.personal import bare_labels, without_values

            listed, labels = without_values(listed, table, personal), bare_labels(labels)
        return TableReport(source.table, rows, size, (*personal, *listed), dict(+counts), labels)

    def _remarks(self, table: Prepared) -> Iterator[Problem]:
        """What is wrong whatever the schema says, or right and yet worth a warning."""
        yield from islice(_open_quotes(table), self.limit)
        if table.source.proofread:
            from datagazette.validation import alike, not_numbers, texts

            yield from not_numbers.not_numbers(self.engine, table)
            yield from texts.faults(self.engine, table)
            yield from alike.pairs(self.engine, table)
        if any("pattern" in field.constraints for field in table.source.table.schema.fields):
            from datagazette.validation.partial import partial_matches

            yield from partial_matches(self.engine, table)
        if table.source.opened:
            from datagazette.validation import spreadsheets

            yield from spreadsheets.damages(self.engine, table)

    def _personal(self, table: Prepared) -> tuple[Problem, ...]:
        """An error for each column with personal data that are not declared."""
        if not table.source.screened:
            return ()
        from datagazette.validation.personal import findings

        return tuple(findings(self.engine, table))

    def _count(self, table: Prepared, name: str) -> Counting:
        """The table with the relation of its rows, and what is wrong with them. Raises OutOfTime."""
        counted = count_directly(self.engine, table, name)
        counted = counted or _count_copy(self.engine, table, self.scratch / f"{name}-rows.csv", name)
        if not counted[1].doubtful:
            return counted
        from datagazette.validation import doubts

        return doubts.decide(self.engine, *counted, f"{name}_decided")

    def _search(self, table: Prepared, tally: Tally, name: str) -> tuple[list[Problem], Counter[str]]:
        """The first problems of a table's rows, in their order, and how many there are of each code."""
        bad_cells = tally.verdicts or tally.cells or tally.blank
        bad_keys = not all(tally.has_kept(key, number) for number, key in enumerate(keys_of(table)))
        if not (bad_cells or bad_keys or table.source.table.schema.foreign_keys):
            return [], Counter()
        from datagazette.validation import faults, keys

        counts = faults.cell_counts(table, tally)
        found = list(islice(faults.of_cells(self.engine, table, tally, self.limit), self.limit))
        broken = [
            *keys.repeated(self.engine, table, tally, self.limit, name),
            *keys.orphaned(self.engine, table, self._referenced, self.limit, name),
        ]
        for code, count, problems in broken:
            counts[code] += count
            found += problems
        found.sort(key=lambda problem: (problem.cell and problem.cell.row) or 0)
        return found[: self.limit], counts

    def _targets(self, source: TableSource) -> frozenset[str]:
        """The fields of a table that foreign keys of the others point to."""
        return self._targeted.get(source.table.name, frozenset())

    @cached_property
    def _targeted(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for key in (key for source in self.sources.values() for key in source.table.schema.foreign_keys):
            if key.package is None:
                found[key.resource] = found.get(key.resource, frozenset()).union(key.reference_fields)
        return found

    def _referenced(self, package: str | None, resource: str, fields: Sequence[str]) -> Prepared | None:
        """The table that a foreign key points to, with its doubtful cells decided; None where there is none
        that can be read. Raises OutOfTime."""
        source = self.others.get((package, resource)) if package else self.sources.get(resource)
        if source is None:
            return None
        try:
            table = prepare(source, self.scratch, self._targets(source) | frozenset(fields))
            return self._count(table, f"ref_{len(list(self.scratch.iterdir()))}")[0]
        except (Unreadable, BadConstraint):
            return None


def count_directly(engine: Engine, table: Prepared, name: str) -> Counting | None:
    """The table with the relation of its rows, and what is wrong with them, by the quickest way that reads it exactly.

    `fast` sees nearly all lines of good files; else DuckDB takes the rows apart (`relation.direct`). None where it
    might read the file otherwise than the standard library does. Raises Unreadable for a row that is too long.
    """
    is_direct = relation.readable_directly(table.layout)
    if is_direct and not wide.is_wide(table) and (counted := fast.count(engine, table, f"{name}_odd")):
        return counted
    refuse_long_rows(table.source.path, table.layout.encoding, table.layout.dialect)
    if not is_direct:
        return None
    seen = relation.scan_bytes(table.source.path, table.layout.dialect.quote_char)
    if not seen.exact:
        return None
    if wide.is_wide(table):
        return _count_wide(engine, table, seen, name)
    try:
        counted = fast.count(engine, table, f"{name}_odd", seen)
    except database.Error:
        if not seen.quotes:
            return None
        counted = None
    return counted or _count_columns(engine, table, seen)


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


def _count_wide(engine: Engine, table: Prepared, seen: Bytes, name: str) -> Counting | None:
    spare = _SPARES[-1]
    try:
        table = wide.store(
            engine, table, relation.numbered(table.source.path, table.layout, seen, table.width, spare), name
        )
    except database.Error:
        return None
    tally = wide.count(engine, table, name)
    complete = tally.rows == seen.lines - table.layout.head_lines and max(tally.cells, default=0) < table.width + spare
    return (table, tally) if complete else None


def _tally_columns(engine: Engine, table: Prepared, seen: Bytes, spare: int) -> Tally:
    columns, keys = table.columns, [quick(key, seen.lines) for key in keys_of(table)]
    read = relation.direct(table.source.path, table.layout, seen, table.width, spare)
    read = f"(SELECT *, {relation.complete(table.width)} AS _complete FROM {read})"
    if seen.size < _SMALL:
        rows, fine_rows, *counts = engine.row(counting.scan_fine(read, columns, keys))
        if rows == fine_rows:
            return Tally(rows, keys=counting.read_counts(counts))
    row = engine.row(counting.scan(read, columns, relation.cells_directly(table.width, spare), keys))
    return counting.read_tally(row, columns)


def _count_copy(engine: Engine, table: Prepared, target: Path, name: str) -> Counting:
    """The standard library reads the file, any file, and DuckDB a clean copy of it (`relation.rewrite`)."""
    copy = relation.rewrite(table.source.path, table.layout, table.width, target)
    rows = relation.rewritten(copy, table.width)
    table = replace(table, relation=rows, suspects=rows, fault=copy.fault, open_quotes=copy.open_quotes)
    if wide.is_wide(table):
        table = wide.store(engine, table, rows, name)
        return table, wide.count(engine, table, name)
    read = f"(SELECT *, _cells = {table.width} AS _complete FROM ({rows}))"
    keys = [quick(key, copy.rows) for key in keys_of(table)]
    tally = counting.read_tally(engine.row(counting.scan(read, table.columns, "_cells", keys)), table.columns)
    return table, tally


def _of_header(table: Prepared) -> Iterator[Problem]:
    if table.layout.empty:
        yield _of_table(table.source, "source-error", rule="empty", note="the source is empty")
    if found := label_faults(table.layout, table.source.table.schema):
        from datagazette.validation import faults

        yield from faults.of_labels(table, found, cause(table.source, table.layout, found))


def _open_quotes(table: Prepared) -> Iterator[Problem]:
    for quote in table.layout.open_quotes + table.open_quotes:
        values: dict[str, object] = {"rule": "next", "until": quote.until} if quote.until else {}
        if quote.text is not None:
            values = {"found": quote.text[:_SHOWN], "count": quote.count}
        code = "open-quote" if quote.text is None else "quote-text"
        found = warning(code, table.source.table.file, quote.line, **values)
        yield replace(found, cell=Cell(table.source.table.name))


def _of_file(table: Prepared, rows: int, size: int) -> Iterator[Problem]:
    """What ended the reading before the last row, and what the resource's descriptor says of its file otherwise."""
    source = table.source
    if table.fault:
        yield _unreadable(source, table.fault)
    stated = source.table.descriptor
    compared: list[tuple[str, object, object]] = []
    if isinstance(digest := stated.get("hash"), str) and digest:
        algorithm, _, digest = digest.rpartition(":")
        if (algorithm or "md5") in _HASHES:  # a bare hash is MD5, and unknown algorithms are not compared
            import hashlib

            with source.path.open("rb") as file:
                compared.append(("hash-count", digest, hashlib.file_digest(file, algorithm or "md5").hexdigest()))
    for code, name, actual in (
        ("byte-count", "bytes", size),
        ("field-count", "fields", len(source.table.schema.fields)),
        ("row-count", "rows", rows),
    ):
        if isinstance(expected := stated.get(name), int) and expected:
            compared.append((code, expected, actual))
    for code, expected, found in compared:
        if expected != found:
            note = f'expected is "{expected}" and actual is "{found}"'
            yield _of_table(source, code, expected=expected, found=found, note=note)


def _unreadable(source: TableSource, fault: Unreadable) -> Problem:
    """A table that could not be read to its end. Of bytes that are not in its encoding, their place is looked up."""
    if isinstance(fault.__cause__, UnicodeDecodeError):
        from datagazette.validation.faults import of_bytes

        if found := of_bytes(source, fault.note):
            return found
    return _of_table(source, fault.code, fault.line, note=fault.note, **fault.values)


def _of_table(source: TableSource, code: str, line: int | None = None, /, **values: object) -> Problem:
    return replace(problem(code, source.table.file, line, **values), cell=Cell(source.table.name))


def _bad_constraint(table: Table, bad: BadConstraint) -> Problem:
    field = table.schema.field(bad.field)
    shown = written_example(field) if field else ""
    rule = "pattern" if bad.name == "pattern" else "bound-example" if shown else "bound"
    values = {"field": bad.field, "constraint": bad.name, "found": bad.value, "example": shown}
    return problem("field-error", table.schema.file or table.file, rule=rule, **values)


def _stopped(source: TableSource, found: Problem) -> TableReport:
    """The report on a table of which only this is known."""
    return TableReport(source.table, problems=(found,), counts={found.code: 1})
