"""A value as a cell of a page shows it, with its bound, its footnote marks, and where in which source it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from itertools import repeat

from datagazette.describe.addresses import row_anchor
from datagazette.describe.notation import is_number
from datagazette.model.names import is_email
from datagazette.model.publication import Note, Release
from datagazette.model.resource import Field, Schema, bound_field
from datagazette.model.results import Row, Value
from datagazette.model.text import Text
from datagazette.pages import markup, numbers
from datagazette.pages.context import PageContext
from datagazette.pages.table_html import CellView, ColumnView, RowsView

# More than this of one cell is only shown where the whole row is.
MAX_TEXT = 280
_LONGEST_ADDRESS = 45
_WEB = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
_BEGINNING = re.compile(r"https?://(www\.)?", re.IGNORECASE)
_DATE_TYPES = frozenset({"date", "yearmonth", "year"})


# Numbers of footnotes by (resource, key, field).
Marks = Mapping[tuple[str, str, str], tuple[int, ...]]
# For each field, what its values are called.
Names = Mapping[str, Mapping[str, Text]]


def marks_of(notes: Sequence[Note]) -> Marks:
    """A release numbers its notes in their order, the same on all its pages."""
    found: dict[tuple[str, str, str], tuple[int, ...]] = {}
    for number, note in enumerate(notes, 1):
        place = (note.resource, note.key, note.field)
        found[place] = (*found.get(place, ()), number)
    return found


def _same(schema: Schema, other: Schema) -> bool:
    """Whether it is the same schema, perhaps with what was found of its fields."""
    return (schema.file, schema.name) == (other.file, other.name)


def names_of(context: PageContext, release: Release, schema: Schema) -> Names:
    """The names for values of fields that refer to a labelled table."""
    labels = context.content.labels
    own = next((table.name for table in release.tables if _same(table.schema, schema)), "")
    found = {}
    for key in schema.foreign_keys:
        place = (key.package, key.resource) if key.package else (release.dataset, key.resource or own)
        if len(key.fields) == 1 and place in labels:
            found[key.fields[0]] = labels[place]
    return found


def cell(
    context: PageContext,
    field: Field,
    value: Value,
    names: Names,
    bound: str = "",
    *,
    computed: bool = False,
    written: str | None = None,
) -> CellView:
    """The cell of one value; `bound` is what the row says of it, `written` what the file has in the place of a missing
    one. Only what a query has `computed` is rounded."""
    if value is None:
        reason = context.line(field.reason(written))
        text = cut(reason, MAX_TEXT) or context.say("value.missing")
        return CellView(text, code=cut(written or "", _LONGEST_ADDRESS) if reason else "", missing=True,
                        explained=bool(reason))  # fmt: skip
    category, name = field.category(value), names.get(field.name, {}).get(str(value))
    if is_number(value) and field.type != "year" and not category and name is None:
        sign, words = bound_words(context, field.bound or bound)
        if numbers.is_currency(unit := context.line(field.unit)):
            exact = numbers.money(value, unit, context.strings)
            text = numbers.money(value, unit, context.strings, computed=computed)
            return CellView(text, "" if exact == text else exact, "", sign, words, number=True)
        decimals = numbers.places(value) if computed else field.decimals
        exact = numbers.exact(value, context.strings, grouped=not field.names, decimals=decimals)
        text = context.number(value) if computed and not field.names else exact
        return CellView(text, "" if exact == text else exact, "", sign, words, number=True)
    if isinstance(value, str) and not category and name is None and (address := _address(value)):
        return address
    called = category.label if category and category.label else name
    text = context.line(called) if called else plain_value(context, value, field)
    short = cut(text, MAX_TEXT)
    code = markup.one_line(str(value)) if called and called is name else ""
    typed = cut(value, MAX_TEXT).splitlines() if isinstance(value, str) and not called else ()
    lines = tuple(map(markup.one_line, typed))
    return CellView(short, exact="" if short is text else text, code=code, lines=lines if len(lines) > 1 else ())


def _address(value: str) -> CellView | None:
    """A web or mail address as a link, without what every address begins with, and shortened."""
    if is_email(value):
        return CellView(value, link=markup.safe_link(f"mailto:{value}"))
    link = markup.safe_link(value) if _WEB.fullmatch(value) else ""
    if not link:
        return None
    short = cut(_BEGINNING.sub("", value).removesuffix("/"), _LONGEST_ADDRESS)
    return CellView(short, exact=value, link=link)


def cut(text: str, most: int) -> str:
    """The text, of a longer one only so many characters."""
    return text if len(text) <= most else text[:most].rstrip() + "…"


def plain_value(context: PageContext, value: Value, field: Field | None = None) -> str:
    """A value as people read it, by its type alone."""
    if value is None:
        return context.say("value.missing")
    if isinstance(value, bool):
        return context.say("value.true" if value else "value.false")
    if isinstance(value, date | datetime | time):
        return numbers.date_words(value, context.strings)
    if field and (field.type in _DATE_TYPES or field.role == "date"):
        return context.date(str(value))
    grouped = not (field and field.names)
    return numbers.exact(value, context.strings, grouped=grouped) if is_number(value) else markup.one_line(str(value))


def bound_words(context: PageContext, bound: str) -> tuple[str, str]:
    """The sign before a number, and what screen readers say: `≥`, `more than`."""
    if not bound or bound == "exact":
        return "", ""
    return context.strings.get(f"bound.{bound}.sign"), context.strings.get(f"bound.{bound}.words")


def column_title(context: PageContext, field: Field) -> str:
    return context.line(field.title) or field.name


def visible(fields: Sequence[Field], language: str) -> list[int]:
    """The positions of the fields to show: of the names of a row only the one in the reader's language."""
    roles = {field.role for field in fields}
    own = f"label@{language}" if f"label@{language}" in roles else "label"
    return [place for place, field in enumerate(fields) if field.role == own or not field.role.startswith("label")]


def rows_view(
    context: PageContext,
    fields: Sequence[Field],
    rows: Sequence[Row],
    *,
    resource: str = "",
    key: Sequence[str] = (),
    names: Names | None = None,
    marks: Marks | None = None,
    computed: bool = False,
    statuses: Sequence[Sequence[str | None]] = (),
) -> RowsView:
    """A table for the page, what a row is called first. `key` are the fields that notes know a row by; `computed`: by
    a query. `statuses` are what is written in the empty cells of each row, where any say why they are empty."""
    shown, marks = visible(fields, context.language), marks or {}
    order = {field.name: place for place, field in enumerate(fields)}
    labels = [place for place in shown if fields[place].role.startswith("label")]
    lead = next(iter(labels + [place for place in shown if fields[place].name in key]), -1)  # what names a row
    shown.sort(key=lambda place: place != lead)
    bounds = [order[bound.name] if (bound := bound_field(fields, field)) else None for field in fields]
    body, row_marks, anchors = [], [], []
    for row, written in zip(rows, statuses or repeat((None,) * len(fields)), strict=False):
        value_of = "|".join(str(row[order[name]]) for name in key if name in order)
        anchors.append(row_anchor(value_of))
        row_marks.append(marks.get((resource, value_of, ""), ()))
        cells = []
        for place in shown:
            field, at = fields[place], bounds[place]
            said = "" if at is None or row[at] is None else str(row[at])
            found = cell(context, field, row[place], names or {}, said, computed=computed, written=written[place])
            noted = marks.get((resource, value_of, field.name)) if marks else None
            cells.append(found._replace(marks=noted) if noted else found)
        body.append(tuple(cells))
    columns = tuple(_column(context, fields[place], place == lead) for place in shown)
    return _without_twins(RowsView(columns, tuple(body), tuple(row_marks), tuple(anchors) if key else ()))


def _column(context: PageContext, field: Field, key: bool) -> ColumnView:
    number = field.type in {"integer", "number"} and not field.categories
    unit = context.line(field.unit)  # a currency is in each cell
    return ColumnView(field.name, column_title(context, field), "" if numbers.is_currency(unit) else unit, number, key)


def _without_twins(rows: RowsView) -> RowsView:
    """Without the columns that read as the first one in every row, such as a code beside its own label."""
    texts = [[cell.text.casefold() for cell in cells] for cells in zip(*rows.rows, strict=True)]
    kept = [place for place in range(len(texts)) if place == 0 or texts[place] != texts[0]]
    if len(rows.rows) < 2 or len(kept) == len(texts):
        return rows
    columns = tuple(rows.columns[place] for place in kept)
    return replace(rows, columns=columns, rows=tuple(tuple(cells[place] for place in kept) for cells in rows.rows))


LOCATOR_ROLES = ("source", "article", "paragraph")


def with_locators(context: PageContext, fields: Sequence[Field], rows: Sequence[Row], view: RowsView) -> RowsView:
    """The table with one column for its sources, articles and paragraphs; as it is where it has but one of them."""
    located = {field.role: place for place, field in enumerate(fields) if field.role in LOCATOR_ROLES}
    names = {field.name for field in fields if field.role in LOCATOR_ROLES}
    places = [place for place, column in enumerate(view.columns) if column.name in names and not column.key]
    if len(places) < 2:
        return view
    title, colon, semicolon = map(context.say, ("source.locator", "text.colon", "text.semicolon"))
    kept = [place for place in range(len(view.columns)) if place not in places[1:]]
    body = []
    for row, shown in zip(rows, view.rows, strict=True):
        exact = semicolon.join(f"{view.columns[place].title}{colon}{shown[place].text}" for place in places)
        marks = tuple(dict.fromkeys(mark for place in places for mark in shown[place].marks))
        found = CellView(_short(context, row, located), exact=exact, marks=marks)
        body.append(tuple(found if place == places[0] else shown[place] for place in kept))
    merged = ColumnView("locator", title)
    columns = tuple(merged if place == places[0] else view.columns[place] for place in kept)
    return replace(view, columns=columns, rows=tuple(body))


def _short(context: PageContext, row: Row, located: Mapping[str, int]) -> str:
    """`B ¶10`: the article, or else the source, with the paragraph."""
    values = [row[located[role]] if role in located else None for role in LOCATOR_ROLES]
    source, article, paragraph = ("" if value is None else str(value) for value in values)
    if paragraph == "0":
        paragraph = context.say("source.lead")
    elif paragraph:
        paragraph = f"¶{paragraph}"
    return markup.one_line(" ".join(part for part in (article or source, paragraph) if part))
