"""Personal data in files as people have them: reported before anything is converted, and not shown as examples."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice

from datagazette.intake.describe import Described
from datagazette.intake.notices import Notice, Place, notice
from datagazette.intake.sheets import Sheet
from datagazette.intake.views import View
from datagazette.personal.columns import Suspect, TextColumn, suspects

MASK = "•••"
_ROWS = 5_000  # by which columns are judged


def guarded(table: Described, sheet: Sheet, views: tuple[View, ...]) -> tuple[Described, Sheet, tuple[View, ...]]:
    """The same with a notice of each column with personal data, and without anything that is in these columns."""
    columns = []
    for at, column in enumerate(table.columns):
        texts = dict.fromkeys(row[at] for row in islice(sheet.rows, _ROWS) if row[at] and row[at] not in column.missing)
        columns.append(TextColumn(at + 1, (column.name, column.named.label), tuple(texts)))
    found = suspects(columns)
    if not found:
        return table, sheet, views
    hidden = {suspect.number - 1 for suspect in found}
    secret = frozenset(row[at] for at in hidden for row in sheet.rows if row[at])
    said = tuple(_said(suspect, table.columns[suspect.number - 1].named.label) for suspect in found)
    own = tuple(
        replace(column, notices=tuple(_without(each, secret, whole=at in hidden) for each in column.notices))
        for at, column in enumerate(table.columns)
    )
    shown = tuple(
        replace(view, example=view.example and MASK, examples=tuple(MASK for _ in view.examples))
        if at in hidden
        else view
        for at, view in enumerate(views)
    )
    notices = tuple(_without(each, secret) for each in table.notices)
    sheets = tuple(_without(each, secret) for each in sheet.notices)
    return replace(table, columns=own, notices=(*said, *notices)), replace(sheet, notices=sheets), shown


def bare_notices(sheet: Sheet, notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """The notices of a table that takes the place of another, with one for each column with personal data, and without
    anything that is in these columns."""
    columns = []
    for at, label in enumerate(sheet.labels):
        texts = dict.fromkeys(row[at] for row in islice(sheet.rows, _ROWS) if row[at])
        columns.append(TextColumn(at + 1, (label,), tuple(texts)))
    found = suspects(columns)
    secret = frozenset(row[suspect.number - 1] for suspect in found for row in sheet.rows if row[suspect.number - 1])
    said = (_said(suspect, sheet.labels[suspect.number - 1]) for suspect in found)
    return (*said, *(_without(each, secret) for each in notices))


def _said(suspect: Suspect, label: str) -> Notice:
    return notice(f"personal-{suspect.kind}", [Place(column=label)])


def _without(found: Notice, secret: Collection[str], *, whole: bool = False) -> Notice:
    """The notice without texts of columns with personal data."""

    def bare(text: str) -> str:
        is_secret = whole or text in secret or any(part.strip() in secret for part in text.split("|"))
        return MASK if text and is_secret else text

    places = tuple(replace(place, text=bare(place.text)) for place in found.places)
    values = {name: MASK if text in secret else text for name, text in found.values.items()}
    return replace(found, places=places, values=values, examples=tuple(map(bare, found.examples)))
