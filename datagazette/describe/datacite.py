"""`datacite.json`: what DataCite asks of whoever registers a DOI, in its JSON form of the Metadata Schema 4.6.

https://schema.datacite.org/meta/kernel-4.6/ A release that has no DOI yet is described all the same: with this file one
can be had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.citation import creators
from datagazette.describe.notation import plain, without_empty
from datagazette.describe.prose import plain_text
from datagazette.model.identifiers import ORCID, ROR, Identifier, kind_of, read_identifier, value_of
from datagazette.model.publication import Catalog, Contributor, Publication, Release
from datagazette.model.results import ReleaseResult
from datagazette.model.text import Text

SCHEMA = "http://datacite.org/schema/kernel-4"
_DATA = frozenset({"csv", "parquet", "json", "ndjson", "xlsx", "zip"})
# DataCite's `contributorType`, which the standard of Data Packages recommends for roles, in small letters.
_ROLES = (
    "ContactPerson DataCollector DataCurator DataManager Distributor Editor HostingInstitution Producer ProjectLeader "
    "ProjectManager ProjectMember RegistrationAgency RegistrationAuthority RelatedPerson Researcher ResearchGroup "
    "RightsHolder Sponsor Supervisor Translator WorkPackageLeader Other"
)
_ROLE = {role.lower(): role for role in _ROLES.split()} | {"contact": "ContactPerson", "maintainer": "DataManager"}
_SPDX = re.compile(r"[A-Za-z0-9.+-]+")


def datacite(publication: Publication, result: ReleaseResult) -> dict[str, Any]:
    """The description of one release, titles and descriptions in all its languages."""
    catalog, release = publication.catalog, result.release
    doi, language = value_of(release.identifiers, "DOI"), release.languages[0]
    page = addresses.release_page(catalog, release, catalog.languages[0])
    made = [person for person in creators(release) if person.title] or [catalog.publisher.as_contributor]
    others = [("URL", page), *((each.type, each.value) for each in release.identifiers if each.value != doi)]
    described: dict[str, Any] = {
        "doi": doi,
        "url": page,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        "creators": [_agent(person, language) for person in made],
        "titles": _texts("title", release.title or Text(((language, release.dataset),))),
        "publisher": _publisher(catalog, language),
        "publicationYear": str(release.date.year) if release.date else "",
        "subjects": [{"subject": word, "lang": code} for code, words in release.keywords.items() for word in words],
        "contributors": list(_contributors(release, made, language)),
        "dates": list(_dates(release)),
        "language": language,
        "alternateIdentifiers": [
            {"alternateIdentifier": value, "alternateIdentifierType": kind} for kind, value in others
        ],
        "relatedIdentifiers": list(_related(catalog, release)),
        "sizes": [f"{table.rows} rows" for table in result.tables],
        "formats": list(dict.fromkeys(file.media_type for file in result.files if file.kind in _DATA)),
        "version": str(release.version),
        "rightsList": list(_rights(catalog, release, language)),
        "descriptions": [
            {**text, "descriptionType": "Abstract"} for text in _texts("description", release.description)
        ],
        "schemaVersion": SCHEMA,
    }
    found: dict[str, Any] = plain(without_empty(described))
    return found


def _texts(key: str, text: Text) -> list[dict[str, str]]:
    """The text in each language without markup, the first language of the release first."""
    return [{key: plain_text(value), "lang": language} for language, value in text.values if value]


def _agent(person: Contributor, language: str) -> dict[str, Any]:
    identifiers = [
        {"nameIdentifier": person.identity, "nameIdentifierScheme": scheme, "schemeUri": site.rstrip("/")}
        for scheme, site, value in (("ORCID", ORCID, person.orcid), ("ROR", ROR, person.ror))
        if value and person.identity.startswith(site)
    ]
    return without_empty(
        {
            "name": person.title.get(language),
            "nameType": "Personal" if person.is_person else "Organizational",
            "givenName": person.given_name,
            "familyName": person.family_name,
            "affiliation": [{"name": person.organization}] if person.organization else [],
            "nameIdentifiers": identifiers,
        }
    )


def _contributors(release: Release, made: Sequence[Contributor], language: str) -> Iterator[dict[str, Any]]:
    """The others by their first role: a person cannot be listed twice."""
    for person in release.contributors:
        if person.title and person not in made:
            yield _agent(person, language) | {"contributorType": _ROLE.get(person.roles[0].lower(), "Other")}


def _publisher(catalog: Catalog, language: str) -> dict[str, str]:
    named = {"name": catalog.publisher.title.get(language), "lang": language}
    if not catalog.publisher.ror:
        return named
    identity = catalog.publisher.as_contributor.identity
    return named | {
        "publisherIdentifier": identity,
        "publisherIdentifierScheme": "ROR",
        "schemeUri": ROR.rstrip("/"),
    }


def _dates(release: Release) -> Iterator[dict[str, str]]:
    if release.date:
        yield {"date": release.date.isoformat(), "dateType": "Issued"}
    if gone := release.withdrawal:
        reason = plain_text(gone.reason.get(release.languages[0]))
        yield {"date": gone.date.isoformat(), "dateType": "Withdrawn", "dateInformation": reason}


def _related(catalog: Catalog, release: Release) -> Iterator[dict[str, str]]:
    """The page of all versions, the descriptor, and the sources that have an identifier."""
    dataset = addresses.dataset_page(catalog, release.dataset, catalog.languages[0])
    descriptor = addresses.data_file(catalog, release, "datapackage.json")
    yield {"relatedIdentifier": dataset, "relatedIdentifierType": "URL", "relationType": "IsVersionOf"}
    yield {"relatedIdentifier": descriptor, "relatedIdentifierType": "URL", "relationType": "HasMetadata"}
    for source in release.sources:
        if known := _identifier(source.path):
            yield {
                "relatedIdentifier": known.value,
                "relatedIdentifierType": known.type,
                "relationType": "IsDerivedFrom",
            }


def _identifier(path: str) -> Identifier | None:
    kind = kind_of(path)
    return read_identifier(kind, path) if kind else None


def _rights(catalog: Catalog, release: Release, language: str) -> Iterator[dict[str, str]]:
    for license_ in release.licenses or catalog.licenses:
        known = license_.name if _SPDX.fullmatch(license_.name) else ""
        scheme = {"rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"} if known else {}
        title = license_.title.get(language) or license_.name
        yield without_empty({"rights": title, "rightsUri": license_.path, "rightsIdentifier": known, **scheme})
