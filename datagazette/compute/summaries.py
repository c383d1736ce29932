"""A release's own SQL, and its key figures.

Summaries must return what they declare; the rows of a check are findings. A key figure is a cell that a dataset shows
first, of a table or of a summary, with all that its row says of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

from datagazette.compute.queries import Answer, Box, Budget, answer
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Check, Figure, Note, Release, Summary
from datagazette.model.resource import Field, bound_field
from datagazette.model.results import FigureResult, Finding, Locator, SummaryResult, Value
from datagazette.model.text import plain
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable, first_key, row_of

# DuckDB's types by the Table Schema type that a summary's field may declare for them; for any other type it is text.
_INTEGERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
)  # fmt: skip
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
    for query in queries:
        left = budget.until(end)
        if left.seconds <= 0:
            seconds = f"{budget.release_seconds:g}"
            problems.append(problem("query-too-slow", query.file, rule="release", seconds=seconds))
            break
        found, faults = answer(box, query.query, query.file, left, ordered=isinstance(query, Summary))
        problems += faults
        if found is None:
            continue
        if isinstance(query, Summary):
            faults = _differences(query, found)
            problems += faults
            shown = _without_noise if box.edition.as_written else _as_computed
            results += [] if faults else [SummaryResult(query, tuple(tuple(map(shown, row)) for row in found.rows))]
        elif found.rows:
            findings.append(Finding(query, tuple(name for name, _ in found.columns), found.rows))
            problems += () if query.accepted else (_finding_problem(findings[-1]),)
    return tuple(results), tuple(findings), tuple(problems)


def _without_noise(value: Value) -> Value:
    """A double with the fifteen digits that are sure: what it is computed in leaves `1.0999999999999999` for 1.1."""
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        return float(f"{value:.15g}")
    return value


def _as_computed(value: Value) -> Value:
    return value


def _finding_problem(finding: Finding) -> Problem:
    check = finding.check
    first = ", ".join(f"{name} = {value}" for name, value in zip(finding.columns, finding.rows[0], strict=True))
    make = problem if check.severity == "error" else warning
    titles = {f"check@{language}": title for language, title in check.title.values}
    return make("check-finding", check.file, check=check.title.default, count=len(finding.rows), first=first, **titles)


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
        if field.type != "any" and kind.partition("(")[0] not in _TYPES.get(field.type, ("VARCHAR", "JSON"))
    )


def find_figures(
    engine: Engine, release: Release, typed: Mapping[str, TypedTable], summaries: Sequence[SummaryResult]
) -> tuple[tuple[FigureResult, ...], tuple[Problem, ...]]:
    """Every figure whose cell is there, and a problem for every other."""
    results = {result.summary.name: result for result in summaries}
    notes: dict[tuple[str, str], list[Note]] = {}
    for note in release.notes:
        notes.setdefault((note.resource, note.key), []).append(note)
    found: list[FigureResult] = []
    problems: list[Problem] = []
    for figure in release.figures:
        row: Mapping[str, Value] | None = None
        if figure.resource in typed:
            fields = typed[figure.resource].table.schema.fields
            row = row_of(engine, typed[figure.resource], figure.key)
        elif not figure.resource and figure.summary in results:
            fields = results[figure.summary].summary.fields
            row = _summary_row(results[figure.summary], figure.key)
        if row is not None and row.get(figure.field) is not None:
            about = notes.get((figure.resource, figure.key), ()) if figure.resource else ()
            found.append(_figure(figure, row, fields, about))
        elif not figure.summary or figure.summary in results:
            place = figure.resource or figure.summary
            file = f"{release.folder}/datapackage.yaml"
            first = (
                first_key(engine, typed[figure.resource]) if figure.resource in typed and row is None
                else _first_summary_key(results.get(figure.summary)) if row is None else {}
            )  # fmt: skip
            problems.append(problem("figure-empty", file, figure=figure.name, place=place, key=figure.key, **first))
    return tuple(found), tuple(problems)


def _summary_row(result: SummaryResult, key: str) -> dict[str, Value] | None:
    names = [field.name for field in result.summary.fields]
    rows = [dict(zip(names, row, strict=True)) for row in result.rows]
    if result.summary.primary_key and key:
        rows = [row for row in rows if "|".join(str(row[name]) for name in result.summary.primary_key) == key]
    return rows[0] if len(rows) == 1 else None


def _first_summary_key(result: SummaryResult | None) -> dict[str, str]:
    """As `first_key`, of a summary's result."""
    if result is None or not result.summary.primary_key or not result.rows:
        return {}
    row = dict(zip((field.name for field in result.summary.fields), result.rows[0], strict=True))
    return {"rule": "first", "first": "|".join(str(row[name]) for name in result.summary.primary_key)}


def _figure(figure: Figure, row: Mapping[str, Value], fields: Sequence[Field], notes: Sequence[Note]) -> FigureResult:
    own = next(field for field in fields if field.name == figure.field)
    roles = {field.role: field for field in fields if field.role}

    def text(role: str) -> str:
        value = row.get(roles[role].name) if role in roles else None
        return "" if value is None else str(value)

    unit, code, bound = own.unit, text("unit"), bound_field(fields, own) or roles.get("bound")
    said = "" if bound is None or row.get(bound.name) is None else str(row[bound.name])
    if not unit and code:  # the label of the code's category, else the code itself
        category = roles["unit"].category(code)
        unit = category.label if category and category.label else plain(code)
    return FigureResult(
        figure=figure, value=row[figure.field], unit=unit, bound=own.bound or said, date=text("date"),
        region=text("region"), locator=Locator(text("source"), text("article"), text("paragraph")),
        notes=tuple(note for note in notes if note.field in ("", figure.field)),
    )  # fmt: skip
