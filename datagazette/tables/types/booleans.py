"""`boolean`: a field lists the texts of its two values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from datagazette.model.publication import Field
from datagazette.tables.sql import literal, literals
from datagazette.tables.types.field_type import (
    Candidate,
    Constraint,
    FieldType,
    Guess,
    Reading,
    Rules,
    Shown,
    ValueReader,
    holds,
)
from datagazette.tables.types.numbers import number_key

_TRUE_VALUES = ("true", "True", "TRUE", "1")
_FALSE_VALUES = ("false", "False", "FALSE", "0")


def _values(field: Field) -> dict[str, bool]:
    """The texts of a boolean field; one that stands for both is false, as in Frictionless."""
    true = field.descriptor.get("trueValues", _TRUE_VALUES)
    false = field.descriptor.get("falseValues", _FALSE_VALUES)
    return {**dict.fromkeys(true, True), **dict.fromkeys(false, False)}


def _true_texts(field: Field) -> list[str]:
    return [text for text, value in _values(field).items() if value]


def _read(field: Field) -> ValueReader:
    values = _values(field)

    def read(cell: Any) -> bool | None:
        if isinstance(cell, bool):
            return cell
        return values.get(cell) if isinstance(cell, str) else None

    return read


def _sql(field: Field, _: Sequence[Constraint], x: str, v: str) -> Reading:
    values, true = _values(field), _true_texts(field)
    if not values:
        return Reading("NULL", "FALSE", wrong="TRUE")
    value = f"({x} IN ({literals(true)}))" if true else "FALSE"
    known = f"{x} IN ({literals(values)})"
    return Reading(value, known, wrong="TRUE", key=f"CASE WHEN {v or value} THEN '1' ELSE '0' END")


def _candidates(field: Field, x: str) -> Sequence[Candidate]:
    is_true = " OR ".join(f"{x} = {literal(text)}" for text in _true_texts(field))
    return [Candidate(is_true or "FALSE", "BOOLEAN", "TRUE")]


def _shape(field: Field, _: Rules, ends: str, __: str) -> str | None:
    return "|".join(re.escape(text) for text in _values(field) if not holds(text, ends)) or None


def _shown(_: Field, text: str) -> Shown:
    return Shown(text.lower() == "true") if text.lower() in ("true", "false") else Shown(text)


TYPES = {
    "boolean": FieldType(
        constraints=("required", "enum"),
        family="number",
        read=_read,
        key=number_key,
        sql=_sql,
        kind="BOOLEAN",
        candidates=_candidates,
        hashed=False,
        shape=_shape,
        shown=_shown,
        safe_in_sheets=True,
        guesses=(
            Guess(r"(?i)true|false"),
            Guess(r"是|否", {"trueValues": ["是"], "falseValues": ["否"]}),
            Guess(r"(?i)yes|no", {"trueValues": ["yes", "Yes", "YES"], "falseValues": ["no", "No", "NO"]}),
        ),
    ),
}
