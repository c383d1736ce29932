"""Rows of a table that are none of its data: a total, which sums would count twice, and rows without any value."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from decimal import Decimal

from datagazette.intake.notices import Place, notice, stopped
from datagazette.intake.sheets import Cells, Sheet

_TOTALS = frozenset((
    "total", "totals", "grand total", "overall total", "total general", "total général", "totale", "totaal", "sum",
    "summe", "gesamt", "insgesamt", "gesamtsumme", "suma", "summa", "soma", "somma", "ialt", "i alt", "итого", "всего",
    "subtotal", "sub-total", "zwischensumme", "sous-total", "合计", "合計", "总计", "總計", "总和", "共计", "小计",
))  # fmt: skip
_FEWEST = 3  # rows with the total: what is above it is a table
_NUMBER = re.compile(r"[+-]?[0-9][0-9., \u00a0\u202f'’]*|[+-]?[.,][0-9]+")


def is_total(cells: Sequence[str]) -> bool:
    """Whether the first cell with a text says that the row is a total."""
    first = next((cell for cell in cells if cell.strip()), "")
    return first.lower().strip(" :：.=*") in _TOTALS


def settled(sheet: Sheet, wanted: str, *, known: bool = False) -> Sheet:
    """The sheet without its total, where the first or the last row is one and holds the sums of the others.

    `wanted` is `keep` or `drop` where a person has decided. `known`: the table had a total before, which is kept.
    Raises UsageError where the row is called a total and its numbers are no sums.
    """
    found = [at for at, row in enumerate(sheet.rows) if is_total(row)]
    if not found or len(sheet.rows) < _FEWEST:
        return sheet
    places = [Place(sheet.lines[at], text=" | ".join(sheet.rows[at])) for at in found]
    notes = {at for at, row in enumerate(sheet.rows) if len([*filter(None, row)]) == 1}
    last = max(set(range(len(sheet.rows))) - notes, default=0)
    if wanted == "keep" or (not wanted and (known or len(found) > 1 or found[0] not in (0, last))):
        return sheet.without((), notice("total-kept", places))
    if wanted == "drop" or _adds_up([row for at, row in enumerate(sheet.rows) if at != found[0]], sheet.rows[found[0]]):
        return sheet.without(found, notice("total", places))
    raise stopped(sheet.name, notice("total-unclear", places))


def without_blank(sheet: Sheet, missing: Sequence[Collection[str]]) -> Sheet:
    """The sheet without the rows that hold only texts for no value; `missing` are those of each column."""
    blank = [
        at for at, row in enumerate(sheet.rows)
        if all(not cell or cell in texts for cell, texts in zip(row, missing, strict=True))
    ]  # fmt: skip
    places = (Place(sheet.lines[at], text=" | ".join(sheet.rows[at])) for at in blank)
    return sheet.without(blank, notice("blank", places)) if blank else sheet


def _adds_up(rows: Sequence[Cells], total: Cells) -> bool:
    """Whether each number of a row is the sum of those in its column, in one of the two ways to write decimals."""
    columns = [at for at, cell in enumerate(total) if _NUMBER.fullmatch(cell)]
    return bool(columns) and any(
        all(_is_sum([row[at] for row in rows], total[at], point) for at in columns) for point in ".,"
    )


def _is_sum(cells: Sequence[str], total: str, point: str) -> bool:
    """Rounded parts may differ from a rounded sum by one of its last digit."""
    expected = _number(total, point)
    numbers = [_number(cell, point) for cell in cells if _NUMBER.fullmatch(cell)]
    if expected is None or not numbers or None in numbers:
        return False
    digits = -int(expected.as_tuple().exponent)
    return abs(sum(filter(None, numbers), Decimal()) - expected) <= (Decimal(1).scaleb(-digits) if digits > 0 else 0)


def _number(text: str, point: str) -> Decimal | None:
    bare = re.sub(r"[^0-9+-]", "", text.partition(point)[0])
    rest = text.partition(point)[2]
    if not re.fullmatch("[0-9]*", rest) or not (bare.strip("+-") or rest):
        return None
    return Decimal(f"{bare or '0'}.{rest or ''}" if rest else bare)
