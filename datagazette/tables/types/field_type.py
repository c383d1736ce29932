"""What the program knows of a field type, and what the families of types share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from datagazette.model.resource import Field
from datagazette.tables.sql import literal

Value = Any
ValueReader = Callable[[Any], Value]
# (number as it is written in a sheet, its format) of a text, or None.
NumberReader = Callable[[str], tuple[str, str] | None]

CATEGORIES = "categories"
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
LENGTHS = ("minLength", "maxLength")
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
    """A cell of a sheet: its value (None: blank) and its number format, without which a moment would be a number."""

    value: str | int | float | bool | None
    format: str = ""
    is_moment: bool = False


@dataclass(frozen=True)
class Guess:
    """The expression of texts that all values of a column must match for it to be given the type on import, with
    `extras` in its field. With `heading`, the column's label or name must match that as well."""

    pattern: str
    extras: Mapping[str, Any] = field(default_factory=dict)
    heading: str = ""


class FieldType:
    """Everything that the program knows of one type, for one field. What a type leaves out is the careful answer.

    constraints: in the order in which Frictionless applies them; `jsonSchema` is Table Schema v2's.
    formats: those that the field may have; empty where that is for `reader` to judge.
    family: types of one family can hold equal values; those of two never do.
    kind: the DuckDB type of a column of missing values.
    hashed: whether equal values are counted by their texts, as the SQL value is not quick to count.
    ordered: whether a least and a greatest value mean something to a reader.
    sorted_texts: the expression of texts that sort as their values do, where a column is text.
    listable: whether each value of an enumeration has one text only.
    safe_in_sheets: whether a spreadsheet that opens the CSV reads the texts as what they are, or leaves them alone.
    guesses: how the type is recognised on import.
    """

    constraints: tuple[str, ...] = ("required", "enum")
    family: str
    formats: tuple[str, ...] = ()
    kind = "VARCHAR"
    hashed = True
    ordered = False
    sorted_texts = ""
    listable = False
    safe_in_sheets = False
    guesses: tuple[Guess, ...] = ()

    def __init__(self, field: Field, rules: Iterable[Constraint] = ()) -> None:
        self.field = field
        self.rules = {rule.name: rule for rule in rules}

    def reader(self) -> ValueReader | None:
        """A reader of what is not missing, which returns None for what is no value; without it Frictionless reads."""
        return None

    @staticmethod
    def key(value: Any) -> str:
        """A text that two values share exactly where they are equal, as Python has it: 1, 1.0 and true are."""
        return json.dumps(value, sort_keys=True, default=repr)  # in ASCII, which can hold half a character

    def sql(self, x: str, _value: str, /) -> Reading:
        """How SQL reads the cell `x`, an expression. Another one has the cell's value, or is "" where each condition is
        to compute it. What SQL cannot judge is doubtful: its distinct texts are read in Python."""
        return Reading(x, "FALSE")

    @staticmethod
    def sql_value(value: Any) -> str:
        """A value of a rule in SQL."""
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

    def candidates(self, _x: str, /) -> Sequence[Candidate]:
        """The DuckDB types to try on a column of values, the best first. Without them the text is the value."""
        return ()

    def rare_candidates(self, _x: str, /) -> Sequence[Candidate]:
        """Those to try where no candidate holds: for values that are written in a way that hardly any are."""
        return ()

    def spelled_candidates(self, _x: str, /) -> Sequence[Candidate]:
        """Those to try after both: for values that their format lets people write in more than one way."""
        return ()

    def infinite_candidates(self, _x: str, /) -> Sequence[Candidate]:
        """Those that only an earlier edition tried last: for numbers that are infinite in the type."""
        return ()

    def shape(self, _ends: str, _doubled: str, /) -> str | None:
        """The regular expression of texts that are surely fine, or None. The first are the characters that end a cell,
        the other is one that the cell may hold written twice, or "". For speed only."""
        return None

    def shown(self, text: str) -> Shown:
        """The cell of a spreadsheet, which must show the very text again, or the very number."""
        return Shown(text)

    def quick_number(self) -> NumberReader | None:
        """The number and format that `shown` has for a text, where that is seen at once. None, or a function that
        returns it, where the text takes a closer look. For speed only."""
        return None

    def option(self, name: str, default: Any) -> Any:
        """A property of the field's descriptor."""
        value = self.field.descriptor.get(name)
        return default if value is None else value

    @property
    def compared(self) -> list[Any]:
        """The values that the field's rules compare with."""
        return [value for rule in self.rules.values() for value in rule.compared]

    @property
    def bounds(self) -> dict[str, Any]:
        """The values of `minimum` and so on."""
        return {name: self.rules[name].expected for name in BOUNDS if name in self.rules}


def holds(text: str, characters: str) -> bool:
    """Whether a text has one of the characters."""
    return any(character in text for character in characters)
