"""The addresses that a publication has on its site, told from its descriptions, without building it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from datagazette.describe import addresses
from datagazette.describe.release_history import events
from datagazette.diff.outcome import SiteAddress
from datagazette.downloads.csv import data_rows, needs_excel_copy
from datagazette.downloads.package import LINES_FROM, release_paths
from datagazette.model.names import LATEST
from datagazette.model.publication import AuthoredPage, Catalog, Dataset, Publication, Release, Table
from datagazette.pages import CARDS_FILE, further_pages, older_changes
from datagazette.pages.render import authored_path

# The pages and files that tell of all datasets.
_OVERVIEW = (addresses.HOME, addresses.CATALOGUE, addresses.FIGURES, addresses.CHANGES, addresses.SOURCES)
_INDEXES = ("catalog.json", "catalog.jsonld", "catalog.ttl", "status.json", "sitemap.xml", "api/datasets.json")

# What an entry depends on besides the look of the site: the newest releases of all datasets, all releases of its
# own dataset, or nothing that a release changes.
Depends = Literal["publication", "dataset", "nothing"]


@dataclass(frozen=True)
class Planned:
    """An entry, with the dataset that it is of (empty where it tells of all) and what it depends on."""

    entry: SiteAddress
    dataset: str = ""
    depends: Depends = "dataset"


@dataclass(frozen=True)
class Source:
    """A publication with the folder that its files lie in by dataset, and the pages that a person wrote."""

    publication: Publication
    roots: dict[str, Path]
    authored_pages: tuple[AuthoredPage, ...] = ()

    def file(self, dataset: str, table: Table) -> Path:
        return self.roots.get(dataset, self.publication.root) / table.file


Plans = Mapping[str, tuple[Planned, ...]]  # of datasets, by name
Files = Callable[[Release], Iterable[str]]


def plan(source: Source, known: Plans = MappingProxyType({})) -> Iterator[Planned]:
    """Every page, download, entry of a feed and index that a build publishes; no drafts.

    `known` are plans of datasets that have been made already: each takes a look into its files.
    """
    catalog = source.publication.catalog
    for path in _OVERVIEW:
        yield from _pages(catalog, path, "", "publication")
    yield from _further(source.publication)
    yield from _pages(catalog, addresses.PROBLEMS, "", "nothing")
    for page in source.authored_pages:
        yield Planned(SiteAddress("page", authored_address(catalog, page)), "", "nothing")
    for path in _INDEXES:
        yield Planned(SiteAddress("index", path), "", "publication")
    yield Planned(SiteAddress("index", "api/openapi.json"), "", "nothing")
    for language in catalog.languages:
        yield Planned(SiteAddress("index", addresses.localized(catalog, addresses.FEED, language)), "", "publication")
    for dataset in source.publication.datasets:
        yield from known[dataset.name] if dataset.name in known else plan_dataset(source, dataset)


def _further(publication: Publication) -> Iterator[Planned]:
    """What long lists have beside their first page."""
    catalog = publication.catalog
    newest = [one.latest for one in publication.datasets if one.latest.state != "draft"]
    paths = list(further_pages(newest))
    for path in paths:
        yield from _pages(catalog, path, "", "publication")
    if addresses.numbered(addresses.CATALOGUE, 2) in paths:
        for language in catalog.languages:
            cards = addresses.localized(catalog, f"{addresses.CATALOGUE}{CARDS_FILE}", language)
            yield Planned(SiteAddress("index", cards), "", "publication")
    releases = [one for dataset in publication.datasets for one in dataset.releases if one.state != "draft"]
    for path in older_changes(len(releases)):
        yield from _pages(catalog, path, "", "nothing")


def authored_address(catalog: Catalog, page: AuthoredPage) -> str:
    return addresses.localized(catalog, authored_path(page), page.language)


def as_released(dataset: Dataset, drafts: Collection[Release]) -> Dataset:
    """The dataset with these drafts as releases of some day."""
    releases = tuple(
        replace(one, state="released", date=date.max) if one in drafts else one for one in dataset.releases
    )
    return replace(dataset, releases=releases)


def plan_dataset(source: Source, dataset: Dataset, files: Files | None = None) -> Iterator[Planned]:
    """What is published of one dataset; nothing where there are but drafts. `files` tells the downloads of a release,
    else they are told after a look into its tables."""
    name, newest, catalog = dataset.name, dataset.latest, source.publication.catalog
    if newest.state == "draft":
        return
    yield from _pages(catalog, addresses.dataset_path(name), name)
    yield from _pages(catalog, addresses.explore_path(name), name)
    for summary in newest.summaries:
        yield from _pages(catalog, addresses.summary_path(name, summary.name), name)
        if summary.chart is not None:
            yield from _pages(catalog, addresses.embed_path(name, summary.name), name)
        yield Planned(SiteAddress("index", addresses.api_path(name, summary.name)), name)
    yield Planned(SiteAddress("index", addresses.api_path(name)), name)
    for language in catalog.languages:
        yield Planned(SiteAddress("index", addresses.localized(catalog, addresses.feed_path(name), language)), name)
    for release in dataset.releases:
        if release.state != "draft":
            downloads = (files or partial(release_files, source))(release)
            yield from _release(catalog, release, downloads, is_newest=release.version == newest.version)
    for event in events(dataset):
        page = addresses.release_path(name, event.release.version)
        address = f"{page}#{event.kind}" if event.kind == "withdrawal" else page
        yield Planned(SiteAddress("feed", address), name, "nothing")


def _release(catalog: Catalog, release: Release, files: Iterable[str], *, is_newest: bool) -> Iterator[Planned]:
    """Files at a version's own address are never changed."""
    name = release.dataset
    yield from _pages(catalog, addresses.release_path(name, release.version), name)
    for path in files:
        yield Planned(SiteAddress("download", f"{addresses.data_folder(release)}{path}"), name, "nothing")
        if is_newest:
            latest = addresses.data_path(name, LATEST, addresses.latest_path(release, path))
            yield Planned(SiteAddress("download", latest), name)


def possible_files(release: Release) -> Iterator[str]:
    """What a release may publish, without a look into its tables."""
    tables = frozenset(table.name for table in release.tables)
    return release_paths(release, tables, tables)


def release_files(source: Source, release: Release) -> Iterator[str]:
    files = [(table, source.file(release.dataset, table)) for table in release.tables]
    garbled = frozenset(table.name for table, file in files if needs_excel_copy(file, table.dialect))
    long = frozenset(table.name for table, file in files if _has_rows(table, file, LINES_FROM))
    return release_paths(release, garbled, long)


def _has_rows(table: Table, file: Path, least: int) -> bool:
    """Whether a table has at least so many rows: a row is two bytes at the least, and most files are far smaller."""
    if file.stat().st_size < least * 2:
        return False
    with file.open("rb") as stream:
        if sum(chunk.count(b"\n") + chunk.count(b"\r") for chunk in iter(lambda: stream.read(1 << 20), b"")) < least:
            return False
    return sum(1 for _ in data_rows(file, table.dialect)) >= least


def _pages(catalog: Catalog, path: str, dataset: str, depends: Depends = "dataset") -> Iterator[Planned]:
    """A page in every language."""
    for language in catalog.languages:
        yield Planned(SiteAddress("page", addresses.localized(catalog, path, language)), dataset, depends)
