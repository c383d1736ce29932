"""Texts: `string` and `any`. Every text is a value; a format or a pattern may be beyond RE2, which DuckDB runs.

`translate` takes a Python pattern apart character by character and gives up on everything that the two engines might
read differently: look-around, back references, lazy and possessive repeats of doubtful meaning, anchors inside, flags,
negated classes of Unicode shorthands. Such patterns are left to Python, whose engine cannot be interrupted in a thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from datagazette.tables.sql import literal
from datagazette.tables.types.field_type import ASCII, LENGTHS, FieldType, Reading, ValueReader, holds

# Texts that surely have the format; Frictionless judges the others.
PLAIN_FORMATS = {
    "uri": "https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[A-Za-z0-9._~/-]*)?(?:\\?[A-Za-z0-9._~/=&-]*)?(?:#[A-Za-z0-9._~/-]*)?",
    "email": "[a-z0-9]+(?:[._-][a-z0-9]+)*@[a-z][a-z0-9]{1,20}(?:-[a-z0-9]{1,20})?"
    "\\.(?:com|org|net|edu|gov|cn|edu\\.cn|gov\\.cn)",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
_LONGEST_TEXT = 60  # of a length constraint, which RE2 counts out
_SHORTHANDS = {"d": "0-9", "w": "0-9A-Za-z_", "s": " \\t\\n\\r\\f\\v"}
_LITERAL_ESCAPES = set("\\.^$*+?{}[]|()-/ !\"#%&',:;<=>@_`~")
_CONTROL_ESCAPES = set("tnrfv")
_REPEAT = re.compile(r"\{(\d+)(,(\d*))?\}")
_MOST_REPEATS = 1000  # RE2's own limit


class Anything(FieldType):
    family = "text"
    listable = True

    def reader(self) -> ValueReader | None:
        return lambda cell: cell

    @staticmethod
    def key(value: object) -> str:
        return str(value)

    def sql(self, x: str, _: str, /) -> Reading:
        return Reading(x, "TRUE", key=x)

    def shape(self, ends: str, doubled: str, /) -> str | None:
        shortest = self.rules["minLength"].expected if "minLength" in self.rules else 0
        longest = self.rules["maxLength"].expected if "maxLength" in self.rules else None
        if max(shortest, longest or 0) > _LONGEST_TEXT or (longest is not None and longest < max(shortest, 1)):
            return None
        character = f"[^{re.escape(ends)}\\n]"
        if doubled:
            character = f"(?:{character}|{re.escape(doubled * 2)})"
        return f"{character}{{{max(shortest, 1)},{'' if longest is None else longest}}}"


class String(Anything):
    constraints = ("required", *LENGTHS, "pattern", "enum")
    formats = ("default", "email", "uri", "binary", "uuid")

    def reader(self) -> ValueReader | None:
        return (lambda cell: cell if isinstance(cell, str) else None) if self.field.format == "default" else None

    def sql(self, x: str, _: str, /) -> Reading:
        rule, form = self.rules.get("pattern"), self.field.format
        if form != "default":
            if form not in PLAIN_FORMATS or rule:
                return Reading(x, "FALSE")
            return Reading(x, f"regexp_full_match({x}, {literal(PLAIN_FORMATS[form])})", key=x)
        pattern = translate(rule.written) if rule else None
        if not rule or (pattern and pattern.complete):
            return Reading(x, "TRUE", key=x)
        if not pattern:
            return Reading(x, "FALSE", key=x)
        ascii_only = f"regexp_full_match({x}, {ASCII})"
        return Reading(x, f"(regexp_full_match({x}, {literal(pattern.re2)}) OR {ascii_only})", key=x)

    def shape(self, ends: str, doubled: str, /) -> str | None:
        if self.field.format in PLAIN_FORMATS:
            ruled = self.rules.keys() - {"required"} or holds(";|-./:?#&=@_~", ends)
            return None if ruled else PLAIN_FORMATS[self.field.format]
        if "pattern" not in self.rules:
            return super().shape(ends, doubled)
        found = translate(self.rules["pattern"].written, without=ends)
        has_length = any(self.rules[name].expected or name == "maxLength" for name in LENGTHS if name in self.rules)
        return found.re2.removesuffix("\\n?") if found and not has_length else None


TYPES: dict[str, type[FieldType]] = {"string": String, "any": Anything}


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
