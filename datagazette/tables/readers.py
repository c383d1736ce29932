"""What a cell's text is as a value of its field, decided exactly as Frictionless decides it.

Types that the standard library reads are read here in Frictionless's own words (tests hold the two against
each other), so that Frictionless itself is imported only for the others: it takes longer to import than a
small table to check.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from datagazette.model.tabular import Field
from datagazette.tables.json_schemas import json_schema_test
from datagazette.tables.schemas import CONSTRAINTS

Value = Any
ValueReader = Callable[[Any], Value]
Notes = Mapping[str, str]
CellReader = Callable[[str | None], tuple[Value, Notes]]

TYPE = "type"
CATEGORIES = "categories"
JSON_SCHEMA = "jsonSchema"
_BARE = re.compile(r"((^[^-\d]*)|(\D*$))")
_TRUE_VALUES = ("true", "True", "TRUE", "1")
_FALSE_VALUES = ("false", "False", "FALSE", "0")
_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}


class BadConstraint(Exception):
    """A constraint whose value is not one of the field's type."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(name)
        self.name, self.value = name, value


class TooSlow(Exception):
    """The cells of a field took longer than they may to be held against its pattern."""

    def __init__(self, field: Field, seconds: float) -> None:
        super().__init__(field.name)
        self.field, self.seconds = field, seconds


@dataclass(frozen=True)
class Constraint:
    """One rule of a field: `expected` is the constraint's value as a value of the field's type."""

    name: str
    written: Any
    expected: Any


def constraints(field: Field) -> tuple[Constraint, ...]:
    """The field's rules in the order in which Frictionless applies them; ours come last."""
    compared = {"enum", *_BOUNDS} & set(field.constraints)
    read = value_reader(field) if compared or field.categories else _any(field)
    found = [
        Constraint(name, field.constraints[name], _expected(name, field.constraints[name], read))
        for name in CONSTRAINTS[field.type]
        if field.constraints.get(name) is not None and name != JSON_SCHEMA
    ]
    if field.categories:
        values = [one.value for one in field.categories]
        found.append(Constraint(CATEGORIES, values, [read(one) for one in values]))
    found += _item_constraints(field, {one.name for one in found})
    if field.constraints.get(JSON_SCHEMA) is not None:
        found.append(Constraint(JSON_SCHEMA, field.constraints[JSON_SCHEMA], field.constraints[JSON_SCHEMA]))
    return tuple(found)


def _item_constraints(field: Field, known: set[str]) -> list[Constraint]:
    """The rules for the items of an array: Frictionless names them as if they were the cell's own. They
    expect nothing of the cell itself."""
    item = field.descriptor.get("arrayItem") or {}
    rules = item.get("constraints", {}) if field.type == "array" else {}
    return [Constraint(name, written, None) for name, written in rules.items() if name not in known]


def note(constraint: Constraint) -> str:
    """Frictionless's own words for a broken rule."""
    return f'constraint "{constraint.name}" is "{constraint.written}"'


def value_reader(field: Field) -> ValueReader:
    """Reads what is not missing; None means that it is no value of the field's type."""
    maker = _READERS.get(field.type)
    if maker is None or needs_frictionless(field):
        from datagazette.tables.frictionless_reader import value_reader as frictionless_value_reader

        return frictionless_value_reader(field)
    return maker(field)


def needs_frictionless(field: Field) -> bool:
    """Whether only Frictionless's own code can read the field."""
    if field.type == "string":
        return field.format != "default"
    if field.type == "array":
        return bool(field.descriptor.get("arrayItem"))
    if field.type in ("date", "time", "datetime"):
        return field.format == "any" or (field.format == "default" and field.type != "date")
    return field.type not in _READERS


def test(constraint: Constraint) -> Callable[[Value], bool]:
    """Whether a value, or None for a missing one, keeps to the rule."""
    name, expected = constraint.name, constraint.expected
    if name == "required":
        return lambda value: not (expected and value is None)
    if name in _BOUNDS:
        compare = _BOUNDS[name]
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


def booleans(field: Field) -> dict[str, bool]:
    """The texts of a boolean field; one that stands for both is false, as in Frictionless."""
    true = field.descriptor.get("trueValues", _TRUE_VALUES)
    false = field.descriptor.get("falseValues", _FALSE_VALUES)
    return {**dict.fromkeys(true, True), **dict.fromkeys(false, False)}


def option(field: Field, name: str, default: Any) -> Any:
    value = field.descriptor.get(name)
    return default if value is None else value


def _expected(name: str, written: Any, read: ValueReader) -> Any:
    if name in _BOUNDS:
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
        return [read(one) for one in written]
    return written


def _string(_: Field) -> ValueReader:
    return lambda cell: cell if isinstance(cell, str) else None


def _any(_: Field) -> ValueReader:
    return lambda cell: cell


def _boolean(field: Field) -> ValueReader:
    values = booleans(field)

    def read(cell: Any) -> bool | None:
        if isinstance(cell, bool):
            return cell
        return values.get(cell) if isinstance(cell, str) else None

    return read


def _integer(field: Field) -> ValueReader:
    bare = option(field, "bareNumber", True)

    def read(cell: Any) -> int | None:
        if isinstance(cell, str):
            text = cell.strip() if bare else _BARE.sub("", cell.strip())
            try:
                return int(text)
            except ValueError:
                return None
        if isinstance(cell, bool):
            return None
        whole = isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer())
        return int(cell) if whole or (isinstance(cell, Decimal) and cell % 1 == 0) else None

    return read


def _number(field: Field) -> ValueReader:
    bare = option(field, "bareNumber", True)
    group, point = option(field, "groupChar", ""), option(field, "decimalChar", ".")
    primary: Callable[[Any], Any] = float if option(field, "floatNumber", False) else Decimal

    def read(cell: Any) -> Value:
        if isinstance(cell, str):
            text = cell.strip() if bare else _BARE.sub("", cell.strip())
            text = text.replace(group, "") if group else text
            if point != "." and "." in text:
                return None
            try:
                return primary(text.replace(point, "."))
            except (ArithmeticError, ValueError):
                return None
        if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
            return None
        return cell if isinstance(cell, int) else primary(str(cell) if primary is Decimal else cell)

    return read


def _date(field: Field) -> ValueReader:
    pattern = "%Y-%m-%d" if field.format == "default" else field.format
    return _parsed(lambda cell: datetime.strptime(cell, pattern).date())  # noqa: DTZ007


def _time(field: Field) -> ValueReader:
    return _parsed(lambda cell: datetime.strptime(cell, field.format).timetz())  # noqa: DTZ007


def _datetime(field: Field) -> ValueReader:
    return _parsed(lambda cell: datetime.strptime(cell, field.format))  # noqa: DTZ007


def _year(_: Field) -> ValueReader:
    def parse(cell: str) -> int | None:
        return int(cell) if len(cell) == 4 else None

    def read(cell: Any) -> int | None:
        value = cell if isinstance(cell, int) else _parsed(parse)(cell)
        return value if value is not None and 0 <= value <= 9999 else None

    return read


def _yearmonth(_: Field) -> ValueReader:
    def parse(cell: str) -> tuple[int, int] | None:
        year, month = map(int, cell.split("-"))
        return (year, month) if 1 <= month <= 12 else None

    return _parsed(parse)


def _object(_: Field) -> ValueReader:
    return _json(dict)


def _array(_: Field) -> ValueReader:
    return _json(list)


def _json(kind: type) -> ValueReader:
    def read(cell: Any) -> Value:
        try:
            value = json.loads(cell) if isinstance(cell, str) else cell
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, kind) else None

    return read


def _parsed(parse: Callable[[str], Value]) -> ValueReader:
    def read(cell: Any) -> Value:
        if not isinstance(cell, str):
            return None
        try:
            return parse(cell)
        except Exception:  # a strptime pattern may raise anything; Frictionless catches all of it
            return None

    return read


_READERS: Mapping[str, Callable[[Field], ValueReader]] = {
    "string": _string,
    "any": _any,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "year": _year,
    "yearmonth": _yearmonth,
    "object": _object,
    "array": _array,
}
