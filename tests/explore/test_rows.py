"""What the explorer shows, against what DuckDB says of the same rows."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import duckdb
import pytest
from playwright.sync_api import Page, expect

from tests.explore.fixture_site import Site

Opener = Callable[..., Page]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WAIT = 300_000

# An address's filters, and the same in SQL.
SELECTIONS = [
    ({"w": "name.contains.石桥"}, "name LIKE '%石桥%'"),
    ({"w": "name.starts.青岩1"}, "name LIKE '青岩1%'"),
    ({"w": "code.is.110101004"}, "code = '110101004'"),
    ({"w": "name.not.东华门0街道"}, "name <> '东华门0街道'"),
    ({"w": "kind.in.town|township"}, "kind IN ('town', 'township')"),
    ({"w": "population.ge.100000"}, "population >= 100000"),
    ({"w": "population.le.3"}, "population <= 3"),
    ({"w": "population.eq.7919"}, "population = 7919"),
    ({"w": "population.between.10..500"}, "population BETWEEN 10 AND 500"),
    ({"w": "population.empty"}, "population IS NULL"),
    ({"w": "population.filled"}, "population IS NOT NULL"),
    ({"q": "隆里 乡"}, "name LIKE '%隆里%' AND (name LIKE '%乡%' OR kind = 'township')"),
    ({"q": "zzz"}, "false"),
    ({"w": ["name.contains.新民", "population.ge.50000"], "q": "镇"},
     "name LIKE '%新民%' AND population >= 50000 AND (name LIKE '%镇%' OR kind = 'town')"),
]  # fmt: skip


def rows_where(site: Site, condition: str, order: str = "code") -> list[str]:
    file = site.folder / "townships.parquet"
    query = f"SELECT code FROM '{file}' WHERE {condition} ORDER BY {order}"
    return [row[0] for row in duckdb.connect().execute(query).fetchall()]


def keys(page: Page) -> list[str]:
    return page.locator(".explorer-row-link").all_inner_texts()


def count_words(count: int) -> str:
    return f"{count:,} of 41,352 rows"


@pytest.mark.sample(3)
@pytest.mark.parametrize(("query", "condition"), SELECTIONS)
def test_a_selection_is_what_the_data_says(
    open_page: Opener, site: Site, query: dict[str, str], condition: str
) -> None:
    page = open_page("en-townships", "?" + urlencode(query, doseq=True))
    expected = rows_where(site, condition)
    expect(page.locator(".explorer-status")).to_contain_text(count_words(len(expected)), timeout=WAIT)
    assert keys(page) == expected[:50]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("population", "population NULLS LAST, code"),
        ("-population", "population DESC NULLS LAST, code"),
        ("-code", "code DESC"),
        ("kind", "CASE kind WHEN 'subdistrict' THEN 0 WHEN 'town' THEN 1 ELSE 2 END, code"),
    ],
)
def test_the_whole_table_is_sorted(open_page: Opener, site: Site, sort: str, order: str) -> None:
    page = open_page("en-townships", f"?sort={sort}&page=3")
    assert keys(page) == rows_where(site, "true", order)[100:150]


@pytest.mark.thorough
def test_names_are_sorted_as_the_language_sorts_them(open_page: Opener) -> None:
    page = open_page("zh-townships", "?sort=name&cols=name")
    names = page.locator("td.is-label .explorer-value").all_inner_texts()
    assert len(names) == 50
    compare = "new Intl.Collator('zh', {numeric: true}).compare"
    assert page.evaluate(f"names => names.every((one, at) => !at || {compare}(names[at - 1], one) <= 0)", names)


def test_first_rows_need_few_bytes(open_page: Opener, site: Site) -> None:
    open_page("en-townships")
    asked = [(header, size) for path, header, size in site.traffic.asked if path.endswith(".parquet")]
    assert len(asked) == 2
    assert all(header.startswith("bytes=") for header, _ in asked)
    assert sum(size for _, size in asked) < 60_000


def test_statistics_spare_row_groups(open_page: Opener, site: Site) -> None:
    page = open_page("en-townships", "?key=110200001")
    expect(page.locator("tr.is-target .explorer-row-link")).to_have_text("110200001", timeout=WAIT)
    assert site.traffic.bytes_of("townships.parquet") < 100_000


@pytest.mark.thorough
def test_statistics_spare_row_groups_of_a_filter(open_page: Opener, site: Site) -> None:
    page = open_page("en-townships", "?w=code.is.１１０２００００１&w=province.starts.3")
    expect(page.locator(".explorer-status")).to_have_text(count_words(1), timeout=WAIT)
    page = open_page("en-townships", "?w=code.starts.1102000")
    assert keys(page) == rows_where(site, "code LIKE '1102000%'")
    assert site.traffic.bytes_of("townships.parquet") < 100_000


def test_a_server_without_ranges_serves_too(open_page: Opener, site: Site) -> None:
    site.traffic.ranges = False
    try:
        page = open_page("en-townships", "?w=population.ge.100000")
        expect(page.locator(".explorer-status")).to_contain_text("of 41,352 rows", timeout=WAIT)
        whole = [size for path, _, size in site.traffic.asked if path.endswith(".parquet")]
        assert len(whole) == 1
    finally:
        site.traffic.ranges = True


def test_a_wrong_size_in_the_page_is_mended(open_page: Opener) -> None:
    page = open_page("stale")
    assert keys(page)[0] == "B01"


def test_a_file_that_is_gone_leaves_the_pages_own_rows(open_page: Opener) -> None:
    page = open_page("gone", ready=False, faulty=True)
    expect(page.get_by_role("alert")).to_contain_text("could not be read")
    expect(page.locator(".explorer-static tbody tr")).to_have_count(8)
    expect(page.get_by_role("link", name="Download the whole table (CSV)")).to_have_attribute("href", "figures.csv")


def test_values_read_as_people_write_them(open_page: Opener) -> None:
    page = open_page("en-default")
    rows = page.locator("tbody tr")
    cells = rows.nth(0).locator(".explorer-value").all_inner_texts()
    assert cells[3].split() == ["≥", "at", "least", "829,000"]
    assert cells[4:] == ["persons", "at least", "31 December 2021", "12.5", "yes", "2021"]
    assert rows.nth(4).locator(".explorer-missing").count() == 7
    assert rows.nth(5).locator("td").nth(2).inner_text().endswith("9,007,199,254,740,993")
    expect(rows.nth(5).locator("td").nth(1)).to_have_text("<img src=x onerror=alert(1)>", use_inner_text=True)
    assert page.locator("#explorer img").count() == 0


@pytest.mark.thorough
def test_full_width_text_is_found_by_plain_letters(open_page: Opener) -> None:
    assert keys(open_page("en-default", "?q=full")) == ["B08"]
    assert keys(open_page("en-default", "?w=measure.contains.ＦＵＬＬ")) == ["B08"]


@pytest.mark.thorough
def test_dates_and_years(open_page: Opener) -> None:
    assert keys(open_page("en-default", "?w=as_of.on.2021-11")) == ["B02", "B03", "B06", "B07"]
    assert keys(open_page("en-default", "?w=as_of.until.1900-01-01")) == ["B04"]
    assert keys(open_page("en-default", "?w=as_of.from.2021-12-31")) == ["B01", "B08"]
    assert keys(open_page("en-default", "?w=year.le.2021&sort=-year&w=counted.in.true")) == ["B01", "B02", "B06"]


def test_notes_stand_at_their_cells(open_page: Opener) -> None:
    page = open_page("en-default")
    expect(page.locator(".explorer-notes li")).to_have_count(2)
    mark = page.get_by_role("link", name="Note 1: lower bound")
    assert "21,000" in mark.locator("xpath=ancestor::td").inner_text()
    expect(page.get_by_role("row", name="B04").get_by_role("link", name="Note 2: row")).to_be_visible()
    page.get_by_role("button", name="Rows with caveats").click()
    expect(page.locator(".explorer-status")).to_have_text("2 of 8 rows")
