"""Key figures: the number as people say it, with unit, date, bound, caveats and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.describe.notation import is_number
from datagazette.model.publication import Note, Release
from datagazette.model.results import FigureResult, Locator, ReleaseResult
from datagazette.model.text import Text
from datagazette.pages import cells, markup, numbers
from datagazette.pages.context import PageContext


@dataclass(frozen=True)
class FigureView:
    """`amount` is short, `exact` all of it with its unit. `place` says where in which source it is.

    `dataset`, `link` and `row_link` lead to its dataset, to itself there, and to the cell that it is.
    """

    name: str
    title: str | Markup
    amount: str
    exact: str
    gap: str
    unit: str
    sign: str
    words: str
    date: str
    region: str
    description: Markup | str
    marks: tuple[int, ...]
    notes: tuple[str | Markup, ...]
    place: str
    dataset: str
    link: str
    row_link: str


def figure_views(context: PageContext, result: ReleaseResult) -> tuple[FigureView, ...]:
    return tuple(figure_view(context, result, figure) for figure in result.figures)


def figure_view(context: PageContext, result: ReleaseResult, found: FigureResult) -> FigureView:
    release = result.release
    unit = markup.one_line(found.unit.get(context.language))
    amount, exact = _amount(context, found, unit)
    sign, words = cells.bound_words(context, found.bound)
    return FigureView(
        name=found.figure.name,
        title=context.text(found.figure.title) or found.figure.name,
        amount=amount,
        exact=exact,
        gap="" if unit == "%" else numbers.gap(amount, unit),
        unit="" if unit == "%" else unit,
        sign=sign,
        words=words,
        date=context.date(found.date) if found.date else "",
        region=_region(context, result, found),
        description=context.rich_inline(found.figure.description) if found.figure.description else "",
        marks=note_numbers(release, found.notes),
        notes=tuple(context.text(note.text) for note in found.notes),
        place=locator_words(context, result, found.locator),
        dataset=context.to(addresses.dataset_path(release.dataset)),
        link=context.to(addresses.dataset_path(release.dataset), f"figure-{found.figure.name}"),
        row_link=_row_link(context, release, found),
    )


def _amount(context: PageContext, found: FigureResult, unit: str) -> tuple[str, str]:
    """The short and the full form; percent signs belong to the number."""
    value, strings = found.value, context.strings
    if is_number(value):
        if unit == "%":
            percent = strings.fill("value.percent", n=numbers.shown(value, strings))
            return percent, strings.fill("value.percent", n=numbers.exact(value, strings))
        exact = numbers.exact(value, strings)
        return numbers.headline(value, strings), strings.fill("value.with_unit", n=exact, unit=unit).strip()
    words = cells.plain_value(context, value)
    return words, words


def _region(context: PageContext, result: ReleaseResult, found: FigureResult) -> str:
    """Its region's name, from the table that its row refers to, else as the publication calls the code."""
    if not found.region:
        return ""
    named = _named_by_role(context, result, found, "region", found.region)
    return named or context.region(found.region)


def _named_by_role(context: PageContext, result: ReleaseResult, found: FigureResult, role: str, code: str) -> str:
    table = result.release.table(found.figure.resource)
    field = table.schema.with_role(role) if table else None
    if not table or not field:
        return ""
    names: Mapping[str, Text] = cells.names_of(context, result.release, table.schema).get(field.name, {})
    name = names.get(code)
    return markup.one_line(name.get(context.language)) if name else ""


def locator_words(context: PageContext, result: ReleaseResult, locator: Locator) -> str:
    """`Source, article B, paragraph 5`; paragraph 0 is the lead."""
    parts = []
    if locator.source:
        parts.append(_source_name(context, result, locator.source))
    if locator.article:
        parts.append(context.say("source.article", article=locator.article))
    if locator.paragraph == "0":
        parts.append(context.say("source.lead"))
    elif locator.paragraph:
        parts.append(context.say("source.paragraph", paragraph=locator.paragraph))
    return context.say("text.comma").join(markup.one_line(part) for part in parts)


def _source_name(context: PageContext, result: ReleaseResult, source: str) -> str:
    """What a field with the role `source` refers to, in any of the release's tables."""
    for table in result.release.tables:
        field = table.schema.with_role("source")
        names = cells.names_of(context, result.release, table.schema)
        if field and source in names.get(field.name, {}):
            return names[field.name][source].get(context.language)
    return source


def _row_link(context: PageContext, release: Release, found: FigureResult) -> str:
    """The link to the figure's row: in the explorer, or in its summary's table."""
    figure = found.figure
    if figure.summary:
        state, row = addresses.summary_cell(release, figure.key, figure.field)
        return context.to(addresses.summary_path(release.dataset, figure.summary), row, state)
    state = addresses.cell_state(release, figure.resource, figure.key, figure.field)
    return context.to(addresses.explore_path(release.dataset), query=state)


def note_numbers(release: Release, notes: tuple[Note, ...]) -> tuple[int, ...]:
    """The numbers that the release's pages give these notes."""
    return tuple(number for number, note in enumerate(release.notes, 1) if note in notes)
