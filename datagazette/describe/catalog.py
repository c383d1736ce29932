"""`/catalog.json`, all packages of the publication, and `/status.json`, how each dataset stands.

The catalogue follows the standard's recipe: a Data Package whose resources are the descriptors of packages.
https://datapackage.org/recipes/data-catalog/
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.datapackage import PROFILE
from datagazette.describe.values import plain, translated
from datagazette.model.publication import Catalog, Dataset, Publication, Release
from datagazette.model.results import Finding, ReleaseResult

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
    licenses = [{"name": one.name, "path": one.path} for one in about.licenses]
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
        "rows": sum(one.rows for one in result.tables),
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
