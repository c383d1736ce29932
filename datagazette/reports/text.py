"""A report for a terminal: lines with the style that a terminal may give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from datagazette.reports.blocks import Block, Bullets, Fold, Grid, Heading, Item, Outline, Paragraph, flat

_SIGNS = {"error": "✗ ", "fine": "✓ ", "same": "= ", "plain": ""}
_STYLES = {"error": "error", "fine": "fine", "same": "plain", "plain": "file"}
_WIDEST = 40  # columns of the terminal for one cell
_FOLDED = 6  # lines of a list that other forms fold


@dataclass(frozen=True)
class TextLine:
    """A line of a report; `style` is what a terminal may colour it as: file, error, warning, fix, fine or plain."""

    style: str
    text: str


def text(blocks: Iterable[Block]) -> Iterator[TextLine]:
    """The report, line by line."""
    for number, block in enumerate(blocks):
        outermost = isinstance(block, Outline) or (isinstance(block, Heading) and block.level < 3)
        if outermost and isinstance(block, Heading) and number:
            yield TextLine("plain", "")
        yield from _lines(block, 0 if outermost else 2)


def _lines(block: Block, indent: int) -> Iterator[TextLine]:
    space = " " * indent
    if isinstance(block, Heading):
        yield TextLine(_STYLES[block.mark], space + _SIGNS[block.mark] + flat(block.line))
    elif isinstance(block, Paragraph):
        yield TextLine("plain", f"{space}{flat(block.line)}")
    elif isinstance(block, Bullets):
        yield from (TextLine("plain", f"{space}- {flat(line)}") for line in block.lines)
    elif isinstance(block, Outline):
        yield from _outline(block.items, space)
    elif isinstance(block, Grid):
        yield from (TextLine("plain", f"{space}  {row}") for row in _grid(block))
    elif isinstance(block, Fold):
        yield TextLine("plain", f"{space}{flat(block.line)}")
        folded = [line for inner in block.blocks for line in _lines(inner, indent + 2)]
        yield from folded[:_FOLDED]
        if len(folded) > _FOLDED:
            yield TextLine("plain", f"{space}  … +{len(folded) - _FOLDED:,}")


def _outline(items: Sequence[Item], space: str) -> Iterator[TextLine]:
    for item in items:
        yield TextLine("file" if item.mark == "title" else item.mark, f"{space}{flat(item.line)}")
        yield from _outline(item.items, f"{space}  ")


def _grid(grid: Grid) -> Iterator[str]:
    rows = [tuple(_cut(cell) for cell in row) for row in (grid.header, *grid.rows)]
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(grid.header))]
    for row in rows:
        cells = [
            " " * (width - cell_len(cell)) + cell if at in grid.numbers else cell + " " * (width - cell_len(cell))
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _cut(cell: str) -> str:
    if cell_len(cell) <= _WIDEST:
        return cell
    while cell_len(cell) > _WIDEST - 1:
        cell = cell[:-1]
    return cell + "…"
