"""Why cells of a workbook are empty: a sheet that lists the reasons, and a note on each such cell.

The cell itself stays empty, so that a spreadsheet computes with the others. Of a table with very many such cells only
the first have notes: each is a drawing, and a program with a hundred thousand of them opens slowly. The list and the
CSV have all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from datagazette.describe.notation import plain
from datagazette.model.resource import Field, Table
from datagazette.model.results import TableResult

MOST_NOTES = 2_000
Comment = tuple[int, int, list[str]]  # the numbers of its row and its column, and its lines


def legend(
    tables: Sequence[TableResult], languages: Sequence[str], words: Mapping[str, str]
) -> Iterator[tuple[str, ...]]:
    """A line for each reason of each field, with how many cells have it; its header first. Nothing without a reason."""
    explained = [(table, profile) for table in tables for profile in table.profiles
                 if profile.field in table.table.schema.explained]  # fmt: skip
    if not explained:
        return
    labels = (f"{words['reason']} ({code})" for code in languages)
    yield (words["table"], words["field"], words["written"], *labels, words["cells"])
    for table, profile in explained:
        times = dict(profile.empty)
        for reason in profile.field.reasons:
            labels = (reason.label.get(code) for code in languages)
            count = str(plain(times.get(reason.value, 0)))
            yield (table.table.name, profile.field.name, f"“{reason.value}”", *labels, count)


def with_reasons(table: Table, comments: Iterable[Comment], rows: Iterable[Sequence[str]]) -> Iterator[Comment]:
    """The comments of a table's cells with the reasons of its empty ones; those of a cell are put together."""
    fields = [(at, field, _lines(field)) for at, field in enumerate(table.schema.fields) if field.reasons]
    if not fields:
        yield from comments
        return
    found: dict[tuple[int, int], list[str]] = {(row, column): lines for row, column, lines in comments}
    for place, lines in islice(_reasons(rows, fields), MOST_NOTES):
        found[place] = [*lines, *found.get(place, ())]
    yield from ((row, column, lines) for (row, column), lines in sorted(found.items()))


def _reasons(
    rows: Iterable[Sequence[str]], fields: Sequence[tuple[int, Field, Mapping[str, list[str]]]]
) -> Iterator[tuple[tuple[int, int], list[str]]]:
    for number, row in enumerate(rows, start=1):
        for at, _, lines in fields:
            if found := lines.get(row[at] if at < len(row) else ""):
                yield (number, at), found


def _lines(field: Field) -> dict[str, list[str]]:
    """By what is written in a cell, its note: the reason in each language, with that text."""
    found = {}
    for reason in field.reasons:
        labels = dict.fromkeys(label for _, label in reason.label.values)
        found[reason.value] = [f"{label} ({reason.value})" if reason.value else label for label in labels]
    return {written: lines for written, lines in found.items() if lines}
