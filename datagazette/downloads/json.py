"""JSON: a table as an array of objects with typed values, one object a line; large ones line by line too."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from datagazette.describe.notation import cell
from datagazette.downloads.json_rows import SAFE_INTEGER, Piece, json_sql, rows_as_text
from datagazette.downloads.sheet_columns import Column, Columns
from datagazette.model.resource import Field
from datagazette.tables.engine import Engine
from datagazette.tables.relation import groups
from datagazette.tables.sql import columns, field_column, literal
from datagazette.tables.types import TYPES
from datagazette.tables.types.numbers import Numeric

_MOST_DIGITS = 17
_HALF = re.compile("[\ud800-\udfff]")


def write_json(
    engine: Engine,
    source: Path,
    target: Path,
    names: Sequence[str],
    types: Sequence[str],
    texts: Collection[str] | None = None,
) -> None:
    """An array, one object a line, in the order of the file; numbers with all their digits.

    `types` are the Table Schema types of the columns: only `object`, `array` and their like are read as JSON.
    `texts` are the names of the columns of numbers that are written as texts. Without them each cell is written as a
    program did that decided for each: a text where JSON cannot hold its number.
    """
    with target.open("w", encoding="utf-8", newline="\n") as file:
        separator = "[\n"
        for line in _lines(engine, source, names, types, texts):
            file.write(separator + line)
            separator = ",\n"
        file.write("[]\n" if separator == "[\n" else "\n]\n")


def columns_beyond(engine: Engine, source: Path, table: str, fields: Sequence[Field]) -> Columns:
    """The columns of numbers that have one which readers of JSON do not give back exactly, by what `write_json` makes
    of each cell: infinity, a whole number beyond 2^53, a decimal of more digits than programs write of a double.

    A column should have one JSON type, or null: many readers take it from the first rows.
    """
    relation = f"read_parquet({literal(str(source))})"
    numbers = [field.name for field in fields if isinstance(TYPES[field.type](field), Numeric)]
    texts: list[Column] = []
    mixed: list[Column] = []
    for names in groups(numbers):
        kinds = [kind for _, kind in engine.columns(f"SELECT {columns(names)} FROM {relation}")]
        tests = (
            f"count_if({_beyond(field_column(name), kind)}), count({field_column(name)})"
            for name, kind in zip(names, kinds, strict=True)
        )
        found = engine.row(f"SELECT {', '.join(tests)} FROM {relation}")
        for name, beyond, present in zip(names, found[::2], found[1::2], strict=True):
            if beyond:
                (texts if beyond == present else mixed).append((table, name))
    return Columns(tuple(texts), tuple(mixed))


def _beyond(column: str, kind: str) -> str:
    """The condition of a value in a column of this DuckDB type."""
    if kind == "DOUBLE":
        return f"isinf({column})"
    if kind == "VARCHAR":
        return f"{column} IS NOT NULL"
    if kind.startswith("DECIMAL") and not kind.endswith(",0)"):
        digits = f"trim(regexp_replace(CAST({column} AS VARCHAR), '[^0-9]', '', 'g'), '0')"
        return f"{column} IS NOT NULL AND length({digits}) > {_MOST_DIGITS}"
    return f"{column} NOT BETWEEN -{SAFE_INTEGER} AND {SAFE_INTEGER}"


def write_lines(array: Path, target: Path) -> None:
    """Newline-delimited JSON, for tables that nobody wants to hold in memory: the objects of the file that
    `write_json` wrote, which has one in each line."""
    with array.open("rb") as source, target.open("wb") as file:
        next(source)  # the opening bracket
        file.writelines(line.removesuffix(b"\n").removesuffix(b",") + b"\n" for line in source if line != b"]\n")


def _lines(
    engine: Engine, source: Path, names: Sequence[str], types: Sequence[str], texts: Collection[str] | None
) -> Iterator[str]:
    relation = f"read_parquet({literal(str(source))})"
    # JSON has no NaN, which a cell with an object may hold all the same.
    constant = float if texts is None else str
    held = engine.columns(f"SELECT {columns(names)} FROM {relation}")
    pieces = []
    for at, (name, kind, (_, form)) in enumerate(zip(names, types, held, strict=True)):
        before = f"{',' if at else '{'}{json.dumps(name, ensure_ascii=False)}:"
        is_text, column = name in (texts or ()), field_column(name)
        write = _text if is_text else partial(json_value, kind=kind, constant=constant)
        pieces.append(Piece(before, column, "" if is_text else json_sql(column, form, kind), write))
    return rows_as_text(engine, relation, pieces, "}")


def _text(value: Any) -> str:
    return "null" if value is None or value != value else json.dumps(cell(value), ensure_ascii=False)  # noqa: PLR0124


def json_value(value: Any, kind: str = "any", constant: Callable[[str], Any] = float) -> str:
    """A value as JSON text. A decimal keeps its digits; a number that JSON cannot hold exactly becomes a text,
    and NaN in a column of numbers becomes null. `constant` makes what is written of NaN and infinity in an object."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if abs(value) <= SAFE_INTEGER else f'"{value}"'
    if isinstance(value, Decimal):
        exact = value.is_finite() and len(value.normalize().as_tuple().digits) <= _MOST_DIGITS
        return cell(value) if exact else f'"{cell(value)}"'
    if isinstance(value, float):
        if math.isnan(value) and kind == "number":
            return "null"
        return cell(value) if math.isfinite(value) else f'"{cell(value)}"'
    if isinstance(value, date | datetime | time | timedelta):
        return f'"{cell(value)}"'
    if isinstance(value, str) and kind in ("object", "array", "geojson"):
        with suppress(ValueError):
            value = json.loads(value, parse_constant=constant)
        # Half a character, which JSON may hold and UTF-8 may not, stays an escape.
        return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(value, ensure_ascii=False))
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(json_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(str(key), ensure_ascii=False)}: {json_value(member)}" for key, member in value.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(str(value), ensure_ascii=False)
