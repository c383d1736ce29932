"""Well-known text of geometries, as Frictionless 5.21 reads it: OGC 06-103r4, section 7, in capital letters.

Like there, what follows a complete geometry does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain

_TOKEN = re.compile(r"\s*([A-Z]+(?!\w)|[(),]|[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|.)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:[0-9]|\.[0-9])")
_DEEPEST = 100  # collections within collections
# The parts of each geometry: numbers, one geometry that is not named (the first), and others with their names.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "POINT": (),
    "LINESTRING": (),
    "CIRCULARSTRING": (),
    "COMPOUNDCURVE": ("LINESTRING", "CIRCULARSTRING"),
    "CURVEPOLYGON": ("LINESTRING", "CIRCULARSTRING", "COMPOUNDCURVE"),
    "POLYGON": ("LINESTRING",),
    "TRIANGLE": ("LINESTRING",),
    "MULTIPOINT": ("POINT",),
    "MULTICURVE": ("LINESTRING", "CIRCULARSTRING", "COMPOUNDCURVE"),
    "MULTILINESTRING": ("LINESTRING",),
    "MULTISURFACE": ("POLYGON", "CURVEPOLYGON"),
    "MULTIPOLYGON": ("POLYGON",),
    "POLYHEDRALSURFACE": ("POLYGON",),
    "TIN": ("TRIANGLE",),
    "GEOMETRYCOLLECTION": (),
}
_COLLECTION = "GEOMETRYCOLLECTION"
_ONE = ("POINT", "TRIANGLE")  # have exactly one part


def is_wkt(text: str) -> bool:
    """Whether a text begins with a geometry."""
    try:
        _Reader(text).geometry(tuple(_PARTS), 0)
    except _Fault:
        return False
    return True


class _Fault(Exception):
    pass


class _Reader:
    def __init__(self, text: str) -> None:
        tokens: Iterator[str] = (found[1] for found in _TOKEN.finditer(text))
        self._tokens = chain(tokens, [""])
        self._next = next(self._tokens)

    def geometry(self, names: tuple[str, ...], level: int) -> None:
        """A geometry with its name, which is one of these."""
        name = self._take()
        if name not in names or level > _DEEPEST:
            raise _Fault
        if self._next in ("ZM", "Z", "M"):
            self._take()
        self._body(name, level)

    def _body(self, name: str, level: int) -> None:
        if self._is("EMPTY"):
            return
        self._expect("(")
        self._part(name, level)
        while name not in _ONE and self._is(","):
            self._part(name, level)
        self._expect(")")

    def _part(self, name: str, level: int) -> None:
        if name == _COLLECTION:
            self.geometry(tuple(_PARTS), level + 1)
        elif not _PARTS[name]:
            numbers = 0
            while numbers < 4 and _NUMBER.match(self._next):
                self._take()
                numbers += 1
            if numbers < 2:
                raise _Fault
        elif self._next in ("(", "EMPTY"):
            self._body(_PARTS[name][0], level)
        elif name == "MULTISURFACE" and self._is("CURVEPOLYGON"):  # which takes no Z or M here
            self._body("CURVEPOLYGON", level)
        else:
            self.geometry(_PARTS[name][1:], level)

    def _take(self) -> str:
        token, self._next = self._next, next(self._tokens, "")
        return token

    def _is(self, token: str) -> bool:
        """Whether the next token is this one, which is taken then."""
        return self._next == token and bool(self._take())

    def _expect(self, token: str) -> None:
        if not self._is(token):
            raise _Fault
