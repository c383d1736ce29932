"""What changed in a release's descriptor, schemas, notes and queries, each with the bump that it calls for.

The rules are those of the Data Package versioning recipe (https://datapackage.org/recipes/data-package-version/):
MAJOR where a table or field goes, is renamed, retyped, moved or added to, or a constraint is tightened; MINOR where a
table comes, a constraint is loosened or a reference leads to another release; PATCH for descriptions. A summary's
result is published like a table, and so is judged like one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from datagazette.diff.outcome import Bump, StructureChange
from datagazette.model.publication import Field, Note, Release, Schema, Summary

_MOST = 60  # characters of a value that a report quotes
# Keys of a descriptor that are compared part by part, or that say nothing to readers.
_APART = ("name", "version", "$schema", "created", "resources", "summaries", "checks", "figures", "uses")
_FIELD_KEYS = ("title", "description", "unit", "role", "bound", "example", "rdfType", "categoriesOrdered")
_SUMMARY_KEYS = ("title", "description", "chart", "primaryKey")
_CHECK_KEYS = ("title", "description", "severity", "accepted")
_FIGURE_KEYS = ("title", "description", "resource", "summary", "key", "field")
Changes = Iterator[StructureChange]
_LOWER = ("minimum", "exclusiveMinimum", "minLength")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength")
_SETS = ("enum",)


def structure_changes(old: Release, new: Release) -> tuple[StructureChange, ...]:
    """Tables and fields first, then descriptions, summaries, checks, figures and notes."""
    return (
        *_tables(old, new),
        *_package(old, new),
        *_summaries(old, new),
        *_parts("check", old.checks, new.checks, _check_changes),
        *_parts("figure", old.figures, new.figures, _figure_changes),
        *_notes(old.notes, new.notes),
    )


def _tables(old: Release, new: Release) -> Iterator[StructureChange]:
    before = {table.name: table for table in old.tables}
    after = {table.name: table for table in new.tables}
    for name in after.keys() - before.keys():
        yield StructureChange("added", "table", name, bump="minor")
    for name in sorted(before.keys() - after.keys()):
        yield StructureChange("removed", "table", name, bump="major")
    for name, table in after.items():
        if name in before:
            yield from schema_changes(name, before[name].schema, table.schema)
            yield from _described(
                "table", name, "", before[name].descriptor, table.descriptor, ("title", "description")
            )


def schema_changes(resource: str, old: Schema, new: Schema) -> Iterator[StructureChange]:
    """What became of a table's fields and keys."""
    yield from _fields(resource, "field", old.fields, new.fields)
    for what, before, after in (
        ("primaryKey", old.primary_key, new.primary_key),
        ("missingValues", old.missing_values, new.missing_values),
    ):
        if before != after:
            yield StructureChange("changed", "schema", resource, "", what, _listed(before), _listed(after), "major")
    yield from _keys(resource, "uniqueKeys", list(map(_listed, old.unique_keys)), list(map(_listed, new.unique_keys)))
    yield from _keys(resource, "foreignKeys", _references(old), _references(new))


def _references(schema: Schema) -> list[str]:
    return [
        f"{_listed(key.fields)} → {'.'.join(filter(None, (key.package, key.resource, _listed(key.reference_fields))))}"
        for key in schema.foreign_keys
    ]


def _keys(resource: str, what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[StructureChange]:
    """A rule that rows must keep: a new one is stricter, one that went is laxer."""
    for rule in new:
        if rule not in old:
            yield StructureChange("added", "schema", resource, "", what, "", rule, "major")
    for rule in old:
        if rule not in new:
            yield StructureChange("removed", "schema", resource, "", what, rule, "", "minor")


def _fields(
    resource: str, part: str, old: Sequence[Field], new: Sequence[Field], name: str = ""
) -> Iterator[StructureChange]:
    """`name` is the summary's where the fields are those of its result."""
    before, after = {field.name: field for field in old}, {field.name: field for field in new}
    gone = [field for field in old if field.name not in after]
    come = [field for field in new if field.name not in before]
    renamed = dict(_renamed(old, new, gone, come))
    for field in gone:
        if field.name in renamed:
            yield StructureChange(
                "renamed", part, resource, field.name, "name", field.name, renamed[field.name], "major"
            )
        else:
            yield StructureChange("removed", part, resource, field.name, bump="major")
    for field in come:
        if field.name not in renamed.values():
            yield StructureChange("added", part, resource, field.name, bump="major")
    for field in new:
        if field.name in before:
            yield from _field(resource, part, before[field.name], field)
    if not gone and not come and [field.name for field in old] != [field.name for field in new]:
        yield StructureChange("changed", part, resource, name, "order", _listed(before), _listed(after), "major")


def _renamed(
    old: Sequence[Field], new: Sequence[Field], gone: Sequence[Field], come: Sequence[Field]
) -> Iterator[tuple[str, str]]:
    """A field that went and one of its type that came in its place, where both tables are equally wide."""
    if len(old) != len(new):
        return
    for before, after in zip(old, new, strict=True):
        if before in gone and after in come and before.type == after.type:
            yield before.name, after.name


def _field(resource: str, part: str, old: Field, new: Field) -> Iterator[StructureChange]:
    for what in ("type", "format"):
        before, after = getattr(old, what), getattr(new, what)
        if before != after:
            yield StructureChange("changed", part, resource, new.name, what, before, after, "major")
    for what, before, after, bump in constraint_changes(old, new):
        yield StructureChange("changed", part, resource, new.name, what, before, after, bump)
    if old.missing_values != new.missing_values:
        yield StructureChange("changed", part, resource, new.name, "missingValues",
                              _short(old.missing_values), _short(new.missing_values), "major")  # fmt: skip
    yield from _described(part, resource, new.name, old.descriptor, new.descriptor, _FIELD_KEYS)


def _package(old: Release, new: Release) -> Iterator[StructureChange]:
    """The package's own descriptions, and the releases that it uses."""
    before, after = dict(old.uses), dict(new.uses)
    for name in sorted(before.keys() | after.keys()):
        versions = [str(side.get(name, "")) for side in (before, after)]
        if versions[0] != versions[1]:
            yield StructureChange("changed", "package", "", name, "uses", versions[0], versions[1], "minor")
    keys = [key for key in {**old.descriptor, **new.descriptor} if key not in _APART]
    yield from _described("package", "", "", old.descriptor, new.descriptor, keys, exact=True)


def _summaries(old: Release, new: Release) -> Iterator[StructureChange]:
    before, after = (
        {summary.name: summary for summary in old.summaries},
        {summary.name: summary for summary in new.summaries},
    )
    for name in sorted(after.keys() - before.keys()):
        yield StructureChange("added", "summary", "", name, bump="minor")
    for name in sorted(before.keys() - after.keys()):
        yield StructureChange("removed", "summary", "", name, bump="major")
    for name, summary in after.items():
        if name in before:
            yield from _summary(before[name], summary)


def _summary(old: Summary, new: Summary) -> Iterator[StructureChange]:
    if old.query.split() != new.query.split():
        yield StructureChange("changed", "summary", "", new.name, "query", bump="patch")
    yield from _fields(new.name, "summary-field", old.fields, new.fields)
    yield from _described("summary", "", new.name, old.descriptor, new.descriptor, _SUMMARY_KEYS)


def _parts(part: str, old: Sequence[Any], new: Sequence[Any], compare: Callable[[Any, Any], Changes]) -> Changes:
    before, after = {part_.name: part_ for part_ in old}, {part_.name: part_ for part_ in new}
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield StructureChange("added", part, "", name)
        elif name not in after:
            yield StructureChange("removed", part, "", name)
        else:
            yield from compare(before[name], after[name])


def _check_changes(old: Any, new: Any) -> Changes:
    if old.query.split() != new.query.split():
        yield StructureChange("changed", "check", "", new.name, "query")
    yield from _attributes("check", old, new, _CHECK_KEYS)


def _figure_changes(old: Any, new: Any) -> Changes:
    yield from _attributes("figure", old, new, _FIGURE_KEYS)


def _attributes(part: str, old: Any, new: Any, keys: Sequence[str]) -> Changes:
    for key in keys:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield StructureChange("changed", part, "", new.name, key, _words(before), _words(after))


def _notes(old: Sequence[Note], new: Sequence[Note]) -> Iterator[StructureChange]:
    before = {(note.resource, note.key, note.field, note.kind): note for note in old}
    after = {(note.resource, note.key, note.field, note.kind): note for note in new}
    for place in sorted(before.keys() | after.keys()):
        resource, key, field, kind = place
        where = f"{key}, {field}" if field else key
        texts = [_words(note.text) if (note := side.get(place)) else "" for side in (before, after)]
        if place not in before:
            yield StructureChange("added", "note", resource, where, kind, "", texts[1])
        elif place not in after:
            yield StructureChange("removed", "note", resource, where, kind, texts[0], "")
        elif (before[place].text, before[place].source) != (after[place].text, after[place].source):
            yield StructureChange("changed", "note", resource, where, kind, texts[0], texts[1])


def _described(
    part: str, resource: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any], keys: Sequence[str],
    *, exact: bool = False, bump: Bump = "patch",
) -> Iterator[StructureChange]:  # fmt: skip
    """Descriptive keys that differ; with their translations (`title@en`) unless `exact`."""
    for key in {**old, **new}:
        if (key if exact else key.partition("@")[0]) in keys and old.get(key) != new.get(key):
            yield StructureChange(
                "changed", part, resource, name, key, _short(old.get(key)), _short(new.get(key)), bump
            )


def descriptor_changes(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[StructureChange]:
    """The keys of a descriptor that differ."""
    return _described(part, "", "", old, new, list({**old, **new}), exact=True)


def _words(value: Any) -> str:
    return _short(getattr(value, "default", value))


def _listed(names: Any) -> str:
    return ", ".join(map(str, names))


def _short(value: Any) -> str:
    """A value in a few words."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def constraint_changes(old: Field, new: Field) -> Iterator[tuple[str, str, str, Bump]]:
    """(constraint, before, after, bump) of each that differs; categories count as a list of allowed values."""
    for name in sorted({*old.constraints, *new.constraints}):
        before, after = old.constraints.get(name), new.constraints.get(name)
        if before != after:
            yield name, _told(before), _told(after), _bump(name, before, after)
    yield from _categories(old, new)


def _categories(old: Field, new: Field) -> Iterator[tuple[str, str, str, Bump]]:
    before, after = [category.value for category in old.categories], [category.value for category in new.categories]
    if before != after:
        gone, come = (
            [value for value in before if value not in after],
            [value for value in after if value not in before],
        )
        told = (", ".join(gone), ", ".join(come)) if gone or come else (", ".join(before), ", ".join(after))
        yield "categories", *told, _allowed(before, after)
    elif old.categories != new.categories:
        yield "categories", "", "", "patch"


def _bump(name: str, before: Any, after: Any) -> Bump:
    """MINOR only where every value that was allowed is still allowed; what cannot be decided counts as stricter."""
    if name in _SETS:
        return _allowed(before, after)
    if isinstance(before, bool | None) and isinstance(after, bool | None):
        return "major" if after else ("minor" if before else "patch")
    if after is None:
        return "minor"
    if before is None:
        return "major"
    if name in _LOWER:
        return "minor" if _is_less(after, before) else "major"
    if name in _UPPER:
        return "minor" if _is_less(before, after) else "major"
    return "major"


def _allowed(before: Any, after: Any) -> Bump:
    """Of two lists of allowed values; an empty one allows everything."""
    if not after:
        return "minor"
    if not before:
        return "major"
    lost = [value for value in before if value not in after]
    if lost:
        return "major"
    return "minor" if len(after) > len(before) else "patch"


def _is_less(value: Any, other: Any) -> bool:
    """Numbers by value; days and times, which are written so that they sort, by their text."""
    try:
        return Decimal(str(value)) < Decimal(str(other))
    except InvalidOperation:
        return str(value) < str(other)


def _told(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
