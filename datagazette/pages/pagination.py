"""Long lists in pages of a bounded size, each of which leads to its neighbours and, in great steps, to all others.

So a page costs the same however long the list is, and its end is few links away for readers and for crawlers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from datagazette.describe import addresses
from datagazette.pages.context import PageContext

T = TypeVar("T")
# How far the pages are that a page leads to, on either side, beside the first and the last.
_STRIDES = (1, 2, 10, 100)


@dataclass(frozen=True)
class Stop:
    """A page of a list: `label` is the text of the link, `words` its name out of context."""

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
class Position:
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


def numbered(context: PageContext, path: str, number: int, last: int) -> Position:
    """The place of page `number` of `last`, the first of which is at `path`."""

    def stop(position: int) -> Stop:
        words = context.say("pagination.to", number=position + 1)
        return Stop(addresses.numbered(path, position + 1), str(position + 1), words)

    return place(context, stop, last, number - 1)


def place(context: PageContext, stop: Callable[[int], Stop], pages: int, position: int) -> Position:
    """The position of a page in a list of `pages`; `stop` describes any of them, and is asked for linked ones only."""
    near = {position + far * side for far in _STRIDES for side in (-1, 1)}
    shown = sorted(one for one in {0, pages - 1, position, *near} if 0 <= one < pages)
    stops = {one: stop(one) for one in shown}
    steps = [
        Step(stops[one].label, stops[one].words, context.to(stops[one].path), one == position, one - before > 1)
        for before, one in zip([-1, *shown], shown, strict=False)
    ]
    return Position(
        words=stops[position].words,
        before=context.to(stops[position - 1].path) if position else "",
        after=context.to(stops[position + 1].path) if position + 1 < pages else "",
        steps=tuple(steps),
    )


def title(context: PageContext, whole: str, place: Position) -> str:
    """The title of a page: that of the list, with the page's number after the first."""
    return whole if place.is_first else context.say("pagination.title", title=whole, page=place.words)
