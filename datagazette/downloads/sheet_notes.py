"""Notes on the cells and rows of a table: as notes on cells, for who points at them, and as texts beside the row.

Readers of screens and programs do not find notes on cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from datagazette.messages import FOLDERS, texts
from datagazette.model.publication import Note
from datagazette.model.resource import Table

_NUMBER = re.compile(r" \(\d+\)$")


@dataclass(frozen=True)
class Noted:
    """A note at its row; the first row below the header has the number 1. `column` is that of the field, from 0; None
    where the whole row is meant. `lines` has its text in each language."""

    row: int
    column: int | None
    lines: tuple[str, ...]


def noted(table: Table, notes: Sequence[Note], rows: Callable[[], Iterable[Sequence[str]]]) -> Iterator[Noted]:
    """The notes on a table, row by row; rows are read as far as there are notes."""
    names = [field.name for field in table.schema.fields]
    key = [names.index(name) for name in table.schema.primary_key if name in names]
    wanted: dict[str, list[Note]] = {}
    for note in notes:
        if note.resource == table.name:
            wanted.setdefault(note.key, []).append(note)
    for number, row in enumerate(rows() if wanted else (), start=1):
        for note in wanted.pop("|".join(row[part] for part in key if part < len(row)), ()):
            column = names.index(note.field) if note.field in names else None
            yield Noted(number, column, tuple(text for _, text in note.text.values))
        if not wanted:
            return


def on_cells(found: Iterable[Noted], table: Table) -> Iterator[tuple[int, int, list[str]]]:
    """The numbers of row and column with the lines of their notes; those on a whole row are at its key."""
    names = [field.name for field in table.schema.fields]
    key = next((names.index(name) for name in table.schema.primary_key if name in names), 0)
    texts: dict[tuple[int, int], list[str]] = {}
    for note in found:
        texts.setdefault((note.row, key if note.column is None else note.column), []).extend(note.lines)
    yield from ((row, column, lines) for (row, column), lines in texts.items())


def beside(found: Iterable[Noted], headers: Sequence[str], colon: str) -> Mapping[int, str]:
    """The texts by row; those on a cell begin with the header of its column."""
    texts: dict[int, list[str]] = {}
    for note in found:
        where = "" if note.column is None else f"{headers[note.column]}{colon}"
        texts.setdefault(note.row, []).append(where + "\n".join(note.lines))
    return {row: "\n".join(lines) for row, lines in texts.items()}


def is_label_of_notes(label: str) -> bool:
    """Whether a column may be the one that workbooks have notes in: its header is the word for them in some languages,
    perhaps with a number."""
    words = {texts("workbook", language)["notes"] for language in FOLDERS}
    return bool(label) and set(_NUMBER.sub("", label).split(" ")) <= words
