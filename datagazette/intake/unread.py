"""Texts that look like days, times or amounts in a form that is not detected, and how they can be declared or written.

Whether they are what they look like is for a person to say: they stay text, and a line names the way out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
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
_UNIT = re.compile(r"[+-]?[0-9][0-9.,]* ?([^\W\d_][^\d.,]*[²³]?|°C?)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,2}(,[0-9]{2})*,[0-9]{3}(\.[0-9]+)?")


def may_be_unread(cell: str) -> bool:
    """Whether a cell has digits and is not too long: other columns need no look."""
    return len(cell) <= LONGEST and any(character in "0123456789" for character in cell)


def unread(cells: Collection[str]) -> tuple[str, Mapping[str, str]] | None:
    """(the sentence about what the cells look like, the values that it mentions); None where that is nothing."""
    formats = [form for form in _FORMATS if all(_is_of(cell, form) for cell in cells)]
    if formats:
        return "unread-format", {"type": _FORMATS[formats[0]], "format": '" / "'.join(formats)}
    if all(map(_MONTH.fullmatch, cells)) and any(_is_of(min(cells), form) for form in _MONTH_FORMATS):
        return "unread-month", {}
    if all(map(_DAY_IN_WORDS.fullmatch, cells)):
        return "unread-words", {}
    if all(map(_GROUPED.fullmatch, cells)):
        return "unread-groups", {}
    units = {found[1].strip() if (found := _UNIT.fullmatch(cell)) else "" for cell in cells}
    unit = units.pop() if len(units) == 1 else ""
    return ("unread-unit", {"unit": unit}) if is_unit(unit) else None


def _is_of(cell: str, form: str) -> bool:
    try:
        datetime.strptime(cell, form)  # noqa: DTZ007 - no zone is needed
    except ValueError:
        return False
    return True
