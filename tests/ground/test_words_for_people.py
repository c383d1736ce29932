"""Messages without the words of programmers, and without lines and rows in one sentence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from datagazette.load.standalone import read_descriptor
from datagazette.messages import LANGUAGES
from datagazette.model.problems import Problem, fix, message
from datagazette.validation.frictionless import check_resource
from tests.checks import both
from tests.checks.both import Resource

KEY, NUMBER = {"name": "k", "type": "string"}, {"name": "n", "type": "integer"}
FIELDS = [KEY, NUMBER]


def said(content: bytes, folder: Path, fields: Any = None, **more: Any) -> list[tuple[int | None, str]]:
    """Line and message of each problem."""
    encoding = more.pop("encoding", "utf-8")
    resource = Resource(content, {"fields": more.pop("fields", fields or FIELDS), **more}, encoding=encoding)
    both.write((resource,), folder)
    (report,) = both.reports((resource,), folder)
    return [(problem.line, message(problem, "en")) for problem in report.problems]


ROWS = b'k,n\n"x\ny",1\nx,2\nx,3\n"x\ny",4\n'


@pytest.mark.parametrize(
    ("more", "messages"),
    [
        (
            {"primaryKey": ["k"]},
            [
                (5, "The primary key k has the value “x”, which line 4 has too"),
                (6, "The primary key k has the value “x\\ny”, which line 2 has too"),
            ],
        ),
        (
            {"fields": [{**KEY, "constraints": {"unique": True}}, NUMBER]},
            [(5, "“x” in “k” was already in line 4"), (6, "“x\\ny” in “k” was already in line 2")],
        ),
    ],
)
def test_a_repeated_key_is_reported_with_lines_in_both_places(
    more: dict[str, Any], messages: list[tuple[int, str]], tmp_path: Path
) -> None:
    assert said(ROWS, tmp_path, **more) == messages


def test_a_blank_row_is_called_by_its_line_alone(tmp_path: Path) -> None:
    assert said(b'k,n\n"x\ny",1\n\n', tmp_path) == [(4, "The row is blank")]


@pytest.mark.parametrize(
    ("encoding", "content", "line", "text"),
    [
        ("utf-8x", b"k,n\n", None, "There is no encoding “utf-8x”"),
        ("base64", b"k,n\n", None, "There is no encoding “base64”"),
        (
            "utf-16",
            b"k,n\n",
            None,
            "The encoding is stated as UTF-16, but the file does not begin with the mark of UTF-16",
        ),
        ("utf-8", "k,n\nx,1\n".encode("utf-16"), 1, "The file is in UTF-16, but is read as utf-8"),
    ],
)
def test_an_encoding_that_cannot_be_is_reported_without_a_codec(
    encoding: str, content: bytes, line: int | None, text: str, tmp_path: Path
) -> None:
    assert said(content, tmp_path, encoding=encoding) == [(line, text)]


def test_a_file_that_is_not_there_is_reported_by_its_name(tmp_path: Path) -> None:
    resource = Resource(b"", {"fields": FIELDS})
    (report,) = both.reports((resource,), tmp_path)
    assert message(report.problems[0], "en") == "There is no file “t.csv”"
    assert message(report.problems[0], "zh") == "没有文件“t.csv”"


@pytest.mark.parametrize(
    ("constraint", "text"),
    [
        ({"pattern": "(["}, "The pattern of the field “k”, “([”, is not a regular expression"),
        (
            {"minimum": "x"},
            "The constraint minimum of the field “n” has the value “x”, which is not of the field's type",
        ),
    ],
)
def test_a_constraint_that_cannot_be_is_reported_with_its_field(
    constraint: dict[str, Any], text: str, tmp_path: Path
) -> None:
    fields = [KEY, {**NUMBER, "constraints": constraint}]
    if "pattern" in constraint:
        fields = [{**KEY, "constraints": constraint}, NUMBER]
    assert said(b"k,n\nx,1\n", tmp_path, fields) == [(None, text)]


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ({"type": "date", "format": "%d/%m/%Y", "constraints": {"minimum": "2021-01-01"}}, "23/11/2026"),
        ({"type": "date", "constraints": {"minimum": "01/01/2021"}}, "2026-11-23"),
        ({"type": "number", "decimalChar": ",", "constraints": {"maximum": "many"}}, "3,5"),
    ],
)
def test_a_bound_that_no_cell_can_have_is_reported_with_one_that_is_right(
    field: dict[str, Any], shown: str, tmp_path: Path
) -> None:
    resource = Resource(b"k,n\nx,1\n", {"fields": [KEY, {**NUMBER, **field}]})
    both.write((resource,), tmp_path)
    (report,) = both.reports((resource,), tmp_path)
    assert fix(report.problems[0], "en").endswith(f"such as {shown}.")
    assert shown in fix(report.problems[0], "zh")


YAML = {
    "title: Parks: a list\n": (1, "A colon is not allowed here."),
    'a: 1\ntitle: "Parks\nb: 2\n': (2, "The quote that opens in this line is never closed."),
    "a: [1, 2\nb: 3\n": (2, "The bracket that opens in line 1 is not closed before this, or a comma is missing."),
    "a:\n\t- b\n": (2, "The line is indented with a tab."),
    "a: @x\n": (1, "A text cannot begin with “@”."),
    "a: 1\nb\n": (2, "This line has no colon."),
    'a: "x" y\n': (1, "This does not belong to what is above it."),
    "a: 1\nb: ]\n": (2, "A value is missing here."),
    'a: "\\q"\n': (1, "A backslash within double quotes has a meaning, and this one has none."),
}
JSON = {
    '{"a": 1,}': "a name in double quotes should be here.",
    "[1,]": "a value should be here.",
    '{"a": 1 "b": 2}': "a comma or a closing bracket should be here.",
    '{"a" 1}': "a colon should be here.",
    '{"a": 1} x': "something follows its end.",
    '{"a": "x\ny"}': "a text contains a line break or a tab.",
    '{"a": "x': "the quote that opens here is never closed.",
    '{"a": "\\q"}': "the backslash has no meaning here.",
}


def fault(name: str, written: str, folder: Path) -> Problem:
    (folder / name).write_text(written)
    (found,) = read_descriptor(folder / name)[1]
    assert all("Expecting" not in message(found, language) for language in LANGUAGES)
    assert all("expected" not in message(found, language) for language in LANGUAGES)
    return found


@pytest.mark.parametrize("written", YAML)
def test_broken_yaml_is_reported_in_plain_words(written: str, tmp_path: Path) -> None:
    found = fault("x.yaml", written, tmp_path)
    assert (found.line, message(found, "en")) == YAML[written]


@pytest.mark.parametrize("written", JSON)
def test_broken_json_is_reported_in_plain_words(written: str, tmp_path: Path) -> None:
    found = fault("x.json", written, tmp_path)
    assert message(found, "en").endswith(f": {JSON[written]}")


@pytest.mark.thorough
def test_a_repeated_key_of_a_compressed_table_is_reported_with_its_rows(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"k,n\nx,1\nx,2\n,3\n"))
    described = {"name": "t", "path": "t.csv.gz", "schema": {"fields": FIELDS, "primaryKey": ["k"]}}
    report = check_resource("t", json.loads(json.dumps(described)), tmp_path, "datapackage.json", 10)
    assert [message(problem, "en") for problem in report.problems] == [
        "The primary key has the same value as row 2",
        "The primary key k has no value",
    ]
