"""What a stranger wrote, in the files to download: each stays a file of its kind, and holds text where it has text."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import openpyxl
import pytest
from markdown_it import MarkdownIt

from tests.conftest import Run
from tests.hostile import bait

pytestmark = pytest.mark.slow

_OUR_COMMANDS = (
    "::error file=",
    "::warning file=",
    "::error::and ",
    "::error::另有 ",
    "::warning::and ",
    "::warning::另有 ",
)
_DRAWN = {"svg", "g", "path", "rect", "line", "circle", "text", "tspan", "title", "desc", "defs", "clipPath"}


def files(site: Path, ending: str) -> list[Path]:
    found = sorted(path for path in site.rglob(f"*{ending}") if "pagefind" not in path.parts)
    assert found, ending
    return found


class _Data(HTMLParser):
    """The blocks of JSON in a page, as a browser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "json" in (dict(attrs).get("type") or "")
        if self._inside:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.blocks[-1] += data


def test_json_in_pages_is_whole_and_ends_nothing(hostile_site: Path) -> None:
    described = 0
    for path in files(hostile_site, ".html"):
        page = _Data()
        page.feed(path.read_text("utf-8"))
        for block in page.blocks:
            assert "</" not in block, path
            described += bait.mark("trap.title") in json.dumps(json.loads(block), ensure_ascii=False)
    assert described


@pytest.mark.parametrize("ending", [".json", ".jsonld"])
def test_json_is_json(hostile_site: Path, ending: str) -> None:
    for path in files(hostile_site, ending):
        json.loads(path.read_text("utf-8"))


def test_feeds_and_maps_are_xml_with_text_in_it(hostile_site: Path) -> None:
    for path in files(hostile_site, ".xml"):
        root = ElementTree.fromstring(path.read_text("utf-8"))
        assert not [one for one in root.iter() if "bait" in one.tag]
        links = [value for one in root.iter() for name, value in one.attrib.items() if name == "href"]
        assert not [link for link in links if not link.startswith(("http://", "https://", "mailto:"))], path
    assert bait.mark("trap.title") in (hostile_site / "feed.xml").read_text("utf-8")


def test_drawings_hold_nothing_that_runs_or_leads_away(hostile_site: Path) -> None:
    for path in files(hostile_site / "data", ".svg"):
        for element in ElementTree.fromstring(path.read_text("utf-8")).iter():
            assert element.tag.rpartition("}")[2] in _DRAWN, path
            assert not [name for name in element.attrib if name.startswith("on") or "href" in name]
            assert not [value for value in element.attrib.values() if re.search(r"url\((?!#)", value)]


def test_workbooks_hold_no_formulas_and_no_links_but_to_the_web(hostile_site: Path) -> None:
    texts = ""
    for path in files(hostile_site, ".xlsx"):
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f", f"{path.name}!{sheet.title}!{cell.coordinate}"
                texts += str(cell.value)
                target = cell.hyperlink.target if cell.hyperlink else None
                assert not target or target.startswith(("http://", "https://", "mailto:")), target
    assert "=7*191" in texts


def test_the_csv_for_spreadsheets_begins_no_cell_as_a_formula(hostile_site: Path) -> None:
    checked = 0
    for path in files(hostile_site, ".excel.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for cell in (cell for row in csv.reader(stream) for cell in row):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or re.fullmatch(r"[-+]?[\d.]+", cell), cell
                checked += "7*191" in cell
    assert checked


def test_the_csv_itself_is_what_was_submitted(hostile_site: Path) -> None:
    submitted = hostile_site.with_name("hostile") / "datasets/trap/1.1.0/trap.csv"
    assert (hostile_site / "data/trap/1.1.0/trap.csv").read_bytes() == submitted.read_bytes()


def test_archives_hold_only_names_below_their_own_folder(hostile_site: Path) -> None:
    for path in files(hostile_site, ".zip"):
        for member in zipfile.ZipFile(path).infolist():
            parts = PurePosixPath(member.filename).parts
            assert not PurePosixPath(member.filename).is_absolute()
            assert not {"..", "."} & set(parts)
            assert re.fullmatch(r"[A-Za-z0-9._/-]+", member.filename)
            assert member.external_attr >> 16 & 0o170000 in (0, 0o100000), "a regular file, never a link"


def test_texts_in_a_package_hold_no_markup_of_others(hostile_site: Path) -> None:
    for path in sorted(hostile_site.glob("data/*/*/*.zip")):
        package = zipfile.ZipFile(path)
        for name in ("README.md", "CHANGES.md", "LICENSE.txt"):
            made = MarkdownIt("commonmark", {"html": True}).render(package.read(name).decode())
            assert not re.search(r"<(?:script|img|svg|x-bait|iframe)", made), (path, name)
            assert not re.search(r'(?:href|src)="(?:javascript|data):', made), (path, name)
            headings = re.findall(r"<h[1-6]>(.*?)</h", made)
            assert not [one for one in headings if one.strip() == "bait"], (path, name)


def test_citations_keep_their_form(hostile_site: Path) -> None:
    for path in files(hostile_site, ".ris"):
        lines = path.read_text("utf-8").splitlines()
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines if line), path
        assert [line[:2] for line in lines].count("TY") == 1
    for path in files(hostile_site, ".bib"):
        text = path.read_text("utf-8")
        assert len(re.findall(r"^@", text, re.MULTILINE)) == 1
        assert _balanced(text)


def _balanced(text: str) -> bool:
    depth = 0
    for sign in re.sub(r"\\.", "", text, flags=re.DOTALL):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _printed(run: Callable[..., Run], root: Path) -> Iterator[str]:
    yield run("check", "--root", root).said
    yield run("check", "--root", root, "--format", "github").said
    yield run("query", 'SELECT * FROM "trap"."trap"', "--root", root).said
    yield run("query", 'SELECT error(label) FROM "trap"."trap"', "--root", root).said
    # The same words in faults: a cell, a key and a file that are named in messages.
    (root / "datasets/trap/1.1.0/trap.csv").write_bytes(b"key\n" + bait.cell("file").encode())
    catalog = root / "datasets/catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8") + '"\\e[31m::error::key": x\n', "utf-8")
    (root / "datasets/\x1b[31m::error::file\n::error::file").write_text("")
    for form in ("text", "github"):
        yield run("check", "--root", root, "--format", form).said
        yield run("check", root / "datasets/trap/1.1.0/trap.csv", "--schema",
                  root / "datasets/trap/1.1.0/schemas/trap.v1.yaml", "--format", form).said  # fmt: skip


def test_a_terminal_is_sent_nothing_that_it_would_obey(tmp_path: Path, run: Callable[..., Run]) -> None:
    from tests.hostile.publication import write

    for said in _printed(run, write(tmp_path)):
        assert "Traceback" not in said
        for line in said.splitlines():
            assert line.isprintable(), line
            assert not line.lstrip().startswith("::") or line.startswith(_OUR_COMMANDS), line
