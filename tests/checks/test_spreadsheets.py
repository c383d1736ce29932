"""What a spreadsheet would do to a CSV is reported by column and line, and nothing is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datagazette.messages import LANGUAGES
from datagazette.model.problems import message
from datagazette.model.resource import Category, Field, Schema, Table
from datagazette.tables.layout import TableSource
from datagazette.validation import TableReport
from datagazette.validation.run import check_tables
from tests.conftest import Run

DAMAGED = {
    "formula": ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "-a", "=a\nb"],
    "zeros": ["00123", "-01", "007"],
    "digits": ["12345678901234567", "+1234567890123456"],
    "long": ["123456789012345"],
    "date": [
        "1-2",
        "1/2",
        "2021-11",
        "2020-01-01",
        "Mar 2021",
        "3-MAR",
        "5月",
        "2021年5月",
        "3月5日",
        "10:30",
        "sept2",
    ],
    "number": ["+5", "1E5", "2e-3"],
}
FINE = [
    "北京",
    "a-b",
    "-5",
    "0",
    "0.5",
    "12",
    "2021",
    "march",
    "1-2-3-4",
    "- a point",
    "12345678901",
    "",
    "NULL",
    "-",
    "decem",
    "1,5",
]


def checked(path: Path, kind: str, cells: list[str], opened: bool = True, **declared: Any) -> TableReport:
    rows = "".join('"' + cell.replace('"', '""') + '",x\n' for cell in cells)
    path.write_text(f"code,other\n{rows}", "utf-8")
    schema = Schema("s", "s.yaml", (Field("code", kind, **declared), Field("other")), missing_values=("", "NULL"))
    (report,) = check_tables([TableSource(Table("t", "t.csv", "t.csv", schema), path, opened)])
    return report


@pytest.mark.parametrize(("kind", "cell"), [(kind, cell) for kind, cells in DAMAGED.items() for cell in cells])
def test_damage_is_reported(tmp_path: Path, kind: str, cell: str) -> None:
    report = checked(tmp_path / "t.csv", "string", ["fine", cell, cell])
    (found,) = report.problems
    assert (found.severity, dict(found.values)["rule"], dict(found.values)["count"]) == ("warning", kind, "2")
    assert (found.line, found.cell and found.cell.field) == (3, "code")
    assert report.valid
    assert all(cell.splitlines()[0] in message(found, language) for language in LANGUAGES)


def test_what_stays_as_it_is_is_not_reported(tmp_path: Path) -> None:
    assert checked(tmp_path / "t.csv", "string", FINE).problems == ()


def test_numbers_lose_digits_only(tmp_path: Path) -> None:
    report = checked(tmp_path / "t.csv", "integer", ["12345678901234567", "-5", "007"])
    assert [dict(one.values)["rule"] for one in report.problems] == ["digits"]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    assert checked(tmp_path / "t.csv", "string", ["two\nlines", "x", "007"]).problems[0].line == 5


@pytest.mark.parametrize(
    "declared",
    [
        {"constraints": {"pattern": "[0-9]{3}"}},
        {"constraints": {"enum": ["007"]}},
        {"categories": (Category("007"),)},
    ],
)
def test_declared_codes_are_not_reported(tmp_path: Path, declared: dict[str, Any]) -> None:
    """Nor are columns that refer to a table of codes."""
    assert checked(tmp_path / "t.csv", "string", ["007"], **declared).problems == ()


def test_only_who_can_still_change_it_is_warned(tmp_path: Path, small: Path, run: Callable[..., Run]) -> None:
    """A draft, or a file from elsewhere; a released table stays as it is."""
    assert checked(tmp_path / "t.csv", "string", ["007"], opened=False).problems == ()
    (small / "datasets/places/releases.yaml").unlink()
    table = small / "datasets/places/1.0.0/places.csv"
    table.write_text(table.read_text("utf-8").replace("North", "@North"), "utf-8")
    before = table.read_bytes()
    shown = run("check", "--root", small).out
    assert shown.count("looks like a formula") == 1
    assert "line 2, field name_en: “@North”" in shown
    assert "places.csv" in shown
    assert "begins with a zero" not in shown
    assert table.read_bytes() == before
