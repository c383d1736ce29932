"""Finding the rows that are at fault, once it is known that there are some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from datagazette.model.problems import Cell, Problem
from datagazette.model.tabular import ForeignKey
from datagazette.tables.cells import TYPE_BIT, Column, column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.sql import identifier
from datagazette.validation import Found, doubts, faults, keys
from datagazette.validation.counting import Tally, blank
from datagazette.validation.faults import BadRow, Near
from datagazette.validation.keys import Key

Referenced = Callable[[str | None, str, Sequence[str]], Prepared | None]


@dataclass(frozen=True)
class _Broken:
    """How many rows break a key, and the first of them, each with the row that had its key before.

    A foreign key without `rows` is one that points to no table. `lookup` is the temporary table of the keys that
    a foreign key of one text column may point to.
    """

    code: str
    count: int
    rows: Mapping[int, int | None] = field(default_factory=dict)
    key: Key | None = None
    foreign: ForeignKey | None = None
    lookup: str = ""


def problems(engine: Engine, table: Prepared, tally: Tally, referenced: Referenced, limit: int, name: str) -> Found:
    """Everything that is wrong with the rows of a table."""
    broken = [
        *_repeated(engine, table, tally, name, limit),
        *_orphaned(engine, table, referenced, name, limit),
    ]
    counts = cell_counts(table, tally)
    for key in broken:
        if key.count:
            counts[key.code] = counts.get(key.code, 0) + key.count
    listed = [
        (problem.cell.row or 0 if problem.cell else 0, 0, problem) for problem in _of_cells(engine, table, tally, limit)
    ]
    listed += [
        (row, rank, problem)
        for rank, each in enumerate(broken, 1)
        if each.count
        for row, problem in _of_key(engine, table, each)
    ]
    listed.sort(key=lambda problem: problem[:2])
    return Found(tuple(problem for _, _, problem in listed[:limit]), counts)


def cell_counts(table: Prepared, tally: Tally) -> dict[str, int]:
    """How many problems of cells and rows there are of each code."""
    counts: dict[str, int] = {}
    for (_, verdict), count in tally.verdicts.items():
        wrong = bool(verdict & TYPE_BIT)
        _add(counts, "type-error", count * wrong)
        _add(counts, "constraint-error", count * (verdict.bit_count() - wrong))
    for cells, count in tally.cells.items():
        _add(counts, "extra-cell", count * max(cells - table.width, 0))
        _add(counts, "missing-cell", count * max(table.width - cells, 0))
    _add(counts, "blank-row", tally.blank)
    return counts


def _add(counts: dict[str, int], code: str, count: int) -> None:
    if count:
        counts[code] = counts.get(code, 0) + count


def _of_cells(engine: Engine, table: Prepared, tally: Tally, limit: int) -> Iterator[Problem]:
    """The problems of the first rows with bad cells; every such row has at least one."""
    if tally.verdicts or tally.cells or tally.blank:
        yield from faults.of_rows(table, bad_rows(engine, table, tally, limit))


def bad_rows(engine: Engine, table: Prepared, tally: Tally, limit: int) -> list[BadRow]:
    numbers = sorted({number for number, _ in tally.verdicts})
    columns = [table.columns[number - 1] for number in numbers]
    rows = engine.rows(bad_rows_query(table, numbers, limit))
    return [
        BadRow(
            row[0],
            row[1],
            faults.cells_of(row[4 : 4 + table.width], row[2], row[4 + table.width]),
            blank=row[3],
            verdicts=tuple(
                (column.number, verdict)
                for column, verdict in zip(columns, row[5 + table.width :], strict=True)
                if verdict
            ),
        )
        for row in rows
    ]


def bad_rows_query(table: Prepared, numbers: Sequence[int], limit: int) -> str:
    """The first rows with a bad cell or the wrong number of cells. Without answers to join, the file's order
    is the rows' order, and reading ends with the last row that is wanted."""
    columns = [table.columns[number - 1] for number in numbers]
    doubtful = [column for column in columns if column.number in table.doubtful]
    verdicts = "".join(f", {doubts.verdict(table, column)} AS v{column.number}" for column in columns)
    cells = "".join(f", {column.name}" for column in table.columns)
    wrong = " OR ".join(["_blank", f"_cells <> {table.width}", *(f"v{number} <> 0" for number in numbers)])
    order = "ORDER BY _row " if doubtful else ""
    return (
        f"SELECT * FROM (SELECT _row, _line, _cells, {blank(table.columns)} AS _blank{cells}, _extra{verdicts} "
        f"FROM {doubts.joined(table, columns, table.suspects)}) WHERE {wrong} {order}LIMIT {limit}"
    )


def _repeated(engine: Engine, table: Prepared, tally: Tally, name: str, limit: int) -> Iterator[_Broken]:
    for number, key in enumerate(keys.keys(table)):
        if keys.innocent(tally, key, number):
            continue
        stored, shared = f"{name}_k{number}", f"{name}_s{number}"
        engine.run(keys.store(table, key, stored))
        engine.run(keys.store_shared(stored, shared))
        count = int(engine.row(keys.count_broken(stored, shared, key))[0])
        rows: dict[int, int | None] = dict(engine.rows(keys.broken(stored, shared, key, limit))) if count else {}
        engine.drop(stored, shared)
        yield _Broken(key.code, count, rows, key=key)


def _orphaned(engine: Engine, table: Prepared, referenced: Referenced, name: str, limit: int) -> Iterator[_Broken]:
    for number, key in enumerate(table.source.table.schema.foreign_keys):
        columns = table.named(key.fields)
        itself = key.package is None and key.resource in ("", table.source.table.name)
        other = table if itself else referenced(key.package, key.resource, key.reference_fields)
        if columns is None:
            continue
        if other is None:
            yield _Broken("resource-error", 1, foreign=key)
            continue
        targets = other.named(key.reference_fields)
        allowed = f"{name}_l{number}"
        tagged = not (targets and keys.comparable(columns, targets))
        if targets:
            engine.run(keys.lookup(other, targets, allowed, tagged=tagged))
        else:
            engine.run(f"CREATE OR REPLACE TEMP TABLE {identifier(allowed)} (_key VARCHAR)")
        count, first = engine.row(keys.orphans(table, columns, allowed, limit, tagged=tagged))
        texts = len(columns) == 1 and not tagged and columns[0].type.family == "text"
        if not (count and texts):
            engine.drop(allowed)
        yield _Broken("foreign-key", count, dict.fromkeys(first or ()), foreign=key, lookup=allowed if texts else "")


def _of_key(engine: Engine, table: Prepared, broken: _Broken) -> Iterator[tuple[int, Problem]]:
    if not broken.rows:
        yield 0, _no_table(table, broken)
        return
    cells = "".join(f", r.{column(number)}" for number in range(1, table.width + 1))
    wanted = ", ".join(map(str, broken.rows))
    query = (
        f"SELECT r._row, r._line, r._cells{cells}, r._extra FROM ({table.relation}) AS r "
        f"WHERE r._row IN ({wanted}) ORDER BY r._row"
    )
    bad_rows = [BadRow(row[0], row[1], faults.cells_of(row[3:-1], row[2], row[-1])) for row in engine.rows(query)]
    found = [_found(_key_columns(table, broken), bad) for bad in bad_rows]
    meant = faults.nearest_keys(engine, broken.lookup, found) if broken.lookup else {}
    if broken.lookup:
        engine.drop(broken.lookup)
    for bad, value in zip(bad_rows, found, strict=True):
        yield bad.row, _key_problem(table, broken, bad, meant.get(value))


def _key_columns(table: Prepared, broken: _Broken) -> tuple[Column, ...]:
    if broken.key:
        return broken.key.columns
    return (table.named(broken.foreign.fields) or ()) if broken.foreign else ()


def _found(columns: Sequence[Column], bad: BadRow) -> str:
    return ", ".join(bad.cells[column.number - 1] for column in columns if column.number <= len(bad.cells))


def _no_table(table: Prepared, broken: _Broken) -> Problem:
    """A foreign key that points to a table which is not there: said once, not for each row."""
    source, key = table.source.table, broken.foreign
    target = "/".join(part for part in (key.package, key.resource) if part) if key else ""
    values = (("rule", "no-table"), ("target", target), ("note", f'resource "{target}" does not exist'))
    return Problem(broken.code, source.schema.file or source.file, values=values, cell=Cell(source.name))


def _key_problem(table: Prepared, broken: _Broken, bad: BadRow, meant: Near | None) -> Problem:
    before = broken.rows[bad.row]
    fields = _key_columns(table, broken)
    found = _found(fields, bad)
    names = ", ".join(column.field.name for column in fields)
    if broken.foreign:
        key = broken.foreign
        note = (
            f'for "{names}": values "{found}" not found in the lookup table "{key.resource}" '
            f'as "{", ".join(key.reference_fields)}"'
        )
        target = "/".join(part for part in (key.package, key.resource) if part) or table.source.table.name
        return faults.make(
            table, broken.code, bad, note=note, found=found, field=names, target=target,
            reference=", ".join(key.reference_fields), rule=meant.rule if meant else "",
            near=meant.value if meant else "",
        )  # fmt: skip
    only = fields[0] if broken.code == "unique-error" and len(fields) == 1 else None
    if before is None:
        note = 'cells composing the primary keys are all "None"'
        return faults.make(table, broken.code, bad, rule="empty", note=note, found=found, field=names)
    note = f"the same as in the row at position {before}"
    return faults.make(table, broken.code, bad, column=only, note=note, found=found, field=names, before=before)
