"""When the next release is due: `updateFrequency` counted from the day of the release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from datagazette.describe.catalog import due
from datagazette.model.publication import Release


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
    day = due(release)
    if day is None:
        return Freshness("unknown")
    return Freshness("overdue" if today and today > day else "due", day)
