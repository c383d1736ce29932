"""A report before it has a form: headings, lists and tables of texts, some of which come from a file.

`text`, `markdown` and `html` write blocks; whatever makes a report only composes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Mark = Literal["error", "fine", "same", "plain"]
ItemMark = Literal["title", "error", "warning", "fix", "plain"]


class Code(str):
    """A name or a value from a file, shown as code."""

    __slots__ = ()


class Untrusted(str):
    """A text of ours that a value from a file is a part of: no character of it may be read as markup."""

    __slots__ = ()


Line = tuple[str, ...]  # our texts, with Code and Untrusted between them


@dataclass(frozen=True)
class Heading:
    """`level` 1 is the verdict, 2 a dataset, 3 a table."""

    level: int
    line: Line
    mark: Mark = "plain"


@dataclass(frozen=True)
class Paragraph:
    line: Line


@dataclass(frozen=True)
class Bullets:
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Item:
    """A line with the lines below it, which are indented."""

    line: Line
    mark: ItemMark = "plain"
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Outline:
    """Nested lines, such as a file's problems: in text without bullets."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Grid:
    """A table of few rows; `numbers` are the columns that are aligned to the right."""

    header: Line
    rows: tuple[Line, ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Fold:
    """What a reader can open, where the form has such a thing."""

    line: Line
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Bullets | Outline | Grid | Fold


def joined(lines: Sequence[Line], separator: str) -> Line:
    """One line of many."""
    return tuple(part for number, line in enumerate(lines) for part in ((separator, *line) if number else line))


def flat(line: Line) -> str:
    return "".join(line)
