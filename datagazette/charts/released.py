"""Charts of released versions, which an earlier program drew within wider bounds: drawn without what is refused today.

A released chart cannot be corrected, and its addresses must keep answering. What is left out is a matter of looks, such
as the number of ticks. Of a chart that is too large as a whole, the picture has its title and its source, and no marks;
the figures are in the table. A warning names either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from datagazette.charts.rules import check_chart
from datagazette.model.problems import Problem
from datagazette.model.publication import Summary
from datagazette.model.results import SummaryResult

# Rules of numbers and texts that charts could break before there were such rules.
_LATER = frozenset({"chart-number", "chart-value"})
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def drawable(summary: Summary, file: str) -> tuple[Summary, tuple[Problem, ...]]:
    """The summary with a chart that can be drawn, and what is wrong with it; `file` is its descriptor."""
    found = []
    for fault in check_chart(summary, file):
        where = dict(fault.values)["where"]
        if fault.code not in _LATER:
            found.append(fault)
        elif summary.chart is not None:
            steps = [name or int(number) for name, number in _STEP.findall(where.removeprefix("chart"))]
            summary = replace(summary, chart=_without(summary.chart, steps))
            values = tuple(pair for pair in fault.values if pair[0] != "rule")
            found.append(replace(fault, severity="warning", values=(*values, ("rule", "released"))))
    return summary, tuple(found)


def without_marks(result: SummaryResult) -> SummaryResult:
    """The result with a chart that draws nothing."""
    return replace(
        result, summary=replace(result.summary, chart={"mark": "text", "encoding": {}}), rows=result.rows[:1]
    )


def _without(part: Any, steps: list[str | int]) -> Any:
    """The part of a chart without what the steps lead to; as it is where that has been left out already."""
    first, *rest = steps
    if isinstance(part, Mapping) and first in part:
        kept = {key: value for key, value in part.items() if key != first}
        return kept | {first: _without(part[first], rest)} if rest else kept
    if isinstance(part, list | tuple) and isinstance(first, int) and first < len(part) and rest:
        return [_without(each, rest) if number == first else each for number, each in enumerate(part)]
    return part
