"""Labels across a chart that have more letters than room: they are turned, so that none lies over its neighbour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from datagazette.charts.spec import FACETS, LABEL, channels, columns_of, unescaped

_COLUMN = 8  # pixels that a digit takes, of 13 pixels height
_SLANTED = 20  # pixels from one label to the next, from which on slanted lines do not touch


def turned(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification; where texts below the chart are wider than their bands, with these texts slanted or upright,
    unless it says itself how they are turned. The values on top of its bars are turned as they need it."""
    across = [definition for _, channel, definition in channels(spec) if channel == "x"]
    names = {
        unescaped(definition["field"])
        for definition in across
        if "field" in definition and definition.get("type") in ("nominal", "ordinal")
    }
    if len(names) != 1 or any(channel in FACETS for _, channel, _ in channels(spec)):
        return spec
    (name,) = names
    rows = spec["data"]["values"]
    texts = {str(row[name]) for row in rows if row.get(name) is not None}
    band = spec["width"] / max(len(texts), 1)
    if _widest(texts) > band:
        slant = {"labelAngle": -45} if band >= _SLANTED else {"labelAngle": -90, "labelOverlap": True}
        for definition in across:
            if definition.get("axis", {}) is not None:
                definition["axis"] = slant | definition.get("axis", {})
    if _widest(str(row.get(LABEL, "")) for row in rows) > band:
        for part in spec.get("layer", ()):
            if part.get("encoding", {}).get("text", {}).get("field") == LABEL:
                part["mark"] |= {"angle": 270, "align": "left", "baseline": "middle", "dx": 6, "dy": 0}
    return spec


def _widest(texts: Iterable[str]) -> float:
    """Pixels that the two longest texts take side by side, for each of them."""
    widths = sorted(max(map(columns_of, text.split("\n"))) * _COLUMN for text in texts)
    return sum(widths[-2:]) / 2
