"""Numbers: `integer` and `number`, as Frictionless reads them.

DOUBLE rather than DECIMAL for ordinary numbers: up to 15 digits it gives back what was written, every reader of
Parquet takes it as a number, and 1.5 does not become 1.50 because another row has two decimals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Any

from datagazette.model.publication import Field
from datagazette.tables.sql import literal
from datagazette.tables.types.field_type import (
    ASCII,
    BOUNDS,
    EXACT_DIGITS,
    UNEQUAL,
    Candidate,
    Constraint,
    FieldType,
    Guess,
    Reading,
    Rules,
    Shown,
    Value,
    ValueReader,
    bounded,
    compared,
    doubtful,
    option,
    sql_value,
)

DOUBLE = "double:"  # before the key of a number that DuckDB is to write, so that both write it alike
COUNT = "#,##0"
_BARE = re.compile(r"((^[^-\d]*)|(\D*$))")
_LARGEST_KEY = Decimal(10) ** 30
# The usual context knows no number beyond 1e999999 and would raise; a cell may hold any that Python reads.
_UNBOUNDED = Context(MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)
_LARGEST_WHOLE = 9_999_999  # of the numbers with decimals that a shape matches
_PLAIN_INTEGER = "[\\x00-\\x20]*[+-]?[0-9]+[\\x00-\\x20]*"
_PLAIN_NUMBER = "[\\x00-\\x20]*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?[\\x00-\\x20]*"
_SHEET_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


def _read_integer(field: Field) -> ValueReader:
    bare = option(field, "bareNumber", True)

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


def _read_number(field: Field) -> ValueReader:
    bare = option(field, "bareNumber", True)
    group, point = option(field, "groupChar", ""), option(field, "decimalChar", ".")
    primary: Callable[[Any], Any] = float if option(field, "floatNumber", False) else Decimal

    def read(cell: Any) -> Value:
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


def _sql_integer(field: Field, rules: Sequence[Constraint], x: str, v: str) -> Reading:
    beyond_bigint = any(not isinstance(bound, int) or abs(bound) >= 2**63 for bound in compared(rules))
    if not option(field, "bareNumber", True) or beyond_bigint:
        return doubtful(field, rules, x)
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


def _sql_number(field: Field, rules: Sequence[Constraint], x: str, v: str) -> Reading:
    plain = (
        option(field, "bareNumber", True)
        and option(field, "groupChar", "") == ""
        and option(field, "decimalChar", ".") == "."
        and not option(field, "floatNumber", False)
    )
    bounds = compared(rules)
    if not plain or any(not _is_short(bound) for bound in bounds):
        return doubtful(field, rules, x)
    value = f"TRY_CAST({x} AS DOUBLE)"
    v = v or value
    exact = f"length({x}) <= {EXACT_DIGITS}"
    # DuckDB reads `+-1` as a number and Python does not. What is too small for a double is zero to DuckDB alone.
    zero = f"NOT contains({x}, 'e') AND NOT contains({x}, 'E') AND length({x}) < 300"
    certain = f"(abs({v}) < 1e300 AND (abs({v}) > 1e-300 OR {zero}) AND NOT contains({x}, '+'))"
    if bounds:
        same = ", ".join(sorted({sql_value(bound) for bound in bounds}))
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


def _is_short(value: Any) -> bool:
    number = Decimal(value) if isinstance(value, int) else value
    return isinstance(number, Decimal) and number.is_finite() and len(number.as_tuple().digits) <= EXACT_DIGITS


def _bare(field: Field, x: str) -> str:
    """A number, with `bareNumber: false` without the characters before and after it."""
    if option(field, "bareNumber", True):
        return x
    return f"regexp_replace(regexp_replace({x}, '^[^-0-9]*', ''), '[^0-9]*$', '')"


def _integer_candidates(field: Field, x: str) -> Sequence[Candidate]:
    text = _bare(field, x)
    plain = f"regexp_full_match({text}, {literal(_PLAIN_INTEGER)})"
    return [
        Candidate(text, kind, f"{plain} AND TRY_CAST({text} AS {kind}) IS NOT NULL")
        for kind in ("BIGINT", "DECIMAL(38, 0)")
    ]


def _number_candidates(field: Field, x: str) -> Sequence[Candidate]:
    text = _bare(field, x)
    group, point = option(field, "groupChar", ""), option(field, "decimalChar", ".")
    if group:
        text = f"replace({text}, {literal(group)}, '')"
    if point != ".":
        text = f"replace({text}, {literal(point)}, '.')"
    plain = f"regexp_full_match({text}, {literal('(?i)' + _PLAIN_NUMBER)})"
    digits = f"length(ltrim(regexp_replace({text}, '(?i)e.*|[^0-9]', '', 'g'), '0')) <= 15"
    double = f"{plain} AND {digits} AND isfinite(TRY_CAST({text} AS DOUBLE))"
    decimals = f"length(regexp_extract({text}, '\\.([0-9]*)', 1))"
    scales = []
    for scale in (2, 6, 12, 20):
        kind = f"DECIMAL(38, {scale})"
        fits = f"{plain} AND {decimals} <= {scale} AND TRY_CAST({text} AS {kind}) IS NOT NULL"
        scales.append(Candidate(text, kind, f"{fits} AND NOT contains(lower({text}), 'e')"))
    loose = f"{plain} AND TRY_CAST({text} AS DOUBLE) IS NOT NULL"
    return [Candidate(text, "DOUBLE", double), *scales, Candidate(text, "DOUBLE", loose)]


def _integer_shape(_: Field, rules: Rules, __: str, ___: str) -> str | None:
    low, high = whole_bounds(rules)
    if low is None and high is None:
        return "-?[0-9]{1,18}"
    return "|".join(whole_numbers(max(low or 0, 0), high)) or None


def whole_bounds(rules: Rules) -> tuple[int | None, int | None]:
    """The least and the greatest whole number that the rules allow."""
    low = [rules["minimum"].expected] if "minimum" in rules else []
    low += [rules["exclusiveMinimum"].expected + 1] if "exclusiveMinimum" in rules else []
    high = [rules["maximum"].expected] if "maximum" in rules else []
    high += [rules["exclusiveMaximum"].expected - 1] if "exclusiveMaximum" in rules else []
    return max(low, default=None), min(high, default=None)


def _number_shape(_: Field, rules: Rules, ends: str, __: str) -> str | None:
    if "." in ends:
        return None
    fraction = "(?:\\.[0-9]{1,6})?"
    if not bounded(rules):
        return f"-?[0-9]{{1,7}}{fraction}"
    low, high = _whole_parts(rules)
    parts = [f"(?:{whole}){fraction}" for whole in whole_numbers(low, high)]
    most = rules["maximum"].expected if "maximum" in rules else None
    below = rules["exclusiveMaximum"].expected if "exclusiveMaximum" in rules else None
    if most is not None and low <= most == high + 1 and (below is None or most < below):
        parts.append(f"{high + 1}(?:\\.0{{1,6}})?")
    return "|".join(parts) or None


def _whole_parts(rules: Rules) -> tuple[int, int]:
    """The first and the last whole part that keeps to the bounds whatever the decimals are."""
    # With bounds beyond the numbers that are looked for, decimals cannot calculate; the nearest means the same.
    reach = {name: Decimal(max(-1, min(rules[name].expected, _LARGEST_WHOLE + 2))) for name in BOUNDS if name in rules}
    low = [reach[name] for name in ("minimum", "exclusiveMinimum") if name in reach]
    high = [reach[name] for name in ("maximum", "exclusiveMaximum") if name in reach]
    exclusive = "exclusiveMinimum" in rules
    first = max((int(bound // 1) + (bound % 1 != 0 or exclusive) for bound in low), default=0)
    last = min((int(-(-bound // 1)) - 1 for bound in high), default=_LARGEST_WHOLE)
    return max(first, 0), min(last, _LARGEST_WHOLE)


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


class ExactNumber(float):
    """A number that is written with all the digits that tell it from its neighbours; XlsxWriter asks for sixteen."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def shown_number(field: Field, text: str) -> Shown:
    """A plain number of at most fifteen digits before the point; `00123` and `+5` are other texts."""
    found = _SHEET_NUMBER.fullmatch(text)
    if not found or len(found[1]) > EXACT_DIGITS:
        return Shown(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        return Shown(text)
    if found[2] or found[3]:
        return Shown(ExactNumber(value))
    counted = field.type == "integer" and (field.role == "value" or bool(field.unit))
    return Shown(int(text), COUNT if counted else "")


TYPES = {
    "integer": FieldType(
        constraints=("required", *BOUNDS, "enum"),
        family="number",
        read=_read_integer,
        key=number_key,
        sql=_sql_integer,
        kind="BIGINT",
        candidates=_integer_candidates,
        hashed=False,
        ordered=True,
        shape=_integer_shape,
        listable=True,
        shown=shown_number,
        guesses=(Guess(r"[+-]?[0-9]+"),),
    ),
    "number": FieldType(
        constraints=("required", *BOUNDS, "enum"),
        family="number",
        read=_read_number,
        key=number_key,
        sql=_sql_number,
        kind="DOUBLE",
        candidates=_number_candidates,
        hashed=False,
        ordered=True,
        shape=_number_shape,
        shown=shown_number,
        guesses=(
            Guess(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"),
            Guess(r"[+-]?[0-9]+(\.[0-9]+)?%", {"bareNumber": False}),
            Guess(r"[+-]?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?", {"groupChar": ","}),
            Guess(r"[+-]?[0-9]+(,[0-9]+)?", {"decimalChar": ","}),
        ),
    ),
}
