"""What a verdict covers: rows that an open quote swallows, formats in capitals, and descriptors that are no JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

FIELDS = {"fields": [{"name": "n", "type": "integer"}, {"name": "remark", "type": "string"}]}


def report(run: Callable[..., Run], folder: Path, written: str, table: bytes = b"") -> dict[str, Any]:
    (folder / "datapackage.json").write_text(written, "utf-8")
    (folder / "t.csv").write_bytes(table)
    found: dict[str, Any] = json.loads(run("check", folder / "datapackage.json", "--format", "json").out)
    return found


def package(resource: dict[str, Any]) -> str:
    return json.dumps({"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": FIELDS, **resource}]})


def open_quotes(run: Callable[..., Run], folder: Path, content: bytes) -> list[int]:
    """The lines in which a quote opens that is never closed, as the text report names them."""
    assert report(run, folder, package({}), content)["valid"]
    _, _, found = run("check", folder / "datapackage.json").out.partition("open-quote")
    return [int(line) for line in re.findall(r"line (\d+)", found)]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'n,remark\n1,"open\n2,x\n3,y', 2),
        (b'n,remark\n1,"open\n2,x\n3,y\n', 2),
        (b'n,remark\r\n1,"a\r\nb"\r\n2,"open\r\n3,y\r\n', 4),
        (b'n,remark\n1,x\n2,"y\n', 3),
        (b'n,remark\n1,x\n2,"y', 3),
        ('n,remark\n1,\u00e9\n2,"open\n3,y\n'.encode("utf-8-sig"), 3),
    ],
    ids=["no line end", "line end", "after a cell with a line break", "last line", "last byte", "byte order mark"],
)
def test_a_quote_that_is_never_closed_is_reported_where_it_opens(
    run: Callable[..., Run], tmp_path: Path, content: bytes, line: int
) -> None:
    assert open_quotes(run, tmp_path, content) == [line]


@pytest.mark.parametrize(
    "content", [b'n,remark\n1,"a\nb"\n2,"c"\n', b'n,remark\n1,5" pipe\n2,x\n', b'n,remark\n1,"5"" pipe"\n']
)
def test_quotes_that_are_closed_or_inside_a_cell_are_fine(
    run: Callable[..., Run], tmp_path: Path, content: bytes
) -> None:
    assert open_quotes(run, tmp_path, content) == []


@pytest.mark.parametrize("form", ["CSV", "Csv", "csv", "TSV"])
def test_a_format_is_read_whatever_its_case(run: Callable[..., Run], tmp_path: Path, form: str) -> None:
    table = b"n,remark\n4,a\nfour,b\n"
    table = table.replace(b",", b"\t") if form == "TSV" else table
    dialect = {"dialect": {"delimiter": "\t"}} if form == "TSV" else {}
    (task,) = report(run, tmp_path, package({"format": form, **dialect}), table)["tasks"]
    assert [(error["type"], error["rowNumber"]) for error in task["errors"]] == [("type-error", 3)]


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ('{"name": "p",\n "resources": [{"name": "t",}]}', 2, 29),
        ("{'name': 'p', 'resources': []}", 1, 2),
        ('{"name": "p"\n "resources": []}', 2, 2),
        ('{"name": "p", "resources": []} x', 1, 32),
        ("name: p\nresources: []\n", 1, 1),
    ],
    ids=["a comma too many", "single quotes", "a comma missing", "more after the end", "YAML"],
)
def test_a_descriptor_called_json_that_is_none_is_refused_with_its_place(
    run: Callable[..., Run], tmp_path: Path, written: str, line: int, column: int
) -> None:
    found = report(run, tmp_path, written)
    assert not found["valid"]
    assert [error["type"] for error in found["errors"]] == ["json-syntax"]
    assert found["errors"][0]["lineNumber"] == line
    assert (
        f"line {line}: The JSON cannot be read at column {column}:" in run("check", tmp_path / "datapackage.json").out
    )
