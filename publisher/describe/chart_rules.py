"""What a chart in a descriptor may say: marks and encodings of its summary's fields, and nothing that runs.

A chart is a stranger's Vega-Lite specification. Vega-Lite can load addresses, evaluate expressions and hold
texts; here only what stands in these lists is let in, so that what the lists do not know is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from publisher.model import Summary
from publisher.problems import Problem, problem

MARKS = frozenset({"bar", "line", "area", "point", "circle", "square", "rule", "text", "tick", "rect", "arc", "trail"})
POSITIONS = ("x", "y", "x2", "y2", "xOffset", "yOffset", "theta", "theta2", "radius", "radius2")
CHANNELS = frozenset(
    {*POSITIONS, "color", "fill", "stroke", "opacity", "fillOpacity", "strokeOpacity", "strokeDash", "strokeWidth"}
    | {"size", "shape", "text", "detail", "order", "row", "column", "facet"}
)
_TYPES = frozenset({"quantitative", "nominal", "ordinal", "temporal"})
_LAYERS, _SPEC_BYTES = 8, 20_000

# A key that holds a mapping names the list of keys that it may have; `*`: plain values only.
_PLAIN = "*"
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
        "field", "type", "aggregate", "bandPosition", "format", "columns", "value", "datum", "title",
        "spacing",
    ),
        "axis": "axis", "legend": "legend", "scale": "scale", "sort": "sort", "stack": _PLAIN, "bin": "bin",
        "timeUnit": _PLAIN, "header": "axis",
    },
    "axis": _plain_keys(
        "bandPosition", "domain", "format", "grid", "gridDash", "gridOpacity", "gridWidth", "labelAlign",
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
    """What is wrong with a summary's chart; `file` is the descriptor that it stands in."""
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
    if layers is not None and not (isinstance(layers, list | tuple) and 1 <= len(layers) <= _LAYERS):
        yield "chart-shape", "chart.layer", f"1-{_LAYERS}"


def _mapping(found: Any, kind: str, where: str, summary: Summary) -> Iterator[Fault]:
    """The faults of a mapping whose keys must stand in the list `kind`."""
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
    elif kind == "encoding":
        yield from _encoding(value, where, summary)
    elif kind == "layer":
        for number, one in enumerate(value if isinstance(value, list | tuple) else ()):
            yield from _mapping(one, "layer", f"{where}[{number}]", summary)
            if isinstance(one, Mapping) and "mark" not in one:
                yield "chart-shape", f"{where}[{number}]", "mark"
    elif kind == "mark":
        yield from _mark(value, where, summary)
    elif kind == "sort" and isinstance(value, Mapping):
        yield from _mapping(value, "sort", where, summary)
        yield from _field(value, where, summary)
    elif isinstance(value, Mapping):
        yield from _mapping(value, kind, where, summary)
    else:
        yield from _plain(value, where)


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
                if one.get("type", "nominal") not in _TYPES:
                    yield "chart-shape", f"{where}.{channel}.type", _short(one.get("type"))
                if channel == "text" and not one.keys().isdisjoint(("value", "datum")):
                    yield "chart-text", f"{where}.text", _short(one.get("value", one.get("datum")))


def _field(found: Mapping[str, Any], where: str, summary: Summary) -> Iterator[Fault]:
    name = found.get("field")
    if name is not None and (not isinstance(name, str) or summary.field(name) is None):
        yield "chart-field", f"{where}.field", _short(name)


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


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and _harmless(value))


def _harmless(value: str) -> bool:
    """No address, also not one that a colour or a pattern could hide (`url(...)`)."""
    folded = value.lower().replace(" ", "")
    return len(value) <= 200 and "url(" not in folded and "://" not in folded and "javascript:" not in folded


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
