"""`serve`: an open page follows the files, says what is wrong with them, and recovers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from datagazette.commands.preview import Preview, server
from tests.conftest import BUILD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000  # milliseconds; machines of CI are slow


@pytest.fixture
def served(small: Path) -> Iterator[str]:
    """The address of a served publication that can be changed."""
    process = subprocess.Popen(
        # What is started in the background, as these tests may be, has the interrupt switched off.
        ["env", "--default-signal=INT", *BUILD, "serve", "--root", str(small), "--lang", "en", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    assert process.stderr is not None
    address = process.stderr.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
    try:
        yield address
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=300)
        assert process.returncode in (0, 1, -signal.SIGINT)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.usefixtures("warmed")
@pytest.mark.thorough
def test_a_page_follows_its_files(served: str, small: Path, page: Page) -> None:
    page.goto(served)  # before there is anything: it comes by itself
    expect(page.get_by_role("main")).to_be_visible(timeout=PATIENCE)

    page.goto(f"{served}en/datasets/visits/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Visits"))
    table = small / "datasets/visits/1.0.0/visits.csv"
    edit(table, "2021-05-03,30", "2021-05-03,777")
    expect(page.locator("#content")).to_contain_text("777", timeout=PATIENCE)

    edit(table, "2021-05-03,777", "2021-05-03,many")
    wrong = page.get_by_role("alert")
    expect(wrong).to_contain_text("“many” in column “visits”", timeout=PATIENCE)
    expect(wrong).to_contain_text("datasets/visits/1.0.0/visits.csv")
    expect(page.locator("#content")).to_contain_text("777")
    page.goto(f"{served}datasets/visits/")
    expect(wrong).to_contain_text("怎么改")
    expect(wrong).to_contain_text("下面仍是上一次成功生成的页面")

    edit(table, "2021-05-03,many", "2021-05-03,31")
    expect(wrong).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("#content")).to_contain_text("31")

    edit(small / "datasets/visits/1.0.0/datapackage.yaml", "title: 到访\n", "title: 来访登记\n")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("来访登记"), timeout=PATIENCE)
    page.goto(f"{served}datasets/")
    expect(page.locator("#content")).to_contain_text("来访登记", timeout=PATIENCE)


@pytest.mark.thorough
@pytest.mark.parametrize(("language", "shown"), [("fr-CA", "Faux"), ("zh-Hans", "有误"), ("ca", "Wrong")])
def test_what_is_wrong_is_said_in_the_language_of_the_page_whatever_that_is(
    tmp_path: Path, page: Page, language: str, shown: str
) -> None:
    (tmp_path / "index.html").write_text(f"<!doctype html><html lang={language}><body>Page</body></html>", "utf-8")
    preview = Preview({"index.html": str(tmp_path / "index.html")})
    with server(preview, 0) as address:
        preview.explain({"en": ["Wrong", "a"], "zh": ["有误", "b"], "fr": ["Faux", "c"]})
        page.goto(address)
        expect(page.get_by_role("alert")).to_contain_text(shown, timeout=PATIENCE)
