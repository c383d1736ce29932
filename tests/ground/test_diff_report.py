"""What a reviewer reads of columns, counts and cells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import call_build
from tests.ground.drafts import drafted

NUMBERS, TEXTS = {"k": "string", "v": "number"}, {"k": "string", "v": "string"}


def diff(root: Path, *options: str) -> str:
    return call_build("diff", *options, "--root", root).out


def test_a_new_column_is_in_the_first_line_and_shown_with_its_values(tmp_path: Path) -> None:
    fields = {"k": "string", "y2022": "integer"}
    root = drafted(tmp_path, "k,y2022\nA,1\nB,2\n", "k,y2022,y2023\nA,1,5\nB,2,6\n", fields,
                   fields_after=fields | {"y2023": "integer"}, version="2.0.0")  # fmt: skip
    out = diff(root)
    assert out.startswith("✓ 1 dataset changes: new column y2023 with 2 values; the version fits.")
    assert "  new column y2023 with 2 values\n      k  y2023\n      A  5\n      B  6\n" in out
    assert diff(root, "--lang", "zh").startswith("✓ 1 个数据集有改动：新增一列 y2023，有 2 个值；版本号合适。")


def test_a_column_that_the_schema_does_not_know_is_an_error_and_shown_with_its_values(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v\nA,1\nB,2\n", "k,v,ward\nA,1,N\nB,2,S\n", NUMBERS)
    done = call_build("diff", "--root", root)
    assert done.status == 1
    assert done.out.startswith("✗ 1 error must be fixed before this can be published: new column ward with 2 values.")
    assert "Column 3, “ward”, is not in the schema" in done.out
    assert "      A  N\n      B  S\n" in done.out


def test_a_renamed_column_is_in_the_first_line_and_its_cells_are_compared(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,town\nA,x\nB,y\n", "k,city\nA,x\nB,z\n", {"k": "string", "town": "string"},
                   fields_after={"k": "string", "city": "string"}, version="2.0.0")  # fmt: skip
    out = diff(root)
    assert out.startswith("✓ 1 dataset changes: 1 column renamed (town → city), 1 cell changed; the version fits.")
    assert "B  city        y      z" in out


def test_a_renamed_column_of_the_key_keeps_its_rows(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v\nA,1\nB,2\n", "id,v\nA,1\nB,3\n", NUMBERS,
                   fields_after={"id": "string", "v": "number"}, version="2.0.0")  # fmt: skip
    out = diff(root)
    assert out.startswith("✓ 1 dataset changes: 1 column renamed (k → id), 1 cell changed; the version fits.")


def test_a_removed_column_is_in_the_first_line(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v,w\nA,1,7\n", "k,v\nA,1\n", NUMBERS | {"w": "integer"}, fields_after=NUMBERS,
                   version="2.0.0")  # fmt: skip
    assert diff(root).startswith("✓ 1 dataset changes: column w with 1 value removed; the version fits.")


def test_many_new_columns_are_counted(tmp_path: Path) -> None:
    names = [f"y{year}" for year in range(2000, 2020)]
    after = f"k,v,{','.join(names)}\nA,1{',5' * 20}\n"
    root = drafted(tmp_path, "k,v\nA,1\n", after, NUMBERS, fields_after=NUMBERS | dict.fromkeys(names, "integer"),
                   version="2.0.0")  # fmt: skip
    assert diff(root).startswith("✓ 1 dataset changes: 20 new columns; the version fits.")


def test_emptied_and_filled_cells_are_counted_apart_and_the_emptied_come_first(tmp_path: Path) -> None:
    root = drafted(tmp_path, "k,v\nA,\nB,2\nC,1\n", "k,v\nA,3\nB,2\nC,\n", NUMBERS)
    out = diff(root)
    assert out.startswith("✓ 1 dataset changes: 1 cell emptied, 1 cell filled; the version fits.")
    assert out.index("C  v") < out.index("A  v")
    (field,) = json.loads(diff(root, "--format", "json"))["releases"][0]["tables"][0]["fields"]
    assert (field["cells"], field["emptied"], field["filled"], field["rows"]) == (2, 1, 1, 3)


def test_a_text_column_that_is_replaced_says_in_how_many_rows(tmp_path: Path) -> None:
    before, after = ("k,v\n" + "".join(f"A{at},{word}{at}\n" for at in range(20)) for word in ("old", "new "))
    assert "v: 20 of 20 cells.\n" in diff(drafted(tmp_path, before, after, TEXTS))


def test_numbers_that_differ_behind_the_sixth_digit_are_a_class_of_their_own_and_last(tmp_path: Path) -> None:
    before = "k,v\n" + "".join(f"A{at},1.2345678\n" for at in range(10)) + "B,10\n"
    after = before.replace("1.2345678", "1.23456781").replace("B,10", "B,11")
    out = diff(drafted(tmp_path, before, after, NUMBERS))
    assert "v: 11 of 11 cells, 1 by 10% to 50%, 10 only behind the sixth digit." in out
    assert out.index("B   v") < out.index("A0  v")


def test_the_number_of_further_rows_is_written_out(tmp_path: Path) -> None:
    after = "k,v\nA,1\n" + "".join(f"B{at},1\n" for at in range(46))
    out = diff(drafted(tmp_path, "k,v\nA,1\n", after, NUMBERS))
    assert "    and 41 more rows\n" in out
    assert "… +1\n" not in out


def test_cells_are_shown_as_they_are_in_the_file(tmp_path: Path) -> None:
    fields = {"k": "string", "ok": "boolean", "v": "number"}
    before = "k,ok,v\nA,true,-7.123456789012345\nB,1,2.5\n"
    out = diff(drafted(tmp_path, before, "k,ok,v\nA,true,-7.123456789012345\nB,0,2.6\nC,true,2.50\n", fields))
    assert "C  true  2.50" in out
    assert "B  v         2.5    2.6     +4%" in out
    assert "B  ok          1      0" in out


def test_without_a_key_cells_are_shown_without_endless_zeros(tmp_path: Path) -> None:
    before = "k,v\nA,-7.123456789012345\n"
    out = diff(drafted(tmp_path, before, before + "B,2.5\n", NUMBERS, key=""))
    assert "B  2.5\n" in out


def test_codes_and_coordinates_have_no_percentages(tmp_path: Path) -> None:
    fields = {"k": "string", "status": "integer", "longitude": "number", "v": "number"}
    root = drafted(tmp_path, "k,status,longitude,v\nA,1,7.1234567,100000000\nB,1,2.5,1\n",
                   "k,status,longitude,v\nA,2,7.1234569,100000200\nB,1,2.5,1\n", fields)  # fmt: skip
    lines = [line.split() for line in diff(root).splitlines() if line.startswith("    A")]
    assert lines == [
        ["A", "v", "100000000", "100000200", "below", "0.001%"],
        ["A", "status", "1", "2"], ["A", "longitude", "7.1234567", "7.1234569"],
    ]  # fmt: skip


def test_of_a_wide_table_the_columns_that_differ_are_shown_first(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(20)]
    header = ",".join(["k", *names])
    root = drafted(tmp_path, f"{header}\nA{',x' * 20}\n", f"{header}\nB{',x' * 19},y\n",
                   dict.fromkeys(["k", *names], "string"))  # fmt: skip
    assert "      k  c19  c0  c1  c2  c3  c4  c5  …\n      B  y    x" in diff(root)


@pytest.mark.thorough
@pytest.mark.parametrize("key", ["k", ""], ids=["key", "no key"])
def test_a_column_with_other_values_in_the_place_of_another_is_no_rename(tmp_path: Path, key: str) -> None:
    root = drafted(tmp_path, "k,births,w\nA,10,1\nB,20,2\n", "k,deaths,w\nA,7,1\nB,9,2\n",
                   {"k": "string", "births": "integer", "w": "integer"}, key=key,
                   fields_after={"k": "string", "deaths": "integer", "w": "integer"}, version="2.0.0")  # fmt: skip
    out = diff(root)
    said = "new column deaths with 2 values, column births with 2 values removed; the version fits."
    assert out.startswith(f"✓ 1 dataset changes: {said}")
    assert "Field t.births was removed, Field t.deaths is new" in out
    assert "renamed" not in out


@pytest.mark.thorough
def test_numbers_without_an_end_have_no_percentage(tmp_path: Path) -> None:
    out = diff(drafted(tmp_path, "k,v\nA,INF\nB,1\n", "k,v\nA,-INF\nB,INF\n", NUMBERS, version="1.0.1"))
    assert "A  v         INF   -INF" in out
    assert "nan" not in out
    assert "inf%" not in out
