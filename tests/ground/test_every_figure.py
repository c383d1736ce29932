"""No figure on the shipped site is wrong: each is found again in the tables, by a way of its own.

Nothing here reads what the program computed. `shipped/tables.py` has the tables and every summary from CSV with exact
decimals; `shipped/parts.py` takes a page apart and leaves no figure unexplained; the other modules compare what is
published beside the pages. Every comparison counts what it compared, and must reach what the tables say there is.
`test_every_wrong_figure.py` shows that each kind of wrong figure is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import lxml.html
import pytest

from tests.ground.shipped import cards, catalogues, explorer, packages, prose, search
from tests.ground.shipped.comparing import Comparison
from tests.ground.shipped.files import faults_in_api, faults_in_description, faults_in_files, faults_in_lists
from tests.ground.shipped.page import CATALOG, Page, featured, opened, said, summary_of
from tests.ground.shipped.parts import faults_of
from tests.ground.shipped.tables import Release, newest, read_yaml, releases

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.shipped]

LANGUAGES = {"zh": "", "en": "en/"}
LISTS = ("", "figures", "datasets", "changes", "sources")
EACH = pytest.mark.parametrize(
    "release", releases(), ids=lambda release: f"{release.dataset}-{release.version}"
)  # of every version
NEWEST = pytest.mark.parametrize("release", newest().values(), ids=lambda release: release.dataset)
NUMBERS = {"integer", "number", "year"}


def pages_of(site: Path, release: Release) -> Iterator[tuple[Path, str]]:
    """Every page of a release: its own, and if it is the newest also the dataset's, its rows and its summaries."""
    for language, folder in LANGUAGES.items():
        base = site / folder / "datasets" / release.dataset
        yield base / release.version / "index.html", language
        if newest()[release.dataset] == release:
            yield base / "index.html", language
            yield base / "explore/index.html", language
            for summary in release.described.get("summaries", ()):
                yield base / "summaries" / summary["name"] / "index.html", language
                if "chart" in summary:
                    yield base / "summaries" / summary["name"] / "embed/index.html", language


def least(page: Page) -> int:
    """How many figures a page of a release must show, from the tables alone."""
    release, name = page.release, summary_of(page)
    if "embed" in page.path.parts:
        return len(release.summary_rows(name))
    if name:
        return _numbers_of_summary(release, name, 1_000)
    most = 20 if "explore" in page.path.parts else 10
    numbers = sum(
        row[entry["name"]] != ""
        for table in release.tables for entry in release.schema(table)["fields"]
        if entry["type"] in NUMBERS and (most == 20 or entry.get("role") != "paragraph")
        for row in release.rows(table)[:most]
    )  # fmt: skip
    if most == 20:
        return numbers
    summaries = (summary["name"] for summary in release.described.get("summaries", ()))
    return numbers + len(release.described["figures"]) + sum(_numbers_of_summary(release, one, 12) for one in summaries)


def _numbers_of_summary(release: Release, name: str, most: int) -> int:
    rows = release.summary_rows(name)[:most]
    return sum(isinstance(value, Decimal) for row in rows for value in row.values())


def least_of_list(name: str) -> int:
    """The same of a list of the whole publication."""
    every, catalog = newest().values(), read_yaml(CATALOG)
    figures = sum(len(release.described["figures"]) for release in every)
    return {
        "": len(catalog["headlines"]) + len(catalog["themes"]),
        "figures": figures,
        "datasets": 3 * len(newest()),
        "changes": 2 * len(releases()),
        "sources": len({said(one, "title", "zh") for release in every for one in release.described.get("sources", ())}),
    }[name]


def faults(site: Path, path: Path, language: str, release: Release, *change: str) -> list[str]:
    """What is wrong on a page, in which one text may be put in the place of another."""
    html = path.read_text("utf-8")
    if change:
        assert change[0] in html
        html = html.replace(*change, 1)
    page = opened(site, path, language, release, html)
    found = faults_of(page)
    name = path.relative_to(site / LANGUAGES[language]).parent.as_posix().removeprefix(".")
    floor = least_of_list(name) if name in LISTS else least(page)
    if page.compared < floor:
        found.append(f"{path.relative_to(site)}: {page.compared} figures were compared, expected at least {floor}")
    if path.parent.name in {release.dataset, release.version}:
        found += faults_in_description(site, lxml.html.document_fromstring(html), release, language)
    return found


def nothing_wrong(found: Comparison, floors: Counter[str]) -> None:
    """All that the tables have was compared, and is right."""
    assert floors
    wrong = [*found.faults, *found.short_of(floors)]
    assert not wrong, "\n".join(wrong)


@EACH
def test_every_figure_of_a_release_is_that_of_its_tables(own_site: Path, release: Release) -> None:
    found = [
        fault for path, language in pages_of(own_site, release) for fault in faults(own_site, path, language, release)
    ]
    found += faults_in_files(own_site, release)
    if newest()[release.dataset] == release:
        found += faults_in_api(own_site, release)
    assert not found, "\n".join(found)


def test_every_page_of_a_dataset_is_one_whose_figures_are_compared(own_site: Path) -> None:
    compared = {path for release in releases() for path, _ in pages_of(own_site, release)}
    there = {path for folder in LANGUAGES.values() for path in (own_site / folder / "datasets").rglob("*/index.html")}
    # Histories are compared with all releases in tests/diff/test_value_history.py.
    assert {path for path in there if path.parent.name != "history"} == compared


@EACH
def test_every_figure_in_the_files_that_describe_a_release_is_that_of_its_tables(
    own_site: Path, release: Release
) -> None:
    found, data = Comparison(), own_site / "data" / release.dataset
    packages.compare_package(found, release, data / release.version)
    nothing_wrong(found, packages.floors(release))
    if newest()[release.dataset] == release:
        packages.compare_latest(found, release, data)
        nothing_wrong(found, packages.floors_of_latest(release))


def test_every_figure_of_the_whole_publication_is_that_of_its_tables(own_site: Path) -> None:
    found = list(faults_in_lists(own_site))
    for language, folder in LANGUAGES.items():
        for name in LISTS:
            found += faults(own_site, own_site / folder / name / "index.html", language, featured())
    assert not found, "\n".join(found)


def test_every_figure_in_catalogues_feeds_and_the_api_is_that_of_its_tables(own_site: Path) -> None:
    found = Comparison()
    catalogues.compare_catalogues(found, own_site)
    nothing_wrong(found, catalogues.floors())


@NEWEST
def test_the_explorer_offers_the_rows_columns_and_values_that_the_tables_have(own_site: Path, release: Release) -> None:
    for language, folder in LANGUAGES.items():
        found = Comparison()
        page = own_site / folder / "datasets" / release.dataset / "explore/index.html"
        explorer.compare_explorer(found, own_site, page, release, language)
        nothing_wrong(found, explorer.floors(release))


def test_every_figure_that_search_shows_is_that_of_its_page_and_its_row(own_site: Path) -> None:
    found = Comparison()
    search.compare_search(found, own_site)
    nothing_wrong(found, search.floors())


def test_every_figure_on_the_pictures_of_links_is_that_of_its_tables(own_site: Path) -> None:
    found = Comparison()
    cards.compare_cards(found, own_site)
    nothing_wrong(found, cards.floors())


@EACH
def test_every_picture_of_a_chart_is_that_of_its_drawing(own_site: Path, release: Release) -> None:
    charts = sum("chart" in summary for summary in release.described.get("summaries", ()))
    found = Comparison()
    cards.compare_pictures(found, own_site / "data" / release.dataset / release.version, release)
    assert found.counts["picture of a chart"] == 2 * charts
    assert not found.faults, "\n".join(found.faults)


def test_every_figure_in_the_sentences_of_the_publisher_is_that_of_the_tables(own_site: Path) -> None:
    found = Comparison()
    prose.compare_prose(found, own_site)
    nothing_wrong(found, prose.floors())
