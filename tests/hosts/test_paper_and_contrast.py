"""What readers see on paper, in high contrast, and with a font that is wider than ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.shipped]

TOWNSHIPS = "datasets/administrative-divisions/explore/?table=townships"
# The places of a chart's texts that lie outside of the figure that holds it.
OUTSIDE = """() => [...document.querySelectorAll(".chart svg text")].filter((text) => {
  const [own, room] = [text.getBoundingClientRect(), text.closest(".chart").getBoundingClientRect()];
  return own.width && (own.left < room.left - 0.5 || own.right > room.right + 0.5);
}).map((text) => text.textContent)"""
WIDER = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("svg text { letter-spacing: 0.06em }");
  document.adoptedStyleSheets.push(sheet);
}"""
# Texts of page and charts whose letters are lighter than the middle between black and white.
LIGHT_LETTERS = """() => [...document.querySelectorAll("main :is(p, h1, h2, th, td, a), .chart svg text")]
  .filter((one) => one.checkVisibility() && one.textContent.trim())
  .filter((one) => {
    const style = getComputedStyle(one);
    const said = one.closest("svg") ? style.fill : style.color;
    const [red, green, blue] = said.match(/[0-9.]+/g).map(Number);
    return 0.3 * red + 0.6 * green + 0.1 * blue > 128;
  }).map((one) => one.textContent.trim().slice(0, 40))"""
UNDERLINES = """(selector) => [...document.querySelectorAll(selector)].map((tab) =>
  [tab.hasAttribute("aria-current"), getComputedStyle(tab).borderBottomColor])"""


def test_every_printed_page_of_the_explorer_has_the_heads_of_its_columns(
    context: BrowserContext, address: str, tmp_path: Path
) -> None:
    opened = context.new_page()
    opened.goto(f"{address}en/{TOWNSHIPS}")
    expect(opened.locator(".explorer.is-ready")).to_be_visible()
    file = tmp_path / "printed.pdf"
    file.write_bytes(opened.pdf(format="A4"))
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    pages = [page for page in text.split("\f") if re.search(r"\b1101\d{5}\b", page)]
    assert len(pages) > 1
    heads = opened.locator(".explorer-sort > span:first-child").all_inner_texts()
    for page in pages:
        assert all(head.split()[0] in page for head in heads if head.strip()), page[:400]


@pytest.mark.parametrize("printed", [False, True], ids=["screen", "paper"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_wider_font_leaves_the_numbers_of_a_chart_inside(
    browser: Browser, address: str, width: int, printed: bool
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    opened = context.new_page()
    opened.goto(f"{address}datasets/township-stations/")
    opened.evaluate(WIDER)
    opened.emulate_media(media="print" if printed else "screen")
    assert opened.locator(".chart svg text:visible").count()
    assert opened.evaluate(OUTSIDE) == []
    assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


@pytest.mark.parametrize("selector", [".tabs a", ".explorer-tabs a", ".toc a"])
def test_forced_colours_mark_the_chosen_one_alone(browser: Browser, address: str, selector: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, forced_colors="active")
    opened = context.new_page()
    opened.goto(f"{address}{TOWNSHIPS if 'explorer' in selector else 'datasets/township-stations/'}")
    expect(opened.locator(selector).first).to_be_visible()
    side = "borderInlineStartColor" if "toc" in selector else "borderBottomColor"
    found = opened.evaluate(UNDERLINES.replace("borderBottomColor", side), selector)
    paper = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    assert {colour for chosen, colour in found if not chosen} == {paper}
    assert paper not in {colour for chosen, colour in found if chosen}
    assert sum(chosen for chosen, _ in found) <= 1


def test_forced_colours_show_the_search_result_that_enter_would_open(browser: Browser, address: str) -> None:
    context = browser.new_context(forced_colors="active")
    opened = context.new_page()
    opened.goto(address, wait_until="networkidle")
    opened.keyboard.press("/")
    opened.locator("dialog[open] [role=combobox]").fill("宁夏")
    opened.locator("#search-results [role=option]").nth(1).wait_for()
    opened.keyboard.press("ArrowDown")
    expect(opened.locator("[role=option][aria-selected=true]")).to_have_count(1)
    outlines = opened.evaluate(
        "[...document.querySelectorAll('[role=option]')].map((one) => getComputedStyle(one).outlineStyle)"
    )
    context.close()
    assert outlines[0] == "solid"
    assert set(outlines[1:]) == {"none"}


def test_forced_colours_show_which_button_of_the_explorer_is_pressed(browser: Browser, address: str) -> None:
    context = browser.new_context(forced_colors="active")
    opened = context.new_page()
    opened.goto(f"{address}datasets/township-stations/explore/?note=1")
    pressed = opened.locator(".explorer-button[aria-pressed=true]")
    expect(pressed).to_be_visible()
    colour = "(one) => getComputedStyle(one).backgroundColor"
    other = opened.locator(".explorer-button:not([aria-pressed=true]):visible").first
    seen = (pressed.evaluate(colour), other.evaluate(colour))
    context.close()
    assert seen[0] != seen[1]


def test_a_dark_page_is_printed_in_dark_letters(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark")
    opened = context.new_page()
    opened.add_init_script("localStorage.setItem('scheme', 'dark')")
    opened.goto(f"{address}datasets/township-stations/")
    opened.emulate_media(media="print", color_scheme="dark")
    # Links take their colour over a moment.
    opened.wait_for_function(f"() => document.getAnimations().length === 0 && ({LIGHT_LETTERS})().length === 0")
    context.close()
