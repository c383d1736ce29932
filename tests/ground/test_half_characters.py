"""Half a character, such as U+D800: JSON may hold it as an escape, a file in UTF-8 cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datagazette.downloads.json import write_json
from datagazette.model.resource import Field, Schema, Table
from datagazette.tables.engine import connect
from datagazette.tables.parquet import tabulate
from tests.checks import both
from tests.checks.both import Resource
from tests.conftest import Run

HALF = "\ud800"
NUMBER = {"name": "n", "type": "integer"}
TEXT = {"name": "a", "type": "string"}
PLAIN = b"n,a\n1,yes\n2,x\n"
JSON_CELLS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "object": (b'n,a\n1,"{""a"":""\\ud800""}"\n2,"{""a"":""x""}"\n3,x\n', {"type": "object"}),
    "array": (b'n,a\n1,"[""\\ud800""]"\n2,[1]\n3,x\n', {"type": "array"}),
    "items": (b'n,a\n1,"[""\\ud800""]"\n3,x\n', {"type": "array", "arrayItem": {"type": "string"}}),
    "geojson": (b'n,a\n1,"{""type"":""Point"",""coordinates"":[1,2],""a"":""\\ud800""}"\n', {"type": "geojson"}),
}
# A property of the field with half a character, and the code of each cell in `PLAIN` that is wrong.
FIELDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "trueValues": ({"type": "boolean", "trueValues": ["yes", HALF]}, ["type-error"]),
    "falseValues": ({"type": "boolean", "trueValues": ["yes"], "falseValues": [HALF]}, ["type-error"]),
    "missingValues": ({"missingValues": ["", HALF]}, []),
    "enum": ({"constraints": {"enum": ["yes", HALF]}}, ["constraint-error"]),
    "categories": ({"categories": ["yes", {"value": HALF, "label": HALF}]}, ["constraint-error"]),
    "pattern": ({"constraints": {"pattern": f"(yes|[{HALF}b])"}}, ["constraint-error"]),
    "description": ({"title": HALF, "description": HALF, f"x{HALF}": HALF}, []),
}


def test_half_a_character_in_json_is_a_value_like_any_other(tmp_path: Path) -> None:
    resources = tuple(
        Resource(content, {"fields": [NUMBER, {"name": "a", **field}]}, name=name)
        for name, (content, field) in JSON_CELLS.items()
    )
    both.write(resources, tmp_path)
    assert both.ours(resources, tmp_path).findings == both.theirs(resources, tmp_path).findings


@pytest.mark.parametrize(
    ("other", "codes"), [(r"\ud801", []), (r"\uD800", ["primary-key"]), (r"\ud800\udc00", []), (r"\\ud800", [])]
)
def test_half_a_character_in_a_key_equals_itself_alone(other: str, codes: list[str], tmp_path: Path) -> None:
    content = 'n,a\n1,"[""\\ud800""]"\n2,"[""' + other + '""]"\n'
    resource = Resource(content.encode(), {"fields": [NUMBER, {"name": "a", "type": "array"}], "primaryKey": ["a"]})
    both.write((resource,), tmp_path)
    (report,) = both.reports((resource,), tmp_path)
    assert [found.code for found in report.problems] == codes


def test_half_a_character_in_a_descriptor_ends_no_check(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(PLAIN)
    resources = [
        {"name": name, "path": "t.csv", "schema": {"fields": [NUMBER, {**TEXT, **field}]}}
        for name, (field, _) in FIELDS.items()
    ]
    resources.append({"name": "encoding", "path": "t.csv", "encoding": HALF, "schema": {"fields": [NUMBER, TEXT]}})
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "title": HALF, "resources": resources}))
    done = run("check", tmp_path / "datapackage.json", "--format", "json")
    tasks = {task["name"]: [error["type"] for error in task["errors"]] for task in json.loads(done.out)["tasks"]}
    assert tasks == {**{name: codes for name, (_, codes) in FIELDS.items()}, "encoding": ["encoding-error"]}


@pytest.mark.parametrize(("encoding", "cell"), [("utf-7", b"+2AA-"), ("unicode_escape", b"\\ud800")])
def test_half_a_character_in_the_text_of_a_cell_is_named_with_its_line(
    encoding: str, cell: bytes, tmp_path: Path
) -> None:
    resource = Resource(b"n,a\n1,x\n2," + cell + b"\n", {"fields": [NUMBER, TEXT]}, encoding=encoding)
    both.write((resource,), tmp_path)
    (report,) = both.reports((resource,), tmp_path)
    (found,) = report.problems
    assert (found.code, found.line, dict(found.values)["found"]) == ("encoding-error", 3, "\\ud800")


def test_half_a_character_is_published_as_the_escape_that_it_was(tmp_path: Path) -> None:
    csv, typed, made = tmp_path / "t.csv", tmp_path / "t.parquet", tmp_path / "t.json"
    csv.write_bytes(b'n,a\n1,"{""a"":""\\ud800""}"\n')
    schema = Schema("t", "", (Field("n", "integer"), Field("a", "object")))
    with connect() as engine:
        tabulate(engine, Table("t", "t.csv", "t.csv", schema), csv, typed)
        write_json(engine, typed, made, ["n", "a"], ["integer", "object"])
    assert json.loads(made.read_text("utf-8")) == [{"n": 1, "a": {"a": HALF}}]
