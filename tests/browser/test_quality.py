"""Every template, in each language, light and dark: accessible, light to load, readable on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shipped]

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MOST_OF_FIRST_VIEW = 150_000
# A page of each template.
TEMPLATES = {
    "home": "",
    "catalogue": "datasets/",
    "dataset": "datasets/township-stations/",
    "dataset with a finding": "datasets/ningxia-certified-workers/",
    "release": "datasets/ningxia-certified-workers/1.0.0/",
    "summary": "datasets/township-stations/summaries/station-coverage/",
    "embed": "datasets/township-stations/summaries/station-coverage/embed/",
    "explore": "datasets/social-work-workforce/explore/",
    "history": "datasets/ningxia-certified-workers/history/",
    "figures": "figures/",
    "changes": "changes/",
    "sources": "sources/",
    "text": "about/",
    "problems": "problems/",
    "verify": "verify/",
    "not found": "404.html",
}
LANGUAGES = ("", "en/")
FIRST_VIEWS = (
    "",
    "datasets/",
    "datasets/township-stations/",
    "datasets/administrative-divisions/",
    "datasets/social-work-workforce/",
)
RUN_AXE = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules });
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))]);
}"""
# How far the page is wider than the screen, and cells of tables that a reader on a phone would have to scroll to.
CUT_OFF = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  const cells = [...document.querySelectorAll(".data-table td, .data-table th[scope=row]")].filter((cell) => {
    const { width, right, left } = cell.getBoundingClientRect();
    return width > 1 && (right > innerWidth + 1 || left < -1);
  });
  return [wide, cells.slice(0, 3).map((cell) => cell.textContent.trim().slice(0, 60))];
}"""


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    opened = context.new_page()
    opened.add_init_script(path=AXE)
    yield opened
    context.close()


def address_of(address: str, prefix: str, path: str) -> str:
    """There is one page for what is not there, at the root."""
    return address + path if path == "404.html" else address + prefix + path


@pytest.mark.sample(4)
@pytest.mark.parametrize("prefix", LANGUAGES, ids=["zh", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_axe_finds_nothing(page: Page, address: str, template: str, prefix: str) -> None:
    page.goto(address_of(address, prefix, TEMPLATES[template]), wait_until="networkidle")
    assert page.evaluate(RUN_AXE, RULES) == []


@pytest.mark.sample(2)
@pytest.mark.parametrize("prefix", LANGUAGES, ids=["zh", "en"])
def test_axe_finds_nothing_in_what_opens(page: Page, address: str, prefix: str) -> None:
    """The search with results, the opened details of a dataset, the tooltip of a chart."""
    page.goto(f"{address}{prefix}datasets/township-stations/", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.locator(".chart__picture").first.scroll_into_view_if_needed()
    page.wait_for_selector(".chart__wide[tabindex]:visible")
    page.locator(".chart__wide[tabindex]").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(RUN_AXE, RULES) == []
    page.keyboard.press("/")
    page.locator("dialog[open] [role=combobox]").fill("银川")
    page.wait_for_selector("#search-results [role=option]")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(RUN_AXE, RULES) == []


@pytest.mark.sample(2)
@pytest.mark.parametrize("path", FIRST_VIEWS)
@pytest.mark.parametrize("prefix", LANGUAGES, ids=["zh", "en"])
def test_the_first_view_weighs_little(browser: Browser, address: str, path: str, prefix: str) -> None:
    """All that comes until the page is quiet, compressed as hosts compress it."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    opened = context.new_page()
    sent: list[int] = []
    session = context.new_cdp_session(opened)
    session.on("Network.loadingFinished", lambda event: sent.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    opened.goto(address + prefix + path, wait_until="networkidle")
    context.close()
    assert 3_000 < sum(sent) < MOST_OF_FIRST_VIEW


@pytest.mark.sample(1)
@pytest.mark.parametrize("prefix", LANGUAGES, ids=["zh", "en"])
@pytest.mark.parametrize("width", [360, 768])
def test_nothing_is_cut_off_on_narrow_screens(browser: Browser, address: str, width: int, prefix: str) -> None:
    """No page scrolls sideways; on a phone every cell of a table can be read without scrolling it."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    opened = context.new_page()
    cut = {}
    for template, path in TEMPLATES.items():
        opened.goto(address_of(address, prefix, path), wait_until="networkidle")
        wide, cells = opened.evaluate(CUT_OFF)
        if wide > 0 or (width == 360 and cells):
            cut[template] = (wide, cells)
    context.close()
    assert not cut


def test_print_has_the_content_and_nothing_to_click(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 1100})
    opened = context.new_page()
    opened.goto(f"{address}datasets/township-stations/", wait_until="networkidle")
    opened.emulate_media(media="print")
    assert opened.locator("h1").is_visible()
    assert opened.locator(".data-table td:visible").count() > 20
    for hidden in (".site-header nav", ".tools", "[data-search-open]", ".toc", "button", ".chart__links"):
        assert not opened.locator(f"{hidden}:visible").count(), hidden
    wide = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert wide <= 0


@pytest.mark.parametrize("prefix", LANGUAGES, ids=["zh", "en"])
def test_the_keyboard_goes_through_the_page_in_its_order(browser: Browser, address: str, prefix: str) -> None:
    """Skip link first; then every stop is to be seen, shows that it has the focus, and comes after the one before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(f"{address}{prefix}datasets/township-stations/", wait_until="networkidle")
    stops = []
    for _ in range(25):
        opened.keyboard.press("Tab")
        stops.append(
            opened.evaluate(
                """() => {
                  const one = document.activeElement;
                  const style = getComputedStyle(one);
                  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                  const { width, height } = one.getBoundingClientRect();
                  const place = [...document.querySelectorAll("*")].indexOf(one);
                  return [one.className, seen && width > 0 && height > 0, place];
                }"""
            )
        )
    context.close()
    assert stops[0][0] == "skip"
    assert [name for name, seen, _ in stops if not seen] == []
    places = [place for _, _, place in stops]
    assert places == sorted(places)


def test_every_page_has_its_head(own_site: Path) -> None:
    """A title of its own, a description, where it stands, its sisters in other languages, a picture."""
    titles: dict[tuple[str, str], str] = {}
    for file in sorted(own_site.rglob("index.html")):
        text = file.read_text("utf-8")
        head = text.partition("</head>")[0]
        path = file.relative_to(own_site).as_posix()
        assert '<meta name="description" content="' in head, path
        assert 'rel="canonical"' in head, path
        if 'content="noindex' in head:
            continue
        assert head.count('rel="alternate" hreflang="') == 3, path
        assert 'property="og:image" content="' in head, path
        title = head.partition("<title>")[2].partition("</title>")[0]
        key = ("en" if path.startswith("en/") else "zh", title)
        assert key not in titles, (path, titles.get(key))
        titles[key] = path
    assert len(titles) > 50
