"""Limits in columns of numbers, such as `<0.5` of a laboratory and `>100` of an office, as a number and its bound.

The number stays in its column, and what the sign says of it goes into a column of its own, which the field names as its
`boundField`. So the numbers can be computed with, and pages, charts and the explorer show the sign again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from datagazette.intake.counting import MISSING
from datagazette.intake.naming import named
from datagazette.intake.notices import Notice, Place, notice
from datagazette.intake.sheets import Sheet
from datagazette.model.resource import Table

EXACT = "exact"
SUFFIX = "_bound"
_CODES = {
    "<": "less_than", "≤": "at_most", "<=": "at_most", "≦": "at_most", "⩽": "at_most",
    ">": "more_than", "≥": "at_least", ">=": "at_least", "≧": "at_least", "⩾": "at_least",
    "~": "approximate", "≈": "approximate",
}  # fmt: skip
_NUMBER = r"[+-]?(?:[0-9][0-9.,'’ \xa0\u202f]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \xa0]?%?"
_BOUNDED = re.compile(rf"(<=|>=|[<>≤≥≦≧⩽⩾~≈])\s*({_NUMBER})")
_PLAIN = re.compile(_NUMBER)
_SIGN = re.compile("[<>≤≥≦≧⩽⩾~≈＜＞～]")


def read_limit(text: str) -> tuple[str, str] | None:
    """(number, bound) of a cell with a sign before its number, in full width too; None of any other."""
    found = _BOUNDED.fullmatch(unicodedata.normalize("NFKC", text).replace("\u2009", " ").strip())
    return (found[2].strip(), _CODES[found[1]]) if found else None


def with_bounds(sheet: Sheet, text: Collection[str] = ()) -> Sheet:
    """The sheet with a column of bounds behind each column of numbers in which some have a sign. Those in `text`, by
    label or name, stay as they are, and so does a sheet that a package describes."""
    if sheet.resource.get("schema"):
        return sheet
    names = named(sheet.labels)
    chosen = {at for at, column in enumerate(names)
              if not {column.label, column.name} & set(text) and not column.coded}  # fmt: skip
    limited = _limited(sheet, chosen)
    taken = {column.name for column in names}
    places = {at: f"{names[at].name}{SUFFIX}" for at in limited if f"{names[at].name}{SUFFIX}" not in taken}
    return _split(sheet, places)


def with_bounds_of(sheet: Sheet, table: Table) -> Sheet:
    """The same of a changed file of a table: its columns of bounds are made where the file has none of them, and new
    ones where numbers without any have signs now."""
    names = [column.name for column in named(sheet.labels)]
    titles = {title: field.name for field in table.schema.fields for title in dict(field.title.values).values()}
    meant = [titles.get(label, label if table.schema.field(label) else name)
             for label, name in zip(sheet.labels, names, strict=True)]  # fmt: skip
    bounds = {field.name: bound.name for field in table.schema.fields if (bound := table.schema.bound_of(field))}
    numbers = {field.name for field in table.schema.fields if field.type in ("integer", "number")}
    limited = _limited(sheet, {at for at, name in enumerate(meant) if name in numbers})
    places = {at: bounds.get(name, f"{name}{SUFFIX}") for at, name in enumerate(meant)
              if name in bounds or at in limited}  # fmt: skip
    return _split(sheet, {at: bound for at, bound in places.items() if bound not in meant})


def _limited(sheet: Sheet, chosen: Collection[int]) -> set[int]:
    """The columns of numbers in which some have a sign; of a table with such a column also those in which all have."""
    signed_rows = [row for row in sheet.rows if _SIGN.search("\0".join(row))]  # of most tables there are none
    found = {at for row in signed_rows for at in chosen if _SIGN.search(row[at]) and read_limit(row[at])}
    some: set[int] = set()
    every: set[int] = set()
    for at in found:
        cells = {row[at].strip() for row in sheet.rows} - {"", *MISSING}
        signed = {cell for cell in cells if read_limit(cell)}
        if signed and all(_PLAIN.fullmatch(cell) for cell in cells - signed):
            (some if cells - signed else every).add(at)
    return some | every if some else some


def _split(sheet: Sheet, places: Mapping[int, str]) -> Sheet:
    """The sheet with the columns of bounds, by the places of the numbers, which they follow."""
    if not places:
        return sheet
    labels = tuple(part for at, label in enumerate(sheet.labels)
                   for part in ((label, places[at]) if at in places else (label,)))  # fmt: skip
    rows = tuple(tuple(part for at, cell in enumerate(row)
                       for part in (_parts(cell) if at in places else (cell,))) for row in sheet.rows)  # fmt: skip
    bounds = {sheet.labels[at]: bound for at, bound in places.items()}
    return replace(sheet, labels=labels, rows=rows, bounds=bounds, notices=(*sheet.notices, *_notices(sheet, places)))


def _parts(cell: str) -> tuple[str, str]:
    found = read_limit(cell)
    return found or (cell, "" if cell.strip() in ("", *MISSING) else EXACT)


def _notices(sheet: Sheet, places: Mapping[int, str]) -> Iterator[Notice]:
    for at, bound in places.items():
        found = [Place(line, text=row[at]) for line, row in zip(_lines(sheet), sheet.rows, strict=True)
                 if read_limit(row[at])]  # fmt: skip
        yield notice("limits", found, column=sheet.labels[at], bound=bound)


def _lines(sheet: Sheet) -> Sequence[int]:
    return sheet.lines or range(2, len(sheet.rows) + 2)
