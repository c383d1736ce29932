"""The catalogue: a plain list of cards that a script can filter by their attributes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.model.publication import Dataset
from datagazette.model.results import ReleaseResult
from datagazette.model.text import in_json
from datagazette.pages import markup, pagination
from datagazette.pages.content import Page, SiteContent
from datagazette.pages.context import PageContext
from datagazette.pages.downloads import downloads
from datagazette.pages.figure_views import FigureView, figure_views
from datagazette.pages.overview import theme_views
from datagazette.pages.pagination import Position
from datagazette.pages.release_state import Freshness, freshness
from datagazette.pages.staging import Head, environment, render

_YEAR = re.compile(r"\d{4}")
_MOST_YEARS = 200
# How many datasets a page of the list has; the others are in this file beside it.
CARDS_OF_PAGE = 60
CARDS_FILE = "cards.json"
_BETWEEN = "<!-- next card -->"  # in the template; text of the data is escaped and cannot say it


@dataclass(frozen=True)
class Card:
    """`themes`, `regions`, `years` and `formats` are the values of the facets, joined by `|`."""

    name: str
    title: str | Markup
    plain_title: str
    description: str
    link: str
    themes: str
    regions: str
    years: str
    formats: str
    day: str
    version: str
    date: str
    rows: str
    format_words: str
    fresh: Freshness
    figure: FigureView | None


def catalogue_pages(content: SiteContent, templates: Environment, language: str) -> Iterator[Page]:
    """The list in pages of the same size, however many datasets there are; the first one can be narrowed down."""
    cards = tuple(_cards(PageContext(content, language, addresses.CATALOGUE)))
    parts = pagination.cut(cards, CARDS_OF_PAGE)
    for number, shown in enumerate(parts, 1):
        context = PageContext(content, language, addresses.numbered(addresses.CATALOGUE, number))
        yield _page(
            context, templates, cards, shown, pagination.numbered(context, addresses.CATALOGUE, number, len(parts))
        )


def _page(
    context: PageContext, templates: Environment, cards: tuple[Card, ...], shown: tuple[Card, ...], place: Position
) -> Page:
    head = Head(
        kind="catalogue",
        title=pagination.title(context, context.say("catalogue.title"), place),
        description=context.say("catalogue.description", n=context.number(len(cards))),
        hide=("navigation", "toc"),
        extra={"heading": False},
    )
    labels: dict[str, object] = {"facets": _facets(context, cards)} if place.is_first else {}
    if not place.is_alone:
        labels |= {"total": len(cards), "rest": CARDS_FILE}
    written = in_json(json.dumps(labels, ensure_ascii=False))
    # Inside a script element nothing is escaped, so there must be no `<`.
    script = Markup(written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
    values = {
        "number": context.count("datasets", len(cards)),
        "up": "" if place.is_first else context.to(addresses.CATALOGUE),
    }
    return render(context, templates, "catalogue", head, cards=shown, labels=script, place=place, **values)


def further_cards(content: SiteContent, language: str) -> list[str]:
    """The HTML of the cards that the first page of the list has no room for, for the script that narrows it down."""
    context = PageContext(content, language, addresses.CATALOGUE)
    cards = _cards(context)[CARDS_OF_PAGE:]
    if not cards:
        return []
    view = {"r": context, "say": context.say, "count": context.count, "links": addresses, "seen": []}
    written = environment(content.templates).get_template("cards.html").render(**view, cards=cards)
    return [" ".join(part.split()) for part in written.split(_BETWEEN)[:-1]]


def _cards(context: PageContext) -> list[Card]:
    found = ((one, context.content.newest(one.name)) for one in context.content.datasets if not one.latest.renamed_to)
    made = context.content.cards
    return [
        made.get((dataset.name, context.language)) or dataset_card(context, dataset, result)
        for dataset, result in found
        if result
    ]


def dataset_card(context: PageContext, dataset: Dataset, result: ReleaseResult) -> Card:
    release = result.release
    formats = downloads(context, result).formats()
    figures = figure_views(context, result)
    return Card(
        name=dataset.name,
        title=context.text(release.title) or dataset.name,
        plain_title=markup.one_line(release.title.get(context.language)) or dataset.name,
        description=first_sentence(context.plain(release.description)),
        link=context.to(addresses.dataset_path(dataset.name)),
        themes="|".join(release.themes),
        regions="|".join(release.spatial),
        years="|".join(years(release.temporal)),
        formats="|".join(formats),
        day=release.date.isoformat() if release.date else "",
        version=str(release.version),
        date=context.release_date(release),
        rows=context.count("rows", sum(table.rows for table in result.tables)),
        format_words=context.listed(formats),
        fresh=freshness(release, context.content.today),
        figure=figures[0] if figures else None,
    )


def first_sentence(text: str) -> str:
    """What a card has room for: up to the first full stop, and no more than 160 characters."""
    end = re.search(r"[。！？]|[.!?](?=\s|$)", text)
    sentence = text[: end.end()] if end else text
    return sentence if len(sentence) <= 160 else sentence[:159].rstrip() + "…"


def years(temporal: str) -> list[str]:
    """The years that a day, month, year or interval of them covers."""
    found = [int(one) for one in _YEAR.findall(re.sub(r"-\d\d", "", temporal))]
    if not found:
        return []
    return [str(year) for year in range(min(found), min(max(found), min(found) + _MOST_YEARS) + 1)]


def _facets(context: PageContext, cards: tuple[Card, ...]) -> list[dict[str, object]]:
    """The facets with the words for their values, those values only that a card has, and how many have each."""
    themes = {one.name: context.theme(one.name) for one in theme_views(context)}
    regions = {code: context.region(code) for code in _values(one.regions for one in cards)}
    in_order = sorted(_values(one.years for one in cards), reverse=True)
    formats = _values(card.formats for card in cards)
    groups = {
        "theme": themes,
        "region": regions,
        "year": {one: one for one in in_order},
        "format": {one: one for one in formats},
    }
    return [
        {"name": name, "title": context.say(f"catalogue.{name}"), "values": values, "order": list(values),
         "counts": _counts(getattr(one, f"{name}s") for one in cards)}
        for name, values in groups.items()
        if values
    ]  # fmt: skip


def _counts(joined: Iterable[str]) -> dict[str, int]:
    return dict(Counter(part for values in joined for part in dict.fromkeys(values.split("|")) if part))


def _values(joined: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(part for values in joined for part in values.split("|") if part))
