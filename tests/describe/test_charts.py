"""Charts: what a stranger's specification may say, and what is drawn from it."""

from __future__ import annotations

import json
import re
import struct
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import vl_convert

from datagazette.charts import svg as chart_svg
from datagazette.charts.drawing import PALETTES, Chart, ChartTexts, Scheme, render_chart
from datagazette.charts.fitting import turned, uncut
from datagazette.charts.fonts import prepare_fonts, small_font
from datagazette.charts.palette import DARK, FONT, LIGHT, Palette, config
from datagazette.charts.rules import ChartError, bounded, check_chart
from datagazette.charts.spec import complete, lines_of, wrapped
from datagazette.describe.notation import number_text
from datagazette.messages import LANGUAGES
from datagazette.model.problems import fix, message
from datagazette.model.publication import Summary
from datagazette.model.results import SummaryResult
from tests.formats.sample import ATTACK, SHARE, SHARE_ROWS, field, words

BAR = SHARE.chart or {}
RESULT = SummaryResult(SHARE, SHARE_ROWS)
TEXTS = ChartTexts("标题", "说明", "≥ 表示下限。", "来源：公报", "样本")


def with_chart(chart: Any) -> Summary:
    return replace(SHARE, chart=chart)


def changed(**parts: Any) -> dict[str, Any]:
    return {**BAR, **parts}


def in_x(**parts: Any) -> dict[str, Any]:
    encoding = dict(BAR["encoding"])
    return changed(encoding={**encoding, "x": {**encoding["x"], **parts}})


REFUSED = {
    "data of its own": ("chart-key", changed(data={"url": "https://example.com/x.csv"})),
    "a transform": ("chart-key", changed(transform=[{"calculate": "1", "as": "a"}])),
    "parameters": ("chart-key", changed(params=[{"name": "p", "expr": "1"}])),
    "configuration": ("chart-key", changed(config={"font": "x"})),
    "a title": ("chart-key", changed(title="Look")),
    "other views": ("chart-key", {"hconcat": [BAR]}),
    "an expression for a label": ("chart-key", in_x(axis={"labelExpr": "datum.value"})),
    "an expression for a value": ("chart-shape", in_x(scale={"domainMax": {"expr": "1"}})),
    "a signal": ("chart-shape", in_x(axis={"tickCount": {"signal": "1"}})),
    "a condition": ("chart-key", in_x(condition={"test": "true", "value": 1})),
    "a link": ("chart-key", changed(encoding={**BAR["encoding"], "href": {"field": "name"}})),
    "a picture": ("chart-mark", changed(mark={"type": "image"})),
    "a map": ("chart-mark", changed(mark="geoshape")),
    "an address in a mark": ("chart-key", changed(mark={"type": "bar", "url": "x"})),
    "an address in a colour": ("chart-shape", in_x(scale={"range": ["url(https://example.com/)"]})),
    "a text on an axis": ("chart-text", in_x(title="Share")),
    "a text in the plot": ("chart-text", changed(mark="text", encoding={"text": {"value": "hello"}})),
    "an unknown field": ("chart-field", in_x(field="other")),
    "an unknown field to sort by": ("chart-field", in_x(sort={"field": "other"})),
    "a field that is a path": ("chart-field", in_x(field={"repeat": "row"})),
    "an unknown type": ("chart-shape", in_x(type="geojson")),
    "no mark": ("chart-shape", {"encoding": BAR["encoding"]}),
    "a mark beside layers": ("chart-shape", changed(layer=[{"mark": "bar"}])),
    "a layer in a layer": ("chart-key", {"layer": [{"mark": "bar", "layer": []}]}),
    "too many layers": ("chart-shape", {"layer": [{"mark": "bar"}] * 9}),
    "a long list": ("chart-shape", in_x(scale={"domain": list(range(1000))})),
    "much of everything": ("chart-too-large", in_x(scale={"domain": ["x" * 100] * 300})),
    "a word for an axis": ("chart-shape", in_x(axis="bottom")),
    "a list for a type": ("chart-shape", in_x(type=["nominal"])),
    "a place that is a text": ("chart-value", in_x(bandPosition="0.5")),
    "a text among times": ("chart-value", in_x(type="temporal", timeUnit="year", axis={"values": ["1 + 1"]})),
    "a text among times of a layer": (
        "chart-value",
        {"encoding": {"x": {"timeUnit": "year"}}, "layer": [{"mark": "bar", "encoding": {"x": {"sort": ["f(1)"]}}}]},
    ),
    "no mapping": ("chart-shape", changed(encoding=["x"])),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    code, chart = REFUSED[name]
    found = check_chart(with_chart(chart), "datapackage.yaml")
    assert code in {one.code for one in found}
    for one in found:
        said = " ".join(message(one, language) + fix(one, language) for language in LANGUAGES)
        assert not re.search(r"\$(summary|where|found)", said)


@pytest.mark.parametrize(
    "chart",
    [
        None,
        BAR,
        in_x(title=None, sort="-x", scale={"domain": [0, 100]}, axis={"tickCount": 3}),
        {"layer": [{"mark": {"type": "line", "point": True}}, {"mark": "rule"}], "encoding": BAR["encoding"]},
        in_x(type="temporal", timeUnit="year", sort="-y", scale={"domain": ["2020", "2026-01-31"]}, bandPosition=0.5),
        in_x(scale=None, axis=None, legend=None),
        changed(mark={"type": "bar", "cornerRadius": 2}, height={"step": 30}, view={"stroke": None}),
    ],
)
def test_accepted(chart: Any) -> None:
    assert check_chart(with_chart(chart)) == ()


def test_words_come_from_the_fields_in_each_language() -> None:
    chinese, english = (complete(RESULT, language, "zh", 640) for language in ("zh", "en"))
    assert chinese.measure == "share 的名称（%）"
    assert english.measure == "Title of share (%)"
    assert chinese.spec["encoding"]["y"]["field"] == "name"
    assert english.spec["encoding"]["y"]["field"] == "name_en"
    assert [row["__label"] for row in chinese.spec["data"]["values"]] == ["≥ 38.63", "≥ 12.5"]
    assert chinese.bounds == ("at_least",)


def test_categories_have_their_labels_and_lists_follow_them() -> None:
    chart = in_x()
    chart["encoding"]["y"] = {"field": "name", "type": "nominal", "sort": ["上海", "北京"]}
    spec = complete(SummaryResult(with_chart(chart), SHARE_ROWS), "en", "zh", 640).spec
    assert spec["encoding"]["y"]["sort"] == ["Shanghai", "Beijing"]


def test_names_that_vega_would_take_for_paths() -> None:
    fields = (field("a.b[0]"), field("it's", "number"))
    encoding = {"x": {"field": "a.b[0]", "type": "nominal"}, "y": {"field": "it's", "type": "quantitative"}}
    summary = Summary("odd", words("甲", "A"), "", "", fields, chart={"mark": "bar", "encoding": encoding})
    drawn = render_chart(SummaryResult(summary, (("one", 12.0), ("two", 7.0))), "en", "light", TEXTS)
    assert ">one<" in drawn.svg
    assert ">12<" in drawn.svg


@pytest.fixture(scope="module")
def drawn() -> Chart:
    return render_chart(RESULT, "zh", "light", TEXTS, name="people-1.1.0-share")


def test_picture_has_title_measure_caveat_and_source(drawn: Chart) -> None:
    root = ElementTree.fromstring(drawn.svg)
    texts = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    for wanted in ("标题", "share 的名称（%）", "≥ 表示下限。", "来源：公报", "样本", "≥ 38.63", "北京"):
        assert wanted in texts
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "标题"
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == "说明"
    assert root.get("role") == "img"


def test_picture_is_drawn_with_its_letters(drawn: Chart) -> None:
    width, height = struct.unpack(">II", drawn.png[16:24])
    assert (width, height) == (drawn.width * 2, drawn.height * 2)
    without = render_chart(RESULT, "zh", "light", ChartTexts(""), name="people-1.1.0-share")
    assert len(drawn.png) > len(without.png) + 2000


def test_picture_is_the_same_each_time(drawn: Chart) -> None:
    render_chart(RESULT, "en", "dark", TEXTS)
    again = render_chart(RESULT, "zh", "light", TEXTS, name="people-1.1.0-share")
    assert (again.svg, again.png, again.plot, again.spec) == (drawn.svg, drawn.png, drawn.plot, drawn.spec)


def test_pictures_on_one_page_share_no_ids(drawn: Chart) -> None:
    other = render_chart(RESULT, "zh", "dark", TEXTS, name="people-1.1.0-share")
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in (drawn.svg, drawn.plot, other.svg)]
    assert not ids[0] & ids[1]
    assert not ids[0] & ids[2]


def test_svg_holds_nothing_that_runs_or_asks() -> None:
    attacked = ChartTexts(ATTACK, '"><script>alert(1)</script>', source="<image href='x'/>")
    result = replace(RESULT, rows=(("<script>", ATTACK, 1.0), ("javascript:", "\x00", 2.0)))
    for text in (render_chart(result, "zh", "light", attacked).svg, render_chart(result, "en", "light", attacked).plot):
        names = {one.tag.rpartition("}")[2] for one in ElementTree.fromstring(text).iter()}
        assert names <= {"svg", "title", "desc", "g", "path", "rect", "line", "text", "tspan", "clipPath", "defs"}
        assert "href" not in re.sub(r">[^<]*<", "><", text)
        assert not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", text))


def test_plot_follows_the_scheme_of_the_page(drawn: Chart) -> None:
    assert f"fill:var(--chart-accent,{LIGHT.accent})" in drawn.plot
    assert "标题" in drawn.plot.partition("</title>")[0]
    assert ">标题</text>" not in drawn.plot


def shaded(kind: str, scheme: Scheme) -> Chart:
    """Five bars in five shades."""
    encoding = {"x": {"field": "who", "type": "nominal"}, "y": {"field": "count", "type": "quantitative"},
                "color": {"field": "step", "type": kind}}  # fmt: skip
    fields = (field("who"), field("count", "integer"), field("step", "integer"))
    summary = Summary("shades", words("甲", "A"), "", "", fields, chart={"mark": "bar", "encoding": encoding})
    rows = tuple((f"{number}", number, number) for number in range(1, 6))
    return render_chart(SummaryResult(summary, rows), "en", scheme, TEXTS, with_narrow=False)


@pytest.mark.parametrize(("scheme", "palette"), PALETTES.items())
def test_every_shade_is_its_own_in_each_scheme(scheme: Scheme, palette: Palette) -> None:
    chart = shaded("ordinal", scheme)
    for number, colour in enumerate(palette.ramp, start=1):
        assert f'fill="{colour}"' in chart.svg
        assert f"fill:var(--chart-ramp-{number},{colour})" in chart.plot
    assert not re.search("#0000[0-9]{2}", chart.svg + chart.plot)


@pytest.mark.parametrize(("scheme", "palette"), PALETTES.items())
def test_mixed_shades_are_of_the_scheme(scheme: Scheme, palette: Palette) -> None:
    first = ", ".join(str(int(palette.ramp[0][place : place + 2], 16)) for place in (1, 3, 5))
    chart = shaded("quantitative", scheme)
    assert f"rgb({first})" in chart.svg
    assert f'fill="{palette.surface}"' in chart.svg
    assert not re.search("#0000[0-9]{2}", chart.svg + chart.plot)


def test_specification_to_download_is_whole(drawn: Chart) -> None:
    assert drawn.spec["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json"
    assert drawn.spec["title"]["text"] == "标题"
    assert len(drawn.spec["data"]["values"]) == 2
    json.dumps(drawn.spec)


MANY = {
    "line": ({"type": "line", "point": True}, "temporal"),
    "area": ("area", "temporal"),
    "point": ("point", "quantitative"),
    "rect": ("rect", "ordinal"),
}


@pytest.mark.parametrize("mark", MANY)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_other_marks_are_drawn(mark: str, language: str) -> None:
    kind = {"temporal": "date", "quantitative": "year", "ordinal": "year"}[MANY[mark][1]]
    fields = (field("when", kind), field("who"), field("count", "integer", unit=words("人", "persons")))
    encoding = {
        "x": {"field": "when", "type": MANY[mark][1]},
        "y": {"field": "count", "type": "quantitative"},
        "color": {"field": "who", "type": "nominal"},
    }
    summary = Summary("many", words("甲", "A"), "", "", fields, chart={"mark": MANY[mark][0], "encoding": encoding})
    assert check_chart(summary) == ()
    days = [date(2019 + n, 1, 1) if kind == "date" else 2019 + n for n in range(4)]
    rows = tuple((day, who, 100_000 * (n + 1)) for n, day in enumerate(days) for who in ("甲", "乙"))
    drawn = render_chart(SummaryResult(summary, rows), language, "dark", TEXTS, with_narrow=False)
    assert (" 万<" in drawn.svg) == (language == "zh")
    assert "2019" in drawn.svg
    assert drawn.narrow_plot == ""


def test_arcs_say_their_numbers() -> None:
    encoding = {"theta": {"field": "share", "type": "quantitative"}, "color": {"field": "name", "type": "nominal"}}
    summary = with_chart({"mark": "arc", "encoding": encoding})
    assert "≥ 12.5" in render_chart(SummaryResult(summary, SHARE_ROWS), "zh", "light", TEXTS, with_narrow=False).svg


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a"), ("城市", "其他")])
@pytest.mark.parametrize("sort", [{}, {"sort": None}])
def test_numbers_stand_at_their_arcs(names: tuple[str, str], sort: dict[str, None]) -> None:
    """The first part begins at the top and turns right, whatever the parts are called."""
    color = {"field": "name", "type": "nominal", **sort}
    summary = with_chart({"mark": "arc", "encoding": {"theta": {"field": "share", "type": "quantitative"},
                                                      "color": color}})  # fmt: skip
    rows = tuple((name, name, share) for name, share in zip(names, (10.0, 90.0), strict=True))
    drawn = render_chart(SummaryResult(summary, rows), "zh", "light", TEXTS, with_narrow=False).svg
    small, large = (
        float(re.search(rf"<text[^>]*translate\(([-\d.]+),[^>]*>≥ {share}</text>", drawn)[1])  # type: ignore[index]
        for share in (10, 90)
    )
    assert small > large
    assert re.findall(r'A105,105,0,(\d)[^>]*fill="(#\w+)"', drawn) == [("0", "#0b6e75"), ("1", "#c9730a")]


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (829_000, "82.9 万", "829,000"),
        (660_001, "660,001", "660,001"),
        (12_000, "12,000", "12,000"),
        (1_412_120_000, "14.12 亿", "1,412,120,000"),
        (31.0543, "31.05", "31.05"),
        (0.00123456, "0.00123", "0.00123"),
        (-5, "-5", "-5"),
        (0, "0", "0"),
    ],
)
def test_numbers_as_people_read_them(value: float, chinese: str, english: str) -> None:
    assert number_text(value, "en") == english
    if value != 1_412_120_000:
        assert number_text(value, "zh") == chinese


def test_lines_break_where_a_reader_expects() -> None:
    assert lines_of("新疆生产建设兵团，及其所属各农场", 16) == ["新疆生产建设兵团，", "及其所属各农场"]
    english = lines_of("Correction and rehabilitation of offenders", 26)
    assert english == ["Correction and", "rehabilitation of", "offenders"]
    assert lines_of("", 10) == []


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("text", ["\x1b[31m", "\x00", "\ufffe", "x" * 5_000, "<script>" * 100])
def test_texts_that_a_renderer_chokes_on_are_drawn_within_seconds(text: str) -> None:
    """At a control character it would end the whole process, and each sign of a long label costs it milliseconds."""
    rows = tuple((f"{number}{text}{row[0]}", *row[1:]) for number, row in enumerate(SHARE_ROWS))
    began = time.process_time()
    chart = render_chart(SummaryResult(SHARE, rows), "zh", "light", TEXTS, with_narrow=False)
    assert time.process_time() - began < 60
    assert len(chart.svg) < 100_000
    ElementTree.fromstring(chart.svg)


def test_labels_that_are_cut_stay_different() -> None:
    spec = {"data": {"values": [{"a": "x" * 500 + end} for end in ("1", "2", "1")]}}
    drawn = [row["a"] for row in bounded(spec)["data"]["values"]]
    assert drawn[0] == drawn[2] != drawn[1]
    assert max(map(len, drawn)) < 130


def test_more_text_than_a_chart_shows_is_refused() -> None:
    with pytest.raises(ChartError, match="signs of text"):
        bounded({"data": {"values": [{"a": f"{number:0100}"} for number in range(1000)]}})


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_colours_stand_out(palette: Palette) -> None:
    assert all(contrast(colour, palette.surface) >= 3 for colour in (*palette.series, palette.accent))
    assert contrast(palette.ink, palette.surface) >= 7
    assert contrast(palette.muted, palette.surface) >= 4.5


def test_a_chart_measured_with_its_own_letters_is_as_with_the_whole_font() -> None:
    prepare_fonts()
    texts = ("乡、镇和街道", "全部乡级单位 and a long label", "Łódź fi ffl AVATAR", "永和九年，岁在癸丑", "شمال")
    encoding = {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"},
                "color": {"field": "a", "type": "nominal"}}  # fmt: skip
    spec = {"data": {"values": [{"a": text, "b": 1234.5 * len(text)} for text in texts]}, "mark": "bar",
            "encoding": encoding}  # fmt: skip
    small = small_font(frozenset(json.dumps(spec, ensure_ascii=False)))
    one, other = (
        vl_convert.vegalite_to_svg(spec | {"config": {**look, "font": font}}, vl_version="6.4").replace(font, "")
        for look in [{"axis": {"labelLimit": 90}, "legend": {"orient": "top"}}]
        for font in (FONT, small)
    )
    assert one == other
    assert "永和" in one


@pytest.mark.parametrize(("first", "limit"), [("上海", 0), ("A label that is longer than a label may be, by far", 280)])
def test_only_labels_that_may_be_too_long_are_looked_at_for_what_to_cut(first: str, limit: int) -> None:
    prepare_fonts()
    encoding = {"y": {"field": "a", "type": "nominal"}, "x": {"field": "b", "type": "quantitative"}}
    spec = {"data": {"values": [{"a": first, "b": 1}, {"a": "B", "b": 2}]}, "mark": "bar", "encoding": encoding}
    looks = (config(LIGHT), uncut(spec, config(LIGHT)))
    assert looks[1]["axis"]["labelLimit"] == limit
    one, other = (vl_convert.vegalite_to_svg(spec | {"config": look}, vl_version="6.4") for look in looks)
    assert one == other


def test_unclean_svg_is_cleaned() -> None:
    dirty = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>1</script>'
        '<a href="x"><path d="M0,0h1"/></a>'
        '<g id="clip7" onclick="x"><rect fill="url(#clip7)" stroke="url(https://e.com)" width="1"/></g></svg>'
    )
    written = chart_svg.write(chart_svg.parse(dirty, "p"), "sans-serif", "p", "", "")
    assert 'id="chart-p-1"' in written
    assert 'fill="url(#chart-p-1)"' in written
    assert not re.search("script|href|onclick|e\\.com", written)


def _months(*names: str) -> SummaryResult:
    chart = {"mark": "bar", "encoding": {"x": {"field": "name", "type": "ordinal", "sort": None},
                                         "y": {"field": "value", "type": "quantitative"}}}  # fmt: skip
    fields = (field("name"), field("value", "number", role="value"))
    rows = tuple((name, 1000.5 + number) for number, name in enumerate(names))
    return SummaryResult(replace(SHARE, fields=fields, chart=chart), rows)


@pytest.mark.parametrize(
    ("names", "turn"),
    [
        (["January 2024", "February 2024", "March 2024"], {}),
        ([f"September {year}" for year in range(2010, 2022)], {"labelAngle": -45}),
        ([f"Place number {number}" for number in range(80)], {"labelAngle": -90, "labelOverlap": True}),
    ],
)
def test_labels_below_a_chart_that_lack_room_are_turned(names: list[str], turn: dict[str, Any]) -> None:
    result = _months(*names)
    spec = turned(wrapped(bounded(complete(result, "en", "zh", 640).spec)))
    axis = spec["encoding"]["x"].get("axis", {})
    assert {key: axis[key] for key in ("labelAngle", "labelOverlap") if key in axis} == turn
    drawn = render_chart(result, "en", "light", TEXTS, with_narrow=False).svg
    angles = {int(angle) % 360 - 360 for angle in re.findall(r"rotate\((-?[0-9]+)", drawn)} - {-360}
    assert (turn.get("labelAngle") in angles) == bool(turn)
    kept = turned(wrapped(bounded(complete(with_axis(result, labelAngle=0), "en", "zh", 640).spec)))
    assert kept["encoding"]["x"]["axis"]["labelAngle"] == 0, "as its maker says"


def with_axis(result: SummaryResult, **axis: Any) -> SummaryResult:
    chart = json.loads(json.dumps(result.summary.chart))
    chart["encoding"]["x"]["axis"] = axis
    return replace(result, summary=replace(result.summary, chart=chart))
