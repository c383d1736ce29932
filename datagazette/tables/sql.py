"""How names and values reach SQL: the one place that quotes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal


def identifier(*parts: str) -> str:
    """A quoted name, with its schema or table before it: `identifier("a", "b")` is `"a"."b"`."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def literal(value: str | int | float | Decimal | bool | None) -> str:
    """A value as SQL text. Strings hold no NUL: DuckDB's parser ends there."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if "\0" in value:
        return " || chr(0) || ".join(literal(part) for part in value.split("\0"))
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str | int | float | Decimal | bool | None]) -> str:
    """Values separated by commas, as `IN (...)` takes them."""
    return ", ".join(map(literal, values))


def columns(names: Iterable[str]) -> str:
    """Quoted column names separated by commas."""
    return ", ".join(map(identifier, names))
