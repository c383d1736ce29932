"""A SELECT that reads a CSV which has passed the check as typed columns, missing values as NULL.

| field type | column |
| --- | --- |
| integer, year | BIGINT, INTEGER; DECIMAL(38, 0) where a value needs more than 64 bits |
| number | DOUBLE where that keeps every digit that was written, else DECIMAL(38, s) |
| boolean, date, time | BOOLEAN, DATE, TIME |
| datetime | TIMESTAMP, in UTC where the text names a zone |
| all others | VARCHAR, as written |

DOUBLE rather than DECIMAL for ordinary numbers: up to 15 digits it gives back what was written, every reader
of Parquet takes it as a number, and 1.5 does not become 1.50 because another row has two decimals.
A column of which DuckDB cannot read one cell as the type (`1_000`, full-width digits, `24:00`, a date in a
pattern that only Python knows) stays text: nothing is lost, and nothing guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.model.tabular import Field, Table
from datagazette.tables import readers, relation
from datagazette.tables.columns import Column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.source import TableSource
from datagazette.tables.sql import identifier, literal

_PLAIN_INTEGER = "[\\x00-\\x20]*[+-]?[0-9]+[\\x00-\\x20]*"
_PLAIN_NUMBER = "[\\x00-\\x20]*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?[\\x00-\\x20]*"
_ZONED = "(?i).*(z|[+-][0-9]{2}(:?[0-9]{2})?)$"


@dataclass(frozen=True)
class _Candidate:
    """A type that a column may have; `fits` is true of every cell where it may."""

    value: str
    kind: str
    fits: str


# What a column with the text of a field's cells has before the field's name, and the column of line numbers.
WRITTEN = "\x02"


def typed_select(table: Table, path: Path, engine: Engine, copy: Path) -> str:
    """The SELECT: one column for each field of the schema, in its order, rows in the file's order.

    Reads the file once to see which types hold all of its values. `copy` is where a clean copy may be written, which
    must stay until the SELECT has run.
    """
    opened = prepare(TableSource(table, path), Path())
    source = _rows(opened, copy)
    fitting = _fitting(engine, source, opened.columns)
    selected = ", ".join(_selected(opened, field, fitting) for field in table.schema.fields)
    return f"SELECT {selected} FROM {source}"


def written_select(opened: Prepared, copy: Path, engine: Engine, *, directly: bool = True) -> str:
    """As `typed_select`, of those columns that have a name, with the text of each cell beside it and its line.

    For a file that need not have passed the check: a column with a cell that is not of its type stays text.
    `copy` is where a clean copy may be written, which must stay until the SELECT has run; with `directly` off it is.
    """
    source = f"({_numbered(opened, copy, directly=directly)})"
    named = [column for column in opened.columns if column.field.name]
    fitting = _fitting(engine, source, named)
    typed = [_selected(opened, column.field, fitting) for column in named]
    written = [f"{column.name} AS {identifier(WRITTEN + column.field.name)}" for column in named]
    return f"SELECT {', '.join((*typed, *written))}, _line AS {identifier(WRITTEN)} FROM {source}"


def _numbered(opened: Prepared, copy: Path, *, directly: bool) -> str:
    """The rows with their lines."""
    path, layout, width = opened.source.path, opened.layout, opened.width
    if directly and relation.readable_directly(layout):
        seen = relation.scan_bytes(path, layout.dialect.quote_char)
        if seen.exact and not seen.quotes:
            return relation.numbered(path, layout, seen, width, 1)
    return relation.rewritten(relation.rewrite(path, layout, width, copy), width)


def _rows(opened: Prepared, target: Path) -> str:
    """The file itself, or a clean copy of one that DuckDB would read otherwise."""
    path, layout, width = opened.source.path, opened.layout, opened.width
    if relation.readable_directly(layout):
        seen = relation.scan_bytes(path, layout.dialect.quote_char)
        if seen.exact and not seen.quotes:
            return relation.direct(path, layout, seen, width)
    return f"({relation.rewritten(relation.rewrite(path, layout, width, target), width)})"


def _fitting(engine: Engine, source: str, columns: Sequence[Column]) -> dict[str, _Candidate]:
    """The first type of each field that holds all of its values."""
    listed = [(column.field.name, one) for column in columns for one in _candidates(column)]
    if not listed:
        return {}
    tests = ", ".join(f"coalesce(bool_and({one.fits}), TRUE)" for _, one in listed)
    answers = engine.row(f"SELECT {tests} FROM {source}")
    found: dict[str, _Candidate] = {}
    for (name, one), fits in zip(listed, answers, strict=True):
        if fits:
            found.setdefault(name, one)
    return found


def _selected(opened: Prepared, field: Field, fitting: dict[str, _Candidate]) -> str:
    at = opened.positions.get(field.name)
    if at is None:
        return f"CAST(NULL AS {_KINDS.get(field.type, 'VARCHAR')}) AS {identifier(field.name)}"
    column = opened.columns[at]
    chosen = fitting.get(field.name)
    value = f"CAST({chosen.value} AS {chosen.kind})" if chosen else column.name
    return f"CASE WHEN NOT {column.is_missing} THEN {value} END AS {identifier(field.name)}"


_KINDS = {
    "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "time": "TIME",
    "datetime": "TIMESTAMP", "year": "INTEGER",
}  # fmt: skip


def _candidates(column: Column) -> tuple[_Candidate, ...]:
    """The types to try, the best first; none where the text is the value."""
    field, name = column.field, column.name
    options = {
        "integer": _integers, "year": _years, "number": _numbers, "boolean": _booleans, "date": _dates,
        "time": _times, "datetime": _datetimes,
    }  # fmt: skip
    if field.type not in options:
        return ()
    found = options[field.type](field, name)
    return tuple(_Candidate(value, kind, f"{column.is_missing} OR ({fits})") for value, kind, fits in found)


_Options = Sequence[tuple[str, str, str]]


def _integers(field: Field, x: str) -> _Options:
    text = x if readers.option(field, "bareNumber", True) else _bare(x)
    plain = f"regexp_full_match({text}, {literal(_PLAIN_INTEGER)})"
    return [
        (text, kind, f"{plain} AND TRY_CAST({text} AS {kind}) IS NOT NULL") for kind in ("BIGINT", "DECIMAL(38, 0)")
    ]


def _numbers(field: Field, x: str) -> _Options:
    text = x if readers.option(field, "bareNumber", True) else _bare(x)
    group, point = readers.option(field, "groupChar", ""), readers.option(field, "decimalChar", ".")
    if group:
        text = f"replace({text}, {literal(group)}, '')"
    if point != ".":
        text = f"replace({text}, {literal(point)}, '.')"
    plain = f"regexp_full_match({text}, {literal('(?i)' + _PLAIN_NUMBER)})"
    digits = f"length(ltrim(regexp_replace({text}, '(?i)e.*|[^0-9]', '', 'g'), '0')) <= 15"
    double = f"{plain} AND {digits} AND isfinite(TRY_CAST({text} AS DOUBLE))"
    decimals = f"length(regexp_extract({text}, '\\.([0-9]*)', 1))"
    scales = []
    for scale in (2, 6, 12, 20):
        kind = f"DECIMAL(38, {scale})"
        fits = f"{plain} AND {decimals} <= {scale} AND TRY_CAST({text} AS {kind}) IS NOT NULL"
        scales.append((text, kind, f"{fits} AND NOT contains(lower({text}), 'e')"))
    loose = f"{plain} AND TRY_CAST({text} AS DOUBLE) IS NOT NULL"
    return [(text, "DOUBLE", double), *scales, (text, "DOUBLE", loose)]


def _bare(x: str) -> str:
    """A number without the signs before and after it (`bareNumber: false`)."""
    return f"regexp_replace(regexp_replace({x}, '^[^-0-9]*', ''), '[^0-9]*$', '')"


def _booleans(field: Field, x: str) -> _Options:
    true = [text for text, value in readers.booleans(field).items() if value]
    return [(" OR ".join(f"{x} = {literal(one)}" for one in true) or "FALSE", "BOOLEAN", "TRUE")]


def _years(_: Field, x: str) -> _Options:
    return [(x, "INTEGER", f"regexp_full_match({x}, '[0-9]{{4}}')")]


def _dates(field: Field, x: str) -> _Options:
    if field.format == "default":
        return [(x, "DATE", f"strlen({x}) = 10 AND CAST(TRY_CAST({x} AS DATE) AS VARCHAR) = {x}")]
    return _stamped(field, x, "DATE")


def _times(field: Field, x: str) -> _Options:
    if field.format == "default":
        return [(x, "TIME", f"strlen({x}) = 8 AND CAST(TRY_CAST({x} AS TIME) AS VARCHAR) = {x}")]
    return _stamped(field, x, "TIME")


def _datetimes(field: Field, x: str) -> _Options:
    if field.format != "default":
        return _stamped(field, x, "TIMESTAMP")
    utc = f"CAST({x} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    whole = f"substr({x}, 12, 2) <> '24' AND TRY_CAST({x} AS TIMESTAMP) IS NOT NULL"
    return [
        (x, "TIMESTAMP", f"NOT regexp_full_match({x}, {literal(_ZONED)}) AND {whole}"),
        (utc, "TIMESTAMP", f"regexp_full_match({x}, {literal(_ZONED)}) AND {whole}"),
    ]


def _stamped(field: Field, x: str, kind: str) -> _Options:
    """A strptime pattern, where DuckDB reads it as Python does: it must also write the text again."""
    pattern = literal(field.format)
    if field.format == "any" or "%" not in field.format or any(f"%{one}" in field.format for one in "zZcxXUWGuV"):
        return []
    value = f"try_strptime({x}, {pattern})"
    return [(value, kind, f"{value} IS NOT NULL AND strftime({value}, {pattern}) = {x}")]
