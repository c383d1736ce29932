"""Rows of a typed table as texts of JSON, put together by the database: most of a row without a call of Python.

What a value becomes is what `json.json_value` makes of it; columns of which the database cannot write each value so are
written by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from datagazette.tables.engine import Engine
from datagazette.tables.relation import TOGETHER
from datagazette.tables.sql import literal

# Numbers beyond this are read wrongly by JavaScript and most other readers, so they are written as texts.
SAFE_INTEGER = 2**53 - 1
_WHOLE = frozenset(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"))
_OBJECTS = frozenset(("object", "array", "geojson"))
# Of the characters that JSON escapes by number, those with letters: the database writes these in capitals.
_LETTERED = "[\\x0b\\x0e\\x0f\\x1a-\\x1f]"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES |= {chr(code): f"\\u{code:04x}" for code in range(32) if chr(code) not in _ESCAPES}


@dataclass(frozen=True)
class Piece:
    """A value in a row: what is before it, its column, the expression that writes it, or the function that does."""

    before: str
    column: str
    sql: str
    write: Callable[[Any], str]


def rows_as_text(engine: Engine, relation: str, pieces: Sequence[Piece], end: str) -> Iterator[str]:
    """The rows of a relation in its order, each with `end` behind it."""
    selected: list[str] = []
    writers: list[Callable[[Any], str]] = []
    together: list[str] = []
    for at, piece in enumerate(pieces):
        together.append(f"({literal(piece.before)})")
        if piece.sql and at < TOGETHER:
            together.append(f"coalesce({piece.sql}, 'null')")
            continue
        selected += [f"concat({', '.join(together)})", piece.column]
        writers += [str, piece.write]
        together = []
    selected.append(f"concat({', '.join([*together, literal(end)])})")
    writers.append(str)
    for batch in engine.batches(f"SELECT {', '.join(selected)} FROM {relation}"):
        if len(writers) == 1:
            yield from (text for (text,) in batch)
        else:
            yield from ("".join([write(value) for write, value in zip(writers, row, strict=True)]) for row in batch)


def json_sql(column: str, held: str, kind: str) -> str:
    """The expression of a value of a column as JSON; empty where there is none.

    `held` is the DuckDB type of the column, `kind` that of Table Schema.
    """
    if held == "VARCHAR":
        return "" if kind in _OBJECTS else _text_sql(column)
    if held in _WHOLE:
        text = f"CAST({column} AS VARCHAR)"
        return f"CASE WHEN {column} BETWEEN -{SAFE_INTEGER} AND {SAFE_INTEGER} THEN {text} ELSE {_quoted(text)} END"
    if held == "BOOLEAN":
        return f"CAST({column} AS VARCHAR)"
    if held == "DOUBLE":
        no_number = "'null'" if kind == "number" else "'\"NaN\"'"
        return (
            f"CASE WHEN isnan({column}) THEN {no_number} "
            f"WHEN isinf({column}) THEN CASE WHEN {column} > 0 THEN '\"INF\"' ELSE '\"-INF\"' END "
            f"WHEN abs({column}) < 1e15 AND {column} = trunc({column}) THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) "
            f"ELSE CAST({column} AS VARCHAR) END"
        )
    if held == "DATE":
        return _quoted(f"CAST({column} AS VARCHAR)")
    if held == "TIMESTAMP":
        seconds = f"strftime({column}, '%Y-%m-%dT%H:%M:%S')"
        return _quoted(
            f"CASE WHEN microsecond({column}) % 1000000 = 0 THEN {seconds} "
            f"ELSE strftime({column}, '%Y-%m-%dT%H:%M:%S.%f') END"
        )
    return ""


def _quoted(text: str) -> str:
    return f"'\"' || {text} || '\"'"


def _text_sql(column: str) -> str:
    escaped = column
    for character, escape in _ESCAPES.items():
        escaped = f"replace({escaped}, chr({ord(character)}), {literal(escape)})"
    has_letters = f"regexp_matches({column}, {literal(_LETTERED)})"
    return f"CASE WHEN {has_letters} THEN {_quoted(escaped)} ELSE CAST(to_json({column}) AS VARCHAR) END"
