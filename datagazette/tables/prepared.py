"""One table made ready to be checked: its layout, its columns, and the relation of its rows.

The header is held against the schema: which column holds which field, and what is wrong with the labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datagazette.model.publication import Field, Schema
from datagazette.tables.columns import Column, make_column
from datagazette.tables.layout import Layout, Unreadable, read_layout
from datagazette.tables.source import TableSource

_TOLERATES_EXTRA = ("subset", "partial")
_TOLERATES_MISSING = ("superset", "partial")


@dataclass(frozen=True)
class Prepared:
    """`relation` is a SELECT of the rows (see `relation`), `suspects` of at least those that may have a bad
    cell or the wrong number of cells. `decided` is the temporary table that holds the verdicts
    on doubtful cells, empty where there are none. `fault` ended the reading before the last row."""

    source: TableSource
    layout: Layout
    columns: tuple[Column, ...]
    relation: str = ""
    suspects: str = ""
    decided: str = ""
    doubtful: frozenset[int] = frozenset()
    fault: Unreadable | None = None
    scratch: Path = field(default_factory=Path)

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def positions(self) -> Mapping[str, int]:
        """The place of each field in `columns`, by its name."""
        return {column.field.name: at for at, column in enumerate(self.columns)}

    def named(self, names: Sequence[str]) -> tuple[Column, ...] | None:
        """The columns of these fields; None where one of them is not in the file."""
        positions = self.positions
        if not all(name in positions for name in names):
            return None
        return tuple(self.columns[positions[name]] for name in names)


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


@dataclass(frozen=True)
class LabelFault:
    """`number` is the field's position from 1; `label` what stands there, `field` what should."""

    code: str
    number: int
    label: str = ""
    field: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Matching:
    labels: tuple[str, ...]
    fields: tuple[Field, ...]
    by_name: bool
    ignore_case: bool

    def key(self, name: str) -> str:
        return name.lower() if self.ignore_case else name

    def field(self, position: int, label: str) -> Field | None:
        """The field of the label at `position`, counted from 0."""
        if not self.by_name:
            return self.fields[position] if position < len(self.fields) else None
        return next((field for field in self.fields if self.key(field.name) == self.key(label)), None)

    @property
    def unmatched(self) -> tuple[Field, ...]:
        if not self.by_name:
            return self.fields[len(self.labels) :]
        labels = {self.key(label) for label in self.labels}
        return tuple(field for field in self.fields if self.key(field.name) not in labels)


def fields_of(layout: Layout, schema: Schema) -> tuple[Field, ...]:
    """The fields in the order of the file's columns; a label without a field becomes a field of any value.

    Raises `Unreadable` where fields are matched by name and two labels are the same.
    """
    if not layout.labels:
        return schema.fields
    matching = _matching(layout, schema)
    if matching.by_name:
        _refuse_ambiguity(matching, schema.fields_match)
    matched = [matching.field(number, label) for number, label in enumerate(layout.labels)]
    names = _distinct([field.name if field else label for field, label in zip(matched, layout.labels, strict=True)])
    # The missing values of a column that the schema does not know are not the schema's either.
    return tuple(field or Field(name, missing_values=("",)) for field, name in zip(matched, names, strict=True))


def label_faults(layout: Layout, schema: Schema) -> tuple[LabelFault, ...]:
    """In the order in which Frictionless names them."""
    if not layout.labels:
        return ()
    matching = _matching(layout, schema)
    faults = list(_extra(matching, schema))
    unmatched = not any(matching.field(number, label) for number, label in enumerate(layout.labels))
    if schema.fields_match == "partial" and schema.fields and unmatched:
        faults.append(LabelFault("unmatched-header", 0))
    faults += _missing(matching, schema)
    if not matching.by_name:
        for number, (field, label) in enumerate(zip(schema.fields, layout.labels, strict=False), 1):
            faults += _one_label(matching, number, field, label)
    return tuple(faults)


def _matching(layout: Layout, schema: Schema) -> _Matching:
    by_name = schema.fields_match != "exact"
    return _Matching(layout.labels, schema.fields, by_name, not layout.dialect.header_case)


def _extra(matching: _Matching, schema: Schema) -> list[LabelFault]:
    if schema.fields_match in _TOLERATES_EXTRA:
        return []
    return [
        LabelFault("extra-label", number, label)
        for number, label in enumerate(matching.labels, 1)
        if matching.field(number - 1, label) is None
    ]


def _missing(matching: _Matching, schema: Schema) -> list[LabelFault]:
    missing = matching.unmatched
    if schema.fields_match in _TOLERATES_MISSING:
        missing = tuple(field for field in missing if field.required or field.name in schema.primary_key)
    start = len(matching.labels) + 1
    return [LabelFault("missing-label", start + offset, field=field.name) for offset, field in enumerate(missing)]


def _one_label(matching: _Matching, number: int, field: Field, label: str) -> list[LabelFault]:
    if not label:
        return [LabelFault("blank-label", number, field=field.name)]
    before = [at for at, earlier in enumerate(matching.labels[: number - 1], 1) if earlier == label]
    if before:
        positions = ", ".join(map(str, before))
        return [LabelFault("duplicate-label", number, label, field.name, f'at position "{positions}"')]
    if matching.key(label) != matching.key(field.name):
        return [LabelFault("incorrect-label", number, label, field.name)]
    return []


def _refuse_ambiguity(matching: _Matching, fields_match: str) -> None:
    keys = [matching.key(label) for label in matching.labels]
    names = [matching.key(field.name) for field in matching.fields]
    if len(keys) != len(set(keys)) or len(names) != len(set(names)):
        raise Unreadable(
            "error",
            f'matching fields by name ("fieldsMatch": "{fields_match}") requires unique labels in the header',
        )


def _distinct(names: Sequence[str]) -> list[str]:
    """Later repeats become `name2`, `name3` ..., the first that is free."""
    result: list[str] = []
    for name in names:
        unique, suffix = name, 2
        while unique in result:
            unique, suffix = f"{name}{suffix}", suffix + 1
        result.append(unique)
    return result
