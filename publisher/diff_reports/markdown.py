"""A report as Markdown, for the summary of a pull request. GitHub drops one of more than 1 MiB without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.comparing.outcome import Comparison
from publisher.diff_reports.blocks import Block, Bullets, Code, Fold, Grid, Heading, Line, Paragraph
from publisher.diff_reports.compose import compose
from publisher.diff_reports.words import words

LIMIT = 1_000_000  # bytes
_SIGNS = {"error": "❌ ", "fine": "✅ ", "same": "➖ ", "plain": ""}
_MARKUP = re.compile(r"[\\`*_\[\]|~]")


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
    return _escaped(text) if text else " "


def markdown_line(line: Line) -> str:
    """Words and code as Markdown that shows them as they are."""
    return "".join(_code(part) if isinstance(part, Code) else _escaped(part) for part in line)


def _code(text: str) -> str:
    """A span of code, which no sign in the text can end."""
    if not text:
        return "``"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if longest else ""
    return f"{fence}{padding}{' '.join(text.split())}{padding}{fence}"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, nobody notified by an @."""
    safe = _MARKUP.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;"))
    return safe.replace("@", "&#64;").replace("\n", " ")


def _plain(line: Line) -> str:
    return "".join(line).replace("&", "&amp;").replace("<", "&lt;")
