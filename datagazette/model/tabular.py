"""What one table is made of: the parts that Table Schema, Table Dialect and the tabular Data Resource describe.

Apart from `model`, which has the publication around it, since the check of a file needs only these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from datagazette.model.text import Text

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Category:
    """One of a field's allowed values and how readers see it (Table Schema, `categories`)."""

    value: str
    label: Text = Text()


@dataclass(frozen=True)
class Field:
    """A column: Table Schema's field descriptor, with its translations resolved.

    `descriptor` is the field as it was written; `constraints` is the standard's mapping.
    `unit` is in words ("persons", "%"); `bound` holds for the whole column where it is set.
    """

    name: str
    type: str = "any"
    format: str = "default"
    title: Text = Text()
    description: Text = Text()
    unit: Text = Text()
    role: str = ""
    bound: str = ""
    constraints: Json = field(default_factory=dict)
    categories: tuple[Category, ...] = ()
    missing_values: tuple[str, ...] | None = None
    descriptor: Json = field(default_factory=dict, repr=False)

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required"))

    def category(self, value: object) -> Category | None:
        return next((category for category in self.categories if category.value == str(value)), None)


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
    """A tabular resource. `file` is the CSV relative to the root, `path` relative to its package."""

    name: str
    path: str
    file: str
    schema: Schema
    dialect: Dialect = Dialect()
    title: Text = Text()
    description: Text = Text()
    descriptor: Json = field(default_factory=dict, repr=False)
