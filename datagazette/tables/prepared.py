"""One table made ready to be checked: its layout, its columns, and the relation of its rows.

The header is compared with the schema: which column holds which field.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from pathlib import Path

from datagazette.model.resource import Field, Schema
from datagazette.tables.cells import Column, make_column
from datagazette.tables.layout import Layout, TableSource, Unreadable, read_layout
from datagazette.tables.quotes import OpenQuote


@dataclass(frozen=True)
class Prepared:
    """`relation` is a SELECT of the rows (see `relation`), `few` another one, quicker where few of them are wanted, and
    `suspects` one of at least those that may have a bad cell or the wrong number of cells; `unplaced` has the columns
    of these alone, and is empty where it would be no quicker. `decided` is the temporary table that holds the verdicts
    on doubtful cells, empty where there are none. `fault` ended the reading before the last row, and `open_quotes` have
    taken rows into their cells."""

    source: TableSource
    layout: Layout
    columns: tuple[Column, ...]
    relation: str = ""
    suspects: str = ""
    unplaced: str = ""
    few: str = ""
    decided: str = ""
    doubtful: frozenset[int] = frozenset()
    fault: Unreadable | None = None
    open_quotes: tuple[OpenQuote, ...] = ()
    scratch: Path = dataclasses.field(default_factory=Path)

    @property
    def width(self) -> int:
        return len(self.columns)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The place of each field in `columns`, by its name."""
        return {column.field.name: at for at, column in enumerate(self.columns)}

    def named(self, names: Sequence[str]) -> tuple[Column, ...] | None:
        """The columns of these fields; None where one of them is not in the file."""
        if not self.positions.keys() >= set(names):
            return None
        return tuple(self.columns[self.positions[name]] for name in names)


def prepare(source: TableSource, scratch: Path, targets: frozenset[str] = frozenset()) -> Prepared:
    """`targets` are the fields that foreign keys of other tables point to.

    Raises `Unreadable`, and `readers.BadConstraint` for a bound that is no value of its field."""
    schema = source.table.schema
    layout = read_layout(source.path, source.table.dialect)
    compared = {*targets, *schema.primary_key, *(name for names in schema.unique_keys for name in names)}
    compared |= {field.name for field in schema.fields if field.constraints.get("unique")}
    for key in schema.foreign_keys:
        compared.update(key.fields, () if key.resource else key.reference_fields)
    columns = tuple(
        make_column(number, field, schema.missing_values, keyed=field.name in compared)
        for number, field in enumerate(fields_of(layout, schema), 1)
    )
    return Prepared(source, layout, columns, scratch=scratch)


def fields_of(layout: Layout, schema: Schema) -> tuple[Field, ...]:
    """The fields in the order of the file's columns; a label without a field becomes a field of any value.

    Raises `Unreadable` where fields are matched by name and two labels are the same.
    """
    if not layout.labels:
        return schema.fields
    if schema.fields_match != "exact":
        compared = compared_by(layout)
        labels = {compared(label) for label in layout.labels}
        names = {compared(field.name) for field in schema.fields}
        if len(labels) < len(layout.labels) or len(names) < len(schema.fields):
            note = (
                f'matching fields by name ("fieldsMatch": "{schema.fields_match}") requires unique labels in the header'
            )
            raise Unreadable("error", note)
    fields: dict[str, Field] = {}
    for field, label in zip(matched(layout, schema), layout.labels, strict=True):
        name = unique = field.name if field else label
        suffix = 2
        while unique in fields:  # later repeats become `name2`, `name3` ..., the first that is free
            unique, suffix = f"{name}{suffix}", suffix + 1
        # The missing values of a column that the schema does not know are not the schema's either.
        fields[unique] = field or Field(unique, missing_values=("",))
    return tuple(fields.values())


def compared_by(layout: Layout) -> Callable[[str], str]:
    """How labels and names of fields are compared."""
    return str if layout.dialect.header_case else str.lower


def matched(layout: Layout, schema: Schema) -> list[Field | None]:
    """The field of each label."""
    if schema.fields_match == "exact":
        width = len(layout.labels)
        return [*schema.fields, *repeat(None, width)][:width]
    compared = compared_by(layout)
    fields = {compared(field.name): field for field in reversed(schema.fields)}
    return [fields.get(compared(label)) for label in layout.labels]
