"""Python patterns that RE2 runs with the same answer.

`translate` takes a pattern apart sign by sign and gives up on everything that the two engines might read
differently: look-around, back references, lazy and possessive repeats of doubtful meaning, anchors inside,
flags, negated classes of Unicode shorthands. Such patterns are left to Python.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    A `$` also lets a last line break through, which the RE2 form says openly. Texts that hold a sign
    of `without` do not match.
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

    def _step(self, sign: str) -> None:
        if sign == "\\":
            self.parts.append(self._escape(in_class=False))
        elif sign == "[":
            self.parts.append(self._class())
        elif sign == "(":
            self._open()
        elif sign == "|":
            if not self.depth:
                raise _Untranslatable
            self._take(sign)
        elif sign in "^$":
            raise _Untranslatable
        elif sign in "*+?{":
            self._repeat(sign)
        else:
            self.depth -= sign == ")"
            self._literal(sign)

    def _literal(self, sign: str) -> None:
        if sign == ".":
            self._take(f"[^\\n{re.escape(self.without)}]")
        elif sign in self.without:
            raise _Untranslatable
        else:
            self._take(sign if sign in "()" else re.escape(sign))

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

    def _repeat(self, sign: str) -> None:
        text = sign
        if sign == "{":
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
        sign = self.pattern[self.at + 1 : self.at + 2]
        self.at += 2
        if sign in self.without or (sign in "stnrfv" and any(one.isspace() for one in self.without)):
            raise _Untranslatable
        if sign in _SHORTHANDS:
            self.complete = False
            return _SHORTHANDS[sign] if in_class else f"[{_SHORTHANDS[sign]}]"
        if sign in _CONTROL_ESCAPES:
            return f"\\{sign}"
        if sign in _LITERAL_ESCAPES:
            return re.escape(sign) if sign not in "-/" or in_class else sign
        raise _Untranslatable

    def _class(self) -> str:
        self.at += 1
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        parts: list[str] = []
        while not (self.pattern.startswith("]", self.at) and parts):
            sign = self.pattern[self.at]
            if sign == "\\":
                shorthand = self.pattern[self.at + 1 : self.at + 2] in _SHORTHANDS
                if shorthand and (negated or parts[-1:] == ["-"] or self.pattern[self.at + 2] == "-"):
                    raise _Untranslatable
                parts.append(self._escape(in_class=True))
            elif sign in "[]&~|":
                raise _Untranslatable
            else:
                parts.append(sign if sign != "^" else "\\^")
                self.at += 1
        self.at += 1
        if negated:
            return f"[^{''.join(parts)}{re.escape(self.without)}]"
        found = f"[{''.join(parts)}]"
        if any(re.match(found, one) for one in self.without):
            raise _Untranslatable
        return found
