"""What a spreadsheet can hold of a CSV's cell without changing it, and how it has to show it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, time
from math import ceil

from datagazette.model.publication import Field, Schema

MAX_ROWS, MAX_COLUMNS, MAX_CHARACTERS = 1_048_576, 16_384, 32_767
DATE, TIME = "yyyy-mm-dd", "hh:mm:ss"
COUNT = "#,##0"
GENERAL = ""

# A spreadsheet keeps fifteen digits; day 60 of its calendar is one that there never was (29 February 1900).
_DIGITS = 15
_FIRST_DAY, _EPOCH = date(1900, 3, 1), date(1899, 12, 30)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(Z?)")
_CLOCK = re.compile(r"\d\d:\d\d:\d\d")
_SECONDS_A_DAY = 86_400
_MOST_LINES = 27  # of 15 points; a row has 409 at most


class ExactNumber(float):
    """A number that is written with all digits that distinguish it from its neighbours; XlsxWriter asks for sixteen."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


@dataclass(frozen=True)
class Shown:
    """A cell of a sheet: its value (None: blank) and its number format."""

    value: str | int | float | bool | None
    format: str = GENERAL


BLANK = Shown(None)


def shown(text: str, field: Field, missing: Collection[str]) -> Shown:
    """The cell for `text`: typed only where the sheet shows the very text again, or the very number."""
    if text in missing or text == "":
        return BLANK
    if field.type in ("number", "integer", "year"):
        return _number(text, field)
    if field.type == "boolean":
        return Shown(text.lower() == "true") if text.lower() in ("true", "false") else Shown(text)
    if field.format not in ("default", "", "any"):
        return Shown(text)
    if field.type == "date":
        return _day(text)
    if field.type == "datetime":
        return _moment(text)
    return _clock(text) if field.type == "time" else Shown(text)


def missing_values(field: Field, schema: Schema) -> frozenset[str]:
    return frozenset(schema.missing_values if field.missing_values is None else field.missing_values)


def width(texts: Iterable[str]) -> float:
    """Of a column that shows these texts, in characters; a Chinese character is two wide."""
    longest = max((sum(map(_columns, text[:120])) for line in texts for text in line.splitlines()), default=0)
    return min(max(longest + 2, 8), 60)


def lines_of(text: str, wide: float) -> int:
    """How many lines a text takes in a column, at most as many as a row can be high."""
    lines = (max(1, ceil(sum(map(_columns, line)) / max(wide - 1, 1))) for line in text.splitlines() or [""])
    return min(sum(lines), _MOST_LINES)


def sheet_name(name: str, taken: Collection[str]) -> str:
    """A sheet's name of at most 31 characters that no other sheet has, upper or lower case."""
    cleaned = re.sub(r"[\[\]:*?/\\]", "-", name).strip("'") or "sheet"
    used, number, candidate = {one.lower() for one in taken} | {"history"}, 1, cleaned[:31]
    while candidate.lower() in used:
        number += 1
        candidate = f"{cleaned[: 30 - len(str(number))]}~{number}"
    return candidate


def shortened(text: str) -> str:
    """What of a text fits into a cell, counted as spreadsheets count: an emoji is two characters."""
    if len(text) <= MAX_CHARACTERS // 2 or len(text.encode("utf-16-le")) // 2 <= MAX_CHARACTERS:
        return text
    kept = text.encode("utf-16-le")[: (MAX_CHARACTERS - 1) * 2]
    return kept.decode("utf-16-le", errors="ignore") + "…"


def _number(text: str, field: Field) -> Shown:
    """A plain number of at most fifteen digits before the point; `00123` and `+5` are other texts."""
    found = _NUMBER.fullmatch(text)
    if not found or len(found[1]) > _DIGITS:
        return Shown(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        return Shown(text)
    if found[2] or found[3]:
        return Shown(ExactNumber(value))
    counted = field.type == "integer" and (field.role == "value" or bool(field.unit))
    return Shown(int(text), COUNT if counted else GENERAL)


def _day(text: str) -> Shown:
    serial = _serial(text) if _DAY.fullmatch(text) else None
    return Shown(text) if serial is None else Shown(serial, DATE)


def _moment(text: str) -> Shown:
    found = _MOMENT.fullmatch(text)
    day, clock = (_serial(found[1]), _fraction(found[2])) if found else (None, None)
    if not found or day is None or clock is None:
        return Shown(text)
    return Shown(ExactNumber(day + clock), f'{DATE}"T"{TIME}' + ('"Z"' if found[3] else ""))


def _clock(text: str) -> Shown:
    fraction = _fraction(text) if _CLOCK.fullmatch(text) else None
    return Shown(text) if fraction is None else Shown(ExactNumber(fraction), TIME)


def _serial(text: str) -> int | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return (day - _EPOCH).days if day >= _FIRST_DAY else None


def _fraction(text: str) -> float | None:
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        return None
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) / _SECONDS_A_DAY


def _columns(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
