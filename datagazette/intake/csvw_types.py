"""Datatypes and formats of CSVW as those of a Table Schema.

https://www.w3.org/TR/tabular-data-primer/ · https://www.w3.org/TR/tabular-metadata/#datatypes ·
https://www.w3.org/TR/tabular-data-model/#parsing-cells
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_KINDS = {
    **dict.fromkeys(("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger",
                     "nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort",
                     "unsignedByte"), "integer"),
    **dict.fromkeys(("decimal", "number", "double", "float"), "number"),
    "boolean": "boolean", "date": "date", "time": "time", "gYear": "year", "gYearMonth": "yearmonth",
    **dict.fromkeys(("dateTime", "datetime", "dateTimeStamp"), "datetime"),
    **dict.fromkeys(("duration", "dayTimeDuration", "yearMonthDuration"), "duration"),
    **dict.fromkeys(("string", "normalizedString", "token", "language", "Name", "NMTOKEN", "xml", "html", "json",
                     "anyAtomicType", "any", "anyURI", "QName", "hexBinary", "base64Binary", "binary", "gDay", "gMonth",
                     "gMonthDay"), "string"),
}  # fmt: skip
_LIMITS = {
    "nonNegativeInteger": {"minimum": 0}, "positiveInteger": {"minimum": 1}, "nonPositiveInteger": {"maximum": 0},
    "negativeInteger": {"maximum": -1}, "unsignedLong": {"minimum": 0}, "unsignedInt": {"minimum": 0},
    "unsignedShort": {"minimum": 0}, "unsignedByte": {"minimum": 0},
}  # fmt: skip
_CONSTRAINTS = {
    "minimum": "minimum", "minInclusive": "minimum", "maximum": "maximum", "maxInclusive": "maximum",
    "minExclusive": "exclusiveMinimum", "maxExclusive": "exclusiveMaximum", "minLength": "minLength",
    "maxLength": "maxLength",
}  # fmt: skip
# Unicode's letters for parts of dates (UTS 35), as strptime writes them.
_PARTS = {
    "yyyy": "%Y", "MM": "%m", "M": "%m", "dd": "%d", "d": "%d", "HH": "%H", "H": "%H", "mm": "%M", "ss": "%S",
    "S": "%f", "SS": "%f", "SSS": "%f", "X": "%z", "XX": "%z", "XXX": "%z",
}  # fmt: skip
_RUNS = re.compile(r"'([^']*)'|((?:([A-Za-z])\3*))|([^A-Za-z'])")
_STANDARD = {"date": "%Y-%m-%d", "time": "%H:%M:%S", "datetime": "%Y-%m-%dT%H:%M:%S"}
_ITEMS = ("string", "integer", "boolean", "number", "datetime", "date", "time")


def field_type(datatype: object, separator: object) -> tuple[dict[str, Any], list[str]]:
    """(type and constraints of a field, parts of the datatype that a Table Schema does not have)."""
    stated: Mapping[str, Any] = datatype if isinstance(datatype, Mapping) else {"base": datatype or "string"}
    base = str(stated.get("base") or "string")
    kind = _KINDS.get(base, "string")
    left = [] if base in _KINDS else [base]
    found: dict[str, Any] = {"type": kind}
    constraints: dict[str, Any] = dict(_LIMITS.get(base, {}))
    constraints |= {_CONSTRAINTS[key]: value for key, value in stated.items() if key in _CONSTRAINTS}
    if "length" in stated:
        constraints |= {"minLength": stated["length"], "maxLength": stated["length"]}
    form = stated.get("format")
    if form is not None:
        extras, known = _format(kind, form)
        constraints |= extras.pop("constraints", {})
        found |= extras
        left += [] if known else [f"format {form}"]
        if not known and kind in ("date", "time", "datetime"):
            found["type"] = "string"
    if separator:
        item = {"itemType": kind} if kind in _ITEMS and kind != "string" else {}
        found, constraints = {"type": "list", "delimiter": str(separator), **item}, {}
        left += ["format"] if form is not None else []
    left += [key for key in stated if key not in ("base", "format", "length", *_CONSTRAINTS)]
    return {**found, **({"constraints": constraints} if constraints else {})}, left


def _format(kind: str, form: object) -> tuple[dict[str, Any], bool]:
    """(what a format is in a Table Schema, whether it could be said)."""
    if kind == "boolean" and isinstance(form, str) and form.count("|") == 1:
        true, false = form.split("|")
        return {"trueValues": [true], "falseValues": [false]}, True
    if kind in ("integer", "number"):
        return _number(form)
    if kind in _STANDARD and isinstance(form, str):
        pattern = date_pattern(form)
        is_standard = pattern == _STANDARD[kind]
        return ({} if is_standard or not pattern else {"format": pattern}), bool(pattern)
    if kind == "string" and isinstance(form, str):
        return {"constraints": {"pattern": form}}, True
    return {}, False


def _number(form: object) -> tuple[dict[str, Any], bool]:
    """The marks of numbers; a pattern is only how many digits they have."""
    stated: Mapping[str, Any] = form if isinstance(form, Mapping) else {"pattern": form}
    pattern = str(stated.get("pattern") or "")
    found: dict[str, Any] = {}
    if mark := stated.get("decimalChar"):
        found |= {"decimalChar": mark} if mark != "." else {}
    group = stated.get("groupChar") or ("," if "," in pattern else "")
    found |= {"groupChar": group} if group else {}
    found |= {"bareNumber": False} if "%" in pattern or "‰" in pattern else {}
    return found, "E" not in pattern and "‰" not in pattern


def date_pattern(form: str) -> str:
    """A format of days and times as strptime writes it; empty where it has a part that is not known."""
    found = []
    for quoted, letters, _, other in _RUNS.findall(form):
        directive = _PARTS.get(letters, "T" if letters == "T" else "") if letters else quoted or other
        if not directive:
            return ""
        found.append(directive)
    return "".join(found)
