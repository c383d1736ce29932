"""CSVW metadata as a Data Package: https://www.w3.org/TR/tabular-metadata/

A column of CSVW has a name and titles, of which the header of the file shows one. Here the name becomes the header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from datagazette.intake.accounts import Left
from datagazette.intake.csvw_types import field_type
from datagazette.intake.naming import slug
from datagazette.intake.notices import Place, notice, stopped
from datagazette.intake.sheets import Sheet

CONTEXT = "http://www.w3.org/ns/csvw"
_INHERITED = ("null", "lang", "default", "required", "separator", "datatype")
_LINKED = (
    "aboutUrl", "propertyUrl", "valueUrl", "suppressOutput", "ordered", "textDirection", "tableDirection",
    "transformations", "notes", "rowTitles", "@id", "@type",
)  # fmt: skip
_STRUCTURE = (
    "@context", "tables", "url", "tableSchema", "dialect", "columns", "primaryKey", "foreignKeys", "name", "titles",
    "virtual", "@language", "@base", *_INHERITED,
)  # fmt: skip
# What common properties are called here, by the last part of their names.
_MEANS = {
    "title": "title", "label": "title", "name": "title", "description": "description", "comment": "description",
    "abstract": "description", "license": "licenses", "rights": "licenses", "source": "sources",
    "wasDerivedFrom": "sources", "publisher": "publisher", "creator": "author", "author": "author",
    "contributor": "contributor", "keyword": "keywords", "keywords": "keywords", "subject": "keywords",
    "temporal": "temporal", "spatial": "spatial", "version": "version", "hasVersion": "version",
    "landingPage": "homepage", "homepage": "homepage",
}  # fmt: skip
_ROLES = ("publisher", "author", "contributor")
_DIALECT = {"delimiter": "delimiter", "quoteChar": "quoteChar", "doubleQuote": "doubleQuote", "header": "header",
            "skipInitialSpace": "skipInitialSpace", "skipBlankRows": "skipBlankRows",
            "commentPrefix": "commentChar"}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """The columns of a table: their names, the headings that the file may have for each, and what an empty cell means.

    `skipped` is how many columns of the file are before them."""

    names: tuple[str, ...] = ()
    headings: tuple[frozenset[str], ...] = ()
    defaults: tuple[str, ...] = ()
    skipped: int = 0

    def renamed(self, file: str, labels: Sequence[str]) -> Sequence[str]:
        """The names in the place of the headings of a file; a heading that is empty may be that of any column.

        Raises UsageError where the header is not that of the metadata, so that values could get under a wrong name.
        """
        if not self.names:
            return labels
        read = [*labels[self.skipped :], *[""] * (len(self.names) - len(labels) + self.skipped)]
        if any(read[len(self.names) :]):
            place = Place(text=" | ".join(labels))
            raise stopped(file, notice("csvw-width", [place], found=len(read), stated=len(self.names)))
        for at, (label, name, accepted) in enumerate(zip(read, self.names, self.headings, strict=False), 1):
            if label and accepted and label.strip() not in (*accepted, name):
                stated = ", ".join(sorted(accepted))
                raise stopped(file, notice("csvw-heading", [Place(text=label)], number=at, stated=stated))
        return [*(f"skipped_{number}" for number in range(self.skipped)), *self.names]


@dataclass(frozen=True)
class Described:
    """A Data Package that says what the metadata says, the columns of its tables by their names, and what is left."""

    package: dict[str, Any]
    columns: Mapping[str, Columns] = field(default_factory=dict)
    left: tuple[Left, ...] = ()


def is_csvw(value: Mapping[str, Any]) -> bool:
    context = value.get("@context")
    named = context if isinstance(context, list) else [context]
    return CONTEXT in named or ("tableSchema" in value and "url" in value)


def described(value: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]) -> Described:
    """The metadata as a package. `schemas` are the schemas in files of their own, by how they are referred to."""
    group = value if isinstance(value.get("tables"), list) else {}
    tables = [table for table in (value.get("tables") if group else [value]) or () if isinstance(table, Mapping)]
    language = _language(value)
    common = {**group, **tables[0]} if len(tables) == 1 else value
    left: list[Left] = []
    package = _about(common, language, left)
    names = {str(table.get("url")): slug(str(table.get("url")).rpartition("/")[2].partition(".")[0]) or f"table-{at}"
             for at, table in enumerate(tables, 1)}  # fmt: skip
    columns: dict[str, Columns] = {}
    package["resources"] = []
    for table in tables:
        name = names[str(table.get("url"))]
        resource, columns[name] = _resource({**_inherited(group), **table}, name, language, names, schemas, left)
        if len(tables) > 1:
            resource |= _texts_of(_about(table, language, left))
        package["resources"].append(resource)
    return Described(package, columns, tuple(left))


def _language(value: Mapping[str, Any]) -> str:
    context = value.get("@context")
    parts = context if isinstance(context, list) else []
    found = next((str(part["@language"]) for part in parts if isinstance(part, Mapping) and "@language" in part), "")
    return found or str(value.get("lang") or "")


def _inherited(holder: Mapping[str, Any]) -> dict[str, Any]:
    return {key: holder[key] for key in (*_INHERITED, "dialect") if key in holder}


def _texts_of(about: Mapping[str, Any]) -> dict[str, Any]:
    return {key: text for key, text in about.items() if key.partition("@")[0] in ("title", "description")}


def _about(value: Mapping[str, Any], language: str, left: list[Left]) -> dict[str, Any]:
    """The common properties in the keys of a Data Package."""
    found: dict[str, Any] = {}
    for key, stated in value.items():
        if key in _STRUCTURE:
            continue
        if key in _LINKED:
            left.append(Left(key, "linked-data"))
            continue
        local = key.replace("#", "/").replace(":", "/").rpartition("/")[2]
        means = _MEANS.get(local, "")
        if means in ("title", "description"):
            found |= {name: text for name, text in _spoken(means, stated, language).items() if name not in found}
        elif means:
            _listed(found, means, stated, local)
        else:
            found[local] = stated
    return found


def _listed(found: dict[str, Any], means: str, stated: object, local: str) -> None:
    """Adds what is a list in a package, or a text."""
    values = stated if isinstance(stated, list) else [stated]
    if means in ("licenses", "sources"):
        found.setdefault(means, []).extend(map(_named_link, values))
    elif means in _ROLES:
        people = [{**_named_link(value), "roles": [local]} for value in values]
        found.setdefault("contributors", []).extend(people)
    elif means in ("keywords", "spatial"):
        found.setdefault(means, []).extend(text for value in values for text in [_text(value)] if text)
    else:
        found.setdefault(means, _link(values[0]) or _text(values[0]))


def _spoken(key: str, stated: object, language: str) -> dict[str, str]:
    """A text by language as a package writes it: `key`, and `key@xx` for those that name theirs."""
    if isinstance(stated, Mapping) and not any(name.startswith("@") for name in stated):
        pairs = [
            (tag, text) for tag, texts in stated.items() for text in (texts if isinstance(texts, list) else [texts])
        ]
    else:
        values = stated if isinstance(stated, list) else [stated]
        pairs = [(str(value.get("@language") or "") if isinstance(value, Mapping) else "", _text(value))
                 for value in values]  # fmt: skip
    found: dict[str, str] = {}
    for tag, text in pairs:
        code = "" if tag in ("und", language) else tag
        found.setdefault(f"{key}@{code}" if code else key, str(text))
    if key not in found and found:
        found = {key: next(iter(found.values())), **found}
    if language and language != "und" and key in found:
        found.setdefault(f"{key}@{language}", found[key])
    return {name: text for name, text in found.items() if text}


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        names = (value.get(key) for key in ("@value", "schema:name", "foaf:name", "dc:title", "rdfs:label", "name"))
        return next((_text(name) for name in names if name), "")
    return str(value) if isinstance(value, str | int | float) else ""


def _link(value: object) -> str:
    if isinstance(value, Mapping):
        links = (value.get(key) for key in ("@id", "schema:url", "foaf:homepage", "url"))
        return next((_link(link) for link in links if link), "")
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else ""


def _named_link(value: object) -> dict[str, Any]:
    link, text = _link(value), _text(value)
    found = {"path": link, "title": text if text != link else ""}
    return {key: part for key, part in found.items() if part}


def _resource(
    table: Mapping[str, Any], name: str, language: str, names: Mapping[str, str],
    schemas: Mapping[str, Mapping[str, Any]], left: list[Left],
) -> tuple[dict[str, Any], Columns]:  # fmt: skip
    """(the resource with its schema and dialect, its columns)."""
    stated = table.get("tableSchema") or {}
    schema: Mapping[str, Any] = stated if isinstance(stated, Mapping) else schemas.get(str(stated), {})
    if isinstance(stated, str) and stated not in schemas:
        left.append(Left(f"{name}: tableSchema", "schema-missing", {"found": stated}))
    left += [Left(f"{name}: {key}", "linked-data") for key in schema if key in _LINKED]
    inherited = {**_inherited(table), **_inherited(schema)}
    columns, fields, accepted = [], [], []
    for number, column in enumerate(schema.get("columns") or (), 1):
        if column.get("virtual"):
            left.append(Left(f"{name}: {column.get('name') or number}", "virtual"))
            continue
        whole = {**inherited, **column}
        found, headings = _field(whole, name, number, language, left)
        fields.append(found)
        accepted.append(headings)
        columns.append(str(whole.get("default") or ""))
    dialect, encoding, skipped = _dialect(table.get("dialect"), name, left)
    resource = {"name": name, "path": str(table.get("url") or ""), "dialect": dialect}
    resource |= {"encoding": encoding} if encoding else {}
    if fields:
        keys = _listed_names(schema.get("primaryKey"))
        foreign = [key for key in (_foreign_key(key, names) for key in schema.get("foreignKeys") or ()) if key]
        left += [Left(f"{name}: foreignKeys", "foreign-key")] * (len(schema.get("foreignKeys") or ()) - len(foreign))
        resource["schema"] = {"fields": fields, **({"primaryKey": keys} if keys else {}),
                              **({"foreignKeys": foreign} if foreign else {})}  # fmt: skip
    return resource, Columns(tuple(one["name"] for one in fields), tuple(accepted), tuple(columns), skipped)


def _field(
    column: Mapping[str, Any], table: str, number: int, language: str, left: list[Left]
) -> tuple[dict[str, Any], frozenset[str]]:
    """(the field, the headings that its column may have)."""
    titles = _spoken("title", column["titles"], language) if column.get("titles") else {}
    headings = frozenset(chain(_all_titles(column.get("titles")), [str(column.get("name") or "")])) - {""}
    name = str(column.get("name") or titles.get("title") or f"column_{number}")
    kind, lost = field_type(column.get("datatype"), column.get("separator"))
    left += [Left(f"{table}: {name}: {part}", "datatype") for part in lost]
    left += [Left(f"{table}: {name}: {key}", "linked-data") for key in column if key in _LINKED]
    left += [Left(f"{table}: {name}: lang", "column-language")] if column.get("lang") not in (None, language) else []
    if column.get("required"):
        kind["constraints"] = {"required": True, **kind.get("constraints", {})}
    null = column.get("null")
    missing = [str(text) for text in (null if isinstance(null, list) else [null]) if text is not None]
    about = _texts_of(_about({key: value for key, value in column.items() if ":" in key}, language, left))
    described = {key: text for key, text in about.items() if key.startswith("description")}
    found = {"name": name, **titles, **described, **kind}
    if missing:
        found["missingValues"] = list(dict.fromkeys(["", *missing]))
    return found, headings


def _all_titles(titles: object) -> Iterator[str]:
    if isinstance(titles, Mapping):
        for value in titles.values():
            yield from _all_titles(value)
    elif isinstance(titles, list):
        yield from map(str, titles)
    elif titles is not None:
        yield str(titles)


def _listed_names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else [str(value)] if value else []


def _foreign_key(key: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any] | None:
    """A foreign key to a table of the group; None where it leads elsewhere."""
    reference = key.get("reference") or {}
    target = names.get(str(reference.get("resource")))
    if target is None:
        return None
    fields, others = _listed_names(key.get("columnReference")), _listed_names(reference.get("columnReference"))
    return {"fields": fields, "reference": {"resource": target, "fields": others}} if fields and others else None


def _dialect(stated: object, table: str, left: list[Left]) -> tuple[dict[str, Any], str, int]:
    """(the dialect, the encoding, how many columns are skipped)."""
    if not isinstance(stated, Mapping):
        return {}, "", 0
    found = {_DIALECT[key]: value for key, value in stated.items() if key in _DIALECT and value is not None}
    if stated.get("doubleQuote") is False:
        found["escapeChar"] = "\\"
    ends = stated.get("lineTerminators")
    if isinstance(ends, str):
        found["lineTerminator"] = ends
    skipped, headers = _count(stated, "skipRows"), _count(stated, "headerRowCount", 1)
    if headers == 0:
        found["header"] = False
    elif skipped or headers > 1:
        found["headerRows"] = list(range(skipped + 1, skipped + 1 + headers))
    known = ("encoding", "lineTerminators", "skipRows", "headerRowCount", "skipColumns", "trim", "@type", *_DIALECT)
    left += [Left(f"{table}: dialect: {key}", "no-place") for key in stated if key not in known]
    return found, str(stated.get("encoding") or ""), _count(stated, "skipColumns")


def _count(stated: Mapping[str, Any], key: str, usual: int = 0) -> int:
    """A whole number that is not negative; the usual one where there is none, as the standard has it."""
    value = stated.get(key)
    return value if isinstance(value, int) and value >= 0 else usual


def complete(sheet: Sheet, columns: Columns) -> Sheet:
    """The sheet without the columns that are skipped, and with what its empty cells mean."""
    if not columns.names:
        return sheet
    rows = tuple(_filled(row[columns.skipped :], columns.defaults) for row in sheet.rows)
    return replace(sheet, labels=sheet.labels[columns.skipped :], rows=rows)


def _filled(row: Sequence[str], defaults: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell or default for cell, default in zip(row, defaults, strict=True))
