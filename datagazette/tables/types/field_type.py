"""What the program knows of a field type, and what the families of types share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from datagazette.model.publication import Field
from datagazette.tables.sql import literal

Value = Any
ValueReader = Callable[[Any], Value]
Rules = Mapping[str, "Constraint"]

CATEGORIES = "categories"
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
LENGTHS = ("minLength", "maxLength")
UNEQUAL = "\x1dNaN"  # in the key of a value that equals no other, not even itself
EXACT_DIGITS = 15  # decimals of so many digits are told apart as doubles, and a spreadsheet keeps them
ASCII = literal("[\\x00-\\x7f]*")


@dataclass(frozen=True)
class Constraint:
    """One rule of a field: `expected` is the constraint's value as a value of the field's type."""

    name: str
    written: Any
    expected: Any

    @property
    def compared(self) -> list[Any]:
        """The values of the field's type that the rule compares with."""
        if self.name in ("enum", CATEGORIES):
            return [value for value in self.expected if value is not None]
        return [self.expected] if self.name in BOUNDS else []


@dataclass(frozen=True)
class Reading:
    """How SQL reads a cell of one type: finished expressions.

    Where `certain` holds, `value` is exactly the text's value; where `wrong` holds, the text is no value.
    `quick` is a cheaper condition that holds for most of the texts for which `certain` does, and no others.
    `key` is a text that two certain cells share when they hold equal values. `exact` must hold, too, where values are
    compared with one another.
    """

    value: str
    certain: str
    wrong: str = "FALSE"
    key: str = ""
    quick: str = ""
    exact: str = ""


@dataclass(frozen=True)
class Candidate:
    """A DuckDB type, `kind`, that a column may have; `fits` is true of every present cell where it may."""

    value: str
    kind: str
    fits: str


@dataclass(frozen=True)
class Shown:
    """A cell of a sheet: its value (None: blank) and its number format."""

    value: str | int | float | bool | None
    format: str = ""


@dataclass(frozen=True)
class Guess:
    """The expression of texts that all values of a column must match for it to be given the type on import, with
    `extras` in its field. With `heading`, the column's label or name must match that as well."""

    pattern: str
    extras: Mapping[str, Any] = field(default_factory=dict)
    heading: str = ""


def doubtful(_: Field, __: Sequence[Constraint], cell: str, ___: str = "") -> Reading:
    """A cell that SQL cannot judge: its distinct texts are read in Python."""
    return Reading(cell, "FALSE")


def json_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)


def sql_value(value: Any) -> str:
    if isinstance(value, Decimal | float):
        return f"{literal(repr(float(value)))}::DOUBLE"
    if isinstance(value, datetime):
        utc = value if value.utcoffset() is None else value.astimezone(UTC).replace(tzinfo=None)
        return f"TIMESTAMP {literal(utc.isoformat(' '))}"
    if isinstance(value, date):
        return f"DATE {literal(value.isoformat())}"
    if isinstance(value, time):
        return f"TIME {literal(value.isoformat())}"
    return literal(value)


@dataclass(frozen=True)
class FieldType:
    """Everything that the program knows of one type. Whatever is left out is the careful answer.

    constraints: in the order in which Frictionless applies them; `jsonSchema` is Table Schema v2's.
    formats: those that the field may have; empty where that is for `read` to judge.
    family: types of one family can hold equal values; those of two never do.
    read: a reader of what is not missing, which returns None for what is no value; without it Frictionless reads.
    needs_frictionless: whether only Frictionless's own code can read the field.
    key: a text that two values share exactly where they are equal, as Python has it: 1, 1.0 and true are.
    sql: how SQL reads a cell, from the field, its rules, an expression of the cell, and one of its value, or "" where
        each condition is to compute it.
    sql_value: a value of a rule in SQL.
    kind, candidates: the DuckDB type of a column of missing values; the types to try on others, the best first, from
        the field and an expression of the cell. Without them the text is the value.
    hashed: whether equal values are counted by their texts, as the SQL value is not quick to count.
    ordered: whether a least and a greatest value mean something to a reader.
    shape: the regular expression of texts that are surely fine, or None, from the field, its rules by name, the
        characters that end a cell, and one that the cell may hold written twice, or "". For speed only.
    listable: whether each value of an enumeration has one text only.
    shown: the cell of a spreadsheet, which must show the very text again, or the very number.
    safe_in_sheets: whether a spreadsheet that opens the CSV reads the texts as what they are, or leaves them alone.
    guesses: how the type is recognised on import.
    """

    constraints: tuple[str, ...]
    family: str
    formats: tuple[str, ...] = ()
    read: Callable[[Field], ValueReader] | None = None
    needs_frictionless: Callable[[Field], bool] = lambda _: False
    key: Callable[[Any], str] = json_key
    sql: Callable[[Field, Sequence[Constraint], str, str], Reading] = doubtful
    sql_value: Callable[[Any], str] = sql_value
    kind: str = "VARCHAR"
    candidates: Callable[[Field, str], Sequence[Candidate]] = lambda _, __: ()
    hashed: bool = True
    ordered: bool = False
    shape: Callable[[Field, Rules, str, str], str | None] = lambda *_: None
    listable: bool = False
    shown: Callable[[Field, str], Shown] = lambda _, text: Shown(text)
    safe_in_sheets: bool = False
    guesses: tuple[Guess, ...] = ()


def option(described: Field, name: str, default: Any) -> Any:
    """A property of the field's descriptor."""
    value = described.descriptor.get(name)
    return default if value is None else value


def compared(rules: Sequence[Constraint]) -> list[Any]:
    """The values that a field's rules compare with."""
    return [value for rule in rules for value in rule.compared]


def bounded(rules: Rules) -> bool:
    return not rules.keys().isdisjoint(BOUNDS)


def holds(text: str, characters: str) -> bool:
    """Whether a text has one of the characters."""
    return any(character in text for character in characters)
