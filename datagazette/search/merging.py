"""One index over pages from those of groups of pages, byte for byte the one that Pagefind makes of all of them.

A group is a run of neighbours in the order of the addresses, so that the list of a word's pages is that of each group
in turn: only the number of a group's first page is another one. Lists are taken over as Pagefind wrote them. Its files
are CBOR (RFC 8949) behind a mark, compressed by gzip, as of Pagefind 1.6:

    meta    [version, [[fragment, words, ""] of each page], [[from, to, file] of each file of words],
            [[filter, file]], sorts, names of metadata]
    words   [[[word, pages, [[the word as it is written, pages]]]]]
    pages   [[steps from the page before, places in the text, places in metadata]]
    filter  [filter, [[value, numbers of pages]]]
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Any, NamedTuple

MARK = b"pagefind_dcd"
# A file of words is full where it has so many places and pages.
_FULL = 20_000
_VERSION = "1.6.0"

_INTEGER = rb"(?:[\x00-\x17\x20-\x37]|[\x18\x38].|[\x19\x39]..|[\x1a\x3a].{4})"
_ARRAY = rb"(?:[\x80-\x97]|\x98.|\x99..|\x9a.{4})"
_PAGE = re.compile(
    rb"\x83(" + _INTEGER + rb")(" + _ARRAY + rb")" + _INTEGER + rb"*(" + _ARRAY + rb")" + _INTEGER + b"*", re.DOTALL
)
_ARRAYS, _TEXTS, _UNSIGNED, _NEGATIVE = 4, 3, 0, 1


class Pages(NamedTuple):
    """The list of a word's pages: how many, the numbers of the first and the last, how many places and pages it has,
    and what follows the number of the first page, as it is written."""

    number: int
    first: int
    last: int
    size: int
    rest: bytes


@dataclass(frozen=True)
class Group:
    """What the index says of a group's pages, which are numbered from 0: their names, the pages of each word and those
    of (word, as it is written) where that differs, and by filter and value the pages that have it. `names` are those of
    metadata."""

    pages: Sequence[Sequence[Any]]
    words: Mapping[str, Pages]
    writings: Mapping[tuple[str, str], Pages]
    filters: Sequence[tuple[str, Sequence[tuple[str, Sequence[int]]]]]
    names: Sequence[str]


def group(meta: bytes, words: Iterable[bytes], filters: Iterable[bytes]) -> Group:
    """Reads the files of the index of a group, unpacked. Raises ValueError where they are of another form."""
    version, pages, _, _, sorts, names = read(meta)
    if version != _VERSION or sorts:
        raise ValueError(f"Pagefind {version} with {len(sorts)} sorts, expected {_VERSION} with none")
    lists: dict[str, Pages] = {}
    writings: dict[tuple[str, str], Pages] = {}
    for file in words:
        for word, text, found in _words(file):
            if text is None:
                lists[word] = found
            else:
                writings[word, text] = found
    return Group(pages, lists, writings, [read(file) for file in filters], names)


def packed(found: Group) -> bytes:
    """A group as it is kept: its lists of pages behind a line that says the rest."""
    lists = [*found.words.values(), *found.writings.values()]
    about = [[each.number, each.first, each.last, each.size, len(each.rest)] for each in lists]
    line = json.dumps(
        [found.pages, list(found.words), list(found.writings), list(zip(*about, strict=True)), found.filters,
         found.names], ensure_ascii=False,
    )  # fmt: skip
    return b"".join((line.encode(), b"\n", *(each.rest for each in lists)))


def unpacked(kept: bytes) -> Group:
    """What `packed` kept."""
    line, _, lists = kept.partition(b"\n")
    pages, words, writings, about, filters, names = json.loads(line)
    *numbers, letters = about or [()] * 5
    ends = list(accumulate(letters))
    rests = [lists[end - each : end] for end, each in zip(ends, letters, strict=True)]
    found = list(map(Pages, *numbers, rests))
    texts = [(word, text) for word, text in writings]
    return Group(pages, dict(zip(words, found, strict=False)), dict(zip(texts, found[len(words) :], strict=True)),
                 filters, names)  # fmt: skip


@dataclass(frozen=True)
class Merged:
    """The files of an index, by what they are: `words` in order with the words between which each lies."""

    words: Sequence[tuple[str, str, bytes]]
    filters: Sequence[tuple[str, bytes]]


def merged(groups: Sequence[Group]) -> Merged:
    """The index over all pages; `groups` are in the order of their pages."""
    starts = list(accumulate((len(each.pages) for each in groups), initial=0))
    words: dict[str, list[tuple[int, Pages]]] = defaultdict(list)
    writings: dict[str, dict[str, list[tuple[int, Pages]]]] = defaultdict(lambda: defaultdict(list))
    filters: dict[str, dict[str, list[int]]] = {}
    for start, found in zip(starts, groups, strict=False):
        for word, pages in found.words.items():
            words[word].append((start, pages))
        for (word, text), pages in found.writings.items():
            writings[word][text].append((start, pages))
        for name, values in found.filters:
            for value, numbers in values:
                filters.setdefault(name, {}).setdefault(value, []).extend(number + start for number in numbers)
    files = list(_files(words, writings))
    bounds = [(some[0][0], some[-1][0]) for some in files]
    return Merged(
        [(*_between(bounds, place), _written_words(some)) for place, some in enumerate(files)],
        [(name, encoded([name, sorted(([value, numbers] for value, numbers in values.items()), key=_name)]))
         for name, values in sorted(filters.items())],
    )  # fmt: skip


def meta(groups: Sequence[Group], words: Sequence[Sequence[str]], filters: Sequence[Sequence[str]]) -> bytes:
    """`words` are (from, to, file), `filters` (name, file)."""
    names = sorted({name for found in groups for name in found.names})
    return encoded([_VERSION, [page for found in groups for page in found.pages], words, filters, [], names])


def pack(content: bytes) -> bytes:
    """A file of the index as a browser gets it."""
    return gzip.compress(MARK + content, 9, mtime=0)


_Listed = tuple[str, bytes]


_Lists = Mapping[str, Sequence[tuple[int, Pages]]]


def _files(words: _Lists, writings: Mapping[str, _Lists]) -> Iterator[list[_Listed]]:
    """The words in order, as many in a file as Pagefind puts into one."""
    some: list[_Listed] = []
    size = 0
    for word in sorted(words):
        lists, others = words[word], sorted(writings[word].items()) if word in writings else ()
        texts = [_head(_ARRAYS, 2) + _text(text) + _joined(each) for text, each in others]
        some.append((word, b"".join((b"\x83", _text(word), _joined(lists), _head(_ARRAYS, len(texts)), *texts))))
        for each in (lists, *(of for _, of in others)):
            size += sum([pages.size for _, pages in each])
        if size >= _FULL:
            yield some
            some, size = [], 0
    if some:
        yield some


def _written_words(some: Sequence[_Listed]) -> bytes:
    return b"".join((_head(_ARRAYS, 1), _head(_ARRAYS, len(some)), *(content for _, content in some)))


def _between(bounds: Sequence[tuple[str, str]], place: int) -> tuple[str, str]:
    """The words between which those of a file lie, no longer than it takes to tell them from the files beside it."""
    first, last = bounds[place]
    if place:
        first = first[: _same(bounds[place - 1][1], first) + 1]
    if place + 1 < len(bounds):
        last = last[: _same(last, bounds[place + 1][0]) + 1]
    return first, last


def _same(text: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))


def _joined(lists: Sequence[tuple[int, Pages]]) -> bytes:
    """The list of a word's pages over all groups."""
    parts, number, before = [b""], 0, 0
    for start, pages in lists:
        if pages.number:  # none where all of its pages have the word in another writing
            number += pages.number
            parts += (b"\x83", _head(_UNSIGNED, start + pages.first - before), pages.rest)
            before = start + pages.last
    parts[0] = _head(_ARRAYS, number)
    return b"".join(parts)


def _words(file: bytes) -> Iterator[tuple[str, str | None, Pages]]:
    """The pages of each word of a file, and those of each other writing of it."""
    _, _, at = _header(file, 0)
    _, count, at = _header(file, at)
    for _ in range(count):
        word, at = _value(file, at + 1)
        pages, at = _pages(file, at)
        yield word, None, pages
        _, several, at = _header(file, at)
        for _ in range(several):
            text, at = _value(file, at + 1)
            pages, at = _pages(file, at)
            yield word, text, pages


class _Numbers(dict[bytes, int]):
    """The number that a header says: there are few of them, and many pages."""

    def __missing__(self, header: bytes) -> int:
        number = self[header] = _header(header, 0)[1]
        return number


_NUMBERS = _Numbers()


def _pages(file: bytes, at: int) -> tuple[Pages, int]:
    """The list of pages that begins at a place, and where it ends."""
    _, count, start = _header(file, at)
    if not count:
        return Pages(0, 0, 0, 0, b""), start
    found = list(islice(_PAGE.finditer(file, start), count))
    if len(found) < count or found[-1].end() - start != sum([len(page[0]) for page in found]):
        raise ValueError(f"no list of {count} pages at {at}")
    steps = [_NUMBERS[page[1]] for page in found]
    size = count + sum([_NUMBERS[page[2]] + _NUMBERS[page[3]] for page in found])
    end = found[-1].end()
    return Pages(count, steps[0], sum(steps), size, file[found[0].end(1) : end]), end


def _header(file: bytes, at: int) -> tuple[int, int, int]:
    """The kind of an item, its number, and where its content begins."""
    kind, number = divmod(file[at], 32)
    if number < 24:
        return kind, number, at + 1
    end = at + 1 + (1 << (number - 24))
    return kind, int.from_bytes(file[at + 1 : end]), end


def _value(file: bytes, at: int) -> tuple[Any, int]:
    """The value at a place, and where it ends: whole numbers, texts and arrays of them."""
    kind, number, at = _header(file, at)
    if kind == _TEXTS:
        return file[at : at + number].decode(), at + number
    if kind == _ARRAYS:
        values = []
        for _ in range(number):
            value, at = _value(file, at)
            values.append(value)
        return values, at
    if kind not in {_UNSIGNED, _NEGATIVE}:
        raise ValueError(f"kind {kind} at {at}, which was not known in the index")
    return (number if kind == _UNSIGNED else -1 - number), at


def read(file: bytes) -> Any:
    """The value of a file, unpacked."""
    return _value(file, 0)[0]


def encoded(value: Any) -> bytes:
    """A value as CBOR: whole numbers from 0, texts and sequences of them."""
    if isinstance(value, int):
        return _head(_UNSIGNED, value)
    if isinstance(value, str):
        return _text(value)
    return b"".join((_head(_ARRAYS, len(value)), *map(encoded, value)))


def _text(text: str) -> bytes:
    content = text.encode()
    return _head(_TEXTS, len(content)) + content


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes((kind << 5 | number,))
    if number < 256:
        return bytes((kind << 5 | 24, number))
    size = 1 if number < 1 << 16 else 2
    return bytes((kind << 5 | 24 + size,)) + number.to_bytes(1 << size)


def _name(item: Sequence[Any]) -> str:
    return str(item[0])
