"""What a schema or a file says is text to everything that is built from it: SQL above all."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from datagazette.build.check import check
from datagazette.build.checked import CheckOptions, load
from datagazette.build.steps import uncached
from datagazette.build.workers import workers
from datagazette.commands.check_files import check_files
from datagazette.model.resource import Table
from datagazette.tables.descriptors import parse_schema
from datagazette.tables.engine import Engine, Error, Limits, NotOneStatement, connect
from datagazette.tables.layout import TableSource
from datagazette.tables.prepared import prepare
from datagazette.tables.sql import literal
from datagazette.validation.run import count_directly
from tests.checks import both
from tests.checks.both import Resource
from tests.conftest import ROOT

MARKS = (
    "{x}", "{v}", "{0}", "{", "{{", "}}", "{x}{v}", "%s", "%(x)s", "$1", "$x", "?", "'", "''", "'x", '"', "\\", "\\'",
    "a\nb", "') OR ('", "--", "/*", ";", "t1", "c1",
)  # fmt: skip
SECRET = "8f14e45fceea167a"


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


@pytest.mark.sample(24)
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


@pytest.mark.sample(8)
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


def test_numbers_of_any_size_are_kept_apart_in_a_key(engine: Engine, tmp_path: Path) -> None:
    cells = ("1e1000000", "10e999999", "1e1000001", "-1e1000000", "1e-1000000")
    content = "n,m\n" + "".join(f"{one},{at}\n" for at, one in enumerate(cells))
    fields = [{"name": "n", "type": "number"}, {"name": "m", "type": "integer"}]
    one = Resource(content.encode(), {"fields": fields, "uniqueKeys": [["n"]]})
    both.write((one,), tmp_path)
    (found,) = both.ours((one,), tmp_path, engine).findings
    assert list(found) == [("unique-error", 3, "n")]


# The second wall.


def _secret(folder: Path) -> Path:
    path = folder / "secret.csv"
    path.write_text(f"secret\n{SECRET}\n")
    return path


def _is_shut(engine: Engine, beside: Path) -> None:
    """That the database opens nothing in the folder `beside`, and stays so."""
    secret, written = _secret(beside), beside / "written.csv"
    for query in (
        f"SELECT * FROM read_csv({literal(str(secret))})",
        f"SELECT * FROM read_text({literal(str(secret))})",
        f"FROM {literal(str(secret))}",
        f"SELECT * FROM glob({literal(str(beside / '*'))})",
        f"COPY (SELECT 1) TO {literal(str(written))}",
        f"ATTACH {literal(str(beside / 'other.db'))}",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '500GB'",
        "RESET allowed_paths",
        "LOAD httpfs",
    ):
        with pytest.raises(Error):
            engine.run(query)
    assert sorted(one.name for one in beside.iterdir() if one.is_file()) == [secret.name]


def test_the_database_that_checks_a_publication_is_shut_to_all_else(small: Path, tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    loaded = load(small)
    assert loaded.publication is not None
    run = uncached(loaded.publication, tmp_path / "work", workers(1))
    with connect(run.limits) as engine:
        releases = tuple(release for dataset in loaded.publication.datasets for release in dataset.releases)
        assert loaded.with_reports(check(run, releases, 10)).valid
        _is_shut(engine, beside)
        _is_shut(engine, small)
        engine.run(f"COPY (SELECT 1) TO {literal(str(run.workspace.root / 'x.parquet'))} (FORMAT parquet)")


def test_the_database_that_checks_files_reads_these_files_alone(tmp_path: Path) -> None:
    table, schema = tmp_path / "a[1]*.csv", tmp_path / "schemas" / "a.yaml"
    schema.parent.mkdir()
    schema.write_text("fields:\n- name: a\n  type: integer\n")
    table.write_text("a\n1\nx\n")
    spill = tmp_path / "spill"
    spill.mkdir()
    limits = Limits(spill=spill, shared=str(tmp_path))
    with connect(limits) as engine:
        checked = check_files([table], CheckOptions(tmp_path, schema=schema), limits)
        assert [one.code for one in checked.problems] == ["type-error"]
        table.unlink()
        _is_shut(engine, tmp_path)


def test_a_table_is_checked_in_a_database_that_reads_it_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Limits] = []

    def recorded(limits: Limits) -> AbstractContextManager[Engine]:
        opened.append(limits)
        return connect(limits)

    monkeypatch.setattr("datagazette.tables.engine.connect", recorded)
    one = Resource(b"f\nzzz\n", {"fields": [{"name": "f", "type": "integer"}]})
    both.write((one,), tmp_path)
    assert not both.ours((one,), tmp_path).valid
    assert [limits.reads for limits in opened] == [(tmp_path / "t.csv",)]


@pytest.mark.parametrize("name", ["a.csv", "a b.csv", "a[1]*?.csv", "数据.csv", "a'b.csv"])
@pytest.mark.parametrize("content", [b"f,g\n1,a\n", b'f,g\n1,"a\nb"\n', b"f,g\r\n1,a\n"])
def test_a_shut_database_reads_its_table_in_the_quickest_way(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    schema, _ = parse_schema({"fields": [{"name": "f", "type": "integer"}, {"name": "g"}]}, "t", "s.yaml", ["en"])
    assert schema is not None
    table = prepare(TableSource(Table("t", name, name, schema), path), tmp_path)
    found = []
    for reads in (None, (path,), (tmp_path,)):
        with connect(Limits(reads=reads)) as engine:
            counted = count_directly(engine, table, "rows")
            found.append(counted and counted[0].relation)
    assert found[1:] == found[:1] * 2


_OPENED: list[str] = []
_WATCHED: list[bool] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _WATCHED and event in ("open", "os.listdir", "os.rename", "os.mkdir"):
        _OPENED.extend(os.fsdecode(one) for one in arguments[:1] if isinstance(one, str | bytes | os.PathLike))


def test_checking_untrusted_text_touches_no_file_elsewhere(tmp_path: Path) -> None:
    """What Python opens is watched; what DuckDB may open is only the table (see above)."""
    sys.addaudithook(_watch)
    folder, spill = tmp_path / "package", tmp_path / "spill"
    folder.mkdir()
    spill.mkdir()
    _secret(tmp_path)
    for feature in FEATURES:
        one = _resource(feature, MARKS, keyed=True)
        both.write((one,), folder)
        (folder / "s.json").write_text(json.dumps(one.enforced))
        limits = Limits(spill=spill, shared=feature)
        _OPENED.clear()
        _WATCHED.append(True)
        try:
            checked = check_files([folder / "t.csv"], CheckOptions(folder, schema=folder / "s.json"), limits)
        finally:
            _WATCHED.clear()
        assert "type-error" in {one.code for one in checked.problems} or feature in ("enum", "categories", "pattern")
        own = (folder, spill, ROOT / "datagazette", Path(sys.prefix), Path(sys.base_prefix))
        elsewhere = [one for one in _OPENED if not any(Path(one).absolute().is_relative_to(each) for each in own)]
        assert elsewhere == []
        assert str(folder / "t.csv") in _OPENED


def test_a_database_that_is_shut_still_spills(tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    with connect(Limits(memory="60MB", threads=1, spill=spill, reads=())) as engine:
        engine.run("CREATE TEMP TABLE t AS SELECT hash(i)::VARCHAR || repeat('x', 20) AS v FROM range(2_000_000) t(i)")
        assert any(spill.iterdir())
        assert engine.row("SELECT count(*) FROM t")[0] == 2_000_000


@pytest.mark.parametrize("text", ["SELECT 1; SELECT 2", "SELECT 1; SET threads = 1", "", ";", "-- nothing"])
def test_one_call_takes_one_statement(text: str) -> None:
    with connect() as engine:
        calls = (engine.run, engine.rows, engine.row, engine.columns, lambda one: list(engine.batches(one)))
        for call in calls if text.startswith("SELECT") else calls[:3]:
            with pytest.raises(NotOneStatement):
                call(text)
        assert engine.rows("SELECT ';' AS a -- ; not a second one") == [(";",)]


# The code.

# A hole to fill; not the letters of Unicode or a character by its number in a regular expression.
_HOLE = re.compile(r"(?<!\\[pPx])\{[A-Za-z_]\w*\}")
_FILLING = ("format", "format_map", "substitute", "safe_substitute")


def _makes_sql(tree: ast.Module) -> bool:
    imported = [one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)]
    return any(one.module in ("datagazette.tables.sql", "datagazette.tables.engine") for one in imported)


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
    for path in sorted((ROOT / "datagazette").rglob("*.py")):
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
