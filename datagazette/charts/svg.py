"""A plot that a renderer drew, cleaned so that it may be part of a page, and the texts set around it.

Vega writes a mark's `description` into the drawing as its label. Here it is the number of the row that the mark
shows, and becomes `data-row`, by which a page finds what to say of the mark. Charts that count several rows in one
mark are left as they are.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from datagazette.charts.palette import Palette, custom_properties
from datagazette.charts.spec import FACETS, channels, mark_type
from datagazette.model.text import for_xml, isolated

SVG = "http://www.w3.org/2000/svg"
# fmt: off
_ELEMENTS = frozenset({
    "svg", "g", "path", "rect", "line", "circle", "ellipse", "polygon", "polyline", "text", "tspan",
    "clipPath", "defs", "linearGradient", "stop",
})
_ATTRIBUTES = frozenset({
    "transform", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height",
    "viewBox", "points", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity",
    "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
    "opacity", "font-size", "font-weight", "text-anchor", "dominant-baseline", "dx", "dy", "clip-path", "id",
    "offset", "stop-color", "stop-opacity", "gradientUnits", "gradientTransform",
})
# fmt: on
_PAINTED = ("fill", "stroke", "stop-color")
_PAINTLESS = ("none", "transparent")
_EMPTY_PATHS = ("", "M0,0h0v0h0Z")
_REFERENCE = re.compile(r"url\(#([^)]*)\)")
_SPACE_ABOVE_PLOT, _SPACE_BELOW_PLOT = 10, 14
ATTRIBUTE = "data-row"
MOST_ROWS = 400
_FIELD = "__row"
_BEFORE_NUMBER = "row "
_JOINING = ("aggregate", "bin", "timeUnit")
# Drawings count from the left; texts within these have a direction of their own (Unicode, UAX #9).
RIGHT_TO_LEFT, _FIRST_STRONG, END_OF_ISOLATE = "\u2067", "\u2068", "\u2069"
_LINES = ("line", "area", "trail")


@dataclass(frozen=True)
class TextLine:
    """One line of text; `leading` is its height with the space around it, in pixels like `size`."""

    text: str
    size: float
    colour: str
    leading: float


@dataclass(frozen=True)
class Picture:
    """What is drawn, below one root element, and its size in pixels."""

    root: Element
    width: int
    height: int


def parse(drawn: str, prefix: str, *, rtl: bool = False) -> Picture:
    """The renderer's SVG without what a page must not hold: scripts, links, styles, roles, ids of its own.

    `rtl`: each of its texts has the direction of its own first letter.
    """
    root = ElementTree.fromstring(drawn)  # noqa: S314  (our own renderer's)
    width, height = (round(float(root.get(side, "0"))) for side in ("width", "height"))
    group = Element("g", {"fill": "none", "stroke-miterlimit": "10"})
    group.extend(cleaned for child in root if (cleaned := _cleaned(child)) is not None)
    # Ids are numbered from 1, since the renderer counts on from picture to picture.
    names: dict[str, str] = {}
    for element in group.iter():
        if "id" in element.attrib:
            names[element.attrib["id"]] = f"{_identifier(prefix)}-{len(names) + 1}"
    for element in group.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, names[value])
            elif "url(#" in value:
                element.set(key, _REFERENCE.sub(lambda found: f"url(#{names.get(found[1], '')})", value))
    for element in group.iter() if rtl else ():
        element.text = f"{_FIRST_STRONG}{element.text}{END_OF_ISOLATE}" if element.text else None
    return Picture(group, width, height)


def compose(
    plot: Picture,
    above: Sequence[TextLine],
    below: Sequence[TextLine],
    surface: str,
    margin: int,
    width: int,
    *,
    rtl: bool = False,
) -> Picture:
    """The plot with lines of text over and under it, on a surface (none where it is empty). `rtl`: the lines are
    written from right to left, and begin at the right."""
    whole = max(width, plot.width + 2 * margin)
    start = (whole - margin if rtl else margin), rtl
    root = Element("g")
    backdrop = ElementTree.SubElement(root, "rect", {"width": str(whole), "fill": surface}) if surface else None
    y = _write_lines(root, above, float(margin), *start) + (_SPACE_ABOVE_PLOT if above else 0)
    place = ElementTree.SubElement(root, "g", {"transform": f"translate({margin},{_number(y)})"})
    place.append(copy.deepcopy(plot.root))
    y += plot.height + (_SPACE_BELOW_PLOT if below else 0)
    height = round(_write_lines(root, below, y, *start) + margin)
    if backdrop is not None:
        backdrop.set("height", str(height))
    return Picture(root, whole, height)


def has_only(plot: Picture, palette: Palette) -> bool:
    """Whether nothing is drawn in a colour that the palette does not have, such as one between two of its own."""
    known = {*_PAINTLESS, *custom_properties(palette).values()}
    painted = (element.get(key, "none") for element in plot.root.iter() for key in _PAINTED)
    return all(colour in known or colour.startswith("url(#") for colour in painted)


def exchanged(plot: Picture, drawn: Palette, palette: Palette) -> Picture:
    """With the colours of another palette than that which it was drawn with."""
    pairs = zip(custom_properties(drawn).values(), custom_properties(palette).values(), strict=True)
    colours = {old: new for old, new in pairs if old != new}
    root = copy.deepcopy(plot.root)
    for element in root.iter() if colours else ():
        for key in _PAINTED:
            if found := colours.get(element.get(key, "")):
                element.set(key, found)
    return Picture(root, plot.width, plot.height)


def themed(plot: Picture, drawn: Palette, palette: Palette) -> Picture:
    """Colours of the palette that it was drawn with as CSS custom properties, those of `palette` for where there
    are none."""
    values = custom_properties(palette)
    names: dict[str, str] = {}
    for name, colour in custom_properties(drawn).items():
        names.setdefault(colour, name)
    root = copy.deepcopy(plot.root)
    for element in root.iter():
        found = {key: known for key in _PAINTED if (known := names.get(element.get(key, "")))}
        for key in found:
            del element.attrib[key]
        if found:
            element.set("style", ";".join(f"{key}:var({name},{values[name]})" for key, name in found.items()))
    return Picture(root, plot.width, plot.height)


def write(plot: Picture, fonts: str, prefix: str, title: str, description: str, *, with_rows: bool = False) -> str:
    """The SVG as text, to be a file of its own or part of a page; read out as one picture with its title.

    `with_rows`: marks say which row they show.
    """
    size = {"width": str(plot.width), "height": str(plot.height), "viewBox": f"0 0 {plot.width} {plot.height}"}
    identifier = _identifier(prefix)
    labelled = " ".join(f"{identifier}-{part}" for part, text in (("t", title), ("d", description)) if text)
    root = Element("svg", {"xmlns": SVG, **size, "role": "img", "font-family": fonts})
    if labelled:
        root.set("aria-labelledby", labelled)
    for name, part, text in (("title", "t", title), ("desc", "d", description)):
        if text:
            ElementTree.SubElement(root, name, {"id": f"{identifier}-{part}"}).text = for_xml(text)
    root.append(plot.root if with_rows else bare(copy.deepcopy(plot.root)))
    for element in root.iter():
        element.text = isolated(element.text) if element.text else None
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _write_lines(parent: Element, lines: Sequence[TextLine], y: float, x: int, rtl: bool) -> float:
    for line in lines:
        y += line.leading
        place = {"x": str(x), "y": _number(y - line.leading * 0.25), "font-size": f"{line.size:g}px"}
        place |= {"text-anchor": "end"} if rtl else {}
        text = ElementTree.SubElement(parent, "text", {**place, "fill": line.colour})
        text.text = f"{RIGHT_TO_LEFT}{for_xml(line.text)}{END_OF_ISOLATE}" if rtl else for_xml(line.text)
    return y


def _cleaned(element: Element) -> Element | None:
    """A copy with only the elements and attributes that draw something; renderers leave empty groups and paths."""
    name = element.tag.rpartition("}")[2]
    if name not in _ELEMENTS:
        return None
    kept = {key: value for key, value in element.attrib.items() if key in _ATTRIBUTES and _is_local(value)}
    copied = Element(name, kept)
    label = element.get("aria-label", "")
    if row := label.removeprefix(_BEFORE_NUMBER) if label.startswith(_BEFORE_NUMBER) else "":
        copied.set(ATTRIBUTE, row)
    copied.text = element.text if name in ("text", "tspan") else None
    copied.extend(cleaned for child in element if (cleaned := _cleaned(child)) is not None)
    if name == "text" and len(copied) > 1 and copied.get("text-anchor") == "end":
        _centre(copied)
    is_empty = (name == "g" and not len(copied)) or (name == "path" and copied.get("d", "") in _EMPTY_PATHS)
    return None if is_empty else copied


def _centre(text: Element) -> None:
    """Lines beside a tick hang from it; they are moved up so that it points at their middle."""
    place = re.fullmatch(r"translate\(([-\d.]+),([-\d.]+)\)", text.get("transform", ""))
    steps = [float(line.get("dy", "0")) for line in text]
    if place:
        text.set("transform", f"translate({place[1]},{_number(float(place[2]) - sum(steps) / 2)})")


def _is_local(value: str) -> bool:
    """Whether a value names nothing outside of the picture."""
    return "(" not in value or not re.search(r"url\((?!#)|expression|javascript", value, re.IGNORECASE)


def _identifier(prefix: str) -> str:
    return "chart-" + re.sub(r"[^A-Za-z0-9-]+", "-", prefix)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def numbered(spec: dict[str, Any]) -> dict[str, Any]:
    """The whole specification with the number of its row for every mark."""
    rows = spec["data"]["values"]
    joins = any(definition.get(key) for _, _, definition in channels(spec) for key in _JOINING)
    if len(rows) > MOST_ROWS or joins:
        return spec
    values = [row | {_FIELD: f"{_BEFORE_NUMBER}{number}"} for number, row in enumerate(rows)]
    layers = [layer for unit in spec.get("layer", [spec]) for layer in _described(unit)]
    if "layer" not in spec and len(layers) == 1:
        return {**layers[0], "data": {"values": values}}
    if "layer" not in spec:
        layers = [{key: layer[key] for key in ("mark", "encoding")} for layer in layers]
        spec = {key: value for key, value in spec.items() if key not in ("mark", "encoding")}
    return {**spec, "layer": layers, "data": {"values": values}}


def _described(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """A chart or a layer whose marks say their row. A line is one mark for many rows: invisible points are put on
    it."""
    encoding, row = unit.get("encoding", {}), {"field": _FIELD, "type": "nominal"}
    if mark_type(unit) not in _LINES or not encoding.keys().isdisjoint(FACETS):
        return [{**unit, "encoding": {**encoding, "description": row}}]
    shared = {key: definition for key, definition in encoding.items() if key in ("x", "y", "color", "detail")}
    points = {"mark": {"type": "point", "opacity": 0, "size": 200}, "encoding": {**shared, "description": row}}
    return [unit, {**unit, **points}]


def bare(root: Element) -> Element:
    """The same drawing for a file: numbers of rows and invisible marks are removed, in place."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get(ATTRIBUTE) and child.get("opacity") == "0":
                parent.remove(child)
            child.attrib.pop(ATTRIBUTE, None)
    return root
