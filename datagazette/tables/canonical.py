"""Texts that stand for values: two cells hold equal values exactly where their texts are the same.

Equality is Python's, as Frictionless has it: 1, 1.0 and true are equal, and a time in two zones is one time.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Any

from datagazette.model.tabular import Field

UNEQUAL = "\x1dNaN"  # in the text of a value that equals no other, not even itself
DOUBLE = "double:"  # before a number that DuckDB is to write, so that both write it alike
_EXACT_DIGITS = 15
_LARGEST_WHOLE = Decimal(10) ** 30
# The usual context knows no number beyond 1e999999 and would raise; a cell may hold any that Python reads.
_UNBOUNDED = Context(MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)
_NUMBERS = ("integer", "number", "year", "boolean")


def family(field: Field) -> str:
    """Fields of one family can hold equal values; those of two never do."""
    if field.type in _NUMBERS:
        return "number"
    return "text" if field.type in ("string", "any") else field.type


def key(field: Field, value: Any) -> str | None:
    """The text of a value; None for a missing one."""
    if value is None:
        return None
    if isinstance(value, bool | int | float | Decimal):
        return number_key(value)
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return _datetime_key(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return _time_key(value)
    if isinstance(value, timedelta):
        return f"{value / timedelta(microseconds=1)}"
    if isinstance(value, tuple):
        return "|".join(str(key(field, one)) for one in value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)


def number_key(value: bool | int | float | Decimal) -> str:
    exact = Decimal(value)
    if exact.is_nan():
        return UNEQUAL
    if not exact.is_finite():
        return str(exact)
    if exact == exact.to_integral_value() and exact.copy_abs() < _LARGEST_WHOLE:
        return str(int(exact))
    normal = exact.normalize(_UNBOUNDED)
    if len(normal.as_tuple().digits) <= _EXACT_DIGITS and -300 < normal.adjusted() < 300:
        return f"{DOUBLE}{float(normal)!r}"
    return str(normal)


def _datetime_key(value: datetime) -> str:
    if value.utcoffset() is None:
        return value.isoformat()
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def _time_key(value: time) -> str:
    offset = value.utcoffset()
    if offset is None:
        return value.isoformat()
    since = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) - offset
    return f"{since.total_seconds()}.{value.microsecond:06}Z"
