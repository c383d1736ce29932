"""Labels of a chart and their room: those across a chart that have too many letters are turned, so that none lies over
its neighbour; where all are shorter than a label may be, the renderer does not look which it has to cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from datagazette.charts.outlines import width_of
from datagazette.charts.spec import FACETS, LABEL, channels, columns_of, unescaped

_COLUMN = 8  # pixels that a digit takes, of 13 pixels height
_LABELLED = ("axis", "legend")
_SIZE = 13.0  # pixels, of all labels
_SURE = 0.95  # of a limit
_MEASURED = 400  # texts at most
# What is no text of a label, or makes a number or a time of it, which are short.
_NO_LABELS = frozenset({"$schema", "labelExpr", "format", "formatType", "title", "subtitle", "description"})
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


def uncut(spec: dict[str, Any], look: dict[str, Any]) -> dict[str, Any]:
    """The configuration `look`, without limits of labels where none can reach them.

    The renderer measures each label about ten times, half of them to see whether it is to be cut.
    """
    limits = [look[part]["labelLimit"] for part in _LABELLED]
    texts = set(_lines(spec))
    if len(texts) > _MEASURED or any(width_of(text, _SIZE) > min(limits) * _SURE for text in texts):
        return look
    return look | {part: look[part] | {"labelLimit": 0} for part in _LABELLED}


def _lines(part: Any) -> Iterator[str]:
    """All that may be a label: the texts of rows, of domains and of lists, by line. Names of fields are among them."""
    if isinstance(part, str):
        yield from part.split("\n")
    elif isinstance(part, Mapping):
        yield from (text for key, value in part.items() if key not in _NO_LABELS for text in _lines(value))
    elif isinstance(part, list | tuple):
        yield from (text for each in part for text in _lines(each))


def _widest(texts: Iterable[str]) -> float:
    """Pixels that the two longest texts take side by side, for each of them."""
    widths = sorted(max(map(columns_of, text.split("\n"))) * _COLUMN for text in texts)
    return sum(widths[-2:]) / 2
