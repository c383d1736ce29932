"""The JSON Schemas in the constraint `jsonSchema`: what is refused when they are read, and the test of values.

jsonschema opens whatever a reference names, an address or a file. So a reference must lead to a part of the same JSON
Schema, and the registry that jsonschema asks resolves nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from datagazette.model.limits import JSON_SCHEMA_PARTS

if TYPE_CHECKING:
    from datagazette.tables.descriptor_faults import Path

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_DIALECTS = frozenset(
    {
        *(f"http://json-schema.org/draft-0{number}/schema" for number in (3, 4, 6, 7)),
        *(f"https://json-schema.org/draft/{year}/schema" for year in ("2019-09", "2020-12")),
    }
)  # fmt: skip


def json_schema_fault(schema: Mapping[str, Any]) -> tuple[str, Path, dict[str, object]] | None:
    """(rule, place in the schema, values of the message) of the first fault, or None."""
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
    return _invalid(schema)


def json_schema_parts(schema: Mapping[str, Any]) -> int:
    """How many mappings, lists and values a JSON Schema has."""
    return sum(1 for _ in _parts(schema))


def json_schema_test(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Whether a value keeps to a JSON Schema that has no fault."""
    from jsonschema.validators import validator_for  # type: ignore[import-untyped]
    from referencing import Registry

    validator = validator_for(schema)(schema, registry=Registry())
    return lambda value: bool(validator.is_valid(value))


def _parts(schema: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Every part with its place: a reference may lead to any of them, also into values such as `const`."""
    waiting: list[tuple[Path, Any]] = [((), schema)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, Mapping):
            waiting += [((*path, str(key)), one) for key, one in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, number), one) for number, one in enumerate(value)]


def _invalid(schema: Mapping[str, Any]) -> tuple[str, Path, dict[str, object]] | None:
    """What the standard of the schema's own version says of it."""
    from jsonschema.exceptions import SchemaError  # type: ignore[import-untyped]
    from jsonschema.validators import validator_for

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's, about patterns
            validator_for(schema).check_schema(schema)
    except SchemaError as error:
        return "json-schema", tuple(error.path), {"found": error.message}
    except RecursionError:
        return "json-schema", (), {"found": "RecursionError"}
    return None
