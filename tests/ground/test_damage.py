"""What spreadsheet programs and wrong encodings do to a released table is an error, and undoing it is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.diff.garbled import is_garbled
from datagazette.diff.rows import read_side
from datagazette.diff.tables import compare_tables
from datagazette.model.resource import Field, Schema, Table
from datagazette.tables.engine import connect
from tests.conftest import call_build
from tests.ground.drafts import drafted


def damages(tmp_path: Path, before: str, after: str, *kinds: str, intended: bool = False) -> list[tuple[str, str, int]]:
    """The kind, field and count of each; the key is the first column."""
    names = before.split("\n", 1)[0].split(",")
    fields = tuple(Field(name, kind) for name, kind in zip(names, kinds, strict=True))
    table = Table("t", "t.csv", "t.csv", Schema("t", "t.yaml", fields, primary_key=(names[0],)))
    with connect() as engine:
        sides = []
        for name, content in (("old", before), ("new", after)):
            (tmp_path / name).mkdir()
            (tmp_path / f"{name}.csv").write_text(content, "utf-8")
            sides.append(read_side(engine, table, tmp_path / f"{name}.csv", tmp_path / name))
        found = compare_tables(engine, *sides, intended=intended)
    return [(damage.kind, damage.field, damage.cells) for damage in found.damages]


def test_decimal_codes_in_a_key_that_lost_zeros_are_refused_and_not_released(tmp_path: Path) -> None:
    before, after = "code,v\n02.30,1\n20.50,2\n45.01,3\n", "code,v\n2.3,1\n20.5,2\n45.01,3\n"
    root = drafted(tmp_path, before, after, {"code": "string", "v": "integer"})
    for command in (("diff",), ("release", "t")):
        done = call_build(*command, "--root", root)
        assert done.status == 1
        assert "In “code”, 1 cells have lost their leading zeros: “02.30” became “2.3”." in done.said
        assert "In “code”, 2 cells have lost zeros at their end: “02.30” became “2.3”." in done.said
        assert "rows added" not in done.said


def test_decimal_codes_that_lost_zeros_outside_the_key(tmp_path: Path) -> None:
    before, after = "k,code\nA,02.30\nB,20.50\nC,3.00\n", "k,code\nA,2.3\nB,20.5\nC,3\n"
    assert damages(tmp_path, before, after, "string", "string") == [
        ("leading-zeros-lost", "code", 1), ("trailing-zeros-lost", "code", 3),
    ]  # fmt: skip


ROUNDED = ("k,v\nA,0.123456\nB,-3.25\nC,7.777\n", "k,v\nA,0.12\nB,-3.3\nC,7.78\n")


def test_numbers_cut_to_what_a_cell_shows_are_damage(tmp_path: Path) -> None:
    assert damages(tmp_path, *ROUNDED, "string", "number") == [("number-rounded", "v", 3)]


def test_numbers_that_are_rounded_on_purpose_are_a_major_version(tmp_path: Path) -> None:
    assert damages(tmp_path, *ROUNDED, "string", "number", intended=True) == []
    fields = {"k": "string", "v": "number"}
    assert call_build("release", "t", "--root", drafted(tmp_path / "a", *ROUNDED, fields, version="2.0.0")).status == 0
    done = call_build("release", "t", "--root", drafted(tmp_path / "b", *ROUNDED, fields, version="1.0.1"))
    assert done.status == 1
    assert "3 changed numbers are the earlier ones rounded: “0.123456” became “0.12”" in done.said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k,v\nA,0.125\nB,3.25\nC,7.777\n", "k,v\nA,0.13\nB,3.25\nC,7.777\n"),  # one figure of several
        ("k,v\nA,0.12\nB,3.3\n", "k,v\nA,0.123\nB,3.25\n"),  # more digits than before
        ("k,v\nA,1.23456781\nB,2.34567812\n", "k,v\nA,1.2345678\nB,2.3456781\n"),  # behind the sixth digit
        ("k,v\nA,10.25\nB,20.75\n", "k,v\nA,11\nB,22\n"),
    ],
)
def test_corrected_numbers_are_not_taken_for_rounded_ones(tmp_path: Path, before: str, after: str) -> None:
    assert damages(tmp_path, before, after, "string", "number") == []


def test_texts_from_a_macintosh_read_as_windows_are_garbled(tmp_path: Path) -> None:
    before, after = "k,town\nA,Málaga\nB,Zürich\n", "k,town\nA,M‡laga\nB,ZŸrich\n"
    assert damages(tmp_path, before, after, "string", "string") == [("text-garbled", "town", 2)]


@pytest.mark.parametrize("wrong", [("mac-roman", "cp1252"), ("utf-8", "cp1252"), ("utf-8", "mac-roman")])
def test_a_garbled_key_is_damage_and_no_other_row(tmp_path: Path, wrong: tuple[str, str]) -> None:
    before = "town,v\nMálaga,1\nZürich,2\nRoma,3\n"
    after = before.encode(wrong[0]).decode(wrong[1])
    assert damages(tmp_path, before, after, "string", "integer") == [("text-garbled", "town", 2)]


def test_a_garbled_text_that_is_put_right_is_no_damage(tmp_path: Path) -> None:
    before, after = "k,town\n1,MÃ¡laga\n2,Z?rich\n", "k,town\n1,Málaga\n2,Zürich\n"
    assert damages(tmp_path, before, after, "string", "string") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("Dvoøák", "Dvořák"), ("Café", "Cafe"), ("M‡laga", "Málaga"), ("ZŸrich", "Zürich"), ("社区", "社区服务")],
)
def test_a_letter_that_is_corrected_is_not_garbled(before: str, after: str) -> None:
    assert not is_garbled(before, after)


def test_a_code_with_leading_zeros_is_the_same_number_in_a_column_of_numbers(tmp_path: Path) -> None:
    assert damages(tmp_path, "k,v\nA,007\nB,2\n", "k,v\nA,7\nB,3\n", "string", "integer") == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1234567 7654321 8888888 1", "1.23E+06 7.65E+06 8.89E+06 1"),
        ("0.000012345 0.000076543 1", "1.23E-05 7.65E-05 1"),
    ],
)
def test_numbers_that_are_saved_with_a_power_of_ten_are_rounded(tmp_path: Path, before: str, after: str) -> None:
    tables = ("k,v\n" + "".join(f"{number},{v}\n" for number, v in enumerate(cells.split()))
              for cells in (before, after))  # fmt: skip
    changed = sum(was != now for was, now in zip(before.split(), after.split(), strict=True))
    assert damages(tmp_path, *tables, "string", "number") == [("number-rounded", "v", changed)]


@pytest.mark.thorough
def test_numbers_with_a_decimal_comma_are_rounded_as_others_are(tmp_path: Path) -> None:
    before, after = (
        'k,v\nA,"0,123456"\nB,"-1.003,25"\nC,"7,777"\n',
        'k,v\nA,"0,12"\nB,"-1.003,3"\nC,"7,78"\n',
    )
    marks = {"type": "number", "decimalChar": ",", "groupChar": "."}
    root = drafted(tmp_path, before, after, {"k": "string", "v": marks}, version="1.0.1")
    done = call_build("diff", "--root", root)
    assert done.status == 1
    assert "In “v”, 3 changed numbers are the earlier ones rounded: “0,123456” became “0,12”." in done.out


@pytest.mark.thorough
@pytest.mark.parametrize("names", [("code", "v"), ("v", "code")], ids=["key", "no key"])
def test_codes_with_a_comma_lose_zeros_too(tmp_path: Path, names: tuple[str, str]) -> None:
    def table(*codes: str) -> str:
        cells = [(f'"{code}"', str(number)) for number, code in enumerate(codes)]
        rows = [pair if names[0] == "code" else pair[::-1] for pair in cells]
        return "\n".join(map(",".join, [names, *rows])) + "\n"

    found = damages(tmp_path, table("02,30", "20,50", "45,01"), table("2,3", "20,5", "45,01"), "string", "string")
    assert found == [("leading-zeros-lost", "code", 1), ("trailing-zeros-lost", "code", 2)]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("word", "encoding", "named"),
    [("Málaga", "cp1252", "cp1252"), ("北京", "gbk", "gb18030"), ("Тверь", "cp1251", "cp1251"),
     ("Málaga", "mac_roman", "mac_roman")],
)  # fmt: skip
def test_a_file_in_another_encoding_is_read_in_the_one_that_has_the_words_of_the_version_before(
    tmp_path: Path, word: str, encoding: str, named: str
) -> None:
    after = f"k,v\nA,{word}\nB,x\n".encode(encoding)
    root = drafted(tmp_path, f"k,v\nA,{word}\n", after, {"k": "string", "v": "string"})
    done = call_build("diff", "--root", root)
    assert done.status == 1
    assert f"The file was in utf-8 and now seems to be in {named}." in done.out
    assert "1 row added (1 rows → 2 rows)" in done.out
