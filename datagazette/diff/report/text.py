"""A report for a terminal: lines with the style that a terminal may give them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from datagazette.diff.outcome import Comparison
from datagazette.diff.report.blocks import Block, Bullets, Fold, Grid, Heading, Paragraph, flat
from datagazette.diff.report.compose import compose
from datagazette.diff.report.words import words
from datagazette.reports.text import Line

_SIGNS = {"error": "✗ ", "fine": "✓ ", "same": "= ", "plain": ""}
_STYLES = {"error": "error", "fine": "fine", "same": "plain", "plain": "file"}
_WIDEST = 40  # columns of the terminal for one cell
_FOLDED = 6  # lines of a list that other forms fold


def text(found: Comparison, language: str) -> Iterator[Line]:
    """The report, line by line."""
    for number, block in enumerate(compose(found, words(language))):
        if isinstance(block, Heading) and block.level < 3 and number:
            yield Line("plain", "")
        yield from _lines(block, 0 if isinstance(block, Heading) and block.level < 3 else 2)


def _lines(block: Block, indent: int) -> Iterator[Line]:
    space = " " * indent
    if isinstance(block, Heading):
        yield Line(_STYLES[block.mark], space + _SIGNS[block.mark] + flat(block.line))
    elif isinstance(block, Paragraph):
        yield Line("plain", f"{space}{flat(block.line)}")
    elif isinstance(block, Bullets):
        yield from (Line("plain", f"{space}- {flat(line)}") for line in block.lines)
    elif isinstance(block, Grid):
        yield from (Line("plain", f"{space}  {row}") for row in _grid(block))
    elif isinstance(block, Fold):
        yield Line("plain", f"{space}{flat(block.line)}")
        inner = [line for one in block.blocks for line in _lines(one, indent + 2)]
        yield from inner[:_FOLDED]
        if len(inner) > _FOLDED:
            yield Line("plain", f"{space}  … +{len(inner) - _FOLDED:,}")


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
