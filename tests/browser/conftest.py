"""The built site, served on loopback as a static host would, and a visit to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.host import host


@pytest.fixture(scope="session")
def address(own_site: Path) -> Iterator[str]:
    with host(own_site) as served:
        yield served


class Visit:
    """A page with every host that was asked for anything, and everything that went wrong on the way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hosts: set[str] = set()
        self.requests: list[str] = []
        self.faults: list[str] = []
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    def _asked(self, request) -> None:  # type: ignore[no-untyped-def]
        if not request.url.startswith(("data:", "blob:")):
            self.hosts.add(request.url.split("/")[2])
            self.requests.append(request.url)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(300_000)
    yield Visit(page)
    context.close()


@pytest.fixture(scope="module", params=("", "en/"), ids=["zh", "en"])
def dialog(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[tuple[str, Page]]:
    """The open search dialog of a language's home page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + request.param, wait_until="networkidle")
    page.keyboard.press("/")
    page.wait_for_selector("dialog[open] [role=combobox]")
    yield request.param, page
    context.close()
