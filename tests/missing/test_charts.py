"""A gap in a chart is a gap, whatever the marks are: nothing is drawn as 0, and no place leaves the axis."""

from __future__ import annotations

import re
from typing import Any

import pytest
import vl_convert

from datagazette.charts.spec import complete
from datagazette.model.publication import Summary
from datagazette.model.resource import Field
from datagazette.model.results import SummaryResult
from datagazette.model.text import plain

ROWS = (("A", 2021, 5), ("A", 2022, None), ("A", 2023, 7), ("B", 2021, 1), ("B", 2022, 2), ("B", 2023, 3))
FIELDS = (Field("county", "string"), Field("year", "integer"), Field("people", "integer"))
YEAR, PEOPLE = {"field": "year", "type": "ordinal"}, {"field": "people", "type": "quantitative"}
COUNTY = {"field": "county", "type": "nominal"}


def drawn(mark: Any, rows: tuple[Any, ...] = ROWS, **encoding: Any) -> tuple[dict[str, Any], str]:
    """(specification, SVG) of a chart in English."""
    summary = Summary("s", plain("S"), "", "", FIELDS, chart={"mark": mark, "encoding": encoding})
    spec = complete(SummaryResult(summary, rows), "en", "en", 600).spec
    return spec, vl_convert.vegalite_to_svg(spec, vl_version="6.4")


def mark_of(spec: dict[str, Any]) -> Any:
    return spec.get("mark") or spec["layer"][0]["mark"]


@pytest.mark.parametrize("mark", ["line", "area"])
@pytest.mark.thorough
def test_a_path_breaks(mark: str) -> None:
    rows = (*ROWS[:3], ("A", 2024, 8), ("A", 2025, 9))
    spec, svg = drawn(mark, rows, x=YEAR, y=PEOPLE)
    paths = [path for path in re.findall(r' d="([^"]+)"', svg) if "L" in path and "A" not in path]
    assert [path.count("M") for path in paths if path.count("M") > 1] == [2]
    assert mark_of(spec) == mark


@pytest.mark.thorough
def test_a_bar_without_a_value_keeps_its_place_and_says_so() -> None:
    spec, svg = drawn("bar", ROWS[:3], y=YEAR, x=PEOPLE)
    assert ">2022<" in svg
    assert ">no data<" in svg
    assert [row["people"] for row in spec["data"]["values"]] == [5, None, 7]


@pytest.mark.thorough
def test_areas_on_top_of_one_another_become_bars_where_one_is_not_known() -> None:
    spec, _ = drawn("area", x=YEAR, y=PEOPLE, color=COUNTY)
    assert mark_of(spec)["type"] == "bar"
    whole = tuple(row for row in ROWS if row[1] != 2022)
    assert mark_of(drawn("area", whole, x=YEAR, y=PEOPLE, color=COUNTY)[0]) == "area"
    absent = tuple(row for row in ROWS if row[2] is not None)  # no row at all is a gap as well
    assert mark_of(drawn("area", absent, x=YEAR, y=PEOPLE, color=COUNTY)[0])["type"] == "bar"


@pytest.mark.thorough
def test_a_chart_without_gaps_is_as_it_was() -> None:
    spec, _ = drawn("bar", (ROWS[0], ROWS[2]), y=YEAR, x=PEOPLE)
    assert mark_of(spec) == "bar"
