"""From one colour, a palette that can be read and in which no two colours look alike."""

from __future__ import annotations

import random
import re
from itertools import combinations, pairwise

import pytest

from datagazette.charts.brand import palettes
from datagazette.charts.palette import PALETTES, Palette
from datagazette.model.colours import (
    contrast,
    distance,
    full_distance,
    lch,
    lightness_apart,
    read_colour,
    readable,
    shaded,
)
from datagazette.model.look import SURFACES, Brand, Scheme, accents
from datagazette.publish.look import style_sheet
from tests.conftest import ROOT

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PURPLE = "#5b2a86"
# A purple, a yellow, a dark green, a pale pink; the ends of the scale, a grey, and the program's own.
NAMED = (PURPLE, "#f5c518", "#0b3d2e", "#f7c6d9", "#000000", "#ffffff", "#808080", "#0b6e75")
_RANDOM = random.Random(7)
MANY = tuple(f"#{_RANDOM.randrange(1 << 24):06x}" for _ in range(200))


def assert_readable(brand: str) -> None:
    for scheme in SCHEMES:
        found, surfaces = accents(brand, scheme), SURFACES[scheme]
        for text in (found.accent, found.accent_strong):
            assert all(contrast(text, surface) >= 4.5 for surface in (*surfaces, found.accent_soft)), (brand, scheme)
        for fill in (found.accent_fill, found.accent_fill_strong):
            assert contrast(found.on_accent, fill) >= 4.5, (brand, scheme)


def assert_apart(brand: str) -> None:
    for scheme, palette in palettes(Brand(brand)).items():
        assert len(palette.series) == 6
        assert all(contrast(each, surface) >= 3 for each in palette.series for surface in SURFACES[scheme]), brand
        pairs = list(combinations(palette.series, 2))
        assert min(full_distance(*pair) for pair in pairs) > 0.08, (brand, scheme)
        assert min(distance(*pair) for pair in pairs) > 0.038, (brand, scheme)
        assert min(lightness_apart(*pair) for pair in pairs) > 3, (brand, scheme)
        assert min(lightness_apart(*pair) for pair in pairwise(palette.series)) > 7, (brand, scheme)
        lightness = [lch(shade)[0] for shade in palette.ramp]
        assert lightness == sorted(lightness, reverse=scheme == "light"), (brand, scheme)


@pytest.mark.parametrize("brand", NAMED)
def test_text_can_be_read_whatever_the_colour_of_the_publisher(brand: str) -> None:
    assert_readable(brand)


@pytest.mark.parametrize("brand", NAMED[:2])
def test_no_two_lines_of_a_chart_look_alike_whatever_the_colour_of_the_publisher(brand: str) -> None:
    assert_apart(brand)


@pytest.mark.thorough
@pytest.mark.parametrize("brand", [*NAMED[2:], *MANY])
def test_any_colour_makes_a_palette_in_which_no_two_colours_look_alike(brand: str) -> None:
    assert_readable(brand)
    assert_apart(brand)


def test_a_purple_publisher_meets_no_purple_of_the_program() -> None:
    purple, own = palettes(Brand(PURPLE))["light"], PALETTES["light"].series[2]
    assert purple.series[0] == PURPLE
    assert distance(PURPLE, own) < 0.1
    assert own not in purple.series
    assert all(distance(PURPLE, other) > 0.05 for other in purple.series[1:])


def test_a_colour_that_can_be_read_is_kept_as_it_is() -> None:
    assert accents(PURPLE, "light").accent == accents(PURPLE, "light").accent_fill == PURPLE


def test_a_pale_colour_is_kept_for_surfaces_and_darkened_for_text() -> None:
    yellow = accents("#f5c518", "light")
    assert (yellow.accent_fill, yellow.accent) == ("#f5c518", "#856906")
    assert contrast(yellow.on_accent, "#f5c518") > 4.5
    assert contrast(shaded("#f5c518", lch(yellow.accent)[0] + 0.02), "#f4f6f7") < 4.5  # the nearest that can be read


def test_a_colour_of_its_own_for_dark_pages_is_used_there_alone() -> None:
    brand = Brand(PURPLE, "#ffcc00")
    assert accents(PURPLE, "dark", "#ffcc00").accent_fill == palettes(brand)["dark"].series[0] == "#ffcc00"
    assert palettes(brand)["light"].series[0] == PURPLE


def test_without_a_colour_everything_is_as_the_program_has_it() -> None:
    assert palettes(Brand()) is PALETTES
    assert style_sheet(Brand()) == ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [("#5B2A86", PURPLE), ("#abc", "#aabbcc"), ("5b2a86", ""), ("purple", ""), ("#12345", ""), ("#12345g", "")],
)
def test_a_colour_is_a_code_of_three_or_six_digits(written: str, meant: str) -> None:
    assert read_colour(written) == meant


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_lightness_and_hue_are_those_of_css() -> None:
    """The values that CSS Color 4 gives for the corners of sRGB in OKLCH."""
    assert lch("#ff0000") == pytest.approx((0.628, 0.2577, 29.23), abs=0.01)
    assert lch("#0000ff") == pytest.approx((0.452, 0.3132, 264.05), abs=0.01)
    assert lch("#ffffff")[0] == pytest.approx(1, abs=0.001)
    assert shaded("#0b6e75", lch("#0b6e75")[0]) == "#0b6e75"
    assert readable("#000000", ("#ffffff",), 4.5) == "#000000"


def tokens(selector: str) -> dict[str, str]:
    """The custom properties of the first rule with a selector in tokens.css."""
    text = (ROOT / "site/assets/tokens.css").read_text("utf-8")
    body = text[text.index(f"{selector} {{") :].partition("}")[0]
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", body))


@pytest.mark.parametrize(
    ("scheme", "selector"), [("light", ":root"), ("dark", ':root:not([data-scheme="light"])')], ids=SCHEMES
)
def test_the_style_sheet_and_the_palette_of_charts_say_the_same(scheme: Scheme, selector: str) -> None:
    """The one source of the program's own colours is the palette; tokens.css repeats it for pages."""
    found, palette = tokens(selector), PALETTES[scheme]
    assert isinstance(palette, Palette)
    assert [found[f"--chart-series-{number}"] for number in range(1, 7)] == list(palette.series)
    assert [found[f"--chart-ramp-{number}"] for number in range(1, 6)] == list(palette.ramp)
    assert found["--chart-accent"] == palette.accent
    papers = {read_colour(found[name]) for name in ("--paper", "--paper-soft", "--paper-raised")}
    assert papers == set(SURFACES[scheme])
