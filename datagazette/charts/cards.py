"""The picture that a link to a page is shown with elsewhere (Open Graph): title, figure, small chart, publisher.

It is set in the fonts alone that are installed with the program, so that it is the same on every machine; a language
that these cannot write gets no picture rather than an empty one.

It is laid out as SVG. Its boxes and its texts are then drawn on a sheet by `canvas.py`; what that cannot draw (charts,
logos, texts of other scripts) is drawn by the renderer and laid on the sheet as a piece.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, floor, inf
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from datagazette.charts.canvas import Canvas
from datagazette.charts.drawing import balanced
from datagazette.charts.fonts import prepare_fonts
from datagazette.charts.letters import lacking
from datagazette.charts.outlines import in_outlines, letters_of, width_of
from datagazette.charts.palette import FONT, LIGHT, Palette
from datagazette.charts.pixels import Pixels, drawn, png
from datagazette.charts.spec import columns_of, lines_of
from datagazette.charts.svg import ATTRIBUTE, END_OF_ISOLATE, RIGHT_TO_LEFT
from datagazette.model.text import for_xml

WIDTH, HEIGHT = 1200, 630
_LEFT_TO_RIGHT = "\u2066"
_MARGIN = 72
_CHART_WIDTH, _CHART_HEIGHT, _CHART_TOP = 460, 380, 90
_LOGO_WIDTH, _LOGO_HEIGHT = 320, 72
_UNIT, _UNIT_SPACE = 40, 14
_SMALLEST = 0.75  # of the size that a chart has on a page
# How large a title is set, and in how many lines it must then fit.
_TITLE_SIZES = ((64, 1), (56, 1), (64, 2), (54, 3), (44, 4))
_MOVED = re.compile(r"translate\(([\d.]+),([\d.]+)\)")
_VARIABLE = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")
_PACKED = 6  # level of libdeflate: a third of the time of 9, and a twentieth more bytes
_DRAWN = 64  # pictures and pieces that are kept


@dataclass(frozen=True)
class LinkCard:
    """The texts of a picture. `amount` is a key figure as people say it; `chart` is a drawing as SVG, or empty. `rtl`:
    the texts are written from right to left, and begin at the right."""

    title: str
    credit: str
    amount: str = ""
    unit: str = ""
    about: str = ""
    chart: str = ""
    rtl: bool = False


@dataclass(frozen=True)
class CardLook:
    """The colours of a picture, and the publication's logo: a file of the media type `logo_type`, so many times as wide
    as high."""

    palette: Palette = LIGHT
    stripe: str = LIGHT.accent
    logo: bytes = b""
    logo_type: str = ""
    logo_ratio: float = 1.0


_PLAIN = CardLook()


def is_writable(card: LinkCard) -> bool:
    """Whether the fonts have letters for all of the texts."""
    return not lacking((card.title, card.credit, card.amount, card.unit, card.about))


@lru_cache(maxsize=_DRAWN)
def render_card(card: LinkCard, look: CardLook = _PLAIN) -> bytes:
    """The picture as PNG, 1200 by 630. Where languages have the same texts, it is drawn once."""
    prepare_fonts()
    paper = look.palette.surface
    canvas = Canvas(WIDTH, HEIGHT, paper)
    for element in compose(card, look):
        letters = letters_of(element) if element.tag == "text" else None
        if element.tag == "rect":
            x, y, width, height = (int(element.get(side, "0")) for side in ("x", "y", "width", "height"))
            canvas.box(x, y, width, height, element.get("fill", paper))
        elif letters is not None:
            canvas.letters(letters, element.get("fill", paper))
        else:
            x, y, width, height = _place(element)
            canvas.piece(_piece(ElementTree.tostring(element, encoding="unicode"), paper, x, y, width, height), x, y)
    return png(canvas.pixels(), _PACKED)


@lru_cache(maxsize=_DRAWN)
def _piece(element: str, paper: str, x: int, y: int, width: int, height: int) -> Pixels:
    """A part of a picture, drawn by the renderer; a dataset and its summary show the same chart."""
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "width": str(width), "height": str(height),
                           "viewBox": f"{x} {y} {width} {height}", "font-family": FONT})  # fmt: skip
    _box(root, x, y, width, height, paper)
    root.append(ElementTree.fromstring(element))  # noqa: S314  (our own)
    return drawn(in_outlines(root))


def _place(element: Element) -> tuple[int, int, int, int]:
    """Where a chart, a logo or a text is in the picture, and how large, in whole pixels."""
    if element.tag == "g":
        x, y = (float(number) for number in _MOVED.findall(element.get("transform", ""))[0])
        return int(x), floor(y), _CHART_WIDTH, _CHART_HEIGHT - 2 * (floor(y) - _CHART_TOP)
    x, y, width, height = (float(element.get(side, "0")) for side in ("x", "y", "width", "height"))
    if element.tag == "image":
        return floor(x), floor(y), ceil(x + width) - floor(x), ceil(y + height) - floor(y)
    size = max(float(part.get("font-size", "0")) for part in element.iter())
    return 0, floor(y - 1.5 * size), WIDTH, ceil(2.2 * size)


def compose(card: LinkCard, look: CardLook = _PLAIN) -> Element:
    """The picture as SVG, its texts as `text` elements."""
    # A long list would shrink until nobody can read its labels.
    if card.chart and _scale(ElementTree.fromstring(card.chart)) <= _SMALLEST:  # noqa: S314  (our own drawing)
        card = replace(card, chart="")
    if card.rtl:  # a number and its unit run in two directions
        card = replace(card, unit="", about=" · ".join(filter(None, (card.unit, card.about))))
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "width": str(WIDTH), "height": str(HEIGHT),
                           "viewBox": f"0 0 {WIDTH} {HEIGHT}", "font-family": FONT})  # fmt: skip
    palette = look.palette
    _box(root, 0, 0, WIDTH, HEIGHT, palette.surface)
    _box(root, 0, 0, WIDTH, 16, look.stripe)
    room = WIDTH - 2 * _MARGIN - (_CHART_WIDTH + 48 if card.chart else 0)
    y = _title(root, card.title, room)
    if card.amount:
        _figure(root, card, y, room, palette)
    if card.chart:
        _chart(root, card.chart)
    _box(root, _MARGIN, HEIGHT - 100, WIDTH - 2 * _MARGIN, 2, palette.grid)
    beside = _logo(root, look) if look.logo else 0
    _text(root, _cut(card.credit, WIDTH - 2 * _MARGIN - beside, 28), _MARGIN, HEIGHT - 52, 28, palette.muted)
    if card.rtl:
        _turn(root)
    return root


def _turn(root: Element) -> None:
    """Exchanges left and right: texts begin at the right, the chart and the logo are at the left."""
    for element in root:
        if element.tag == "text":
            element.set("x", f"{WIDTH - float(element.get('x', '0')):g}")
            element.set("text-anchor", "end")
            element.text, last = f"{RIGHT_TO_LEFT}{element.text}", element[-1] if len(element) else element
            last.text = f"{last.text}{END_OF_ISOLATE}"
        elif element.tag == "image":
            element.set("x", str(_MARGIN))
        elif element.tag == "g":
            x = WIDTH - _MARGIN - _CHART_WIDTH
            element.set("transform", element.get("transform", "").replace(f"translate({x:g},", f"translate({_MARGIN},"))


def _logo(root: Element, look: CardLook) -> float:
    """The logo at the right of the publisher; returns the width that it takes."""
    height = min(_LOGO_HEIGHT, _LOGO_WIDTH / look.logo_ratio)
    width = height * look.logo_ratio
    place = {"x": WIDTH - _MARGIN - width, "y": HEIGHT - 49 - height / 2, "width": width, "height": height}
    address = f"data:{look.logo_type};base64,{b64encode(look.logo).decode()}"
    SubElement(root, "image", {name: f"{value:.2f}" for name, value in place.items()} | {"href": address})
    return width + 32


def _title(root: Element, title: str, room: int) -> float:
    """The title as large as fits; returns where it ends."""
    for size, most in _TITLE_SIZES:
        lines = balanced(title, int(room / (size * 0.54)))
        if len(lines) <= most:
            break
    else:
        lines = [*lines[: most - 1], lines[most - 1].rstrip() + "…"]
    y = 64.0
    for line in lines:
        y += size * 1.22
        _text(root, line, _MARGIN, y, size, LIGHT.ink, weight="600")
    return y


def _figure(root: Element, card: LinkCard, y: float, room: int, palette: Palette) -> None:
    """The key figure below the title, what it counts under it."""
    size = min(120.0, (HEIGHT - 150 - y) * 0.5, room / max(1.0, 0.62 * columns_of(card.amount)))
    top = y + (HEIGHT - 110 - y - size * 1.4) / 2
    beside = _UNIT_SPACE + width_of(card.unit, _UNIT) if card.unit else 0
    if room < width_of(card.amount, size) + beside < inf:  # below it, where it lacks the room
        card = replace(card, unit="", about=" · ".join(filter(None, (card.unit, card.about))))
    said = f"{_LEFT_TO_RIGHT}{card.amount}{END_OF_ISOLATE}" if card.rtl else card.amount  # a sign is before its number
    amount = _text(root, said, _MARGIN, top + size, size, palette.accent, weight="700")
    if card.unit:
        unit = SubElement(amount, "tspan", {"font-size": f"{_UNIT}", "dx": f"{_UNIT_SPACE}", "font-weight": "400"})
        unit.text = for_xml(card.unit)
    if card.about:
        _text(root, _cut(card.about, room, 30), _MARGIN, top + size + 52, 30, palette.muted)


def _chart(root: Element, drawing: str) -> None:
    """The drawing at the right, as large as fits; its colours are those of a light page."""
    plot = ElementTree.fromstring(_VARIABLE.sub(r"\1", drawing))  # noqa: S314  (our own drawing)
    scale, height = _scale(plot), float(plot.get("height", "1"))
    x, y = WIDTH - _MARGIN - _CHART_WIDTH, _CHART_TOP + max(0.0, (_CHART_HEIGHT - height * scale) / 2)
    place = SubElement(root, "g", {"transform": f"translate({x:g},{y:.2f}) scale({scale:.4f})"})
    place.extend(child for child in plot if child.tag.rpartition("}")[2] not in ("title", "desc"))
    for element in place.iter():
        element.attrib.pop(ATTRIBUTE, None)


def _cut(text: str, room: float, size: float) -> str:
    """As much of a text as fits one line."""
    lines = lines_of(text, int(room / (size * 0.54)))
    return lines[0] + "…" if lines[1:] else text


def _scale(plot: Element) -> float:
    width, height = (float(plot.get(side, "1")) for side in ("width", "height"))
    return min(_CHART_WIDTH / width, _CHART_HEIGHT / height)


def _box(root: Element, x: float, y: float, width: float, height: float, colour: str) -> None:
    sides = {"x": x, "y": y, "width": width, "height": height}
    SubElement(root, "rect", {name: f"{value:g}" for name, value in sides.items()} | {"fill": colour})


def _text(root: Element, text: str, x: float, y: float, size: float, colour: str, weight: str = "400") -> Element:
    place = {"x": f"{x:g}", "y": f"{y:.1f}", "font-size": f"{size:.4g}", "fill": colour, "font-weight": weight}
    element = SubElement(root, "text", place)
    element.text = for_xml(text)
    return element
