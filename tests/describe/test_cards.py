"""The pictures for links: the same bytes each time, of the size that they promise, and never without their words."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from datagazette.charts.cards import HEIGHT, WIDTH, LinkCard, compose, is_writable, render_card
from datagazette.charts.letters import in_fonts
from datagazette.charts.outlines import outlined
from datagazette.charts.pixels import drawn

PLOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="340" height="200"><title>said</title>'
    '<rect width="340" height="200" style="fill:var(--chart-accent,#0b6e75)"/></svg>'
)
CARD = LinkCard("宁夏持证社会工作者", "数说中国社会工作", "≥ 66 万", "人", "持证人数 · 2021 年底", PLOT)


def card_svg(card: LinkCard) -> str:
    return ElementTree.tostring(compose(card), encoding="unicode")


def texts(card: LinkCard) -> list[str]:
    root = ElementTree.fromstring(card_svg(card))
    return ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_card_is_a_png_of_the_promised_size_and_the_same_each_time() -> None:
    picture = render_card(CARD)
    assert picture == render_card(CARD)
    assert struct.unpack(">II", picture[16:24]) == (WIDTH, HEIGHT)
    assert picture != render_card(LinkCard("", ""))


NAMED = PLOT.replace(
    "</svg>",
    '<text text-anchor="end" transform="translate(150,60)" font-size="13px" fill="#ffffff" data-row="1">≥ 12 To</text>'
    '<text text-anchor="middle" transform="translate(170,90)" font-size="13px" style="fill:#ffffff">上海</text></svg>',
)
SAID = (
    CARD,
    replace(CARD, chart=NAMED),
    LinkCard(
        "Social workers’ “AVATAR” offices, fi ffl — 2021/22 (é, Łódź)", "In figures", "≈ 1,412,120", "m²", "Кириллица"
    ),
)


def light(png: bytes) -> list[float]:
    """The green of each pixel of a picture of ours, from 0 to 1."""
    depth, place, parts = png[24], 8, {}
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        parts[png[place + 4 : place + 8]] = png[place + 8 : place + 8 + length]
        place += length + 12
    greens, lines = [green / 255 for green in parts[b"PLTE"][1::3]], zlib.decompress(parts[b"IDAT"])
    long = 1 + WIDTH * depth // 8
    packed = b"".join(lines[start + 1 : start + long] for start in range(0, len(lines), long))
    return [greens[number] for byte in packed for number in ((byte >> 4, byte & 15) if depth == 4 else (byte,))]


@pytest.mark.parametrize("card", SAID)
def test_letters_are_where_the_renderer_sets_them(card: LinkCard) -> None:
    its = drawn(in_fonts(card_svg(card)))
    greens = [green / 255 for _, green, _ in its.colours]
    differences = [abs(one - greens[other]) for one, other in zip(light(render_card(card)), its.numbers, strict=True)]
    assert len(differences) == WIDTH * HEIGHT
    # At the edges of letters, and by a shade: a letter that is moved by a pixel differs by more than half at its edges.
    assert sum(differences) / len(differences) < 0.002
    assert sum(difference > 0.3 for difference in differences) < 60


def test_a_text_with_a_letter_that_the_font_lacks_is_left_to_the_renderer() -> None:
    text = Element("text", {"x": "0", "y": "20", "font-size": "20"})
    text.text = "永"
    assert outlined(text).tag == "g"
    text.text = "永\uf8ff"
    assert outlined(text) is text


def test_a_card_says_title_figure_and_publication() -> None:
    assert texts(CARD) == ["宁夏持证社会工作者", "≥ 66 万人", "持证人数 · 2021 年底", "数说中国社会工作"]


def test_a_unit_without_room_beside_its_figure_is_below_it() -> None:
    wide = replace(CARD, amount="≥ 660,000", unit="persons", about="Certificate holders")
    assert texts(wide)[1:3] == ["≥ 660,000", "persons · Certificate holders"]
    assert texts(replace(wide, chart=""))[1:3] == ["≥ 660,000persons", "Certificate holders"]


def test_the_inks_of_a_picture_are_exactly_those_of_its_drawing() -> None:
    swatch = PLOT.replace("</svg>", '<rect x="9" y="9" width="6" height="6" style="fill:#0b6e85"/></svg>')
    picture = render_card(replace(CARD, chart=swatch))
    start = picture.index(b"PLTE") + 4
    length = int.from_bytes(picture[start - 8 : start - 4], "big")
    colours = {picture[place : place + 3].hex() for place in range(start, start + length, 3)}
    assert {"0b6e75", "0b6e85", "ffffff"} <= colours


@pytest.mark.parametrize("title", ["Many words " * 30, "很长的标题" * 40, "W" * 300])
def test_a_long_title_is_cut_and_stays_above_the_line(title: str) -> None:
    root = ElementTree.fromstring(card_svg(LinkCard(title, "x", "1,000", "m", "about " * 40)))
    lines = list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert all(float(one.get("y", "0")) < HEIGHT for one in lines)
    assert any("…" in "".join(one.itertext()) for one in lines)


def test_colours_are_those_of_a_light_page() -> None:
    assert "var(" not in card_svg(CARD)
    assert "fill:#0b6e75" in card_svg(CARD)
    assert "said" not in card_svg(CARD)


def test_what_the_font_cannot_write_gets_no_picture() -> None:
    assert is_writable(CARD)
    assert not is_writable(LinkCard("የሕዝብ ብዛት", "x"))


def test_a_chart_too_long_to_read_is_left_out() -> None:
    long = replace(CARD, chart=PLOT.replace('height="200"', 'height="2000"'))
    assert card_svg(long) == card_svg(replace(CARD, chart=""))
