"""One table made ready to be checked: its layout, its columns, and the relation of its rows.

The header is compared with the schema: which column holds which field, and what is wrong with the labels.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from pathlib import Path

from datagazette.model.publication import Field, Schema
from datagazette.tables.cells import Column, make_column
from datagazette.tables.layout import Layout, TableSource, Unreadable, read_layout
from datagazette.tables.quotes import OpenQuote


@dataclass(frozen=True)
class Prepared:
    """`relation` is a SELECT of the rows (see `relation`), `suspects` of at least those that may have a bad
    cell or the wrong number of cells. `decided` is the temporary table that holds the verdicts
    on doubtful cells, empty where there are none. `fault` ended the reading before the last row, and
    `open_quotes` have taken rows into their cells."""

    source: TableSource
    layout: Layout
    columns: tuple[Column, ...]
    relation: str = ""
    suspects: str = ""
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
        compared = _compared(layout)
        labels = {compared(label) for label in layout.labels}
        names = {compared(field.name) for field in schema.fields}
        if len(labels) < len(layout.labels) or len(names) < len(schema.fields):
            note = (
                f'matching fields by name ("fieldsMatch": "{schema.fields_match}") requires unique labels in the header'
            )
            raise Unreadable("error", note)
    fields: dict[str, Field] = {}
    for field, label in zip(_matched(layout, schema), layout.labels, strict=True):
        name = unique = field.name if field else label
        suffix = 2
        while unique in fields:  # later repeats become `name2`, `name3` ..., the first that is free
            unique, suffix = f"{name}{suffix}", suffix + 1
        # The missing values of a column that the schema does not know are not the schema's either.
        fields[unique] = field or Field(unique, missing_values=("",))
    return tuple(fields.values())


def _compared(layout: Layout) -> Callable[[str], str]:
    """How labels and names of fields are compared."""
    return str if layout.dialect.header_case else str.lower


def _matched(layout: Layout, schema: Schema) -> list[Field | None]:
    """The field of each label."""
    if schema.fields_match == "exact":
        width = len(layout.labels)
        return [*schema.fields, *repeat(None, width)][:width]
    compared = _compared(layout)
    fields = {compared(field.name): field for field in reversed(schema.fields)}
    return [fields.get(compared(label)) for label in layout.labels]


@dataclass(frozen=True)
class LabelFault:
    """`number` is the field's position from 1; `label` what is there, `field` what should be."""

    code: str
    number: int
    label: str = ""
    field: str = ""
    note: str = ""


def label_faults(layout: Layout, schema: Schema) -> tuple[LabelFault, ...]:
    """In the order in which Frictionless names them."""
    if not layout.labels:
        return ()
    compared, matched, width = _compared(layout), _matched(layout, schema), len(layout.labels)
    faults: list[LabelFault] = []
    if schema.fields_match not in ("subset", "partial"):
        for number, (field, label) in enumerate(zip(matched, layout.labels, strict=True), 1):
            faults += [] if field else [LabelFault("extra-label", number, label)]
    if schema.fields_match == "partial" and schema.fields and not any(matched):
        faults.append(LabelFault("unmatched-header", 0))
    missing = schema.fields[width:]
    if schema.fields_match != "exact":
        labels = set(map(compared, layout.labels))
        missing = tuple(field for field in schema.fields if compared(field.name) not in labels)
    if schema.fields_match in ("superset", "partial"):
        missing = tuple(field for field in missing if field.required or field.name in schema.primary_key)
    faults += [LabelFault("missing-label", number, field=field.name) for number, field in enumerate(missing, width + 1)]
    return (*faults, *(_position_faults(layout, schema) if schema.fields_match == "exact" else ()))


def _position_faults(layout: Layout, schema: Schema) -> Iterator[LabelFault]:
    """Labels that are not the names of the fields in their places."""
    compared = _compared(layout)
    for number, (field, label) in enumerate(zip(schema.fields, layout.labels, strict=False), 1):
        before = [at for at, earlier in enumerate(layout.labels[: number - 1], 1) if earlier == label]
        if not label:
            yield LabelFault("blank-label", number, field=field.name)
        elif before:
            note = f'at position "{", ".join(map(str, before))}"'
            yield LabelFault("duplicate-label", number, label, field.name, note)
        elif compared(label) != compared(field.name):
            yield LabelFault("incorrect-label", number, label, field.name)
