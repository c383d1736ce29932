"""What machines read of a release as JSON-LD: Croissant for machine learning, CSV on the Web for one CSV. What search
engines read is `schema_org`, the catalogue of all datasets `dcat`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.citation import cite_release, creators, plain_citation
from datagazette.describe.datapackage import dialect_descriptor
from datagazette.describe.notation import plain, without_empty
from datagazette.describe.prose import withdrawal_sentence
from datagazette.describe.xml_schema import schema_type
from datagazette.model.formats import LARGE_ROWS
from datagazette.model.publication import Catalog, Contributor, Publication, Release
from datagazette.model.resource import Schema, Table
from datagazette.model.results import ReleaseResult
from datagazette.model.text import Text

# Formats that are the same data; pictures and sums are not distributions of a dataset. Nor is the copy for Excel, whose
# mark at the start and apostrophes before formulas are data to every other program.
DISTRIBUTIONS = frozenset({"csv", "parquet", "json", "ndjson", "xlsx", "zip"})
_TERMS = (
    "citeAs column conformsTo data dataType examples extract field fileObject fileProperty format isLiveDataset "
    "jsonPath key md5 parentField path recordSet references regex repeated replace separator source subField transform"
)
# The context that the standard asks for, word for word.
_CROISSANT: dict[str, Any] = {
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    **{term: f"cr:{term}" for term in _TERMS.split()},
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}
# The media type of Parquet is not the registered one: mlcroissant 1.1.1 accepts that, and then fails to read the file.
_FILE_OBJECTS = {"csv": "text/csv", "json": "application/json", "parquet": "application/x-parquet"}
_UNQUOTED = re.compile(r"['\\\\]")  # a path in quotes may not hold these
_CROISSANT_TYPES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "sc:Integer"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "sc:Float"),
    "BOOLEAN": "sc:Boolean",
    "DATE": "sc:Date",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"), "sc:DateTime"),
    "TIME": "sc:Time",
}
_CSVW_DIALECT = {"delimiter", "quoteChar", "doubleQuote", "skipInitialSpace", "header", "commentChar"}

# DuckDB's type of each column, by the names of table and column.
Types = Mapping[str, Mapping[str, str]]


def is_web(address: str) -> bool:
    """Whether an address is one of the web, not one of the site or of a person."""
    return address.startswith(("http://", "https://"))


def withdrawal_terms(release: Release, language: str, prefix: str = "") -> dict[str, Any]:
    """That a release should not be used or was removed, since when and why, in the terms of schema.org."""
    gone = release.removal or release.withdrawal
    if gone is None:
        return {}
    status = "Removed" if release.removal else "Withdrawn"
    said = {"creativeWorkStatus": status, "expires": gone.date.isoformat()}
    said |= {"correction": gone.reason.get(language)}
    return {f"{prefix}{term}": value for term, value in said.items()}


def agent(named: Contributor, language: str, prefix: str = "") -> dict[str, Any]:
    """A person or an organisation in the terms of schema.org; `sameAs` is the ORCID or the ROR."""
    described = {
        "@type": f"{prefix}{'Person' if named.is_person else 'Organization'}",
        "@id": named.identity,
        "name": named.title.get(language),
        "url": named.path if is_web(named.path) else "",
        "sameAs": named.identity,
    }
    return without_empty(described)


def license_address(catalog: Catalog, release: Release) -> str:
    """Where the terms of a release are; their name where they have no address."""
    return next((license_.path or license_.name for license_ in release.licenses or catalog.licenses), "")


def croissant(publication: Publication, result: ReleaseResult, types: Types) -> dict[str, Any]:
    """Croissant 1.1 (http://mlcommons.org/croissant/1.1) of one release: each file of a table a file object with its
    SHA-256, each table a record set. `types` are those of the Parquet files."""
    catalog, release = publication.catalog, result.release
    language = release.languages[0]
    publisher = agent(replace(catalog.publisher.as_contributor, path=""), language, "sc:")
    people = [person for person in creators(release) if person.title]
    is_known = any(person.identity for person in people)
    described: dict[str, Any] = {
        "@context": {"@language": language} | _CROISSANT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": release.dataset,
        "alternateName": release.title.get(language),
        "description": withdrawal_sentence(release, language)
        + (release.description.get(language) or release.title.get(language)),
        "url": addresses.release_page(catalog, release, language),
        "version": str(release.version),
        "datePublished": release.date,
        "license": license_address(catalog, release),
        "keywords": list(release.keywords.get(language, ())),
        "creator": [agent(person, language, "sc:") for person in people] if is_known else publisher,
        "publisher": publisher,
        "sameAs": [identifier.address for identifier in release.identifiers],
        "citeAs": plain_citation(cite_release(catalog, release, language)),
        "inLanguage": list(release.languages),
    }
    described = without_empty(described)
    described["distribution"] = [
        _file_object(catalog, result, table, ending, language)
        for table in release.tables
        for ending in _FILE_OBJECTS
        if result.file(f"{table.name}.{ending}")
    ]
    described["recordSet"] = [
        _record_set(result, table, types.get(table.name, {}), language) for table in release.tables
    ]
    found: dict[str, Any] = plain(described)
    return found


def _file_object(catalog: Catalog, result: ReleaseResult, table: Table, ending: str, language: str) -> dict[str, Any]:
    path = f"{table.name}.{ending}"
    stored = result.file(path)
    described = {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "description": table.title.get(language),
        "contentUrl": addresses.data_file(catalog, result.release, path),
        "encodingFormat": _FILE_OBJECTS[ending],
        "contentSize": f"{stored.bytes} B" if stored else "",
        "sha256": stored.sha256 if stored else "",
    }
    return without_empty(described)


def _record_set(result: ReleaseResult, table: Table, types: Mapping[str, str], language: str) -> dict[str, Any]:
    paths = _json_paths(result, table)
    texts = {field for file in result.files if file.kind == "json" for name, field in file.texts if name == table.name}
    # An identifier is part of an address; a field may be called anything.
    local = {
        field.name: field.name if field.name.isidentifier() and field.name.isascii() else f"column-{number}"
        for number, field in enumerate(table.schema.fields, 1)
    }
    keys = [{"@id": f"{table.name}/{local[name]}"} for name in table.schema.primary_key if name in local]
    described = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description.get(language) or table.title.get(language),
        "key": keys if len(keys) > 1 else next(iter(keys), None),
    }
    fields = [
        without_empty(
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{local[field.name]}",
                "name": local[field.name],
                "description": field.description.get(language) or field.title.get(language),
                "dataType": _croissant_type("" if paths and field.name in texts else types.get(field.name, "")),
                "source": {
                    "fileObject": {"@id": f"{table.name}.{'json' if paths else 'parquet'}"},
                    "extract": {"jsonPath": paths[field.name]} if paths else {"column": field.name},
                },
            }
        )
        for field in table.schema.fields
    ]
    return without_empty(described) | {"field": fields}


def _json_paths(result: ReleaseResult, table: Table) -> dict[str, str]:
    """Where each field is in the table's JSON; empty where it is read from Parquet.

    From a CSV, mlcroissant makes numbers of codes, 1 of 001, and for Parquet it needs another package. Parquet is left
    for what JSON has in another form, and for large tables, of which a program would hold all of the JSON in memory.
    """
    file = result.file(f"{table.name}.json")
    names = [field.name for field in table.schema.fields]
    if (
        file is None
        or file.mixed
        or ((found := result.table(table.name)) and found.rows >= LARGE_ROWS)
        or any(_UNQUOTED.search(each) for each in names)
    ):
        return {}
    return {name: f"$[*].'{name}'" for name in names}


def _croissant_type(held: str) -> str:
    """The data type for a type of DuckDB; a decimal without places is a whole number."""
    kind, _, places = held.partition("(")
    if kind == "DECIMAL":
        return "sc:Integer" if places.endswith(",0)") else "sc:Float"
    return _CROISSANT_TYPES.get(kind, "sc:Text")


def csvw(publication: Publication, release: Release, table: Table, held: Mapping[str, str]) -> dict[str, Any]:
    """What `<resource>.csv-metadata.json` says; `url` is relative to it. `held` are the types that the file has, see
    `xml_schema`.

    CSV on the Web, https://www.w3.org/TR/tabular-metadata/
    """
    catalog = publication.catalog
    paths = (license_.path for license_ in release.licenses or catalog.licenses if license_.path)
    described: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": release.languages[0]}],
        "url": f"{table.name}.csv",
        "dc:title": _in_languages(table.title or release.title),
        "dc:license": next(paths, ""),
        "dc:source": addresses.dataset_page(catalog, release.dataset, catalog.languages[0]),
        "dc:description": _in_languages(table.description or release.description),
        "dialect": _csvw_dialect(table),
        **withdrawal_terms(release, release.languages[0], "schema:"),
    }
    found: dict[str, Any] = plain(without_empty(described) | {"tableSchema": _csvw_schema(table.schema, held)})
    return found


def _csvw_dialect(table: Table) -> dict[str, Any]:
    described = {key: value for key, value in dialect_descriptor(table.dialect).items() if key in _CSVW_DIALECT}
    if "commentChar" in described:
        described["commentPrefix"] = described.pop("commentChar")
    if table.dialect.encoding.lower().replace("-", "") != "utf8":
        described["encoding"] = table.dialect.encoding
    return described


def _csvw_schema(schema: Schema, held: Mapping[str, str]) -> dict[str, Any]:
    names: dict[str, str] = {}
    columns = []
    for number, field in enumerate(schema.fields, 1):
        names[field.name] = _csvw_name(field.name, number)
        missing = list(schema.missing_values if field.missing_values is None else field.missing_values)
        described: dict[str, Any] = {
            "name": names[field.name],
            "titles": field.name,  # the header cell: a reader compares it with the file
            "dc:title": _in_languages(field.title),
            "dc:description": _in_languages(field.description),
            "datatype": schema_type(field) or held.get(field.name, "string"),
            # Programs that write such a table again put the first of them into every empty cell.
            "null": sorted(missing, key=bool) if missing != [""] else "",
            "required": field.required,
        }
        columns.append(without_empty(described))
    key = [names.get(name) or _csvw_name(name, 0) for name in schema.primary_key]
    return {"columns": columns} | ({"primaryKey": key} if key else {})


def _csvw_name(name: str, number: int) -> str:
    """A column's name goes into URI templates, so only letters, digits and `_` are kept as they are."""
    letters = name.replace("_", "")
    return name if letters.isascii() and letters.isalnum() and not name.startswith("_") else f"column.{number}"


def _in_languages(text: Text) -> list[dict[str, str]]:
    return [{"@value": value, "@language": language} for language, value in text.values if value]
