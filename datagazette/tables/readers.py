"""What a cell's text is as a value of its field, and by which rules it is wrong, decided exactly as Frictionless does.

Types that the standard library reads are read in Frictionless's own words (`types`; tests hold the two against each
other), so that Frictionless itself is imported only for the others: it takes longer to import than a small table to
check.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from datagazette.model.tabular import Field
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import CATEGORIES, Constraint, Value, ValueReader
from datagazette.tables.types.json import json_schema_test
from datagazette.tables.types.text import read_any

Notes = Mapping[str, str]
CellReader = Callable[[str | None], tuple[Value, Notes]]

TYPE = "type"
JSON_SCHEMA = "jsonSchema"
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}
# What Frictionless does not know, or might refuse the shape of.
_OURS = ("categories", "categoriesOrdered", "title", "description")


class BadConstraint(Exception):
    """A constraint whose value is not one of the field's type."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(name)
        self.name, self.value = name, value


def constraints(field: Field) -> tuple[Constraint, ...]:
    """The field's rules in the order in which Frictionless applies them; ours come last."""
    compared = {"enum", *_COMPARISONS} & set(field.constraints)
    read = value_reader(field) if compared or field.categories else read_any(field)
    found = [
        Constraint(name, field.constraints[name], _expected(name, field.constraints[name], read))
        for name in TYPES[field.type].constraints
        if field.constraints.get(name) is not None and name != JSON_SCHEMA
    ]
    if field.categories:
        values = [category.value for category in field.categories]
        found.append(Constraint(CATEGORIES, values, [read(value) for value in values]))
    # Frictionless names the rules for the items of an array as if they were the cell's own. They expect nothing of the
    # cell itself.
    names = {rule.name for rule in found}
    item = (field.descriptor.get("arrayItem") or {}) if field.type == "array" else {}
    found += [Constraint(name, rule, None) for name, rule in item.get("constraints", {}).items() if name not in names]
    if field.constraints.get(JSON_SCHEMA) is not None:
        found.append(Constraint(JSON_SCHEMA, field.constraints[JSON_SCHEMA], field.constraints[JSON_SCHEMA]))
    return tuple(found)


def _expected(name: str, written: Any, read: ValueReader) -> Any:
    if name in _COMPARISONS:
        value = read(written)
        if value is None:
            raise BadConstraint(name, written)
        return value
    if name == "pattern":
        try:
            return re.compile(f"^{written}$")
        except (re.error, OverflowError, RecursionError) as error:
            raise BadConstraint(name, written) from error
    if name == "enum":
        return [read(value) for value in written]
    return written


def note(constraint: Constraint) -> str:
    """Frictionless's own words for a broken rule."""
    return f'constraint "{constraint.name}" is "{constraint.written}"'


def test(constraint: Constraint) -> Callable[[Value], bool]:
    """Whether a value, or None for a missing one, keeps to the rule."""
    name, expected = constraint.name, constraint.expected
    if name == "required":
        return lambda value: not (expected and value is None)
    if name in _COMPARISONS:
        compare = _COMPARISONS[name]
        # A value that does not equal itself is not a number: it keeps to no bound.
        return lambda value: value is None or (value == value and bool(compare(value, expected)))  # noqa: PLR0124
    if name == "minLength":
        return lambda value: value is None or len(value) >= expected
    if name == "maxLength":
        return lambda value: value is None or len(value) <= expected
    if name == "pattern":
        return lambda value: value is None or bool(expected.match(value))
    if name == JSON_SCHEMA:
        passes = json_schema_test(expected)
        return lambda value: value is None or passes(value)
    return lambda value: value is None or value in expected


def key(field: Field, value: Value) -> str | None:
    """A text that stands for the value, None for a missing one: two cells of one family of types hold equal values
    exactly where their texts are the same."""
    return None if value is None else TYPES[field.type].key(value)


def value_reader(field: Field) -> ValueReader:
    """Reads what is not missing; None means that it is no value of the field's type."""
    read = TYPES[field.type].read
    if read and not needs_frictionless(field):
        return read(field)
    found: ValueReader = _frictionless_field(field, ()).create_value_reader()
    return found


def needs_frictionless(field: Field) -> bool:
    """Whether only Frictionless's own code can read the field."""
    return TYPES[field.type].read is None or TYPES[field.type].needs_frictionless(field)


def cell_reader(field: Field, missing: tuple[str, ...]) -> CellReader:
    """Reads a cell: its value (None where it is missing or wrong) and what is wrong, by constraint."""
    if needs_frictionless(field):
        return _frictionless_cell_reader(field, missing)
    read = value_reader(field)
    tests = [(rule, test(rule)) for rule in constraints(field)]
    type_note = f'type is "{field.type}/{field.format}"'

    def reader(cell: str | None) -> tuple[Value, Notes]:
        if cell is None or cell in missing:
            value = None
        else:
            value = read(cell)
            if value is None:
                return None, {TYPE: type_note}
        return value, {rule.name: note(rule) for rule, passes in tests if not passes(value)}

    return reader


def _frictionless_cell_reader(field: Field, missing: tuple[str, ...]) -> CellReader:
    """Frictionless's cell reader, and then the constraints that it does not know."""
    read = _frictionless_field(field, missing).create_cell_reader()
    tests = [(rule, test(rule)) for rule in constraints(field) if rule.name in (CATEGORIES, JSON_SCHEMA)]

    def reader(cell: str | None) -> tuple[Any, Notes]:
        value, found = read(cell)
        notes = dict(found or {})
        if TYPE not in notes:
            notes |= {rule.name: note(rule) for rule, passes in tests if not passes(value)}
        return value, notes

    return reader


def _frictionless_field(field: Field, missing: tuple[str, ...]) -> Any:
    """Frictionless's own field, without the properties that it does not know."""
    from frictionless import Schema

    descriptor = {
        **{name: value for name, value in field.descriptor.items() if name not in _OURS and "@" not in name},
        "name": field.name,
        "missingValues": list(missing),
        "constraints": {name: value for name, value in field.constraints.items() if name != JSON_SCHEMA},
    }
    return Schema.from_descriptor({"fields": [descriptor]}, datapackage_version="v2").fields[0]
