"""Where in which source a row stands, as one short column: `B ¶10`, with the words in full beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from datagazette.model.publication import Field
from datagazette.model.results import Row
from datagazette.pages import cells, markup
from datagazette.pages.reader import Reader

T = TypeVar("T")
ROLES = ("source", "article", "paragraph")


def with_locators(reader: Reader, fields: Sequence[Field], rows: Sequence[Row], view: cells.Rows) -> cells.Rows:
    """The table with one column for its sources, articles and paragraphs; as it is where it has but one of them."""
    located = {one.name: place for place, one in enumerate(fields) if one.role in ROLES}
    places = [place for place, column in enumerate(view.columns) if column.name in located and not column.key]
    if len(places) < 2:
        return view
    title = reader.say("source.locator")
    by_role = {fields[place].role: place for place in located.values()}
    body = []
    for row, shown in zip(rows, view.rows, strict=True):
        parts = [shown[place] for place in places]
        found = cells.Cell(_short(reader, row, by_role), column=title, exact=_full(reader, view, places, parts))
        marks = tuple(dict.fromkeys(mark for one in parts for mark in one.marks))
        body.append(_merged(shown, places, replace(found, marks=marks)))
    columns = _merged(view.columns, places, cells.Column("locator", title))
    return replace(view, columns=columns, rows=tuple(body))


def _short(reader: Reader, row: Row, by_role: dict[str, int]) -> str:
    values = [row[by_role[role]] if role in by_role else None for role in ROLES]
    source, article, paragraph = ("" if value is None else str(value) for value in values)
    if paragraph == "0":
        paragraph = reader.say("source.lead")
    elif paragraph:
        paragraph = f"¶{paragraph}"
    return markup.one_line(" ".join(part for part in (article or source, paragraph) if part))


def _full(reader: Reader, view: cells.Rows, places: Sequence[int], parts: Sequence[cells.Cell]) -> str:
    colon, semicolon = reader.say("text.colon"), reader.say("text.semicolon")
    titles = (view.columns[place].title for place in places)
    return semicolon.join(colon.join((title, one.text)) for title, one in zip(titles, parts, strict=True))


def _merged(values: tuple[T, ...], places: Sequence[int], one: T) -> tuple[T, ...]:
    """`one` in place of the first of `places`, the others left out."""
    put = [one if place == places[0] else value for place, value in enumerate(values) if place not in places[1:]]
    return tuple(put)
