"""Pictures as pixels that name one of few colours, and as PNG files of them.

A picture of ours has few colours: some inks, and what is between them and the paper at the edges of letters. So a pixel
is the number of a colour, which takes a fraction of the four bytes that the renderer writes for it. Sixteen colours,
which is half a byte a pixel, are enough where each is then close to the one that it takes the place of.
"""

from __future__ import annotations

import math
import re
import struct
import sys
import zlib
from binascii import unhexlify
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import deflate
import vl_convert

Colour = tuple[int, int, int]  # red, green, blue, each from 0 to 255

MOST_COLOURS = 256
_FEW = 16  # as many as half a byte can name
# How far apart two colours may be where one takes the place of the other; from black to white it is 442.
_ALIKE = 64.0
_SAMPLED = 251  # every which pixel is counted; no picture is a multiple of it wide
_START = b"\x89PNG\r\n\x1a\n"
_INK = re.compile("#[0-9a-f]{6}")
_BY_NUMBERS = 3  # PNG's kind of pixels that name colours of a palette
_BY_DIFFERENCES = 1  # PNG's filter “Sub”: each byte is given as its difference from that of the pixel before
_RUN = re.compile(rb"[^\0]\0*")  # what differs from the pixel before, and what is like it
_DIGITS = b"0123456789abcdef"
_HALVES = (0xFF00FF00, 0x00FF00FF)
_LOW = 0 if sys.byteorder == "little" else 1  # of the two bytes of a number, the one that counts below 256
_EXACT, _COARSE = 0xFFFFFFFF, 0xF8F8F8F8  # which bits of the four bytes of a pixel count


@dataclass(frozen=True)
class Pixels:
    """A picture: `numbers` has a byte for each pixel, line after line, which is the place of its colour. `inks` are the
    colours that it is drawn in; the others are between them, at edges."""

    width: int
    height: int
    colours: tuple[Colour, ...]
    numbers: bytes
    inks: frozenset[Colour] = frozenset()


def drawn(drawing: str, scale: float = 1) -> Pixels:
    """What the renderer makes of an SVG whose ground is covered with a colour."""
    file = vl_convert.svg_to_png(drawing, scale=scale)
    width, height = (int.from_bytes(file[start : start + 4], "big") for start in (16, 20))
    length = 1 + 4 * width
    packed = b"".join(content for kind, content in _chunks(file) if kind == b"IDAT")
    content = bytes(deflate.zlib_decompress(packed, height * length))
    lines = [content[start : start + length] for start in range(0, len(content), length)]
    inks = frozenset(colour_of(text) for text in _INK.findall(drawing))
    for bits in (_EXACT, _COARSE):
        reader = _Reader(bits)
        wide = reader.numbers(lines)
        if len(reader.colours) <= MOST_COLOURS:
            return Pixels(width, height, tuple(reader.colours.values()), wide[_LOW::2], inks)
    colours, pixels = tuple(reader.colours.values()), memoryview(wide).cast("H")
    places = chosen(colours, Counter(pixels), MOST_COLOURS)
    kept = sorted(set(places))
    numbers = [kept.index(place) for place in places]
    return Pixels(width, height, tuple(colours[place] for place in kept), bytes(map(numbers.__getitem__, pixels)), inks)


def colour_of(text: str) -> Colour:
    """The colour that is written as `#rrggbb`."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def png(pixels: Pixels, level: int) -> bytes:
    """The picture as a PNG file, in sixteen colours where they are enough; `level` is that of libdeflate, 1 to 12."""
    places = _few(pixels) if pixels.width % 2 == 0 else None
    if places:
        kept = sorted(set(places))
        # Two numbers in each byte, as two hexadecimal digits are.
        digits = bytes(_DIGITS[kept.index(place)] for place in places).ljust(MOST_COLOURS, b"0")
        depth, width, numbers = 4, pixels.width // 2, unhexlify(pixels.numbers.translate(digits))
        colours = [pixels.colours[place] for place in kept]
    else:
        depth, width, numbers, colours = 8, pixels.width, pixels.numbers, list(pixels.colours)
    lines = b"".join(b"\0" + numbers[start : start + width] for start in range(0, len(numbers), width))
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", pixels.width, pixels.height, depth, _BY_NUMBERS, 0, 0, 0),
        b"PLTE": b"".join(map(bytes, colours)),
        b"IDAT": bytes(deflate.zlib_compress(lines, level)),
        b"IEND": b"",
    }
    return _START + b"".join(_chunk(kind, content) for kind, content in parts.items())


def chosen(colours: Sequence[Colour], counts: Mapping[int, int], most: int, inks: Collection[Colour] = ()) -> list[int]:
    """For each colour the place of that which takes its place, where there may be so many; `counts` are their pixels.

    First come the inks and the most frequent, then again and again the one that is furthest from all before, those of
    many pixels sooner (farthest-first traversal).
    """
    weights = [math.log(2 + counts.get(place, 0)) for place in range(len(colours))]
    first = [max(range(len(colours)), key=lambda place: counts.get(place, 0))]
    first += [place for place, colour in enumerate(colours) if colour in inks and place != first[0]]
    places, distances = [first[0]] * len(colours), [math.inf] * len(colours)
    for number in range(most):
        far = max(range(len(colours)), key=lambda place: distances[place] * weights[place])
        latest = first[number] if number < len(first) else far
        if not distances[latest]:
            break
        for place, colour in enumerate(colours):
            distance = math.dist(colour, colours[latest])
            if distance < distances[place]:
                places[place], distances[place] = latest, distance
    return places


def _few(pixels: Pixels) -> list[int] | None:
    """Which of sixteen colours takes the place of each; None where an ink would change, or a colour too much."""
    colours = pixels.colours
    places = chosen(colours, Counter(pixels.numbers[::_SAMPLED]), _FEW, pixels.inks)
    for colour, place in zip(colours, places, strict=True):
        if math.dist(colour, colours[place]) > (0 if colour in pixels.inks else _ALIKE):
            return None
    return places


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_START)
    while place < len(file):
        length = int.from_bytes(file[place : place + 4], "big")
        yield file[place + 4 : place + 8], file[place + 8 : place + 8 + length]
        place += length + 12


class _Reader:
    """Reads a picture as the renderer writes it: four bytes a pixel, given by their differences, line after line.

    Most pixels are as the one before, and many lines are alike: each different line is read once, and work is done only
    where something differs. `colours` are those that were found, by pixel.
    """

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self.colours: dict[int, Colour] = {}
        self._numbers: dict[int, bytes] = {}
        self._after: dict[tuple[int, int], tuple[int, bytes]] = {}

    def numbers(self, lines: Sequence[bytes]) -> bytes:
        """The numbers of all pixels, each two bytes."""
        known = dict.fromkeys(lines)
        for line in known:
            assert line[0] == _BY_DIFFERENCES, "the renderer writes its pictures in another way"
            known[line] = self._line(line[1:])
        return b"".join(map(known.__getitem__, lines))  # type: ignore[arg-type]

    def _line(self, line: bytes) -> bytes:
        differences, differs = memoryview(line).cast("I"), 0
        for byte in range(4):
            differs |= int.from_bytes(line[byte::4], "big")
        # Pixels of no difference are behind the one that they are like; the first pixel is never without colour.
        runs = _RUN.findall(differs.to_bytes(len(differences), "big"))
        pixel, place, found = 0, 0, []
        for length in map(len, runs):
            step = (pixel, differences[place])
            pixel, number = self._after.get(step) or self._stepped(*step)
            found.append(number * length)
            place += length
        return b"".join(found)

    def _stepped(self, pixel: int, difference: int) -> tuple[int, bytes]:
        """The pixel after one, and the number of its colour. Each of the four bytes is added for itself."""
        after = sum((pixel & half) + (difference & half) & half for half in _HALVES)
        shown = after & self._bits
        if shown not in self.colours:
            red, green, blue, _ = (byte | byte >> 5 if self._bits == _COARSE else byte
                                   for byte in shown.to_bytes(4, sys.byteorder))  # fmt: skip
            self._numbers[shown] = len(self.colours).to_bytes(2, sys.byteorder)
            self.colours[shown] = (red, green, blue)
        self._after[pixel, difference] = after, self._numbers[shown]
        return after, self._numbers[shown]
