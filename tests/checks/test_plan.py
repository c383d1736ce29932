"""The SQL and the expressions that a schema becomes, apart from any file; and what every run keeps to."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from datagazette.model.problems import codes, fix, message
from datagazette.tables.cells import DOUBT, TYPE_BIT, Column, cell_reader, make_column, rule_bit
from datagazette.tables.descriptors import parse_field
from datagazette.tables.engine import Limits, connect
from datagazette.tables.sql import literal
from datagazette.tables.types.numbers import whole_numbers
from datagazette.tables.types.text import translate
from datagazette.validation import counting, fast
from datagazette.validation.counting import read_tally
from tests.checks import both
from tests.checks.both import Resource

PIECES = ("0", "1", "9", "-", "+", ".", "_", " ", "e", "x", "１")


def column(number: int = 1, **descriptor: Any) -> Column:
    field, faults = parse_field({"name": "a", **descriptor}, "schema.yaml", ["en"])
    assert field, faults
    return make_column(number, field, ("",))


def test_field_without_rules_needs_no_check() -> None:
    found = column(type="string")
    assert (found.verdict, found.fine, found.bits) == ("0", "TRUE", 0)


def test_verdict_of_an_integer_with_a_bound() -> None:
    found = column(type="integer", constraints={"minimum": 0})
    assert found.fine == "(CAST(t1 AS VARCHAR) = c1 AND t1 >= 0 OR (c1 IS NULL OR c1 IN ('')))"
    assert found.names(TYPE_BIT) == ["type"]
    assert found.names(rule_bit(0)) == ["minimum"]


def test_many_columns_share_numbers_of_62_bits() -> None:
    packed = counting.packs([column(number, type="integer") for number in range(1, 101)])
    assert sum(len(pack) for pack in packed) == 100
    assert all(pack[-1][1] + 2 <= 62 for pack in packed)


def test_packed_verdicts_are_taken_apart() -> None:
    found = [column(1, type="integer"), column(2, type="boolean")]
    code = (TYPE_BIT << 1) | (TYPE_BIT << 3)
    tally = read_tally((5, None, {code: 2}), found)
    assert tally.verdicts == {(1, TYPE_BIT): 2, (2, TYPE_BIT): 2}


@pytest.mark.parametrize(
    "descriptor",
    [
        {"type": "integer"},
        {"type": "integer", "constraints": {"minimum": 1, "maximum": 19}},
        {"type": "number"},
        {"type": "number", "constraints": {"minimum": 0.5, "maximum": 9}},
        {"type": "number", "constraints": {"exclusiveMinimum": 1, "exclusiveMaximum": 9}},
        {"type": "number", "constraints": {"maximum": 1}},
        {"type": "number", "constraints": {"maximum": 1, "exclusiveMaximum": 1}},
        {"type": "year"},
        {"type": "boolean"},
        {"type": "string", "constraints": {"pattern": "[0-9]+(\\.[01])?"}},
        {"type": "string", "constraints": {"minLength": 2, "maxLength": 3}},
    ],
)
def test_quick_conditions_hold_for_no_bad_cell(descriptor: dict[str, Any]) -> None:
    """Every text of up to four of these pieces: what SQL calls fine is fine, what it calls wrong is wrong."""
    found = column(**descriptor)
    cells = ["".join(one) for size in range(5) for one in itertools.product(PIECES, repeat=size)]
    read = cell_reader(found.field, found.missing)
    expected = {cell: read(cell)[1] for cell in cells}
    shape = re.compile(fast.shape(found, ",") or "(?!)")
    with connect() as engine:
        listed = ", ".join(f"({literal(cell)})" for cell in cells)
        verdicts = engine.rows(
            f"SELECT c1, {found.verdict}, coalesce({found.fine}, FALSE) "
            f"FROM (SELECT *, {found.value} AS t1 FROM (VALUES {listed}) AS v(c1))"
        )
    for cell, verdict, fine in verdicts:
        if fine or shape.fullmatch(cell):
            assert not expected[cell], cell
        if verdict != DOUBT:
            assert set(found.names(verdict)) == set(expected[cell]), cell


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 100000), (7, 1234), (99, 101), (1000, 9999), (5, 70)])
def test_ranges_of_whole_numbers(low: int, high: int) -> None:
    expression = re.compile("|".join(whole_numbers(low, high)))
    assert all(bool(expression.fullmatch(str(one))) == (low <= one <= high) for one in range(high + 2000))


@pytest.mark.parametrize("pattern", ["^a", "(a)\\1", "(?=a)", "a|b", "a*+", "\\bx", "[^\\d]", "x$", "(?i)a"])
def test_patterns_that_are_left_to_python(pattern: str) -> None:
    assert translate(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "text"), [("\\s", "\x1c"), ("a*?b", "aab"), ("(?P<n>a|b)c", "bc"), ("\\x41{2}", "AA"), ("[^a\\-]", "é")]
)
def test_patterns_that_match_in_both_engines(pattern: str, text: str) -> None:
    found = translate(pattern)
    assert found
    with connect(Limits(threads=1)) as engine:
        assert engine.row(f"SELECT regexp_full_match({literal(text)}, {literal(found.re2)})") == (True,)
    assert re.fullmatch(pattern, text)


def test_pattern_never_takes_the_delimiter() -> None:
    assert translate("a.*", without=",") is not None
    assert not re.fullmatch(translate("a.*", without=",").re2, "a,b")  # type: ignore[union-attr]
    assert translate("[ -~]+", without=",") is None


def test_errors_beyond_the_limit_are_counted(tmp_path: Path) -> None:
    resource = Resource(b"a\n" + b"x\n" * 5000, {"fields": [{"name": "a", "type": "integer"}]})
    both.write((resource,), tmp_path)
    (report,) = both.reports((resource,), tmp_path, limit_errors=10)
    assert [one.cell.row for one in report.problems if one.cell] == list(range(2, 12))
    assert (report.errors, report.unlisted, report.rows) == (5000, 4990, 5000)


def test_physical_lines_after_quoted_line_breaks(tmp_path: Path) -> None:
    resource = Resource(b'a,b\n1,"x\ny\nz"\n\nq,w\n', {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}]})
    both.write((resource,), tmp_path)
    (report,) = both.reports((resource,), tmp_path)
    assert [(one.code, one.cell.row, one.line) for one in report.problems if one.cell] == [
        ("blank-row", 3, 5),
        ("type-error", 4, 6),
    ]


def test_same_answer_for_any_number_of_threads(tmp_path: Path) -> None:
    rows = b"".join(b"%d,%s\n" % (one % 60000, b"x" if one % 7 else b"") for one in range(80000))
    schema = {
        "fields": [{"name": "a", "type": "integer"}, {"name": "b", "constraints": {"required": True}}],
        "primaryKey": "a",
    }
    resource = Resource(b"a,b\n" + rows, schema)
    both.write((resource,), tmp_path)
    answers = [both.reports((resource,), tmp_path, limits=Limits(threads=threads)) for threads in (1, 2, 4)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0].counts == {"constraint-error": 11429, "primary-key": 20000}


def test_every_problem_has_its_words(tmp_path: Path) -> None:
    content = b"a,b\nx,1\n,\n5,1,2\n5\n"
    schema = {
        "fields": [{"name": "a", "type": "integer"}, {"name": "b", "constraints": {"enum": ["2"], "unique": True}}],
        "primaryKey": "a",
        "foreignKeys": [{"fields": "b", "reference": {"resource": "", "fields": "a"}}],
    }
    resource = Resource(content, schema, more={"hash": "00", "bytes": 1, "rows": 99})
    both.write((resource,), tmp_path)
    (report,) = both.reports((resource,), tmp_path)
    assert set(report.counts) <= set(codes())
    for one in report.problems:
        for language in ("zh", "en"):
            assert "$" not in message(one, language) + fix(one, language), one
