"""Numbers: `integer` and `number`, as Frictionless reads them.

DOUBLE rather than DECIMAL for ordinary numbers: up to 15 digits it gives back what was written, every reader of
Parquet takes it as a number, and 1.5 does not become 1.50 because another row has two decimals.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Any

from datagazette.tables.sql import literal
from datagazette.tables.types.field_type import (
    ASCII,
    BOUNDS,
    Candidate,
    FieldType,
    Guess,
    NumberReader,
    Reading,
    Shown,
    ValueReader,
)

EXACT_DIGITS = 15  # decimals of so many digits are different doubles, and a spreadsheet keeps them
UNEQUAL = "\x1dNaN"  # in the key of a value that equals no other, not even itself
DOUBLE = "double:"  # before the key of a number that DuckDB is to write, so that both write it alike
COUNT = "#,##0"
_BARE = re.compile(r"((^[^-\d]*)|(\D*$))")
_GROUPS = (",", ".", " ", "\u00a0", "\u202f", "'", "’")  # what people set thousands apart with
_LARGEST_KEY = Decimal(10) ** 30
# The usual context knows no number beyond 1e999999 and would raise; a cell may hold any that Python reads.
_UNBOUNDED = Context(MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)
_LARGEST_WHOLE = 9_999_999  # of the numbers with decimals that a shape matches
_PLAIN_INTEGER = "[\\x00-\\x20]*[+-]?[0-9]+[\\x00-\\x20]*"
_PLAIN_NUMBER = "[\\x00-\\x20]*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?[\\x00-\\x20]*"
_SHEET_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
# Of a number without and with decimals: what a program writes of it as well.
_QUICK_INTEGER = re.compile("-?[1-9][0-9]{0,14}|0")
_QUICK_NUMBER = re.compile(
    r"(-?[1-9][0-9]{0,14}|0)|(-?(?:[1-9][0-9]{0,7}|0(?=\.[0-9]{0,3}[1-9]))\.[0-9]{0,6}?[1-9])0{0,6}"
)
_MOST_DECIMALS, _LONGEST_MARK = 15, 20  # that a number format of ours shows


def number_key(value: bool | int | float | Decimal) -> str:
    exact = Decimal(value)
    if exact.is_nan():
        return UNEQUAL
    if not exact.is_finite():
        return str(exact)
    if exact == exact.to_integral_value() and exact.copy_abs() < _LARGEST_KEY:
        return str(int(exact))
    normal = exact.normalize(_UNBOUNDED)
    if len(normal.as_tuple().digits) <= EXACT_DIGITS and -300 < normal.adjusted() < 300:
        return f"{DOUBLE}{float(normal)!r}"
    return str(normal)


class Numeric(FieldType):
    """What numbers and years share."""

    constraints = ("required", *BOUNDS, "enum")
    family = "number"
    hashed = False
    ordered = True

    @staticmethod
    def key(value: Any) -> str:
        return number_key(value)

    def whole_bounds(self) -> tuple[int | None, int | None]:
        """The least and the greatest whole number that the rules allow."""
        bounds = self.bounds
        low = [bounds["minimum"]] if "minimum" in bounds else []
        low += [bounds["exclusiveMinimum"] + 1] if "exclusiveMinimum" in bounds else []
        high = [bounds["maximum"]] if "maximum" in bounds else []
        high += [bounds["exclusiveMaximum"] - 1] if "exclusiveMaximum" in bounds else []
        return max(low, default=None), min(high, default=None)

    def shown(self, text: str) -> Shown:
        """A plain number of at most fifteen digits before the point."""
        found = _SHEET_NUMBER.fullmatch(text)
        if not found or len(found[1]) > EXACT_DIGITS or math.isinf(value := float(text)):
            return Shown(text)
        if found[2] or found[3]:
            return Shown(ExactNumber(value))
        return Shown(int(text), self._whole_format)

    def quick_number(self) -> NumberReader | None:
        match, form = _QUICK_INTEGER.fullmatch, self._whole_format
        return lambda text: (text, form) if match(text) else None

    @property
    def _whole_format(self) -> str:
        counted = self.field.type == "integer" and (self.field.role == "value" or bool(self.field.unit))
        return COUNT if counted else ""


class WrittenNumber(Numeric):
    """What `integer` and `number` share."""

    def quick_number(self) -> NumberReader | None:
        return super().quick_number() if self.is_plain else None

    def bare(self, x: str) -> str:
        """A number, with `bareNumber: false` without the characters before and after it."""
        if self.option("bareNumber", True):
            return x
        return f"regexp_replace(regexp_replace({x}, '^[^-0-9]*', ''), '[^0-9]*$', '')"

    def shown(self, text: str) -> Shown:
        """The value, if a spreadsheet keeps all its digits, with the decimals, groups and marks of the text."""
        if self.is_plain and _SHEET_NUMBER.fullmatch(text):
            return super().shown(text)
        value = self._value(text)
        if value is None:
            return Shown(text)
        if value == value.to_integral_value():
            return Shown(int(value), self._format(text))
        return Shown(ExactNumber(value), self._format(text))

    def pointed(self, text: str) -> str:
        """A number with a point before its decimals and nothing between its thousands, or else the text: `38411 kg` of
        `38.411 kg`."""
        read = self.reader()
        if read is None or read(text) is None:
            return text
        before, number, after = self._parts(text)
        group, point = self._marks
        return before + (number.replace(group, "") if group else number).replace(point, ".") + after

    @property
    def is_pointed(self) -> bool:
        """Whether texts have a point before their decimals, if any mark, and nothing between thousands."""
        return self._marks == ("", ".")

    @property
    def is_plain(self) -> bool:
        """Whether the field asks for no other form of its numbers than the usual one."""
        return self.is_pointed and bool(self.option("bareNumber", True))

    @property
    def _marks(self) -> tuple[str, str]:
        """(between thousands, before decimals)"""
        known = self.field.type == "number"
        return (self.option("groupChar", ""), self.option("decimalChar", ".")) if known else ("", ".")

    def _value(self, text: str) -> Decimal | None:
        """The number that a text is, if a spreadsheet keeps all its digits."""
        read = self.reader()
        value = None if read is None else read(text)
        exact = None if value is None else Decimal(str(value))
        if exact is None or not exact.is_finite() or not -300 < exact.adjusted() < 300:
            return None
        return exact if len(exact.as_tuple().digits) <= EXACT_DIGITS or _is_short(exact.normalize(_UNBOUNDED)) else None

    def _parts(self, text: str) -> tuple[str, str, str]:
        """(what is before the number, the number, what is after it); only with `bareNumber: false` is there more."""
        if self.option("bareNumber", True):
            return "", text, ""
        number = _BARE.sub("", text)
        before, _, after = text.partition(number)
        return before, number, after

    def _format(self, text: str) -> str:
        """A number format with which a cell looks like the text: `#,##0.00`, `0.0"%"`; empty where there is none."""
        group, point = self._marks
        before, number, after = self._parts(text.strip())
        whole, _, decimals = number.lstrip("+-").partition(point)
        if not (whole.replace(group, "") + decimals).isdecimal() or len(decimals) > _MOST_DECIMALS:
            return ""
        digits = "0" * len(whole) if whole.startswith("0") and whole.isdecimal() and not decimals else "0"
        shown = ("#,##0" if group and digits == "0" else digits[:EXACT_DIGITS]) + "." * bool(decimals)
        first, last = (
            _quoted(mark) if mark.isprintable() and len(mark) <= _LONGEST_MARK else "" for mark in (before, after)
        )
        return f"{first}{shown}{'0' * len(decimals)}{last}"


class Integer(WrittenNumber):
    kind = "BIGINT"
    listable = True
    guesses = (Guess(r"[+-]?[0-9]+"),)

    def reader(self) -> ValueReader:
        bare = self.option("bareNumber", True)

        def read(cell: Any) -> int | None:
            if isinstance(cell, str):
                text = cell.strip() if bare else _BARE.sub("", cell.strip())
                try:
                    return int(text)
                except ValueError:
                    return None
            if isinstance(cell, bool):
                return None
            whole = isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer())
            return int(cell) if whole or (isinstance(cell, Decimal) and cell % 1 == 0) else None

        return read

    def sql(self, x: str, v: str, /) -> Reading:
        beyond_bigint = any(not isinstance(bound, int) or abs(bound) >= 2**63 for bound in self.compared)
        if not self.option("bareNumber", True) or beyond_bigint:
            return super().sql(x, v)
        value = f"TRY_CAST({x} AS BIGINT)"
        text = f"CAST({v or value} AS VARCHAR)"
        canonical = f"{text} = {x}"
        return Reading(
            value,
            certain=f"({canonical} OR regexp_full_match({x}, '[+-]?[0-9]{{1,18}}'))",
            wrong=f"(regexp_full_match({x}, {ASCII}) AND NOT "
            f"regexp_full_match({x}, '[\\x00-\\x20]*[+-]?[0-9]+(_[0-9]+)*[\\x00-\\x20]*'))",
            key=text,
            quick=canonical,
        )

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        return self._candidates(self.bare(x))

    def rare_candidates(self, x: str, /) -> Sequence[Candidate]:
        return self._candidates(with_plain_digits(self.bare(x)))

    @staticmethod
    def _candidates(text: str) -> Sequence[Candidate]:
        plain = f"regexp_full_match({text}, {literal(_PLAIN_INTEGER)})"
        return [
            Candidate(text, kind, f"{plain} AND TRY_CAST({text} AS {kind}) IS NOT NULL")
            for kind in ("BIGINT", "DECIMAL(38, 0)")
        ]

    def shape(self, *_: str) -> str | None:
        low, high = self.whole_bounds()
        if low is None and high is None:
            return "-?[0-9]{1,18}"
        return "|".join(whole_numbers(max(low or 0, 0), high)) or None


def _written_numbers() -> Iterator[Guess]:
    """The ways of writing numbers: with a point or a comma before decimals, perhaps with a percent sign, perhaps with
    thousands set apart. Plain ones come first."""
    for point in (".", ","):
        written = {} if point == "." else {"decimalChar": point}
        decimals = f"([{point}][0-9]+)?"
        power = "([eE][+-]?[0-9]+)?"
        yield Guess(rf"[+-]?([0-9]+([{point}][0-9]*)?|[{point}][0-9]+){power}", written)
        yield Guess(rf"[+-]?[0-9]+{decimals}[ \xa0]?%", {**written, "bareNumber": False})
        for group in (mark for mark in _GROUPS if mark != point):
            yield Guess(rf"[+-]?[0-9]{{1,3}}([{group}][0-9]{{3}})*{decimals}", {**written, "groupChar": group})


class Number(WrittenNumber):
    kind = "DOUBLE"
    guesses = tuple(_written_numbers())

    def reader(self) -> ValueReader:
        bare = self.option("bareNumber", True)
        group, point = self.option("groupChar", ""), self.option("decimalChar", ".")
        primary: Callable[[Any], Any] = float if self.option("floatNumber", False) else Decimal

        def read(cell: Any) -> Any:
            if isinstance(cell, str):
                text = cell.strip() if bare else _BARE.sub("", cell.strip())
                text = text.replace(group, "") if group else text
                if point != "." and "." in text:
                    return None
                try:
                    return primary(text.replace(point, "."))
                except (ArithmeticError, ValueError):
                    return None
            if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
                return None
            return cell if isinstance(cell, int) else primary(str(cell) if primary is Decimal else cell)

        return read

    def sql(self, x: str, v: str, /) -> Reading:
        plain = (
            self.option("bareNumber", True)
            and self.option("groupChar", "") == ""
            and self.option("decimalChar", ".") == "."
            and not self.option("floatNumber", False)
        )
        bounds = self.compared
        if not plain or any(not _is_short(bound) for bound in bounds):
            return super().sql(x, v)
        value = f"TRY_CAST({x} AS DOUBLE)"
        v = v or value
        exact = f"length({x}) <= {EXACT_DIGITS}"
        # DuckDB reads `+-1` as a number and Python does not. What is too small for a double is zero to DuckDB alone.
        zero = f"NOT contains({x}, 'e') AND NOT contains({x}, 'E') AND length({x}) < 300"
        certain = f"(abs({v}) < 1e300 AND (abs({v}) > 1e-300 OR {zero}) AND NOT contains({x}, '+'))"
        if bounds:
            same = ", ".join(sorted({self.sql_value(bound) for bound in bounds}))
            certain = f"({certain} AND ({v} NOT IN ({same}) OR {exact}))"
        return Reading(
            value,
            certain,
            wrong=f"(regexp_full_match({x}, {ASCII}) AND NOT contains({x}, '_') AND NOT regexp_full_match({x}, "
            "'(?i)[\\x00-\\x20]*[+-]?([0-9.]+(e[+-]?[0-9]+)?|inf(inity)?|s?nan[0-9]*)[\\x00-\\x20]*'))",
            key=f"CASE WHEN {v} = trunc({v}) AND abs({v}) < 1e15 "
            f"THEN CAST(CAST({v} AS BIGINT) AS VARCHAR) ELSE CAST({v} AS VARCHAR) END",
            exact=exact,
        )

    def quick_number(self) -> NumberReader | None:
        match = _QUICK_NUMBER.fullmatch

        def read(text: str) -> tuple[str, str] | None:
            found = match(text)
            return (found[found.lastindex or 0], "") if found else None

        return read if self.is_plain else None

    def plain(self, x: str) -> str:
        """A number without the characters that group its digits, with a point before its decimals."""
        text = self.bare(x)
        group, point = self.option("groupChar", ""), self.option("decimalChar", ".")
        if group:
            text = f"replace({text}, {literal(group)}, '')"
        return text if point == "." else f"replace({text}, {literal(point)}, '.')"

    def rare_candidates(self, x: str, /) -> Sequence[Candidate]:
        """With what Table Schema has for no number and for infinity, and digits of full width."""
        text = with_plain_digits(self.plain(x))
        finite = (
            f"regexp_full_match({text}, {literal('(?i)' + _PLAIN_NUMBER)}) AND isfinite(TRY_CAST({text} AS DOUBLE))"
        )
        return [Candidate(text, "DOUBLE", f"({finite} OR {text} IN ('NaN', 'INF', '-INF'))")]

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        text = self.plain(x)
        plain = f"regexp_full_match({text}, {literal('(?i)' + _PLAIN_NUMBER)})"
        digits = f"length(ltrim(regexp_replace({text}, '(?i)e.*|[^0-9]', '', 'g'), '0')) <= 15"
        double = f"{plain} AND {digits} AND isfinite(TRY_CAST({text} AS DOUBLE))"
        decimals = f"length(regexp_extract({text}, '\\.([0-9]*)', 1))"
        scales = [
            Candidate(
                text,
                f"DECIMAL(38, {scale})",
                f"{plain} AND {decimals} <= {scale} AND TRY_CAST({text} AS DECIMAL(38, {scale})) IS NOT NULL "
                f"AND NOT contains(lower({text}), 'e')",
            )
            for scale in (2, 6, 12, 20)
        ]
        loose = f"{plain} AND isfinite(TRY_CAST({text} AS DOUBLE))"
        return [Candidate(text, "DOUBLE", double), *scales, Candidate(text, "DOUBLE", loose)]

    def infinite_candidates(self, x: str, /) -> Sequence[Candidate]:
        text = self.plain(x)
        plain = f"regexp_full_match({text}, {literal('(?i)' + _PLAIN_NUMBER)})"
        return [Candidate(text, "DOUBLE", f"{plain} AND TRY_CAST({text} AS DOUBLE) IS NOT NULL")]

    def shape(self, ends: str, _: str, /) -> str | None:
        if "." in ends:
            return None
        fraction = "(?:\\.[0-9]{1,6})?"
        if not self.bounds:
            return f"-?[0-9]{{1,7}}{fraction}"
        # The whole parts that keep to the bounds whatever the decimals are. With bounds beyond the numbers that are
        # looked for, decimals cannot calculate; the nearest means the same.
        near = {name: Decimal(max(-1, min(bound, _LARGEST_WHOLE + 2))) for name, bound in self.bounds.items()}
        lows = [near[name] for name in ("minimum", "exclusiveMinimum") if name in near]
        highs = [near[name] for name in ("maximum", "exclusiveMaximum") if name in near]
        low = max([0, *(int(bound) + (bound % 1 != 0 or "exclusiveMinimum" in near) for bound in lows)])
        high = min([_LARGEST_WHOLE, *(int(bound) - 1 for bound in highs)])
        parts = [f"(?:{whole}){fraction}" for whole in whole_numbers(low, high)]
        most, below = self.bounds.get("maximum"), self.bounds.get("exclusiveMaximum")
        if most is not None and low <= most == high + 1 and (below is None or most < below):
            parts.append(f"{high + 1}(?:\\.0{{1,6}})?")
        return "|".join(parts) or None


def with_plain_digits(x: str) -> str:
    """Digits of full width, as Chinese input methods write them, as those of ASCII."""
    return f"translate({x}, '０１２３４５６７８９', '0123456789')"


def _is_short(value: Any) -> bool:
    number = Decimal(value) if isinstance(value, int) else value
    return isinstance(number, Decimal) and number.is_finite() and len(number.as_tuple().digits) <= EXACT_DIGITS


def whole_numbers(low: int, high: int | None) -> Iterator[str]:
    """Expressions that together match the numbers from `low` to `high`, written without leading zeros.

    Without `high`, numbers of up to 18 digits.
    """
    last = 10**18 - 1 if high is None else min(high, 10**18 - 1)
    start = low
    while start <= last:
        end = min(last, 10 ** len(str(start)) - 1)
        yield from _same_length(str(start), str(end))
        start = end + 1


def _same_length(low: str, high: str) -> Iterator[str]:
    """Numbers between two of the same number of digits."""
    if not low or low == high:
        yield low
        return
    rest = len(low) - 1
    digits = f"[0-9]{{{rest}}}" if rest > 1 else "[0-9]" * rest
    if low[1:] == "0" * rest and high[1:] == "9" * rest:
        yield f"[{low[0]}-{high[0]}]{digits}"
        return
    if low[0] == high[0]:
        yield from (low[0] + tail for tail in _same_length(low[1:], high[1:]))
        return
    yield from (low[0] + tail for tail in _same_length(low[1:], "9" * rest))
    if int(high[0]) - int(low[0]) > 1:
        yield f"[{int(low[0]) + 1}-{int(high[0]) - 1}]{digits}"
    yield from (high[0] + tail for tail in _same_length("0" * rest, high[1:]))


def _quoted(mark: str) -> str:
    """A text within a number format, which never means anything there."""
    return '"' + mark.replace('"', '"\\""') + '"' if mark else ""


class ExactNumber(float):
    """A number that is written with all the digits that no other number has; XlsxWriter asks for sixteen."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


TYPES: dict[str, type[FieldType]] = {"integer": Integer, "number": Number}
