"""Write: what pages show is gathered, and the Markdown of all pages is written with the lists, feeds and maps."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from datagazette.build.cache import Entry
from datagazette.build.content import Histories, Images, Plots, narrowed
from datagazette.build.fingerprints import digest, tree_digest
from datagazette.build.histories import histories
from datagazette.build.package import PACKAGE, SITE, Package, cards, package_home, words_digest
from datagazette.build.site_check import SiteFiles
from datagazette.build.steps import Pending, Run, Step, Task
from datagazette.build.summarise import placed
from datagazette.build.tabulate import tabulate
from datagazette.compute.code_names import Place, find_labels, needed_codes, region_table
from datagazette.describe import addresses
from datagazette.describe.listing import Listing, api_documents, listing
from datagazette.describe.notation import dump
from datagazette.describe.release_history import Changes, dataset_feed
from datagazette.downloads.package import latest_names, latest_sums
from datagazette.model.names import LATEST
from datagazette.model.pages import AuthoredPage
from datagazette.model.publication import Dataset
from datagazette.model.results import ReleaseResult, Results
from datagazette.model.signing import SUMS
from datagazette.model.text import Text
from datagazette.pages import (
    Listed,
    Page,
    SiteContent,
    Strings,
    dataset_card,
    render_dataset,
)
from datagazette.pages.catalogue import Card
from datagazette.pages.context import Key, PageContext
from datagazette.pages.explore import explorer_config
from datagazette.publish.links import Pointers, packed, text_pointers
from datagazette.publish.output import Output
from datagazette.publish.redirects import redirected
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import TypedTable

PAGES = "pages"  # the step that writes a dataset's pages
# The folder of an entry that holds files as the site has them.
_BESIDE = f"{SITE}/"


@dataclass(frozen=True)
class Site:
    """The site of a publication whose releases are packaged: all that its pages are made from, and where they are put.

    `packages` are those of all releases, `cards` the entries of each dataset's pictures, `histories` those of what its
    values were, `files` what pages are made with.
    """

    run: Run
    content: SiteContent
    packages: Mapping[Key, Package]
    cards: Mapping[str, Entry]
    histories: Mapping[str, Entry]
    files: SiteFiles
    output: Output

    @cached_property
    def narrowed(self) -> Mapping[str, SiteContent]:
        """What each dataset's pages are made from."""
        return narrowed(self.content)


@dataclass(frozen=True)
class Written:
    """A staged page in an entry, at `<language>/<path>`."""

    language: str
    path: str
    listed: Listed | None


@dataclass(frozen=True)
class WrittenDataset:
    """What an entry has of a dataset: its staged pages, its card by language, and its part of the lists of all.

    `pointers` are those of the feeds and JSON documents beside its pages."""

    pages: tuple[Written, ...]
    cards: tuple[tuple[str, Card], ...]
    listing: Listing
    pointers: Pointers


@dataclass(frozen=True)
class _DatasetToWrite:
    """`content` has nothing but the dataset and those that it uses."""

    content: SiteContent
    dataset: str


def gather(
    run: Run, packages: Mapping[Key, Package], strings: Mapping[str, Strings], pages: tuple[AuthoredPage, ...],
    files: SiteFiles, output: Output,
) -> Site:  # fmt: skip
    """Puts the files of all packages into the output, and gathers what pages show. `pages` as in `SiteContent`."""
    pictured, home = cards(run, packages, strings), package_home(run, packages, strings)
    results = {key: placed(each.result, run.workspace) for key, each in packages.items()}
    followed = histories(run, results)
    for entry in (*(each.files for each in packages.values()), *pictured.values(), home, *followed.values()):
        output.adopt(entry.folder, entry.names(), {SITE: ""})
    _publish_latest(run, results, packages, output)
    labels, regions = _labels(run, results), region_table(run.publication)
    content = SiteContent(
        publication=run.publication,
        results=results,
        strings=strings,
        templates=files.templates,
        authored_pages=pages,
        labels=labels,
        regions=labels.get(regions, {}) if regions else {},
        plots=Plots(packages),
        images=Images(home, pictured),
        histories=Histories(followed),
    )
    return Site(run, content, packages, pictured, followed, files, output)


def _labels(run: Run, results: Results) -> dict[Place, dict[str, Text]]:
    """The names of the codes that results have."""
    needed = needed_codes(region_table(run.publication), results.values())
    named = {dataset for dataset, _ in needed}
    tabulate(run, (result.release for (dataset, _), result in results.items() if dataset in named))
    typed = {
        (dataset, table.table.name): TypedTable(table.table, Path(table.parquet))
        for (dataset, _), result in results.items()
        for table in result.tables
    }
    with connect(Limits(reads=(run.workspace.root,))) as engine:
        return find_labels(engine, typed, needed, run.publication.catalog.languages)


def _publish_latest(run: Run, results: Results, packages: Mapping[Key, Package], output: Output) -> None:
    """`/data/<id>/latest/` of every dataset: the files of its newest release under names without the version."""
    catalog = run.publication.catalog
    chosen = digest(catalog)

    def latest(result: ReleaseResult, folder: Path) -> dict[str, str | bytes]:
        release, place = result.release, f"data/{result.release.dataset}/{LATEST}/"
        renamed = latest_names(catalog, release, result.files)
        source = f"{folder}/{SITE}/{addresses.data_folder(release)}"
        files: dict[str, str | bytes] = {f"{place}{file.path}": f"{source}{path}" for path, file in renamed.items()}
        return {**files, place + SUMS: latest_sums(renamed).encode()} if renamed else {}

    for dataset in run.publication.datasets:
        key = (dataset.name, dataset.latest.version)
        if key in results:
            folder = packages[key].files.folder
            output.put(f"{folder}\n{LATEST} {run.basis(dataset.name)} {chosen}", partial(latest, results[key], folder))


def write(site: Site) -> dict[str, Entry]:
    """The entry of each dataset, its value a `WrittenDataset`; its feeds and JSON documents are published."""
    datasets = site.content.datasets
    entries = site.run.runner.run(_WRITE, _tasks(site, datasets))
    for entry in entries:
        site.output.adopt(entry.folder, entry.names(_BESIDE), {SITE: ""})
    return dict(zip((dataset.name for dataset in datasets), entries, strict=True))


def write_damaged(site: Site, entries: Mapping[str, Entry], names: Collection[str]) -> None:
    """Writes the pages of those datasets of `names` again whose staged pages are damaged."""
    damaged = {name for name in names if not entries[name].is_whole()}
    chosen = (dataset for dataset in site.content.datasets if dataset.name in damaged)
    tasks = [task.make() for task in _tasks(site, tuple(chosen))]
    site.run.runner.remove(_WRITE, tasks)
    site.run.runner.run(_WRITE, tasks)


def led_elsewhere(site: Site) -> dict[str, str]:
    """The addresses below `latest/` that hosts lead elsewhere, each with that of the file."""
    releases = redirected(site.content.publication)
    shown = (found for release in releases if (found := site.content.results.get((release.dataset, release.version))))
    return {
        addresses.data_path(
            found.release.dataset, LATEST, addresses.latest_path(found.release, file.path)
        ): addresses.data_folder(found.release) + file.path
        for found in shown
        for file in found.files
    }


def shown_as_they_are(site: Site) -> frozenset[str]:
    """The datasets whose packages and documents the published site has as they are now."""
    runner = site.run.runner
    memo, cache, found = runner.memo, runner.cache, set[str]()
    if memo is None or cache is None:
        return frozenset()
    for dataset in site.content.datasets:
        basis = site.run.basis(dataset.name)
        packaged = (PACKAGE, [release.id for release in site.content.releases(dataset)])
        steps = (packaged, (PAGES, [dataset.name]))
        if basis and all(memo.shown(step, name, basis, cache) for step, names in steps for name in names):
            found.add(dataset.name)
    return frozenset(found)


def pointers_beside(site: Site, entries: Mapping[str, Entry]) -> Iterator[Pointers]:
    """What all files but pages, scripts and styles point to: those of releases, of datasets, and the lists."""
    yield from (package.pointers for package in site.packages.values())
    yield from (entry.value.pointers for entry in entries.values())
    base_url = site.content.catalog.base_url
    yield packed(text_pointers(path, text, base_url) for path, text in site.output.texts())


def shared_parts(content: SiteContent) -> dict[str, str]:
    """The hashes of what all pages are made with."""
    return {
        "catalog": digest(content.catalog),
        "words": words_digest(content.strings),
        "templates": tree_digest(*content.templates),
    }


def _tasks(site: Site, datasets: Sequence[Dataset]) -> list[Pending]:
    packages, hashes, shared = site.packages, site.run.hashes, shared_parts(site.content)

    def task(dataset: Dataset) -> Task:
        alone = site.narrowed[dataset.name]
        found_of = {each.name: [packages[key] for key in alone.results if key[0] == each.name]
                    for each in alone.publication.datasets}  # fmt: skip
        own = found_of.pop(dataset.name)
        images = site.cards[dataset.name].value
        used = [
            (hashes.both(other.releases), [each.key for each in found_of[other.name]])
            for other in alone.publication.datasets
            if other.name != dataset.name
        ]
        parts = {
            "results": digest([each.key for each in own], sorted(images.items())),
            "releases": hashes.both(dataset.releases),
            "removed": digest(site.content.publication.removed_of(dataset.name)),
            "used": digest(used),
            "signed": digest([release.signed for release in dataset.releases]),
            "names": digest(alone.labels, alone.regions),
            "history": site.histories[dataset.name].key if dataset.name in site.histories else "none",
            **shared,
        }
        plots = {key: plot for each in own for key, plot in each.plots.items()}
        known = {name: site.histories[name].value for name in (dataset.name,) if name in site.histories}
        payload = _DatasetToWrite(replace(alone, plots=plots, images=images, histories=known), dataset.name)
        return Task(dataset.name, payload, parts, dataset=dataset.name)

    return [Pending(dataset.name, site.run.basis(dataset.name), partial(task, dataset)) for dataset in datasets]


def _written(task: _DatasetToWrite, folder: Path) -> WrittenDataset:
    content, catalog = task.content, task.content.catalog
    dataset, result = content.publication.dataset(task.dataset), content.newest(task.dataset)
    assert dataset is not None
    assert result is not None
    removed = content.publication.removed_of(dataset.name)
    beside = {path: dump(document) for path, document in api_documents(catalog, dataset, result, removed)}
    cards = []
    for language in catalog.languages:
        feed = dataset_feed(content.publication, dataset, language, known_changes(content.results))
        beside[addresses.localized(catalog, addresses.feed_path(dataset.name), language)] = feed
        cards.append((language, dataset_card(PageContext(content, language, addresses.CATALOGUE), dataset, result)))
    beside.update(_by_release(content, dataset))
    for path, text in beside.items():
        target = folder / SITE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", newline="")
    pages = stage(render_dataset(content, dataset), folder)
    pointers = packed(text_pointers(path, text, catalog.base_url) for path, text in beside.items())
    return WrittenDataset(
        pages, tuple(cards), listing(content.publication, result, _regions(content, result)), pointers
    )


def _by_release(content: SiteContent, dataset: Dataset) -> Iterator[tuple[str, str]]:
    """What the explorer reads of each release of a dataset with several, by path."""
    removed = content.publication.removed_of(dataset.name)
    for release in dataset.followed if dataset.has_history(removed) else ():
        result = content.result(dataset.name, release.version)
        for language in content.catalog.languages if result else ():
            assert result is not None
            context = PageContext(content, language, addresses.explore_path(dataset.name))
            path = context.localized(addresses.explore_config(dataset.name, release.version))
            config = json.dumps(explorer_config(context, result), ensure_ascii=False, separators=(",", ":"))
            yield path, f"{config}\n"


def _regions(content: SiteContent, result: ReleaseResult) -> dict[str, Text]:
    """The names of a release's regions in every language, of those that have one."""
    contexts = [PageContext(content, language, addresses.HOME) for language in content.catalog.languages]
    names = {code: [(each.language, each.region(code)) for each in contexts] for code in result.release.spatial}
    return {code: Text(tuple(pair for pair in found if pair[1] != code)) for code, found in names.items()}


def known_changes(results: Results) -> Changes:
    """What feeds say of each release's changes."""
    return {(name, str(version)): result.changes for (name, version), result in results.items() if result.changes}


def stage(pages: Iterable[Page], folder: Path) -> tuple[Written, ...]:
    """Writes pages below `folder`, a tree a language."""
    written = []
    for page in pages:
        path = folder / page.language / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, "utf-8", newline="\n")
        written.append(Written(page.language, page.path, page.listed))
    return tuple(written)


_WRITE = Step(PAGES, _written, looked_at=_BESIDE)
