"""What a schema or a file says is text to everything that is built from it: SQL above all."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from publisher.engine import Engine, Limits, connect
from tests.checks import both
from tests.checks.both import Resource
from tests.conftest import ROOT

MARKS = (
    "{x}", "{v}", "{0}", "{", "{{", "}}", "{x}{v}", "%s", "%(x)s", "$1", "$x", "?", "'", "''", "'x", '"', "\\", "\\'",
    "a\nb", "') OR ('", "--", "/*", ";", "t1", "c1",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect(Limits(threads=1)) as found:
        yield found


def _field(feature: str, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A field that holds the text, in our words and in those that Frictionless knows."""
    if feature == "enum":
        found: dict[str, Any] = {"type": "string", "constraints": {"enum": [text, "b"]}}
    elif feature == "categories":
        return {"type": "string", "categories": [text, "b"]}, {"type": "string", "constraints": {"enum": [text, "b"]}}
    elif feature == "trueValues":
        found = {"type": "boolean", "trueValues": ["ja", text], "falseValues": ["b"]}
    elif feature == "falseValues":
        found = {"type": "boolean", "trueValues": ["ja"], "falseValues": ["b", text]}
    elif feature == "missingValues":
        found = {"type": "boolean", "trueValues": ["ja"], "falseValues": ["b"], "missingValues": [text]}
    elif feature == "format":
        found = {"type": "date", "format": f"%Y-%m-%d{text}"}
    elif feature == "pattern":
        found = {"type": "string", "constraints": {"pattern": re.escape(text)}}
    else:
        found = {"type": "integer", "missingValues": [text, ""], "constraints": {"enum": [1, 2]}}
    return found, found


FEATURES = ("enum", "categories", "trueValues", "falseValues", "missingValues", "format", "pattern", "numbers")


PLAIN = tuple(one for one in MARKS if not set(one) & set("\"'\n"))  # a file of these needs no quotes


def _resource(feature: str, texts: tuple[str, ...], *, keyed: bool) -> Resource:
    """A table with a field for each text, of cells that are good and bad."""
    both_ways = [_field(feature, text) for text in texts]
    rows = [[text, "b", "ja", "zzz", f"2020-01-02{text}", "1", "2020-01-02", text * 2] for text in texts]
    names = [f"f{at}" for at in range(len(texts))]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([names, *zip(*rows, strict=True)])
    keys = {"primaryKey": names} if keyed else {}
    ours, theirs = (
        {"fields": [{"name": name, **pair[at]} for name, pair in zip(names, both_ways, strict=True)], **keys}
        for at in (0, 1)
    )
    return Resource(stream.getvalue().encode(), theirs, enforced=ours)


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("texts", [MARKS, PLAIN, ("{x}",), ("{v}",), ("'",)], ids=lambda texts: f"{len(texts)} texts")
@pytest.mark.parametrize("feature", FEATURES)
def test_a_schema_s_text_is_judged_as_frictionless_judges_it(
    feature: str, texts: tuple[str, ...], keyed: bool, engine: Engine, tmp_path: Path
) -> None:
    one = _resource(feature, texts, keyed=keyed)
    both.write((one,), tmp_path)
    expected = both.theirs((one,), tmp_path)
    assert both.ours((one,), tmp_path, engine).findings == expected.findings
    assert not expected.stopped


def test_a_category_that_looks_like_a_placeholder_is_a_category(engine: Engine, tmp_path: Path) -> None:
    one = Resource(b"f\n{x}\n", {"fields": [{"name": "f", "type": "string", "categories": ["{x}"]}]})
    both.write((one,), tmp_path)
    assert both.ours((one,), tmp_path, engine).valid


def test_a_missing_value_that_looks_like_a_placeholder_leaves_a_type_error(engine: Engine, tmp_path: Path) -> None:
    field = {"name": "f", "type": "boolean", "trueValues": ["ja"], "missingValues": ["{v}"]}
    one = Resource(b"f\nzzz\n", {"fields": [field]})
    both.write((one,), tmp_path)
    (found,) = both.ours((one,), tmp_path, engine).findings
    assert list(found) == [("type-error", 2, "f")]


@pytest.mark.parametrize(
    "number", ["1e1000000", "-1e1000000", "1e-1000000", "1e999999999999999999", "1e99999999999999999999", "LONG"]
)
@pytest.mark.parametrize("rules", [{}, {"minimum": 0}, {"maximum": "1e1000001"}, {"enum": [1, "1e1000000"]}])
def test_a_number_of_any_size_is_read_or_a_type_error(
    number: str, rules: dict[str, Any], engine: Engine, tmp_path: Path
) -> None:
    fields = [{"name": "n", "type": "number", "constraints": rules}, {"name": "m", "type": "integer"}]
    content = f"n,m\n{number},1\n1,2\n".replace("LONG", "7" * 1_200_000).encode()
    for keys in ({}, {"primaryKey": ["n"]}):
        one = Resource(content, {"fields": fields, **keys})
        both.write((one,), tmp_path)
        expected = both.theirs((one,), tmp_path)
        assert both.ours((one,), tmp_path, engine).findings == expected.findings
        assert not expected.stopped


def test_numbers_of_any_size_are_told_apart_in_a_key(engine: Engine, tmp_path: Path) -> None:
    cells = ("1e1000000", "10e999999", "1e1000001", "-1e1000000", "1e-1000000")
    content = "n,m\n" + "".join(f"{one},{at}\n" for at, one in enumerate(cells))
    fields = [{"name": "n", "type": "number"}, {"name": "m", "type": "integer"}]
    one = Resource(content.encode(), {"fields": fields, "uniqueKeys": [["n"]]})
    both.write((one,), tmp_path)
    (found,) = both.ours((one,), tmp_path, engine).findings
    assert list(found) == [("unique-error", 3, "n")]


# The code.

_HOLE = re.compile(r"\{[A-Za-z_]\w*\}")
_FILLING = ("format", "format_map", "substitute", "safe_substitute")


def _makes_sql(tree: ast.Module) -> bool:
    imported = [one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)]
    return any(one.module in ("publisher.sql", "publisher.engine") for one in imported)


def _offences(source: str) -> list[str]:
    """Where a module that makes SQL puts text into text after it was written, or quotes a value itself."""
    tree = ast.parse(source)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _HOLE.search(node.value):
            found.append((node, "a text with a hole in it"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _FILLING:
            found.append((node, f"a call of {node.func.attr}"))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _text(node.left) is not None:
            found.append((node, "a text filled with %"))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and (_text(node.left) or "").endswith("'"):
            found.append((node, "a quote before a value"))
        if isinstance(node, ast.JoinedStr):
            pairs = zip(node.values, node.values[1:], strict=False)
            if any((_text(one) or "").endswith("'") and isinstance(two, ast.FormattedValue) for one, two in pairs):
                found.append((node, "a quote before a value"))
    return [f"line {node.lineno}: {what}" for node, what in found]


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return _text(node.values[-1]) if node.values else ""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_no_module_that_makes_sql_fills_or_quotes_texts_but_the_one_that_quotes() -> None:
    found = {}
    for path in sorted((ROOT / "publisher").rglob("*.py")):
        source = path.read_text("utf-8")
        if _makes_sql(ast.parse(source)) and (offences := _offences(source)):
            found[path.relative_to(ROOT).as_posix()] = offences
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        'sql = part.replace("{v}", value)',
        'missing = "{x} IS NULL"',
        'known = f"{{x}} IN ({texts})"',
        'sql = "SELECT {}".format(name)',
        'sql = "SELECT %s" % name',
        "sql = f\"SELECT '{name}'\"",
        'sql = f"SELECT {name} = \'" + value + "\'"',
        'sql = "name = \'" + value + "\'"',
    ],
)
def test_the_rule_sees_text_that_is_filled_or_quoted(line: str) -> None:
    assert _offences(line)
