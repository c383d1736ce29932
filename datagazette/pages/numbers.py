"""How numbers, dates and sizes are written for people, by each language's habit (Babel)."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Final, Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from datagazette.describe.notation import Number, decimals
from datagazette.pages.strings import Strings

NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
# This site puts a space between a digit and a Chinese, Japanese or Korean letter.
_DIGIT_THEN_CJK = re.compile(r"(\d)(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DECIMALS: Final = 2
# More than any column holds (DECIMAL(38), or a DOUBLE written out); Python's own 28 are not enough.
_DIGITS: Final = 400
# The pages of a dataset say the same numbers and days in several places; to write one takes some 20 microseconds.
_REMEMBERED: Final = 10_000
_SIZES: Final = ("B", "kB", "MB", "GB", "TB")


def exact(value: Number, strings: Strings, *, grouped: bool = True, decimals: int = 0) -> str:
    """All digits that there are, in groups of three: `829,000`, `38.62645348837209`; with `decimals` at least so many
    behind the point: `18.00`. What is no finite number is as the standard writes it: `NaN`, `-INF`."""
    if not Decimal(str(value)).is_finite():
        return str(value).upper().replace("NAN", "NaN").replace("INFINITY", "INF")
    form = f"{strings.locale.decimal_formats[None].pattern.partition('.')[0]}.{'0' * decimals}" if decimals else None
    return _all_digits(repr(value) if isinstance(value, float) else str(value), form, strings.locale, grouped)


@lru_cache(maxsize=_REMEMBERED)
def _all_digits(number: str, form: str | None, locale: Locale, grouped: bool) -> str:
    with localcontext(prec=_DIGITS):
        return format_decimal(Decimal(number), form, locale=locale, decimal_quantization=False, group_separator=grouped)


def places(value: Number) -> int:
    """The decimals of a sum of amounts, which is an exact decimal with two or more; other numbers have none to keep."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent <= -2 else 0


def is_currency(unit: str) -> bool:
    """Whether a unit is the code of a currency, as GBP."""
    return len(unit) == 3 and unit.isupper() and unit in Locale("en").currencies


def money(value: Number, code: str, strings: Strings, *, computed: bool = False) -> str:
    """An amount with the sign of its currency and the decimals that it has: `£1,275.00`, `-£200.00`. What is
    `computed` has no more of them. A sign of letters has a space behind it, `DKK 5.00`, as browsers write it: the
    element currencySpacing of CLDR, https://www.unicode.org/reports/tr35/tr35-numbers.html, which Babel leaves out."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if not Decimal(value).is_finite():
        return str(value)
    with localcontext(prec=_DIGITS):
        amount = format_currency(value, code, locale=strings.locale, decimal_quantization=computed)
    return _LETTER_BEFORE_DIGIT.sub(NO_BREAK_SPACE, amount)


def shown(value: Number, strings: Strings) -> str:
    """As a table shows it: exact, but a computed fraction is rounded where further digits mean nothing."""
    if not isinstance(value, float) or not math.isfinite(value):
        return exact(value, strings, decimals=places(value))
    if value.is_integer() and abs(value) < 1e15:
        return exact(int(value), strings)
    precise = Decimal(repr(value))
    return exact(round(precise, decimals(precise)).normalize(), strings)


def headline(value: Number, strings: Strings) -> str:
    """As people say it: zh `82.9 万`, en `829,000` and `1.3 million`.

    Short only where two decimals lose nothing, or from a hundred units on, where what they lose is small.
    """
    units = [Decimal(unit) for unit in strings["language.compact_units"].split()]
    size = abs(Decimal(str(value)))
    if not size.is_finite() or size < units[0]:
        return shown(value, strings)
    unit = max(unit for unit in units if unit <= size)
    digits = next((n for n in range(_DECIMALS + 1) if (size * 10**n) % unit == 0), None)
    if digits is None:
        if size < unit * 100:
            return shown(value, strings)
        digits = _DECIMALS
    locale = strings.locale
    form: Literal["short", "long"] = "long" if "long" in locale.compact_decimal_formats else "short"
    found = format_compact_decimal(value, format_type=form, locale=locale, fraction_digits=digits)
    return _DIGIT_THEN_CJK.sub(rf"\1{NO_BREAK_SPACE}", found).replace(" ", NO_BREAK_SPACE)


def gap(amount: str, unit: str) -> str:
    """What separates a number from its unit: nothing in `82.9 万人` and `5%`."""
    joined = unit == "%" or (_CJK.fullmatch(amount[-1:]) and _CJK.fullmatch(unit[:1]))
    return "" if joined or not unit else " "


def measured(sign: str, amount: str, unit: str) -> str:
    """A number with the sign of its bound and with its unit: `≥ 12,000 stations`."""
    return f"{sign}{' ' if sign else ''}{amount}{gap(amount, unit)}{unit}"


def percent(part: int, whole: int, strings: Strings) -> str:
    """A share; one that is not nothing never reads as 0 %."""
    share = part / whole if whole else 0.0
    if 0 < share < 0.001:
        return f"<{NO_BREAK_SPACE}{format_percent(0.001, _with_decimal(strings, '0'), locale=strings.locale)}"
    return format_percent(share, _with_decimal(strings, "#"), locale=strings.locale)


def _with_decimal(strings: Strings, digit: str) -> str:
    """How the language writes a share in percent, with one decimal: `#,##0.0%`; `digit` is `0`, or `#` where it may be
    left out."""
    pattern: str = strings.locale.percent_formats[None].pattern
    return pattern.replace("##0", f"##0.{digit}")


def file_size(size: int, strings: Strings) -> str:
    """`12.3 kB`, in steps of 1000."""
    return _size(size, strings.locale)


@lru_cache(maxsize=_REMEMBERED)
def _size(size: int, locale: Locale) -> str:
    amount, step = float(size), 0
    while amount >= 999.5 and step < len(_SIZES) - 1:
        amount, step = amount / 1000, step + 1
    digits = "#,##0.#" if step and amount < 100 else "#,##0"
    return f"{format_decimal(amount, digits, locale=locale)}{NO_BREAK_SPACE}{_SIZES[step]}"


def date_words(value: date | datetime | time | str, strings: Strings) -> str:
    """A date, a time, or a text that holds a date as far as it is known: `2021`, `2021-11`, `2020/2021`."""
    if not isinstance(value, str):
        return _moment(value, strings.locale)
    start, slash, end = value.partition("/")
    if slash and _PARTIAL_DATE.fullmatch(start) and _PARTIAL_DATE.fullmatch(end):
        return strings.fill("date.interval", start=_partial(start, strings), end=_partial(end, strings))
    return _partial(value, strings)


@lru_cache(maxsize=_REMEMBERED)
def _moment(value: date | datetime | time, locale: Locale) -> str:
    if isinstance(value, datetime):
        return format_datetime(value, "long" if value.tzinfo else "medium", locale=locale)
    if isinstance(value, date):
        return format_date(value, "long", locale=locale)
    return format_time(value, "medium", locale=locale)


def _partial(value: str, strings: Strings) -> str:
    found = _PARTIAL_DATE.fullmatch(value)
    if not found:
        return value
    year, month, day = (int(part or 0) for part in found.groups())
    try:
        moment = date(year, month or 1, day or 1)
    except ValueError:
        return value
    if day:
        return _moment(moment, strings.locale)
    if month and (pattern := strings.get("language.month_format")):
        return format_date(moment, pattern, locale=strings.locale)
    return _without_day("yMMMM" if month else "y", moment, strings.locale)


@lru_cache(maxsize=_REMEMBERED)
def _without_day(skeleton: str, moment: date, locale: Locale) -> str:
    return format_skeleton(skeleton, moment, locale=locale)
