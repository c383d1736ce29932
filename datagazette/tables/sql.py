"""How names and values reach SQL: the one place that quotes them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from decimal import Decimal

# Between a field's name and the places of its capital letters, in the name of a column of a typed table.
_CAPITALS = "\x03"
# Half a character is a text to JSON and to Python, but not to UTF-8, and so in no text that DuckDB holds.
_HALF = re.compile("[\ud800-\udfff]")


def identifier(*parts: str) -> str:
    """A quoted name, with its schema or table before it: `identifier("a", "b")` is `"a"."b"`."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def literal(value: str | int | float | Decimal | bool | None) -> str:
    """A value as SQL text. Strings hold no NUL: DuckDB's parser ends there. Of one with half a character it is a text
    that no cell has, as no cell can equal it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if "\0" in value:
        return " || chr(0) || ".join(literal(part) for part in value.split("\0"))
    if not value.isascii():
        value = _HALF.sub(lambda half: f"\x1f\x1e{ord(half[0]):x}", value)
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str | int | float | Decimal | bool | None]) -> str:
    """Values separated by commas, as `IN (...)` takes them."""
    return ", ".join(map(literal, values))


def count_of(condition: str) -> str:
    """How many rows meet a condition.

    DuckDB gives each `FILTER` of a statement memory for all that the statement counts, so that many of them take the
    square of their number.
    """
    return f"count(CASE WHEN {condition} THEN 1 END)"


def columns(names: Iterable[str]) -> str:
    """The columns of these fields in a typed table, separated by commas."""
    return ", ".join(map(field_column, names))


def field_column(field: str, *before: str) -> str:
    """The column of a field in a typed table, with the relation before it: `field_column("size", "a")` is `"a"."size"`.

    To DuckDB the names `Count` and `count` are one, and it answers with the values of the first. So the column's name
    has the places of the capital letters behind it; which letters are one in two cases is a matter of ASCII to DuckDB.
    """
    capitals = [str(place) for place, letter in enumerate(field) if letter in string.ascii_uppercase]
    is_plain = not capitals and _CAPITALS not in field
    return identifier(*before, field if is_plain else f"{field}{_CAPITALS}{','.join(capitals)}")


def field_of(name: str) -> str:
    """The field whose column in a typed table has this name."""
    return name.rpartition(_CAPITALS)[0] if _CAPITALS in name else name
