"""Key figures and caveats: the number as people say it, with unit, date, bound and source, and the notes on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.notation import is_number
from datagazette.model.publication import Figure, Release
from datagazette.model.resource import Field, Table
from datagazette.model.results import FigureResult, Locator, ReleaseResult
from datagazette.pages import cells, markup, numbers
from datagazette.pages.context import PageContext

# A release with more caveats than this shows the first ones; all are in its files.
MAX_NOTES = 300


def figure_views(context: PageContext, result: ReleaseResult) -> list[dict[str, Any]]:
    return [figure_view(context, result, figure) for figure in result.figures]


def figure_view(context: PageContext, result: ReleaseResult, found: FigureResult) -> dict[str, Any]:
    """`amount` is short, `exact` all of it with its unit. `place` says where in which source it is.

    `dataset`, `link` and `row_link` lead to its dataset, to itself there, and to the cell that it is.
    """
    release, figure = result.release, found.figure
    unit = context.line(found.unit)
    shown = "" if unit == "%" or (numbers.is_currency(unit) and is_number(found.value)) else unit
    amount, exact = _amount(context, found, _field(result, figure), unit)
    sign, words = cells.bound_words(context, found.bound)
    region = ""
    if found.region:  # as the table calls it that its row refers to, else as the publication does
        own = [table for table in release.tables if table.name == figure.resource]
        region = _named(context, release, own, "region", found.region) or context.region(found.region)
    return {
        "name": figure.name,
        "title": context.text(figure.title) or figure.name,
        "amount": amount,
        "exact": exact,
        "gap": numbers.gap(amount, shown),
        "unit": shown,
        "sign": sign,
        "words": words,
        "date": context.date(found.date) if found.date else "",
        "region": region,
        "description": context.rich_inline(figure.description),
        "marks": tuple(number for number, note in enumerate(release.notes, 1) if note in found.notes),
        "notes": tuple(context.text(note.text) for note in found.notes),
        "place": _locator(context, release, found.locator),
        "withdrawn": release.state == "withdrawn",
        "dataset": context.dataset_link(release.dataset),
        "link": context.to(addresses.dataset_path(release.dataset), f"figure-{figure.name}"),
        "row_link": _row_link(context, release, found),
    }


def _field(result: ReleaseResult, figure: Figure) -> Field | None:
    """The field of the table or of the summary that the figure is a value of."""
    table = next((found.table for found in result.tables if found.table.name == figure.resource), None)
    summary = result.release.summary(figure.summary)
    return table.schema.field(figure.field) if table else summary.field(figure.field) if summary else None


def _amount(context: PageContext, found: FigureResult, field: Field | None, unit: str) -> tuple[str, str]:
    """The short and the full form; percent signs belong to the number, a year is a date, a code counts nothing."""
    value, strings = found.value, context.strings
    if not is_number(value) or (field and (field.type == "year" or field.names)):
        text = cells.plain_value(context, value, field)
        return text, text
    if numbers.is_currency(unit):
        return numbers.money(value, unit, strings, computed=True), numbers.money(value, unit, strings)
    exact = numbers.exact(value, strings, decimals=field.decimals if field else 0)
    if unit == "%":
        short = strings.fill("value.percent", n=numbers.shown(value, strings))
        return short, strings.fill("value.percent", n=exact)
    return numbers.headline(value, strings), strings.fill("value.with_unit", n=exact, unit=unit).strip()


def _named(context: PageContext, release: Release, tables: Sequence[Table], role: str, code: str) -> str | None:
    """What the code is called that a field with this role refers to, in the first of the tables that knows it."""
    for table in tables:
        field = table.schema.with_role(role)
        name = cells.names_of(context, release, table.schema).get(field.name, {}).get(code) if field else None
        if name is not None:
            return context.line(name)
    return None


def _locator(context: PageContext, release: Release, locator: Locator) -> str:
    """`Source, article B, paragraph 5`; paragraph 0 is the lead."""
    parts = []
    if locator.source:
        name = _named(context, release, release.tables, "source", locator.source)
        parts.append(locator.source if name is None else name)
    if locator.article:
        parts.append(context.say("source.article", article=locator.article))
    if locator.paragraph == "0":
        parts.append(context.say("source.lead"))
    elif locator.paragraph:
        parts.append(context.say("source.paragraph", paragraph=locator.paragraph))
    return context.say("text.comma").join(map(markup.one_line, parts))


def _row_link(context: PageContext, release: Release, found: FigureResult) -> str:
    """The link to the figure's row: in the explorer, or in its summary's table."""
    figure = found.figure
    if figure.summary:
        state, row = addresses.summary_cell(release, figure.key, figure.field)
        return context.to(addresses.summary_path(release.dataset, figure.summary), row, state)
    state = addresses.cell_state(release, figure.resource, figure.key, figure.field)
    return context.to(addresses.explore_path(release.dataset), query=state)


def note_views(context: PageContext, release: Release, resource: str = "") -> list[dict[str, object]]:
    """The caveats of a release, or of one of its tables or summaries, with the numbers that they have on all pages.

    `place` is the table, row and column as people call them.
    """
    found = []
    for number, note in enumerate(release.notes[:MAX_NOTES], 1):
        if resource not in {"", note.resource}:
            continue
        table, summary = release.table(note.resource), release.summary(note.resource)
        field = table.schema.field(note.field) if table else summary.field(note.field) if summary else None
        title = context.plain(table.title) if table else ""
        column = cells.column_title(context, field) if field else note.field
        place = [title or ("" if summary else note.resource), note.key, column]
        found.append(
            {
                "number": number,
                "kind": context.word("note", note.kind),
                "text": context.rich_inline(note.text),
                "place": context.say("note.place_separator").join(filter(None, place)),
            }
        )
    return found
