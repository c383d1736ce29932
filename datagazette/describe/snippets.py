"""Lines of code that read the tables of a release as they are: codes stay texts, gaps stay gaps, and tables join.

Programs that detect types take codes for numbers and lose their zeros, so that two tables do not join. Parquet has
the types; for R, whose packages for Parquet not every system has, and for Python without pyarrow the columns of the
CSV are named with theirs. A CSV in a dialect of its own is left to Parquet.
"""

from __future__ import annotations

import json
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from datagazette.model.resource import Dialect, ForeignKey, Table
from datagazette.model.results import FieldProfile, ReleaseResult, TableResult
from datagazette.tables.sql import identifier, literal

_MOST_FIELDS = 100  # of a table whose columns are named one by one
_MOST_JOINS = 3
# Words that are no names in Python, R or SQL.
_RESERVED = {*keyword.kwlist, "repeat", "function", "next", "base", "pd", "pl", "table", "order", "group", "values"} | {
    "all", "select", "where", "limit", "end", "case", "column", "default", "then", "when", "union", "using", "analyse",
    "grant", "primary", "references", "unique", "desc", "asc", "create", "null", "having", "offset", "only", "window",
}  # fmt: skip
_RESERVED_IN_R = {"if", "else", "for", "while", "in", "TRUE", "FALSE", "NULL", "Inf", "NaN", "NA"} | _RESERVED
# The settings of a dialect that every program reads; the others may be any.
_FREE = {"delimiter", "line_terminator", "stated", "header_join"}
_PLAIN = {name: value for name, value in vars(Dialect()).items() if name not in _FREE}
_SPELLED = {"trueValues": ["true", "True", "TRUE", "1"], "falseValues": ["false", "False", "FALSE", "0"]}
# What a column holds, in R's and in pandas's words.
_R = {int: "double", float: "double", bool: "logical", date: "date", datetime: "datetime", str: "character"}
_PANDAS = {int: "Int64", float: "Float64", bool: "boolean"}


@dataclass(frozen=True)
class Snippet:
    """`program` is the name that people know, `language` that of the code, `code` its lines."""

    program: str
    language: str
    code: str


@dataclass(frozen=True)
class _Read:
    """A table as code names it, with the columns of its CSV by what each holds; empty where they are not named."""

    table: Table
    name: str
    held: Mapping[str, type]


_Join = tuple[_Read, _Read, ForeignKey]  # a table, the one that it refers to, and how


def snippets(result: ReleaseResult, base: str) -> tuple[Snippet, ...]:
    """Of the whole release, a snippet a program.

    `base` is the address of the folder of its files; where it is empty, those of its package are read from beside it,
    which are CSVs.
    """
    reads = _named(result)
    # The first key that leads from one table to another.
    keys = {
        (child.name, parent.name): (child, parent, key)
        for child in reads
        for key in reversed(child.table.schema.foreign_keys)
        for parent in reads
        if key.package is None and key.resource == parent.table.name and parent is not child
    }
    joins = list(keys.values())[:_MOST_JOINS]
    found = []
    if all(read.held for read in reads):
        found = [
            Snippet("R", "r", _r(reads, joins, base)),
            Snippet("pandas (CSV)", "python", _pandas_csv(reads, joins, base)),
        ]
    if not base:
        return tuple(found)
    return (
        *found[:1],
        Snippet("pandas", "python", _pandas(reads, joins, base)),
        Snippet("Polars", "python", _polars(reads, joins, base)),
        Snippet("DuckDB", "sql", _duckdb(reads, joins, base)),
        *found[1:],
    )


def _named(result: ReleaseResult) -> list[_Read]:
    taken: Counter[str] = Counter()
    found = []
    long = {column for file in result.files if file.kind == "csv" for column in file.texts}
    for each in result.tables:
        name = re.sub(r"\W+", "_", each.table.name, flags=re.ASCII).strip("_") or "rows"
        name = f"t_{name}" if name[0].isdigit() or name.lower() in _RESERVED else name
        taken[name] += 1
        found.append(_Read(each.table, f"{name}_{taken[name]}" if taken[name] > 1 else name, _held(each, long)))
    return found


def _held(found: TableResult, long: Iterable[tuple[str, str]]) -> dict[str, type]:
    """What each column of a CSV holds, by its name; empty where no program but ours reads that CSV by two settings.

    `long` are columns with numbers that have more digits than programs keep: they are texts.
    """
    table = found.table
    schema, texts = table.schema, {field for resource, field in long if resource == table.name}
    names = [field.name for field in schema.fields]
    if (
        len(names) > _MOST_FIELDS
        or len({name.casefold() for name in names}) < len(names)
        or any(getattr(table.dialect, name) != value for name, value in _PLAIN.items())
        or schema.fields_match not in ("exact", "equal")
    ):
        return {}
    return {profile.field.name: str if profile.field.name in texts else _kind(profile) for profile in found.profiles}


def _kind(profile: FieldProfile) -> type:
    """What a column holds for every program; a text where its cells are written in a way of their own."""
    value = next((value for value, _ in profile.top if value is not None), None)
    field = profile.field
    if isinstance(value, bool):
        return bool if all(field.descriptor.get(key, usual) == usual for key, usual in _SPELLED.items()) else str
    if isinstance(value, int | float) and not {"decimalChar", "groupChar", "bareNumber"} & field.descriptor.keys():
        return type(value)
    if isinstance(value, datetime | date) and field.format == "default":
        return datetime if isinstance(value, datetime) else date
    return str


def _r(reads: Sequence[_Read], joins: Sequence[_Join], base: str) -> str:
    lines = ["library(readr)", *([f"base <- {_quoted(base)}"] if base else [])]
    for read in reads:
        place = f"paste0(base, {_quoted(_file(read))})" if base else _quoted(_file(read))
        usual, others = _missing(read.table)
        delimiter = read.table.dialect.delimiter
        call = "read_csv(" if delimiter == "," else f"read_delim(delim = {_quoted(delimiter)}, "
        typed = {name: kind for name, kind in read.held.items() if kind is not str and name not in others}
        columns = [".default = col_character()", *(f"{_r_name(name)} = col_{_R[typed[name]]}()" for name in typed)]
        # A line of nothing is a row of a table with one column.
        rest = ", skip_empty_rows = FALSE" if len(read.held) == 1 else ""
        types = ", ".join(columns) if len(columns) < 3 else "\n    " + ",\n    ".join(columns)
        lines.append(f"{read.name} <- {call}{place}, na = {_r_texts(usual)}, trim_ws = FALSE{rest},")
        lines.append(f"  col_types = cols({types}))")
        for name, gaps in others.items():
            column = f"{read.name}${_r_name(name)}"
            lines.append(f"{column} <- parse_{_R[read.held[name]]}({column}, na = {_r_texts(gaps)}, trim_ws = FALSE)")
    for child, parent, key in joins:
        on = ", ".join(f"{side} = {_r_texts(fields)}" for side, fields in _sides(key, "by.x", "by.y"))
        merged = f"merge({child.name}, {parent.name}, {on}, all.x = TRUE, {_r_suffixes(parent)})"
        lines.append(f"{_joined(child, parent)} <- {merged}")
    return "\n".join(lines)


def _pandas(reads: Sequence[_Read], joins: Sequence[_Join], base: str) -> str:
    lines = ["import pandas as pd", *_base(base)]
    lines += [
        f'{read.name} = pd.read_parquet({_place(read, base, "parquet")}, dtype_backend="numpy_nullable")'
        for read in reads
    ]
    return "\n".join([*lines, *_pandas_joins(joins)])


def _pandas_joins(joins: Sequence[_Join]) -> Iterator[str]:
    for child, parent, key in joins:
        on = ", ".join(f"{side}={_quoted(fields)}" for side, fields in _sides(key, "left_on", "right_on"))
        suffix = _quoted(f"_{parent.name}")
        yield (
            f'{_joined(child, parent)} = {child.name}.merge({parent.name}, {on}, how="left", suffixes=("", {suffix}))'
        )


def _polars(reads: Sequence[_Read], joins: Sequence[_Join], base: str) -> str:
    lines = ["import polars as pl", *_base(base)]
    lines += [f"{read.name} = pl.read_parquet({_place(read, base, 'parquet')})" for read in reads]
    for child, parent, key in joins:
        on = ", ".join(f"{side}={_quoted(fields)}" for side, fields in _sides(key, "left_on", "right_on"))
        suffix = _quoted(f"_{parent.name}")
        lines.append(f'{_joined(child, parent)} = {child.name}.join({parent.name}, {on}, how="left", suffix={suffix})')
    return "\n".join(lines)


def _duckdb(reads: Sequence[_Read], joins: Sequence[_Join], base: str) -> str:
    lines = [
        f"CREATE TABLE {read.name} AS FROM read_parquet({literal(base + _file(read, 'parquet'))});" for read in reads
    ]
    for child, parent, key in joins:
        on = " AND ".join(
            f"{child.name}.{identifier(own)} = {parent.name}.{identifier(other)}"
            for own, other in zip(key.fields, key.reference_fields, strict=True)
        )
        lines.append(f"CREATE TABLE {_joined(child, parent)} AS FROM {child.name} LEFT JOIN {parent.name} ON {on};")
    return "\n".join(lines)


def _pandas_csv(reads: Sequence[_Read], joins: Sequence[_Join], base: str) -> str:
    lines = ["import pandas as pd", *_base(base)]
    for read in reads:
        usual, others = _missing(read.table)
        gaps = {name: list(others.get(name, usual)) for name in read.held}
        delimiter = read.table.dialect.delimiter
        options = [] if delimiter == "," else [f"sep={_quoted(delimiter)}"]
        options += [f"dtype={_quoted({name: _PANDAS.get(kind, 'string') for name, kind in read.held.items()})}"]
        options += ["keep_default_na=False", f"na_values={_quoted(gaps if others else list(usual))}"]
        if float in read.held.values():
            options.append('float_precision="round_trip"')
        if len(read.held) == 1:
            options.append("skip_blank_lines=False")
        lines.append(f"{read.name} = pd.read_csv({_place(read, base)}, {', '.join(options)})")
    return "\n".join([*lines, *_pandas_joins(joins)])


def _missing(table: Table) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The texts that stand for a gap in most columns, and those of the others by their names."""
    texts = {
        field.name: table.schema.missing_values if field.missing_values is None else field.missing_values
        for field in table.schema.fields
    }
    ((usual, _),) = Counter(texts.values()).most_common(1)
    return usual, {name: gaps for name, gaps in texts.items() if gaps != usual}


def _file(read: _Read, ending: str = "csv") -> str:
    return f"{read.table.name}.{ending}"


def _base(base: str) -> list[str]:
    return [f"base = {_quoted(base)}"] if base else []


def _place(read: _Read, base: str, ending: str = "csv") -> str:
    name = _quoted(_file(read, ending))
    return f"base + {name}" if base else name


def _joined(child: _Read, parent: _Read) -> str:
    return f"{child.name}_with_{parent.name}"


def _sides(key: ForeignKey, own: str, other: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (own, key.fields), (other, key.reference_fields)


def _quoted(value: object) -> str:
    """A text as Python and R write it; a list or a mapping as Python does."""
    return json.dumps(value, ensure_ascii=False)


def _r_suffixes(parent: _Read) -> str:
    return f'suffixes = c("", {_quoted(f"_{parent.name}")})'


def _r_name(name: str) -> str:
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]*", name) and name not in _RESERVED_IN_R:
        return name
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _r_texts(texts: Sequence[str]) -> str:
    return f"c({', '.join(map(_quoted, texts))})" if texts else "character()"
