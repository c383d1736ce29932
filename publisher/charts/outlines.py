"""Texts as outlines of the set-up's font.

The renderer opens the font's file, eight megabytes of it, anew for each letter; here it is open once, and each letter
read once. HarfBuzz sets the letters, as the renderer does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from xml.etree.ElementTree import Element, SubElement

import uharfbuzz

from publisher.charts import font_folder

_LETTERS = 4_096  # that are kept
_MISSING = 0
Letter = tuple[int, int, int, int]  # glyph, advance, right, up: in units of the font


def outlined(text: Element) -> Element:
    """A `text` that begins at x and y, with its `tspan`s, as a group of paths; itself where the font lacks a letter.

    Understands `x`, `y`, `font-size`, `fill`, and `dx` and `font-size` of parts.
    """
    group = Element("g", {"fill": text.get("fill", "#000000")})
    x, y = (float(text.get(name, "0")) for name in ("x", "y"))
    script = _script("".join(text.itertext()))
    for part in (text, *text):
        letters = _set(part.text or "", script)
        if any(glyph == _MISSING for glyph, *_ in letters):
            return text
        scale = float(part.get("font-size", "16")) / _font().face.upem
        x = _write(group, letters, scale, x + float(part.get("dx", "0")), y)
    return group


def _write(group: Element, letters: Sequence[Letter], scale: float, x: float, y: float) -> float:
    """Adds paths; returns where the letters end."""
    for glyph, advance, right, up in letters:
        if outline := _outline(glyph):
            place = f"matrix({scale:.6g} 0 0 {-scale:.6g} {x + right * scale:.3f} {y - up * scale:.3f})"
            SubElement(group, "path", {"d": outline, "transform": place})
        x += advance * scale
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
        (info.codepoint, place.x_advance, place.x_offset, place.y_offset)
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
    """Takes an outline as HarfBuzz tells it, in the words of SVG."""

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
