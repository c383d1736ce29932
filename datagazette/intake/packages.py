"""A Data Package from elsewhere as sheets, with what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datagazette.intake.sheets import Sheet, sheet
from datagazette.load.standalone import read_descriptor, read_package
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.problems import has_errors
from datagazette.model.publication import Json, Table
from datagazette.tables.layout import Unreadable, open_text, read_layout, read_rows

# What a package says of itself that holds here, too.
KEPT = ("version", "title", "description", "keywords", "licenses", "sources", "contributors", "homepage")


def package_sheets(path: Path) -> tuple[tuple[Sheet, ...], Json]:
    """(its tables, its own properties). Raises DataFaults where its descriptor has errors."""
    document, faults = read_descriptor(path)
    found = read_package(path)
    if document is None or has_errors(found.problems):
        raise DataFaults(tuple(faults) + found.problems)
    about = {key: document.value[key] for key in KEPT if key in document.value}
    return tuple(_sheet(table, file) for table, file in found.tables), about


def _sheet(table: Table, path: Path) -> Sheet:
    resource: Mapping[str, Any] = {**table.descriptor, "schema": table.schema.descriptor}
    try:
        layout = read_layout(path, table.dialect)
        with open_text(path, layout.encoding) as stream:
            rows = list(read_rows(stream, layout.dialect))[layout.first_row - 1 :]
    except Unreadable as fault:
        raise UsageError(
            en=f"cannot read {path.name}: {fault.note}", zh=f"无法读取 {path.name}：{fault.note}"
        ) from fault
    labels = list(layout.labels or tuple(one.name for one in table.schema.fields))
    return sheet(table.name, path.name, [labels, *rows], layout.encoding, resource)
