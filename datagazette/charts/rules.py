"""What a chart in a descriptor may say: marks and encodings of its summary's fields, nothing that runs, and no more
than can be drawn.

A chart is an untrusted Vega-Lite specification. Vega-Lite can load addresses, evaluate expressions and hold texts; only
what these lists name is accepted, everything else is refused. The renderer measures text character by character,
aborts at what is not XML, and takes hours for pictures that are too dense to read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from datagazette.charts.spec import FACETS, channels, complete, mark_type, timed_channels, unescaped
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Summary
from datagazette.model.results import SummaryResult
from datagazette.model.text import for_xml

MARKS = frozenset({"bar", "line", "area", "point", "circle", "square", "rule", "text", "tick", "rect", "arc", "trail"})
POSITIONS = ("x", "y", "x2", "y2", "xOffset", "yOffset", "theta", "theta2", "radius", "radius2")
CHANNELS = frozenset(
    {*POSITIONS, "color", "fill", "stroke", "opacity", "fillOpacity", "strokeOpacity", "strokeDash", "strokeWidth"}
    | {"size", "shape", "text", "detail", "order", "row", "column", "facet"}
)
_LISTED = frozenset({"detail", "order"})  # may have several definitions
_TYPES = frozenset({"quantitative", "nominal", "ordinal", "temporal"})
_MOST_LAYERS, _SPEC_BYTES = 8, 20_000

# A key that holds a mapping names the list of keys that it may have; `*`: plain values only, `#`: a number, which
# Vega-Lite writes into an expression as it is.
_PLAIN, _NUMBER = "*", "#"
# So it does with texts that are values of a time but no dates, such as names of months.
_TIME = re.compile(r"[A-Za-z]{1,20}|[0-9]{1,4}(-[0-9]{1,2}(-[0-9]{1,2}([T ][0-9:.]{1,15}Z?)?)?)?")
_TIMED = (("datum",), ("value",), ("sort",), ("axis", "values"), ("legend", "values"), ("scale", "domain"),
          ("scale", "domainMin"), ("scale", "domainMid"), ("scale", "domainMax"))  # fmt: skip


# fmt: off
def _plain_keys(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), _PLAIN)


_LISTS: Mapping[str, Mapping[str, str]] = {
    "top": {
        "$schema": _PLAIN, "mark": "mark", "encoding": "encoding", "layer": "layer", "width": "size", "height": "size",
        "resolve": "resolve", "view": "view",
    },
    "layer": {"mark": "mark", "encoding": "encoding"},
    "mark": _plain_keys(
        "type align angle baseline clip cornerRadius cornerRadiusEnd dx dy filled fillOpacity fontSize fontWeight "
        "innerRadius interpolate invalid line opacity orient outerRadius padAngle point radius shape size strokeCap "
        "strokeDash strokeOpacity strokeWidth tension theta thickness width height binSpacing"
    ),
    "channel": {
        **_plain_keys("field type aggregate format columns value datum title spacing"),
        "bandPosition": _NUMBER, "axis": "axis", "legend": "legend", "scale": "scale", "sort": "sort",
        "stack": _PLAIN, "bin": "bin", "timeUnit": _PLAIN, "header": "axis",
    },
    "axis": {"bandPosition": _NUMBER} | _plain_keys(
        "domain format grid gridDash gridOpacity gridWidth labelAlign labelAngle labelBaseline labelBound labelFlush "
        "labelLimit labelOverlap labelPadding labels maxExtent minExtent offset orient tickBand tickCount tickMinStep "
        "tickSize ticks title titlePadding values zindex"
    ),
    "legend": _plain_keys(
        "clipHeight columnPadding columns direction format gradientLength labelLimit offset orient padding rowPadding "
        "symbolSize symbolType tickCount title type values"
    ),
    "scale": _plain_keys(
        "align base bins clamp constant domain domainMax domainMid domainMin exponent interpolate nice padding "
        "paddingInner paddingOuter range rangeMax rangeMin reverse round type zero"
    ),
    "sort": _plain_keys("field op order encoding"),
    "bin": _plain_keys("base binned extent maxbins minstep nice step steps"),
    "size": {"step": _PLAIN},
    "resolve": {"scale": "shared", "axis": "shared", "legend": "shared"},
    "shared": dict.fromkeys(CHANNELS, _PLAIN),
    "view": {"stroke": _PLAIN},
}
# fmt: on
# Lists that say what a mapping holds, in the place of which there may only be nothing.
_PARTS = frozenset({"axis", "legend", "scale", "resolve", "shared", "view"})
# What a picture can show. A number without a range of its own is a length in pixels, an angle or a share; those of
# _DATA are values of the data, of whatever size.
_LENGTH = (-2_000, 2_000)
_RANGES: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("width", "height"), (1, 5_000)),
    **dict.fromkeys(("size", "range", "rangeMax", "rangeMin", "value", "symbolSize"), (-100_000, 100_000)),
    **dict.fromkeys(("tickCount", "nice", "columns"), (0, 100)),
    **dict.fromkeys(("padding", "paddingInner", "paddingOuter", "strokeWidth", "thickness"), (0, 100)),
    "step": (1, 200),
    "fontSize": (1, 100),
    "maxbins": (1, 200),
    "base": (2, 1_000),
    "exponent": (0.01, 100),
}
_DATA = {"domain", "domainMax", "domainMid", "domainMin", "values", "datum", "bins", "constant", "tickMinStep"}
_BINS = {"extent", "step", "steps", "minstep"}
_LARGEST_DATA, _SMALLEST_DATA = 1e18, 1e-18
_DASHES = ("strokeDash", "gridDash")
_SHORTEST_DASH = 0.25
# Names of days, months and the like: how many there are depends on what the data span.
_COUNTS = ("tickCount", "nice")
_WIDE = re.compile(r"\d{3}")  # in a number's format: hundreds of spaces or digits
# Text that readers see comes from the fields' titles, in their language; only its absence may be asked for.
_TEXTS = ("title",)

# A label is 280 pixels wide at most; the renderer takes milliseconds for each character that it must cut off.
_LONGEST = 120
_MOST = 20_000  # characters of all different texts in a chart's data
_MOST_FACETS = 60  # small charts in one picture
_MOST_BANDS = 900  # of all small charts together; each band has a label
_MOST_BINS = 200
_WIDTH = 640  # pixels, as a page has

# Code of the problem, place in the chart, what was found there.
Fault = tuple[str, str, str]
Data = Sequence[Mapping[str, Any]]


class ChartError(Exception):
    """The specification passed its check and still cannot be drawn."""


class ChartTooLarge(ChartError):
    """It would be more than a picture can show."""


def check_chart(summary: Summary, file: str = "") -> tuple[Problem, ...]:
    """What is wrong with a summary's chart; `file` is its descriptor."""
    if summary.chart is None:
        return ()
    place = file or summary.file
    return tuple(problem(code, place, None, summary=summary.name, where=where, found=found)
                 for code, where, found in _faults(summary))  # fmt: skip


def _faults(summary: Summary) -> Iterator[Fault]:
    chart = summary.chart or {}
    if len(str(chart)) > _SPEC_BYTES:
        yield "chart-too-large", "chart", f"{len(str(chart))} > {_SPEC_BYTES}"
        return
    layers = chart.get("layer")
    if ("mark" in chart) == ("layer" in chart):
        yield "chart-shape", "chart", "mark, layer"
    yield from _mapping(chart, "top", "chart", summary)
    yield from _times(chart)
    if layers is not None and not (isinstance(layers, list | tuple) and 1 <= len(layers) <= _MOST_LAYERS):
        yield "chart-shape", "chart.layer", f"1-{_MOST_LAYERS}"


def _mapping(found: Any, kind: str, where: str, summary: Summary) -> Iterator[Fault]:
    """The faults of a mapping whose keys must be in the list `kind`."""
    if not isinstance(found, Mapping):
        yield "chart-shape", where, _short(found)
        return
    allowed = _LISTS[kind]
    for key, value in found.items():
        if key not in allowed:
            yield "chart-key", f"{where}.{key}", ", ".join(sorted(allowed))
        elif key in _TEXTS and value is not None:
            yield "chart-text", f"{where}.{key}", _short(value)
        else:
            yield from _value(value, allowed[key], f"{where}.{key}", summary)
            yield from _size(value, key, kind, f"{where}.{key}")


def _value(value: Any, kind: str, where: str, summary: Summary) -> Iterator[Fault]:
    if kind == _PLAIN:
        yield from _plain(value, where)
    elif kind == _NUMBER:
        yield from _number(value, where)
    elif kind == "encoding":
        yield from _encoding(value, where, summary)
    elif kind == "layer":
        yield from _layers(value, where, summary)
    elif kind == "mark":
        yield from _mark(value, where, summary)
    elif kind == "sort" and isinstance(value, Mapping):
        yield from _mapping(value, "sort", where, summary)
        yield from _field(value, where, summary)
    elif isinstance(value, Mapping):
        yield from _mapping(value, kind, where, summary)
    elif kind not in _PARTS:
        yield from _plain(value, where)
    elif value is not None:
        yield "chart-shape", where, _short(value)


def _layers(value: Any, where: str, summary: Summary) -> Iterator[Fault]:
    for number, layer in enumerate(value if isinstance(value, list | tuple) else ()):
        yield from _mapping(layer, "layer", f"{where}[{number}]", summary)
        if isinstance(layer, Mapping) and "mark" not in layer:
            yield "chart-shape", f"{where}[{number}]", "mark"


def _mark(value: Any, where: str, summary: Summary) -> Iterator[Fault]:
    name = mark_type({"mark": value})
    if not isinstance(name, str) or name not in MARKS:
        yield "chart-mark", where, _short(name)
    if isinstance(value, Mapping):
        yield from _mapping(value, "mark", where, summary)


def _encoding(value: Any, where: str, summary: Summary) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield "chart-shape", where, _short(value)
        return
    for channel, definition in value.items():
        if channel not in CHANNELS:
            yield "chart-key", f"{where}.{channel}", ", ".join(sorted(CHANNELS))
            continue
        # Elsewhere Vega-Lite takes no list, and a list is no mapping, so that it is refused.
        is_list = isinstance(definition, list | tuple) and channel in _LISTED
        for part in definition if is_list else [definition]:
            yield from _mapping(part, "channel", f"{where}.{channel}", summary)
            if isinstance(part, Mapping):
                yield from _field(part, f"{where}.{channel}", summary)
                if str(part.get("type", "nominal")) not in _TYPES:
                    yield "chart-shape", f"{where}.{channel}.type", _short(part.get("type"))
                if channel == "text" and not part.keys().isdisjoint(("value", "datum")):
                    yield "chart-text", f"{where}.text", _short(part.get("value", part.get("datum")))


def _field(found: Mapping[str, Any], where: str, summary: Summary) -> Iterator[Fault]:
    name = found.get("field")
    if name is not None and (not isinstance(name, str) or summary.field(name) is None):
        yield "chart-field", f"{where}.field", _short(name)


def _times(chart: Mapping[str, Any]) -> Iterator[Fault]:
    """Texts among the values of times that Vega-Lite would take for expressions."""
    timed = timed_channels(chart)
    for place, channel, definition in channels(chart):
        for path in _TIMED if channel in timed else ():
            value: Any = definition
            for key in path:
                value = value.get(key) if isinstance(value, Mapping) else None
            listed = value if isinstance(value, list | tuple) else [] if path == ("sort",) else [value]
            for text in listed:
                if isinstance(text, str) and not _TIME.fullmatch(text):
                    yield "chart-value", ".".join((place, *path)), _short(text)


def _size(value: Any, key: str, kind: str, where: str) -> Iterator[Fault]:
    """A number that is out of all proportion to a picture; `kind` is the mapping that has the key."""
    allowed, is_allowed = _range(key, kind, where)
    for member in value if isinstance(value, list | tuple) else [value]:
        if isinstance(member, str) and ((key in _COUNTS) or (key == "format" and _WIDE.search(member))):
            yield "chart-number", where, f"{_short(member)} (0–100)"
        elif isinstance(member, int | float) and not isinstance(member, bool) and not is_allowed(member):
            yield "chart-number", where, f"{_short(member)} ({allowed})"


def _range(key: str, kind: str, where: str) -> tuple[str, Callable[[float], bool]]:
    """The numbers that a key may have, as a message says it and as a test."""
    if key in _DATA or (kind == "bin" and key in _BINS):
        text = f"0, ±{_SMALLEST_DATA:g}–{_LARGEST_DATA:g}"
        return text, lambda value: value == 0 or _SMALLEST_DATA <= abs(value) <= _LARGEST_DATA
    if key in _DASHES or (key == "value" and where.split(".")[-2] in _DASHES):
        text = f"0, {_SHORTEST_DASH:g}–{_LENGTH[1]}"
        return text, lambda value: value == 0 or _SHORTEST_DASH <= value <= _LENGTH[1]
    least, most = _RANGES.get(key, _LENGTH)
    return f"{least:g}–{most:,}" if least >= 0 else f"±{most:,}", lambda value: least <= value <= most


def _plain(value: Any, where: str) -> Iterator[Fault]:
    """A number, a word or a short list of them."""
    listed = value if isinstance(value, list | tuple) else [value]
    if len(listed) > 200 or not all(map(_is_harmless, listed)):
        yield "chart-shape", where, _short(value)


def _number(value: Any, where: str) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield "chart-value", where, _short(value)


def _is_harmless(value: Any) -> bool:
    """No address, also not one that a colour or a pattern could hide (`url(...)`)."""
    if not isinstance(value, str):
        return value is None or isinstance(value, bool | int | float)
    folded = value.lower().replace(" ", "")
    return len(value) <= 200 and not any(part in folded for part in ("url(", "://", "javascript:"))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def check_drawing(result: SummaryResult, languages: Sequence[str], file: str) -> Iterator[Problem]:
    """What of a chart and the rows of its summary is out of all proportion, before anything is drawn; `file` is the
    descriptor that the chart is in."""
    summary = result.summary
    for language in languages if summary.chart is not None else ():
        try:
            bounded(complete(result, language, languages[0], _WIDTH).spec)
        except ChartError as error:
            yield problem("chart-too-large", file, None, summary=summary.name, where="chart", found=str(error))
            return


def bounded(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with its texts cut to what a picture shows; different texts stay different.

    Raises ChartError where there is so much that drawing it would take minutes.
    """
    rows: Data = spec["data"]["values"]
    for fault in _disproportions(spec, rows):
        raise ChartTooLarge(fault)
    texts = dict.fromkeys(value for row in rows for value in row.values() if isinstance(value, str))
    total = sum(map(len, texts))
    if total > _MOST:
        raise ChartTooLarge(f"{total} > {_MOST} signs of text")
    # Each text as it is drawn; of those that would look the same, the later ones are numbered.
    cut: dict[str, str] = {}
    taken: dict[str, int] = {}
    for text in texts:
        short = _drawn_text(text)
        taken[short] = taken.get(short, 0) + 1
        cut[text] = short if taken[short] == 1 else f"{short} ({taken[short]})"
    found: dict[str, Any] = _replaced(spec, cut)
    return found


def _disproportions(spec: Mapping[str, Any], rows: Data) -> Iterator[str]:
    for part in (spec, *spec.get("layer", ())):
        encoding = {**spec.get("encoding", {}), **part.get("encoding", {})}
        facets = math.prod(_different(encoding.get(channel, {}), rows) for channel in FACETS)
        axes = (encoding.get(channel, {}) for channel in ("x", "y"))
        bands = max(
            _different(definition, rows) if definition.get("type") in ("nominal", "ordinal") else 1
            for definition in axes
        )
        if facets > _MOST_FACETS:
            yield f"{facets} > {_MOST_FACETS} small charts"
        if facets > 1 and facets * bands > _MOST_BANDS:
            yield f"{facets} × {bands} > {_MOST_BANDS} labels of small charts"
        for _, _, definition in channels({"encoding": encoding}):
            bins = _bins(definition, rows)
            if bins > _MOST_BINS:
                yield f"{min(bins, 1e12):,.0f} > {_MOST_BINS:,} bins"


def _different(definition: Mapping[str, Any], rows: Data) -> int:
    """How many values a channel has; 1 where it has no field."""
    return len({str(value) for value in _values(definition, rows)}) or 1


def _bins(definition: Mapping[str, Any], rows: Data) -> float:
    """Into how many parts a channel cuts what its numbers span."""
    asked = definition.get("bin")
    step = asked.get("step", asked.get("minstep")) if isinstance(asked, Mapping) else None
    if not isinstance(asked, Mapping) or not isinstance(step, int | float) or step <= 0:
        return 0
    ends = [
        value for value in (*_values(definition, rows), *(asked.get("extent") or ())) if isinstance(value, int | float)
    ]
    return (max(ends) - min(ends)) / step if ends else 0


def _values(definition: Mapping[str, Any], rows: Data) -> list[Any]:
    name = unescaped(definition["field"]) if isinstance(definition.get("field"), str) else ""
    return [row[name] for row in rows if name in row]


def _drawn_text(text: str) -> str:
    text = for_xml(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _replaced(value: Any, cut: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {for_xml(key): _replaced(member, cut) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(member, cut) for member in value]
    return cut.get(value) or _drawn_text(value) if isinstance(value, str) else value
