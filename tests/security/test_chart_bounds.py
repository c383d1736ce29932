"""Charts whose numbers are out of all proportion: the chart is named, and nothing is handed to the renderer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from datagazette.charts.drawing import ChartTexts, render_chart
from datagazette.charts.rules import ChartError, check_chart, check_drawing
from datagazette.describe.notation import number_text
from datagazette.messages import LANGUAGES
from datagazette.model.problems import fix, message
from datagazette.model.results import SummaryResult
from tests.conftest import Run
from tests.formats.sample import SHARE, SHARE_ROWS

Chart = dict[str, Any]
ENCODING: Chart = dict((SHARE.chart or {})["encoding"])
TEXTS = ChartTexts("Title")


def mark(**parts: Any) -> Chart:
    return {"mark": {"type": "bar", **parts}, "encoding": ENCODING}


def along(**parts: Any) -> Chart:
    return {"mark": "bar", "encoding": {**ENCODING, "x": {**ENCODING["x"], **parts}}}


def beside(**channels: Any) -> Chart:
    return {"mark": "bar", "encoding": {**ENCODING, **channels}}


# Each just beyond what is allowed, and what is just within it.
OUT_OF_RANGE = {
    "a height": ("chart.height", {**mark(), "height": 5_001}, {**mark(), "height": 5_000}),
    "a step": ("chart.height.step", {**mark(), "height": {"step": 201}}, {**mark(), "height": {"step": 200}}),
    "a length": ("chart.mark.dx", mark(dx=-2_001), mark(dx=-2_000)),
    "letters": ("chart.mark.fontSize", mark(fontSize=101), mark(fontSize=100)),
    "a point": ("chart.mark.size", mark(size=100_001), mark(size=100_000)),
    "a count of ticks": ("chart.encoding.x.axis.tickCount", along(axis={"tickCount": 101}),
                         along(axis={"tickCount": 100})),
    "ticks by the name of a time": ("chart.encoding.x.axis.tickCount", along(axis={"tickCount": "millisecond"}),
                                    along(axis={"tickCount": 5})),
    "a scale that is rounded by the name of a time": ("chart.encoding.x.scale.nice", along(scale={"nice": "second"}),
                                                      along(scale={"nice": True})),
    "a count of bins": ("chart.encoding.x.bin.maxbins", along(bin={"maxbins": 201}), along(bin={"maxbins": 200})),
    "the base of a logarithm": ("chart.encoding.x.scale.base", along(scale={"type": "log", "base": 1.9}),
                                along(scale={"type": "log", "base": 2})),
    "a dash": ("chart.mark.strokeDash", mark(strokeDash=[4, 0.2]), mark(strokeDash=[4, 0.25])),
    "a dash of a channel": ("chart.encoding.strokeDash.value", beside(strokeDash={"value": [0.2]}),
                            beside(strokeDash={"value": [2]})),
    "space between bars": ("chart.encoding.x.scale.paddingOuter", along(scale={"paddingOuter": 101}),
                           along(scale={"paddingOuter": 1})),
    "the width of a number": ("chart.encoding.x.axis.format", along(axis={"format": "100d"}),
                              along(axis={"format": "10,.2f"})),
    "a value of the data": ("chart.encoding.x.scale.domainMax", along(scale={"domainMax": 2e18}),
                            along(scale={"domainMax": 2_000_000_000_000})),
    "a value near nothing": ("chart.encoding.x.axis.tickMinStep", along(axis={"tickMinStep": 1e-19}),
                             along(axis={"tickMinStep": 0.001})),
    "no number": ("chart.height", {**mark(), "height": float("nan")}, {**mark(), "height": 300}),
    "a number without end": ("chart.mark.dx", mark(dx=float("inf")), mark(dx=0)),
}  # fmt: skip


@pytest.mark.parametrize("name", OUT_OF_RANGE)
def test_a_number_out_of_range_is_refused_with_its_place_and_the_range(name: str) -> None:
    where, refused, allowed = OUT_OF_RANGE[name]
    found = check_chart(replace(SHARE, chart=refused), "datapackage.yaml")
    assert [(one.code, dict(one.values)["where"]) for one in found] == [("chart-number", where)]
    for language in LANGUAGES:
        assert SHARE.name in message(found[0], language)
        assert where in message(found[0], language)
        assert fix(found[0], language)
    assert check_chart(replace(SHARE, chart=allowed)) == ()


@pytest.mark.parametrize("channel", ["x", "y", "color", "text", "facet"])
def test_a_list_of_definitions_is_refused_where_a_channel_has_one(channel: str) -> None:
    found = check_chart(replace(SHARE, chart=beside(**{channel: [ENCODING["x"]]})), "datapackage.yaml")
    assert [(one.code, dict(one.values)["where"]) for one in found] == [("chart-shape", f"chart.encoding.{channel}")]
    assert check_chart(replace(SHARE, chart=beside(detail=[{"field": ENCODING["x"]["field"]}]))) == ()


def rows(count: int) -> tuple[tuple[str, str, float], ...]:
    return tuple((f"名{number}", f"n{number}", float(number)) for number in range(count))


FACET = {"facet": {"field": "name", "type": "nominal", "columns": 3}}
# The rows that are too many, and what is said of them.
TOO_MUCH = {
    "more small charts than a page shows": (beside(**FACET, y={"field": "share", "type": "quantitative"}), 61,
                                            "61 > 60 small charts"),
    "small charts with many labels each": (beside(**FACET), 31, "31 × 31 > 900 labels of small charts"),
    "rows and columns of small charts": (
        {"mark": "point", "encoding": {"row": {"field": "name", "type": "nominal"},
                                       "column": {"field": "name_en", "type": "nominal"},
                                       "x": {"field": "share", "type": "quantitative"}}}, 8, "64 > 60 small charts"),
    "bins that are small beside the data": (along(bin={"step": 0.01}), 12, "1,100 > 200 bins"),
    "bins in a wide range": (along(bin={"step": 1, "extent": [0, 2_000]}), 3, "2,000 > 200 bins"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_no_picture_can_show_is_refused_before_it_is_drawn(name: str) -> None:
    chart, count, said = TOO_MUCH[name]
    result = SummaryResult(replace(SHARE, chart=chart), rows(count))
    assert check_chart(result.summary) == ()
    (found,) = check_drawing(result, ("zh", "en"), "datapackage.yaml")
    assert (found.code, dict(found.values)["summary"], dict(found.values)["found"]) == (
        "chart-too-large",
        "share",
        said,
    )
    with pytest.raises(ChartError, match=r"small charts|bins"):
        render_chart(result, "zh", "light", TEXTS)
    if "extent" not in str(chart):
        fewer = SummaryResult(result.summary, rows(2))
        assert not list(check_drawing(fewer, ("zh", "en"), "datapackage.yaml"))


def test_a_picture_of_more_pixels_than_a_screen_scrolls_through_is_not_painted() -> None:
    tall = {**mark(), "height": {"step": 200}}
    with pytest.raises(ChartError, match="pixels"):
        render_chart(SummaryResult(replace(SHARE, chart=tall), rows(310)), "en", "light", TEXTS)


@pytest.mark.parametrize("value", [1e308, -1e308, 5e-324, float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_values_of_any_size_are_drawn(value: float, language: str) -> None:
    assert number_text(value, language)
    drawn = render_chart(SummaryResult(SHARE, (*SHARE_ROWS, ("远", "far", value))), language, "light", TEXTS)
    assert drawn.png


def test_check_names_the_chart(run: Callable[..., Run], small: Path) -> None:
    place = next(path for path in sorted(small.glob("datasets/*/*/datapackage.yaml")) if "chart:" in path.read_text())
    descriptor = yaml.safe_load(place.read_text("utf-8"))
    summary = next(one for one in descriptor["summaries"] if "chart" in one)
    channel = next(iter(summary["chart"]["encoding"].values()))
    channel["axis"] = {"tickCount": 100_000}
    place.write_text(yaml.safe_dump(descriptor, allow_unicode=True, sort_keys=False), "utf-8")
    (place.parent.parent / "releases.yaml").unlink()  # a draft, which may be changed
    done = run("check", "--root", small)
    assert done.status == 1
    assert f"summary {summary['name']}" in done.said
    assert "tickCount: 100000 (0–100)" in done.said
    assert "Traceback" not in done.said
