"""Cells that a spreadsheet would change as it opens the CSV: warnings, one for each column and kind of damage.

The file is right as it is and nothing in it is rewritten; the published workbook keeps these cells as text. But a
spreadsheet that opens the CSV shows other values, and saves them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import product

from datagazette.model.problems import Cell, Problem, warning
from datagazette.model.resource import Field, Schema
from datagazette.tables import sheets
from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import groups
from datagazette.tables.sql import literal, literals

_KINDS = tuple(name for name, _ in sheets.KINDS if name)
_TOGETHER = 500  # columns that one query looks at
_NUMBERS = frozenset({"integer", "number"})


def damages(engine: Engine, table: Prepared) -> Iterator[Problem]:
    """In the columns' order; each with the number of cells, and the line and text of the first."""
    schema = table.source.table.schema
    columns = [
        column for column in table.columns if not column.type.safe_in_sheets and not _is_code(column.field, schema)
    ]
    if not columns or not table.relation:
        return
    found = {}
    for numeric in (True, False):
        alike = [column for column in columns if (column.field.type in _NUMBERS) == numeric]
        for group in groups(alike, _TOGETHER):
            for place, kind, count, first in engine.rows(_query(table.relation, group)):
                found[group[place].number, kind] = count, first
    source = table.source.table
    for column, kind in product(columns, _KINDS):
        if (column.number, kind) in found:
            count, first = found[column.number, kind]
            values = {"rule": kind, "field": column.field.name, "count": count, "found": first["x"][:40]}
            if kind == "day":
                values |= _advised(first["x"])
            cell = Cell(source.name, field=column.field.name, field_number=column.number, text=first["x"])
            yield replace(warning("spreadsheet-damage", source.file, first["l"], **values), cell=cell)


def may_be_damaged(column: Column, schema: Schema, texts: Collection[str], lines: str) -> bool:
    """Whether a spreadsheet may change one of the cells of a column, which are not missing; `lines` has each of them in
    a line, or several."""
    if column.type.safe_in_sheets or _is_code(column.field, schema):
        return False
    if column.field.type in _NUMBERS:
        return sheets.may_be_long(lines)
    return sheets.may_be_rewritten(lines) and any(map(sheets.may_be_of_a_kind, filter(None, texts)))


def _query(relation: str, columns: Sequence[Column]) -> str:
    """How many cells of each column are damaged in each way, and the first of them. Either all columns are of numbers,
    or none is.

    The columns are put one below another: a query that counts in each column takes longer to plan than to run.
    """
    cells = ", ".join(column.name for column in columns)
    missing = ", ".join(f"[{literals(('', *column.missing))}]" for column in columns)
    return (
        f"SELECT k, kind, count(*), arg_min(struct_pack(l := _line, x := v), _row) FROM ("
        f"SELECT k, v, _row, _line, {_kind(columns[0], f'list_contains([{missing}][k + 1], v)')} AS kind FROM ("
        f"SELECT unnest(range({len(columns)})) AS k, unnest([{cells}]) AS v, _row, _line FROM ({relation}))) "
        f"WHERE kind IS NOT NULL GROUP BY k, kind"
    )


def _is_code(field: Field, schema: Schema) -> bool:
    """Whether the schema says that these texts are codes, so that their author knows what they look like."""
    listed = any(field.name in key.fields for key in schema.foreign_keys)
    return listed or bool(field.categories) or not {"pattern", "enum"}.isdisjoint(field.constraints)


def _advised(day: str) -> dict[str, str]:
    """How the field of a text that is a day would be declared; nothing where it is no day of the calendar."""
    kind, formats = sheets.day_formats(day)
    declared = [f"type: {kind}" if form == "%Y-%m-%d" else f'type: {kind}, format: "{form}"' for form in formats]
    return {"rule": "date", **({"near": " / ".join(declared)} if declared else {})}


def _kind(column: Column, missing: str) -> str:
    """SQL: what a spreadsheet would make of the cell `v`, or NULL."""
    of_numbers = column.field.type in _NUMBERS
    kinds = [(name, pattern) for name, pattern in sheets.KINDS if not of_numbers or name in sheets.OF_NUMBERS]
    quick = f"regexp_matches(v, {literal(sheets.BEGINNINGS)})"
    return f"CASE WHEN v IS NOT NULL AND {quick} AND NOT {missing} THEN {sheets.kind('v', kinds)} END"
