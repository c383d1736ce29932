"""The picture that a link to a page is shown with elsewhere (Open Graph): title, figure, small chart, publisher.

It is set in the fonts alone that are installed with the program, so that it is the same on every machine; a language
that these cannot write gets no picture rather than an empty one.

Its texts are given to the renderer as outlines, for speed and for nothing else: a picture takes half the time. The
renderer opens the font's file, eight megabytes, for each letter; here it is opened once, and each letter read once.
HarfBuzz sets the letters, as the renderer does: the two differ in the shade of a few pixels at most.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partialmethod
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import uharfbuzz
import vl_convert

from datagazette.charts.drawing import balanced, packed, prepare_fonts
from datagazette.charts.font_files import font_folder
from datagazette.charts.letters import in_fonts, lacking
from datagazette.charts.palette import FONT, LIGHT, Palette
from datagazette.charts.spec import columns_of, lines_of
from datagazette.charts.svg import ATTRIBUTE, END_OF_ISOLATE, RIGHT_TO_LEFT
from datagazette.model.text import for_xml

WIDTH, HEIGHT = 1200, 630
_LEFT_TO_RIGHT = "\u2066"
_MARGIN = 72
_CHART_WIDTH, _CHART_HEIGHT = 460, 380
_LOGO_WIDTH, _LOGO_HEIGHT = 320, 72
_SMALLEST = 0.75  # of the size that a chart has on a page
# How large a title is set, and in how many lines it must then fit.
_TITLE_SIZES = ((64, 1), (56, 1), (64, 2), (54, 3), (44, 4))
_VARIABLE = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")
_LETTERS = 4_096  # outlines that are kept
_PLACE = frozenset({"x", "y", "font-size", "font-weight", "text-anchor"})
_KEPT = frozenset({"fill", "style", "opacity", "transform"})
_OF_PARTS = frozenset({"dx", "font-size", "font-weight"})
# The share of a text's width that is before its place.
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}


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


def render_card(card: LinkCard, look: CardLook = _PLAIN) -> bytes:
    """The picture as PNG, 1200 by 630."""
    prepare_fonts()
    root = compose(card, look)
    for parent in list(root.iter()):
        parent[:] = [outlined(child) if child.tag.endswith("text") else child for child in parent]
    drawing = in_fonts(ElementTree.tostring(root, encoding="unicode"))
    return packed(vl_convert.svg_to_png(drawing, scale=1), quickly=True)


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
    said = f"{_LEFT_TO_RIGHT}{card.amount}{END_OF_ISOLATE}" if card.rtl else card.amount  # a sign is before its number
    amount = _text(root, said, _MARGIN, top + size, size, palette.accent, weight="700")
    if card.unit:
        unit = SubElement(amount, "tspan", {"font-size": "40", "dx": "14", "font-weight": "400"})
        unit.text = for_xml(card.unit)
    if card.about:
        _text(root, _cut(card.about, room, 30), _MARGIN, top + size + 52, 30, palette.muted)


def _chart(root: Element, drawing: str) -> None:
    """The drawing at the right, as large as fits; its colours are those of a light page."""
    plot = ElementTree.fromstring(_VARIABLE.sub(r"\1", drawing))  # noqa: S314  (our own drawing)
    scale, height = _scale(plot), float(plot.get("height", "1"))
    x, y = WIDTH - _MARGIN - _CHART_WIDTH, 90 + max(0.0, (_CHART_HEIGHT - height * scale) / 2)
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


def outlined(text: Element) -> Element:
    """A `text`, with its `tspan`s, as a group of paths; itself where the font lacks a letter, or where it says more
    than its place, size and paint."""
    if set(text.keys()) - _PLACE - _KEPT or any(set(part.keys()) - _OF_PARTS for part in text):
        return text
    if (text.text or "").startswith(RIGHT_TO_LEFT):
        return text  # its letters have an order of their own
    # The script of the whole line: figures alone would be set more widely.
    line = uharfbuzz.Buffer()
    line.add_str("".join(text.itertext()))
    line.guess_segment_properties()
    parts = []
    for part in (text, *text):
        scale = _pixels(part, "font-size") / float(_font().face.upem)
        parts.append((_pixels(part, "dx"), scale, _glyphs(part.text or "", line.script)))
    if any(glyph == 0 for _, _, glyphs in parts for glyph, *_ in glyphs):  # 0 is a letter that the font lacks
        return text
    width = sum(before + scale * sum(advance for _, advance, _, _ in glyphs) for before, scale, glyphs in parts)
    x, y = _pixels(text, "x") - _BEFORE[text.get("text-anchor", "start")] * width, _pixels(text, "y")
    group = Element("g", {key: value for key, value in text.items() if key in _KEPT})
    for before, scale, glyphs in parts:
        x += before
        for glyph, advance, right, up in glyphs:
            if outline := _outline(glyph):
                place = f"{x + right * scale:.3f} {y - up * scale:.3f}"
                SubElement(group, "path", {"d": outline, "transform": f"matrix({scale:.6g} 0 0 {-scale:.6g} {place})"})
            x += advance * scale
    return group


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
    uharfbuzz.shape(_font(), buffer)
    return [
        (info.codepoint, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True)
    ]


@cache
def _font() -> uharfbuzz.Font:
    file = min(font_folder().glob("NotoSansSC*"))
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file))))


@lru_cache(maxsize=_LETTERS)
def _outline(glyph: int) -> str:
    pen = _Pen()
    _font().draw_glyph_with_pen(glyph, pen)
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
