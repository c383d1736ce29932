"""Two files of one table: what counts as a change, what only looks like one, and what a spreadsheet broke."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from datagazette.diff.garbled import is_garbled
from datagazette.diff.outcome import Damage, TableComparison, Tiers
from datagazette.diff.rows import read_side
from datagazette.diff.tables import compare_tables
from datagazette.messages import LANGUAGES
from datagazette.model.problems import message, problem
from datagazette.model.resource import Field, Schema, Table
from datagazette.tables.engine import connect

FIELDS = (
    Field("code"), Field("name"), Field("phone"), Field("day", "date"), Field("amount", "number"), Field("span"),
)  # fmt: skip
SCHEMA = Schema("t", "t.yaml", FIELDS, primary_key=("code",))
ROWS = (
    ("0101", "社区服务", "13800138000123456", "2021-05-02", "12.5", "1-2"),
    ("0102", "老年人服务", "13800138000123457", "2021-12-31", "1000", "3-4"),
    ("0103", "Café Zürich", "370826198001011234", "2020-02-29", "-3", "5-6"),
)
Rows = tuple[tuple[str, ...], ...]


def csv(rows: Rows, header: str = "code,name,phone,day,amount,span") -> bytes:
    return "".join(f"{line}\n" for line in (header, *(",".join(row) for row in rows))).encode()


def compared(tmp_path: Path, after: bytes, before: bytes = csv(ROWS), schema: Schema = SCHEMA) -> TableComparison:
    table = Table("t", "t.csv", "t.csv", schema)
    with connect() as engine:
        sides = []
        for name, content in (("old", before), ("new", after)):
            (tmp_path / name).mkdir()
            (tmp_path / f"{name}.csv").write_bytes(content)
            sides.append(read_side(engine, table, tmp_path / f"{name}.csv", tmp_path / name))
        return compare_tables(engine, *sides)


def column(at: int, *values: str) -> Rows:
    return tuple((*row[:at], value, *row[at + 1 :]) for row, value in zip(ROWS, values, strict=True))


@pytest.mark.parametrize(
    ("rows", "kind", "field", "before", "after"),
    [
        (column(0, "101", "102", "103"), "leading-zeros-lost", "code", "0101", "101"),
        (column(2, "1.38001E+16", "1.38001E+16", "3.70826E+17"), "number-shortened", "phone", ROWS[0][2],
         "1.38001E+16"),
        (column(2, "13800138000123400", "13800138000123400", "370826198001011000"), "digits-lost", "phone", ROWS[0][2],
         "13800138000123400"),
        (column(3, "2021/5/2", "2021/12/31", "2020/2/29"), "date-rewritten", "day", "2021-05-02", "2021/5/2"),
        (column(3, "5/2/2021", "12/31/2021", "2/29/2020"), "date-rewritten", "day", "2021-05-02", "5/2/2021"),
        (column(3, "44318", "44561", "43890"), "date-rewritten", "day", "2021-05-02", "44318"),
        (column(5, "1月2日", "3月4日", "5月6日"), "date-rewritten", "span", "1-2", "1月2日"),
        (column(5, "2-Jan", "4-Mar", "6-May"), "date-rewritten", "span", "1-2", "2-Jan"),
        (column(4, "12.5", "#REF!", "-3"), "formula-error", "amount", "1000", "#REF!"),
        (column(1, "????", "?????", "Caf? Z?rich"), "text-garbled", "name", "社区服务", "????"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_does_to_a_column(
    tmp_path: Path, rows: Rows, kind: str, field: str, before: str, after: str
) -> None:
    found = compared(tmp_path, csv(rows))
    (damage,) = found.damages
    cells = 1 if kind == "formula-error" else 3
    line = 3 if kind == "formula-error" else 2
    assert damage == Damage(kind, field, cells, before, after, line)
    assert (found.change.added, found.change.removed, found.change.changed) == (0, 0, 0), "reported once, as what it is"
    values = {"field": field, "cells": cells, "before": before, "after": after}
    for language in LANGUAGES:
        assert after in message(problem(kind, "t.csv", **values), language)


@pytest.mark.parametrize("wrong", ["gb18030", "cp1252", "latin-1"])
def test_utf8_read_in_another_encoding(tmp_path: Path, wrong: str) -> None:
    after = csv(ROWS).decode(wrong, "replace").encode()
    found = compared(tmp_path, after)
    assert {(one.kind, one.field) for one in found.damages} == {("text-garbled", "name")}
    assert found.change.changed == 0


def test_a_file_saved_in_gbk_is_read_and_reported(tmp_path: Path) -> None:
    rows = ROWS[:2]
    found = compared(tmp_path, csv(rows).decode().encode("gb18030"), csv(rows))
    assert [(one.kind, one.before, one.after) for one in found.damages] == [("encoding-changed", "utf-8", "gb18030")]
    assert found.change.changed == 0


def test_empty_rows_and_columns(tmp_path: Path) -> None:
    lines = csv(ROWS).decode().splitlines()
    after = "".join(f"{line},\n" for line in lines) + ",,,,,,\n" * 3000
    found = compared(tmp_path, after.encode())
    assert {(one.kind, one.cells, one.line) for one in found.damages} == {
        ("rows-empty", 3000, 5), ("columns-empty", 1, 1),
    }  # fmt: skip
    assert (found.rows_after, found.change.added, found.change.changed) == (3, 0, 0)


def test_one_code_corrected_by_hand_is_a_change(tmp_path: Path) -> None:
    found = compared(tmp_path, csv(column(0, "101", "0102", "0103")))
    assert not found.damages
    assert [(key.kind, key.rows, key.before, key.after) for key in found.keys] == [("renamed", 1, "0101", "101")]
    assert (found.change.added, found.change.removed) == (0, 0)


def test_a_real_change_beside_damage_is_still_reported(tmp_path: Path) -> None:
    rows = column(3, "2021/5/2", "2021/12/31", "2020/2/29")
    rows = (rows[0], (*rows[1][:4], "1001", rows[1][5]), rows[2])
    found = compared(tmp_path, csv(rows))
    assert [one.kind for one in found.damages] == ["date-rewritten"]
    assert [(one.key, one.field, one.before, one.after) for one in found.change.changed_cells] == [
        (("0102",), "amount", 1000.0, 1001.0)
    ]


def test_columns_in_another_order_and_values_written_differently(tmp_path: Path) -> None:
    written = {"12.5": "12.50", "1000": "1e3", "-3": "-3"}
    rows = tuple((row[1], row[0], *row[2:4], written[row[4]], row[5]) for row in ROWS)
    found = compared(tmp_path, csv(rows, "name,code,phone,day,amount,span"))
    assert found.is_same
    assert {one.kind: one.count for one in found.form} == {"column-order": 0, "cell-text": 2}


def test_large_changes_first_with_tiers(tmp_path: Path) -> None:
    fields = (Field("k", "integer"), Field("n", "number"))
    before = "k,n\n" + "".join(f"{number},100\n" for number in range(8)) + "8,0\n"
    values = (101, 115, 160, 1000, -100, "100.00001", 99, 50, 7)
    after = "k,n\n" + "".join(f"{number},{value}\n" for number, value in enumerate(values))
    found = compared(tmp_path, after.encode(), before.encode(), Schema("t", "t.yaml", fields, primary_key=("k",)))
    (field,) = found.fields
    assert (field.cells, field.tiers) == (9, Tiers(tenfold=3, half=2, tenth=1, less=2, tiny=1))
    assert [one.key[0] for one in found.large] == [8, 3, 4, 2, 7, 1, 0, 6, 5]
    assert found.large[0].relative is None


def test_without_a_key_rows_are_a_bag(tmp_path: Path) -> None:
    schema = replace(SCHEMA, primary_key=())
    twice = (*ROWS, ROWS[0])
    found = compared(tmp_path, csv((ROWS[2], ROWS[0], ROWS[0], ROWS[0])), csv(twice), schema)
    assert (found.change.added, found.change.removed, found.change.key) == (1, 1, ())
    assert found.change.added_rows[0][0] == "0101"
    assert found.change.removed_rows[0][0] == "0102"


def test_a_key_that_is_not_unique_is_no_key(tmp_path: Path) -> None:
    found = compared(tmp_path, csv((*ROWS, ROWS[0])))
    assert (found.change.key, found.change.added, found.change.removed) == ((), 1, 0)


def test_texts_that_are_fine_are_not_garbled() -> None:
    assert not is_garbled("社区服务", "社区服务站")
    assert not is_garbled("Café", "Cafe")
    assert is_garbled("社区服务", "绀惧尯鏈嶅姟")


def test_whole_numbers_of_eighteen_digits(tmp_path: Path) -> None:
    """Their product is beyond what a column of whole numbers holds."""
    schema = Schema("t", "t.yaml", (Field("k", "integer"), Field("n", "integer")), primary_key=("k",))
    before, after = csv((("1", "123456789012345678"),), "k,n"), csv((("1", "-123456789012345678"),), "k,n")
    found = compared(tmp_path, after, before, schema)
    assert found.fields[0].tiers == Tiers(tenfold=1)
