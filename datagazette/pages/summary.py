"""Summaries: the finding, the chart with its text alternative, the table and the caveats, and the pages that have them.

A chart has a page of its own, too, for the frames of other sites.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from datagazette.charts.missing import missing_sentences
from datagazette.describe import addresses, citation
from datagazette.describe.notation import filled, filled_text, is_number
from datagazette.model.publication import Dataset
from datagazette.model.resource import Field
from datagazette.model.results import ReleaseResult, SummaryResult, Value
from datagazette.model.text import Text, in_html, in_json
from datagazette.pages import cells, markup, numbers
from datagazette.pages.context import Head, Page, PageContext, render
from datagazette.pages.dictionary import summary_downloads
from datagazette.pages.figures import note_views
from datagazette.pages.history import warning_banners
from datagazette.pages.reuse import citation_styles, license_views, recipe, source_views
from datagazette.pages.table_html import RowsView

View = dict[str, Any]
# Rows beside a chart on a dataset page; the summary's own page has all rows up to the second number.
ROWS_BESIDE_CHART = 12
_ROWS_OF_PAGE = 1000
_ROWS_OF_ALTERNATIVE = 8
# Pixels around a chart in its frame: a title of up to four lines, the source, and the link to its page.
_AROUND = 290


def summary_page(context: PageContext, dataset: Dataset, result: ReleaseResult, found: SummaryResult) -> Page:
    """`/datasets/<id>/summaries/<name>/`, of the newest release."""
    release, summary, catalog = result.release, found.summary, context.content.catalog
    view = summary_view(context, result, found, _ROWS_OF_PAGE)
    title = context.dataset_title(release)
    described = context.plain(_description(context, found))
    head = Head(
        kind="summary",
        title=view["title"],
        description=described or context.say("summary.description", title=title),
        breadcrumbs=context.trail(dataset.name, title),
        search=context.facets(release),
        modified=release.date.isoformat() if release.date else "",
    )
    return render(
        context,
        "summary",
        head,
        release=release,
        banners=warning_banners(context, dataset, release),
        dataset_title=context.text(release.title) or dataset.name,
        dataset_link=context.dataset_link(dataset.name),
        release_link=context.to(addresses.release_path(dataset.name, release.version)),
        date=context.release_date(release),
        summary=view,
        fields=[(field, context.rich_inline(field.description)) for field in summary.fields if field.description],
        query=summary.query.strip(),
        citations=citation_styles(citation.cite_summary(catalog, release, filled(found).summary, context.language)),
        embed=_embed_code(context, result, view) if view["chart"] else "",
        recipe=recipe(context, result, summary),
        sources=source_views(context, release),
        licenses=license_views(context, release),
    )


def embed_page(context: PageContext, dataset: Dataset, result: ReleaseResult, found: SummaryResult) -> Iterator[Page]:
    """`/datasets/<id>/summaries/<name>/embed/`: the chart and its source, for a frame on another site."""
    release = result.release
    view = summary_view(context, result, found, 0)
    if view["chart"] is None:
        return
    canonical = context.localized(addresses.summary_path(dataset.name, found.summary.name))
    head = Head(
        kind="summary",
        title=view["title"],
        description=context.plain(_description(context, found)) or view["title"],
        noindex=True,
        extra={"embed": True, "canonical": canonical},
    )
    yield render(
        context,
        "embed",
        head,
        banners=warning_banners(context, dataset, release),
        summary=view,
        page_link=view["link"],
        catalog_title=context.text(context.content.catalog.title),
        dataset_title=context.text(release.title) or dataset.name,
        version=release.version,
        date=context.release_date(release),
    )


def _embed_code(context: PageContext, result: ReleaseResult, view: View) -> str:
    """The HTML that puts the chart on another page."""
    address = context.absolute(addresses.embed_path(result.release.dataset, view["name"]))
    height = view["chart"]["height"] + _AROUND
    return in_html(
        f'<iframe src="{escape(address)}" title="{escape(view["title"])}" width="100%" height="{height}"'
        ' style="border:0" loading="lazy"></iframe>'
    )


def summary_view(context: PageContext, result: ReleaseResult, found: SummaryResult, most: int) -> View:
    """A summary with its first `most` rows; `more` counts those that are left out."""
    summary, release = found.summary, result.release
    title = summary_title(context, found)
    sources = [context.plain(source.title) or source.path for source in release.sources]
    joined = context.say("text.semicolon").join(sources)
    return {
        "name": summary.name,
        "title": title,
        "description": context.rich(_description(context, found)),
        "source": context.say("chart.source", sources=joined) if sources else "",
        "chart": _chart(context, result, found, title),
        "table": _rows(context, result, found, most),
        "more": max(0, len(found.rows) - most),
        "downloads": summary_downloads(context, result, summary.name),
        "missing": [context.say("missing.sentence", said=said) for said in missing_sentences(found, context.language)],
        "notes": note_views(context, release, summary.name),
        "link": context.to(addresses.summary_path(release.dataset, summary.name)),
    }


def _rows(context: PageContext, result: ReleaseResult, found: SummaryResult, most: int | None = None) -> RowsView:
    summary = found.summary
    return cells.rows_view(
        context,
        summary.fields,
        found.rows[:most],
        resource=summary.name,
        key=summary.primary_key,
        marks=cells.marks_of(result.release.notes),
        computed=True,
    )


def summary_title(context: PageContext, found: SummaryResult) -> str:
    """The title in the page's language, its numbers as that language writes them."""
    title = context.line(found.summary.title) or found.summary.name
    return filled_text(title, found, partial(_value_words, context))


def _description(context: PageContext, found: SummaryResult) -> Text:
    """The description with its numbers as the page's language writes them."""
    values = found.summary.description.values
    words = partial(_value_words, context)
    return Text(tuple((language, filled_text(value, found, words)) for language, value in values))


def _value_words(context: PageContext, field: Field, value: Value) -> str:
    if is_number(value) and field.type != "year":
        return numbers.headline(value, context.strings)
    return cells.cell(context, field, value, {}, computed=True).text


def _chart(context: PageContext, result: ReleaseResult, found: SummaryResult, title: str) -> View | None:
    """The drawing, which follows the page's colours, and what it shows as a text; `height` is enough for either form.

    `rows` is what a script shows of the row behind a mark, as JSON; empty where marks show no single row.
    """
    if found.summary.chart is None:
        return None
    release = result.release
    plot = context.content.plots.get((release.dataset, release.version, found.summary.name, context.language))
    if not plot:
        return None
    # Safe: the drawing is written by datagazette.charts from an allow-list of elements.
    wide, narrow = Markup(plot.wide), Markup(plot.narrow)  # noqa: S704
    heights = [re.search(r'<svg[^>]*\sheight="(\d+)', drawing) for drawing in (wide, narrow)]
    return {
        "wide": wide,
        "narrow": narrow,
        "alternative": _alternative(context, found, title),
        "height": max(int(digits[1]) if digits else 0 for digits in heights),
        "rows": _rows_json(context, result, found) if "data-row" in wide else "",
    }


def _rows_json(context: PageContext, result: ReleaseResult, found: SummaryResult) -> Markup:
    """Each row's name, its exact figures with unit and bound, and its caveats; codes are for the table beside."""
    notes, colon = result.release.notes, context.say("text.colon")
    view = _rows(context, result, found)
    rows = []
    for row, about in zip(view.rows, view.marks, strict=True):
        shown = list(zip(row, view.columns, strict=True))
        name = next((cell.text for cell, column in shown if column.key), "")
        figures = [
            [f"{column.title}{colon}", numbers.measured(cell.sign, cell.exact or cell.text, column.unit)]
            for cell, column in shown
            if cell.number and not column.key and not cell.missing
        ]
        marks = dict.fromkeys((*about, *(number for cell in row for number in cell.marks)))
        rows.append([name, figures, [context.plain(notes[number - 1].text) for number in marks]])
    written = in_json(json.dumps(rows, ensure_ascii=False, separators=(",", ":")))
    # Inside a script element nothing is escaped, so there must be no `<`.
    return Markup(written.replace("<", "\\u003c"))  # noqa: S704


def _alternative(context: PageContext, found: SummaryResult, title: str) -> str:
    """What the chart shows, for those who do not see it: its title and its first figures as a text."""
    plotted = _plotted(found)
    places = [
        place for place, field in enumerate(found.summary.fields)
        if field.name in plotted or field.role.startswith("label")
    ]  # fmt: skip
    rows = [tuple(row[place] for place in places) for row in found.rows[:_ROWS_OF_ALTERNATIVE]]
    view = cells.rows_view(context, [found.summary.fields[place] for place in places], rows, computed=True)
    if not rows or not view.columns:
        return title
    colon, comma, semicolon = (context.say(f"text.{name}") for name in ("colon", "comma", "semicolon"))
    lines = [
        comma.join(
            f"{column.title}{colon}{f'{cell.words} {cell.text}'.strip()}"
            for column, cell in zip(view.columns, row, strict=True)
        )
        for row in view.rows
    ]
    more = len(found.rows) - len(rows)
    rest = [context.count("more_rows", more)] if more else []
    return markup.one_line(f"{title} — " + semicolon.join([*lines, *rest]))


def _plotted(found: SummaryResult) -> set[str]:
    """The fields that the chart's encodings name."""
    names: set[str] = set()
    waiting: list[object] = [found.summary.chart]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(named := part.get("field"), str):
                names.add(named)
            waiting += part.values()
        elif isinstance(part, list | tuple):
            waiting += part
    return names
