"""The published `datapackage.json` (Data Package v2).

It is the submitted descriptor with everything resolved that a reader of the file alone would miss: schemas
inside, addresses, sizes and hashes, the notes, and each summary's result as one more resource.

Two habits come from readers that exist. `$schema` says which version of the standard this is, never `profile`,
and `fieldsMatch` is left out, since readers disagree on whether it is a text or a list. A foreign key into
another package is under `externalForeignKeys`, in the shape of the standard's recipe: readers that do not know
`reference.package` would look for the table in this package, and call it invalid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.values import plain, translated
from datagazette.model.names import LATEST
from datagazette.model.publication import (
    Catalog,
    Contributor,
    Dialect,
    Field,
    ForeignKey,
    License,
    Note,
    Publication,
    Release,
    Schema,
    Source,
    Summary,
    Table,
)
from datagazette.model.results import PublishedFile, ReleaseResult

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

# Keys that are replaced, or that name a file which is not published.
_REPLACED = frozenset(
    {"$schema", "profile", "resources", "summaries", "checks", "notes", "name", "id", "version", "created"}
    | {"homepage", "licenses", "sources", "contributors", "languages"}
)
_DIALECT_KEYS = (
    ("delimiter", "delimiter"),
    ("quoteChar", "quote_char"),
    ("doubleQuote", "double_quote"),
    ("escapeChar", "escape_char"),
    ("skipInitialSpace", "skip_initial_space"),
    ("header", "header"),
    ("headerRows", "header_rows"),
    ("headerJoin", "header_join"),
    ("commentChar", "comment_char"),
    ("commentRows", "comment_rows"),
    ("nullSequence", "null_sequence"),
    ("headerCase", "header_case"),
    ("skipBlankRows", "skip_blank_rows"),
)


def datapackage(publication: Publication, result: ReleaseResult) -> dict[str, Any]:
    """The descriptor of one release. Hashes and sizes are those of `result.files`."""
    catalog, release = publication.catalog, result.release
    default = release.languages[0]
    described: dict[str, Any] = {
        "$schema": PROFILE,
        "name": release.dataset,
        "id": addresses.release_page(catalog, release, catalog.languages[0]),
        "version": str(release.version),
    }
    if release.date:
        described["created"] = f"{release.date.isoformat()}T00:00:00Z"
    described |= translated("title", release.title, default) | translated("description", release.description, default)
    described["languages"] = list(release.languages)
    described["homepage"] = addresses.dataset_page(catalog, release.dataset, catalog.languages[0])
    described |= _people_and_terms(catalog, release)
    described |= {key: value for key, value in release.descriptor.items() if key not in {*_REPLACED, *described}}
    described["resources"] = [_table(publication, result, table) for table in release.tables]
    described["resources"] += [_summary(result, summary) for summary in release.summaries]
    described |= _own_keys(release)
    return {key: plain(value) for key, value in described.items()}


def table_schema(publication: Publication, release: Release, schema: Schema) -> dict[str, Any]:
    """A self-contained Table Schema; keys into other packages are apart from those within."""
    described: dict[str, Any] = {
        key: value for key, value in schema.descriptor.items() if key not in ("$schema", "profile", "fieldsMatch")
    }
    described["fields"] = [field_descriptor(field, release.languages[0]) for field in schema.fields]
    for key in ("primaryKey", "uniqueKeys", "foreignKeys"):
        described.pop(key, None)
    if schema.missing_values != ("",) and "missingValues" not in described:
        described["missingValues"] = list(schema.missing_values)
    if schema.primary_key:
        described["primaryKey"] = list(schema.primary_key)
    if schema.unique_keys:
        described["uniqueKeys"] = [list(key) for key in schema.unique_keys]
    inner = [_foreign_key(key) for key in schema.foreign_keys if not key.package]
    outer = [_outer_foreign_key(publication, release, key) for key in schema.foreign_keys if key.package]
    described |= {"foreignKeys": inner} if inner else {}
    described |= {"externalForeignKeys": outer} if outer else {}
    return described


def field_descriptor(field: Field, default: str) -> dict[str, Any]:
    """The field as it was written; what the model alone knows, where it was made without a descriptor."""
    if field.descriptor:
        return dict(field.descriptor)
    described: dict[str, Any] = {"name": field.name, "type": field.type}
    if field.format != "default":
        described["format"] = field.format
    described |= translated("title", field.title, default) | translated("description", field.description, default)
    described |= translated("unit", field.unit, default)
    described |= {key: value for key, value in (("role", field.role), ("bound", field.bound)) if value}
    if field.constraints:
        described["constraints"] = dict(field.constraints)
    if field.categories:
        described["categories"] = [
            {"value": category.value} | translated("label", category.label, default) for category in field.categories
        ]
    if field.missing_values is not None:
        described["missingValues"] = list(field.missing_values)
    return described


def dialect_descriptor(dialect: Dialect) -> dict[str, Any]:
    """The properties of a dialect that differ from the standard's defaults."""
    usual = Dialect()
    return {
        key: plain(getattr(dialect, name))
        for key, name in _DIALECT_KEYS
        if getattr(dialect, name) != getattr(usual, name)
    }


def note_descriptor(note: Note, default: str) -> dict[str, Any]:
    """A note, under the names that notes.csv has."""
    described: dict[str, Any] = {"resource": note.resource, "key": note.key, "field": note.field, "kind": note.kind}
    described |= translated("note", note.text, default)
    return described | ({"source": note.source} if note.source else {})


def _people_and_terms(catalog: Catalog, release: Release) -> dict[str, Any]:
    default = release.languages[0]
    contributors = release.contributors or (
        Contributor(catalog.publisher.title, catalog.publisher.path, ("publisher",)),
    )
    parts = {
        "licenses": [_license(license_, default) for license_ in release.licenses or catalog.licenses],
        "sources": [_source(source, default) for source in release.sources],
        "contributors": [_contributor(contributor, default) for contributor in contributors if contributor.title],
    }
    return {key: value for key, value in parts.items() if value}


def _license(license_: License, default: str) -> dict[str, Any]:
    named = {"name": license_.name} if license_.name else {}
    return named | translated("title", license_.title, default) | _with_path(license_.path)


def _source(source: Source, default: str) -> dict[str, Any]:
    described: dict[str, Any] = translated("title", source.title, default) | _with_path(source.path)
    return described | {key: value for key, value in (("email", source.email), ("version", source.version)) if value}


def _contributor(contributor: Contributor, default: str) -> dict[str, Any]:
    described: dict[str, Any] = translated("title", contributor.title, default) | _with_path(contributor.path)
    described |= {"roles": list(contributor.roles)} if contributor.roles else {}
    return described | ({"organization": contributor.organization} if contributor.organization else {})


def _with_path(path: str) -> dict[str, Any]:
    return {"path": path} if path else {}


def _table(publication: Publication, result: ReleaseResult, table: Table) -> dict[str, Any]:
    release, path = result.release, f"{table.name}.csv"
    described: dict[str, Any] = {
        key: value
        for key, value in table.descriptor.items()
        if key not in ("profile", "schema", "dialect", "hash", "bytes", "path", "name", "type")
    }
    described |= translated("title", table.title, release.languages[0])
    described |= translated("description", table.description, release.languages[0])
    described = {"name": table.name, "type": "table", "path": path} | described | {"format": "csv"}
    described |= {"mediatype": "text/csv", "encoding": table.dialect.encoding} | _stored(result.file(path))
    dialect = dialect_descriptor(table.dialect)
    described |= {"dialect": dialect} if dialect else {}
    return described | {"schema": table_schema(publication, release, table.schema)}


def _summary(result: ReleaseResult, summary: Summary) -> dict[str, Any]:
    """The result of a summary is a table like any other; its query is beside it."""
    found = result.summary(summary.name)
    shown, default, path = found.summary if found else summary, result.release.languages[0], f"summaries/{summary.name}"
    described: dict[str, Any] = {"name": summary.name, "type": "table", "path": f"{path}.csv"}
    described |= translated("title", shown.title, default) | translated("description", shown.description, default)
    described |= {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"} | _stored(result.file(f"{path}.csv"))
    schema: dict[str, Any] = {"fields": [field_descriptor(field, default) for field in summary.fields]}
    schema |= {"primaryKey": list(summary.primary_key)} if summary.primary_key else {}
    described |= {"schema": schema, "query": f"{path}.sql"}
    return described | ({"chart": summary.chart} if summary.chart else {})


def _stored(file: PublishedFile | None) -> dict[str, Any]:
    return {"bytes": file.bytes, "hash": f"sha256:{file.sha256}"} if file else {}


def _own_keys(release: Release) -> dict[str, Any]:
    """The dataset's checks and its notes on cells, which the standard has no name for."""
    default = release.languages[0]
    checks = [
        {"name": check.name, **translated("title", check.title, default), "severity": check.severity}
        | {"query": f"checks/{check.name}.sql"}
        | translated("accepted", check.accepted, default)
        for check in release.checks
    ]
    notes = [note_descriptor(note, default) for note in release.notes]
    return {key: value for key, value in (("checks", checks), ("notes", notes)) if value}


def _foreign_key(key: ForeignKey) -> dict[str, Any]:
    reference = {"resource": key.resource, "fields": list(key.reference_fields)}
    return {"fields": list(key.fields), "reference": reference}


def _outer_foreign_key(publication: Publication, release: Release, key: ForeignKey) -> dict[str, Any]:
    """https://datapackage.org/recipes/external-foreign-keys/: `package` is the address of the other descriptor."""
    reference: Mapping[str, Any] = {
        "package": _descriptor_address(publication, release, key.package or ""),
        "resource": key.resource,
        "fields": list(key.reference_fields),
    }
    return {"fields": list(key.fields), "reference": reference}


def _descriptor_address(publication: Publication, release: Release, dataset: str) -> str:
    used = dict(release.uses).get(dataset)
    return publication.catalog.base_url + addresses.data_path(dataset, used or LATEST, "datapackage.json")
