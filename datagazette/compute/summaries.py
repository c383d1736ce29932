"""A release's own SQL: summaries, whose result must be what they declare, and checks, whose rows are findings."""

from __future__ import annotations

import time

from datagazette.compute.asking import Box, answer
from datagazette.compute.queries import Answer, Budget
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Check, Field, Release, Summary
from datagazette.model.results import Finding, SummaryResult

# DuckDB's types by the Table Schema type that a summary's field may declare for them; for any other type it is text.
_INTEGERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
_TYPES: dict[str, tuple[str, ...]] = {
    "integer": _INTEGERS,
    "number": (*_INTEGERS, "DOUBLE", "FLOAT", "DECIMAL"),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "datetime": ("TIMESTAMP",),
    "time": ("TIME",),
    "year": _INTEGERS,
    "string": ("VARCHAR",),
    "yearmonth": ("VARCHAR",),
}


def run_queries(
    box: Box, release: Release, budget: Budget = Budget()
) -> tuple[tuple[SummaryResult, ...], tuple[Finding, ...], tuple[Problem, ...]]:
    """The results of the summaries, the findings of the checks, and what is wrong with either.

    A summary with errors has no result. A finding that is not accepted is a problem of the check's severity.
    """
    queries: tuple[Summary | Check, ...] = (*release.summaries, *release.checks)
    number = len(queries)
    if number > budget.release_queries:
        most = budget.release_queries
        return (), (), (problem("query-too-many", f"{release.folder}/datapackage.yaml", found=number, most=most),)
    results: list[SummaryResult] = []
    findings: list[Finding] = []
    problems: list[Problem] = []
    end = time.monotonic() + budget.release_seconds
    for one in queries:
        left = budget.until(end)
        if left.seconds <= 0:
            problems.append(problem("query-too-slow", one.file, rule="release", seconds=f"{budget.release_seconds:g}"))
            break
        found, faults = answer(box, one.query, one.file, left, ordered=isinstance(one, Summary))
        problems += faults
        if found is None:
            continue
        if isinstance(one, Summary):
            faults = _differences(one, found)
            problems += faults
            results += [] if faults else [SummaryResult(one, found.rows)]
        elif found.rows:
            findings.append(Finding(one, tuple(name for name, _ in found.columns), found.rows))
            problems += () if one.accepted else (_finding_problem(one, found),)
    return tuple(results), tuple(findings), tuple(problems)


def _differences(summary: Summary, answer: Answer) -> tuple[Problem, ...]:
    declared = tuple(field.name for field in summary.fields)
    returned = tuple(name for name, _ in answer.columns)
    if declared != returned:
        return (problem("summary-fields", summary.file, found=", ".join(returned), expected=", ".join(declared)),)
    if not answer.rows:
        return (problem("summary-empty", summary.file, summary=summary.name),)
    return tuple(
        problem("summary-type", summary.file, field=field.name, expected=field.type, found=kind)
        for field, (_, kind) in zip(summary.fields, answer.columns, strict=True)
        if not _fits(field, kind)
    )


def _fits(field: Field, kind: str) -> bool:
    return field.type == "any" or kind.partition("(")[0] in _TYPES.get(field.type, ("VARCHAR", "JSON"))


def _finding_problem(check: Check, answer: Answer) -> Problem:
    first = ", ".join(f"{name} = {value}" for (name, _), value in zip(answer.columns, answer.rows[0], strict=True))
    make = problem if check.severity == "error" else warning
    titles = {f"check@{language}": title for language, title in check.title.values}
    return make("check-finding", check.file, check=check.title.default, count=len(answer.rows), first=first, **titles)
