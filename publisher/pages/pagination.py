"""Long lists in pages of a bounded size, each of which leads to its neighbours and, in great steps, to all others.

So a page costs the same however long the list is, and its end is few links away for readers and for crawlers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from publisher.pages import links
from publisher.pages.reader import Reader

T = TypeVar("T")
# How far the pages are that a page leads to, on either side, beside the first and the last.
_STRIDES = (1, 2, 10, 100)


@dataclass(frozen=True)
class Stop:
    """A page of a list: `label` is what stands on the link, `words` what it is called, on its own."""

    path: str
    label: str
    words: str


@dataclass(frozen=True)
class Step:
    """A link to another page of the list, or the page itself. `gap`: pages right before it are left out."""

    label: str
    words: str
    link: str
    current: bool
    gap: bool


@dataclass(frozen=True)
class Place:
    """Which page of its list a page is. `before` and `after` are links, and empty at the ends."""

    words: str
    before: str
    after: str
    steps: tuple[Step, ...]

    @property
    def is_first(self) -> bool:
        return not self.before

    @property
    def is_alone(self) -> bool:
        return not self.before and not self.after


def cut(entries: Sequence[T], most: int) -> list[tuple[T, ...]]:
    """The entries in parts of `most`, the last one shorter; a list without entries is one part without any."""
    return [tuple(entries[start : start + most]) for start in range(0, len(entries), most)] or [()]


def numbered(reader: Reader, path: str, number: int, last: int) -> Place:
    """The place of page `number` of `last`, the first of which is at `path`."""
    stops = [
        Stop(links.numbered(path, one), str(one), reader.say("pagination.to", number=one)) for one in range(1, last + 1)
    ]
    return place(reader, stops, number - 1)


def place(reader: Reader, stops: Sequence[Stop], position: int) -> Place:
    """The place of `stops[position]`, the page of `reader`, among all pages of its list."""
    last = len(stops) - 1
    wanted = {0, last, position, *(position + far for far in _STRIDES), *(position - far for far in _STRIDES)}
    shown = sorted(one for one in wanted if 0 <= one <= last)
    steps = [
        Step(stops[one].label, stops[one].words, reader.to(stops[one].path), one == position, one - before > 1)
        for before, one in zip([-1, *shown], shown, strict=False)
    ]
    return Place(
        words=stops[position].words,
        before=reader.to(stops[position - 1].path) if position else "",
        after=reader.to(stops[position + 1].path) if position < last else "",
        steps=tuple(steps),
    )


def title(reader: Reader, whole: str, place: Place) -> str:
    """The title of a page: that of the list on its first page, which further ones are told from."""
    return whole if place.is_first else reader.say("pagination.title", title=whole, page=place.words)
