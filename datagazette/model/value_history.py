"""What a table said over all releases of a dataset: periods, from one release until another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from datagazette.model.names import Version


@dataclass(frozen=True)
class Period:
    """What was written in a cell, or the key of a row, in the releases from number `start` until before number `stop`,
    None where it still holds. `change` is how it began, `ended` how it ended; `field` is empty for the row itself."""

    field: str
    value: str
    start: int
    stop: int | None
    change: str
    ended: str = ""


@dataclass(frozen=True)
class RowHistory:
    """A row that has changed: the periods of the row itself first, then those of its cells that changed, each cell's
    from the oldest on. `key` is what it is called by now, or was at last; `labels` by field how its cells name it."""

    row: int
    key: str
    periods: tuple[Period, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableHistory:
    """`counts` are all changes by kind, also of rows that are not in `rows`, which has the first ones, those that
    changed last before others; `changed` is how many such rows there are. `fields` are its columns' changes.

    `left_out` counts the cells that never changed and are not in the file, as there are so many.
    """

    resource: str
    rows: tuple[RowHistory, ...]
    changed: int
    counts: Mapping[str, int] = field(default_factory=dict)
    fields: tuple[Period, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class ValueHistory:
    """`versions` are the releases by their numbers, the oldest first; `path` and `bytes` those of the file."""

    versions: tuple[Version, ...]
    tables: tuple[TableHistory, ...]
    path: str = ""
    bytes: int = 0
    sha256: str = ""
