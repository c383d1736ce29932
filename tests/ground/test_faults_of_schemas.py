"""What is wrong with a schema is said of the schema, and good cells are not blamed for it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from datagazette.tables.field_advice import with_directives
from datagazette.tables.types.text import matches_whole
from datagazette.tables.types.wkt import is_wkt
from tests.conftest import Run, call_build


def checked(folder: Path, cells: list[str], **field: Any) -> Run:
    (folder / "t.csv").write_text("k\n" + "".join(f'"{cell}"\n' for cell in cells), "utf-8")
    (folder / "t.json").write_text(json.dumps({"fields": [{"name": "k", **field}]}), "utf-8")
    return call_build("check", "--schema", folder / "t.json", folder / "t.csv")


def test_a_format_of_dates_without_a_percent_sign_is_a_fault_of_the_schema(tmp_path: Path) -> None:
    done = checked(tmp_path, ["2021-01-05"], type="date", format="YYYY-MM-DD")
    assert "The format “YYYY-MM-DD” of field “k” has no %, so no date or time can have it" in done.said
    assert "Leave `format` out if the cells are written as in 2026-11-23" in done.said
    assert "Correct the schema and not the cells" in done.said
    assert "Write year-month-day" not in done.said


@pytest.mark.parametrize(
    ("written", "meant"),
    [("DD/MM/YYYY hh:mm", "%d/%m/%Y %H:%M"), ("YYYY-MM-DDTHH:mm:ss", "%Y-%m-%dT%H:%M:%S"), ("dd.MM.yyyy", "%d.%m.%Y")],
)
def test_the_letters_of_other_programs_become_directives(written: str, meant: str) -> None:
    assert with_directives(written) == meant


def test_separators_of_whole_numbers_that_are_not_read_are_said_once_and_explained(tmp_path: Path) -> None:
    done = checked(tmp_path, ["38.411", "7"], type="integer", groupChar=".")
    assert done.said.count("Field “k” has `groupChar`, which is not read for the type integer") == 1
    assert "give the field `type: number`" in done.said
    assert checked(tmp_path, ["38.411", "7"], type="number", groupChar=".").status == 0


def test_an_allowed_value_that_no_cell_can_have_is_said_of_the_schema(tmp_path: Path) -> None:
    done = checked(tmp_path, ["1", "2"], type="string", constraints={"enum": [1, 2]})
    assert "The allowed value 1 of field “k” is not of the type string, so no cell can have it" in done.said


def test_a_cell_of_which_only_the_beginning_matches_a_pattern_is_named(tmp_path: Path) -> None:
    cells = ["CN", "64", "CN 1949-1978", "x64", "CN 1949-1978", "CNX"]
    done = checked(tmp_path, cells, constraints={"pattern": "CN|[0-9]{2}"})
    assert (
        "line 4, field k: Only a part of “CN 1949-1978” in column “k” matches the pattern CN|[0-9]{2}; cells "
        in done.said
    )
    assert "cells affected: 3" in done.said
    assert done.said.count("has alternatives outside brackets") == 1
    assert "(CN|[0-9]{2})" in done.said
    assert "1 error, 2 warnings" in done.said


def test_a_pattern_that_only_python_can_read_is_tried_as_well(tmp_path: Path) -> None:
    done = checked(tmp_path, ["CN", "CN 2"], constraints={"pattern": "(?!X)CN|[0-9]{2}"})
    assert "Only a part of “CN 2”" in done.said


@pytest.mark.parametrize(
    ("pattern", "whole"),
    [
        ("a|b", False),
        ("(a|b)", True),
        ("ab|ac", False),
        ("^a$|^b$", True),
        ("^a|b$", False),
        ("[a|b]", True),
        ("a", True),
    ],
)
def test_a_pattern_matches_whole_cells_where_each_alternative_is_tied_at_both_ends(pattern: str, whole: bool) -> None:
    assert matches_whole(pattern) is whole


GEOMETRIES = {
    "POINT (30 10)": True, "POINT (1)": False, "point (1 2)": False, "POINT ZM (1 2 3 4)": True, "POINT EMPTY": True,
    "POINT (1,2)": False, "LINESTRING (1 2, 3 4)": True, "POLYGON ((0 0, 1 0, 1 1, 0 0))": True,
    "POLYGON (0 0, 1 0)": False, "MULTIPOINT ((1 2), (3 4))": True, "MULTIPOINT (1 2)": False, "POINT (1 2": False,
    "GEOMETRYCOLLECTION (POINT (1 2), TIN (((0 0, 1 0, 1 1, 0 0))))": True, "MULTISURFACE (CURVEPOLYGON ((0 0)))": True,
    "COMPOUNDCURVE ((0 0, 1 1), CIRCULARSTRING (1 1, 2 2, 3 1))": True, "SRID=4326;POINT (1 2)": False,
    "POINTZ (1 2 3)": False, "TRIANGLE ((0 0), (1 1))": False, "LINESTRING EMPTY1": False, "": False,
}  # fmt: skip


def test_well_known_text_is_read_as_frictionless_reads_it(tmp_path: Path) -> None:
    """The verdicts are those of Frictionless 5.21.0 with its addition for this format."""
    assert {text: is_wkt(text) for text in GEOMETRIES} == GEOMETRIES
    assert not is_wkt("GEOMETRYCOLLECTION (" * 5000)
    done = checked(tmp_path, ["POINT (30 10)", "POINT (1)", "point (1 2)"], format="wkt")
    assert "line 3, field k: “POINT (1)” in column “k” is not a geometry in well-known text (WKT)" in done.said
    assert "2 errors" in done.said


@pytest.mark.thorough
def test_formats_of_a_compressed_table_are_read_as_those_of_a_plain_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"k,p\nPOINT (30 10),x\nPOINT (1),y\n"))
    fields = [{"name": "k", "format": "wkt"}, {"name": "p", "format": "phone"}]
    described = {"name": "x", "resources": [{"name": "t", "path": "t.csv.gz", "schema": {"fields": fields}}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(described), "utf-8")
    done = call_build("check", tmp_path / "datapackage.json")
    assert "resource t, row 3, field k: “POINT (1)” in column “k” is not a geometry in well-known text" in done.said
    assert "1 error, 1 warning" in done.said


def test_a_format_that_nobody_knows_is_a_warning_and_the_column_is_text(tmp_path: Path) -> None:
    done = checked(tmp_path, ["any thing"], format="phone")
    assert (done.status, "has the format “phone”, which does not exist for type string" in done.said) == (0, True)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("kind", "form", "said"),
    [("integer", "roman", True), ("number", "currency", True), ("boolean", "yes/no", True), ("year", "YYYY", True),
     ("year", "%Y", False), ("integer", "default", False), ("number", "any", False)],
)  # fmt: skip
def test_a_format_that_the_type_does_not_read_is_said_once_of_the_schema(
    tmp_path: Path, kind: str, form: str, said: bool
) -> None:
    cell = "true" if kind == "boolean" else "2020"
    (tmp_path / "t.csv").write_text(f"v,w\n{cell},x\n", "utf-8")
    fields = [{"name": "v", "type": kind, "format": form}, {"name": "w", "type": "string"}]
    resource = {"name": "t", "path": "t.csv", "schema": {"fields": fields}}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [resource]}), "utf-8")
    done = call_build("check", tmp_path / "datapackage.json")
    assert done.status == 0
    assert (f"Field “v” has the format “{form}”, which is not read for the type {kind}" in done.out) == said
