"""Days and times: `date`, `time`, `datetime`, `year`, `yearmonth` and `duration`.

A `format` is a strptime pattern; `any`, and the default of times, only Frictionless reads. DuckDB's own reading takes
spaces and short numbers; the expressions leave pairs of digits only.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
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
from datagazette.tables.types.numbers import ExactNumber, Numeric, number_key, whole_numbers, with_plain_digits
from datagazette.tables.types.patterns import in_sheet, spelled

_ISO = {"DATE": "%Y-%m-%d", "TIME": "%H:%M:%S", "TIMESTAMP": "%Y-%m-%d %H:%M:%S"}
_DIRECTIVE = re.compile("%(.)")
_DAY_DIGITS = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ZONED = "(?i).*(z|[+-][0-9]{2}(:?[0-9]{2})?)$"
# Shapes have no groups. A day is every one but 29 February, which not every year has.
_MONTH, _CLOCK = "(?:0[1-9]|1[0-2])", "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_DAY = f"(?:{_MONTH}-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_LEAP_YEARS = range(1900, 2101)  # a leap day of other years takes a closer look
# Day 60 of a spreadsheet's calendar is one that there never was (29 February 1900).
_FIRST_SHEET_DAY, SHEET_EPOCH = date(1900, 3, 1), date(1899, 12, 30)
# `any` has a blank between day and time, too.
_SHEET_MOMENTS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S")
_SHORTEST_MOMENT = len("2021-05-06T07:08:09")
_CLOCK_PARTS = re.compile("([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")
_ENDS = {"": "", "T00:00:00": "T%H:%M:%S", "T00:00:00Z": "T%H:%M:%SZ"}
_DAY_LENGTH = len("2021-05-06")
_REMEMBERED = 1 << 15  # days of a sheet
_HAS_DAYS = re.compile("%[YymdbBaA]")


# Days as people write them: day and month in either order, which only a day above 12 decides.
_D, _M, _Y = "(0?[1-9]|[12][0-9]|3[01])", "(0?[1-9]|1[0-2])", "[12][0-9]{3}"
_WRITTEN_DAYS = (
    (r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", ""),
    (f"{_Y}/{_M}/{_D}", "%Y/%m/%d"),
    (f"{_Y}年{_M}月{_D}日", "%Y年%m月%d日"),
    (rf"{_D}\.{_M}\.{_Y}", "%d.%m.%Y"),
    (f"{_D}/{_M}/{_Y}", "%d/%m/%Y"),
    (f"{_M}/{_D}/{_Y}", "%m/%d/%Y"),
    (f"{_D}-{_M}-{_Y}", "%d-%m-%Y"),
    (f"{_M}-{_D}-{_Y}", "%m-%d-%Y"),
)


def _written_moments() -> Iterator[Guess]:
    """A day with a time after it, to the minute or the second."""
    for zone in ("", "(Z|[+-][0-9]{2}:[0-9]{2})"):
        yield Guess(rf"{_WRITTEN_DAYS[0][0]}T{_CLOCK}(\.[0-9]+)?{zone}")
    clocks = ((_CLOCK, "%H:%M:%S"), (_CLOCK.removesuffix(":[0-5][0-9]"), "%H:%M"))
    for day, form in _WRITTEN_DAYS:
        for clock, clock_form in clocks:
            yield Guess(f"{day} {clock}", {"format": f"{form or '%Y-%m-%d'} {clock_form}"})


def _parsed(parse: Callable[[str], Any]) -> ValueReader:
    def read(cell: Any) -> Any:
        if not isinstance(cell, str):
            return None
        try:
            return parse(cell)
        except Exception:  # a strptime pattern may raise anything; Frictionless catches all of it
            return None

    return read


def _day(text: str) -> date:
    """What `strptime` reads with `%Y-%m-%d`, nearly always in a twentieth of its time. Raises ValueError."""
    is_iso = len(text) == 10 and text[4] == text[7] == "-" and text.isascii() and text.replace("-", "").isdigit()
    return date.fromisoformat(text) if is_iso else datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007


class _Moment(FieldType):
    """What `date`, `time` and `datetime` share: a `format` may be a strptime pattern, or `any`."""

    constraints = ("required", *BOUNDS, "enum")
    ordered = True
    safe_in_sheets = True

    @property
    def is_default(self) -> bool:
        return self.field.format == "default"

    @property
    def has_pattern(self) -> bool:
        return self.field.format not in ("default", "", "any")

    def sql(self, x: str, v: str, /) -> Reading:
        """A text in a pattern of plain numbers: certain where writing its value again gives the same text."""
        form = self.field.format
        directives = _DIRECTIVE.findall(form)
        plain = set(directives) <= set("YmdHMS") and len(set(directives)) == len(directives) > 0
        if not plain or not form.isascii() or "%" in _DIRECTIVE.sub("", form):
            return super().sql(x, v)
        read = f"try_strptime({x}, {literal(form)})"
        certain = f"(strftime({read}, {literal(form)}) = {x} AND year({read}) >= 1000)"
        value = f"CAST({read} AS {self.kind})"
        is_timestamp = self.kind == "TIMESTAMP"
        key = f"strftime({value}, '%Y-%m-%dT%H:%M:%S')" if is_timestamp else f"CAST({value} AS VARCHAR)"
        return Reading(value, certain, key=key)

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        """A strptime pattern, where DuckDB reads it as Python does: it must also write the text again."""
        form = self.field.format
        unlike = any(f"%{directive}" in form for directive in "zZcxXUWGuV")
        if form == "any" or "%" not in form or unlike:
            return []
        value = f"try_strptime({x}, {literal(form)})"
        return [Candidate(value, self.kind, f"{value} IS NOT NULL AND strftime({value}, {literal(form)}) = {x}")]

    def spelled_candidates(self, x: str, /) -> Sequence[Candidate]:
        """A strptime pattern whose numbers are not all of two digits; `default` is one for dates. Of `any` only what is
        written in the order of ISO 8601 is read, in which no other value could be meant."""
        form = self.field.format
        if form == "any" or (self.is_default and self.kind == "DATE"):
            form = _ISO[self.kind]
        shape, zoned = spelled(form), "%z" in form
        if not shape or (zoned and self.kind != "TIMESTAMP"):
            return []
        value = f"try_strptime({x}, {literal(form)})"
        fits = f"regexp_full_match({x}, {literal(shape)}) AND {value} IS NOT NULL"
        return [Candidate(f"{value} AT TIME ZONE 'UTC'" if zoned else value, self.kind, fits)]

    def days(self, day: Callable[[Any], date]) -> str:
        """The days of those years that keep to the bounds on every day; nothing where there are none."""
        first, last = 1000, 9999
        for name, expected in self.bounds.items():
            bound = day(expected)
            if name in ("maximum", "exclusiveMaximum"):
                last = min(last, bound.year - 1)
            elif name == "exclusiveMinimum" or isinstance(expected, datetime):
                first = max(first, bound.year + 1)  # a day is left for zones
            else:
                first = max(first, bound.year + (bound.timetuple().tm_yday > 1))
        years = "|".join(whole_numbers(first, last))
        leap = [str(year) for year in _LEAP_YEARS if first <= year <= last and isleap(year)]
        centuries = sorted({year[:2] for year in leap})
        shared = (f"{century}(?:{'|'.join(year[2:] for year in leap if year[:2] == century)})" for century in centuries)
        ordinary = f"(?:{years})-{_DAY}" if years else ""
        return f"(?:{ordinary}|(?:{'|'.join(shared)})-02-29)" if leap else ordinary


class Date(_Moment):
    family = "date"
    kind = "DATE"
    hashed = False
    guesses = tuple(Guess(pattern, {"format": form} if form else {}) for pattern, form in _WRITTEN_DAYS)

    def reader(self) -> ValueReader | None:
        if self.is_default:
            return _parsed(_day)
        pattern = self.field.format
        return None if pattern == "any" else _parsed(lambda cell: datetime.strptime(cell, pattern).date())  # noqa: DTZ007

    @staticmethod
    def key(value: date) -> str:
        return value.isoformat()

    def sql(self, x: str, v: str, /) -> Reading:
        if not self.is_default:
            return super().sql(x, v)
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

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        if not self.is_default:
            return super().candidates(x)
        return [Candidate(x, "DATE", f"strlen({x}) = 10 AND CAST(TRY_CAST({x} AS DATE) AS VARCHAR) = {x}")]

    def shape(self, *_: str) -> str | None:
        return self.days(lambda bound: bound) or None if self.is_default else None

    def shown(self, text: str) -> Shown:
        found = in_sheet(self.field.format if self.has_pattern else _ISO["DATE"], text)
        if not found or found[0].date() < _FIRST_SHEET_DAY or found[0].time() != time():
            return Shown(text)
        return Shown((found[0].date() - SHEET_EPOCH).days, found[1], is_moment=True)

    def quick_number(self) -> NumberReader | None:
        return None if self.has_pattern else _quick_day


class Time(_Moment):
    family = "time"
    kind = "TIME"

    def reader(self) -> ValueReader | None:
        pattern = self.field.format
        if pattern in ("any", "default"):
            return None
        return _parsed(lambda cell: datetime.strptime(cell, pattern).timetz())  # noqa: DTZ007

    @staticmethod
    def key(value: time) -> str:
        offset = value.utcoffset()
        if offset is None:
            return value.isoformat()
        since = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) - offset
        return f"{since.total_seconds()}.{value.microsecond:06}Z"

    def sql(self, x: str, v: str, /) -> Reading:
        if not self.is_default:
            return super().sql(x, v)
        if any(bound.utcoffset() is not None for bound in self.compared):
            return FieldType.sql(self, x, v)
        wrong = f"(length({x}) < 8 OR substr({x}, 6, 1) <> ':')"
        return Reading(f"TRY_CAST({x} AS TIME)", f"regexp_full_match({x}, {literal(_CLOCK)})", wrong, key=x)

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        if not self.is_default:
            return super().candidates(x)
        return [Candidate(x, "TIME", f"strlen({x}) = 8 AND CAST(TRY_CAST({x} AS TIME) AS VARCHAR) = {x}")]

    def shape(self, ends: str, _: str, /) -> str | None:
        return None if not self.is_default or self.bounds or ":" in ends else _CLOCK

    def shown(self, text: str) -> Shown:
        form = self.field.format if self.has_pattern else _ISO["TIME"]
        found = None if _HAS_DAYS.search(form) else in_sheet(form, text)
        # Only a pattern of its own lets numbers have one digit.
        if not found or not (self.has_pattern or found[1] == "hh:mm:ss"):
            return Shown(text)
        return Shown(ExactNumber(_fraction(found[0])), found[1], is_moment=True)


class Datetime(_Moment):
    family = "datetime"
    kind = "TIMESTAMP"
    guesses = tuple(_written_moments())

    def reader(self) -> ValueReader | None:
        pattern = self.field.format
        return None if pattern in ("any", "default") else _parsed(lambda cell: datetime.strptime(cell, pattern))  # noqa: DTZ007

    @staticmethod
    def key(value: datetime) -> str:
        if value.utcoffset() is None:
            return value.isoformat()
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"

    def sql(self, x: str, v: str, /) -> Reading:
        """Whole seconds, in UTC or without a zone: the two cannot be compared, so a bound has to be of the same."""
        if not self.is_default:
            return super().sql(x, v)
        zoned = {bound.utcoffset() is not None for bound in self.compared}
        if len(zoned) > 1 or "enum" in self.rules:
            return FieldType.sql(self, x, v)
        value = f"TRY_CAST({x} AS TIMESTAMP)"
        digits = literal(f"{_DAY_DIGITS}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}{self._zone(zoned)}")
        certain = (
            f"(regexp_full_match({x}, {digits}) AND {v or value} >= TIMESTAMP '1000-01-01' "
            f"AND substr({x}, 12, 2) <> '24')"
        )
        wrong = f"(length({x}) < 19 OR substr({x}, 17, 1) <> ':')"
        return Reading(value, certain, wrong, key=x)

    @staticmethod
    def _zone(zoned: set[bool]) -> str:
        """The expression of the zone where bounds have these."""
        return "Z?" if not zoned else "Z" if True in zoned else ""

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        if not self.is_default:
            return super().candidates(x)
        utc = f"CAST({x} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        zoned = f"regexp_full_match({x}, {literal(_ZONED)})"
        whole = f"substr({x}, 12, 2) <> '24' AND TRY_CAST({x} AS TIMESTAMP) IS NOT NULL"
        return [
            Candidate(x, "TIMESTAMP", f"NOT {zoned} AND {whole}"),
            Candidate(utc, "TIMESTAMP", f"{zoned} AND {whole}"),
        ]

    def shape(self, ends: str, _: str, /) -> str | None:
        zoned = {bound.utcoffset() is not None for bound in self.bounds.values()}
        if not self.is_default or len(zoned) > 1 or ":" in ends:
            return None
        days = self.days(lambda bound: bound.date())
        return f"{days}T{_CLOCK}{self._zone(zoned)}" if days else None

    def shown(self, text: str) -> Shown:
        forms = [self.field.format] if self.has_pattern else _SHEET_MOMENTS[: None if self.field.format == "any" else 2]
        found = next(filter(None, (in_sheet(form, text) for form in forms)), None)
        # Only a pattern of its own, and `any`, let numbers have one digit.
        if not found or found[0].date() < _FIRST_SHEET_DAY or (self.is_default and len(text) < _SHORTEST_MOMENT):
            return Shown(text)
        moment, looks = found
        return Shown(ExactNumber((moment.date() - SHEET_EPOCH).days + _fraction(moment)), looks, is_moment=True)

    def quick_number(self) -> NumberReader | None:
        return None if self.has_pattern else _quick_moment


@lru_cache(_REMEMBERED)
def _day_in_sheet(day: str, end: str = "") -> tuple[int, str] | None:
    """(number, format) of a day; None of one that sheets do not have. With `end`, what comes after it, the format is
    that of a moment on the day."""
    found = in_sheet(f"{_ISO['DATE']}{_ENDS[end]}", f"{day}{end}")
    early = not found or found[0].date() < _FIRST_SHEET_DAY
    return None if early or not found else ((found[0].date() - SHEET_EPOCH).days, found[1])


def _quick_day(text: str) -> tuple[str, str] | None:
    """Of the default form alone, which an earlier program had for days, too."""
    day = _day_in_sheet(text) if len(text) == _DAY_LENGTH else None
    return day and (str(day[0]), day[1])


def _quick_moment(text: str) -> tuple[str, str] | None:
    """Of the default form, whose days come again and again."""
    if text[10:11] != "T" or text[19:] not in ("", "Z"):
        return None
    day, clock = _day_in_sheet(text[:10], f"T00:00:00{text[19:]}"), _CLOCK_PARTS.fullmatch(text, 11, 19)
    if day is None or clock is None:
        return None
    hour, minute, second = clock.groups()
    return repr(day[0] + (int(hour) * 3600 + int(minute) * 60 + int(second)) / 86_400), day[1]


# What a column of years is headed in languages that are written with letters.
_YEARS = (
    "year|ano|año|any|année|annee|anno|jahr|jaar|år|aar|ár|vuosi|aasta|rok|rik|рік|год|година|metai|gads|év|leto|godina"
    "|έτος|yıl|yil|سنة|السنة|عام|العام|سال|שנה|tahun|năm|mwaka"
)


class Year(Numeric):
    kind = "INTEGER"
    safe_in_sheets = True
    guesses = (Guess(r"[12][0-9]{3}", heading=rf"(^|[_ ])({_YEARS})($|[_ ])|年份|年度|^年$"),)

    def reader(self) -> ValueReader:
        parse = _parsed(lambda cell: int(cell) if len(cell) == 4 else None)

        def read(cell: Any) -> int | None:
            value = cell if isinstance(cell, int) else parse(cell)
            return value if value is not None and 0 <= value <= 9999 else None

        return read

    def sql(self, x: str, v: str, /) -> Reading:
        value = f"TRY_CAST({x} AS INTEGER)"
        v = v or value
        certain = f"(strlen({x}) = 4 AND CAST({v} AS VARCHAR) = {x} AND {v} >= 0)"
        return Reading(value, certain, wrong=f"length({x}) <> 4", key=f"CAST({v} AS VARCHAR)")

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        return [Candidate(x, "INTEGER", f"regexp_full_match({x}, '[0-9]{{4}}')")]

    def rare_candidates(self, x: str, /) -> Sequence[Candidate]:
        return self.candidates(with_plain_digits(x))

    def shape(self, *_: str) -> str | None:
        low, high = self.whole_bounds()
        return "|".join(whole_numbers(max(low or 1000, 1000), min(9999 if high is None else high, 9999))) or None


class Yearmonth(FieldType):
    constraints = ("required", *BOUNDS, "enum")
    family = "yearmonth"
    ordered = True
    safe_in_sheets = True
    sorted_texts = f"[0-9]{{4}}-{_MONTH}"
    guesses = (Guess(r"[12][0-9]{3}-(0[1-9]|1[0-2])"),)

    def reader(self) -> ValueReader:
        def parse(cell: str) -> tuple[int, int] | None:
            year, month = map(int, cell.split("-"))
            return (year, month) if 1 <= month <= 12 else None

        return _parsed(parse)

    @staticmethod
    def key(value: tuple[int, int]) -> str:
        return "|".join(map(number_key, value))

    def sql(self, x: str, _: str, /) -> Reading:
        year, month = (f"CAST(CAST({part} AS INTEGER) AS VARCHAR)" for part in (f"left({x}, 4)", f"right({x}, 2)"))
        return Reading(
            f"TRY_CAST(replace({x}, '-', '') AS INTEGER)",
            f"regexp_full_match({x}, '[0-9]{{4}}-(0[1-9]|1[0-2])')",
            wrong=f"length({x}) - length(replace({x}, '-', '')) <> 1",
            key=f"{year} || '|' || {month}",
        )

    def candidates(self, x: str, /) -> Sequence[Candidate]:
        return [Candidate(x, "VARCHAR", f"regexp_full_match({x}, {literal(self.sorted_texts)})")]

    def spelled_candidates(self, x: str, /) -> Sequence[Candidate]:
        """Months of one digit get a second one, so that the texts sort as the months do."""
        value = f"concat(left({x}, 5), lpad(substr({x}, 6), 2, '0'))"
        return [Candidate(value, "VARCHAR", f"regexp_full_match({x}, {literal(spelled('%Y-%m'))})")]

    @staticmethod
    def sql_value(value: tuple[int, int]) -> str:
        return literal(value[0] * 100 + value[1])

    def shape(self, *_: str) -> str | None:
        return None if self.bounds else f"[0-9]{{4}}-{_MONTH}"


class Duration(FieldType):
    family = "duration"
    guesses = (Guess(r"PT([0-9]+H([0-9]+M)?([0-9.]+S)?|[0-9]+M([0-9.]+S)?|[0-9]+(\.[0-9]+)?S)"),)

    @staticmethod
    def key(value: Any) -> str:
        """Frictionless has a class of its own for durations with years or months, whose length varies."""
        return f"{value / timedelta(microseconds=1)}" if isinstance(value, timedelta) else FieldType.key(value)


def _fraction(moment: datetime) -> float:
    """A time as a fraction of a day."""
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86_400


TYPES: dict[str, type[FieldType]] = {
    "date": Date, "time": Time, "datetime": Datetime, "year": Year, "yearmonth": Yearmonth, "duration": Duration,
}  # fmt: skip
