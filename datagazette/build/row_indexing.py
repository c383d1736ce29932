"""The index over rows: what each dataset's tables say by themselves, kept by dataset, and all of it put together."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from datagazette.build.cache import Entry, Recipe
from datagazette.build.fingerprints import code_of, digest, libraries
from datagazette.build.making import Maker, Planned
from datagazette.build.paging import keys_by_dataset, narrowed
from datagazette.build.tabulating import Tabulated
from datagazette.compute.code_names import Place, region_table
from datagazette.describe import addresses
from datagazette.model.publication import Release
from datagazette.pages import SiteContent
from datagazette.pages.content import Key
from datagazette.search.row_entries import RowTexts, TableRows, dataset_rows, in_order
from datagazette.search.row_files import Shelves, documents
from datagazette.search.row_places import datasets_about, place_leads
from datagazette.tables.engine import Limits, connect

KNOW, INDEX = "dataset-rows", "rows"
_CODE = ("datagazette.build.row_indexing",)
# How many datasets share a database, at most.
_MOST = 150


@dataclass(frozen=True)
class _KnowTask:
    """`content` has nothing but the dataset and those that it uses."""

    content: SiteContent
    dataset: str
    regions: Place | None
    limits: Limits


@dataclass(frozen=True)
class _IndexTask:
    content: SiteContent
    regions: Place | None
    known: Sequence[Entry]


@dataclass(frozen=True)
class _Kept:
    """What is kept of a table. `words` are the `Words` of its rows by language, packed."""

    rows: TableRows
    words: Mapping[str, bytes]


def index_rows(content: SiteContent, packages: Mapping[Key, Entry], tabulated: Tabulated, maker: Maker) -> Entry:
    """The entry whose files are the index, in every language; `packages` are the entries of all releases."""
    regions = region_table(content.publication)
    known = _known(content, packages, tabulated, maker, regions)
    parts = {
        "results": digest([one.key for one in known], sorted(datasets_about(content).items()), regions),
        "catalog": digest(content.catalog), "code": code_of(*_CODE), "libraries": libraries(),
    }  # fmt: skip
    task = _IndexTask(content, regions, known)
    planned = Planned(Recipe(INDEX, "site", parts), lambda: task)
    return maker.entries(_index, [planned], whole=True, here=True)[0]


def _known(
    content: SiteContent, packages: Mapping[Key, Entry], tabulated: Tabulated, maker: Maker, regions: Place | None
) -> tuple[Entry, ...]:
    """What is known of each dataset's rows."""
    keys, planned, read = keys_by_dataset(content), [], list[tuple[Release, ...]]()
    shared = {"code": code_of(*_CODE), "libraries": libraries()}
    for dataset in content.datasets:
        alone = narrowed(content, dataset, keys, regions)
        used = [key for key in alone.results if key[0] != dataset.name]
        parts = {
            "results": packages[dataset.name, dataset.latest.version].key,
            "used": digest([packages[key].key for key in used]),
            "names": digest(alone.labels, alone.regions, regions), **shared,
        }  # fmt: skip
        task = _KnowTask(alone, dataset.name, regions, tabulated.limits)
        planned.append(Planned(Recipe(KNOW, dataset.name, parts), partial(_itself, task)))
        read.append(tuple(one.release for each in alone.datasets if (one := alone.newest(each.name))))

    def prepare(missing: Sequence[int]) -> None:
        tabulated.provide({one.id: one for place in missing for one in read[place]}.values())

    return maker.together(_know, planned, _MOST, prepare=prepare)


def _itself(task: _KnowTask) -> _KnowTask:
    return task


def _know(tasks: Sequence[_KnowTask], _folders: Sequence[Path]) -> list[tuple[_Kept, ...]]:
    with connect(tasks[0].limits) as engine:
        found = [dataset_rows(one.content, one.dataset, one.regions, engine) for one in tasks]
    return [tuple(_Kept(rows, {language: _packed(one) for language, one in words.items()}) for rows, words in tables)
            for tables in found]  # fmt: skip


def _packed(words: RowTexts) -> bytes:
    """Compressed: there are many, and all are held until the index is made."""
    return zlib.compress(json.dumps((words.rows, words.grams), ensure_ascii=False).encode(), 1)


def _unpacked(packed: bytes) -> RowTexts:
    return RowTexts(*json.loads(zlib.decompress(packed)))


def _index(task: _IndexTask, folder: Path) -> None:
    content, regions = task.content, task.regions
    kept = {one.rows.place: one for entry in task.known for one in entry.value}
    tables = in_order((one.rows for one in kept.values()), regions)
    leads = place_leads(datasets_about(content), [(one.place, one.names) for one in tables], regions)
    first = next((number for number, one in enumerate(tables) if one.place == regions), None)
    for language in content.catalog.languages:
        catalogue = addresses.localized(content.catalog, addresses.CATALOGUE, language)
        words = (_unpacked(kept[one.place].words[language]) for one in tables)
        for path, document in documents(Shelves(tables, first, leads, catalogue), words, language):
            target = folder / "search" / language / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(document, "utf-8")
