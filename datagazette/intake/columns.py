"""The type of each column, detected from all its values: never so that a value would be read as another one.

What looks like a number and is a code stays text: whatever has a leading zero or more digits than a number holds, and
columns that are headed as codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from datagazette.intake.naming import Named
from datagazette.tables.engine import Engine, csv_path
from datagazette.tables.relation import LONGEST_LINE
from datagazette.tables.sql import identifier, literal, literals
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import Guess

# What people write where there is no value. Only where all other values of a column are of one type do they mean it.
_MISSING = (
    "-", "--", "–", "—", "——", "…", "...", "..", ".", "/", "n/a", "N/A", "NA", "#N/A", "null", "NULL", "None", "nan",
    "NaN", "无", "缺", "暂无", "不详", "无数据",
)  # fmt: skip
_MOST_DIGITS = 15  # that a spreadsheet and a JSON reader keep
_TOGETHER = 100  # columns that one query looks at: a query takes longer to plan than a small table to read
_FEW = 50  # distinct values that are kept
_SHORTEST_CODE = 5  # digits, all values alike and all different: a code

# Codes that look like numbers: with a zero before them, or of more digits than numbers keep.
_NO_NUMBERS = (r"0[0-9]+", rf"[+-]?[0-9]{{{_MOST_DIGITS + 1},}}")
# The types that a column may be found to have, the more special ones, which need a heading, first.
_GUESSES = [(kind, guess) for kind, field_type in TYPES.items() for guess in field_type.guesses]
_GUESSES.sort(key=lambda pair: not pair[1].heading)
_PATTERNS = (*_NO_NUMBERS, *(guess.pattern for _, guess in _GUESSES))


@dataclass(frozen=True)
class Column:
    """A column with what was found out about it. `extras` are further properties of its field.

    `missing` are the texts for no value, `values` its distinct values where they are few, and none where they are many.
    """

    named: Named
    type: str = "string"
    extras: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    longest: int = 0
    values: tuple[str, ...] = ()
    digits: bool = False

    def as_text(self) -> Column:
        return replace(self, type="string", extras={}, missing=())

    @property
    def name(self) -> str:
        return self.named.name

    @property
    def complete(self) -> bool:
        return self.rows > 0 and self.filled == self.rows

    @property
    def dated(self) -> bool:
        return self.type in ("year", "yearmonth", "date")

    @property
    def measured(self) -> bool:
        return self.type in ("integer", "number") and not self.named.coded


def load(engine: Engine, name: str, path: Path, columns: Sequence[str], longest: int) -> None:
    """The CSV that `write_csv` made, with rows of up to `longest` characters, as a table of texts."""
    size = max(longest * 4 + 100, LONGEST_LINE)
    typed = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS SELECT * FROM read_csv({csv_path(path)}, "
        f"columns = {{{typed}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"nullstr = '\x1f\x1e', new_line = '\\n', max_line_size = {size})"
    )


def columns(engine: Engine, table: str, named: Sequence[Named], text: frozenset[str] = frozenset()) -> list[Column]:
    """Every column of a table; those in `text`, by label or name, stay text whatever they hold."""
    found: list[Column] = []
    for at in range(0, len(named), _TOGETHER):
        group = named[at : at + _TOGETHER]
        counts = _counts(engine, table, group)
        columns = [_column(heading, text, row) for heading, row in zip(group, counts, strict=True)]
        few = [column.named for column in columns if 0 < column.distinct <= _FEW]
        query = f"SELECT list_sort(list(DISTINCT v)) FROM {_cells(table, few)} WHERE v <> '' GROUP BY k ORDER BY k"
        rows = engine.rows(query) if few else []
        values = {heading.name: tuple(row[0]) for heading, row in zip(few, rows, strict=True)}
        found += [replace(column, values=values.get(column.name, ())) for column in columns]
    return found


def _counts(engine: Engine, table: str, named: Sequence[Named]) -> Sequence[Sequence[Any]]:
    """A row for each column: how many rows, filled cells, values and distinct texts, the longest and the shortest one,
    the texts for no value, and how many values fit each pattern."""
    missing = literals(_MISSING)
    real = f"v <> '' AND v NOT IN ({missing})"
    patterns = [f"count(*) FILTER (WHERE real AND regexp_full_match(v, {literal(pattern)}))" for pattern in _PATTERNS]
    rows = engine.rows(
        f"SELECT count(*), count(*) FILTER (WHERE v <> ''), count(*) FILTER (WHERE real), "
        f"count(DISTINCT v) FILTER (WHERE v <> ''), coalesce(max(length(v)), 0), "
        f"coalesce(min(length(v)) FILTER (WHERE real), 0), "
        f"coalesce(list_sort(list(DISTINCT v) FILTER (WHERE v IN ({missing}))), []), {', '.join(patterns)} "
        f"FROM (SELECT k, v, {real} AS real FROM {_cells(table, named)}) GROUP BY k ORDER BY k"
    )
    return rows or [(0, 0, 0, 0, 0, 0, (), *[0] * len(_PATTERNS))] * len(named)


def _cells(table: str, named: Sequence[Named]) -> str:
    """The cells of some columns one below another, as `v`, each with its column's place, `k`."""
    cells = ", ".join(identifier(heading.name) for heading in named)
    return f"(SELECT unnest(range({len(named)})) AS k, unnest([{cells}]) AS v FROM {identifier(table)})"


def _column(named: Named, text: frozenset[str], row: Sequence[Any]) -> Column:
    rows, filled, values, distinct, longest, shortest, missing, zeros, long, *counts = row
    fitting = [guess for guess, count in zip(_GUESSES, counts, strict=True) if count == values > 0]
    digits = any(kind == "integer" for kind, _ in fitting)
    found = Column(named, rows=rows, filled=filled, distinct=distinct, longest=longest, digits=digits)
    if zeros or long or {named.label, named.name} & text:
        return found
    headed = f"{named.label} {named.name}"
    kind, guess = next(
        (pair for pair in fitting if re.search(pair[1].heading, headed, re.IGNORECASE)), ("string", Guess(""))
    )
    # Whole numbers are codes where they are so headed, or all different and of one length.
    if named.coded:
        coded = not (named.name in ("id", "no") and longest <= len(str(values)) + 1)
    else:
        coded = shortest == longest >= _SHORTEST_CODE and distinct == values > 1
    if kind == "string" or (kind == "integer" and coded):
        return found
    return replace(found, type=kind, extras=guess.extras, missing=tuple(missing), filled=values)
