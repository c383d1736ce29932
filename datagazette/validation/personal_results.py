"""Personal data in the results of a dataset's queries: judged as the columns of a table are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from datagazette.model.problems import Cell, Problem, problem
from datagazette.model.results import SummaryResult
from datagazette.personal.columns import TextColumn, suspects
from datagazette.personal.texts import kinds_in_cell
from datagazette.validation.personal import CODE, NAMED, undeclared


def of_result(answer: SummaryResult, declared: Collection[str]) -> Iterator[Problem]:
    """An error for each column of a result with personal data that are not declared. Rows count from 1."""
    summary = answer.summary
    names = [field.name for field in summary.fields]
    rows = [["" if value is None else str(value) for value in row] for row in answer.rows]
    columns = []
    for at, field in enumerate(summary.fields):
        texts = tuple(dict.fromkeys(row[at] for row in rows if row[at]))
        titles = tuple(text for _, text in field.title.values)
        columns.append(TextColumn(at + 1, (field.name, *titles), texts))
    kinds = {suspect.number: suspect.kind for suspect in undeclared(suspects(columns), declared, names)}
    for column, name in zip(columns, names, strict=True):
        kind = kinds.get(column.number, "")
        cells = [row[column.number - 1] for row in rows]
        if kind:
            places = [number for number, text in enumerate(cells, 1) if text]
        else:
            within = (
                {}
                if column.is_of_residents
                else {text: each[0] for text in column.texts if (each := kinds_in_cell(text, column.label))}
            )
            places = [number for number, text in enumerate(cells, 1) if text in within]
            kind = next(iter(within.values()), "")
        if kind and name not in declared:
            shown = ", ".join(map(str, places[:NAMED])) + (" …" if len(places) > NAMED else "")
            found = problem(CODE, summary.file, None, rule=kind, field=name, table=summary.name,
                            count=f"{len(places):,}", rows=shown)  # fmt: skip
            yield replace(found, cell=Cell(summary.name, None, name, column.number))
