"""Whatever is read opens no connection and no file elsewhere: not in a check, and not in a build."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from referencing.exceptions import Unresolvable

from datagazette.commands.check import CheckOptions, check_targets
from datagazette.load.publication import load_publication
from datagazette.model.limits import JSON_SCHEMA_PARTS
from datagazette.model.problems import Problem, message
from datagazette.tables.descriptors import parse_schema
from datagazette.tables.types.json import json_schema_fault, json_schema_test
from tests.conftest import ROOT, call_build

FIELDS = [{"name": "id", "type": "string"}]


class Listener:
    """A server of this machine that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener.asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"required": ["absent"]}')

            do_HEAD = do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def checked(path: Path) -> tuple[Problem, ...]:
    return check_targets(CheckOptions(ROOT, (str(path),))).problems


def package(folder: Path, resource: dict[str, Any], **more: Any) -> Path:
    """A package with a CSV and a descriptor beside it."""
    (folder / "a.csv").write_text("id\nx\n")
    path = folder / "datapackage.json"
    described = {"name": "a", "path": "a.csv", "schema": {"fields": FIELDS}, **resource}
    kept = {key: value for key, value in described.items() if value is not None}
    path.write_text(json.dumps({"name": "p", "resources": [kept], **more}))
    return path


def errors(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(one.code, dict(one.values).get("rule", "")) for one in problems if one.severity == "error"]


REFERENCES = {
    "$ref": {"$ref": "ADDRESS/r.json"},
    "$ref below": {"properties": {"a": {"$ref": "ADDRESS/r.json#/x"}}},
    "$dynamicRef": {"$dynamicRef": "ADDRESS/r.json"},
    "$recursiveRef": {"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "ADDRESS/r.json"},
    "$ref of draft 4": {"$schema": "http://json-schema.org/draft-04/schema#", "$ref": "ADDRESS/r.json"},
    "by way of a value": {"$ref": "#/const", "const": {"$ref": "ADDRESS/r.json"}},
    "a file": {"$ref": "file://OUTSIDE"},
    "a file beside": {"$ref": "outside.json"},
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_of_a_json_schema_must_begin_with_a_hash(name: str, small: Path, listener: Listener) -> None:
    (small.parent / "outside.json").write_text('{"required": ["absent"]}')
    written = json.dumps(REFERENCES[name]).replace("ADDRESS", listener.address)
    schema = json.loads(written.replace("OUTSIDE", str(small.parent / "outside.json")))
    _with_json_schema(small, schema)
    problems = load_publication(small).problems
    assert ("field-error", "json-schema-reference") in errors(problems)
    found = next(one for one in problems if one.code == "field-error")
    assert "must begin with #" in message(found, "en")
    assert "必须以 # 开头" in message(found, "zh")
    assert (found.file, found.line) == ("schemas/visits.v1.yaml", 6)
    assert listener.asked == []


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "build"])
def test_no_command_asks_for_the_reference_of_a_json_schema(command: str, small: Path, listener: Listener) -> None:
    _with_json_schema(small, {"$ref": f"{listener.address}/r.json"})
    done = call_build(command, "--root", small)
    assert done.status == 1
    assert "must begin with #" in done.said
    assert listener.asked == []


def test_a_check_of_a_package_asks_for_no_reference(tmp_path: Path, listener: Listener) -> None:
    (tmp_path / "a.csv").write_text('id\n"{""a"": 1}"\n')
    field = {"name": "id", "type": "object", "constraints": {"jsonSchema": {"$ref": f"{listener.address}/r.json"}}}
    path = package(tmp_path, {"schema": {"fields": [field]}})
    assert errors(checked(path)) == [("field-error", "json-schema-reference")]
    assert listener.asked == []


def test_the_test_of_values_resolves_nothing_even_where_nobody_has_looked(listener: Listener) -> None:
    """The second wall: also a JSON Schema that was never looked at leads to no request."""
    test = json_schema_test({"$ref": f"{listener.address}/r.json"})
    with pytest.raises(Unresolvable):
        test({"a": 1})
    assert listener.asked == []


def test_references_inside_a_json_schema_work() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.org/names.json",
        "$defs": {"name": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/name"}},
    }  # fmt: skip
    assert json_schema_fault(schema) is None
    passes = json_schema_test(schema)
    assert passes({"a": "x"})
    assert not passes({"a": 1})


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({"type": "nope"}, "json-schema"),
        ({"pattern": "("}, "json-schema"),
        ({"properties": [1]}, "json-schema"),
        ({"$schema": "https://example.org/own"}, "json-schema-dialect"),
        ({"$schema": ["x"]}, "json-schema-dialect"),
        ({"enum": list(range(JSON_SCHEMA_PARTS - 1))}, "json-schema-large"),
    ],
)
def test_what_is_no_json_schema_is_refused_when_it_is_read(schema: dict[str, Any], rule: str) -> None:
    field = {"name": "a", "type": "object", "constraints": {"jsonSchema": schema}}
    found, problems = parse_schema({"fields": [field]}, "s", "s.yaml", ("en",))
    assert found is None
    assert errors(problems) == [("field-error", rule)]
    for language in ("zh", "en"):
        assert "$rule" not in message(problems[0], language)


def test_a_json_schema_at_the_limit_is_read() -> None:
    assert json_schema_fault({"enum": list(range(JSON_SCHEMA_PARTS - 2))}) is None


@pytest.mark.parametrize(
    ("item", "rule"),
    [
        ({"type": "object", "constraints": {"jsonSchema": {"required": ["x"]}}}, "item-json-schema"),
        ({"type": "string", "constraints": {"pattern": "("}}, "bound"),
        ({"type": "nope"}, "type"),
        ({"type": "string", "constraints": {"minimum": 1}}, "constraint"),
        ({"constraints": 1}, "shape"),
    ],
)
def test_the_items_of_an_array_are_described_as_fields_are(item: dict[str, Any], rule: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps({"fields": [{"name": "a", "type": "array", "arrayItem": item}]}))
    (tmp_path / "a.csv").write_text('a\n"[1]"\n')
    problems = check_targets(CheckOptions(ROOT, (str(tmp_path / "a.csv"),), tmp_path / "s.json")).problems
    assert errors(problems) == [("field-error", rule)]


# Every key of a resource that takes a path or an address, with a value that leads to the listener.
ELSEWHERE: dict[str, dict[str, Any]] = {
    "path": {"path": "ADDRESS/a.csv"},
    "path of several": {"path": ["a.csv", "ADDRESS/a.csv"]},
    "path in capitals": {"path": "HTTP:ADDRESS/a.csv"},
    "extrapaths": {"extrapaths": ["ADDRESS/y.csv"]},
    "innerpath": {"path": "a.csv", "innerpath": "ADDRESS/y.csv"},
    "schema": {"schema": "ADDRESS/s.json"},
    "dialect": {"dialect": "ADDRESS/d.json"},
    "scheme": {"scheme": "http"},
    "format": {"format": "gsheets"},
    "type package": {"type": "package", "path": "other.json"},
    "type resource": {"type": "resource", "path": "other.json"},
    "url": {"path": None, "url": "ADDRESS/a.csv"},
}  # fmt: skip
# Others, which are neither followed nor a fault.
UNUSED: dict[str, dict[str, Any]] = {
    "profile": {"path": None, "data": [["id"], ["x"]], "profile": "ADDRESS/profile.json"},
    "profiles": {"path": None, "data": [["id"], ["x"]], "profiles": ["ADDRESS/profile.json"]},
    "$schema": {"path": None, "data": [["id"], ["x"]], "$schema": "ADDRESS/profile.json"},
    "$schema of the schema": {"path": None, "data": [["id"], ["x"]],
                              "schema": {"fields": FIELDS, "$schema": "ADDRESS/s.json"}},
    "$schema of the dialect": {"path": None, "data": [["id"], ["x"]], "dialect": {"$schema": "ADDRESS/d.json"}},
    "controls": {"path": None, "data": [["id"], ["x"]], "dialect": {"remote": {"httpPreload": True}}},
    "sources": {"sources": [{"title": "t", "path": "ADDRESS/source"}]},
    "licenses": {"licenses": [{"name": "n", "path": "ADDRESS/licence"}]},
    "homepage": {"homepage": "ADDRESS/"},
}  # fmt: skip


def addressed(value: dict[str, Any], address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(value).replace("ADDRESS", address))
    return found


@pytest.mark.sample(6)
@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_resource_that_leads_elsewhere_is_refused_and_not_asked_for(
    name: str, tmp_path: Path, listener: Listener
) -> None:
    (tmp_path / "other.json").write_text(
        json.dumps({"name": "o", "resources": [{"name": "o", "path": f"{listener.address}/o.csv"}]})
    )
    problems = checked(package(tmp_path, addressed(ELSEWHERE[name], listener.address)))
    assert errors(problems)
    assert listener.asked == []


@pytest.mark.sample(5)
@pytest.mark.parametrize("name", UNUSED)
def test_a_key_that_is_not_read_is_not_asked_for(name: str, tmp_path: Path, listener: Listener) -> None:
    problems = checked(package(tmp_path, addressed(UNUSED[name], listener.address)))
    assert errors(problems) == []
    assert listener.asked == []


def test_a_package_that_names_addresses_is_not_asked_for_them(tmp_path: Path, listener: Listener) -> None:
    address = listener.address
    reference = {"package": f"{address}/p.json", "resource": "a", "fields": "id"}
    schema = {"fields": FIELDS, "foreignKeys": [{"fields": "id", "reference": reference}]}
    (tmp_path / "s.json").write_text(json.dumps(schema))
    path = package(tmp_path, {"schema": "s.json"}, profile=f"{address}/profile.json", image=f"{address}/i.png",
                   homepage=f"{address}/", **{"$schema": f"{address}/package.json"})  # fmt: skip
    checked(path)
    assert listener.asked == []


@pytest.mark.sample(12)
@pytest.mark.parametrize(
    "path", ["..\\a.csv", "x/..", "..", "/a.csv", "~/a.csv", "$HOME/a.csv", "%HOME%/a.csv", "a\0.csv"]
)
@pytest.mark.parametrize("key", ["path", "extrapaths", "schema", "dialect"])
def test_paths_that_climb_are_refused(key: str, path: str, tmp_path: Path) -> None:
    value = [path] if key == "extrapaths" else path
    assert errors(checked(package(tmp_path, {key: value}))) == [("resource-error", "unsafe")]


@pytest.mark.sample(6)
@pytest.mark.parametrize("kind", ["link", "pipe", "device", "folder"])
@pytest.mark.parametrize("key", ["path", "extrapaths", "xlsx"])
def test_what_is_no_file_of_a_package_is_not_read(kind: str, key: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("marker-of-the-test\n")
    folder = tmp_path / "package"
    folder.mkdir()
    name = "b.xlsx" if key == "xlsx" else "b.csv"
    if kind == "link":
        (folder / name).symlink_to(secret)
    elif kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "device":
        (folder / name).symlink_to("/dev/zero")
    else:
        (folder / name).mkdir()
    path = package(folder, {"extrapaths": [name]} if key == "extrapaths" else {"path": name})
    problems = checked(path)
    assert [code for code, _ in errors(problems)] == [
        "path-unsafe" if kind in ("link", "device") else "file-not-regular"
    ]
    assert "marker" not in "".join(message(one, "en") for one in problems)


@pytest.mark.parametrize("kind", ["link", "pipe"])
@pytest.mark.parametrize("name", ["s.json", "d.json"])
def test_what_is_no_file_of_a_package_describes_nothing(kind: str, name: str, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (tmp_path / "outside.json").write_text(json.dumps({"fields": FIELDS}))
    if kind == "link":
        (folder / name).symlink_to(tmp_path / "outside.json")
    else:
        os.mkfifo(folder / name)
    key = "schema" if name == "s.json" else "dialect"
    assert errors(checked(package(folder, {key: name}))) == [(f"{key}-error", "no-file")]


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_new_reads_no_file_outside_of_a_package(kind: str, small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (tmp_path / "outside.csv").write_text("id\nmarker-of-the-test\n")
    if kind == "link":
        (folder / "b.csv").symlink_to(tmp_path / "outside.csv")
    else:
        os.mkfifo(folder / "b.csv")
    done = call_build("new", "other", package(folder, {"path": "b.csv"}), "--root", small)
    assert done.status == 1
    assert "Traceback" not in done.said
    assert not (small / "datasets/other").exists()


def _with_json_schema(root: Path, schema: dict[str, Any]) -> None:
    """The draft's schema with a field of JSON that has to keep to `schema`."""
    folder = root / "datasets/visits/1.0.0"
    rows = (folder / "visits.csv").read_text("utf-8").splitlines()
    more = ["json", *['"{""a"": 1}"'] * (len(rows) - 1)]
    (folder / "visits.csv").write_text("".join(f"{row},{one}\n" for row, one in zip(rows, more, strict=True)), "utf-8")
    path = root / "schemas/visits.v1.yaml"
    text = path.read_text("utf-8")
    written = json.dumps({"name": "json", "type": "object", "constraints": {"jsonSchema": schema}})
    path.write_text(text.replace("primaryKey", f"  - {written}\nprimaryKey"), "utf-8")
