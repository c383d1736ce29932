"""Pages and explorer on hosts that answer otherwise than they should."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.host import served
from tests.hosts.loose_host import UnchangedParts, WithoutRanges, WithoutSlash, handler

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.shipped]

EXPLORER = "datasets/administrative-divisions/explore/"
TOWNSHIPS = f"{EXPLORER}?table=townships"
DEAD_LINKS = """async () => {
  const own = [...document.links].filter((link) => link.origin === location.origin);
  const links = new Set(own.map((link) => link.href.split("#")[0]));
  const answers = await Promise.all([...links].map((href) => fetch(href).then((one) => (one.ok ? "" : href))));
  return answers.filter(Boolean);
}"""


def below(site: Path, folder: Path) -> Path:
    """A root with the site in a folder, as below a project path."""
    folder.mkdir(exist_ok=True)
    (folder / "open-data").symlink_to(site)
    return folder


@pytest.mark.parametrize("path", ["", "open-data/"], ids=["root", "project"])
@pytest.mark.parametrize("page", ["datasets/township-stations", "datasets/township-stations/1.0.0", "en/datasets"])
def test_a_page_without_its_slash_has_its_style_and_all_its_links(
    context: BrowserContext, own_site: Path, tmp_path: Path, path: str, page: str
) -> None:
    root = below(own_site, tmp_path / "root") if path else own_site
    with served(handler(WithoutSlash, root)) as address:
        opened = context.new_page()
        opened.goto(f"{address}{path}{page}?seen=1#content", wait_until="networkidle")
        assert opened.url == f"{address}{path}{page}/?seen=1#content"
        assert opened.evaluate("getComputedStyle(document.querySelector('.site-header')).borderBottomStyle") == "solid"
        expect(opened.locator(".tool--search")).to_be_visible()  # a script shows it
        assert opened.evaluate(DEAD_LINKS) == []


def test_the_explorer_without_its_slash_keeps_table_and_filter(context: BrowserContext, own_site: Path) -> None:
    with served(handler(WithoutSlash, own_site)) as address:
        opened = context.new_page()
        opened.goto(f"{address}{TOWNSHIPS}&w=code.starts.1101010".replace("/?", "?"))
        expect(opened.locator(".explorer-status")).to_have_text(re.compile("共 41,352 行|41,352"))
        expect(opened.locator(".explorer-table")).to_contain_text("东华门街道")


def test_the_page_for_no_page_stays_at_the_address_that_was_asked_for(context: BrowserContext, address: str) -> None:
    opened = context.new_page()
    opened.goto(f"{address}datasets/nothing.csv", wait_until="networkidle")
    assert opened.url == f"{address}datasets/nothing.csv"


def test_the_page_of_a_copy_stays_at_its_own_name(context: BrowserContext, own_site: Path, tmp_path: Path) -> None:
    """`wget -m -k -E` keeps a page under its name and the query of its address."""
    root = below(own_site, tmp_path / "copy")
    (root / "about").mkdir()
    (root / "assets").symlink_to(own_site / "assets")
    (root / "about/index.html?seen=1.html").write_bytes((own_site / "about/index.html").read_bytes())
    with served(handler(WithoutSlash, root)) as address:
        opened = context.new_page()
        opened.goto(f"{address}about/index.html%3Fseen=1.html", wait_until="networkidle")
        assert opened.url == f"{address}about/index.html%3Fseen=1.html"
        assert opened.evaluate("getComputedStyle(document.querySelector('.site-header')).borderBottomStyle") == "solid"


def test_nothing_published_names_an_explorer_without_its_slash(own_site: Path) -> None:
    """A host may add the slash and drop the table and the filter of the address."""
    named = re.compile(rb"/explore(?=[?\"'#\\])")
    kinds = {".html", ".json", ".jsonld", ".xml", ".js", ".bin"}  # the last is JSON of search, compressed by zlib
    texts = {path: path.read_bytes() for path in sorted(own_site.rglob("*")) if path.suffix in kinds}
    assert len(texts) > 500
    plain = {path: zlib.decompress(text) if path.suffix == ".bin" else text for path, text in texts.items()}
    assert [path for path, text in plain.items() if named.search(text)] == []


def rows_of_the_next_pages(opened: Page, address: str) -> None:
    opened.goto(address)
    for shown in ("51–100", "101–150"):
        opened.locator("[data-step=next]").click()
        expect(opened.locator(".explorer-status")).to_contain_text(shown)
    opened.locator("[data-field=name]").first.click()
    expect(opened.locator("th[aria-sort=ascending]")).to_have_count(1)
    expect(opened.locator(".explorer-status")).to_contain_text("1–50")
    assert not opened.locator(".explorer-failed").count()


def test_the_explorer_goes_on_where_a_host_says_of_a_part_that_it_has_not_changed(
    context: BrowserContext, own_site: Path
) -> None:
    with served(handler(UnchangedParts, own_site)) as address:
        opened = context.new_page()
        rows_of_the_next_pages(opened, f"{address}{TOWNSHIPS}")
        rows_of_the_next_pages(opened, f"{address}{TOWNSHIPS}")


@pytest.mark.parametrize("query", ["", "&w=code.starts.11"], ids=["as the page reads ahead", "as the worker reads"])
def test_a_host_without_ranges_sends_a_table_once(context: BrowserContext, own_site: Path, query: str) -> None:
    kind = handler(WithoutRanges, own_site)
    with served(kind) as address:
        opened = context.new_page()
        answers: list[str] = []
        opened.on("requestfinished", lambda one: answers.append(one.url) if one.url.endswith(".parquet") else None)
        opened.goto(f"{address}{TOWNSHIPS}{query}")
        expect(opened.locator(".explorer.is-ready")).to_be_visible()
        opened.locator("[data-field=name]").first.click()
        expect(opened.locator("th[aria-sort=ascending]")).to_have_count(1)
        assert len(answers) == 1


def test_every_part_is_asked_for_by_its_first_and_its_last_byte(context: BrowserContext, address: str) -> None:
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda one: asked.append(one.headers.get("range", "")) if ".parquet" in one.url else None)
    rows_of_the_next_pages(opened, f"{address}{TOWNSHIPS}")
    assert asked
    assert all(re.fullmatch(r"bytes=\d+-\d+", part) for part in asked)


def test_a_network_that_is_lost_while_sorting_leaves_a_message_a_second_try_and_the_csv(
    context: BrowserContext, address: str
) -> None:
    opened = context.new_page()
    opened.goto(f"{address}{TOWNSHIPS}")
    expect(opened.locator(".explorer.is-ready")).to_be_visible()
    opened.route("**/*.parquet", lambda route: route.abort())
    context.set_offline(True)
    opened.locator("[data-field=name]").first.click()
    failed = opened.locator(".explorer-failed")
    expect(failed).to_be_visible()
    expect(failed.locator("a[href$='.csv']")).to_be_visible()
    context.set_offline(False)
    opened.unroute("**/*.parquet")
    failed.get_by_role("button").click()
    expect(opened.locator("th[aria-sort=ascending]")).to_have_count(1)
    expect(failed).to_have_count(0)


def test_the_index_is_on_its_way_before_the_first_letter_of_a_search(context: BrowserContext, address: str) -> None:
    opened = context.new_page()
    opened.goto(address, wait_until="networkidle")
    with opened.expect_response(re.compile(r"/pagefind/wasm")), opened.expect_response(re.compile(r"/filter/")):
        opened.keyboard.press("/")
