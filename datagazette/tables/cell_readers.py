"""Reading one cell: its value, and by which rules it is wrong."""

from __future__ import annotations

from typing import Any

from datagazette.model.tabular import Field
from datagazette.tables import readers
from datagazette.tables.readers import CellReader, Notes, Value


def cell_reader(field: Field, missing: tuple[str, ...]) -> CellReader:
    """Reads a cell: its value (None where it is missing or wrong) and what is wrong, by constraint."""
    if readers.needs_frictionless(field):
        return _frictionless_reader(field, missing)
    read = readers.value_reader(field)
    tests = [(one, readers.test(one)) for one in readers.constraints(field)]
    type_note = f'type is "{field.type}/{field.format}"'

    def reader(cell: str | None) -> tuple[Value, Notes]:
        if cell is None or cell in missing:
            value = None
        else:
            value = read(cell)
            if value is None:
                return None, {readers.TYPE: type_note}
        return value, {one.name: readers.note(one) for one, passes in tests if not passes(value)}

    return reader


def _frictionless_reader(field: Field, missing: tuple[str, ...]) -> CellReader:
    """Frictionless's cell reader, and then the constraints that it does not know."""
    from datagazette.tables.frictionless_reader import make_field

    read = make_field(field, missing).create_cell_reader()
    tests = [
        (one, readers.test(one))
        for one in readers.constraints(field)
        if one.name in (readers.CATEGORIES, readers.JSON_SCHEMA)
    ]

    def reader(cell: str | None) -> tuple[Any, Notes]:
        value, found = read(cell)
        notes = dict(found or {})
        if readers.TYPE not in notes:
            notes |= {one.name: readers.note(one) for one, passes in tests if not passes(value)}
        return value, notes

    return reader
