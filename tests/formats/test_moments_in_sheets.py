"""What a spreadsheet gets of days and times is what `strptime` reads, also where it is read from the digits."""

from __future__ import annotations

from datetime import datetime

import pytest

from datagazette.tables.types.patterns import in_sheet

READ = [
    ("%Y-%m-%d", "2024-02-29"),
    ("%d/%m/%Y", "1/2/2024"),
    ("%Y-%m-%dT%H:%M:%SZ", "2024-12-31T23:59:59Z"),
    ("%d %b %Y", "03 May 2021"),
    ("%I:%M %p", "12:05 AM"),
    ("%d.%m.%y", "01.02.69"),
    ("%H:%M", "7:05"),
]
NOT_READ = ["2023-02-29", "0000-01-01", "2024-13-01", "2024-1-1x", "٢٠٢٤-01-01", "2024-01-01\n"]


@pytest.mark.parametrize(("form", "text"), READ)
def test_a_moment_in_a_sheet_is_what_strptime_reads(form: str, text: str) -> None:
    found = in_sheet(form, text)
    assert found is not None
    assert found[0] == datetime.strptime(text, form)


@pytest.mark.parametrize("text", NOT_READ)
def test_what_strptime_does_not_read_is_no_moment_in_a_sheet(text: str) -> None:
    assert in_sheet("%Y-%m-%d", text) is None


def test_two_years_that_differ_are_no_moment_in_a_sheet() -> None:
    assert in_sheet("%y %Y", "21 2022") is None
