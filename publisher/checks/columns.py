"""The SQL that judges a cell.

A verdict is a number: 0 the cell is fine, else a sum of `TYPE_BIT` (no value of its type) and of a bit for
each broken constraint, `rule_bit(0)`, `rule_bit(1)` ... in the field's order; or `DOUBT` where SQL cannot
tell. Doubtful cells are decided by `readers` on the distinct values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from publisher.checks import readers
from publisher.checks.patterns import translate
from publisher.checks.readers import Constraint
from publisher.sql import literal, literals
from publisher.tabular import Field

DOUBT = 1
TYPE_BIT = 2
_EXACT_DIGITS = 15  # decimals of so many digits are told apart as doubles
_ASCII = "'[\\x00-\\x7f]*'"


def column(number: int) -> str:
    """The name of the column at `number`, from 1. Names of fields never reach the reader's options."""
    return f"c{number}"


def rule_bit(position: int) -> int:
    return 4 << position


# Texts that surely have the format; Frictionless judges the others.
PLAIN_FORMATS = {
    "uri": "https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[A-Za-z0-9._~/-]*)?(?:\\?[A-Za-z0-9._~/=&-]*)?(?:#[A-Za-z0-9._~/-]*)?",
    "email": "[a-z0-9]+(?:[._-][a-z0-9]+)*@[a-z][a-z0-9]{1,20}(?:-[a-z0-9]{1,20})?"
    "\\.(?:com|org|net|edu|gov|cn|edu\\.cn|gov\\.cn)",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}


@dataclass(frozen=True)
class Reading:
    """How SQL reads a text of one type. In all but `value`, `{v}` stands for the value and `{x}` for the text.

    Where `certain` holds, `value` is exactly the text's value; where `wrong` holds, the text is no value.
    `quick` is a cheaper condition that holds for most of the texts for which `certain` does, and no others.
    `key` is a text that two certain cells share when they hold equal values.
    """

    value: str
    certain: str
    wrong: str = "FALSE"
    key: str = ""
    quick: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the file, `number` from 1. `template` is the SQL of its verdict, with `{x}` for the cell."""

    number: int
    field: Field
    missing: tuple[str, ...]
    rules: tuple[Constraint, ...]
    reading: Reading
    template: str
    missing_template: str
    fine: str

    @property
    def name(self) -> str:
        return column(self.number)

    @property
    def typed(self) -> str:
        """The name that `fine` has for the cell's value; the counting scan computes it once for each row."""
        return f"t{self.number}"

    @property
    def value(self) -> str:
        return self.reading.value.replace("{x}", self.name)

    def sql(self, part: str, cell: str = "") -> str:
        """A part of the reading, over the relation's column or another expression of the cell."""
        return part.replace("{v}", self.reading.value).replace("{x}", cell or self.name)

    @property
    def verdict(self) -> str:
        return self.sql(self.template)

    @property
    def is_missing(self) -> str:
        return self.sql(self.missing_template)

    @property
    def bits(self) -> int:
        """How wide its verdicts are; 0 where every cell is fine."""
        return 0 if self.template == "0" else len(self.rules) + 2

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
    is_missing = _is_missing(missing)
    fine = _fine(rules, reading, is_missing).replace("{v}", f"t{number}").replace("{x}", column(number))
    return Column(number, field, missing, rules, reading, _verdict(rules, reading, is_missing), is_missing, fine)


def _is_missing(missing: Sequence[str]) -> str:
    if not missing:
        return "{x} IS NULL"
    return f"({{x}} IS NULL OR {{x}} IN ({literals(missing)}))"


def _verdict(rules: Sequence[Constraint], reading: Reading, is_missing: str) -> str:
    required = sum(rule_bit(at) for at, one in enumerate(rules) if one.name == "required" and one.expected)
    certain = reading.certain != "FALSE"
    broken = [
        f"CASE WHEN {keeps} THEN 0 ELSE {rule_bit(at)} END"
        for at, rule in enumerate(rules)
        if certain and (keeps := _keeps(rule))
    ]
    if reading.certain == "TRUE" and not broken and not required:
        return "0"
    cases = [f"WHEN {is_missing} THEN {required}"]
    cases.append(f"WHEN {reading.certain} THEN {' + '.join(broken) or '0'}")
    if reading.wrong != "FALSE":
        cases.append(f"WHEN {reading.wrong} THEN {TYPE_BIT}")
    return f"CASE {' '.join(cases)} ELSE {DOUBT} END"


def _fine(rules: Sequence[Constraint], reading: Reading, is_missing: str) -> str:
    """A condition under which the verdict is 0, quick to see and true of nearly every good cell."""
    quick = reading.quick or reading.certain
    parts = [quick, *filter(None, map(_keeps, rules))] if quick != "FALSE" else ["FALSE"]
    present = " AND ".join(one for one in parts if one != "TRUE")
    if any(one.name == "required" and one.expected for one in rules):
        return f"NOT {is_missing}" + (f" AND {present}" if present else "")
    return f"({present} OR {is_missing})" if present else "TRUE"


def _keeps(rule: Constraint) -> str:
    """The condition that a present value keeps to a rule; nothing for a rule on missing ones."""
    value = "{v}"
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
_DIRECTIVE = re.compile("%(.)")


def _text(field: Field, rules: Sequence[Constraint]) -> Reading:
    """Any text is a value; only a pattern may be beyond RE2."""
    certain = "TRUE"
    if readers.needs_frictionless(field):
        if field.format not in PLAIN_FORMATS or any(one.name == "pattern" for one in rules):
            return _DOUBTFUL
        return Reading("{x}", f"regexp_full_match({{x}}, {literal(PLAIN_FORMATS[field.format])})", key="{x}")
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
    canonical = "CAST({v} AS VARCHAR) = {x}"
    return Reading(
        "TRY_CAST({x} AS BIGINT)",
        certain=f"({canonical} OR regexp_full_match({{x}}, '[+-]?[0-9]{{1,18}}'))",
        wrong=f"(regexp_full_match({{x}}, {_ASCII}) AND NOT "
        "regexp_full_match({x}, '[\\x00-\\x20]*[+-]?[0-9]+(_[0-9]+)*[\\x00-\\x20]*'))",
        key="CAST({v} AS VARCHAR)",
        quick=canonical,
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
    # DuckDB reads `+-1` as a number and Python does not.
    certain = "(abs({v}) < 1e300 AND NOT contains({x}, '+'))"
    if bounds:
        same = ", ".join(sorted({_sql_value(one) for one in bounds}))
        certain = f"({certain} AND ({{v}} NOT IN ({same}) OR length({{x}}) <= {_EXACT_DIGITS}))"
    return Reading(
        "TRY_CAST({x} AS DOUBLE)",
        certain,
        wrong=f"(regexp_full_match({{x}}, {_ASCII}) AND NOT contains({{x}}, '_') AND NOT regexp_full_match({{x}}, "
        "'(?i)[\\x00-\\x20]*[+-]?([0-9.]+(e[+-]?[0-9]+)?|inf(inity)?|s?nan[0-9]*)[\\x00-\\x20]*'))",
        key="CASE WHEN {v} = trunc({v}) AND abs({v}) < 1e15 "
        "THEN CAST(CAST({v} AS BIGINT) AS VARCHAR) ELSE CAST({v} AS VARCHAR) END",
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
    return Reading(value, known, wrong="TRUE", key="CASE WHEN {v} THEN '1' ELSE '0' END")


def _stamp(field: Field, kind: str, key: str) -> Reading:
    """A text in a pattern of plain numbers: certain where writing its value again gives the same text."""
    directives = _DIRECTIVE.findall(field.format)
    plain = set(directives) <= set("YmdHMS") and len(set(directives)) == len(directives) > 0
    if not plain or not field.format.isascii() or "%" in _DIRECTIVE.sub("", field.format):
        return _DOUBTFUL
    pattern = literal(field.format)
    value = f"try_strptime({{x}}, {pattern})"
    certain = f"(strftime({value}, {pattern}) = {{x}} AND year({value}) >= 1000)"
    return Reading(f"CAST({value} AS {kind})", certain, key=key)


def _date(field: Field, _: Sequence[Constraint]) -> Reading:
    if field.format != "default":
        return _stamp(field, "DATE", "CAST({v} AS VARCHAR)")
    return Reading(
        "TRY_CAST({x} AS DATE)",
        certain="(strlen({x}) = 10 AND CAST({v} AS VARCHAR) = {x})",
        wrong=f"(regexp_full_match({{x}}, {_ASCII}) AND NOT "
        "regexp_full_match({x}, '[0-9]{4}-[0-9]{1,2}-[ 0-9]{1,2}') "
        "OR {v} IS NULL AND regexp_full_match({x}, '[0-9]{4}-[0-9]{2}-[0-9]{2}'))",
        key="{x}",
    )


def _year(_: Field, __: Sequence[Constraint]) -> Reading:
    return Reading(
        "TRY_CAST({x} AS INTEGER)",
        certain="(strlen({x}) = 4 AND CAST({v} AS VARCHAR) = {x} AND {v} >= 0)",
        wrong="length({x}) <> 4",
        key="CAST({v} AS VARCHAR)",
    )


_DAY_DIGITS = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


def _datetime(field: Field, rules: Sequence[Constraint]) -> Reading:
    """Whole seconds, in UTC or without a zone: the two cannot be compared, so a bound has to be of the same.

    DuckDB's own reading takes spaces and short numbers; the expression leaves pairs of digits only.
    """
    bounds = [value for rule in rules for value in _values(rule)]
    zoned = {one.utcoffset() is not None for one in bounds}
    if field.format != "default":
        return _stamp(field, "TIMESTAMP", "strftime({v}, '%Y-%m-%dT%H:%M:%S')")
    if len(zoned) > 1 or any(one.name == "enum" for one in rules):
        return _DOUBTFUL
    zone = "Z?" if not zoned else "Z" if True in zoned else ""
    certain = (
        f"(regexp_full_match({{x}}, '{_DAY_DIGITS}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}{zone}') "
        "AND {v} >= TIMESTAMP '1000-01-01' AND substr({x}, 12, 2) <> '24')"
    )
    wrong = "(length({x}) < 19 OR substr({x}, 17, 1) <> ':')"
    return Reading("TRY_CAST({x} AS TIMESTAMP)", certain, wrong, key="{x}")


def _utc(value: datetime) -> datetime:
    return value if value.utcoffset() is None else value.astimezone(UTC).replace(tzinfo=None)


def _time(field: Field, rules: Sequence[Constraint]) -> Reading:
    bounds = [value for rule in rules for value in _values(rule)]
    if field.format != "default":
        return _stamp(field, "TIME", "CAST({v} AS VARCHAR)")
    if any(one.utcoffset() is not None for one in bounds):
        return _DOUBTFUL
    wrong = "(length({x}) < 8 OR substr({x}, 6, 1) <> ':')"
    return Reading("TRY_CAST({x} AS TIME)", f"regexp_full_match({{x}}, '{_CLOCK}')", wrong, key="{x}")


def _yearmonth(_: Field, __: Sequence[Constraint]) -> Reading:
    return Reading(
        "TRY_CAST(replace({x}, '-', '') AS INTEGER)",
        "regexp_full_match({x}, '[0-9]{4}-(0[1-9]|1[0-2])')",
        wrong="length({x}) - length(replace({x}, '-', '')) <> 1",
        key="CAST(CAST(left({x}, 4) AS INTEGER) AS VARCHAR) || '|' || CAST(CAST(right({x}, 2) AS INTEGER) AS VARCHAR)",
    )
