"""The file `.csvt` beside a CSV, from which GDAL and QGIS take the types of its columns.

Without one they guess, or read every column as text: https://gdal.org/en/stable/drivers/vector/csv.html. A column has
another type than text only where GDAL reads each of its cells as what it is. Truth values stay texts: older versions
read `true` as 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from datagazette.model.resource import Field
from datagazette.tables.columns import by_column
from datagazette.tables.types import TYPES
from datagazette.tables.types.numbers import WrittenNumber

_DAY, _CLOCK = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_TEXT = "String"
# The name of GDAL for a type of Table Schema, and the texts that it reads as one.
_TYPES = {
    "integer": ("Integer64", re.compile("[+-]?[0-9]{1,18}")),
    "year": ("Integer", re.compile("[0-9]{4}")),
    "number": ("Real", re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")),
    "date": ("Date", re.compile(_DAY)),
    "time": ("Time", re.compile(_CLOCK)),
    "datetime": ("DateTime", re.compile(f"{_DAY}T{_CLOCK}Z?")),
}
_MOST_DIGITS = 17  # that programs write of a double


def csvt(fields: Sequence[Field], rows: Iterable[Sequence[str]]) -> str:
    """The text of the file for a CSV with these columns and rows; an empty cell is null in any column but of texts."""
    watched = {
        at: _TYPES[field.type] for at, field in enumerate(fields) if field.type in _TYPES and not _is_other(field)
    }
    kinds = [_TYPES[field.type][0] if at in watched else _TEXT for at, field in enumerate(fields)]
    for columns in by_column(rows, len(fields)) if watched else ():
        for at, (name, plain) in tuple(watched.items()):
            cells = columns[at]
            others = [cell for cell in cells if not plain.fullmatch(cell)]
            if any(others) or (name == "Real" and not all(map(_is_kept, filter(None, cells)))):
                kinds[at] = _TEXT
                del watched[at]
        if not watched:
            break
    return ",".join(f'"{kind}"' for kind in kinds) + "\n"


def _is_other(field: Field) -> bool:
    """Whether numbers have other marks than a point: 38.411 may be 38411."""
    kind = TYPES[field.type](field)
    return isinstance(kind, WrittenNumber) and not kind.is_plain


def _is_kept(number: str) -> bool:
    """Whether a number has no more digits than a double."""
    return len(number) <= _MOST_DIGITS or len(Decimal(number).normalize().as_tuple().digits) <= _MOST_DIGITS
