"""Cells of a column of numbers that are none: NaN and infinity, which Table Schema allows, get a warning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datagazette.model.problems import Cell, Problem, warning
from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import groups
from datagazette.tables.sql import count_of, literals

# As the standard writes them, and as other programs do.
_WRITTEN = ("nan", "inf", "-inf", "+inf", "infinity", "-infinity")


def may_be_none(column: Column, lines: str) -> bool:
    """Whether one of the cells, the lines of a text, may be among those of `_WRITTEN`, all of which have an n."""
    return column.field.type == "number" and "n" in lines.lower()


def not_numbers(engine: Engine, table: Prepared) -> Iterator[Problem]:
    """One for each column, with the number of cells, and line and text of the first.

    SQL leaves such cells in doubt, so that only columns with doubtful cells have any.
    """
    columns = [column for column in table.columns if column.field.type == "number" and column.number in table.doubtful]
    source = table.source.table
    for group in groups(columns) if table.relation else ():
        asked = (
            f"{count_of(held)}, arg_min(struct_pack(l := _line, x := {column.name}), CASE WHEN {held} THEN _row END)"
            for column in group
            for held in [f"(lower(trim({column.name})) IN ({literals(_WRITTEN)}) AND NOT {column.is_missing})"]
        )
        answers = engine.row(f"SELECT {', '.join(asked)} FROM ({table.relation})")
        for column, count, first in zip(group, answers[::2], answers[1::2], strict=True):
            if count:
                values = {"field": column.field.name, "found": first["x"], "count": count}
                cell = Cell(source.name, field=column.field.name, field_number=column.number, text=first["x"])
                yield replace(warning("not-a-number", source.file, first["l"], **values), cell=cell)
