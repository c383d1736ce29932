"""What a check is asked for and what it answers: whoever only reads a report need not wait for the check itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datagazette.model.problems import Problem
from datagazette.model.tabular import Table

DEFAULT_LIMIT = 1000  # errors listed for a table, as in Frictionless; all of them are counted


@dataclass(frozen=True)
class TableSource:
    """A table and where its CSV lies on this machine. `opened`: its author is to hear what a spreadsheet would do."""

    table: Table
    path: Path
    opened: bool = False


@dataclass(frozen=True)
class TableReport:
    """What was found in one table.

    `problems` are in row order and at most as many as the limit; `counts` are complete, by code, and hold
    errors only. `rows` counts the rows of content as Frictionless counts them, blank ones included.
    """

    table: Table
    rows: int = 0
    bytes: int = 0
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    labels: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        return sum(self.counts.values())

    @property
    def valid(self) -> bool:
        return not self.errors

    @property
    def unlisted(self) -> int:
        """How many errors were counted and not listed."""
        return self.errors - sum(problem.severity == "error" for problem in self.problems)
