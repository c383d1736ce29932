"""The reports in Frictionless's own form, with the physical line beside each row number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datagazette.model.limits import MESSAGE_CHARACTERS
from datagazette.model.problems import Problem, message
from datagazette.model.text import shortened
from datagazette.tables.source import TableReport

Json = dict[str, Any]


def as_frictionless(reports: Sequence[TableReport], others: Sequence[Problem] = (), language: str = "en") -> Json:
    """`others` are problems that lie in no table, such as those of descriptors."""
    tasks = [_task(one, language) for one in reports]
    errors = [_error(one, language) for one in others if one.severity == "error"]
    count = len(errors) + sum(one.errors for one in reports)
    return {
        "valid": not count,
        "stats": {"tasks": len(tasks), "errors": count, "warnings": sum(len(one["warnings"]) for one in tasks)},
        "warnings": [message(one, language) for one in others if one.severity != "error"],
        "errors": errors,
        "tasks": tasks,
    }


def _task(report: TableReport, language: str) -> Json:
    warnings = [message(one, language) for one in report.problems if one.severity != "error"]
    if report.unlisted:
        warnings.append(f"reached error limit: {report.errors - report.unlisted} of {report.errors} errors are listed")
    return {
        "name": report.table.name,
        "type": "table",
        "valid": report.valid,
        "place": report.table.file,
        "labels": list(report.labels),
        "stats": {
            "errors": report.errors,
            "warnings": len(warnings),
            "rows": report.rows,
            "fields": len(report.table.schema.fields),
            "bytes": report.bytes,
            "types": dict(sorted(report.counts.items())),
        },
        "warnings": warnings,
        "errors": [_error(one, language) for one in report.problems if one.severity == "error"],
    }


def _error(found: Problem, language: str) -> Json:
    cell = found.cell
    values = dict(found.values)
    error: Json = {
        "type": found.code,
        "note": shortened(values.get("note", ""), MESSAGE_CHARACTERS),
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
