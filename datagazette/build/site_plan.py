"""The addresses that a publication has on its site, from its descriptions alone, and those that clash."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from datagazette.build.stored import is_here
from datagazette.describe import addresses
from datagazette.describe.release_history import events
from datagazette.describe.signing_keys import key_files
from datagazette.diff.outcome import SiteAddress
from datagazette.downloads.choice import Known, release_files
from datagazette.downloads.csv import data_rows, needs_excel_copy
from datagazette.load.signatures import good_signatures
from datagazette.model.names import LATEST, is_portable
from datagazette.model.pages import AuthoredPage
from datagazette.model.problems import Problem, problem, summarised, warning
from datagazette.model.publication import Catalog, Dataset, Publication, Release
from datagazette.model.resource import Table
from datagazette.model.signing import SUMS
from datagazette.pages import CARDS_FILE, further_pages, older_changes, tombstone_paths
from datagazette.pages.render import OVERVIEW, has_problems_page
from datagazette.pages.verify import has_verify_page

# The pages and files about all datasets.
_INDEXES = (
    "catalog.json", "catalog.jsonld", "catalog.ttl", "status.json", "sitemap.xml", "api/datasets.json",
    addresses.FILES,
)  # fmt: skip

# What an entry depends on besides the look of the site: the newest releases of all datasets, all releases of its
# own dataset, or nothing that a release changes.
Depends = Literal["publication", "dataset", "nothing"]
Addresses = Callable[[str], Iterable[str]]  # those of a dataset, by its name


@dataclass(frozen=True)
class Planned:
    """An entry, with the dataset that it is of (empty where it is about all) and what it depends on."""

    entry: SiteAddress
    dataset: str = ""
    depends: Depends = "dataset"


@dataclass(frozen=True)
class Snapshot:
    """A publication with the folder that its files lie in by dataset, and the pages that a person wrote."""

    publication: Publication
    roots: dict[str, Path]
    authored_pages: tuple[AuthoredPage, ...] = ()


Plans = Mapping[str, tuple[Planned, ...]]  # of datasets, by name


def plan(snapshot: Snapshot, known: Plans = MappingProxyType({})) -> Iterator[Planned]:
    """Every page, download, entry of a feed and index that a build publishes; no drafts.

    `known` are plans of datasets that have been made already: each takes a look into its files.
    """
    publication, catalog = snapshot.publication, snapshot.publication.catalog
    yield from _overview(publication)
    for language in catalog.languages:
        if has_verify_page(snapshot.authored_pages, language):
            verify = SiteAddress("page", addresses.localized(catalog, addresses.VERIFY, language))
            yield Planned(verify, "", "nothing")
    for page in snapshot.authored_pages:
        yield Planned(SiteAddress("page", authored_address(catalog, page)), "", "nothing")
    for path in (*_INDEXES, *addresses.turtle_paths(catalog).values()):
        yield Planned(SiteAddress("index", path), "", "publication")
    for path in ("api/openapi.json", *(path for path, _ in key_files(catalog))):
        yield Planned(SiteAddress("index", path), "", "nothing")
    for language in catalog.languages:
        yield Planned(SiteAddress("index", addresses.localized(catalog, addresses.FEED, language)), "", "publication")
    for dataset in publication.datasets:
        yield from known[dataset.name] if dataset.name in known else plan_dataset(snapshot, dataset)


def _overview(publication: Publication) -> Iterator[Planned]:
    """The pages about all datasets, and what long lists have beside their first page."""
    catalog = publication.catalog
    further = list(further_pages([dataset.latest for dataset in publication.datasets if _is_shown(dataset)]))
    for path in (*OVERVIEW, *further):
        yield from _pages(catalog, path, "", "publication")
    if addresses.numbered(addresses.CATALOGUE, 2) in further:
        for language in catalog.languages:
            cards = addresses.localized(catalog, f"{addresses.CATALOGUE}{CARDS_FILE}", language)
            yield Planned(SiteAddress("index", cards), "", "publication")
    for path in tombstone_paths(publication):
        yield from _pages(catalog, path, "", "nothing")
    for name in publication.gone:
        yield Planned(SiteAddress("index", addresses.api_path(name)), "", "nothing")
        for language in catalog.languages:
            yield Planned(SiteAddress("index", addresses.localized(catalog, addresses.feed_path(name), language)))
    for release in publication.removed:
        if release.removal and release.removal.has_metadata:
            yield Planned(SiteAddress("index", f"{addresses.data_folder(release)}datapackage.json"), "", "nothing")
    states = [release.state for dataset in publication.datasets for release in dataset.releases]
    problems = (addresses.PROBLEMS,) if has_problems_page(publication) else ()
    keys = (addresses.KEYS,) if catalog.keys else ()
    for path in (*older_changes(len(states) - states.count("draft")), *problems, *keys):
        yield from _pages(catalog, path, "", "nothing")


def _is_shown(dataset: Dataset) -> bool:
    return dataset.latest.state != "draft"


def authored_address(catalog: Catalog, page: AuthoredPage) -> str:
    return addresses.localized(catalog, page.address, page.language)


def as_released(dataset: Dataset, drafts: Collection[Release]) -> Dataset:
    """The dataset with these drafts as releases of some day."""
    releases = (
        replace(release, state="released", date=date.max) if release in drafts else release
        for release in dataset.releases
    )
    return replace(dataset, releases=tuple(releases))


def plan_dataset(snapshot: Snapshot, dataset: Dataset, *, is_open: bool = True) -> Iterator[Planned]:
    """What is published of one dataset; nothing where there are but drafts.

    Which downloads a release has is found by a look into its tables; without (`is_open`), all that are possible.
    """
    name, newest, catalog = dataset.name, dataset.latest, snapshot.publication.catalog
    if not _is_shown(dataset):
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
    root = snapshot.roots.get(name, snapshot.publication.root)
    for release in dataset.releases:
        if release.state != "draft":
            yield from _pages(catalog, addresses.release_path(name, release.version), name)
            yield from _downloads(catalog, dataset, release, root if is_open else None)
            yield from _signed(catalog, release)
    removed = snapshot.publication.removed_of(name)
    for event in events(dataset, removed=removed):
        page = addresses.release_path(name, event.release.version)
        address = f"{page}#{event.kind}" if event.kind in ("withdrawal", "removal") else page
        yield Planned(SiteAddress("feed", address), name, "nothing")
    if dataset.has_history(removed):
        yield from _history(catalog, dataset)


def _history(catalog: Catalog, dataset: Dataset) -> Iterator[Planned]:
    """The history of a dataset's values, and what the explorer reads of each of its releases."""
    name = dataset.name
    yield from _pages(catalog, addresses.history_path(name), name)
    yield Planned(SiteAddress("download", addresses.history_file(name)), name)
    for release in dataset.followed:
        for language in catalog.languages:
            config = addresses.localized(catalog, addresses.explore_config(name, release.version), language)
            yield Planned(SiteAddress("index", config), name)


def _downloads(catalog: Catalog, dataset: Dataset, release: Release, root: Path | None) -> Iterator[Planned]:
    """Files at a version's own address are never changed. Without the `root` of its tables, all that are possible."""
    for path, kind in planned_files(catalog, dataset, release, root):
        own = f"{addresses.data_folder(release)}{path}"
        yield Planned(SiteAddress("download", own), release.dataset, "nothing")
        if release.version == dataset.latest.version and catalog.has_latest(kind):
            latest = addresses.data_path(release.dataset, LATEST, addresses.latest_path(release, path))
            yield Planned(SiteAddress("download", latest), release.dataset)


def _signed(catalog: Catalog, release: Release) -> Iterator[Planned]:
    """The signatures of the sums that the ledger has last."""
    for signature in good_signatures(catalog.keys, release, (release.published.get(SUMS) or ("",))[-1]):
        own = addresses.signature_path(release, signature.kind)
        yield Planned(SiteAddress("download", own), release.dataset, "nothing")


def planned_files(catalog: Catalog, dataset: Dataset, release: Release, root: Path | None) -> Iterator[tuple[str, str]]:
    """(path, kind) of the files that a build publishes of a release, by a look into its tables below `root`; without,
    all that may be."""
    if root is None:
        return release_files(catalog, release, None)

    def is_garbled(table: Table) -> bool:
        if not is_here(root, table):
            return f"{table.name}.excel.csv" in release.published  # of what is in the store the ledger says it
        return needs_excel_copy(root / table.source, table.dialect, table.schema.fields)

    def has_rows(table: Table, least: int) -> bool:
        if not is_here(root, table):
            return f"{table.name}.ndjson" in release.published
        return _has_rows(table, root / table.source, least)

    return release_files(catalog, release, Known(dataset.before(release) is None, is_garbled, has_rows))


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


@dataclass(frozen=True)
class _File:
    """A file of the site, or one from which a page is made, with the dataset that it is of."""

    path: str
    dataset: str


def check_addresses(
    overview: Iterable[str], datasets: Iterable[Dataset], planned: Addresses, published: Addresses
) -> tuple[Problem, ...]:
    """What is a file and a folder at once, differs from another in case only, or cannot be stored everywhere.

    `overview` are the addresses that are of no dataset; `planned` says what is published of a dataset with its drafts,
    `published` what is without them: a name that is published already stays, with a warning.
    """
    owned = [("", address) for address in overview]
    owned += [(dataset.name, address) for dataset in datasets for address in planned(dataset.name)]
    files = []
    for dataset, address in owned:
        is_page = not address or address.endswith("/")
        paths = (f"{address}index.html", addresses.staged(address)) if is_page else (address,)
        files += [_File(path, dataset) for path in paths]
    return summarised((*_clashes(files), *_not_portable(files, published)))


def _clashes(files: Iterable[_File]) -> Iterator[Problem]:
    """Compared without case, as on Windows and macOS."""
    folders: dict[str, _File] = {}
    seen: dict[str, _File] = {}
    for file in files:
        folder = file.path.casefold().rpartition("/")[0]
        while folder and folder not in folders:
            folders[folder] = file
            folder = folder.rpartition("/")[0]
        other = seen.setdefault(file.path.casefold(), file)
        if other.path != file.path:
            yield _clash(file, other, "case")
    for path, file in seen.items():
        if path in folders:
            yield _clash(file, folders[path], "")


def _clash(file: _File, other: _File, rule: str) -> Problem:
    """Reported where the dataset is, or the later of two."""
    place = max(file.dataset, other.dataset)
    return problem("address-clash", f"datasets/{place}", address=file.path, other=other.path, rule=rule)


def _not_portable(files: Iterable[_File], published: Addresses) -> Iterator[Problem]:
    """Names are examined once each, since there are few and very many files."""
    portable = cache(is_portable)
    reported: set[tuple[str, str]] = set()
    for file in files:
        for name in file.path.split("/"):
            if not portable(name) and (file.dataset, name) not in reported:
                reported.add((file.dataset, name))
                is_published = any(name in address.split("/") for address in published(file.dataset))
                report = warning if is_published else problem
                yield report("name-not-portable", f"datasets/{file.dataset}", found=name, address=file.path)
