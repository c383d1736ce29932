"""Figures as people read them: amounts, dates, versions and codes in English and Chinese texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = "|".join(MONTHS)
_UNITS = {"万": 10**4, "亿": 10**8, "million": 10**6, "m": 10**6, "billion": 10**9}
_FIGURE = re.compile(
    rf"""(?P<iso>(?<!\d)\d{{4}}-\d\d(?:-\d\d)?(?![\d-]))
    |(?P<version>(?<!\d)\d+\.\d+\.\d+)
    |(?P<code>(?<![A-Za-z])(?!V\d+\.\d+\.\d)[A-Za-z]+\d+[A-Za-z0-9]*)
    |(?:(?P<day>\d{{1,2}})\s)?(?P<month>{_MONTH})\s(?P<year>\d{{4}})
    |(?P<zh_year>\d{{4}})\s?年(?:\s?(?P<zh_month>\d{{1,2}})\s?月(?:\s?(?P<zh_day>\d{{1,2}})\s?日)?)?
    |(?P<amount>(?:(?<![\w)])[-−])?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)(?:\s?(?P<unit>万|亿|million|billion|m)(?![a-z]))?""",
    re.VERBOSE,
)
_INVISIBLE = re.compile("[\u2066-\u2069\u200e\u200f\u00ad]")


class Figure(NamedTuple):
    """`text` is a date as ISO 8601, a version or a code, else the amount as written; `step` is what its last digit
    is worth."""

    text: str
    value: Decimal | None = None
    step: Decimal = Decimal(0)


# What a figure must be: an amount, or a text (a date, a year, a code) to the letter.
Wanted = Decimal | str


def plain(text: str) -> str:
    """On one line, with ordinary spaces and without marks of direction."""
    return " ".join(_INVISIBLE.sub("", text).replace("\u00a0", " ").split())


def figures(text: str) -> list[Figure]:
    return [_figure(found) for found in _FIGURE.finditer(plain(text))]


def _figure(found: re.Match[str]) -> Figure:
    part = found.groupdict()
    if part["month"]:
        month = f"{part['year']}-{MONTHS.index(part['month']) + 1:02}"
        return Figure(f"{month}-{int(part['day']):02}" if part["day"] else month)
    if part["zh_month"]:
        month = f"{part['zh_year']}-{int(part['zh_month']):02}"
        return Figure(f"{month}-{int(part['zh_day']):02}" if part["zh_day"] else month)
    if part["zh_year"]:
        return Figure(part["zh_year"], Decimal(part["zh_year"]))
    if part["amount"]:
        number = Decimal(part["amount"].replace(",", "").replace("−", "-"))
        unit = Decimal(_UNITS.get(part["unit"] or "", 1))
        exponent = number.as_tuple().exponent
        return Figure(part["amount"], number * unit, unit.scaleb(int(exponent)))
    return Figure(found[0])


def wanted(text: str) -> list[Wanted]:
    """The figures of a text that is shown as it is."""
    return [figure.text for figure in figures(text)]


def agree(shown: Sequence[Figure], want: Sequence[Wanted], *, rounded: bool = False) -> bool:
    """Whether the figures are those that are wanted, in this order; `rounded`: to two decimals or more."""
    return len(shown) == len(want) and all(
        _is(figure, value, rounded) for figure, value in zip(shown, want, strict=True)
    )


def _is(figure: Figure, value: Wanted, rounded: bool) -> bool:
    if isinstance(value, str):
        return figure.text == value
    if figure.value is None or figure.value == value:
        return figure.value == value
    decimals = Decimal(figure.text.replace(",", "")).as_tuple().exponent
    return rounded and int(decimals) <= -2 and abs(figure.value - value) <= figure.step / 2
