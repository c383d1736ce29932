"""A specification within what the renderer takes: it measures text sign by sign, and aborts at what is not XML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from publisher.text import for_xml

# A label is 280 pixels wide at most; the renderer takes milliseconds for each sign that it must cut off.
_LONGEST = 120
_MOST = 20_000  # signs of all different texts in a chart's data


class ChartError(Exception):
    """The specification passed its check and still cannot be drawn."""


def bounded(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with its texts cut to what a picture shows; different texts stay different.

    Raises ChartError where there are so many that drawing them would take minutes.
    """
    texts = dict.fromkeys(_texts(spec["data"]["values"]))
    total = sum(map(len, texts))
    if total > _MOST:
        raise ChartError(f"{total} > {_MOST} signs of text")
    cut = _cut(texts)
    found: dict[str, Any] = _replaced(spec, cut)
    return found


def _texts(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (value for row in rows for value in row.values() if isinstance(value, str))


def _cut(texts: Iterable[str]) -> dict[str, str]:
    """Each text as it is drawn; of those that would look the same, the later ones are numbered."""
    cut: dict[str, str] = {}
    taken: dict[str, int] = {}
    for text in texts:
        short = _short(text)
        taken[short] = taken.get(short, 0) + 1
        cut[text] = short if taken[short] == 1 else f"{short} ({taken[short]})"
    return cut


def _short(text: str) -> str:
    text = for_xml(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _replaced(value: Any, cut: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {for_xml(key): _replaced(one, cut) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(one, cut) for one in value]
    return cut.get(value) or _short(value) if isinstance(value, str) else value
