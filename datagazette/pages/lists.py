"""Lists of all figures, changes and sources, in pages of a bounded size, however many datasets there are.

Each page leads to its neighbours and, in great steps, to all others. So a page costs the same however long the list
is, and its end is few links away for readers and for crawlers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Generic, TypeVar

from datagazette.describe import addresses
from datagazette.model.names import Version
from datagazette.model.publication import Dataset, Release, Source
from datagazette.model.results import ReleaseResult
from datagazette.pages import markup
from datagazette.pages.context import Head, Page, PageContext, SiteContent, render
from datagazette.pages.figures import figure_views
from datagazette.pages.history import release_view
from datagazette.pages.summary import summary_title

T = TypeVar("T")
# How far the pages are that a page leads to, on either side, beside the first and the last.
_STRIDES = (1, 2, 10, 100)

# How many cards of datasets a page of the catalogue has.
CARDS_OF_PAGE = 60
# A page of figures has half as many datasets as one of the catalogue has cards: each brings several figures.
DATASETS_OF_PAGE = 30
RELEASES_OF_PAGE = 60
# A source is a line, and each dataset that draws on it another: sixty sources of a dataset each.
LINES_OF_PAGE = 120
_WITHOUT_THEME = "other"


# A page of a list: its path, the text of the link to it, and its name out of context.
Stop = tuple[str, str, str]


@dataclass(frozen=True)
class Unmade(Generic[T]):
    """A page about several datasets, or a part of one, that is made only if it may be another than before.

    It is the same where `name`, `about` and all that is said of `datasets` are; None are all datasets.
    """

    name: str
    language: str
    datasets: tuple[str, ...] | None
    about: object
    make: Callable[[], T]


@dataclass(frozen=True)
class Position:
    """Which page of its list a page is. `before` and `after` are links, and empty at the ends.

    `steps` are the links to other pages and the page itself; `gap`: pages right before it are left out.
    """

    words: str
    before: str
    after: str
    steps: list[dict[str, object]]

    @property
    def is_first(self) -> bool:
        return not self.before

    @property
    def is_alone(self) -> bool:
        return not self.before and not self.after


@dataclass(frozen=True)
class SourceUse:
    """A source and the newest releases that draw on it; `again` where an earlier page has the first of them."""

    source: Source
    releases: tuple[Release, ...]
    again: bool = False


def cut(entries: Sequence[T], most: int) -> list[tuple[T, ...]]:
    """The entries in parts of `most`, the last one shorter; a list without entries is one part without any."""
    return [tuple(entries[start : start + most]) for start in range(0, len(entries), most)] or [()]


def numbered(
    content: SiteContent, language: str, path: str, parts: Sequence[T], make: Callable[[PageContext, Position, T], Page]
) -> Iterator[tuple[str, T, Callable[[], Page]]]:
    """The addresses of the pages of the list at `path`, each with its part of the list, and how it is made."""

    def stop(context: PageContext, position: int) -> Stop:
        number = str(position + 1)
        return addresses.numbered(path, position + 1), number, context.say("pagination.to", number=number)

    def page(address: str, number: int, part: T) -> Page:
        context = PageContext(content, language, address)
        return make(context, _position(context, stop, len(parts), number - 1), part)

    for number, part in enumerate(parts, 1):
        address = addresses.numbered(path, number)
        yield address, part, partial(page, address, number, part)


def _position(context: PageContext, stop: Callable[[PageContext, int], Stop], pages: int, position: int) -> Position:
    """The position of a page in a list of `pages`; `stop` describes any of them, and is asked for linked ones only."""
    near = {position + far * side for far in _STRIDES for side in (-1, 1)}
    shown = sorted(page for page in {0, pages - 1, position, *near} if 0 <= page < pages)
    stops = {page: stop(context, page) for page in shown}
    links = {page: context.to(path) for page, (path, _, _) in stops.items()}
    steps: list[dict[str, object]] = [
        {"label": label, "words": words, "link": links[page], "current": page == position, "gap": page - before > 1}
        for before, (page, (_, label, words)) in zip([-1, *shown], stops.items(), strict=False)
    ]
    return Position(stops[position][2], links.get(position - 1, ""), links.get(position + 1, ""), steps)


def page_title(context: PageContext, whole: str, place: Position) -> str:
    """The title of a page: that of the list, with the page's number after the first."""
    return whole if place.is_first else context.say("pagination.title", title=whole, page=place.words)


def has_figures(newest: Iterable[Release]) -> bool:
    """Whether the page of figures has anything to show."""
    return any(release.figures or release.summaries for release in newest)


def has_sources(newest: Iterable[Release]) -> bool:
    """Whether the page of sources has anything to show."""
    return any(release.sources for release in newest)


def further_pages(newest: Sequence[Release]) -> Iterator[str]:
    """The pages after the first of each list whose entries change with the newest releases, found from these alone."""
    shown = sum(1 for release in newest if not release.renamed_to)
    with_figures = sum(1 for release in newest if release.figures or release.summaries)
    for path, pages in (
        (addresses.CATALOGUE, -(-shown // CARDS_OF_PAGE)),
        (addresses.FIGURES, -(-with_figures // DATASETS_OF_PAGE)),
        (addresses.SOURCES, len(sources_parts(newest))),
    ):
        yield from (addresses.numbered(path, number) for number in range(2, pages + 1))


def older_changes(releases: int) -> Iterator[str]:
    """The pages of the list of releases after the first: once there, they do not change."""
    return (addresses.changes_part(first, last) for first, last in changes_parts(releases)[1:])


def figures_pages(content: SiteContent, language: str) -> Iterator[Unmade[Page]]:
    """All key figures and findings, by the first theme of their dataset, in the catalogue's order."""
    order = {theme.name: place for place, theme in enumerate(content.catalog.themes)}
    newest = [result for dataset in content.datasets if (result := content.newest(dataset.name))]
    found = [
        (next((theme for theme in result.release.themes if theme in order), _WITHOUT_THEME), result)
        for result in newest
        if result.figures or result.summaries
    ]
    found.sort(key=lambda entry: order.get(entry[0], len(order)))
    parts = cut(found, DATASETS_OF_PAGE)
    starts: dict[str, int] = {}
    for number, part in enumerate(parts, 1):
        for theme, _ in part:
            starts.setdefault(theme, number)

    def make(context: PageContext, place: Position, part: Sequence[tuple[str, ReleaseResult]]) -> Page:
        themes = [
            {
                "name": theme,
                "title": _theme_title(context, theme),
                "datasets": [_figures(context, result) for _, result in group],
            }
            for theme, group in groupby(part, lambda entry: entry[0])
        ]
        # Where each theme begins.
        ways = [
            (_theme_title(context, theme), context.to(addresses.numbered(addresses.FIGURES, number), theme))
            for theme, number in starts.items()
        ]
        head = _head(context, "figures", place, hide=("navigation",), is_empty=not found)
        return render(context, "figures", head, themes=themes, ways=() if place.is_alone else ways, place=place)

    for address, part, page in numbered(content, language, addresses.FIGURES, parts, make):
        shown = tuple(result.release.dataset for _, result in part)
        yield Unmade(address, language, shown, (len(parts), starts), page)


def _theme_title(context: PageContext, theme: str) -> str:
    known = context.content.catalog.theme(theme)
    return (context.theme(theme) or theme) if known else context.say("figures.other")


def _figures(context: PageContext, result: ReleaseResult) -> dict[str, object]:
    """A dataset's figures and findings."""
    name = result.release.dataset
    return {
        "title": context.text(result.release.title) or name,
        "link": context.dataset_link(name),
        "figures": figure_views(context, result),
        "summaries": [
            (summary_title(context, summary), context.to(addresses.summary_path(name, summary.summary.name)))
            for summary in result.summaries
        ],
    }


def changes_pages(content: SiteContent, language: str) -> Iterator[Unmade[Page]]:
    """Every release, the newest first."""
    releases = releases_in_order(content)
    parts = changes_parts(len(releases))
    paths = [addresses.CHANGES, *older_changes(len(releases))]

    def stop(context: PageContext, position: int) -> Stop:
        if position == 0:
            return paths[0], context.say("changes.newest"), context.say("changes.newest")
        numbers = {"first": context.number(parts[position][0]), "last": context.number(parts[position][1])}
        return paths[position], context.say("changes.part_short", **numbers), context.say("changes.part", **numbers)

    def page(position: int, shown: Sequence[tuple[Dataset, Release]]) -> Page:
        context = PageContext(content, language, paths[position])
        place = _position(context, stop, len(parts), position)
        views = [release_view(context, dataset, release) for dataset, release in shown]
        head, feed = _head(context, "changes", place), context.to(addresses.FEED)
        return render(context, "changes", head, releases=views, place=place, feed=feed)

    for position, (first, last) in enumerate(parts):
        shown = releases[len(releases) - last : len(releases) - first + 1]
        datasets = tuple(dataset.name for dataset, _ in shown)
        # The links to other pages have the numbers of their releases.
        about = (parts, [release.id for _, release in shown])
        yield Unmade(paths[position], language, datasets, about, partial(page, position, shown))


def releases_in_order(content: SiteContent) -> list[tuple[Dataset, Release]]:
    """Every release that has a page, the newest first; drafts before all."""
    found = [(dataset, release) for dataset in content.datasets for release in content.releases(dataset)]

    def day_and_version(entry: tuple[Dataset, Release]) -> tuple[str, Version]:
        return entry[1].date.isoformat() if entry[1].date else "9999", entry[1].version

    return sorted(found, key=day_and_version, reverse=True)


def changes_parts(releases: int) -> list[tuple[int, int]]:
    """The numbers of the first and the last release of each page, counted from the oldest; the newest page first.

    What is full keeps its releases, so a new one is on the newest page and nowhere else. That page has
    up to twice as many, and so never only one or two.
    """
    full = max(0, releases // RELEASES_OF_PAGE - 1)
    ends = [number * RELEASES_OF_PAGE for number in range(full, -1, -1)]
    return [(ends[0] + 1, releases), *((end - RELEASES_OF_PAGE + 1, end) for end in ends[:-1])]


def sources_pages(content: SiteContent, language: str) -> Iterator[Unmade[Page]]:
    """Every source that a dataset names, with the datasets that use it."""
    newest = [result.release for dataset in content.datasets if (result := content.newest(dataset.name))]
    parts = sources_parts(newest)

    def make(context: PageContext, place: Position, part: Sequence[SourceUse]) -> Page:
        sources = [
            {
                "title": context.text(use.source.title) or use.source.path,
                "link": markup.safe_link(use.source.path),
                "version": markup.one_line(use.source.version),
                "datasets": [
                    (context.text(release.title) or release.dataset, context.dataset_link(release.dataset))
                    for release in use.releases
                ],
                "again": use.again,
            }
            for use in part
        ]
        head = _head(context, "sources", place, is_empty=not sources)
        return render(context, "sources", head, sources=sources, place=place)

    for address, part, page in numbered(content, language, addresses.SOURCES, parts, make):
        shown = tuple(release.dataset for use in part for release in use.releases)
        about = (len(parts), [(use.source, len(use.releases), use.again) for use in part])
        yield Unmade(address, language, shown, about, page)


def sources_parts(newest: Iterable[Release]) -> list[tuple[SourceUse, ...]]:
    """The sources of each page, in the order of the datasets; two that have the same title and address are one.

    One that more datasets use than a page has room for goes on on the next.
    """
    sources: dict[tuple[str, str], Source] = {}
    users: dict[tuple[str, str], list[Release]] = {}
    for release in newest:
        for source in release.sources:
            key = (source.title.default, source.path)
            sources[key] = source
            users.setdefault(key, []).append(release)
    parts: list[tuple[SourceUse, ...]] = []
    page: list[SourceUse] = []
    room = LINES_OF_PAGE
    for key, source in sources.items():
        left, again = tuple(users[key]), False
        while left:
            fits_on_next = len(left) < LINES_OF_PAGE
            if room < 2 or (fits_on_next and len(left) >= room):
                parts.append(tuple(page))
                page, room = [], LINES_OF_PAGE
            taken, left = left[: room - 1], left[room - 1 :]
            page.append(SourceUse(source, taken, again))
            room, again = room - 1 - len(taken), True
    return [*parts, tuple(page)]


def _head(
    context: PageContext, kind: str, place: Position, hide: Sequence[str] = ("navigation", "toc"), *,
    is_empty: bool = False,
) -> Head:  # fmt: skip
    """Our own search finds what is listed on the pages of the datasets, and of a list the first page. An empty list
    keeps its address, and no search leads to it."""
    return Head(
        kind=kind,
        title=page_title(context, context.say(f"{kind}.title"), place),
        description=context.say(f"{kind}.description"),
        hide=tuple(hide),
        noindex=is_empty,
        extra={} if place.is_first else {"searched": False},
    )
