"""Which columns of a file have texts where their schema has numbers, days or truth values.

Many readers take the type of a column from its first cells, so a column has one type: where one cell cannot be held as
what it is, all cells of the column are texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from datagazette.model.resource import Field
from datagazette.tables.columns import by_column
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import FieldType, NumberReader, Shown

Column = tuple[str, str]

_BLANK = Shown(None)
_EARLIER_MOMENTS = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d:\d\d",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?",
}
_NO_TEXT = "(?!)"


@dataclass(frozen=True)
class Columns:
    """(table, field) of columns that the schema gives another type than text: `texts` have no other cells, `mixed` have
    both, which only files of earlier programs do."""

    texts: tuple[Column, ...] = ()
    mixed: tuple[Column, ...] = ()

    def __add__(self, other: Columns) -> Columns:
        return Columns(self.texts + other.texts, self.mixed + other.mixed)

    def decided(self) -> Columns:
        """With one type for each column."""
        return Columns(self.texts + self.mixed)


class TextFound(Exception):
    """A text in a column of a sheet that was taken for one without, as nearly all are: its columns must be looked at
    before its rows are written."""

    def __init__(self, sheet: str) -> None:
        super().__init__(sheet)
        self.sheet = sheet


@dataclass(frozen=True)
class Cells:
    """How the texts of one column are shown. `quick` sees the number and format of most of them at once, if any."""

    field: Field
    show: Callable[[str], Shown]
    quick: NumberReader | None = None

    def as_texts(self) -> Cells:
        """The same column without any cell but texts."""
        return Cells(self.field, lambda text: Shown(text) if self.show(text).value is not None else Shown(None))

    def without_texts(self, sheet: str) -> Cells:
        """The same column of a sheet; to show a text raises TextFound."""

        def show(text: str) -> Shown:
            shown = self.show(text)
            if isinstance(shown.value, str):
                raise TextFound(sheet)
            return shown

        return Cells(self.field, show, self.quick)

    @property
    def is_typed(self) -> bool:
        """Whether some cell may be another thing than a text."""
        return TYPES[self.field.type].shown is not FieldType.shown


def columns_of(table: str, columns: Sequence[Cells], rows: Iterable[Sequence[str]]) -> Columns:
    """The columns of a sheet as its cells are."""
    kinds = {at: set[bool]() for at, cells in enumerate(columns) if cells.is_typed}
    watched = list(kinds)
    for found in by_column(rows, len(columns)) if watched else ():
        for at in watched:
            kinds[at] |= _kinds(columns[at], found[at])
        watched = [at for at in watched if len(kinds[at]) < 2]
        if not watched:
            break
    names = {at: (table, columns[at].field.name) for at in kinds}
    texts = tuple(names[at] for at, found in kinds.items() if found == {True})
    return Columns(texts, tuple(names[at] for at, found in kinds.items() if len(found) > 1))


def _kinds(cells: Cells, texts: Collection[str]) -> set[bool]:
    """Whether cells with these texts are texts: True, False, or both."""
    quick = cells.quick
    others = texts if quick is None else [text for text in texts if not quick(text)]
    values = (cells.show(text).value for text in set(others))
    found = {isinstance(value, str) for value in values if value is not None}
    return found | {False} if len(others) < len(texts) else found


def shown(text: str, field: Field, missing: Collection[str], kind: FieldType | None = None) -> Shown:
    """The cell for `text`: typed only where the sheet shows the very text again, or the very number. `kind` is the type
    of the field, for those who have made it already."""
    if text in missing or text == "":
        return _BLANK
    return (kind or TYPES[field.type](field)).shown(text)


def earlier_shown(text: str, field: Field, missing: Collection[str], kind: FieldType | None = None) -> Shown:
    """The same as an earlier program had it: days and times in no other form than that of ISO 8601 were numbers."""
    form = _EARLIER_MOMENTS.get(field.type, "") if field.format in ("default", "", "any") else _NO_TEXT
    is_text = field.type in _EARLIER_MOMENTS and not re.fullmatch(form, text)
    found = shown(text, field, missing, kind)
    return Shown(text) if is_text and found.value is not None else found
