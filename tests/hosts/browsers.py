"""A reader's way through the shipped site in Firefox ESR and WebKitGTK (`make browsers`; Debian has both).

Not collected by `make test-all`: Ubuntu brings Firefox in another form.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host import served
from tests.hosts.engines import ENGINES, PATIENCE, Engine, Firefox
from tests.hosts.loose_host import WithoutSlash, handler

pytestmark = pytest.mark.shipped

DATASET = "datasets/township-stations/"
TOWNSHIPS = "datasets/administrative-divisions/explore/?table=townships"
STATUS = "return document.querySelector('.explorer-status')?.textContent.includes(arguments[0])"
SORTED = "return document.querySelector(`th[aria-sort=${arguments[0]}] [data-field=name]`) !== null"
STYLED = "return getComputedStyle(document.querySelector('.site-header')).borderBottomStyle"


@pytest.fixture(scope="module", params=ENGINES)
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """A browser, and the folder that it downloads into."""
    folder = tmp_path_factory.mktemp("browser")
    with ENGINES[request.param](folder) as engine:
        yield engine, folder / "downloads"


def test_a_page_opens_and_the_switch_of_languages_leads_to_its_twin(reader: tuple[Engine, Path], address: str) -> None:
    engine, _ = reader
    engine.open(address + DATASET)
    assert engine.ask(STYLED) == "solid"
    assert engine.ask("return document.documentElement.lang").startswith("zh")
    engine.click("header a[hreflang]")
    assert engine.until("return location.href.includes('/en/') && location.href") == f"{address}en/{DATASET}"
    assert engine.ask("return document.documentElement.lang").startswith("en")


def test_a_page_without_its_slash_has_its_style_and_its_links(reader: tuple[Engine, Path], own_site: Path) -> None:
    engine, _ = reader
    with served(handler(WithoutSlash, own_site)) as address:
        engine.open(f"{address}{DATASET[:-1]}?seen=1#content")
        assert engine.ask("return location.href") == f"{address}{DATASET}?seen=1#content"
        assert engine.until(STYLED) == "solid"
        engine.until("return document.querySelector('.tool--search').checkVisibility()")
        assert engine.ask("return document.querySelector('a.brand').href") == address


def test_rows_are_sorted_filtered_and_turned(reader: tuple[Engine, Path], address: str) -> None:
    engine, _ = reader
    engine.open(f"{address}en/{TOWNSHIPS}")
    engine.until(STATUS, "41,352 rows")
    engine.click(".explorer-sort[data-field=name]")
    engine.until(SORTED, "ascending")
    engine.click("[data-step=next]")
    engine.until(STATUS, "51–100")
    engine.click(".explorer-bar .explorer-search input")
    engine.type(".explorer-bar .explorer-search input", "东华门")
    engine.until(STATUS, "of 41,352 rows")
    assert "东华门" in engine.ask("return document.querySelector('.explorer-table tbody').textContent")


def test_an_address_shows_its_own_rows(reader: tuple[Engine, Path], address: str) -> None:
    engine, _ = reader
    engine.open(f"{address}{TOWNSHIPS}&w=code.starts.1101010")
    engine.until("return document.querySelector('.explorer.is-ready')?.textContent.includes('东华门街道')")


def test_a_search_leads_to_a_page(reader: tuple[Engine, Path], address: str) -> None:
    engine, _ = reader
    engine.open(f"{address}en/")
    engine.click(".tool--search")
    engine.type("dialog[open] [role=combobox]", "Ningxia")
    engine.until("return document.querySelector('#search-results [role=option]')")
    engine.click("#search-results [role=option]")
    engine.until("return location.pathname.includes('/datasets/')")


def test_a_search_finds_a_row_that_is_on_no_page(reader: tuple[Engine, Path], address: str) -> None:
    """Its index is compressed, and the browser itself unpacks it."""
    engine, _ = reader
    engine.open(f"{address}en/")
    engine.click(".tool--search")
    engine.type("dialog[open] [role=combobox]", "凰岗镇")
    engine.until("return document.querySelector('#search-results [href$=\"table=townships&key=361128108\"]')")


def test_a_download_is_the_published_file(reader: tuple[Engine, Path], address: str, own_site: Path) -> None:
    engine, downloads = reader
    engine.open(address + DATASET)
    engine.ask("for (const one of document.querySelectorAll('details')) one.open = true")
    engine.click('main a[href$="/stations.csv"]')
    end = time.monotonic() + PATIENCE
    wanted = (own_site / "data/township-stations/1.0.0/stations.csv").read_bytes()
    while not any(path.read_bytes() == wanted for path in downloads.glob("*.csv")):
        assert time.monotonic() < end, sorted(downloads.iterdir())
        time.sleep(0.1)


def test_dates_in_chinese_are_set_without_what_webkit_draws_wrong(reader: tuple[Engine, Path], address: str) -> None:
    engine, _ = reader
    engine.open(address)
    spaced = engine.ask("return getComputedStyle(document.body).textAutospace")
    assert spaced == ("normal" if isinstance(engine, Firefox) else "no-autospace")


def test_paper_has_the_page(reader: tuple[Engine, Path], address: str, tmp_path: Path) -> None:
    engine, _ = reader
    engine.open(f"{address}en/{DATASET}")
    title = engine.ask("return document.querySelector('h1').textContent").strip()
    if isinstance(engine, Firefox):  # WebKitGTK's WebDriver prints nothing
        printed = tmp_path / "page.pdf"
        printed.write_bytes(engine.pdf())
        text = subprocess.run(["pdftotext", "-layout", printed, "-"], capture_output=True, text=True, check=True).stdout
        assert title.split()[0] in text
        assert "Download selection" not in text
