"""The rows that break a unique field, primary key, unique key or foreign key, and the value that was probably meant.

A key is the text that its cells' values share with equal values (`FieldType.key`); that of several fields is their
texts with the length of each before it, so that no two lists of values make the same text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from datagazette.model.problems import Cell, Problem
from datagazette.model.resource import ForeignKey
from datagazette.tables.cells import Column
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import Prepared
from datagazette.tables.sql import identifier, literal, literals
from datagazette.tables.types.numbers import UNEQUAL
from datagazette.validation import doubts, faults
from datagazette.validation.counting import Key, Tally, keys_of
from datagazette.validation.faults import BadRow

_ASKED = 50  # distinct values for which a likeness is looked for
_LONGEST = 40  # characters of a value that may be misspelt
_LONGEST_CODE = 20  # digits
# The condition of a key that can equal another one.
_COMPARABLE = f"NOT contains(_key, {literal(UNEQUAL)})"

# The error type of a broken key, how many rows break it, and the problems of the first of them.
Broken = tuple[str, int, Sequence[Problem]]
# The table that a foreign key points to (dataset, resource, its fields), or None.
Referenced = Callable[[str | None, str, Sequence[str]], Prepared | None]


@dataclass(frozen=True)
class Near:
    """A key that was probably meant. `rule` is how the value differs: `lost-zero`, `padded` or `spelling`."""

    rule: str
    value: str


def repeated(engine: Engine, table: Prepared, tally: Tally, limit: int, name: str) -> Iterator[Broken]:
    """The rows that have the key of a row before, or lack one that they need. `name` begins the temporary tables'."""
    for number, key in enumerate(keys_of(table)):
        if tally.has_kept(key, number):
            continue
        stored, shared = f"{name}_k{number}", f"{name}_s{number}"
        _store(engine, stored, _keyed(table, key.columns, whole=key.whole))
        shares = f"SELECT _key, min(_row) AS _first, count(*) AS _times FROM {identifier(stored)}"
        _store(engine, shared, f"{shares} WHERE {_COMPARABLE} GROUP BY _key HAVING count(*) > 1")
        lacking = f" + (SELECT count(*) FROM {identifier(stored)} WHERE _key IS NULL)" if key.needed else ""
        query = f"SELECT (SELECT coalesce(sum(_times - 1), 0) FROM {identifier(shared)}){lacking}"
        count = int(engine.row(query)[0])
        before: dict[int, int | None] = dict(engine.rows(_repeats(stored, shared, key, limit))) if count else {}
        engine.drop(stored, shared)
        rows = _rows(engine, table, {*before, *(row for row in before.values() if row is not None)})
        lines = {row.row: row.line for row in rows}
        late = (row for row in rows if row.row in before)
        yield key.code, count, [_repeat(table, key, row, before[row.row], lines) for row in late]


def orphaned(engine: Engine, table: Prepared, referenced: Referenced, limit: int, name: str) -> Iterator[Broken]:
    """The rows whose foreign key is in no row of the other table; a table that is not there is reported once."""
    for number, key in enumerate(table.source.table.schema.foreign_keys):
        itself = key.package is None and key.resource in ("", table.source.table.name)
        other = table if itself else referenced(key.package, key.resource, key.reference_fields)
        columns = table.named(key.fields)
        if columns is None:
            continue
        if other is None:
            yield "resource-error", 1, [_no_table(table, key)]
            continue
        targets = other.named(key.reference_fields)
        tagged = not targets or [column.type.family for column in columns] != [column.type.family for column in targets]
        lookup = f"{name}_l{number}"
        if targets:
            keyed = _keyed(other, targets, tagged=tagged)
            _store(engine, lookup, f"SELECT DISTINCT _key FROM ({keyed}) WHERE {_COMPARABLE}")
        else:
            engine.run(f"CREATE OR REPLACE TEMP TABLE {identifier(lookup)} (_key VARCHAR)")
        count, first = engine.row(
            f"SELECT count(*), min(_row, {limit}) FROM ({_keyed(table, columns, tagged=tagged)}) AS k "
            f"ANTI JOIN {identifier(lookup)} AS l ON k._key = l._key WHERE _key IS NOT NULL"
        )
        rows = _rows(engine, table, first or ())
        values = [_value(columns, row) for row in rows]
        texts = len(columns) == 1 and not tagged and columns[0].type.family == "text"
        meant = nearest_keys(engine, lookup, values) if texts else {}
        engine.drop(lookup)
        problems = [
            _orphan(table, key, columns, row, meant.get(value)) for row, value in zip(rows, values, strict=True)
        ]
        yield "foreign-key", count, problems


def _store(engine: Engine, name: str, query: str) -> None:
    engine.run(f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS {query}")


def _keyed(table: Prepared, columns: Sequence[Column], *, whole: bool = False, tagged: bool = False) -> str:
    """A SELECT of `_row` and `_key`; `_key` is NULL where all cells are missing or wrong, or, for a `whole`
    key, one of them is. Where `tagged`, values of two families have different texts."""
    parts = [doubts.key(table, column) for column in columns]
    if tagged:
        parts = [
            f"({literal(f'{column.type.family}:')} || ({part}))" for column, part in zip(columns, parts, strict=True)
        ]
    text = parts[0]
    if len(parts) > 1:
        joined = " || ".join(f"coalesce(length({part}) || ':' || {part}, '-')" for part in parts)
        glue = " AND " if whole else " OR "
        text = f"CASE WHEN {glue.join(f'({part}) IS NOT NULL' for part in parts)} THEN {joined} END"
    return f"SELECT r._row, {text} AS _key FROM {doubts.joined(table, columns, table.relation)}"


def _repeats(stored: str, shared: str, key: Key, limit: int) -> str:
    """A SELECT of the first rows that break a key as (`_row`, `_before`): the row that had the value before, or
    NULL. Every row with a key before is late itself, but for the first with that key: so few are compared."""
    name = identifier(stored)
    lacking = f"UNION ALL (SELECT _row, NULL FROM {name} WHERE _key IS NULL ORDER BY _row LIMIT {limit})"
    return (
        f"WITH late AS MATERIALIZED (SELECT k._row, k._key FROM {name} AS k JOIN {identifier(shared)} AS s "
        f"ON k._key = s._key WHERE k._row > s._first ORDER BY k._row LIMIT {limit}), "
        "near AS (SELECT _row, lag(_row) OVER (PARTITION BY _key ORDER BY _row) AS _before "
        f"FROM {name} WHERE _row <= (SELECT max(_row) FROM late) AND _key IN (SELECT _key FROM late)) "
        "SELECT _row, _before FROM (SELECT * FROM near WHERE _row IN (SELECT _row FROM late) "
        f"{lacking if key.needed else ''}) ORDER BY _row LIMIT {limit}"
    )


def _rows(engine: Engine, table: Prepared, numbers: Collection[int]) -> list[BadRow]:
    """The rows with these numbers, in their order. Reading ends with the last of them."""
    if not numbers:
        return []
    cells = "".join(f", r.{column.name}" for column in table.columns)
    rows = engine.rows(
        f"SELECT r._row, r._line, r._cells{cells}, r._extra FROM ({table.few or table.relation}) AS r "
        f"WHERE r._row IN ({literals(sorted(numbers))}) LIMIT {len(numbers)}"
    )
    return [faults.bad_row(row, line, count, found) for row, line, count, *found in sorted(rows)]


def _value(columns: Sequence[Column], row: BadRow) -> str:
    return ", ".join(row.cells[column.number - 1] for column in columns if column.number <= len(row.cells))


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(column.field.name for column in columns)


def _repeat(table: Prepared, key: Key, row: BadRow, before: int | None, lines: Mapping[int, int]) -> Problem:
    found, names = _value(key.columns, row), _names(key.columns)
    if before is None:
        note = 'cells composing the primary keys are all "None"'
        return faults.make(table, key.code, row, rule="empty", note=note, found=found, field=names)
    only = key.columns[0] if key.code == "unique-error" and len(key.columns) == 1 else None
    note = f"the same as in the row at position {before}"
    return faults.make(table, key.code, row, column=only, note=note, found=found, field=names, before=lines[before])


def _no_table(table: Prepared, key: ForeignKey) -> Problem:
    source = table.source.table
    target = "/".join(part for part in (key.package, key.resource) if part)
    values = (("rule", "no-table"), ("target", target), ("note", f'resource "{target}" does not exist'))
    return Problem("resource-error", source.schema.file or source.file, values=values, cell=Cell(source.name))


def _orphan(table: Prepared, key: ForeignKey, columns: Sequence[Column], row: BadRow, meant: Near | None) -> Problem:
    found, names, reference = _value(columns, row), _names(columns), ", ".join(key.reference_fields)
    note = f'for "{names}": values "{found}" not found in the lookup table "{key.resource}" as "{reference}"'
    target = "/".join(part for part in (key.package, key.resource) if part) or table.source.table.name
    return faults.make(
        table, "foreign-key", row, note=note, found=found, field=names, target=target, reference=reference,
        rule=meant.rule if meant else "", near=meant.value if meant else "",
    )  # fmt: skip


def nearest_keys(engine: Engine, lookup: str, values: Sequence[str]) -> dict[str, Near]:
    """The near miss of each value that has one, among the keys of the temporary table `lookup`: a code that a
    spreadsheet has changed, or a slip. For texts only: among numbers, `1` and `01` are equal anyway."""
    asked = tuple(dict.fromkeys(values))
    found = _rewritten_codes(engine, lookup, asked) if asked else {}
    rest = [value for value in asked if value not in found and not value.isdigit() and 2 < len(value) <= _LONGEST]
    return found | _misspelt(engine, lookup, rest[:_ASKED])


def _rewritten_codes(engine: Engine, lookup: str, values: Sequence[str]) -> dict[str, Near]:
    """Values that another way of writing the same code makes one of the keys."""
    lengths = engine.rows(
        f"SELECT DISTINCT length(_key) FROM {identifier(lookup)} WHERE regexp_full_match(_key, '[0-9]+') ORDER BY 1"
    )
    tried = {value: tuple(_forms(value, [int(length) for (length,) in lengths])) for value in values}
    wanted = sorted({near.value for forms in tried.values() for near in forms})
    if not wanted:
        return {}
    rows = engine.rows(f"SELECT _key FROM {identifier(lookup)} WHERE _key IN ({literals(wanted)})")
    present = {str(row[0]) for row in rows}
    nears = {value: next((form for form in forms if form.value in present), None) for value, forms in tried.items()}
    return {value: near for value, near in nears.items() if near}


def _forms(value: str, lengths: Sequence[int]) -> Iterator[Near]:
    """Other ways of writing a code: the zeros at its front, the zeros that fill it up, spaces and wide digits."""
    plain = unicodedata.normalize("NFKC", value).strip().removesuffix(".0")
    if plain != value:
        yield Near("spelling", plain)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_CODE):
        return
    yield from (Near("lost-zero", plain.zfill(length)) for length in lengths if length > len(plain))
    short = plain
    while short.endswith("00") and len(short) > 2:
        short = short[:-2]
        yield Near("padded", short)
    yield Near("padded", plain.lstrip("0") or "0")


def _misspelt(engine: Engine, lookup: str, values: Sequence[str]) -> dict[str, Near]:
    """Values that one or two letters make one of the keys, or that differ in case."""
    if not values:
        return {}
    asked = ", ".join(f"({literals([value])})" for value in values)
    rows = engine.rows(
        "SELECT v, arg_min(_key, d), min(d) FROM ("
        f"SELECT v, _key, damerau_levenshtein(lower(v), lower(_key)) AS d FROM (VALUES {asked}) AS asked(v) "
        f"CROSS JOIN {identifier(lookup)} WHERE abs(length(v) - length(_key)) <= 2) GROUP BY v ORDER BY v"
    )
    return {str(value): Near("spelling", str(key)) for value, key, far in rows if far <= min(2, len(value) // 3)}
