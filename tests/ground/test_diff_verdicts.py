"""`diff` and `release` judge a draft as `check` does, and neither ends in a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run, call_build
from tests.ground.drafts import drafted

NUMBERS = {"k": "string", "v": "integer"}


def judged(root: Path) -> dict[str, Run]:
    return {command[0]: call_build(*command, "--root", root) for command in (["check"], ["diff"], ["release", "t"])}


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", "1", "abc"),
        ("boolean", "true", "maybe"),
        ("year", "2020", "20200"),
        ("time", "10:00:00", "25:00:00"),
        ("object", '"{""a"": 1}"', "{a}"),
        ("date", "2021-02-03", "2021-02-31"),
        ("date", "2021-02-03", "05/02/2020"),
    ],
)
def test_a_wrong_cell_in_an_added_row_is_the_first_line_of_diff(tmp_path: Path, kind: str, good: str, bad: str) -> None:
    fields = {"k": "string", "v": kind}
    found = judged(drafted(tmp_path, f"k,v\nA,{good}\n", f"k,v\nA,{good}\nB,{bad}\n", fields))
    assert [run.status for run in found.values()] == [1, 1, 1]
    first, second = found["diff"].out.splitlines()[:2]
    assert first == "✗ 1 error must be fixed before this can be published: 1 row added."
    assert second.startswith("  - datasets/t/1.1.0/t.csv:3 Wrong type in a cell: ")
    assert bad in second
    assert all("type-error" in found[command].out + found[command].err for command in ("check", "release"))


def test_a_number_of_the_table_that_breaks_a_rule_of_another_dataset_makes_diff_red(small: Path) -> None:
    assert call_build("revise", "places", "--bump", "patch", "--root", small).status == 0
    path = small / "datasets/places/1.0.1/places.csv"
    path.write_text(path.read_text("utf-8").replace("001", "1"), "utf-8")
    statuses = [call_build(*command, "--root", small).status for command in (["check"], ["diff"])]
    assert statuses == [1, 1]


def test_more_errors_than_are_listed_are_counted(tmp_path: Path) -> None:
    after = "k,v\nA,1\n" + "".join(f"B{number},x\n" for number in range(1200))
    root = drafted(tmp_path, "k,v\nA,1\n", after, NUMBERS)
    done = call_build("diff", "--root", root)
    assert done.out.startswith("✗ 1,200 errors must be fixed before this can be published: 1,200 rows added.")
    found = json.loads(call_build("diff", "--format", "json", "--root", root).out)
    assert (len(found["errors"]), found["hidden"], found["receipt"]) == (1000, 200, None)


def test_a_changed_date_that_is_none_is_shown_as_it_is_written(tmp_path: Path) -> None:
    fields = {"k": "string", "d": "date"}
    root = drafted(tmp_path, "k,d\nA,2021-02-03\nB,2021-03-04\n", "k,d\nA,2021-02-31\nB,2021-03-04\n", fields)
    done = call_build("diff", "--root", root)
    assert done.status == 1
    assert "A  d      2021-02-03  2021-02-31" in done.out


def test_dates_that_are_all_rewritten_are_one_error_and_not_one_a_cell(tmp_path: Path) -> None:
    fields = {"k": "string", "d": "date"}
    found = judged(drafted(tmp_path, "k,d\nA,2021-02-03\nB,2021-03-24\n", "k,d\nA,03.02.2021\nB,24.03.2021\n", fields))
    assert found["diff"].out.startswith("✗ 1 error must be fixed")
    for run in (found["diff"], found["release"]):
        assert "In “d”, 2 cells were rewritten as dates: “2021-02-03” became “03.02.2021”." in run.said
        assert "Wrong type" not in run.said


def test_whole_numbers_above_three_billion_can_be_released(tmp_path: Path) -> None:
    before = "code,budget\nK1,3200000000\nK2,7\n"
    root = drafted(tmp_path, before, before.replace("7", "8"), {"code": "string", "budget": "integer"})
    assert call_build("diff", "--root", root).out.startswith("✓ 1 dataset changes: 1 cell changed;")
    assert call_build("release", "t", "--root", root).status == 0


@pytest.mark.sample(1)
@pytest.mark.parametrize(("encoding", "named", "text"), [
    ("gbk", "gb18030", "中文"), ("cp1252", "cp1252", "é"), ("utf-16", "utf-16", "é"),
])  # fmt: skip
def test_a_table_in_another_encoding_is_reported_as_that(tmp_path: Path, encoding: str, named: str, text: str) -> None:
    after = f"k,v\nA,1\nB,{text}\n".encode(encoding)
    root = drafted(tmp_path, "k,v\nA,1\n", after, {"k": "string", "v": "string"})
    for command in (("diff",), ("release", "t")):
        done = call_build(*command, "--root", root)
        assert done.status == 1
        assert f"The file was in utf-8 and now seems to be in {named}." in done.said
        assert "Wrong encoding" not in done.said
