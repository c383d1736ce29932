"""Texts of pictures as the outlines of their letters, set by HarfBuzz as the renderer sets them.

For speed and for nothing else: the renderer opens the font's file, eight megabytes, for each letter; here it is opened
once, and each letter read once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partialmethod
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import uharfbuzz

from datagazette.charts.fonts import set_up_font
from datagazette.charts.letters import in_fonts
from datagazette.charts.svg import RIGHT_TO_LEFT

_LETTERS = 4_096  # outlines that are kept
_PLACE = frozenset({"x", "y", "font-size", "font-weight", "text-anchor"})
_KEPT = frozenset({"fill", "style", "opacity", "transform"})
_OF_PARTS = frozenset({"dx", "font-size", "font-weight"})
# The share of a text's width that is before its place.
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Letter:
    """A letter of the set-up's font by its number there, its size by that of the font's units, and its place."""

    glyph: int
    scale: float
    x: float
    y: float


def in_outlines(root: Element) -> str:
    """A drawing as SVG for the renderer, with as few texts as can be; the others name the font that they are in."""
    for parent in list(root.iter()):
        parent[:] = [outlined(child) if child.tag.endswith("text") else child for child in parent]
    return in_fonts(ElementTree.tostring(root, encoding="unicode"))


def outlined(text: Element) -> Element:
    """A `text`, with its `tspan`s, as a group of paths; itself where `letters_of` finds none."""
    letters = letters_of(text)
    if letters is None:
        return text
    group = Element("g", {key: value for key, value in text.items() if key in _KEPT})
    for letter in letters:
        if outline := _outline(letter.glyph):
            matrix = f"matrix({letter.scale:.6g} 0 0 {-letter.scale:.6g} {letter.x:.3f} {letter.y:.3f})"
            SubElement(group, "path", {"d": outline, "transform": matrix})
    return group


def letters_of(text: Element) -> list[Letter] | None:
    """The letters of a `text` with its `tspan`s; None where the font lacks one, where it runs from right to left, and
    where it says more than its place, size and paint."""
    if set(text.keys()) - _PLACE - _KEPT or any(set(part.keys()) - _OF_PARTS for part in text):
        return None
    if (text.text or "").startswith(RIGHT_TO_LEFT):
        return None  # its letters have an order of their own
    # The script of the whole line: figures alone would be set more widely.
    line = uharfbuzz.Buffer()
    line.add_str("".join(text.itertext()))
    line.guess_segment_properties()
    parts = []
    for part in (text, *text):
        scale = _pixels(part, "font-size") / float(set_up_font().face.upem)
        parts.append((_pixels(part, "dx"), scale, _glyphs(part.text or "", line.script)))
    if any(glyph == 0 for _, _, glyphs in parts for glyph, *_ in glyphs):  # 0 is a letter that the font lacks
        return None
    width = sum(before + scale * sum(advance for _, advance, _, _ in glyphs) for before, scale, glyphs in parts)
    x, y = _pixels(text, "x") - _BEFORE[text.get("text-anchor", "start")] * width, _pixels(text, "y")
    letters = []
    for before, scale, glyphs in parts:
        x += before
        for glyph, advance, right, up in glyphs:
            letters.append(Letter(glyph, scale, x + right * scale, y - up * scale))
            x += advance * scale
    return letters


def width_of(text: str, size: float) -> float:
    """How wide a line of text is, in pixels as its size; infinite where the font lacks a letter."""
    glyphs = _glyphs(text, None)
    if any(glyph == 0 for glyph, *_ in glyphs):
        return math.inf
    return sum(advance for _, advance, _, _ in glyphs) * size / float(set_up_font().face.upem)


def _pixels(element: Element, name: str) -> float:
    return float(element.get(name, "0").removesuffix("px"))


def _glyphs(text: str, script: str | None) -> list[tuple[int, int, int, int]]:
    """(number of the glyph, how far to the next, how far right and up of its place) from left to right, in units of
    the font."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.direction, buffer.language = "ltr", "und"  # no language would be that of the machine
    if script:
        buffer.script = script
    uharfbuzz.shape(set_up_font(), buffer)
    return [
        (info.codepoint, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True)
    ]


@lru_cache(maxsize=_LETTERS)
def _outline(glyph: int) -> str:
    pen = _Pen()
    set_up_font().draw_glyph_with_pen(glyph, pen)
    return "".join(pen.path)


class _Pen:
    """Writes an outline that HarfBuzz draws as an SVG path."""

    def __init__(self) -> None:
        self.path: list[str] = []

    def _add(self, command: str, *points: tuple[float, float]) -> None:
        self.path.append(command + " ".join(f"{x:g} {y:g}" for x, y in points))

    moveTo = partialmethod(_add, "M")
    lineTo = partialmethod(_add, "L")
    qCurveTo = partialmethod(_add, "Q")
    curveTo = partialmethod(_add, "C")
    closePath = partialmethod(_add, "Z")
