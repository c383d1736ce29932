"""What a program has made of typed cells: how many are changed, and how. Cells are as cells.py codes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import cache

Cell = str | None
Answer = Mapping[str, object]

KINDS = {"t": "texts", "n": "numbers", "d": "days and times", "b": "truth values", "o": "lists and objects"}
GAPS = "gaps"
# What has another kind, or none, and has lost no value.
HARMLESS = (" are texts", " are empty texts", "empty texts became gaps")


def changes(typed: Sequence[Sequence[Cell]], found: Sequence[Sequence[Cell]]) -> Counter[str]:
    """How many cells became what; rows are in the same order."""
    counted: Counter[str] = Counter()
    for right, row in zip(typed, found, strict=False):
        # A program may leave out gaps at the end of a row.
        for value, cell in zip(right, [*row, *[None] * (len(right) - len(row))], strict=False):
            if value != cell and (change := changed(value, cell)):
                counted[change] += 1
    if len(typed) != len(found):
        counted["rows are missing" if len(found) < len(typed) else "rows are too many"] += abs(len(typed) - len(found))
    return counted


@cache
def changed(typed: Cell, found: Cell) -> str:
    """What has become of a cell, or nothing."""
    if typed is None:
        return f"{GAPS} are empty texts" if found == "t" else f"{GAPS} became {KINDS[found[0]]}" if found else ""
    kind = KINDS[typed[0]] if typed != "t" else "empty texts"
    if found is None:
        return f"{kind} became {GAPS}"
    same = is_same(typed, found)
    if typed[0] == found[0]:
        return "" if same else f"{kind} changed"
    if found[0] == "t" and same:
        return f"{kind} are texts"
    return f"{kind} became {KINDS[found[0]]}"


def is_same(typed: str, found: str) -> bool:
    """Whether both mean the same, by the kind of the typed one."""
    kind, value, cell = typed[0], typed[1:], found[1:]
    if kind == "n":
        return _is_number(value, cell)
    if kind == "d":
        return _moment(value) == _moment(cell.replace("/", "-"))  # as GDAL writes days
    if kind == "b":
        return value == cell.casefold()
    if kind == "o":
        return _parsed(value) == _parsed(cell)
    return value == cell


def _is_number(value: str, cell: str) -> bool:
    if value == "NaN":
        return cell.casefold() == "nan"
    try:
        # A double in more digits than it needs is the same double.
        is_double = Decimal(repr(float(value))) == Decimal(value)
        return float(cell) == float(value) if is_double else Decimal(cell) == Decimal(value)
    except (ValueError, InvalidOperation):
        return False


def _moment(text: str) -> object:
    """A day is its midnight, and a time without a zone is in UTC, as files and frames have them."""
    for parse in (datetime.fromisoformat, time.fromisoformat, date.fromisoformat):
        try:
            return parse(text).isoformat().removesuffix("+00:00")
        except ValueError:
            continue
    return text


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def said(counted: Mapping[str, int], failed: Iterable[str], names: int) -> str:
    """The verdict on all tables of a publication, in one cell of a page."""
    harmless = {change: count for change, count in counted.items() if change.endswith(HARMLESS)}
    harm = sorted((count, change) for change, count in counted.items() if change not in harmless)[::-1]
    parts = [f"{change} ({count:,})" for count, change in harm]
    parts += [f"names of columns changed ({names:,})"] if names else []
    parts += [f"not read: {', '.join(failed)}"] if failed else []
    return "; ".join([*(parts or ["equal"]), *(f"{change} ({count:,})" for change, count in sorted(harmless.items()))])
