"""The search dialog finds every dataset and every summary by its title, and values by where they stand."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shipped]

# What a reader may type, and the pages any of which answers it.
VALUES = {
    "": {
        "宁夏": ("ningxia-",),
        "广东": ("regional-programmes", "township-stations", "dongguan-"),
        "湖北": ("regional-programmes", "township-stations"),
        "东莞": ("dongguan-tongren-pairing",),
        "铜仁": ("dongguan-tongren-pairing",),
        "津贴": ("ningxia-allowances",),
        "督导": ("fields-of-practice", "township-stations", "regional-programmes", "dongguan-"),
        "社区": ("dongguan-", "five-party-linkage", "ningxia-"),
        "持证": ("social-work-workforce", "ningxia-certified-workers"),
        "区划": ("administrative-divisions",),
    },
    "en/": {
        "Ningxia": ("ningxia-",),
        "Guangdong": ("regional-programmes", "township-stations", "dongguan-"),
        "Hubei": ("regional-programmes", "township-stations"),
        "Dongguan": ("dongguan-tongren-pairing",),
        "Tongren": ("dongguan-tongren-pairing",),
        "allowance": ("ningxia-allowances",),
        "certificate": ("social-work-workforce", "ningxia-certified-workers"),
        "townships": ("township-stations", "administrative-divisions"),
        "divisions": ("administrative-divisions",),
    },
}
# Types a query, waits until the list answers it, and tells the pages in their order.
ASK = """async (query) => {
  const input = document.querySelector("dialog[open] [role=combobox]");
  const list = document.querySelector("#search-results");
  list.replaceChildren();
  input.value = query;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const end = performance.now() + 15000;
  while (!list.children.length && performance.now() < end) await new Promise((done) => setTimeout(done, 25));
  const paths = [...list.children].map((row) => new URL(row.href).pathname);
  return [...new Set(paths)];
}"""


def titles(site: Path, prefix: str, pattern: str) -> dict[str, str]:
    """The heading of each page by its address, such as `/en/datasets/x/`."""
    found = {}
    for file in sorted((site / prefix).glob(pattern)):
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", file.read_text("utf-8"), re.DOTALL)
        assert heading, file
        text = html.unescape(re.sub(r"<[^>]+>", "", heading[1].replace("¶", ""))).strip()
        found[f"/{file.parent.relative_to(site).as_posix()}/"] = text
    return found


@pytest.mark.sample(2)
@pytest.mark.parametrize("pattern", ["datasets/*/index.html", "datasets/*/summaries/*/index.html"])
def test_a_title_finds_its_page_first(dialog: tuple[str, Page], own_site: Path, pattern: str) -> None:
    prefix, page = dialog
    wanted = titles(own_site, prefix, pattern)
    assert len(wanted) > 5
    found = {path: page.evaluate(ASK, title)[:1] for path, title in wanted.items()}
    missed = {wanted[path]: first for path, first in found.items() if first != [path]}
    assert not missed


def test_values_find_where_they_stand(dialog: tuple[str, Page]) -> None:
    prefix, page = dialog
    missed = {}
    for words, datasets in VALUES[prefix].items():
        found = page.evaluate(ASK, words)
        expected = tuple(f"/{prefix}datasets/{one}" for one in datasets)
        if not found or not found[0].startswith(expected):
            missed[words] = found[:4]
    assert not missed


def test_provinces_are_found_by_name(dialog: tuple[str, Page]) -> None:
    """In either language a name leads to the explorer at the row of its province."""
    prefix, page = dialog
    names = {"河北": "13", "四川": "51", "云南": "53", "Hebei": "13", "Sichuan": "51", "Yunnan": "53"}
    for name, code in names.items():
        found = page.evaluate(ASK.replace(".pathname", ".href"), name)
        wanted = f"/{prefix}datasets/administrative-divisions/explore/?table=regions&key={code}"
        assert [link for link in found[:6] if link.endswith(wanted)], name


def test_what_is_typed_while_the_search_loads_is_not_lost(visit: Visit, address: str) -> None:
    def late(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    page = visit.page
    page.route(re.compile(r"/search-[^/]*\.js"), late)
    page.goto(f"{address}en/", wait_until="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("townships")
    page.locator("#search-results [role=option]").first.wait_for()
    assert page.locator("dialog[open] [role=combobox]").input_value() == "townships"
    page.keyboard.press("Escape")
    assert not page.locator("dialog[open]").count()
    assert not visit.faults


def test_a_search_that_cannot_be_loaded_says_so(visit: Visit, address: str) -> None:
    page = visit.page
    scripts = re.compile(r"/search-[^/]*\.js")
    page.route(scripts, lambda route: route.abort())
    page.goto(f"{address}en/", wait_until="networkidle")
    page.keyboard.press("/")
    failed = page.evaluate("siteWords.search_failed")
    expect(page.locator(".search__status")).to_have_text(failed)
