"""The report on a table, with what concerns the file as a whole (its header, its size, its hash), and in Frictionless's
own form, with the physical line beside each row number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from datagazette.model.limits import MESSAGE_CHARACTERS
from datagazette.model.problems import Cell, Problem, message
from datagazette.model.text import shortened
from datagazette.tables.layout import TableSource, Unreadable
from datagazette.tables.prepared import Prepared, label_faults
from datagazette.validation import Found, TableReport
from datagazette.validation.counting import Tally

Json = dict[str, Any]

_HASHES = ("md5", "sha256")


def report(table: Prepared, tally: Tally, found: Found, size: int, limit: int) -> TableReport:
    """Everything about one table: the header's faults first, the file's last."""
    source = table.source
    head = list(_of_labels(table))
    if table.layout.empty:
        head.insert(0, _problem(source, "source-error", rule="empty", note="the source is empty"))
    tail = list(_of_file(source, tally.rows, len(source.table.schema.fields), size))
    if table.fault:
        tail.insert(0, unreadable(source, table.fault))
    counts = dict(found.counts)
    for problem in (*head, *tail):
        counts[problem.code] = counts.get(problem.code, 0) + 1
    listed = (*head, *found.problems, *tail)[:limit]
    return TableReport(source.table, tally.rows, size, listed, counts, table.layout.labels)


def unreadable(source: TableSource, fault: Unreadable) -> Problem:
    """A table that could not be read to its end."""
    values = (("note", fault.note), *((name, str(value)) for name, value in fault.values.items()))
    return Problem(fault.code, source.table.file, fault.line, values=values, cell=Cell(source.table.name))


def _of_labels(table: Prepared) -> Iterator[Problem]:
    found = label_faults(table.layout, table.source.table.schema)
    if found:
        from datagazette.validation import faults  # for tables at fault only

        yield from (faults.of_label(table, fault) for fault in found)


def _of_file(source: TableSource, rows: int, fields: int, size: int) -> Iterator[Problem]:
    """What the resource's descriptor says of its file."""
    stated = source.table.descriptor
    counted = (("byte-count", stated.get("bytes"), size), ("field-count", stated.get("fields"), fields),
               ("row-count", stated.get("rows"), rows))  # fmt: skip
    expected, actual = _hashes(source.path, stated.get("hash"))
    if expected != actual:
        yield _mismatch(source, "hash-count", expected, actual)
    for code, wanted, got in counted:
        if isinstance(wanted, int) and wanted and wanted != got:
            yield _mismatch(source, code, wanted, got)


def _hashes(path: Path, stated: object) -> tuple[str, str]:
    """The stated and the actual hash; a bare one is MD5, and unknown algorithms are not compared."""
    if not isinstance(stated, str) or not stated:
        return "", ""
    algorithm, _, digest = stated.rpartition(":")
    if (algorithm or "md5") not in _HASHES:
        return "", ""
    import hashlib

    with path.open("rb") as file:
        return digest, hashlib.file_digest(file, algorithm or "md5").hexdigest()


def _mismatch(source: TableSource, code: str, expected: object, actual: object) -> Problem:
    note = f'expected is "{expected}" and actual is "{actual}"'
    return _problem(source, code, expected=expected, found=actual, note=note)


def _problem(source: TableSource, code: str, **values: object) -> Problem:
    listed = tuple((key, str(value)) for key, value in values.items())
    return Problem(code, source.table.file, values=listed, cell=Cell(source.table.name))


def as_frictionless(reports: Sequence[TableReport], others: Sequence[Problem] = (), language: str = "en") -> Json:
    """`others` are problems that lie in no table, such as those of descriptors."""
    tasks = [_task(report, language) for report in reports]
    errors = [_error(problem, language) for problem in others if problem.severity == "error"]
    count = len(errors) + sum(report.errors for report in reports)
    return {
        "valid": not count,
        "stats": {"tasks": len(tasks), "errors": count, "warnings": sum(len(task["warnings"]) for task in tasks)},
        "warnings": [message(problem, language) for problem in others if problem.severity != "error"],
        "errors": errors,
        "tasks": tasks,
    }


def _task(report: TableReport, language: str) -> Json:
    warnings = [message(problem, language) for problem in report.problems if problem.severity != "error"]
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
        "errors": [_error(problem, language) for problem in report.problems if problem.severity == "error"],
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
