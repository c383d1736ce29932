"""The palette of charts around the publisher's colour.

The series begin with that colour and end with a grey. Those between are the ones of a fixed set that look the least
alike, and the least like the first: to readers of any colour vision, and in grey print. What is one colour on light
pages keeps its hue on dark ones, so that a text that names it is right in both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import combinations, pairwise, permutations

from datagazette.charts.palette import PALETTES, Palette
from datagazette.model.colours import (
    LINE_CONTRAST,
    colour,
    distance,
    full_distance,
    lch,
    lightness_apart,
    readable,
    shaded,
    vividness,
)
from datagazette.model.look import SURFACES, Brand, Scheme, accents

# The same colour on light and on dark pages.
Pair = tuple[str, str]
_SERIES = 6
_HUES = (15, 40, 65, 90, 115, 140, 165, 200, 240, 270, 295, 320, 345)
_CYANS = (140, 165, 200)  # of which a screen shows little chroma
# Lightness on light and on dark pages, in OKLCH.
_LEVELS = ((0.34, 0.6), (0.42, 0.67), (0.5, 0.74), (0.57, 0.81), (0.645, 0.88))
_GREY_LEVELS = ((0.36, 0.58), (0.45, 0.62), (0.53, 0.68), (0.6, 0.75), (0.645, 0.84))
_LEAST_HUE = 24  # degrees between any two
_NEUTRAL = 0.03  # chroma below which a colour has no hue
# What is as different as one unit of the least distance that eyes see: twice of it where eyes see all colours, and so
# many steps of lightness in grey print.
_FULL, _GREY = 2, 80
_NEIGHBOURS = 8  # steps of lightness between one colour of a series and the next are enough
# Five shades from little to much, as lightness in OKLCH.
_RAMP: Mapping[Scheme, tuple[float, ...]] = {
    "light": (0.91, 0.785, 0.65, 0.5, 0.36), "dark": (0.38, 0.53, 0.7, 0.83, 0.94),
}  # fmt: skip


def palettes(brand: Brand) -> Mapping[Scheme, Palette]:
    """The palettes of a publication's charts; the program's own where it has no colour."""
    return _palettes(brand.colour, brand.colour_dark) if brand.colour else PALETTES


@lru_cache(maxsize=64)
def _palettes(given: str, own_dark: str) -> Mapping[Scheme, Palette]:
    light = readable(given, SURFACES["light"], LINE_CONTRAST)
    dark = accents(given, "dark", own_dark).accent
    found = _series((light, dark))
    return {
        "light": _palette("light", tuple(pair[0] for pair in found)),
        "dark": _palette("dark", tuple(pair[1] for pair in found)),
    }


def _palette(scheme: Scheme, series: tuple[str, ...]) -> Palette:
    ramp = tuple(_shade(series[0], lightness) for lightness in _RAMP[scheme])
    return replace(PALETTES[scheme], accent=series[0], series=series, ramp=ramp)


def _shade(shown: str, lightness: float) -> str:
    """A shade as vivid, but for the palest ones, which would be the loudest."""
    return shaded(shown, lightness) if lightness < 0.75 else colour(lightness, vividness(shown) * 0.5, lch(shown)[2])


def _series(first: Pair) -> tuple[Pair, ...]:
    """The colour and five others, of which no two look alike; neighbours differ in lightness."""
    has_hue = min(lch(shown)[1] for shown in first) > _NEUTRAL
    hue = lch(first[0])[2]
    others = [(each, pair) for each, pair in _candidates() if not has_hue or _turned(each, hue) >= _LEAST_HUE]
    best: tuple[float, float, tuple[Pair, ...], tuple[Pair, ...]] = (-1.0, 0.0, (), ())
    waiting: list[tuple[int, float, tuple[tuple[float, Pair], ...]]] = [(0, math.inf, ())]
    while waiting:
        start, least, chosen = waiting.pop()
        pairs = tuple(pair for _, pair in chosen)
        if len(pairs) == _SERIES - 1 - has_hue:
            spread = round(sum(full_distance(one[0], other[0]) for one, other in combinations((first, *pairs), 2)), 3)
            greys: list[tuple[Pair, ...]] = [(grey,) for grey in _greys()] if has_hue else [()]
            for ends in greys:
                apart = min([least, *(_apart(end, pair) for end in ends for pair in (first, *pairs))])
                best = max(best, (round(apart, 3), spread, pairs, ends))
            continue
        for place in range(start, len(others)):
            each, pair = others[place]
            apart = min([least, _apart(first, pair), *(_apart(other, pair) for other in pairs)])
            if apart > best[0] and all(_turned(each, other) >= _LEAST_HUE for other, _ in chosen):
                waiting.append((place + 1, apart, (*chosen, (each, pair))))
    *_, middle, ends = best
    return (first, *max(permutations(middle), key=lambda order: _order(first, order, ends)), *ends)


def _order(first: Pair, order: Sequence[Pair], ends: Sequence[Pair]) -> tuple[float, float, float]:
    """Neighbours differ in lightness; then the first two differ most, and the first three, which most charts have."""
    neighbours = pairwise((first, *order, *ends))
    steps = [lightness_apart(*two) for one, other in neighbours for two in zip(one, other, strict=True)]
    three = combinations((first, *order[:2]), 2)
    return (
        min(_NEIGHBOURS, round(min(steps), 1)),
        round(_apart(first, order[0]), 3),
        round(min(_apart(one, other) for one, other in three), 3),
    )


@lru_cache(maxsize=100_000)
def _apart(one: Pair, other: Pair) -> float:
    """How little alike two colours are, in the scheme in which they are more so."""
    return min(
        min(distance(*two), full_distance(*two) / _FULL, lightness_apart(*two) / _GREY)
        for two in zip(one, other, strict=True)
    )


def _turned(one: float, other: float) -> float:
    """The angle between two hues."""
    apart = abs(one - other) % 360
    return min(apart, 360 - apart)


@cache
def _candidates() -> tuple[tuple[float, Pair], ...]:
    """(hue, colour) of all that a series may have after the first."""
    return tuple((hue, _pair(0.9 if hue in _CYANS else 0.8, hue, *level)) for hue in _HUES for level in _LEVELS)


@cache
def _greys() -> tuple[Pair, ...]:
    return tuple(_pair(0.1, 240, *level) for level in _GREY_LEVELS)


def _pair(share: float, hue: float, on_light: float, on_dark: float) -> Pair:
    light, dark = colour(on_light, share, hue), colour(on_dark, share * 0.9, hue)
    return readable(light, SURFACES["light"], LINE_CONTRAST), readable(dark, SURFACES["dark"], LINE_CONTRAST)
