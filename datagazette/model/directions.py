"""Characters that turn the direction of writing (Unicode, UAX #9): isolated where people read, visible in code.

Overrides and embeddings turn all that follows until they are closed, so that one in a title turns the next link, and
one in a query makes it read otherwise than it runs. Marks (U+200E, U+200F, U+061C) and isolates in pairs are how people
write Arabic and Hebrew; they stay as they are.
"""

from __future__ import annotations

import re

_EMBEDDINGS, _OVERRIDES, _ISOLATES = "\u202a\u202b", "\u202d\u202e", "\u2066\u2067\u2068"
_END_OF_EMBEDDING, _END_OF_ISOLATE, _FIRST_STRONG = "\u202c", "\u2069", "\u2068"
_OPENING = dict.fromkeys(_EMBEDDINGS + _OVERRIDES, _END_OF_EMBEDDING) | dict.fromkeys(_ISOLATES, _END_OF_ISOLATE)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ANY = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def isolated(value: str) -> str:
    """The text with each character that turns it closed again, so that nothing beside it is turned."""
    if not _TURNING.search(value) or _is_closed(value):
        return value
    return f"{_FIRST_STRONG}{_closed(value)}{_END_OF_ISOLATE}"


def shown(value: str) -> str:
    """Code with all these characters written out, as `U+202E`."""
    return _ANY.sub(lambda found: f"U+{ord(found[0]):04X}", value)


def in_json(value: str) -> str:
    """JSON with all these characters as its escapes: the same values, and nothing is turned where it is shown."""
    return _ANY.sub(lambda found: f"\\u{ord(found[0]):04x}", value)


def in_html(value: str) -> str:
    """HTML with all these characters as its references."""
    return _ANY.sub(lambda found: f"&#x{ord(found[0]):04X};", value)


def turning(value: str) -> str:
    """The first character that turns more than people mean: an override, or one without its partner; as `U+202E`,
    empty where there is none."""
    opened: list[tuple[str, str]] = []
    for found in _TURNING.finditer(value):
        character = found[0]
        if character in _OVERRIDES:
            return shown(character)
        if character in _OPENING:
            opened.append((_OPENING[character], character))
        elif not opened or opened.pop()[0] != character:
            return shown(character)
    return shown(opened[0][1]) if opened else ""


def _is_closed(value: str) -> bool:
    """Whether it holds only isolates in pairs, and whatever else within them."""
    return _closed(value) == value and not _TURNING.search(_outside(value))


def _outside(value: str) -> str:
    """What is in no isolate."""
    depth, kept = 0, []
    for character in value:
        depth += character in _ISOLATES
        if not depth:
            kept.append(character)
        depth -= character == _END_OF_ISOLATE and depth > 0
    return "".join(kept)


def _closed(value: str) -> str:
    """Without ends that end nothing, and with those that are missing."""
    kept: list[str] = []
    waiting: list[str] = []
    for character in value:
        if character in _OPENING:
            waiting.append(_OPENING[character])
        elif character == _END_OF_EMBEDDING:
            if not waiting or waiting[-1] != character:
                continue
            waiting.pop()
        elif character == _END_OF_ISOLATE:
            if character not in waiting:
                continue
            while waiting.pop() != character:
                kept.append(_END_OF_EMBEDDING)
        kept.append(character)
    return "".join(kept + waiting[::-1])
