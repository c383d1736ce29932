"""Texts: `string` and `any`. Every text is a value; a format or a pattern may be beyond RE2."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datagazette.model.publication import Field
from datagazette.tables.patterns import translate
from datagazette.tables.sql import literal
from datagazette.tables.types.field_type import (
    ASCII,
    LENGTHS,
    Constraint,
    FieldType,
    Reading,
    Rules,
    ValueReader,
    doubtful,
    holds,
)

# Texts that surely have the format; Frictionless judges the others.
PLAIN_FORMATS = {
    "uri": "https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[A-Za-z0-9._~/-]*)?(?:\\?[A-Za-z0-9._~/=&-]*)?(?:#[A-Za-z0-9._~/-]*)?",
    "email": "[a-z0-9]+(?:[._-][a-z0-9]+)*@[a-z][a-z0-9]{1,20}(?:-[a-z0-9]{1,20})?"
    "\\.(?:com|org|net|edu|gov|cn|edu\\.cn|gov\\.cn)",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
_LONGEST_TEXT = 60  # of a length constraint, which RE2 counts out


def _read_string(_: Field) -> ValueReader:
    return lambda cell: cell if isinstance(cell, str) else None


def read_any(_: Field) -> ValueReader:
    return lambda cell: cell


def _has_format(field: Field) -> bool:
    return field.format != "default"


def _sql(field: Field, rules: Sequence[Constraint], x: str, _: str) -> Reading:
    certain = "TRUE"
    if field.type == "string" and _has_format(field):
        if field.format not in PLAIN_FORMATS or any(rule.name == "pattern" for rule in rules):
            return doubtful(field, rules, x)
        return Reading(x, f"regexp_full_match({x}, {literal(PLAIN_FORMATS[field.format])})", key=x)
    for rule in rules:
        if rule.name == "pattern":
            found = translate(rule.written)
            if found is None:
                return Reading(x, "FALSE", key=x)
            if not found.complete:
                ascii_only = f"regexp_full_match({x}, {ASCII})"
                certain = f"(regexp_full_match({x}, {literal(found.re2)}) OR {ascii_only})"
    return Reading(x, certain, key=x)


def _shape(field: Field, rules: Rules, ends: str, doubled: str) -> str | None:
    if field.format in PLAIN_FORMATS:
        ruled = rules.keys() - {"required"} or holds(";|-./:?#&=@_~", ends)
        return None if ruled else PLAIN_FORMATS[field.format]
    shortest = rules["minLength"].expected if "minLength" in rules else 0
    longest = rules["maxLength"].expected if "maxLength" in rules else None
    if "pattern" in rules:
        found = translate(rules["pattern"].written, without=ends)
        return found.re2.removesuffix("\\n?") if found and not shortest and longest is None else None
    if max(shortest, longest or 0) > _LONGEST_TEXT or (longest is not None and longest < max(shortest, 1)):
        return None
    character = f"[^{re.escape(ends)}\\n]"
    if doubled:
        character = f"(?:{character}|{re.escape(doubled * 2)})"
    return f"{character}{{{max(shortest, 1)},{'' if longest is None else longest}}}"


TYPES = {
    "string": FieldType(
        constraints=("required", *LENGTHS, "pattern", "enum"),
        formats=("default", "email", "uri", "binary", "uuid"),
        family="text",
        read=_read_string,
        needs_frictionless=_has_format,
        key=str,
        sql=_sql,
        shape=_shape,
        listable=True,
    ),
    "any": FieldType(
        constraints=("required", "enum"),
        family="text",
        read=read_any,
        key=str,
        sql=_sql,
        shape=_shape,
        listable=True,
    ),
}
