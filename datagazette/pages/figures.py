"""Key figures: the number as people say it, with unit, date, bound, caveats and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.describe.values import is_number
from datagazette.model.publication import Note, Release
from datagazette.model.results import FigureResult, Locator, ReleaseResult
from datagazette.model.text import Text
from datagazette.pages import cells, markup, numbers
from datagazette.pages.reader import Reader


@dataclass(frozen=True)
class FigureView:
    """`amount` is short, `exact` all of it with its unit. `place` says where in which source it stands.

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


def figure_views(reader: Reader, result: ReleaseResult) -> tuple[FigureView, ...]:
    return tuple(figure_view(reader, result, one) for one in result.figures)


def figure_view(reader: Reader, result: ReleaseResult, found: FigureResult) -> FigureView:
    release = result.release
    unit = markup.one_line(found.unit.get(reader.language))
    amount, exact = _amount(reader, found, unit)
    sign, words = cells.bound_words(reader, found.bound)
    return FigureView(
        name=found.figure.name,
        title=reader.text(found.figure.title) or found.figure.name,
        amount=amount,
        exact=exact,
        gap="" if unit == "%" else numbers.gap(amount, unit),
        unit="" if unit == "%" else unit,
        sign=sign,
        words=words,
        date=reader.date(found.date) if found.date else "",
        region=_region(reader, result, found),
        description=reader.rich_inline(found.figure.description) if found.figure.description else "",
        marks=note_numbers(release, found.notes),
        notes=tuple(reader.text(one.text) for one in found.notes),
        place=locator_words(reader, result, found.locator),
        dataset=reader.to(addresses.dataset_path(release.dataset)),
        link=reader.to(addresses.dataset_path(release.dataset), f"figure-{found.figure.name}"),
        row_link=_row_link(reader, release, found),
    )


def _amount(reader: Reader, found: FigureResult, unit: str) -> tuple[str, str]:
    """The short and the full form; percent signs belong to the number."""
    value, strings = found.value, reader.strings
    if is_number(value):
        if unit == "%":
            percent = strings.fill("value.percent", n=numbers.shown(value, strings))
            return percent, strings.fill("value.percent", n=numbers.exact(value, strings))
        exact = numbers.exact(value, strings)
        return numbers.headline(value, strings), strings.fill("value.with_unit", n=exact, unit=unit).strip()
    words = cells.plain_value(reader, value)
    return words, words


def _region(reader: Reader, result: ReleaseResult, found: FigureResult) -> str:
    """Its region's name, from the table that its row refers to, else as the publication calls the code."""
    if not found.region:
        return ""
    named = _named_by_role(reader, result, found, "region", found.region)
    return named or reader.region(found.region)


def _named_by_role(reader: Reader, result: ReleaseResult, found: FigureResult, role: str, code: str) -> str:
    table = result.release.table(found.figure.resource)
    field = table.schema.with_role(role) if table else None
    if not table or not field:
        return ""
    names: Mapping[str, Text] = cells.names_of(reader, result.release, table.schema).get(field.name, {})
    name = names.get(code)
    return markup.one_line(name.get(reader.language)) if name else ""


def locator_words(reader: Reader, result: ReleaseResult, locator: Locator) -> str:
    """`Source, article B, paragraph 5`; paragraph 0 is the lead."""
    parts = []
    if locator.source:
        parts.append(_source_name(reader, result, locator.source))
    if locator.article:
        parts.append(reader.say("source.article", article=locator.article))
    if locator.paragraph == "0":
        parts.append(reader.say("source.lead"))
    elif locator.paragraph:
        parts.append(reader.say("source.paragraph", paragraph=locator.paragraph))
    return reader.say("text.comma").join(markup.one_line(part) for part in parts)


def _source_name(reader: Reader, result: ReleaseResult, source: str) -> str:
    """What a field with the role `source` refers to, in any of the release's tables."""
    for table in result.release.tables:
        field = table.schema.with_role("source")
        names = cells.names_of(reader, result.release, table.schema)
        if field and source in names.get(field.name, {}):
            return names[field.name][source].get(reader.language)
    return source


def _row_link(reader: Reader, release: Release, found: FigureResult) -> str:
    """The row that the figure stands in: in the explorer, or in its summary's table."""
    figure = found.figure
    if figure.summary:
        state, row = addresses.summary_cell(release, figure.key, figure.field)
        return reader.to(addresses.summary_path(release.dataset, figure.summary), row, state)
    state = addresses.cell_state(release, figure.resource, figure.key, figure.field)
    return reader.to(addresses.explore_path(release.dataset), query=state)


def note_numbers(release: Release, notes: tuple[Note, ...]) -> tuple[int, ...]:
    """The numbers that the release's pages give these notes."""
    return tuple(number for number, one in enumerate(release.notes, 1) if one in notes)
