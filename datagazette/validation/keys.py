"""Unique fields, primary keys, unique keys and foreign keys: what the counting scan counts of them, what that already
shows, and the SQL that finds the rows that break them.

A key is the text that its cells' values share with equal values (`FieldType.key`); that of several fields is their
texts with the length of each before it, so that no two lists of values make the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datagazette.tables.cells import DOUBT, TYPE_BIT, Column
from datagazette.tables.prepared import Prepared
from datagazette.tables.sql import identifier, literal
from datagazette.tables.types.numbers import UNEQUAL
from datagazette.validation import doubts
from datagazette.validation.counting import Counted, Tally

_UNEQUAL = literal(UNEQUAL)
_LARGEST_BITMAP = 100_000_000  # bits, for each thread


@dataclass(frozen=True)
class Key:
    """`code` is the error type of a row that breaks it. Where `needed`, a row must have a value in it; where
    `whole`, rows that lack one of the values are left out (Table Schema v2, `uniqueKeys`)."""

    code: str
    columns: tuple[Column, ...]
    needed: bool = False
    whole: bool = False


def keys(table: Prepared) -> tuple[Key, ...]:
    """Every key of a table that its file has the columns for."""
    schema = table.source.table.schema
    found = [Key("unique-error", (column,)) for column in table.columns if column.field.constraints.get("unique")]
    primary = table.named(schema.primary_key)
    if schema.primary_key and primary:
        found.append(Key("primary-key", primary, needed=True))
    for names in schema.unique_keys:
        columns = table.named(names)
        if names and columns:
            found.append(Key("unique-error", columns, whole=True))
    return tuple(found)


def of_first_column(key: Key) -> bool:
    """Whether the first column is all of it: that one is quick to cut from a line."""
    return [column.number for column in key.columns] == [1]


def innocence(key: Key, lines: int) -> Counted:
    """A value that is quick to count: rows with distinct ones hold distinct keys.

    It holds only where no cell of the key is wrong or doubtful. Rows that share it may still differ.
    `lines` is about how many rows there are.
    """
    values = [
        f"CASE WHEN {column.is_missing} THEN NULL "
        f"ELSE {f'hash({column.name})' if column.type.hashed else column.typed} END"
        for column in key.columns
    ]
    glue = " OR " if key.whole else " AND "
    missing = glue.join(column.is_missing for column in key.columns)
    value = values[0] if len(values) == 1 else f"hash({', '.join(values)})"
    only = key.columns[0]
    whole = len(key.columns) == 1 and only.field.type == "integer" and only.reading.certain != "FALSE"
    span = min(4 * lines + 1000, _LARGEST_BITMAP) if whole else 0
    return Counted(f"CASE WHEN {missing} THEN NULL ELSE {value} END", span)


def innocent(tally: Tally, key: Key, number: int) -> bool:
    """Whether the counting scan has already shown that no row breaks the key at `number` of the table's `keys`."""
    suspects = {column.number for column in key.columns}
    if any(number in suspects and verdict & (TYPE_BIT | DOUBT) for number, verdict in tally.verdicts):
        return False
    if suspects & tally.decided:
        return False
    complete = tally.keyed[number] == tally.rows or not key.needed
    return complete and tally.keyed[number] == tally.distinct[number]


def relation(table: Prepared, columns: Sequence[Column], *, whole: bool = False, tagged: bool = False) -> str:
    """A SELECT of `_row` and `_key`; `_key` is NULL where all cells are missing or wrong, or, for a `whole`
    key, one of them is. Where `tagged`, values of two families have different texts."""
    parts = [doubts.key(table, column) for column in columns]
    if tagged:
        families = [literal(f"{column.type.family}:") for column in columns]
        parts = [f"({family} || ({part}))" for family, part in zip(families, parts, strict=True)]
    if len(parts) == 1:
        text = parts[0]
    else:
        joined = " || ".join(f"coalesce(length({part}) || ':' || {part}, '-')" for part in parts)
        glue = " AND " if whole else " OR "
        text = f"CASE WHEN {glue.join(f'({part}) IS NOT NULL' for part in parts)} THEN {joined} END"
    return f"SELECT r._row, {text} AS _key FROM {doubts.joined(table, columns, table.relation)}"


def store(table: Prepared, key: Key, name: str) -> str:
    """Stores the key of each row."""
    return f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS {relation(table, key.columns, whole=key.whole)}"


def store_shared(stored: str, name: str) -> str:
    """Stores the keys that several rows share: how many they are, and which is the first."""
    return (
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS "
        f"SELECT _key, min(_row) AS _first, count(*) AS _times FROM {identifier(stored)} "
        f"WHERE NOT contains(_key, {_UNEQUAL}) GROUP BY _key HAVING count(*) > 1"
    )


def count_broken(stored: str, shared: str, key: Key) -> str:
    """How many rows have the key of a row before, or lack one that they need."""
    lacking = f" + (SELECT count(*) FROM {identifier(stored)} WHERE _key IS NULL)" if key.needed else ""
    return f"SELECT (SELECT coalesce(sum(_times - 1), 0) FROM {identifier(shared)}){lacking}"


def broken(stored: str, shared: str, key: Key, limit: int) -> str:
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


def lookup(table: Prepared, columns: Sequence[Column], name: str, *, tagged: bool) -> str:
    """Stores the distinct keys that a foreign key may point to."""
    return (
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS SELECT DISTINCT _key "
        f"FROM ({relation(table, columns, tagged=tagged)}) WHERE NOT contains(_key, {_UNEQUAL})"
    )


def orphans(table: Prepared, columns: Sequence[Column], lookup_name: str, limit: int, *, tagged: bool) -> str:
    """How many rows have a key that is in no row of the other table, and the first of them."""
    return (
        f"SELECT count(*), min(_row, {limit}) FROM ({relation(table, columns, tagged=tagged)}) AS k "
        f"ANTI JOIN {identifier(lookup_name)} AS l ON k._key = l._key "
        "WHERE _key IS NOT NULL"
    )


def comparable(columns: Sequence[Column], targets: Sequence[Column]) -> bool:
    """Whether any values of the one can equal values of the other."""
    pairs = zip(columns, targets, strict=True)
    return all(column.type.family == other.type.family for column, other in pairs)
