"""The index as files: which grams lead to which rows, and the rows themselves, each in parts of a few kilobytes.

    rows.json       how many parts there are, and how many rows a block holds
    grams/<n>.json  gram -> [rows whose name begins with it, other rows], as differences from one to the next
    rows/<n>.json   256 rows, in order of their names, with the tables that they are in

Rows are in order of their tables and names, so that names which begin alike are in one block. What is known of a
table by itself has been made before, as text that only has to be put together here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from datagazette.search.row_entries import RowTexts, Shelf, TableRows, shard
from datagazette.search.row_places import Leads

BLOCK = 256
# What a part of the grams has at most on average: some 10 kB as hosts send it. A word costs one such part.
_LETTERS_OF_SHARD = 32_000


@dataclass(frozen=True)
class Shelves:
    """The tables in their order. `regions` is the place of the list of regions, which lead on as `leads` says by code.

    `catalogue` is the address of the list of datasets, relative to the site's root.
    """

    tables: Sequence[TableRows]
    regions: int | None
    leads: Mapping[str, Leads]
    catalogue: str


def documents(found: Shelves, words: Iterable[RowTexts], language: str) -> Iterator[tuple[str, str]]:
    """(path, JSON) of every file. `words` are those of the tables, of which one at a time is looked at."""
    postings, rows = _gathered(words)
    texts = {gram: _json(postings[gram].lists) for gram in sorted(postings)}
    shards = 1 << (sum(map(len, texts.values())) // _LETTERS_OF_SHARD).bit_length()
    number = sum(map(len, rows))
    yield "rows.json", _json({"shards": shards, "block": BLOCK, "rows": number, "catalogue": found.catalogue})
    held: list[list[str]] = [[] for _ in range(shards)]
    for gram, text in texts.items():
        held[shard(gram, shards)].append(f"{_json(gram)}:{text}")
    for place, some in enumerate(held):
        yield f"grams/{place}.json", f"{{{','.join(some)}}}"
    for place, block in enumerate(_blocks(_rows(found, rows))):
        named = {shelf for row in block for shelf in row.shelves}
        shelves = {str(one): _shelf(found.tables[one].shelves[language], one == found.regions) for one in sorted(named)}
        yield f"rows/{place}.json", f'{{"shelves":{_json(shelves)},"rows":[{",".join(one.text for one in block)}]}}'


class _Posting:
    """What a gram leads to, as differences: each table's own rows, moved behind those of the tables before it."""

    def __init__(self) -> None:
        self.lists: tuple[list[int], list[int]] = ([], [])
        self._last = [0, 0]

    def add(self, start: int, found: Sequence[Sequence[int]]) -> None:
        for which, steps in enumerate(found):
            if steps:
                self.lists[which].append(steps[0] + start - self._last[which])
                self.lists[which].extend(steps[1:])
                self._last[which] = start + sum(steps)


def _gathered(words: Iterable[RowTexts]) -> tuple[Mapping[str, _Posting], Sequence[Sequence[str]]]:
    """What each gram leads to, and the rows of each table."""
    postings: dict[str, _Posting] = defaultdict(_Posting)
    rows: list[Sequence[str]] = []
    start = 0
    for word in words:
        for gram, found in word.grams.items():
            postings[gram].add(start, found)
        rows.append(word.rows)
        start += len(word.rows)
    return postings, rows


@dataclass(frozen=True)
class _Row:
    """A row as JSON, its table and those that it names."""

    text: str
    shelves: tuple[int, ...]


def _rows(found: Shelves, rows: Sequence[Sequence[str]]) -> Iterator[_Row]:
    for shelf, texts in enumerate(rows):
        if shelf == found.regions:
            yield from _places(found, shelf, texts)
        else:
            yield from (_Row(f"[{shelf},{text}]", (shelf,)) for text in texts)


def _places(found: Shelves, shelf: int, texts: Sequence[str]) -> Iterator[_Row]:
    read = [json.loads(f"[{text}]") for text in texts]
    titles = {key: title for key, title, *_ in read}
    for (key, *_), text in zip(read, texts, strict=True):
        leads = found.leads.get(key)
        if leads is None:
            yield _Row(f"[{shelf},{text}]", (shelf,))
            continue
        around = found.leads.get(leads.within) if leads.within in titles else None
        about = [leads.within, titles[leads.within], around.datasets] if around else []
        mentions = [[one.shelf, one.field, one.rows] for one in leads.mentions]
        whole = f"[{shelf},{text},{_json([leads.datasets, mentions, about])}]"
        yield _Row(whole, (shelf, *(mention.shelf for mention in leads.mentions)))


def _blocks(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while some := list(islice(rows, BLOCK)):
        yield some


def _shelf(one: Shelf, is_places: bool) -> dict[str, Any]:
    return {
        "explore": one.explore,
        "table": one.table,
        "title": one.title,
        "dataset": one.dataset,
        "theme": one.themes,
        "region": one.regions,
        "places": is_places,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
