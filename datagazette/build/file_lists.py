"""The lists by which a page of the site recognises files: what `verify` knows, in parts that a browser loads as needed.

    assets/verify/about.js               how many digits of a hash name a part
    assets/verify/parts/<digits>.js      origins by hash: of a file's bytes, of the values in its tables, of its name,
                                         and of a table's first row; a key is the hash without these digits
    assets/verify/datasets/<name>.js     the releases of a dataset, and what is asked of a figure

They are scripts that hand over one value, so that they can be loaded from a disk, where a page may read nothing else.
An origin is `<dataset>/<version>/<path>`, for values with their order and the sheet after tabs, with a `!` before it
where that release was removed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from datagazette.build.fingerprints import digest
from datagazette.build.origins import origins_of, published_releases
from datagazette.build.package import Package
from datagazette.build.write import Site
from datagazette.describe import addresses
from datagazette.describe.notation import without_empty
from datagazette.downloads.cell_values import FileValues, header_key, name_key
from datagazette.model.publication import Catalog, Dataset, Publication, Release
from datagazette.model.text import Text, in_json

FOLDER = "assets/verify/"
FORM = 1
_MOST_OF_PART = 1_000  # keys of a part, on average, at most
_MOST_ORIGINS = 20  # of a key: the newest ones
_ORDER = 16  # digits of a hash that says in which order rows are
# Files of a name that every release has say nothing of where an altered one is from.
_MOST_NAMED = 6


def publish_lists(site: Site) -> None:
    """Puts the lists into the output, made again only if a release, its files or a title is another one."""
    catalog = site.content.catalog
    removed = [(release.id, release.removal) for release in site.content.publication.removed]
    made_from = digest([package.key for package in site.packages.values()], catalog.languages, catalog.latest, removed)
    site.output.put(f"{FOLDER} {made_from}", partial(_files, site))


def _files(site: Site) -> dict[str, str | bytes]:
    entries: dict[str, dict[str, None]] = defaultdict(dict)
    for dataset in site.content.datasets:
        for key, origin in _origins(site, dataset):
            entries[key][origin] = None
    for release in site.content.publication.removed:
        for known, hashed in origins_of(release):
            entries[hashed][f"!{release.dataset}/{release.version}/{known.path}"] = None
    digits = 1
    while len(entries) > _MOST_OF_PART * 16**digits:
        digits += 1
    parts: dict[str, dict[str, list[str]]] = {f"{number:0{digits}x}": {} for number in range(16**digits)}
    for key in sorted(entries):
        parts[key[:digits]][key[digits:]] = list(entries[key])[-_MOST_ORIGINS:]
    publication = site.content.publication
    datasets = {each.name: _dataset(publication, each.name, each) for each in site.content.datasets}
    datasets |= {name: _dataset(publication, name, None) for name in publication.gone}
    documents: dict[str, object] = {"about": {"form": FORM, "digits": digits, "datasets": sorted(datasets)}}
    documents |= {f"parts/{part}": found for part, found in parts.items()}
    documents |= {f"datasets/{name}": document for name, document in datasets.items()}
    return {f"{FOLDER}{name}.js": _script(name, document).encode() for name, document in documents.items()}


def _script(name: str, document: object) -> str:
    written = in_json(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    return f"verifyPart({json.dumps(name)},{written});\n"


def _origins(site: Site, dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Key and origin of all that is known of a dataset, the oldest release first."""
    named: dict[str, list[str]] = defaultdict(list)
    headers: dict[str, str] = {}
    for release in reversed(site.content.releases(dataset)):
        if release.state == "draft":
            continue
        package, folder = site.packages[release.dataset, release.version], f"{release.dataset}/{release.version}/"
        for path, hashes in published_hashes(release, package).items():
            yield from ((each, f"{folder}{path}") for each in hashes)
            for name in file_names(release, path):
                named[name_key(name)].append(f"{folder}{path}")
        for file in package.values:
            for table in file.tables:
                yield table.key, "\t".join(filter(None, (f"{folder}{file.path}", table.order[:_ORDER], table.part)))
        headers |= {header_key(first): f"{folder}{path}" for path, first in headers_of(release, package.values)}
    for key, origins in named.items():
        yield from ((key, origin) for origin in origins[-_MOST_NAMED:])
    yield from headers.items()


def published_hashes(release: Release, package: Package) -> Mapping[str, tuple[str, ...]]:
    """All hashes of a release's files: those that the ledger keeps, and those of this build."""
    found = dict(release.published)
    for known, hashed in origins_of(release):
        if hashed not in found.get(known.path, ()):
            found[known.path] = (*found.get(known.path, ()), hashed)
    for file in package.result.files:
        if file.sha256 not in found.get(file.path, ()):
            found[file.path] = (*found.get(file.path, ()), file.sha256)
    return found


def file_names(release: Release, path: str) -> Iterable[str]:
    """The names under which a person may have a file: as published, or as below `latest`."""
    return sorted({PurePosixPath(each).name for each in (path, addresses.latest_path(release, path))})


def headers_of(release: Release, values: Iterable[FileValues]) -> Iterator[tuple[str, str]]:
    """(path, first row) of the tables whose first row says which table it is."""
    own = {table.name for table in release.tables}
    for file in values:
        for table in file.tables:
            if (not table.part or table.part in own) and len(json.loads(table.first)) > 1:
                yield file.path, table.first


def _dataset(publication: Publication, name: str, dataset: Dataset | None) -> dict[str, Any]:
    """What the page says of a dataset's releases, the oldest first; None is one of which nothing is left."""
    removed = publication.removed_of(name)
    latest = dataset.latest if dataset else removed[-1]
    releases = sorted((*published_releases(dataset), *removed) if dataset else removed, key=lambda each: each.version)
    return without_empty(
        {
            "name": name,
            "newest": str(latest.version) if dataset else "",
            "title": _said(publication.catalog, latest.title),
            "renamedTo": latest.renamed_to,
            "history": dataset is not None and dataset.has_history(removed),
            "releases": [_release(publication.catalog, release) for release in releases],
        }
    )


def _release(catalog: Catalog, release: Release) -> dict[str, Any]:
    gone, taken = release.withdrawal, release.removal
    tables = {
        table.name: {
            "path": f"{table.name}.csv",
            "key": list(table.schema.primary_key),
            "delimiter": table.dialect.delimiter,
            "fields": [field.name for field in table.schema.fields],
        }
        for table in release.tables
    }
    summaries = {
        summary.name: {"path": f"summaries/{summary.name}.csv", "key": list(summary.primary_key), "delimiter": ","}
        for summary in release.summaries
    }
    return without_empty(
        {
            "version": str(release.version),
            "date": release.date.isoformat() if release.date else "",
            "changes": _said(catalog, release.changes),
            "withdrawn": {"date": gone.date.isoformat(), "reason": _said(catalog, gone.reason)} if gone else None,
            "removed": {
                "date": taken.date.isoformat(),
                "reason": _said(catalog, taken.reason),
                "instead": taken.instead,
            }
            if taken
            else None,
            "redacted": [
                {"date": each.date.isoformat(), "reason": _said(catalog, each.reason)}
                for each in release.redactions
                if each.cells
            ],
            "tables": tables,
            "summaries": summaries,
        }
    )


def _said(catalog: Catalog, text: Text) -> dict[str, str]:
    """A text in each language of the site that has another one than the first."""
    said = {language: text.get(language) for language in catalog.languages}
    first = said[catalog.languages[0]]
    return {each: words for each, words in said.items() if words and (each == catalog.languages[0] or words != first)}
