"""Small tables in which nothing is wrong, seen to be so in Python: to plan one statement of the database takes longer
than to read such a table.

Nothing is found here but that there is nothing to find: no fault, and nothing that a warning would be about. Whatever is
not surely fine is left to the ways of `run`, which say what it is. So a condition here may hold too seldom, and never
too often.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from datagazette.model.publication import ForeignKey
from datagazette.tables.bounded import has_risky_pattern
from datagazette.tables.cells import JSON_SCHEMA, BadConstraint, Column, rule_test, value_key
from datagazette.tables.layout import Cells, Layout, TableSource, Unreadable, python_dialect
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.relation import numbered_rows
from datagazette.tables.types.numbers import UNEQUAL
from datagazette.validation.counting import Key, keys_of
from datagazette.validation.fast import shape

LARGEST = 400_000  # bytes
_Answers = Mapping[str, str | None]  # by the text of a cell: the key of its value, None where there is no value


@dataclass(frozen=True)
class _Columns:
    """The cells of a table of `rows` rows, column by column."""

    columns: Sequence[Column]
    cells: Sequence[Sequence[str]]
    rows: int


class SmallTables:
    """The tables of one call of the check. `others` are those of other datasets by (dataset, resource)."""

    def __init__(
        self, sources: Mapping[str, TableSource], others: Mapping[tuple[str, str], TableSource]
    ) -> None:
        self._sources, self._others = sources, others
        self._referenced: dict[tuple[str | None, str], _Columns | None] = {}

    def fine_rows(self, table: Prepared) -> int | None:
        """How many rows a small table has in which nothing is wrong; None of any other table."""
        found = _columns(table)
        if found is None:
            return None
        texts = [set(cells) for cells in found.cells]
        if not all(map(_is_fine, found.columns, texts)) or _has_blank_row(found, texts):
            return None
        source, schema = table.source, table.source.table.schema
        is_fine = all(_is_kept(key, found) for key in keys_of(table)) and _is_unremarkable(source, found, texts)
        if source.proofread and is_fine:
            from datagazette.validation.texts import has_traces

            is_fine = not has_traces(table)
        return found.rows if is_fine and all(self._leads(found, key, table) for key in schema.foreign_keys) else None

    def _leads(self, found: _Columns, key: ForeignKey, table: Prepared) -> bool:
        """Whether the foreign key of every row is in the table that it points to."""
        columns = table.named(key.fields)
        if columns is None:  # reported with the header
            return True
        itself = key.package is None and key.resource in ("", table.source.table.name)
        other = found if itself else self._other(key.package, key.resource)
        targets = _named(other, key.reference_fields) if other else None
        if other is None or targets is None:
            return False
        own, there = _keys(found, columns), _keys(other, targets)
        return own is not None and there is not None and set(_filled(own)) <= set(there)

    def _other(self, package: str | None, resource: str) -> _Columns | None:
        """The cells of a small table that foreign keys point to."""
        name = (package, resource)
        if name not in self._referenced:
            source = self._others.get((package, resource)) if package else self._sources.get(resource)
            try:
                self._referenced[name] = _columns(prepare(source, Path())) if source else None
            except (Unreadable, BadConstraint):
                self._referenced[name] = None
        return self._referenced[name]


def _columns(table: Prepared) -> _Columns | None:
    """None where the file is not small, or a row has not one cell for each column."""
    path, layout = table.source.path, table.layout
    if path.stat().st_size > LARGEST or layout.open_quotes or layout.empty or not table.columns:
        return None
    try:
        rows = _rows(path, layout)
    except (Unreadable, UnicodeError, csv.Error):
        return None
    if rows is None or any(len(cells) != table.width for cells in rows):
        return None
    return _Columns(table.columns, list(zip(*rows, strict=True)) or [()] * table.width, len(rows))


def _rows(path: Path, layout: Layout) -> list[Cells] | None:
    """The cells of each row of content; None where a quote is not closed as it must be."""
    dialect = layout.dialect
    with path.open(encoding=layout.encoding, newline="") as file:
        text = file.read()
    if not layout.encoding.startswith("utf-8"):
        text.encode()  # raises UnicodeError for half a character, which is in no text that is published
    if (
        (dialect.quote_char and dialect.quote_char in text)
        or dialect.escape_char
        or dialect.comment_char
        or dialect.comment_rows
        or dialect.skip_blank_rows
    ):
        rows = []
        for _, _, cells, quote in numbered_rows(path, layout):
            if quote:
                return None
            rows.append(cells)
        return rows
    return list(csv.reader(io.StringIO(text, newline=""), python_dialect(dialect)))[layout.first_row - 1 :]


def _is_fine(column: Column, texts: set[str]) -> bool:
    """Whether every one of the texts is fine in a column, as `doubts` judges them: by the readers of Python."""
    present = texts.difference(column.missing)
    if (column.required and len(present) < len(texts)) or has_risky_pattern(column.field):
        return False
    read = column.type.reader()
    if read is None:  # only Frictionless reads it
        return all(map(_compiled(shape(column, "") or "").fullmatch, present))
    tests = [rule_test(rule) for rule in column.rules if rule.name not in ("required", JSON_SCHEMA)]
    try:
        values = list(map(read, present))
        passed = all(all(map(test, values)) for test in tests)
    except Exception:  # a pattern of dates may raise anything
        return False
    return passed and not any(value is None for value in values) and JSON_SCHEMA not in column.field.constraints


@lru_cache(maxsize=100)
def _compiled(pattern: str) -> re.Pattern[str]:
    """An empty one matches nothing."""
    return re.compile(pattern or r"(?!)")


def _has_blank_row(found: _Columns, texts: Sequence[set[str]]) -> bool:
    missing = [column.missing for column in found.columns]
    if not all(seen.intersection(none) for seen, none in zip(texts, missing, strict=True)):
        return False
    return any(all(cell in none for cell, none in zip(row, missing, strict=True))
               for row in zip(*found.cells, strict=True))  # fmt: skip


def _is_unremarkable(source: TableSource, found: _Columns, texts: Sequence[set[str]]) -> bool:
    """Whether no warning of `run` would be about the texts of the columns."""
    seen = list(zip(found.columns, texts, strict=True))
    is_fine = True
    if any("pattern" in column.field.constraints for column in found.columns):
        from datagazette.validation.partial import may_be_partial

        is_fine = not any(map(may_be_partial, found.columns))
    if source.proofread and is_fine:
        from datagazette.validation import alike, not_numbers

        is_fine = not any(not_numbers.may_be_none(*each) or alike.may_look_alike(*each) for each in seen)
    if source.opened and is_fine:
        from datagazette.validation import spreadsheets

        is_fine = not any(spreadsheets.may_be_damaged(*each, source.table.schema) for each in seen)
    return is_fine


def _is_kept(key: Key, found: _Columns) -> bool:
    keys = _keys(found, key.columns)
    if keys is None:
        return False
    kept = [parts for parts in keys if None not in parts] if key.whole else _filled(keys)
    return len(set(kept)) == len(kept) and (len(kept) == found.rows or not key.needed)


def _keys(found: _Columns, columns: Sequence[Column]) -> list[tuple[object, ...]] | None:
    """The keys of each row, a tuple with one for each column; None where they cannot be compared here. Values of two
    families are never equal."""
    parts = []
    for column in columns:
        cells = found.cells[column.number - 1]
        read = column.type.reader()
        if read is None:
            return None
        present = set(cells).difference(column.missing)
        keys = {text: value_key(column.field, read(text)) for text in present}
        if any(key and UNEQUAL in key for key in keys.values()):
            return None
        family = column.type.family
        known = {text: None if key is None else (family, key) for text, key in keys.items()}
        parts.append([known.get(cell) for cell in cells])
    return list(zip(*parts, strict=True))


def _filled(keys: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The keys in which at least one column has a value."""
    return [parts for parts in keys if any(part is not None for part in parts)]


def _named(found: _Columns, names: Sequence[str]) -> list[Column] | None:
    columns = {column.field.name: column for column in found.columns}
    return [columns[name] for name in names] if columns.keys() >= set(names) else None
