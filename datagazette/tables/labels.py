"""The header against the schema: which column holds which field, and what is wrong with the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datagazette.model.tabular import Field, Schema
from datagazette.tables.layout import Layout, Unreadable

_TOLERATES_EXTRA = ("subset", "partial")
_TOLERATES_MISSING = ("superset", "partial")


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
        return next((one for one in self.fields if self.key(one.name) == self.key(label)), None)

    @property
    def unmatched(self) -> tuple[Field, ...]:
        if not self.by_name:
            return self.fields[len(self.labels) :]
        labels = {self.key(one) for one in self.labels}
        return tuple(one for one in self.fields if self.key(one.name) not in labels)


def columns(layout: Layout, schema: Schema) -> tuple[Field, ...]:
    """The fields in the order of the file's columns; a label without a field becomes a field of any value.

    Raises `Unreadable` where fields are matched by name and two labels are the same.
    """
    if not layout.labels:
        return schema.fields
    matching = _matching(layout, schema)
    if matching.by_name:
        _refuse_ambiguity(matching, schema.fields_match)
    matched = [matching.field(number, label) for number, label in enumerate(layout.labels)]
    names = _distinct([one.name if one else label for one, label in zip(matched, layout.labels, strict=True)])
    return tuple(one or _unknown(name) for one, name in zip(matched, names, strict=True))


def _unknown(name: str) -> Field:
    """A column that the schema does not know: its missing values are not the schema's either."""
    return Field(name, missing_values=("",))


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
        missing = tuple(one for one in missing if one.required or one.name in schema.primary_key)
    start = len(matching.labels) + 1
    return [LabelFault("missing-label", start + offset, field=one.name) for offset, one in enumerate(missing)]


def _one_label(matching: _Matching, number: int, field: Field, label: str) -> list[LabelFault]:
    if not label:
        return [LabelFault("blank-label", number, field=field.name)]
    before = [at for at, one in enumerate(matching.labels[: number - 1], 1) if one == label]
    if before:
        positions = ", ".join(map(str, before))
        return [LabelFault("duplicate-label", number, label, field.name, f'at position "{positions}"')]
    if matching.key(label) != matching.key(field.name):
        return [LabelFault("incorrect-label", number, label, field.name)]
    return []


def _refuse_ambiguity(matching: _Matching, fields_match: str) -> None:
    keys = [matching.key(one) for one in matching.labels]
    names = [matching.key(one.name) for one in matching.fields]
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
