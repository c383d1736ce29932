"""The page of a summary: the finding, its chart, its table, and how it was made; and the chart alone, to embed."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment
from markupsafe import escape

from datagazette.describe import addresses
from datagazette.model.directions import in_html
from datagazette.model.publication import Dataset
from datagazette.model.results import ReleaseResult, SummaryResult
from datagazette.pages import markup
from datagazette.pages.banners import standing_banners
from datagazette.pages.citing import summary_citations
from datagazette.pages.content import Page
from datagazette.pages.dataset import license_views, search_facets, source_views
from datagazette.pages.reader import Reader
from datagazette.pages.recipe import recipe
from datagazette.pages.staging import Head, render
from datagazette.pages.summary_views import ROWS_OF_PAGE, SummaryView, summary_description, summary_view

# What stands around a chart in its frame: a title of up to four lines, the source, and the way to its page.
_AROUND = 290


def summary_page(
    reader: Reader, templates: Environment, dataset: Dataset, result: ReleaseResult, found: SummaryResult
) -> Page:
    """`/datasets/<id>/summaries/<name>/`, of the newest release."""
    release = result.release
    view = summary_view(reader, result, found, ROWS_OF_PAGE)
    title = markup.one_line(release.title.get(reader.language)) or dataset.name
    said = reader.plain(summary_description(reader, found)) or reader.say("summary.description", title=title)
    trail = (
        (reader.say("catalogue.title"), addresses.CATALOGUE),
        (title, addresses.dataset_path(dataset.name)),
    )
    head = Head(
        kind="summary",
        title=view.title,
        description=said,
        breadcrumbs=trail,
        search=search_facets(reader, release),
        modified=release.date.isoformat() if release.date else "",
        extra={"heading": False},
    )
    return render(
        reader,
        templates,
        "summary",
        head,
        release=release,
        banners=standing_banners(reader, dataset, release),
        dataset_title=reader.text(release.title) or dataset.name,
        dataset_link=reader.to(addresses.dataset_path(dataset.name)),
        release_link=reader.to(addresses.release_path(dataset.name, release.version)),
        date=reader.release_date(release),
        summary=view,
        fields=[(one, reader.rich_inline(one.description)) for one in found.summary.fields if one.description],
        query=found.summary.query.strip(),
        citations=summary_citations(reader, result, found),
        embed=embed_code(reader, result, view),
        recipe=recipe(reader, result, found.summary),
        sources=source_views(reader, release.sources),
        licenses=license_views(reader, release.licenses or reader.content.catalog.licenses),
    )


def embed_page(
    reader: Reader, templates: Environment, dataset: Dataset, result: ReleaseResult, found: SummaryResult
) -> Iterator[Page]:
    """`/datasets/<id>/summaries/<name>/embed/`: the chart and its source, for a frame on somebody else's page."""
    release = result.release
    view = summary_view(reader, result, found, 0)
    if view.chart is None:
        return
    canonical = reader.localized(addresses.summary_path(dataset.name, found.summary.name))
    head = Head(
        kind="summary",
        title=view.title,
        description=reader.plain(summary_description(reader, found)) or view.title,
        noindex=True,
        extra={"heading": False, "embed": True, "canonical": canonical},
    )
    yield render(
        reader,
        templates,
        "embed",
        head,
        banners=standing_banners(reader, dataset, release),
        summary=view,
        page_link=view.link,
        catalog_title=reader.text(reader.content.catalog.title),
        dataset_title=reader.text(release.title) or dataset.name,
        version=release.version,
        date=reader.release_date(release),
    )


def embed_code(reader: Reader, result: ReleaseResult, view: SummaryView) -> str:
    """The HTML that puts the chart on another page; empty where there is no chart."""
    if view.chart is None:
        return ""
    address = reader.absolute(addresses.embed_path(result.release.dataset, view.name))
    height = view.chart.height + _AROUND
    return in_html(
        f'<iframe src="{escape(address)}" title="{escape(view.title)}" width="100%" height="{height}"'
        ' style="border:0" loading="lazy"></iframe>'
    )
