"""Cells of which only a part matches their pattern: they pass, as in Frictionless, and get a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from datagazette.isolation import OutOfBounds
from datagazette.model.problems import Cell, Problem, warning
from datagazette.tables.bounded import allowed, has_risky_pattern, within
from datagazette.tables.cells import Column, cell_reader
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.sql import literal
from datagazette.tables.types.text import matches_whole, translate


def partial_matches(engine: Engine, table: Prepared) -> Iterator[Problem]:
    """One for each column, with the number of cells, and line and text of the first."""
    for column in table.columns:
        pattern = column.field.constraints.get("pattern") if column.field.type == "string" else None
        if not pattern or not table.relation or matches_whole(pattern):
            continue
        texts = {text: (count, line) for text, count, line in engine.rows(_query(table, column, pattern))}
        found = _found(column, pattern, list(texts))
        if found:
            count, line = sum(texts[text][0] for text in found), texts[found[0]][1]
            source = table.source.table
            values = {"field": column.field.name, "found": found[0], "expected": pattern, "meant": f"({pattern})"}
            cell = Cell(source.name, field=column.field.name, field_number=column.number, text=found[0])
            yield replace(warning("pattern-part", source.file, line, count=count, **values), cell=cell)


def may_be_partial(column: Column) -> bool:
    """Whether only a part of a cell may match the pattern of the column."""
    pattern = column.field.constraints.get("pattern") if column.field.type == "string" else None
    return bool(pattern) and not matches_whole(str(pattern))


def _query(table: Prepared, column: Column, pattern: str) -> str:
    """The distinct cells that may match in part, how many have each, and its first line; in the order of the rows."""
    whole = translate(f"(?:{pattern})")
    surely = f"AND NOT regexp_full_match({column.name}, {literal(whole.re2)})" if whole else ""
    return (
        f"SELECT {column.name}, count(*), min(_line) FROM ({table.relation}) WHERE NOT {column.is_missing} {surely} "
        "GROUP BY ALL ORDER BY min(_row)"
    )


def _found(column: Column, pattern: str, texts: Sequence[str]) -> list[str]:
    """A pattern that may take very long is tried in a process of its own; the check has reported one that does."""
    if not texts or not has_risky_pattern(column.field):
        return _partial(column, pattern, texts)
    try:
        return within(allowed("PATTERN_SECONDS"), _partial, column, pattern, texts)
    except OutOfBounds:
        return []


def _partial(column: Column, pattern: str, texts: Sequence[str]) -> list[str]:
    read, whole = cell_reader(column.field, column.missing), re.compile(f"^(?:{pattern})$")
    return [text for text in texts if not read(text)[1] and not whole.match(text)]
