"""A report before it has a form: lines, lists and tables, of words and of what stood in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Mark = Literal["error", "fine", "same", "plain"]


class Code(str):
    """A name or a value out of somebody's file, which is shown as it is and never read as markup."""

    __slots__ = ()


Line = tuple[str, ...]  # words, and Code between them


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
class Grid:
    """A table of few rows; `numbers` are the columns that stand to the right."""

    header: Line
    rows: tuple[Line, ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Fold:
    """What is shown when somebody asks for it, where the form has such a thing."""

    line: Line
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Bullets | Grid | Fold


def joined(lines: Sequence[Line], separator: str) -> Line:
    """One line of many."""
    return tuple(part for number, one in enumerate(lines) for part in ((separator, *one) if number else one))


def flat(line: Line) -> str:
    return "".join(line)
