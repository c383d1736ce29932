"""Frictionless's own field readers, for what the standard library cannot read; imported only when needed."""

from __future__ import annotations

from typing import Any

from frictionless import Schema as FrictionlessSchema

from publisher.checks import readers
from publisher.model import Field

_OURS = ("categories", "categoriesOrdered")


def frictionless_reader(field: Field, missing: tuple[str, ...]) -> readers.CellReader:
    """Frictionless's cell reader, and then the constraints that it does not know."""
    made = _field(field, missing)
    read = made.create_cell_reader()
    tests = [
        (one, readers.test(one))
        for one in readers.constraints(field)
        if one.name in (readers.CATEGORIES, readers.JSON_SCHEMA)
    ]

    def reader(cell: str | None) -> tuple[Any, readers.Notes]:
        value, found = read(cell)
        notes = dict(found or {})
        if not notes:
            notes = {one.name: readers.note(one) for one, passes in tests if not passes(value)}
        return value, notes

    return reader


def frictionless_value_reader(field: Field) -> readers.ValueReader:
    reader: readers.ValueReader = _field(field, ()).create_value_reader()
    return reader


def _field(field: Field, missing: tuple[str, ...]) -> Any:
    descriptor = {key: value for key, value in field.descriptor.items() if key not in _OURS}
    descriptor["name"] = field.name
    descriptor["missingValues"] = list(missing)
    kept = {key: one for key, one in field.constraints.items() if key != readers.JSON_SCHEMA}
    descriptor["constraints"] = kept
    schema = FrictionlessSchema.from_descriptor({"fields": [_standard(descriptor)]}, datapackage_version="v2")
    return schema.fields[0]


def _standard(descriptor: dict[str, Any]) -> dict[str, Any]:
    """The descriptor without our own properties, whose shape Frictionless might refuse."""
    return {key: value for key, value in descriptor.items() if "@" not in key and key not in ("title", "description")}
