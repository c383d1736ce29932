"""What readers and reviewers see is what was written: nothing beside a text is turned, hidden or pushed away."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from datagazette.describe.prose import check_links, description, literal
from datagazette.downloads.csv import guarded, needs_excel_copy, write_excel_copy
from datagazette.model.resource import Dialect
from datagazette.model.text import in_json, isolated, plain, shown, turning
from datagazette.pages import markup
from datagazette.reports.blocks import Bullets, Code
from datagazette.reports.markup import block_html, markdown_line
from tests.conftest import ROOT, Run
from tests.formats.sample import people
from tests.security.conftest import LONG

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BLOCKS = (
    *("p", "li", "td", "th", "h1", "h2", "h3", "h4", "dt", "dd", "div", "caption", "title", "figcaption", "summary"),
    *(
        "nav",
        "header",
        "footer",
        "section",
        "ul",
        "ol",
        "table",
        "tr",
        "form",
        "legend",
        "button",
        "desc",
        "text",
        "br",
    ),
    *("br", "blockquote", "option", "label"),
)


class _Texts(HTMLParser):
    """The text of each block of a page, its attributes, and its code; not what scripts read."""

    def __init__(self) -> None:
        super().__init__()
        self.texts, self.attributes, self.code = [""], list[str](), list[str]()
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "code"):
            self._inside.append(tag)
        if tag in _BLOCKS:
            self.texts.append("")
        self.attributes += [value for _, value in attrs if value]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
        if tag in _BLOCKS:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if "script" not in self._inside:
            self.texts[-1] += data
        if "code" in self._inside:
            self.code.append(data)


def read(path: Path) -> _Texts:
    page = _Texts()
    page.feed(path.read_text("utf-8"))
    return page


@pytest.mark.thorough
@pytest.mark.slow
def test_no_text_of_a_page_turns_what_is_beside_it(turned_site: Path) -> None:
    seen = 0
    for path in sorted(turned_site.rglob("*.html")):
        page = read(path)
        for text in (*page.texts, *page.attributes):
            assert isolated(text) == text, (path, text[:400])
            seen += "\u202e" in text
    assert seen > 100


@pytest.mark.thorough
@pytest.mark.slow
def test_code_on_a_page_shows_what_would_turn_it(turned_site: Path) -> None:
    code = "".join(part for path in turned_site.rglob("*.html") for part in read(path).code)
    assert not re.search(f"[{TURNING}]", code)
    assert "U+202E" in code


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_window(browser: Browser, turned_site: Path, turned_address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    paths = sorted(path.parent.relative_to(turned_site).as_posix() for path in turned_site.rglob("index.html"))
    assert len(paths) > 20
    for path in paths:
        page.goto(f"{turned_address}{path}/".replace("/./", "/"), wait_until="networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert LONG in (page.locator("body").text_content() or ""), path
        wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= window, path
    page.close()


@pytest.mark.slow
@pytest.mark.browser
def test_letters_after_a_title_keep_their_order(browser: Browser, turned_address: str) -> None:
    """A browser's own opinion: the way from letter to letter of what comes after a turned title goes to the right."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{turned_address}en/datasets/trap/1.0.0/")
    order = page.evaluate("""() => {
      const text = document.querySelector('h1 .muted').firstChild;
      return [...text.data].map((_, at) => {
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().left;
      });
    }""")
    assert len(order) == len("1.0.0")
    assert order == sorted(order)
    page.close()


def test_every_piece_of_code_in_a_template_is_shown_as_code() -> None:
    """What is printed between `<code>` and `</code>` goes through a filter for code; all else is isolated anyway."""
    printed = [
        expression
        for path in sorted((ROOT / "site/templates").glob("*.html"))
        for code in re.findall(r"<code[^>]*>(.*?)</code>", path.read_text("utf-8"))
        for expression in re.findall(r"\{\{(.*?)\}\}", code)
    ]
    assert len(printed) > 5
    assert all(re.search(r"\|\s*(code|pre)\s*$", one) for one in printed)


CASES = {
    "an override": "a\u202eb",
    "an override that is closed": "a\u202eb\u202c",
    "an embedding that is not closed": "a\u202bb",
    "an end of nothing": "a\u202cb",
    "an end of an isolate that nobody began": "a\u2069\u202eb",
    "an isolate that is not closed": "a\u2067b",
    "ends in the wrong order": "a\u2067\u202bb\u2069c\u202c",
}


@pytest.mark.parametrize("name", CASES)
def test_what_turns_is_closed_and_reported(name: str) -> None:
    text = CASES[name]
    found = isolated(text)
    assert found.startswith("\u2068")
    assert found.endswith("\u2069")
    assert isolated(found) == found
    assert isolated(f"x {found} y") == f"x {found} y"
    assert re.fullmatch(r"U\+20[0-9A-F]{2}", turning(text))
    assert not re.search(f"[{TURNING}]", shown(text) + in_json(text))


@pytest.mark.parametrize(
    "text",
    [
        "كتاب",
        "ספר \u2067abc\u2069 ועוד",
        "abc\u200e (1)",
        "\u200fספר",
        "\u061cكتاب",
        "\u2068a\u2069 b \u2066c\u2069",
        "中文",
    ],
)
def test_arabic_and_hebrew_stay_as_they_are_written(text: str) -> None:
    assert isolated(text) == text
    assert not turning(text)
    assert str(markup.one_line(text)) == text
    assert text in str(markup.rich(text))
    assert literal(text) == description(text) == text


def test_embeddings_in_pairs_are_isolated_and_not_reported() -> None:
    assert isolated("ספר \u202aabc\u202c") == "\u2068ספר \u202aabc\u202c\u2069"
    assert not turning("ספר \u202aabc\u202c")


def test_a_description_turns_nothing_beyond_its_paragraph() -> None:
    found = str(markup.rich("one &#x202e;two\n\n- three \u202b\n- four `\u202e`"))
    for part in re.split(r"</?(?:p|ul|li)>", found):
        assert isolated(part) == part
    assert "<code>U+202E</code>" in found


def test_reports_of_differences_show_what_would_turn_them() -> None:
    line = ("a ", Code("x\u202ey"))
    written = markdown_line(line) + "".join(block_html(Bullets((line,))))
    assert "\u202e" not in written
    assert written.count("xU+202Ey") == 2


def test_drafts_are_warned_of_what_turns_them_and_released_versions_are_not(
    run: Callable[..., Run], small: Path
) -> None:
    for path in (small / "datasets/visits/1.0.0/datapackage.yaml", small / "datasets/counts/1.0.0/datapackage.yaml"):
        before = path.read_bytes()
        path.write_text(before.decode().replace("title: ", "title: \u202e", 1), "utf-8")
        ledger = path.parent.parent / "releases.yaml"
        if ledger.exists():
            old, new = (hashlib.sha256(content).hexdigest() for content in (before, path.read_bytes()))
            ledger.write_text(ledger.read_text("utf-8").replace(old, new), "utf-8")
    done = run("check", "--root", small)
    assert done.status == 0
    assert done.said.count("text-turned") == 1
    assert "This contains U+202E" in done.said


# What untrusted texts try in Markdown, and the tags that a viewer would make of it.
_IN_MARKDOWN = (
    "<script>x</script>", "[a](javascript:x)", "![a](https://example.org/a.png)", "# heading", "a\n===", "> a", "1. a",
    "- a", "`a", "<b>a", "[a]: javascript:x", "| a |\n| - |\n| b |", "<https://example.org/>", "a\n\n***", "    code",
    "```\ncode",
)  # fmt: skip


@pytest.mark.parametrize("text", _IN_MARKDOWN)
def test_a_title_in_markdown_is_shown_as_it_was_typed(text: str) -> None:
    shown_as = MarkdownIt("commonmark").render(f"x {literal(text)}").strip()
    assert not re.search(r"<(?!/?p>)", shown_as)
    first = MarkdownIt("commonmark").render(literal(text))
    assert not re.search(r"<(?!/?p>)", first)


@pytest.mark.parametrize("text", _IN_MARKDOWN)
def test_a_description_in_markdown_makes_nothing_but_what_pages_show(text: str) -> None:
    made = MarkdownIt("commonmark", {"html": True}).render(description(text))
    assert not re.search(r"<(?!/?(?:p|em|strong|ul|ol|li|a|code|blockquote)\b)", made)
    assert "javascript:" not in "".join(re.findall(r'href="[^"]*', made))


def test_ordinary_texts_stay_byte_for_byte() -> None:
    for text in ("人口与*住户*，见 [公报](https://example.org/a_b?c=d&e=f)。\n\n- 一\n- 二", "R&D, 3 < 4 and a_b_c"):
        assert description(text) == text
    for text in (
        "snake_case_name",
        "R&D: 3 < 4",
        "Editors. (2026). Title (Version 1.0.0) [Data set]. https://example.org/",
    ):
        assert literal(text) == text


_LINKS = {
    "[h](//example.org/h)": "//example.org/h",
    "[n](../../nowhere/)": "../../nowhere/",
    "[n](nowhere/)": "nowhere/",
    "[n](/nowhere/)": "/nowhere/",
    "[f](ftp://example.org/)": "ftp://example.org/",
    "<ftp://example.org/>": "ftp://example.org/",
}


@pytest.mark.parametrize("text", _LINKS)
def test_a_link_that_is_no_full_address_is_an_error_in_a_draft_and_a_warning_later(text: str) -> None:
    for state, severity in (("draft", "error"), ("released", "warning")):
        release = replace(people(), description=plain(text), state=state)  # type: ignore[arg-type]
        (found,) = check_links(release, "datapackage.yaml")
        assert (found.code, found.severity, dict(found.values)["link"]) == ("description-link", severity, _LINKS[text])


@pytest.mark.parametrize(
    "text", ["[a](https://example.org/)", "[a](mailto:a@example.org)", "[a](#rows)", "[a](javascript:x)"]
)
def test_full_addresses_are_not_reported(text: str) -> None:
    """What is no link to begin with is shown as it was typed."""
    assert not list(check_links(replace(people(), description=plain(text), state="draft"), "datapackage.yaml"))


@pytest.mark.parametrize("address", ["//example.org/", "///example.org/", "ftp://example.org/", "data:text/html,x"])
def test_a_link_to_another_host_without_a_scheme_is_not_made(address: str) -> None:
    assert "href" not in str(markup.rich(f"[a]({address})")) + str(markup.rich_inline(f"[a]({address})"))


def cells_of(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text))


_CELLS = {
    "a;=7*191": "a;'=7*191",
    "a\t=7*191": "a\t'=7*191",
    "a;+b": "a;'+b",
    'a;"=7*191"': 'a;"\'=7*191"',
    "a\n=7*191": "a\n'=7*191",
    "a\r\n@b": "a\r\n'@b",
    "=7*191;=1": "'=7*191;'=1",
    "a;-5": "a;-5",
    "a;b": "a;b",
    "a; = b": "a; = b",
    "-5": "-5",
}


@pytest.mark.parametrize("cell", _CELLS)
def test_a_cell_for_excel_is_guarded_wherever_another_separator_begins_one(cell: str) -> None:
    assert guarded(cell) == _CELLS[cell]


def excel_copy(folder: Path, *rows: list[str]) -> Path:
    source, target = folder / "a.csv", folder / "a.excel.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    assert needs_excel_copy(source, Dialect())
    write_excel_copy(source, target, Dialect())
    return target


def test_a_plain_table_with_such_a_cell_gets_a_copy_for_excel(tmp_path: Path) -> None:
    copy = excel_copy(tmp_path, ["id", "name"], ["1", "a;=7*191"])
    assert list(cells_of(copy.read_text("utf-8-sig"))) == [["id", "name"], ["1", "a;'=7*191"]]
    (tmp_path / "plain.csv").write_text("id,name\n1,a;b\n", "utf-8")
    assert not needs_excel_copy(tmp_path / "plain.csv", Dialect())


@pytest.mark.sample(1)
@pytest.mark.slow
@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_libre_office_computes_nothing_with_any_separator(tmp_path: Path, separator: str) -> None:
    """Opened with formulas allowed; the unguarded cells beside it show that they would be."""
    copy = excel_copy(tmp_path, ["id", "name"], *([str(number), cell] for number, cell in enumerate(_CELLS)))
    control = tmp_path / "control.csv"
    control.write_text(f"id{separator}name\n1{separator}=7*191\n", "utf-8")
    options = f"CSV:{ord(separator)},34,76,1,,0,false,true,false,false,false,0,true"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", f"--infilter={options}",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path / "saved", copy, control],
        check=True, capture_output=True, timeout=1_200, cwd=tmp_path,
    )  # fmt: skip
    formulas = {name: list(_formulas(tmp_path / f"saved/{name}.xlsx")) for name in ("a.excel", "control")}
    assert formulas["control"]
    assert not formulas["a.excel"]


def _formulas(path: Path) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(path).worksheets:
        yield from (str(cell.value) for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
