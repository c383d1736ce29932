"""Cells of a CSV emptied or masked, with every other row byte for byte as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from datagazette.model.errors import UsageError
from datagazette.model.removal import EVERY_ROW, RedactedCell
from datagazette.model.resource import Table
from datagazette.tables.layout import is_content, open_text, python_dialect, read_layout


@dataclass(frozen=True)
class CellToRedact:
    """`key` as in `RedactedCell`; `mask` is what takes the place of the value, None what the table has for no value."""

    resource: str
    key: str
    field: str
    mask: str | None = None


@dataclass(frozen=True)
class EditedTable:
    """The bytes of a table without the values, which were in it, and the cells by the keys that their rows have now."""

    content: bytes
    values: frozenset[str]
    cells: tuple[RedactedCell, ...]


@dataclass
class _Lines:
    """The lines of a file; `taken` are those of the row that is read."""

    stream: IO[str]
    taken: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        for line in self.stream:
            self.taken.append(line)
            yield line

    def row(self) -> str:
        text = "".join(self.taken)
        self.taken.clear()
        return text


def edited(table: Table, path: Path, wanted: Sequence[CellToRedact]) -> EditedTable:
    """The table at `path` with the `wanted` cells of it changed. Raises UsageError for a cell that is not there."""
    layout = read_layout(path, table.dialect)
    names = [column.name for column in table.schema.fields]
    for cell in wanted:
        if cell.field not in names:
            raise UsageError("remove-no-field", field=cell.field, table=table.name, known=", ".join(names))
    editor = _Editor(table, names, wanted)
    dialect, text = python_dialect(layout.dialect), list[str]()
    with open_text(path, layout.encoding) as stream:
        lines = _Lines(stream)
        for number, row in enumerate(csv.reader(lines, dialect), 1):
            raw = lines.row()
            is_row = number >= layout.first_row and row and is_content(number, row, layout.dialect)
            text.append(_written(row, dialect, raw) if is_row and editor.change(row) else raw)
    if editor.missing:
        raise UsageError("remove-no-row", table=table.name, key=", ".join(editor.missing))
    return EditedTable("".join(text).encode(layout.encoding), frozenset(editor.values), tuple(editor.cells))


class _Editor:
    """Changes rows of a table, and notes which values were there. `missing` are the keys that no row has had yet."""

    def __init__(self, table: Table, names: Sequence[str], wanted: Sequence[CellToRedact]) -> None:
        self._table, self._names, self._place = table, names, 0
        self._key = [names.index(name) for name in table.schema.primary_key]
        self._wanted: dict[str, list[CellToRedact]] = {}
        for cell in wanted:
            self._wanted.setdefault(cell.key, []).append(cell)
        self.values: set[str] = set()
        self.cells: dict[RedactedCell, None] = {}
        self.missing = dict.fromkeys(key for key in self._wanted if key != EVERY_ROW)

    def change(self, row: list[str]) -> bool:
        """Puts something else into the cells of a row; whether any was asked for."""
        self._place += 1
        before = self._key_of(row)
        found = [cell for key in (before, EVERY_ROW) for cell in self._wanted.get(key, ())]
        self.missing.pop(before, None)
        for cell in found:
            at = self._names.index(cell.field)
            if at < len(row):
                self.values |= {row[at]} - {"", self._instead(cell)}
                row[at] = self._instead(cell)
        after = self._key_of(row)
        self.cells |= {
            RedactedCell(self._table.name, EVERY_ROW if cell.key == EVERY_ROW else after, cell.field): None
            for cell in found
        }
        return bool(found)

    def _key_of(self, row: Sequence[str]) -> str:
        if not self._key:
            return f"#{self._place}"
        return "|".join(row[at].strip() for at in self._key if at < len(row))

    def _instead(self, cell: CellToRedact) -> str:
        if cell.mask is not None:
            return cell.mask
        schema = self._table.schema
        column = schema.field(cell.field)
        missing = schema.missing_values if column is None or column.missing_values is None else column.missing_values
        return "" if "" in missing or not missing else missing[0]


def _written(row: Sequence[str], dialect: csv.Dialect, raw: str) -> str:
    """A row as text, with the line end that it had."""
    stream = io.StringIO()
    dialect.lineterminator = ""
    csv.writer(stream, dialect).writerow(row)
    return stream.getvalue() + raw[len(raw.rstrip("\r\n")) :]


def read_cells(path: Path, mask: str | None = None) -> tuple[CellToRedact, ...]:
    """The cells that a CSV lists in the columns `resource`, `key` and `field`; a column `mask` is optional. Raises
    UsageError where it is no such list."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError("remove-list", file=path.name, reason=error) from error
    if not rows or not {"resource", "key", "field"} <= rows[0].keys():
        raise UsageError("remove-list", file=path.name, reason="resource,key,field")
    return tuple(CellToRedact(row["resource"], row["key"], row["field"], row.get("mask") or mask) for row in rows)
