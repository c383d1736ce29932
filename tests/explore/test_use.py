"""Using the explorer: by pointer and keyboard, on a desk and on a phone, in both languages."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.explore.fixture_site import Site, strings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Opener = Callable[..., Page]


def keys(page: Page) -> list[str]:
    return page.locator(".explorer-row-link").all_inner_texts()


def sort_state(page: Page, name: str) -> str | None:
    return page.locator(f"th:has([data-field={name}])").get_attribute("aria-sort")


def download(page: Page, label: str) -> Path:
    page.get_by_role("button", name="Download selection").click()
    with page.expect_download() as coming:
        page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()
    return Path(coming.value.path())


def test_both_languages_have_every_word() -> None:
    chinese, english = strings("zh"), strings("en")
    assert chinese.keys() == english.keys()
    holes = re.compile(r"{\w+}")
    for name, text in chinese.items():
        assert sorted(set(holes.findall(text))) == sorted(set(holes.findall(english[name]))), name


def test_every_word_that_the_code_asks_for_exists() -> None:
    sources = Path(__file__).parents[2] / "site" / "assets" / "explore"
    code = "".join(path.read_text("utf-8") for path in sorted(sources.glob("*.js")))
    plain = re.findall(r"\bt\(\s*\"([\w.]+)\"", code)
    chosen = re.findall(r"\? \"([a-z]+\.\w+)\" : \"[a-z]+\.\w+\"", code)
    asked = {*plain, *chosen}
    assert asked
    assert asked - strings("zh").keys() == set()


def test_sorting_by_the_column_heads(open_page: Opener) -> None:
    page = open_page("en-default")
    head = page.locator("[data-field=value]")
    for state, address in (("ascending", "?sort=value"), ("descending", "?sort=-value"), ("none", "")):
        head.click()
        expect(page.locator("th:has([data-field=value])")).to_have_attribute("aria-sort", state)
        assert page.url.partition(".html")[2] == address
        expect(head).to_be_focused()
    page.go_back()
    expect(page.locator("th:has([data-field=value])")).to_have_attribute("aria-sort", "descending")


def test_a_filter_by_keyboard_and_its_chip(open_page: Opener) -> None:
    page = open_page("en-default")
    page.get_by_role("button", name="Filter by Value").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Filter rows")
    expect(dialog.get_by_label("Value", exact=True)).to_be_focused()
    dialog.get_by_label("Condition").select_option("ge")
    dialog.get_by_label("Value", exact=True).fill("21,000")
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-status")).to_have_text("3 of 8 rows")
    assert page.url.endswith("?w=value.ge.21000")
    expect(page.get_by_role("list", name="Current filters")).to_contain_text("Value ≥ 21,000")
    page.get_by_role("button", name="Remove filter: Value ≥ 21,000").click()
    expect(page.locator(".explorer-status")).to_have_text("8 rows")


@pytest.mark.thorough
def test_a_filter_refuses_what_is_not_a_number(open_page: Opener) -> None:
    page = open_page("en-default")
    page.get_by_role("button", name="Filter by Value").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Value", exact=True).fill("many")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Filter by Value")).to_be_focused()


def test_categories_are_picked_by_their_labels(open_page: Opener) -> None:
    page = open_page("en-default")
    page.get_by_role("button", name="Filter by Unit").click()
    page.get_by_role("dialog").get_by_label("stations").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".explorer-status")).to_have_text("2 of 8 rows")
    expect(page.get_by_role("list", name="Current filters")).to_contain_text("Unit is stations")


def test_search_while_typing_and_nothing_found(open_page: Opener) -> None:
    page = open_page("en-default")
    page.get_by_role("searchbox").type("nowhere")
    expect(page.locator(".explorer-empty")).to_contain_text("No rows match")
    page.get_by_role("button", name="Stop searching for “nowhere”").click()
    expect(page.locator(".explorer-status")).to_have_text("8 rows")
    assert "?" not in page.url


def test_paging_keeps_the_place_of_the_keyboard(open_page: Opener) -> None:
    page = open_page("en-townships")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".explorer-status")).to_contain_text("showing 51–100")
    assert page.url.endswith("?page=2")
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    page.get_by_role("textbox", name="Page").fill("828")
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-status")).to_contain_text("41,351–41,352")
    assert len(keys(page)) == 2


def test_columns_can_be_chosen(open_page: Opener) -> None:
    page = open_page("en-default")
    page.get_by_role("button", name="Columns").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Select none").click()
    dialog.get_by_label("Value", exact=True).check()
    dialog.get_by_role("button", name="Apply").click()
    expect(page.locator("thead th")).to_have_count(2)
    assert page.url.endswith("?cols=fact%2Cvalue")


def test_a_link_lands_on_its_row(open_page: Opener) -> None:
    page = open_page("en-townships", "?key=110200001")
    target = page.locator("tr.is-target")
    expect(target).to_be_in_viewport()
    expect(target).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Remove filter: Row 110200001").click()
    expect(page.locator("tr.is-target")).to_have_count(0)


def test_a_link_to_no_row_says_so(open_page: Opener) -> None:
    page = open_page("en-default", "?key=X99")
    expect(page.locator(".explorer-status")).to_contain_text("the table has no row X99")
    page = open_page("en-default", "?key=B01&w=value.le.10")
    expect(page.locator(".explorer-status")).to_contain_text("row B01 is outside this selection")


def test_tables_of_a_dataset(open_page: Opener) -> None:
    page = open_page("en-default", "?w=value.ge.5")
    page.get_by_role("navigation", name="Tables").get_by_role("link", name=re.compile("Townships")).click()
    expect(page.locator(".explorer-status")).to_contain_text("41,352 rows")
    assert page.url.endswith("?table=townships")


def test_citing_a_figure(open_page: Opener, site: Site) -> None:
    page = open_page("en-default", "?key=B02&field=value&sort=-value")
    page.get_by_role("button", name="Cite selection").click()
    dialog = page.get_by_role("dialog", name="Cite this row")
    expect(dialog.locator("pre")).to_have_count(4)
    apa, bibtex, csl, link = dialog.locator("pre").all_inner_texts()
    for part in ("Table: Figures", "Row: B02", "Value: at least 21,000 stations", "原文为", "abab"):
        assert part in apa
    assert link == f"{site.address}/en-default.html?key=B02&field=value&release=1.0.0&asOf=2026-11-23"
    assert f"url = {{{link}}}" in bibtex
    entry = json.loads(csl)[0]
    assert entry["URL"] == link
    assert "Row: B02" in entry["note"]


def test_citing_a_selection(open_page: Opener) -> None:
    page = open_page("zh-default", "?w=value.ge.21000&sort=-value")
    page.get_by_role("button", name="引用所选").click()
    words = page.get_by_role("dialog", name="引用所选的行").locator("pre").first.inner_text()
    for part in ("筛选：数值不小于 21,000", "按“数值”降序", "3 行（全表 8 行）"):
        assert part in words


def test_csv_of_a_selection(open_page: Opener) -> None:
    page = open_page("en-default", "?w=region.is.64&sort=-value&cols=fact,measure,value")
    text = download(page, "CSV").read_bytes().decode()
    notes = [line for line in text.splitlines() if line.startswith("# ")]
    for part in ("Region is “64”", "2 of 8 rows", "w=region.is.64", "Publisher. Test data"):
        assert any(part in line for line in notes), part
    table = "\r\n".join(line for line in text.split("\r\n") if not line.startswith("# ")).strip()
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert rows == [
        ["fact", "measure", "value"],
        ["B03", "=1+1", "2752"],
        ["B04", 'Line one\nline "two", with a comma', "1063"],
    ]


@pytest.mark.thorough
def test_csv_for_excel_begins_with_its_mark(open_page: Opener) -> None:
    assert download(open_page("en-default"), "CSV for Excel").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.thorough
def test_a_long_csv_is_whole(open_page: Opener) -> None:
    page = open_page("en-townships", "?w=kind.in.town")
    lines = [line for line in download(page, "CSV").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) == 1 + 41_352 // 3


def test_workbook_of_a_selection(open_page: Opener, tmp_path: Path) -> None:
    page = open_page("en-default", "?sort=fact")
    copy = tmp_path / "selection.xlsx"
    copy.write_bytes(download(page, "Excel workbook (.xlsx)").read_bytes())
    workbook = openpyxl.load_workbook(copy)
    figures, about = workbook.worksheets
    values = list(figures.iter_rows(values_only=True))
    assert values[0][:4] == ("Fact", "Region", "Measure", "Value")
    assert values[3][:4] == ("B03", "64", "=1+1", 2752)
    assert figures["C4"].data_type == "s"
    assert values[6][3] == "9007199254740993"
    assert values[4][6] == "1899-12-31"
    assert figures.freeze_panes == "A2"
    said = dict(about.iter_rows(values_only=True))
    assert said["Filter"] == "None: all rows"
    assert said["SHA-256 of the data file"] == "ab" * 32
    workbook.close()


def test_cards_on_a_phone(open_page: Opener) -> None:
    page = open_page("en-default", screen="phone")
    card = page.get_by_role("row", name=re.compile("B02"))
    expect(card.locator(".explorer-label").nth(1)).to_be_visible()
    expect(page.locator("thead")).to_be_hidden()
    expect(card.locator("td").last).to_be_hidden()
    more = card.get_by_role("button", name="5 more")
    more.click()
    expect(card.locator("td").last).to_be_visible()
    expect(card.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Sort by").select_option("-value")
    expect(page.locator(".explorer-row-link").first).to_have_text("B06")


@pytest.mark.thorough
def test_head_and_key_stay_in_sight(open_page: Opener) -> None:
    page = open_page("en-townships")
    page.set_viewport_size({"width": 760, "height": 600})
    grid = page.locator(".explorer-scroll")
    grid.evaluate("grid => grid.scrollTo(200, 600)")
    frame, head = grid.bounding_box(), page.locator("thead th").first.bounding_box()
    assert frame
    assert head
    assert abs(head["y"] - frame["y"]) < 3
    assert abs(head["x"] - frame["x"]) < 3


def test_right_to_left(open_page: Opener) -> None:
    page = open_page("arabic", "?sort=value")
    frame, key = page.locator(".explorer-scroll").bounding_box(), page.locator("tbody th").first.bounding_box()
    assert frame
    assert key
    assert abs(frame["x"] + frame["width"] - key["x"] - key["width"]) < 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.thorough
def test_nothing_jumps_when_the_rows_come_alive(open_page: Opener) -> None:
    for screen in ("wide", "phone"):
        page = open_page("zh-townships", screen=screen)
        shift = page.evaluate(
            """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries()
                .filter((entry) => !entry.hadRecentInput).reduce((sum, entry) => sum + entry.value, 0)))
                .observe({type: 'layout-shift', buffered: true}) ?? setTimeout(() => done(0), 800))"""
        )
        assert shift < 0.1


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page: Page) -> list[tuple[str, list[str]]]:
    found = page.evaluate("tags => axe.run('#explorer', {runOnly: tags})", RULES)
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]]


@pytest.mark.sample(1)
@pytest.mark.parametrize("screen", ["wide", "phone"])
@pytest.mark.parametrize("name", ["zh-default", "en-slate", "arabic"])
def test_axe_finds_nothing(open_page: Opener, axe: str, name: str, screen: str) -> None:
    page = open_page(name, "?key=B02&field=value&q=c&w=fact.filled", screen=screen)
    page.evaluate(axe)
    assert findings(page) == []
    tools = page.locator(".explorer-tools > button:visible")
    for at in (0, 1, 3, 5):
        tools.nth(at).click()
        assert findings(page) == []
        page.keyboard.press("Escape")
