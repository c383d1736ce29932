"""Descriptors of tables become the model's values: Table Schema and Table Dialect. Each fault is a problem.

https://datapackage.org/standard/table-schema/, https://datapackage.org/standard/table-dialect/
A fault carries Frictionless's error type (`schema-error`, `field-error`, `dialect-error`, `control-error`) as its code,
its place in the file, and a `rule` that says which fault it is.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from datagazette.model.limits import FIELDS, JSON_SCHEMA_PARTS, KEYS, VALUES
from datagazette.model.names import NearMisses
from datagazette.model.problems import Problem, has_errors, problem
from datagazette.model.resource import Category, Dialect, Field, ForeignKey, MissingValue, Schema
from datagazette.model.text import plain, read_text
from datagazette.tables.descriptor_faults import Faults, LineOf, no_line
from datagazette.tables.field_advice import advice
from datagazette.tables.types import TYPES
from datagazette.tables.types.json import KeyPath, json_schema_fault, json_schema_parts

_DIALECT_TYPES: Mapping[str, type] = {
    "delimiter": str, "quoteChar": str, "doubleQuote": bool, "escapeChar": str, "lineTerminator": str,
    "skipInitialSpace": bool, "header": bool, "headerRows": list, "headerJoin": str, "headerCase": bool,
    "commentChar": str, "commentRows": list, "nullSequence": str, "skipBlankRows": bool,
}  # fmt: skip
DIALECT_KEYS = (*_DIALECT_TYPES, "csv", "$schema", "name", "type", "title", "description",
                 "caseSensitiveHeader", "csvddfVersion")  # fmt: skip
# Frictionless keeps these apart as the control of the format CSV.
_CONTROLS = (
    "delimiter", "quoteChar", "doubleQuote", "escapeChar", "lineTerminator", "skipInitialSpace", "nullSequence",
)  # fmt: skip
_ONE_CHARACTER = ("delimiter", "quoteChar", "escapeChar")

_CONSTRAINT_TYPES: Mapping[str, type] = {
    "required": bool, "unique": bool, "pattern": str, "enum": list, "minLength": int, "maxLength": int,
    "jsonSchema": dict,
}  # fmt: skip
_FIELD_TYPES: Mapping[str, type] = {
    "type": str, "format": str, "title": str, "description": str, "constraints": dict, "missingValues": list,
    "categories": list, "bareNumber": bool, "floatNumber": bool, "decimalChar": str, "groupChar": str,
    "trueValues": list, "falseValues": list, "delimiter": str, "itemType": str, "arrayItem": dict,
    "boundField": str,
}  # fmt: skip
_FIELD_KEYS = ("name", *_FIELD_TYPES, "example", "rdfType", "categoriesOrdered", "unit", "role", "bound", "boundField")
_SCHEMA_KEYS = (
    "$schema", "name", "title", "description", "fields", "fieldsMatch", "missingValues", "primaryKey",
    "uniqueKeys", "foreignKeys", "sources", "version", "languages",
)  # fmt: skip
_ITEM_TYPES = ("string", "integer", "boolean", "number", "datetime", "date", "time")
_CATEGORY_TYPES = ("string", "integer")
# The name of a field of codes, whatever their type is.
_CODE = re.compile(
    r"(^|[\W_])(id|code|ref|reference|phone|zip)$|[\W_](no|nr|num|number)\.?$|(编号|代码|编码|代号|号码|电话)$"
)
_FIELDS_MATCH = ("exact", "equal", "subset", "superset", "partial")


def parse_dialect(
    descriptor: Mapping[str, Any] | None, encoding: str | None, file: str, line_of: LineOf = no_line, path: KeyPath = ()
) -> tuple[Dialect, tuple[Problem, ...]]:
    """The dialect of a resource; faulty properties keep their defaults. Without `encoding` it is UTF-8."""
    faults = Faults("dialect-error", file, line_of, path)
    properties = dict(descriptor or {})
    nested = properties.pop("csv", None)
    if isinstance(nested, Mapping):
        properties = {**nested, **properties}
    faults.warn_misspelt(properties, DIALECT_KEYS)
    sound: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in properties.items()
        if key in _DIALECT_TYPES and value is not None and _is_sound(key, value, faults)
    }
    stated = tuple(key for key in _DIALECT_TYPES if key in sound)
    values = {re.sub("([A-Z])", r"_\1", key).lower(): value for key, value in sound.items()}
    return Dialect(**values, encoding=encoding or "utf-8", stated=stated), tuple(faults.found)


def _is_sound(key: str, value: object, faults: Faults) -> bool:
    """Whether a property of the dialect can be used."""
    code = "control-error" if key in _CONTROLS else ""
    if not faults.is_a(value, _DIALECT_TYPES[key], key, key, code=code):
        return False
    if key in _ONE_CHARACTER and len(str(value)) != 1 and not (key == "quoteChar" and value == ""):
        faults.reject("one-sign", key, property=key, found=value)
        return False
    if isinstance(value, list) and not all(isinstance(row, int) and row > 0 for row in value):
        faults.reject("row-numbers", key, property=key)
        return False
    return True


def parse_schema(
    descriptor: Mapping[str, Any], name: str, file: str, languages: Sequence[str], line_of: LineOf = no_line
) -> tuple[Schema | None, tuple[Problem, ...]]:
    """The schema, or None where its faults leave nothing that a table could be held against."""
    faults = Faults("schema-error", file, line_of)
    fields = _fields(descriptor.get("fields"), faults, languages)
    names = _names(descriptor.get("fields"))
    for repeated in sorted(name for name, count in Counter(names).items() if count > 1):
        position = max(number for number, item in enumerate(descriptor["fields"]) if _names([item]) == (repeated,))
        faults.reject("duplicate-field", "fields", position, field=repeated)
    primary_key = _key(descriptor.get("primaryKey"), ("primaryKey",), names, faults)
    unique_keys = tuple(
        _key(key, ("uniqueKeys", number), names, faults)
        for number, key in enumerate(_keys(descriptor, "uniqueKeys", faults))
    )
    foreign_keys = tuple(
        key
        for number, item in enumerate(_keys(descriptor, "foreignKeys", faults))
        if (key := _foreign_key(item, number, names, faults))
    )
    missing = _missing_values(descriptor, faults)
    reasons = _reasons(descriptor, missing, languages)
    keyed = {name for key in (primary_key, *unique_keys, *(key.fields for key in foreign_keys)) for name in key}
    _check_bounds(fields, names, faults)
    schema = Schema(
        name=name,
        file=file,
        fields=tuple(
            replace(field, names=_is_code(field, keyed), reasons=_own_reasons(field, reasons)) for field in fields
        ),
        primary_key=primary_key,
        unique_keys=unique_keys,
        foreign_keys=foreign_keys,
        missing_values=("",) if missing is None else missing,
        fields_match=_fields_match(descriptor, faults),
        descriptor=descriptor,
    )
    faults.warn_misspelt(descriptor, _SCHEMA_KEYS)
    return (None if has_errors(faults.found) else schema), tuple(faults.found)


def _check_bounds(fields: Sequence[Field], names: Sequence[str], faults: Faults) -> None:
    """Reports columns of bounds that the table does not have."""
    for number, field in enumerate(fields):
        if field.bound_field and field.bound_field not in names:
            faults.reject("key-field", "fields", number, "boundField", key="boundField", field=field.bound_field,
                          known=", ".join(names))  # fmt: skip


def _completed(field: Field, descriptor: Mapping[str, Any], languages: Sequence[str]) -> Field:
    """The field with its missing values, which were checked, what they mean, and the column of its bounds."""
    items = descriptor.get("missingValues")
    missing = None if items is None else tuple(item["value"] if isinstance(item, Mapping) else item for item in items)
    reasons, bound = _reasons(descriptor, missing, languages), str(descriptor.get("boundField") or "")
    return replace(field, missing_values=missing, reasons=reasons, bound_field=bound)


def _names(found: object) -> tuple[str, ...]:
    """The names of all fields, of faulty ones too: a key that names one of these is not at fault."""
    items = found[:FIELDS] if isinstance(found, list) else ()
    names = (item.get("name") for item in items if isinstance(item, Mapping))
    return tuple(name for name in names if isinstance(name, str) and name)


def _is_code(field: Field, keyed: Collection[str]) -> bool:
    """Whether whole numbers are the names of things: of rows and of what they refer to, or by the field's own name."""
    if field.type != "integer" or field.unit or field.role == "value":
        return False
    is_key = field.name in keyed or bool(field.constraints.get("unique"))
    return is_key or any(_CODE.search(text.lower()) for text in (field.name, *dict(field.title.values).values()))


def _fields(found: object, faults: Faults, languages: Sequence[str]) -> tuple[Field, ...]:
    if not isinstance(found, list) or not found:
        faults.reject("no-fields", "fields")
        return ()
    if faults.is_too_long(found, FIELDS, "fields", rule="fields"):
        return ()
    fields, parts = [], 0
    for number, item in enumerate(found):
        if not isinstance(item, Mapping):
            faults.reject("field-shape", "fields", number, code="field-error", number=number + 1)
            continue
        path = (*faults.path, "fields", number)
        field, problems = parse_field(item, faults.file, languages, faults.line_of, path, faults.near)
        faults.found += problems
        if field:
            fields.append(field)
            parts += json_schema_parts(field.constraints.get("jsonSchema") or {})
        if parts > JSON_SCHEMA_PARTS:
            faults.reject("json-schema-large", "fields", number, code="field-error", field=item["name"], found=parts,
                       limit=JSON_SCHEMA_PARTS)  # fmt: skip
            return ()
    return tuple(fields)


def parse_field(
    descriptor: Mapping[str, Any],
    file: str,
    languages: Sequence[str],
    line_of: LineOf = no_line,
    path: KeyPath = (),
    near: NearMisses | None = None,
) -> tuple[Field | None, tuple[Problem, ...]]:
    """A field of a schema or of a summary. `path` is its place in the file that `line_of` and `near` know."""
    name = descriptor.get("name")
    if not isinstance(name, str) or not name:
        return None, (problem("field-error", file, line_of(path), rule="name", found=name),)
    faults = Faults("field-error", file, line_of, path, near, field=name)
    kind = descriptor.get("type", "string")
    if not isinstance(kind, str) or kind not in TYPES:
        meant = faults.near.nearest(str(kind), TYPES, 0.6)
        faults.reject("type", "type", found=kind, meant=meant or "string")
        return None, tuple(faults.found)
    if _has_shape(descriptor, faults):
        _check_field(descriptor, kind, faults)
    faults.warn_misspelt(descriptor, _FIELD_KEYS)
    if has_errors(faults.found):
        return None, tuple(faults.found)
    field = Field(
        name=name,
        type=kind,
        format=_format(descriptor, kind, faults),
        title=read_text(descriptor, "title", languages),
        description=read_text(descriptor, "description", languages),
        unit=read_text(descriptor, "unit", languages),
        role=str(descriptor.get("role") or ""),
        bound=str(descriptor.get("bound") or ""),
        constraints=dict(descriptor.get("constraints") or {}),
        categories=tuple(_category(category, languages) for category in descriptor.get("categories") or ()),
        descriptor=descriptor,
    )
    field = _completed(field, descriptor, languages)
    for place, values in advice(field):
        faults.warn(*place, **values)
    return field, tuple(faults.found)


def _format(descriptor: Mapping[str, Any], kind: str, faults: Faults) -> str:
    """The format; that of a type without one in place of a format that nobody knows, which gets a warning."""
    form, known = str(descriptor.get("format") or "default"), TYPES[kind].formats
    if form.startswith("fmt:"):  # of the oldest drafts
        form = form.replace("fmt:", "")  # as Frictionless does it
    if not known or form in known:
        return form
    faults.warn("format", rule="format", found=form, type=kind, known=", ".join(known))
    return "default"


def _has_shape(descriptor: Mapping[str, Any], faults: Faults) -> bool:
    """Whether the properties of a field have the types and lengths that they may have."""
    for key, expected in _FIELD_TYPES.items():
        if key in descriptor:
            faults.is_a(descriptor[key], expected, key, key)
    for key in ("trueValues", "falseValues"):
        texts = descriptor.get(key, ())
        for text in texts if isinstance(texts, list) else ():
            if not faults.is_a(text, str, f"{key}[]", key):
                break
    for key in ("categories", "missingValues", "trueValues", "falseValues"):
        faults.is_too_long(descriptor.get(key), VALUES, key, rule="codes")
    return not faults.found


def _check_field(descriptor: Mapping[str, Any], kind: str, faults: Faults) -> None:
    if kind == "list" and descriptor.get("itemType", "string") not in _ITEM_TYPES:
        faults.reject("type", "itemType", found=descriptor["itemType"], meant=", ".join(_ITEM_TYPES))
    if "required" in descriptor:
        faults.reject("misplaced", "required", property="required")
    _missing_values(descriptor, faults)
    _check_constraints(descriptor.get("constraints") or {}, kind, faults)
    _check_item(descriptor.get("arrayItem"), faults)
    if isinstance(descriptor.get("categories"), list):
        _check_categories(descriptor["categories"], kind, faults)


def _check_constraints(constraints: Mapping[str, Any], kind: str, faults: Faults, *place: str) -> None:
    supported = (*TYPES[kind].constraints, "unique")
    for key, value in constraints.items():
        path = (*place, "constraints", key)
        if key not in supported:
            faults.reject("constraint", *path, constraint=key, type=kind, supported=", ".join(supported),
                       near=faults.near.nearest(key, supported))  # fmt: skip
            continue
        expected = _CONSTRAINT_TYPES.get(key)
        if expected and not faults.is_a(value, expected, f"constraints.{key}", *path):
            continue
        if key == "enum":
            faults.is_too_long(value, VALUES, *path, rule="codes")
        if key == "jsonSchema" and (fault := json_schema_fault(value)):
            rule, inside, values = fault
            faults.reject(rule, *path, *inside, **values)


def _check_item(item: object, faults: Faults) -> None:
    """The items of an array, which Frictionless reads: it knows no `jsonSchema` for them."""
    if not isinstance(item, Mapping):
        return
    kind, written = item.get("type", "string"), item.get("constraints", {})
    if kind not in TYPES:
        meant = faults.near.nearest(str(kind), TYPES, 0.6) or "string"
        faults.reject("type", "arrayItem", "type", found=kind, meant=meant)
        return
    if not faults.is_a(written, dict, "arrayItem.constraints", "arrayItem", "constraints"):
        return
    rules = {key: value for key, value in written.items() if key not in ("jsonSchema", "unique")}
    _check_constraints(rules, kind, faults, "arrayItem")
    if "jsonSchema" in written:
        supported = ", ".join(constraint for constraint in TYPES[kind].constraints if constraint != "jsonSchema")
        faults.reject("item-json-schema", "arrayItem", "constraints", "jsonSchema", supported=supported)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern if isinstance(pattern := rules.get("pattern"), str) else "")
    except (re.error, OverflowError, RecursionError):
        path = ("arrayItem", "constraints", "pattern")
        faults.reject("bound", *path, alone=True, constraint="pattern", found=pattern)


def _check_categories(found: list[Any], kind: str, faults: Faults) -> None:
    if kind not in _CATEGORY_TYPES:
        faults.reject(
            "constraint", "categories", constraint="categories", type=kind, supported=", ".join(_CATEGORY_TYPES)
        )
    for number, category in enumerate(found):
        if isinstance(category, Mapping):
            faults.warn_misspelt(category, ("value", "label"), "categories", number)
    seen = set()
    for number, category in enumerate(found):
        value = category.get("value") if isinstance(category, Mapping) else category
        if value is None or isinstance(value, list | dict):
            faults.reject("category", "categories", number, found=value)
            continue
        if value in seen:
            faults.reject("duplicate-category", "categories", number, found=value)
        seen.add(value)


def _category(found: object, languages: Sequence[str]) -> Category:
    if isinstance(found, Mapping):
        value = str(found.get("value"))
        return Category(value, read_text(found, "label", languages) or plain(value, languages))
    return Category(str(found), plain(str(found), languages))


def _keys(descriptor: Mapping[str, Any], key: str, faults: Faults) -> Sequence[Any]:
    """The list of unique keys or of foreign keys."""
    found = descriptor.get(key)
    if found is not None and not isinstance(found, list):
        faults.reject("key-shape", key, key=key)
        return ()
    return () if found is None or faults.is_too_long(found, KEYS, key) else found


def _key(found: object, path: KeyPath, names: Sequence[str], faults: Faults) -> tuple[str, ...]:
    """The field names of a key: one name, or a list of them. Without `names` any will do."""
    if found is None:
        return ()
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(name, str) for name in listed):
        faults.reject("key-shape", *path, key=path[0])
        return ()
    known = frozenset(names)
    for name in listed:
        if names and name not in known:
            faults.reject("key-field", *path, key=path[0], field=name, known=", ".join(names))
    return tuple(listed)


def _foreign_key(found: object, number: int, names: Sequence[str], faults: Faults) -> ForeignKey | None:
    path = ("foreignKeys", number)
    reference = found.get("reference") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(reference, Mapping):
        faults.reject("foreign-key-shape", *path)
        return None
    faults.warn_misspelt(found, ("fields", "reference"), *path)
    faults.warn_misspelt(reference, ("package", "resource", "fields"), *path, "reference")
    fields = _key(found.get("fields"), (*path, "fields"), names, faults)
    targets = _key(reference.get("fields"), (*path, "reference"), (), faults)
    if not fields or len(fields) != len(targets):
        faults.reject("foreign-key-length", *path, fields=", ".join(fields), reference=", ".join(targets))
        return None
    package = reference.get("package")
    return ForeignKey(fields, str(reference.get("resource") or ""), targets, str(package) if package else None)


def _fields_match(descriptor: Mapping[str, Any], faults: Faults) -> str:
    """Version 2 of the standard writes a list of one, Frictionless a string; both are understood."""
    found = descriptor.get("fieldsMatch", "exact")
    value = found[0] if isinstance(found, list) and len(found) == 1 else found
    if value not in _FIELDS_MATCH:
        faults.reject("fields-match", "fieldsMatch", found=value, known=", ".join(_FIELDS_MATCH))
        return "exact"
    return str(value)


def _missing_values(descriptor: Mapping[str, Any], faults: Faults) -> tuple[str, ...] | None:
    """`missingValues` may be texts, or mappings with a `value` and a `label`."""
    found = descriptor.get("missingValues")
    name = descriptor.get("name", "–")
    if found is None or faults.is_too_long(found, VALUES, "missingValues", rule="codes", field=name):
        return None
    items = found if isinstance(found, list) else [None]
    values: list[Any] = [item.get("value") if isinstance(item, Mapping) else item for item in items]
    if not all(isinstance(text, str) for text in values):
        faults.reject("missing-values", "missingValues", alone=True)
        return None
    objects = [item for item in items if isinstance(item, Mapping)]
    for value in sorted(text for text, count in Counter(values).items() if objects and count > 1):
        faults.reject("missing-value-repeated", "missingValues", alone=True, found=value)
    for number, item in enumerate(items):
        if isinstance(item, Mapping):
            faults.warn_misspelt(item, ("value", "label"), "missingValues", number)
    if objects and "" not in values:
        faults.warn("missingValues", rule="missing-values-empty")
    return tuple(values)


def _reasons(
    descriptor: Mapping[str, Any], missing: tuple[str, ...] | None, languages: Sequence[str]
) -> tuple[MissingValue, ...]:
    """The missing values with their labels; nothing where none has one."""
    items = descriptor["missingValues"] if missing else ()
    found = tuple(
        MissingValue(item["value"], read_text(item, "label", languages))
        if isinstance(item, Mapping) else MissingValue(item)
        for item in items
    )  # fmt: skip
    return found if any(reason.label for reason in found) else ()


def _own_reasons(field: Field, reasons: tuple[MissingValue, ...]) -> tuple[MissingValue, ...]:
    """Those of a field of a schema that has these `reasons`: a field's list is in the place of the schema's."""
    return reasons if field.missing_values is None else field.reasons
