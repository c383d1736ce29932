"""Texts that look alike and differ: which characters make the difference.

Two texts look alike where they are equal after compatibility composition (Unicode Standard Annex 15, NFKC), with
invisible characters left out, one kind of space and of dash, and letters of other scripts that have a Latin one's shape
in its place (Unicode Technical Standard 39, as far as Greek and Cyrillic go).
"""

from __future__ import annotations

import unicodedata

_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
# Characters, and those of ASCII in the same places that they look like: Cyrillic, Greek, quotation marks, dashes, wide.
SHAPES = (
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧο‘’ʼ′“”″−‐‑‒–—―﹘﹣" + _WIDE,
    "ABESIJKMHOPCTYXaesijopcyxdhABEZHIKMNOPTYXo" + "'" * 4 + '"' * 3 + "-" * 9 + "".join(map(chr, range(0x21, 0x7F))),
)
_SHAPES = str.maketrans(*SHAPES)
_INVISIBLE = "Cf"


def differing(one: str, other: str) -> tuple[str, str] | None:
    """For two texts that look alike, the names of the characters that only the first has, and of those that only the
    second has; both empty where only the number of spaces differs. None for other texts."""
    if one == other or (one.isascii() and other.isascii() and one.split() != other.split()):
        return None
    if _look(one) != _look(other):
        return None
    return _named(one, other), _named(other, one)


def misleading(text: str) -> str:
    """The names of the characters of a text that look like others which every keyboard has."""
    found = (letter for letter in text if not letter.isascii() and _look(f"x{letter}x").isascii())
    return _named("".join(found), "")


def _named(one: str, other: str) -> str:
    """The characters of a text that the other does not have, as code points with their names."""
    found = dict.fromkeys(letter for letter in one if letter not in other)
    return ", ".join(f"U+{ord(letter):04X} {unicodedata.name(letter, '').lower()}".strip() for letter in found)


def _look(text: str) -> str:
    """What a text looks like."""
    shown = "".join(letter for letter in text if unicodedata.category(letter) != _INVISIBLE)
    composed = unicodedata.normalize("NFKC", shown.translate(_SHAPES))
    return " ".join(composed.split())
