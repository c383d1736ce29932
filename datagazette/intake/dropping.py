"""A changed file dropped in the place of a table's CSV: what is the same stays the same, byte for byte.

A spreadsheet rewrites line endings, quotes, the order of columns and the way in which numbers are written. Only what
really differs reaches the CSV: a row that has the same values keeps its bytes, a cell with the same value its text.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from shlex import quote

from datagazette.downloads.sheet_notes import is_label_of_notes
from datagazette.intake.extra_rows import has_total, settled, without_blank
from datagazette.intake.forms import Stated, rewritten
from datagazette.intake.given import Given, Reading
from datagazette.intake.naming import named
from datagazette.intake.notices import Notice, Place, notice
from datagazette.intake.personal import bare_notices
from datagazette.intake.sheets import Cells, Sheet
from datagazette.model.errors import UsageError
from datagazette.model.names import nearest
from datagazette.model.resource import Field, Table
from datagazette.model.text import visible
from datagazette.tables.cells import value_key, value_reader
from datagazette.tables.layout import Layout, Unreadable, open_text, python_dialect, read_layout

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Dropped:
    """The CSV with the changes in it, and how many rows they are.

    `columns` are those that the table did not have, `gone` those that it does not have any more, `spare` such as the
    schema did not have. `fields` is YAML that describes `columns`, and `yearly` one of them that differs from an
    earlier column in a year alone, with that one before it.
    """

    content: bytes
    added: int = 0
    changed: int = 0
    removed: int = 0
    columns: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    fields: str = ""
    yearly: tuple[str, str] | None = None
    spare: tuple[str, ...] = ()


_REMEMBERED = 10_000  # texts of a column whose values are kept


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with its text as it is in the file; `key` distinguishes it from the others."""

    cells: Cells
    raw: str
    key: Key

    @property
    def is_keyed(self) -> bool:
        """Whether its key is complete, and no row before it has the same."""
        return None not in self.key and self.key[-1] == "1"


@dataclass(frozen=True)
class _Old:
    """The CSV as it is; `head` is the text before its rows, `mark` its byte order mark, `ends`: whether its last line
    has its line break. `explained` are the columns in which one text for no value means another thing than the next."""

    layout: Layout
    readings: Mapping[str, Reading]
    head: str
    rows: tuple[_Row, ...]
    mark: str
    ends: bool
    explained: frozenset[str] = frozenset()

    @property
    def terminator(self) -> str:
        first = self.head or (self.rows[0].raw if self.rows else "\n")
        return next((end for end in ("\r\n", "\n", "\r") if first.endswith(end)), "\n")

    def values(self, row: _Row) -> Key:
        """The values of a row in the columns that the file has."""
        cells = zip(self.layout.labels, row.cells, strict=False)
        return tuple(self.readings.get(label, str)(cell) for label, cell in cells)

    def ended(self, raw: str) -> str:
        return raw if raw.endswith(("\n", "\r")) else raw + self.terminator

    def line(self, cells: Sequence[str]) -> str:
        """A line in the dialect of the file, in quotes where its header is."""
        stream = io.StringIO()
        dialect = python_dialect(self.layout.dialect)
        dialect.lineterminator = self.terminator
        quote = self.layout.dialect.quote_char
        if quote and self.head.count(quote) >= 2 * len(self.layout.labels):
            dialect.quoting = csv.QUOTE_ALL
        csv.writer(stream, dialect).writerow(cells)
        return stream.getvalue()


@dataclass(frozen=True)
class Wanted:
    """How a file is to be taken in. With `keep`, rows that it does not have stay: it holds only new and changed ones.

    `renamed` are columns of the table by the headings that the file has for them, `removed` columns of the table that
    go. `total` says what becomes of a row of totals: `keep` or `drop`.
    """

    keep: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    total: str = ""
    stated: Stated = field(default_factory=Stated)


def drop_in(path: Path, table: Table, sheet: Sheet, wanted: Wanted) -> Dropped:
    """`table`, the CSV of which lies at `path`, with the rows of `sheet` in their place.

    Raises UsageError where a column of the table is not in the sheet, or may be read in two ways.
    """
    old = _read(path, table)
    sheet = _without_notes(sheet, table)
    spare = _spare(old, table, sheet)
    old = _without(old, table, wanted.removed | spare)
    sheet = settled(sheet, wanted.total, known=has_total([row.cells for row in old.rows]))
    labels, keep = old.layout.labels, wanted.keep
    places, more = _places(sheet, labels, table, wanted.renamed)
    sheet = without_blank(sheet, _missing(sheet, table, labels, places))
    columns = {label: _given(old, table, label, [row[at] for row in sheet.rows])
               for label, at in zip(labels, places, strict=True) if table.schema.field(label)}  # fmt: skip
    cells, notices = rewritten(sheet.name, columns, sheet.lines, wanted.stated)
    read = [cells.get(label) or [row[at] for row in sheet.rows] for label, at in zip(labels, places, strict=True)]
    rest = [[row[at] for row in sheet.rows] for at in more.values()]
    given = [(row, "") for row in zip(*read, *rest, strict=True)]
    new = list(_keyed(given, old.layout.labels, table, old.readings))
    before = {row.key: row for row in old.rows}
    rows = _merged(before, new, keep=keep)
    texts = [_text(old, row, before.get(row.key)) for row in rows]
    if all(row.is_keyed for row in (*old.rows, *rows)):
        changed = sum(row.key in before and old.values(row) != old.values(before[row.key]) for row in rows)
        added = sum(row.key not in before for row in rows)
    else:  # rows that no key distinguishes are counted as `diff` counts them: whole
        changed = 0
        added = (Counter(map(old.values, rows)) - Counter(map(old.values, old.rows))).total()
    head = old.line((*old.layout.labels, *more)) if more else old.head
    body = "".join([old.ended(head) if head else "", *texts])
    if not old.ends:
        body = body.removesuffix(old.terminator)
    gone = tuple(sorted(wanted.removed & {field.name for field in table.schema.fields}))
    removed = len(old.rows) - (len(rows) - added)
    said = bare_notices(sheet, (*sheet.notices, *notices))
    return Dropped(_encoded(old, body, table), added, changed, removed, tuple(more), gone, said,
                   spare=tuple(sorted(spare)))  # fmt: skip


def _without_notes(sheet: Sheet, table: Table) -> Sheet:
    """The sheet of a published workbook without its last column, which has the notes of the table, with a notice."""
    *labels, last = sheet.labels
    titles = {text for field in table.schema.fields for _, text in (("", field.name), *field.title.values)}
    if sheet.delimiter or not labels or last in titles or not is_label_of_notes(last):
        return sheet
    left = notice("notes-column", [Place(sheet.header, text=last)])
    rows = tuple(cells[:-1] for cells in sheet.rows)
    return replace(sheet, labels=tuple(labels), rows=rows, notices=(*sheet.notices, left))


def _encoded(old: _Old, body: str, table: Table) -> bytes:
    encoding = old.layout.encoding.replace("utf-8-sig", "utf-8")
    try:
        return (old.mark + body).encode(encoding)
    except UnicodeEncodeError as error:
        character = repr(error.object[error.start])
        raise UsageError("not-encodable", path=table.path, encoding=encoding, character=character) from error


def _missing(sheet: Sheet, table: Table, labels: Sequence[str], places: Sequence[int]) -> list[Collection[str]]:
    """For each column of the sheet the texts that mean no value in the table; none where the table does not have it."""
    fields = {at: table.schema.field(label) for label, at in zip(labels, places, strict=True)}
    return [(known.missing_values or table.schema.missing_values) if (known := fields.get(at)) else ()
            for at in range(len(sheet.labels))]  # fmt: skip


def _given(old: _Old, table: Table, label: str, cells: Sequence[str]) -> Given:
    at, read, known = old.layout.labels.index(label), old.readings[label], table.schema.field(label)
    assert known
    return Given(known, cells, read, {read(row.cells[at]): row.cells[at] for row in old.rows if at < len(row.cells)})


def _spare(old: _Old, table: Table, sheet: Sheet) -> frozenset[str]:
    """Columns that a file before this one brought: neither the schema nor this file has them."""
    if table.schema.fields_match != "exact":  # the table may have columns that the schema says nothing of
        return frozenset()
    known = {field.name for field in table.schema.fields}
    given = {text for column in named(sheet.labels) for text in (column.label, column.name)}
    return frozenset(label for label in old.layout.labels if label not in known and label not in given)


def _without(old: _Old, table: Table, removed: Collection[str]) -> _Old:
    """The CSV without some of its columns."""
    labels = old.layout.labels
    stay = [at for at, label in enumerate(labels) if label not in removed]
    if len(stay) == len(labels):
        return old
    layout = replace(old.layout, labels=tuple(labels[at] for at in stay))
    rows = [tuple(row.cells[at] for at in stay if at < len(row.cells)) for row in old.rows]
    keyed = tuple(_keyed(((row, old.line(row)) for row in rows), layout.labels, table, old.readings))
    return replace(old, layout=layout, head=old.line(layout.labels) if old.head else "", rows=keyed)


def _read(path: Path, table: Table) -> _Old:
    readings = {field.name: _reading(field, table) for field in table.schema.fields}
    try:
        layout = read_layout(path, table.dialect)
        with open_text(path, layout.encoding) as stream:
            lines = list(_raw_rows(stream, layout))
    except (Unreadable, UnicodeDecodeError) as fault:
        raise UsageError("unreadable", path=path, reason=fault) from fault
    start = layout.first_row - 1
    head = "".join(raw for _, raw in lines[:start])
    rows = tuple(_keyed((line for line in lines[start:] if any(line[0])), layout.labels, table, readings))
    content = path.read_bytes()
    mark = "\ufeff" if content.startswith(b"\xef\xbb\xbf") else ""
    explained = frozenset(field.name for field in table.schema.explained)
    return _Old(layout, readings, head, rows, mark, content.endswith((b"\n", b"\r")), explained)


def _reading(field: Field, table: Table) -> Reading:
    """How the cells of a field are read, so that 38.80 and 38.8 are one value. What cannot be read is its text."""
    read = value_reader(field)
    missing = field.missing_values or table.schema.missing_values

    @lru_cache(maxsize=_REMEMBERED)  # most columns hold few texts, each of them often
    def reading(cell: str) -> str | None:
        bare = cell.strip()
        if cell in missing or not bare:
            return None
        value = read(bare)
        return f"?{bare}" if value is None else value_key(field, value)

    return reading


def _raw_rows(lines: Iterable[str], layout: Layout) -> Iterator[tuple[Cells, str]]:
    """Each row's cells with the text that they were read from."""
    taken: list[str] = []

    def feed() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    for cells in csv.reader(feed(), python_dialect(layout.dialect)):
        yield tuple(cells), "".join(taken)
        taken.clear()


def _places(
    sheet: Sheet, labels: Sequence[str], table: Table, renamed: Mapping[str, str]
) -> tuple[list[int], dict[str, int]]:
    """Where the sheet has each column of the table, and the columns that only the sheet has.

    A column goes by the name that a person has given for its label, by its label, by its field's title in any
    language, or by the name that its label would give.
    """
    known = {text: field.name for field in table.schema.fields for text in dict(field.title.values).values()}
    at: dict[str, int] = {}
    for number, column in enumerate(named(sheet.labels)):
        (bare,) = named([column.label])
        meant = (
            renamed.get(column.label),
            column.label,
            known.get(column.label),
            *(known.get(title) for title in bare.titles.values()),
        )
        at.setdefault(next((name for name in meant if name and name in labels and name not in at), column.name), number)
    missing = [label for label in labels if label not in at]
    if missing:
        raise _no_column(
            sheet, missing, {name: sheet.labels[number] for name, number in at.items() if name not in labels}
        )
    return [at[label] for label in labels], {name: number for name, number in at.items() if name not in labels}


def _no_column(sheet: Sheet, missing: Sequence[str], others: Mapping[str, str]) -> UsageError:
    """The error where the sheet lacks columns of the table; `others` are the headings of those that the table does not
    have, by their names. The one that is probably meant is alike, or the only one where a single column is missing."""
    name = missing[0]
    only = next(iter(others)) if len(missing) == len(others) == 1 else ""
    near = others.get(nearest(name, list(others), 0.6) or only, "")
    shown = {"name": name, "quoted": quote(name), "near": near, "rename": quote(f"{near}={name}"),
             "others": ", ".join(f"“{visible(heading)}”" for heading in others.values())}  # fmt: skip
    code = "no-column-near" if near else "no-column-others" if others else "no-column"
    return UsageError(code, sheet=sheet.name, **shown)


def _keyed(
    rows: Iterable[tuple[Cells, str]], labels: Sequence[str], table: Table, readings: Mapping[str, Reading]
) -> Iterator[_Row]:
    """Rows with their keys: the primary key's values, or all values; a repeated row gets a number."""
    chosen = [label for label in table.schema.primary_key if label in labels] or list(labels)
    places = [(labels.index(label), readings.get(label, str)) for label in chosen]
    seen: Counter[Key] = Counter()
    for cells, raw in rows:
        key: Key = tuple(read(cells[at]) if at < len(cells) else None for at, read in places)
        seen[key] += 1
        yield _Row(cells, raw, (*key, str(seen[key])))


def _merged(before: Mapping[Key, _Row], new: Sequence[_Row], *, keep: bool) -> list[_Row]:
    """The new rows in the order that leaves the old ones where they were."""
    place = {key: at for at, key in enumerate(before)}
    by_key = {row.key: row for row in new}
    shared = [place[row.key] for row in new if row.key in place]
    if shared == sorted(shared) and not keep:
        return list(new)
    stay = [by_key.get(key, row) for key, row in before.items() if keep or key in by_key]
    return [*stay, *(row for row in new if row.key not in place)]


def _text(old: _Old, row: _Row, same: _Row | None) -> str:
    """A row's line: the one that the file had where all values are the same."""
    if same is None:
        return old.line(row.cells)
    if row.cells == same.cells:
        return old.ended(same.raw)
    labels = old.layout.labels
    cells = []
    for at, label in enumerate(labels):
        before = same.cells[at] if at < len(same.cells) else ""
        read = old.readings.get(label, str)
        is_reason = label in old.explained and read(row.cells[at]) is None
        is_same = before == row.cells[at] or (not is_reason and read(before) == read(row.cells[at]))
        cells.append(before if is_same else row.cells[at])
    more = row.cells[len(labels) :]
    return old.ended(same.raw) if tuple(cells) == same.cells and not more else old.line((*cells, *more))
