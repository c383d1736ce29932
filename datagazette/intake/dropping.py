"""A changed file dropped in the place of a table's CSV: what is the same stays the same, byte for byte.

A spreadsheet rewrites line endings, quotes, the order of columns and the way in which numbers are written. Only what
really differs reaches the CSV: a row that has the same values keeps its bytes, a cell with the same value its text.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagazette.intake.naming import named
from datagazette.intake.sheets import Cells, Sheet
from datagazette.model.errors import UsageError
from datagazette.model.names import nearest
from datagazette.model.publication import Field, Table
from datagazette.tables.cells import value_key, value_reader
from datagazette.tables.layout import Layout, Unreadable, open_text, python_dialect, read_layout

Key = tuple[str | None, ...]
Reading = Callable[[str], str | None]


@dataclass(frozen=True)
class Dropped:
    """The CSV with the changes in it, and how many rows they are. `columns` are those that the table had not."""

    content: bytes
    added: int = 0
    changed: int = 0
    removed: int = 0
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Row:
    """A row with its text as it is in the file; `key` distinguishes it from the others."""

    cells: Cells
    raw: str
    key: Key


@dataclass(frozen=True)
class _Old:
    layout: Layout
    head: str
    rows: tuple[_Row, ...]
    mark: bool
    ends: bool

    @property
    def terminator(self) -> str:
        first = self.head or (self.rows[0].raw if self.rows else "\n")
        return next((one for one in ("\r\n", "\n", "\r") if first.endswith(one)), "\n")

    @property
    def quoted(self) -> bool:
        quote = self.layout.dialect.quote_char
        return bool(quote) and self.head.count(quote) >= 2 * len(self.layout.labels)


def drop_in(path: Path, table: Table, sheet: Sheet, *, keep: bool = False) -> Dropped:
    """`table`, the CSV of which lies at `path`, with the rows of `sheet` in their place.

    With `keep`, rows that the sheet does not have stay: it holds only new and changed ones.
    Raises UsageError where a column of the table is not in the sheet.
    """
    readings = _readings(table)
    old = _old(path, table, readings)
    places, more = _places(sheet, old.layout.labels, table)
    order = [*places, *more.values()]
    given = [tuple(row[at] for at in order) for row in sheet.rows]
    new = _keyed(given, [""] * len(given), old.layout.labels, table, readings)
    rows = _merged(old, new, keep)
    before = {row.key: row for row in old.rows}
    width = len(old.layout.labels)
    texts, changed = [], 0
    for row in rows:
        same = before.get(row.key)
        text = _text(old, row, same, readings, width)
        changed += bool(same and text != _ended(same.raw, old.terminator))
        texts.append(text)
    added = sum(row.key not in before for row in rows)
    head = _line(old, (*old.layout.labels, *more)) if more else old.head
    body = _ended(head, old.terminator) + "".join(texts) if head else "".join(texts)
    if not old.ends:
        body = body.removesuffix(old.terminator)
    mark = "\ufeff" if old.mark else ""
    encoding = old.layout.encoding.replace("utf-8-sig", "utf-8")
    try:
        content = (mark + body).encode(encoding)
    except UnicodeEncodeError as error:
        character = repr(error.object[error.start])
        raise UsageError("not-encodable", path=table.path, encoding=encoding, character=character) from error
    return Dropped(content, added, changed, len(old.rows) - (len(rows) - added), tuple(more))


def _readings(table: Table) -> Mapping[str, Reading]:
    """How the cells of each field are read, so that 38.80 and 38.8 are one value. What cannot be read is its text."""
    return {
        field.name: _reading(field, field.missing_values or table.schema.missing_values)
        for field in table.schema.fields
    }


def _reading(field: Field, missing: Sequence[str]) -> Reading:
    read = value_reader(field)

    def reading(cell: str) -> str | None:
        bare = cell.strip()
        if cell in missing or not bare:
            return None
        value = read(bare)
        return f"?{bare}" if value is None else value_key(field, value)

    return reading


def _old(path: Path, table: Table, readings: Mapping[str, Reading]) -> _Old:
    try:
        layout = read_layout(path, table.dialect)
        with open_text(path, layout.encoding) as stream:
            lines = list(_raw_rows(stream, layout))
    except (Unreadable, UnicodeDecodeError) as fault:
        raise UsageError("unreadable", path=path, reason=fault) from fault
    start = layout.first_row - 1
    head, body = "".join(raw for _, raw in lines[:start]), [line for line in lines[start:] if any(line[0])]
    rows = _keyed([cells for cells, _ in body], [raw for _, raw in body], layout.labels, table, readings)
    content = path.read_bytes()
    return _Old(layout, head, tuple(rows), content.startswith(b"\xef\xbb\xbf"), content.endswith((b"\n", b"\r")))


def _raw_rows(lines: Iterator[str] | io.TextIOBase, layout: Layout) -> Iterator[tuple[Cells, str]]:
    """Each row's cells with the text that they were read from."""
    taken: list[str] = []

    def feed() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    for cells in csv.reader(feed(), python_dialect(layout.dialect)):
        yield tuple(cells), "".join(taken)
        taken.clear()


def _places(sheet: Sheet, labels: Sequence[str], table: Table) -> tuple[list[int], dict[str, int]]:
    """Where the sheet has each column of the table, and the columns that only the sheet has.

    A column goes by its label, by its field's title in any language, or by the name that its label would give.
    """
    known = {text: field.name for field in table.schema.fields for text in dict(field.title.values).values()}
    names = {one.label: one.name for one in named(sheet.labels)}
    at: dict[str, int] = {}
    for number, label in enumerate(sheet.labels):
        (bare,) = named([label])
        meant = (label, known.get(label), *(known.get(title) for title in bare.titles.values()))
        at.setdefault(next((one for one in meant if one and one in labels), names[label]), number)
    missing = [label for label in labels if label not in at]
    if missing:
        near = nearest(missing[0], [one for one in at if one not in labels], 0.6)
        raise UsageError("no-column-near" if near else "no-column", sheet=sheet.name, name=missing[0], near=near)
    return [at[label] for label in labels], {name: number for name, number in at.items() if name not in labels}


def _keyed(
    rows: Sequence[Cells], raws: Sequence[str], labels: Sequence[str], table: Table, readings: Mapping[str, Reading]
) -> list[_Row]:
    """Rows with their keys: the primary key's values, or all values; a repeated row gets a number."""
    chosen = [label for label in table.schema.primary_key if label in labels] or list(labels)
    places = [(labels.index(label), readings.get(label, str)) for label in chosen]
    seen: Counter[Key] = Counter()
    found = []
    for cells, raw in zip(rows, raws, strict=True):
        key: Key = tuple(read(cells[at]) if at < len(cells) else None for at, read in places)
        seen[key] += 1
        found.append(_Row(cells, raw, (*key, str(seen[key]))))
    return found


def _merged(old: _Old, new: Sequence[_Row], keep: bool) -> list[_Row]:
    """The new rows in the order that leaves the old ones where they were."""
    place = {row.key: at for at, row in enumerate(old.rows)}
    by_key = {row.key: row for row in new}
    shared = [place[row.key] for row in new if row.key in place]
    if shared == sorted(shared) and not keep:
        return list(new)
    stay = [by_key.get(row.key, row) for row in old.rows if keep or row.key in by_key]
    return [*stay, *(row for row in new if row.key not in place)]


def _text(old: _Old, row: _Row, same: _Row | None, readings: Mapping[str, Reading], width: int) -> str:
    """A row's line: that which the file had where all values are the same."""
    if same is None:
        return _line(old, row.cells)
    cells = []
    for at, label in enumerate(old.layout.labels):
        before = same.cells[at] if at < len(same.cells) else ""
        read = readings.get(label, str)
        cells.append(before if read(before) == read(row.cells[at]) else row.cells[at])
    more = row.cells[width:]
    if tuple(cells) == same.cells and not more:
        return _ended(same.raw, old.terminator)
    return _line(old, (*cells, *more))


def _line(old: _Old, cells: Sequence[str]) -> str:
    """A line in the dialect of the file."""
    stream = io.StringIO()
    dialect = python_dialect(old.layout.dialect)
    dialect.lineterminator = old.terminator
    if old.quoted:
        dialect.quoting = csv.QUOTE_ALL
    csv.writer(stream, dialect).writerow(cells)
    return stream.getvalue()


def _ended(raw: str, terminator: str) -> str:
    return raw if raw.endswith(("\n", "\r")) else raw + terminator
