"""What changed in a release's descriptor, schemas, notes and queries, each with the bump that it calls for.

The rules are those of the Data Package versioning recipe (https://datapackage.org/recipes/data-package-version/):
MAJOR where a table or field goes, is renamed, retyped, moved or added to, or a constraint is tightened; MINOR where a
table comes, a constraint is loosened or a reference leads to another release; PATCH for descriptions. A summary's
result is published like a table, and so is judged like one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from datagazette.diff.outcome import Bump, StructureChange
from datagazette.model.publication import Note, Release, Summary
from datagazette.model.resource import Field, Schema

_MOST = 60  # characters of a value that a report quotes
# Keys of a descriptor that are compared part by part, or that say nothing to readers.
_APART = ("name", "version", "$schema", "created", "resources", "summaries", "checks", "figures", "uses")
_TABLE_KEYS = ("title", "description")
_FIELD_KEYS = (
    "title", "description", "unit", "role", "bound", "boundField", "example", "rdfType", "categoriesOrdered",
)  # fmt: skip
_SUMMARY_KEYS = ("title", "description", "chart", "primaryKey")
_CHECK_KEYS = ("title", "description", "severity", "accepted")
_FIGURE_KEYS = ("title", "description", "resource", "summary", "key", "field")
_LOWER = ("minimum", "exclusiveMinimum", "minLength")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength")

_Changes = Iterator[StructureChange]
Renamed = Mapping[str, Mapping[str, str]]  # the new name of a field by the earlier one, by table


def structure_changes(old: Release, new: Release, renamed: Renamed | None = None) -> tuple[StructureChange, ...]:
    """Tables and fields first, then descriptions, summaries, checks, figures and notes. `renamed` has the fields that
    have another name, by table; of a table that is not there, they are those of `renamed_fields`."""
    return (
        *_tables(old, new, renamed or {}),
        *_uses(old, new),
        *descriptor_changes("package", old.descriptor, new.descriptor, _APART),
        *_summaries(old, new),
        *_queries("check", old.checks, new.checks, _CHECK_KEYS),
        *_queries("figure", old.figures, new.figures, _FIGURE_KEYS),
        *_notes(old.notes, new.notes),
    )


def _named(parts: Iterable[Any]) -> dict[str, Any]:
    return {part.name: part for part in parts}


def _tables(old: Release, new: Release, renamed: Renamed) -> _Changes:
    before, after = _named(old.tables), _named(new.tables)
    for name in sorted(after.keys() - before.keys()):
        yield StructureChange("added", "table", name, bump="minor")
    for name in sorted(before.keys() - after.keys()):
        yield StructureChange("removed", "table", name, bump="major")
    for name, table in after.items():
        if name in before:
            yield from _schema(name, before[name].schema, table.schema, renamed.get(name))
            yield from _described("table", name, "", before[name].descriptor, table.descriptor, _TABLE_KEYS)


def _schema(resource: str, old: Schema, new: Schema, renamed: Mapping[str, str] | None) -> _Changes:
    """What became of a table's fields and keys. Of rules that rows must keep, a new one is stricter, one that went
    is laxer."""
    yield from _fields(resource, "field", old.fields, new.fields, renamed)
    for what, before, after in (
        ("primaryKey", old.primary_key, new.primary_key),
        ("missingValues", old.missing_values, new.missing_values),
    ):
        if before != after:
            yield StructureChange("changed", "schema", resource, "", what, _listed(before), _listed(after), "major")
    for what in ("uniqueKeys", "foreignKeys"):
        rules_before, rules = _rules(old)[what], _rules(new)[what]
        for rule in rules:
            if rule not in rules_before:
                yield StructureChange("added", "schema", resource, "", what, "", rule, "major")
        for rule in rules_before:
            if rule not in rules:
                yield StructureChange("removed", "schema", resource, "", what, rule, "", "minor")


def _rules(schema: Schema) -> dict[str, list[str]]:
    references = [
        f"{_listed(key.fields)} → {'.'.join(filter(None, (key.package, key.resource, _listed(key.reference_fields))))}"
        for key in schema.foreign_keys
    ]
    return {"uniqueKeys": list(map(_listed, schema.unique_keys)), "foreignKeys": references}


def renamed_fields(old: Sequence[Field], new: Sequence[Field]) -> dict[str, str]:
    """The new name by the earlier one. A field that went and one of its type that came in its place may be one that was
    renamed, where both tables are equally wide; `renames.py` asks their values."""
    before, after = _named(old), _named(new)
    pairs = zip(old, new, strict=True) if len(old) == len(new) else ()
    return {
        was.name: now.name
        for was, now in pairs
        if was.name not in after and now.name not in before and was.type == now.type
    }


def _fields(
    resource: str, part: str, old: Sequence[Field], new: Sequence[Field], renamed: Mapping[str, str] | None = None
) -> _Changes:
    before, after = _named(old), _named(new)
    renamed = renamed_fields(old, new) if renamed is None else renamed
    for name in before:
        if name in renamed:
            yield StructureChange("renamed", part, resource, name, "name", name, renamed[name], "major")
        elif name not in after:
            yield StructureChange("removed", part, resource, name, bump="major")
    for name in after:
        if name not in before and name not in renamed.values():
            yield StructureChange("added", part, resource, name, bump="major")
    for field in new:
        if field.name in before:
            yield from _field(resource, part, before[field.name], field)
    if before.keys() == after.keys() and [*before] != [*after]:
        yield StructureChange("changed", part, resource, "", "order", _listed(before), _listed(after), "major")


def _field(resource: str, part: str, old: Field, new: Field) -> _Changes:
    for what in ("type", "format"):
        before, after = getattr(old, what), getattr(new, what)
        if before != after:
            yield StructureChange("changed", part, resource, new.name, what, before, after, "major")
    for what in sorted({*old.constraints, *new.constraints}):
        before, after = old.constraints.get(what), new.constraints.get(what)
        if before != after:
            bump = _bump(what, before, after)
            yield StructureChange("changed", part, resource, new.name, what, _text(before), _text(after), bump)
    if old.categories != new.categories:
        yield StructureChange("changed", part, resource, new.name, "categories", *_categories(old, new))
    if old.missing_values != new.missing_values:
        yield StructureChange("changed", part, resource, new.name, "missingValues",
                              _short(old.missing_values), _short(new.missing_values), "major")  # fmt: skip
    elif old.reasons != new.reasons and [one.value for one in old.reasons] == [one.value for one in new.reasons]:
        yield StructureChange("changed", part, resource, new.name, "missingValues", "", "", "patch")
    yield from _described(part, resource, new.name, old.descriptor, new.descriptor, _FIELD_KEYS)


def _categories(old: Field, new: Field) -> tuple[str, str, Bump]:
    """(before, after, bump); categories count as a list of allowed values, of which those that differ are named."""
    before, after = ([category.value for category in field.categories] for field in (old, new))
    if before == after:
        return "", "", "patch"
    gone, come = [value for value in before if value not in after], [value for value in after if value not in before]
    named = (gone, come) if gone or come else (before, after)
    return ", ".join(named[0]), ", ".join(named[1]), _allowed(before, after)


def _bump(constraint: str, before: Any, after: Any) -> Bump:
    """MINOR only where every value that was allowed is still allowed; what cannot be decided counts as stricter."""
    if constraint == "enum":
        return _allowed(before, after)
    if isinstance(before, bool | None) and isinstance(after, bool | None):
        return "major" if after else ("minor" if before else "patch")
    if after is None:
        return "minor"
    if before is None or constraint not in (*_LOWER, *_UPPER):
        return "major"
    lower, higher = (after, before) if constraint in _LOWER else (before, after)
    return "minor" if _is_less(lower, higher) else "major"


def _allowed(before: Any, after: Any) -> Bump:
    """Of two lists of allowed values; an empty one allows everything."""
    if not after:
        return "minor"
    if not before or any(value not in after for value in before):
        return "major"
    return "minor" if len(after) > len(before) else "patch"


def _is_less(value: Any, other: Any) -> bool:
    """Numbers by value; days and times, which are written so that they sort, by their text."""
    try:
        return Decimal(str(value)) < Decimal(str(other))
    except InvalidOperation:
        return str(value) < str(other)


def _uses(old: Release, new: Release) -> _Changes:
    before, after = dict(old.uses), dict(new.uses)
    for name in sorted(before.keys() | after.keys()):
        was, now = (str(side.get(name, "")) for side in (before, after))
        if was != now:
            yield StructureChange("changed", "package", "", name, "uses", was, now, "minor")


def _summaries(old: Release, new: Release) -> _Changes:
    before, after = _named(old.summaries), _named(new.summaries)
    for name in sorted(after.keys() - before.keys()):
        yield StructureChange("added", "summary", "", name, bump="minor")
    for name in sorted(before.keys() - after.keys()):
        yield StructureChange("removed", "summary", "", name, bump="major")
    for name, summary in after.items():
        if name in before:
            was: Summary = before[name]
            if was.query.split() != summary.query.split():
                yield StructureChange("changed", "summary", "", name, "query")
            yield from _fields(name, "summary-field", was.fields, summary.fields)
            yield from _described("summary", "", name, was.descriptor, summary.descriptor, _SUMMARY_KEYS)


def _queries(part: str, old: Sequence[Any], new: Sequence[Any], keys: Sequence[str]) -> _Changes:
    """Checks, or figures, which have no query of their own."""
    before, after = _named(old), _named(new)
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was is None:
            yield StructureChange("added", part, "", name)
        elif now is None:
            yield StructureChange("removed", part, "", name)
        else:
            if getattr(was, "query", "").split() != getattr(now, "query", "").split():
                yield StructureChange("changed", part, "", name, "query")
            for key in keys:
                value, later = getattr(was, key), getattr(now, key)
                if value != later:
                    yield StructureChange("changed", part, "", name, key, _short(value), _short(later))


def _notes(old: Sequence[Note], new: Sequence[Note]) -> _Changes:
    before, after = ({(note.resource, note.key, note.field, note.kind): note for note in notes} for notes in (old, new))
    for place in sorted(before.keys() | after.keys()):
        was, now = before.get(place), after.get(place)
        resource, key, field, kind = place
        where = f"{key}, {field}" if field else key
        text, later = (_short(note.text) if note else "" for note in (was, now))
        if not was:
            yield StructureChange("added", "note", resource, where, kind, text, later)
        elif not now:
            yield StructureChange("removed", "note", resource, where, kind, text, later)
        elif (was.text, was.source) != (now.text, now.source):
            yield StructureChange("changed", "note", resource, where, kind, text, later)


def descriptor_changes(
    part: str, old: Mapping[str, Any], new: Mapping[str, Any], apart: Collection[str] = ()
) -> _Changes:
    """The keys of a descriptor that differ, except those that are compared apart."""
    return _described(part, "", "", old, new, [key for key in {**old, **new} if key not in apart])


def _described(
    part: str, resource: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any], keys: Collection[str]
) -> _Changes:
    """Descriptive keys that differ, with their translations (`title@en`)."""
    for key in {**old, **new}:
        if (key in keys or key.partition("@")[0] in keys) and old.get(key) != new.get(key):
            yield StructureChange("changed", part, resource, name, key, _short(old.get(key)), _short(new.get(key)))


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(map(str, names))


def _short(value: Any) -> str:
    """A value in a few words; of a text in several languages the first."""
    text = " ".join(_text(getattr(value, "default", value)).split())
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
