"""The published `datapackage.json` (Data Package v2).

It is the submitted descriptor with everything resolved that a reader of the file alone would miss: schemas
inside, addresses, sizes and hashes, the notes, and each summary's result as one more resource.

Two habits come from readers that exist. `$schema` says which version of the standard this is, never `profile`,
and `fieldsMatch` is left out, since readers disagree on whether it is a text or a list. A foreign key into
another package is under `externalForeignKeys`, in the shape of the standard's recipe: readers that do not know
`reference.package` would look for the table in this package, and call it invalid.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.notation import (
    plain,
    redaction_descriptors,
    removal_descriptor,
    translated,
    withdrawal_descriptor,
    without_empty,
)
from datagazette.model.identifiers import cited_first
from datagazette.model.names import LATEST
from datagazette.model.publication import Catalog, Note, Publication, Release, Summary
from datagazette.model.resource import Dialect, Field, Schema, Table
from datagazette.model.results import PublishedFile, ReleaseResult

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

# Keys that are replaced, or that name a file which is not published.
_REPLACED = frozenset(
    {"$schema", "profile", "resources", "summaries", "checks", "notes", "name", "id", "version", "created"}
    | {"homepage", "licenses", "sources", "contributors", "languages", "formats", "identifiers"}
)
# Keys that name rows, or other releases' rows: a removed release has none.
_OF_ROWS = ("figures", "uses")
# The properties of a dialect that are in its description; the others are of the resource, or only known here.
_DIALECT = (
    *("delimiter", "quote_char", "double_quote", "escape_char", "skip_initial_space", "header", "header_rows"),
    *("header_join", "comment_char", "comment_rows", "null_sequence", "header_case", "skip_blank_rows"),
)


# The standard's default, which npm's datapackage 1.1.10 needs to see before it reads doubled quotes.
_DELIMITER = {"delimiter": ","}


def datapackage(publication: Publication, result: ReleaseResult, *, labels_in_fields: bool = True) -> dict[str, Any]:
    """The descriptor of one release. Hashes and sizes are those of `result.files`.

    `labels_in_fields`: not as an earlier program wrote the labels of a schema's `missingValues`.
    """
    catalog, release = publication.catalog, result.release
    default, known = release.languages[0], cited_first(release.identifiers)
    described: dict[str, Any] = {
        "$schema": PROFILE,
        "name": release.dataset,
        "id": known.address if known else addresses.release_page(catalog, release, catalog.languages[0]),
        "version": str(release.version),
    }
    if release.date:
        described["created"] = f"{release.date.isoformat()}T00:00:00Z"
    described |= without_empty({"withdrawn": withdrawal_descriptor(release, default)})
    redacted = [each for each in redaction_descriptors(release, default) if "cells" in each]
    described |= without_empty({"redacted": redacted})
    described |= without_empty({"removed": removal_descriptor(release, default)})
    described |= translated("title", release.title, default) | translated("description", release.description, default)
    described["languages"] = list(release.languages)
    described["homepage"] = addresses.dataset_page(catalog, release.dataset, catalog.languages[0])
    described |= without_empty({"identifiers": [vars(identifier) for identifier in release.identifiers]})
    described |= _people_and_terms(catalog, release)
    left_out = {*_REPLACED, *described, *(_OF_ROWS if release.removal else ())}
    described |= {key: value for key, value in release.descriptor.items() if key not in left_out}
    described["resources"] = [_table(publication, result, table, labels_in_fields) for table in release.tables]
    described["resources"] += [_summary(result, summary) for summary in release.summaries]
    # The dataset's checks and its notes on cells, which the standard has no name for.
    checks = [
        {"name": check.name, **translated("title", check.title, default), "severity": check.severity}
        | {"query": f"checks/{check.name}.sql"}
        | translated("accepted", check.accepted, default)
        for check in release.checks
    ]
    described |= without_empty({"checks": checks, "notes": [_note(note, default) for note in release.notes]})
    found: dict[str, Any] = plain(described)
    return found


def _people_and_terms(catalog: Catalog, release: Release) -> dict[str, Any]:
    default, publisher = release.languages[0], catalog.publisher
    contributors = release.contributors or (replace(publisher.as_contributor, roles=("publisher",)),)
    return without_empty(
        {
            "licenses": [
                without_empty({"name": license_.name})
                | translated("title", license_.title, default)
                | without_empty({"path": license_.path})
                for license_ in release.licenses or catalog.licenses
            ],
            "sources": [
                translated("title", source.title, default)
                | without_empty({"path": source.path, "email": source.email, "version": source.version})
                for source in release.sources
            ],
            "contributors": [
                translated("title", person.title, default)
                | without_empty(
                    {
                        "path": person.path or person.identity,
                        "givenName": person.given_name,
                        "familyName": person.family_name,
                        "roles": person.roles,
                        "organization": person.organization,
                        "orcid": person.orcid,
                        "ror": person.ror,
                    }
                )
                for person in contributors
                if person.title
            ],
        }
    )


def _note(note: Note, default: str) -> dict[str, Any]:
    """A note, under the names that notes.csv has."""
    described = {"resource": note.resource, "key": note.key, "field": note.field, "kind": note.kind}
    return described | translated("note", note.text, default) | without_empty({"source": note.source})


def _table(publication: Publication, result: ReleaseResult, table: Table, labels_in_fields: bool) -> dict[str, Any]:
    default, path = result.release.languages[0], f"{table.name}.csv"
    left_out = ("profile", "schema", "dialect", "hash", "bytes", "path", "name", "type")
    return (
        {"name": table.name, "type": "table", "path": path}
        | {key: value for key, value in table.descriptor.items() if key not in left_out}
        | translated("title", table.title, default)
        | translated("description", table.description, default)
        | {"format": "csv", "mediatype": "text/csv", "encoding": table.dialect.encoding}
        | stored(result.file(path))
        | {"dialect": _DELIMITER | dialect_descriptor(table.dialect)}
        | {"schema": _table_schema(publication, result, table, labels_in_fields)}
    )


def _summary(result: ReleaseResult, summary: Summary) -> dict[str, Any]:
    """The result of a summary is a table like any other; its query is beside it."""
    found = result.summary(summary.name)
    shown, default, path = found.summary if found else summary, result.release.languages[0], f"summaries/{summary.name}"
    schema: dict[str, Any] = {"fields": [field_descriptor(field, default) for field in summary.fields]}
    schema |= without_empty({"primaryKey": summary.primary_key})
    return (
        {"name": summary.name, "type": "table", "path": f"{path}.csv"}
        | translated("title", shown.title, default)
        | translated("description", shown.description, default)
        | {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
        | stored(result.file(f"{path}.csv"))
        | {"dialect": _DELIMITER, "schema": schema, "query": f"{path}.sql"}
        | without_empty({"chart": summary.chart})
    )


def stored(file: PublishedFile | None) -> dict[str, Any]:
    """Size and hash of a file, as resources have them."""
    return {"bytes": file.bytes, "hash": f"sha256:{file.sha256}"} if file else {}


def _table_schema(
    publication: Publication, result: ReleaseResult, table: Table, labels_in_fields: bool
) -> dict[str, Any]:
    """A self-contained Table Schema; keys into other packages are apart from those within.

    https://datapackage.org/recipes/external-foreign-keys/: `package` is the address of the other descriptor.
    `jsonType`, as JSON Schema names types, is of fields with numbers that the JSON file of the table has as texts.
    """
    release, schema = result.release, table.schema
    file = result.file(f"{table.name}.json")
    json_types: dict[str, Any] = {name: "string" for _, name in file.texts} if file else {}
    json_types |= {name: ["number", "string"] for _, name in file.mixed} if file else {}
    replaced = ("$schema", "profile", "fieldsMatch", "primaryKey", "uniqueKeys", "foreignKeys")
    described: dict[str, Any] = {key: value for key, value in schema.descriptor.items() if key not in replaced}
    described["fields"] = [
        field_descriptor(field, release.languages[0]) | without_empty({"jsonType": json_types.get(field.name)})
        for field in schema.fields
    ]
    if labels_in_fields:
        described |= _with_labels(described["fields"], schema, release.languages[0])
    if schema.missing_values != ("",):
        described.setdefault("missingValues", schema.missing_values)
    inner: list[dict[str, Any]] = []
    outer: list[dict[str, Any]] = []
    for key in schema.foreign_keys:
        reference: dict[str, Any] = {"resource": key.resource, "fields": key.reference_fields}
        if key.package:
            version = dict(release.uses).get(key.package, LATEST)
            path = addresses.data_path(key.package, version, "datapackage.json")
            reference = {"package": publication.catalog.base_url + path, **reference}
        (outer if key.package else inner).append({"fields": key.fields, "reference": reference})
    keys = {"primaryKey": schema.primary_key, "uniqueKeys": schema.unique_keys}
    return described | without_empty({**keys, "foreignKeys": inner, "externalForeignKeys": outer})


def _with_labels(fields: list[dict[str, Any]], schema: Schema, default: str) -> dict[str, Any]:
    """The schema's list of missing values as texts alone, and with their labels in each field that has none of its own.

    To a reader of the standard it is the same. Some read only texts there and nothing in fields: R's frictionless 1.2
    stops at a label in the schema's list. A list with labels has nothing but mappings, as the standard asks.
    """
    if not any(field.reasons for field in schema.fields):
        return {}
    for described, field in zip(fields, schema.fields, strict=True):
        if field.reasons:
            described["missingValues"] = labels_of(field, default)
    return {"missingValues": list(schema.missing_values)} if schema.missing_values != ("",) else {}


def labels_of(field: Field, default: str) -> list[dict[str, Any]]:
    """The missing values of a field with their labels, as the standard has them."""
    return [{"value": reason.value, **translated("label", reason.label, default)} for reason in field.reasons]


def field_descriptor(field: Field, default: str) -> dict[str, Any]:
    """The field as it was written; what the model alone knows, where it was made without a descriptor."""
    if field.descriptor:
        return dict(field.descriptor)
    described: dict[str, Any] = {"name": field.name, "type": field.type}
    if field.format != "default":
        described["format"] = field.format
    described |= translated("title", field.title, default) | translated("description", field.description, default)
    described |= translated("unit", field.unit, default)
    categories = [
        {"value": category.value} | translated("label", category.label, default) for category in field.categories
    ]
    described |= without_empty(
        {"role": field.role, "bound": field.bound, "boundField": field.bound_field}
        | {"constraints": field.constraints, "categories": categories}
    )
    if field.missing_values is not None:
        described["missingValues"] = labels_of(field, default) if field.reasons else list(field.missing_values)
    return described


def dialect_descriptor(dialect: Dialect) -> dict[str, Any]:
    """The properties of a dialect that differ from the standard's defaults."""
    usual = Dialect()
    return {
        re.sub("_(.)", lambda found: found[1].upper(), name): plain(getattr(dialect, name))
        for name in _DIALECT
        if getattr(dialect, name) != getattr(usual, name)
    }
