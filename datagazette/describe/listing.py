"""The files that list all datasets, put together from the part of each: catalogues, states, `/api/`, the sitemap.

`/catalog.json` follows the standard's recipe: a Data Package whose resources are the descriptors of packages.
https://datapackage.org/recipes/data-catalog/

`/api/` is the publication as plain JSON of a stable shape, with an OpenAPI description: keys are only ever added, texts
are objects by language code, values are JSON's own, days ISO 8601.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import yaml

from datagazette.describe import addresses
from datagazette.describe.datapackage import PROFILE, stored
from datagazette.describe.dcat import DATASETS, Statements, dcat_dataset, dcat_head, in_language, statements, turtle
from datagazette.describe.notation import (
    dump,
    dump_list,
    filled,
    item,
    plain,
    redaction_descriptors,
    removal_descriptor,
    translated,
    withdrawal_descriptor,
    without_empty,
)
from datagazette.describe.release_history import ledger_descriptor
from datagazette.describe.snippets import snippets
from datagazette.model.publication import Catalog, Dataset, Publication, Release
from datagazette.model.resource import Field
from datagazette.model.results import ReleaseResult, SummaryResult, TableResult
from datagazette.model.text import Text

OPENAPI, API_LIST = "api/openapi.json", "api/datasets.json"
Json = dict[str, Any]

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
# What the protocol of sitemaps allows in one file.
_MOST = 50_000
_START = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
# Addresses by language, relative to the site's root, and the day of the last change.
Place = tuple[Sequence[tuple[str, str]], str]


@dataclass(frozen=True)
class Listing:
    """A dataset's part of each list, as text that only has to be put in its place; `statements` by language, those of
    all languages under ""."""

    package: str
    status: str
    listed: str
    linked: str
    statements: Mapping[str, Statements]


def removed_result(release: Release) -> ReleaseResult:
    """What lists say of a dataset of which `release` was the newest and every one has been removed: it has no files."""
    return ReleaseResult(release, (), (), (), (), None)


def listing(publication: Publication, result: ReleaseResult, regions: Mapping[str, Text]) -> Listing:
    """The part of a dataset, from its newest release, or its `removed_result`; the publication needs to have no other.
    `regions` are the names of `spatial`, as far as they are known."""
    catalog, linked = publication.catalog, dcat_dataset(publication, result, regions)
    return Listing(
        item(_package(publication, result)),
        item(_status(publication, result)),
        item(_listed(catalog, result.release, publication.removed_of(result.release.dataset))),
        item(linked),
        {"": statements(catalog, linked)}
        | {code: statements(catalog, in_language(linked, code)) for code in addresses.turtle_paths(catalog)},
    )


def lists(
    publication: Publication, newest: Sequence[ReleaseResult], parts: Sequence[Listing]
) -> Iterator[tuple[str, str]]:
    """(path, content) of the files; `parts` are those of the datasets whose newest releases are `newest`."""
    catalog = publication.catalog
    first = catalog.languages[0]
    licenses = [without_empty({"name": license_.name, "path": license_.path}) for license_ in catalog.licenses]
    head: Json = {
        "$schema": PROFILE,
        "name": catalog.name,
        "id": catalog.base_url,
        **translated("title", catalog.title, first),
        **translated("description", catalog.description, first),
        "homepage": addresses.page(catalog, "", first),
        "languages": list(catalog.languages),
        "identifiers": [vars(identifier) for identifier in catalog.identifiers],
        "contributors": [
            {**translated("title", catalog.publisher.title, first), "roles": ["publisher"]}
            | without_empty({"ror": catalog.publisher.ror})
        ],
        "licenses": licenses,
    }
    yield "catalog.json", dump_list(without_empty(head), "resources", (part.package for part in parts))
    linked = dcat_head(catalog, newest)
    yield "catalog.jsonld", dump_list(linked, DATASETS, (part.linked for part in parts))
    yield "catalog.ttl", turtle(linked, (part.statements[""] for part in parts))
    for code, path in addresses.turtle_paths(catalog).items():
        yield path, turtle(in_language(linked, code), (part.statements[code] for part in parts))
    yield "status.json", dump_list({"name": catalog.name}, "datasets", (part.status for part in parts))
    openapi: Json = yaml.safe_load(Path(__file__).with_name("openapi.yaml").read_text("utf-8"))
    openapi["info"]["title"] = catalog.title.get(first) or catalog.name
    openapi["servers"] = [{"url": catalog.base_url.rstrip("/")}]
    yield OPENAPI, dump(openapi)
    yield API_LIST, dump_list({"title": dict(catalog.title.values)}, "datasets", (part.listed for part in parts))


def removed_versions(removed: Sequence[Release]) -> list[Json]:
    """The releases of a dataset that are no longer published, for programs."""
    return [
        {"version": str(release.version), "released": release.date, **removal_descriptor(release, release.languages[0])}
        for release in removed
    ]


def _package(publication: Publication, result: ReleaseResult) -> Json:
    """A dataset in `/catalog.json`."""
    catalog, release = publication.catalog, result.release
    default = release.languages[0]
    # Where nothing else is left of it, the notice that the dataset is gone.
    is_gone = release.removal is not None and not release.removal.has_metadata
    own = addresses.data_file(catalog, release, "datapackage.json")
    return without_empty(
        {
            "name": release.dataset,
            "path": catalog.base_url + addresses.api_path(release.dataset) if is_gone else own,
            **translated("title", release.title, default),
            **translated("description", release.description, default),
            "format": "json",
            "mediatype": "application/json" if is_gone else "application/vnd.datapackage+json",
            "encoding": "utf-8",
            **stored(result.file("datapackage.json")),
            "version": str(release.version),
            "created": release.date,
            "homepage": addresses.dataset_page(catalog, release.dataset, catalog.languages[0]),
            "withdrawn": withdrawal_descriptor(release, default),
            "redacted": redaction_descriptors(release, default),
            "removed": removed_versions(publication.removed_of(release.dataset)),
        }
    )


def _status(publication: Publication, result: ReleaseResult) -> Json:
    """A dataset in `/status.json`, which holds no verdict that a clock would change: `due` is a day, for the reader to
    compare."""
    release = result.release
    dataset = publication.dataset(release.dataset) or Dataset(release.dataset, (release,))
    releases = (known for known in dataset.releases if known.state != "draft")
    return {
        "name": release.dataset,
        **without_empty({"renamedTo": release.renamed_to}),
        "version": str(release.version),
        "state": release.state,
        "released": release.date,
        "updateFrequency": release.update_frequency or None,
        "due": due(release),
        "rows": None if release.removal else sum(table.rows for table in result.tables),
        "checks": [
            {"name": finding.check.name, "severity": finding.check.severity}
            | {"findings": len(finding.rows), "accepted": bool(finding.check.accepted)}
            for finding in result.findings
        ],
        "releases": [
            {"version": str(known.version), "released": known.date, "state": known.state}
            | without_empty({"withdrawn": withdrawal_descriptor(known, known.languages[0])})
            | without_empty({"redacted": redaction_descriptors(known, known.languages[0])})
            for known in releases
        ],
        **without_empty({"removed": removed_versions(publication.removed_of(release.dataset))}),
    }


def due(release: Release) -> date | None:
    """The day after which the dataset is overdue: its release and one period of `updateFrequency`."""
    found = _DURATION.fullmatch(release.update_frequency)
    if release.date is None or found is None or not any(found.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    month = release.date.month - 1 + months
    year, month = release.date.year + years + month // 12, month % 12 + 1
    if year > date.max.year:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(release.date.day, last)) + timedelta(weeks=weeks, days=days)


def _listed(catalog: Catalog, release: Release, removed: Sequence[Release]) -> Json:
    """A dataset in `/api/datasets.json`."""
    return {
        "name": release.dataset,
        "title": dict(release.title.values),
        "description": dict(release.description.values),
        "version": str(release.version),
        "state": release.state,
        "released": release.date,
        "withdrawn": dict(release.withdrawal.reason.values) if release.withdrawal else None,
        "url": catalog.base_url + addresses.api_path(release.dataset),
        "page": addresses.dataset_page(catalog, release.dataset, catalog.languages[0]),
        **without_empty({"removed": removed_versions(removed)}),
    }


def api_documents(
    catalog: Catalog, dataset: Dataset, result: ReleaseResult, removed: Sequence[Release] = ()
) -> Iterator[tuple[str, Json]]:
    """(path, content) of the documents below `/api/` of one dataset, from the result of its newest release. `removed`
    are its releases that are no longer published."""
    summaries = [filled(summary) for summary in result.summaries]
    paths = [addresses.api_path(dataset.name, found.summary.name) for found in summaries]
    base = catalog.base_url + addresses.data_folder(result.release)
    described = {
        **_listed(catalog, result.release, removed),
        "releases": [_api_release(catalog, release) for release in dataset.releases if release.state != "draft"],
        "tables": [_api_table(catalog, result, table) for table in result.tables],
        "summaries": [
            {"name": found.summary.name, "title": dict(found.summary.title.values), "url": catalog.base_url + path}
            for found, path in zip(summaries, paths, strict=True)
        ],
        "read": {snippet.program: snippet.code for snippet in snippets(result, base)} if result.tables else {},
        **(
            {"history": catalog.base_url + addresses.history_file(dataset.name)} if dataset.has_history(removed) else {}
        ),
        "ledger": ledger_descriptor(catalog, dataset, removed),
    }
    yield addresses.api_path(dataset.name), plain(described)
    for found, path in zip(summaries, paths, strict=True):
        yield path, plain(_api_summary(result.release, found))


def _api_release(catalog: Catalog, release: Release) -> Json:
    return {
        "version": str(release.version),
        "state": release.state,
        "released": release.date,
        "changes": dict(release.changes.values),
        "withdrawn": dict(release.withdrawal.reason.values) if release.withdrawal else None,
        "datapackage": addresses.data_file(catalog, release, "datapackage.json"),
        **without_empty({"redacted": redaction_descriptors(release, release.languages[0])}),
    }


def _api_table(catalog: Catalog, result: ReleaseResult, found: TableResult) -> Json:
    """`data` are the rows as JSON, where they are published so."""
    table = found.table
    files = {
        key: f"{table.name}.{ending}" for key, ending in (("data", "json"), ("csv", "csv"), ("parquet", "parquet"))
    }
    return {
        "name": table.name,
        "title": dict(table.title.values),
        "rows": found.rows,
        "primaryKey": list(table.schema.primary_key),
        "fields": [_api_field(field) for field in table.schema.fields],
        **{key: addresses.data_file(catalog, result.release, path) for key, path in files.items() if result.file(path)},
    }


def _api_summary(release: Release, result: SummaryResult) -> Json:
    summary = result.summary
    names = [field.name for field in summary.fields]
    return {
        "dataset": release.dataset,
        "version": str(release.version),
        "name": summary.name,
        "title": dict(summary.title.values),
        "description": dict(summary.description.values),
        "fields": [_api_field(field) for field in summary.fields],
        "rows": [dict(zip(names, row, strict=True)) for row in result.rows],
    }


def _api_field(field: Field) -> Json:
    texts = {
        "title": dict(field.title.values),
        "description": dict(field.description.values),
        "unit": dict(field.unit.values),
    }
    return {"name": field.name, "type": field.type, **texts}


def file_list(base_url: str, paths: Iterable[str]) -> str:
    """`files.txt`: the address of every file of the site, one a line, in order; a page by the address of its folder.
    Files that begin with a dot are left out, since hosts keep them to themselves.

    A program that copies or archives the site needs it: scripts ask for many files that no page links to.
    """
    shown = (path for path in paths if not path.startswith("."))
    places = {path.removesuffix("index.html") if f"/{path}".endswith("/index.html") else path for path in shown}
    return "".join(f"{base_url}{quote(place)}\n" for place in sorted({*places, addresses.FILES}))


def robots(base_url: str) -> str:
    """`robots.txt` (RFC 9309), which is read where the site is at the root of its host."""
    return (
        "User-agent: *\nAllow: /\n\n"
        f"Sitemap: {base_url}sitemap.xml\n# Every file, one address a line: {base_url}{addresses.FILES}\n"
    )


def sitemaps(base_url: str, pages: Iterable[Place]) -> Iterator[tuple[str, str]]:
    """(file, content): `sitemap.xml`, and where that would be too long its parts, which it then lists.

    One map is for all languages (https://www.sitemaps.org/protocol.html).
    """
    found = [url for page in pages for url in _urls(base_url, *page)]
    parts = [found[start : start + _MOST] for start in range(0, len(found), _MOST)]
    if len(parts) <= 1:
        yield "sitemap.xml", _set(found)
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    yield from zip(names, map(_set, parts), strict=True)
    listed = "\n".join(f"<sitemap><loc>{escape(base_url + name)}</loc></sitemap>" for name in names)
    yield "sitemap.xml", f"{_START}<sitemapindex {_NAMESPACES}>\n{listed}\n</sitemapindex>\n"


def _set(urls: Sequence[str]) -> str:
    return "\n".join((f"{_START}<urlset {_NAMESPACES}>", *urls, "</urlset>", ""))


def _urls(base_url: str, places: Sequence[tuple[str, str]], modified: str) -> Iterator[str]:
    """One for each language, each with all of them beside it."""
    changed = f"<lastmod>{escape(modified)}</lastmod>" if modified else ""
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(base_url + path)}/>'
        for code, path in places
    )
    beside = others if len(places) > 1 else ""
    for _, path in places:
        yield f"<url><loc>{escape(base_url + path)}</loc>{changed}{beside}</url>"
