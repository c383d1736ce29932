"""What a spreadsheet makes of a cell is known alike to the check, the comparison and the release."""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.messages import LANGUAGES
from datagazette.model.problems import fix, message
from datagazette.model.resource import Field, Schema, Table
from datagazette.tables.layout import TableSource
from datagazette.validation.run import check_tables
from tests.ground.test_damage import damages

REWRITTEN = {
    "zeros": ["001", "03.20", "-007"],
    "decimals": ["20.30", "1.0"],
    "digits": ["1234567890123456"],
    "long": ["4006381333931"],
    "number": ["5%", "2,345", "-1,234.5", "(1)", "$5", ".5", "5.", "10 %", "+44207946000", "1.5E3", "- 5"],
    "truth": ["true", "False"],
    "date": ["1:2:3", "5 PM", "Mar 2021", "3-4"],
    "day": ["01/02/2024", "2024-02-01", "5-Jan-2020", "Jan 5, 2020", "2021年5月3日", "2024-02-01 10:30"],
    "formula": ["=1+1", "+44-20-7946", "-abc", "+cmd|' /C calc'!A0", "-(1+1)", "-sum(a)", "@SUM(A1)", "=A1 B1"],
}
KEPT = [
    "-2x Inverse Example Fund", "- see note", "+44 20 7946 0000", "=== heading", "=> see page 3", "--", "->", "+/-5",
    "mark 5", "45-67", "1.0.0", "12.5", "-3", "TRUE", "1,5", "A-1",
]  # fmt: skip


def found(path: Path, cells: list[str], kind: str = "string") -> list[tuple[str, str]]:
    """The kind of each warning, and the first cell that it names; each cell is in a column of its own."""
    names = [f"f{number}" for number in range(len(cells))]
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    path.write_text(f"{','.join(names)}\n{quoted}\n", "utf-8")
    schema = Schema("s", "s.yaml", tuple(Field(name, kind) for name in names))
    (report,) = check_tables([TableSource(Table("t", "t.csv", "t.csv", schema), path, opened=True)])
    assert report.valid
    return [(problem.code, (problem.cell and problem.cell.text) or "") for problem in report.problems]


def test_every_cell_that_a_spreadsheet_rewrites_is_named(tmp_path: Path) -> None:
    cells = [cell for listed in REWRITTEN.values() for cell in listed]
    assert found(tmp_path / "t.csv", cells) == [("spreadsheet-damage", cell) for cell in cells]


def test_cells_that_no_spreadsheet_can_read_as_something_else_are_not_named(tmp_path: Path) -> None:
    assert found(tmp_path / "t.csv", KEPT) == []


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("01/02/2024", 'type: date, format: "%d/%m/%Y" / type: date, format: "%m/%d/%Y".'),
        ("31/02/2024", "import this column as text instead"),
        ("31/01/2024", ': type: date, format: "%d/%m/%Y".'),
        ("2024-01-31", ": type: date."),
        ("2021年5月3日", ': type: date, format: "%Y年%m月%d日".'),
        ("01/31/2024 10:30", ': type: datetime, format: "%m/%d/%Y %H:%M".'),
    ],
)
def test_a_day_in_a_column_of_text_is_advised_to_be_a_date_in_its_format(
    tmp_path: Path, cell: str, advice: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"k,day\nA,{cell}\n", "utf-8")
    schema = Schema("s", "s.yaml", (Field("k"), Field("day")))
    (report,) = check_tables([TableSource(Table("t", "t.csv", "t.csv", schema), path, opened=True)])
    (problem,) = report.problems
    assert advice in fix(problem, "en")
    assert all(cell in message(problem, language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (("5%", "7.25%"), ("5.00%", "7.25%"), "value-rewritten"),
        (("2,345", "17,200"), ("2345", "17200"), "value-rewritten"),
        (("(1)", "(2)"), ("-1", "-2"), "value-rewritten"),
        (("true", "false"), ("TRUE", "FALSE"), "value-rewritten"),
        (("+05", "-007"), ("5", "-7"), "leading-zeros-lost"),
        (("01/02/2024", "03/02/2024"), ("1/2/2024", "3/2/2024"), "date-rewritten"),
        (("5-Jan-2020", "6-Jan-2020"), ("1/5/2020", "1/6/2020"), "date-rewritten"),
    ],
)
def test_what_the_check_warns_of_is_damage_once_it_has_happened(
    tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...], kind: str
) -> None:
    tables = ["k,code\n" + "".join(f'{key},"{cell}"\n' for key, cell in enumerate(cells)) for cells in (before, after)]
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    if changed > 1:
        assert damages(tmp_path, *tables, "string", "string") == [(kind, "code", changed)]
    else:
        assert damages(tmp_path, *tables, "string", "string") == []


def test_texts_that_are_written_otherwise_on_purpose_are_a_major_version(tmp_path: Path) -> None:
    before, after = 'k,code\nA,"2,345"\nB,"7,100"\n', "k,code\nA,2345\nB,7100\n"
    assert damages(tmp_path, before, after, "string", "string", intended=True) == []
