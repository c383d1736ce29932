"""Texts as outlines of the set-up's font.

The renderer opens the font's file, eight megabytes of it, for each letter; here it is opened once, and each letter
read once. HarfBuzz sets the letters, as the renderer does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

import uharfbuzz

from datagazette.charts.drawing import font_folder

_LETTERS = 4_096  # that are kept
_MISSING = 0
_PLACE = frozenset({"x", "y", "font-size", "font-weight", "text-anchor"})
_KEPT = frozenset({"fill", "style", "opacity", "transform"})
_OF_PARTS = frozenset({"dx", "font-size", "font-weight"})
# The share of a text's width that is before its place.
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}


class Letter(NamedTuple):
    """In units of the font: how far to the next, and how far this one is off its place."""

    glyph: int
    advance: int
    right: int
    up: int


def outlined(text: Element) -> Element:
    """A `text`, with its `tspan`s, as a group of paths; itself where the font lacks a letter, or where it says more
    than its place, size and paint."""
    if set(text.keys()) - _PLACE - _KEPT or any(set(part.keys()) - _OF_PARTS for part in text):
        return text
    script = _script("".join(text.itertext()))
    parts = [(_number(part, "dx"), _scale(part), _set(part.text or "", script)) for part in (text, *text)]
    if any(letter.glyph == _MISSING for *_, letters in parts for letter in letters):
        return text
    width = sum(before + scale * sum(one.advance for one in letters) for before, scale, letters in parts)
    x, y = _number(text, "x") - _BEFORE[text.get("text-anchor", "start")] * width, _number(text, "y")
    group = Element("g", {key: value for key, value in text.items() if key in _KEPT})
    for before, scale, letters in parts:
        x = _write(group, letters, scale, x + before, y)
    return group


def _number(element: Element, name: str) -> float:
    return float(element.get(name, "0").removesuffix("px"))


def _scale(element: Element) -> float:
    """Pixels a unit of the font."""
    return _number(element, "font-size") / float(_font().face.upem)


def _write(group: Element, letters: Sequence[Letter], scale: float, x: float, y: float) -> float:
    """Adds paths; returns where the letters end."""
    for letter in letters:
        if outline := _outline(letter.glyph):
            place = f"{x + letter.right * scale:.3f} {y - letter.up * scale:.3f}"
            SubElement(group, "path", {"d": outline, "transform": f"matrix({scale:.6g} 0 0 {-scale:.6g} {place})"})
        x += letter.advance * scale
    return x


def _script(text: str) -> str | None:
    """The script that the letters of a whole line are set in: figures alone would be set more widely."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    script: str | None = buffer.script
    return script


def _set(text: str, script: str | None) -> tuple[Letter, ...]:
    """The letters of a text, from left to right."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.direction, buffer.language = "ltr", "und"  # no language would be that of the machine
    if script:
        buffer.script = script
    uharfbuzz.shape(_font(), buffer)
    return tuple(
        Letter(info.codepoint, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True)
    )


@lru_cache(maxsize=_LETTERS)
def _outline(glyph: int) -> str:
    pen = _Pen()
    _font().draw_glyph_with_pen(glyph, pen)
    return "".join(pen.path)


@cache
def _font() -> uharfbuzz.Font:
    file = min(font_folder().glob("NotoSansSC*"))
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file))))


class _Pen:
    """Writes an outline that HarfBuzz draws as an SVG path."""

    def __init__(self) -> None:
        self.path: list[str] = []

    def moveTo(self, point: tuple[float, float]) -> None:
        self._add("M", point)

    def lineTo(self, point: tuple[float, float]) -> None:
        self._add("L", point)

    def qCurveTo(self, *points: tuple[float, float]) -> None:
        self._add("Q", *points)

    def curveTo(self, *points: tuple[float, float]) -> None:
        self._add("C", *points)

    def closePath(self) -> None:
        self._add("Z")

    def _add(self, command: str, *points: tuple[float, float]) -> None:
        self.path.append(command + " ".join(f"{x:g} {y:g}" for x, y in points))
