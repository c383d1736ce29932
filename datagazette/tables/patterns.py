"""Python patterns: those that RE2 runs with the same answer, and those that may take very long.

`translate` takes a pattern apart character by character and gives up on everything that the two engines might read
differently: look-around, back references, lazy and possessive repeats of doubtful meaning, anchors inside, flags,
negated classes of Unicode shorthands. Such patterns are left to Python, whose engine cannot be interrupted in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from datagazette.model.publication import Field

_SHORTHANDS = {"d": "0-9", "w": "0-9A-Za-z_", "s": " \\t\\n\\r\\f\\v"}
_LITERAL_ESCAPES = set("\\.^$*+?{}[]|()-/ !\"#%&',:;<=>@_`~")
_CONTROL_ESCAPES = set("tnrfv")
_REPEAT = re.compile(r"\{(\d+)(,(\d*))?\}")
_MOST_REPEATS = 1000  # RE2's own limit


@dataclass(frozen=True)
class Pattern:
    """`re2` matches only what the Python pattern matches, and on ASCII text all of it.

    `complete`: whether that holds for any text, because no shorthand (`\\d`, `\\w`, `\\s`) has more members
    beyond ASCII.
    """

    re2: str
    complete: bool


class _Untranslatable(Exception):
    pass


def translate(pattern: str, without: str = "") -> Pattern | None:
    """The RE2 form of a Table Schema pattern, to be matched against a whole text, or None.

    Frictionless compiles `^pattern$`; with an alternative at the top level that is not a match of the whole.
    A `$` also lets a last line break through, which the RE2 form says openly. Texts that hold a
    character of `without` do not match.
    """
    try:
        re.compile(f"^{pattern}$")
        body, complete = _Translation(pattern, without).run()
    except (re.error, _Untranslatable, RecursionError, OverflowError):
        return None
    return Pattern(f"(?:{body})\\n?", complete)


class _Translation:
    """One pass over a pattern; refuses rather than guesses."""

    def __init__(self, pattern: str, without: str) -> None:
        self.pattern, self.at, self.without = pattern, 0, without
        self.parts: list[str] = []
        self.depth = 0
        self.repeats = 1  # the product of all counts: RE2 writes out what is repeated in a repeat
        self.complete = True

    def run(self) -> tuple[str, bool]:
        while self.at < len(self.pattern):
            self._step(self.pattern[self.at])
        return "".join(self.parts), self.complete

    def _step(self, character: str) -> None:
        if character == "\\":
            self.parts.append(self._escape(in_class=False))
        elif character == "[":
            self.parts.append(self._class())
        elif character == "(":
            self._open()
        elif character == "|":
            if not self.depth:
                raise _Untranslatable
            self._take(character)
        elif character in "^$":
            raise _Untranslatable
        elif character in "*+?{":
            self._repeat(character)
        else:
            self.depth -= character == ")"
            self._literal(character)

    def _literal(self, character: str) -> None:
        if character == ".":
            self._take(f"[^\\n{re.escape(self.without)}]")
        elif character in self.without:
            raise _Untranslatable
        else:
            self._take(character if character in "()" else re.escape(character))

    def _take(self, text: str) -> None:
        self.parts.append(text)
        self.at += 1

    def _open(self) -> None:
        self.depth += 1
        rest = self.pattern[self.at :]
        if rest.startswith("(?:"):
            self.parts.append("(?:")
            self.at += 3
        elif rest.startswith("(?"):
            raise _Untranslatable
        else:
            self._take("(")

    def _repeat(self, character: str) -> None:
        text = character
        if character == "{":
            found = _REPEAT.match(self.pattern, self.at)
            if not found:
                raise _Untranslatable
            self.repeats *= max(1, int(found[1]), int(found[3] or "0"))
            if self.repeats > _MOST_REPEATS:
                raise _Untranslatable
            text = found[0]
        self.at += len(text)
        # `a*?` and `a*+` are lazy and possessive: the one changes nothing for a whole match, the other may.
        if self.pattern[self.at : self.at + 1] in ("*", "+", "{"):
            raise _Untranslatable
        self.parts.append(text)

    def _escape(self, *, in_class: bool) -> str:
        character = self.pattern[self.at + 1 : self.at + 2]
        self.at += 2
        if character in self.without or (character in "stnrfv" and any(end.isspace() for end in self.without)):
            raise _Untranslatable
        if character in _SHORTHANDS:
            self.complete = False
            return _SHORTHANDS[character] if in_class else f"[{_SHORTHANDS[character]}]"
        if character in _CONTROL_ESCAPES:
            return f"\\{character}"
        if character in _LITERAL_ESCAPES:
            return re.escape(character) if character not in "-/" or in_class else character
        raise _Untranslatable

    def _class(self) -> str:
        self.at += 1
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        parts: list[str] = []
        while not (self.pattern.startswith("]", self.at) and parts):
            character = self.pattern[self.at]
            if character == "\\":
                shorthand = self.pattern[self.at + 1 : self.at + 2] in _SHORTHANDS
                if shorthand and (negated or parts[-1:] == ["-"] or self.pattern[self.at + 2] == "-"):
                    raise _Untranslatable
                parts.append(self._escape(in_class=True))
            elif character in "[]&~|":
                raise _Untranslatable
            else:
                parts.append(character if character != "^" else "\\^")
                self.at += 1
        self.at += 1
        if negated:
            return f"[^{''.join(parts)}{re.escape(self.without)}]"
        found = f"[{''.join(parts)}]"
        if any(re.match(found, end) for end in self.without):
            raise _Untranslatable
        return found


def has_risky_pattern(field: Field) -> bool:
    """Whether the field's constraints, or those of its items, hold a pattern that may take without end."""
    return any(may_explode(pattern) for pattern in _patterns([field.constraints, field.descriptor.get("arrayItem")]))


def _patterns(found: object) -> Iterable[str]:
    """Every pattern below a descriptor's value, also in JSON Schemas, which nest."""
    waiting = [found]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            yield from (value for key, value in part.items() if key == "pattern" and isinstance(value, str))
            if isinstance(part.get("patternProperties"), Mapping):
                yield from map(str, part["patternProperties"])
            waiting += part.values()
        elif isinstance(part, list | tuple):
            waiting += part


def may_explode(pattern: str) -> bool:
    """Whether Python's engine may take a time that grows beyond the square of a text's length.

    Repeats inside repeats, alternatives and references inside repeats, and more than two open repeats in a row may.
    """
    try:
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001 - the standard library has no other
    except (re.error, RecursionError, OverflowError):
        return True
    repeats = 0
    waiting = [(item, False) for item in tree]
    while waiting:
        (name, argument), inside = waiting.pop()
        kind = str(name)
        open_repeat = kind.endswith("REPEAT") and argument[1] - argument[0] > 1
        if inside and (open_repeat or kind in ("BRANCH", "GROUPREF")):
            return True
        repeats += open_repeat
        waiting += [(item, inside or open_repeat) for item in _parts(argument)]
    return repeats > 2


def _parts(argument: Any) -> Iterable[tuple[Any, Any]]:
    """The items of the parse trees below an item's argument."""
    waiting = [argument]
    while waiting:
        found = waiting.pop()
        if isinstance(found, re._parser.SubPattern):  # type: ignore[attr-defined]  # noqa: SLF001
            yield from found
        elif isinstance(found, tuple | list):
            waiting += found
