"""Colours as sRGB hex codes, and what eyes make of them: lightness and hue (OKLCH), contrast (WCAG), and which two look
alike, also to colour-blind readers and in grey print.

OKLab is by Björn Ottosson (https://bottosson.github.io/posts/oklab/), as in CSS Color 4; contrast is that of WCAG 2.2;
the matrices of colour blindness are those of Machado, Oliveira and Fernandes (2009) at full severity.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

TEXT_CONTRAST, LINE_CONTRAST = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_TO_CONES: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_FROM_CONES: Matrix = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_TO_LAB: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB: Matrix = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_BLIND: tuple[Matrix, ...] = (
    ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
)


def read_colour(text: str) -> str:
    """`#5B2A86` or `#abc` in six small digits; empty where it is no such code."""
    found = text.strip().lower()
    if not _HEX.fullmatch(found):
        return ""
    return found if len(found) == 7 else "#" + "".join(digit * 2 for digit in found[1:])


def contrast(one: str, other: str) -> float:
    """From 1 to 21, whichever is the lighter."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4_096)
def lch(colour: str) -> Triple:
    """Lightness from 0 to 1, chroma, and hue in degrees."""
    lightness, a, b = _lab(_linear(colour))
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


@lru_cache(maxsize=4_096)
def colour(lightness: float, vividness: float, hue: float) -> str:
    """The colour of a lightness and hue that has this share of the chroma that a screen can show there."""
    return _written(_rgb(lightness, vividness * _most_chroma(lightness, hue), hue))


def vividness(shown: str) -> float:
    """The share of the chroma that a screen can show at a colour's lightness and hue."""
    lightness, chroma, hue = lch(shown)
    most = _most_chroma(lightness, hue)
    return min(1.0, chroma / most) if most > 0.001 and chroma > 0.004 else 0.0


def shaded(shown: str, lightness: float) -> str:
    """A colour of another lightness, as vivid as before."""
    return colour(lightness, vividness(shown), lch(shown)[2])


def readable(shown: str, surfaces: tuple[str, ...], least: float) -> str:
    """The colour itself if it has at least this contrast with all surfaces; else the nearest shade of it that does.

    The surfaces are all light or all dark, and a shade is looked for away from them.
    """
    if all(contrast(shown, surface) >= least for surface in surfaces):
        return shown
    enough, close = (0.0 if _luminance(surfaces[0]) > 0.18 else 1.0), lch(shown)[0]
    for _ in range(20):
        middle = (enough + close) / 2
        if all(contrast(shaded(shown, middle), surface) >= least for surface in surfaces):
            enough = middle
        else:
            close = middle
    return shaded(shown, enough)


def on(surface: str) -> str:
    """The text on a surface: white, or a near black of its hue; one of them has enough contrast with any surface."""
    dark = shaded(surface, 0.2)
    for text in ("#ffffff", dark):
        if contrast(text, surface) >= TEXT_CONTRAST:
            return text
    return "#000000"


def distance(one: str, other: str) -> float:
    """How different two colours look at the least: to readers of any colour vision, as a distance in OKLab."""
    return min(math.dist(first, second) for first, second in zip(_seen(one), _seen(other), strict=True))


def full_distance(one: str, other: str) -> float:
    """The same to readers of full colour vision."""
    return math.dist(_seen(one)[0], _seen(other)[0])


def lightness_apart(one: str, other: str) -> float:
    """How different two colours look in grey print, in CIE lightness from 0 to 100."""
    return abs(_grey(one) - _grey(other))


@lru_cache(maxsize=4_096)
def _seen(shown: str) -> tuple[Triple, ...]:
    """A colour in OKLab as readers see it: of full colour vision, without red, without green, without blue."""
    linear = _linear(shown)
    blind = (tuple(min(1.0, max(0.0, part)) for part in _times(matrix, linear)) for matrix in _BLIND)
    return (_lab(linear), *(_lab((red, green, blue)) for red, green, blue in blind))


@lru_cache(maxsize=4_096)
def _luminance(shown: str) -> float:
    red, green, blue = _linear(shown)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _grey(shown: str) -> float:
    light = _luminance(shown)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def _linear(shown: str) -> Triple:
    parts = (int(shown[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def _lab(linear: Triple) -> Triple:
    long, medium, short = _times(_TO_CONES, linear)
    return _times(_TO_LAB, (math.cbrt(long), math.cbrt(medium), math.cbrt(short)))


def _rgb(lightness: float, chroma: float, hue: float) -> Triple:
    """Linear red, green and blue, below 0 or above 1 where a screen cannot show it."""
    turn = math.radians(hue)
    long, medium, short = _times(_FROM_LAB, (lightness, chroma * math.cos(turn), chroma * math.sin(turn)))
    return _times(_FROM_CONES, (long**3, medium**3, short**3))


@lru_cache(maxsize=4_096)
def _most_chroma(lightness: float, hue: float) -> float:
    fits, beyond = 0.0, 0.4
    for _ in range(24):
        middle = (fits + beyond) / 2
        if all(-0.0005 <= part <= 1.0005 for part in _rgb(lightness, middle, hue)):
            fits = middle
        else:
            beyond = middle
    return fits


def _written(linear: Triple) -> str:
    code = "#"
    for part in linear:
        shown = min(1.0, max(0.0, part))
        shown = 12.92 * shown if shown <= 0.0031308 else 1.055 * shown ** (1 / 2.4) - 0.055
        code += f"{round(shown * 255):02x}"
    return code


def _times(matrix: Matrix, vector: Triple) -> Triple:
    first, second, third = (sum(part * value for part, value in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third
