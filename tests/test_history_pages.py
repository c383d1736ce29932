"""The history of a dataset on its site: page, file and the explorer as of a day, from the second release on."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from datagazette.diff.value_history import Followed, write_history
from datagazette.downloads.csv import data_rows
from datagazette.load.publication import load_publication
from datagazette.model.publication import Dataset, Publication
from datagazette.model.resource import Table
from datagazette.tables.engine import connect
from tests.conftest import PUBLICATIONS, ROOT, call_build
from tests.diff.rebuilding import Line, in_order, lines_of, rebuilt


def _publication(root: Path) -> Publication:
    found = load_publication(root).publication
    assert found
    return found


def _table(root: Path, table: Table) -> list[dict[str, str]]:
    """The rows of a CSV as it was submitted, by field; a row that holds nothing is none."""
    names = [field.name for field in table.schema.fields]
    rows = [row for row in data_rows(root / table.source, table.dialect) if any(row)]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _holds_every_release(lines: Sequence[Line], root: Path, dataset: Dataset) -> None:
    versions = [str(release.version) for release in dataset.followed]
    for release in dataset.followed:
        tables = rebuilt(lines, versions, str(release.version))
        assert tables.keys() == {table.name for table in release.tables}, release.id
        for table in release.tables:
            assert in_order(tables[table.name]) == in_order(_table(root, table)), (release.id, table.name)


@pytest.mark.parametrize("place", ["tests/publications/small", "tests/publications/nasty", "examples"])
def test_the_file_holds_every_release(place: str, tmp_path: Path) -> None:
    _followed(ROOT / place, tmp_path)


@pytest.mark.shipped
def test_the_file_holds_every_shipped_release(tmp_path: Path) -> None:
    _followed(ROOT, tmp_path)


def _followed(root: Path, folder: Path) -> None:
    found = [dataset for dataset in _publication(root).datasets if dataset.has_history()]
    assert found
    for dataset in found:
        (folder / dataset.name).mkdir()
        with connect() as engine:
            followed = Followed(dataset.followed, root, ("en",), folder / dataset.name)
            write_history(engine, followed, folder / f"{dataset.name}.csv")
        _holds_every_release(lines_of(folder / f"{dataset.name}.csv"), root, dataset)


def test_a_dataset_has_page_and_file_from_its_second_release_on(small_site: Path) -> None:
    root = PUBLICATIONS / "small"
    for dataset in _publication(root).datasets:
        file, pages = small_site / f"data/{dataset.name}/history.csv", f"datasets/{dataset.name}/history/index.html"
        there = {(small_site / language / pages).exists() for language in ("", "en")}
        assert there == {dataset.has_history()} == {file.exists()}, dataset.name
        if dataset.has_history():
            _holds_every_release(lines_of(file), root, dataset)


def test_the_page_says_what_a_value_was_and_why(small_site: Path) -> None:
    page = (small_site / "en/datasets/counts/history/index.html").read_text("utf-8")
    text = " ".join(re.sub("<[^>]*>", " ", page).split())
    assert "1 value changed, 1 row added" in text
    assert re.search(r"101 1\.1\.0 23 November 2026 still the same Corrects North for 2020", text)
    assert re.search(r"100 1\.0\.0 23 November 2026 1\.1\.0 23 November 2026 —", text)
    dataset = (small_site / "en/datasets/counts/index.html").read_text("utf-8")
    assert 'href="history/"' in dataset
    chinese = (small_site / "datasets/counts/history/index.html").read_text("utf-8")
    assert "更正北镇 2020 年的人数" in chinese


def test_the_explorer_has_what_it_needs_for_each_release(small_site: Path) -> None:
    config = json.loads((small_site / "en/datasets/counts/explore/1.0.0.json").read_text("utf-8"))
    assert config["version"] == "1.0.0"
    assert config["tables"][0]["parquet"] == "../../../../data/counts/1.0.0/counts.parquet"
    # One that is withdrawn later is no longer the newest, and has its address all the same.
    assert (small_site / "datasets/counts/explore/1.1.0.json").exists()


@pytest.mark.thorough
def test_only_a_dataset_with_another_release_is_followed_again(warmed: Path, tmp_path: Path) -> None:
    ledger = warmed / "datasets/counts/releases.yaml"
    described = yaml.safe_load(ledger.read_text("utf-8"))
    described["releases"][1]["changes@en"] = "Corrects a figure."
    ledger.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), "utf-8")
    done = call_build("build", "--root", warmed, "--out", tmp_path / "site", "--explain")
    assert done.status == 0, done.said
    assert [line.strip() for line in done.said.splitlines() if "follow the values" in line] == [
        "follow the values of counts: another release of the dataset changed"
    ]
    lines = lines_of(tmp_path / "site/data/counts/history.csv")
    assert "Corrects a figure." in {line["from_reason@en"] for line in lines}
