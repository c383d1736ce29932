"""Typed tables: each checked CSV as a Parquet file that every later stage reads, missing values as NULL.

| field type | column |
| --- | --- |
| integer, year | BIGINT, INTEGER; DECIMAL(38, 0) where a value needs more than 64 bits |
| number | DOUBLE where that keeps every digit that was written, else DECIMAL(38, s) |
| boolean, date, time | BOOLEAN, DATE, TIME |
| datetime | TIMESTAMP, in UTC where the text names a zone |
| yearmonth | VARCHAR, `2021-03` |
| all others | VARCHAR, as written |

The types to try are those of `types`. A column of which DuckDB cannot read one cell as the type (`1_000`, `2e500`,
`24:00`, a date in a pattern that only Python knows) stays text: nothing is lost, and nothing guessed.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.model.problems import Problem, problem, summarised
from datagazette.model.publication import Release
from datagazette.model.resource import Field, Table
from datagazette.model.results import FieldProfile, Row, TableResult, Value
from datagazette.tables import relation
from datagazette.tables.cells import Column
from datagazette.tables.decimals import find_decimals, metadata, written_decimals
from datagazette.tables.editions import EDITIONS, NEWEST, Edition
from datagazette.tables.engine import Engine
from datagazette.tables.layout import TableSource
from datagazette.tables.parts import parts
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.relation import TOGETHER, groups
from datagazette.tables.sql import columns, field_column, literal
from datagazette.tables.statuses import Counts, count_statuses, first_statuses, status_texts, statuses_of
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import Candidate, FieldType

PREVIEW_ROWS = 20
_TOP = 5
# What `FieldType` offers as the types of a column.
TRIED: Mapping[str, Callable[[FieldType, str], Sequence[Candidate]]] = {
    "usual": lambda field, cell: field.candidates(cell),
    "rare": lambda field, cell: field.rare_candidates(cell),
    "spelled": lambda field, cell: field.spelled_candidates(cell),
    "infinite": lambda field, cell: field.infinite_candidates(cell),
}
# What a column with the text of a field's cells has before the field's name, and the column of line numbers.
WRITTEN = "\x02"


@dataclass(frozen=True)
class TypedTable:
    """A table and the Parquet file with its typed rows, in the CSV's order.

    `others` are the editions that may read it otherwise, the newest first, where it was just written.
    """

    table: Table
    parquet: Path
    others: tuple[Edition, ...] = ()

    @property
    def relation(self) -> str:
        return f"read_parquet({literal(str(self.parquet))})"


def tabulate(engine: Engine, table: Table, csv: Path, parquet: Path, edition: Edition = NEWEST) -> TypedTable:
    """Writes a CSV that has passed its check as Parquet with the types of its schema: one column for each field, in its
    order, rows in the file's order.

    A column that no type holds which the edition tries stays text. Where fields say why cells are empty, what is
    written in these is in a second file, see `statuses`.
    """
    parquet.parent.mkdir(parents=True, exist_ok=True)
    opened = prepare(TableSource(table, csv), Path())
    with tempfile.TemporaryDirectory(prefix=".rows-", dir=parquet.parent) as folder:
        source = _rows(opened, Path(folder) / "rows.csv", numbered=False)
        with _read(engine, source, opened.columns) as rows:
            fitting, names = _fitting(engine, rows, opened.columns, edition)
            selected = [_selected(opened, field, fitting) for field in table.schema.fields]
            doubles = {name for name, candidate in fitting.items() if candidate.kind == "DOUBLE"}
            about = metadata(find_decimals(engine, rows, opened.columns, doubles))
            _write(engine, rows, selected, parquet, about)
            if statuses := status_texts(opened):
                _write(engine, rows, statuses, statuses_of(parquet))
    others = tuple(each for each in EDITIONS if _may_differ(each, edition, opened.columns, names))
    return TypedTable(table, parquet, others)


def _may_differ(other: Edition, edition: Edition, columns: Sequence[Column], names: Mapping[str, str]) -> bool:
    """Whether another edition may read columns otherwise; `names` as in `_fitting`."""
    more = [TRIED[name] for name in other.tried if name not in edition.tried]
    texts = [held for held in columns if held.field.name not in names]
    return not set(names.values()) <= set(other.tried) or any(
        kind(held.type, held.name) for held in texts for kind in more
    )


def write_texts(opened: Prepared, copy: Path, engine: Engine, parquet: Path, *, directly: bool = True) -> None:
    """As `tabulate`, those columns that have a name, with the text of each cell beside it and its line.

    For a file that need not have passed the check: a column with a cell that is not of its type stays text.
    `copy` is where a clean copy may be written; with `directly` off it is.
    """
    named = [held for held in opened.columns if held.field.name]
    with _read(engine, _rows(opened, copy, numbered=True, directly=directly), named, "_line") as rows:
        fitting, _ = _fitting(engine, rows, named)
        selected = [_selected(opened, held.field, fitting) for held in named]
        selected += [f"{held.name} AS {field_column(WRITTEN + held.field.name)}" for held in named]
        _write(engine, rows, [*selected, f"_line AS {field_column(WRITTEN)}"], parquet)


@contextmanager
def _read(engine: Engine, source: str, columns: Sequence[Column], *beside: str) -> Iterator[str]:
    """The rows of a file, which is read only once where its columns are looked at a group at a time."""
    if len(columns) <= TOGETHER:
        yield source
        return
    names = ", ".join([*(held.name for held in columns), *beside])
    engine.run(f"CREATE OR REPLACE TEMP TABLE read AS SELECT {names} FROM {source}")
    yield "read"
    engine.drop("read")


def _write(engine: Engine, source: str, selected: Sequence[str], parquet: Path, about: str = "") -> None:
    """Writes what is selected; of many columns a group at a time is computed, and then they are put side by side."""
    if len(selected) > 2 * TOGETHER + 1:  # each column and its text, and the line
        stored = [f"side{number}" for number, _ in enumerate(groups(selected))]
        for name, group in zip(stored, groups(selected), strict=True):
            engine.run(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {', '.join(group)} FROM {source}")
        _write(engine, " POSITIONAL JOIN ".join(stored), ["*"], parquet, about)
        engine.drop(*stored)
        return
    engine.run(f"COPY (SELECT {', '.join(selected)} FROM {source}) TO {literal(str(parquet))} (FORMAT parquet{about})")


def _rows(opened: Prepared, copy: Path, *, numbered: bool, directly: bool = True) -> str:
    """The file itself, or a clean copy of one that DuckDB would read otherwise; `numbered` with the rows' lines."""
    path, layout, width = opened.source.path, opened.layout, opened.width
    if directly and relation.readable_directly(layout):
        seen = relation.scan_bytes(path, layout.dialect.quote_char)
        if seen.exact and not seen.quotes:
            if numbered:
                return f"({relation.numbered(path, layout, seen, width, 1)})"
            return relation.direct(path, layout, seen, width)
    return f"({relation.rewritten(relation.rewrite(path, layout, width, copy), width)})"


def _fitting(
    engine: Engine, source: str, columns: Sequence[Column], edition: Edition = NEWEST
) -> tuple[dict[str, Candidate], dict[str, str]]:
    """The first type of each field that holds all of its values, and the name of the list in `TRIED` that has it; none
    where the text is the value."""
    found: dict[str, Candidate] = {}
    names: dict[str, str] = {}
    for group in groups(columns):
        for name in edition.tried:
            left = [held for held in group if held.field.name not in found]
            fitting = _held(engine, source, [(held, TRIED[name](held.type, held.name)) for held in left])
            found |= fitting
            names |= dict.fromkeys(fitting, name)
    return found, names


def _held(engine: Engine, source: str, tried: Sequence[tuple[Column, Sequence[Candidate]]]) -> dict[str, Candidate]:
    listed = [(held, candidate) for held, candidates in tried for candidate in candidates]
    if not listed:
        return {}
    # A test that says neither yes nor no would not count: the cell does not fit.
    tests = (
        f"coalesce(bool_and({held.is_missing} OR coalesce({candidate.fits}, FALSE)), TRUE)"
        for held, candidate in listed
    )
    answers = engine.row(f"SELECT {', '.join(tests)} FROM {source}")
    found: dict[str, Candidate] = {}
    for (held, candidate), fits in zip(listed, answers, strict=True):
        if fits:
            found.setdefault(held.field.name, candidate)
    return found


def _selected(opened: Prepared, field: Field, fitting: dict[str, Candidate]) -> str:
    at = opened.positions.get(field.name)
    if at is None:
        return f"CAST(NULL AS {TYPES[field.type].kind}) AS {field_column(field.name)}"
    held = opened.columns[at]
    chosen = fitting.get(field.name)
    value = f"CAST({chosen.value} AS {chosen.kind})" if chosen else held.name
    return f"CASE WHEN NOT {held.is_missing} THEN {value} END AS {field_column(field.name)}"


def describe_table(engine: Engine, typed: TypedTable) -> TableResult:
    """Counts, profiles and the first rows of a typed table."""
    decimals = written_decimals(engine, typed.parquet)
    schema, source = typed.table.schema, typed.relation
    fields = tuple(replace(field, decimals=decimals.get(field.name, 0)) for field in schema.fields)
    rows = engine.row(f"SELECT count(*) FROM {source}")[0]
    preview = engine.rows(f"SELECT {columns(field.name for field in fields)} FROM {source} LIMIT {PREVIEW_ROWS}")
    bounds = {field.name: schema.bound_of(field) for field in fields}
    beside = list(dict.fromkeys(bound.name for bound in bounds.values() if bound))
    named, empty = {field.name: field for field in fields}, count_statuses(engine, typed.parquet, schema)
    profiles = [
        _profile(engine, named[name], bounds[name], part, rows, empty.get(name, ()))
        for group, part in parts(engine, source, list(named), beside)
        for name in group
    ]
    table = replace(typed.table, schema=replace(schema, fields=fields))
    statuses = first_statuses(engine, typed.parquet, schema, fields, PREVIEW_ROWS)
    return TableResult(table, rows, tuple(profiles), tuple(preview), str(typed.parquet), statuses)


def _profile(engine: Engine, field: Field, bound: Field | None, source: str, rows: int, empty: Counts) -> FieldProfile:
    """What a column of a relation of so many `rows` holds. `bound` is the column of the bounds of values."""
    name = field_column(field.name)
    least = f"min({name}), max({name})" if TYPES[field.type].ordered else "NULL, NULL"
    said = f"coalesce(nullif(CAST({field_column(bound.name)} AS VARCHAR), 'exact'), '')" if bound else "''"
    value = name if said == "''" else f"CASE WHEN {name} IS NOT NULL THEN row({name}, {said}) END"
    count, distinct, minimum, maximum = engine.row(
        f"SELECT count({name}), count(DISTINCT {value}), {least} FROM {source}"
    )
    top = engine.rows(
        f"SELECT {name}, {said} AS said, count(*) AS times FROM {source} WHERE {name} IS NOT NULL"
        f" GROUP BY ALL ORDER BY times DESC, {name}, said LIMIT {_TOP}"
    )
    common, bounds = tuple((value, times) for value, _, times in top), tuple(said for _, said, _ in top)
    if isinstance(minimum, str) and not _is_sorted(engine, field, source):
        minimum = maximum = None
    if isinstance(maximum, float) and not (math.isfinite(minimum) and math.isfinite(maximum)):
        minimum, maximum = engine.row(f"SELECT {least} FROM {source} WHERE isfinite({name})")
    return FieldProfile(field, count, rows - count, distinct, minimum, maximum, common, bounds, empty)


def _is_sorted(engine: Engine, field: Field, source: str) -> bool:
    """Whether the texts of a column sort as the values of its field do: `9` comes after `10`."""
    texts = literal(TYPES[field.type].sorted_texts)
    return bool(engine.row(f"SELECT bool_and(regexp_full_match({field_column(field.name)}, {texts})) FROM {source}")[0])


def all_rows(engine: Engine, typed: TypedTable) -> list[Row]:
    names = columns(field.name for field in typed.table.schema.fields)
    return engine.rows(f"SELECT {names} FROM {typed.relation}")


def key_text(fields: Iterable[str]) -> str:
    """SQL for a row's key as notes and figures write it: the key's values joined by `|`."""
    return "concat_ws('|', " + ", ".join(f"CAST({field_column(name)} AS VARCHAR)" for name in fields) + ")"


def row_of(engine: Engine, typed: TypedTable, key: str) -> dict[str, Value] | None:
    """The one row with this primary key, by field name."""
    schema = typed.table.schema
    if not schema.primary_key:
        return None
    names = [field.name for field in schema.fields]
    found = engine.rows(
        f"SELECT {columns(names)} FROM {typed.relation} WHERE {key_text(schema.primary_key)} = ? LIMIT 2",
        [key],
    )
    return dict(zip(names, found[0], strict=True)) if len(found) == 1 else None


def check_notes(engine: Engine, release: Release, typed: dict[str, TypedTable]) -> tuple[Problem, ...]:
    """Notes whose key is not a row's; each table is asked once for the keys of all its notes."""
    asked: dict[str, set[str]] = {}
    for note in release.notes:
        asked.setdefault(note.resource, set()).add(note.key)
    found = {name: _single_rows(engine, typed[name], keys) for name, keys in asked.items() if name in typed}
    firsts = {name: first_key(engine, typed[name]) for name, keys in found.items() if keys < asked[name]}
    return summarised(
        problem("notes-key", f"{release.folder}/notes.csv", note.line, resource=note.resource, key=note.key,
                **firsts.get(note.resource, {}))
        for note in release.notes
        if note.key not in found.get(note.resource, ())
    )  # fmt: skip


def first_key(engine: Engine, typed: TypedTable) -> dict[str, str]:
    """The key of a table's first row as notes and figures write it, for a message; nothing where there is none."""
    key = typed.table.schema.primary_key
    rows = engine.rows(f"SELECT {key_text(key)} FROM {typed.relation} LIMIT 1") if key else []
    return {"rule": "first", "first": str(rows[0][0])} if rows else {}


def _single_rows(engine: Engine, typed: TypedTable, keys: set[str]) -> set[str]:
    """Which of the keys one row has, and only one."""
    if not typed.table.schema.primary_key:
        return set()
    written = key_text(typed.table.schema.primary_key)
    rows = engine.rows(
        f"SELECT key FROM (SELECT {written} AS key FROM {typed.relation}) "
        "SEMI JOIN (SELECT unnest(CAST(? AS VARCHAR[])) AS key) AS asked USING (key) GROUP BY key HAVING count(*) = 1",
        [sorted(keys)],
    )
    return {str(row[0]) for row in rows}
