"""What is allowed in a field and does not do what its author means, so that good cells look wrong or bad ones right.

Each is a rule of `field-error`, said once of the field: a correction of the cells would make the data worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from datagazette.model.resource import Field
from datagazette.tables.types import TYPES
from datagazette.tables.types.json import KeyPath
from datagazette.tables.types.text import matches_whole

Advice = tuple[KeyPath, Mapping[str, Any]]

MOMENTS = ("date", "time", "datetime")
_WITH_FORMAT = ("email", "uri", "uuid", "binary", "wkt")  # formats whose cells have messages of their own
# Types that are read in one way, whatever their format says.
_FORMLESS = ("integer", "number", "boolean", "array", "object", "duration", "year", "yearmonth")
_LETTERS = (("YYYY", "%Y"), ("yyyy", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d"), ("dd", "%d"), ("HH", "%H"),
            ("hh", "%H"), ("mm", "%M"), ("SS", "%S"), ("ss", "%S"))  # fmt: skip
# How numbers are written, by the types whose cells are read so.
_NOTATIONS = {"groupChar": ("number",), "decimalChar": ("number",), "bareNumber": ("integer", "number")}

_TRUTH = (("trueValues", "true"), ("falseValues", "false"))
_USUAL = {
    "date": "2026-11-23", "time": "08:30:00", "datetime": "2026-11-23T08:30:00Z", "year": "2026",
    "yearmonth": "2026-11", "integer": "120", "number": "3.5", "duration": "PT8H30M",
}  # fmt: skip
_MOMENT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def advice(field: Field) -> Iterator[Advice]:
    """The place of each within the field, and the values of its message."""
    if has_empty_format(field):
        yield ("format",), {"rule": "moment-format", "found": field.format, "meant": with_directives(field.format)}
    if field.type in ("integer", "number"):
        for name, types in _NOTATIONS.items():
            if name in field.descriptor and field.type not in types:
                yield (name,), {"rule": "notation", "property": name, "type": field.type, "meant": types[0]}
    if field.type in _FORMLESS and field.format not in ("default", "any") and "%" not in field.format:
        yield ("format",), {"rule": "format-unread", "found": field.format, "type": field.type}
    for pattern, path in _patterns(field):
        if not matches_whole(pattern):
            yield path, {"rule": "pattern-parts", "found": pattern, "meant": f"({pattern})"}
    yield from _enumerated(field)


def has_empty_format(field: Field) -> bool:
    """Whether the format of a date or time has none of the directives that mean its parts."""
    return field.type in MOMENTS and field.format not in ("default", "any") and "%" not in field.format


def with_directives(form: str) -> str:
    """The format that letters such as YYYY-MM-DD mean."""
    for letters, directive in _LETTERS:
        form = re.sub(f"(?<!%){letters}", directive, form)
    return form


def type_rule(field: Field) -> str:
    """The rule of a cell that is no value of its field's type, whose texts say what one is."""
    if has_empty_format(field):
        return "moment-format"
    if field.type == "integer" and "groupChar" in field.descriptor:
        return "integer-grouped"
    return f"{field.type}-{field.format}" if field.format in _WITH_FORMAT else field.type


def example(field: Field) -> str:
    """A cell of the field's type in a notation that is the field's own; empty where it has the usual one."""
    if field.type == "number":
        return f"3{point}5" if (point := field.descriptor.get("decimalChar", ".")) != "." else ""
    if field.type == "boolean":
        values = [field.descriptor.get(key) or [usual] for key, usual in _TRUTH]
        return " / ".join(listed[0] for listed in values) if "trueValues" in field.descriptor else ""
    try:
        return _MOMENT.strftime(field.format) if field.type in MOMENTS and "%" in field.format else ""
    except (ValueError, UnicodeError):
        return ""


def written_example(field: Field) -> str:
    """A cell of the field as it is written, also in the usual notation; empty for types without one."""
    return example(field) or _USUAL.get(field.type, "")


def _patterns(field: Field) -> Iterator[tuple[str, KeyPath]]:
    item = (field.descriptor.get("arrayItem") or {}) if field.type == "array" else {}
    places: tuple[tuple[KeyPath, Mapping[str, Any]], ...] = (
        ((), field.constraints),
        (("arrayItem",), item.get("constraints") or {}),
    )
    for path, constraints in places:
        if isinstance(pattern := constraints.get("pattern"), str):
            yield pattern, (*path, "constraints", "pattern")


def _enumerated(field: Field) -> Iterator[Advice]:
    """The first of the allowed values that no cell can have."""
    read = TYPES[field.type](field).reader()
    for value in field.constraints.get("enum") or ():
        if read and read(value) is None:
            yield ("constraints", "enum"), {"rule": "enum-type", "found": value, "type": field.type}
            return
