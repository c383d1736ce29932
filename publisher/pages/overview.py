"""The pages that need all datasets: home, figures, changes and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from publisher.model import Dataset, Source
from publisher.pages import links, markup
from publisher.pages.charts import ROWS_BESIDE_CHART, SummaryView, summary_view
from publisher.pages.content import Page
from publisher.pages.figures import FigureView, figure_view, figure_views
from publisher.pages.history import ReleaseView, release_view
from publisher.pages.reader import Reader
from publisher.pages.staging import Head, render
from publisher.pages.titles import summary_title

LATEST_ON_HOME = 6


@dataclass(frozen=True)
class ThemeView:
    """`name` is empty for the datasets that have no theme."""

    name: str
    title: str
    description: str
    count: str
    link: str


@dataclass(frozen=True)
class DatasetFigures:
    """A dataset's figures and findings on the page of figures."""

    title: str | Markup
    link: str
    figures: tuple[FigureView, ...]
    summaries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class UsedSource:
    title: str | Markup
    link: str
    version: str
    datasets: tuple[tuple[str | Markup, str], ...]


def home_page(reader: Reader, templates: Environment) -> Page:
    catalog = reader.content.catalog
    tagline = reader.text(catalog.tagline) or reader.text(catalog.title)
    head = Head(
        kind="home",
        title=reader.plain(catalog.title),
        description=reader.plain(catalog.description),
        hide=("navigation", "toc"),
        extra={"heading": False},
    )
    return render(
        reader,
        templates,
        "home",
        head,
        tagline=tagline,
        description=reader.rich(catalog.description) if catalog.description else "",
        figures=tuple(_headlines(reader)),
        featured=_featured(reader),
        themes=tuple(theme_views(reader)),
        releases=all_releases(reader)[:LATEST_ON_HOME],
    )


def _headlines(reader: Reader) -> Iterator[FigureView]:
    for dataset, name in reader.content.catalog.headlines:
        result = reader.content.newest(dataset)
        for found in result.figures if result else ():
            if result and found.figure.name == name:
                yield figure_view(reader, result, found)


def _featured(reader: Reader) -> SummaryView | None:
    dataset, name = reader.content.catalog.featured or ("", "")
    result = reader.content.newest(dataset)
    found = result.summary(name) if result else None
    return summary_view(reader, result, found, ROWS_BESIDE_CHART) if result and found else None


def theme_views(reader: Reader) -> Iterator[ThemeView]:
    """The themes that have datasets, in the catalogue's order."""
    for theme in reader.content.catalog.themes:
        number = len(_of_theme(reader, theme.name))
        if number:
            yield ThemeView(
                theme.name,
                reader.theme(theme.name) or theme.name,
                reader.plain(theme.description),
                reader.count("datasets", number),
                reader.to(links.CATALOGUE, query=f"theme={theme.name}"),
            )


def _of_theme(reader: Reader, theme: str) -> list[Dataset]:
    found = []
    for dataset in reader.content.datasets:
        result = reader.content.newest(dataset.name)
        if result and theme in result.release.themes:
            found.append(dataset)
    return found


def all_releases(reader: Reader) -> tuple[ReleaseView, ...]:
    """Every release that has a page, the newest first; drafts before all."""
    views = [
        release_view(reader, dataset, release)
        for dataset in reader.content.datasets
        for release in reader.content.releases(dataset)
    ]
    return tuple(sorted(views, key=lambda one: (one.day or "9999", one.version), reverse=True))


def figures_page(reader: Reader, templates: Environment) -> Page:
    """All key figures and findings, by the first theme of their dataset."""
    head = Head(
        kind="figures",
        title=reader.say("figures.title"),
        description=reader.say("figures.description"),
        extra={"heading": False},
    )
    themes = [(theme, tuple(_figures_of(reader, theme.name))) for theme in theme_views(reader)]
    without = tuple(_figures_of(reader, ""))
    if without:
        other = ThemeView("other", reader.say("figures.other"), "", "", "")
        themes.append((other, without))
    return render(reader, templates, "figures", head, themes=[one for one in themes if one[1]])


def _figures_of(reader: Reader, theme: str) -> Iterator[DatasetFigures]:
    for dataset in reader.content.datasets:
        result = reader.content.newest(dataset.name)
        known = [one for one in result.release.themes if reader.content.catalog.theme(one)] if result else []
        if result is None or (known[0] if known else "") != theme:
            continue
        findings = tuple(
            (summary_title(reader, one), reader.to(links.summary_path(dataset.name, one.summary.name)))
            for one in result.summaries
        )
        figures = figure_views(reader, result)
        if figures or findings:
            title = reader.text(result.release.title) or dataset.name
            yield DatasetFigures(title, reader.to(links.dataset_path(dataset.name)), figures, findings)


def changes_page(reader: Reader, templates: Environment) -> Page:
    head = Head(
        kind="changes",
        title=reader.say("changes.title"),
        description=reader.say("changes.description"),
        hide=("navigation", "toc"),
        extra={"heading": False},
    )
    return render(reader, templates, "changes", head, releases=all_releases(reader), feed=reader.to("feed.xml"))


def sources_page(reader: Reader, templates: Environment) -> Page:
    """Every source that a dataset names, with the datasets that use it."""
    head = Head(
        kind="sources",
        title=reader.say("sources.title"),
        description=reader.say("sources.description"),
        hide=("navigation", "toc"),
        extra={"heading": False},
    )
    return render(reader, templates, "sources", head, sources=_sources(reader))


def _sources(reader: Reader) -> tuple[UsedSource, ...]:
    """In the order of the datasets; two that have the same title and address are one."""
    sources: dict[tuple[str, str], Source] = {}
    users: dict[tuple[str, str], list[tuple[str | Markup, str]]] = {}
    for dataset in reader.content.datasets:
        result = reader.content.newest(dataset.name)
        for source in result.release.sources if result else ():
            key = (source.title.default, source.path)
            sources[key] = source
            name = reader.text(result.release.title) if result else ""
            users.setdefault(key, []).append((name or dataset.name, reader.to(links.dataset_path(dataset.name))))
    return tuple(
        UsedSource(
            reader.text(one.title) or one.path, markup.safe_link(one.path), markup.one_line(one.version),
            tuple(users[key]),
        )
        for key, one in sources.items()
    )  # fmt: skip
