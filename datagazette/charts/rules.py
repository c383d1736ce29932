"""What a chart in a descriptor may say: marks and encodings of its summary's fields, and nothing that runs.

A chart is an untrusted Vega-Lite specification. Vega-Lite can load addresses, evaluate expressions and hold
texts; only what these lists name is accepted, everything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Summary

MARKS = frozenset({"bar", "line", "area", "point", "circle", "square", "rule", "text", "tick", "rect", "arc", "trail"})
POSITIONS = ("x", "y", "x2", "y2", "xOffset", "yOffset", "theta", "theta2", "radius", "radius2")
CHANNELS = frozenset(
    {*POSITIONS, "color", "fill", "stroke", "opacity", "fillOpacity", "strokeOpacity", "strokeDash", "strokeWidth"}
    | {"size", "shape", "text", "detail", "order", "row", "column", "facet"}
)
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
_TOP = {"$schema": _PLAIN, "mark": "mark", "encoding": "encoding", "layer": "layer", "width": "size", "height": "size",
        "resolve": "resolve", "view": "view"}


def _plain_keys(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, _PLAIN)


_LISTS: Mapping[str, Mapping[str, str]] = {
    "top": _TOP,
    "layer": {"mark": "mark", "encoding": "encoding"},
    "mark": _plain_keys(
        "type", "align", "angle", "baseline", "clip", "cornerRadius", "cornerRadiusEnd", "dx", "dy", "filled",
        "fillOpacity", "fontSize", "fontWeight", "innerRadius", "interpolate", "invalid", "line", "opacity",
        "orient", "outerRadius", "padAngle", "point", "radius", "shape", "size", "strokeCap", "strokeDash",
        "strokeOpacity", "strokeWidth", "tension", "theta", "thickness", "width", "height", "binSpacing",
    ),
    "channel": {
        **_plain_keys(
        "field", "type", "aggregate", "format", "columns", "value", "datum", "title",
        "spacing",
    ),
        "bandPosition": _NUMBER, "axis": "axis",
        "legend": "legend", "scale": "scale", "sort": "sort", "stack": _PLAIN, "bin": "bin",
        "timeUnit": _PLAIN, "header": "axis",
    },
    "axis": {"bandPosition": _NUMBER} | _plain_keys(
        "domain", "format", "grid", "gridDash", "gridOpacity", "gridWidth", "labelAlign",
        "labelAngle", "labelBaseline", "labelBound", "labelFlush", "labelLimit", "labelOverlap",
        "labelPadding", "labels", "maxExtent", "minExtent", "offset", "orient", "tickBand", "tickCount",
        "tickMinStep", "tickSize", "ticks", "title", "titlePadding", "values", "zindex",
    ),
    "legend": _plain_keys(
        "clipHeight", "columnPadding", "columns", "direction", "format", "gradientLength", "labelLimit",
        "offset", "orient", "padding", "rowPadding", "symbolSize", "symbolType", "tickCount", "title", "type",
        "values",
    ),
    "scale": _plain_keys(
        "align", "base", "bins", "clamp", "constant", "domain", "domainMax", "domainMid", "domainMin",
        "exponent", "interpolate", "nice", "padding", "paddingInner", "paddingOuter", "range", "rangeMax",
        "rangeMin", "reverse", "round", "type", "zero",
    ),
    "sort": _plain_keys(
        "field", "op", "order", "encoding",
    ),
    "bin": _plain_keys(
        "base", "binned", "extent", "maxbins", "minstep", "nice", "step", "steps",
    ),
    "size": {"step": _PLAIN},
    "resolve": {"scale": "shared", "axis": "shared", "legend": "shared"},
    "shared": _plain_keys(*CHANNELS),
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
_DATA = frozenset(
    {"domain", "domainMax", "domainMid", "domainMin", "values", "datum", "bins", "constant", "tickMinStep"}
)
_BINS = frozenset({"extent", "step", "steps", "minstep"})
_LARGEST_DATA, _SMALLEST_DATA = 1e18, 1e-18
_DASHES = frozenset({"strokeDash", "gridDash"})
_SHORTEST_DASH = 0.25
# Names of days, months and the like: how many there are depends on what the data span.
_COUNTS = frozenset({"tickCount", "nice"})
_WIDE = re.compile(r"\d{3}")  # in a number's format: hundreds of spaces or digits
# Text that readers see comes from the fields' titles, in their language; only its absence may be asked for.
_TEXTS = frozenset({"title"})


def check_chart(summary: Summary, file: str = "") -> tuple[Problem, ...]:
    """What is wrong with a summary's chart; `file` is its descriptor."""
    if summary.chart is None:
        return ()
    place = file or summary.file
    return tuple(problem(code, place, None, summary=summary.name, where=where, found=found)
                 for code, where, found in _faults(summary))  # fmt: skip


Fault = tuple[str, str, str]


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
    for number, one in enumerate(value if isinstance(value, list | tuple) else ()):
        yield from _mapping(one, "layer", f"{where}[{number}]", summary)
        if isinstance(one, Mapping) and "mark" not in one:
            yield "chart-shape", f"{where}[{number}]", "mark"


def _mark(value: Any, where: str, summary: Summary) -> Iterator[Fault]:
    name = value.get("type") if isinstance(value, Mapping) else value
    if not isinstance(name, str) or name not in MARKS:
        yield "chart-mark", where, _short(name)
    if isinstance(value, Mapping):
        yield from _mapping(value, "mark", where, summary)


def _encoding(value: Any, where: str, summary: Summary) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield "chart-shape", where, _short(value)
        return
    for channel, said in value.items():
        if channel not in CHANNELS:
            yield "chart-key", f"{where}.{channel}", ", ".join(sorted(CHANNELS))
            continue
        for one in said if isinstance(said, list | tuple) else [said]:
            yield from _mapping(one, "channel", f"{where}.{channel}", summary)
            if isinstance(one, Mapping):
                yield from _field(one, f"{where}.{channel}", summary)
                if str(one.get("type", "nominal")) not in _TYPES:
                    yield "chart-shape", f"{where}.{channel}.type", _short(one.get("type"))
                if channel == "text" and not one.keys().isdisjoint(("value", "datum")):
                    yield "chart-text", f"{where}.text", _short(one.get("value", one.get("datum")))


def _field(found: Mapping[str, Any], where: str, summary: Summary) -> Iterator[Fault]:
    name = found.get("field")
    if name is not None and (not isinstance(name, str) or summary.field(name) is None):
        yield "chart-field", f"{where}.field", _short(name)


def timed_channels(chart: Mapping[str, Any]) -> frozenset[str]:
    """The channels whose values are times to Vega-Lite, in any of the layers, which it puts together."""
    found = ((name, said) for _, name, said in _said(chart))
    return frozenset(name for name, said in found if said.get("timeUnit") or said.get("type") == "temporal")


def _said(chart: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(place, channel, what is said of it) for each encoding of a chart, whatever else may be wrong with it."""
    layers = chart.get("layer")
    parts = [("chart", chart)]
    if isinstance(layers, list | tuple):
        parts += [
            (f"chart.layer[{number}]", layer) for number, layer in enumerate(layers) if isinstance(layer, Mapping)
        ]
    for place, part in parts:
        encoding = part.get("encoding")
        for channel, said in encoding.items() if isinstance(encoding, Mapping) else ():
            for one in said if isinstance(said, list | tuple) else [said]:
                if isinstance(one, Mapping):
                    yield f"{place}.encoding.{channel}", channel, one


def _times(chart: Mapping[str, Any]) -> Iterator[Fault]:
    """Texts among the values of times that Vega-Lite would take for expressions."""
    timed = timed_channels(chart)
    for place, channel, said in _said(chart):
        for path in _TIMED if channel in timed else ():
            value: Any = said
            for key in path:
                value = value.get(key) if isinstance(value, Mapping) else None
            listed = value if isinstance(value, list | tuple) else [] if path == ("sort",) else [value]
            for one in listed:
                if isinstance(one, str) and not _TIME.fullmatch(one):
                    yield "chart-value", ".".join((place, *path)), _short(one)


def _size(value: Any, key: str, kind: str, where: str) -> Iterator[Fault]:
    """A number that is out of all proportion to a picture; `kind` is the mapping that has the key."""
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, bool):
            continue
        if isinstance(one, str) and ((key in _COUNTS) or (key == "format" and _WIDE.search(one))):
            yield "chart-number", where, f"{_short(one)} (0–100)"
        elif isinstance(one, int | float) and not _is_proportionate(one, key, kind, where):
            yield "chart-number", where, f"{_short(one)} ({_allowed(key, kind, where)})"


def _is_proportionate(value: float, key: str, kind: str, where: str) -> bool:
    if _is_data(key, kind):
        return value == 0 or _SMALLEST_DATA <= abs(value) <= _LARGEST_DATA
    if _is_dash(key, where):
        return value == 0 or _SHORTEST_DASH <= value <= _LENGTH[1]
    least, most = _RANGES.get(key, _LENGTH)
    return least <= value <= most


def _allowed(key: str, kind: str, where: str) -> str:
    if _is_data(key, kind):
        return f"0, ±{_SMALLEST_DATA:g}–{_LARGEST_DATA:g}"
    if _is_dash(key, where):
        return f"0, {_SHORTEST_DASH:g}–{_LENGTH[1]}"
    least, most = _RANGES.get(key, _LENGTH)
    return f"{least:g}–{most:,}" if least >= 0 else f"±{most:,}"


def _is_data(key: str, kind: str) -> bool:
    return key in _DATA or (kind == "bin" and key in _BINS)


def _is_dash(key: str, where: str) -> bool:
    return key in _DASHES or (key == "value" and where.split(".")[-2] in _DASHES)


def _plain(value: Any, where: str) -> Iterator[Fault]:
    """A number, a word or a short list of them."""
    listed = value if isinstance(value, list | tuple) else [value]
    if len(listed) > 200 or not all(_scalar(one) for one in listed):
        yield "chart-shape", where, _short(value)


def _number(value: Any, where: str) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield "chart-value", where, _short(value)


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and _harmless(value))


def _harmless(value: str) -> bool:
    """No address, also not one that a colour or a pattern could hide (`url(...)`)."""
    folded = value.lower().replace(" ", "")
    return len(value) <= 200 and "url(" not in folded and "://" not in folded and "javascript:" not in folded


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
