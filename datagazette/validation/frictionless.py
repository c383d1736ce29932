"""Frictionless: its own verdict on resources that are no CSV on this machine, and where the check differs from it on
purpose."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from datagazette.isolation import OutOfBounds
from datagazette.messages import texts
from datagazette.model.problems import Cell, Problem, codes, warning
from datagazette.model.resource import Dialect, Field, Schema, Table
from datagazette.model.text import Text
from datagazette.tables.bounded import allowed, within
from datagazette.tables.descriptors import parse_dialect
from datagazette.tables.field_advice import example, type_rule
from datagazette.tables.types import TYPES
from datagazette.tables.types.wkt import is_wkt
from datagazette.validation import TableReport
from datagazette.validation.parts import Place, places, unended
from datagazette.validation.texts import faults_of_parts

Json = dict[str, Any]

_NO_READER = 'Please install "frictionless['  # how an error begins where a format needs a library that is not here
_BOUND = re.compile('constraint "(?P<rule>.*?)" is "(?P<expected>.*)"', re.DOTALL)
_BEFORE = re.compile("the same as in the row at position (?P<row>[0-9]+)")
_NO_FILE = re.compile(r"\[Errno 2\].*: '(?P<path>.*)'", re.DOTALL)
_TYPE = re.compile('type is "(?P<type>.*?)/(?P<format>.*)"', re.DOTALL)


@dataclass(frozen=True)
class Difference:
    """One that is meant, in one language."""

    name: str
    title: str
    reason: str


def differences(language: str) -> tuple[Difference, ...]:
    """All of them, in English where the language is none of the program's."""
    found = texts("differences", language).items()
    return tuple(Difference(name, text["title"], text["reason"]) for name, text in found)


def check_resource(name: str, descriptor: Mapping[str, Any], folder: Path, file: str, limit_errors: int) -> TableReport:
    """The report on a resource that Frictionless reads and judges itself, such as data in the descriptor or a
    compressed file, in our words.

    `descriptor` holds no address and no name of another descriptor; its paths start from `folder`. `file` is the
    one that it is in. In a process of its own, with bounds: a small compressed file may hold terabytes.
    """
    path = str(descriptor.get("path") or "")
    table = Table(name, path, file, Schema(name, "", ()), Dialect(), Text(), Text(), descriptor)
    seconds = allowed("RESOURCE_SECONDS")
    try:
        return _placed(within(seconds, _checked, table, folder, limit_errors), folder)
    except OutOfBounds:
        values = (("seconds", f"{seconds:g}"), ("path", path or name))
        return _report(table, {}, [Problem("resource-too-large", file, values=values)])


def _placed(report: TableReport, folder: Path) -> TableReport:
    """The report on a table in several files, each row with its file and line."""
    stated = report.table.descriptor
    path = stated.get("path")
    paths = [*(path if isinstance(path, list) else [path]), *stated.get("extrapaths", ())]
    if len(paths) < 2 or stated.get("compression") or stated.get("innerpath"):
        return report
    files = [folder / part for part in paths]
    joined = tuple(
        replace(warning("rows-joined", str(files[part]), line, next=paths[part + 1]), cell=Cell(report.table.name))
        for part, line in unended(files)
    )
    dialect, _ = parse_dialect(stated.get("dialect"), stated.get("encoding"), report.table.file)
    wrong = tuple(faults_of_parts(files, dialect, report.table.name))
    counts = Counter(report.counts) + Counter(problem.code for problem in wrong if problem.severity == "error")
    report = replace(report, problems=(*report.problems, *joined), counts=dict(counts))
    rows = {found.cell.row for found in report.problems if found.cell and found.cell.row is not None}
    if not rows:
        return replace(report, problems=(*report.problems, *wrong))
    before = {_row_before(problem) for problem in report.problems}
    found = places(files, dialect, rows | before)
    return replace(report, problems=(*(_at(problem, found, files) for problem in report.problems), *wrong))


def _at(problem: Problem, found: Mapping[int, Place], files: Sequence[Path]) -> Problem:
    """The problem with the file and line of its row, and those of the row that it says has the same value."""
    about: dict[str, Any] = {}
    if place := found.get((problem.cell and problem.cell.row) or 0):
        about = {"file": str(files[place.part]), "line": place.line}
    if earlier := found.get(_row_before(problem)):
        values = {"rule": "place", "before": str(earlier.line), "file": files[earlier.part].name}
        about["values"] = tuple((dict(problem.values) | values).items())
    return replace(problem, **about)


def _row_before(problem: Problem) -> int:
    """The row that a problem says has the same value; 0 where it says none."""
    values = dict(problem.values)
    return int(values["before"]) if values.get("rule") == "row" else 0


def _checked(table: Table, folder: Path, limit_errors: int) -> TableReport:
    from frictionless import FrictionlessException, Resource

    descriptor, geometries = _readable(table.descriptor)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            resource = Resource.from_descriptor(descriptor, basepath=str(folder))
            report = resource.validate(limit_errors=limit_errors)
            task = report.tasks[0] if report.tasks else None
            more: list[Any] = []
            if geometries and task and task.type == "table" and not report.errors:
                again = Resource.from_descriptor(descriptor, basepath=str(folder))
                more = list(islice(_no_geometries(again, geometries), limit_errors))
    except FrictionlessException as refused:
        return _report(table, {}, [_problem(table, error) for error in refused.reasons or [refused.error]])
    except Exception as failed:  # a library that this format needs is missing, or fails on the file
        values = (("note", f"{type(failed).__name__}: {failed}"),)
        return _report(table, {}, [Problem("format-error", table.file, values=values, cell=Cell(table.name))])
    errors = [*report.errors, *(task.errors if task else ()), *more]
    if any(error.note.startswith(_NO_READER) for error in errors):
        found = replace(_not_read(table), severity="error")
        return TableReport(table, problems=(found,), counts={found.code: 1}, read=False)
    if task and task.type != "table" and not errors:
        # It is a table where it has a schema, and its `type` is no other.
        is_table = table.descriptor.get("schema") and table.descriptor.get("type", "table") == "table"
        return TableReport(table, problems=(_not_read(table),) if is_table else (), read=False)
    return _report(table, task.stats if task else {}, [_problem(table, error) for error in errors])


def _not_read(table: Table) -> Problem:
    """A warning of a table in a format that is not read here."""
    form = str(table.descriptor.get("format") or "") or Path(table.path).suffix.removeprefix(".")
    values = {"resource": table.name, "found": form, "rule": "format" if form else ""}
    return replace(warning("resource-not-read", table.file, **values), cell=Cell(table.name))


def _readable(descriptor: Mapping[str, Any]) -> tuple[Json, list[str]]:
    """The descriptor without the formats of fields for which Frictionless would refuse it, as the check of a CSV reads
    them, and the names of the fields of well-known text, for which it needs an addition."""
    schema = descriptor.get("schema")
    if not isinstance(schema, Mapping):
        return dict(descriptor), []
    fields, geometries = [], []
    for field in schema["fields"]:
        form, known = field.get("format"), TYPES[field.get("type", "string")].formats
        if form == "wkt" and "wkt" in known:
            geometries.append(field["name"])
        is_plain = form == "wkt" or (known and form not in known)
        fields.append({key: value for key, value in field.items() if key != "format" or not is_plain})
    return {**descriptor, "schema": {**schema, "fields": fields}}, geometries


def _no_geometries(resource: Any, names: Sequence[str]) -> Iterator[Any]:
    """Frictionless's error for each cell of these fields that is no geometry."""
    from frictionless import errors

    with resource:
        for row in resource.row_stream:
            for name in names:
                if isinstance(text := row.get(name), str) and not is_wkt(text):
                    yield errors.TypeError.from_row(row, note='type is "string/wkt"', field_name=name)


def _report(table: Table, stats: Mapping[str, Any], problems: Sequence[Problem]) -> TableReport:
    counts = Counter(problem.code for problem in problems)
    return TableReport(table, stats.get("rows") or 0, stats.get("bytes") or 0, tuple(problems), dict(counts))


def _about(table: Table, error: Any) -> dict[str, str]:
    """What our texts need of an error besides, which Frictionless has in its note alone."""
    if before := _BEFORE.search(error.note):
        return {"rule": "row", "before": before["row"]}
    if error.type == "primary-key":
        key = table.descriptor.get("schema", {}).get("primaryKey", "")
        return {"rule": "empty", "field": key if isinstance(key, str) else ", ".join(key)}
    if missing := _NO_FILE.search(error.note):
        return {"rule": "no-file", "path": Path(missing["path"]).name}
    return {}


def _problem(table: Table, error: Any) -> Problem:
    code = error.type if error.type in codes() else "error"
    stated = _BOUND.search(error.note) or _TYPE.search(error.note)
    found, number = getattr(error, "cell", None), getattr(error, "field_number", None)
    field, row = getattr(error, "field_name", None), getattr(error, "row_number", None)
    named = stated.groupdict() if stated else {}
    if "type" in named:
        typed = Field("", named["type"], named["format"])
        named |= {"rule": type_rule(typed), "near": example(typed)}
    values = {
        "note": error.note, "found": found if found is not None else getattr(error, "label", ""), "field": field,
        "number": number, "row": row, "missing": '""', **named, **_about(table, error),
    }  # fmt: skip
    listed = tuple((key, str(value)) for key, value in values.items() if value is not None)
    cells = tuple(map(str, getattr(error, "cells", ()) or ()))
    cell = Cell(table.name, row, field, number, None if found is None else str(found), cells)
    return Problem(code, table.file, values=listed, cell=cell)
