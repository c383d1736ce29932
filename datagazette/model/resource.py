"""A tabular resource: its fields and keys, and how its CSV is written.

Names of classes and attributes are those of the Data Package v2, Table Schema v2 and Table Dialect v2 standards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datagazette.model.content import FETCHED, stored_path
from datagazette.model.text import Text

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Category:
    """One of a field's allowed values and how readers see it (Table Schema, `categories`)."""

    value: str
    label: Text = Text()


@dataclass(frozen=True)
class MissingValue:
    """A text in a cell that is no value, and why there is none as readers see it (Table Schema, `missingValues`)."""

    value: str
    label: Text = Text()


@dataclass(frozen=True)
class Field:
    """A column: Table Schema's field descriptor, with its translations resolved.

    `descriptor` is the field as it was written; `constraints` is the standard's mapping.
    `unit` is a text ("persons", "%"); `bound` holds for the whole column where it is set, and `bound_field` is the
    column that has the bound of each value. `names`: whole numbers are the names of things, as in a key. `decimals`:
    what all cells are written with, 2 of `18.00`; only of a result. `reasons` are the missing values of its cells with
    their labels, its own or the schema's; empty where none has one.
    """

    name: str
    type: str = "any"
    format: str = "default"
    title: Text = Text()
    description: Text = Text()
    unit: Text = Text()
    role: str = ""
    bound: str = ""
    bound_field: str = ""
    names: bool = False
    decimals: int = 0
    constraints: Json = field(default_factory=dict)
    categories: tuple[Category, ...] = ()
    missing_values: tuple[str, ...] | None = None
    reasons: tuple[MissingValue, ...] = ()
    descriptor: Json = field(default_factory=dict, repr=False)

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required"))

    def category(self, value: object) -> Category | None:
        return next((category for category in self.categories if category.value == str(value)), None)

    def reason(self, written: str | None) -> Text:
        """Why a cell is empty in which this is written; empty where nothing is said of it."""
        return next((reason.label for reason in self.reasons if reason.value == written), Text())


def bound_field(fields: Sequence[Field], field: Field) -> Field | None:
    """Of some fields the one that says how exact each value of one of them is: that which it names or, of a value, that
    with the role of a bound."""
    if field.bound_field:
        return next((column for column in fields if column.name == field.bound_field), None)
    return next((column for column in fields if column.role == "bound"), None) if field.role == "value" else None


@dataclass(frozen=True)
class ForeignKey:
    """Fields whose values must exist elsewhere.

    `package` names another dataset (None: this one); `resource` is empty for the table itself.
    """

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]
    package: str | None = None


@dataclass(frozen=True)
class Schema:
    """A Table Schema. `file` is where it was read, relative to the publication's root."""

    name: str
    file: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    missing_values: tuple[str, ...] = ("",)
    fields_match: str = "exact"
    descriptor: Json = field(default_factory=dict, repr=False)

    def field(self, name: str) -> Field | None:
        return next((column for column in self.fields if column.name == name), None)

    def with_role(self, role: str) -> Field | None:
        return next((column for column in self.fields if column.role == role), None)

    def bound_of(self, field: Field) -> Field | None:
        """The column that says how exact each value of a field is."""
        return bound_field(self.fields, field)

    @property
    def explained(self) -> tuple[Field, ...]:
        """The fields of which cells may be empty and that say why."""
        return tuple(column for column in self.fields if column.reasons and not column.required)


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written (Table Dialect v2), with the encoding of its resource.

    `stated` are the properties that the descriptor gives: only the others may be detected from the file.
    `header_case` and `skip_blank_rows` are Frictionless's own additions to the standard.
    """

    delimiter: str = ","
    quote_char: str = '"'
    double_quote: bool = True
    escape_char: str | None = None
    line_terminator: str = "\r\n"
    skip_initial_space: bool = False
    header: bool = True
    header_rows: tuple[int, ...] = (1,)
    header_join: str = " "
    comment_char: str | None = None
    comment_rows: tuple[int, ...] = ()
    null_sequence: str | None = None
    encoding: str = "utf-8"
    header_case: bool = True
    skip_blank_rows: bool = False
    stated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A tabular resource. `file` is the CSV relative to the root, `path` relative to its package.

    `stored` is the file's SHA-256 where it is in the store, and not in the folder of its version.
    """

    name: str
    path: str
    file: str
    schema: Schema
    dialect: Dialect = Dialect()
    title: Text = Text()
    description: Text = Text()
    descriptor: Json = field(default_factory=dict, repr=False)
    stored: str = ""

    @property
    def source(self) -> str:
        """Where the CSV's bytes are on this machine, relative to the root: those of a store are fetched first."""
        return f"{FETCHED}/{stored_path(self.stored)}" if self.stored else self.file
