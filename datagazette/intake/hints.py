"""What a person may want to do with a table beyond what it is: limits of coordinates, and years that are columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from datagazette.intake.columns import Column
from datagazette.intake.notices import Notice, Place, notice

# The largest value of a coordinate in degrees, by the name or heading of its column.
_DEGREES = {
    **dict.fromkeys(("lat", "latitude", "纬度"), 90), **dict.fromkeys(("lon", "lng", "long", "longitude", "经度"), 180),
}  # fmt: skip
_FEWEST_YEARS = 3
_YEAR = re.compile(r"(1[89]|20)[0-9]{2}")


def degrees(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Mapping[str, int]:
    """The largest value that coordinates may have, by the name of the column, where all are within it."""
    found = {}
    for at, column in enumerate(columns):
        largest = _DEGREES.get(column.named.label.lower(), _DEGREES.get(column.name))
        if largest and column.type == "number" and not column.extras and all(_within(row[at], largest) for row in rows):
            found[column.name] = largest
    return found


def _within(cell: str, largest: int) -> bool:
    try:
        return not cell or abs(float(cell)) <= largest
    except ValueError:
        return True  # a text for no value


def years(columns: Sequence[Column]) -> Notice:
    """Columns that are years, one after another: each year to come is another column, and changes the schema."""
    found = [column.named.label for column in columns if _YEAR.fullmatch(column.named.label)]
    series = len(found) >= _FEWEST_YEARS and all(int(before) < int(after) for before, after in pairwise(found))
    return notice("years", [Place(text=f"{found[0]} … {found[-1]}")] if series else [])
