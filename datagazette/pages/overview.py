"""The home page, and what other pages that need all datasets share with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment

from datagazette.describe import addresses
from datagazette.model.names import Version
from datagazette.model.publication import Dataset, Release
from datagazette.pages.content import Page, SiteContent
from datagazette.pages.context import PageContext
from datagazette.pages.figure_views import FigureView, figure_view
from datagazette.pages.history import release_view
from datagazette.pages.staging import Head, render
from datagazette.pages.summary_views import ROWS_BESIDE_CHART, SummaryView, summary_view

LATEST_ON_HOME = 6


@dataclass(frozen=True)
class ThemeView:
    """`name` is empty for the datasets that have no theme."""

    name: str
    title: str
    description: str
    count: str
    link: str


def home_page(context: PageContext, templates: Environment) -> Page:
    catalog = context.content.catalog
    tagline = context.text(catalog.tagline) or context.text(catalog.title)
    head = Head(
        kind="home",
        title=context.plain(catalog.title),
        description=context.plain(catalog.description),
        hide=("navigation", "toc"),
        extra={"heading": False},
    )
    return render(
        context,
        templates,
        "home",
        head,
        tagline=tagline,
        description=context.rich(catalog.description) if catalog.description else "",
        figures=tuple(_headlines(context)),
        featured=_featured(context),
        themes=tuple(theme_views(context)),
        releases=tuple(
            release_view(context, dataset, release)
            for dataset, release in releases_in_order(context.content)[:LATEST_ON_HOME]
        ),
    )


def _headlines(context: PageContext) -> Iterator[FigureView]:
    for dataset, name in context.content.catalog.headlines:
        result = context.content.newest(dataset)
        for found in result.figures if result else ():
            if result and found.figure.name == name:
                yield figure_view(context, result, found)


def _featured(context: PageContext) -> SummaryView | None:
    dataset, name = context.content.catalog.featured or ("", "")
    result = context.content.newest(dataset)
    found = result.summary(name) if result else None
    return summary_view(context, result, found, ROWS_BESIDE_CHART) if result and found else None


def theme_views(context: PageContext) -> Iterator[ThemeView]:
    """The themes that have datasets, in the catalogue's order."""
    for theme in context.content.catalog.themes:
        number = len(_of_theme(context, theme.name))
        if number:
            yield ThemeView(
                theme.name,
                context.theme(theme.name) or theme.name,
                context.plain(theme.description),
                context.count("datasets", number),
                context.to(addresses.CATALOGUE, query=f"theme={theme.name}"),
            )


def _of_theme(context: PageContext, theme: str) -> list[Dataset]:
    found = []
    for dataset in context.content.datasets:
        result = context.content.newest(dataset.name)
        if result and theme in result.release.themes:
            found.append(dataset)
    return found


def releases_in_order(content: SiteContent) -> tuple[tuple[Dataset, Release], ...]:
    """Every release that has a page, the newest first; drafts before all."""
    found = [(dataset, release) for dataset in content.datasets for release in content.releases(dataset)]
    return tuple(sorted(found, key=_day_and_version, reverse=True))


def _day_and_version(one: tuple[Dataset, Release]) -> tuple[str, Version]:
    release = one[1]
    return release.date.isoformat() if release.date else "9999", release.version
