"""Rows that are no data: a total is left out or asked about, and so is a row in which every value is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from datagazette.intake.drafts import Draft, Sources, plan_dataset
from datagazette.intake.notices import lines
from datagazette.model.errors import UsageError
from tests.conftest import Run

PAYMENTS = """payment_date,payee,ref,amount
01/04/2024,P1,R01,10.50
02/04/2024,P2,R02,20.25
02/04/2024,P3,R03,30.00
Total,,,60.75
"""


def planned(root: Path, text: str, total: str = "") -> Draft:
    path = root.parent / "t.csv"
    path.write_text(text, "utf-8")
    return plan_dataset(Sources(root, "t", (path,), total=total))


def said(draft: Draft) -> str:
    return "\n".join(lines(draft.sheets[0].notices, "en"))


def test_a_total_that_holds_the_sums_is_left_out_and_named(small: Path) -> None:
    draft = planned(small, PAYMENTS)
    assert draft.contents[0].count(b"\n") == 4
    assert draft.tables[0].key == ("ref",)
    assert "the row of totals is left out, since sums would count it twice" in said(draft)
    assert "line 5 “Total |  |  | 60.75”" in said(draft)
    kept = planned(small, PAYMENTS, "keep")
    assert kept.contents[0].count(b"\n") == 5
    assert "kept; sums count them twice: line 5" in said(kept)


@pytest.mark.parametrize(
    "text",
    [
        "ward;trees;share\nN1;3;1,5\nN2;5;2,25\nSumme:;8;3,75\n",
        "ward;trees\nN1;1.200\nN2;800\nInsgesamt;2.000\n",
        'ward,trees\nN1,"1,200"\nN2,800\nTOTAL,"2,000"\n',
        "地区,人数\n甲,3\n乙,5\n合计,8\n",
        "ward,share\nN1,33.3\nN2,33.3\nN3,33.3\nTotal,100.0\n",
        "ward,trees,benches\nTotal,8,1\nN1,3,1\nN2,5,\n",
        "ward,trees,note\nN1,3,a\nN2,5,b\nTotal,8,\nNote: counted in May\n",
    ],
)
def test_a_total_is_found_in_other_languages_and_places(text: str, small: Path) -> None:
    if "1.200" in text or "33.3" in text:
        text = text.replace("1.200", "1200").replace("2.000", "2000").replace("100.0", "99.9")
    draft = planned(small, text)
    assert "row of totals is left out" in said(draft)
    assert draft.contents[0].count(b"\n") == text.count("\n") - 1


def test_a_row_that_is_called_a_total_and_holds_no_sums_is_a_question(small: Path) -> None:
    text = "ward,trees\nN1,3\nN2,5\nTotal,9\n"
    with pytest.raises(UsageError) as asked:
        planned(small, text)
    assert "line 4 “Total | 9”. State --total keep" in str(asked.value)
    assert "--total drop" in asked.value.text("zh")
    assert planned(small, text, "drop").contents[0].count(b"\n") == 3
    assert planned(small, text, "keep").contents[0].count(b"\n") == 4


@pytest.mark.parametrize(
    "text",
    [
        "sex,year,n\nMale,2020,3\nFemale,2020,5\nTotal,2020,8\nMale,2021,3\nFemale,2021,5\nTotal,2021,8\n",
        "sex,n\nMale,3\nTotal,8\nFemale,5\nOther,0\n",
    ],
)
def test_a_total_that_is_a_category_stays_and_is_named(text: str, small: Path) -> None:
    draft = planned(small, text)
    assert draft.contents[0].decode() == text
    assert "rows that are called a total are kept" in said(draft)


@pytest.mark.thorough
def test_a_revision_keeps_the_total_that_the_table_has(run: Callable[..., Run], small: Path, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("ward,trees\nN1,3\nN2,5\nTotal,8\n", "utf-8")
    assert run("new", "t", path, "--total", "keep", "--key", "ward", "--root", small).status == 0
    path.write_text("ward,trees\nN1,4\nN2,5\nTotal,9\n", "utf-8")
    revised = run("revise", "t", "--data", path, "--root", small)
    assert "rows added 0, changed 2, removed 0" in revised.out
    assert "rows that are called a total are kept" in revised.out
    dropped = run("revise", "t", "--data", path, "--total", "drop", "--root", small)
    assert "removed 1" in dropped.out
    path.write_text("ward,trees\nN1,4\nN2,5\nTotal,8\n", "utf-8")
    assert "State --total keep" in run("revise", "t", "--data", path, "--root", small).err


BLANK = [
    ("a,b\n1,2\n.,.\n3,4\n", "a,b\n1,2\n3,4\n"),
    ("a,b\nx,2\n,.\ny,4\n", "a,b\nx,2\ny,4\n"),
    ("v\n1\n-\n3\n", "v\n1\n3\n"),
]


@pytest.mark.parametrize(("text", "rows"), BLANK)
def test_a_row_in_which_every_value_is_missing_is_left_out(text: str, rows: str, small: Path) -> None:
    draft = planned(small, text)
    assert draft.contents[0].decode() == rows
    assert "rows without any value are left out: line 3" in said(draft)


@pytest.mark.thorough
@pytest.mark.parametrize(("text", "rows"), BLANK)
def test_the_check_finds_no_blank_row_in_what_was_imported(
    text: str, rows: str, run: Callable[..., Run], small: Path
) -> None:
    path = small.parent / "t.csv"
    path.write_text(text, "utf-8")
    made = run("new", "t", path, "--root", small)
    assert "rows without any value are left out: line 3" in made.out
    assert "is blank" not in made.said
    assert (small / "datasets/t/1.0.0/t.csv").read_text("utf-8") == rows
    revised = run("revise", "t", "--data", path, "--root", small)
    assert "rows added 0, changed 0, removed 0" in revised.out
    assert "rows without any value are left out: line 3" in revised.out


def test_a_row_of_texts_that_mean_no_value_elsewhere_is_kept(small: Path) -> None:
    text = "a,b\nx,y\n-,-\nz,w\n"
    assert planned(small, text).contents[0].decode() == text
