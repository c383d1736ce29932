"""A publication's logo: an SVG or a PNG whose size is known, and an SVG that can do nothing but be looked at.

An SVG is published as it is, at an address of the site, where a browser would run a script in it. So its elements are
those that draw, its addresses lead nowhere but into itself, and it may not declare entities, of which XML bombs are
made. What editors leave in a namespace of their own is inert.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from datagazette.model.limits import LOGO_PARTS, LOGO_PIXELS, LOGO_RATIO, LOGO_USES

_PNG_END = b"IEND\xaeB`\x82"
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_SVG, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
_BETWEEN = " "  # a namespace and a name
# fmt: off
_DRAWING = frozenset({
    "svg", "g", "defs", "symbol", "use", "switch", "title", "desc", "metadata", "style", "path", "rect", "circle",
    "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath", "image", "linearGradient",
    "radialGradient", "stop", "pattern", "clipPath", "mask", "marker", "filter", "feBlend", "feColorMatrix",
    "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap",
    "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur",
    "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting", "feSpotLight",
    "feTile", "feTurbulence", "view",
})
# fmt: on
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,", re.IGNORECASE)
_OUTSIDE = re.compile(
    r"@import|expression|javascript:|url\(\s*[\"']?\s*(?!#|data:image/(?:png|jpeg|gif|webp);)", re.IGNORECASE
)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)(?:px|pt|mm|cm|in)?\s*")


class LogoFault(Exception):
    """Why a file cannot be a logo: the code of a problem, its values, and the line of an SVG."""

    def __init__(self, code: str, line: int | None = None, **values: object) -> None:
        super().__init__(code)
        self.code, self.line, self.values = code, line, values


def logo_size(path: Path, content: bytes) -> tuple[float, float]:
    """Width and height of a logo, in its own units. Raises LogoFault."""
    if path.suffix.lower() == ".svg":
        width, height = _Drawing().read(content)
    elif path.suffix.lower() == ".png":
        if not content.startswith(_PNG) or _PNG_END not in content[-64:]:
            raise LogoFault("logo-format", rule="png")
        width, height = (float(int.from_bytes(content[place : place + 4], "big")) for place in (16, 20))
        if max(width, height) > LOGO_PIXELS:
            raise LogoFault("logo-size", width=round(width), height=round(height), limit=LOGO_PIXELS, rule="pixels")
    else:
        raise LogoFault("logo-format")
    if min(width, height) <= 0 or not 1 / LOGO_RATIO <= width / height <= LOGO_RATIO:
        raise LogoFault("logo-size", width=round(width, 2), height=round(height, 2), limit=LOGO_RATIO, rule="shape")
    return width, height


class _Drawing:
    """Looks at every part of an SVG while it is parsed."""

    def __init__(self) -> None:
        self._size = (0.0, 0.0)
        self._parts = self._uses = 0
        self._style: list[str] | None = None
        self._parser = expat.ParserCreate(namespace_separator=_BETWEEN)
        handlers = {
            "StartElement": self._start,
            "EndElement": self._end,
            "CharacterData": self._text,
            "EntityDecl": lambda *_: self._refuse("<!ENTITY"),
            "ProcessingInstruction": lambda target, _: self._refuse(f"<?{target}"),
        }
        for event, handler in handlers.items():
            setattr(self._parser, f"{event}Handler", handler)

    def read(self, content: bytes) -> tuple[float, float]:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code) or str(error)
            raise LogoFault("logo-format", error.lineno, reason=reason, rule="svg") from error
        if not all(self._size):
            raise LogoFault("logo-size", rule="missing")
        return self._size

    def _refuse(self, found: str) -> NoReturn:
        raise LogoFault("logo-unsafe", self._parser.CurrentLineNumber, found=found[:80])

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(_BETWEEN)
        self._parts += 1
        self._uses += local == "use"
        if self._parts == 1:
            if (namespace, local) != (_SVG, "svg"):
                raise LogoFault("logo-format", 1, reason=f"<{local}>", rule="root")
            self._size = _size(attributes)
        if self._parts > LOGO_PARTS or self._uses > LOGO_USES:
            raise LogoFault("logo-size", parts=LOGO_PARTS, uses=LOGO_USES, rule="parts")
        if namespace == _XHTML or (namespace in (_SVG, "") and local not in _DRAWING):
            self._refuse(f"<{local}>")
        for key, value in attributes.items():
            self._attribute(key, value, local)
        if (namespace, local) == (_SVG, "style"):
            self._style = []

    def _attribute(self, name: str, value: str, element: str) -> None:
        space, _, key = name.rpartition(_BETWEEN)
        # An escape could spell what is looked for.
        if key.lower().startswith("on") or _OUTSIDE.search(value) or (not space and "\\" in value):
            self._refuse(f'{key}="{value}"')
        if key in ("href", "src"):
            is_inside = value.strip().startswith("#") or (element == "image" and _PICTURE.match(value.strip()))
            if not is_inside:
                self._refuse(f'{key}="{value}"')

    def _text(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)

    def _end(self, _name: str) -> None:
        if self._style is not None:
            style, self._style = "".join(self._style), None
            if found := ("\\" if "\\" in style else "") or _OUTSIDE.search(style):
                self._refuse(found if isinstance(found, str) else found[0])


def _size(attributes: dict[str, str]) -> tuple[float, float]:
    """That of the view box, whose units may be any; else the width and height that are stated."""
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    sides = box[2:] if len(box) == 4 else [attributes.get(side, "") for side in ("width", "height")]
    width, height = (float(found[1]) if (found := _LENGTH.fullmatch(side)) else 0.0 for side in sides)
    return width, height
