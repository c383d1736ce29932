"""Texts that look like days, times or amounts in a form that is not detected, and how they can be declared or written.

Whether they are what they look like is for a person to say: they stay text, and a line names the way out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from datagazette.intake.naming import is_unit
from datagazette.tables.sheets import DAY_FORMATS

LONGEST = 40  # characters of a day or an amount
_FORMATS = {
    **dict.fromkeys((*DAY_FORMATS, "%d.%m.%y", "%Y-%j"), "date"),
    **dict.fromkeys(("%H:%M", "%H:%M:%S"), "time"),
}
_MONTH = re.compile(r"[^\W\d_]{3,}\.?[ -][0-9]{4}|[0-9]{4}[ -][^\W\d_]{3,}\.?")
_MONTH_FORMATS = ("%b %Y", "%B %Y", "%b-%Y", "%B-%Y", "%Y %b", "%Y %B", "%Y-%b", "%Y-%B")
_DAY_IN_WORDS = re.compile(r"[0-9]{1,2}(er|\.|º)? ?(de )?[^\W\d_]{3,}\.?( de)?,? [0-9]{4}( г\.?)?")
_AMOUNT = re.compile(
    r"(?:(?P<before>[^\W\d_]+\.?|[£€$¥￥])[ \xa0]?)?[+-]?(?P<number>[0-9](?:[0-9.,' ]*[0-9])?)"
    r"(?:[ \xa0]?(?P<after>[^\W\d_][^\d,]*[²³]?|°C?|[£€$¥￥]))?"
)
# (between thousands, before decimals), the simplest first
_MARKS = (("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), (" ", "."), ("'", "."), ("'", ","))
_CODES = {"£": "GBP", "€": "EUR"}  # signs that are those of one currency
_GROUPED = re.compile(r"[+-]?[0-9]{1,2}(,[0-9]{2})*,[0-9]{3}(\.[0-9]+)?")


def may_be_unread(cell: str) -> bool:
    """Whether a cell has digits and is not too long: other columns need no look."""
    return len(cell) <= LONGEST and any(character in "0123456789" for character in cell)


def unread(cells: Collection[str]) -> tuple[str, Mapping[str, str]] | None:
    """(the sentence about what the cells look like, the values that it mentions); None where that is nothing."""
    formats = [form for form in _FORMATS if all(_is_of(cell, form) for cell in cells)]
    if formats:
        return "unread-format", {"type": _FORMATS[formats[0]], "format": '" / "'.join(formats)}
    month = next(filter(None, (_month(min(cells), form) for form in _MONTH_FORMATS)), "")
    if month and all(map(_MONTH.fullmatch, cells)):
        return "unread-month", {"text": min(cells), "month": month}
    if all(map(_DAY_IN_WORDS.fullmatch, cells)):
        return "unread-words", {}
    if all(map(_GROUPED.fullmatch, cells)):
        return "unread-groups", {}
    return amounts(cells)


def amounts(cells: Collection[str]) -> tuple[str, Mapping[str, str]] | None:
    """As `unread`, of numbers that have one unit or currency before or behind them: `kr 1.250,00`, `12 kg`."""
    found = [_AMOUNT.fullmatch(cell) for cell in cells]
    marks = {((match["before"] or "") + (match["after"] or "")).strip() if match else "" for match in found}
    mark = marks.pop() if len(marks) == 1 else ""
    if not is_unit(mark):
        return None
    unit = _CODES.get(mark, mark)
    form = _form([match["number"] for match in found if match])
    if not form:
        return "unread-unit", {"unit": unit}
    lines = [*form, "bareNumber: false", f"unit: {unit}"]
    return "unread-amount", {"lines": ", ".join(lines)}


def _form(numbers: Sequence[str]) -> list[str]:
    """The lines of a field that say how numbers are written; none where they could be read as two different numbers."""
    forms: dict[tuple[str, ...], tuple[str, str]] = {}
    for group, point in _MARKS:
        whole = rf"[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})*" if group else "[0-9]+"
        if all(re.fullmatch(rf"{whole}({re.escape(point)}[0-9]+)?", number) for number in numbers):
            values = tuple(number.replace(group, "").replace(point, ".") for number in numbers)
            forms.setdefault(values, (group, point))
    if len(forms) != 1:
        return []
    ((values, (group, point)),) = forms.items()
    fractions = any("." in value for value in values)
    marks = [f'decimalChar: "{point}"'] if fractions and point != "." else []
    marks += [f'groupChar: "{group}"'] if group else []
    return [f"type: {'number' if fractions or group else 'integer'}", *marks]


def _month(cell: str, form: str) -> str:
    """`2024-01` for `January 2024`; empty where it is not in that form."""
    try:
        return f"{datetime.strptime(cell, form):%Y-%m}"  # noqa: DTZ007 - no zone is needed
    except ValueError:
        return ""


def _is_of(cell: str, form: str) -> bool:
    try:
        datetime.strptime(cell, form)  # noqa: DTZ007 - no zone is needed
    except ValueError:
        return False
    return True
