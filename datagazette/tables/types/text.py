"""Texts: `string` and `any`. Every text is a value; a format or a pattern may be beyond RE2, which DuckDB runs.

`translate` writes a Python pattern for RE2 and gives up on everything that the two engines might read differently:
look-around, back references, possessive repeats, anchors inside, flags, negated classes of Unicode shorthands. Such
patterns are left to Python, whose engine cannot be interrupted in a thread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from datagazette.tables.sql import literal
from datagazette.tables.types.field_type import ASCII, LENGTHS, FieldType, Reading, ValueReader, holds
from datagazette.tables.types.wkt import is_wkt

# Texts that surely have the format; Frictionless judges the others.
PLAIN_FORMATS = {
    "uri": "https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[A-Za-z0-9._~/-]*)?(?:\\?[A-Za-z0-9._~/=&-]*)?(?:#[A-Za-z0-9._~/-]*)?",
    "email": "[a-z0-9]+(?:[._-][a-z0-9]+)*@[a-z][a-z0-9]{1,20}(?:-[a-z0-9]{1,20})?"
    "\\.(?:com|org|net|edu|gov|cn|edu\\.cn|gov\\.cn)",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
_LONGEST_TEXT = 60  # of a length constraint, which RE2 counts out
# Of the members of shorthands, those in ASCII.
_SHORTHANDS = {"CATEGORY_DIGIT": "0-9", "CATEGORY_WORD": "0-9A-Za-z_", "CATEGORY_SPACE": " \\t-\\r\\x1c-\\x1f"}
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
    formats = ("default", "email", "uri", "binary", "uuid", "wkt")

    def reader(self) -> ValueReader | None:
        if self.field.format == "wkt":
            return lambda cell: cell if isinstance(cell, str) and is_wkt(cell) else None
        return (lambda cell: cell if isinstance(cell, str) else None) if self.field.format == "default" else None

    def sql(self, x: str, _: str, /) -> Reading:
        rule, form = self.rules.get("pattern"), self.field.format
        if form != "default":
            if form not in PLAIN_FORMATS or rule:
                return Reading(x, "FALSE")
            return Reading(x, f"regexp_full_match({x}, {literal(PLAIN_FORMATS[form])})", _wrong(form, x), key=x)
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


def _wrong(form: str, x: str) -> str:
    """The condition of texts that surely do not have a format, so that Frictionless need not be imported for them: it
    asks for one @ of an address, and for 32 digits of a UUID."""
    if form == "email":
        return f"length({x}) - length(replace({x}, '@', '')) <> 1"
    return f"length({x}) < 32" if form == "uuid" else "FALSE"


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
    translation = _Translation(without)
    try:
        tree = list(re._parser.parse(f"^{pattern}$"))  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other
        if (str(tree[0]), str(tree[-1])) != ("(AT, AT_BEGINNING)", "(AT, AT_END)"):
            return None
        body = translation.text(tree[1:-1])
    except (re.error, _Untranslatable, RecursionError, OverflowError):
        return None
    return Pattern(f"(?:{body})\\n?", translation.complete)


def matches_whole(pattern: str) -> bool:
    """Whether `^pattern$`, which Frictionless compiles, matches whole texts alone.

    With alternatives outside brackets only the first is tied to the beginning of a text, and only the last to its end.
    The patterns of the standard match whole texts: https://www.w3.org/TR/xmlschema-2/#regexs
    """
    try:
        tree = re._parser.parse(f"^{pattern}$")  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other
    except (re.error, RecursionError, OverflowError):
        return True
    return _is_tied(list(tree), 0, "AT_BEGINNING") and _is_tied(list(tree), -1, "AT_END")


def _is_tied(items: Sequence[tuple[object, Any]], end: int, anchor: str) -> bool:
    """Whether every alternative of a parse tree has the anchor at this end of it."""
    if not items:
        return False
    name, argument = items[end]
    if str(name) == "BRANCH":
        return all(_is_tied(list(branch), end, anchor) for branch in argument[1])
    return str(name) == "AT" and str(argument).startswith(anchor)


class _Translation:
    """A walk through the parse tree of a pattern; refuses rather than guesses."""

    def __init__(self, without: str) -> None:
        self.without = without
        self.repeats = 1  # the product of all counts: RE2 writes out what is repeated in a repeat
        self.complete = True

    def text(self, items: Iterable[tuple[object, Any]]) -> str:
        return "".join(self._item(str(name), argument) for name, argument in items)

    def _item(self, name: str, argument: Any) -> str:
        if name == "LITERAL" and chr(argument) not in self.without:
            return _escaped(argument)
        if name == "ANY":
            return f"[^\\n{re.escape(self.without)}]"
        if name == "IN":
            return self._class(argument)
        if name == "NOT_LITERAL":
            return self._class([("NEGATE", None), ("LITERAL", argument)])
        if name == "BRANCH":
            return f"(?:{'|'.join(map(self.text, argument[1]))})"
        if name == "SUBPATTERN" and not argument[1] and not argument[2]:  # with flags the two engines differ
            return f"(?:{self.text(argument[3])})"
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, items = argument
            is_open = str(most) == "MAXREPEAT"
            self.repeats *= max(1, least if is_open else most)
            if self.repeats <= _MOST_REPEATS:
                is_single = len(items) == 1 and not str(items[0][0]).endswith("REPEAT")
                repeated = self.text(items) if is_single else f"(?:{self.text(items)})"
                return f"{repeated}{{{least},{'' if is_open else most}}}"
        raise _Untranslatable

    def _class(self, items: Sequence[tuple[object, Any]]) -> str:
        negated = str(items[0][0]) == "NEGATE"
        parts: list[str] = []
        for name, argument in items[negated:]:
            if str(name) == "LITERAL":
                parts.append(_escaped(argument))
            elif str(name) == "RANGE":
                parts.append("-".join(map(_escaped, argument)))
            elif str(argument) in _SHORTHANDS and not negated:
                self.complete = False
                parts.append(_SHORTHANDS[str(argument)])
            else:
                raise _Untranslatable
        if negated:
            return f"[^{''.join(parts)}{re.escape(self.without)}]"
        found = f"[{''.join(parts)}]"
        if any(re.match(found, end) for end in self.without):
            raise _Untranslatable
        return found


def _escaped(letter: int) -> str:
    """A character as an expression of it; half a one is beyond RE2, which reads UTF-8."""
    if unicodedata.category(chr(letter)) == "Cs":
        raise _Untranslatable
    return re.escape(chr(letter))


TYPES: dict[str, type[FieldType]] = {"string": String, "any": Anything}
