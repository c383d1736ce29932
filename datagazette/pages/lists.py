"""The lists of all figures, changes and sources, in pages that stay the same size however many datasets there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from jinja2 import Environment
from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.model.publication import Catalog, Release, Source
from datagazette.model.results import ReleaseResult
from datagazette.pages import markup, pagination
from datagazette.pages.catalogue import CARDS_OF_PAGE
from datagazette.pages.content import Page, SiteContent
from datagazette.pages.context import PageContext
from datagazette.pages.figure_views import FigureView, figure_views
from datagazette.pages.history import release_view
from datagazette.pages.overview import releases_in_order
from datagazette.pages.pagination import Position, Stop
from datagazette.pages.staging import Head, render
from datagazette.pages.summary_views import summary_title

# A page of figures has half as many datasets as one of the catalogue has cards: each brings several figures.
DATASETS_OF_PAGE = 30
RELEASES_OF_PAGE = 60
# A source is a line, and each dataset that draws on it another: sixty sources of a dataset each.
LINES_OF_PAGE = 120
_WITHOUT_THEME = "other"


@dataclass(frozen=True)
class DatasetFigures:
    """A dataset's figures and findings on the page of figures."""

    title: str | Markup
    link: str
    figures: tuple[FigureView, ...]
    summaries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ThemeFigures:
    """What a page has of a theme; `name` is its anchor."""

    name: str
    title: str
    datasets: tuple[DatasetFigures, ...]


@dataclass(frozen=True)
class SourceUse:
    """A source and the newest releases that draw on it; `again` where an earlier page has the first of them."""

    source: Source
    releases: tuple[Release, ...]
    again: bool = False


@dataclass(frozen=True)
class UsedSource:
    title: str | Markup
    link: str
    version: str
    datasets: tuple[tuple[str | Markup, str], ...]
    again: bool


def further_pages(newest: Sequence[Release]) -> Iterator[str]:
    """The pages after the first of each list whose entries change with the newest releases, found from these alone."""
    shown = sum(1 for release in newest if not release.renamed_to)
    with_figures = sum(1 for one in newest if one.figures or one.summaries)
    for path, pages in (
        (addresses.CATALOGUE, -(-shown // CARDS_OF_PAGE)),
        (addresses.FIGURES, -(-with_figures // DATASETS_OF_PAGE)),
        (addresses.SOURCES, len(sources_parts(newest))),
    ):
        yield from (addresses.numbered(path, number) for number in range(2, pages + 1))


def older_changes(releases: int) -> Iterator[str]:
    """The pages of the list of releases after the first: once there, they do not change."""
    return (addresses.changes_part(first, last) for first, last in changes_parts(releases)[1:])


def figures_pages(content: SiteContent, templates: Environment, language: str) -> Iterator[Page]:
    """All key figures and findings, by the first theme of their dataset."""
    parts = pagination.cut(_with_figures(content), DATASETS_OF_PAGE)
    starts: dict[str, int] = {}
    for number, part in enumerate(parts, 1):
        for theme, _ in part:
            starts.setdefault(theme, number)
    for number, part in enumerate(parts, 1):
        context = PageContext(content, language, addresses.numbered(addresses.FIGURES, number))
        place = pagination.numbered(context, addresses.FIGURES, number, len(parts))
        themes = tuple(
            ThemeFigures(theme, _theme_title(context, theme), tuple(_figures(context, result) for _, result in group))
            for theme, group in groupby(part, lambda one: one[0])
        )
        ways = () if place.is_alone else tuple(_ways(context, starts))
        yield render(context, templates, "figures", _head(context, "figures", place, hide=("navigation",)),
                     themes=themes, ways=ways, place=place)  # fmt: skip


def _with_figures(content: SiteContent) -> list[tuple[str, ReleaseResult]]:
    """The datasets that have any, with the first of their themes that the catalogue knows, in the catalogue's order."""
    order = {theme.name: position for position, theme in enumerate(content.catalog.themes)}
    newest = [one for dataset in content.datasets if (one := content.newest(dataset.name))]
    found = [
        (_first_theme(content.catalog, result.release), result)
        for result in newest
        if result.figures or result.summaries
    ]
    return sorted(found, key=lambda one: order.get(one[0], len(order)))


def _first_theme(catalog: Catalog, release: Release) -> str:
    return next((theme for theme in release.themes if catalog.theme(theme)), _WITHOUT_THEME)


def _theme_title(context: PageContext, theme: str) -> str:
    known = context.content.catalog.theme(theme)
    return (context.theme(theme) or theme) if known else context.say("figures.other")


def _ways(context: PageContext, starts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """(title, link) of where each theme begins."""
    for theme, number in starts.items():
        yield _theme_title(context, theme), context.to(addresses.numbered(addresses.FIGURES, number), theme)


def _figures(context: PageContext, result: ReleaseResult) -> DatasetFigures:
    name = result.release.dataset
    return DatasetFigures(
        title=context.text(result.release.title) or name,
        link=context.to(addresses.dataset_path(name)),
        figures=figure_views(context, result),
        summaries=tuple(
            (summary_title(context, summary), context.to(addresses.summary_path(name, summary.summary.name)))
            for summary in result.summaries
        ),
    )


def changes_pages(content: SiteContent, templates: Environment, language: str) -> Iterator[Page]:
    """Every release, the newest first."""
    releases = releases_in_order(content)
    parts = changes_parts(len(releases))
    for position, (first, last) in enumerate(parts):
        context = PageContext(content, language, changes_path(first, last, newest=position == 0))
        place = pagination.place(context, partial(_stop, context, parts), len(parts), position)
        shown = releases[len(releases) - last : len(releases) - first + 1]
        views = tuple(release_view(context, dataset, release) for dataset, release in shown)
        yield render(context, templates, "changes", _head(context, "changes", place), releases=views, place=place,
                     feed=context.to(addresses.FEED))  # fmt: skip


def changes_parts(releases: int) -> list[tuple[int, int]]:
    """The numbers of the first and the last release of each page, counted from the oldest; the newest page first.

    What is full keeps its releases, so a new one is on the newest page and nowhere else. That page has
    up to twice as many, and so never only one or two.
    """
    full = max(0, releases // RELEASES_OF_PAGE - 1)
    ends = [number * RELEASES_OF_PAGE for number in range(full, -1, -1)]
    return [(ends[0] + 1, releases), *((end - RELEASES_OF_PAGE + 1, end) for end in ends[:-1])]


def changes_path(first: int, last: int, *, newest: bool) -> str:
    return addresses.CHANGES if newest else addresses.changes_part(first, last)


def _stop(context: PageContext, parts: Sequence[tuple[int, int]], position: int) -> Stop:
    first, last = parts[position]
    path = changes_path(first, last, newest=position == 0)
    if position == 0:
        return Stop(path, context.say("changes.newest"), context.say("changes.newest"))
    numbers = {"first": context.number(first), "last": context.number(last)}
    return Stop(path, context.say("changes.part_short", **numbers), context.say("changes.part", **numbers))


def sources_pages(content: SiteContent, templates: Environment, language: str) -> Iterator[Page]:
    """Every source that a dataset names, with the datasets that use it."""
    newest = [one.release for dataset in content.datasets if (one := content.newest(dataset.name))]
    parts = sources_parts(newest)
    for number, part in enumerate(parts, 1):
        context = PageContext(content, language, addresses.numbered(addresses.SOURCES, number))
        place = pagination.numbered(context, addresses.SOURCES, number, len(parts))
        sources = tuple(_used(context, one) for one in part)
        yield render(context, templates, "sources", _head(context, "sources", place), sources=sources, place=place)


def sources_parts(newest: Iterable[Release]) -> list[tuple[SourceUse, ...]]:
    """The sources of each page. One that more datasets use than a page has room for goes on on the next."""
    parts: list[tuple[SourceUse, ...]] = []
    page: list[SourceUse] = []
    room = LINES_OF_PAGE
    for use in _uses(newest):
        left, again = use.releases, False
        while left:
            fits_on_next = len(left) < LINES_OF_PAGE
            if room < 2 or (fits_on_next and len(left) >= room):
                parts, page, room = [*parts, tuple(page)], [], LINES_OF_PAGE
            taken, left = left[: room - 1], left[room - 1 :]
            page.append(SourceUse(use.source, taken, again))
            room, again = room - 1 - len(taken), True
    return [*parts, tuple(page)]


def _uses(newest: Iterable[Release]) -> Iterator[SourceUse]:
    """In the order of the datasets; two that have the same title and address are one."""
    sources: dict[tuple[str, str], Source] = {}
    users: dict[tuple[str, str], list[Release]] = {}
    for release in newest:
        for source in release.sources:
            key = (source.title.default, source.path)
            sources[key] = source
            users.setdefault(key, []).append(release)
    return (SourceUse(one, tuple(users[key])) for key, one in sources.items())


def _used(context: PageContext, use: SourceUse) -> UsedSource:
    source = use.source
    return UsedSource(
        title=context.text(source.title) or source.path,
        link=markup.safe_link(source.path),
        version=markup.one_line(source.version),
        datasets=tuple(
            (context.text(release.title) or release.dataset, context.to(addresses.dataset_path(release.dataset)))
            for release in use.releases
        ),
        again=use.again,
    )


def _head(context: PageContext, kind: str, place: Position, hide: Sequence[str] = ("navigation", "toc")) -> Head:
    """Our own search finds what is listed on the pages of the datasets, and of a list the first page."""
    return Head(
        kind=kind,
        title=pagination.title(context, context.say(f"{kind}.title"), place),
        description=context.say(f"{kind}.description"),
        hide=tuple(hide),
        extra={"heading": False} | ({} if place.is_first else {"searched": False}),
    )
