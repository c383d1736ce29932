"""Pages, feeds and `changes.json` know of a release what `diff` knows, and `revise` counts as `diff` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datagazette.intake.dropping import Wanted, drop_in
from datagazette.intake.sheets import read_sheets
from datagazette.load.publication import load_publication
from tests.conftest import call_build
from tests.ground.drafts import drafted

BEFORE = "town,opened,people\nA,2020-01-01,1\nB,2021-01-01,2\nC,2022-01-01,3\n"
AFTER = "city,opened_on,people\nA,2020-01-01,1\nB,2021-01-01,5\nC,2022-01-01,3\nD,2023-01-01,4\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a dataset whose second release renames two columns, corrects a row and adds one."""
    root = tmp_path_factory.mktemp("history")
    kinds = ("string", "date", "integer")
    drafted(root, BEFORE, AFTER, dict(zip(("town", "opened", "people"), kinds, strict=True)), version="2.0.0",
            fields_after=dict(zip(("city", "opened_on", "people"), kinds, strict=True)))  # fmt: skip
    done = call_build("release", "t", "--root", root)
    assert done.status == 0, done.said
    assert call_build("build", "--root", root, "--out", root / "public").status == 0
    return root / "public"


@pytest.mark.thorough
def test_a_renamed_column_is_one_change_and_its_cells_are_compared(built: Path) -> None:
    found = json.loads((built / "data/t/2.0.0/changes.json").read_text("utf-8"))
    assert found["schema"] == [
        {"kind": "renamed", "resource": "t", "field": "town", "after": "city"},
        {"kind": "renamed", "resource": "t", "field": "opened", "after": "opened_on"},
        {"kind": "changed", "resource": "t", "what": "primaryKey"},
    ]
    (table,) = found["tables"]
    assert table["rows"] == {"added": 1, "removed": 0, "changed": 1}
    assert table["cells"] == [{"key": {"city": "B"}, "field": "people", "before": 2, "after": 5}]
    page = (built / "datasets/t/2.0.0/index.html").read_text("utf-8")
    assert "In “T”, the field “Town” is called “City” now" in page
    assert "has a new field" not in page
    feed = (built / "feed.xml").read_text("utf-8")
    assert "t.town is called city now." in feed


@pytest.mark.thorough
def test_a_release_that_also_corrects_is_marked_as_a_correction(built: Path) -> None:
    page = (built / "changes/index.html").read_text("utf-8")
    assert page.count(">Correction</span>") == 1
    assert page.count(">First release</span>") == 1


def test_rows_with_a_repeated_key_are_counted_as_diff_counts_them(tmp_path: Path) -> None:
    before, after = "k,v\nA,1\nA,2\nB,3\n", "v,k\n1,A\n9,A\n3.0,B\n4,C\n"
    root = drafted(tmp_path, before, before, {"k": "string", "v": "number"})
    (tmp_path / "sent.csv").write_text(after, "utf-8")
    publication = load_publication(root).publication
    assert publication
    table = publication.datasets[0].releases[-1].tables[0]
    (sheet,) = read_sheets(tmp_path / "sent.csv")
    dropped = drop_in(root / table.file, table, sheet, Wanted())
    assert (dropped.added, dropped.changed, dropped.removed) == (2, 0, 1)
    assert dropped.content == b"k,v\nA,1\nA,9\nB,3\nC,4\n"
    (root / table.file).write_bytes(dropped.content)
    (found,) = json.loads(call_build("diff", "--format", "json", "--root", root).out)["releases"]
    rows = found["tables"][0]["rows"]
    assert (rows["added"], rows["changed"], rows["removed"]) == (2, 0, 1)


@pytest.mark.thorough
def test_a_page_names_the_rows_that_are_probably_the_same_under_another_key(tmp_path: Path) -> None:
    before = "k,name,v\nA,x,1\nB,y,2\nC,z,3\n"
    after = "k,name,v\nA,x,1\nB2,y,2\nC,z,4\nD,q,1\n"
    drafted(tmp_path, before, after, {"k": "string", "name": "string", "v": "integer"})
    assert call_build("release", "t", "--root", tmp_path).status == 0
    assert call_build("build", "--root", tmp_path, "--out", tmp_path / "public").status == 0
    page = (tmp_path / "public/datasets/t/1.1.0/index.html").read_text("utf-8")
    assert "Probably the same row under another key: B → B2<" in page
