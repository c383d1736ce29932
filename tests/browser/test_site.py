"""A reader's way through the published site, in a real browser and in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shipped]

LANGUAGES = ("", "en/")


@pytest.mark.sample(3)
@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize("page", ["", "datasets/", "datasets/township-stations/"])
def test_pages_open_without_a_fault_or_a_foreign_request(visit: Visit, address: str, prefix: str, page: str) -> None:
    visit.page.goto(address + prefix + page, wait_until="networkidle")
    expect(visit.page.locator("h1")).to_be_visible()
    assert visit.page.locator("html").get_attribute("lang").startswith("en" if prefix else "zh")
    assert visit.hosts == {address.split("/")[2]}
    assert visit.faults == []
    assert not [url for url in visit.requests if "/pagefind/" in url], "nobody has searched yet"


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("prefix", "words", "dataset"),
    [
        ("", "社工站", "township-stations"),
        ("", "宁夏", "ningxia-"),
        ("", "津贴", "ningxia-allowances"),
        ("", "五社联动", "five-party-linkage"),
        ("en/", "stations", "township-stations"),
        ("en/", "Ningxia", "ningxia-"),
        ("en/", "allowances", "ningxia-allowances"),
        ("en/", "divisions", "administrative-divisions"),
    ],
)
def test_search_finds_a_dataset_by_keyboard(visit: Visit, address: str, prefix: str, words: str, dataset: str) -> None:
    page = visit.page
    page.goto(address + prefix, wait_until="networkidle")
    page.keyboard.press("/")
    box = page.locator("dialog[open] input[type=search], dialog[open] [role=combobox]").first
    expect(box).to_be_focused()
    page.keyboard.type(words)
    first = page.locator("dialog[open] [role=option]").first
    expect(first).to_be_visible()
    expect(first.locator("a").or_(first).first).to_be_visible()
    page.wait_for_timeout(500)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{prefix}datasets/{dataset}**")
    assert visit.hosts == {address.split("/")[2]}
    assert visit.faults == []


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_a_download_is_the_file_that_was_submitted(visit: Visit, address: str, prefix: str, own_site: Path) -> None:
    page = visit.page
    page.goto(f"{address}{prefix}datasets/township-stations/")
    link = page.locator('a[href$="/stations.csv"]').first
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    with page.expect_download() as started:
        link.click()
    downloaded = Path(started.value.path()).read_bytes()
    assert downloaded == (own_site / "data/township-stations/1.0.0/stations.csv").read_bytes()


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_the_language_switch_stays_on_the_page(visit: Visit, address: str, prefix: str) -> None:
    page = visit.page
    page.goto(f"{address}{prefix}datasets/township-stations/1.0.0/")
    other = "" if prefix else "en/"
    page.locator("header a[hreflang]").first.click()
    page.wait_for_url(f"{address}{other}datasets/township-stations/1.0.0/")


def test_the_catalogue_filters_and_its_address_keeps_the_choice(visit: Visit, address: str) -> None:
    page = visit.page
    page.goto(f"{address}en/datasets/", wait_until="networkidle")
    cards = page.locator(".cards > *:visible")
    everything = cards.count()
    page.locator('input[type=checkbox][value="stations"]').first.check()
    expect(cards).not_to_have_count(everything)
    narrowed = cards.count()
    assert 0 < narrowed < everything
    expect(page).to_have_url(re.compile("stations"))
    page.reload(wait_until="networkidle")
    expect(cards).to_have_count(narrowed)


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_the_explorer_shows_townships_by_name(visit: Visit, address: str, prefix: str) -> None:
    page = visit.page
    page.goto(f"{address}{prefix}datasets/administrative-divisions/explore/?table=townships&q=东华门")
    expect(page.locator("#explorer table").first).to_contain_text("东华门街道", timeout=300_000)
    assert visit.hosts == {address.split("/")[2]}
    assert visit.faults == []


def test_without_scripts_everything_is_there(browser, address: str) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}datasets/township-stations/")
    assert page.locator("table td:visible").count() > 20
    assert page.locator('a[href$=".zip"]:visible').count() >= 1
    context.close()
