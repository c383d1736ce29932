"""What a spreadsheet makes of values when it saves them: read back as what they were, or refused with the reason."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from datagazette.intake.drafts import Sources, plan_dataset
from datagazette.intake.dropping import Dropped, Wanted, drop_in
from datagazette.intake.sheets import read_sheets
from datagazette.load.publication import load_publication
from datagazette.model.errors import UsageError
from datagazette.model.text import Text
from tests.conftest import Run, call_build
from tests.ground.drafts import drafted
from tests.ground.test_damage import damages
from tests.ground.workbook_files import number, ods, row, xlsx

PERCENT = {"bareNumber": False, "unit": "%"}
SHARES = "id,v\nA,12.5%\nB,50%\nC,3%\n"


def shares(path: Path, cells: Sequence[float], form: str = "0.0%", header: str = "v") -> Path:
    """A workbook with numbers in this format; of texts in `form`, one for each."""

    def change(book: Any, sheet: Any) -> None:
        for at, cell in enumerate(cells, 1):
            sheet.write_number(at, 1, cell, book.add_format({"num_format": form}))

    return xlsx(path, [["id", header], *([key] for key in "ABCDEFGH"[: len(cells)])], change)


def dropped(folder: Path, before: str, file: Path, kind: str = "number", **descriptor: object) -> Dropped:
    """`file` in the place of a table whose second column has this type and descriptor."""
    root = drafted(folder / "p", before, before, {"id": "string", "v": kind})
    publication = load_publication(root).publication
    assert publication
    (table,) = publication.datasets[0].releases[0].tables
    key, value = table.schema.fields
    unit = Text((("en", str(descriptor.get("unit", ""))),) if "unit" in descriptor else ())
    value = replace(value, unit=unit, descriptor={**value.descriptor, **descriptor})
    table = replace(table, schema=replace(table.schema, fields=(key, value)))
    (sheet,) = read_sheets(file)
    return drop_in(root / table.file, table, sheet, Wanted())


def csv_file(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_percentages_of_a_workbook_are_written_as_the_table_writes_them(tmp_path: Path) -> None:
    book = shares(tmp_path / "t.xlsx", [0.125, 0.5, 0.04])
    found = dropped(tmp_path / "a", SHARES, book, **PERCENT)
    assert (found.content, found.changed) == (SHARES.replace("3%", "4%").encode(), 1)
    cells = "".join(row(key, number(f"{value:%}", value, "percentage"))
                    for key, value in (("A", 0.125), ("B", 0.5), ("C", 0.04)))  # fmt: skip
    found = dropped(tmp_path / "b", SHARES, ods(tmp_path / "t.ods", row("id", "v") + cells), **PERCENT)
    assert (found.content, found.changed) == (SHARES.replace("3%", "4%").encode(), 1)


@pytest.mark.parametrize(
    ("before", "options", "after"),
    [
        ('id,v\nA,"12,5 %"\nB,50 %\nC,3 %\n', {**PERCENT, "decimalChar": ","}, 'id,v\nA,"12,5 %"\nB,50 %\nC,"0,4 %"\n'),
        ("id,v\nA,12.5\nB,50\nC,3\n", {"unit": "%"}, "id,v\nA,12.5\nB,50\nC,0.4\n"),
        ("id,v\nA,12.5\nB,50\nC,3\n", {}, "id,v\nA,12.5\nB,50\nC,0.4\n"),
        ("id,v\nA,0.125\nB,0.50\nC,0.03\n", {}, "id,v\nA,0.125\nB,0.50\nC,0.004\n"),
        ("id,v\nA,0.11\nB,0.13\nC,0.03\n", {}, "id,v\nA,0.125\nB,0.5\nC,0.004\n"),
    ],
)
def test_percentages_become_what_the_table_has_for_them(
    before: str, options: dict[str, object], after: str, tmp_path: Path
) -> None:
    book = shares(tmp_path / "t.xlsx", [0.125, 0.5, 0.004])
    assert dropped(tmp_path, before, book, **options).content.decode() == after


@pytest.mark.parametrize("descriptor", [PERCENT, {"unit": "%"}])
@pytest.mark.parametrize("cells", [[0.125, 0.5, 0.04], [0.11, 0.02, -0.5]])
def test_parts_of_one_in_a_column_of_percentages_are_refused_with_both_readings(
    descriptor: dict[str, object], cells: list[float], tmp_path: Path
) -> None:
    before = SHARES if "bareNumber" in descriptor else SHARES.replace("%", "")
    with pytest.raises(UsageError) as refused:
        dropped(tmp_path, before, shares(tmp_path / "t.xlsx", cells, "General"), **descriptor)
    assert f"{cells[0] * 100:g}% or {cells[0]}%" in refused.value.text("en")
    assert "请写上百分号" in refused.value.text("zh")


def test_a_part_of_one_among_percentages_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="line 3"):
        dropped(tmp_path, SHARES, csv_file(tmp_path / "t.csv", "id,v\nA,12.5%\nB,0.5\nC,4%\n"), **PERCENT)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("id,v\nA,12.5\nB,50\nC,0.4\n", SHARES.replace("3%", "0.4%")),  # not all of them are below one
        ("id,v\nA,0.4%\nB,0.5%\nC,\n", "id,v\nA,0.4%\nB,0.5%\nC,\n"),
        ("id,v\nA,0\nB,0\nC,3\n", "id,v\nA,0%\nB,0%\nC,3%\n"),
        ("id,v\nA,12.5%\nB,n/a\nC,3%\n", "id,v\nA,12.5%\nB,n/a\nC,3%\n"),
    ],
)
def test_numbers_that_are_clear_are_written_with_the_mark_of_the_table(text: str, after: str, tmp_path: Path) -> None:
    assert dropped(tmp_path, SHARES, csv_file(tmp_path / "t.csv", text), **PERCENT).content.decode() == after


def test_a_percentage_that_may_be_two_numbers_of_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"may mean 12\.5 or 0\.125"):
        dropped(tmp_path, "id,v\nA,1.5\nB,7\n", shares(tmp_path / "t.xlsx", [0.125, 0.06]))


def test_a_new_dataset_has_the_percentages_that_a_workbook_shows(tmp_path: Path) -> None:
    root = drafted(tmp_path / "p", SHARES, SHARES, {"id": "string", "v": "string"})
    draft = plan_dataset(Sources(root, "shares", (shares(tmp_path / "t.xlsx", [0.07, 0.29, -0.5, 1.1]),)))
    assert draft.contents == (b"id,v\nA,7%\nB,29%\nC,-50%\nD,110%\n",)
    (column,) = draft.tables[0].columns[1:]
    assert (column.type, column.extras) == ("number", {"bareNumber": False})


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        (("true", "false", "true"), ("1", "0", "0"), ("true", "false", "false")),
        (("true", "true", "true"), ("1", "0", "TRUE"), ("true", "false", "true")),
        (("TRUE", "TRUE", "TRUE"), ("true", "false", "true"), ("TRUE", "FALSE", "TRUE")),
        (("1", "1", "1"), ("true", "false", "true"), ("1", "0", "1")),
        (("true", "false", "true"), ("", "x", "0"), ("", "x", "false")),
    ],
)
def test_truth_values_are_all_written_as_the_table_writes_them(
    before: tuple[str, ...], sent: tuple[str, ...], after: tuple[str, ...], tmp_path: Path
) -> None:
    table, file, wanted = ("".join(["id,v\n", *(f"{key},{cell}\n" for key, cell in zip("ABC", cells, strict=True))])
                           for cells in (before, sent, after))  # fmt: skip
    found = dropped(tmp_path, table, csv_file(tmp_path / "t.csv", file), "boolean")
    assert found.content.decode() == wanted
    assert found.changed == sum(old != new for old, new in zip(before, after, strict=True))


def revised(folder: Path, before: str, book: list[list[object]], *commands: str) -> list[Run]:
    """`revise` with a workbook in the place of a released table of texts, and then these commands."""
    root = drafted(folder / "p", before, before, {"code": "string", "n": "integer"})
    shutil.rmtree(root / "datasets/t/1.1.0")
    path = xlsx(folder / "t.xlsx", book)
    done = [call_build("revise", "t", "--data", path, "--root", root)]
    return done + [call_build(command, "t", "--root", root) for command in commands]


@pytest.mark.thorough
def test_revise_and_check_refuse_what_diff_and_release_refuse(tmp_path: Path) -> None:
    done = revised(tmp_path, "code,n\n00042,1\n00107,2\n", [["code", "n"], [42, 1], [107, 2]],
                   "check", "diff", "release")  # fmt: skip
    assert [run.status for run in done] == [1] * 4
    assert all("2 cells have lost their leading zeros: “00042” became “42”" in run.said for run in done)
    assert (tmp_path / "p/datasets/t").joinpath(next(
        found.name for found in (tmp_path / "p/datasets/t").iterdir() if found.name != "1.0.0" and found.is_dir()
    ), "t.csv").read_text("utf-8") == "code,n\n42,1\n107,2\n"  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [(("00042", "00107"), (42, 107), "leading-zeros-lost"), (("1-2", "3-4"), ("01-Feb", "03-Apr"), "date-rewritten")],
)
def test_revise_names_what_a_workbook_has_damaged_and_keeps_the_draft(
    before: tuple[str, str], after: tuple[object, object], kind: str, tmp_path: Path
) -> None:
    text = f"code,n\n{before[0]},1\n{before[1]},2\n"
    (run,) = revised(tmp_path, text, [["code", "n"], [after[0], 1], [after[1], 2]])
    assert run.status == 1
    assert kind in run.said
    assert f"“{before[0]}” became “{after[0]}”" in run.said
    assert len([found for found in (tmp_path / "p/datasets/t").iterdir() if found.is_dir()]) == 2


GENES = ["MARCH1", "SEPT2", "DEC1", "TP53"]


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (GENES, ["1-Mar", "2-Sep", "1-Dec", "TP53"]),
        (GENES, ["Mar-01", "Sep-02", "Dec-01", "TP53"]),
        (GENES, ["2001/3/1", "2001/9/2", "2001/12/1", "TP53"]),
        (GENES, ["2026-03-01", "2026-09-02", "2026-12-01", "TP53"]),
        (GENES, ["36951", "37136", "37226", "TP53"]),
        (["1-MAR", "Apr 7", "TP53"], ["1-Mar", "7-Apr", "TP53"]),
        (["1-2", "3-4", "x"], ["01-Feb", "03-Apr", "x"]),
        (["1/2", "3/4", "x"], ["1月2日", "3月4日", "x"]),
        (["2021-03", "2021-04", "x"], ["Mar-21", "Apr-21", "x"]),
    ],
)
@pytest.mark.parametrize("in_key", [True, False])
def test_names_that_became_days_are_damage_in_a_key_and_elsewhere(
    before: list[str], after: list[str], in_key: bool, tmp_path: Path
) -> None:
    texts = ("\n".join(f"{cell},{at}" if in_key else f"{at},{cell}" for at, cell in enumerate(cells))
             for cells in (before, after))  # fmt: skip
    names = ("gene", "v") if in_key else ("v", "gene")
    kinds = ("string", "integer") if in_key else ("integer", "string")
    found = damages(tmp_path, *(f"{','.join(names)}\n{text}\n" for text in texts), *kinds)
    assert found == [("date-rewritten", "gene", len(before) - 1)]


@pytest.mark.parametrize("after", [["MARCH3", "SEPT4"], ["2-Apr", "5-Oct"], ["12345", "54321"], ["2026-05-05", "x"]])
def test_other_names_and_other_days_are_no_damage(after: list[str], tmp_path: Path) -> None:
    text = "\n".join(f"{cell},1" for cell in after)
    assert not damages(tmp_path, "gene,v\nMARCH1,1\nSEPT2,1\n", f"gene,v\n{text}\n", "string", "integer")


@pytest.mark.thorough
def test_a_key_that_repeats_is_named_with_its_lines_and_is_not_called_missing(tmp_path: Path) -> None:
    root = drafted(tmp_path, "id,v\nA,1\nB,2\n", "id,v\nA,1\nB,2\nC,3\nB,5\n", {"id": "string", "v": "integer"})
    done = call_build("diff", "--root", root)
    assert done.status == 1
    assert "in this version, the primary key (id) is missing or repeats in lines 3, 5" in " ".join(done.said.split())
    assert "no primary key" not in done.said
