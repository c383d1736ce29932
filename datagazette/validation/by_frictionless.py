"""Resources that are no CSV on this machine, such as data in the descriptor or a compressed file: Frictionless
reads and judges them itself, and its report is told in our words."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datagazette.isolation import OutOfBounds
from datagazette.model.problems import Cell, Problem, codes
from datagazette.model.tabular import Dialect, Schema, Table
from datagazette.model.text import Text
from datagazette.tables.bounded import allowed, within
from datagazette.validation import TableReport

_BOUND = re.compile('constraint "(?P<rule>.*?)" is "(?P<expected>.*)"', re.DOTALL)
_TYPE = re.compile('type is "(?P<type>.*?)/(?P<format>.*)"', re.DOTALL)


def check_resource(name: str, descriptor: Mapping[str, Any], folder: Path, file: str, limit_errors: int) -> TableReport:
    """`descriptor` holds no address and no name of another descriptor; its paths start from `folder`. `file` is the
    one in which it stands.

    In a process of its own, with bounds: a small compressed file may hold terabytes."""
    seconds = allowed("RESOURCE_SECONDS")
    try:
        return within(seconds, _checked, name, descriptor, folder, file, limit_errors)
    except OutOfBounds:
        values = (("seconds", f"{seconds:g}"), ("path", str(descriptor.get("path") or name)))
        found = Problem("resource-too-large", file, values=values)
        return TableReport(_table(name, descriptor, file), problems=(found,), counts={found.code: 1})


def _table(name: str, descriptor: Mapping[str, Any], file: str) -> Table:
    path = str(descriptor.get("path") or "")
    return Table(name, path, file, Schema(name, "", ()), Dialect(), Text(), Text(), descriptor)


def _checked(name: str, descriptor: Mapping[str, Any], folder: Path, file: str, limit_errors: int) -> TableReport:
    from frictionless import FrictionlessException, Resource

    table = _table(name, descriptor, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            resource = Resource.from_descriptor(dict(descriptor), basepath=str(folder))
            report = resource.validate(limit_errors=limit_errors)
    except FrictionlessException as refused:
        errors = refused.reasons or [refused.error]
        return _report(table, {}, errors)
    except Exception as failed:  # a library that this format needs is missing, or fails on the file
        note = f"{type(failed).__name__}: {failed}"
        return TableReport(table, problems=(Problem("format-error", file, values=(("note", note),), cell=Cell(name)),),
                           counts={"format-error": 1})  # fmt: skip
    task = report.tasks[0] if report.tasks else None
    return _report(table, task.stats if task else {}, [*report.errors, *(task.errors if task else ())])


def _report(table: Table, stats: Mapping[str, Any], errors: list[Any]) -> TableReport:
    problems = tuple(_problem(table, error) for error in errors)
    counts = Counter(problem.code for problem in problems)
    return TableReport(table, stats.get("rows") or 0, stats.get("bytes") or 0, problems, dict(counts))


def _problem(table: Table, error: Any) -> Problem:
    code = error.type if error.type in codes() else "error"
    told = _BOUND.search(error.note) or _TYPE.search(error.note)
    found, number = getattr(error, "cell", None), getattr(error, "field_number", None)
    field, row = getattr(error, "field_name", None), getattr(error, "row_number", None)
    values = {
        "note": error.note, "found": found if found is not None else getattr(error, "label", ""), "field": field,
        "number": number, "row": row, "missing": '""', **(told.groupdict() if told else {}),
    }  # fmt: skip
    listed = tuple((key, str(value)) for key, value in values.items() if value is not None)
    cells = tuple(map(str, getattr(error, "cells", ()) or ()))
    cell = Cell(table.name, row, field, number, None if found is None else str(found), cells)
    return Problem(code, table.file, values=listed, cell=cell)
