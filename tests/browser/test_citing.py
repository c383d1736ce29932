"""From a figure to its citation, and from its link back to the very row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.host import host

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Opener = Callable[[str], Page]


@pytest.fixture(scope="module")
def small_address(small_site: Path) -> Iterator[str]:
    with host(small_site) as served:
        yield served


@pytest.fixture
def small_page(visit: Visit, small_address: str) -> Opener:
    def opened(path: str) -> Page:
        visit.page.goto(small_address + path, wait_until="networkidle")
        return visit.page

    return opened


def copied(page: Page, style: str) -> str:
    page.get_by_role("button", name=f"Copy this citation as {style}").first.click()
    expect(page.get_by_role("status").filter(has_text="Copied").first).to_be_attached()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_one_click_copies_a_figure_in_every_style(small_page: Opener) -> None:
    page = small_page("en/datasets/counts/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Cite this figure").first.click()
    for style in ("GB/T 7714-2025", "APA", "BibTeX", "RIS"):
        text = copied(page, style)
        assert "counts" in text
        assert "120 persons" in text
        assert "610f48b7" in text, style
        assert "1.1.0" in text
    (item,) = json.loads(copied(page, "CSL-JSON"))
    assert item["URL"].endswith("explore/?table=counts&key=001%7C2021&field=people&release=1.1.0&asOf=2026-11-23")
    assert "at least 120 persons" in item["note"]


def test_the_day_on_which_a_reader_looks_is_in_every_citation_that_wants_it(visit: Visit, small_address: str) -> None:
    page = visit.page
    page.clock.set_fixed_time(datetime(2027, 1, 31, 12))
    page.goto(f"{small_address}datasets/counts/", wait_until="networkidle")
    expect(page.locator("#cite-gb7714")).to_contain_text("小型出版物（2026-11-23）[2027-01-31]. https://")
    expect(page.locator("#cite-figure-north")).to_contain_text("（2026-11-23）[2027-01-31]. https://")
    expect(page.locator("#cite-bibtex")).to_contain_text("  urldate = {2027-01-31},\n", use_inner_text=True)
    expect(page.locator("#cite-ris")).to_contain_text("Y2  - 2027/01/31/")
    (item,) = json.loads(page.locator("#cite-csl").inner_text())
    assert item["accessed"] == {"date-parts": [[2027, 1, 31]]}
    # A release is cited by APA without a day, since what is at its address does not change.
    expect(page.locator("#cite-apa")).not_to_contain_text("2027")
    menu = page.locator(".cite-menu").last
    assert "Retrieved 2027-01-31, from" in str(menu.locator("button").nth(1).get_attribute("data-copy-text"))
    assert not visit.faults


def test_without_scripts_the_day_is_a_marked_gap(browser: Browser, small_address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{small_address}datasets/counts/")
    expect(page.locator("#cite-gb7714")).to_contain_text("（2026-11-23）[引用日期]. https://")
    expect(page.locator("#cite-bibtex")).not_to_contain_text("urldate")
    context.close()


def test_a_figures_link_lands_on_its_row_highlighted(small_page: Opener) -> None:
    page = small_page("en/datasets/counts/explore/?table=counts&key=001%7C2021&field=people&release=1.1.0")
    row = page.locator("tr[aria-current=true]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("120")
    other = page.locator("tbody tr:not([aria-current])").first
    paint = "one => getComputedStyle(one.querySelector('td')).backgroundColor"
    assert row.evaluate(paint) != other.evaluate(paint)
    expect(row.locator(".is-target-cell")).to_contain_text("120")
    expect(page.get_by_text("This link quotes version")).to_have_count(0)


def test_a_citation_shows_the_figure_of_its_day_and_leads_to_the_newest(small_page: Opener) -> None:
    query = "key=001%7C2020&field=people&release=1.0.0&asOf=2026-11-23"
    page = small_page(f"en/datasets/counts/explore/?table=counts&{query}")
    notice = page.get_by_role("note")
    expect(notice).to_contain_text("As of 23 November 2026: version 1.0.0, released on 23 November 2026.")
    expect(page.locator("tr[aria-current=true]")).to_contain_text("100")
    page.get_by_role("button", name="Cite selection").click()
    assert f"?{query}" in page.get_by_role("dialog").locator("pre").last.inner_text()
    expect(page.get_by_role("dialog")).to_contain_text("Version 1.0.0")
    page.keyboard.press("Escape")
    notice.get_by_role("link", name="Show the newest").click()
    expect(page.locator("tr[aria-current=true]")).to_contain_text("101")
    expect(page.get_by_role("note")).to_have_count(0)


def test_a_day_shows_what_was_in_force(small_page: Opener) -> None:
    page = small_page("datasets/counts/explore/?asOf=2027-01-01")
    expect(page.get_by_role("note")).to_contain_text("2027年1月1日有效的是版本 1.1.0")
    page = small_page("en/datasets/counts/explore/?asOf=2020-01-01")
    expect(page.get_by_role("note")).to_contain_text("On 1 January 2020 nothing had been released yet.")
    page = small_page("en/datasets/counts/explore/?asOf=2026-02-30")
    expect(page.get_by_role("note")).to_have_count(0)


def test_a_link_from_an_old_release_says_so(small_page: Opener) -> None:
    page = small_page("en/datasets/counts/explore/?table=counts&key=001%7C2020&field=people&release=1.0.0")
    expect(page.get_by_text("This link quotes version 1.0.0; the rows below are of version 1.1.0.")).to_be_visible()
    page.get_by_role("link", name="See version 1.0.0").click()
    expect(page).to_have_url(re.compile(r"/en/datasets/counts/1\.0\.0/$"))


def test_a_row_of_a_summary_is_highlighted(small_page: Opener) -> None:
    page = small_page("datasets/counts/summaries/by-place/#row-.5317..9547.")
    row = page.locator("tr:target")
    expect(row).to_contain_text("北镇")
    paint = "one => getComputedStyle(one).backgroundColor"
    assert row.evaluate(paint) != page.locator("#table ~ * tbody tr:not(:target)").first.evaluate(paint)
