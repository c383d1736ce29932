"""Days and times: `date`, `time`, `datetime`, `year`, `yearmonth` and `duration`.

A `format` is a strptime pattern; `any`, and the default of times, only Frictionless reads. DuckDB's own reading takes
spaces and short numbers; the expressions leave pairs of digits only.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from datagazette.model.publication import Field
from datagazette.tables.sql import literal
from datagazette.tables.types.field_type import (
    ASCII,
    BOUNDS,
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
    json_key,
)
from datagazette.tables.types.numbers import ExactNumber, number_key, shown_number, whole_bounds, whole_numbers

DATE, TIME = "yyyy-mm-dd", "hh:mm:ss"
_DIRECTIVE = re.compile("%(.)")
_DAY_DIGITS = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ZONED = "(?i).*(z|[+-][0-9]{2}(:?[0-9]{2})?)$"
# The same for shapes, which have no groups. Every day but 29 February, which not every year has.
_SHAPE_MONTH, _SHAPE_CLOCK = "(?:0[1-9]|1[0-2])", "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_SHAPE_DAY = f"(?:{_SHAPE_MONTH}-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_LEAP_YEARS = range(1900, 2101)  # a leap day of other years takes a closer look
# Day 60 of a spreadsheet's calendar is one that there never was (29 February 1900).
_FIRST_SHEET_DAY, _SHEET_EPOCH = date(1900, 3, 1), date(1899, 12, 30)
_SHEET_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(Z?)")


def _parsed(parse: Callable[[str], Value]) -> ValueReader:
    def read(cell: Any) -> Value:
        if not isinstance(cell, str):
            return None
        try:
            return parse(cell)
        except Exception:  # a strptime pattern may raise anything; Frictionless catches all of it
            return None

    return read


def _read_date(field: Field) -> ValueReader:
    pattern = "%Y-%m-%d" if field.format == "default" else field.format
    return _parsed(lambda cell: datetime.strptime(cell, pattern).date())  # noqa: DTZ007


def _read_time(field: Field) -> ValueReader:
    return _parsed(lambda cell: datetime.strptime(cell, field.format).timetz())  # noqa: DTZ007


def _read_datetime(field: Field) -> ValueReader:
    return _parsed(lambda cell: datetime.strptime(cell, field.format))  # noqa: DTZ007


def _read_year(_: Field) -> ValueReader:
    parse = _parsed(lambda cell: int(cell) if len(cell) == 4 else None)

    def read(cell: Any) -> int | None:
        value = cell if isinstance(cell, int) else parse(cell)
        return value if value is not None and 0 <= value <= 9999 else None

    return read


def _read_yearmonth(_: Field) -> ValueReader:
    def parse(cell: str) -> tuple[int, int] | None:
        year, month = map(int, cell.split("-"))
        return (year, month) if 1 <= month <= 12 else None

    return _parsed(parse)


def _datetime_key(value: datetime) -> str:
    if value.utcoffset() is None:
        return value.isoformat()
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def _time_key(value: time) -> str:
    offset = value.utcoffset()
    if offset is None:
        return value.isoformat()
    since = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) - offset
    return f"{since.total_seconds()}.{value.microsecond:06}Z"


def _duration_key(value: Any) -> str:
    """Frictionless has a class of its own for durations with years or months, whose length varies."""
    return f"{value / timedelta(microseconds=1)}" if isinstance(value, timedelta) else json_key(value)


def _sql_pattern(field: Field, kind: str, x: str) -> Reading:
    """A text in a pattern of plain numbers: certain where writing its value again gives the same text."""
    directives = _DIRECTIVE.findall(field.format)
    plain = set(directives) <= set("YmdHMS") and len(set(directives)) == len(directives) > 0
    if not plain or not field.format.isascii() or "%" in _DIRECTIVE.sub("", field.format):
        return doubtful(field, (), x)
    pattern = literal(field.format)
    read = f"try_strptime({x}, {pattern})"
    certain = f"(strftime({read}, {pattern}) = {x} AND year({read}) >= 1000)"
    value = f"CAST({read} AS {kind})"
    key = f"strftime({value}, '%Y-%m-%dT%H:%M:%S')" if kind == "TIMESTAMP" else f"CAST({value} AS VARCHAR)"
    return Reading(value, certain, key=key)


def _sql_date(field: Field, _: Sequence[Constraint], x: str, v: str) -> Reading:
    if field.format != "default":
        return _sql_pattern(field, "DATE", x)
    value = f"TRY_CAST({x} AS DATE)"
    v = v or value
    return Reading(
        value,
        certain=f"(strlen({x}) = 10 AND CAST({v} AS VARCHAR) = {x})",
        wrong=f"(regexp_full_match({x}, {ASCII}) AND NOT "
        f"regexp_full_match({x}, '[0-9]{{4}}-[0-9]{{1,2}}-[ 0-9]{{1,2}}') "
        f"OR {v} IS NULL AND regexp_full_match({x}, {literal(_DAY_DIGITS)}))",
        key=x,
    )


def _sql_time(field: Field, rules: Sequence[Constraint], x: str, _: str) -> Reading:
    if field.format != "default":
        return _sql_pattern(field, "TIME", x)
    if any(bound.utcoffset() is not None for bound in compared(rules)):
        return doubtful(field, rules, x)
    wrong = f"(length({x}) < 8 OR substr({x}, 6, 1) <> ':')"
    return Reading(f"TRY_CAST({x} AS TIME)", f"regexp_full_match({x}, {literal(_CLOCK)})", wrong, key=x)


def _sql_datetime(field: Field, rules: Sequence[Constraint], x: str, v: str) -> Reading:
    """Whole seconds, in UTC or without a zone: the two cannot be compared, so a bound has to be of the same."""
    if field.format != "default":
        return _sql_pattern(field, "TIMESTAMP", x)
    zoned = {bound.utcoffset() is not None for bound in compared(rules)}
    if len(zoned) > 1 or any(rule.name == "enum" for rule in rules):
        return doubtful(field, rules, x)
    value = f"TRY_CAST({x} AS TIMESTAMP)"
    digits = literal(f"{_DAY_DIGITS}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}{_zone(zoned)}")
    certain = (
        f"(regexp_full_match({x}, {digits}) AND {v or value} >= TIMESTAMP '1000-01-01' AND substr({x}, 12, 2) <> '24')"
    )
    wrong = f"(length({x}) < 19 OR substr({x}, 17, 1) <> ':')"
    return Reading(value, certain, wrong, key=x)


def _zone(zoned: set[bool]) -> str:
    """The expression of the zone where bounds have these."""
    return "Z?" if not zoned else "Z" if True in zoned else ""


def _sql_year(_: Field, __: Sequence[Constraint], x: str, v: str) -> Reading:
    value = f"TRY_CAST({x} AS INTEGER)"
    v = v or value
    return Reading(
        value,
        certain=f"(strlen({x}) = 4 AND CAST({v} AS VARCHAR) = {x} AND {v} >= 0)",
        wrong=f"length({x}) <> 4",
        key=f"CAST({v} AS VARCHAR)",
    )


def _sql_yearmonth(_: Field, __: Sequence[Constraint], x: str, ___: str) -> Reading:
    return Reading(
        f"TRY_CAST(replace({x}, '-', '') AS INTEGER)",
        f"regexp_full_match({x}, '[0-9]{{4}}-(0[1-9]|1[0-2])')",
        wrong=f"length({x}) - length(replace({x}, '-', '')) <> 1",
        key=f"CAST(CAST(left({x}, 4) AS INTEGER) AS VARCHAR) || '|' || CAST(CAST(right({x}, 2) AS INTEGER) AS VARCHAR)",
    )


def _date_candidates(field: Field, x: str) -> Sequence[Candidate]:
    if field.format != "default":
        return _pattern_candidates(field, x, "DATE")
    return [Candidate(x, "DATE", f"strlen({x}) = 10 AND CAST(TRY_CAST({x} AS DATE) AS VARCHAR) = {x}")]


def _time_candidates(field: Field, x: str) -> Sequence[Candidate]:
    if field.format != "default":
        return _pattern_candidates(field, x, "TIME")
    return [Candidate(x, "TIME", f"strlen({x}) = 8 AND CAST(TRY_CAST({x} AS TIME) AS VARCHAR) = {x}")]


def _datetime_candidates(field: Field, x: str) -> Sequence[Candidate]:
    if field.format != "default":
        return _pattern_candidates(field, x, "TIMESTAMP")
    utc = f"CAST({x} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    zoned = f"regexp_full_match({x}, {literal(_ZONED)})"
    whole = f"substr({x}, 12, 2) <> '24' AND TRY_CAST({x} AS TIMESTAMP) IS NOT NULL"
    return [
        Candidate(x, "TIMESTAMP", f"NOT {zoned} AND {whole}"),
        Candidate(utc, "TIMESTAMP", f"{zoned} AND {whole}"),
    ]


def _pattern_candidates(field: Field, x: str, kind: str) -> Sequence[Candidate]:
    """A strptime pattern, where DuckDB reads it as Python does: it must also write the text again."""
    pattern = literal(field.format)
    unlike = any(f"%{directive}" in field.format for directive in "zZcxXUWGuV")
    if field.format == "any" or "%" not in field.format or unlike:
        return []
    value = f"try_strptime({x}, {pattern})"
    return [Candidate(value, kind, f"{value} IS NOT NULL AND strftime({value}, {pattern}) = {x}")]


def _date_shape(field: Field, rules: Rules, _: str, __: str) -> str | None:
    return None if field.format != "default" else _days(rules, lambda bound: bound) or None


def _time_shape(field: Field, rules: Rules, ends: str, _: str) -> str | None:
    return None if field.format != "default" or bounded(rules) or ":" in ends else _SHAPE_CLOCK


def _datetime_shape(field: Field, rules: Rules, ends: str, _: str) -> str | None:
    zoned = {rule.expected.utcoffset() is not None for rule in rules.values() if isinstance(rule.expected, datetime)}
    if field.format != "default" or len(zoned) > 1 or ":" in ends:
        return None
    days = _days(rules, lambda bound: bound.date())
    return f"{days}T{_SHAPE_CLOCK}{_zone(zoned)}" if days else None


def _days(rules: Rules, day: Callable[[Any], date]) -> str:
    """The days of those years that keep to the bounds on every day; nothing where there are none."""
    first, last = 1000, 9999
    for name in rules.keys() & set(BOUNDS):
        bound = day(rules[name].expected)
        if name in ("maximum", "exclusiveMaximum"):
            last = min(last, bound.year - 1)
        elif name == "exclusiveMinimum" or isinstance(rules[name].expected, datetime):
            first = max(first, bound.year + 1)  # a day is left for zones
        else:
            first = max(first, bound.year + (bound.timetuple().tm_yday > 1))
    years = "|".join(whole_numbers(first, last))
    leap = [str(year) for year in _LEAP_YEARS if first <= year <= last and isleap(year)]
    centuries = sorted({year[:2] for year in leap})
    shared = (f"{century}(?:{'|'.join(year[2:] for year in leap if year[:2] == century)})" for century in centuries)
    ordinary = f"(?:{years})-{_SHAPE_DAY}" if years else ""
    return f"(?:{ordinary}|(?:{'|'.join(shared)})-02-29)" if leap else ordinary


def _year_shape(_: Field, rules: Rules, __: str, ___: str) -> str | None:
    low, high = whole_bounds(rules)
    return "|".join(whole_numbers(max(low or 1000, 1000), min(9999 if high is None else high, 9999))) or None


def _yearmonth_shape(_: Field, rules: Rules, __: str, ___: str) -> str | None:
    return None if bounded(rules) else f"[0-9]{{4}}-{_SHAPE_MONTH}"


def _shown_date(field: Field, text: str) -> Shown:
    serial = _sheet_day(text) if not _has_pattern(field) and re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    return Shown(text) if serial is None else Shown(serial, DATE)


def _shown_time(field: Field, text: str) -> Shown:
    fraction = _sheet_time(text) if not _has_pattern(field) and re.fullmatch(r"\d\d:\d\d:\d\d", text) else None
    return Shown(text) if fraction is None else Shown(ExactNumber(fraction), TIME)


def _shown_datetime(field: Field, text: str) -> Shown:
    found = None if _has_pattern(field) else _SHEET_MOMENT.fullmatch(text)
    day, clock = (_sheet_day(found[1]), _sheet_time(found[2])) if found else (None, None)
    if not found or day is None or clock is None:
        return Shown(text)
    return Shown(ExactNumber(day + clock), f'{DATE}"T"{TIME}' + ('"Z"' if found[3] else ""))


def _has_pattern(field: Field) -> bool:
    return field.format not in ("default", "", "any")


def _sheet_day(text: str) -> int | None:
    """The number that a spreadsheet has for a day; None for one that its calendar does not have."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return (day - _SHEET_EPOCH).days if day >= _FIRST_SHEET_DAY else None


def _sheet_time(text: str) -> float | None:
    """A time as a fraction of a day."""
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        return None
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) / 86_400


def _sql_value_of_yearmonth(value: tuple[int, int]) -> str:
    return literal(value[0] * 100 + value[1])


TYPES = {
    "date": FieldType(
        constraints=("required", *BOUNDS, "enum"),
        family="date",
        read=_read_date,
        needs_frictionless=lambda field: field.format == "any",
        key=date.isoformat,
        sql=_sql_date,
        kind="DATE",
        candidates=_date_candidates,
        hashed=False,
        ordered=True,
        shape=_date_shape,
        shown=_shown_date,
        safe_in_sheets=True,
        guesses=(
            Guess(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
            Guess(r"[12][0-9]{3}/[01]?[0-9]/[0-3]?[0-9]", {"format": "%Y/%m/%d"}),
            Guess(r"[12][0-9]{3}年[01]?[0-9]月[0-3]?[0-9]日", {"format": "%Y年%m月%d日"}),
            Guess(r"[0-3]?[0-9]\.[01]?[0-9]\.[12][0-9]{3}", {"format": "%d.%m.%Y"}),
        ),
    ),
    "time": FieldType(
        constraints=("required", *BOUNDS, "enum"),
        family="time",
        read=_read_time,
        needs_frictionless=lambda field: field.format in ("any", "default"),
        key=_time_key,
        sql=_sql_time,
        kind="TIME",
        candidates=_time_candidates,
        ordered=True,
        shape=_time_shape,
        shown=_shown_time,
        safe_in_sheets=True,
    ),
    "datetime": FieldType(
        constraints=("required", *BOUNDS, "enum"),
        family="datetime",
        read=_read_datetime,
        needs_frictionless=lambda field: field.format in ("any", "default"),
        key=_datetime_key,
        sql=_sql_datetime,
        kind="TIMESTAMP",
        candidates=_datetime_candidates,
        ordered=True,
        shape=_datetime_shape,
        shown=_shown_datetime,
        safe_in_sheets=True,
    ),
    "year": FieldType(
        constraints=("required", *BOUNDS, "enum"),
        family="number",
        read=_read_year,
        key=number_key,
        sql=_sql_year,
        kind="INTEGER",
        candidates=lambda _, x: [Candidate(x, "INTEGER", f"regexp_full_match({x}, '[0-9]{{4}}')")],
        hashed=False,
        ordered=True,
        shape=_year_shape,
        shown=shown_number,
        safe_in_sheets=True,
        guesses=(Guess(r"[12][0-9]{3}", heading=r"(^|[_ ])year($|[_ ])|年份|年度|^年$"),),
    ),
    "yearmonth": FieldType(
        constraints=("required", *BOUNDS, "enum"),
        family="yearmonth",
        read=_read_yearmonth,
        key=lambda value: "|".join(map(number_key, value)),
        sql=_sql_yearmonth,
        sql_value=_sql_value_of_yearmonth,
        ordered=True,
        shape=_yearmonth_shape,
        safe_in_sheets=True,
        guesses=(Guess(r"[12][0-9]{3}-(0[1-9]|1[0-2])"),),
    ),
    "duration": FieldType(constraints=("required", "enum"), family="duration", key=_duration_key),
}
