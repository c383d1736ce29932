"""Index: over pages in each language, and over rows: what each dataset's tables say by themselves, put together."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest
from datagazette.build.steps import Pending, Step, Task
from datagazette.build.tabulate import tabulate
from datagazette.build.write import Site
from datagazette.compute.code_names import Place, region_table
from datagazette.model.publication import Dataset
from datagazette.pages import SiteContent
from datagazette.search import index as search_index
from datagazette.search.index import SearchedPage
from datagazette.search.row_entries import TableRows, dataset_rows, datasets_about, in_order, place_leads
from datagazette.search.row_files import ABOUT, PartOfIndex, Whole, about_index
from datagazette.search.row_texts import SHARED, RowTexts, Said
from datagazette.tables.engine import Limits, connect

_ROWS_FOLDER = "search"  # where the site has the index over rows
FOLDERS = (search_index.FOLDER, _ROWS_FOLDER)
_ENTRY = f"{search_index.FOLDER}/{search_index.ENTRY}"
# How many datasets share a database, at most.
_MOST = 150


@dataclass(frozen=True)
class _DatasetToIndex:
    """`content` has nothing but the dataset and those that it uses."""

    content: SiteContent
    dataset: str
    regions: Place | None
    limits: Limits


@dataclass(frozen=True)
class _RowsToIndex:
    """`entries` are those of the datasets' rows."""

    content: SiteContent
    regions: Place | None
    entries: Sequence[Entry]


@dataclass(frozen=True)
class _TableEntry:
    """What is kept of a table. `texts` are the `RowTexts` of its rows by part of the index, compressed."""

    rows: TableRows
    texts: Mapping[str, bytes]


def index(site: Site, pages: Sequence[SearchedPage]) -> None:
    """Publishes the index over `pages` and that over rows, which are made at the same time."""
    with ThreadPoolExecutor(1) as beside:
        over_pages = beside.submit(_page_indexes, site, pages)
        rows = _row_index(site)
        entries = over_pages.result()
    for entry in entries:
        files = [name for name in entry.files if name != _ENTRY]
        site.output.adopt(entry.folder, files, {search_index.FOLDER: f"{search_index.FOLDER}/"})
    if entries:
        site.output.write(_ENTRY, search_index.joined(entry.path(_ENTRY) for entry in entries))
    site.output.adopt(rows.folder, rows.files, {_ROWS_FOLDER: f"{_ROWS_FOLDER}/"})


def _page_indexes(site: Site, pages: Sequence[SearchedPage]) -> tuple[Entry, ...]:
    """The index over the pages of each language."""
    tasks = []
    for language in sorted({page.language for page in pages}):
        own = [page for page in pages if page.language == language]
        parts = {"pages": digest(sorted((page.path, page.digest) for page in own))}
        tasks.append(Task(language, (own, site.files.node_modules), parts))
    return site.run.runner.run(_PAGES, tasks)


def _row_index(site: Site) -> Entry:
    """The entry whose files are the index over rows, in every language, from what each dataset's rows say."""
    content, packages, regions = site.content, site.packages, region_table(site.content.publication)

    def task(dataset: Dataset) -> Task:
        alone = site.narrowed[dataset.name]
        parts = {
            "results": packages[dataset.name, dataset.latest.version].key,
            "used": digest([packages[key].key for key in alone.results if key[0] != dataset.name]),
            "names": digest(alone.labels, alone.regions, regions),
        }
        return Task(dataset.name, _DatasetToIndex(alone, dataset.name, regions, site.run.limits), parts)

    tasks = [
        Pending(dataset.name, site.run.basis(dataset.name), partial(task, dataset)) for dataset in content.datasets
    ]

    def prepare(missing: Sequence[Task]) -> None:
        contents = [task.payload.content for task in missing]
        newest = [alone.newest(dataset.name) for alone in contents for dataset in alone.datasets]
        tabulate(site.run, (result.release for result in newest if result))

    entries = site.run.runner.run(_DATASETS, tasks, prepare)
    about = sorted(datasets_about(content).items())
    parts = {
        "results": digest([entry.key for entry in entries], about, regions),
        "catalog": digest(content.catalog),
    }
    return site.run.runner.run(_ROWS, [Task("site", _RowsToIndex(content, regions, entries), parts)])[0]


def _dataset_rows(tasks: Sequence[_DatasetToIndex], _folders: Sequence[Path]) -> list[tuple[_TableEntry, ...]]:
    with connect(tasks[0].limits) as engine:
        found = [dataset_rows(task.content, task.dataset, task.regions, engine) for task in tasks]
    return [
        tuple(
            _TableEntry(rows, {language: _packed(each) for language, each in texts.items()}) for rows, texts in tables
        )
        for tables in found
    ]


def _packed(texts: RowTexts) -> bytes:
    return zlib.compress(json.dumps(vars(texts), ensure_ascii=False).encode(), 1)


def _unpacked(packed: bytes) -> RowTexts:
    return RowTexts(**json.loads(zlib.decompress(packed)))


def _rows_indexed(task: _RowsToIndex, folder: Path) -> None:
    content, regions, languages = task.content, task.regions, task.content.catalog.languages
    kept = {table.rows.place: table for entry in task.entries for table in entry.value}
    tables = in_order((table.rows for table in kept.values()), regions)
    leads = place_leads(datasets_about(content), tables, regions)
    titles = _region_titles(kept[regions].texts, languages) if regions in kept else {}
    whole = Whole(languages, tables, regions, leads, titles)
    abouts = {}
    for name in (SHARED, *languages):
        part = PartOfIndex(whole, name)
        for number, table in enumerate(tables):
            if name in kept[table.place].texts:
                part.add(number, _unpacked(kept[table.place].texts[name]))
        for path, document in part.files():
            _written(folder / _ROWS_FOLDER / path, document)
        abouts[name] = part.about
    _written(folder / _ROWS_FOLDER / ABOUT, about_index(languages, abouts).encode())


def _region_titles(texts: Mapping[str, bytes], languages: Sequence[str]) -> Mapping[str, Said]:
    """The names in the list of regions by their codes."""
    parts = {part: _unpacked(packed) for part, packed in texts.items()}
    titles = {part: dict(zip(rows.keys, rows.titles, strict=True)) for part, rows in parts.items()}
    apart = titles.get(languages[0], {})
    return {**titles.get(SHARED, {}), **{code: [titles[language][code] for language in languages] for code in apart}}


def _written(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _pages_indexed(task: tuple[Sequence[SearchedPage], Path], folder: Path) -> None:
    pages, npm = task
    search_index.index(pages, npm, folder / search_index.FOLDER)


_PAGES = Step("search", _pages_indexed, where="thread")
_DATASETS = Step("dataset-rows", _dataset_rows, joint=_MOST)
_ROWS = Step("rows", _rows_indexed, where="thread")
