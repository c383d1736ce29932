"""What a table's rows say, by column, and the grams that lead to each: in the order in which the index keeps them.

Rows whose name is the same in every language are together, others are apart by language, since an order by name is
one of a language. Rows go into blocks by their names, so that names which begin alike are in one; in a block they are
by their keys, so that neighbours say the same of what is around them, and little is left of it when it is compressed.

`site/assets/lib/row-search.js` cuts a query into grams in the same way. Chinese, Japanese and Korean writing has no
spaces: each pair of neighbouring letters is a gram, so that any two letters of a name find it. Other writing goes by
the beginnings of words, and numbers by more digits than words by letters, since codes begin alike.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# The part of the index for rows whose name is the same in every language. No language has a code of this length.
SHARED = "shared"
BLOCK = 512
# A text that a table of many blocks says so often is kept once.
_OFTEN = 8

# A text by language, in the order of the publication's languages; one alone where all of them say the same.
Said = str | Sequence[str]


class Entry(NamedTuple):
    """A row. `around` is what is shown beside the name, by field; `words` are looked up and not shown."""

    key: str
    titles: tuple[str, ...]
    around: tuple[Said, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class RowTexts:
    """The rows of a table in one part of the index, by column.

    `around` has a column for each field; `words` is empty where no row has any. `often` are the texts of `around`
    that are said often, as JSON, with how often. `grams` are the places of the rows that have a name beginning with
    a gram, and of the others that have it, as differences from one to the next.
    """

    keys: Sequence[str]
    titles: Sequence[str]
    words: Sequence[str]
    around: Sequence[Sequence[Said]]
    often: Sequence[tuple[str, int]]
    grams: Mapping[str, Sequence[Sequence[int]]]


def by_part(entries: Iterable[Entry], languages: Sequence[str]) -> Mapping[str, RowTexts]:
    """The rows by the part of the index that has them: `SHARED`, or a language. `entries` are in order of their keys.

    Parts without rows are left out.
    """
    parts: dict[str, list[_Row]] = {}
    for entry in entries:
        if len(set(entry.titles)) == 1:
            parts.setdefault(SHARED, []).append(_row(entry, entry.titles[0], entry.around))
            continue
        for place, (language, title) in enumerate(zip(languages, entry.titles, strict=True)):
            around = tuple(in_language(said, place) for said in entry.around)
            parts.setdefault(language, []).append(_row(entry, title, around))
    return {part: _row_texts(rows) for part, rows in parts.items()}


def in_language(said: Said, place: int) -> str:
    """A text in the language at this place among the publication's."""
    return said if isinstance(said, str) else said[place]


def compact(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Row(NamedTuple):
    key: str
    title: str
    around: Sequence[Said]
    words: str


def _row(entry: Entry, title: str, around: Sequence[Said]) -> _Row:
    return _Row(entry.key, title, around, " ".join(word for word in entry.words if word not in {title, entry.key}))


def _row_texts(rows: Sequence[_Row]) -> RowTexts:
    """`rows` are in order of their keys, which is that of each block."""
    names = [folded(row.title) for row in rows]
    by_name = sorted(range(len(rows)), key=lambda place: (names[place], place))
    order = [place for start in range(0, len(rows), BLOCK) for place in sorted(by_name[start : start + BLOCK])]
    found: dict[str, tuple[list[int], list[int]]] = {}
    for number, place in enumerate(order):
        title = list(dict.fromkeys(grams(names[place])))
        for gram in title[:1]:
            found.setdefault(gram, ([], []))[0].append(number)
        for gram in dict.fromkeys((*title[1:], *grams(folded(f"{rows[place].words} {rows[place].key}")))):
            if gram not in title[:1]:
                found.setdefault(gram, ([], []))[1].append(number)
    ordered = [rows[place] for place in order]
    return RowTexts(
        tuple(row.key for row in ordered),
        tuple(row.title for row in ordered),
        tuple(row.words for row in ordered) if any(row.words for row in ordered) else (),
        tuple(zip(*(row.around for row in ordered), strict=True)),
        _often(rows),
        {gram: (_steps(first), _steps(other)) for gram, (first, other) in found.items()},
    )


def _often(rows: Sequence[_Row]) -> tuple[tuple[str, int], ...]:
    """In the order of the keys, so that what is near in a table is near in their list."""
    if len(rows) <= BLOCK:
        return ()
    counted = Counter(compact(said) for row in rows for said in row.around if said)
    return tuple((text, count) for text, count in counted.items() if count >= _OFTEN)


def _steps(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(number - before for before, number in zip((0, *numbers), numbers, strict=False))


_WORD = re.compile(r"[^\W_]+")
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_RUN = re.compile(f"([{_CJK}]+)|[^{_CJK}]+")
_LETTERS, _DIGITS = 3, 6


def folded(text: str) -> str:
    """Lower case, full-width forms and accents folded."""
    letters = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M"))
    return unicodedata.normalize("NFC", bare.lower())


def grams(text: str) -> Iterator[str]:
    """The grams of a folded text, in order; one may come twice."""
    for word in _WORD.findall(text):
        for run in _RUN.finditer(word):
            letters = run[0]
            if not run[1]:
                yield letters[: _DIGITS if letters.isdecimal() else _LETTERS]
            elif len(letters) == 1:
                yield letters
            else:
                yield from (letters[place : place + 2] for place in range(len(letters) - 1))
