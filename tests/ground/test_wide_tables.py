"""A table that is wider than the screen says so, and what its rows are called stays in sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

TALL = """
    <div dir="ltr" class="md-typeset"><div class="table-scroll" style="width: 600px"><table class="data-table"><tbody>
    <tr><th>Canterbury</th>{cells}</tr></tbody></table></div></div>"""


def test_the_first_column_stays_and_a_shadow_shows_that_there_is_more(browser: Browser, small_site: Path) -> None:
    styles = "".join(path.read_text("utf-8") for path in small_site.glob("assets/**/*.css"))
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    cells = "".join(f"<td class='number'>{year},000,000</td>" for year in range(2011, 2024))
    page.set_content(f"<style>{styles}</style>{TALL.format(cells=cells)}")
    region = page.locator(".table-scroll")
    assert region.evaluate("one => one.scrollWidth > one.clientWidth")
    assert "local" in region.evaluate("one => getComputedStyle(one).backgroundAttachment"), "no shadow at the edge"
    before = page.locator("th").bounding_box()
    region.evaluate("one => one.scrollLeft = 400")
    assert page.locator("th").bounding_box() == before
    assert page.locator("td").first.bounding_box()["x"] < before["x"]  # type: ignore[index]
