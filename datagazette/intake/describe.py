"""Descriptors and schemas as a person would have written them, with a mark where a person has to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from datagazette.intake.columns import Column
from datagazette.intake.keys import Reference
from datagazette.intake.naming import language_of
from datagazette.load.descriptors import MARK
from datagazette.messages import LANGUAGES, texts
from datagazette.model.publication import Json

Texts = Mapping[str, str]

_MOST_CATEGORIES = 12
_LONGEST_CATEGORY = 20
_KEPT = ("keywords", "licenses", "contributors", "homepage")
_LABELS = ("name", "measure", "region_name", "title")
_REGIONS = ("region", "region_code")


@dataclass(frozen=True)
class Described:
    """A table with its schema. `titles` by language; `dialect` only where the file alone would mislead."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    titles: Texts = field(default_factory=dict)
    resource: Json = field(default_factory=dict)
    dialect: Json = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.name}.csv"


@dataclass(frozen=True)
class About:
    """What a person said of a dataset, or a package of itself."""

    name: str
    languages: tuple[str, ...]
    titles: Texts = field(default_factory=dict)
    descriptions: Texts = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    source: Texts = field(default_factory=dict)
    source_path: str = ""
    version: str = "1.0.0"
    package: Json = field(default_factory=dict)


class _Inline(dict[str, Any]):
    """A mapping on one line."""


class _Listed(list[Any]):
    """A list on one line."""


class _Dumper(yaml.SafeDumper):
    """Lists are set in below their key, as a person writes them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Inline, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)
)
_Dumper.add_representer(
    _Listed, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)


def as_yaml(value: Json) -> str:
    """YAML in the order of the keys."""
    return yaml.dump(dict(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000)


def descriptor(about: About, tables: Sequence[Described], schemas: Mapping[str, str]) -> dict[str, Any]:
    """The `datapackage.yaml`; `schemas` are the schemas' names by table."""
    kept = {key: about.package[key] for key in _KEPT if key in about.package}
    uses = {
        one.target.package: one.target.version
        for table in tables
        for one in table.references
        if one.target.package and not one.missing
    }
    found: dict[str, Any] = {
        "name": about.name,
        "version": about.version,
        **_texts("title", "title", about.titles, about.languages),
        **_texts("description", "description", about.descriptions, about.languages),
        "languages": _Listed(about.languages),
        "themes": _Listed(about.themes),
        **kept,
        "sources": _sources(about),
        "updateFrequency": "P1Y" if any(one.type == "year" for table in tables for one in table.columns) else "",
        "temporal": _temporal(tables),
        "spatial": _Listed(_spatial(tables)),
        "uses": _Inline(sorted(uses.items())),
        "resources": [_resource(one, about, schemas[one.name], alone=len(tables) == 1) for one in tables],
    }
    return {key: value for key, value in found.items() if value or key == "themes"}


def schema(name: str, table: Described, languages: Sequence[str]) -> dict[str, Any]:
    """The Table Schema of a table; that of a Data Package is kept, with its missing titles marked."""
    given = table.resource.get("schema")
    if isinstance(given, Mapping):
        fields = [_given_field(one, languages) for one in given["fields"]]
        return {"name": name, **{key: value for key, value in given.items() if key != "name"}, "fields": fields}
    keys = [
        _Inline(fields=one.column, reference=_Inline(_reference(one)))
        for one in table.references
        if not one.missing
    ]  # fmt: skip
    found = {
        "name": name,
        "fields": [_field(one, table, languages) for one in table.columns],
        "primaryKey": _Listed(table.key),
        "foreignKeys": keys,
    }
    return {key: value for key, value in found.items() if value}


def _reference(one: Reference) -> dict[str, str]:
    target = one.target
    package = {"package": target.package} if target.package else {}
    return {**package, "resource": target.resource, "fields": target.column}


def _field(column: Column, table: Described, languages: Sequence[str]) -> dict[str, Any]:
    categories = _categories(column, table)
    found: dict[str, Any] = {
        "name": column.name,
        **_texts("title", "title", column.named.titles, languages),
        "type": column.type,
        **{key: _Listed(value) if isinstance(value, list) else value for key, value in column.extras.items()},
        "role": _role(column, table, bool(categories)),
        **_unit(column, languages),
        "missingValues": _Listed(["", *column.missing] if column.missing else []),
        "categories": _Listed(categories),
        "constraints": _Inline({"required": True} if column.complete else {}),
    }
    return {key: value for key, value in found.items() if value or value is False}


def _given_field(given: Json, languages: Sequence[str]) -> dict[str, Any]:
    return {"name": given["name"], **_given(given, "title", languages)}


def _given(given: Json, what: str, languages: Sequence[str]) -> dict[str, Any]:
    """A part of a Data Package with its title under the language that it is in, and marks for the others."""
    title = str(given.get("title") or "")
    told = {language_of(title): title} if title else {}
    told |= {language: str(given[f"title@{language}"]) for language in languages if given.get(f"title@{language}")}
    rest = {key: value for key, value in given.items() if key.partition("@")[0] not in ("name", "title")}
    return {**_texts("title", what, told, languages), **rest}


def _texts(key: str, what: str, known: Texts, languages: Sequence[str]) -> dict[str, str]:
    """A text with its translations; a mark in each language that it is not known in."""
    return {
        (key if position == 0 else f"{key}@{language}"): known.get(language) or mark(what, language)
        for position, language in enumerate(languages)
    }


def mark(what: str, language: str) -> str:
    """The place of a text that a person has to write."""
    known = texts("drafts", language) if language in LANGUAGES else {}
    return f"{MARK} {known.get(what) or f'{what} ({language})'}"


def _unit(column: Column, languages: Sequence[str]) -> dict[str, str]:
    unit = column.named.unit or ("%" if column.extras.get("bareNumber") is False else "")
    if not unit or column.type not in ("integer", "number"):
        return {}
    plain = language_of(unit) == "en" and len(unit) <= 4
    return _texts("unit", "unit", dict.fromkeys(languages, unit) if plain else {language_of(unit): unit}, languages)


def _categories(column: Column, table: Described) -> list[str]:
    """The values of a column of few short texts, each of which comes twice or more on average."""
    referring = {one.column for one in table.references}
    few = 1 < column.distinct <= _MOST_CATEGORIES and column.filled >= 3 * column.distinct
    if column.type != "string" or not few or column.name in referring or column.digits:
        return []
    short = column.longest <= _LONGEST_CATEGORY and not column.coded
    return list(column.values) if short else []


def _role(column: Column, table: Described, categorised: bool) -> str:
    if column.name in _REGIONS:
        return "region"
    if column.dated and column.name in table.key:
        return "date"
    if column.name == "unit" and categorised:
        return "unit"
    labels = [one.name for one in table.columns if one.name in _LABELS and one.type == "string"][:1]
    if column.name in labels:
        return "label"
    if column.name in [f"{one}_en" for one in labels]:
        return "label@en"
    values = [one.name for one in table.columns if one.measured and one.name not in table.key]
    return "value" if values == [column.name] else ""


def _temporal(tables: Sequence[Described]) -> str:
    """The first and the last day, month or year of the first column of dates."""
    dated = [one for table in tables for one in table.columns if one.dated and one.distinct and not one.extras]
    if not dated or dated[0].distinct > len(dated[0].values):
        return ""
    first, last = min(dated[0].values), max(dated[0].values)
    return first if first == last else f"{first}/{last}"


def _spatial(tables: Sequence[Described]) -> list[str]:
    regions = [one for table in tables for one in table.columns if one.name in _REGIONS]
    if any(one.distinct > _MOST_CATEGORIES for one in regions):
        return []
    found = sorted({value for one in regions for value in one.values})
    return found if len(found) <= _MOST_CATEGORIES else []


def _sources(about: About) -> list[Any]:
    given = about.package.get("sources")
    if isinstance(given, list) and given and not about.source:
        return [_Inline(_given(one, "source", about.languages)) for one in given]
    link = {"path": about.source_path} if about.source_path else {}
    return [_Inline({**_texts("title", "source", about.source, about.languages), **link})]


def _resource(table: Described, about: About, schema_name: str, *, alone: bool) -> _Inline:
    titles = {**table.titles, **about.titles} if alone else table.titles
    dialect = {"dialect": _Inline(table.dialect)} if table.dialect else {}
    return _Inline({
        "name": table.name, "path": table.path, **_texts("title", "title", titles, about.languages),
        "schema": schema_name, **dialect,
    })  # fmt: skip
