"""The SQL that judges a cell.

A verdict is a number: 0 the cell is fine, else a sum of `TYPE_BIT` (no value of its type) and of a bit for each broken
constraint, `rule_bit(0)`, `rule_bit(1)` ... in the field's order; or `DOUBT` where SQL cannot tell. Doubtful cells are
decided by `readers` on the distinct values.

The SQL is written by functions of the cell (here, and of each type in `types`), which is an expression itself: a name,
or `l[2]`. What a schema says gets into it through `sql.literal` alone, and nothing is replaced in it afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from datagazette.model.publication import Field
from datagazette.tables import readers
from datagazette.tables.patterns import translate
from datagazette.tables.sql import literal, literals
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import CATEGORIES, Constraint, FieldType, Reading

DOUBT = 1
TYPE_BIT = 2
_COMPARISONS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}


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

    @property
    def type(self) -> FieldType:
        return TYPES[self.field.type]

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
        """The broken rules that a verdict stands for; `type` for a type error."""
        broken = [readers.TYPE] if verdict & TYPE_BIT else []
        return broken + [rule.name for at, rule in enumerate(self.rules) if verdict & rule_bit(at)]

    def _reading_of(self, cell: str, value: str = "") -> Reading:
        """`value` is an expression that has the cell's value already, where there is one."""
        found = self.type.sql(self.field, self.rules, cell, value)
        if self.keyed and found.exact:
            return replace(found, certain=f"({found.certain} AND {found.exact})")
        return found

    def _keeps(self, rule: Constraint, value: str) -> str:
        """The condition that a present value keeps to a rule; nothing for a rule on missing ones."""
        if rule.name in _COMPARISONS:
            return f"{value} {_COMPARISONS[rule.name]} {self.type.sql_value(rule.expected)}"
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

    Raises `readers.BadConstraint` where a bound is no value of the field's type.
    """
    missing = schema_missing if field.missing_values is None else field.missing_values
    return Column(number, field, missing, readers.constraints(field), keyed)
