"""Values of cells: the browser makes the same hashes of them as the program that wrote the lists."""

from __future__ import annotations

import csv
import io
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from datagazette.downloads.cell_values import canonical, decoded, text_values
from datagazette.native import ESBUILD
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

CELLS = [
    "", "0", "-0", "+5", "007", "1.50", ".5", "-.5", "5.", "1e3", "1E-7", "1e400", "12.5%", "100%", "123456789012345",
    "1234567890123456", "-1234567890123456789", "0.1", "0.30000000000000004", "2.9999999999999996", "1000000000000.125",
    "1000000000000.375", "8.5e15", "1,5", "1,234", "2026-1-5", "2026/01/05", "26/1/5", "TRUE", "False", "true ", "no",
    "a\r\nb", "a\rb", "１２", "x\u2028y", "é", "😀", "\u0130", '"', "\\", "\t", "\x07", "9" * 15, "1" + "0" * 14,
]  # fmt: skip
TEXTS = [
    "a,b\n1,2\n", "a;b\r\n1,5;2\r\n", "\ufeffa\tb\n1\t2", 'a,b\n"x, ""y""",\n\n,\n', 'a|b\n"p"q|r\n', "one\ntwo\n", "",
    'a,b\n"never closed,1\n2,3\n', "a,b\n1,2,,\n,,\n3", "名,值\n北镇,001\n南镇,1.0\n", 'a,b\n"l1\r\nl2",x"y\n',
]  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    made = tmp_path_factory.mktemp("bundle") / "values.js"
    subprocess.run(
        [ROOT / "node_modules" / ESBUILD, "--bundle", "--format=iife", "--global-name=values", f"--outfile={made}",
         "--log-level=warning", ROOT / "site/assets/verify/values.js"],
        check=True, capture_output=True, cwd=ROOT,
    )  # fmt: skip
    opened = browser.new_page()
    opened.add_script_tag(path=made)
    yield opened
    opened.close()


def test_the_form_of_cells(page: Page) -> None:
    numbers = random.Random(19)
    made = [repr(numbers.uniform(-1, 1) * 10 ** numbers.randint(-20, 20)) for _ in range(20_000)]
    made += [f"{numbers.randint(0, 10**16) / 8:.4f}" for _ in range(20_000)]  # halves of the last digit among them
    cells = [*CELLS, *made]
    found = page.evaluate("(cells) => cells.map(values.canonical)", cells)
    assert [pair for pair in zip(cells, map(canonical, cells), found, strict=True) if pair[1] != pair[2]] == []


def made_up() -> Iterator[str]:
    letters, chance = ["a", "1", ",", ";", '"', "\n", "\r\n", " ", "é", "😀", "0.50", "\uffff"], random.Random(5)
    for _ in range(2_000):
        text = "".join(chance.choices(letters, k=chance.randint(0, 30)))
        try:
            list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error:
            continue
        yield text


def test_the_values_of_texts(page: Page) -> None:
    texts = [*TEXTS, *made_up()]
    ours = [[[each.key, each.order, each.first] for each in text_values(text.removeprefix("\ufeff"))] for text in texts]
    found = page.evaluate(
        """(texts) => Promise.all(texts.map(async (text) =>
          (await values.textValues(text.replace(/^\\ufeff/, ""))).map((one) => [one.key, one.order, one.first])))""",
        texts,
    )
    assert [pair for pair in zip(texts, ours, found, strict=True) if pair[1] != pair[2]] == []


def test_how_bytes_are_read(page: Page) -> None:
    contents = ["北镇,1".encode(code) for code in ("utf-8", "utf-8-sig", "utf-16", "gb18030")] + [
        "é,1".encode("cp1252")
    ]
    found = page.evaluate(
        "(all) => all.map((bytes) => values.decoded(new Uint8Array(bytes)))", list(map(list, contents))
    )
    assert found == list(map(decoded, contents))


def test_what_values_are_the_same() -> None:
    def keys(text: str) -> set[str]:
        return {each.key for each in text_values(text)}

    plain = "code,day,share\n001,2026-01-05,1.50\n002,2026-01-06,2\n"
    assert keys(plain) & keys("code;day;share\r\n002;2026/1/6;2\r\n001;2026/1/5;1,5\r\n")
    assert not keys(plain) & keys(plain.replace("001", "1"))
    assert not keys(plain) & keys(plain.replace("1.50", "1.51"))
    assert not keys(plain) & keys(plain.replace("share", "part"))
    assert not keys("id\n110101190001010015\n") & keys("id\n1.10101190001010E+17\n")


def test_the_script_is_small(own_site: Path) -> None:
    (script,) = (path for path in own_site.glob("assets/site/*/verify.js"))
    assert script.stat().st_size < 300_000
