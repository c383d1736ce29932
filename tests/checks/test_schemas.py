"""Faults of schemas and dialects: said with Frictionless's type, and with the words for each."""

from __future__ import annotations

from typing import Any

import pytest

from datagazette.model.problems import fix, message
from datagazette.tables.descriptors import parse_dialect, parse_schema

GOOD = {"name": "a", "type": "integer"}


def schema(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"fields": list(fields), **more}


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no-fields": ({}, "schema-error"),
    "name": (schema({"type": "string"}), "field-error"),
    "type": (schema({"name": "a", "type": "int"}), "field-error"),
    "constraint": (schema({"name": "a", "type": "string", "constraints": {"minimum": 1}}), "field-error"),
    "shape": (schema({"name": "a", "constraints": {"minLength": "1"}}), "field-error"),
    "misplaced": (schema({"name": "a", "required": True}), "field-error"),
    "duplicate-field": (schema(GOOD, GOOD), "schema-error"),
    "key-field": (schema(GOOD, primaryKey="b"), "schema-error"),
    "foreign-key-shape": (schema(GOOD, foreignKeys=[{"fields": "a"}]), "schema-error"),
    "foreign-key-length": (
        schema(GOOD, foreignKeys=[{"fields": "a", "reference": {"resource": "", "fields": ["a", "a"]}}]),
        "schema-error",
    ),
    "missing-values": (schema(GOOD, missingValues=[-99]), "schema-error"),
    "fields-match": (schema(GOOD, fieldsMatch="loose"), "schema-error"),
    "duplicate-category": (schema({"name": "a", "categories": ["x", "x"]}), "field-error"),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_fault_is_named_in_both_languages(rule: str) -> None:
    descriptor, code = FAULTS[rule]
    found, faults = parse_schema(descriptor, "s", "s.yaml", ["en"], line_of=len)
    assert found is None
    assert [(one.code, dict(one.values)["rule"]) for one in faults] == [(code, rule)]
    assert faults[0].line is not None
    for language in ("zh", "en"):
        assert "$" not in message(faults[0], language) + fix(faults[0], language)


def test_slip_in_a_property_is_a_warning() -> None:
    found, faults = parse_schema(schema({**GOOD, "constraint": {}}), "s", "s.yaml", ["en"])
    assert found is not None
    assert [(one.severity, dict(one.values)["meant"]) for one in faults] == [("warning", "constraints")]


def test_fields_keep_what_pages_need() -> None:
    field = {
        "name": "a", "title": "人数", "title@en": "Persons", "unit": "人", "unit@en": "persons", "role": "value",
        "categories": [{"value": "x", "label": "甲", "label@en": "A"}], "missingValues": [{"value": "-", "label": "无"}],
    }  # fmt: skip
    found, faults = parse_schema(schema(field, primaryKey="a", uniqueKeys=["a"]), "s", "s.yaml", ["zh", "en"])
    assert found is not None
    assert [dict(fault.values)["rule"] for fault in faults] == ["missing-values-empty"]  # a warning
    assert faults[0].severity == "warning"
    (one,) = found.fields
    assert (one.title.get("en"), one.unit.get("zh"), one.role) == ("Persons", "人", "value")
    assert (one.categories[0].label.get("en"), one.missing_values) == ("A", ("-",))
    assert (found.primary_key, found.unique_keys) == (("a",), (("a",),))


def test_dialect_tells_what_is_stated() -> None:
    found, faults = parse_dialect({"csv": {"delimiter": ";"}, "headerRows": [2]}, None, "p.yaml")
    assert (found.delimiter, found.header_rows, found.encoding, found.stated) == (
        ";", (2,), "utf-8", ("delimiter", "headerRows"),
    )  # fmt: skip
    assert not faults


@pytest.mark.parametrize(
    ("descriptor", "rule"),
    [({"delimiter": ";;"}, "one-sign"), ({"header": "no"}, "shape"), ({"headerRows": [0]}, "row-numbers")],
)
def test_faulty_dialect(descriptor: dict[str, Any], rule: str) -> None:
    _, (fault,) = parse_dialect(descriptor, None, "p.yaml")
    assert (fault.code, dict(fault.values)["rule"]) == ("dialect-error", rule)
