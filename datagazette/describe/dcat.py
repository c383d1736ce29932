"""DCAT-AP 3 of the whole publication: JSON-LD with its context inside, and the same statements as Turtle.

https://semiceu.github.io/DCAT-AP/releases/3.0.0/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from babel.core import get_global

from datagazette.describe import addresses
from datagazette.describe.citation import creators
from datagazette.describe.json_ld import DISTRIBUTIONS, is_web
from datagazette.describe.notation import plain, without_empty
from datagazette.model.identifiers import Identifier
from datagazette.model.publication import Catalog, Contributor, License, Publication, Release
from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.model.text import Text

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_quoted = json.JSONEncoder(ensure_ascii=False).encode
_IANA = "http://www.iana.org/assignments/media-types/"
_FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
# What a kind of file is called, and its name in the list of file types, where it has one.
_FORMATS = {
    "csv": ("CSV", "CSV"),
    "parquet": ("Parquet", "PARQUET"),
    "json": ("JSON", "JSON"),
    "xlsx": ("XLSX", "XLSX"),
    "zip": ("ZIP", "ZIP"),
}
# CKAN knows a licence by the title that its own register has for the family, and not by the address of a version.
_LICENSES = {
    "CC0": "Creative Commons CCZero",
    "CC-BY": "Creative Commons Attribution",
    "CC-BY-SA": "Creative Commons Attribution Share-Alike",
    **dict.fromkeys(("CC-BY-NC", "CC-BY-NC-SA", "CC-BY-NC-ND"), "Creative Commons Non-Commercial (Any)"),
    "ODBL": "Open Data Commons Open Database License (ODbL)",
    "ODC-BY": "Open Data Commons Attribution License",
    **dict.fromkeys(("PDDL", "ODC-PDDL"), "Open Data Commons Public Domain Dedication and License (PDDL)"),
    "OGL-UK": "UK Open Government Licence (OGL)",
}
_FREQUENCIES = "http://publications.europa.eu/resource/authority/frequency/"
# fmt: off
_FREQUENCY = {
    "P1Y": "ANNUAL", "P6M": "ANNUAL_2", "P3M": "QUARTERLY", "P1M": "MONTHLY", "P1W": "WEEKLY", "P7D": "WEEKLY",
    "P1D": "DAILY", "P2Y": "BIENNIAL", "P3Y": "TRIENNIAL", "P5Y": "QUINQUENNIAL", "P10Y": "DECENNIAL", "never": "NEVER",
}
# fmt: on
# Of a dataset and of its files that should not be used: https://op.europa.eu/en/web/eu-vocabularies
_STATUS = "http://publications.europa.eu/resource/authority/{kind}-status/WITHDRAWN"
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"

Node = dict[str, Any]
# The statements of each node, by what they say.
Nodes = Mapping[str, Mapping[str, Sequence[str]]]
DATASETS = "dcat:dataset"


@dataclass(frozen=True)
class Statements:
    """A dataset in Turtle: what is said of it and its files, and of what other datasets speak of, too."""

    node: str
    own: str
    shared: Nodes


def dcat_head(catalog: Catalog, newest: Iterable[ReleaseResult]) -> Node:
    """`catalog.jsonld` without its datasets, of which `dcat_dataset` makes each. `newest` are their releases."""
    days = [result.release.date for result in newest if result.release.date]
    described: Node = {
        "@context": CONTEXT,
        "@id": catalog.base_url,
        "@type": "dcat:Catalog",
        "dct:title": _texts(catalog.title),
        "dct:description": _texts(catalog.description or catalog.title),
        "dct:publisher": _publisher(catalog),
        "adms:identifier": _identifiers(catalog.base_url, catalog.identifiers),
        "dct:language": [_language(code) for code in catalog.languages],
        "foaf:homepage": {"@id": addresses.page(catalog, "", catalog.languages[0]), "@type": "foaf:Document"},
        "dct:license": _license(catalog.licenses),
        "dcat:themeTaxonomy": _themes(catalog),
        "dct:modified": _day(max(days, default=None)),
    }
    head: Node = plain(without_empty(described))
    return head


def dcat_dataset(publication: Publication, result: ReleaseResult, regions: Mapping[str, Text]) -> Node:
    """A dataset in `catalog.jsonld`. `regions` are the names of `spatial`, as far as they are known."""
    catalog, release = publication.catalog, result.release
    first, gone = catalog.languages[0], release.removal or release.withdrawal
    page = addresses.dataset_page(catalog, release.dataset, first)
    versions = publication.dataset(release.dataset)
    issued = min((known.date for known in versions.releases if known.date), default=None) if versions else None
    successor = addresses.dataset_page(catalog, release.renamed_to, first) if release.renamed_to else ""
    described: Node = {
        "@id": f"{page}#dataset",
        "@type": "dcat:Dataset",
        "dct:title": _texts(release.title),
        "dct:description": _texts(release.description or release.title),
        "dct:identifier": release.dataset,
        "adms:identifier": _identifiers(page, release.identifiers),
        "dct:creator": [_creator(person) for person in creators(release) if person.identity],
        "dct:publisher": {"@id": _publisher(catalog)["@id"]},
        "dcat:contactPoint": _contact(catalog),
        "dcat:keyword": [_literal(keyword, code) for code, found in release.keywords.items() for keyword in found],
        "dcat:theme": [{"@id": _theme(catalog, name)} for name in release.themes if catalog.theme(name)],
        "dcat:landingPage": _landing_pages(catalog, release),
        "dct:language": [_language(code) for code in release.languages],
        "dcat:version": str(release.version),
        "adms:versionNotes": [*(_texts(gone.reason) if gone else []), *_texts(release.changes)],
        "adms:status": _status(release, "dataset"),
        "dct:issued": _day(issued),
        "dct:modified": _day(release.removal.date if release.removal else release.date),
        "dct:accrualPeriodicity": _frequency(release.update_frequency),
        "dct:temporal": _period(page, release.temporal),
        "dct:spatial": [_place(catalog, code, regions.get(code, Text())) for code in release.spatial],
        "dct:isReplacedBy": {"@id": f"{successor}#dataset"} if successor else None,
        "dcat:hasVersion": [_removed_version(catalog, each) for each in publication.removed_of(release.dataset)],
        "dct:relation": [{"@id": addresses.iri(source.path)} for source in release.sources if is_web(source.path)],
        "dcat:distribution": [
            _distribution(catalog, release, file) for file in result.files if file.kind in DISTRIBUTIONS
        ],
    }
    dataset: Node = plain(without_empty(described))
    return dataset


def _place(catalog: Catalog, code: str, name: Text) -> Node:
    described = {"@id": f"{catalog.base_url}#region-{quote(code, safe='')}", "@type": "dct:Location"}
    return described | {"dct:identifier": code, **without_empty({"skos:prefLabel": _texts(name)})}


def _removed_version(catalog: Catalog, release: Release) -> Node:
    """A release that is no longer published. It is no `dcat:Dataset`: a harvester would list it as one."""
    gone = release.removal
    described: Node = {
        "@id": addresses.release_page(catalog, release, catalog.languages[0]),
        "dcat:version": str(release.version),
        "adms:status": _status(release, "dataset"),
        "adms:versionNotes": _texts(gone.reason) if gone else [],
        "dct:modified": _day(gone.date if gone else None),
    }
    return without_empty(described)


def _distribution(catalog: Catalog, release: Release, file: PublishedFile) -> Node:
    address = addresses.data_file(catalog, release, file.path)
    media = {"@id": _IANA + file.media_type, "@type": "dct:MediaType", "rdfs:label": file.media_type}
    described: Node = {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": file.path,
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dct:license": _license(release.licenses or catalog.licenses),
        "adms:status": _status(release, "distribution"),
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@id": f"{address}#sha256",
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": f"{CONTEXT['spdx']}checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
        "dcat:packageFormat": media if file.kind == "zip" else None,
        "dcat:mediaType": media,
        "dct:format": _format(catalog, file),
    }
    return without_empty(described)


def _format(catalog: Catalog, file: PublishedFile) -> Node:
    """DCAT-AP asks for a node of the list of file types; CKAN reads its label where its first type is `dct:IMT`."""
    label, name = _FORMATS.get(file.kind, (file.kind.upper(), ""))
    address = _FILE_TYPES + name if name else f"{catalog.base_url}#format-{file.kind}"
    return {"@id": address, "@type": ["dct:IMT", "dct:MediaTypeOrExtent"], "rdfs:label": label}


def _landing_pages(catalog: Catalog, release: Release) -> list[Node]:
    return [
        {"@id": addresses.dataset_page(catalog, release.dataset, code), "@type": "foaf:Document"}
        | {"dct:language": _language(code)}
        for code in catalog.languages
    ]


def _frequency(frequency: str) -> Node | None:
    return {"@id": _FREQUENCIES + _FREQUENCY.get(frequency, "OTHER"), "@type": "dct:Frequency"} if frequency else None


def _status(release: Release, kind: str) -> Node | None:
    is_gone = release.removal or release.withdrawal
    return {"@id": _STATUS.format(kind=kind), "@type": "skos:Concept"} if is_gone else None


def _publisher(catalog: Catalog) -> Node:
    path = catalog.publisher.path
    described: Node = {
        "@id": f"{catalog.base_url}#publisher",
        "@type": "foaf:Agent",
        "foaf:name": _texts(catalog.publisher.title),
    }
    if identity := catalog.publisher.as_contributor.identity:
        described["owl:sameAs"] = {"@id": identity}
    return described | (
        {"foaf:homepage": {"@id": addresses.iri(path), "@type": "foaf:Document"}} if is_web(path) else {}
    )


def _identifiers(page: str, identifiers: Sequence[Identifier]) -> list[Node]:
    """Persistent identifiers beside the name that a dataset has in this catalogue, as DCAT-AP has them."""
    return [
        {"@id": f"{page}#{identifier.type.lower()}-{number}", "@type": "adms:Identifier"}
        | {"skos:notation": {"@value": identifier.address, "@type": "xsd:anyURI"}}
        | {"adms:schemaAgency": identifier.type}
        for number, identifier in enumerate(identifiers, 1)
    ]


def _creator(person: Contributor) -> Node:
    """Who has an address that stays: an ORCID or a ROR."""
    return {"@id": person.identity, "@type": "foaf:Agent", "foaf:name": _texts(person.title)}


def _contact(catalog: Catalog) -> Node | None:
    contact, first = catalog.contact, catalog.languages[0]
    if contact is None:
        return None
    described: Node = {"@id": f"{catalog.base_url}#contact", "@type": "vcard:Kind", "vcard:fn": _texts(contact.title)}
    if contact.email:
        described["vcard:hasEmail"] = {"@id": f"mailto:{quote(contact.email, safe='@')}"}
    if contact.path:
        path = contact.path if is_web(contact.path) else addresses.page(catalog, contact.path, first)
        described["vcard:hasURL"] = {"@id": addresses.iri(path)}
    return described


def _license(licenses: Sequence[License]) -> Node | None:
    found = next((license_ for license_ in licenses if is_web(license_.path)), None)
    if found is None:
        return None
    family = re.sub(r"-\d.*", "", found.name.upper().replace(" ", "-"))
    known = _LICENSES.get(family)
    titles = [_literal(known, "en")] if known else _texts(found.title)
    described: Node = {"@id": addresses.iri(found.path), "@type": "dct:LicenseDocument", "dct:title": titles}
    return without_empty(described)


def _themes(catalog: Catalog) -> Node | None:
    if not catalog.themes:
        return None
    scheme = f"{catalog.base_url}#themes"
    concepts = [
        {"@id": _theme(catalog, theme.name), "@type": "skos:Concept"}
        | {"skos:prefLabel": _texts(theme.title), "skos:inScheme": {"@id": scheme}}
        for theme in catalog.themes
    ]
    described = {"@id": scheme, "@type": "skos:ConceptScheme", "dct:title": _texts(catalog.title)}
    return described | {"skos:hasTopConcept": concepts}


def _theme(catalog: Catalog, name: str) -> str:
    return f"{catalog.base_url}#theme-{quote(name, safe='')}"


@cache
def _codes_of_three_letters() -> dict[str, str]:
    """`dan` for `da`: ISO 639-3 for ISO 639-1, from CLDR. Where it knows several, the wanted one is of the name in the
    language itself, as `zho` and not `chi`, and has the letters of the short one; `ara`, which is all of Arabic, comes
    before `arb`."""
    found: dict[str, list[str]] = {}
    for long, short in get_global("language_aliases").items():
        if (len(short), len(long)) == (2, 3):
            found.setdefault(short, []).append(long)
    return {short: min(known, key=partial(_strangeness, short)) for short, known in found.items()}


def _strangeness(short: str, long: str) -> tuple[bool, bool, str]:
    return (long[0] != short[0], short[1] not in long[1:], long)


def _language(code: str) -> Node:
    known = _codes_of_three_letters().get(code.partition("-")[0])
    address = _LANGUAGES + known.upper() if known else f"http://id.loc.gov/vocabulary/iso639-1/{quote(code, safe='')}"
    return {"@id": address, "@type": "dct:LinguisticSystem"}


def _period(page: str, temporal: str) -> Node | None:
    """`2020/2021`, `2021-07-01/2021-09-30`, or one of either."""
    start, slash, end = temporal.partition("/")
    period: Node = {"@id": f"{page}#period", "@type": "dct:PeriodOfTime"}
    for key, moment in (("dcat:startDate", start), ("dcat:endDate", end if slash else start)):
        for pattern, kind in ((r"\d{4}", "gYear"), (r"\d{4}-\d\d", "gYearMonth"), (r"\d{4}-\d\d-\d\d", "date")):
            if re.fullmatch(pattern, moment):
                period[key] = {"@value": moment, "@type": f"xsd:{kind}"}
    return period if len(period) > 2 else None


def _day(day: date | None) -> Node | None:
    return {"@value": day.isoformat(), "@type": "xsd:date"} if day else None


def _texts(text: Text) -> list[Node]:
    """The English one first: a harvester that asks for no language takes the first it meets."""
    values = sorted(text.values, key=lambda named: named[0] != "en")
    return [_literal(value, language) for language, value in values if value]


def in_language(node: Any, language: str) -> Any:
    """A node with the texts and pages of one language only, where it has any in that language.

    CKAN takes names and keywords of all languages together.
    """
    if isinstance(node, Mapping):
        return {key: in_language(value, language) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    own = [member for member in node if isinstance(member, Mapping) and _is_in(member, language)]
    return [in_language(member, language) for member in own or node]


def _is_in(node: Mapping[str, Any], language: str) -> bool:
    return node.get("@language") == language or node.get("dct:language") == _language(language)


def _literal(value: str, language: str) -> Node:
    return {"@value": value, "@language": language}


def turtle(head: Mapping[str, Any], datasets: Iterable[Statements]) -> str:
    """The statements of `catalog.jsonld` as Turtle. Nodes within nodes are written as nodes of their own."""
    prefixes = [f"@prefix {prefix}: <{address}> ." for prefix, address in head["@context"].items()]
    nodes: dict[str, dict[str, list[str]]] = {}
    _gather({key: value for key, value in head.items() if key != "@context"}, nodes)
    own, named = [], nodes[head["@id"]].setdefault(DATASETS, [])
    for dataset in datasets:
        named.append(dataset.node)
        own.append(dataset.own)
        for name, properties in dataset.shared.items():
            known = nodes.setdefault(name, {})
            for key, objects in properties.items():
                before = known.setdefault(key, [])
                before += [each for each in objects if each not in before]
    return "\n".join(prefixes) + "\n\n" + "\n\n".join([_written(nodes), *own]) + "\n"


def statements(catalog: Catalog, dataset: Node) -> Statements:
    """What `turtle` needs of a node that `dcat_dataset` made."""
    nodes: dict[str, dict[str, list[str]]] = {}
    node = _gather(dataset, nodes)
    places = (dataset["@id"].partition("#")[0], f"{catalog.base_url}data/{dataset['dct:identifier']}/")
    own = {name: properties for name, properties in nodes.items() if name.startswith(places)}
    shared = {name: properties for name, properties in nodes.items() if name not in own}
    return Statements(node, _written(own), shared)


def _written(nodes: Nodes) -> str:
    return "\n\n".join(
        f"<{addresses.iri(name)}>\n    "
        + " ;\n    ".join(f"{key} {', '.join(objects)}" for key, objects in properties.items())
        + " ."
        for name, properties in nodes.items()
        if properties
    )


def _gather(node: Mapping[str, Any], nodes: dict[str, dict[str, list[str]]]) -> str:
    """Files the statements of a node and of those in it; returns how it is referred to."""
    own = nodes.setdefault(node["@id"], {})
    for key, value in node.items():
        if key != "@id":
            known = own.setdefault("a" if key == "@type" else key, [])
            known += [found for found in _objects(key, value, nodes) if found not in known]
    return f"<{addresses.iri(node['@id'])}>"


def _objects(key: str, value: Any, nodes: dict[str, dict[str, list[str]]]) -> Iterator[str]:
    for member in value if isinstance(value, list) else [value]:
        if key == "@type":
            yield member
        elif isinstance(member, Mapping) and "@id" in member:
            yield _gather(member, nodes)
        elif isinstance(member, Mapping):
            quoted = _quoted(member["@value"])
            yield f"{quoted}@{member['@language']}" if "@language" in member else f"{quoted}^^{member['@type']}"
        else:
            yield _quoted(str(member))
