"""Values with a form of their own: days and frequencies of updates."""

from __future__ import annotations

import re
from datetime import date

from datagazette.model.limits import FIRST_DAY, FREQUENCY_YEARS, LAST_DAY

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile("P(?=[0-9])(?:([0-9]{1,5})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?")
_DAYS = (365.25, 30.4375, 7, 1)  # of a year, a month, a week and a day


def read_day(text: str) -> date | None:
    """The day that `YYYY-MM-DD` writes, or None. Other forms of ISO 8601 (`20260101`, `2026-W01-1`) are none here: not
    every program reads them."""
    if not _DAY.fullmatch(text) or not FIRST_DAY <= text <= LAST_DAY:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_frequency(text: str) -> bool:
    """Whether a text is a duration of years, months, weeks and days that is not too long, or `never`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return text == "never"
    days = sum(int(number or 0) * each for number, each in zip(found.groups(), _DAYS, strict=True))
    return days <= FREQUENCY_YEARS * 365.25
