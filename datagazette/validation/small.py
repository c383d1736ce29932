"""Small tables in which nothing is wrong, seen to be so in Python: to plan one statement of the database takes longer
than to read such a table.

Nothing is found here but that there is nothing to find: no fault, and nothing that a warning would be about. Whatever
is not surely fine is left to the ways of `run`, which say what it is. So a condition here may hold too seldom, and
never too often.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from datagazette.model.resource import ForeignKey
from datagazette.tables.bounded import has_risky_pattern
from datagazette.tables.cells import JSON_SCHEMA, BadConstraint, Column, rule_test, value_key
from datagazette.tables.layout import Layout, TableSource, Unreadable
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.relation import numbered_rows
from datagazette.tables.types.numbers import UNEQUAL
from datagazette.validation.counting import Key, keys_of
from datagazette.validation.fast import shape

# A statement of the database takes longer the more columns there are, and reads more rows in no time. Bytes of a file:
_LARGEST, _A_COLUMN, LARGEST_OF_ALL = 400_000, 20_000, 4_000_000
_NOTHING = r"(?!)"  # an expression that matches no text


@dataclass(frozen=True)
class _Cells:
    """The cells of a column, row by row."""

    column: Column
    all: Sequence[str]

    @cached_property
    def distinct(self) -> set[str]:
        return set(self.all)

    @cached_property
    def present(self) -> set[str]:
        """The distinct texts that are no missing values."""
        return self.distinct.difference(self.column.missing)

    @cached_property
    def ordered(self) -> tuple[str, ...]:
        """The same in the order of the rows."""
        return tuple(text for text in dict.fromkeys(self.all) if text in self.present)

    @cached_property
    def lines(self) -> str:
        """The same, each with a line break after it."""
        return "\n".join((*self.present, ""))


@dataclass(frozen=True)
class _Small:
    """A small table, column by column."""

    columns: Sequence[_Cells]
    rows: int

    def named(self, names: Sequence[str]) -> list[_Cells] | None:
        """The columns of these fields; None where one of them is not in the file."""
        found = {cells.column.field.name: cells for cells in self.columns}
        return [found[name] for name in names] if found.keys() >= set(names) else None


class SmallTables:
    """The tables of one call of the check. `others` are those of other datasets by (dataset, resource)."""

    def __init__(self, sources: Mapping[str, TableSource], others: Mapping[tuple[str, str], TableSource]) -> None:
        self._sources, self._others = sources, others
        self._referenced: dict[tuple[str | None, str], _Small | None] = {}

    def fine_rows(self, table: Prepared) -> int | None:
        """How many rows a small table has in which nothing is wrong; None of any other table."""
        found = _read(table)
        if found is None or not all(map(_is_fine, found.columns)) or _has_blank_row(found):
            return None
        is_fine = all(_is_kept(key, found) for key in keys_of(table)) and _is_unremarkable(table, found)
        return found.rows if is_fine and all(
            self._leads(found, key, table) for key in table.source.table.schema.foreign_keys
        ) else None  # fmt: skip

    def _leads(self, found: _Small, key: ForeignKey, table: Prepared) -> bool:
        """Whether the foreign key of every row is in the table that it points to."""
        columns = found.named(key.fields)
        if columns is None:  # reported with the header
            return True
        itself = key.package is None and key.resource in ("", table.source.table.name)
        other = found if itself else self._other(key.package, key.resource)
        targets = other.named(key.reference_fields) if other else None
        if other is None or targets is None:
            return False
        own, there = _keys(columns), _keys(targets)
        if (
            own is None
            or there is None
            or [cells.column.type.family for cells in columns] != [cells.column.type.family for cells in targets]
        ):  # values of two families are never equal
            return False
        return set(own) - {None} <= set(there)

    def _other(self, package: str | None, resource: str) -> _Small | None:
        """A small table that foreign keys point to."""
        name = (package, resource)
        if name not in self._referenced:
            source = self._others.get((package, resource)) if package else self._sources.get(resource)
            try:
                self._referenced[name] = _read(prepare(source, Path())) if source else None
            except (Unreadable, BadConstraint):
                self._referenced[name] = None
        return self._referenced[name]


def _read(table: Prepared) -> _Small | None:
    """None where the file is not small, or a row has not one cell for each column."""
    path, layout = table.source.path, table.layout
    largest = min(_LARGEST + _A_COLUMN * table.width, LARGEST_OF_ALL)
    if path.stat().st_size > largest or layout.open_quotes or layout.empty or not table.columns:
        return None
    try:
        with path.open(encoding=layout.encoding, newline="") as file:
            text = file.read()
        if not layout.encoding.startswith("utf-8"):
            text.encode()  # raises UnicodeError for half a character, which is in no text that is published
        columns = _split(text, layout, table.width) or _columns(path, layout, table.width)
    except (Unreadable, UnicodeError, csv.Error):
        return None
    return _Small(tuple(map(_Cells, table.columns, columns)), len(columns[0])) if columns else None


def _split(text: str, layout: Layout, width: int) -> list[list[str]] | None:
    """The cells of each column of a text in which each line is a row, and every delimiter ends a cell."""
    dialect = layout.dialect
    is_quoted = bool(dialect.quote_char) and dialect.quote_char in text
    if (
        is_quoted or width == 1 or dialect.escape_char or dialect.skip_initial_space or dialect.comment_char
        or dialect.comment_rows or dialect.skip_blank_rows or layout.head_lines != layout.first_row - 1
    ):  # fmt: skip
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.removesuffix("\n").split("\n")[layout.head_lines :]
    if "\r" in text or {line.count(dialect.delimiter) for line in lines} != {width - 1}:
        return None
    cells = dialect.delimiter.join(lines).split(dialect.delimiter)
    return [cells[at::width] for at in range(width)]


def _columns(path: Path, layout: Layout, width: int) -> list[Sequence[str]] | None:
    """The cells of each column, as the standard library reads them; None where a quote is not closed as it must be, or
    a row has more or fewer cells."""
    rows = []
    for _, _, cells, quote in numbered_rows(path, layout):
        if quote or len(cells) != width:
            return None
        rows.append(cells)
    return list(zip(*rows, strict=True)) or [()] * width


def _is_fine(cells: _Cells) -> bool:
    """Whether every cell is fine: by the shape of fine texts, else as `doubts` judges them, by Python's readers."""
    column = cells.column
    if column.required and len(cells.present) < len(cells.distinct):
        return False
    if column.verdict == "0":
        return True
    if has_risky_pattern(column.field) or JSON_SCHEMA in column.field.constraints:
        return False
    if cells.lines.count("\n") == len(cells.present) and _shaped(shape(column, "")).fullmatch(cells.lines):
        return True
    read = column.type.reader()
    if read is None:  # only Frictionless reads it
        return not cells.present
    tests = [rule_test(rule) for rule in column.rules if rule.name != "required"]
    try:
        values = list(map(read, cells.present))
        return not any(value is None for value in values) and all(all(map(test, values)) for test in tests)
    except Exception:  # a pattern of dates may raise anything
        return False


@lru_cache(maxsize=200)
def _shaped(pattern: str | None) -> re.Pattern[str]:
    """The expression of lines that are all of a shape."""
    return re.compile(f"(?>(?:{_NOTHING if pattern is None else pattern})\n)*+")


def _has_blank_row(found: _Small) -> bool:
    if any(len(cells.present) == len(cells.distinct) for cells in found.columns):
        return False
    return any(
        all(text not in cells.present for text, cells in zip(row, found.columns, strict=True))
        for row in zip(*(cells.all for cells in found.columns), strict=True)
    )


def _is_unremarkable(table: Prepared, found: _Small) -> bool:
    """Whether no warning of `run` would be about the table."""
    source, is_fine = table.source, True
    if any("pattern" in cells.column.field.constraints for cells in found.columns):
        from datagazette.validation.partial import may_be_partial

        is_fine = not any(may_be_partial(cells.column) for cells in found.columns)
    if source.proofread and is_fine:
        from datagazette.validation import alike, not_numbers, texts

        is_fine = not texts.has_traces(table) and not any(
            not_numbers.may_be_none(cells.column, cells.lines)
            or alike.may_look_alike(cells.column, cells.present, cells.lines)
            for cells in found.columns
        )
    if source.screened and is_fine:
        from datagazette.validation.personal import has_traces, may_hold_any, text_column

        if any(has_traces(cells.column, cells.lines) for cells in found.columns):
            judged = [text_column(cells.column, cells.ordered) for cells in found.columns]
            is_fine = not may_hold_any(judged, source.personal, [cells.column.field.name for cells in found.columns])
    if source.opened and is_fine:
        from datagazette.validation.spreadsheets import may_be_damaged

        schema = source.table.schema
        is_fine = not any(may_be_damaged(cells.column, schema, cells.present, cells.lines) for cells in found.columns)
    return is_fine


def _is_kept(key: Key, found: _Small) -> bool:
    """Whether no row breaks the key."""
    keys = _keys([found.columns[column.number - 1] for column in key.columns], whole=key.whole)
    if keys is None:
        return False
    kept = len(keys) - keys.count(None)
    return len(set(keys) - {None}) == kept and (kept == found.rows or not key.needed)


def _keys(columns: Sequence[_Cells], *, whole: bool = False) -> list[Hashable] | None:
    """The key of each row, None where all of its cells are missing or wrong, or, for a `whole` key, one of them is.
    None where they cannot be compared here."""
    parts = [_parts(cells) for cells in columns]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if len(known) == 1:
        return list(known[0])
    most = 1 if whole else len(known)
    return [None if row.count(None) >= most else row for row in zip(*known, strict=True)]


def _parts(cells: _Cells) -> Sequence[str | None] | None:
    """The key of each cell; None where some have no key that could be compared here."""
    column = cells.column
    if column.type.family == "text" and len(cells.present) == len(cells.distinct) and column.field.format == "default":
        return cells.all
    read = column.type.reader()
    if read is None:
        return None
    try:
        keys = {text: value_key(column.field, read(text)) for text in cells.present}
    except Exception:  # see `_is_fine`
        return None
    is_equal = not any(key and UNEQUAL in key for key in keys.values())
    return [keys.get(text) for text in cells.all] if is_equal else None
