"""The forms of a report: Markdown within what GitHub takes, HTML that no file can break out of."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from datagazette.diff import report as diff_reports
from datagazette.diff.outcome import Comparison, ReleaseComparison, StructureChange, TableComparison
from datagazette.diff.releases import compare_tables
from datagazette.diff.report_json import as_json
from datagazette.diff.rows import read_side
from datagazette.messages import LANGUAGES
from datagazette.model.names import Version
from datagazette.model.publication import Release
from datagazette.model.resource import Field, Schema, Table
from datagazette.model.results import CellChange, TableChange
from datagazette.model.text import Text
from datagazette.reports.blocks import Code
from datagazette.reports.markup import markdown_line
from datagazette.tables.engine import connect

SCHEMA = Schema("t", "t.yaml", (Field("k", "integer"), Field("n", "number")), primary_key=("k",))
BEFORE = Release("t", Version(1, 0, 0), "datasets/t/1.0.0", "released", Text(), Text(), ("en",))
AFTER = replace(BEFORE, version=Version(1, 0, 1), folder="datasets/t/1.0.1", state="draft")
NASTY = "<script>alert(1)</script> `a` | [x](javascript:y) **b** @team #1 <!-- --> \n# no"


def found(*tables: TableComparison, structure: tuple[StructureChange, ...] = ()) -> Comparison:
    return Comparison("main", (ReleaseComparison("t", BEFORE, AFTER, tables, structure),))


def nasty() -> Comparison:
    cells = (CellChange((NASTY,), "name", NASTY, NASTY + "!"),)
    change = TableChange("t", 1, 0, 1, ("k", "name"), ("k",), ((NASTY, NASTY),), (), cells)
    table = TableComparison("t", "datasets/t/1.0.1/t.csv", change, 1, 2)
    structure = StructureChange("changed", "package", "", "", "title", NASTY, NASTY)
    return found(table, structure=(structure,))


@pytest.mark.slow
@pytest.mark.sample(1)
@pytest.mark.parametrize("rows", [100_000, 1_000_000])
def test_a_million_changed_cells_fit_a_summary(tmp_path: Path, rows: int) -> None:
    table = Table("t", "t.csv", "t.csv", SCHEMA)
    with connect() as engine:
        sides = []
        for name, add in (("old", 0), ("new", 1)):
            (tmp_path / name).mkdir()
            csv = tmp_path / f"{name}.csv"
            csv.write_text("k,n\n" + "".join(f"{one},{one + add}\n" for one in range(rows)))
            sides.append(read_side(engine, table, csv, tmp_path / name))
        compared = compare_tables(engine, *sides)
    assert compared.change.changed == rows
    text = diff_reports.markdown(found(compared), "en")
    assert text.startswith(f"## ✅ 1 dataset changes: {rows:,} cells changed.")
    assert f"and {rows - 12:,} more cells" in text
    assert len(text.encode()) < 10_000
    assert len(diff_reports.html(found(compared), "en").encode()) < 20_000
    assert len(as_json(found(compared), "en").encode()) < 100_000


def test_too_many_tables_are_cut_and_that_is_said() -> None:
    many = replace(nasty(), releases=tuple(replace(nasty().releases[0], tables=nasty().releases[0].tables * 2000)
                                           for _ in range(2)))  # fmt: skip
    text = diff_reports.markdown(many, "en")
    assert len(text.encode()) < 1 << 20
    assert text.endswith("…\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_shows_what_stands_in_a_file_and_obeys_none_of_it(language: str) -> None:
    text = diff_reports.markdown(nasty(), language)
    outside = re.sub(r"(`+).*?\1(?!`)", "", text)
    assert "<script" not in outside
    assert not re.search(r"(?<!\\)\*\*b", outside)
    assert "@team" not in outside
    assert not [line for line in text.splitlines() if line.startswith("# ")]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3, 6}, "a cell stays one cell"


def test_a_span_of_code_holds_any_number_of_backticks() -> None:
    assert markdown_line((Code("a``b`c"),)) == "``` a``b`c ```"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not {name for name, _ in attrs} & {"href", "src", "onerror", "onclick"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_is_one_page_that_asks_for_nothing(language: str) -> None:
    page = diff_reports.html(nasty(), language)
    tags = _Tags()
    tags.feed(page)
    assert not tags.seen & {"script", "a", "img", "link", "iframe"}
    assert "default-src 'none'" in page
    assert "&lt;script&gt;" in page
