"""A change to a whole table is reported as what it is, and not as so many rows and cells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run, call_build
from tests.ground.drafts import drafted

NUMBERS, TEXTS = {"k": "string", "v": "number"}, {"k": "string", "v": "string"}


def said(root: Path, before: str, after: str, fields: dict[str, str], *options: str, key: str | None = None) -> Run:
    return call_build("diff", *options, "--root", drafted(root, before, after, fields, key=key))


DAYS = {"day": "date", "site": "string", "flow": "integer"}


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("days", "line"),
    [
        ("07 14 08 15", "day: all 2 are 1 day later (2022-03-07 → 2022-03-08); nothing else differs."),
        ("07 08 08 09", "day: all 2 are 1 day later (2022-03-07 → 2022-03-08); nothing else differs."),
        ("07 14 05 12", "day: all 2 are 2 days earlier (2022-03-07 → 2022-03-05); nothing else differs."),
    ],
)
def test_days_of_a_key_that_are_all_shifted_are_one_line(tmp_path: Path, days: str, line: str) -> None:
    rows = [f"2022-03-{day},P," for day in days.split()]
    before, after = (f"day,site,flow\n{first}10\n{second}14\n" for first, second in (rows[:2], rows[2:]))
    done = said(tmp_path, before, after, DAYS, key="day,site")
    assert line in done.out
    assert "rows added" not in done.out


def test_a_cell_that_changed_beside_a_shift_is_still_shown(tmp_path: Path) -> None:
    before, after = (
        "day,site,flow\n2022-03-07,P,10\n2022-03-14,P,14\n",
        "day,site,flow\n2022-03-08,P,10\n2022-03-15,P,15\n",
    )
    done = said(tmp_path, before, after, DAYS)
    assert "day: all 2 are 1 day later (2022-03-07 → 2022-03-08)." in done.out
    assert ["2022-03-15", "flow", "14", "15", "+7.1%"] in [line.split() for line in done.out.splitlines()]


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("14 17 19 11", "11 14 17 19", "v: 4 of 4 cells; the same values, each one row further down."),
        ("14 17 19 11", "17 19 11 14", "v: 4 of 4 cells; the same values, each one row further up."),
        ("14 11 19 17 12", "11 12 14 17 19", "v: 4 of 5 cells; the same values, now sorted while the rows are not."),
        ("14 11 19 17", "14 17 19 11", "v: 2 of 4 cells; two rows have exchanged their values."),
        ("10.5 20.5 40.0", "113.0 220.7 430.6",
         "v: 3 of 3 cells; all 3 are 10.76 times as much: another unit? A new unit requires a MAJOR version."),
        ("20.5 21 22.25", "293.65 294.15 295.4",
         "v: 3 of 3 cells; all 3 are 273.15 more: another unit or another starting point? That requires a MAJOR"),
        ("10.5 20.5 40.0", "-10.5 -20.5 -40.0", "v: 3 of 3 cells; all 3 have the other sign, plus or minus:"),
        ("10.5 20.5 40.0", "-105 -205 -400", "v: 3 of 3 cells; all 3 are -10 times as much: another unit?"),
    ],
)  # fmt: skip
def test_one_thing_that_happened_to_a_whole_column_is_named(tmp_path: Path, before: str, after: str, line: str) -> None:
    tables = ("k,v\n" + "".join(f"{k},{v}\n" for k, v in zip("ABCDE", cells.split(), strict=False))
              for cells in (before, after))  # fmt: skip
    assert line in said(tmp_path, *tables, NUMBERS).out


@pytest.mark.sample(1)
@pytest.mark.parametrize(("before", "after"), [("10 20 30 40", "11 25 31 47"), ("1 1 1 1", "3 3 3 4"), ("5 9", "6 8")])
def test_figures_that_were_corrected_one_by_one_have_nothing_in_common(tmp_path: Path, before: str, after: str) -> None:
    tables = ("k,v\n" + "".join(f"{k},{v}\n" for k, v in zip("ABCD", cells.split(), strict=False))
              for cells in (before, after))  # fmt: skip
    found = json.loads(said(tmp_path, *tables, NUMBERS, "--format", "json").out)
    assert found["releases"][0]["tables"][0]["fields"][0]["pattern"] is None


def test_rows_with_new_names_are_paired_by_what_else_they_hold(tmp_path: Path) -> None:
    done = said(tmp_path, "k,v\nA01,1\nA02,2\nA03,3\n", "k,v\nS-001,1\nS-002,2\nS-003,3\n", NUMBERS)
    assert done.out.startswith("✓ 1 dataset changes: 3 rows with another key; the version fits.")
    assert "3 rows have another key, such as A01 → S-001; their other columns are the same." in done.out
    assert "This requires a MINOR version: rows of t have another key" in done.out
    assert "added" not in done.out


def test_rows_that_only_look_alike_are_not_paired(tmp_path: Path) -> None:
    done = said(tmp_path, "k,v\nA,1\nB,1\nC,2\n", "k,v\nD,1\nE,1\nF,3\n", NUMBERS)
    assert done.out.startswith("✓ 1 dataset changes: 3 rows added, 3 rows removed;")


def test_a_key_whose_encoding_is_repaired_is_the_same_row(tmp_path: Path) -> None:
    done = said(tmp_path, "k,v\nMÃ¡laga,1\nB,2\n", "k,v\nMálaga,1\nB,2\n", NUMBERS)
    assert "The encoding of 1 key is repaired, MÃ¡laga → Málaga." in done.out
    assert "added" not in done.out


def test_a_text_whose_encoding_is_repaired_is_named(tmp_path: Path) -> None:
    done = said(tmp_path, "k,v\n1,MÃ¡laga\n2,B\n", "k,v\n1,Málaga\n2,B\n", TEXTS)
    assert "v: 1 of 2 cells, the encoding of 1 text repaired." in done.out


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("before", "after"),
    [("2023-05-06 07:00:00", "2023-05-06T07:00:00Z"), ("2023-05-06T09:00:00+02:00", "2023-05-06T07:00:00Z"),
     ("8/19/23", "2023-08-19")],
)  # fmt: skip
def test_the_same_moment_written_in_another_way_is_no_change(tmp_path: Path, before: str, after: str) -> None:
    fields = {"at": "string", "v": "integer"}
    done = said(tmp_path / "key", f"at,v\n{before},1\nx,2\n", f"at,v\n{after},1\nx,3\n", fields)
    assert done.out.startswith("✓ 1 dataset changes: 1 cell changed;")
    assert f"1 key that is the same moment written differently, {before} → {after}" in done.out
    done = said(tmp_path / "cell", f"k,v\nA,{before}\n", f"k,v\nA,{after}\n", TEXTS)
    assert done.out.startswith("= No data changes: 1 file is only written differently.")
    assert f"1 cell with the same value written differently, {before} → {after}" in done.out


def test_a_day_that_might_be_two_days_is_another_key(tmp_path: Path) -> None:
    done = said(tmp_path, "at,v\n8/9/23,1\nx,2\n", "at,v\n2023-09-08,5\nx,2\n", {"at": "string", "v": "integer"})
    assert done.out.startswith("✓ 1 dataset changes: 1 row added, 1 row removed;")


def days(first: int, count: int, value: int) -> str:
    return "day,v\n" + "".join(f"2022-01-{day:02d},{day * day * value % 97}\n" for day in range(first, first + count))


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (days(1, 7, 3), days(8, 7, 5), "7 rows added, 7 rows removed"),
        (days(1, 20, 3), days(2, 20, 3), "1 row added, 1 row removed"),
        ("day,v\n2022-01-01,1\n2022-01-02,1\n", "day,v\n2022-01-03,1\n2022-01-04,1\n", "2 rows added, 2 rows removed"),
    ],
    ids=["the next week", "the last twenty days", "always the same value"],
)
def test_days_that_move_on_with_their_own_values_are_other_rows(
    tmp_path: Path, before: str, after: str, line: str
) -> None:
    done = said(tmp_path, before, after, {"day": "date", "v": "integer"})
    assert f"t.csv: {line} (" in done.out
    assert "later" not in done.out


@pytest.mark.thorough
def test_one_row_with_another_key_is_paired_where_no_other_row_is_like_it(tmp_path: Path) -> None:
    fields = {"k": "string", "name": "string", "v": "integer"}
    before = "k,name,v\nA01,Alpha,5\nA02,Beta,6\nA03,Gamma,7\n"
    added = "A04,Delta,9\nA05,Eps,6\nA06,Zeta,1\n"
    done = said(tmp_path / "one", before, before.replace("A02", "A20") + added, fields)
    assert "1 row has another key, A02 → A20; its other columns are the same." in done.out
    assert "t.csv: 3 rows added, 1 row with another key (3 rows → 6 rows)" in done.out
    done = said(tmp_path / "two", before, before.replace("A02", "A20") + "A04,Beta,6\n", fields)
    assert "t.csv: 2 rows added, 1 row removed (3 rows → 4 rows)" in done.out


@pytest.mark.thorough
def test_json_that_differs_in_spaces_is_the_same_value(tmp_path: Path) -> None:
    fields = {"k": "string", "v": "array"}
    done = said(tmp_path, 'k,v\nA,"[1,2]"\nB,"[3]"\n', 'k,v\nA,"[1, 2]"\nB,"[3,4]"\n', fields)
    assert "t.csv: 1 cell changed (2 rows → 2 rows)" in done.out
    assert "1 cell with the same value written differently, [1,2] → [1, 2]" in done.out
