"""Values of several parts, most of them in JSON: `object`, `array`, `list`, `geojson` and `geopoint`.

SQL judges none of them, and the text is what is published. The constraint `jsonSchema` holds a JSON Schema. jsonschema
opens whatever a reference in it names, an address or a file, so a reference must lead to a part of the same JSON
Schema, and the registry that jsonschema asks resolves nothing.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from datagazette.model.limits import JSON_SCHEMA_PARTS
from datagazette.tables.types.field_type import LENGTHS, FieldType, Value, ValueReader
from datagazette.tables.types.numbers import DOUBLE, number_key

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_DIALECTS = (
    *(f"http://json-schema.org/draft-0{number}/schema" for number in (3, 4, 6, 7)),
    *(f"https://json-schema.org/draft/{year}/schema" for year in ("2019-09", "2020-12")),
)

KeyPath = tuple[str | int, ...]  # from the top of a descriptor to a part of it


def json_schema_fault(schema: Mapping[str, Any]) -> tuple[str, KeyPath, dict[str, Any]] | None:
    """(rule, place in the schema, values of the message) of the first fault, or None."""
    from jsonschema.exceptions import SchemaError  # type: ignore[import-untyped]
    from jsonschema.validators import validator_for  # type: ignore[import-untyped]

    count = json_schema_parts(schema)
    if count > JSON_SCHEMA_PARTS:
        return "json-schema-large", (), {"found": count, "limit": JSON_SCHEMA_PARTS}
    for path, value in _parts(schema):
        key = path[-1] if path else ""
        if key in _REFERENCES and isinstance(value, str) and not value.startswith("#"):
            return "json-schema-reference", path, {"key": key, "found": value}
        named = isinstance(value, str) or path == ("$schema",)
        if key == "$schema" and named and str(value).removesuffix("#") not in _DIALECTS:
            return "json-schema-dialect", path, {"found": value, "known": ", ".join(sorted(_DIALECTS))}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's, about patterns
            validator_for(schema).check_schema(schema)  # what the standard of the schema's own version says
    except SchemaError as error:
        return "json-schema", tuple(error.path), {"found": error.message}
    except RecursionError:
        return "json-schema", (), {"found": "RecursionError"}
    return None


def json_schema_parts(schema: Mapping[str, Any]) -> int:
    """How many mappings, lists and values a JSON Schema has."""
    return sum(1 for _ in _parts(schema))


def json_schema_test(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Whether a value keeps to a JSON Schema that has no fault."""
    from jsonschema.validators import validator_for
    from referencing import Registry

    validator = validator_for(schema)(schema, registry=Registry())
    return lambda value: bool(validator.is_valid(value))


def _parts(schema: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    """Every part with its place: a reference may lead to any of them, also into values such as `const`."""
    waiting: list[tuple[KeyPath, Any]] = [((), schema)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, Mapping):
            waiting += [((*path, str(key)), part) for key, part in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, number), part) for number, part in enumerate(value)]


def _read_json(kind: type) -> ValueReader:
    def read(cell: Any) -> Value:
        try:
            value = json.loads(cell) if isinstance(cell, str) else cell
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, kind) else None

    return read


class Object(FieldType):
    constraints = ("required", *LENGTHS, "enum", "jsonSchema")
    family = "object"
    safe_in_sheets = True

    def reader(self) -> ValueReader | None:
        return _read_json(dict)


class Array(Object):
    family = "array"

    def reader(self) -> ValueReader | None:
        return None if self.field.descriptor.get("arrayItem") else _read_json(list)


class List(FieldType):
    constraints = ("required", *LENGTHS)
    family = "list"


class Geojson(FieldType):
    constraints = ("required", "enum", "jsonSchema")
    formats = ("default", "topojson")
    family = "geojson"
    safe_in_sheets = True


class Geopoint(FieldType):
    family = "geopoint"

    @staticmethod
    def key(value: Any) -> str:
        return "|".join(number_key(part).removeprefix(DOUBLE) for part in value)


TYPES: dict[str, type[FieldType]] = {
    "object": Object, "array": Array, "list": List, "geojson": Geojson, "geopoint": Geopoint,
}  # fmt: skip
