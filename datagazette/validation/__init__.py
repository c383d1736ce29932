"""Checking tables against their schemas: Frictionless's verdicts, found by DuckDB.

`run.check_tables` does it. It is not imported here, so that code that only reads a report does not wait for it.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

from datagazette.model.problems import Problem
from datagazette.model.resource import Table

DEFAULT_LIMIT = 1000  # errors listed for a table, as in Frictionless; all of them are counted
# Python warns of patterns that it may read otherwise one day; what counts is how it and Frictionless read them now.
warnings.filterwarnings("ignore", "Possible (nested set|set )", FutureWarning)


@dataclass(frozen=True)
class TableReport:
    """What was found in one table.

    `problems` are in row order and at most as many as the limit; `counts` are complete, by code, and hold
    errors only. `rows` counts the rows of content as Frictionless counts them, blank ones included. `read` is false of
    a file that nothing here reads as a table: of its cells nothing is known.
    """

    table: Table
    rows: int = 0
    bytes: int = 0
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    read: bool = True

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
