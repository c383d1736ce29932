"""A published workbook has the notes of a table in a column of its own, which is no column of the table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.downloads.sheet_notes import is_label_of_notes
from datagazette.intake.dropping import Wanted, drop_in
from datagazette.intake.notices import lines
from datagazette.intake.sheets import read_sheets
from tests.formats.sample import make_people


@pytest.mark.thorough
def test_the_column_of_notes_is_left_out_and_named(tmp_path: Path) -> None:
    made = make_people(tmp_path)
    table = made.result.release.tables[1]
    (sheet,) = read_sheets(made.folder / "people-1.1.0.xlsx", sheets=["regions"])
    assert sheet.labels[-1] == "注记 Notes"
    dropped = drop_in(made.publication.root / table.file, table, sheet, Wanted())
    assert (dropped.columns, dropped.added, dropped.changed, dropped.removed) == ((), 0, 0, 0)
    assert dropped.content == (made.publication.root / table.file).read_bytes()
    said = "\n".join(lines(dropped.notices, "en"))
    assert "the last column is that of notes in a published workbook" in said
    assert "“注记 Notes”" in said


@pytest.mark.thorough
def test_a_column_of_that_name_in_a_csv_is_a_column(tmp_path: Path) -> None:
    made = make_people(tmp_path)
    table = made.result.release.tables[1]
    (sheet,) = read_sheets(made.folder / "people-1.1.0.xlsx", sheets=["regions"])
    dropped = drop_in(made.publication.root / table.file, table, replace(sheet, delimiter=","), Wanted())
    assert len(dropped.columns) == 1


def test_the_words_for_notes_are_known_in_each_language() -> None:
    for label in ("注记 Notes", "Notes", "Noter", "الملاحظات", "注记 Notes (2)"):
        assert is_label_of_notes(label)
    for label in ("", "Notes on method", "remark", "(2)"):
        assert not is_label_of_notes(label)
