"""A release's own SQL: summaries, whose result must be what they declare, and checks, whose rows are findings."""

from __future__ import annotations

from publisher.engine import Engine
from publisher.growth import Box, answer
from publisher.model import Check, Field, Release, Summary
from publisher.problems import Problem, problem, warning
from publisher.queries import Answer, Budget
from publisher.results import Finding, SummaryResult

# DuckDB's types by the Table Schema type that a summary's field may declare for them.
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


def summarise(
    engine: Engine, release: Release, box: Box, budget: Budget = Budget()
) -> tuple[tuple[SummaryResult, ...], tuple[Problem, ...]]:
    """Runs every summary in a sandbox; a summary with problems has no result."""
    results: list[SummaryResult] = []
    problems: list[Problem] = []
    for summary in release.summaries:
        found, faults = answer(engine, box, summary.query, summary.file, budget)
        faults += _differences(summary, found) if found else ()
        problems += faults
        if found and not faults:
            results.append(SummaryResult(summary, found.rows))
    return tuple(results), tuple(problems)


def run_checks(
    engine: Engine, release: Release, box: Box, budget: Budget = Budget()
) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """Runs every check; a finding that is not accepted is a problem of the check's severity."""
    findings: list[Finding] = []
    problems: list[Problem] = []
    for check in release.checks:
        found, faults = answer(engine, box, check.query, check.file, budget)
        problems += faults
        if found is None or not found.rows:
            continue
        columns = tuple(name for name, _ in found.columns)
        findings.append(Finding(check, columns, found.rows))
        if not check.accepted:
            problems.append(_finding_problem(check, columns, found))
    return tuple(findings), tuple(problems)


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
    return field.type not in _TYPES or kind.partition("(")[0] in _TYPES[field.type]


def _finding_problem(check: Check, columns: tuple[str, ...], answer: Answer) -> Problem:
    first = ", ".join(f"{name} = {value}" for name, value in zip(columns, answer.rows[0], strict=True))
    make = problem if check.severity == "error" else warning
    titles = {f"check@{language}": title for language, title in check.title.values}
    return make("check-finding", check.file, check=check.title.default, count=len(answer.rows), first=first, **titles)
