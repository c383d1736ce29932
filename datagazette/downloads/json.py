"""JSON: a table as an array of objects with typed values, one object a line; large ones line by line too."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from datagazette.describe.notation import cell
from datagazette.tables.engine import Engine
from datagazette.tables.sql import columns, literal

# Numbers beyond this are read wrongly by JavaScript and most other readers, so they are written as texts.
_SAFE_INTEGER = 2**53 - 1
_HALF = re.compile("[\ud800-\udfff]")


def write_json(engine: Engine, source: Path, target: Path, names: Sequence[str], types: Sequence[str]) -> None:
    """An array, one object a line, in the order of the file; numbers with all their digits.

    `types` are the Table Schema types of the columns: only `object`, `array` and their like are read as JSON.
    """
    with target.open("w", encoding="utf-8", newline="\n") as file:
        separator = "[\n"
        for line in _lines(engine, source, names, types):
            file.write(separator + line)
            separator = ",\n"
        file.write("[]\n" if separator == "[\n" else "\n]\n")


def write_lines(array: Path, target: Path) -> None:
    """Newline-delimited JSON, for tables that nobody wants to hold in memory: the objects of the file that
    `write_json` wrote, which has one in each line."""
    with array.open("rb") as source, target.open("wb") as file:
        next(source)  # the opening bracket
        file.writelines(line.removesuffix(b"\n").removesuffix(b",") + b"\n" for line in source if line != b"]\n")


def _lines(engine: Engine, source: Path, names: Sequence[str], types: Sequence[str]) -> Iterator[str]:
    keys = [json.dumps(name, ensure_ascii=False) for name in names]
    query = f"SELECT {columns(names)} FROM read_parquet({literal(str(source))})"
    for batch in engine.batches(query):
        for row in batch:
            pairs = zip(keys, row, types, strict=True)
            yield "{" + ", ".join(f"{key}: {json_value(value, kind)}" for key, value, kind in pairs) + "}"


def json_value(value: Any, kind: str = "any") -> str:
    """A value as JSON text. A decimal keeps its digits; a number that JSON cannot hold exactly becomes a text,
    and NaN in a column of numbers becomes null."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if abs(value) <= _SAFE_INTEGER else f'"{value}"'
    if isinstance(value, Decimal):
        exact = value.is_finite() and len(value.normalize().as_tuple().digits) <= 17
        return cell(value) if exact else f'"{cell(value)}"'
    if isinstance(value, float):
        if math.isnan(value) and kind == "number":
            return "null"
        return cell(value) if math.isfinite(value) else f'"{cell(value)}"'
    if isinstance(value, date | datetime | time | timedelta):
        return f'"{cell(value)}"'
    if isinstance(value, str) and kind in ("object", "array", "geojson"):
        with suppress(ValueError):
            value = json.loads(value)
        # Half a character, which JSON may hold and UTF-8 may not, stays an escape.
        return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(value, ensure_ascii=False))
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(json_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(str(key), ensure_ascii=False)}: {json_value(member)}" for key, member in value.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(str(value), ensure_ascii=False)
