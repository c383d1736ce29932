"""What of a CSV's cell a spreadsheet can hold without changing it."""

from __future__ import annotations

import pytest

from datagazette.downloads.json import json_value
from datagazette.downloads.sheet_columns import shown
from datagazette.downloads.sheet_texts import sheet_name, shortened
from datagazette.model.resource import Field
from datagazette.tables.types import TYPES

CELLS = [
    ("integer", "829000", 829000),
    ("integer", "00123", 123),
    ("integer", "+5", 5),
    ("integer", "-0", 0),
    ("integer", "999999999999999", 999999999999999),
    ("integer", "1000000000000000", "1000000000000000"),
    ("integer", "12345678901234567", "12345678901234567"),
    ("number", "0.125", 0.125),
    ("number", "1e-7", 1e-7),
    ("number", "1e999", "1e999"),
    ("number", "NaN", "NaN"),
    ("number", "1,234.5", "1,234.5"),
    ("number", "38.8%", "38.8%"),
    ("year", "2021", 2021),
    ("year", "0987", "0987"),
    ("boolean", "TRUE", True),
    ("boolean", "false", False),
    ("boolean", "1", "1"),
    ("date", "1900-02-28", "1900-02-28"),
    ("date", "1900-03-01", 61),
    ("date", "9999-12-31", 2958465),
    ("date", "2021-02-30", "2021-02-30"),
    ("date", "20210101", "20210101"),
    ("datetime", "2021-01-01T12:00:00", 44197.5),
    ("datetime", "2021-01-01T12:00:00Z", 44197.5),
    ("datetime", "2021-01-01T12:00:00.5", "2021-01-01T12:00:00.5"),
    ("time", "06:00:00", 0.25),
    ("time", "24:00:00", "24:00:00"),
    ("string", "00123", "00123"),
    ("string", "=1+1", "=1+1"),
    ("string", "1", "1"),
    ("string", "", None),
    ("integer", "-", None),
]


@pytest.mark.parametrize(("kind", "text", "value"), CELLS)
def test_shown(kind: str, text: str, value: object) -> None:
    found = shown(text, Field("f", kind), {"", "-"}).value
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


MOMENTS = [
    ("date", "%d/%m/%Y", "05/06/2021", 44352, r"dd\/mm\/yyyy"),
    ("date", "%d/%m/%Y", "5/6/2021", 44352, r"d\/m\/yyyy"),
    ("date", "%Y%m%d", "20210506", 44322, "yyyymmdd"),
    ("date", "%Y年%m月%d日", "2021年5月6日", 44322, r"yyyy\年m\月d\日"),
    ("date", "%A, %d %B %Y", "Thursday, 6 May 2021", 44322, r"[$-409]dddd\, d mmmm yyyy"),
    ("date", "default", "2021-5-6", 44322, "yyyy-m-d"),
    ("date", "any", "2021-05-06", 44322, "yyyy-mm-dd"),
    ("datetime", "%Y-%m-%d %H:%M", "2021-05-06 12:00", 44322.5, "yyyy-mm-dd hh:mm"),
    ("datetime", "%d/%m/%Y %I:%M %p", "06/05/2021 06:00 PM", 44322.75, r"[$-409]dd\/mm\/yyyy hh:mm AM/PM"),
    ("datetime", "default", "2021-05-06T12:00:00", 44322.5, r"yyyy-mm-dd\Thh:mm:ss"),
    ("datetime", "default", "2021-05-06T12:00:00Z", 44322.5, r"yyyy-mm-dd\Thh:mm:ss\Z"),
    ("time", "%H:%M", "6:00", 0.25, "h:mm"),
]
NO_MOMENTS = [
    ("date", "%d/%m/%Y", "05/06/1899"),  # before a spreadsheet's first day
    ("date", "%d %B %Y", "6 may 2021"),
    ("date", "%Y-%j", "2021-126"),
    ("date", "any", "May 6 2021"),
    ("datetime", "%Y-%m-%dT%H:%M:%S%z", "2021-05-06T12:00:00+0800"),
    ("datetime", "%H %m %Y-%d", "05 06 2021-07"),  # a month behind hours would be shown as minutes
]


@pytest.mark.parametrize(("kind", "form", "text", "value", "looks"), MOMENTS)
def test_a_day_or_time_is_one_in_a_sheet_and_looks_as_it_was_written(
    kind: str, form: str, text: str, value: float, looks: str
) -> None:
    found = shown(text, Field("f", kind, format=form), ())
    assert (found.value, found.format) == (value, looks)


@pytest.mark.parametrize(("kind", "form", "text"), NO_MOMENTS)
def test_a_day_or_time_that_a_sheet_cannot_show_as_it_was_written_is_a_text(kind: str, form: str, text: str) -> None:
    assert shown(text, Field("f", kind, format=form), ()).value == text


def test_numbers_are_written_with_all_digits() -> None:
    assert f"{shown('0.30000000000000004', Field('f', 'number'), ()).value:.16G}" == "0.30000000000000004"


def test_sheet_names_are_short_and_differ() -> None:
    long = "a-name-of-more-than-thirty-one-letters"
    first = sheet_name(long, [])
    assert first == long[:31]
    second = sheet_name(long, [first])
    assert len(second) <= 31
    assert second != first
    assert sheet_name("People", ["people"]).lower() != "people"
    assert sheet_name("history", []) == "history~2"
    assert not set(sheet_name("a/b[c]:*?", [])) & set("[]:*?/\\")


def test_texts_are_cut_where_spreadsheets_count() -> None:
    assert shortened("x" * 32_767) == "x" * 32_767
    assert len(shortened("x" * 40_000)) == 32_767
    emoji = shortened("😀" * 20_000)
    assert len(emoji.encode("utf-16-le")) // 2 <= 32_767
    assert emoji.endswith("…")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (2**53, "integer", '"9007199254740992"'),
        (0.1, "number", "0.1"),
        (float("inf"), "number", '"INF"'),
        ('{"a": [1, "二"]}', "object", '{"a": [1, "二"]}'),
        ('{"a": 1}', "string", '"{\\"a\\": 1}"'),
        (True, "boolean", "true"),
        ([1, None, "x"], "list", '[1, null, "x"]'),
    ],
)
def test_json_values(value: object, kind: str, text: str) -> None:
    assert json_value(value, kind) == text


NUMERALS = ["0", "-1", "12.50", "-0.0001", "0.00012", "1.0", "12345678.1234567", "123456789.5", "0.1e5", "1_000", "٣"]
CLOCKS = [
    "2021-05-06T23:59:59",
    "2021-05-06T23:59:59Z",
    "2021-05-06 07:08:09",
    "1900-02-28T00:00:00",
    "2021-05-06T7:8:9",
]


@pytest.mark.parametrize("form", ["default", "any"])
@pytest.mark.parametrize("kind", ["integer", "number", "year", "date", "time", "datetime"])
def test_what_is_seen_of_a_number_at_once_is_what_a_closer_look_shows(kind: str, form: str) -> None:
    field = Field("f", kind, form, role="value")
    quick = TYPES[kind](field).quick_number()
    seen = 0
    for text in [*NUMERALS, *CLOCKS, *(text for _, text, _ in CELLS), *(text for _, _, text, *_ in MOMENTS)]:
        if quick and (found := quick(text)):
            looked = shown(text, field, ())
            assert (float(found[0]), found[1]) == (looked.value, looked.format), text
            seen += 1
    assert seen > 1 or kind == "time"
