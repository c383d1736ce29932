"""Which columns of a file have texts where their schema has numbers, days or truth values.

Many readers take the type of a column from its first cells, so a column has one type: where one cell cannot be held as
what it is, all cells of the column are texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from datagazette.model.publication import Field
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import FieldType, Shown

Column = tuple[str, str]


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


def columns_of(
    table: str, fields: Sequence[Field], rows: Iterable[Sequence[str]], show: Callable[[str, int], Shown]
) -> Columns:
    """The columns of a sheet as its cells are. `show` gives the cell for a text in the column of this number."""
    kinds = {at: set[bool]() for at, field in enumerate(fields) if TYPES[field.type].shown is not FieldType.shown}
    watched = list(kinds)
    for row in rows if watched else ():
        for at in watched:
            value = show(row[at], at).value if at < len(row) else None
            if value is not None:
                kinds[at].add(isinstance(value, str))
        if any(len(kinds[at]) > 1 for at in watched):
            watched = [at for at in watched if len(kinds[at]) < 2]
            if not watched:
                break
    names = {at: (table, fields[at].name) for at in kinds}
    texts = tuple(names[at] for at, found in kinds.items() if found == {True})
    return Columns(texts, tuple(names[at] for at, found in kinds.items() if len(found) > 1))
