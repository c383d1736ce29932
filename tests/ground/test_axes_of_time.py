"""An axis of time says which time it is of."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from datagazette.charts.drawing import ChartTexts, render_chart
from datagazette.charts.rules import check_chart
from datagazette.charts.spec import complete
from datagazette.charts.times import TIME
from datagazette.model.publication import Summary
from datagazette.model.resource import Field
from datagazette.model.results import SummaryResult, Value
from datagazette.model.text import plain

MONTHS = [date(2023 + month // 12, month % 12 + 1, 1) for month in range(3, 15)]


def counted(kind: str, values: list[Value], mark: object = "bar", **when: object) -> SummaryResult:
    encoding = {"x": {"field": "y", "type": "temporal", **when}, "y": {"field": "n", "type": "quantitative"}}
    chart = {"mark": mark, "encoding": encoding}
    summary = Summary("visits", plain("Visits"), "", "", (Field("y", kind), Field("n", "integer")), chart=chart)
    assert not check_chart(summary)
    return SummaryResult(summary, tuple((value, 100 + number) for number, value in enumerate(values)))


def axis(result: SummaryResult, language: str = "en") -> list[str]:
    """The labels of the drawing, in their order, but for the numbers of visits and the title."""
    drawing = render_chart(result, language, "light", ChartTexts("Visits"), with_narrow=False).plot
    found = re.findall(r"<t(?:ext|span)[^>]*>([^<]+)</t", drawing)
    return [text for text in found if not (text.isdigit() and int(text) < 1_000) and text != "n"]


@pytest.mark.parametrize("mark", ["bar", "line", "area"])
def test_years_are_years_on_an_axis_of_time(mark: str) -> None:
    assert axis(counted("year", [2021, 2022, 2023], mark)) == ["2021", "2022", "2023"]


def test_a_bar_of_a_year_is_as_wide_as_the_year() -> None:
    drawing = render_chart(
        counted("year", [2021, 2022, 2023]), "en", "light", ChartTexts("Visits"), with_narrow=False
    ).plot
    widths = [float(width) for width in re.findall(r'd="M[\d.]+,[\d.]+h([\d.]+)v', drawing)]

    assert min(widths[-3:]) > 150


def test_the_first_month_of_each_year_names_it() -> None:
    found = axis(counted("date", list(MONTHS), "line"))
    assert found[:3] == ["Apr", "2023", "May"]
    assert found[found.index("Jan") + 1] == "2024"
    assert axis(counted("yearmonth", [f"{month:%Y-%m}" for month in MONTHS]), "zh")[:2] == ["4月", "2023年"]


def test_days_and_hours_name_their_year() -> None:
    assert "2023" in axis(counted("date", [date(2023, 4, day) for day in range(1, 20)], "line"))
    assert "3 Apr 2023" in axis(counted("datetime", [datetime(2023, 4, 3, hour) for hour in range(24)], "line"))
    assert axis(counted("date", [date(2023, 4, 3)], "point")) == ["3 Apr", "2023"]


def test_what_a_chart_says_of_its_axis_itself_stays() -> None:
    """An axis with a format of its own, and a unit without a year, such as the month of any year."""
    for when in ({"axis": {"format": "%Y/%m"}}, {"timeUnit": "month"}):
        spec = complete(counted("date", list(MONTHS), "line", **when), "en", "en", 640).spec
        assert "values" not in spec["encoding"]["x"].get("axis", {})
    spec = complete(counted("year", [2021, 2022], scale={"domain": [2020, 2025]}), "en", "en", 640).spec
    assert spec["encoding"]["x"]["scale"]["domain"] == [1_577_836_800_000, 1_735_689_600_000]
    assert [row[f"{TIME}y"] for row in spec["data"]["values"]] == ["2021-01-01T00:00:00Z", "2022-01-01T00:00:00Z"]
