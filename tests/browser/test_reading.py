"""What pages tell a reader beyond their text: whether data is overdue, and how a chart is put elsewhere."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shipped]

LANGUAGES = ("", "en/")
OVERDUE = {"": "逾期", "en/": "Overdue"}
SUMMARY = "datasets/township-stations/summaries/station-coverage/"


@pytest.mark.sample(2)
@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize("path", ["datasets/", "datasets/social-work-workforce/"])
def test_overdue_is_decided_by_the_readers_own_day(browser: Browser, address: str, prefix: str, path: str) -> None:
    for year, overdue in ((2026, False), (2040, True)):
        context = browser.new_context()
        context.clock.set_fixed_time(datetime(year, 12, 1, tzinfo=UTC))
        page = context.new_page()
        page.goto(address + prefix + path, wait_until="networkidle")
        badge = page.locator("[data-due]").first
        assert ("badge--warn" in str(badge.get_attribute("class"))) is overdue
        assert (badge.inner_text() == badge.get_attribute("data-overdue")) is overdue
        assert OVERDUE[prefix] in str(badge.get_attribute("data-overdue"))
        context.close()


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_the_code_to_embed_shows_the_chart_in_a_frame(visit: Visit, address: str, own_site: Path, prefix: str) -> None:
    text = (own_site / prefix / SUMMARY / "index.html").read_text("utf-8")
    found = re.search(r'id="embed-code"[^>]*><code>(.*?)</code>', text, re.DOTALL)
    assert found
    code = html.unescape(found[1])
    framed = re.sub(r'src="https?://[^/]+/', f'src="{address}', code)
    visit.page.set_viewport_size({"width": 700, "height": 900})
    visit.page.set_content(f"<h1>Elsewhere</h1>{framed}")
    frame = visit.page.frame_locator("iframe")
    expect(frame.locator(".chart__picture svg:visible")).to_have_count(1)
    expect(frame.locator("header, footer, nav")).to_have_count(0)
    body = frame.locator("html").evaluate("root => [root.scrollHeight, root.clientHeight]")
    assert body[0] <= body[1], "the frame is as high as what it shows"
    assert frame.locator("h1 a").get_attribute("target") == "_blank"
    page = (own_site / prefix / SUMMARY / "embed/index.html").read_text("utf-8")
    assert 'content="noindex' in page
    assert f'rel="canonical" href="https://social-work.example.org/{prefix}{SUMMARY}"' in page
