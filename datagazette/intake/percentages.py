"""Percentages of a file in the way in which its table writes them: with the mark, as numbers in percent, or as parts of
one.

A workbook stores 0.125 where it shows 12.5%, and a program that reads no formats passes 0.125 on. To take the one for
the other makes a figure a hundred times too small, so where a file does not show which it means, it is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from datagazette.intake.given import Given
from datagazette.intake.notices import Place, notice, stopped

_MARKED = re.compile(r"(.*[0-9.,])(\s*%)\s*", re.DOTALL)
_DIGITS = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def without_marks(given: Given) -> Given:
    """The column without the percent marks of its cells, so that its numbers can be read."""
    if not given.is_number:
        return given
    return replace(given, cells=[_bare(cell) for cell in given.cells])


def as_table(file: str, label: str, given: Given, plain: Sequence[str], lines: Sequence[int]) -> Sequence[str]:
    """The cells of `given` in the table's way; `plain` are their numbers as the table writes numbers.

    Raises UsageError where a cell may mean a number a hundred times as large as another reading of it.
    """
    marked = {cell: found for cell in given.filled if given.is_number and (found := _MARKED.fullmatch(cell))}
    mark = _mark_of(given)
    in_percent = bool(mark) or "%" in dict(given.field.unit.values).values()
    numbers = dict(zip(given.cells, plain, strict=True))
    if in_percent:
        _refuse_parts(file, label, given, [cell for cell in given.filled if cell not in marked], numbers, lines)
    if mark:
        return [f"{numbers[cell]}{mark}" if _value(given, numbers[cell]) is not None else numbers[cell]
                for cell in given.cells]  # fmt: skip
    if not given.is_bare:
        return [cell if cell in marked else numbers[cell] for cell in given.cells]
    if not marked or in_percent:
        return plain
    parts = {cell: _scaled(given, numbers[cell], -2) for cell in marked}
    if _are_parts(given, parts, numbers):
        return [parts.get(cell, numbers[cell]) for cell in given.cells]
    if _are_parts(given, {cell: numbers[cell] for cell in marked}, parts):
        return plain
    if all(abs(value) <= 1 for value in _known(given)):
        return [parts.get(cell, numbers[cell]) for cell in given.cells]
    first = min(marked, key=given.filled.__getitem__)
    place = Place(lines[given.filled[first]], text=first)
    raise stopped(file, notice("percent-unclear", [place], column=label, whole=numbers[first], part=parts[first]))


def _bare(cell: str) -> str:
    found = _MARKED.fullmatch(cell)
    return found[1] if found else cell


def _mark_of(given: Given) -> str:
    """What most cells of the table have behind their numbers: a percent mark, perhaps with a space; or nothing."""
    if given.is_bare:
        return ""
    ends = Counter(found[2] if (found := _MARKED.fullmatch(cell)) else "" for key, cell in given.known.items() if key)
    return ends.most_common(1)[0][0] if ends else ""


def _value(given: Given, cell: str) -> Decimal | None:
    """A number of the table; None for another text."""
    group = str(given.field.descriptor.get("groupChar", ""))
    text = _bare(cell).strip()
    text = (text.replace(group, "") if group else text).replace(given.decimal_mark, ".")
    return Decimal(text) if given.read(cell) and _DIGITS.fullmatch(text) else None


def _scaled(given: Given, cell: str, places: int) -> str:
    """A number of the table times a power of ten, in the table's form; the cell itself where it is no number."""
    value = _value(given, cell)
    return cell if value is None else f"{value.normalize().scaleb(places):f}".replace(".", given.decimal_mark)


def _known(given: Given) -> list[Decimal]:
    """The numbers of the table that are not zero."""
    return [value for cell in given.known.values() if (value := _value(given, cell))]


def _are_parts(given: Given, cells: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether the table has more of one reading of cells than of the other."""
    first, second = (sum(given.read(reading[cell]) in given.known for cell in cells) for reading in (cells, others))
    return first > second


def _refuse_parts(
    file: str, label: str, given: Given, cells: Collection[str], numbers: Mapping[str, str], lines: Sequence[int]
) -> None:
    """Raises UsageError where numbers without a percent mark look like parts of one, in a table that has percentages:
    all of them are between -1 and 1, and most of the table's are not."""

    def is_new(cell: str) -> bool:
        return given.read(cell) not in given.known or given.read(_scaled(given, cell, 2)) in given.known

    values = {cell: value for cell in cells if (value := _value(given, numbers[cell]))}
    suspects = sorted((cell for cell in values if is_new(numbers[cell])), key=given.filled.__getitem__)
    before = _known(given)
    small = sum(abs(value) <= 1 for value in before)
    if suspects and small * 2 < len(before) and all(abs(value) <= 1 for value in values.values()):
        places = [Place(lines[given.filled[cell]], text=cell) for cell in suspects]
        part = numbers[suspects[0]]
        raise stopped(file, notice("percent-parts", places, column=label, whole=_scaled(given, part, 2), part=part))
