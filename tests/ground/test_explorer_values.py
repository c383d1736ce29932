"""The explorer writes values as the page does."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from datagazette.model.resource import Field
from datagazette.model.results import Value
from datagazette.model.text import plain
from datagazette.pages.cells import cell
from datagazette.pages.context import PageContext
from tests.conftest import ROOT
from tests.pages.sample import content

pytestmark = pytest.mark.browser

SCRIPTS = ROOT / "site/assets/explore"
# What a field is, a value of the typed table, and what the script reads of it in Parquet.
VALUES: list[tuple[Field, Value, object]] = [
    (Field("day", "date"), date(2023, 4, 10), "2023-04-10"),
    (Field("as_of", "string", role="date"), "2021-11", "2021-11"),
    (Field("as_of", "string", role="date"), "2021-11-05", "2021-11-05"),
    (Field("at", "datetime"), datetime(2023, 4, 10), "2023-04-10T00:00:00"),
    (Field("month", "yearmonth"), "2023-04", "2023-04"),
    (Field("share", "number"), 38.62645348837209, 38.62645348837209),
    (Field("lat", "number"), 53.506476, 53.506476),
    (Field("size", "number"), 12345678.123456789, 12345678.123456789),
    (Field("size", "number"), 1.5e-7, 1.5e-7),
    (Field("size", "number"), float("nan"), float("nan")),
    (Field("size", "number"), float("-inf"), float("-inf")),
    (Field("n", "integer"), 910200345, 910200345),
    (Field("firm", "integer", names=True), 910200345, 910200345),
    (Field("large", "number"), Decimal("12345.678"), 12345.678),
    (Field("year", "year"), 2023, 2023),
    (Field("fee", "number", decimals=2), 18.0, 18.0),
    (Field("spent", "integer", unit=plain("GBP")), -200, -200),
    (Field("spent", "number", unit=plain("GBP")), 33214422.38, 33214422.38),
    (Field("spent", "number", unit=plain("GBP")), 0.125, 0.125),
]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    def answer(route: Route) -> None:
        file = SCRIPTS / Path(route.request.url).name
        script = file.suffix == ".js"
        route.fulfill(
            body=file.read_text("utf-8") if script else "", content_type="text/javascript" if script else "text/html"
        )

    opened = browser.new_page()
    opened.route("**/*", answer)
    opened.goto("http://explorer.example/")
    return opened


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_explorer_writes_values_as_the_page_does(page: Page, language: str) -> None:
    context = PageContext(content(), language, "")
    described = [
        {
            "name": field.name,
            "type": field.type,
            "role": field.role,
            "names": field.names,
            "decimals": field.decimals,
            "currency": field.unit.default,
        }
        for field, _, _ in VALUES
    ]
    shown = page.evaluate(
        """async ([config, values]) => {
            const { readConfig } = await import("/config.js");
            const { formatter } = await import("/format.js");
            const read = readConfig(config);
            const { text } = formatter(read);
            return values.map((value, at) => text(value, read.tables[0].fields[at]));
        }""",
        [
            json.dumps({
                "dataset": "t", "language": language, "locale": str(context.strings.locale).replace("_", "-"),
                "tables": [{"name": "t", "fields": described}],
            }),
            [read for _, _, read in VALUES],
        ],
    )  # fmt: skip
    assert shown == [cell(context, field, value, {}).text for field, value, _ in VALUES]


def test_the_order_of_the_file_is_named_after_what_it_is_sorted_by(page: Page) -> None:
    found = page.evaluate(
        """async () => {
            const { sortSelect } = await import("/bar.js");
            const t = (name, values = {}) => [name, values.fields].filter(Boolean).join(" ");
            const view = (table) => ({ state: { sort: null }, t, actions: {}, table });
            const first = (table) => sortSelect(view(table), []).querySelector("option").textContent;
            const fields = [{ name: "site", title: "Site" }];
            return [first({ primaryKey: ["site"], fields }), first({ primaryKey: [], fields })];
        }"""
    )
    assert found == ["sort.key Site", "sort.file"]
