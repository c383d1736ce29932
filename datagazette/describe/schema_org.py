"""What search engines read in the head of a page as JSON-LD: schema.org's `Dataset` and `DataCatalog`.

A dataset has one `@id` in all languages, and the catalogue has that of `catalog.jsonld`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.citation import cite_release, creators, plain_citation
from datagazette.describe.json_ld import DISTRIBUTIONS, agent, is_web, license_address, withdrawal_terms
from datagazette.describe.notation import filled, is_number, plain, without_empty
from datagazette.describe.prose import plain_text, withdrawal_sentence
from datagazette.model.identifiers import Identifier
from datagazette.model.publication import Catalog, Publication, Release
from datagazette.model.resource import Field
from datagazette.model.results import FieldProfile, ReleaseResult, TableResult
from datagazette.model.text import Text
from datagazette.model.text import plain as text_in_all

# The kinds of identifiers that identifiers.org knows.
_REGISTERED = {
    "DOI": "https://registry.identifiers.org/registry/doi",
    "Handle": "https://registry.identifiers.org/registry/hdl",
}
# What Google's dataset search asks of a description, in characters.
_SHORTEST, _LONGEST = 50, 5000


def schema_org(
    publication: Publication, result: ReleaseResult, language: str, regions: Iterable[str] = (), newest: bool = True
) -> dict[str, Any]:
    """schema.org `Dataset` for the head of a dataset's or release's page. `regions` are the names of `spatial`; without
    them the codes are shown. `newest`: the page is the dataset's own, at the address without a version."""
    catalog, release = publication.catalog, result.release
    publisher = catalog.publisher.as_contributor
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": _identity(catalog, release, newest),
        "name": release.title.get(language) or release.dataset,
        "alternateName": [value for code, value in release.title.values if code != language],
        "description": withdrawal_sentence(release, language) + _long_enough(catalog, result, language),
        "url": _page(catalog, release, language, newest),
        "sameAs": _other_addresses(catalog, release),
        "identifier": _identifiers(release.identifiers, addresses.release_page(catalog, release, catalog.languages[0])),
        "version": str(release.version),
        "datePublished": release.date,
        "dateModified": release.date,
        "inLanguage": list(release.languages),
        "keywords": _keywords(catalog, release, language),
        "license": license_address(catalog, release),
        "isAccessibleForFree": True,
        **withdrawal_terms(release, language),
        "creator": [agent(creator, language) for creator in creators(release) or [publisher]],
        "publisher": agent(publisher, language) | _logo(catalog, language),
        "citation": plain_citation(cite_release(catalog, release, language)),
        "temporalCoverage": release.temporal,
        "spatialCoverage": [{"@type": "Place", "name": name} for name in tuple(regions) or release.spatial],
        "isBasedOn": [source.path for source in release.sources if is_web(source.path)],
        "includedInDataCatalog": _catalog(catalog, language),
        "variableMeasured": _variables(result, language),
        "distribution": _distributions(catalog, result),
    }
    found: dict[str, Any] = plain(without_empty(described))
    return found


def data_catalog(catalog: Catalog, listed: Iterable[ReleaseResult], language: str) -> dict[str, Any]:
    """schema.org `DataCatalog` for the head of the home page and of the list of datasets. `listed` are the newest
    releases of the datasets that the page is to name."""
    described = {
        "@context": "https://schema.org/",
        **_catalog(catalog, language),
        "description": plain_text(catalog.description.get(language)),
        "identifier": _identifiers(catalog.identifiers),
        "publisher": agent(catalog.publisher.as_contributor, language) | _logo(catalog, language),
        "license": next((license_.path or license_.name for license_ in catalog.licenses), ""),
        "inLanguage": list(catalog.languages),
        "dataset": [
            {
                "@type": "Dataset",
                "@id": _identity(catalog, result.release, newest=True),
                "name": result.release.title.get(language) or result.release.dataset,
                "description": _long_enough(catalog, result, language),
                "url": _page(catalog, result.release, language, newest=True),
                "license": license_address(catalog, result.release),
            }
            for result in listed
        ],
    }
    found: dict[str, Any] = plain(without_empty(described))
    return found


def _catalog(catalog: Catalog, language: str) -> dict[str, Any]:
    url = addresses.page(catalog, addresses.CATALOGUE, language)
    return {"@type": "DataCatalog", "@id": catalog.base_url, "name": catalog.title.get(language), "url": url}


def _page(catalog: Catalog, release: Release, language: str, newest: bool) -> str:
    if newest:
        return addresses.dataset_page(catalog, release.dataset, language)
    return addresses.release_page(catalog, release, language)


def _identity(catalog: Catalog, release: Release, newest: bool) -> str:
    return f"{_page(catalog, release, catalog.languages[0], newest)}#dataset"


def _other_addresses(catalog: Catalog, release: Release) -> list[str]:
    """Where else the dataset is: at its identifiers, and what its descriptor has as `id` or `homepage`, outside of the
    site."""
    named = [identifier.address for identifier in release.identifiers]
    named += [str(release.descriptor.get(key, "")) for key in ("id", "homepage")]
    return list(dict.fromkeys(each for each in named if is_web(each) and not each.startswith(catalog.base_url)))


def _identifiers(identifiers: Sequence[Identifier], address: str = "") -> str | list[str | dict[str, str]]:
    """The address of a page, and each identifier as a `PropertyValue`, as Science on Schema.org has them."""
    named: list[str | dict[str, str]] = [
        {
            "@type": "PropertyValue",
            "@id": identifier.address,
            "propertyID": _REGISTERED.get(identifier.type, identifier.type),
            "value": f"{identifier.type.lower()}:{identifier.value}",
            "url": identifier.address,
        }
        for identifier in identifiers
    ]
    return [address, *named] if named and address else named or address


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


def _long_enough(catalog: Catalog, result: ReleaseResult, language: str) -> str:
    """The description; where it is too short for a search engine, what is known of the dataset besides."""
    release = result.release
    described = plain_text(release.description.get(language))
    more = (
        release.title.get(language),
        *(table.title.get(language) for table in release.tables),
        # Without a row there are no figures for the places in a title.
        *(filled(found).summary.title.get(language) for found in result.summaries if found.rows),
        catalog.title.get(language),
        plain_text(catalog.description.get(language)),
        catalog.publisher.title.get(language),
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


def _logo(catalog: Catalog, language: str) -> dict[str, Any]:
    if catalog.brand.logo is None:
        return {}
    url = catalog.base_url + addresses.logo_path(catalog.brand.logo)
    return {"logo": {"@type": "ImageObject", "url": url, "caption": catalog.title.get(language)}}


def _variables(result: ReleaseResult, language: str) -> list[dict[str, Any]]:
    """The columns of all tables, each name once."""
    named: dict[str, list[tuple[FieldProfile, Text | None]]] = {}
    for found in result.tables:
        for profile in found.profiles:
            named.setdefault(profile.field.name, []).append((profile, _unit(found, profile.field)))
    return [_variable(name, columns, language) for name, columns in named.items()]


def _unit(found: TableResult, field: Field) -> Text | None:
    """The unit of a column, or the one that each row of it has beside it; None where rows have several."""
    beside = found.table.schema.with_role("unit") if field.role == "value" and not field.unit else None
    profile = next((each for each in found.profiles if each.field == beside), None)
    if beside is None or profile is None:
        return field.unit
    if profile.distinct != 1 or profile.missing:
        return None
    code = profile.top[0][0]
    category = beside.category(code)
    return category.label if category and category.label else text_in_all(str(code))


def _variable(name: str, columns: Sequence[tuple[FieldProfile, Text | None]], language: str) -> dict[str, Any]:
    """A name in all the tables that have it. Its range is that of all of them, and is left out, as the unit is, where
    they do not agree on what is counted."""
    fields = [profile.field for profile, _ in columns]
    titles = {field.title.get(language) or name for field in fields}
    about = dict.fromkeys(plain_text(field.description.get(language)) for field in fields)
    units = {unit for _, unit in columns}
    unit = units.pop() if len(units) == 1 else None
    described: dict[str, Any] = {
        "@type": "PropertyValue",
        "name": titles.pop() if len(titles) == 1 else name,
        "propertyID": name,
        "description": " ".join(filter(None, about)),
        "unitText": unit.get(language) if unit else "",
    }
    ends = [end for profile, _ in columns for end in (profile.minimum, profile.maximum) if is_number(end)]
    if unit is not None and ends and {field.type for field in fields} in ({"integer"}, {"number"}):
        described |= {"minValue": min(ends), "maxValue": max(ends)}
    return {key: value for key, value in described.items() if value not in ("", None)}
