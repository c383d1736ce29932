"""What a cell's text is as a value of its field, and by which rules it is wrong: in SQL for the cells of a table, and
in Python, exactly as Frictionless decides, for the distinct ones that SQL leaves in doubt.

A verdict is a number: 0 the cell is fine, else a sum of `TYPE_BIT` (no value of its type) and of a bit for each broken
constraint, `rule_bit(0)`, `rule_bit(1)` ... in the field's order; or `DOUBT` where SQL cannot decide.

The SQL is written by functions of the cell (here, and of each type in `types`), which is an expression itself: a name,
or `l[2]`. What a schema says gets into it through `sql.literal` alone, and nothing is replaced in it afterwards.

Types that the standard library reads are read as Frictionless reads them (`types`; tests compare the two), so that
Frictionless itself is imported only for the others: it takes longer to import than a small table to check.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from datagazette.model.resource import Field
from datagazette.tables.sql import literal, literals
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import CATEGORIES, Constraint, FieldType, Reading, Value, ValueReader
from datagazette.tables.types.json import json_schema_test
from datagazette.tables.types.text import translate

Notes = Mapping[str, str]
CellReader = Callable[[str | None], tuple[Value, Notes]]

DOUBT = 1
TYPE_BIT = 2
TYPE = "type"
JSON_SCHEMA = "jsonSchema"
# Each bound in SQL and in Python.
_COMPARISONS: Mapping[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "minimum": (">=", operator.ge),
    "maximum": ("<=", operator.le),
    "exclusiveMinimum": (">", operator.gt),
    "exclusiveMaximum": ("<", operator.lt),
}
# What Frictionless does not know, or might refuse the shape of.
_OURS = ("categories", "categoriesOrdered", "title", "description")


class BadConstraint(Exception):
    """A constraint whose value is not one of the field's type."""

    def __init__(self, name: str, value: object, field: str) -> None:
        super().__init__(name)
        self.name, self.value, self.field = name, value, field


def column(number: int) -> str:
    """The name of the column at `number`, from 1. Names of fields never reach the reader's options."""
    return f"c{number}"


def rule_bit(position: int) -> int:
    return 4 << position


@dataclass(frozen=True)
class Column:
    """A column of the file, `number` from 1. `keyed` where its values are compared with one another."""

    number: int
    field: Field
    missing: tuple[str, ...]
    rules: tuple[Constraint, ...]
    keyed: bool = False

    @cached_property
    def type(self) -> FieldType:
        return TYPES[self.field.type](self.field, self.rules)

    @property
    def name(self) -> str:
        return column(self.number)

    @property
    def typed(self) -> str:
        """The name that `fine` has for the cell's value; the counting scan computes it once for each row."""
        return f"t{self.number}"

    @property
    def value(self) -> str:
        return self.reading.value

    @property
    def required(self) -> bool:
        return any(rule.name == "required" and rule.expected for rule in self.rules)

    @property
    def bits(self) -> int:
        """How wide its verdicts are; 0 where every cell is fine."""
        return 0 if self.verdict == "0" else len(self.rules) + 2

    @cached_property
    def reading(self) -> Reading:
        """How the relation's own column is read."""
        return self._reading_of(self.name)

    @cached_property
    def verdict(self) -> str:
        return self.verdict_of(self.name)

    @cached_property
    def is_missing(self) -> str:
        return self.is_missing_in(self.name)

    @cached_property
    def fine(self) -> str:
        """A condition under which the verdict is 0, quick to see and true of nearly every good cell."""
        reading = self._reading_of(self.name, self.typed)
        parts = [reading.quick or reading.certain]
        if parts != ["FALSE"]:
            parts += [keeps for rule in self.rules if (keeps := self._keeps(rule, self.typed))]
        present = " AND ".join(part for part in parts if part != "TRUE")
        if self.required:
            return f"NOT {self.is_missing}" + (f" AND {present}" if present else "")
        return f"({present} OR {self.is_missing})" if present else "TRUE"

    def verdict_of(self, cell: str) -> str:
        """The verdict on any expression of the cell."""
        reading = self._reading_of(cell)
        broken = [
            f"CASE WHEN {keeps} THEN 0 ELSE {rule_bit(at)} END"
            for at, rule in enumerate(self.rules)
            if reading.certain != "FALSE" and (keeps := self._keeps(rule, reading.value))
        ]
        required = sum(rule_bit(at) for at, rule in enumerate(self.rules) if rule.name == "required" and rule.expected)
        if reading.certain == "TRUE" and not broken and not required:
            return "0"
        cases = [f"WHEN {self.is_missing_in(cell)} THEN {required}"]
        cases.append(f"WHEN {reading.certain} THEN {' + '.join(broken) or '0'}")
        if reading.wrong != "FALSE":
            cases.append(f"WHEN {reading.wrong} THEN {TYPE_BIT}")
        return f"CASE {' '.join(cases)} ELSE {DOUBT} END"

    def is_missing_in(self, cell: str) -> str:
        """The condition that any expression of the cell is a missing value."""
        return f"({cell} IS NULL OR {cell} IN ({literals(self.missing)}))" if self.missing else f"{cell} IS NULL"

    def names(self, verdict: int) -> list[str]:
        """The broken rules that a verdict means; `type` for a type error."""
        broken = [TYPE] if verdict & TYPE_BIT else []
        return broken + [rule.name for at, rule in enumerate(self.rules) if verdict & rule_bit(at)]

    def _reading_of(self, cell: str, value: str = "") -> Reading:
        """`value` is an expression that has the cell's value already, where there is one."""
        found = self.type.sql(cell, value)
        if self.keyed and found.exact:
            return replace(found, certain=f"({found.certain} AND {found.exact})")
        return found

    def _keeps(self, rule: Constraint, value: str) -> str:
        """The condition that a present value keeps to a rule; nothing for a rule on missing ones."""
        if rule.name in _COMPARISONS:
            return f"{value} {_COMPARISONS[rule.name][0]} {self.type.sql_value(rule.expected)}"
        if rule.name == "minLength":
            return f"length({value}) >= {rule.expected}"
        if rule.name == "maxLength":
            return f"length({value}) <= {rule.expected}"
        if rule.name == "pattern":
            found = translate(rule.written)
            return f"regexp_full_match({value}, {literal(found.re2)})" if found else ""
        if rule.name in ("enum", CATEGORIES):
            return f"{value} IN ({', '.join(map(self.type.sql_value, rule.compared))})" if rule.compared else "FALSE"
        return ""


def make_column(number: int, field: Field, schema_missing: tuple[str, ...], *, keyed: bool = False) -> Column:
    """`keyed` where values of the column are compared with one another.

    Raises BadConstraint where a bound is no value of the field's type.
    """
    missing = schema_missing if field.missing_values is None else field.missing_values
    return Column(number, field, missing, constraints(field), keyed)


def constraints(field: Field) -> tuple[Constraint, ...]:
    """The field's rules in the order in which Frictionless applies them; ours come last."""
    is_read = field.categories or not field.constraints.keys().isdisjoint(("enum", *_COMPARISONS))
    read = value_reader(field) if is_read else lambda value: value
    found = [
        Constraint(name, field.constraints[name], _expected(field.name, name, field.constraints[name], read))
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
    if (schema := field.constraints.get(JSON_SCHEMA)) is not None:
        found.append(Constraint(JSON_SCHEMA, schema, schema))
    return tuple(found)


def _expected(field: str, name: str, written: Any, read: ValueReader) -> Any:
    if name in _COMPARISONS:
        value = read(written)
        if value is None:
            raise BadConstraint(name, written, field)
        return value
    if name == "pattern":
        try:
            return re.compile(f"^{written}$")
        except (re.error, OverflowError, RecursionError) as error:
            raise BadConstraint(name, written, field) from error
    return [read(value) for value in written] if name == "enum" else written


def rule_note(constraint: Constraint) -> str:
    """Frictionless's own text for a broken rule."""
    return f'constraint "{constraint.name}" is "{constraint.written}"'


def rule_test(constraint: Constraint) -> Callable[[Value], bool]:
    """Whether a value, or None for a missing one, keeps to the rule."""
    name, expected = constraint.name, constraint.expected
    if name == "required":
        return lambda value: not (expected and value is None)
    if name in _COMPARISONS:
        _, compare = _COMPARISONS[name]
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


def value_key(field: Field, value: Value) -> str | None:
    """A text that is the same for equal values, None for a missing one: two cells of one family of types hold equal
    values exactly where their texts are the same."""
    return None if value is None else TYPES[field.type].key(value)


def value_reader(field: Field) -> ValueReader:
    """Reads what is not missing; None means that it is no value of the field's type."""
    read = TYPES[field.type](field).reader()
    return read or _frictionless_field(field, ()).create_value_reader()


def cell_reader(field: Field, missing: tuple[str, ...]) -> CellReader:
    """Reads a cell: its value (None where it is missing or wrong) and what is wrong, by constraint."""
    read = TYPES[field.type](field).reader()
    if not read:
        return _frictionless_cell_reader(field, missing)
    tests = [(rule, rule_test(rule)) for rule in constraints(field)]
    type_note = f'type is "{field.type}/{field.format}"'

    def reader(cell: str | None) -> tuple[Value, Notes]:
        if cell is None or cell in missing:
            value = None
        else:
            value = read(cell)
            if value is None:
                return None, {TYPE: type_note}
        return value, {rule.name: rule_note(rule) for rule, passes in tests if not passes(value)}

    return reader


def _frictionless_cell_reader(field: Field, missing: tuple[str, ...]) -> CellReader:
    """Frictionless's cell reader, and then the constraints that it does not know."""
    read = _frictionless_field(field, missing).create_cell_reader()
    tests = [(rule, rule_test(rule)) for rule in constraints(field) if rule.name in (CATEGORIES, JSON_SCHEMA)]

    def reader(cell: str | None) -> tuple[Any, Notes]:
        value, found = read(cell)
        notes = dict(found or {})
        if TYPE not in notes:
            notes |= {rule.name: rule_note(rule) for rule, passes in tests if not passes(value)}
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
