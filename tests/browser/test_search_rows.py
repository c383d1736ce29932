"""Rows of tables are found by name though no page shows them, and a region's name leads to what is known of it."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from datagazette.search.row_texts import folded, grams
from tests.browser.conftest import Visit
from tests.conftest import ROOT
from tests.ground.shipped.tables import newest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shipped]

DIVISIONS = "datasets/administrative-divisions/"
PLACE = {"": "地区", "en/": "Place"}
MOST_OF_FIRST_HIT = 250_000
# Types a query, waits until the dialog has answered it, and tells the options: title, kind, address.
ASK = """async (query) => {
  const input = document.querySelector("dialog[open] [role=combobox]");
  const list = document.querySelector("#search-results");
  const status = document.querySelector(".search__status");
  list.replaceChildren();
  status.textContent = "";
  input.value = query;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const end = performance.now() + 15000;
  while (!list.children.length && performance.now() < end) await new Promise((done) => setTimeout(done, 25));
  const text = (row, part) => row.querySelector(`.search__${part}`)?.textContent ?? "";
  return [...list.children].map((row) => [text(row, "title"), text(row, "kind"), row.href, text(row, "excerpt")]);
}"""


def sample(table: str, every: int) -> list[dict[str, str]]:
    path = ROOT / DIVISIONS / "1.0.0" / f"{table}.csv"
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))[every // 2 :: every]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("table", "every"), [("provinces", 1), ("prefectures", 40), ("counties", 300), ("townships", 4000)]
)
def test_places_are_found_by_their_names(dialog: tuple[str, Page], table: str, every: int) -> None:
    prefix, page = dialog
    rows = sample(table, every)
    assert len(rows) > 7
    missed = {}
    for row in rows:
        name = row["name"]
        found = page.evaluate(ASK, name)
        called = (row.get("name_en") if prefix else "") or name
        if not any(title == called and "key=" in link for title, _, link, _ in found):
            missed[name] = found[:3]
    assert not missed


def test_a_place_leads_to_what_is_known_of_it(dialog: tuple[str, Page], address: str) -> None:
    prefix, page = dialog
    found = page.evaluate(ASK, "银川")
    title, kind, link, context = found[0]
    assert (title, kind) == ("银川市", PLACE[prefix])
    assert ("Ningxia" if prefix else "宁夏") in context
    assert link == f"{address}{prefix}{DIVISIONS}explore/?table=regions&key=6401"
    links = {one[2] for one in found[1:]}
    assert f"{address}{prefix}datasets/?region=64" in links, "the datasets about the province around it"
    assert f"{address}{prefix}{DIVISIONS}explore/?table=townships&w=prefecture_code.is.6401" in links


def test_where_a_place_leads_shows_it(visit: Visit, address: str) -> None:
    page = visit.page
    page.goto(f"{address}{DIVISIONS}explore/?table=regions&key=6401")
    expect(page.locator("#explorer tr.is-target")).to_contain_text("银川市", timeout=300_000)
    page.goto(f"{address}{DIVISIONS}explore/?table=townships&w=prefecture_code.is.6401")
    expect(page.locator("#explorer .explorer-status")).to_contain_text("62", timeout=300_000)
    page.goto(f"{address}datasets/?region=64", wait_until="networkidle")
    assert page.locator(".cards > *:visible").count() == 2
    assert visit.faults == []


def test_facts_are_found_by_what_they_count(dialog: tuple[str, Page]) -> None:
    """Rows of small tables, each shown with its value."""
    prefix, page = dialog
    query, value = ("supervision online", "") if prefix else ("参加结对的东莞镇街", "32")
    found = page.evaluate(ASK, query)
    assert found
    if value:
        rows = [one for one in found if parse_qs(urlsplit(one[2]).query).get("key") == ["A01"]]
        assert rows
        assert value in rows[0][3]


def test_filters_narrow_rows_too(visit: Visit, address: str) -> None:
    page = visit.page
    page.goto(address + "en/", wait_until="networkidle")
    page.keyboard.press("/")
    page.locator("dialog[open] [role=combobox]").fill("宁夏")
    kind = page.locator("dialog[open] select[name=kind]")
    expect(kind.locator("option[value=Place]")).to_have_count(1)
    expect(kind.locator("option").first).to_have_text("Kind: all")
    kind.select_option("Place")
    results = page.locator("#search-results .search__kind")
    expect(results.first).to_have_text("Place")
    expect(results.filter(has_not_text="Place")).to_have_count(0)
    page.locator("dialog[open] [role=combobox]").fill("xylophone")
    expect(page.locator(".search__status")).to_contain_text("with these filters")
    assert visit.faults == []


def test_a_row_says_which_table_it_is_of_on_a_phone(visit: Visit, address: str) -> None:
    page = visit.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address + "en/", wait_until="networkidle")
    page.locator("header [data-search-open]").click()
    page.locator("dialog[open] [role=combobox]").fill("Zhejiang")
    where = page.locator("#search-results .search__where")
    expect(where.nth(1)).to_be_visible()
    for one in where.all():
        height = one.evaluate(
            "one => one.getBoundingClientRect().bottom - one.parentElement.getBoundingClientRect().bottom"
        )
        assert height <= 0
    filters = page.locator("dialog[open] select")
    assert max(one.bounding_box()["x"] + one.bounding_box()["width"] for one in filters.all()) <= 360  # type: ignore[index]
    assert visit.faults == []


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("prefix", "query"), [("", "社工站"), ("", "银川"), ("", "宁夏"), ("en/", "stations"), ("en/", "Ningxia")]
)
def test_the_first_hit_costs_little(browser: Browser, address: str, prefix: str, query: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + prefix, wait_until="networkidle")
    sent = _counted(context.new_cdp_session(page))
    page.keyboard.press("/")
    page.wait_for_selector("dialog[open] [role=combobox]")
    assert page.evaluate(ASK, query)
    page.wait_for_load_state("networkidle")
    context.close()
    assert 0 < sum(sent) < MOST_OF_FIRST_HIT


def _counted(session: CDPSession) -> list[int]:
    """The bytes of every response from now on, as they come over the wire."""
    sent: list[int] = []
    session.on("Network.loadingFinished", lambda event: sent.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    return sent


def test_the_index_weighs_less_than_the_tables_in_small_parts(own_site: Path) -> None:
    """All languages together at most 0.6 times the submitted CSVs of the rows that are found."""
    index = own_site / "search"
    sizes = [path.stat().st_size for path in index.rglob("*") if path.is_file()]
    about = json.loads((index / "rows.json").read_text("utf-8"))
    folders = [ROOT / "datasets" / release.dataset / release.version for release in newest().values()]
    assert sum(sizes) < 0.6 * sum(path.stat().st_size for folder in folders for path in folder.glob("*.csv"))
    assert max(sizes) < 20_000
    assert len(sizes) < 160
    for name, part in about["parts"].items():
        assert len(list((index / name / "grams").iterdir())) == len(part["grams"])
    shared = about["parts"].pop("shared")["rows"]
    assert all(shared + part["rows"] > 48_000 for part in about["parts"].values())


def test_texts_are_cut_into_what_they_are_looked_up_by() -> None:
    assert list(grams(folded("银川市"))) == ["银川", "川市"]
    assert list(grams(folded("Ｘī'ān, 110101001"))) == ["xi", "an", "110101"]
    assert list(grams(folded("第3区"))) == ["第", "3", "区"]
    assert not re.search(r"\W", "".join(grams(folded("“A–B” (c)"))))
