"""schema.org `Dataset` for the head of a dataset's or release's page: what search engines for data read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.citation import cite_release, plain_citation
from datagazette.describe.prose import plain_text
from datagazette.describe.values import plain
from datagazette.model.publication import Catalog, Contributor, Publication, Release
from datagazette.model.results import FieldProfile, ReleaseResult

# Formats that are the same data; pictures and sums are not distributions of a dataset.
_DISTRIBUTIONS = frozenset({"csv", "csv-excel", "parquet", "json", "ndjson", "xlsx", "zip"})
# What Google's dataset search asks of a description, in characters.
_SHORTEST, _LONGEST = 50, 5000


def schema_org(
    publication: Publication, result: ReleaseResult, language: str, regions: Iterable[str] = (), newest: bool = True
) -> dict[str, Any]:
    """The JSON-LD of one page. `regions` are the names of `spatial`; without them the codes are shown.

    `newest`: the page is the dataset's own, at the address without a version.
    """
    catalog, release = publication.catalog, result.release
    page = addresses.dataset_page(catalog, release.dataset, language)
    own = page if newest else addresses.release_page(catalog, release, language)
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{own}#dataset",
        "name": release.title.get(language) or release.dataset,
        "alternateName": [value for code, value in release.title.values if code != language],
        "description": long_enough(catalog, release, language),
        "url": own,
        "identifier": addresses.release_page(catalog, release, catalog.languages[0]),
        "version": str(release.version),
        "datePublished": release.date,
        "dateModified": release.date,
        "inLanguage": list(release.languages),
        "keywords": _keywords(catalog, release, language),
        "license": next((license_.path or license_.name for license_ in release.licenses or catalog.licenses), ""),
        "isAccessibleForFree": True,
        "creator": _creators(catalog, release, language),
        "publisher": _organization(catalog.publisher.title.get(language), catalog.publisher.path),
        "citation": plain_citation(cite_release(catalog, release, language)),
        "temporalCoverage": release.temporal,
        "spatialCoverage": [{"@type": "Place", "name": name} for name in tuple(regions) or release.spatial],
        "isBasedOn": [source.path for source in release.sources if source.path.startswith(("http://", "https://"))],
        "includedInDataCatalog": _catalog(catalog, language),
        "variableMeasured": _variables(result, language),
        "distribution": _distributions(catalog, result),
    }
    return {key: plain(value) for key, value in described.items() if value or value is False}


def _catalog(catalog: Catalog, language: str) -> dict[str, Any]:
    about = {"@type": "DataCatalog", "name": catalog.title.get(language)}
    return about | {"url": addresses.page(catalog, addresses.CATALOGUE, language)}


def long_enough(catalog: Catalog, release: Release, language: str) -> str:
    """The description; where it is too short for a search engine, what is known of the dataset besides."""
    said = plain_text(release.description.get(language))
    more = (
        release.title.get(language),
        *(table.title.get(language) for table in release.tables),
        *(summary.title.get(language) for summary in release.summaries),
        catalog.title.get(language),
        plain_text(catalog.description.get(language)),
    )
    for addition in more:
        if len(said) >= _SHORTEST:
            break
        said = " ".join(part for part in (said, addition) if part)
    return said[:_LONGEST]


def _keywords(catalog: Catalog, release: Release, language: str) -> list[str]:
    """The dataset's own; else its themes, and its title, since search engines ask for at least one."""
    own = release.keywords.get(language) or release.keywords.get(release.languages[0])
    themes = (theme.title.get(language) for name in release.themes if (theme := catalog.theme(name)))
    return list(own or themes) or [release.title.get(language)]


def _creators(catalog: Catalog, release: Release, language: str) -> list[dict[str, Any]]:
    found = [
        contributor for contributor in release.contributors if "creator" in contributor.roles or not contributor.roles
    ]
    if not found:
        found = [Contributor(catalog.publisher.title, catalog.publisher.path)]
    return [_organization(one.title.get(language), one.path) for one in found]


def _organization(name: str, address: str) -> dict[str, Any]:
    url = {"url": address} if address.startswith(("http://", "https://")) else {}
    return {"@type": "Organization", "name": name} | url


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
        if file.kind in _DISTRIBUTIONS
    ]
