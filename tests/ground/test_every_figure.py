"""No figure on the shipped site is wrong: each is found again in the tables, by a way of its own.

Nothing here reads what the program computed. `shipped/tables.py` has the tables and every summary from CSV with exact
decimals; `shipped/parts.py` takes a page apart and leaves no figure unexplained.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest

from tests.ground.shipped.files import faults_in_api, faults_in_description, faults_in_files, faults_in_lists
from tests.ground.shipped.page import featured, opened
from tests.ground.shipped.parts import faults_of
from tests.ground.shipped.tables import Release, newest, releases

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

LANGUAGES = {"zh": "", "en": "en/"}
LISTS = ("", "figures", "datasets", "changes", "sources")


def pages_of(site: Path, release: Release) -> Iterator[tuple[Path, str]]:
    for language, folder in LANGUAGES.items():
        base = site / folder / "datasets" / release.dataset
        yield base / release.version / "index.html", language
        if newest()[release.dataset] == release:
            yield base / "index.html", language
            yield base / "explore/index.html", language
            for path in sorted(base.glob("summaries/**/index.html")):
                yield path, language


def faults(site: Path, path: Path, language: str, release: Release, *change: str) -> list[str]:
    """What is wrong on a page, in which one text may be put in the place of another."""
    html = path.read_text("utf-8")
    if change:
        assert change[0] in html
        html = html.replace(*change, 1)
    found = faults_of(opened(site, path, language, release, html))
    if path.parent.name in {release.dataset, release.version}:
        found += faults_in_description(site, lxml.html.document_fromstring(html), release, language)
    return found


@pytest.mark.parametrize("release", releases(), ids=lambda release: f"{release.dataset}-{release.version}")
def test_every_figure_of_a_release_is_that_of_its_tables(own_site: Path, release: Release) -> None:
    found = [
        fault for path, language in pages_of(own_site, release) for fault in faults(own_site, path, language, release)
    ]
    found += faults_in_files(own_site, release)
    if newest()[release.dataset] == release:
        found += faults_in_api(own_site, release)
    assert not found, "\n".join(found)


def test_every_figure_of_the_whole_publication_is_that_of_its_tables(own_site: Path) -> None:
    found = list(faults_in_lists(own_site))
    for language, folder in LANGUAGES.items():
        for name in LISTS:
            found += faults(own_site, own_site / folder / name / "index.html", language, featured())
    assert not found, "\n".join(found)


CERTIFIED, STATIONS, DIVISIONS = (
    "ningxia-certified-workers", "township-stations", "administrative-divisions",
)  # fmt: skip


@pytest.mark.parametrize(
    ("dataset", "page", "right", "wrong"),
    [
        (CERTIFIED, "", '2,752 persons">2,752', '2,752 persons">2,753'),
        (CERTIFIED, "", "<span>38.6", "<span>38.7"),
        (CERTIFIED, "", "3 distinct values", "4 distinct values"),
        (CERTIFIED, "", "38.8 to 2,752", "36.8 to 2,752"),
        (CERTIFIED, "", "×2", "×3"),
        (CERTIFIED, "", "23 November 2026", "24 November 2026"),
        (CERTIFIED, "", "All 3 rows", "All 4 rows"),
        (CERTIFIED, "", '"maxValue": 2752.0', '"maxValue": 2753.0'),
        (
            CERTIFIED,
            "",
            "(Version 1.1.0) [Data set]. https://social-work.example.org/en/datasets/ningxia-certified-workers/</p>",
            "(Version 1.1.1) [Data set]. https://social-work.example.org/en/datasets/ningxia-certified-workers/</p>",
        ),
        (CERTIFIED, "", "13.4\u00a0kB", "13.9\u00a0kB"),
        (CERTIFIED, "", "around November 2021", "around November 2012"),
        (CERTIFIED, "", "What we checked", "Seen by 1,024 people"),
        (STATIONS, "", "≥", "≤"),
        (STATIONS, "summaries/station-coverage/", "h148.8", "h158.8"),
        (STATIONS, "summaries/station-coverage/", ">20</text>", ">25</text>"),
        (STATIONS, "explore/", "5 November 2021", "6 November 2021"),
        (DIVISIONS, "summaries/townships-by-kind/", "41,352", "41,353"),
    ],
)
def test_one_wrong_figure_on_a_page_is_found(own_site: Path, dataset: str, page: str, right: str, wrong: str) -> None:
    path = own_site / "en/datasets" / dataset / page / "index.html"
    assert faults(own_site, path, "en", newest()[dataset], right, wrong)
