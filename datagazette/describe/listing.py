"""The files that list all datasets, put together from the part of each: catalogues, states, the API, the sitemap.

`/catalog.json` follows the standard's recipe: a Data Package whose resources are the descriptors of packages.
https://datapackage.org/recipes/data-catalog/
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from datagazette.describe import addresses, api
from datagazette.describe.datapackage import PROFILE
from datagazette.describe.dcat import DATASETS, Statements, dcat_dataset, dcat_head, statements, turtle
from datagazette.describe.values import dump, dump_list, item, plain, translated
from datagazette.model.publication import Catalog, Dataset, Publication, Release
from datagazette.model.results import Finding, ReleaseResult


@dataclass(frozen=True)
class Listing:
    """A dataset's part of each list, as text that only has to be put in its place."""

    package: str
    standing: str
    listed: str
    linked: str
    statements: Statements


def listing(publication: Publication, result: ReleaseResult) -> Listing:
    """The part of a dataset, from its newest release; the publication needs to have no other."""
    about, linked = publication.catalog, dcat_dataset(publication, result)
    return Listing(
        item(package(about, result)),
        item(standing(publication, result)),
        item(api.listed(about, result.release)),
        item(linked),
        statements(about, linked),
    )


def lists(
    publication: Publication, newest: Sequence[ReleaseResult], parts: Sequence[Listing]
) -> Iterator[tuple[str, str]]:
    """(path, content) of the files; `parts` are those of the datasets whose newest releases are `newest`."""
    about = publication.catalog
    head = dcat_head(about, newest)
    yield "catalog.json", dump_list(catalog_head(about), "resources", (one.package for one in parts))
    yield "catalog.jsonld", dump_list(head, DATASETS, (one.linked for one in parts))
    yield "catalog.ttl", turtle(head, (part.statements for part in parts))
    yield "status.json", dump_list(status_head(about), "datasets", (one.standing for one in parts))
    yield api.OPENAPI, dump(api.openapi(about))
    yield api.LIST, dump_list(api.list_head(about), "datasets", (one.listed for one in parts))


_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def catalog_head(about: Catalog) -> dict[str, Any]:
    """`/catalog.json` without its `resources`, of which `package` makes each."""
    first = about.languages[0]
    described: dict[str, Any] = {
        "$schema": PROFILE,
        "name": about.name,
        "id": about.base_url,
        **translated("title", about.title, first),
        **translated("description", about.description, first),
        "homepage": addresses.page(about, "", first),
        "languages": list(about.languages),
        "contributors": [{**translated("title", about.publisher.title, first), "roles": ["publisher"]}],
    }
    licenses = [{"name": license_.name, "path": license_.path} for license_ in about.licenses]
    described["licenses"] = [{key: value for key, value in one.items() if value} for one in licenses]
    return {key: plain(value) for key, value in described.items() if value}


def status_head(about: Catalog) -> dict[str, Any]:
    """`/status.json` without its `datasets`, of which `standing` makes each.

    It holds no verdict that a clock would change: `due` is a day, for the reader to compare.
    """
    return {"name": about.name}


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


def package(about: Catalog, result: ReleaseResult) -> dict[str, Any]:
    """A dataset in `/catalog.json`."""
    release = result.release
    default = release.languages[0]
    described: dict[str, Any] = {
        "name": release.dataset,
        "path": addresses.data_file(about, release, "datapackage.json"),
        **translated("title", release.title, default),
        **translated("description", release.description, default),
        "format": "json",
        "mediatype": "application/vnd.datapackage+json",
        "encoding": "utf-8",
    }
    stored = result.file("datapackage.json")
    described |= {"bytes": stored.bytes, "hash": f"sha256:{stored.sha256}"} if stored else {}
    described |= {"version": str(release.version), "created": release.date.isoformat() if release.date else ""}
    described |= {"homepage": addresses.dataset_page(about, release.dataset, about.languages[0])}
    return {key: value for key, value in described.items() if value}


def standing(publication: Publication, result: ReleaseResult) -> dict[str, Any]:
    """A dataset in `/status.json`."""
    release = result.release
    dataset = publication.dataset(release.dataset) or Dataset(release.dataset, (release,))
    expected = due(release)
    return {
        "name": release.dataset,
        **({"renamedTo": release.renamed_to} if release.renamed_to else {}),
        "version": str(release.version),
        "state": release.state,
        "released": release.date.isoformat() if release.date else None,
        "updateFrequency": release.update_frequency or None,
        "due": expected.isoformat() if expected else None,
        "rows": sum(table.rows for table in result.tables),
        "checks": [_check(finding) for finding in result.findings],
        "releases": [_release(one) for one in dataset.releases if one.state != "draft"],
    }


def _check(finding: Finding) -> dict[str, Any]:
    accepted = bool(finding.check.accepted)
    return {
        "name": finding.check.name,
        "severity": finding.check.severity,
        "findings": len(finding.rows),
        "accepted": accepted,
    }


def _release(release: Release) -> dict[str, Any]:
    described: dict[str, Any] = {
        "version": str(release.version),
        "released": release.date.isoformat() if release.date else None,
        "state": release.state,
    }
    if release.withdrawal:
        reason = translated("reason", release.withdrawal.reason, release.languages[0])
        described["withdrawn"] = {"date": release.withdrawal.date.isoformat(), **reason}
    return described


# What the protocol allows in one file.
_MOST = 50_000
_START = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'

# Addresses by language, relative to the site's root, and the day of the last change.
Place = tuple[Sequence[tuple[str, str]], str]


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
    """One for each language, each with all the others beside it."""
    changed = f"<lastmod>{escape(modified)}</lastmod>" if modified else ""
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(base_url + path)}/>'
        for code, path in places
    )
    beside = others if len(places) > 1 else ""
    for _, path in places:
        yield f"<url><loc>{escape(base_url + path)}</loc>{changed}{beside}</url>"
