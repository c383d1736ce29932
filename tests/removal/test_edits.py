"""Cells are taken out of CSVs of any form, and every other row stays byte for byte as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from datagazette.commands.cell_edits import CellToRedact, edited, read_cells
from datagazette.model.errors import UsageError
from datagazette.model.removal import RedactedCell
from datagazette.model.resource import Dialect, Field, Schema, Table

ROWS = 'k;v;w\r\nA;1;x\r\n"B";"2 ""two""\nlines";y\r\nC;3;z\r\n'


def table(*, key: bool = True, missing: tuple[str, ...] = ("",), encoding: str = "utf-8") -> Table:
    fields = tuple(Field(name, "string") for name in "kvw")
    schema = Schema("s", "", fields, ("k",) if key else (), missing_values=missing)
    return Table("t", "t.csv", "t.csv", schema, Dialect(delimiter=";", encoding=encoding, stated=("delimiter",)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_only_the_row_is_another_one(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.replace("x", "甲").encode(encoding))
    form = table(encoding={"utf-8-sig": "utf-8", "utf-16": "utf-16"}.get(encoding, encoding))
    found = edited(form, path, [CellToRedact("t", "B", "v")])
    expected = ROWS.replace("x", "甲").replace('"B";"2 ""two""\nlines";y', "B;;y")
    assert found.content == expected.encode(encoding)
    assert found.values == {'2 "two"\nlines'}
    assert found.cells == (RedactedCell("t", "B", "v"),)


def test_a_column_as_a_whole_with_a_mask(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.encode())
    found = edited(table(), path, [CellToRedact("t", "*", "w", "***")])
    assert [line.rpartition(";")[2] for line in found.content.decode().split("\r\n")] == ["w", "***", "***", "***", ""]
    assert found.cells == (RedactedCell("t", "*", "w"),)
    assert found.values == {"x", "y", "z"}


def test_a_masked_key_is_noted_as_it_is_now(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.encode())
    found = edited(table(), path, [CellToRedact("t", "C", "k", "C-1"), CellToRedact("t", "C", "v")])
    assert found.content.endswith(b"C-1;;z\r\n")
    assert found.cells == (RedactedCell("t", "C-1", "k"), RedactedCell("t", "C-1", "v"))


def test_a_table_without_a_key_and_one_whose_missing_value_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.encode())
    found = edited(table(key=False, missing=("NA", "-")), path, [CellToRedact("t", "#3", "v")])
    assert found.content.endswith(b"C;NA;z\r\n")
    assert found.cells == (RedactedCell("t", "#3", "v"),)


def test_a_row_that_is_not_there_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.encode())
    with pytest.raises(UsageError):
        edited(table(), path, [CellToRedact("t", "D", "v"), CellToRedact("t", "A", "v")])
    assert path.read_bytes() == ROWS.encode()


def test_a_list_of_cells(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text("resource,key,field,mask\nt,A,v,\nt,*,w,x\n", "utf-8-sig")
    assert read_cells(path, "-") == (CellToRedact("t", "A", "v", "-"), CellToRedact("t", "*", "w", "x"))
    path.write_text("table,row\nt,A\n", "utf-8")
    with pytest.raises(UsageError):
        read_cells(path)
