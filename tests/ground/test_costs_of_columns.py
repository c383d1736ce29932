"""What a check takes grows with the columns of a table, and stays within the memory that was given.

A process of its own has the memory: what DuckDB takes for the state of a statement is not in its own count.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.isolation import Bounds, Worker
from datagazette.model.resource import Dialect, Field, Schema, Table
from datagazette.tables.engine import Limits
from datagazette.tables.layout import TableSource
from datagazette.validation import TableReport
from datagazette.validation.run import check_tables

MEMORY = 1_000_000_000  # bytes; a hundred conditions with a filter each take more


def checked(path: Path, width: int, kind: str, cells: list[str], memory: str) -> TableReport:
    """A table of a key and `width` columns of a type, with a row of each of `cells`."""
    names = ["k", *(f"c{number}" for number in range(width))]
    rows = [names, *([f"r{number}", *[cell] * width] for number, cell in enumerate(cells))]
    path.write_text("\n".join(map(",".join, rows)) + "\n", "utf-8")
    fields = tuple(Field(name, kind if name != "k" else "string") for name in names)
    table = Table("t", path.name, path.name, Schema("t", "", fields, ("k",)), Dialect())
    sources = [TableSource(table, path, opened=True, proofread=True)]
    (report,) = check_tables(sources, limits=Limits(memory, threads=1))
    return report


@pytest.mark.thorough
def test_columns_of_numbers_are_proofread_within_the_memory_that_was_given(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with Worker(Bounds(MEMORY, (tmp_path,), (tmp_path,)), fresh=True) as worker:
        report = worker.call(checked, path, 120, "number", ["1.5", "NaN", "2"], "200MB")
    assert not report.counts
    found = [problem for problem in report.problems if problem.code == "not-a-number"]
    assert [(problem.line, problem.cell and problem.cell.field_number) for problem in found] == [
        (3, number) for number in range(2, 122)
    ]
