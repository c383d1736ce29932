"""What a verdict covers: rows that an open quote swallows, formats in capitals, and descriptors that are no JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datagazette.intake.sheets import read_sheets
from datagazette.model.errors import UsageError
from datagazette.model.problems import has_errors
from tests.checks import both
from tests.checks.both import Resource
from tests.conftest import Run

FIELDS = {"fields": [{"name": "n", "type": "integer"}, {"name": "remark", "type": "string"}]}


def report(run: Callable[..., Run], folder: Path, written: str, table: bytes = b"") -> dict[str, Any]:
    (folder / "datapackage.json").write_text(written, "utf-8")
    (folder / "t.csv").write_bytes(table)
    found: dict[str, Any] = json.loads(run("check", folder / "datapackage.json", "--format", "json").out)
    return found


def package(resource: dict[str, Any]) -> str:
    return json.dumps({"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": FIELDS, **resource}]})


def open_quotes(folder: Path, content: bytes) -> list[tuple[int | None, str]]:
    """The lines of quotes that are not closed, each with that of the quote which ends its cell."""
    resource = Resource(content, FIELDS)
    both.write((resource,), folder)
    (found,) = both.reports((resource,), folder)
    quotes = [problem for problem in found.problems if problem.code == "open-quote"]
    lines = [(problem.line, dict(problem.values).get("until", "")) for problem in quotes]
    assert all(problem.severity == "warning" for problem in quotes)
    if content.startswith((b"n,remark\n", b"n,remark\r\n")) and not any(until for _, until in lines):
        assert not has_errors(found.problems), "Frictionless finds none"
    return lines


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'n,remark\n1,"open\n2,x\n3,y', 2),
        (b'n,remark\n1,"open\n2,x\n3,y\n', 2),
        (b'n,remark\r\n1,"a\r\nb"\r\n2,"open\r\n3,y\r\n', 4),
        (b'n,remark\n1,x\n2,"y\n', 3),
        (b'n,remark\n1,x\n2,"y', 3),
        ('n,remark\n1,\u00e9\n2,"open\n3,y\n'.encode("utf-8-sig"), 3),
        (b'n,remark\n"1\n","open\n2,x\n', 3),
        (b'n,"remark', 1),
        (b'n,"remark\n', 1),
        (b'n,"remark\n1,x\n', 1),
    ],
    ids=["no line end", "line end", "after a cell with a line break", "last line", "last byte", "byte order mark",
         "after a cell with a line break in its row", "all of the file is a header", "header", "header over rows"],
)  # fmt: skip
def test_a_quote_that_is_never_closed_is_reported_where_it_opens(tmp_path: Path, content: bytes, line: int) -> None:
    assert open_quotes(tmp_path, content) == [(line, "")]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b'n,remark\n1,"open\n2,"x"\n3,y\n', [(2, 3)]),
        (b'n,remark\n1,"open\n2,"x"\n3,y\n4,"open\n5,"z"\n', [(2, 3), (5, 6)]),
        (b'n,remark\n"1\n","open\n2,"""x"""\n3,y\n', [(3, 4)]),
        (b'n,remark\n1,"ope""n\n2,z\n3,"x, y"\n4,y\n', [(2, 4)]),
        (b'n,"remark\n1,"x"\n2,y\n', [(1, 2)]),
        (b'n,remark\r1,"a\rb"\r2,"open\r3,"x"\r4,y\r', [(4, 5)]),
    ],
    ids=["once", "twice", "after a cell with a line break", "with a quote inside", "header", "old line ends"],
)
def test_a_quote_that_only_the_next_one_closes_is_reported_with_both_lines(
    tmp_path: Path, content: bytes, lines: list[tuple[int, int]]
) -> None:
    assert open_quotes(tmp_path, content) == [(opens, str(until)) for opens, until in lines]


@pytest.mark.parametrize(
    "content",
    [
        b'n,remark\n1,"a\nb"\n2,"c"\n',
        b'n,remark\n1,5" pipe\n2,x\n',
        b'n,remark\n1,"5"" pipe"\n',
        b'n,remark\n1,"a ""b""\n""c"""\n2,"""\n"""\n',
        b'"n","a\nremark"\n1,"a\r\nb"\n',
        b'n,remark\n"1","a"b\n2,x\n',
    ],
)
def test_quotes_that_are_closed_or_inside_a_cell_are_fine(tmp_path: Path, content: bytes) -> None:
    assert open_quotes(tmp_path, content) == []


def test_an_open_quote_is_reported_in_plain_words(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b'n,remark\n1,"open\n2,"x"\n3,"open\n4,y\n')
    (tmp_path / "datapackage.json").write_text(package({}))
    out = run("check", tmp_path / "datapackage.json").out
    assert "line 2: The quote that opens in this line is not closed before a quote in line 3" in out
    assert "line 4: The quote that opens in this line is never closed" in out


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b'n,remark\n1,"open\n2,"x"\n3,y\n', "t.csv:2", "is not closed before a quote in line 3"),
        (b'n,remark\n1,x\n2,"open\n3,y\n', "t.csv:3", "is never closed"),
    ],
)
def test_a_table_with_an_open_quote_is_not_taken_in(tmp_path: Path, content: bytes, place: str, message: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UsageError) as refused:
        read_sheets(tmp_path / "t.csv", None, None, (), 0)
    said = refused.value.text("en")
    assert place in said
    assert message in said


@pytest.mark.parametrize("form", ["CSV", "Csv", "csv", "TSV"])
def test_a_format_is_read_whatever_its_case(run: Callable[..., Run], tmp_path: Path, form: str) -> None:
    table = b"n,remark\n4,a\nfour,b\n"
    table = table.replace(b",", b"\t") if form == "TSV" else table
    dialect = {"dialect": {"delimiter": "\t"}} if form == "TSV" else {}
    (task,) = report(run, tmp_path, package({"format": form, **dialect}), table)["tasks"]
    assert [(error["type"], error["rowNumber"]) for error in task["errors"]] == [("type-error", 3)]


def test_other_ways_to_write_the_format_csv_are_read_as_well(run: Callable[..., Run], tmp_path: Path) -> None:
    forms = {"a": ".csv", "b": "csv ", "c": "text/csv"}
    resources = [{"name": name, "path": "t.csv", "format": form, "schema": FIELDS} for name, form in forms.items()]
    written = json.dumps({"name": "p", "resources": resources})
    tasks = report(run, tmp_path, written, b"n,remark\nfour,b\n")["tasks"]
    assert [error["type"] for task in tasks for error in task["errors"]] == ["type-error"] * 3


@pytest.mark.thorough
def test_a_verdict_names_the_resources_that_were_not_looked_at(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"n,remark\n4,b\n")
    (tmp_path / "t.json").write_text('[{"n": "four"}]')
    (tmp_path / "t").write_bytes(b"n,remark\nfour,b\n")
    described: dict[str, dict[str, Any]] = {
        "read": {"path": "t.csv", "schema": FIELDS},
        "shapes": {"path": "t.csv", "format": "shp", "schema": FIELDS},
        "json": {"path": "t.json", "schema": FIELDS},
        "unnamed": {"path": "t", "schema": FIELDS},
        "file": {"path": "t.csv", "type": "file", "schema": FIELDS},
        "picture": {"path": "t.json", "format": "png"},
    }
    resources = [{"name": name, **resource} for name, resource in described.items()]
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "resources": resources}))
    done = run("check", tmp_path / "datapackage.json")
    assert done.status == 0
    assert "“shapes” was not looked at; its format, “shp”, is not read as a table" in done.out
    assert "“json” was not looked at; its format, “json”, is not read as a table" in done.out
    assert "“unnamed” was not looked at; it states no format" in done.out
    assert done.out.count("” was not looked at") == 3
    assert done.out.splitlines()[-1].endswith(": shapes, json, unnamed, file, picture")


@pytest.mark.thorough
def test_a_table_in_a_format_for_which_there_is_no_reader_is_an_error(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"n": "four"}]')
    (tmp_path / "datapackage.json").write_text(package({"path": "t.json", "type": "table"}))
    done = run("check", tmp_path / "datapackage.json")
    assert done.status == 1
    assert "error resource-not-read" in done.out
    assert "“t” was not looked at; its format, “json”, is not read as a table" in done.out


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


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("content", "dialect", "line", "read", "count"),
    [
        (b'n,remark\n2,"x"y\n3,"z""q" w\n', {}, 2, "xy", 2),
        (b'n,remark\n"2"1,y\n3,z\n', {}, 2, "21", 1),
        (b'n,remark\r\n1,"a\r\nb"\r\n3,"z" \r\n', {}, 4, "z ", 1),
        (b"n;remark\n2;'x'y\n3;z\n", {"delimiter": ";", "quoteChar": "'"}, 2, "xy", 1),
        (b'n,remark\n2, "x"y\n3, "z"\n', {"delimiter": ",", "skipInitialSpace": True}, 2, "xy", 1),
        (b'n,remark\n2,"x"y\n' + b'3,"z"\n' * 200 + b"3,z\n" * 2_000, {}, 2, "xy", 1),
    ],
    ids=["twice", "number", "after a cell with a line break", "another quote", "space in front", "among many"],
)
def test_text_after_a_closing_quote_is_a_warning_with_what_is_read(
    run: Callable[..., Run], tmp_path: Path, content: bytes, dialect: dict[str, Any], line: int, read: str, count: int
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    (tmp_path / "datapackage.json").write_text(package({"dialect": dialect} if dialect else {}), "utf-8")
    done = run("check", tmp_path / "datapackage.json")
    assert done.status == 0
    assert f"line {line}: A cell has text after its closing quote and is read as “{read}”" in done.out
    assert f"cells affected: {count}." in done.out


def test_a_table_with_text_after_a_closing_quote_is_not_taken_in(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b'n,remark\n1,5" pipe\n2,"the old" town\n')
    with pytest.raises(UsageError) as refused:
        read_sheets(tmp_path / "t.csv")
    assert "t.csv:3" in refused.value.text("en")
    assert "would be read as “the old town”" in refused.value.text("en")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ('{"name": "p", "note": "NaN \\" Infinity",\n "x": NaN}', 2, 7),
        ('{"name": "p", "x": [1, -Infinity]}', 1, 24),
    ],
)
def test_constants_that_only_python_reads_are_no_json(
    run: Callable[..., Run], tmp_path: Path, written: str, line: int, column: int
) -> None:
    (tmp_path / "datapackage.json").write_text(written, "utf-8")
    done = run("check", tmp_path / "datapackage.json")
    assert done.status == 1
    assert f"line {line}: The JSON cannot be read at column {column}: a value should be here." in done.out
