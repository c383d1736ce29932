"""Whether a constraint of a field became stricter or laxer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from datagazette.diff.outcome import Bump
from datagazette.model.publication import Field

_LOWER = ("minimum", "exclusiveMinimum", "minLength")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength")
_SETS = ("enum",)


def constraint_changes(old: Field, new: Field) -> Iterator[tuple[str, str, str, Bump]]:
    """(constraint, before, after, bump) of each that differs; categories count as a list of allowed values."""
    for name in sorted({*old.constraints, *new.constraints}):
        before, after = old.constraints.get(name), new.constraints.get(name)
        if before != after:
            yield name, _told(before), _told(after), _bump(name, before, after)
    yield from _categories(old, new)


def _categories(old: Field, new: Field) -> Iterator[tuple[str, str, str, Bump]]:
    before, after = [one.value for one in old.categories], [one.value for one in new.categories]
    if before != after:
        gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
        told = (", ".join(gone), ", ".join(come)) if gone or come else (", ".join(before), ", ".join(after))
        yield "categories", *told, _allowed(before, after)
    elif old.categories != new.categories:
        yield "categories", "", "", "patch"


def _bump(name: str, before: Any, after: Any) -> Bump:
    """MINOR only where every value that was allowed is still allowed; what cannot be told counts as stricter."""
    if name in _SETS:
        return _allowed(before, after)
    if isinstance(before, bool | None) and isinstance(after, bool | None):
        return "major" if after else ("minor" if before else "patch")
    if after is None:
        return "minor"
    if before is None:
        return "major"
    if name in _LOWER:
        return "minor" if _is_less(after, before) else "major"
    if name in _UPPER:
        return "minor" if _is_less(before, after) else "major"
    return "major"


def _allowed(before: Any, after: Any) -> Bump:
    """Of two lists of allowed values; an empty one allows everything."""
    if not after:
        return "minor"
    if not before:
        return "major"
    lost = [one for one in before if one not in after]
    if lost:
        return "major"
    return "minor" if len(after) > len(before) else "patch"


def _is_less(one: Any, other: Any) -> bool:
    """Numbers by value; days and times, which are written so that they sort, by their text."""
    try:
        return Decimal(str(one)) < Decimal(str(other))
    except InvalidOperation:
        return str(one) < str(other)


def _told(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
