"""Personal data in the cells of a table: one error for each column, which says where they are and never what.

Columns are judged by the texts of some rows, as the file has them (`personal.columns`), which takes no scan of the
file. Only columns that are found are counted, and those with longer texts are looked through.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from datagazette.model.problems import Cell, Problem, problem
from datagazette.personal.columns import (
    CARD,
    EMAIL,
    IBAN,
    IDENTITY,
    MOBILE,
    NAME,
    PASSPORT,
    Suspect,
    TextColumn,
    is_of_kind,
    suspects,
)
from datagazette.personal.forms import TRACE
from datagazette.personal.texts import is_sentence, kinds_in, kinds_in_cell
from datagazette.tables.cells import BadConstraint, Column
from datagazette.tables.engine import Engine
from datagazette.tables.layout import TableSource, Unreadable, python_dialect
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.relation import numbered_rows
from datagazette.tables.sql import literal
from datagazette.tables.types.field_type import CATEGORIES
from datagazette.validation import TableReport

CODE = "personal-data"
_SCREENED = frozenset(("string", "any", "integer", "number"))  # a day or a truth value is no number of a person
MASK = "•••"
_ROWS, _CELLS = 1_000, 100_000  # that are read at the beginning of a file, and as many from all parts of it
_PLACES, _BLOCK = 100, 8_192  # where in a large file, and bytes there
NAMED = 3  # rows that a problem names
_LONGEST = 4_000  # characters of a cell that are looked at
_MOST = 4_000_000  # characters of the rows by which a table is judged
_LOOKED_AT = 2_000  # texts of a column with something in them that may be personal
_TOGETHER = 20  # columns that one query looks through
_PROSE = 12  # characters; a column without longer texts has no sentences
# What DuckDB counts of a column that is found: the beginnings of the forms, as a column of them has little else.
_COUNTED = {
    IDENTITY: "[0-9].*[0-9]{3}", MOBILE: "[0-9].*[0-9]{2}", CARD: "[0-9].*[0-9]{4}", IBAN: "^[A-Z]{2}[0-9]{2}",
    EMAIL: "@", PASSPORT: "[0-9]{5}", NAME: ".",
}  # fmt: skip
_TRACES = (
    r"@[A-Za-z0-9-]+\.|[0-9]{11}|[0-9]{3}[ -][0-9]{4}[ -][0-9]{4}|\+[0-9]{2}|[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11}|"
    r"[0-9]{6}[-+][0-9]{4}|[0-9]{9}|[0-9]{4} [0-9]{4} [0-9]{4}|[0-9]{8}[A-Z]|(?:[0-9]{2,5}[ .-]){3}[0-9]{2}"
)
# A sentence, or a single identity number of China, which needs none.
_WORDS = r"\p{L}.*\p{L}|^\s*[1-9][0-9]{16}[0-9Xx]\s*$"
_KEPT = frozenset(("field", "rule", "count", "constraint", "type", "format", "kind", "line", "rows", "number", "limit"))


def text_column(column: Column, texts: Sequence[str]) -> TextColumn:
    """A column as its file writes it; `texts` are the distinct ones without missing values, or some of them."""
    field = column.field
    texts = texts if field.type in _SCREENED else ()
    titles = tuple(text for _, text in field.title.values)
    return TextColumn(
        column.number, (field.name, *titles), tuple(texts), tuple(text for _, text in field.description.values)
    )


def has_traces(column: Column, lines: str) -> bool:
    """Whether any text of a column, each in a line of its own, may be personal."""
    return column.field.type in _SCREENED and bool(TRACE.search(lines))


def declared_fields(descriptor: Mapping[str, Any], resource: str) -> frozenset[str]:
    """The fields of a resource that the `personal` of a Data Package from elsewhere declares with a reason."""
    listed = descriptor.get("personal")
    entries = [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []
    return frozenset(
        str(entry["field"]) for entry in entries
        if entry.get("field") and entry.get("reason") and entry.get("resource", resource) == resource
    )  # fmt: skip


def may_hold_any(columns: Sequence[TextColumn], declared: Collection[str], names: Sequence[str]) -> bool:
    """Whether `findings` may find anything in a table with all of these texts."""
    if not any(column.has_traces for column in columns):
        return False
    found = undeclared(suspects(columns), declared, names)
    known = {suspect.number for suspect in found}
    return bool(found) or any(
        kinds_in_cell(text, column.label)
        for column, name in zip(columns, names, strict=True)
        if column.number not in known and name not in declared and column.has_traces and not column.is_of_residents
        for text in column.texts
    )


def undeclared(found: Sequence[Suspect], declared: Collection[str], names: Sequence[str]) -> list[Suspect]:
    """The suspects that are not declared; names of people only beside one of the others."""
    left = [suspect for suspect in found if names[suspect.number - 1] not in declared]
    return left if any(suspect.kind != NAME for suspect in left) else []


def findings(engine: Engine, table: Prepared) -> Iterator[Problem]:
    """In the columns' order."""
    declared, names = table.source.personal, [column.field.name for column in table.columns]
    if not table.columns or not table.relation or len(declared.intersection(names)) == len(names):
        return
    columns = _sampled(table)
    found = undeclared(suspects(columns), declared, names)
    problems = [_of_column(engine, table, suspect) for suspect in found]
    known = {suspect.number for suspect in found}
    others = [
        column for column, texts in zip(table.columns, columns, strict=True)
        if column.number not in known and column.field.name not in declared and _may_be_prose(column, texts)
        and not texts.is_of_residents
    ]  # fmt: skip
    for start in range(0, len(others), _TOGETHER):
        problems += _within(engine, table, others[start : start + _TOGETHER], columns)
    yield from sorted(problems, key=lambda problem: (problem.cell and problem.cell.field_number) or 0)


def _may_be_prose(column: Column, texts: TextColumn) -> bool:
    """Whether any cell of the column may be longer than a code."""
    if column.type.kind != "VARCHAR" or column.field.categories or {"enum", CATEGORIES} & set(column.field.constraints):
        return False
    return not texts.texts or any(len(text) >= _PROSE and is_sentence(text) for text in texts.texts)


def _of_column(engine: Engine, table: Prepared, suspect: Suspect) -> Problem:
    column = table.columns[suspect.number - 1]
    where = f"NOT ({column.is_missing}) AND regexp_matches({column.name}, {literal(_COUNTED[suspect.kind])})"
    rows = f"FROM ({table.relation}) WHERE {where}"
    (count,) = engine.row(f"SELECT count(*) {rows}")
    first = engine.rows(f"SELECT _row, _line, {column.name} {rows} ORDER BY _row LIMIT 200")
    places = [(row, line) for row, line, text in first if is_of_kind(suspect.kind, text)]
    return _problem(table, column, suspect.kind, places or [(row, line) for row, line, _ in first], count)


def _within(
    engine: Engine, table: Prepared, columns: Sequence[Column], texts: Sequence[TextColumn]
) -> Iterator[Problem]:
    """Personal data that are parts of longer texts, or in a column that has other texts besides."""
    parts = (
        f"arg_min({{'v': substr({name}, 1, {_LONGEST}), 'r': _row, 'l': _line}}, _row, {_LOOKED_AT}) FILTER (WHERE "
        f"CASE WHEN regexp_matches({name}, {literal(_TRACES)}) THEN regexp_matches({name}, {literal(_WORDS)}) END)"
        for name in (column.name for column in columns)
    )
    places: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for at, cells in enumerate(engine.row(f"SELECT {', '.join(parts)} FROM ({table.relation})")):
        label = texts[columns[at].number - 1].label
        for cell in cells or ():
            for kind in kinds_in_cell(cell["v"], label):
                places.setdefault((at, kind), []).append((cell["r"], cell["l"]))
    for (at, kind), found in sorted(places.items()):
        yield _problem(table, columns[at], kind, sorted(found), len(found))


def _problem(table: Prepared, column: Column, kind: str, places: Sequence[tuple[int, int]], count: int) -> Problem:
    source, name = table.source.table, column.field.name
    rows = ", ".join(str(row) for row, _ in places[:NAMED]) + (" …" if count > NAMED else "")
    found = problem(CODE, source.file, places[0][1] if places else None, rule=kind, field=name, table=source.name,
                    count=f"{count:,}", rows=rows)  # fmt: skip
    row = places[0][0] if places else None
    return replace(found, cell=Cell(source.name, row, name, column.number))


# The rows by which columns are judged


def _sampled(table: Prepared) -> list[TextColumn]:
    """The first rows, and of a large file some from all of its parts."""
    most = max(20, min(_ROWS, _CELLS // max(1, table.width)))
    rows: list[list[str]] = []
    with suppress(Unreadable, UnicodeError):
        size = 0
        for _, _, cells, _ in islice(numbered_rows(table.source.path, table.layout), most):
            rows.append(cells)
            size += sum(map(len, cells))
            if size > _MOST:
                break
    if len(rows) == most:
        rows += islice(_scattered(table), most)
    found = []
    for column in table.columns:
        at, missing = column.number - 1, {"", *column.missing}
        texts = dict.fromkeys(cells[at][:_LONGEST] for cells in rows if at < len(cells) and cells[at] not in missing)
        found.append(text_column(column, tuple(texts)))
    return found


def _scattered(table: Prepared) -> Iterator[list[str]]:
    """Rows from all parts of a file in UTF-8, each of a line of its own. A line within quotes looks like a row now and
    then, of which nearly all have another number of cells."""
    path, layout = table.source.path, table.layout
    size = path.stat().st_size
    if not layout.encoding.startswith("utf-8"):
        return
    with path.open("rb") as file:
        for place in range(_PLACES):
            file.seek(size * place // _PLACES)
            lines = file.read(_BLOCK).decode("utf-8", "replace").split("\n")[1:-1][:20]
            try:
                rows = list(csv.reader((f"{line}\n" for line in lines), python_dialect(layout.dialect)))
            except csv.Error:
                continue
            yield from (cells for cells in rows if len(cells) == table.width)


def holds_personal_data(source: TableSource, scratch: Path) -> bool:
    """Whether the rows by which a table is judged hold personal data that are not declared."""
    try:
        table = prepare(source, scratch)
    except (Unreadable, BadConstraint, OSError):
        return False
    return may_hold_any(_sampled(table), source.personal, [column.field.name for column in table.columns])


def with_warnings(report: TableReport) -> TableReport:
    """The report with warnings of personal data in the place of errors."""
    if CODE not in report.counts:
        return report
    problems = (replace(found, severity="warning") if found.code == CODE else found for found in report.problems)
    counts = {code: count for code, count in report.counts.items() if code != CODE}
    return replace(report, problems=tuple(problems), counts=counts)


# Other problems of a table with personal data


def without_values(problems: Sequence[Problem], table: Prepared, personal: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems of a table without what is in its columns of personal data, also those that are declared."""
    numbers = {found.cell.field_number for found in personal if found.cell and found.cell.field_number}
    numbers |= {column.number for column in table.columns if column.field.name in table.source.personal}
    return tuple(map(partial(_without_values, numbers), problems))


def _without_values(numbers: Collection[int], found: Problem) -> Problem:
    cell = found.cell
    if cell is None:
        return found
    secret = {text for number, text in enumerate(cell.cells, 1) if number in numbers and len(text) > 1}
    if cell.field_number in numbers:
        if cell.text:
            secret.add(cell.text)
        given = {key: text if key in _KEPT else MASK for key, text in found.values}
    else:
        given = dict(found.values)
    given = {key: text if key in ("field", "rule") else _masked(text, secret) for key, text in given.items()}
    cells = tuple(MASK if number in numbers and text else text for number, text in enumerate(cell.cells, 1))
    text = cell.text if cell.text is None else MASK if cell.field_number in numbers else _masked(cell.text, secret)
    return replace(found, values=tuple(given.items()), cell=replace(cell, cells=cells, text=text))


def without_any_value(found: Problem) -> Problem:
    """A problem of a cell without the texts of its row."""
    given = tuple((key, text if key in _KEPT else MASK) for key, text in found.values)
    cell = found.cell and replace(found.cell, text=found.cell.text and MASK, cells=())
    return replace(found, values=given, cell=cell)


def _masked(text: str, secret: Collection[str]) -> str:
    for each in sorted(secret, key=len, reverse=True):
        text = text.replace(each, MASK)
    return MASK if kinds_in(text) else text


def bare_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """The header, but what in it is no label: of a file without one it is the first row."""
    kinds = (IDENTITY, CARD, IBAN, EMAIL)
    return tuple(
        MASK if any(is_of_kind(kind, label) for kind in kinds) or kinds_in(label) else label for label in labels
    )
