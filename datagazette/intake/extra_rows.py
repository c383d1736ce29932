"""Rows of a table that are none of its data: a total, which sums would count twice, and rows without any value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from datagazette.intake.notices import Place, notice, stopped
from datagazette.intake.sheets import Cells, Sheet

_WORDS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("totals.yaml").read_text("utf-8"))
_EXACT = frozenset(word.casefold() for word in _WORDS["words"])
_WHOLES = frozenset(_WORDS["wholes"])
_BEGINS, _ENDS, _WHOLES_BEGIN = (tuple(_WORDS[key]) for key in ("begins", "ends", "wholes_begin"))
_WHOLE, _LIKELY, _CALLED = 1, 2, 3  # how clearly a row is called a total
_FEWEST = 3  # rows with the total: what is above it is a table
_SURE = 3  # rows above a total without a word for it: fewer may add up by chance
_SAMPLE = 200  # rows that show already that a number is no sum
_LONGEST = 60  # characters of a word for a total
_AT_THE_END = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]$|[0-9¹²³]$")  # a remark in brackets, or the number of a note
_AROUND, _CLOSING = " :：.=*_-–—", ")）]］0123456789¹²³"
_NUMBER = re.compile(r"[+-]?[0-9][0-9., \u00a0\u202f'’]*|[+-]?[.,][0-9]+")
_MARKS = str.maketrans({"−": "-", "٫": ".", "٬": " ", "·": ".", "％": "%", "٪": "%"})


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row is called a total."""
    return _called(cells) >= _LIKELY


def has_total(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has a row that is called a total, or a last one that is the sum of the others."""
    return any(map(is_total, rows)) or (len(rows) >= _FEWEST and len(_sums(rows[:-1], rows[-1]) or ()) > 1)


def settled(sheet: Sheet, wanted: str, *, known: bool = False) -> Sheet:
    """The sheet without its total, where the first or the last row is one and holds the sums of the others.

    `wanted` is `keep` or `drop` where a person has decided. `known`: the table had a total before, which is kept.
    Raises UsageError where the row is called a total and its numbers are no sums.
    """
    if len(sheet.rows) < _FEWEST:
        return sheet
    called = {at: clearly for at, row in enumerate(sheet.rows) if (clearly := _called(row))}
    found = [at for at, clearly in called.items() if clearly >= _LIKELY]
    notes = {at for at, row in enumerate(sheet.rows) if len([*filter(None, row)]) == 1}
    last = max(set(range(len(sheet.rows))) - notes, default=0)
    if not found:
        return _without_sums(sheet, wanted, [at for at in (last, 0) if at == last or at in called], called, known=known)
    places = [Place(sheet.lines[at], text=" | ".join(sheet.rows[at])) for at in found]
    if wanted == "keep" or (not wanted and (known or len(found) > 1 or found[0] not in (0, last))):
        certain = any(called[at] == _CALLED for at in found)
        return sheet.without((), notice("total-kept" if certain else "total-likely", places))
    if wanted == "drop" or _sums(_others(sheet, found[0]), sheet.rows[found[0]]) is not None:
        return sheet.without(found, notice("total", places))
    if called[found[0]] == _LIKELY:
        return sheet.without((), notice("total-likely", places))
    raise stopped(sheet.name, notice("total-unclear", places))


def _without_sums(sheet: Sheet, wanted: str, places: Sequence[int], called: Mapping[int, int], *, known: bool) -> Sheet:
    """The sheet without a row that no word calls a total and that is one by its numbers.

    Where few rows or a single column add up, that may be by chance: then the row is kept, and named if that is likely.
    """
    for at in places:
        rows, total = _others(sheet, at), sheet.rows[at]
        label = _label(rows, total)
        found = _sums(rows, total) if at in called or label is not None else None
        if not found or wanted == "keep":
            continue
        named = at in called or label == ""
        place = [Place(sheet.lines[at], text=" | ".join(total))]
        if not known and (wanted == "drop" or named or (len(found) > 1 and len(rows) >= _SURE)):
            return sheet.without([at], notice("total-sums", place))
        if len(found) > 1 or named:
            return sheet.without((), notice("total-likely", place))
    subtotals = [] if wanted == "keep" or known else _subtotals(sheet.rows)
    if not subtotals:
        return sheet
    each = [Place(sheet.lines[at], text=" | ".join(sheet.rows[at])) for at in subtotals]
    if wanted == "drop":
        return sheet.without(subtotals, notice("total", each))
    return sheet.without((), notice("total-likely", each))


def _subtotals(rows: Sequence[Cells]) -> list[int]:
    """The rows that lack a text which most have, where two or more of them are each the sum of the rows since the one
    before it."""
    texts = [at for at, cell in enumerate(rows[0]) if cell and _amount(cell) is None]
    gaps = [at for at, row in enumerate(rows) if not all(row[column] for column in texts)]
    if 2 * len(gaps) > len(rows):
        return []
    parts = zip((-1, *gaps), gaps, strict=False)
    found = [at for before, at in parts if at - before > _FEWEST - 1 and _sums(rows[before + 1 : at], rows[at])]
    if len(found) < 2:
        return []
    last = len(rows) - 1
    rest = [row for at, row in enumerate(rows) if at not in (*found, last)]
    return [*found, last] if last in gaps and last not in found and _sums(rest, rows[last]) else found


def without_blank(sheet: Sheet, missing: Sequence[Collection[str]]) -> Sheet:
    """The sheet without the rows that hold only texts for no value; `missing` are those of each column."""
    blank = [
        at for at, row in enumerate(sheet.rows)
        if all(not cell or cell in texts for cell, texts in zip(row, missing, strict=True))
    ]  # fmt: skip
    places = (Place(sheet.lines[at], text=" | ".join(sheet.rows[at])) for at in blank)
    return sheet.without(blank, notice("blank", places)) if blank else sheet


def _others(sheet: Sheet, at: int) -> list[Cells]:
    return [row for number, row in enumerate(sheet.rows) if number != at]


def _called(cells: Sequence[str]) -> int:
    """How clearly the texts of a row call it a total: its first one, or less clearly another."""
    words = [
        (at, clearly) for at, cell in enumerate(cells)
        if cell and not cell[0].isdecimal() and len(cell) <= _LONGEST and (clearly := _word(cell))
    ]  # fmt: skip
    if not words:
        return 0
    first = next((at for at, cell in enumerate(cells) if cell.strip() and _amount(cell) is None), 0)
    return max(clearly if at == first else _LIKELY * (clearly == _CALLED) for at, clearly in words)


def _word(cell: str) -> int:
    word = bare = cell.casefold().strip(_AROUND)
    if word and word[-1] in _CLOSING:
        bare = _AT_THE_END.sub("", word).strip(_AROUND)
    if word in _EXACT or bare in _EXACT:
        return _CALLED
    if word.startswith(_BEGINS) or bare.endswith(_ENDS):
        return _LIKELY
    return _WHOLE if bare in _WHOLES or word.startswith(_WHOLES_BEGIN) else 0


def _label(rows: Sequence[Cells], total: Cells) -> str | None:
    """What the row is called that may be a total: its first text without a digit, or nothing where the others have a
    text; None where it is called as data are, by a day or a code."""
    texts = [at for at, cell in enumerate(rows[0]) if cell and _amount(cell) is None]
    labels = [total[at] for at in texts]
    if not labels or any(character.isdecimal() for label in labels for character in label):
        return None
    return next(filter(None, labels), "" if all(row[texts[0]] for row in rows) else None)


def _sums(rows: Sequence[Sequence[str]], total: Sequence[str]) -> set[tuple[Decimal, ...]] | None:
    """The shares that the first rows have of each number of a row, where each is the sum of those in its column; a
    column that is the multiple of another shows nothing more. None where one is no sum, or there is none.

    What is alike in all rows (a year), or counts them, is no amount.
    """
    shares = set()
    columns = [at for at, cell in enumerate(total) if _amount(cell) is not None]
    varied = [at for at in columns if not _is_alike(rows, total, at)]
    for at in [at for at in varied if not _counts(rows, total, at)] or varied or columns:
        cells = [row[at] for row in rows]
        point = next((point for point in ".," if _is_sum(cells, total[at], point)), "")
        if not point:
            return None
        whole = _number(total[at], point)
        if whole:
            shares.add(tuple(round((_number(cell, point) or Decimal()) / whole, 6) for cell in cells[:_SAMPLE]))
    return shares if columns else None


def _is_alike(rows: Sequence[Sequence[str]], total: Sequence[str], at: int) -> bool:
    return all(row[at] == total[at] for row in rows)


def _counts(rows: Sequence[Sequence[str]], total: Sequence[str], at: int) -> bool:
    """Whether a column numbers the rows, the total at their end too."""
    first = rows[0][at]
    return (
        first in ("0", "1") and total[at] == str(len(rows) + int(first))
        and all(row[at] == str(number) for number, row in enumerate(rows, int(first)))
    )  # fmt: skip


def _is_sum(cells: Sequence[str], total: str, point: str) -> bool:
    """Rounded parts may differ from a rounded sum by one of its last digit."""
    expected = _number(total, point)
    some = [_number(cell, point) for cell in cells[:_SAMPLE] if _amount(cell) is not None]
    if expected is None or not some or None in some:
        return False
    if sum(filter(None, some), Decimal()) > expected + 1 and not any(cell.startswith(("-", "−")) for cell in cells):
        return False
    numbers = [_number(cell, point) for cell in cells if _amount(cell) is not None]
    if None in numbers:
        return False
    digits = -int(expected.as_tuple().exponent)
    unsure = Decimal(1).scaleb(-digits) if digits > 0 or "%" in total.translate(_MARKS) else 0
    return abs(sum(filter(None, numbers), Decimal()) - expected) <= unsure


@lru_cache(10_000)
def _amount(cell: str) -> str | None:
    """A number without its percent sign or currency, in plain digits; None for another text."""
    if cell.isascii() and cell.isdecimal():
        return cell
    plain = "".join(
        str(unicodedata.decimal(character, character)) for character in cell.translate(_MARKS)
        if unicodedata.category(character) != "Sc"
    ).strip().removesuffix("%").strip()  # fmt: skip
    return plain if _NUMBER.fullmatch(plain) else None


def _number(text: str, point: str) -> Decimal | None:
    whole, _, rest = (_amount(text) or "").partition(point)
    bare = re.sub(r"[^0-9+-]", "", whole)
    if not re.fullmatch("[0-9]*", rest) or not (bare.strip("+-") or rest):
        return None
    return Decimal(f"{bare or '0'}.{rest or ''}" if rest else bare)
