"""A stranger's words in a real browser: nothing of them runs, asks another host, or becomes an element.

Every page is opened twice: as it is, and with the content security policy switched off, since what only the policy
stops is not yet safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.hostile import bait

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_WATCH = """
window.ran = [];
window.canary = place => window.ran.push(place);
window.violations = [];
document.addEventListener('securitypolicyviolation', found => window.violations.push(
  `${found.violatedDirective} ${found.blockedURI} ${found.sample}`));
"""
# Everything that a bait would have become, had it been read as HTML, Markdown or a template.
_BROKEN_OUT = """
() => [...document.querySelectorAll(
  `x-bait, [data-bait], #bait, .bait, [onclick], [onerror], [onload], [onfocus], [autofocus], iframe, object, embed,
   img[src*="bait."], image[href*="bait."], a[href^="javascript:" i], a[href^="data:" i], a[*|href^="javascript:" i],
   abbr, .admonition, details.bait, h1 h1, base, [style*="bait."], link[href*="bait."]:not([rel="license"]),
   form[action*="bait."]`
)].map(one => one.outerHTML.slice(0, 300))
"""


class Watched:
    """A browser's page that remembers what it should not have seen."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(300_000)
        self.address = address
        self.foreign: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("dialog", self._opened)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)

    def _opened(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def harm(self) -> dict[str, Any]:
        """What went wrong on the page that is open; empty lists where nothing did."""
        return {
            "ran": self.page.evaluate("window.ran"),
            "violations": self.page.evaluate("window.violations"),
            "broken out": self.page.evaluate(_BROKEN_OUT),
            "foreign": self.foreign,
            "dialogs": self.dialogs,
            "errors": self.errors,
        }


def harmless(watched: Watched) -> bool:
    found = {name: value for name, value in watched.harm().items() if value}
    assert not found, f"{watched.page.url}: {found}"
    return True


@pytest.fixture(params=[False, True], ids=["policy", "no-policy"])
def watched(request: pytest.FixtureRequest, browser: Browser, hostile_address: str) -> Iterator[Watched]:
    context = browser.new_context(bypass_csp=request.param)
    context.add_init_script(_WATCH)
    yield Watched(context, hostile_address)
    context.close()


def pages(site: Path) -> list[str]:
    return sorted(path.parent.relative_to(site).as_posix() + "/" for path in site.rglob("index.html"))


def drawings(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.svg"))


@pytest.mark.sample(1)
def test_no_page_runs_or_shows_as_markup_what_a_stranger_wrote(watched: Watched, hostile_site: Path) -> None:
    addresses = pages(hostile_site)
    assert len(addresses) > 20
    for path in addresses:
        page = watched.open(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert harmless(watched)
        assert bait.PRODUCT not in page.locator("html").inner_html(), path


def test_the_watch_sees_what_gets_through(watched: Watched) -> None:
    """The same bait, let through on purpose: without this the tests above could not fail."""
    page = watched.open("en/datasets/")
    page.evaluate(r"""() => {
      const range = document.createRange();
      document.body.append(range.createContextualFragment(
        `<x-bait></x-bait><script>canary('script')<\/script><img src="https://bait.example/image.png">`));
    }""")
    page.wait_for_timeout(300)
    found = watched.harm()
    assert found["broken out"]
    assert found["ran"] or found["violations"]
    assert found["foreign"] or found["violations"]


@pytest.mark.sample(1)
def test_drawings_opened_by_themselves_run_nothing(watched: Watched, hostile_site: Path) -> None:
    addresses = [one for one in drawings(hostile_site) if "data/" in one]
    assert addresses
    for path in addresses:
        watched.open(path)
        assert harmless(watched)


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("en/", ["catalog.title.en", "catalog.tagline.en", "figure.title.en", "theme.title.en"]),
        ("en/datasets/", ["trap.title.en", "ground.title.en", "theme.title.en"]),
        ("en/datasets/trap/", ["trap.title.en", "trap.description.en", "summary.sums.title.en", "note.en",
                               "check.accepted.en", "trap.field.label.title.en", "ledger.trap.changes.en",
                               "cell.label0.en"]),
        ("en/datasets/trap/1.0.0/", ["ledger.reason.en"]),
        ("en/figures/", ["figure.title.en"]),
        ("en/sources/", ["trap.source.title.en"]),
        ("en/changes/", ["ledger.trap.changes.en"]),
        ("datasets/trap/summaries/sums/", ["summary.sums.title", "summary.sums.description", "sql.sums"]),
    ],
)  # fmt: skip
def test_it_is_shown_as_the_text_that_it_is(
    browser: Browser, hostile_address: str, path: str, places: list[str]
) -> None:
    page = browser.new_page()
    page.goto(hostile_address + path, wait_until="networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    text = page.locator("body").text_content() or ""
    missing = [place for place in places if bait.mark(place) not in text]
    assert not missing
    assert "<x-bait data-bait>" in text
    page.close()


@pytest.mark.sample(1)
def test_the_search_shows_results_as_text(watched: Watched) -> None:
    page = watched.open("en/")
    page.keyboard.press("/")
    expect(page.locator("dialog[open] [role=combobox]").first).to_be_focused()
    page.keyboard.type("Bait")
    expect(page.locator("dialog[open] [role=option]").first).to_contain_text("Bait")
    expect(page.locator("dialog[open]")).to_contain_text("<script>canary")
    assert harmless(watched)


@pytest.mark.sample(1)
def test_facets_filter_by_what_a_stranger_called_a_place(watched: Watched) -> None:
    page = watched.open("en/datasets/")
    boxes = page.locator("input[type=checkbox]")
    for number in range(boxes.count()):
        boxes.nth(number).check()
    page.wait_for_timeout(300)
    assert harmless(watched)
    page.reload(wait_until="networkidle")
    assert harmless(watched)


@pytest.mark.sample(1)
def test_the_explorer_shows_cells_as_text(watched: Watched) -> None:
    page = watched.open("en/datasets/trap/explore/")
    table = page.locator("#explorer table").first
    expect(table).to_contain_text("Bait", timeout=300_000)
    expect(table).to_contain_text("<script>canary")
    assert harmless(watched)
    for query in ("?q=%3Cx-bait%20data-bait%3E", "?table=%3Cx-bait%3E", "#<img src=x onerror=canary('hash')>"):
        watched.open(f"en/datasets/trap/explore/{query}")
        page.wait_for_timeout(500)
        assert harmless(watched)
