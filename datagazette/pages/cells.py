"""A value as a cell of a page shows it, with its bound, its footnote marks, and where in which source it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TypeVar

from datagazette.describe.addresses import row_anchor
from datagazette.describe.notation import Number, is_number
from datagazette.model.publication import Field, ForeignKey, Note, Release, Schema
from datagazette.model.results import Row, Value
from datagazette.model.text import Text
from datagazette.pages import markup, numbers
from datagazette.pages.context import PageContext

# More than this of one cell is only shown where the whole row is.
MAX_TEXT = 280
_DATE_TYPES = frozenset({"date", "yearmonth", "year"})


@dataclass(frozen=True)
class CellView:
    """`exact` is set where `text` is shorter than the value; `code` where `text` names a code."""

    text: str
    exact: str = ""
    code: str = ""
    sign: str = ""
    words: str = ""
    marks: tuple[int, ...] = ()
    missing: bool = False
    number: bool = False
    column: str = ""


@dataclass(frozen=True)
class ColumnView:
    """`number`: its cells are set as figures; `key`: it is what a row is called by."""

    name: str
    title: str
    unit: str = ""
    number: bool = False
    key: bool = False


@dataclass(frozen=True)
class RowsView:
    """A table of a page; each row has one cell for each column. `anchors` are the ids that rows may have."""

    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[CellView, ...], ...]
    marks: tuple[tuple[int, ...], ...] = ()
    anchors: tuple[str, ...] = ()


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


def names_of(context: PageContext, release: Release, schema: Schema) -> Names:
    """The names for values of fields that refer to a labelled table."""
    labels = context.content.labels
    found = {}
    for key in schema.foreign_keys:
        place = _target(release, schema, key)
        if len(key.fields) == 1 and place in labels:
            found[key.fields[0]] = labels[place]
    return found


def _target(release: Release, schema: Schema, key: ForeignKey) -> tuple[str, str]:
    if key.package:
        return key.package, key.resource
    own = next((table.name for table in release.tables if table.schema == schema), "")
    return release.dataset, key.resource or own


def cell(context: PageContext, field: Field, value: Value, names: Names, bound: str = "") -> CellView:
    """The cell of one value; `bound` is what the row says of it."""
    title = column_title(context, field)
    if value is None:
        return CellView(context.say("value.missing"), missing=True, column=title)
    is_named = field.category(value) or str(value) in names.get(field.name, {})
    if is_number(value) and field.type != "year" and not is_named:
        sign, words = bound_words(context, field.bound or bound)
        return _number(context, value, sign, words, title)
    text, code = _words(context, field, value, names)
    short = text if len(text) <= MAX_TEXT else text[:MAX_TEXT].rstrip() + "…"
    return CellView(short, exact="" if short is text else text, code=code, column=title)


def _number(context: PageContext, value: Number, sign: str, words: str, column: str) -> CellView:
    text = numbers.shown(value, context.strings)
    exact = numbers.exact(value, context.strings)
    return CellView(text, "" if exact == text else exact, "", sign, words, number=True, column=column)


def _words(context: PageContext, field: Field, value: Value, names: Names) -> tuple[str, str]:
    """The text of a value and, where that is a name, the code that it names."""
    category = field.category(value)
    if category and category.label:
        return markup.one_line(category.label.get(context.language)), ""
    name = names.get(field.name, {}).get(str(value))
    if name:
        return markup.one_line(name.get(context.language)), markup.one_line(str(value))
    return plain_value(context, value, field), ""


def plain_value(context: PageContext, value: Value, field: Field | None = None) -> str:
    """A value in words, by its type alone."""
    if value is None:
        return context.say("value.missing")
    if isinstance(value, bool):
        return context.say("value.true" if value else "value.false")
    kind = field.type if field else ""
    if isinstance(value, date | datetime | time):
        return numbers.date_words(value, context.strings)
    if kind in _DATE_TYPES or (field and field.role == "date"):
        return numbers.date_words(str(value), context.strings)
    return numbers.shown(value, context.strings) if is_number(value) else markup.one_line(str(value))


def bound_words(context: PageContext, bound: str) -> tuple[str, str]:
    """The sign before a number and the words for screen readers: `≥`, `more than`."""
    if not bound or bound == "exact":
        return "", ""
    return context.strings.get(f"bound.{bound}.sign"), context.strings.get(f"bound.{bound}.words")


def column_title(context: PageContext, field: Field) -> str:
    return markup.one_line(field.title.get(context.language)) or field.name


def column(context: PageContext, field: Field, key: bool = False) -> ColumnView:
    number = field.type in {"integer", "number"} and not field.categories
    unit = markup.one_line(field.unit.get(context.language))
    return ColumnView(field.name, column_title(context, field), unit, number, key)


def visible(fields: Sequence[Field], language: str) -> list[int]:
    """The positions of the fields to show: of the names of a row only the one in the reader's language."""
    own = f"label@{language}"
    roles = {field.role for field in fields}
    hidden = {role for role in roles if role.startswith("label@") and role != own}
    if own in roles:
        hidden.add("label")
    return [position for position, one in enumerate(fields) if one.role not in hidden]


def rows_view(
    context: PageContext,
    fields: Sequence[Field],
    rows: Sequence[Row],
    *,
    resource: str = "",
    key: Sequence[str] = (),
    names: Names | None = None,
    marks: Marks | None = None,
) -> RowsView:
    """A table for the page, what a row is called first. `key` are the fields that notes know a row by."""
    shown = visible(fields, context.language)
    order = {field.name: position for position, field in enumerate(fields)}
    lead = _row_header(fields, key, shown)
    shown.sort(key=lambda position: position != lead)
    bound = next((position for position, field in enumerate(fields) if field.role == "bound"), None)
    body, row_marks, anchors = [], [], []
    for row in rows:
        value_of = "|".join(str(row[order[name]]) for name in key if name in order)
        anchors.append(row_anchor(value_of))
        said = str(row[bound]) if bound is not None else ""
        cells = []
        for position in shown:
            field = fields[position]
            said_here = said if field.role == "value" else ""
            found = cell(context, field, row[position], names or {}, said_here)
            noted = (marks or {}).get((resource, value_of, field.name), ())
            cells.append(replace(found, marks=noted) if noted else found)
        body.append(tuple(cells))
        row_marks.append((marks or {}).get((resource, value_of, ""), ()))
    columns = tuple(column(context, fields[one], one == lead) for one in shown)
    return _without_twins(RowsView(columns, tuple(body), tuple(row_marks), tuple(anchors) if key else ()))


def _without_twins(rows: RowsView) -> RowsView:
    """Without the columns that read as the first one in every row, such as a code beside its own label."""
    texts = [[cell.text.casefold() for cell in cells] for cells in zip(*rows.rows, strict=True)]
    kept = [place for place in range(len(texts)) if place == 0 or texts[place] != texts[0]]
    if len(rows.rows) < 2 or len(kept) == len(texts):
        return rows
    columns = tuple(rows.columns[place] for place in kept)
    body = tuple(tuple(cells[place] for place in kept) for cells in rows.rows)
    return replace(rows, columns=columns, rows=body)


def _row_header(fields: Sequence[Field], key: Sequence[str], shown: Sequence[int]) -> int:
    """The column that names a row: the label, else the first of the key; -1 where nothing does."""
    for position in shown:
        if fields[position].role.startswith("label"):
            return position
    named = (position for position in shown if fields[position].name in key)
    return next(named, -1)


T = TypeVar("T")
LOCATOR_ROLES = ("source", "article", "paragraph")


def with_locators(context: PageContext, fields: Sequence[Field], rows: Sequence[Row], view: RowsView) -> RowsView:
    """The table with one column for its sources, articles and paragraphs; as it is where it has but one of them."""
    located = {field.name: place for place, field in enumerate(fields) if field.role in LOCATOR_ROLES}
    places = [place for place, column in enumerate(view.columns) if column.name in located and not column.key]
    if len(places) < 2:
        return view
    title = context.say("source.locator")
    by_role = {fields[place].role: place for place in located.values()}
    body = []
    for row, shown in zip(rows, view.rows, strict=True):
        parts = [shown[place] for place in places]
        found = CellView(_short(context, row, by_role), column=title, exact=_full(context, view, places, parts))
        marks = tuple(dict.fromkeys(mark for part in parts for mark in part.marks))
        body.append(_merged(shown, places, replace(found, marks=marks)))
    columns = _merged(view.columns, places, ColumnView("locator", title))
    return replace(view, columns=columns, rows=tuple(body))


def _short(context: PageContext, row: Row, by_role: dict[str, int]) -> str:
    values = [row[by_role[role]] if role in by_role else None for role in LOCATOR_ROLES]
    source, article, paragraph = ("" if value is None else str(value) for value in values)
    if paragraph == "0":
        paragraph = context.say("source.lead")
    elif paragraph:
        paragraph = f"¶{paragraph}"
    return markup.one_line(" ".join(part for part in (article or source, paragraph) if part))


def _full(context: PageContext, view: RowsView, places: Sequence[int], parts: Sequence[CellView]) -> str:
    colon, semicolon = context.say("text.colon"), context.say("text.semicolon")
    titles = (view.columns[place].title for place in places)
    return semicolon.join(colon.join((title, part.text)) for title, part in zip(titles, parts, strict=True))


def _merged(values: tuple[T, ...], places: Sequence[int], one: T) -> tuple[T, ...]:
    """`one` in place of the first of `places`, the others left out."""
    put = [one if place == places[0] else value for place, value in enumerate(values) if place not in places[1:]]
    return tuple(put)
