"""A comparison of tables without what is in their cells: of tables that hold personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datagazette.diff.outcome import TableComparison
from datagazette.model.problems import Problem
from datagazette.model.results import TableChange
from datagazette.validation.personal import MASK, without_any_value


def without_cells(found: TableComparison) -> TableComparison:
    """How much changed, and nothing of what it was or is."""
    return replace(
        found,
        change=_counted(found.change),
        shown=_counted(found.shown) if found.shown else None,
        large=(),
        damages=tuple(replace(damage, before=MASK, after=MASK) for damage in found.damages),
        keys=tuple(replace(key, before=MASK, after=MASK) for key in found.keys),
        columns=tuple(replace(column, rows=()) for column in found.columns),
    )


def _counted(change: TableChange) -> TableChange:
    return replace(change, added_rows=(), removed_rows=(), changed_cells=())


def without_personal_values(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems of a comparison without the cells that they name."""
    return tuple(without_any_value(found) if found.cell else found for found in problems)
