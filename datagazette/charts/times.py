"""Channels of times: in UTC, years as dates, and axes with a tick where a year, a month, a day or an hour begins, which
name each year.

Left to itself Vega-Lite takes the number of a year for milliseconds, and names a year only where January has a tick.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from typing import Any, Literal

from datagazette.model.resource import Field
from datagazette.model.results import Value

Unit = Literal["year", "month", "day", "hour", "minute", "second"]

TIME = "__time "  # before the name of a field of years: the column of their dates
_ROOM: dict[str, int] = {"year": 50, "month": 50}  # pixels that a label of an axis has
_WIDEST = 85
_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS: dict[Unit, float] = {
    "year": 365.25 * _DAY, "month": 30.4 * _DAY, "day": _DAY, "hour": 3_600, "minute": 60, "second": 1,
}  # fmt: skip
# How many of a unit are from one tick to the next, the finest first; years follow: 1, 2, 5, 10 and so on.
_STEPS: tuple[tuple[Unit, int], ...] = (
    ("second", 1), ("second", 5), ("second", 15), ("minute", 1), ("minute", 5), ("minute", 15), ("hour", 1),
    ("hour", 3), ("hour", 6), ("hour", 12), ("day", 1), ("day", 2), ("day", 7), ("month", 1), ("month", 2),
    ("month", 3), ("month", 6),
)  # fmt: skip
_FINEST: dict[str, Unit] = {"year": "year", "yearmonth": "month", "date": "day"}
# How parts of a time are written, in d3's form. A language that has none here gets the form of ISO 8601.
_ISO = {
    "year": "%Y", "of": "%Y", "month": "%m", "day": "%m-%d", "hour": "%H:%M", "minute": "%H:%M", "second": "%H:%M:%S",
    "date": "%Y-%m-%d",
}  # fmt: skip
_FORMS = {
    "en": _ISO | {"month": "%b", "day": "%-d %b", "date": "%-d %b %Y"},
    "zh": _ISO | {"of": "%Y年", "month": "%-m月", "day": "%-m月%-d日", "date": "%Y年%-m月%-d日"},
}
_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")


def set_in_time(
    channel: str,
    definition: dict[str, Any],
    field: Field,
    values: Sequence[Value],
    rows: Sequence[dict[str, Any]],
    *,
    language: str,
    width: int,
    is_banded: bool,
) -> None:
    """Completes a channel whose type is temporal.

    `values` are those of the field, `rows` the chart's data, which get a column of dates beside one of years; `width`
    is that of the plot in pixels. `is_banded`: a mark such as a bar is as wide as the unit of time.
    """
    scale = scale_of(definition)
    scale["type"] = "utc"
    unit = definition.get("timeUnit", "year" if field.type == "year" and is_banded else "")
    if isinstance(unit, str) and unit:
        definition["timeUnit"] = f"utc{unit.removeprefix('utc')}"
    moments = [_moment(value, field.type) for value in values]
    if field.type == "year":
        definition["field"] = TIME + field.name
        for row, moment in zip(rows, moments, strict=True):
            row[definition["field"]] = f"{moment:%Y-%m-%dT00:00:00Z}" if moment else None
        scale |= {key: _milliseconds_of(scale[key]) for key in ("domain", "domainMin", "domainMax") if key in scale}
    axis = definition.get("axis", {})
    is_cyclic = unit and "year" not in str(unit)
    is_said = axis is None or is_cyclic or "format" in definition or not axis.keys().isdisjoint(_SAID)
    if channel in {"x", "y"} and not is_said and any(moments):
        band = _BANDS.get(str(unit).removeprefix("utc")) if is_banded else None
        if band:
            definition.setdefault("bandPosition", 0.5)
        found = [moment for moment in moments if moment]
        definition["axis"] = axis | _axis(found, field.type, width, language, band)


_SAID = frozenset({"values", "format", "tickCount"})
# About as wide as a bar of these units is.
_BANDS = {"year": timedelta(days=365), "yearmonth": timedelta(days=30), "yearmonthdate": timedelta(days=1)}


def scale_of(definition: dict[str, Any]) -> dict[str, Any]:
    """The scale of an encoding; a passing one where the chart wants none."""
    scale: dict[str, Any] | None = definition.setdefault("scale", {})
    return {} if scale is None else scale


def _moment(value: Value, kind: str) -> datetime | None:
    """The instant that a value of a field of this type begins at; None for one that is no time."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if kind == "year" and isinstance(value, int) and 1 <= value < MAXYEAR:
        return datetime(value, 1, 1, tzinfo=UTC)
    if isinstance(value, str) and (found := _DATE.fullmatch(value)):
        year, month, day = (int(part or 1) for part in found.groups())
        try:
            return datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            return None
    return None


def _milliseconds(instant: datetime) -> int:
    """As Vega counts time."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def _milliseconds_of(years: Any) -> Any:
    """The years among the values of a scale as Vega counts time."""
    if isinstance(years, list):
        return [_milliseconds_of(year) for year in years]
    moment = _moment(years, "year")
    return _milliseconds(moment) if moment else years


def _axis(moments: Sequence[datetime], kind: str, width: int, language: str, band: timedelta | None) -> dict[str, Any]:
    """The values and labels of an axis; a tick is in the middle of its band."""
    unit, step, found = _ticks(min(moments), max(moments), width, "year" if band == _BANDS["year"] else kind)
    return {
        "values": [_milliseconds(tick + (band or timedelta()) / 2) for tick in found],
        "labelExpr": _label(unit, step, language),
    }


def _ticks(first: datetime, last: datetime, width: int, kind: str) -> tuple[Unit, int, list[datetime]]:
    """About as many instants as there is room for, at equal steps; the first one where a step has no other."""
    span = (last - first).total_seconds()
    unit, step = next(
        (unit, step)
        for unit, step in _steps(kind)
        if span / (_SECONDS[unit] * step) < max(2, width // _ROOM.get(unit, _WIDEST))
    )
    found = [tick for tick in _counted(unit, step, first, last) if first <= tick <= last]
    return unit, step, found or [first]


def _steps(kind: str) -> Iterator[tuple[Unit, int]]:
    finest = _SECONDS[_FINEST.get(kind, "second")]
    yield from ((unit, step) for unit, step in _STEPS if _SECONDS[unit] >= finest)
    for power in range(5):
        for digit in (1, 2, 5):
            yield "year", digit * 10**power


def _counted(unit: Unit, step: int, first: datetime, last: datetime) -> Iterator[datetime]:
    if unit == "year":
        years = range(first.year // step * step, last.year + 1, step)
        yield from (datetime(year, 1, 1, tzinfo=UTC) for year in years if year)
    elif unit == "month":
        months = range((first.year * 12 + first.month - 1) // step * step, last.year * 12 + last.month, step)
        yield from (datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in months if month >= 12)
    else:
        size = int(_SECONDS[unit]) * step
        shift = 4 * _DAY if (unit, step) == ("day", 7) else 0  # weeks begin on Monday, the epoch on a Thursday
        begin = (int((first - _EPOCH).total_seconds()) - shift) // size * size + shift
        end = int((last - _EPOCH).total_seconds())
        yield from (_EPOCH + timedelta(seconds=second) for second in range(begin, end + 1, size))


def _label(unit: Unit, step: int, language: str) -> str:
    """The expression of a label: in a second line, the first of a year or of a day says which.

    It is short, as `rules.bounded` cuts long texts.
    """
    forms = _FORMS.get(language, _ISO)
    if unit == "year":
        return f"utcFormat(datum.value,'{forms[unit]}')"
    is_later = {"month": "utcmonth(datum.value)", "day": f"utcdayofyear(datum.value)>{step}"}
    beyond = forms["of" if unit in is_later else "date"]
    form = f"datum.index&&{is_later.get(unit, 'datum.value%864e5')}?'{forms[unit]}':'{forms[unit]}|{beyond}'"
    return f"split(utcFormat(datum.value,{form}),'|')"
