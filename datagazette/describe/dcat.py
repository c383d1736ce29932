"""DCAT-AP 3 of the whole publication: JSON-LD with its context inside, and the same statements as Turtle.

https://semiceu.github.io/DCAT-AP/releases/3.0.0/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from datagazette.describe import addresses
from datagazette.describe.values import plain
from datagazette.model.publication import Catalog, License, Publication, Release
from datagazette.model.results import PublishedFile, ReleaseResult
from datagazette.model.text import Text

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IANA = "http://www.iana.org/assignments/media-types/"
_FREQUENCIES = "http://publications.europa.eu/resource/authority/frequency/"
_FREQUENCY = {
    "P1Y": "ANNUAL",
    "P6M": "ANNUAL_2",
    "P3M": "QUARTERLY",
    "P1M": "MONTHLY",
    "P1W": "WEEKLY",
    "P7D": "WEEKLY",
    "P1D": "DAILY",
    "P2Y": "BIENNIAL",
    "P3Y": "TRIENNIAL",
    "P5Y": "QUINQUENNIAL",
    "P10Y": "DECENNIAL",
    "never": "NEVER",
}
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
_LANGUAGE = {"zh": "ZHO", "en": "ENG", "fr": "FRA", "es": "SPA", "ar": "ARA", "ru": "RUS", "de": "DEU"}
_DISTRIBUTIONS = frozenset({"csv", "csv-excel", "parquet", "json", "ndjson", "xlsx", "zip"})

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
    described: Node = {"@context": CONTEXT, "@id": catalog.base_url, "@type": "dcat:Catalog"}
    described |= {
        "dct:title": _texts(catalog.title),
        "dct:description": _texts(catalog.description or catalog.title),
        "dct:publisher": _publisher(catalog),
        "dct:language": [_language(code) for code in catalog.languages],
        "foaf:homepage": {"@id": addresses.page(catalog, "", catalog.languages[0]), "@type": "foaf:Document"},
        "dct:license": _license(catalog.licenses),
        "dcat:themeTaxonomy": _themes(catalog),
    }
    dates = [result.release.date for result in newest if result.release.date]
    if dates:
        described["dct:modified"] = _date(max(dates).isoformat())
    head: Node = plain({key: value for key, value in described.items() if value})
    return head


def turtle(head: Mapping[str, Any], datasets: Iterable[Statements]) -> str:
    """The statements of `catalog.jsonld` as Turtle. Nodes within nodes are written as nodes of their own."""
    prefixes = [f"@prefix {prefix}: <{address}> ." for prefix, address in head["@context"].items()]
    nodes: dict[str, dict[str, list[str]]] = {}
    _gather({key: value for key, value in head.items() if key != "@context"}, nodes)
    own, named = [], nodes[head["@id"]].setdefault(DATASETS, [])
    for dataset in datasets:
        named.append(dataset.node)
        own.append(dataset.own)
        for name, statements in dataset.shared.items():
            known = nodes.setdefault(name, {})
            for key, said in statements.items():
                before = known.setdefault(key, [])
                before += [each for each in said if each not in before]
    return "\n".join(prefixes) + "\n\n" + "\n\n".join([_written(nodes), *own]) + "\n"


def statements(catalog: Catalog, dataset: Node) -> Statements:
    """What `turtle` needs of a node that `dcat_dataset` made."""
    nodes: dict[str, dict[str, list[str]]] = {}
    node = _gather(dataset, nodes)
    places = (dataset["@id"].partition("#")[0], f"{catalog.base_url}data/{dataset['dct:identifier']}/")
    own = {name for name in nodes if name.startswith(places)}
    shared = {name: said for name, said in nodes.items() if name not in own}
    return Statements(node, _written({name: nodes[name] for name in nodes if name in own}), shared)


def _written(nodes: Nodes) -> str:
    return "\n\n".join(
        f"<{_iri(name)}>\n    " + " ;\n    ".join(f"{key} {', '.join(said)}" for key, said in statements.items()) + " ."
        for name, statements in nodes.items()
        if statements
    )


def dcat_dataset(publication: Publication, result: ReleaseResult) -> Node:
    """A dataset in `catalog.jsonld`."""
    catalog, release = publication.catalog, result.release
    first = catalog.languages[0]
    page = addresses.dataset_page(catalog, release.dataset, first)
    described: Node = {
        "@id": f"{page}#dataset",
        "@type": "dcat:Dataset",
        "dct:title": _texts(release.title),
        "dct:description": _texts(release.description or release.title),
        "dct:identifier": release.dataset,
        "dct:publisher": {"@id": _publisher(catalog)["@id"]},
        "dcat:contactPoint": _contact(catalog),
        "dcat:keyword": [_literal(word, code) for code, words in release.keywords.items() for word in words],
        "dcat:theme": [{"@id": _theme(catalog, name)} for name in release.themes if catalog.theme(name)],
        "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
        "dct:language": [_language(code) for code in release.languages],
        "dcat:version": str(release.version),
        "adms:versionNotes": _texts(release.changes),
        "dct:issued": _date(_first_date(publication, release)),
        "dct:modified": _date(release.date.isoformat() if release.date else ""),
        "dct:accrualPeriodicity": _frequency(release.update_frequency),
        "dct:temporal": _period(page, release.temporal),
        "dct:spatial": [_place(catalog, code) for code in release.spatial],
        "dct:isReplacedBy": {"@id": f"{addresses.dataset_page(catalog, release.renamed_to, first)}#dataset"}
        if release.renamed_to
        else None,
        "dct:relation": [{"@id": _iri(source.path)} for source in release.sources if _web(source.path)],
    }
    described["dcat:distribution"] = [
        _distribution(catalog, release, file) for file in result.files if file.kind in _DISTRIBUTIONS
    ]
    dataset: Node = plain({key: value for key, value in described.items() if value})
    return dataset


def _distribution(catalog: Catalog, release: Release, file: PublishedFile) -> Node:
    address = addresses.data_file(catalog, release, file.path)
    media = {"@id": _IANA + file.media_type, "@type": "dct:MediaType"}
    described: Node = {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": file.path,
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dct:license": _license(release.licenses or catalog.licenses),
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": _checksum(address, file),
    }
    if file.kind == "zip":
        described["dcat:packageFormat"] = media
    described["dcat:mediaType"] = media
    return {key: value for key, value in described.items() if value}


def _checksum(address: str, file: PublishedFile) -> Node:
    algorithm = {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"}
    value = {"@value": file.sha256, "@type": "xsd:hexBinary"}
    described = {"@id": f"{address}#sha256", "@type": "spdx:Checksum"}
    return described | {"spdx:algorithm": algorithm, "spdx:checksumValue": value}


def _publisher(catalog: Catalog) -> Node:
    described: Node = {
        "@id": f"{catalog.base_url}#publisher",
        "@type": "foaf:Agent",
        "foaf:name": _texts(catalog.publisher.title),
    }
    if _web(catalog.publisher.path):
        described["foaf:homepage"] = {"@id": _iri(catalog.publisher.path), "@type": "foaf:Document"}
    return described


def _contact(catalog: Catalog) -> Node | None:
    contact = catalog.contact
    if contact is None:
        return None
    described: Node = {
        "@id": f"{catalog.base_url}#contact",
        "@type": "vcard:Kind",
        "vcard:fn": contact.title.get(catalog.languages[0]),
    }
    if contact.email:
        described["vcard:hasEmail"] = {"@id": f"mailto:{quote(contact.email, safe='@')}"}
    if contact.path:
        path = contact.path if _web(contact.path) else addresses.page(catalog, contact.path, catalog.languages[0])
        described["vcard:hasURL"] = {"@id": _iri(path)}
    return described


def _license(licenses: Sequence[License]) -> Node | None:
    found = next((license_.path for license_ in licenses if _web(license_.path)), "")
    return {"@id": _iri(found), "@type": "dct:LicenseDocument"} if found else None


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


def _language(code: str) -> Node:
    known = _LANGUAGE.get(code.partition("-")[0])
    address = _LANGUAGES + known if known else f"http://id.loc.gov/vocabulary/iso639-1/{quote(code, safe='')}"
    return {"@id": address, "@type": "dct:LinguisticSystem"}


def _frequency(duration: str) -> Node | None:
    known = _FREQUENCY.get(duration, "OTHER" if duration else "")
    return {"@id": _FREQUENCIES + known, "@type": "dct:Frequency"} if known else None


def _period(page: str, temporal: str) -> Node | None:
    """`2020/2021`, `2021-07-01/2021-09-30`, or one of either."""
    start, slash, end = temporal.partition("/")
    known = [(key, one) for key, one in (("startDate", start), ("endDate", end if slash else start)) if _typed(one)]
    if not known:
        return None
    period: Node = {"@id": f"{page}#period", "@type": "dct:PeriodOfTime"}
    return period | {f"dcat:{key}": {"@value": one, "@type": _typed(one)} for key, one in known}


def _typed(moment: str) -> str:
    for pattern, kind in ((r"\d{4}", "gYear"), (r"\d{4}-\d\d", "gYearMonth"), (r"\d{4}-\d\d-\d\d", "date")):
        if re.fullmatch(pattern, moment):
            return f"xsd:{kind}"
    return ""


def _place(catalog: Catalog, code: str) -> Node:
    address = f"{catalog.base_url}#region-{quote(code, safe='')}"
    return {"@id": address, "@type": "dct:Location", "dct:identifier": code}


def _first_date(publication: Publication, release: Release) -> str:
    dataset = publication.dataset(release.dataset)
    dates = [one.date for one in dataset.releases if one.date] if dataset else []
    return min(dates).isoformat() if dates else ""


def _date(day: str) -> Node | None:
    return {"@value": day, "@type": "xsd:date"} if day else None


def _texts(text: Text) -> list[Node]:
    return [_literal(value, language) for language, value in text.values if value]


def _literal(value: str, language: str) -> Node:
    return {"@value": value, "@language": language}


def _web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _iri(address: str) -> str:
    """The address with what an IRI must not hold escaped; an untrusted address may hold anything."""
    return re.sub(r'[\x00-\x20<>"{}|\\^`\x7f]', lambda found: quote(found.group()), address)


def _gather(node: Mapping[str, Any], nodes: dict[str, dict[str, list[str]]]) -> str:
    """Files the statements of a node and of those in it; returns how it is referred to."""
    own = nodes.setdefault(node["@id"], {})
    for key, value in node.items():
        if key == "@id":
            continue
        said = own.setdefault("a" if key == "@type" else key, [])
        said += [one for one in _objects(key, value, nodes) if one not in said]
    return f"<{_iri(node['@id'])}>"


def _objects(key: str, value: Any, nodes: dict[str, dict[str, list[str]]]) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if key == "@type":
            yield one
        elif isinstance(one, Mapping) and "@id" in one:
            yield _gather(one, nodes)
        elif isinstance(one, Mapping):
            quoted = json.dumps(one["@value"], ensure_ascii=False)
            yield f"{quoted}@{one['@language']}" if "@language" in one else f"{quoted}^^{one['@type']}"
        else:
            yield json.dumps(str(one), ensure_ascii=False)
