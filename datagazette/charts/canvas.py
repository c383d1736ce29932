"""A sheet on which a picture for a link is put together: boxes, letters in one ink, and pieces that the renderer drew.

Most of such a picture is paper, of which nothing is drawn here. Its letters are drawn by HarfBuzz straight into the
numbers of colours; the renderer, which draws each pixel of the whole sheet in four bytes, draws charts and logos only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import uharfbuzz

from datagazette.charts.fonts import set_up_font
from datagazette.charts.outlines import Letter
from datagazette.charts.pixels import MOST_COLOURS, Colour, Pixels, colour_of

_SHADES = 7  # from paper to ink: more than that nobody sees


class Canvas:
    """A sheet of one colour, to draw on. Colours are `#rrggbb`, sides are whole pixels."""

    def __init__(self, width: int, height: int, paper: str) -> None:
        self._width, self._height, self._paper = width, height, colour_of(paper)
        self._numbers = bytearray(width * height)
        self._colours: dict[Colour, int] = {self._paper: 0}
        self._inks: frozenset[Colour] = frozenset((self._paper,))

    def pixels(self) -> Pixels:
        """What has been drawn so far."""
        return Pixels(self._width, self._height, tuple(self._colours), bytes(self._numbers), self._inks)

    def box(self, x: int, y: int, width: int, height: int, colour: str) -> None:
        """A rectangle in one colour."""
        inked = colour_of(colour)
        self._inks |= {inked}
        line = bytes((self._number(inked),)) * width
        for start in range(y * self._width + x, (y + height) * self._width + x, self._width):
            self._numbers[start : start + width] = line

    def letters(self, letters: Sequence[Letter], ink: str) -> None:
        """Letters on paper, in shades of an ink."""
        sheet = uharfbuzz.RasterDraw()
        for letter in letters:
            sheet.transform = (letter.scale, 0, 0, -letter.scale, letter.x, letter.y)
            sheet.draw_glyph(set_up_font(), letter.glyph)
        image = sheet.render()
        extents, inked = image.extents, colour_of(ink)
        self._inks |= {inked}
        shades = [_mixed(self._paper, inked, shade / _SHADES) for shade in range(_SHADES + 1)]
        numbers = [self._number(shade) for shade in shades]
        table = bytes(numbers[(covered * _SHADES + 127) // 255] for covered in range(256))
        self._put(image.buffer.translate(table), extents.stride, extents.width, extents.x_origin, extents.y_origin)

    def piece(self, pixels: Pixels, x: int, y: int) -> None:
        """A picture on the same paper; its most frequent colours are kept where there are too many."""
        order = list(range(len(pixels.colours)))
        if len(self._colours) + len(order) > MOST_COLOURS:
            order.sort(key=Counter(pixels.numbers).__getitem__, reverse=True)
        self._inks |= pixels.inks
        numbers = {place: self._number(pixels.colours[place]) for place in order}
        table = bytes(numbers.get(place, 0) for place in range(MOST_COLOURS))
        self._put(pixels.numbers.translate(table), pixels.width, pixels.width, x, y)

    def _put(self, numbers: bytes, stride: int, width: int, x: int, y: int) -> None:
        """Lays what is not paper on the sheet; beyond its edges there is nothing."""
        left, right = max(0, -x), min(width, self._width - x)
        for line in range(max(0, -y), min(len(numbers) // stride, self._height - y) if stride else 0):
            new = numbers[line * stride + left : line * stride + right]
            start = (y + line) * self._width + x + left
            old = self._numbers[start : start + len(new)]
            self._numbers[start : start + len(new)] = bytes(map(_over, new, old)) if old.strip(b"\0") else new

    def _number(self, colour: Colour) -> int:
        if colour not in self._colours and len(self._colours) == MOST_COLOURS:
            colour = min(self._colours, key=lambda known: math.dist(known, colour))
        return self._colours.setdefault(colour, len(self._colours))


def _over(new: int, old: int) -> int:
    return new or old


def _mixed(paper: Colour, ink: Colour, share: float) -> Colour:
    red, green, blue = (round(one + (other - one) * share) for one, other in zip(paper, ink, strict=True))
    return red, green, blue
