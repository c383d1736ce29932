"""Table Schema descriptors become the model's values; each fault is a problem.

https://datapackage.org/standard/table-schema/
A fault carries Frictionless's error type (`schema-error`, `field-error`) as its code, and a `rule` that says which
fault it is.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from datagazette.model.limits import FIELDS, JSON_SCHEMA_PARTS, KEYS, VALUES
from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem
from datagazette.model.publication import Category, Field, ForeignKey, Schema
from datagazette.model.text import plain, read_text
from datagazette.tables.dialects import Faults, LineOf, Path, is_too_long, known, no_line, shape_name, shaped
from datagazette.tables.types import TYPES
from datagazette.tables.types.json import json_schema_fault, json_schema_parts

ITEM_TYPES = ("string", "integer", "boolean", "number", "datetime", "date", "time")
FIELDS_MATCH = ("exact", "equal", "subset", "superset", "partial")
_CATEGORY_TYPES = ("string", "integer")

_CONSTRAINT_SHAPES: Mapping[str, tuple[type, ...]] = {
    "required": (bool,), "unique": (bool,), "pattern": (str,), "enum": (list,), "minLength": (int,),
    "maxLength": (int,), "jsonSchema": (dict,),
}  # fmt: skip
_FIELD_SHAPES: Mapping[str, tuple[type, ...]] = {
    "type": (str,), "format": (str,), "title": (str,), "description": (str,), "constraints": (dict,),
    "missingValues": (list,), "categories": (list,),
    "bareNumber": (bool,), "floatNumber": (bool,), "decimalChar": (str,), "groupChar": (str,),
    "trueValues": (list,), "falseValues": (list,), "delimiter": (str,), "itemType": (str,),
    "arrayItem": (dict,),
}  # fmt: skip
_FIELD_KEYS = (
    "name", *_FIELD_SHAPES, "example", "rdfType", "categoriesOrdered", "unit", "role",
    "bound",
)  # fmt: skip
_SCHEMA_KEYS = (
    "$schema", "name", "title", "description", "fields", "fieldsMatch", "missingValues", "primaryKey",
    "uniqueKeys", "foreignKeys", "sources", "version", "languages",
)  # fmt: skip


def parse_schema(
    descriptor: Mapping[str, Any], name: str, file: str, languages: Sequence[str], line_of: LineOf = no_line
) -> tuple[Schema | None, tuple[Problem, ...]]:
    """The schema, or None where its faults leave nothing that a table could be held against."""
    faults = Faults(file, line_of)
    fields = _fields(descriptor.get("fields"), faults, languages)
    names = tuple(field.name for field in fields)
    for repeated in sorted(name for name, count in Counter(names).items() if count > 1):
        position = len(names) - 1 - names[::-1].index(repeated)
        faults.add("schema-error", "duplicate-field", "fields", position, field=repeated)
    schema = Schema(
        name=name,
        file=file,
        fields=fields,
        primary_key=_key(descriptor, "primaryKey", names, faults),
        unique_keys=_unique_keys(descriptor, names, faults),
        foreign_keys=_foreign_keys(descriptor, names, faults),
        missing_values=_schema_missing_values(descriptor, faults),
        fields_match=_fields_match(descriptor, faults),
        descriptor=descriptor,
    )
    known(descriptor, _SCHEMA_KEYS, "schema-error", faults)
    broken = any(fault.severity == "error" for fault in faults.found)
    return (None if broken else schema), tuple(faults.found)


def parse_field(
    descriptor: Mapping[str, Any],
    file: str,
    languages: Sequence[str],
    line_of: LineOf = no_line,
    path: Path = (),
    near: NearMisses | None = None,
) -> tuple[Field | None, tuple[Problem, ...]]:
    """A field of a schema or of a summary. `path` is its place in the file that `line_of` and `near` know."""
    faults = Faults(file, line_of, path, near)
    name = descriptor.get("name")
    if not isinstance(name, str) or not name:
        faults.add("field-error", "name", found=name)
        return None, tuple(faults.found)
    kind = descriptor.get("type", "string")
    if not isinstance(kind, str) or kind not in TYPES:
        meant = faults.near.nearest(str(kind), TYPES, 0.6)
        faults.add("field-error", "type", "type", field=name, found=kind, meant=meant or "string")
        return None, tuple(faults.found)
    _check_field(descriptor, name, kind, faults)
    known(descriptor, _FIELD_KEYS, "field-error", faults)
    if any(fault.severity == "error" for fault in faults.found):
        return None, tuple(faults.found)
    return _field(descriptor, name, kind, languages), tuple(faults.found)


def _fields(found: object, faults: Faults, languages: Sequence[str]) -> tuple[Field, ...]:
    if not isinstance(found, list) or not found:
        faults.add("schema-error", "no-fields", "fields")
        return ()
    if is_too_long(found, FIELDS, faults, "fields", rule="fields"):
        return ()
    fields, parts = [], 0
    for number, item in enumerate(found):
        if not isinstance(item, Mapping):
            faults.add("field-error", "field-shape", "fields", number, number=number + 1)
            continue
        path = (*faults.path, "fields", number)
        field, problems = parse_field(item, faults.file, languages, faults.line_of, path, faults.near)
        faults.found += problems
        if field:
            fields.append(field)
            parts += json_schema_parts(field.constraints.get("jsonSchema") or {})
        if parts > JSON_SCHEMA_PARTS:
            faults.add("field-error", "json-schema-large", "fields", number, field=item["name"], found=parts,
                       limit=JSON_SCHEMA_PARTS)  # fmt: skip
            return ()
    return tuple(fields)


def _field(descriptor: Mapping[str, Any], name: str, kind: str, languages: Sequence[str]) -> Field:
    missing = descriptor.get("missingValues")
    return Field(
        name=name,
        type=kind,
        format=_format(descriptor),
        title=read_text(descriptor, "title", languages),
        description=read_text(descriptor, "description", languages),
        unit=read_text(descriptor, "unit", languages),
        role=str(descriptor.get("role") or ""),
        bound=str(descriptor.get("bound") or ""),
        constraints=dict(descriptor.get("constraints") or {}),
        categories=tuple(_category(category, languages) for category in descriptor.get("categories") or ()),
        missing_values=None if missing is None else tuple(_plain_values(missing)),
        descriptor=descriptor,
    )


def _format(descriptor: Mapping[str, Any]) -> str:
    # Frictionless takes the `fmt:` of the oldest drafts away.
    written = str(descriptor.get("format") or "default")
    return written.replace("fmt:", "") if written.startswith("fmt:") else written


def _category(found: object, languages: Sequence[str]) -> Category:
    if isinstance(found, Mapping):
        value = str(found.get("value"))
        return Category(value, read_text(found, "label", languages) or plain(value, languages))
    return Category(str(found), plain(str(found), languages))


def _check_field(descriptor: Mapping[str, Any], name: str, kind: str, faults: Faults) -> None:
    for key, shapes in _FIELD_SHAPES.items():
        if key in descriptor and not shaped(descriptor[key], shapes):
            faults.add("field-error", "shape", key, field=name, property=key, expected=shape_name(shapes))
    for key in ("trueValues", "falseValues"):
        texts = descriptor.get(key, ())
        if isinstance(texts, list) and not all(isinstance(text, str) for text in texts):
            faults.add("field-error", "shape", key, field=name, property=f"{key}[]", expected=shape_name((str,)))
    lists = ("categories", "missingValues", "trueValues", "falseValues")
    long = [key for key in lists if is_too_long(descriptor.get(key), VALUES, faults, key, rule="codes", field=name)]
    if faults.found or long:
        return
    formats = TYPES[kind].formats
    if formats and _format(descriptor) not in formats:
        faults.add("field-error", "format", "format", field=name, found=_format(descriptor), type=kind,
                   known=", ".join(formats))  # fmt: skip
    if kind == "list" and descriptor.get("itemType", "string") not in ITEM_TYPES:
        faults.add("field-error", "type", "itemType", field=name, found=descriptor["itemType"],
                   meant=", ".join(ITEM_TYPES))  # fmt: skip
    if "required" in descriptor:
        faults.add("field-error", "misplaced", "required", field=name, property="required")
    _missing_values(descriptor, "field-error", faults)
    _check_constraints(descriptor.get("constraints") or {}, name, kind, faults)
    _check_item(descriptor.get("arrayItem"), name, faults)
    _check_categories(descriptor.get("categories"), name, kind, faults)


def _check_constraints(constraints: Mapping[str, Any], name: str, kind: str, faults: Faults) -> None:
    supported = (*TYPES[kind].constraints, "unique")
    for key, value in constraints.items():
        shapes = _CONSTRAINT_SHAPES.get(key)
        if key not in supported:
            faults.add("field-error", "constraint", "constraints", key, field=name, constraint=key, type=kind,
                       supported=", ".join(supported), near=faults.near.nearest(key, supported))  # fmt: skip
        elif shapes and not shaped(value, shapes):
            faults.add("field-error", "shape", "constraints", key, field=name, property=f"constraints.{key}",
                       expected=shape_name(shapes))  # fmt: skip
        elif key == "enum":
            is_too_long(value, VALUES, faults, "constraints", key, rule="codes", field=name)
        elif key == "jsonSchema" and (fault := json_schema_fault(value)):
            rule, path, values = fault
            faults.add("field-error", rule, "constraints", key, *path, field=name, **values)


def _check_item(item: object, name: str, faults: Faults) -> None:
    """The items of an array, which Frictionless reads: it knows no `jsonSchema` for them."""
    if not isinstance(item, Mapping):
        return
    kind, written = item.get("type", "string"), item.get("constraints", {})
    if kind not in TYPES:
        meant = faults.near.nearest(str(kind), TYPES, 0.6) or "string"
        faults.add("field-error", "type", "arrayItem", "type", field=name, found=kind, meant=meant)
        return
    supported = tuple(constraint for constraint in TYPES[kind].constraints if constraint != "jsonSchema")
    if not isinstance(written, Mapping):
        faults.add("field-error", "shape", "arrayItem", "constraints", field=name, property="arrayItem.constraints",
                   expected=shape_name((dict,)))  # fmt: skip
        return
    inside = Faults(faults.file, faults.line_of, (*faults.path, "arrayItem"), faults.near)
    rules = {key: value for key, value in written.items() if key not in ("jsonSchema", "unique")}
    _check_constraints(rules, name, kind, inside)
    if "jsonSchema" in written:
        inside.add("field-error", "item-json-schema", "constraints", "jsonSchema", field=name,
                   supported=", ".join(supported))  # fmt: skip
    if isinstance(rules.get("pattern"), str) and not _is_pattern(rules["pattern"]):
        inside.add("field-error", "bound", "constraints", "pattern", constraint="pattern", found=rules["pattern"])
    faults.found += inside.found


def _is_pattern(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _check_categories(found: object, name: str, kind: str, faults: Faults) -> None:
    if not isinstance(found, list):
        return
    if kind not in _CATEGORY_TYPES:
        faults.add("field-error", "constraint", "categories", field=name, constraint="categories", type=kind,
                   supported=", ".join(_CATEGORY_TYPES))  # fmt: skip
    values = [category.get("value") if isinstance(category, Mapping) else category for category in found]
    for number, category in enumerate(found):
        if isinstance(category, Mapping):
            known(category, ("value", "label"), "field-error", faults, "categories", number)
    seen = set()
    for number, value in enumerate(values):
        if value is None or isinstance(value, list | dict):
            faults.add("field-error", "category", "categories", number, field=name, found=value)
            continue
        if value in seen:
            faults.add("field-error", "duplicate-category", "categories", number, field=name, found=value)
        seen.add(value)


def _key(descriptor: Mapping[str, Any], key: str, names: Sequence[str], faults: Faults) -> tuple[str, ...]:
    """The field names at `key`: one name, or a list of them."""
    return _named(descriptor.get(key), (key,), names, faults)


def _unique_keys(descriptor: Mapping[str, Any], names: Sequence[str], faults: Faults) -> tuple[tuple[str, ...], ...]:
    found = descriptor.get("uniqueKeys")
    if found is None:
        return ()
    if not isinstance(found, list):
        faults.add("schema-error", "key-shape", "uniqueKeys", key="uniqueKeys")
        return ()
    if is_too_long(found, KEYS, faults, "uniqueKeys"):
        return ()
    return tuple(_named(key, ("uniqueKeys", number), names, faults) for number, key in enumerate(found))


def _named(found: object, path: Path, names: Sequence[str], faults: Faults) -> tuple[str, ...]:
    if found is None:
        return ()
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(name, str) for name in listed):
        faults.add("schema-error", "key-shape", *path, key=path[0])
        return ()
    known = frozenset(names)
    for name in listed:
        if names and name not in known:
            faults.add("schema-error", "key-field", *path, key=path[0], field=name, known=", ".join(names))
    return tuple(listed)


def _foreign_keys(descriptor: Mapping[str, Any], names: Sequence[str], faults: Faults) -> tuple[ForeignKey, ...]:
    found = descriptor.get("foreignKeys")
    if found is None:
        return ()
    if not isinstance(found, list):
        faults.add("schema-error", "key-shape", "foreignKeys", key="foreignKeys")
        return ()
    if is_too_long(found, KEYS, faults, "foreignKeys"):
        return ()
    read = (_foreign_key(key, number, names, faults) for number, key in enumerate(found))
    return tuple(key for key in read if key)


def _foreign_key(found: object, number: int, names: Sequence[str], faults: Faults) -> ForeignKey | None:
    reference = found.get("reference") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(reference, Mapping):
        faults.add("schema-error", "foreign-key-shape", "foreignKeys", number)
        return None
    known(found, ("fields", "reference"), "schema-error", faults, "foreignKeys", number)
    known(reference, ("package", "resource", "fields"), "schema-error", faults, "foreignKeys", number, "reference")
    fields = _named(found.get("fields"), ("foreignKeys", number, "fields"), names, faults)
    targets = _named(reference.get("fields"), ("foreignKeys", number, "reference"), (), faults)
    if not fields or len(fields) != len(targets):
        faults.add("schema-error", "foreign-key-length", "foreignKeys", number, fields=", ".join(fields),
                   reference=", ".join(targets))  # fmt: skip
        return None
    package = reference.get("package")
    return ForeignKey(fields, str(reference.get("resource") or ""), targets, str(package) if package else None)


def _fields_match(descriptor: Mapping[str, Any], faults: Faults) -> str:
    """Version 2 of the standard writes a list of one, Frictionless a string; both are understood."""
    found = descriptor.get("fieldsMatch", "exact")
    value = found[0] if isinstance(found, list) and len(found) == 1 else found
    if value not in FIELDS_MATCH:
        faults.add("schema-error", "fields-match", "fieldsMatch", found=value, known=", ".join(FIELDS_MATCH))
        return "exact"
    return str(value)


def _missing_values(descriptor: Mapping[str, Any], code: str, faults: Faults) -> tuple[str, ...] | None:
    found = descriptor.get("missingValues")
    if found is None:
        return None
    if is_too_long(found, VALUES, faults, "missingValues", rule="codes", field=descriptor.get("name", "–")):
        return None
    values: list[Any] = list(_plain_values(found)) if isinstance(found, list) else [None]
    if not all(isinstance(text, str) for text in values):
        faults.add(code, "missing-values", "missingValues")
        return None
    objects = any(isinstance(value, Mapping) for value in found)
    for value in sorted(text for text, count in Counter(values).items() if objects and count > 1):
        faults.add(code, "missing-value-repeated", "missingValues", found=value)
    return tuple(values)


def _plain_values(found: Iterable[Any]) -> Iterable[Any]:
    """`missingValues` may be texts, or mappings with a `value` and a `label`."""
    return (value.get("value") if isinstance(value, Mapping) else value for value in found)


def _schema_missing_values(descriptor: Mapping[str, Any], faults: Faults) -> tuple[str, ...]:
    found = _missing_values(descriptor, "schema-error", faults)
    return ("",) if found is None else found
