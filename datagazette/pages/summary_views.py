"""Summaries as pages show them: the finding, the chart with its text alternative, the table, the caveats."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.describe.values import filled_text, is_number
from datagazette.model.publication import Field
from datagazette.model.results import ReleaseResult, SummaryResult, Value
from datagazette.model.text import Text, in_json
from datagazette.pages import cells, markup, numbers
from datagazette.pages.context import PageContext
from datagazette.pages.downloads import Download, summary_downloads
from datagazette.pages.note_views import NoteView, notes_of

# Rows beside a chart on a dataset page; the summary's own page has all rows up to the second number.
ROWS_BESIDE_CHART = 12
ROWS_OF_PAGE = 1000
_ROWS_OF_ALTERNATIVE = 8


@dataclass(frozen=True)
class ChartView:
    """The drawing, which follows the page's colours, and what it shows in words; `height` holds either form.

    `told` is what a script shows of the row behind a mark, as JSON; empty where marks show no single row.
    """

    wide: Markup
    narrow: Markup
    alternative: str
    height: int
    told: Markup | str = ""


@dataclass(frozen=True)
class SummaryView:
    """`more` counts the rows that are left out."""

    name: str
    title: str
    description: Markup | str
    source: str
    chart: ChartView | None
    table: cells.RowsView
    more: int
    downloads: tuple[Download, ...]
    notes: tuple[NoteView, ...]
    link: str


def summary_views(context: PageContext, result: ReleaseResult) -> tuple[SummaryView, ...]:
    return tuple(summary_view(context, result, summary, ROWS_BESIDE_CHART) for summary in result.summaries)


def summary_view(context: PageContext, result: ReleaseResult, found: SummaryResult, most: int) -> SummaryView:
    summary, release = found.summary, result.release
    title = summary_title(context, found)
    table = cells.rows_view(
        context,
        summary.fields,
        found.rows[:most],
        resource=summary.name,
        key=summary.primary_key,
        marks=cells.marks_of(release.notes),
    )
    return SummaryView(
        name=summary.name,
        title=title,
        description=context.rich(summary_description(context, found)) if summary.description else "",
        source=_source(context, result),
        chart=_chart(context, result, found, title),
        table=table,
        more=max(0, len(found.rows) - most),
        downloads=summary_downloads(context, result, summary.name),
        notes=notes_of(context, release, summary.name),
        link=context.to(addresses.summary_path(release.dataset, summary.name)),
    )


def summary_title(context: PageContext, found: SummaryResult) -> str:
    """The title in the page's language, its numbers as that language writes them."""
    title = markup.one_line(found.summary.title.get(context.language)) or found.summary.name
    return filled_text(title, found, partial(_value_words, context))


def summary_description(context: PageContext, found: SummaryResult) -> Text:
    """The description with its numbers as the page's language writes them."""
    values = found.summary.description.values
    words = partial(_value_words, context)
    return Text(tuple((language, filled_text(value, found, words)) for language, value in values))


def _value_words(context: PageContext, field: Field, value: Value) -> str:
    if is_number(value) and field.type != "year":
        return numbers.headline(value, context.strings)
    return cells.cell(context, field, value, {}).text


def _source(context: PageContext, result: ReleaseResult) -> str:
    """The line below a chart that names the release's sources."""
    titles = [context.plain(source.title) or source.path for source in result.release.sources]
    return context.say("chart.source", sources=context.say("text.semicolon").join(titles)) if titles else ""


def _chart(context: PageContext, result: ReleaseResult, found: SummaryResult, title: str) -> ChartView | None:
    if found.summary.chart is None:
        return None
    release = result.release
    plot = context.content.plots.get((release.dataset, release.version, found.summary.name, context.language))
    if not plot:
        return None
    # Safe: the drawing is written by datagazette.charts from an allow-list of elements.
    wide, narrow = Markup(plot.wide), Markup(plot.narrow)  # noqa: S704
    told = _told(context, result, found) if "data-row" in wide else ""
    return ChartView(wide, narrow, alternative(context, found, title), max(_height(wide), _height(narrow)), told)


def _told(context: PageContext, result: ReleaseResult, found: SummaryResult) -> Markup:
    """Each row's name, its exact figures with unit and bound, and its caveats; codes are for the table beside."""
    summary, notes = found.summary, result.release.notes
    view = cells.rows_view(context, summary.fields, found.rows, resource=summary.name, key=summary.primary_key,
                           marks=cells.marks_of(notes))  # fmt: skip
    colon = context.say("text.colon")
    rows = []
    for row, about in zip(view.rows, view.marks, strict=True):
        name = next((one.text for one, column in zip(row, view.columns, strict=True) if column.key), "")
        said = [
            [f"{column.title}{colon}", _figure(one, column)]
            for one, column in zip(row, view.columns, strict=True)
            if one.number and not column.key and not one.missing
        ]
        marks = dict.fromkeys((*about, *(number for one in row for number in one.marks)))
        rows.append([name, said, [context.plain(notes[number - 1].text) for number in marks]])
    written = in_json(json.dumps(rows, ensure_ascii=False, separators=(",", ":")))
    # Inside a script element nothing is escaped, so there must be no `<`.
    return Markup(written.replace("<", "\\u003c"))  # noqa: S704


def _figure(one: cells.CellView, column: cells.ColumnView) -> str:
    """As the table has it, but exact and with its unit: `≥ 12,000 stations`."""
    amount = one.exact or one.text
    unit = column.unit if one.number else ""
    gap = "" if unit == "%" else numbers.gap(amount, unit)
    return f"{one.sign}{' ' if one.sign else ''}{amount}{gap}{unit}"


def _height(drawing: str) -> int:
    found = re.search(r'<svg[^>]*\sheight="(\d+)', drawing)
    return int(found[1]) if found else 0


def alternative(context: PageContext, found: SummaryResult, title: str) -> str:
    """What the chart shows, for those who do not see it: its title and its first figures in words."""
    plotted = _plotted(found)
    fields = [one for one in found.summary.fields if one.name in plotted or one.role.startswith("label")]
    order = {one.name: place for place, one in enumerate(found.summary.fields)}
    rows = [tuple(row[order[field.name]] for field in fields) for row in found.rows[:_ROWS_OF_ALTERNATIVE]]
    view = cells.rows_view(context, fields, rows)
    colon, comma, semicolon = (context.say(f"text.{one}") for one in ("colon", "comma", "semicolon"))
    said = [
        colon.join((view.columns[place].title, f"{one.words} {one.text}".strip()))
        for row in view.rows
        for place, one in enumerate(row)
    ]
    width = len(view.columns)
    lines = [comma.join(said[start : start + width]) for start in range(0, len(said), width)] if width else []
    more = len(found.rows) - len(rows)
    rest = [context.count("more_rows", more)] if more else []
    return markup.one_line(f"{title} — " + semicolon.join([*lines, *rest])) if lines else title


def _plotted(found: SummaryResult) -> set[str]:
    """The fields that the chart's encodings name."""
    names: set[str] = set()
    waiting: list[object] = [found.summary.chart]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            named = part.get("field")
            names |= {named} if isinstance(named, str) else set()
            waiting += part.values()
        elif isinstance(part, list | tuple):
            waiting += part
    return names
