"""Strptime patterns: as regular expressions of the texts that DuckDB and Python surely read alike, and as the number
formats with which a spreadsheet shows such a text."""

from __future__ import annotations

import re
from calendar import day_abbr, day_name, month_abbr, month_name
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

# A number may have one digit or two, a name may be in letters of either case. Years below 1000 are left out: DuckDB
# reads those from one digit on.
_NUMBERS = {
    "Y": "[1-9][0-9]{3}", "y": "[0-9]{2}", "m": "(?:0?[1-9]|1[0-2])", "d": "(?:0?[1-9]|[12][0-9]|3[01])",
    "H": "(?:[01]?[0-9]|2[0-3])", "I": "(?:0?[1-9]|1[0-2])", "M": "[0-5]?[0-9]", "S": "[0-5]?[0-9]", "f": "[0-9]{1,6}",
}  # fmt: skip
_NAMES = {
    "b": f"(?i:{'|'.join(month_abbr[1:])})", "B": f"(?i:{'|'.join(month_name[1:])})", "p": "(?i:am|pm)",
    "z": "[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9]",
    "a": f"(?i:{'|'.join(day_abbr)})", "A": f"(?i:{'|'.join(day_name)})",
}  # fmt: skip


# What a spreadsheet has for a directive: a number of one digit or with all of its digits, or a name.
_CODES = {
    "Y": "yyyy", "y": "yy", "m": "mm", "d": "dd", "H": "hh", "I": "hh", "M": "mm", "S": "ss",
    "b": "mmm", "B": "mmmm", "a": "ddd", "A": "dddd", "p": "AM/PM",
}  # fmt: skip
# The directives of plain numbers that a moment is made of.
_PLAIN = {"Y": "year", "m": "month", "d": "day", "H": "hour", "M": "minute", "S": "second"}
_FIRST = datetime(1900, 1, 1)  # noqa: DTZ001 - what a pattern leaves out, as `strptime` has it
_ENGLISH = "[$-409]"  # names in English, whatever the language of the computer
_UNESCAPED = "-: "  # characters that a number format shows as they are

# Of two that say the same the readers take different ones; so they do with half of a clock of twelve hours.
_SAME = (("Y", "y"), ("m", "b", "B"), ("H", "I"), ("H", "p"), ("a", "A"))


def spelled(form: str) -> str:
    """The expression of texts in a strptime pattern that can be read in one way only; nothing for other patterns."""
    parts = re.split("(%.)", form)
    literals, directives = parts[::2], [part[1:] for part in parts[1::2]]
    touching = (before in _NUMBERS and after in _NUMBERS and not between
                for before, after, between in zip(directives, directives[1:], literals[1:], strict=False))  # fmt: skip
    known = _NUMBERS | _NAMES
    is_plain = not any(letter == "%" or letter.isdigit() for letter in "".join(literals))
    alone = sum(part in directives for part in "Ip") == 1
    doubled = any(sum(map(directives.count, same)) > 1 for same in (*known, *_SAME))
    if not directives or alone or doubled or not is_plain or not known.keys() >= set(directives) or any(touching):
        return ""
    return "".join(known[part[1:]] if at % 2 else re.escape(part) for at, part in enumerate(parts))


@dataclass(frozen=True)
class _SheetForm:
    """A strptime pattern taken apart. `pattern` has a group for each directive and for what is between them.

    `names` are those of the parts of a moment that it gives as plain numbers, if it has nothing else.
    """

    form: str
    directives: tuple[str, ...]
    pattern: re.Pattern[str]
    names: tuple[str, ...]


@lru_cache(maxsize=64)
def _sheet_form(form: str) -> _SheetForm | None:
    """None where a spreadsheet has no number format for the pattern."""
    parts = tuple(re.split("(%.)", form))
    directives = [part[1:] for part in parts[1::2]]
    if not directives or not _CODES.keys() >= set(directives) or not _minutes_are_minutes(directives):
        return None
    shapes = (f"({_shape(part) if at % 2 else _spaced(part)})" for at, part in enumerate(parts))
    is_plain = _PLAIN.keys() >= set(directives) and len(set(directives)) == len(directives)
    names = tuple(_PLAIN[directive] for directive in directives) if is_plain else ()
    return _SheetForm(form, tuple(directives), re.compile("".join(shapes)), names)


@lru_cache(maxsize=4096)
def in_sheet(form: str, text: str) -> tuple[datetime, str] | None:
    """(what a text in a strptime pattern says, the number format with which a spreadsheet shows that very text).

    None where there is no such format: for zones, parts of a second, names in other letters.
    """
    known = _sheet_form(form)
    found = known.pattern.fullmatch(text) if known else None
    if not known or not found:
        return None
    parts = found.groups()
    written = parts[1::2]
    moment = _moment(known, text, written)
    return None if moment is None else (moment, _looks(known, parts[::2], tuple(map(len, written))))


def _moment(known: _SheetForm, text: str, written: Sequence[str]) -> datetime | None:
    """The moment that a text says, with nothing in it that says another; `written` are the texts of the directives.

    To build it from plain numbers gives what `strptime` does, in a tenth of the time: a workbook may have millions.
    """
    with suppress(ValueError, re.error):
        if known.names:
            return _FIRST.replace(**dict(zip(known.names, map(int, written), strict=True)))  # type: ignore[arg-type]
        moment = datetime.strptime(text, known.form)  # noqa: DTZ007
        shown = (moment.strftime(f"%{directive}") for directive in known.directives)
        if all(again.lstrip("0") == piece.lstrip("0") for again, piece in zip(shown, written, strict=True)):
            return moment
    return None


@lru_cache(maxsize=256)
def _looks(known: _SheetForm, between: tuple[str, ...], lengths: tuple[int, ...]) -> str:
    """The number format for texts with these characters between directives, and directives of these lengths."""
    codes = [_code(directive, length) for directive, length in zip(known.directives, lengths, strict=True)]
    found = "".join(_literal(text) + code for text, code in zip(between, [*codes, ""], strict=True))
    return _ENGLISH * (not set("bBaAp").isdisjoint(known.directives)) + found


def _minutes_are_minutes(directives: list[str]) -> bool:
    """Whether a spreadsheet takes `m` for minutes, which it does behind hours and before seconds only, and for months
    elsewhere."""
    near = list(zip(["", *directives], directives, [*directives[1:], ""], strict=False))
    beside = {part: before in ("H", "I") or after == "S" for before, part, after in near}
    return beside.get("M", True) and not beside.get("m", False)


def _shape(directive: str) -> str:
    if directive[1] in "bBaAp":
        return "[A-Za-z]+"
    return {"%Y": "[0-9]{4}", "%y": "[0-9]{2}"}.get(directive, "[0-9]{2}|[0-9]")


def _spaced(between: str) -> str:
    """Characters of a pattern, in which a blank is for any number of blanks."""
    return re.sub(r"\\?\s+", r"\\s+", re.escape(between))


def _code(directive: str, length: int) -> str:
    code = _CODES[directive]
    return code if directive in "YybBaAp" else code[:length]


def _literal(written: str) -> str:
    return "".join(letter if letter in _UNESCAPED else f"\\{letter}" for letter in written)
