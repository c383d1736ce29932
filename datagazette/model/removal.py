"""What was taken away after it was published: whole releases, and cells of releases.

Addresses and values are permanent but for this: an authority may order that something is no longer published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from datagazette.model.text import Text

EVERY_ROW = "*"  # in the place of a key: the whole column


@dataclass(frozen=True)
class Removal:
    """That a release is no longer published. `instead` is the version that readers are led to, empty where there is
    none; `has_metadata`: its descriptor is still there, and is shown."""

    date: date
    reason: Text
    instead: str = ""
    has_metadata: bool = False


@dataclass(frozen=True)
class RedactedCell:
    """A cell whose value was taken away. `key` is the primary key of its row as it is now, joined by `|`; of a table
    without one, `#` and the number of the row below the header, from 1; or `EVERY_ROW`."""

    resource: str
    key: str
    field: str


@dataclass(frozen=True)
class Redaction:
    """Cells that were emptied or masked in a release after it was published, all at once."""

    date: date
    reason: Text
    cells: tuple[RedactedCell, ...]
