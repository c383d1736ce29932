"""A browser's window, and the shipped site on a host that a test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.host import host


@pytest.fixture(scope="session")
def address(own_site: Path) -> Iterator[str]:
    with host(own_site) as served:
        yield served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    found.set_default_timeout(120_000)
    yield found
    found.close()
