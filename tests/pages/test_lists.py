"""The lists of figures, changes and sources in pages: bounded, whole, and few links from one end to the other."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urljoin

import pytest

from datagazette.model.names import Version
from datagazette.model.publication import Source
from datagazette.model.results import ReleaseResult
from datagazette.model.text import Text
from datagazette.pages import Page, SiteContent, render_overview
from datagazette.pages.lists import (
    DATASETS_OF_PAGE,
    LINES_OF_PAGE,
    RELEASES_OF_PAGE,
    changes_parts,
    further_pages,
    older_changes,
    releases_in_order,
    sources_parts,
)
from tests.pages.sample import content, result_110

DATASETS = 200
ENTRY = {
    "figures": r'<section class="figures-of">\n<h3><a href="[./]*datasets/(d\d+)/',
    "changes": r"<time datetime.*?datasets/(d\d+)/1.1.0/",
    "sources": r"<li><p><strong>The (d\d+)</strong>",
}


def dataset(number: int, sources: tuple[Source, ...] | None = None) -> ReleaseResult:
    """A dataset with figures, a finding, a source of its own and a day of its own; without a theme every second."""
    name = f"d{number:05}"
    own = (Source(Text((("zh", f"The {name}"), ("en", f"The {name}"))), ""),)
    release = replace(
        result_110().release,
        dataset=name,
        date=date(2020, 1, 1) + timedelta(days=number),
        sources=own if sources is None else sources,
        themes=result_110().release.themes if number % 2 else (),
    )
    return replace(result_110(), release=release)


def site(numbers: Iterable[int]) -> SiteContent:
    return content(*(dataset(number) for number in numbers))


def pages(found: Iterable[Page], kind: str, language: str = "en") -> list[Page]:
    return [one for one in found if one.language == language and one.path.startswith(f"{kind}/")]


@pytest.fixture(scope="module")
def many() -> tuple[Page, ...]:
    return tuple(render_overview(site(range(DATASETS))))


def head(page: Page, name: str) -> str:
    """A value of the front matter."""
    return str(json.loads(re.findall(rf"^{name}: (.*)$", page.text, re.MULTILINE)[0]))


@pytest.mark.parametrize("kind", ENTRY)
def test_every_entry_stands_on_one_page_in_order(many: tuple[Page, ...], kind: str) -> None:
    found = pages(many, kind)
    assert len(found) > 1
    entries = [one for page in found for one in re.findall(ENTRY[kind], page.text)]
    whole = [f"d{number:05}" for number in range(DATASETS)]
    orders = {
        "figures": whole[1::2] + whole[::2],
        "changes": whole[::-1],
        "sources": whole,
    }
    assert entries == orders[kind]


@pytest.mark.parametrize("kind", [*ENTRY, "datasets"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_a_list_lead_to_one_another(many: tuple[Page, ...], kind: str, language: str) -> None:
    found = {"/" + head(page, "path"): page.text for page in pages(many, kind, language)}
    for path, text in found.items():
        menu = text[text.index('<nav class="pagination"') :]
        linked = {urljoin(path, link) for link in re.findall(r'href="([^"]+)"', menu)}
        assert linked <= found.keys() - {path}
        assert menu.count('aria-current="page"') == 1
    assert len({head(page, "title") for page in pages(many, kind, language)}) == len(found)
    order = list(found)
    for before, after in itertools.pairwise(order):
        link = re.findall(r'rel="next" href="([^"]+)"', found[before])[0]
        assert urljoin(before, link) == after
        link = re.findall(r'rel="prev" href="([^"]+)"', found[after])[0]
        assert urljoin(after, link) == before


def test_a_short_list_is_one_page_without_any_menu() -> None:
    few = list(render_overview(site(range(3))))
    for kind in ENTRY:
        (page,) = pages(few, kind)
        assert "pagination" not in page.text


def test_a_page_is_no_longer_where_there_are_more_datasets(many: tuple[Page, ...]) -> None:
    more = list(render_overview(site(range(DATASETS + 4 * RELEASES_OF_PAGE))))  # as many on the newest page
    for kind in ENTRY:
        longest = [max(len(page.text) for page in pages(one, kind)) for one in (many, more)]
        assert longest[1] < longest[0] * 1.05, kind


def test_further_pages_are_on_the_map_and_not_in_our_own_search(many: tuple[Page, ...]) -> None:
    first, *further = pages(many, "figures")
    assert "searched:" not in first.text
    assert all("searched: false" in page.text and page.listed for page in further)


def test_a_theme_is_one_link_away(many: tuple[Page, ...]) -> None:
    last = pages(many, "figures")[-1]
    start = f"../{DATASETS // 2 // DATASETS_OF_PAGE + 1}/#other"
    assert f'<a href="{start}">Other</a>' in last.text
    assert 'href="../../#' in last.text


@pytest.mark.parametrize("releases", [0, 1, 59, 60, 119, 120, 121, 999, 10_000])
def test_each_release_is_on_one_page(releases: int) -> None:
    parts = changes_parts(releases)
    shown = [number for first, last in reversed(parts) for number in range(first, last + 1)]
    assert shown == list(range(1, releases + 1))
    assert all(last - first + 1 == RELEASES_OF_PAGE for first, last in parts[1:])
    assert parts[0][1] - parts[0][0] + 1 < 2 * RELEASES_OF_PAGE


def test_a_new_release_changes_no_older_page_but_at_a_turn(many: tuple[Page, ...]) -> None:
    before = {page.path: page.text for page in pages(many, "changes")}
    after = {page.path: page.text for page in pages(render_overview(site(range(DATASETS + 1))), "changes")}
    assert before.keys() == after.keys()
    assert [path for path in before if before[path] != after[path]] == ["changes/index.md"]


def test_a_source_that_everything_draws_on_goes_on_on_further_pages() -> None:
    shared = (Source(Text((("zh", "年鉴"), ("en", "Yearbook"))), "https://example.org/"),)
    releases = [dataset(number, shared).release for number in range(3 * LINES_OF_PAGE)]
    parts = sources_parts([*releases, dataset(999_999).release])
    assert [one.dataset for part in parts for use in part if use.source == shared[0] for one in use.releases] == [
        one.dataset for one in releases
    ]
    assert [use.again for part in parts for use in part] == [False, True, True, True, False]
    assert all(sum(1 + len(use.releases) for use in part) <= LINES_OF_PAGE for part in parts)


def test_the_addresses_are_known_from_the_descriptions_alone(many: tuple[Page, ...]) -> None:
    releases = [one.latest for one in site(range(DATASETS)).publication.datasets]
    shown = {*further_pages(releases), *older_changes(len(releases))}
    lists = [page.path for kind in (*ENTRY, "datasets") for page in pages(many, kind)]
    assert {path.removesuffix("index.md") for path in lists} == shown | {f"{kind}/" for kind in (*ENTRY, "datasets")}
    assert all(one.version == Version(1, 1, 0) for one in releases)


def test_versions_of_one_day_are_ordered_as_numbers() -> None:
    found = [
        replace(one, release=replace(one.release, version=Version(1, minor, 0), date=date(2024, 1, 1)))
        for minor in (2, 9, 10)
        for one in (result_110(),)
    ]
    assert [str(release.version) for _, release in releases_in_order(content(*found))] == ["1.10.0", "1.9.0", "1.2.0"]
