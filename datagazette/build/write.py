"""Write: the Markdown of each dataset's pages from what is known of it and of what it uses, and that of all others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest, tree_digest
from datagazette.build.package import words_digest
from datagazette.build.site import Site
from datagazette.build.steps import Step, Task
from datagazette.compute.code_names import needed_codes, region_table
from datagazette.describe import addresses
from datagazette.describe.listing import Listing, api_documents, listing
from datagazette.describe.notation import dump
from datagazette.describe.release_history import dataset_feed
from datagazette.model.publication import Dataset
from datagazette.model.results import ReleaseResult
from datagazette.pages import (
    CARDS_FILE,
    Listed,
    Page,
    SiteContent,
    dataset_card,
    further_cards,
    render_dataset,
    render_overview,
)
from datagazette.pages.catalogue import Card
from datagazette.pages.context import Key, PageContext

# The folder of an entry that holds files as the site has them.
BESIDE = "site/"


@dataclass(frozen=True)
class Written:
    """A staged page in an entry, at `<language>/<path>`."""

    language: str
    path: str
    listed: Listed | None


@dataclass(frozen=True)
class WrittenDataset:
    """What an entry has of a dataset: its staged pages, its card by language, and its part of the lists of all."""

    pages: tuple[Written, ...]
    cards: tuple[tuple[str, Card], ...]
    listing: Listing


@dataclass(frozen=True)
class _Known:
    """`content` has nothing but the dataset and those that it uses."""

    content: SiteContent
    dataset: str


def write(site: Site) -> dict[str, Entry]:
    """The entry of each dataset, its value a `WrittenDataset`; what is below `BESIDE` is published as it is."""
    datasets = site.content.datasets
    entries = site.run.runner.run(_WRITE, _tasks(site, datasets))
    for entry in entries:
        site.output.adopt(entry.folder, [name for name in entry.files if name.startswith(BESIDE)], {BESIDE[:-1]: ""})
    return dict(zip((dataset.name for dataset in datasets), entries, strict=True))


def write_damaged(site: Site, entries: Mapping[str, Entry], names: Collection[str]) -> None:
    """Writes the pages of those datasets of `names` again whose staged pages are damaged."""
    damaged = {name for name in names if not entries[name].is_whole()}
    tasks = _tasks(site, [dataset for dataset in site.content.datasets if dataset.name in damaged])
    site.run.runner.remove(_WRITE, tasks)
    site.run.runner.run(_WRITE, tasks)


def write_overview(site: Site, entries: Mapping[str, Entry]) -> tuple[Page, ...]:
    """The pages on all datasets, staged in the workspace, too; the cards that the catalogue fetches are published."""
    cards = {(name, language): card for name, entry in entries.items() for language, card in entry.value.cards}
    content = replace(site.content, cards=cards)
    for language in content.catalog.languages:
        rest = further_cards(content, language)
        if rest:
            place = addresses.localized(content.catalog, f"{addresses.CATALOGUE}{CARDS_FILE}", language)
            site.output.write(place, json.dumps(rest, ensure_ascii=False))
    overview = tuple(render_overview(content))
    _stage(overview, site.run.workspace.pages)
    return overview


def _tasks(site: Site, datasets: Sequence[Dataset]) -> list[Task]:
    content, packages, hashes = site.content, site.packages, site.run.hashes
    keys, regions = keys_by_dataset(content), region_table(content.publication)
    shared = {
        "catalog": digest(content.catalog),
        "words": words_digest(content.strings),
        "templates": tree_digest(content.templates),
    }
    found = []
    for dataset in datasets:
        alone = narrowed(content, dataset, keys, regions)
        own = [packages[key] for key in keys[dataset.name]]
        used = [each for each in alone.publication.datasets if each.name != dataset.name]
        parts = {
            "results": digest([entry.key for entry in own]),
            "releases": hashes.both(dataset.releases),
            "used": digest(
                [(hashes.both(each.releases), [packages[key].key for key in keys.get(each.name, ())]) for each in used]
            ),
            "names": digest(alone.labels, alone.regions),
            **shared,
        }
        plots = {key: plot for entry in own for key, plot in entry.value.plots.items()}
        images = {page: image for entry in own for page, image in entry.value.images.items()}
        known = _Known(replace(alone, plots=plots, images=images), dataset.name)
        found.append(Task(dataset.name, known, parts))
    return found


def keys_by_dataset(content: SiteContent) -> dict[str, list[Key]]:
    """The results of each dataset."""
    keys: dict[str, list[Key]] = {}
    for key in content.results:
        keys.setdefault(key[0], []).append(key)
    return keys


def narrowed(
    content: SiteContent, dataset: Dataset, keys: Mapping[str, list[Key]], regions: tuple[str, str] | None
) -> SiteContent:
    """What a dataset's pages are made from: so they cost the same, however many datasets there are."""
    used = {name for release in dataset.releases for name, _ in release.uses}
    names = {dataset.name, dataset.latest.renamed_to, *used}
    datasets = tuple(found for name in sorted(names) if (found := content.publication.dataset(name)))
    results = {key: content.results[key] for name in sorted(names) for key in keys.get(name, ())}
    codes = needed_codes(regions, [content.results[key] for key in keys[dataset.name]])
    labels = {
        place: {code: known[code] for code in sorted(wanted) if code in known}
        for place, wanted in sorted(codes.items())
        if (known := content.labels.get(place)) is not None
    }
    return replace(
        content,
        publication=replace(content.publication, datasets=datasets),
        results=results,
        authored_pages=(),
        labels=labels,
        regions=labels.get(regions, {}) if regions else {},
        plots={},
        images={},
    )


def _written(task: _Known, folder: Path) -> WrittenDataset:
    content = task.content
    dataset, result = content.publication.dataset(task.dataset), content.newest(task.dataset)
    assert dataset is not None
    assert result is not None
    for path, text in _beside(content, dataset, result):
        target = folder / BESIDE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", newline="")
    cards = tuple(
        (language, dataset_card(PageContext(content, language, addresses.CATALOGUE), dataset, result))
        for language in content.catalog.languages
    )
    return WrittenDataset(_stage(render_dataset(content, dataset), folder), cards, listing(content.publication, result))


def _beside(content: SiteContent, dataset: Dataset, result: ReleaseResult) -> Iterator[tuple[str, str]]:
    """(path, text) of a dataset's feeds and JSON documents, which are beside its pages."""
    publication, catalog = content.publication, content.catalog
    changes = {(name, str(version)): each.changes for (name, version), each in content.results.items() if each.changes}
    for language in catalog.languages:
        prefix = "" if language == catalog.languages[0] else f"{language}/"
        yield f"{prefix}datasets/{dataset.name}/feed.xml", dataset_feed(publication, dataset, language, changes)
    for path, document in api_documents(catalog, dataset, result):
        yield path, dump(document)


def _stage(pages: Iterable[Page], folder: Path) -> tuple[Written, ...]:
    """Writes pages below `folder`, a tree a language."""
    written = []
    for page in pages:
        path = folder / page.language / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, "utf-8", newline="\n")
        written.append(Written(page.language, page.path, page.listed))
    return tuple(written)


_WRITE = Step("pages", _written, (__name__,), looked_at=BESIDE)
