"""One case put to both: our check and Frictionless."""

from __future__ import annotations

import contextlib
import copy
import json
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datagazette.model.resource import Table
from datagazette.tables.descriptors import parse_dialect, parse_schema
from datagazette.tables.engine import Engine
from datagazette.tables.layout import TableSource, Unreadable, read_layout
from datagazette.tables.relation import numbered_rows
from datagazette.validation import TableReport, small
from datagazette.validation.run import check_tables

V2 = "https://datapackage.org/profiles/2.0/datapackage.json"
# An error as it is compared: its type, row and field. Keys of rows name no field.
Finding = tuple[str, int, str]
_WITHOUT_FIELD = ("primary-key", "foreign-key", "blank-row")


@dataclass(frozen=True)
class Resource:
    """A table as bytes, with its descriptors as they would stand in a file.

    `enforced` is a schema for our check alone, which says in words that Frictionless ignores what `schema` says.
    """

    content: bytes
    schema: dict[str, Any]
    dialect: dict[str, Any] = field(default_factory=dict)
    encoding: str = "utf-8"
    name: str = "t"
    more: dict[str, Any] = field(default_factory=dict)
    enforced: dict[str, Any] | None = None
    long: int = 0

    @property
    def file(self) -> bytes:
        """The file's bytes: `LONG` in `content` stands for a cell of `long` signs, which nobody wants to see printed."""
        return self.content.replace(b"LONG", b"x" * self.long) if self.long else self.content


@dataclass(frozen=True)
class Answer:
    """`findings` of each table, or why there is none (`stopped`). `longest_labels` are those that Frictionless read."""

    findings: tuple[Counter[Finding], ...] = ()
    rows: tuple[int, ...] = ()
    stopped: str = ""
    longest_labels: tuple[int, ...] = ()

    @property
    def valid(self) -> bool:
        return not any(self.findings)


def write(resources: tuple[Resource, ...], folder: Path) -> None:
    for one in resources:
        (folder / f"{one.name}.csv").write_bytes(one.file)


def reports(resources: tuple[Resource, ...], folder: Path, **options: Any) -> tuple[TableReport, ...]:
    """Our own reports on resources that lie in `folder`."""
    sources = []
    for one in resources:
        schema, faults = parse_schema(one.enforced or one.schema, one.name, "schema.yaml", ["en"])
        dialect, dialect_faults = parse_dialect(one.dialect, one.encoding, "datapackage.yaml")
        assert schema is not None, faults
        assert not dialect_faults
        table = Table(one.name, f"{one.name}.csv", f"{one.name}.csv", schema, dialect, descriptor=one.more)
        sources.append(TableSource(table, folder / f"{one.name}.csv"))
    return check_tables(sources, **options)


@contextmanager
def only_by_the_database() -> Iterator[None]:
    """No table is small enough to be looked at in Python."""
    usual = small.LARGEST_OF_ALL
    small.LARGEST_OF_ALL = -1
    try:
        yield
    finally:
        small.LARGEST_OF_ALL = usual


def ours(resources: tuple[Resource, ...], folder: Path, engine: Engine | None = None) -> Answer:
    found = reports(resources, folder, limit_errors=100_000, engine=engine)
    if any(report.valid for report in found):
        with only_by_the_database():
            assert found == reports(resources, folder, limit_errors=100_000, engine=engine)
    findings = tuple(
        Counter(_finding(problem) for problem in one.problems if problem.severity == "error") for one in found
    )
    for one, counted in zip(found, findings, strict=True):
        _assert_lines(folder / one.table.path, one)
        assert sum(one.counts.values()) == counted.total(), (one.counts, counted)
    return Answer(findings, tuple(one.rows for one in found))


def _assert_lines(path: Path, report: TableReport) -> None:
    """Each row's line is where the standard library finds the row to begin."""
    rows = {one.cell.row: one.line for one in report.problems if one.cell and one.cell.row}
    if rows:
        layout = read_layout(path, report.table.dialect)
        begins: dict[int | None, int] = {}
        with contextlib.suppress(Unreadable):
            begins.update((row, line) for row, line, *_ in numbered_rows(path, layout))
        assert rows == {row: begins[row] for row in rows}


def _finding(found: Any) -> Finding:
    cell = found.cell
    if cell is None:
        return found.code, 0, ""
    return found.code, cell.row or 0, "" if found.code in _WITHOUT_FIELD else cell.field or ""


def theirs(resources: tuple[Resource, ...], folder: Path) -> Answer:
    from frictionless import Package

    descriptor = {
        "name": "p",
        "$schema": V2,
        "resources": [
            {
                "name": one.name,
                "type": "table",
                "path": f"{one.name}.csv",
                "scheme": "file",
                "format": "csv",
                "encoding": one.encoding,
                "schema": copy.deepcopy(one.schema),
                "dialect": copy.deepcopy(one.dialect),
                **one.more,
            }
            for one in resources
        ],
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            package = Package.from_descriptor(json.loads(json.dumps(descriptor)), basepath=str(folder))
            report = package.validate(limit_errors=100_000)
    except Exception as error:  # Frictionless lets Python's own errors through
        return Answer(stopped=f"{type(error).__name__}: {error}")
    if report.errors:
        return Answer(stopped=f"{report.errors[0].type}: {report.errors[0].note}")
    findings = tuple(
        Counter(
            (one.type, getattr(one, "row_number", None) or 0, getattr(one, "field_name", "") or "")
            for one in task.errors
        )
        for task in report.tasks
    )
    rows = tuple(int(task.stats.get("rows") or 0) for task in report.tasks)
    longest = tuple(max(map(len, task.labels or [""])) for task in report.tasks)
    return Answer(findings, rows, longest_labels=longest)
