"""What is wrong with a table's header: label by label as Frictionless names it, and as a whole.

A column too many or too few shifts all labels after it, so that each of them has a wrong name. Whoever renames them all
gets a table in which the names are right and the values are not. So the two lists of names are compared first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from datagazette.model.resource import Schema
from datagazette.tables.layout import Layout, TableSource, Unreadable, open_text, read_rows
from datagazette.tables.prepared import compared_by, matched

_BELOW = 20  # rows among which the header is looked for, where the first one is none


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
    compared, found, width = compared_by(layout), matched(layout, schema), len(layout.labels)
    faults: list[LabelFault] = []
    if schema.fields_match not in ("subset", "partial"):
        for number, (field, label) in enumerate(zip(found, layout.labels, strict=True), 1):
            faults += [] if field else [LabelFault("extra-label", number, label)]
    if schema.fields_match == "partial" and schema.fields and not any(found):
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
    compared = compared_by(layout)
    for number, (field, label) in enumerate(zip(schema.fields, layout.labels, strict=False), 1):
        before = [at for at, earlier in enumerate(layout.labels[: number - 1], 1) if earlier == label]
        if not label:
            yield LabelFault("blank-label", number, field=field.name)
        elif before:
            note = f'at position "{", ".join(map(str, before))}"'
            yield LabelFault("duplicate-label", number, label, field.name, note)
        elif compared(label) != compared(field.name):
            yield LabelFault("incorrect-label", number, label, field.name)


@dataclass(frozen=True)
class Cause:
    """What makes many labels wrong, and the rows below with them. `code` is that of the label fault that reports it:

    order: all columns are there in another order. missing, extra: columns are, which shift those after them. both: of
    both. above, hint: the header is further below, and what is above it is no part of the table.
    """

    rule: str
    code: str
    values: Mapping[str, object]


def cause(source: TableSource, layout: Layout, faults: Sequence[LabelFault]) -> Cause | None:
    """None where each wrong label is a fault of its own."""
    schema, compared = source.table.schema, compared_by(layout)
    if found := _below(source, layout, faults):
        return found
    labels = [compared(label) for label in layout.labels]
    names = [compared(field.name) for field in schema.fields]
    if schema.fields_match != "exact" or not any(
        _is_moved(label, name, labels, names) for label, name in zip(labels, names, strict=False)
    ):
        return None
    extra, missing = Counter(labels) - Counter(names), Counter(names) - Counter(labels)
    texts = {compared(field.name): field.name for field in schema.fields}
    rest = Counter(names)
    rest.subtract(labels)
    spare: list[tuple[int, str]] = []
    for number, label in reversed(list(enumerate(layout.labels, 1))):  # of a name that is there twice the later ones
        if rest[compared(label)] < 0:
            rest[compared(label)] += 1
            spare.insert(0, (number, label))
    values = {
        "found": ", ".join(layout.labels), "expected": ", ".join(field.name for field in schema.fields),
        "missing": ", ".join(texts[name] for name in missing), "extra": ", ".join(label or "–" for _, label in spare),
        "places": ", ".join(str(number) for number, _ in spare),
    }  # fmt: skip
    rule = ("both" if missing else "extra") if extra else "missing" if missing else "order"
    codes = {fault.code for fault in faults}
    wanted = {"extra": "extra-label", "missing": "missing-label"}.get(rule, "incorrect-label")
    return Cause(rule, wanted if wanted in codes else faults[0].code, values)


def _is_moved(label: str, name: str, labels: Sequence[str], names: Sequence[str]) -> bool:
    """Whether one of two names in the same place has its place elsewhere in the other list."""
    return label != name and (label in names or name in labels)


def _below(source: TableSource, layout: Layout, faults: Sequence[LabelFault]) -> Cause | None:
    """The header is a later row, and the one that was taken for it is a title, a comment or a hint for a program."""
    compared = compared_by(layout)
    names = {compared(field.name) for field in source.table.schema.fields}
    try:
        with open_text(source.path, layout.encoding) as stream:
            rows = list(islice(read_rows(stream, layout.dialect), layout.first_row - 1 + _BELOW))
    except Unreadable:
        return None
    for number, cells in enumerate(rows[layout.first_row - 1 :], layout.first_row):
        if {compared(cell.strip()) for cell in cells} == names:
            first = layout.dialect.delimiter.join(rows[0])
            rule = "hint" if number == 2 and first.startswith("sep=") else "above"
            return Cause(rule, faults[0].code, {"above": first, "row": number})
    return None
