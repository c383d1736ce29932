"""How a publication looks: its colour and logo, the links in its footer, and what counts its visitors.

From the one colour come all others that pages and charts have beside their greys. Text keeps a contrast of 4.5:1 and
lines one of 3:1 with every surface that they are on; a colour that is too pale or too dark for text is used as it is
for surfaces, with black or white on it, and a shade of it for the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from datagazette.model.colours import TEXT_CONTRAST, colour, lch, on, readable, shaded, vividness
from datagazette.model.text import Text

Scheme = Literal["light", "dark"]
# What text and lines are on: --paper, --paper-soft and --paper-raised in site/assets/tokens.css.
SURFACES: Mapping[Scheme, tuple[str, ...]] = MappingProxyType({
    "light": ("#ffffff", "#f4f6f7"), "dark": ("#14191d", "#1c2328", "#1f272d"),
})  # fmt: skip
# Lightness of a tint behind text, and of the colour around the page on a phone, in OKLCH.
_SOFT: Mapping[Scheme, tuple[float, float]] = MappingProxyType({"light": (0.95, 0.28), "dark": (0.3, 0.55)})
_AROUND_DARK = (0.25, 0.5)
_STRONGER: Mapping[Scheme, float] = MappingProxyType({"light": -0.1, "dark": 0.09})
_SQUARE = (0.8, 1.25)  # of width to height


@dataclass(frozen=True)
class Logo:
    """A picture of the publication, `path` being relative to its root; `width` and `height` are in its own units."""

    path: str
    sha256: str
    width: float
    height: float

    @property
    def ending(self) -> str:
        return self.path.rpartition(".")[2].lower()

    @property
    def media_type(self) -> str:
        return {"svg": "image/svg+xml", "png": "image/png"}[self.ending]

    @property
    def is_square(self) -> bool:
        """Whether it can be the icon of a browser's tab."""
        return _SQUARE[0] <= self.width / self.height <= _SQUARE[1]


@dataclass(frozen=True)
class Brand:
    """`colour` and `colour_dark`, for the dark scheme, are hex codes of six digits, or empty."""

    colour: str = ""
    colour_dark: str = ""
    logo: Logo | None = None
    logo_dark: Logo | None = None


@dataclass(frozen=True)
class FooterLink:
    """A link at the foot of every page: to a page of the site, whose `path` is relative to the folder of a language
    (`privacy/`), or to a web address. `line` is its line in catalog.yaml."""

    title: Text
    path: str
    line: int | None = None

    @property
    def is_own(self) -> bool:
        return not self.path.startswith("https:")


@dataclass(frozen=True)
class Counter:
    """A script that counts visitors: the name of a file in site/assets. `path` is the page about it, or empty."""

    script: str
    title: Text
    path: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Accents:
    """The colours of a scheme that come from the brand's, named as in site/assets/tokens.css.

    `accent` is for text and lines, `accent_fill` for surfaces with `on_accent` on it; the strong ones are for what is
    pointed at. `around` is what a phone shows around the page.
    """

    accent: str
    accent_strong: str
    accent_soft: str
    accent_fill: str
    accent_fill_strong: str
    on_accent: str
    around: str


@lru_cache(maxsize=64)
def accents(brand: str, scheme: Scheme, own_dark: str = "") -> Accents:
    """Of the colour `brand`; `own_dark` is the publisher's own for the dark scheme, if there is one."""
    given = own_dark if scheme == "dark" and own_dark else brand
    lightness, share = _SOFT[scheme]
    soft = _tinted(given, lightness, share)
    accent = readable(given, (*SURFACES[scheme], soft), TEXT_CONTRAST)
    fill = given if scheme == "light" or own_dark else accent
    text = on(fill)
    stronger = lch(accent)[0] + _STRONGER[scheme]
    return Accents(
        accent=accent,
        accent_strong=shaded(accent, min(1.0, max(0.0, stronger))),
        accent_soft=soft,
        accent_fill=fill,
        # Away from the text on it.
        accent_fill_strong=shaded(fill, min(1.0, max(0.0, lch(fill)[0] + (-0.08 if text == "#ffffff" else 0.06)))),
        on_accent=text,
        around=fill if scheme == "light" else _tinted(given, *_AROUND_DARK),
    )


def _tinted(given: str, lightness: float, share: float) -> str:
    return colour(lightness, min(share, vividness(given)), lch(given)[2])
