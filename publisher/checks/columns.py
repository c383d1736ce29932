"""The SQL that judges a cell.

A verdict is a number: 0 the cell is fine, else a sum of `TYPE_BIT` (no value of its type) and of a bit for
each broken constraint, `rule_bit(0)`, `rule_bit(1)` ... in the field's order; or `DOUBT` where SQL cannot
tell. Doubtful cells are decided by `readers` on the distinct values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from publisher.checks import readers
from publisher.checks.patterns import translate
from publisher.checks.readers import Constraint
from publisher.model import Field
from publisher.sql import literal, literals

DOUBT = 1
TYPE_BIT = 2
_EXACT_DIGITS = 15  # decimals of so many digits are told apart as doubles
_ASCII = "'[\\x00-\\x7f]*'"


def column(number: int) -> str:
    """The name of the column at `number`, from 1. Names of fields never reach the reader's options."""
    return f"c{number}"


def rule_bit(position: int) -> int:
    return 4 << position


@dataclass(frozen=True)
class Reading:
    """How SQL reads a text `x` of one type.

    Where `certain` holds, `value` is exactly the text's value; where `wrong` holds, the text is no value.
    `key` is a text that two certain cells share when they hold equal values.
    """

    value: str
    certain: str
    wrong: str = "FALSE"
    key: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the file, `number` from 1, with the SQL of its verdict over `c<number>`."""

    number: int
    field: Field
    missing: tuple[str, ...]
    rules: tuple[Constraint, ...]
    verdict: str
    is_missing: str
    reading: Reading

    @property
    def name(self) -> str:
        return column(self.number)

    @property
    def bits(self) -> int:
        """How wide its verdicts are; 0 where every cell is fine."""
        return 0 if self.verdict == "0" else len(self.rules) + 2

    def names(self, verdict: int) -> list[str]:
        """The broken rules that a verdict stands for; `type` for a type error."""
        broken = [readers.TYPE] if verdict & TYPE_BIT else []
        return broken + [one.name for at, one in enumerate(self.rules) if verdict & rule_bit(at)]


def make_column(number: int, field: Field, schema_missing: tuple[str, ...], *, keyed: bool = False) -> Column:
    """`keyed` where values of the column are compared with one another.

    Raises `readers.BadConstraint` where a bound is no value of the field's type.
    """
    missing = schema_missing if field.missing_values is None else field.missing_values
    rules = readers.constraints(field)
    reading = _reading(field, rules)
    if keyed and field.type == "number" and reading.key:
        short = f"({reading.certain} AND length({{x}}) <= {_EXACT_DIGITS})"
        reading = replace(reading, certain=short)
    is_missing = _is_missing(column(number), missing)
    verdict = _verdict(number, rules, reading, is_missing)
    return Column(number, field, missing, rules, verdict, is_missing, reading)


def _is_missing(name: str, missing: Sequence[str]) -> str:
    if not missing:
        return f"{name} IS NULL"
    return f"({name} IS NULL OR {name} IN ({literals(missing)}))"


def _verdict(number: int, rules: Sequence[Constraint], reading: Reading, is_missing: str) -> str:
    required = sum(rule_bit(at) for at, one in enumerate(rules) if one.name == "required" and one.expected)
    broken = _broken(rules, reading) if reading.certain != "FALSE" else ""
    if reading.certain == "TRUE" and not broken and not required:
        return "0"
    cases = [f"WHEN {is_missing} THEN {required}"]
    cases.append(f"WHEN {reading.certain} THEN {broken or '0'}")
    if reading.wrong != "FALSE":
        cases.append(f"WHEN {reading.wrong} THEN {TYPE_BIT}")
    return f"CASE {' '.join(cases)} ELSE {DOUBT} END".replace("{x}", column(number))


def _broken(rules: Sequence[Constraint], reading: Reading) -> str:
    """The sum of the bits of the rules that a certain value breaks."""
    parts = []
    for at, rule in enumerate(rules):
        keeps = _keeps(rule, reading.value)
        if keeps:
            parts.append(f"CASE WHEN {keeps} THEN 0 ELSE {rule_bit(at)} END")
    return " + ".join(parts)


def _keeps(rule: Constraint, value: str) -> str:
    """The condition that a present value keeps to a rule; nothing for a rule on missing ones."""
    comparison = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
    if rule.name in comparison:
        return f"{value} {comparison[rule.name]} {_sql_value(rule.expected)}"
    if rule.name == "minLength":
        return f"length({value}) >= {rule.expected}"
    if rule.name == "maxLength":
        return f"length({value}) <= {rule.expected}"
    if rule.name == "pattern":
        found = translate(rule.written)
        return f"regexp_full_match({value}, {literal(found.re2)})" if found else ""
    if rule.name in ("enum", readers.CATEGORIES):
        allowed = [one for one in rule.expected if one is not None]
        return f"{value} IN ({', '.join(map(_sql_value, allowed))})" if allowed else "FALSE"
    return ""


def _sql_value(value: Any) -> str:
    if isinstance(value, Decimal | float):
        return f"{literal(repr(float(value)))}::DOUBLE"
    if isinstance(value, datetime):
        return f"TIMESTAMP {literal(_utc(value).isoformat(' '))}"
    if isinstance(value, date):
        return f"DATE {literal(value.isoformat())}"
    if isinstance(value, time):
        return f"TIME {literal(value.isoformat())}"
    if isinstance(value, tuple):
        return literal(value[0] * 100 + value[1])
    return literal(value)


def _reading(field: Field, rules: Sequence[Constraint]) -> Reading:
    maker = {
        "string": _text,
        "any": _text,
        "integer": _integer,
        "number": _number,
        "boolean": _boolean,
        "date": _date,
        "year": _year,
        "datetime": _datetime,
        "time": _time,
        "yearmonth": _yearmonth,
    }.get(field.type)
    return _DOUBTFUL if maker is None else maker(field, rules)


_DOUBTFUL = Reading("{x}", "FALSE")


def _text(field: Field, rules: Sequence[Constraint]) -> Reading:
    """Any text is a value; only a pattern may be beyond RE2."""
    certain = "TRUE"
    if readers.needs_frictionless(field):
        return _DOUBTFUL
    for rule in rules:
        if rule.name == "pattern":
            found = translate(rule.written)
            if found is None:
                return Reading("{x}", "FALSE", key="{x}")
            if not found.complete:
                ascii_only = f"regexp_full_match({{x}}, {_ASCII})"
                certain = f"(regexp_full_match({{x}}, {literal(found.re2)}) OR {ascii_only})"
    return Reading("{x}", certain, key="{x}")


def _integer(field: Field, rules: Sequence[Constraint]) -> Reading:
    if not readers.option(field, "bareNumber", True) or _beyond_bigint(rules):
        return _DOUBTFUL
    value = "TRY_CAST({x} AS BIGINT)"
    return Reading(
        value,
        certain=f"(CAST({value} AS VARCHAR) = {{x}} OR regexp_full_match({{x}}, '[+-]?[0-9]{{1,18}}'))",
        wrong=f"(regexp_full_match({{x}}, {_ASCII}) AND NOT "
        "regexp_full_match({x}, '[\\x00-\\x20]*[+-]?[0-9]+(_[0-9]+)*[\\x00-\\x20]*'))",
        key=f"CAST({value} AS VARCHAR)",
    )


def _beyond_bigint(rules: Sequence[Constraint]) -> bool:
    values = [value for rule in rules for value in _values(rule)]
    return any(not isinstance(one, int) or abs(one) >= 2**63 for one in values)


def _values(rule: Constraint) -> list[Any]:
    """The values of the field's type that a rule compares with."""
    if rule.name in ("enum", readers.CATEGORIES):
        return [one for one in rule.expected if one is not None]
    return [rule.expected] if rule.name.lower().endswith(("minimum", "maximum")) else []


def _number(field: Field, rules: Sequence[Constraint]) -> Reading:
    plain = (
        readers.option(field, "bareNumber", True)
        and readers.option(field, "groupChar", "") == ""
        and readers.option(field, "decimalChar", ".") == "."
        and not readers.option(field, "floatNumber", False)
    )
    bounds = [value for rule in rules for value in _values(rule)]
    if not plain or any(not _is_short(one) for one in bounds):
        return _DOUBTFUL
    value = "TRY_CAST({x} AS DOUBLE)"
    # A sum signs apart, DuckDB reads `+-1`. Doubles as large as these are no longer exact decimals.
    certain = f"(abs({value}) < 1e300 AND NOT contains({{x}}, '+'))"
    if bounds:
        same = ", ".join(sorted({_sql_value(one) for one in bounds}))
        certain = f"({certain} AND (length({{x}}) <= {_EXACT_DIGITS} OR {value} NOT IN ({same})))"
    return Reading(
        value,
        certain,
        wrong=f"(regexp_full_match({{x}}, {_ASCII}) AND NOT regexp_full_match({{x}}, "
        "'(?i)[\\x00-\\x20]*[+-]?([0-9._]+(e[+-]?[0-9_]+)?|inf(inity)?|s?nan[0-9_]*)[\\x00-\\x20]*'))",
        key=f"CASE WHEN {value} = trunc({value}) AND abs({value}) < 1e15 "
        f"THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) ELSE CAST({value} AS VARCHAR) END",
    )


def _is_short(value: Any) -> bool:
    number = Decimal(value) if isinstance(value, int) else value
    return isinstance(number, Decimal) and number.is_finite() and len(number.as_tuple().digits) <= _EXACT_DIGITS


def _boolean(field: Field, _: Sequence[Constraint]) -> Reading:
    values = readers.booleans(field)
    true = [text for text, value in values.items() if value]
    if not values:
        return Reading("NULL", "FALSE", wrong="TRUE")
    value = f"({{x}} IN ({literals(true)}))" if true else "FALSE"
    known = f"{{x}} IN ({literals(values)})"
    return Reading(value, known, wrong="TRUE", key=f"CASE WHEN {value} THEN '1' ELSE '0' END")


def _date(field: Field, _: Sequence[Constraint]) -> Reading:
    if field.format != "default":
        return _DOUBTFUL
    value = "TRY_CAST({x} AS DATE)"
    return Reading(
        value,
        certain=f"(strlen({{x}}) = 10 AND CAST({value} AS VARCHAR) = {{x}})",
        wrong=f"(regexp_full_match({{x}}, {_ASCII}) AND NOT "
        "regexp_full_match({x}, '[0-9]{4}-[0-9]{1,2}-[ 0-9]{1,2}'))",
        key="{x}",
    )


def _year(_: Field, __: Sequence[Constraint]) -> Reading:
    value = "TRY_CAST({x} AS INTEGER)"
    return Reading(
        value,
        certain=f"(strlen({{x}}) = 4 AND CAST({value} AS VARCHAR) = {{x}} AND {value} >= 0)",
        wrong="length({x}) <> 4",
        key=f"CAST({value} AS VARCHAR)",
    )


_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


def _datetime(field: Field, rules: Sequence[Constraint]) -> Reading:
    """Whole seconds, in UTC or without a zone: the two cannot be compared, so a bound has to be of the same."""
    bounds = [value for rule in rules for value in _values(rule)]
    zoned = {one.utcoffset() is not None for one in bounds}
    if field.format != "default" or len(zoned) > 1 or any(one.name == "enum" for one in rules):
        return _DOUBTFUL
    zone = "Z?" if not bounds else "Z" if zoned == {True} else ""
    value = "TRY_CAST({x} AS TIMESTAMP)"
    certain = f"(regexp_full_match({{x}}, '{_DAY}T{_CLOCK}{zone}') AND {value} >= TIMESTAMP '0001-01-01')"
    return Reading(value, certain, key="{x}")


def _utc(value: datetime) -> datetime:
    return value if value.utcoffset() is None else value.astimezone(UTC).replace(tzinfo=None)


def _time(field: Field, rules: Sequence[Constraint]) -> Reading:
    bounds = [value for rule in rules for value in _values(rule)]
    if field.format != "default" or any(one.utcoffset() is not None for one in bounds):
        return _DOUBTFUL
    return Reading("TRY_CAST({x} AS TIME)", f"regexp_full_match({{x}}, '{_CLOCK}')", key="{x}")


def _yearmonth(_: Field, __: Sequence[Constraint]) -> Reading:
    return Reading(
        "TRY_CAST(replace({x}, '-', '') AS INTEGER)",
        "regexp_full_match({x}, '[0-9]{4}-(0[1-9]|1[0-2])')",
        key="CAST(CAST(left({x}, 4) AS INTEGER) AS VARCHAR) || '|' || CAST(CAST(right({x}, 2) AS INTEGER) AS VARCHAR)",
    )
