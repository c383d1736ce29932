"""A whole row in one look: a regular expression that only fine lines of a file match.

In a file without quotes a line is a row, and its cells end where the delimiters are. Most columns can say in
a regular expression which texts are surely fine (`shape`); the columns' expressions, put together with the
delimiter between them, make one that DuckDB runs over each line before it takes any line apart. A line that
does not match is not wrong: it is looked at closely.

With quotes, that holds while every line that has one is fine: then its quotes are where cells begin and end, and the
next line begins a row.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from datagazette.tables import readers
from datagazette.tables.columns import PLAIN_FORMATS, Column
from datagazette.tables.patterns import translate
from datagazette.tables.readers import Constraint
from datagazette.tables.sql import literal

LONGEST = 4000  # signs of an expression: beyond it RE2 may run out of memory and become slow
_MOST_TEXTS = 100  # of an enumeration
_LARGEST_WHOLE = 9_999_999  # of numbers with decimals
_LONGEST_TEXT = 60  # of a length constraint, which RE2 counts out
_MONTH, _CLOCK = "(?:0[1-9]|1[0-2])", "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
# Every day but 29 February, which not every year has.
_DAY = f"(?:{_MONTH}-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_LEAP_YEARS = range(1900, 2101)  # a leap day of other years takes a closer look


@dataclass(frozen=True)
class Line:
    """What tells a line of a file that has no line breaks in quotes: `fine` is the expression of one that is surely
    fine, `blank` of one without values that `fine` might match; None where it matches no such line."""

    fine: str
    blank: str | None

    def condition(self, text: str) -> str:
        """The SQL condition that `text`, an expression of the line, is surely fine."""
        fine = f"regexp_full_match({text}, {literal(self.fine)})"
        return fine if self.blank is None else f"({fine} AND NOT regexp_full_match({text}, {literal(self.blank)}))"


def line(columns: Sequence[Column], delimiter: str, quote: str = "", quoted: Sequence[bool | None] = ()) -> Line | None:
    """None where a column has no expression, or the whole is too long.

    `quoted` tells of each column whether all of its cells are in quotes, or none; None of one that has both. It is
    empty for a file without quotes. A sign that ends a cell is in no fine one, but a delimiter in quotes.
    """
    if len(columns) < 2:
        return None
    forms = [_Form(delimiter, quote, one) for one in quoted or [False] * len(columns)]
    forms[0] = replace(forms[0], whole=False)
    shapes = [form.of(partial(shape, one)) for form, one in zip(forms, columns, strict=True)]
    whole = _joined(shapes, delimiter)
    if whole is None or len(whole) > LONGEST:
        return None
    missing = [form.of(partial(_missing, one)) for form, one in zip(forms, columns, strict=True)]
    return Line(whole, None if any(map(_required, columns)) else _joined(missing, delimiter))


@dataclass(frozen=True)
class _Form:
    """How the cells of a column are written: all in quotes, none, or (None) either. `whole`: whether a fine cell in
    quotes may hold delimiters and doubled quotes."""

    delimiter: str
    quote: str
    quoted: bool | None
    whole: bool = True

    def of(self, shaped: Callable[[str, str], str | None]) -> str | None:
        """`shaped` gives the expression of cells that hold none of the signs it is handed, but may hold, doubled, that
        which comes second."""
        signs = self.delimiter + self.quote
        plain = shaped(signs, "") if not self.quoted else None
        inside = None
        if self.quoted is not False:
            inside = shaped(self.quote, self.quote) if self.whole else shaped(signs, "")
        if inside is not None:
            sign = re.escape(self.quote)
            inside = f"{sign}(?:{inside}){sign}"
        found = [one for one in (plain, inside) if one is not None]
        return "|".join(found) if found else None


def _joined(cells: Sequence[str | None], delimiter: str) -> str | None:
    """The expression of a line of these cells; None where a cell has none."""
    if None in cells:
        return None
    return re.escape(delimiter).join(f"(?:{one})" for one in cells)


def shape(column: Column, signs: str, doubled: str = "") -> str | None:
    """Texts that are surely fine in a column, and that hold none of the signs, which end a cell; free text may hold
    the sign `doubled`, which is written twice."""
    if any(one.isalnum() or one == "-" for one in signs):
        return None
    values = _values(column, signs, doubled if not any(_holds(one, doubled) for one in column.missing) else "")
    if values is None:
        return None
    missing = _missing(column, signs)
    if missing is None:
        return values
    if not _required(column):
        return f"{values}|{missing}"
    # A missing value may look like one that is there: then it is not seen to be missing.
    return None if any(re.fullmatch(values, one) for one in column.missing) else values


def _required(column: Column) -> bool:
    return any(one.name == "required" and one.expected for one in column.rules)


def _holds(text: str, signs: str) -> bool:
    return any(one in text for one in signs)


def _missing(column: Column, signs: str, _: str = "") -> str | None:
    """The missing values; None where a cell of the column cannot be missing."""
    found = [re.escape(one) for one in column.missing if not _holds(one, signs + "\n")]
    return "|".join(found) if found else None


def _values(column: Column, signs: str, doubled: str) -> str | None:
    rules = {one.name: one for one in column.rules}
    patterned = column.field.type in ("date", "time", "datetime") and column.field.format != "default"
    if column.reading.certain == "FALSE" or patterned or readers.JSON_SCHEMA in rules:
        return None
    for name in (readers.CATEGORIES, "enum"):
        if name in rules:
            return _listed(column, rules[name], signs)
    if column.field.type in ("string", "any"):
        return _text(column, rules, signs, doubled)
    maker = _SHAPES.get(column.field.type)
    return maker(column, rules, signs) if maker else None


_Rules = Mapping[str, Constraint]


def _listed(column: Column, rule: Constraint, signs: str) -> str | None:
    """The texts of an enumeration that keep to the other rules as well; not all ways to write them."""
    tests = [readers.test(one) for one in column.rules]
    texts = [
        str(written)
        for written, value in zip(rule.written, rule.expected, strict=True)
        if value is not None and all(passes(value) for passes in tests)
    ]
    if column.field.type not in ("string", "any", "integer") or not texts or len(texts) > _MOST_TEXTS:
        return None
    return "|".join(re.escape(one) for one in texts if not _holds(one, signs)) or None


def _text(column: Column, rules: _Rules, signs: str, doubled: str) -> str | None:
    if column.field.format in PLAIN_FORMATS:
        bounded = rules.keys() - {"required"} or _holds(";|-./:?#&=@_~", signs)
        return None if bounded else PLAIN_FORMATS[column.field.format]
    shortest = rules["minLength"].expected if "minLength" in rules else 0
    longest = rules["maxLength"].expected if "maxLength" in rules else None
    if "pattern" in rules:
        found = translate(rules["pattern"].written, without=signs)
        return found.re2.removesuffix("\\n?") if found and not shortest and longest is None else None
    if max(shortest, longest or 0) > _LONGEST_TEXT or (longest is not None and longest < max(shortest, 1)):
        return None
    sign = f"[^{re.escape(signs)}\\n]"
    if doubled:
        sign = f"(?:{sign}|{re.escape(doubled * 2)})"
    return f"{sign}{{{max(shortest, 1)},{'' if longest is None else longest}}}"


def _integer(_: Column, rules: _Rules, __: str) -> str | None:
    low, high = _whole_bounds(rules)
    if low is None and high is None:
        return "-?[0-9]{1,18}"
    if low is not None and low >= 0:
        return "|".join(whole_numbers(low, high)) or None
    return "|".join(whole_numbers(0, high)) or None


def _whole_bounds(rules: _Rules) -> tuple[int | None, int | None]:
    low = [rules["minimum"].expected] if "minimum" in rules else []
    low += [rules["exclusiveMinimum"].expected + 1] if "exclusiveMinimum" in rules else []
    high = [rules["maximum"].expected] if "maximum" in rules else []
    high += [rules["exclusiveMaximum"].expected - 1] if "exclusiveMaximum" in rules else []
    return max(low, default=None), min(high, default=None)


def _number(_: Column, rules: _Rules, signs: str) -> str | None:
    if "." in signs:
        return None
    fraction = "(?:\\.[0-9]{1,6})?"
    bounds = [one.expected for one in rules.values() if one.name.lower().endswith(("minimum", "maximum"))]
    if not bounds:
        return f"-?[0-9]{{1,7}}{fraction}"
    low, high = _between(rules)
    parts = [f"(?:{one}){fraction}" for one in whole_numbers(low, high)]
    most = rules["maximum"].expected if "maximum" in rules else None
    below = rules["exclusiveMaximum"].expected if "exclusiveMaximum" in rules else None
    if most is not None and low <= most == high + 1 and (below is None or most < below):
        parts.append(f"{high + 1}(?:\\.0{{1,6}})?")
    return "|".join(parts) or None


def _between(rules: _Rules) -> tuple[int, int]:
    """The whole parts that keep to the bounds whatever the decimals are."""
    low = [_in_reach(one.expected) for one in rules.values() if one.name in ("minimum", "exclusiveMinimum")]
    high = [_in_reach(one.expected) for one in rules.values() if one.name in ("maximum", "exclusiveMaximum")]
    exclusive = "exclusiveMinimum" in rules
    first = max((int(one // 1) + (one % 1 != 0 or exclusive) for one in low), default=0)
    last = min((int(-(-one // 1)) - 1 for one in high), default=_LARGEST_WHOLE)
    return max(first, 0), min(last, _LARGEST_WHOLE)


def _in_reach(bound: Decimal | int) -> Decimal:
    """A bound that means the same for the numbers that are looked for: with larger ones decimals cannot calculate."""
    return Decimal(max(-1, min(bound, _LARGEST_WHOLE + 2)))


def _boolean(column: Column, _: _Rules, signs: str) -> str | None:
    return "|".join(re.escape(one) for one in readers.booleans(column.field) if not _holds(one, signs)) or None


def _date(_: Column, rules: _Rules, __: str) -> str | None:
    return _days(rules, lambda one: one) or None


def _datetime(_: Column, rules: _Rules, signs: str) -> str | None:
    bounds = [one.expected for one in rules.values() if isinstance(one.expected, datetime)]
    zones = {one.utcoffset() is not None for one in bounds}
    days = _days(rules, lambda one: one.date())
    if not days or len(zones) > 1 or ":" in signs:
        return None
    return f"{days}T{_CLOCK}{'Z?' if not zones else 'Z' if True in zones else ''}"


def _days(rules: _Rules, day: Callable[[Any], date]) -> str:
    """The days of those years that keep to the bounds on every day; nothing where there are none."""
    first, last = _years(rules, day)
    years = "|".join(whole_numbers(first, last))
    leap = [str(one) for one in _LEAP_YEARS if first <= one <= last and isleap(one)]
    centuries = sorted({one[:2] for one in leap})
    shared = (f"{century}(?:{'|'.join(one[2:] for one in leap if one[:2] == century)})" for century in centuries)
    ordinary = f"(?:{years})-{_DAY}" if years else ""
    return f"(?:{ordinary}|(?:{'|'.join(shared)})-02-29)" if leap else ordinary


def _years(rules: _Rules, day: Callable[[Any], date]) -> tuple[int, int]:
    """The first and the last year all days of which keep to the bounds, a day being left at each end for zones."""
    first, last = 1000, 9999
    for rule in rules.values():
        if rule.name in ("minimum", "exclusiveMinimum"):
            first = max(first, day(rule.expected).year + (day(rule.expected).timetuple().tm_yday > 1))
        if rule.name in ("maximum", "exclusiveMaximum"):
            last = min(last, day(rule.expected).year - 1)
        if rule.name == "exclusiveMinimum" or isinstance(rule.expected, datetime):
            first = max(first, day(rule.expected).year + 1) if "inimum" in rule.name else first
    return first, last


def _time(_: Column, rules: _Rules, signs: str) -> str | None:
    bounded = any("imum" in name for name in rules)
    return None if bounded or ":" in signs else _CLOCK


def _year(_: Column, rules: _Rules, __: str) -> str | None:
    low, high = _whole_bounds(rules)
    return "|".join(whole_numbers(max(low or 1000, 1000), min(9999 if high is None else high, 9999))) or None


def _yearmonth(_: Column, rules: _Rules, __: str) -> str | None:
    bounded = any("imum" in name for name in rules)
    return None if bounded else f"[0-9]{{4}}-{_MONTH}"


_SHAPES: Mapping[str, Callable[[Column, _Rules, str], str | None]] = {
    "integer": _integer, "number": _number, "boolean": _boolean, "date": _date,
    "datetime": _datetime, "time": _time, "year": _year, "yearmonth": _yearmonth,
}  # fmt: skip


def whole_numbers(low: int, high: int | None) -> Iterator[str]:
    """Expressions that together match the numbers from `low` to `high`, written without leading zeros.

    Without `high`, numbers of up to 18 digits.
    """
    last = 10**18 - 1 if high is None else min(high, 10**18 - 1)
    start = low
    while start <= last:
        size = len(str(start))
        end = min(last, 10**size - 1)
        yield from _same_length(str(start), str(end))
        start = end + 1


def _same_length(low: str, high: str) -> Iterator[str]:
    """Numbers between two of the same number of digits."""
    if not low or low == high:
        yield low
        return
    rest = len(low) - 1
    if low[1:] == "0" * rest and high[1:] == "9" * rest:
        yield f"[{low[0]}-{high[0]}]{_digits(rest)}"
        return
    if low[0] == high[0]:
        yield from (low[0] + one for one in _same_length(low[1:], high[1:]))
        return
    yield from (low[0] + one for one in _same_length(low[1:], "9" * rest))
    if int(high[0]) - int(low[0]) > 1:
        yield f"[{int(low[0]) + 1}-{int(high[0]) - 1}]{_digits(rest)}"
    yield from (high[0] + one for one in _same_length("0" * rest, high[1:]))


def _digits(count: int) -> str:
    return f"[0-9]{{{count}}}" if count > 1 else "[0-9]" * count
