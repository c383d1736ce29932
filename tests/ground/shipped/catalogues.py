"""Figures in what describes the whole publication to programs: DCAT, the API, feeds, the map of the site."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import lxml.etree
from rdflib import DCTERMS, RDF, Graph, Namespace, URIRef

from tests.ground.shipped.comparing import BASE, Comparison, at, sha256
from tests.ground.shipped.packages import header, is_code_of, known_of, texts_of
from tests.ground.shipped.page import said
from tests.ground.shipped.tables import Release, newest, releases

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def all_of(dataset: str) -> list[Release]:
    return [release for release in releases() if release.dataset == dataset]


def days() -> list[str]:
    return sorted(release.date.isoformat() for release in releases())


def floors() -> Counter[str]:
    every = list(newest().values())
    tables = [(release, table) for release in every for table in release.tables]
    files = 3 * len(tables) + 2 * len(every)  # CSV, JSON and Parquet of each table, a workbook and a zip
    return Counter({
        "size in DCAT": 2 * files, "hash in DCAT": 2 * files, "days in DCAT": 2 * len(every),
        "period in DCAT": 2 * len(every), "version in DCAT": 2 * len(every),
        "release in the API": len(every) + len(releases()), "rows in the API": len(tables),
        "column in the API": sum(len(header(*table)) for table in tables),
        "hash in the ledger of the API": sum(len(release.entry["files"]) for release in releases()),
        "day in a feed": 2 * (1 + len(every) + 2 * len(releases())), "day in the map": 4 * len(releases()),
        "size in catalog.json": len(every), "hash in catalog.json": len(every), "figure in openapi.json": 1,
    })  # fmt: skip


def compare_catalogues(found: Comparison, site: Path) -> None:
    for name, form in (("catalog.ttl", "turtle"), ("catalog.jsonld", "json-ld")):
        with warnings.catch_warnings():  # the reader of JSON-LD uses a part of its own library that is to go
            warnings.simplefilter("ignore", DeprecationWarning)
            graph = Graph().parse(site / name, format=form)
        _dcat(found, site, name, graph)
    _catalog(found, site)
    _api(found, site)
    _openapi(found, site)
    for path in sorted(site.rglob("feed.xml")):
        _feed(found, site, path)
    _map(found, site)


def _dcat(found: Comparison, site: Path, name: str, graph: Graph) -> None:
    datasets = sorted(map(str, graph.subjects(RDF.type, DCAT.Dataset)))
    found.same("datasets in DCAT", name, datasets, [f"{BASE}datasets/{dataset}/#dataset" for dataset in newest()])
    found.same("days in DCAT", name, str(graph.value(URIRef(BASE), DCTERMS.modified)), days()[-1])
    for dataset, release in newest().items():
        node, place = URIRef(f"{BASE}datasets/{dataset}/#dataset"), f"{name}, {dataset}"
        found.same("version in DCAT", place, str(graph.value(node, DCAT.version)), release.version)
        shown = (str(graph.value(node, DCTERMS.issued)), str(graph.value(node, DCTERMS.modified)))
        found.same("days in DCAT", place, shown, (all_of(dataset)[0].date.isoformat(), release.date.isoformat()))
        period = graph.value(node, DCTERMS.temporal)
        start, end = (str(graph.value(period, part)) for part in (DCAT.startDate, DCAT.endDate))
        first, _, last = str(release.described["temporal"]).partition("/")
        found.same("period in DCAT", place, (start, end), (first, last or first))
        files = set(graph.objects(node, DCAT.distribution))
        least = {f"{table}.{form}" for table in release.tables for form in ("csv", "json", "parquet")}
        listed = {str(file).rpartition("/")[2] for file in files}
        found.same("files in DCAT", place, least - listed, set())
    for file in sorted(graph.subjects(RDF.type, DCAT.Distribution)):
        path = at(site, str(graph.value(file, DCAT.downloadURL)))
        place = f"{name}, {path.relative_to(site)}"
        found.same("size in DCAT", place, str(graph.value(file, DCAT.byteSize)), str(path.stat().st_size))
        checksum = graph.value(graph.value(file, SPDX.checksum), SPDX.checksumValue)
        found.same("hash in DCAT", place, _hexadecimal(checksum), sha256(path))
        found.same("version in DCAT", place, _version_of(str(file)), newest()[_dataset_of(str(file))].version)
    texts = {text for release in newest().values() for text in texts_of(release)}
    known = {figure for release in newest().values() for figure in known_of(release)}
    known |= {part for release in newest().values() for part in str(release.described["temporal"]).split("/")}
    known |= {str(release.described["temporal"]) for release in newest().values()}
    compared = {DCAT.byteSize, SPDX.checksumValue}
    for subject, predicate, value in graph:
        if predicate not in compared and not isinstance(value, URIRef):
            found.explained(f"{name}, {subject} {predicate}", str(value), texts, {*known, *newest()})


def _hexadecimal(value: Any) -> str:
    """The digits; the library gives bytes for a hash that says its type."""
    content = value.toPython()
    return content.hex() if isinstance(content, bytes) else str(content)


def _version_of(address: str) -> str:
    return (re.findall(r"/(\d+\.\d+\.\d+)/", address) or [""])[0]


def _dataset_of(address: str) -> str:
    return address.removeprefix(BASE).split("/")[1]


def _catalog(found: Comparison, site: Path) -> None:
    described = json.loads((site / "catalog.json").read_text("utf-8"))
    found.same("datasets in catalog.json", "catalog.json", [one["name"] for one in described["resources"]], [*newest()])
    for resource in described["resources"]:
        path = at(site, resource["path"])
        release, place = newest()[resource["name"]], f"catalog.json, {resource['name']}"
        found.same("size in catalog.json", place, resource.pop("bytes"), path.stat().st_size)
        found.same("hash in catalog.json", place, resource.pop("hash"), f"sha256:{sha256(path)}")
        found.same("encoding", place, resource.pop("encoding"), "utf-8")
        found.explained(place, resource, texts_of(release), known_of(release))


def _api(found: Comparison, site: Path) -> None:
    listed = json.loads((site / "api/datasets.json").read_text("utf-8"))["datasets"]
    found.same("datasets in the API", "api/datasets.json", [one["name"] for one in listed], [*newest()])
    for entry in listed:
        release, place = newest()[entry["name"]], f"API, {entry['name']}"
        shown = (entry["version"], entry["released"], entry["withdrawn"])
        found.same("release in the API", place, shown, (release.version, release.date.isoformat(), None))
        found.explained(place, entry, texts_of(release), known_of(release))
        described = json.loads((site / f"api/datasets/{release.dataset}.json").read_text("utf-8"))
        _described(found, release, described, place)


def _described(found: Comparison, release: Release, described: dict[str, Any], place: str) -> None:
    for program, code in described.pop("read").items():
        found.same("lines that read a release", f"{place}, {program}", is_code_of(code, release), True)
    every = all_of(release.dataset)
    for own, entry in zip(every, described["releases"], strict=True):
        found.same("release in the API", place, (entry["version"], entry["released"]), (own.version, str(own.date)))
    for table in described["tables"]:
        found.same("rows in the API", place, table.pop("rows"), len(release.rows(table["name"])))
        for column, field in zip(header(release, table["name"]), table["fields"], strict=True):
            found.same("column in the API", place, field["name"], column)
    for own, entry in zip(every, described["ledger"]["releases"], strict=True):
        found.same("release in the API", place, (entry["version"], entry["date"]), (own.version, str(own.date)))
        for name, hashed in entry.pop("files").items():
            found.same("hash in the ledger of the API", f"{place}, {name}", hashed, sha256(own.folder / name))
    names = [summary["name"] for summary in described["summaries"]]
    found.same("summaries in the API", place, names, [one["name"] for one in release.described.get("summaries", ())])
    # The titles of summaries are compared with the rows of each.
    described["summaries"] = []
    texts = {text for own in every for text in texts_of(own)}
    found.explained(place, described, texts, {known for own in every for known in known_of(own)})


def _openapi(found: Comparison, site: Path) -> None:
    """It has no figure of a table; the version is that of the interface."""
    described = json.loads((site / "api/openapi.json").read_text("utf-8"), parse_float=Decimal)
    found.same("figure in openapi.json", "openapi.json", described.pop("openapi"), "3.1.0")
    found.same("figure in openapi.json", "openapi.json", described["info"].pop("version"), "1.0.0")
    examples = [found for found in _members(described) if found[0] in {"example", "examples", "default"}]
    found.same("figure in openapi.json", "openapi.json", examples, [])
    found.explained("openapi.json", described, set(), {"8601", "404"})


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _members(member)


def _feed(found: Comparison, site: Path, path: Path) -> None:
    parts = path.relative_to(site).parts
    language = "en" if parts[0] == "en" else "zh"
    own = [release for release in releases() if "datasets" not in parts or release.dataset == parts[-2]]
    place, root = "/".join(parts), lxml.etree.parse(path).getroot()
    found.same("day in a feed", place, root.findtext(f"{ATOM}updated", "")[:10], str(max(one.date for one in own)))
    entries = root.findall(f"{ATOM}entry")
    found.same("releases in a feed", place, len(entries), len(own))
    for entry in entries:
        *_, dataset, version = entry.findtext(f"{ATOM}id", "").strip("/").split("/")
        release = Release(dataset, version)
        for part in ("updated", "published"):
            found.same("day in a feed", place, entry.findtext(f"{ATOM}{part}", "")[:10], str(release.date))
        texts = {said(release.entry, "changes", language), *texts_of(release)}
        found.explained(place, [entry.findtext(f"{ATOM}{part}", "") for part in ("title", "summary")], texts,
                        known_of(release))  # fmt: skip


def _map(found: Comparison, site: Path) -> None:
    """A page that belongs to a release has its day, another has none, and a page of the newest the newest day."""
    for entry in lxml.etree.parse(site / "sitemap.xml").getroot().iter(f"{MAP}url"):
        address, day = entry.findtext(f"{MAP}loc", ""), entry.findtext(f"{MAP}lastmod")
        at_path = re.search(r"/datasets/([a-z-]+)/(?:(\d+\.\d+\.\d+)/)?", address)
        if at_path and day is not None:
            release = Release(at_path[1], at_path[2]) if at_path[2] else newest()[at_path[1]]
            found.same("day in the map", address, day, str(release.date))
        else:
            found.same("page without a day in the map", address, day, None)
