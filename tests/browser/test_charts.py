"""A chart answers to the pointer and to the keyboard, with the exact figure, its unit, its bound and its caveat."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shipped]

COVERAGE = "datasets/township-stations/summaries/station-coverage/"
# What the first row says: bound, exact value, unit.
FIRST = {
    "": ("乡、镇和街道", ["≥ 12,000 个", "38,642 个", "≥ 31 个"]),
    "en/": ("Townships, towns and subdistricts", ["≥ 12,000 stations", "38,642 units", "≥ 31 stations"]),
}


def shown(page: Page) -> list[str]:
    return page.locator(".chart__tip:visible dd").all_inner_texts()


def place(page: Page) -> None:
    page.locator(".chart__picture").first.scroll_into_view_if_needed()
    page.wait_for_selector(".chart__picture [tabindex]:visible")


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_the_pointer_shows_the_mark_that_it_is_on(visit: Visit, address: str, prefix: str) -> None:
    page = visit.page
    page.goto(address + prefix + COVERAGE)
    place(page)
    page.locator(".chart__wide path[data-row='0']").hover()
    name, figures = FIRST[prefix]
    expect(page.locator(".chart__tip-name")).to_have_text(name)
    assert shown(page) == figures
    expect(page.locator(".chart__wide .is-active[data-row='0']")).to_have_count(2)  # the bar and its number
    page.mouse.move(5, 5)
    expect(page.locator(".chart__tip")).to_be_hidden()
    assert visit.faults == []


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_the_arrow_keys_step_through_the_marks(visit: Visit, address: str, prefix: str) -> None:
    page = visit.page
    page.goto(address + prefix + COVERAGE)
    place(page)
    page.locator(".chart__wide[tabindex]").focus()
    page.keyboard.press("ArrowDown")
    name, figures = FIRST[prefix]
    expect(page.locator(".chart__picture [aria-live]")).to_contain_text(name)
    for figure in figures:
        expect(page.locator(".chart__picture [aria-live]")).to_contain_text(figure)
    page.keyboard.press("End")
    expect(page.locator(".chart__wide .is-active[data-row='1']").first).to_be_visible()
    assert shown(page) != figures
    page.keyboard.press("Escape")
    expect(page.locator(".chart__tip")).to_be_hidden()


def test_a_finger_gets_the_row_too(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address + COVERAGE)
    place(page)
    page.locator(".chart__narrow path[data-row='1']").tap()
    expect(page.locator(".chart__tip")).to_be_visible()
    assert shown(page)[0] == "≥ 12,000 个"
    tip, screen = page.locator(".chart__tip").bounding_box(), page.viewport_size
    assert tip
    assert screen
    assert 0 <= tip["x"] <= screen["width"] - tip["width"]
    context.close()


def test_every_mark_of_every_chart_has_its_row(visit: Visit, address: str) -> None:
    """On all pages of summaries: as many marks as rows with a text, each with at least one figure."""
    page = visit.page
    page.goto(f"{address}figures/")
    links = page.locator("main a[href*='/summaries/']").evaluate_all("all => [...new Set(all.map(one => one.href))]")
    assert len(links) > 8
    drawn = 0
    for link in links:
        page.goto(link.partition("#")[0])
        if not page.locator(".chart__rows").count():
            continue
        counted = page.evaluate(
            """() => {
              const rows = JSON.parse(document.querySelector(".chart__rows").textContent);
              const marks = [...document.querySelectorAll(".chart__wide [data-row]")].map((one) => one.dataset.row);
              return [new Set(marks).size, rows.length, rows.every(([, said]) => said.length > 0)];
            }"""
        )
        assert counted[0] > 0, link
        assert counted[0] == counted[1], link
        assert counted[2], link
        drawn += 1
    assert drawn > 5
    assert visit.faults == []


def test_each_part_of_a_whole_has_its_own_number(visit: Visit, address: str) -> None:
    """Half way from the middle to a number lies the part that it counts."""
    page = visit.page
    page.goto(f"{address}datasets/ningxia-certified-workers/summaries/certified-split/")
    found = page.evaluate(
        """() => {
          const svg = document.querySelector(".chart__wide svg");
          const at = (one) => one.transform.baseVal.consolidate().matrix;
          return [...svg.querySelectorAll("text[data-row]")].map((text) => {
            const arcs = [...svg.querySelectorAll("path[data-row]")];
            const inside = arcs.filter((arc) => {
              const [x, y] = [at(text).e - at(arc).e, at(text).f - at(arc).f];
              return arc.isPointInFill(new DOMPoint(x / 2, y / 2));
            });
            return [text.textContent, text.dataset.row, inside.map((arc) => arc.dataset.row)];
          });
        }"""
    )
    assert found == [["1,063", "0", ["0"]], ["1,689", "1", ["1"]]]


def test_without_scripts_the_chart_and_its_table_are_there(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + COVERAGE)
    assert page.locator(".chart__wide svg").is_visible()
    assert "38,642" in page.locator(".data-table").first.inner_text()
    assert page.locator(".chart__picture .sr-only").inner_text().endswith("不少于 29")
    context.close()
