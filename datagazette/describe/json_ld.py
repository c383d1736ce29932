"""What machines read of a dataset as JSON-LD: schema.org for search engines, Croissant for machine learning, CSV on the
Web for one CSV. The catalogue of all datasets is `dcat`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.citation import cite_release, creators, plain_citation
from datagazette.describe.datapackage import dialect_descriptor
from datagazette.describe.notation import plain, without_empty
from datagazette.describe.prose import plain_text, withdrawal_sentence
from datagazette.model.publication import Catalog, Contributor, Field, Publication, Release, Schema, Table
from datagazette.model.results import FieldProfile, ReleaseResult
from datagazette.model.text import Text

# Formats that are the same data; pictures and sums are not distributions of a dataset. Nor is the copy for Excel, whose
# mark at the start and apostrophes before formulas are data to every other program.
DISTRIBUTIONS = frozenset({"csv", "parquet", "json", "ndjson", "xlsx", "zip"})
# What Google's dataset search asks of a description, in characters.
_SHORTEST, _LONGEST = 50, 5000
_TERMS = (
    "citeAs column conformsTo data dataType examples extract field fileObject fileProperty format isLiveDataset key "
    "md5 parentField path recordSet references regex repeated replace separator source subField transform"
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
# A type is named only where the reader's own parser takes every text that our schema allows.
_CROISSANT_TYPES = {"integer": "sc:Integer", "number": "sc:Float"}
# Types whose texts are the same in Table Schema's default format and in XML Schema's; of all others they are strings.
_CSVW_TYPES = {"integer": "integer", "number": "number", "date": "date", "year": "gYear", "yearmonth": "gYearMonth"}
_CSVW_DIALECT = {"delimiter", "quoteChar", "doubleQuote", "skipInitialSpace", "header", "commentChar"}


def is_web(address: str) -> bool:
    """Whether an address is one of the web, not one of the site or of a person."""
    return address.startswith(("http://", "https://"))


def schema_org(
    publication: Publication, result: ReleaseResult, language: str, regions: Iterable[str] = (), newest: bool = True
) -> dict[str, Any]:
    """schema.org `Dataset` for the head of a dataset's or release's page. `regions` are the names of `spatial`; without
    them the codes are shown. `newest`: the page is the dataset's own, at the address without a version."""
    catalog, release = publication.catalog, result.release
    page = addresses.dataset_page(catalog, release.dataset, language)
    own = page if newest else addresses.release_page(catalog, release, language)
    publisher = Contributor(catalog.publisher.title, catalog.publisher.path)
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{own}#dataset",
        "name": release.title.get(language) or release.dataset,
        "alternateName": [value for code, value in release.title.values if code != language],
        "description": withdrawal_sentence(release, language) + _long_enough(catalog, release, language),
        "url": own,
        "identifier": addresses.release_page(catalog, release, catalog.languages[0]),
        "version": str(release.version),
        "datePublished": release.date,
        "dateModified": release.date,
        "inLanguage": list(release.languages),
        "keywords": _keywords(catalog, release, language),
        "license": _license(catalog, release),
        "isAccessibleForFree": True,
        **_withdrawal(release, language, ""),
        "creator": [_organization(creator, language) for creator in creators(release) or [publisher]],
        "publisher": _organization(publisher, language),
        "citation": plain_citation(cite_release(catalog, release, language)),
        "temporalCoverage": release.temporal,
        "spatialCoverage": [{"@type": "Place", "name": name} for name in tuple(regions) or release.spatial],
        "isBasedOn": [source.path for source in release.sources if is_web(source.path)],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": catalog.title.get(language)}
        | {"url": addresses.page(catalog, addresses.CATALOGUE, language)},
        "variableMeasured": _variables(result, language),
        "distribution": _distributions(catalog, result),
    }
    found: dict[str, Any] = plain(without_empty(described))
    return found


def _withdrawal(release: Release, language: str, prefix: str) -> dict[str, Any]:
    """That a release should not be used, since when and why, in the terms of schema.org."""
    gone = release.withdrawal
    if gone is None:
        return {}
    said = {"creativeWorkStatus": "Withdrawn", "expires": gone.date.isoformat()}
    said |= {"correction": gone.reason.get(language)}
    return {f"{prefix}{term}": value for term, value in said.items()}


def _distributions(catalog: Catalog, result: ReleaseResult) -> list[dict[str, Any]]:
    return [
        {
            "@type": "DataDownload",
            "name": file.path,
            "contentUrl": addresses.data_file(catalog, result.release, file.path),
            "encodingFormat": file.media_type,
            "contentSize": f"{file.bytes} B",
            "sha256": file.sha256,
        }
        for file in result.files
        if file.kind in DISTRIBUTIONS
    ]


def _license(catalog: Catalog, release: Release) -> str:
    return next((license_.path or license_.name for license_ in release.licenses or catalog.licenses), "")


def _long_enough(catalog: Catalog, release: Release, language: str) -> str:
    """The description; where it is too short for a search engine, what is known of the dataset besides."""
    described = plain_text(release.description.get(language))
    more = (
        release.title.get(language),
        *(table.title.get(language) for table in release.tables),
        *(summary.title.get(language) for summary in release.summaries),
        catalog.title.get(language),
        plain_text(catalog.description.get(language)),
    )
    for addition in more:
        if len(described) >= _SHORTEST:
            break
        described = " ".join(filter(None, (described, addition)))
    return described[:_LONGEST]


def _keywords(catalog: Catalog, release: Release, language: str) -> list[str]:
    """The dataset's own; else its themes, and its title, since search engines ask for at least one."""
    own = release.keywords.get(language) or release.keywords.get(release.languages[0])
    themes = (theme.title.get(language) for name in release.themes if (theme := catalog.theme(name)))
    return list(own or themes) or [release.title.get(language)]


def _organization(named: Contributor, language: str) -> dict[str, Any]:
    url = {"url": named.path} if is_web(named.path) else {}
    return {"@type": "Organization", "name": named.title.get(language)} | url


def _variables(result: ReleaseResult, language: str) -> list[dict[str, Any]]:
    """The columns, of each table in turn, each name once."""
    profiles = {profile.field.name: profile for table in reversed(result.tables) for profile in table.profiles}
    named = dict.fromkeys(field.name for table in result.release.tables for field in table.schema.fields)
    return [_variable(profiles[name], language) for name in named if name in profiles]


def _variable(profile: FieldProfile, language: str) -> dict[str, Any]:
    field = profile.field
    described: dict[str, Any] = {
        "@type": "PropertyValue",
        "name": field.title.get(language) or field.name,
        "propertyID": field.name,
        "description": plain_text(field.description.get(language)),
        "unitText": field.unit.get(language),
    }
    if field.type in ("integer", "number") and profile.minimum is not None:
        described |= {"minValue": profile.minimum, "maxValue": profile.maximum}
    return {key: value for key, value in described.items() if value not in ("", None)}


def croissant(publication: Publication, result: ReleaseResult) -> dict[str, Any]:
    """Croissant 1.1 (http://mlcommons.org/croissant/1.1) of one release: each CSV a file object with its SHA-256, each
    table a record set."""
    catalog, release = publication.catalog, result.release
    language = release.languages[0]
    publisher = {"@type": "sc:Organization", "name": catalog.publisher.title.get(language)}
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
        "license": _license(catalog, release),
        "keywords": list(release.keywords.get(language, ())),
        "creator": publisher,
        "publisher": publisher,
        "citeAs": plain_citation(cite_release(catalog, release, language)),
        "inLanguage": list(release.languages),
    }
    described = without_empty(described)
    described["distribution"] = [_file_object(catalog, result, table, language) for table in release.tables]
    described["recordSet"] = [_record_set(table, language) for table in release.tables]
    found: dict[str, Any] = plain(described)
    return found


def _file_object(catalog: Catalog, result: ReleaseResult, table: Table, language: str) -> dict[str, Any]:
    path = f"{table.name}.csv"
    stored = result.file(path)
    described = {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "description": table.title.get(language),
        "contentUrl": addresses.data_file(catalog, result.release, path),
        "encodingFormat": "text/csv",
        "contentSize": f"{stored.bytes} B" if stored else "",
        "sha256": stored.sha256 if stored else "",
    }
    return without_empty(described)


def _record_set(table: Table, language: str) -> dict[str, Any]:
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
                "dataType": _croissant_type(field, table),
                "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": field.name}},
            }
        )
        for field in table.schema.fields
    ]
    return without_empty(described) | {"field": fields}


def _croissant_type(field: Field, table: Table) -> str:
    """Texts, unless every cell is a plain number: a blank cell is none, and a reader would fail on it."""
    usual = field.missing_values in (None, ()) and table.schema.missing_values in (("",), ())
    plain_numbers = field.descriptor.keys().isdisjoint(("groupChar", "decimalChar", "bareNumber"))
    return _CROISSANT_TYPES.get(field.type, "sc:Text") if usual and plain_numbers and field.required else "sc:Text"


def csvw(publication: Publication, release: Release, table: Table) -> dict[str, Any]:
    """What `<resource>.csv-metadata.json` says; `url` is relative to it.

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
        **_withdrawal(release, release.languages[0], "schema:"),
    }
    found: dict[str, Any] = plain(without_empty(described) | {"tableSchema": _csvw_schema(table.schema)})
    return found


def _csvw_dialect(table: Table) -> dict[str, Any]:
    described = {key: value for key, value in dialect_descriptor(table.dialect).items() if key in _CSVW_DIALECT}
    if "commentChar" in described:
        described["commentPrefix"] = described.pop("commentChar")
    if table.dialect.encoding.lower().replace("-", "") != "utf8":
        described["encoding"] = table.dialect.encoding
    return described


def _csvw_schema(schema: Schema) -> dict[str, Any]:
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
            "datatype": _csvw_type(field),
            "null": missing if missing != [""] else "",
            "required": field.required,
        }
        columns.append(without_empty(described))
    key = [names.get(name) or _csvw_name(name, 0) for name in schema.primary_key]
    return {"columns": columns} | ({"primaryKey": key} if key else {})


def _csvw_name(name: str, number: int) -> str:
    """A column's name goes into URI templates, so only letters, digits and `_` are kept as they are."""
    letters = name.replace("_", "")
    return name if letters.isascii() and letters.isalnum() and not name.startswith("_") else f"column.{number}"


def _csvw_type(field: Field) -> str:
    """The XML Schema type where the texts agree, else `string`: the schema in datapackage.json says more.

    Numbers agree that are written without thousands separators, other decimal characters, or units around them.
    """
    asked = field.descriptor
    if field.type == "boolean":
        yes = asked.get("trueValues", ("true", "True", "TRUE", "1"))
        no = asked.get("falseValues", ("false", "False", "FALSE", "0"))
        return "boolean" if {tuple(yes), tuple(no)} <= {("true",), ("false",)} else "string"
    is_bare = asked.get("decimalChar", ".") == "." and asked.get("bareNumber", True) is True
    is_usual = field.format in ("default", "") and is_bare and not asked.get("groupChar")
    return _CSVW_TYPES.get(field.type, "string") if is_usual else "string"


def _in_languages(text: Text) -> list[dict[str, str]]:
    return [{"@value": value, "@language": language} for language, value in text.values if value]
