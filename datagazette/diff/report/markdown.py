"""A report as Markdown, for the summary of a pull request. GitHub drops one of more than 1 MiB without a word."""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.describe.prose import code, escaped
from datagazette.diff.outcome import Comparison
from datagazette.diff.report.blocks import Block, Bullets, Code, Fold, Grid, Heading, Line, Paragraph
from datagazette.diff.report.compose import compose
from datagazette.diff.report.words import words
from datagazette.model.directions import shown

LIMIT = 1_000_000  # bytes
_SIGNS = {"error": "❌ ", "fine": "✅ ", "same": "➖ ", "plain": ""}


def markdown(found: Comparison, language: str) -> str:
    """The report; what would be too much for a summary is left out, and that is said."""
    parts: list[str] = []
    size = 0
    for block in compose(found, words(language)):
        part = "\n".join(_lines(block)) + "\n\n"
        size += len(part.encode())
        if size > LIMIT:
            parts.append("…\n")
            break
        parts.append(part)
    return "".join(parts)


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield "#" * (block.level + 1) + " " + _SIGNS[block.mark] + markdown_line(block.line)
    elif isinstance(block, Paragraph):
        yield markdown_line(block.line)
    elif isinstance(block, Bullets):
        yield from (f"- {markdown_line(one)}" for one in block.lines)
    elif isinstance(block, Grid):
        yield from _grid(block)
    elif isinstance(block, Fold):
        yield f"<details><summary>{_plain(block.line)}</summary>"
        yield ""
        for one in block.blocks:
            yield from _lines(one)
            yield ""
        yield "</details>"


def _grid(grid: Grid) -> Iterator[str]:
    yield "| " + " | ".join(map(_cell, grid.header)) + " |"
    yield "|" + "|".join("---:" if at in grid.numbers else "---" for at in range(len(grid.header))) + "|"
    yield from ("| " + " | ".join(map(_cell, row)) + " |" for row in grid.rows)


def _cell(text: str) -> str:
    return escaped(shown(text)) if text else " "


def markdown_line(line: Line) -> str:
    """Words and code as Markdown that shows them as they are."""
    return "".join(code(part) if isinstance(part, Code) else escaped(shown(part)) for part in line)


def _plain(line: Line) -> str:
    return shown("".join(line)).replace("&", "&amp;").replace("<", "&lt;")
