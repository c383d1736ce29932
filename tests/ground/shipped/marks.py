"""The marks of a chart: length, place, angle and colour of each are those of its row, and so is the number beside it.

A downloaded drawing does not say which mark is which row's, so there the order of the rows counts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from lxml.etree import _Element as Element

from tests.ground.shipped.comparing import Comparison
from tests.ground.shipped.figures import agree, figures, plain
from tests.ground.shipped.page import said
from tests.ground.shipped.search import SIGNS
from tests.ground.shipped.tables import Release, Row

# Coordinates are written as the renderer has them, so only the rounding of its arithmetic is allowed; in pixels.
CLOSE = 0.02
LINE = 0.6  # an axis is drawn half a pixel beside its place, so that its line is sharp
_NUMBER = r"(-?[\d.]+(?:e-?\d+)?)"
_BAR = re.compile(rf"M{_NUMBER},{_NUMBER}h{_NUMBER}v{_NUMBER}h-?[\d.e-]+Z")
_ARC = re.compile(rf"M{_NUMBER},{_NUMBER}A{_NUMBER},{_NUMBER},0,([01]),([01]),{_NUMBER},{_NUMBER}(?:L.*)?Z?")
_SYMBOL = "M-5,-5h10v10h-10Z"


class Point(NamedTuple):
    x: float
    y: float


class Bar(NamedTuple):
    """A rectangle: its left upper corner, and its sides."""

    x: float
    y: float
    width: float
    height: float


class Slice(NamedTuple):
    """From and to which angle, clockwise from the top, as shares of a turn."""

    start: float
    end: float


@dataclass(frozen=True)
class Mark:
    row: int
    shape: Point | Bar | Slice
    paint: str


@dataclass(frozen=True)
class Text:
    text: str
    place: Point
    row: int | None


@dataclass
class Drawing:
    """What a drawing consists of. `steps` and `names` are texts of axes and legends, `labels` those beside marks."""

    marks: list[Mark]
    axes: list[Text]
    labels: list[Text]
    legend: dict[str, str]


def _place(element: Element) -> Point:
    x = y = 0.0
    for part in (element, *element.iterancestors()):
        for found in re.finditer(r"translate\(([^,)]+),([^)]+)\)", part.get("transform", "")):
            x, y = x + float(found[1]), y + float(found[2])
    return Point(x, y)


def _paint(element: Element) -> str:
    found = re.search(r"fill:(.+)", element.get("style", ""))
    return (found[1] if found else "") or element.get("fill", "")


def read_drawing(drawing: Element) -> Drawing:
    found = Drawing([], [], [], {})
    symbol = ""
    for element in drawing.iter():
        tag = str(element.tag).rpartition("}")[2]
        if tag == "path" and _paint(element):
            if element.get("d") == _SYMBOL:
                symbol = _paint(element)
            else:
                number = int(element.get("data-row", len(found.marks)))
                found.marks.append(Mark(number, _shape(element), _paint(element)))
        elif tag == "text" and "transform" in element.attrib:
            text = Text(plain(" ".join(element.itertext())), _place(element), _row(element))
            if element.get("opacity") is None:
                found.labels.append(text)
            elif symbol:
                found.legend[symbol], symbol = text.text, ""
            else:
                found.axes.append(text)
    return found


def _row(element: Element) -> int | None:
    return int(element.get("data-row", "")) if "data-row" in element.attrib else None


def _shape(element: Element) -> Point | Bar | Slice:
    path, at = element.get("d", ""), _place(element)
    if bar := _BAR.fullmatch(path):
        x, y, width, height = map(float, bar.groups())
        return Bar(at.x + x + min(width, 0), at.y + y + min(height, 0), abs(width), abs(height))
    arc = _ARC.match(path)
    assert arc, path
    if path.count("A") > 1:  # a whole circle, which is a point
        return at
    x, y, _, _, large, clockwise, to_x, to_y = map(float, arc.groups())
    first, last = (_turn(x, y), _turn(to_x, to_y)) if clockwise else (_turn(to_x, to_y), _turn(x, y))
    last += last <= first
    assert (last - first > 0.5) == bool(large), path
    return Slice(first, last)


def _turn(x: float, y: float) -> float:
    """Clockwise from the top, as a share of a turn."""
    return round(math.atan2(x, -y) / math.tau % 1, 9) % 1


def floors(release: Release, name: str) -> Counter[str]:
    """Of one drawing: a mark for each row, and what is compared of it."""
    rows = release.summary_rows(name)
    encoding = release.summary(name)["chart"]["encoding"]
    if not any(one["type"] == "quantitative" for one in encoding.values()):  # points, each at two names
        return Counter({"name of a mark": 2 * len(rows)})
    kind = "angle of a chart" if "theta" in encoding else "length in a chart"
    return Counter({kind: len(rows), "name of a mark": len(rows)})


def compare_marks(found: Comparison, drawing: Element, release: Release, name: str, language: str, place: str) -> None:
    chart, summary, rows = read_drawing(drawing), release.summary(name), release.summary_rows(name)
    encoding = summary["chart"]["encoding"]
    there = sorted(mark.row for mark in chart.marks)
    found.same("marks of a chart", place, there, [*range(len(rows))])
    if there != [*range(len(rows))]:
        return
    measure = next((one["field"] for one in encoding.values() if one["type"] == "quantitative"), "")
    named = [_named(summary, row, language) for row in rows]
    if "theta" in encoding:
        _slices(found, chart, rows, measure, place)
    elif measure:
        _bars(found, chart, rows, encoding, measure, place)
    for mark in chart.marks:
        _names(found, chart, mark, named, encoding, measure, place)
    _labels(found, chart, summary, rows, measure, place)


def _named(summary: Mapping[str, Any], row: Row, language: str) -> set[str]:
    """What a row may be called: its texts, and the labels of its categories."""
    found = {plain(str(value)) for value in row.values()}
    for entry in summary["fields"]:
        for one in entry.get("categories", ()):
            if one["value"] == row[entry["name"]]:
                found.add(plain(said(one, "label", language)))
    return {text.replace(" ", "") for text in found}


def _slices(found: Comparison, chart: Drawing, rows: Sequence[Row], measure: str, place: str) -> None:
    values = [_amount(row, measure) for row in rows]
    total = sum(values)
    for mark in chart.marks:
        assert isinstance(mark.shape, Slice)
        share = float(values[mark.row] / total)
        shown = mark.shape.end - mark.shape.start
        right = abs(shown - share) < 0.0001
        found.same("angle of a chart", f"{place}, row {mark.row}: {shown:.4f} of a turn for {share:.4f}", right, True)
    ends = sorted(mark.shape.end % 1 for mark in chart.marks if isinstance(mark.shape, Slice))
    starts = sorted(mark.shape.start % 1 for mark in chart.marks if isinstance(mark.shape, Slice))
    close = all(abs(one - other) < 0.0001 for one, other in zip(ends, starts, strict=True))
    found.same("slices next to each other", place, close, True)


def _amount(row: Row, measure: str) -> Decimal:
    value = row[measure]
    assert isinstance(value, Decimal)
    return value


def _bars(
    found: Comparison, chart: Drawing, rows: Sequence[Row], encoding: Mapping[str, Any], measure: str, place: str
) -> None:
    """Each bar is as long as its value on one scale, that of the axis if it is shown, and begins where it should."""
    across = encoding.get("x", {}).get("field") == measure
    stacked = "color" in encoding
    bars = {mark.row: mark.shape for mark in chart.marks if isinstance(mark.shape, Bar)}
    sizes = {row: (bar.width, bar.x) if across else (bar.height, -bar.y - bar.height) for row, bar in bars.items()}
    zero, scale = _scale(chart, sizes, rows, measure, across=across)
    before: dict[object, Decimal] = {}
    category = encoding["y" if across else "x"]["field"]
    for number, row in enumerate(rows):
        value, (length, start) = _amount(row, measure), sizes[number]
        begins = before.get(row[category], Decimal(0)) if stacked else Decimal(0)
        before[row[category]] = begins + value
        right = abs(length - float(value) * scale) < CLOSE and abs(start - zero - float(begins) * scale) < CLOSE
        what = f"{place}, row {number}: {length:.2f} from {start - zero:.2f} for {value} from {begins}"
        found.same("length in a chart", what, right, True)


def _scale(
    chart: Drawing, sizes: Mapping[int, tuple[float, float]], rows: Sequence[Row], measure: str, *, across: bool
) -> tuple[float, float]:
    """Where zero is, and how many pixels one is: by the steps of the axis, else by the longest bar."""
    steps = [
        (text.place.x if across else -text.place.y, float(value.value))
        for text in chart.axes
        if (value := next(iter(figures(text.text)), None)) and value.value is not None and _is_step(text, chart, across)
    ]
    zero = min(start for _, start in sizes.values())
    if len(steps) > 1:
        (first, least), (last, most) = min(steps), max(steps)
        scale = (last - first) / (most - least)
        assert abs(zero - first + least * scale) < LINE, (zero, first)
        return zero, scale
    longest = max(sizes, key=lambda row: sizes[row][0])
    return zero, sizes[longest][0] / float(_amount(rows[longest], measure))


def _is_step(text: Text, chart: Drawing, across: bool) -> bool:
    """Whether a number belongs to the axis of amounts: in one line with others, below or left of all marks."""
    bars = [mark.shape for mark in chart.marks if isinstance(mark.shape, Bar)]
    if across:
        return text.place.y > max(bar.y + bar.height for bar in bars) and text.place.x >= min(bar.x for bar in bars)
    return text.place.x < min(bar.x for bar in bars)


def _names(
    found: Comparison, chart: Drawing, mark: Mark, named: Sequence[set[str]], encoding: Mapping[str, Any], measure: str,
    place: str,
) -> None:  # fmt: skip
    """The name on the axis nearest to a mark, and that of its colour in the legend, are those of its row."""
    every, own = set().union(*named), named[mark.row]
    for axis in ("x", "y"):
        if axis in encoding and encoding[axis]["field"] != measure:
            middle = _middle(mark.shape, axis)
            names = [text for text in chart.axes if text.text.replace(" ", "") in every and _on_axis(text, chart, axis)]
            nearest = min(names, key=lambda text: abs(_middle(text.place, axis) - middle), default=None)
            shown = nearest.text.replace(" ", "") if nearest else None
            found.one_of("name of a mark", f"{place}, row {mark.row}, {axis}", shown, own)
    if "color" in encoding:
        shown = chart.legend.get(mark.paint, "").replace(" ", "")
        found.one_of("name of a mark", f"{place}, row {mark.row}, colour {mark.paint}", shown, own)


def _middle(shape: Point | Bar | Slice, axis: str) -> float:
    assert not isinstance(shape, Slice)
    middle = shape.x if axis == "x" else shape.y
    if isinstance(shape, Bar):
        middle += (shape.width if axis == "x" else shape.height) / 2
    return middle


def _on_axis(text: Text, chart: Drawing, axis: str) -> bool:
    shapes = [mark.shape for mark in chart.marks if not isinstance(mark.shape, Slice)]
    if axis == "x":
        return text.place.y > max(_middle(shape, "y") for shape in shapes)
    return text.place.x < min(shape.x for shape in shapes)


def _labels(
    found: Comparison, chart: Drawing, summary: Mapping[str, Any], rows: Sequence[Row], measure: str, place: str
) -> None:
    """The numbers beside the marks, with the sign of how sure they are."""
    if not measure or not chart.labels:
        return
    entry = next(one for one in summary["fields"] if one["name"] == measure)
    bound = next((one["name"] for one in summary["fields"] if one.get("role") == "bound"), "")
    for number, label in enumerate(chart.labels):
        row = rows[label.row if label.row is not None else number]
        sure = entry.get("bound") or (str(row[bound]) if bound else "exact")
        found.same(
            "bound in a chart", f"{place}, {label.text!r}", "".join(re.findall("[≥≤≈]", label.text)), SIGNS[sure]
        )
        right = agree(figures(label.text), [_amount(row, measure)])
        found.same("number beside a mark", f"{place}, {label.text!r} of {row[measure]}", right, True)
    found.same("numbers beside marks", place, len(chart.labels), len(rows))
