"""The rows that are at fault, looked up once it is known that there are some, and the problems that a person reads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from datagazette.model.names import nearest
from datagazette.model.problems import Cell, Problem
from datagazette.tables.bounded import has_risky_pattern
from datagazette.tables.cells import TYPE, TYPE_BIT, Column, Notes, cell_reader, rule_note
from datagazette.tables.engine import Engine, Row
from datagazette.tables.field_advice import example, type_rule, with_directives
from datagazette.tables.header import Cause, LabelFault
from datagazette.tables.layout import TableSource, detect_encoding
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import CLOSELY, TOGETHER, groups
from datagazette.tables.sql import literals
from datagazette.tables.undecodable import find_undecodable
from datagazette.validation import doubts
from datagazette.validation.counting import Tally, blank

_FEWEST_ROWS = 20  # whose verdicts are looked up together
_SHOWN = 200  # characters of a cell that a message repeats
_COMPARED = 1000  # allowed values among which the one that was meant is looked for


@dataclass(frozen=True)
class BadRow:
    """A row of a table that is at fault."""

    row: int
    line: int
    cells: tuple[str, ...]


def cell_counts(table: Prepared, tally: Tally) -> Counter[str]:
    """How many problems of cells and rows there are of each code."""
    counts: Counter[str] = Counter()
    for (_, verdict), count in tally.verdicts.items():
        wrong = bool(verdict & TYPE_BIT)
        counts["type-error"] += count * wrong
        counts["constraint-error"] += count * (verdict.bit_count() - wrong)
    for cells, count in tally.cells.items():
        counts["extra-cell"] += count * max(cells - table.width, 0)
        counts["missing-cell"] += count * max(table.width - cells, 0)
    counts["blank-row"] += tally.blank
    return +counts


def of_cells(engine: Engine, table: Prepared, tally: Tally, limit: int) -> Iterator[Problem]:
    """The problems of the first rows with bad cells or the wrong number of cells, in the order of the rows; every such
    row has at least one."""
    if not (tally.verdicts or tally.cells or tally.blank):
        return
    columns = [table.columns[number - 1] for number in sorted({number for number, _ in tally.verdicts})]
    for number, line, count, is_blank, *rest in _first_bad_rows(engine, table, columns, tally, limit):
        row = bad_row(number, line, count, rest[: table.width + 1])
        if is_blank:
            yield make(table, "blank-row", row)
            continue
        for column, verdict in zip(columns, rest[table.width + 1 :], strict=True):
            yield from _of_cell(table, row, column, verdict)
        for place in range(table.width + 1, len(row.cells) + 1):
            yield make(table, "extra-cell", row, number=place, found=row.cells[place - 1])
        for column in table.columns[len(row.cells) :]:
            yield make(table, "missing-cell", row, column=column)


def _first_bad_rows(
    engine: Engine, table: Prepared, columns: Sequence[Column], tally: Tally, limit: int
) -> Iterator[Row]:
    """What `_bad_rows` selects, for many columns a group at a time: which rows are the first, and then the verdicts of
    these rows alone, for as many rows at a time as are likely to have all problems that are wanted."""
    if len(columns) <= TOGETHER:
        yield from _bad_rows_together(engine, table, columns, tally, limit)
        return
    odd = f"{blank(table.columns)} OR _cells <> {table.width}"
    queries = [f"SELECT _row FROM ({table.suspects}) WHERE {odd} LIMIT {limit}"] if tally.blank or tally.cells else []
    queries += [_rows_with_bad_cells(table, group, limit) for group in groups(columns, CLOSELY)]
    first = sorted({row for query in queries for (row,) in engine.rows(query)})[:limit]
    problems = sum(tally.verdicts.values())
    for numbers in groups(first, max(limit * tally.rows // max(problems, 1), _FEWEST_ROWS)):
        yield from _with_verdicts(engine, table, columns, numbers)


def _with_verdicts(engine: Engine, table: Prepared, columns: Sequence[Column], numbers: Sequence[int]) -> Iterator[Row]:
    """What `_bad_rows` selects of the rows with these numbers."""
    suspects = f"SELECT * FROM ({table.suspects}) WHERE _row IN ({literals(numbers)})"
    rows: list[Row] = [()] * len(numbers)
    for group in groups(columns, CLOSELY):
        verdicts = ", ".join(doubts.verdict(table, column) for column in group)
        found = engine.rows(f"SELECT r._row, {verdicts} FROM {doubts.joined(table, group, suspects)} ORDER BY r._row")
        rows = [(*before, *more) for before, (_, *more) in zip(rows, found, strict=True)]
    cells = "".join(f", {column.name}" for column in table.columns)
    heads = f"SELECT _row, _line, _cells, {blank(table.columns)}{cells}, _extra FROM ({suspects}) ORDER BY _row"
    return ((*head, *verdicts) for head, verdicts in zip(engine.rows(heads), rows, strict=True))


def bad_row(row: int, line: int, count: int, cells: Sequence[Any]) -> BadRow:
    """A row of `count` cells as the relation has it: `cells` are those of its columns, and then `_extra`."""
    *found, extra = cells
    return BadRow(row, line, (*(cell for cell in found[:count] if cell is not None), *json.loads(extra or "[]")))


def _bad_rows_together(
    engine: Engine, table: Prepared, columns: Sequence[Column], tally: Tally, limit: int
) -> list[Row]:
    """The first rows with a bad cell in one of `columns`, or the wrong number of cells.

    The file's order is the rows' order, and reading ends with the last row that is wanted. Rows with cells in doubt are
    among those that are read; some of them turn out to be fine, and then more have to be read.
    """
    bad = max(sum(tally.verdicts.values()) + sum(tally.cells.values()) + tally.blank, 1)
    most, among = bad + tally.settled, limit + 2 * limit * tally.settled // bad
    found = engine.rows(_bad_rows(table, columns, among, limit))
    if len(found) < limit and among < most:
        found = engine.rows(_bad_rows(table, columns, most, limit))
    return found


def _bad_rows(table: Prepared, columns: Sequence[Column], among: int, limit: int) -> str:
    """At most `limit` rows with a bad cell, among the first `among` of those with one that is bad or in doubt."""
    cells = "".join(f", {column.name}" for column in table.columns)
    names = [f"v{column.number}" for column in columns]
    own = "".join(f", {column.verdict} AS {name}" for column, name in zip(columns, names, strict=True))
    wrong = " OR ".join(["_blank", f"_cells <> {table.width}", *(f"{name} <> 0" for name in names)])
    suspects = (
        f"SELECT * FROM (SELECT _row, _line, _cells, {blank(table.columns)} AS _blank{cells}, _extra{own} "
        f"FROM ({table.suspects})) WHERE {wrong} LIMIT {among}"
    )
    if table.doubtful.isdisjoint(column.number for column in columns):
        return suspects
    judged = "".join(f", {doubts.judged(table, column, name)} AS {name}"
                     for column, name in zip(columns, names, strict=True))  # fmt: skip
    rows = f"SELECT _row, _line, _cells, _blank{cells}, _extra{judged} FROM {doubts.joined(table, columns, suspects)}"
    return f"SELECT * FROM ({rows}) WHERE {wrong} ORDER BY _row LIMIT {limit}"


def _rows_with_bad_cells(table: Prepared, columns: Sequence[Column], limit: int) -> str:
    """The numbers of the first rows with a bad cell in one of `columns`."""
    wrong = " OR ".join(f"({doubts.verdict(table, column)}) <> 0" for column in columns)
    rows = doubts.joined(table, columns, table.suspects)
    return f"SELECT r._row FROM {rows} WHERE {wrong} {_order(table, columns)}LIMIT {limit}"


def _order(table: Prepared, columns: Sequence[Column]) -> str:
    return "ORDER BY _row " if any(column.number in table.doubtful for column in columns) else ""


def _of_cell(table: Prepared, row: BadRow, column: Column, verdict: int) -> Iterator[Problem]:
    if not verdict:
        return
    field, text = column.field, _text(row, column.number)
    notes: Notes = {}
    if field.type in ("array", "list") and text is not None and not has_risky_pattern(field):
        # This reader says more than the rule does: of which item of a list.
        notes = cell_reader(field, column.missing)(text)[1]
    rules = {rule.name: rule for rule in column.rules}
    for name in column.names(verdict):
        if name == TYPE:
            yield make(
                table, "type-error", row, column=column,
                rule=type_rule(field), near=example(field), meant=with_directives(field.format),
                note=notes.get(name) or f'type is "{field.type}/{field.format}"', type=field.type,
                format=field.format, missing=", ".join(value or '""' for value in column.missing),
            )  # fmt: skip
            continue
        written, near = rules[name].written, ""
        if isinstance(written, list):
            expected = ", ".join(map(str, written))
            near = nearest(text or "", map(str, written)) if len(written) <= _COMPARED else ""
        else:
            expected = json.dumps(written, ensure_ascii=False) if isinstance(written, dict) else str(written)
        yield make(
            table, "constraint-error", row, column=column, rule=name, note=notes.get(name) or rule_note(rules[name]),
            expected=expected, near=near,
        )  # fmt: skip


def make(
    table: Prepared,
    code: str,
    row: BadRow,
    *,
    column: Column | None = None,
    number: int | None = None,
    **values: object,
) -> Problem:
    """A problem of a row or of one of its cells, that of `column` or the one at `number`."""
    source = table.source.table
    name = column.field.name if column else None
    number = column.number if column else number
    text = _text(row, number) if number else None
    shown = text or ""
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    filled = {"found": shown, "field": name or "", "row": row.row, "number": number or "", **values}
    cell = Cell(source.name, row.row, name, number, text, row.cells)
    return Problem(code, source.file, row.line, values=_texts(filled), cell=cell)


def of_labels(table: Prepared, found: Sequence[LabelFault], cause: Cause | None) -> Iterator[Problem]:
    """The problems of the header. The first that has the code of the cause reports it, and the others follow."""
    is_reported = False
    for fault in found:
        problem = _of_label(table, fault)
        if cause and fault.code == cause.code and not is_reported:
            is_reported = True
            values = {**dict(problem.values), "rule": cause.rule, **cause.values}
            yield replace(problem, values=_texts(values), role="cause")
        else:
            yield replace(problem, role="follow" if cause else "")


def _of_label(table: Prepared, fault: LabelFault) -> Problem:
    source = table.source.table
    header = table.layout.dialect.header_rows or (1,)
    cell = Cell(source.name, None, fault.field or None, fault.number or None, fault.label, table.layout.labels)
    values = {"found": fault.label, "field": fault.field, "number": fault.number, "note": fault.note}
    return Problem(fault.code, source.file, header[0], values=_texts(values), cell=cell)


def of_bytes(source: TableSource, note: str) -> Problem | None:
    """The bytes that are not in the table's encoding, with their place; None where another reading finds none."""
    table, name = source.table, detect_encoding(source.path, source.table.dialect.encoding)
    found = find_undecodable(source.path, name, table.dialect)
    if not found:
        return None
    readings = ", ".join(f"“{character}” ({encoding})" for encoding, character in found.readings)
    rule = "byte" if found.field else "byte-of-head"
    if found.is_utf_16:
        rule, readings = "utf-16", ""
    values = {
        "rule": rule, "field": found.field, "near": readings, "note": note,
        "found": f"0x{found.found.hex().upper()}", "encoding": table.dialect.encoding,
    }  # fmt: skip
    # Frictionless gives such a fault no field; its name is in the message.
    return Problem("encoding-error", table.file, found.line, values=_texts(values), cell=Cell(table.name))


def _text(row: BadRow, number: int) -> str | None:
    """The text of the cell at `number`; None where the row ends before."""
    return row.cells[number - 1] if number <= len(row.cells) else None


def _texts(values: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in values.items())
