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
from datagazette.search.groups import grouped, join, keep
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
_LONGEST = 100  # letters of an address that names a group


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


@dataclass(frozen=True)
class _GroupToIndex:
    """Neighbouring pages of a language; the first group has Pagefind's scripts."""

    pages: Sequence[SearchedPage]
    npm: Path
    is_first: bool


@dataclass(frozen=True)
class _GroupsToJoin:
    """`folders` are those of the groups, in order."""

    folders: Sequence[Path]
    language: str


def index(site: Site, pages: Sequence[SearchedPage]) -> None:
    """Publishes the index over `pages` and that over rows, which are made at the same time."""
    with ThreadPoolExecutor(1) as beside:
        over_pages = beside.submit(_page_indexes, site, pages)
        rows = _row_index(site)
        entries = over_pages.result()
    if entries:
        site.output.write(_ENTRY, search_index.joined(entry.path(_ENTRY) for entry in entries))
    site.output.adopt(rows.folder, rows.files, {_ROWS_FOLDER: f"{_ROWS_FOLDER}/"})


def _page_indexes(site: Site, pages: Sequence[SearchedPage]) -> tuple[Entry, ...]:
    """The index over the pages of each language: its files are put in but for the entry file, which is returned."""
    languages = sorted({page.language for page in pages})
    tasks = [task for language in languages for task in _group_tasks(site, language, pages)]
    entries = site.run.runner.run(_GROUPS, tasks)
    kept = {
        language: [entry for task, entry in zip(tasks, entries, strict=True) if task.group == language]
        for language in languages
    }
    joint = [
        Task(language, _GroupsToJoin([entry.path(search_index.FOLDER) for entry in groups], language),
             {"pages": digest([entry.key for entry in groups])})
        for language, groups in kept.items()
    ]  # fmt: skip
    joined = site.run.runner.run(_PAGES, joint)
    place = {search_index.FOLDER: f"{search_index.FOLDER}/"}
    for entry, groups in zip(joined, kept.values(), strict=True):
        left_out = {(number, f"{search_index.FOLDER}/{name}") for number, name in entry.value}
        for number, group in enumerate(groups):
            site.output.adopt(group.folder, [name for name in group.files if (number, name) not in left_out], place)
        site.output.adopt(entry.folder, [name for name in entry.files if name != _ENTRY], place)
    return joined


def _group_tasks(site: Site, language: str, pages: Sequence[SearchedPage]) -> list[Task]:
    npm, tasks = site.files.node_modules, []
    for number, group in enumerate(grouped([page for page in pages if page.language == language])):
        parts = {"pages": digest([(page.path, page.digest) for page in group], number == 0)}
        tasks.append(
            Task(
                f"{language}: {group[0].path[:_LONGEST]}", _GroupToIndex(group, npm, number == 0), parts, group=language
            )
        )
    return tasks


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


def _groups_indexed(tasks: Sequence[_GroupToIndex], folders: Sequence[Path]) -> list[None]:
    own = [folder / search_index.FOLDER for folder in folders]
    search_index.index([task.pages for task in tasks], tasks[0].npm, own)
    for task, folder in zip(tasks, own, strict=True):
        keep(folder, with_scripts=task.is_first)
    return [None for _ in tasks]


def _groups_joined(task: _GroupsToJoin, folder: Path) -> tuple[tuple[int, str], ...]:
    return join(task.folders, task.language, folder / search_index.FOLDER)


_GROUPS = Step("searched", _groups_indexed, where="thread", joint=_MOST)
_PAGES = Step("search", _groups_joined, where="thread")
_DATASETS = Step("dataset-rows", _dataset_rows, joint=_MOST)
_ROWS = Step("rows", _rows_indexed, where="thread")
