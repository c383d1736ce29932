"""Key figures: the cells that a dataset puts first, with all that their rows say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Field, Figure, Note, Release
from datagazette.model.results import FigureResult, Locator, SummaryResult, Value
from datagazette.model.text import Text, plain
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable, row_of


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
        result = _figure(engine, figure, typed, results, notes)
        if result:
            found.append(result)
        elif not figure.summary or figure.summary in results:
            place = figure.resource or figure.summary
            problems.append(
                problem("figure-empty", f"{release.folder}/datapackage.yaml", figure=figure.name, place=place,
                        key=figure.key)
            )  # fmt: skip
    return tuple(found), tuple(problems)


def _figure(
    engine: Engine, figure: Figure, typed: Mapping[str, TypedTable], summaries: Mapping[str, SummaryResult],
    notes: Mapping[tuple[str, str], Sequence[Note]],
) -> FigureResult | None:  # fmt: skip
    if figure.resource:
        source = typed.get(figure.resource)
        row = row_of(engine, source, figure.key) if source else None
        fields = source.table.schema.fields if source else ()
        about = notes.get((figure.resource, figure.key), ())
    else:
        result = summaries.get(figure.summary)
        row = _summary_row(result, figure.key) if result else None
        fields = result.summary.fields if result else ()
        about = ()
    if row is None or row.get(figure.field) is None:
        return None
    return _described(figure, row, fields, tuple(one for one in about if one.field in ("", figure.field)))


def _summary_row(result: SummaryResult, key: str) -> dict[str, Value] | None:
    names = [field.name for field in result.summary.fields]
    rows = [dict(zip(names, row, strict=True)) for row in result.rows]
    if result.summary.primary_key and key:
        rows = [row for row in rows if "|".join(str(row[name]) for name in result.summary.primary_key) == key]
    return rows[0] if len(rows) == 1 else None


def _described(
    figure: Figure, row: Mapping[str, Value], fields: Sequence[Field], notes: tuple[Note, ...]
) -> FigureResult:
    own = next(field for field in fields if field.name == figure.field)
    roles = {field.role: field for field in fields if field.role}

    def text(role: str) -> str:
        field = roles.get(role)
        value = row.get(field.name) if field else None
        return "" if value is None else str(value)

    return FigureResult(
        figure=figure, value=row[figure.field], unit=own.unit or _unit(roles.get("unit"), text("unit")),
        bound=own.bound or text("bound"), date=text("date"), region=text("region"),
        locator=Locator(text("source"), text("article"), text("paragraph")), notes=notes,
    )  # fmt: skip


def _unit(field: Field | None, code: str) -> Text:
    """The words for a unit's code: the label of its category, else the code itself."""
    if field is None or not code:
        return Text()
    category = field.category(code)
    return category.label if category and category.label else plain(code)
