"""Which row of the summary each mark of a drawing stands for, so that a page can tell it to who points at it.

Vega writes a mark's `description` into the drawing as its label; ours is the number of the row, and becomes
`data-row`. Charts that count several rows in one mark are left as they are.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

ATTRIBUTE = "data-row"
MOST_ROWS = 400
_FIELD = "__row"
_SIGN = "row "
_JOINING = ("aggregate", "bin", "timeUnit")
_LINES = ("line", "area", "trail")
_FACETS = frozenset({"row", "column", "facet"})


def numbered(spec: dict[str, Any]) -> dict[str, Any]:
    """The whole specification with the number of its row for every mark."""
    rows = spec["data"]["values"]
    if len(rows) > MOST_ROWS or _joins(spec):
        return spec
    values = [row | {_FIELD: f"{_SIGN}{number}"} for number, row in enumerate(rows)]
    return {**_described(spec), "data": {"values": values}}


def row_of(element: Element) -> str | None:
    """The number of the row that the renderer's own element stands for."""
    label = element.get("aria-label", "")
    return label.removeprefix(_SIGN) if label.startswith(_SIGN) else None


def bare(root: Element) -> Element:
    """The same drawing for a file, where nothing is told: numbers and unseen marks are taken out, in place."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get(ATTRIBUTE) and child.get("opacity") == "0":
                parent.remove(child)
            child.attrib.pop(ATTRIBUTE, None)
    return root


def _joins(spec: dict[str, Any]) -> bool:
    parts = (spec, *spec.get("layer", ()))
    said = (one for part in parts for one in part.get("encoding", {}).values())
    each = (one for many in said for one in (many if isinstance(many, list) else [many]))
    return any(one.get(key) for one in each for key in _JOINING)


def _described(spec: dict[str, Any]) -> dict[str, Any]:
    if "layer" in spec:
        layers = [layer for one in spec["layer"] for layer in _layers(one)]
        return {**spec, "layer": layers}
    layers = _layers(spec)
    if len(layers) == 1:
        return layers[0]
    rest = {key: value for key, value in spec.items() if key not in ("mark", "encoding")}
    return {**rest, "layer": [{key: layer[key] for key in ("mark", "encoding")} for layer in layers]}


def _layers(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """A line is one mark for many rows: points that are not seen stand on it."""
    mark = unit.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    said = {"field": _FIELD, "type": "nominal"}
    if kind not in _LINES or not _FACETS.isdisjoint(unit.get("encoding", {})):
        return [{**unit, "encoding": {**unit.get("encoding", {}), "description": said}}]
    encoding = {key: one for key, one in unit.get("encoding", {}).items() if key in ("x", "y", "color", "detail")}
    points = {"mark": {"type": "point", "opacity": 0, "size": 200}, "encoding": {**encoding, "description": said}}
    return [unit, {**unit, **points}]
