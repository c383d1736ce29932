"""Frictionless's own field readers, for what the standard library cannot read; imported only when needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from frictionless import Schema as FrictionlessSchema

from datagazette.model.tabular import Field

_OURS = ("categories", "categoriesOrdered")
_JSON_SCHEMA = "jsonSchema"


def value_reader(field: Field) -> Callable[[Any], Any]:
    """Reads what is not missing; None means that it is no value of the field's type."""
    reader: Callable[[Any], Any] = make_field(field, ()).create_value_reader()
    return reader


def make_field(field: Field, missing: tuple[str, ...]) -> Any:
    """Frictionless's own field, without the properties that it does not know."""
    descriptor = {key: value for key, value in field.descriptor.items() if key not in _OURS}
    descriptor["name"] = field.name
    descriptor["missingValues"] = list(missing)
    kept = {key: one for key, one in field.constraints.items() if key != _JSON_SCHEMA}
    descriptor["constraints"] = kept
    schema = FrictionlessSchema.from_descriptor({"fields": [_standard(descriptor)]}, datapackage_version="v2")
    return schema.fields[0]


def _standard(descriptor: dict[str, Any]) -> dict[str, Any]:
    """The descriptor without our own properties, whose shape Frictionless might refuse."""
    return {key: value for key, value in descriptor.items() if "@" not in key and key not in ("title", "description")}
