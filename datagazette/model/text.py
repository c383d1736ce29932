"""Texts: in several languages, in a terminal, in XML, and with characters that turn the direction of writing.

A text in several languages is written as in the Data Package recipe for translations: `title` holds the text in the
first of the descriptor's `languages`, `title@en` the English one (https://datapackage.org/recipes/language-support/).

Characters that turn the direction (Unicode, UAX #9) are isolated where people read, and visible in code. Overrides and
embeddings turn all that follows until they are closed, so that one in a title turns the next link, and one in a query
makes it read otherwise than it runs. Marks (U+200E, U+200F, U+061C) and isolates in pairs are how people write Arabic
and Hebrew; they stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What XML 1.0 cannot hold, not even escaped: https://www.w3.org/TR/xml/#charsets
_NOT_XML = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
# Control characters move a terminal's cursor or end a renderer's text; none of them is a word.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
_OBEYED = _CONTROL[:-1] + r"\t\n\r\x85\u200b\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]"
_COMMAND = r"^\s*::|##\["
_EMBEDDINGS, _OVERRIDES, _ISOLATES = "\u202a\u202b", "\u202d\u202e", "\u2066\u2067\u2068"
_END_OF_EMBEDDING, _END_OF_ISOLATE, _FIRST_STRONG = "\u202c", "\u2069", "\u2068"
_OPENING = dict.fromkeys(_EMBEDDINGS + _OVERRIDES, _END_OF_EMBEDDING) | dict.fromkeys(_ISOLATES, _END_OF_ISOLATE)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ANY = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ANY_IN_JSON = re.compile("[\x85\u2028\u2029]|" + _ANY.pattern)


def for_xml(value: str) -> str:
    """The text without what XML, and so SVG and feeds, cannot hold."""
    return re.sub(_NOT_XML, "", value)


def control_character(value: str) -> str:
    """The first character that does not belong in a text, as `U+001B`; empty where there is none."""
    found = re.search(_CONTROL, value)
    return f"U+{ord(found[0]):04X}" if found else ""


def visible(value: str) -> str:
    """An untrusted text for one line of a terminal or a log: what would be obeyed is written out, as `\\x1b`.

    That is control characters and line ends, characters that turn the direction of writing, and the marks at which
    GitHub's log reads commands (`::` at the beginning of a line, `##[` anywhere).
    """
    shown = re.sub(_OBEYED, lambda found: found[0].encode("unicode_escape").decode(), value)
    return re.sub(_COMMAND, lambda found: found[0][:-1] + " " + found[0][-1], shown)


def shortened(value: str, most: int) -> str:
    """The text with at most so many characters: of a longer one the beginning and the end."""
    if len(value) <= most:
        return value
    half = most // 2
    return f"{value[: most - half - 1]}…{value[-half:]}"


@dataclass(frozen=True)
class Text:
    """One text by language code, the default language first; empty where nothing was written."""

    values: tuple[tuple[str, str], ...] = ()

    def get(self, language: str) -> str:
        """The text in `language`, else in the default language, else an empty string."""
        return dict(self.values).get(language) or self.default

    @property
    def default(self) -> str:
        return self.values[0][1] if self.values else ""

    def language_of(self, language: str) -> str:
        """The language that `get(language)` answers in: where a translation is missing, the default one."""
        if not self.values or dict(self.values).get(language):
            return language
        return self.values[0][0]

    def missing(self, languages: Sequence[str]) -> tuple[str, ...]:
        """The languages that an existing text is not translated into."""
        if not self.values:
            return ()
        return tuple(language for language in languages if not dict(self.values).get(language))

    def __bool__(self) -> bool:
        return any(value for _, value in self.values)


def read_text(source: Mapping[str, Any], key: str, languages: Sequence[str]) -> Text:
    """The text that `key` and its translations `key@<language>` hold in a descriptor."""
    values = []
    for position, language in enumerate(languages):
        value = source.get(key if position == 0 else f"{key}@{language}")
        if value is None and position == 0:
            value = source.get(f"{key}@{language}")
        if isinstance(value, str | int | float) and str(value).strip():
            values.append((language, str(value).strip()))
    return Text(tuple(values))


def plain(value: str, languages: Sequence[str] = ("en",)) -> Text:
    """A text that is the same in every language, such as a name or a code."""
    return Text(tuple((language, value) for language in languages))


def isolated(value: str) -> str:
    """The text with each character that turns it closed again, so that nothing beside it is turned."""
    closed, is_bare = _closed(value)
    return value if closed == value and not is_bare else f"{_FIRST_STRONG}{closed}{_END_OF_ISOLATE}"


def shown(value: str) -> str:
    """Code with all these characters written out, as `U+202E`."""
    return _ANY.sub(lambda found: f"U+{ord(found[0]):04X}", value)


def in_json(value: str) -> str:
    """JSON with all these characters, and line ends, as its escapes: the same values, and nothing is turned or broken
    where it is shown."""
    return _ANY_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", value)


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


def _closed(value: str) -> tuple[str, bool]:
    """The text without ends that end nothing, and with those that are missing; whether any but isolates turn it.

    What is within an isolate turns nothing outside it.
    """
    kept: list[str] = []
    waiting: list[str] = []
    is_bare = False
    for character in value:
        if character in _OPENING:
            is_bare = is_bare or (character not in _ISOLATES and _END_OF_ISOLATE not in waiting)
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
    return "".join(kept + waiting[::-1]), is_bare


def in_bytes(number: int) -> str:
    """An amount of bytes for people: 1.2 MB, or 25 MiB where a limit is counted so."""
    if number and number % (1 << 20) == 0:
        return f"{number >> 20} MiB"
    amount, units = float(number), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 999.5 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.3g} {units[0]}"
