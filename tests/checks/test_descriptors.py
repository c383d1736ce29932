"""Faulty descriptors of packages from elsewhere: said with Frictionless's types, in their place."""

from __future__ import annotations

import copy
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from datagazette.commands.check import CheckOptions, check_targets
from datagazette.validation.report import as_frictionless
from tests.checks.both import V2
from tests.checks.deliberate import differences
from tests.conftest import ROOT

Json = dict[str, Any]
FIELDS = [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]
RESOURCE: Json = {"name": "t", "type": "table", "path": "t.csv", "schema": {"fields": FIELDS}}
PACKAGE: Json = {"$schema": V2, "name": "p", "resources": [RESOURCE]}


def package(*lacking: str, **more: Any) -> Json:
    found = copy.deepcopy({**PACKAGE, **more})
    return {key: value for key, value in found.items() if key not in lacking}


def resource(*lacking: str, **more: Any) -> Json:
    return package(resources=[{key: one for key, one in {**RESOURCE, **more}.items() if key not in lacking}])


def schema(**more: Any) -> Json:
    return resource(schema={**RESOURCE["schema"], **more})


def field(**more: Any) -> Json:
    return schema(fields=[{**FIELDS[0], **more}, FIELDS[1]])


def key(**more: Any) -> Json:
    return schema(foreignKeys=[{"fields": ["a"], "reference": {"resource": "", "fields": ["a"]}, **more}])


CASES: dict[str, Json] = {
    "fine": package(),
    "no resources": package("resources"),
    "resources are no list": package(resources="x"),
    "resource is no mapping": package(resources=["x"]),
    "resources empty": package(resources=[]),
    "two resources of one name": package(resources=[RESOURCE, RESOURCE]),
    "licences are no list": package(licenses="x"),
    "licence says nothing": package(licenses=[{}]),
    "licence's name is a number": package(licenses=[{"name": 1}]),
    "sources are no list": package(sources="x"),
    "sources are texts": package(sources=["x"]),
    "contributors are no list": package(contributors="x"),
    "contributor's address": package(contributors=[{"title": "x", "email": "nope"}]),
    "created is no date": package(created="yesterday"),
    "created is a day": package(created="2020-01-01"),
    "created": package(created="2020-01-31T10:00:00Z"),
    "keywords are a text": package(keywords="x"),
    "keywords are numbers": package(keywords=[1]),
    "version is a number": package(version=1),
    "title is a number": package(title=1),
    "image is a number": package(image=1),
    "missing values of a package": package(missingValues=[""]),
    "fields of a package": package(fields=[]),
    "tabular package": {**package("$schema"), "profile": "tabular-data-package"},
    "tabular resource without schema": resource("schema", profile="tabular-data-resource"),
    "resource without name": resource("name"),
    "resource's name is a number": resource(name=1),
    "resource without path": resource("path"),
    "resource with path and data": resource(data=[["a", "b"], [1, "x"]]),
    "missing file": resource(path="nope.csv"),
    "path climbs": resource(path="../t.csv"),
    "path is absolute": resource(path="/etc/passwd"),
    "path is at home": resource(path="~/t.csv"),
    "list of one path": resource(path=["t.csv"]),
    "two files, one table": resource(path=["t.csv", "more.csv"]),
    "data, fine": resource("path", data=[["a", "b"], [1, "x"]]),
    "data, a wrong cell": resource("path", data=[["a", "b"], [1, "x"], ["q", "x"]]),
    "data as mappings": resource("path", data=[{"a": 1, "b": "x"}, {"a": "q", "b": "x"}]),
    "another type": resource(type="json"),
    "another format": resource(format="xlsx"),
    "compressed": resource(path="t.csv.gz", compression="gz"),
    "hash of another file": resource(hash="0" * 32),
    "bytes are a text": resource(bytes="x"),
    "encoding is a number": resource(encoding=1),
    "no such encoding": resource(encoding="utf-99"),
    "media type is a number": resource(mediatype=1),
    "missing values of a resource": resource(missingValues=[""]),
    "no schema": resource("schema"),
    "schema empty": resource(schema={}),
    "schema is a list": resource(schema=[]),
    "schema in a file": resource(schema="schema.json"),
    "schema in no file": resource(schema="nope.json"),
    "dialect is a list": resource(dialect=[]),
    "dialect in no file": resource(dialect="nope.json"),
    "delimiter is a number": resource(dialect={"delimiter": 1}),
    "header is a text": resource(dialect={"header": "no"}),
    "fields are no list": schema(fields="x"),
    "field is no mapping": schema(fields=["x"]),
    "field without name": schema(fields=[{"type": "string"}, FIELDS[1]]),
    "two fields of one name": schema(fields=[{"name": "a"}, {"name": "a"}]),
    "no such type": field(type="int"),
    "constraint of another type": field(constraints={"minLength": 1}),
    "no such constraint": field(constraints={"least": 1}),
    "constraint's shape": field(constraints={"required": "yes"}),
    "constraints are a list": field(constraints=[]),
    "required outside constraints": field(required=True),
    "true values are a text": field(type="boolean", trueValues="x"),
    "true values are numbers": field(type="boolean", trueValues=[1]),
    "decimal sign is a number": field(type="number", decimalChar=1),
    "title of a field is a number": field(title=1),
    "missing values are a text": schema(missingValues="x"),
    "missing values are numbers": schema(missingValues=[1]),
    "missing values with labels": schema(missingValues=[{"value": "-", "label": "none"}]),
    "missing values of a field": field(missingValues="x"),
    "how fields match": schema(fieldsMatch="loose"),
    "primary key of no field": schema(primaryKey=["z"]),
    "primary key of a number": schema(primaryKey=[1]),
    "foreign keys are a text": schema(foreignKeys="x"),
    "foreign key of no field": key(fields=["z"]),
    "foreign key without reference": schema(foreignKeys=[{"fields": ["a"]}]),
    "foreign key of two fields to one": key(fields=["a", "b"]),
    "foreign key to no field": key(reference={"resource": "", "fields": ["z"]}),
    "foreign key to no resource": key(reference={"resource": "z", "fields": ["a"]}),
}
# Descriptors of which the two say something else, by the name of the difference.
DIFFERENT: dict[str, tuple[str, Json, list[str]]] = {
    "no fields": ("no-fields", schema(fields=[]), ["schema-error"]),
    "name empty": ("no-fields", schema(fields=[{"name": ""}, FIELDS[1]]), ["field-error"]),
    "bound": ("bound-of-another-type", field(constraints={"minimum": "x"}), ["field-error"]),
    "pattern": ("bound-of-another-type", schema(fields=[{"name": "a", "constraints": {"pattern": "("}}, FIELDS[1]]),
                ["field-error"]),
    "no such format": ("unknown-format", schema(fields=[{"name": "a", "format": "mail"}, FIELDS[1]]), []),
    "list": ("fields-match-list", schema(fieldsMatch=["subset"]), []),
    "long delimiter": ("dialect-values", resource(dialect={"delimiter": ";;"}), ["dialect-error"]),
    "no delimiter": ("dialect-values", resource(dialect={"delimiter": ""}), ["dialect-error"]),
    "row 0": ("dialect-values", resource(dialect={"headerRows": [0]}), ["dialect-error"]),
    "comments": ("dialect-values", resource(dialect={"commentRows": ["a"]}), ["dialect-error"]),
    "categories": ("enforced", schema(fields=[{"name": "a", "categories": "x"}, FIELDS[1]]), ["field-error"]),
    "version": ("version-of-the-standard", {**field(constraints={"exclusiveMinimum": 0}), "$schema": ""}, []),
    "profile": ("addresses", package(profile="https://example.org/profile.json"), []),
    "address": ("addresses", resource(path="https://example.org/t.csv"), ["scheme-error"]),
    "schema's address": ("addresses", resource(schema="https://example.org/s.json"), ["schema-error"]),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import gzip

    (tmp_path / "t.csv").write_text("a,b\n1,x\n")
    (tmp_path / "more.csv").write_text("2,y\n")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\nz,x\n"))
    (tmp_path / "schema.json").write_text(json.dumps(RESOURCE["schema"]))
    return tmp_path


def ours(folder: Path, descriptor: Json) -> list[Json]:
    (folder / "datapackage.json").write_text(json.dumps(descriptor, indent=1))
    checked = check_targets(CheckOptions(ROOT, (str(folder / "datapackage.json"),)))
    report = as_frictionless(checked.reports, checked.outside_tables)
    return [*report["errors"], *(one for task in report["tasks"] for one in task["errors"])]


def theirs(folder: Path) -> list[str]:
    from frictionless import FrictionlessException, Package

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            report = Package(str(folder / "datapackage.json")).validate()
        except FrictionlessException as refused:
            return sorted(one.type for one in refused.reasons or [refused.error])
    return sorted(one.type for one in (*report.errors, *(error for task in report.tasks for error in task.errors)))


@pytest.mark.sample(14)
@pytest.mark.parametrize("name", CASES)
def test_same_types_as_frictionless(name: str, folder: Path) -> None:
    found = ours(folder, CASES[name])
    assert sorted(one["type"] for one in found) == theirs(folder)
    assert all("$" not in one["message"] for one in found)


@pytest.mark.parametrize("name", DIFFERENT)
def test_deliberately_different(name: str, folder: Path) -> None:
    difference, descriptor, expected = DIFFERENT[name]
    assert difference in differences()
    assert [one["type"] for one in ours(folder, descriptor)] == expected


@pytest.mark.parametrize(("descriptor", "expected"), [
    (field(type="int"), '"type": "int"'),
    (package(licenses=[{"name": "x"}, {"title": "y"}]), "{"),
    (package(contributors=[{"email": "nope"}]), '"email": "nope"'),
    (resource(encoding=1), '"encoding": 1'),
    (resource(dialect={"delimiter": 1}), '"delimiter": 1'),
    (schema(missingValues=[1]), '"missingValues": ['),
])  # fmt: skip
def test_faults_stand_in_their_lines(descriptor: Json, expected: str, folder: Path) -> None:
    (found,) = ours(folder, descriptor)
    lines = (folder / "datapackage.json").read_text().splitlines()
    assert lines[found["lineNumber"] - 1].strip().removesuffix(",") == expected


@pytest.mark.parametrize(("written", "codes"), [
    ('{\t"name":\t"p",\t"resources":\t[]}', ["package-error"]),
    ('{"name": "p", "name": "q", "resources": 1}', ["yaml-duplicate-key", "package-error"]),
    ('{"resources": ' + "[" * 70 + "]" * 70 + "}", ["yaml-too-deep"]),
    ("{" + ", ".join(f'"k{number}": 1' for number in range(10_001)) + "}", ["yaml-too-many-keys"]),
    ('{"resources": [1e', ["json-syntax"]),
    ("[]", ["yaml-no-mapping"]),
])  # fmt: skip
def test_json_is_held_to_the_bounds_of_descriptors(written: str, codes: list[str], tmp_path: Path) -> None:
    path = tmp_path / "datapackage.json"
    path.write_text(written, "utf-8")
    checked = check_targets(CheckOptions(ROOT, (str(path),)))
    assert [one.code for one in checked.problems] == codes


OTHER: Json = {
    "name": "q",
    "resources": [
        {"name": "u", "type": "table", "path": "u.csv", "schema": {"fields": [{"name": "k", "type": "integer"}]}}
    ],
}


def referring(to: str) -> Json:
    reference = {"package": to, "resource": "u", "fields": ["k"]}
    return schema(fields=FIELDS, foreignKeys=[{"fields": ["a"], "reference": reference}])


@pytest.mark.parametrize(("to", "codes"), [
    ("../other/datapackage.json", ["foreign-key"]),
    ("inner/datapackage.json", ["foreign-key"]),
    ("../missing/datapackage.json", ["resource-error"]),
    ("../other/u.csv", ["resource-error"]),
    ("../../outside/datapackage.json", ["resource-error"]),
    ("../link/datapackage.json", ["resource-error"]),
    ("/etc/datapackage.json", ["resource-error"]),
    ("https://example.org/datapackage.json", ["resource-error"]),
])  # fmt: skip
def test_foreign_keys_lead_to_other_packages(to: str, codes: list[str], tmp_path: Path, monkeypatch: Any) -> None:
    """As Frictionless says it of a foreign key inside a package; it does not look into others itself."""
    assert "other-packages" in differences()
    work = tmp_path / "work"
    for place in (work / "p/inner", work / "other", tmp_path / "outside"):
        place.mkdir(parents=True)
        (place / "u.csv").write_text("k\n1\n2\n")
        (place / "datapackage.json").write_text(json.dumps(OTHER))
    (work / "link").symlink_to(tmp_path / "outside")
    (work / "p/t.csv").write_text("a,b\n1,x\n3,y\n,z\n")
    (work / "p/datapackage.json").write_text(json.dumps(referring(to)))
    monkeypatch.chdir(work)
    checked = check_targets(CheckOptions(ROOT, ("p/datapackage.json",)))
    assert [one.code for one in checked.problems] == codes
    if codes == ["foreign-key"]:
        from frictionless import Package

        inside = referring("")
        inside["resources"].append({**OTHER["resources"][0], "path": "inner/u.csv"})
        (expected,) = Package.from_descriptor(inside, basepath="p").validate().tasks[0].errors
        assert expected.type == "foreign-key"
        assert [one.cell and one.cell.row for one in checked.problems] == [expected.row_number]
