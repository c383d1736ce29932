"""Unique fields, primary keys and unique keys: what the counting scan counts of them, and what that already shows."""

from __future__ import annotations

from dataclasses import dataclass

from datagazette.tables.columns import TYPE_BIT, Column
from datagazette.tables.prepared import Prepared
from datagazette.validation.counting import Counted, Tally

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
    found = [Key("unique-error", (one,)) for one in table.columns if one.field.constraints.get("unique")]
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
    return [one.number for one in key.columns] == [1]


def innocence(key: Key, lines: int) -> Counted:
    """A value that is quick to count: rows with distinct ones hold distinct keys.

    It holds only where no cell of the key is wrong or doubtful. Rows that share it may still differ.
    `lines` is about how many rows there are.
    """
    values = [_quick(one) for one in key.columns]
    glue = " OR " if key.whole else " AND "
    missing = glue.join(one.is_missing for one in key.columns)
    value = values[0] if len(values) == 1 else f"hash({', '.join(values)})"
    only = key.columns[0]
    whole = len(key.columns) == 1 and only.field.type == "integer" and only.reading.certain != "FALSE"
    span = min(4 * lines + 1000, _LARGEST_BITMAP) if whole else 0
    return Counted(f"CASE WHEN {missing} THEN NULL ELSE {value} END", span)


def _quick(column: Column) -> str:
    if column.field.type in ("integer", "number", "date", "year", "boolean"):
        return f"CASE WHEN {column.is_missing} THEN NULL ELSE {column.typed} END"
    return f"CASE WHEN {column.is_missing} THEN NULL ELSE hash({column.name}) END"


def innocent(tally: Tally, key: Key, number: int) -> bool:
    """Whether the counting scan has already shown that no row breaks the key at `number` of the table's `keys`."""
    suspects = {one.number for one in key.columns}
    if any(number in suspects and verdict & (TYPE_BIT | 1) for number, verdict in tally.verdicts):
        return False
    if suspects & tally.decided:
        return False
    complete = tally.keyed[number] == tally.rows or not key.needed
    return complete and tally.keyed[number] == tally.distinct[number]
