"""A report before it has a form: headings, lists and tables of texts, some of which come from a file.

Whatever makes a report only composes blocks. `text` writes them for a terminal, `markup` as Markdown and HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len

Mark = Literal["error", "fine", "same", "plain"]
ItemMark = Literal["title", "error", "warning", "fix", "plain"]

_SIGNS = {"error": "✗ ", "fine": "✓ ", "same": "= ", "plain": ""}
_STYLES = {"error": "error", "fine": "fine", "same": "plain", "plain": "file"}
_WIDEST = 40  # columns of the terminal for one cell
_FOLDED = 6  # lines of a list that other forms fold


class Code(str):
    """A name or a value from a file, shown as code."""

    __slots__ = ()


class Untrusted(str):
    """A text of ours that a value from a file is a part of: no character of it may be read as markup."""

    __slots__ = ()


ReportLine = tuple[str, ...]  # our texts, with Code and Untrusted between them


@dataclass(frozen=True)
class Heading:
    """`level` 1 is the verdict, 2 a dataset, 3 a table."""

    level: int
    line: ReportLine
    mark: Mark = "plain"


@dataclass(frozen=True)
class Paragraph:
    line: ReportLine


@dataclass(frozen=True)
class Bullets:
    lines: tuple[ReportLine, ...]


@dataclass(frozen=True)
class Item:
    """A line with the lines below it, which are indented."""

    line: ReportLine
    mark: ItemMark = "plain"
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Outline:
    """Nested lines, such as a file's problems: in text without bullets."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Grid:
    """A table of few rows; `numbers` are the columns that are aligned to the right."""

    header: ReportLine
    rows: tuple[ReportLine, ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Fold:
    """What a reader can open, where the form has such a thing."""

    line: ReportLine
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Bullets | Outline | Grid | Fold


@dataclass(frozen=True)
class TextLine:
    """A line of a report; `style` is what a terminal may colour it as: file, error, warning, fix, fine or plain."""

    style: str
    text: str


def text(blocks: Iterable[Block]) -> Iterator[TextLine]:
    """The report for a terminal, line by line."""
    for number, block in enumerate(blocks):
        is_chapter = isinstance(block, Heading) and block.level < 3
        if is_chapter and number:
            yield TextLine("plain", "")
        yield from _lines(block, "" if is_chapter or isinstance(block, Outline) else "  ")


def _lines(block: Block, space: str) -> Iterator[TextLine]:
    if isinstance(block, Heading):
        yield TextLine(_STYLES[block.mark], space + _SIGNS[block.mark] + "".join(block.line))
    elif isinstance(block, Paragraph):
        yield TextLine("plain", space + "".join(block.line))
    elif isinstance(block, Bullets):
        yield from (TextLine("plain", f"{space}- {''.join(line)}") for line in block.lines)
    elif isinstance(block, Outline):
        yield from _outline(block.items, space)
    elif isinstance(block, Grid):
        yield from (TextLine("plain", f"{space}  {row}") for row in _grid(block))
    elif isinstance(block, Fold):
        yield TextLine("plain", space + "".join(block.line))
        folded = [line for inner in block.blocks for line in _lines(inner, f"{space}  ")]
        most = _FOLDED if len(folded) > _FOLDED + 1 else len(folded)  # one more line is shown, not counted
        yield from folded[:most]
        if len(folded) > most:
            yield TextLine("plain", f"{space}  … +{len(folded) - most:,}")


def _outline(items: Sequence[Item], space: str) -> Iterator[TextLine]:
    for item in items:
        yield TextLine("file" if item.mark == "title" else item.mark, space + "".join(item.line))
        yield from _outline(item.items, f"{space}  ")


def _grid(grid: Grid) -> Iterator[str]:
    rows = [[_cut(cell) for cell in row] for row in (grid.header, *grid.rows)]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        spaces = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [
            space + cell if at in grid.numbers else cell + space
            for at, (cell, space) in enumerate(zip(row, spaces, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _cut(cell: str) -> str:
    """A cell of at most `_WIDEST` columns; a Chinese character takes two."""
    if cell_len(cell) <= _WIDEST:
        return cell
    while cell_len(cell) > _WIDEST - 1:
        cell = cell[:-1]
    return cell + "…"
