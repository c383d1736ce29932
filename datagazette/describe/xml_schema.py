"""Which columns of a CSV are written as XML Schema writes a type, so that CSV on the Web can name the type.

A schema often allows more spellings than that: `True` and `1` of a boolean, any form of a day. What decides is the
file: https://www.w3.org/TR/xmlschema11-2/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from datagazette.model.resource import Field, Schema
from datagazette.tables.columns import by_column

_DAY, _TIME, _ZONE = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d:\d\d(\.\d+)?", r"(Z|[+-]\d\d:\d\d)?"
# XML Schema's name of each type of Table Schema, and how it is written.
_FORMS = {
    "integer": ("integer", r"[+-]?\d+"),
    "number": ("number", r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    "date": ("date", _DAY),
    "datetime": ("dateTime", f"{_DAY}T{_TIME}{_ZONE}"),
    "time": ("time", _TIME + _ZONE),
    "year": ("gYear", r"\d{4}"),
    "yearmonth": ("gYearMonth", r"\d{4}-\d\d"),
}
# Types whose texts are the same in Table Schema's default format and in XML Schema's.
_USUAL = frozenset({"integer", "number", "date", "year", "yearmonth"})
# Formats that read these spellings as XML Schema does; another one may mean the day where the month is.
_FORMATS = frozenset({"", "default", "any"})
_TRUE, _FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")


def schema_type(field: Field) -> str:
    """The type where every text that the schema allows is one of it; else it is empty.

    Numbers agree that are written without thousands separators, other decimal characters, or units around them.
    """
    asked = field.descriptor
    is_bare = asked.get("decimalChar", ".") == "." and asked.get("bareNumber", True) is True
    is_usual = field.format in ("default", "") and is_bare and not asked.get("groupChar")
    return _FORMS[field.type][0] if is_usual and field.type in _USUAL else ""


def held_types(schema: Schema, rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """The types by the names of those columns that the schema alone does not decide, and in which every cell with a
    value has the spelling. `rows` are those of the file, below its header."""
    fields = enumerate(schema.fields)
    tried = {at: form for at, field in fields if not schema_type(field) and (form := _form(field))}
    missing = [_missing(schema, field) for field in schema.fields]
    seen: set[int] = set()
    for columns in by_column(rows, len(schema.fields), None) if tried else ():
        for at, (_, spelling) in tuple(tried.items()):
            present = set(columns[at]) - missing[at]
            seen |= {at} if present else set()
            if not all(map(spelling.fullmatch, present)):
                del tried[at]
        if not tried:
            break
    return {schema.fields[at].name: kind for at, (kind, _) in tried.items() if at in seen}


def _missing(schema: Schema, field: Field) -> frozenset[str | None]:
    return frozenset((None, *(schema.missing_values if field.missing_values is None else field.missing_values)))


def _form(field: Field) -> tuple[str, re.Pattern[str]] | None:
    """The type to try on a column, and its spelling; None where its schema gives the spelling another meaning."""
    asked = field.descriptor
    if field.type == "boolean":
        held = [word for word in ("true", "1") if word in asked.get("trueValues", _TRUE)]
        held += [word for word in ("false", "0") if word in asked.get("falseValues", _FALSE)]
        return ("boolean", re.compile("|".join(held))) if held else None
    has_marks = asked.get("decimalChar", ".") != "." or asked.get("groupChar") == "."
    if field.type not in _FORMS or field.format not in _FORMATS or has_marks:
        return None
    kind, spelling = _FORMS[field.type]
    return kind, re.compile(spelling, re.ASCII)
