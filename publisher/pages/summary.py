"""The page of a summary: the finding, its chart, its table, and how it was made."""

from __future__ import annotations

from jinja2 import Environment

from publisher.model import Dataset
from publisher.pages import links, markup
from publisher.pages.charts import ROWS_OF_PAGE, summary_view
from publisher.pages.content import Page
from publisher.pages.dataset import license_views, search_facets, source_views
from publisher.pages.reader import Reader
from publisher.pages.recipe import recipe
from publisher.pages.staging import Head, render
from publisher.pages.titles import summary_description
from publisher.results import ReleaseResult, SummaryResult


def summary_page(
    reader: Reader, templates: Environment, dataset: Dataset, result: ReleaseResult, found: SummaryResult
) -> Page:
    """`/datasets/<id>/summaries/<name>/`, of the newest release."""
    release = result.release
    view = summary_view(reader, result, found, ROWS_OF_PAGE)
    title = markup.one_line(release.title.get(reader.language)) or dataset.name
    said = reader.plain(summary_description(reader, found)) or reader.say("summary.description", title=title)
    trail = (
        (reader.say("catalogue.title"), links.CATALOGUE),
        (title, links.dataset_path(dataset.name)),
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
        dataset_title=reader.text(release.title) or dataset.name,
        dataset_link=reader.to(links.dataset_path(dataset.name)),
        release_link=reader.to(links.release_path(dataset.name, release.version)),
        date=reader.release_date(release),
        summary=view,
        fields=[(one, reader.rich_inline(one.description)) for one in found.summary.fields if one.description],
        query=found.summary.query.strip(),
        recipe=recipe(reader, result, found.summary),
        sources=source_views(reader, release.sources),
        licenses=license_views(reader, release.licenses or reader.content.catalog.licenses),
    )
