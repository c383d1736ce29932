"""Descriptors and schemas as a person would have written them, with a mark where a person has to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

import yaml

from datagazette.intake.columns import Column
from datagazette.intake.keys import Reference
from datagazette.intake.naming import Named, in_languages, language_among, language_of, named
from datagazette.intake.notices import Notice
from datagazette.load.descriptors import MARK
from datagazette.messages import FALLBACK, LANGUAGES, texts
from datagazette.model.resource import Json
from datagazette.model.results import BOUNDS

Texts = Mapping[str, str]

_MOST_CATEGORIES = 12
_LONGEST_CATEGORY = 20
_PROPOSAL = "# "  # before a key that only a person may confirm
_PROPOSED = re.compile(rf"^( *)(- \{{)?'{_PROPOSAL}(\w+)': ", re.MULTILINE)
_KEPT = ("keywords", "licenses", "contributors", "homepage")
_OF_DATA = ("updateFrequency", "temporal", "spatial")  # what a package says, rather than what its rows show
_LABELS = ("name", "measure", "region_name", "title")
_REGIONS = ("region", "region_name", "region_code")


@dataclass(frozen=True)
class Described:
    """A table with its schema. `titles` by language; `dialect` only where the file alone would mislead. `bounds` are
    the columns that say how exact the numbers of others are, by the names of these."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    titles: Texts = field(default_factory=dict)
    resource: Json = field(default_factory=dict)
    dialect: Json = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    degrees: Mapping[str, int] = field(default_factory=dict)
    bounds: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_notices(self) -> tuple[Notice, ...]:
        """What a person should know of the table and of each column that is not as a Data Package describes it."""
        described = isinstance(self.resource.get("schema"), Mapping)
        return (*(() if described else chain.from_iterable(column.notices for column in self.columns)), *self.notices)

    @property
    def path(self) -> str:
        return f"{self.name}.csv"

    @property
    def types(self) -> Mapping[str, str]:
        """The type that the schema gives to each column."""
        given = self.resource.get("schema")
        stated = {field["name"]: str(field.get("type", "any")) for field in given["fields"]} if given else {}
        return {column.name: stated.get(column.name, column.type) for column in self.columns}

    @property
    def full(self) -> tuple[str, ...]:
        """The columns without gaps, but for those of the key, in which a gap is an error anyway."""
        return tuple(column.name for column in self.columns if _is_full(column, self))

    @cached_property
    def label(self) -> str:
        """The column that names rows, so that nearly all its values differ; empty where there is none."""
        found = (
            column.name for column in self.columns
            if column.name in _LABELS and _worded(column) and column.distinct * 10 >= column.filled * 9 > 0
        )  # fmt: skip
        return next(found, "")

    @cached_property
    def region(self) -> Column | None:
        """The column that says where, in names or in codes that refer to a table with names."""
        columns = [column for name in _REGIONS for column in self.columns if column.name == name]
        referring = {reference.column for reference in self.references if reference.holds}
        readable = [column for column in columns if column.name in referring or _worded(column)]
        return next((column for column in readable if column.name != self.label), None)

    @cached_property
    def amounts(self) -> tuple[str, ...]:
        """The columns that measure something and are not of the key."""
        return tuple(column.name for column in self.columns if column.measured and column.name not in self.key)

    @property
    def proposals(self) -> Mapping[str, tuple[str, ...]]:
        """The columns, by the rule that holds for all their rows so far, and that the next file may break."""
        if isinstance(self.resource.get("schema"), Mapping):
            return {}
        few = tuple(column.name for column in self.columns if _categories(column, self))
        guessed = tuple(reference.column for reference in self.references if reference.guessed)
        found = {
            "required": self.full, "minimum, maximum": tuple(self.degrees), "categories": few, "foreignKeys": guessed,
        }  # fmt: skip
        return {rule: names for rule, names in found.items() if names}


@dataclass(frozen=True)
class About:
    """What a person says of a dataset, or a package of itself."""

    name: str
    languages: tuple[str, ...]
    titles: Texts = field(default_factory=dict)
    descriptions: Texts = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    source: Texts = field(default_factory=dict)
    source_path: str = ""
    version: str = "1.0.0"
    package: Json = field(default_factory=dict)

    @property
    def has_source(self) -> bool:
        return bool(self.source or self.package.get("sources"))


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
    """YAML in the order of the keys; a proposal is a comment that becomes a line where its mark is taken away. One that
    begins an entry of a list is the whole entry."""
    text = yaml.dump(dict(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000)
    return _PROPOSED.sub(lambda found: f"{found[1]}{_PROPOSAL}{found[2] or ''}{found[3]}: ", text)


def schema_yaml(name: str, table: Described, languages: Sequence[str]) -> str:
    """The schema as a file. Where it has proposals, a comment above it says what to do with them."""
    return _explained(schema(name, table, languages), ["proposals"] if table.proposals else [], languages)


def descriptor_yaml(about: About, tables: Sequence[Described], schemas: Mapping[str, str]) -> str:
    """The descriptor as a file. Tables by year may be released every year, which only a person knows."""
    found = descriptor(about, tables, schemas)
    keys = {"frequency": "updateFrequency", "uses": "uses"}
    return _explained(found, [key for key, name in keys.items() if f"{_PROPOSAL}{name}" in found], about.languages)


def _explained(found: Json, keys: Sequence[str], languages: Sequence[str]) -> str:
    """As YAML, with the comments above that are to be made."""
    say = texts("drafts", languages[0] if languages[0] in LANGUAGES else FALLBACK)
    return "".join(f"# {say[key]}\n" for key in keys) + as_yaml(found)


def descriptor(about: About, tables: Sequence[Described], schemas: Mapping[str, str]) -> dict[str, Any]:
    """The `datapackage.yaml`; `schemas` are the schemas' names by table."""
    languages = about.languages
    references = [reference for table in tables for reference in table.references if not reference.missing]
    uses, likely = (
        {one.target.package: one.target.version for one in references if one.target.package and one.guessed is guessed}
        for guessed in (False, True)
    )
    yearly = any(column.type == "year" for table in tables for column in table.columns)
    resources = []
    for table in tables:
        titles = in_languages(table.titles, languages)
        titles = {**titles, **about.titles} if len(tables) == 1 else titles
        dialect = {"dialect": _Inline(table.dialect)} if table.dialect else {}
        resources.append(_Inline({
            "name": table.name, "path": table.path, **_texts("title", titles, languages),
            **_described(table.resource, languages), "schema": schemas[table.name], **dialect,
        }))  # fmt: skip
    found: dict[str, Any] = {
        "name": about.name,
        "version": about.version,
        **_texts("title", about.titles, languages),
        **_texts("description", about.descriptions, languages),
        "languages": _Listed(languages),
        "themes": _Listed(about.themes),
        **_kept(about),
        "sources": _sources(about),
        f"{_PROPOSAL}updateFrequency": "P1Y" if yearly else "",
        "temporal": _temporal(tables),
        "spatial": _Listed(_spatial(tables)),
        "uses": _Inline(sorted(uses.items())),
        f"{_PROPOSAL}uses": _Inline({} if uses else sorted(likely.items())),
        "resources": resources,
    }
    for key in (key for key in _OF_DATA if about.package.get(key)):
        value = about.package[key]
        found[key] = _Listed(value) if isinstance(value, list) else value
        found.pop(f"{_PROPOSAL}{key}", None)
    return {key: value for key, value in found.items() if value or key == "themes"}


def _kept(about: About) -> dict[str, Any]:
    """What a package says that holds here, too; keywords in the languages of the publication."""
    spoken = [f"keywords@{language}" for language in about.languages[1:]]
    words = about.package.get(f"keywords@{about.languages[0]}") or about.package.get("keywords")
    found = {key: about.package[key] for key in (*_KEPT, *spoken) if key in about.package}
    return {**found, "keywords": words} if words else found


def schema(name: str, table: Described, languages: Sequence[str]) -> dict[str, Any]:
    """The Table Schema of a table; that of a Data Package is kept, with its missing titles marked."""
    given = table.resource.get("schema")
    if isinstance(given, Mapping):
        headings = named([str(field["name"]) for field in given["fields"]])
        fields = [{"name": field["name"], **_given(field, "title", languages, _heading(field, heading).titles)}
                  for field, heading in zip(given["fields"], headings, strict=True)]  # fmt: skip
        key = {"primaryKey": _Listed(table.key)} if table.key and table.key != primary_key_of(given) else {}
        kept = {key: value for key, value in given.items() if key != "name"}
        return {"name": name, **kept, "fields": fields, **key}
    found = {
        "name": name,
        "fields": [_field(column, table, languages) for column in table.columns],
        "primaryKey": _Listed(table.key),
        **_foreign_keys([reference for reference in table.references if not reference.missing]),
    }
    return {key: value for key, value in found.items() if value}


def primary_key_of(schema: Json) -> tuple[str, ...]:
    """The fields of the key of a schema, which may name one alone."""
    listed = schema.get("primaryKey") or ()
    return (listed,) if isinstance(listed, str) else tuple(listed)


def _heading(field: Json, heading: Named) -> Named:
    """The heading of a field of a Data Package; the unit stays in its title where the field does not state one."""
    return heading.of(str(field.get("type", "any")) if field.get("unit") or not heading.unit else "any")


def _foreign_keys(references: Sequence[Reference]) -> dict[str, Any]:
    """Those that hold, and as proposals those that are guesses; the whole list is one where it has nothing else."""
    holding = any(reference.holds for reference in references)
    keys = []
    for reference in sorted(references, key=lambda reference: reference.guessed):
        target = reference.target
        package = {"package": target.package} if target.package else {}
        points = _Inline({**package, "resource": target.resource, "fields": target.column})
        mark = _PROPOSAL if reference.guessed and holding else ""
        keys.append(_Inline({f"{mark}fields": reference.column, "reference": points}))
    return {"foreignKeys": keys} if holding else {f"{_PROPOSAL}foreignKeys": _Listed(keys)}


def _field(column: Column, table: Described, languages: Sequence[str]) -> dict[str, Any]:
    if column.name in table.bounds.values():
        return _bound(column, table, languages)
    categories = _categories(column, table)
    heading = column.named.of(column.type)
    unit = heading.unit or ("%" if column.extras.get("bareNumber") is False else "")
    units: dict[str, str] = {}
    if unit and column.type in ("integer", "number"):
        plain = language_of(unit) == "en" and len(unit) <= 4
        units = _texts(
            "unit",
            dict.fromkeys(languages, unit) if plain else in_languages({language_of(unit): unit}, languages),
            languages,
        )
    found: dict[str, Any] = {
        "name": column.name,
        **_texts("title", in_languages(heading.titles, languages), languages),
        "type": column.type,
        **{key: _Listed(value) if isinstance(value, list) else value for key, value in column.extras.items()},
        "role": _role(column, table, categorised=bool(categories)),
        "boundField": table.bounds.get(column.name, ""),
        **units,
        "missingValues": _Listed(["", *column.missing] if column.missing else []),
        f"{_PROPOSAL}categories": _Listed(categories),
        f"{_PROPOSAL}constraints": _Inline(_constraints(column, table)),
    }
    return {key: value for key, value in found.items() if value or value is False}


def _bound(column: Column, table: Described, languages: Sequence[str]) -> dict[str, Any]:
    """A column of bounds, with the title of that of its numbers in it."""
    value = next(held for held in table.columns if table.bounds.get(held.name) == column.name)
    titles = in_languages(value.named.of(value.type).titles, languages)
    said = {language: texts("drafts", language if language in LANGUAGES else FALLBACK)["bound"].format(title=title)
            for language, title in titles.items()}  # fmt: skip
    categories = [_Inline({"value": bound, **_texts("label", _bound_words(bound, languages), languages)})
                  for bound in ("exact", *BOUNDS)]  # fmt: skip
    return {"name": column.name, **_texts("title", said, languages), "type": "string", "categories": categories}


def _bound_words(bound: str, languages: Sequence[str]) -> dict[str, str]:
    """What a bound is called, in the languages that the program speaks."""
    spoken = [language for language in languages if language in LANGUAGES]
    return {language: texts("drafts", language)["exact"] if bound == "exact" else texts("bounds", language)[bound]
            for language in spoken}  # fmt: skip


def _described(resource: Json, languages: Sequence[str]) -> dict[str, str]:
    """The description that a Data Package has of a table, if it has one."""
    text = resource.get("description")
    known = {language_among(text, languages): text} if isinstance(text, str) and text else {}
    known |= {language: str(resource[f"description@{language}"]) for language in languages
              if resource.get(f"description@{language}")}  # fmt: skip
    return _texts("description", known, languages) if known else {}


def _constraints(column: Column, table: Described) -> dict[str, Any]:
    """What holds for the column so far."""
    largest = table.degrees.get(column.name)
    limits = {"minimum": -largest, "maximum": largest} if largest else {}
    return {**({"required": True} if _is_full(column, table) else {}), **limits}


def _given(given: Json, what: str, languages: Sequence[str], heading: Texts | None = None) -> dict[str, Any]:
    """A part of a Data Package with its title under the language that it is in, and marks for the others. Without a
    title, it has those of its heading."""
    title = str(given.get("title") or "")
    titles = {language_among(title, languages): title} if title else in_languages(heading or {}, languages)
    titles |= {language: str(given[f"title@{language}"]) for language in languages if given.get(f"title@{language}")}
    rest = {key: value for key, value in given.items() if key.partition("@")[0] not in ("name", "title")}
    return {**_texts("title", titles, languages, what), **rest}


def _texts(key: str, known: Texts, languages: Sequence[str], what: str = "") -> dict[str, str]:
    """A text with its translations; in each language that it is not known in, a mark that a person has to write it, as
    a text of the kind `what`, or else `key`."""
    found = {}
    for position, language in enumerate(languages):
        marks = texts("drafts", language) if language in LANGUAGES else {}
        mark = f"{MARK} {marks.get(what or key) or f'{what or key} ({language})'}"
        found[key if position == 0 else f"{key}@{language}"] = known.get(language) or mark
    return found


def _is_full(column: Column, table: Described) -> bool:
    return column.complete and column.name not in table.key


def _categories(column: Column, table: Described) -> list[str]:
    """The values of a column of few short texts, each of which comes three times or more on average."""
    referring = {reference.column for reference in table.references}
    few = 1 < column.distinct <= _MOST_CATEGORIES and column.filled >= 3 * column.distinct
    short = column.longest <= _LONGEST_CATEGORY and not column.named.coded and not column.digits
    plain = column.type == "string" and not column.notices and all(value.isprintable() for value in column.values)
    return list(column.values) if few and short and plain and column.name not in referring else []


def _role(column: Column, table: Described, *, categorised: bool) -> str:
    label, region = table.label, table.region
    if column.name == label or (label and column.name == f"{label}_en"):
        return "label" if column.name == label else "label@en"
    if region is not None and column.name == region.name:
        return "region"
    if column.dated and column.name in table.key:
        return "date"
    if column.name == "unit" and categorised:
        return "unit"
    return "value" if table.amounts == (column.name,) else ""


def _worded(column: Column) -> bool:
    """Whether the values are names that a reader knows, as far as they and the heading show."""
    return column.type == "string" and not column.digits and not column.named.coded


def _temporal(tables: Sequence[Described]) -> str:
    """The first and the last day, month or year of the tables: of the first column of dates in each, where all these
    are of one type, else of the first table that has one."""
    columns = [next((column for column in table.columns if column.span), None) for table in tables]
    dates = [column for column in columns if column and column.span]
    if len({column.type for column in dates}) > 1:
        dates = dates[:1]
    spans = [column.span for column in dates if column.span]
    if not spans:
        return ""
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return first if first == last else f"{first}/{last}"


def _spatial(tables: Sequence[Described]) -> list[str]:
    regions = [column for table in tables if (column := table.region)]
    found = sorted({value for column in regions for value in column.values})
    few = all(column.distinct <= _MOST_CATEGORIES for column in regions) and len(found) <= _MOST_CATEGORIES
    return found if few else []


def _sources(about: About) -> list[Any]:
    given = about.package.get("sources")
    if isinstance(given, list) and given and not about.source:
        return [_Inline(_given(source, "source", about.languages)) for source in given]
    link = {"path": about.source_path} if about.source_path else {}
    return [_Inline({**_texts("title", about.source, about.languages, "source"), **link})]
