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
from itertools import islice

from datagazette.compute.code_names import Place
from datagazette.search.row_entries import Leads, RowTexts, TableRows, compact

BLOCK = 256
# What a part of the grams has at most on average: some 10 kB as hosts send it. A word costs one such part.
_LETTERS_OF_SHARD = 32_000


def documents(
    tables: Sequence[TableRows],
    texts: Iterable[RowTexts],
    language: str,
    *,
    regions: Place | None,
    leads: Mapping[str, Leads],
    catalogue: str,
) -> Iterator[tuple[str, str]]:
    """(path, JSON) of every file. `texts` are those of the tables in their order, of which one at a time is looked at.

    The list of regions leads on as `leads` says by code. `catalogue` is the address of the list of datasets, relative
    to the site's root.
    """
    postings, rows = _gathered(texts)
    lists = {gram: compact(postings[gram].lists) for gram in sorted(postings)}
    shards = 1 << (sum(map(len, lists.values())) // _LETTERS_OF_SHARD).bit_length()
    number = sum(map(len, rows))
    yield "rows.json", compact({"shards": shards, "block": BLOCK, "rows": number, "catalogue": catalogue})
    held: list[list[str]] = [[] for _ in range(shards)]
    for gram, text in lists.items():
        held[_shard(gram, shards)].append(f"{compact(gram)}:{text}")
    for place, some in enumerate(held):
        yield f"grams/{place}.json", f"{{{','.join(some)}}}"
    listed = next((number for number, table in enumerate(tables) if table.place == regions), None)
    written = _rows(rows, listed, leads)
    for place, block in enumerate(iter(lambda: list(islice(written, BLOCK)), [])):
        named = sorted({number for _, numbers in block for number in numbers})
        shelves = {str(number): {**tables[number].shelves[language], "places": number == listed} for number in named}
        yield f"rows/{place}.json", f'{{"shelves":{compact(shelves)},"rows":[{",".join(text for text, _ in block)}]}}'


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


def _gathered(texts: Iterable[RowTexts]) -> tuple[Mapping[str, _Posting], Sequence[Sequence[str]]]:
    """What each gram leads to, and the rows of each table."""
    postings: dict[str, _Posting] = defaultdict(_Posting)
    rows: list[Sequence[str]] = []
    start = 0
    for table in texts:
        for gram, found in table.grams.items():
            postings[gram].add(start, found)
        rows.append(table.rows)
        start += len(table.rows)
    return postings, rows


def _shard(gram: str, shards: int) -> int:
    """The part of the index that holds a gram: 31-based hash of its code points."""
    value = 0
    for letter in gram:
        value = (value * 31 + ord(letter)) % 2**32
    return value % shards


def _rows(
    rows: Sequence[Sequence[str]], listed: int | None, leads: Mapping[str, Leads]
) -> Iterator[tuple[str, list[int]]]:
    """(JSON, the tables that it names) of each row. `listed` is the list of regions, whose rows say where they lead."""
    for number, texts in enumerate(rows):
        if number != listed:
            yield from ((f"[{number},{text}]", [number]) for text in texts)
            continue
        read = [json.loads(f"[{text}]") for text in texts]
        titles = {key: title for key, title, *_ in read}
        for (key, *_), text in zip(read, texts, strict=True):
            lead = leads.get(key)
            if lead is None:
                yield f"[{number},{text}]", [number]
                continue
            around = leads.get(lead.within) if lead.within in titles else None
            about = [lead.within, titles[lead.within], around.datasets] if around else []
            further = compact([lead.datasets, lead.mentions, about])
            yield f"[{number},{text},{further}]", [number, *(mention.shelf for mention in lead.mentions)]
