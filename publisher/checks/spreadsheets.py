"""Cells that a spreadsheet would change as it opens the CSV: warnings, one for each column and kind of damage.

The file is right as it is and nothing in it is rewritten; the published workbook keeps these cells as text. But who
opens the CSV with a double click sees other values, and whoever edits it so will save them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from publisher.checks.columns import Column
from publisher.checks.source import TableReport
from publisher.checks.table import Prepared
from publisher.engine import Engine
from publisher.problems import Cell, Problem, warning
from publisher.sql import literal, literals
from publisher.tabular import Field, Schema

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# What happens to the cell, by the text that it happens to; the first that fits is told.
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
_NUMBERS = frozenset({"integer", "number"})
# Types whose texts a spreadsheet reads as what they are, or leaves alone.
_SAFE = frozenset({"boolean", "date", "datetime", "time", "year", "yearmonth", "object", "array", "geojson"})


def with_warnings(engine: Engine, table: Prepared, report: TableReport) -> TableReport:
    """The report with a warning for each column that a spreadsheet would damage."""
    return replace(report, problems=(*report.problems, *damages(engine, table)))


def damages(engine: Engine, table: Prepared) -> Iterator[Problem]:
    """In the columns' order; each with the number of cells, and the line and text of the first."""
    schema = table.source.table.schema
    columns = [one for one in table.columns if one.field.type not in _SAFE and not _is_code(one.field, schema)]
    if not columns or not table.relation:
        return
    names = [one.name for one in columns]
    judged = ", ".join(f"{_kind(one)} AS {name}_kind" for one, name in zip(columns, names, strict=True))
    asked = ", ".join(
        f"count(*) FILTER ({name}_kind = {literal(kind)}), "
        f"arg_min(struct_pack(l := _line, x := {name}), _row) FILTER ({name}_kind = {literal(kind)})"
        for name in names
        for kind in _KINDS
    )
    counted = engine.row(f"SELECT {asked} FROM (SELECT *, {judged} FROM ({table.relation}))")
    pairs = iter(zip(counted[::2], counted[1::2], strict=True))
    for one in columns:
        for kind, (count, first) in zip(_KINDS, pairs, strict=False):
            if count:
                yield _warning(table, one, kind, count, first)


def _is_code(field: Field, schema: Schema) -> bool:
    """Whether the schema says that these texts are codes, so that their author knows what they look like."""
    listed = any(field.name in key.fields for key in schema.foreign_keys)
    return listed or bool(field.categories) or not {"pattern", "enum"}.isdisjoint(field.constraints)


def _kind(one: Column) -> str:
    """SQL: what a spreadsheet would make of the cell, or NULL. Numbers lose digits only."""
    name = one.name
    cases = " ".join(
        f"WHEN regexp_full_match({name}, {literal(pattern)}) THEN {literal(kind)}"
        for kind, pattern in _DAMAGES
        if one.field.type not in _NUMBERS or kind == "digits"
    )
    # Most cells begin with none of these signs, and are not looked at twice.
    quick = f"regexp_matches({name}, {literal('^([0-9=@+-]|(?i)' + _MONTH + ')')})"
    return f"CASE WHEN NOT {quick} OR {name} IN ({literals(('', *one.missing))}) THEN NULL {cases} END"


def _warning(table: Prepared, one: Column, kind: str, count: int, first: dict[str, object]) -> Problem:
    source, line = table.source, int(str(first["l"]))
    values = {"rule": kind, "field": one.field.name, "count": count, "found": str(first["x"])[:40]}
    found = warning("spreadsheet-damage", source.table.file, line, **values)
    cell = Cell(source.table.name, field=one.field.name, field_number=one.number, text=str(first["x"]))
    return replace(found, cell=cell)
