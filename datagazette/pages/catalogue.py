"""The catalogue: a plain list of cards that a script can filter by their attributes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from datagazette.describe import addresses
from datagazette.describe.schema_org import data_catalog
from datagazette.model.publication import Dataset
from datagazette.model.results import ReleaseResult
from datagazette.model.text import in_json
from datagazette.pages import lists
from datagazette.pages.context import Head, Page, PageContext, SiteContent, filled, render
from datagazette.pages.dictionary import formats_of
from datagazette.pages.figures import figure_views
from datagazette.pages.history import freshness
from datagazette.pages.lists import CARDS_OF_PAGE, Position, Unmade

_YEAR = re.compile(r"\d{4}")
_MOST_YEARS = 200
# The cards of the datasets that are not on the first page.
CARDS_FILE = "cards.json"
Card = dict[str, Any]
_Entry = tuple[Dataset, ReleaseResult]
_BETWEEN = "<!-- next card -->"  # in the template; text of the data is escaped and cannot say it


def catalogue_pages(content: SiteContent, language: str) -> Iterator[Unmade[Page]]:
    """The list in pages of the same size, however many datasets there are; the first one can be narrowed down."""
    every = listed(content)
    parts = lists.cut(every, CARDS_OF_PAGE)

    def make(context: PageContext, place: Position, shown: Sequence[_Entry]) -> Page:
        head = Head(
            kind="catalogue",
            title=lists.page_title(context, context.say("catalogue.title"), place),
            description=context.say("catalogue.description", n=context.number(len(every))),
            jsonld=described_catalogue(context, [result for _, result in shown]),
            hide=("navigation", "toc"),
        )
        # A link of a card is the same on the first page and in what its script reads.
        cards = partial(_cards, PageContext(content, language, addresses.CATALOGUE))
        labels: dict[str, object] = {"facets": _facets(context, cards(every))} if place.is_first else {}
        if not place.is_alone:
            labels |= {"total": len(every), "rest": CARDS_FILE}
        written = in_json(json.dumps(labels, ensure_ascii=False))
        # Inside a script element nothing is escaped, so there must be no `<`.
        script = Markup(written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
        number = context.count("datasets", len(every))
        up = "" if place.is_first else context.to(addresses.CATALOGUE)
        return render(context, "catalogue", head, cards=cards(shown), labels=script, place=place, number=number, up=up)

    for address, part, page in lists.numbered(content, language, addresses.CATALOGUE, parts, make):
        # What the first page can be narrowed down by are the words of all datasets.
        datasets = None if part is parts[0] else tuple(dataset.name for dataset, _ in part)
        yield Unmade(address, language, datasets, (len(every), len(parts)), page)


def further_cards(content: SiteContent, language: str) -> Iterator[Unmade[list[str]]]:
    """The HTML of the cards that the first page of the list has no room for, for the script that narrows it down; in
    the parts that are on a page each."""
    context = PageContext(content, language, addresses.CATALOGUE)

    def make(part: Sequence[_Entry]) -> list[str]:
        written = filled(context, "cards", cards=_cards(context, part))
        return [" ".join(card.split()) for card in written.split(_BETWEEN)[:-1]]

    for number, part in enumerate(lists.cut(listed(content), CARDS_OF_PAGE)[1:], 2):
        name = f"{addresses.numbered(addresses.CATALOGUE, number)}{CARDS_FILE}"
        yield Unmade(name, language, tuple(dataset.name for dataset, _ in part), "", partial(make, part))


def _cards(context: PageContext, entries: Sequence[_Entry]) -> list[Card]:
    known = context.content.cards
    return [
        known.get((dataset.name, context.language)) or dataset_card(context, dataset, result)
        for dataset, result in entries
    ]


def listed(content: SiteContent) -> list[_Entry]:
    """The datasets of the list with their newest releases: those that go on under another name are not in it."""
    return [
        (dataset, result)
        for dataset in content.datasets
        if not dataset.latest.renamed_to and (result := content.newest(dataset.name))
    ]


def described_catalogue(context: PageContext, shown: Sequence[ReleaseResult]) -> str:
    """What search engines read of the catalogue on a page that shows these releases."""
    return json.dumps(data_catalog(context.content.catalog, shown, context.language), ensure_ascii=False)


def dataset_card(context: PageContext, dataset: Dataset, result: ReleaseResult) -> Card:
    """What the list shows of a dataset; `themes`, `regions`, `years` and `formats` are the values of the
    facets, joined by `|`.
    """
    release = result.release
    formats = formats_of(result)
    figures = figure_views(context, result)
    return {
        "title": context.text(release.title) or dataset.name,
        "plain_title": context.dataset_title(release),
        "description": first_sentence(context.plain(release.description)),
        "link": context.dataset_link(dataset.name),
        "themes": "|".join(release.themes),
        "regions": "|".join(release.spatial),
        "years": "|".join(years(release.temporal)),
        "formats": "|".join(formats),
        "day": release.date.isoformat() if release.date else "",
        "version": str(release.version),
        "date": context.release_date(release),
        "rows": context.count("rows", sum(table.rows for table in result.tables)),
        "format_words": context.listed(formats),
        "fresh": freshness(release, context.content.today),
        "figure": figures[0] if figures else None,
    }


def first_sentence(text: str) -> str:
    """What a card has room for: up to the first full stop, and no more than 160 characters."""
    end = re.search(r"[。！？]|[.!?](?=\s|$)", text)
    sentence = text[: end.end()] if end else text
    return sentence if len(sentence) <= 160 else sentence[:159].rstrip() + "…"


def years(temporal: str) -> list[str]:
    """The years that a day, month, year or interval of them covers."""
    found = [int(year) for year in _YEAR.findall(re.sub(r"-\d\d", "", temporal))]
    if not found:
        return []
    return [str(year) for year in range(min(found), min(max(found), min(found) + _MOST_YEARS) + 1)]


def _facets(context: PageContext, cards: Sequence[Card]) -> list[dict[str, object]]:
    """The facets with what their values are called, those values only that a card has, and how many have each."""
    of_theme, of_region, of_year, of_format = (
        Counter(value for card in cards for value in dict.fromkeys(card[name].split("|")) if value)
        for name in ("themes", "regions", "years", "formats")
    )
    groups = {
        "theme": ({theme["name"]: theme["title"] for theme in theme_views(context)}, of_theme),
        "region": ({code: context.region(code) for code in of_region}, of_region),
        "year": ({year: year for year in sorted(of_year, reverse=True)}, of_year),
        "format": ({name: name for name in of_format}, of_format),
    }
    return [
        {
            "name": name,
            "title": context.say(f"catalogue.{name}"),
            "values": values,
            "order": list(values),
            "counts": dict(counts),
        }
        for name, (values, counts) in groups.items()
        if values
    ]


def theme_views(context: PageContext) -> Iterator[dict[str, str]]:
    """The themes that have datasets, in the catalogue's order."""
    newest = [context.content.newest(dataset.name) for dataset in context.content.datasets]
    for theme in context.content.catalog.themes:
        number = sum(1 for result in newest if result and theme.name in result.release.themes)
        if number:
            yield {
                "name": theme.name,
                "title": context.theme(theme.name) or theme.name,
                "description": context.plain(theme.description),
                "count": context.count("datasets", number),
                "link": context.to(addresses.CATALOGUE, query=f"theme={theme.name}"),
            }
