"""The index over rows as files of a few kilobytes, and one that says what there is.

    rows.json              the form of the index, its languages, the rows in a block, and each part of the index:
                           the first gram of each of its files of grams, and whether it has often said texts
    <part>/grams/<n>.bin   grams, for each the rows whose name begins with it, and the others that have it; rows are
                           numbers, as differences from one to the next
    <part>/rows/<n>.bin    a block of rows, table by table, by column, and the tables that they name
    <part>/often.bin       texts that many rows say; a row has their number, as the difference from the row above

A part is `shared`, which has the rows whose name is the same in every language, or a language. A `.bin` is JSON,
compressed by zlib: hosts compress only what they know as text, and Python's own server nothing.

What is known of a table by itself has been made before, as columns that only have to be put together here. The rows
of a table that fills more than a block begin with a block of their own.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from datagazette.compute.code_names import Place
from datagazette.search.row_entries import Leads, TableRows
from datagazette.search.row_texts import BLOCK, SHARED, RowTexts, Said, compact, in_language

ABOUT = "rows.json"
# Scripts of another form find no rows, and pages as ever.
_FORM = 2
# What a file of grams has at most, unless one gram has more: some 10 kB compressed. A word costs one such file.
_LETTERS_OF_GRAMS = 28_000
# What often said texts may take: some 25 kB compressed, which every search costs.
_LETTERS_OF_OFTEN = 60_000
_LONGEST_START = 60  # of a text, that its first letter can say


@dataclass(frozen=True)
class Whole:
    """What files of every part of the index need: all tables in order, and what is known of regions.

    The list of regions leads on as `leads` says by code; `titles` are the names in it.
    """

    languages: Sequence[str]
    tables: Sequence[TableRows]
    regions: Place | None
    leads: Mapping[str, Leads]
    titles: Mapping[str, Said]


class PartOfIndex:
    """The files of a part of the index, and `about`, what `rows.json` says of it once they are made."""

    def __init__(self, whole: Whole, name: str) -> None:
        self.about: Mapping[str, Any] = {}
        self._whole, self._name = whole, name
        self._place = None if name == SHARED else whole.languages.index(name)
        self._blocks: dict[int, list[tuple[int, RowTexts, slice]]] = defaultdict(list)
        self._postings: dict[str, _Posting] = defaultdict(_Posting)
        self._rows = self._next = 0

    def add(self, number: int, texts: RowTexts) -> None:
        """Puts in the rows of the table of this number. Tables are in order."""
        count = len(texts.keys)
        if count > BLOCK or self._next % BLOCK + count > BLOCK:
            self._next += -self._next % BLOCK
        for gram, found in texts.grams.items():
            self._postings[gram].add(self._next, found)
        bare = replace(texts, grams={})
        for start in range(0, count, BLOCK):
            self._blocks[(self._next + start) // BLOCK].append((number, bare, slice(start, start + BLOCK)))
        self._next += count
        self._rows += count

    def files(self) -> Iterator[tuple[str, bytes]]:
        """(path, content) of every file."""
        firsts = []
        for place, (first, text) in enumerate(self._files_of_grams()):
            firsts.append(first)
            yield f"{self._name}/grams/{place}.bin", _compressed(text)
        often = self._often()
        if often:
            yield f"{self._name}/often.bin", _compressed(f"[{','.join(often)}]")
        numbers = {text: number for number, text in enumerate(often)}
        for place, tables in self._blocks.items():
            held = [self._table(number, texts, rows, numbers) for number, texts, rows in tables]
            named = {number for number, *_ in tables} | {
                mention[0] for table in held for lead in table.get("leads", ()) if lead for mention in lead[1]
            }
            block = {"shelves": {str(number): self._shelf(number) for number in sorted(named)}, "tables": held}
            yield f"{self._name}/rows/{place}.bin", _compressed(compact(block))
        self.about = {"rows": self._rows, "grams": firsts, "often": len(often)}

    def _files_of_grams(self) -> Iterator[tuple[str, str]]:
        """The first gram of each file, and its content. Order is that of JavaScript's comparisons."""
        held: list[str] = []
        size = 0
        for gram in sorted(self._postings, key=lambda gram: gram.encode("utf-16-be")):
            letters = len(compact(self._postings[gram].lists))
            if held and size + letters > _LETTERS_OF_GRAMS:
                yield held[0], self._grams(held)
                held, size = [], 0
            held.append(gram)
            size += letters
        if held:
            yield held[0], self._grams(held)

    def _grams(self, grams: Sequence[str]) -> str:
        first, other = zip(*(self._postings[gram].lists for gram in grams), strict=True)
        return compact({"grams": _without_starts(grams), "first": first, "other": other})

    def _often(self) -> Sequence[str]:
        """The texts that save most, in the order of their tables and rows."""
        counts: dict[str, int] = defaultdict(int)
        for tables in self._blocks.values():
            for _, texts, rows in tables:
                if rows.start == 0:
                    for text, count in texts.often:
                        counts[text] += count
        kept, left = set(), _LETTERS_OF_OFTEN
        for text in sorted(counts, key=lambda text: (-counts[text] * len(text), text)):
            if len(text) < left:
                kept.add(text)
                left -= len(text) + 1
        return [text for text in counts if text in kept]

    def _table(self, number: int, texts: RowTexts, rows: slice, often: Mapping[str, int]) -> dict[str, Any]:
        """The rows of a table in a block."""
        keys = texts.keys[rows]
        table: dict[str, Any] = {"shelf": number, "keys": _without_starts(keys), "titles": texts.titles[rows]}
        if texts.words:
            table["words"] = texts.words[rows]
        table["around"] = [_numbered(column[rows], often) for column in texts.around]
        if self._whole.tables[number].place == self._whole.regions:
            table["leads"] = [self._lead(key) for key in keys]
        return table

    def _lead(self, code: str) -> Sequence[Any] | None:
        """Where the name of a region leads: how many datasets, rows of which tables, and the region around it."""
        whole = self._whole
        lead = whole.leads.get(code)
        if lead is None:
            return None
        around = whole.leads.get(lead.within) if lead.within in whole.titles else None
        about = [lead.within, self._own(whole.titles[lead.within]), around.datasets] if around else []
        return [lead.datasets, lead.mentions, about]

    def _own(self, said: Said) -> Said:
        return said if self._place is None else in_language(said, self._place)

    def _shelf(self, number: int) -> Mapping[str, Any]:
        table = self._whole.tables[number]
        said = table.shelf["said"]
        own = said if self._place is None else [said[self._place]]
        return {**table.shelf, "said": own, "places": table.place == self._whole.regions}


def about_index(languages: Sequence[str], parts: Mapping[str, Mapping[str, Any]]) -> str:
    """The content of `rows.json`, from what is said of each part; those without rows are left out."""
    filled = {name: about for name, about in parts.items() if about["rows"]}
    return compact({"form": _FORM, "languages": languages, "block": BLOCK, "parts": filled})


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


def _without_starts(texts: Sequence[str]) -> list[str]:
    """Each text without its beginning that the one before has too: how long that is, as a letter from "0" on, and the
    rest."""
    shortened, before = [], ""
    for text in texts:
        pairs = zip(before[:_LONGEST_START], text, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        shortened.append(chr(ord("0") + same) + text[same:])
        before = text
    return shortened


def _numbered(column: Sequence[Said], often: Mapping[str, int]) -> list[Any]:
    """A column with the numbers of what is said often, as differences from the one before."""
    numbered: list[Any] = []
    last = 0
    for said in column:
        number = often.get(compact(said)) if often and said else None
        numbered.append(said if number is None else number - last)
        last = last if number is None else number
    return numbered


def _compressed(text: str) -> bytes:
    return zlib.compress(text.encode(), 9)
