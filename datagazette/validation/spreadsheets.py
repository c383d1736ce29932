"""Cells that a spreadsheet would change as it opens the CSV: warnings, one for each column and kind of damage.

The file is right as it is and nothing in it is rewritten; the published workbook keeps these cells as text. But a
spreadsheet that opens the CSV shows other values, and saves them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from datagazette.model.problems import Cell, Problem, warning
from datagazette.model.publication import Field, Schema
from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import groups
from datagazette.tables.sql import literal, literals

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# What happens to the cell, by the text that it happens to; only the first that fits counts.
_DAMAGES = (
    ("zeros", r"[+-]?0\d+"),
    ("digits", r"[+-]?\d{16,}"),
    ("date", r"\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?"),
    ("date", rf"(?i)(\d{{1,2}}[- ]?{_MONTH}([- ]?\d{{2,4}})?|{_MONTH}[- ]?\d{{1,4}})"),
    ("date", r"(\d{2,4}年)?\d{1,2}月(\d{1,2}日)?|\d{1,2}:\d{2}(:\d{2})?"),
    ("number", r"\+\d+(\.\d+)?|\d+(\.\d+)?[eE][+-]?\d+"),
    ("formula", r"(?s)[=@].+|[+-][^\d.].*|[+-][\d.]+[^\d.eE%].*"),
)
_KINDS = tuple(dict.fromkeys(kind for kind, _ in _DAMAGES))
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
            cell = Cell(source.name, field=column.field.name, field_number=column.number, text=first["x"])
            yield replace(warning("spreadsheet-damage", source.file, first["l"], **values), cell=cell)


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


def _kind(column: Column, missing: str) -> str:
    """SQL: what a spreadsheet would make of the cell `v`, or NULL. Numbers lose digits only."""
    cases = " ".join(
        f"WHEN regexp_full_match(v, {literal(pattern)}) THEN {literal(kind)}"
        for kind, pattern in _DAMAGES
        if column.field.type not in _NUMBERS or kind == "digits"
    )
    # Most cells begin with none of these, and are not looked at twice.
    quick = f"regexp_matches(v, {literal('^([0-9=@+-]|(?i)' + _MONTH + ')')})"
    return f"CASE WHEN v IS NULL OR NOT {quick} OR {missing} THEN NULL {cases} END"
