"""When the next release is due: `updateFrequency` counted from the day of the release."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from datagazette.model.publication import Release

_DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


@dataclass(frozen=True)
class Freshness:
    """`state`: `final` (will not change), `due` (by `due`), `overdue`, `unknown`, `draft` or `withdrawn`."""

    state: str
    due: date | None = None


def freshness(release: Release, today: date | None) -> Freshness:
    """Without `today` nothing is overdue: the page says when the next release is due."""
    if release.state != "released" or release.date is None:
        return Freshness("withdrawn" if release.state == "withdrawn" else "draft")
    if release.update_frequency == "never":
        return Freshness("final")
    due = _after(release.date, release.update_frequency)
    if due is None:
        return Freshness("unknown")
    return Freshness("overdue" if today and today > due else "due", due)


def _after(start: date, duration: str) -> date | None:
    """The day that an ISO 8601 duration of years, months, weeks and days leads to."""
    found = _DURATION.fullmatch(duration)
    if not found:
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    month = start.month - 1 + months
    year = start.year + years + month // 12
    if year > date.max.year - 1:
        return None
    last = calendar.monthrange(year, month % 12 + 1)[1]
    return date(year, month % 12 + 1, min(start.day, last)) + timedelta(weeks=weeks, days=days)
