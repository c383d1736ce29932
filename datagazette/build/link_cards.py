"""The pictures that links to pages are shown with elsewhere: for the home page, each dataset, each summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from datagazette.charts.cards import LinkCard, is_writable, render_card
from datagazette.describe import addresses
from datagazette.model.names import Version
from datagazette.model.publication import Publication
from datagazette.model.results import ReleaseResult
from datagazette.pages import SiteContent, Strings
from datagazette.pages.context import PageContext, Plot, PlotKey, words
from datagazette.pages.figures import FigureView, figure_view
from datagazette.pages.summary import summary_title

FOLDER = "assets/og/"
# Addresses of pictures by the address of their page, both relative to the site's root.
Images = Mapping[str, str]


def draw_release_cards(
    publication: Publication,
    result: ReleaseResult,
    plots: Mapping[PlotKey, Plot],
    strings: Mapping[str, Strings],
    out: Path,
) -> Images:
    """Pictures for the pages of a dataset's newest release; none for an older one. `out` is the site's root."""
    dataset = publication.dataset(result.release.dataset)
    if dataset is None or dataset.latest.version != result.release.version:
        return {}
    images: dict[str, str] = {}
    for language in publication.catalog.languages:
        context = _reader(publication, {(dataset.name, result.release.version): result}, strings, language)
        for path, name, card in _release_cards(context, result, plots):
            images |= _drawn(context, path, name, card, out)
    return images


def draw_home_cards(
    publication: Publication,
    results: Mapping[tuple[str, Version], ReleaseResult],
    strings: Mapping[str, Strings],
    out: Path,
) -> Images:
    """The picture of the home page in each language, with the first of its headlines."""
    images: dict[str, str] = {}
    for language in publication.catalog.languages:
        context = _reader(publication, results, strings, language)
        title = context.plain(publication.catalog.tagline) or context.plain(publication.catalog.title)
        card = LinkCard(title, context.plain(publication.catalog.title))
        for dataset, name in publication.catalog.headlines[:1]:
            result = context.content.newest(dataset)
            found = next((one for one in result.figures if one.figure.name == name), None) if result else None
            if result and found:
                card = _with_figure(card, figure_view(context, result, found))
        images |= _drawn(context, addresses.HOME, f"{language}.png", card, out)
    return images


def _release_cards(
    context: PageContext, result: ReleaseResult, plots: Mapping[PlotKey, Plot]
) -> Iterator[tuple[str, str, LinkCard]]:
    """(page, file, card) of the dataset's own page and of each of its summaries."""
    release, credit = result.release, context.plain(context.content.catalog.title)
    charts = [_chart(context, result, one.summary.name, plots) for one in result.summaries]
    own = LinkCard(context.plain(release.title) or release.dataset, credit, chart=next(filter(None, charts), ""))
    for found in result.figures[:1]:
        own = _with_figure(own, figure_view(context, result, found))
    yield addresses.dataset_path(release.dataset), f"{context.language}/{release.dataset}.png", own
    for summary, chart in zip(result.summaries, charts, strict=True):
        name = summary.summary.name
        card = LinkCard(summary_title(context, summary), f"{credit} · {own.title}", chart=chart)
        yield addresses.summary_path(release.dataset, name), f"{context.language}/{release.dataset}/{name}.png", card


def _with_figure(card: LinkCard, view: FigureView) -> LinkCard:
    about = " · ".join(part for part in (words(view.title), view.date) if part)
    return replace(card, amount=f"{view.sign} {view.amount}".strip(), unit=view.unit, about=about)


def _chart(context: PageContext, result: ReleaseResult, summary: str, plots: Mapping[PlotKey, Plot]) -> str:
    plot = plots.get((result.release.dataset, result.release.version, summary, context.language))
    return plot.narrow if plot else ""


def _drawn(context: PageContext, path: str, name: str, card: LinkCard, out: Path) -> dict[str, str]:
    if not is_writable(card):
        return {}
    target = out / FOLDER / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(render_card(card))
    return {context.localized(path): FOLDER + name}


def _reader(
    publication: Publication,
    results: Mapping[tuple[str, Version], ReleaseResult],
    strings: Mapping[str, Strings],
    language: str,
) -> PageContext:
    return PageContext(SiteContent(publication, results, strings, Path()), language, addresses.HOME)
