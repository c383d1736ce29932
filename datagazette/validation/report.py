"""Reports in Frictionless's own form.

Nothing else of the check is imported for them: the process that prints a report is not the one that reads tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datagazette.model.limits import MESSAGE_CHARACTERS
from datagazette.model.problems import Problem, message
from datagazette.model.text import shortened
from datagazette.validation import TableReport

Json = dict[str, Any]


def as_frictionless(reports: Sequence[TableReport], others: Sequence[Problem] = (), language: str = "en") -> Json:
    """Reports in Frictionless's own form, with the physical line beside each row number. `others` are problems that
    lie in no table, such as those of descriptors."""
    tasks = [_task(report, language) for report in reports]
    errors, notes = _messages(others, language)
    count = len(errors) + sum(report.errors for report in reports)
    return {
        "valid": not count,
        "stats": {"tasks": len(tasks), "errors": count, "warnings": sum(len(task["warnings"]) for task in tasks)},
        "warnings": notes,
        "errors": errors,
        "tasks": tasks,
    }


def _task(report: TableReport, language: str) -> Json:
    errors, notes = _messages(report.problems, language)
    if report.unlisted:
        notes.append(f"reached error limit: {report.errors - report.unlisted} of {report.errors} errors are listed")
    return {
        "name": report.table.name,
        "type": "table" if report.read else "file",
        "valid": report.valid,
        "place": report.table.file,
        "labels": list(report.labels),
        "stats": {
            "errors": report.errors,
            "warnings": len(notes),
            "rows": report.rows,
            "fields": len(report.table.schema.fields),
            "bytes": report.bytes,
            "types": dict(sorted(report.counts.items())),
        },
        "warnings": notes,
        "errors": errors,
    }


def _messages(problems: Sequence[Problem], language: str) -> tuple[list[Json], list[str]]:
    """The errors, and the messages of the warnings."""
    errors = [_error(problem, language) for problem in problems if problem.severity == "error"]
    return errors, [message(problem, language) for problem in problems if problem.severity != "error"]


def _error(found: Problem, language: str) -> Json:
    cell = found.cell
    error: Json = {
        "type": found.code,
        "note": shortened(dict(found.values).get("note", ""), MESSAGE_CHARACTERS),
        "message": message(found, language),
    }
    if cell and cell.row is not None:
        error |= {"rowNumber": cell.row, "cells": list(cell.cells)}
    if cell and (cell.field_number is not None or cell.field is not None):
        error |= {"fieldName": cell.field or "", "fieldNumber": cell.field_number, "cell": cell.text or ""}
    if found.line is not None:
        error["lineNumber"] = found.line
    if not cell:
        error["place"] = found.file
    return error
