"""The index as files: which grams lead to which rows, and the rows themselves, each in parts of a few kilobytes.

    rows.json       how many parts there are, and how many rows a block holds
    grams/<n>.json  gram -> [rows whose name begins with it, other rows], as differences from one to the next
    rows/<n>.json   256 rows, in order of their names, with the tables that they stand in

Rows are in order of their tables and names, so that names which begin alike stand in one block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from publisher.row_search.entries import Entry, RowEntries, Shelf
from publisher.row_search.grams import folded, grams, shard

BLOCK = 256
_GRAMS_OF_SHARD = 1_000


def documents(found: RowEntries) -> Iterator[tuple[str, Any]]:
    """(path, content) of every file; contents are for JSON."""
    places = {one.key: one for one in found.entries if one.leads and found.shelves[one.shelf].is_places}
    entries = sorted(found.entries, key=lambda one: (one.shelf, folded(one.title), one.key))
    postings = _postings(entries)
    shards = 1 << max(0, (len(postings) // _GRAMS_OF_SHARD).bit_length())
    yield "rows.json", {"shards": shards, "block": BLOCK, "rows": len(entries), "catalogue": found.catalogue}
    held: list[dict[str, Any]] = [{} for _ in range(shards)]
    for gram, (first, other) in sorted(postings.items()):
        held[shard(gram, shards)][gram] = [list(_steps(first)), list(_steps(other))]
    for number, content in enumerate(held):
        yield f"grams/{number}.json", content
    for number, start in enumerate(range(0, len(entries), BLOCK)):
        yield f"rows/{number}.json", _block(entries[start : start + BLOCK], found.shelves, places)


def _postings(entries: Sequence[Entry]) -> dict[str, tuple[list[int], list[int]]]:
    found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, entry in enumerate(entries):
        title = list(dict.fromkeys(grams(folded(entry.title))))
        for gram in title[:1]:
            found[gram][0].append(number)
        for gram in dict.fromkeys((*title[1:], *grams(folded(entry.words)))):
            if gram not in title[:1]:
                found[gram][1].append(number)
    return found


def _steps(numbers: Iterable[int]) -> Iterator[int]:
    before = 0
    for one in numbers:
        yield one - before
        before = one


def _block(entries: Sequence[Entry], shelves: Sequence[Shelf], places: Mapping[str, Entry]) -> dict[str, Any]:
    mentioned = {mention.shelf for one in entries if one.leads for mention in one.leads.mentions}
    return {
        "shelves": {
            str(number): _shelf(shelves[number]) for number in sorted(mentioned | {one.shelf for one in entries})
        },
        "rows": [_row(entry, places) for entry in entries],
    }


def _shelf(one: Shelf) -> dict[str, Any]:
    return {
        "explore": one.explore,
        "table": one.table,
        "title": one.title,
        "dataset": one.dataset,
        "theme": one.themes,
        "region": one.regions,
        "places": one.is_places,
    }


def _row(entry: Entry, places: Mapping[str, Entry]) -> list[Any]:
    row: list[Any] = [entry.shelf, entry.key, entry.title, entry.context, entry.words]
    if entry.leads:
        mentions = [[one.shelf, one.field, one.rows] for one in entry.leads.mentions]
        around = places.get(entry.leads.within)
        about = [around.key, around.title, around.leads.datasets] if around and around.leads else []
        row.append([entry.leads.datasets, mentions, about])
    return row
