"""The catalogue in pages of the same size, all of which together have every dataset."""

from __future__ import annotations

import re
from dataclasses import replace

from datagazette.pages import Page, SiteContent, further_cards
from datagazette.pages.catalogue import CARDS_OF_PAGE, catalogue_pages
from tests.pages.sample import content, places

LINK = re.compile(r'<h2 class="card__title"><a href="([^"]+)"')


def many(datasets: int) -> SiteContent:
    release = places().release
    return content(*(replace(places(), release=replace(release, dataset=f"d{n:05}")) for n in range(datasets)))


def pages(site: SiteContent) -> list[Page]:
    return [page.make() for page in catalogue_pages(site, "en")]


def test_every_dataset_stands_on_one_page() -> None:
    found = pages(many(150))
    assert [page.path for page in found] == [
        "datasets/index.md",
        "datasets/page/2/index.md",
        "datasets/page/3/index.md",
    ]
    links = [link for page in found for link in LINK.findall(page.text)]
    assert links[:1] == ["d00000/"]
    assert links[CARDS_OF_PAGE] == f"../../d{CARDS_OF_PAGE:05}/"
    assert [link.rpartition("d")[2] for link in links] == [f"{n:05}/" for n in range(150)]
    assert 'rel="next" href="page/2/"' in found[0].text
    assert 'rel="prev" href="../../"' in found[1].text
    assert 'rel="next" href="../3/"' in found[1].text
    assert [page.listed is not None for page in found] == [True, True, True]


def test_the_script_gets_the_cards_that_the_page_has_no_room_for() -> None:
    rest = [card for part in further_cards(many(150), "en") for card in part.make()]
    assert len(rest) == 150 - CARDS_OF_PAGE
    assert all(card.startswith("<li class=") and card.endswith("</li>") for card in rest)
    assert LINK.findall(rest[-1]) == ["d00149/"]
    assert list(further_cards(many(3), "en")) == []
    first = pages(many(150))[0].text
    assert '"total": 150, "rest": "cards.json"' in first
    assert '"counts": {"2020": 150}' in first or re.search(r'"counts": \{[^}]*150', first)


def test_a_page_costs_the_same_however_many_datasets_there_are() -> None:
    sizes = [len(pages(many(datasets))[0].text) for datasets in (100, 1_000)]
    assert sizes[1] - sizes[0] < 300  # links to pages further away
