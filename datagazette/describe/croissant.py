"""Croissant 1.1: what machine-learning tools read a dataset by (http://mlcommons.org/croissant/1.1)."""

from __future__ import annotations

from typing import Any

from datagazette.describe import addresses
from datagazette.describe.citation import cite_release, plain_citation
from datagazette.describe.values import plain
from datagazette.model.publication import Field, Publication, Table
from datagazette.model.results import ReleaseResult

_CONTEXT: dict[str, Any] = {
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "format": "cr:format",
    "isLiveDataset": "cr:isLiveDataset",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
# A type is named only where the reader's own parser takes every text that our schema allows.
_TYPES = {"integer": "sc:Integer", "number": "sc:Float"}


def croissant(publication: Publication, result: ReleaseResult) -> dict[str, Any]:
    """The description of one release: each CSV a file object with its SHA-256, each table a record set."""
    catalog, release = publication.catalog, result.release
    language = release.languages[0]
    described: dict[str, Any] = {
        "@context": {"@language": language} | _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": release.dataset,
        "alternateName": release.title.get(language),
        "description": release.description.get(language) or release.title.get(language),
        "url": addresses.release_page(catalog, release, language),
        "version": str(release.version),
        "datePublished": release.date.isoformat() if release.date else "",
        "license": next((license_.path or license_.name for license_ in release.licenses or catalog.licenses), ""),
        "keywords": list(release.keywords.get(language, ())),
        "creator": {"@type": "sc:Organization", "name": catalog.publisher.title.get(language)},
        "publisher": {"@type": "sc:Organization", "name": catalog.publisher.title.get(language)},
        "citeAs": plain_citation(cite_release(catalog, release, language)),
        "inLanguage": list(release.languages),
    }
    described = {key: value for key, value in described.items() if value}
    described["distribution"] = [_file(publication, result, table) for table in release.tables]
    described["recordSet"] = [_record_set(table, language) for table in release.tables]
    return {key: plain(value) for key, value in described.items()}


def _file(publication: Publication, result: ReleaseResult, table: Table) -> dict[str, Any]:
    path = f"{table.name}.csv"
    stored = result.file(path)
    described = {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "description": table.title.get(result.release.languages[0]),
        "contentUrl": addresses.data_file(publication.catalog, result.release, path),
        "encodingFormat": "text/csv",
        "contentSize": f"{stored.bytes} B" if stored else "",
        "sha256": stored.sha256 if stored else "",
    }
    return {key: value for key, value in described.items() if value}


def _record_set(table: Table, language: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description.get(language) or table.title.get(language),
    }
    described = {key: value for key, value in described.items() if value}
    ids = {one.name: f"{table.name}/{_local(one.name, number)}" for number, one in enumerate(table.schema.fields, 1)}
    keys = [{"@id": ids[name]} for name in table.schema.primary_key if name in ids]
    if keys:
        described["key"] = keys if len(keys) > 1 else keys[0]
    described["field"] = [_field(table, field, ids[field.name], language) for field in table.schema.fields]
    return described


def _field(table: Table, field: Field, identifier: str, language: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": identifier,
        "name": identifier.partition("/")[2],
        "description": field.description.get(language) or field.title.get(language),
        "dataType": _type(field, table),
        "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": field.name}},
    }
    return {key: value for key, value in described.items() if value}


def _type(field: Field, table: Table) -> str:
    """Texts, unless every cell is a plain number: a blank cell is none, and a reader would stumble over it."""
    usual = field.missing_values in (None, ()) and table.schema.missing_values in (("",), ())
    plain_numbers = not any(key in field.descriptor for key in ("groupChar", "decimalChar", "bareNumber"))
    return _TYPES.get(field.type, "sc:Text") if usual and plain_numbers and field.required else "sc:Text"


def _local(name: str, number: int) -> str:
    """An identifier is part of an address; a field may be called anything."""
    return name if name.isidentifier() and name.isascii() else f"column-{number}"
