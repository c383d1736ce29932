"""Where a fault is: resource, file, line and field, also where another program reads the table, or no program can."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from datagazette.model.resource import Dialect
from datagazette.tables.undecodable import find_undecodable
from datagazette.validation.parts import Place, places
from tests.conftest import call_build

FIELDS = [{"name": "n", "type": "integer"}, {"name": "town", "type": "string"}]


def package(folder: Path, **resource: Any) -> Path:
    described = {"name": "t", "schema": {"fields": FIELDS}, **resource}
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"name": "x", "resources": [{k: v for k, v in described.items() if v}]}), "utf-8")
    return path


def test_a_fault_in_the_second_of_two_files_has_its_file_line_and_usual_words(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('n,town\n1,"two\nlines"\n2,x\n', "utf-8")
    (tmp_path / "b.csv").write_text("n,town\n3,y\n4,z\nten,w\n", "utf-8")
    done = call_build("check", package(tmp_path, path=["a.csv", "b.csv"]))
    assert f"{tmp_path}/b.csv\n" in done.said
    assert "line 4, field n: “ten” in column “n” is not a whole number" in done.said


def test_rows_of_several_files_are_counted_as_frictionless_joins_them(tmp_path: Path) -> None:
    parts = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for part, content in zip(parts, ("n,town\n1,a\n2,b", "n,town\n3,c\n4,d\n", "n,town\n5,e\n"), strict=True):
        part.write_text(content, "utf-8")
    found = places(parts, Dialect(), range(1, 9))
    # The first file does not end with a line break, so its last row takes the first one of the second with it.
    assert found == {1: Place(0, 1), 2: Place(0, 2), 3: Place(0, 3), 4: Place(1, 3), 5: Place(2, 2)}
    assert places([tmp_path / "none.csv"], Dialect(), {1}) == {}


@pytest.mark.thorough
def test_a_file_that_ends_without_a_line_break_is_named_as_its_last_row_is_joined_with_another(tmp_path: Path) -> None:
    fields = {"fields": [FIELDS[0]]}
    (tmp_path / "a.csv").write_text("n\n1\n2", "utf-8")
    (tmp_path / "b.csv").write_text("n\n3", "utf-8")
    done = call_build("check", package(tmp_path, path=["a.csv", "b.csv"], schema=fields))
    assert "line 3: The file does not end with a line break, so its last row and the first row of “b.csv”" in done.said
    assert "1 warning" in done.said
    (tmp_path / "a.csv").write_text("n\n1\n2\n", "utf-8")
    assert "No problem was found" in call_build("check", package(tmp_path, path=["a.csv", "b.csv"], schema=fields)).said


@pytest.mark.thorough
def test_a_fault_in_a_compressed_table_has_its_resource_and_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"n,town\n1,a\nten,b\n"))
    done = call_build("check", package(tmp_path, path="a.csv.gz"))
    assert "resource t, row 3, field n: “ten” in column “n” is not a whole number" in done.said


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        ("\ufeffn,town\n".encode() + b"".join(b"%d,Town\n" % n for n in range(3000)) + b"3001,Gij\xf3n\n", "",
         "line 3002: The byte 0xF3 in column “town” does not occur in the encoding utf-8; in others it is: “ó” (cp"),
        ("n;town\n1;上海\n".encode("gb18030"), "",
         "line 2: The byte 0xC9 in column “town” does not occur in the encoding utf-8; in others it is: “上” (gb"),
        (b'n,town\n1,"a\nb\x81"\n', "cp1252", "line 3: The byte 0x81 in column “town” does not occur in the encoding"),
    ],
    ids=["a latin letter in UTF-8", "Chinese", "no letter in cp1252"],
)  # fmt: skip
def test_a_byte_that_the_encoding_lacks_has_its_line_field_and_what_it_is_elsewhere(
    tmp_path: Path, content: bytes, encoding: str, said: str
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    done = call_build("check", package(tmp_path, path="t.csv", encoding=encoding))
    assert said in done.said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("size", [65_530, 65_536, 65_537])
def test_a_byte_is_found_at_the_end_of_a_piece_that_is_read_at_once(tmp_path: Path, encoding: str, size: int) -> None:
    path = tmp_path / "t.csv"
    bad = {"utf-8": b"\xe4\xb8", "utf-16-le": b"\x00\xdc", "gb18030": b"\x81"}[encoding]
    good = "n,town\n".encode(encoding)
    path.write_bytes(good + "\n".encode(encoding) * ((size - len(good)) // len("\n".encode(encoding))) + bad)
    found = find_undecodable(path, encoding, Dialect())
    assert found
    assert found.line == path.read_bytes().decode(encoding, "replace").count("\n") + 1
    assert found.found == bad[:1]


def test_all_faults_of_a_resource_without_a_name_are_reported(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n,town\n1,a\n", "utf-8")
    fields = [{"name": "n", "type": "intger"}, {"name": "town", "constraints": {"requird": True}}]
    done = call_build("check", package(tmp_path, name="", path="t.csv", schema={"fields": fields}))
    for said in ("The resource lacks `name`", "unknown type “intger”", "no constraint requird"):
        assert said in done.said


@pytest.mark.thorough
def test_a_repeated_value_in_several_files_is_named_with_both_files_and_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('n,town\n1,"a\nb"\n2,x\n', "utf-8")
    (tmp_path / "b.csv").write_text("n,town\n3,y\n2,x\n", "utf-8")
    fields = [FIELDS[0], FIELDS[1] | {"constraints": {"unique": True}}]
    schema = {"fields": fields, "primaryKey": "n"}
    done = call_build("check", package(tmp_path, path=["a.csv", "b.csv"], schema=schema))
    assert f"{tmp_path}/b.csv\n" in done.said
    assert "line 3: The primary key has the same value as line 4 of a.csv" in done.said
    assert "line 3, field town: The same value was already in line 4 of a.csv" in done.said
