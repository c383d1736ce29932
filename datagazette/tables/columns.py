"""The SQL that judges a cell.

A verdict is a number: 0 the cell is fine, else a sum of `TYPE_BIT` (no value of its type) and of a bit for
each broken constraint, `rule_bit(0)`, `rule_bit(1)` ... in the field's order; or `DOUBT` where SQL cannot
tell. Doubtful cells are decided by `readers` on the distinct values.

The SQL is written by functions of the cell, which is an expression itself: a name, or `l[2]`. What a schema says gets
into it through `sql.literal` alone, and nothing is replaced in it afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any

from datagazette.model.tabular import Field
from datagazette.tables import readers
from datagazette.tables.patterns import translate
from datagazette.tables.readers import Constraint
from datagazette.tables.sql import literal, literals

DOUBT = 1
TYPE_BIT = 2
_EXACT_DIGITS = 15  # decimals of so many digits are told apart as doubles
_ASCII = literal("[\\x00-\\x7f]*")


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
    """How SQL reads a cell of one type: finished expressions.

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
    """A column of the file, `number` from 1. `keyed` where its values are compared with one another."""

    number: int
    field: Field
    missing: tuple[str, ...]
    rules: tuple[Constraint, ...]
    keyed: bool = False

    @property
    def name(self) -> str:
        return column(self.number)

    @property
    def typed(self) -> str:
        """The name that `fine` has for the cell's value; the counting scan computes it once for each row."""
        return f"t{self.number}"

    @property
    def value(self) -> str:
        return self.reading.value

    @cached_property
    def reading(self) -> Reading:
        """How the relation's own column is read."""
        return self._reading_of(self.name)

    @cached_property
    def verdict(self) -> str:
        return self.verdict_of(self.name)

    @cached_property
    def is_missing(self) -> str:
        return self.is_missing_in(self.name)

    @cached_property
    def fine(self) -> str:
        """A condition under which the verdict is 0, quick to see and true of nearly every good cell."""
        return _fine(self.rules, self._reading_of(self.name, self.typed), self.is_missing, self.typed)

    def verdict_of(self, cell: str) -> str:
        """The verdict on any expression of the cell."""
        return _verdict(self.rules, self._reading_of(cell), self.is_missing_in(cell))

    def is_missing_in(self, cell: str) -> str:
        """The condition that any expression of the cell is a missing value."""
        return f"({cell} IS NULL OR {cell} IN ({literals(self.missing)}))" if self.missing else f"{cell} IS NULL"

    def _reading_of(self, cell: str, value: str = "") -> Reading:
        """`value` is an expression that has the cell's value already, where there is one."""
        found = _reading(self.field, self.rules, cell, value)
        if self.keyed and self.field.type == "number" and found.key:
            return replace(found, certain=f"({found.certain} AND length({cell}) <= {_EXACT_DIGITS})")
        return found

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
    return Column(number, field, missing, readers.constraints(field), keyed)


def _verdict(rules: Sequence[Constraint], reading: Reading, is_missing: str) -> str:
    required = sum(rule_bit(at) for at, one in enumerate(rules) if one.name == "required" and one.expected)
    certain = reading.certain != "FALSE"
    broken = [
        f"CASE WHEN {keeps} THEN 0 ELSE {rule_bit(at)} END"
        for at, rule in enumerate(rules)
        if certain and (keeps := _keeps(rule, reading.value))
    ]
    if reading.certain == "TRUE" and not broken and not required:
        return "0"
    cases = [f"WHEN {is_missing} THEN {required}"]
    cases.append(f"WHEN {reading.certain} THEN {' + '.join(broken) or '0'}")
    if reading.wrong != "FALSE":
        cases.append(f"WHEN {reading.wrong} THEN {TYPE_BIT}")
    return f"CASE {' '.join(cases)} ELSE {DOUBT} END"


def _fine(rules: Sequence[Constraint], reading: Reading, is_missing: str, value: str) -> str:
    quick = reading.quick or reading.certain
    parts = [quick, *(keeps for rule in rules if (keeps := _keeps(rule, value)))] if quick != "FALSE" else ["FALSE"]
    present = " AND ".join(one for one in parts if one != "TRUE")
    if any(one.name == "required" and one.expected for one in rules):
        return f"NOT {is_missing}" + (f" AND {present}" if present else "")
    return f"({present} OR {is_missing})" if present else "TRUE"


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


def _reading(field: Field, rules: Sequence[Constraint], x: str, v: str) -> Reading:
    """`x` is an expression of the cell; `v` one of its value, or empty where each condition is to compute it."""
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
    return _doubtful(x) if maker is None else maker(field, rules, x, v)


_DIRECTIVE = re.compile("%(.)")


def _doubtful(x: str, key: str = "") -> Reading:
    return Reading(x, "FALSE", key=key)


def _text(field: Field, rules: Sequence[Constraint], x: str, _: str) -> Reading:
    """Any text is a value; only a pattern may be beyond RE2."""
    certain = "TRUE"
    if readers.needs_frictionless(field):
        if field.format not in PLAIN_FORMATS or any(one.name == "pattern" for one in rules):
            return _doubtful(x)
        return Reading(x, f"regexp_full_match({x}, {literal(PLAIN_FORMATS[field.format])})", key=x)
    for rule in rules:
        if rule.name == "pattern":
            found = translate(rule.written)
            if found is None:
                return _doubtful(x, key=x)
            if not found.complete:
                ascii_only = f"regexp_full_match({x}, {_ASCII})"
                certain = f"(regexp_full_match({x}, {literal(found.re2)}) OR {ascii_only})"
    return Reading(x, certain, key=x)


def _integer(field: Field, rules: Sequence[Constraint], x: str, v: str) -> Reading:
    if not readers.option(field, "bareNumber", True) or _beyond_bigint(rules):
        return _doubtful(x)
    value = f"TRY_CAST({x} AS BIGINT)"
    text = f"CAST({v or value} AS VARCHAR)"
    canonical = f"{text} = {x}"
    return Reading(
        value,
        certain=f"({canonical} OR regexp_full_match({x}, '[+-]?[0-9]{{1,18}}'))",
        wrong=f"(regexp_full_match({x}, {_ASCII}) AND NOT "
        f"regexp_full_match({x}, '[\\x00-\\x20]*[+-]?[0-9]+(_[0-9]+)*[\\x00-\\x20]*'))",
        key=text,
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


def _number(field: Field, rules: Sequence[Constraint], x: str, v: str) -> Reading:
    plain = (
        readers.option(field, "bareNumber", True)
        and readers.option(field, "groupChar", "") == ""
        and readers.option(field, "decimalChar", ".") == "."
        and not readers.option(field, "floatNumber", False)
    )
    bounds = [value for rule in rules for value in _values(rule)]
    if not plain or any(not _is_short(one) for one in bounds):
        return _doubtful(x)
    value = f"TRY_CAST({x} AS DOUBLE)"
    v = v or value
    # DuckDB reads `+-1` as a number and Python does not.
    certain = f"(abs({v}) < 1e300 AND NOT contains({x}, '+'))"
    if bounds:
        same = ", ".join(sorted({_sql_value(one) for one in bounds}))
        certain = f"({certain} AND ({v} NOT IN ({same}) OR length({x}) <= {_EXACT_DIGITS}))"
    return Reading(
        value,
        certain,
        wrong=f"(regexp_full_match({x}, {_ASCII}) AND NOT contains({x}, '_') AND NOT regexp_full_match({x}, "
        "'(?i)[\\x00-\\x20]*[+-]?([0-9.]+(e[+-]?[0-9]+)?|inf(inity)?|s?nan[0-9]*)[\\x00-\\x20]*'))",
        key=f"CASE WHEN {v} = trunc({v}) AND abs({v}) < 1e15 "
        f"THEN CAST(CAST({v} AS BIGINT) AS VARCHAR) ELSE CAST({v} AS VARCHAR) END",
    )


def _is_short(value: Any) -> bool:
    number = Decimal(value) if isinstance(value, int) else value
    return isinstance(number, Decimal) and number.is_finite() and len(number.as_tuple().digits) <= _EXACT_DIGITS


def _boolean(field: Field, _: Sequence[Constraint], x: str, v: str) -> Reading:
    values = readers.booleans(field)
    true = [text for text, value in values.items() if value]
    if not values:
        return Reading("NULL", "FALSE", wrong="TRUE")
    value = f"({x} IN ({literals(true)}))" if true else "FALSE"
    known = f"{x} IN ({literals(values)})"
    return Reading(value, known, wrong="TRUE", key=f"CASE WHEN {v or value} THEN '1' ELSE '0' END")


def _stamp(field: Field, kind: str, x: str) -> Reading:
    """A text in a pattern of plain numbers: certain where writing its value again gives the same text."""
    directives = _DIRECTIVE.findall(field.format)
    plain = set(directives) <= set("YmdHMS") and len(set(directives)) == len(directives) > 0
    if not plain or not field.format.isascii() or "%" in _DIRECTIVE.sub("", field.format):
        return _doubtful(x)
    pattern = literal(field.format)
    read = f"try_strptime({x}, {pattern})"
    certain = f"(strftime({read}, {pattern}) = {x} AND year({read}) >= 1000)"
    value = f"CAST({read} AS {kind})"
    key = f"strftime({value}, '%Y-%m-%dT%H:%M:%S')" if kind == "TIMESTAMP" else f"CAST({value} AS VARCHAR)"
    return Reading(value, certain, key=key)


def _date(field: Field, _: Sequence[Constraint], x: str, v: str) -> Reading:
    if field.format != "default":
        return _stamp(field, "DATE", x)
    value = f"TRY_CAST({x} AS DATE)"
    v = v or value
    return Reading(
        value,
        certain=f"(strlen({x}) = 10 AND CAST({v} AS VARCHAR) = {x})",
        wrong=f"(regexp_full_match({x}, {_ASCII}) AND NOT "
        f"regexp_full_match({x}, '[0-9]{{4}}-[0-9]{{1,2}}-[ 0-9]{{1,2}}') "
        f"OR {v} IS NULL AND regexp_full_match({x}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}'))",
        key=x,
    )


def _year(_: Field, __: Sequence[Constraint], x: str, v: str) -> Reading:
    value = f"TRY_CAST({x} AS INTEGER)"
    v = v or value
    return Reading(
        value,
        certain=f"(strlen({x}) = 4 AND CAST({v} AS VARCHAR) = {x} AND {v} >= 0)",
        wrong=f"length({x}) <> 4",
        key=f"CAST({v} AS VARCHAR)",
    )


_DAY_DIGITS = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


def _datetime(field: Field, rules: Sequence[Constraint], x: str, v: str) -> Reading:
    """Whole seconds, in UTC or without a zone: the two cannot be compared, so a bound has to be of the same.

    DuckDB's own reading takes spaces and short numbers; the expression leaves pairs of digits only.
    """
    bounds = [value for rule in rules for value in _values(rule)]
    zoned = {one.utcoffset() is not None for one in bounds}
    if field.format != "default":
        return _stamp(field, "TIMESTAMP", x)
    if len(zoned) > 1 or any(one.name == "enum" for one in rules):
        return _doubtful(x)
    zone = "Z?" if not zoned else "Z" if True in zoned else ""
    value = f"TRY_CAST({x} AS TIMESTAMP)"
    digits = literal(f"{_DAY_DIGITS}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}{zone}")
    certain = (
        f"(regexp_full_match({x}, {digits}) AND {v or value} >= TIMESTAMP '1000-01-01' AND substr({x}, 12, 2) <> '24')"
    )
    wrong = f"(length({x}) < 19 OR substr({x}, 17, 1) <> ':')"
    return Reading(value, certain, wrong, key=x)


def _utc(value: datetime) -> datetime:
    return value if value.utcoffset() is None else value.astimezone(UTC).replace(tzinfo=None)


def _time(field: Field, rules: Sequence[Constraint], x: str, _: str) -> Reading:
    bounds = [value for rule in rules for value in _values(rule)]
    if field.format != "default":
        return _stamp(field, "TIME", x)
    if any(one.utcoffset() is not None for one in bounds):
        return _doubtful(x)
    wrong = f"(length({x}) < 8 OR substr({x}, 6, 1) <> ':')"
    return Reading(f"TRY_CAST({x} AS TIME)", f"regexp_full_match({x}, {literal(_CLOCK)})", wrong, key=x)


def _yearmonth(_: Field, __: Sequence[Constraint], x: str, ___: str) -> Reading:
    return Reading(
        f"TRY_CAST(replace({x}, '-', '') AS INTEGER)",
        f"regexp_full_match({x}, '[0-9]{{4}}-(0[1-9]|1[0-2])')",
        wrong=f"length({x}) - length(replace({x}, '-', '')) <> 1",
        key=f"CAST(CAST(left({x}, 4) AS INTEGER) AS VARCHAR) || '|' || CAST(CAST(right({x}, 2) AS INTEGER) AS VARCHAR)",
    )
