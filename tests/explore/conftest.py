"""A browser, and the test site on a server of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.explore import tables
from tests.explore.fixture_site import Page as FixturePage
from tests.explore.fixture_site import Site, bundle, node_modules, serve

STATIC_ROWS = [["B01", "CN", "持证社会工作者", "829,000", "人", "下限", "2021-12-31", "12.5", "是", "2021"]] * 8
WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}

Opener = Callable[..., Page]


def add_pages(site: Site) -> None:
    for language in ("zh", "en"):
        figures, townships = tables.figures(site.folder, language), tables.townships(site.folder, language)
        page = FixturePage(tables.config(language, [figures, townships]), STATIC_ROWS)
        site.add(f"{language}-default", page)
        site.add(f"{language}-slate", replace(page, scheme="slate"))
        site.add(f"{language}-townships", FixturePage(tables.config(language, [townships])))
    arabic = {**tables.config("zh", [tables.figures(site.folder, "en")]), "language": "ar", "strings": "en"}
    site.add("arabic", FixturePage(arabic, STATIC_ROWS, direction="rtl"))
    stale = {**tables.figures(site.folder, "en"), "bytes": 12_345}
    site.add("stale", FixturePage(tables.config("en", [stale])))
    gone = {**stale, "parquet": "gone.parquet"}
    site.add("gone", FixturePage(tables.config("en", [gone]), STATIC_ROWS))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("explore")
    bundle(folder / "assets")
    with serve(folder) as running:
        add_pages(running)
        yield running


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Opener]:
    """Open a page of the test site; the page must not report an error, nor break the policy it is served with."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def go(name: str, query: str = "", *, screen: str = "wide", ready: bool = True, faulty: bool = False) -> Page:
        site.traffic.asked.clear()
        width, height = WIDTHS[screen]
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, locale="en")
        contexts.append(context)
        page = context.new_page()
        if not faulty:
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(f"{site.address}/{name}.html{query}")
        if ready:
            page.wait_for_selector("#explorer.is-ready", timeout=300_000)
        return page

    yield go
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def axe() -> str:
    return (node_modules() / "axe-core" / "axe.min.js").read_text("utf-8")
