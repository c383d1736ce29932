"""Limits such as `<2` become a number and its bound, without a script; what only looks like one stays as it is."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.intake.detection import read_limit, with_bounds
from datagazette.intake.sheets import Sheet
from tests.conftest import call_build
from tests.missing.story import FILES, write_story

SAMPLES = """day;lead;zinc;mercury;age
2026-03-01;<0.5;3.2;<0.05;<5
2026-03-02;1.5;>100;＜0.05;5-9
2026-03-03;n/a;≤4;<0.05;>9
"""


def sheet(*rows: tuple[str, ...]) -> Sheet:
    return Sheet("samples", rows[0], rows[1:], lines=tuple(range(2, len(rows) + 1)))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("<2", ("2", "less_than")), ("＜２", ("2", "less_than")), (" < 0.5 ", ("0.5", "less_than")),
        (">100", ("100", "more_than")), ("≤4", ("4", "at_most")), ("<=4", ("4", "at_most")),
        ("≥ 1,000", ("1,000", "at_least")),
        ("~7", ("7", "approximate")), ("2", None), ("<", None), ("<5 mg", None), ("<b>2</b>", None), ("5-9", None),
    ],
)  # fmt: skip
def test_a_sign_before_a_number_is_a_bound(text: str, limit: tuple[str, str] | None) -> None:
    assert read_limit(text) == limit


def test_the_numbers_keep_their_column_and_bounds_get_one() -> None:
    found = with_bounds(sheet(("day", "lead"), ("1", "<0.5"), ("2", "1.5"), ("3", "-"), ("4", "")))
    assert found.labels == ("day", "lead", "lead_bound")
    assert found.rows == (("1", "0.5", "less_than"), ("2", "1.5", "exact"), ("3", "-", ""), ("4", "", ""))
    assert [notice.code for notice in found.notices] == ["limits"]


@pytest.mark.parametrize(
    "cells",
    [("<5", "5-9", ">9"), ("<5", "five"), ("<5", ">9"), ("<p>1</p>", "2"), ("1", "2")],
    ids=["ranges", "words", "ages", "markup", "numbers"],
)
def test_other_columns_stay_as_they_are(cells: tuple[str, ...]) -> None:
    given = sheet(("age",), *((cell,) for cell in cells))
    assert with_bounds(given) == given


def test_a_column_that_is_asked_for_as_text_stays_as_it_is() -> None:
    given = sheet(("lead",), ("<1",), ("2",))
    assert with_bounds(given, {"lead"}) == given


@pytest.mark.thorough
def test_add_and_revise_need_no_script(small: Path, tmp_path: Path) -> None:
    source = tmp_path / "water.csv"
    source.write_text(SAMPLES, "utf-8")
    done = call_build("add", source, "--root", small, "--yes", "--name", "water")
    assert done.status == 0, done.said
    (folder,) = (small / "datasets/water").iterdir()
    rows = read_rows(folder / "water.csv")
    assert [(row["lead"], row["lead_bound"]) for row in rows] == [("0.5", "less_than"), ("1.5", "exact"), ("n/a", "")]
    assert [(row["zinc"], row["zinc_bound"]) for row in rows][1:] == [("100", "more_than"), ("4", "at_most")]
    assert {row["mercury_bound"] for row in rows} == {"less_than"}
    assert [row["age"] for row in rows] == ["<5", "5-9", ">9"]
    fields = {field["name"]: field for field in _schema(small)["fields"]}
    assert fields["lead"]["type"] == "number"
    assert fields["lead"]["boundField"] == "lead_bound"
    assert fields["lead_bound"]["title@en"] == "Bound of Lead"
    source.write_text(SAMPLES.replace("<0.5", "0.7").replace("1.5", "<1"), "utf-8")
    done = call_build("revise", "water", "--root", small, "--data", source)
    assert done.status == 0, done.said
    rows = read_rows(folder / "water.csv")
    assert [(row["lead"], row["lead_bound"]) for row in rows][:2] == [("0.7", "exact"), ("1", "less_than")]


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _schema(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "schemas/water.v1.yaml").read_text("utf-8"))
    return found


@pytest.mark.thorough
def test_another_reason_for_a_missing_value_reaches_the_csv(tmp_path: Path) -> None:
    root = write_story(tmp_path / "root")
    changed = FILES["datasets/stations/1.0.0/stations.csv"].replace("A03,丙县,Cheston,-,", "A03,丙县,Cheston,..,")
    (tmp_path / "stations.csv").write_text(changed, "utf-8")
    done = call_build("revise", "stations", "--root", root, "--data", f"stations={tmp_path / 'stations.csv'}")
    assert done.status == 0, done.said
    assert (root / "datasets/stations/1.0.0/stations.csv").read_text("utf-8") == changed
