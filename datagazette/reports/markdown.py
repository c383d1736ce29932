"""A report as Markdown, for a pull request or a job's summary. GitHub drops one of more than 1 MiB without a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from datagazette.describe.prose import code, escaped
from datagazette.model.text import shown
from datagazette.reports.blocks import (
    Block,
    Bullets,
    Code,
    Fold,
    Grid,
    Heading,
    Item,
    Line,
    Outline,
    Paragraph,
    Untrusted,
)

_MOST_BYTES = 1_000_000
_SIGNS = {"error": "❌ ", "fine": "✅ ", "same": "➖ ", "warning": "⚠️ ", "fix": "🔧 ", "plain": ""}


def markdown(blocks: Iterable[Block]) -> str:
    """The report; what would be too much for a summary is left out, and a last line of `…` says so."""
    parts: list[str] = []
    size = 0
    for block in blocks:
        part = "\n".join(_lines(block)) + "\n\n"
        size += len(part.encode())
        if size > _MOST_BYTES:
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
        yield from (f"- {markdown_line(line)}" for line in block.lines)
    elif isinstance(block, Outline):
        yield from _outline(block.items, "")
    elif isinstance(block, Grid):
        yield "| " + " | ".join(map(_cell, block.header)) + " |"
        yield "|" + "|".join("---:" if at in block.numbers else "---" for at in range(len(block.header))) + "|"
        yield from ("| " + " | ".join(map(_cell, row)) + " |" for row in block.rows)
    elif isinstance(block, Fold):
        title = shown("".join(block.line)).replace("&", "&amp;").replace("<", "&lt;")
        yield f"<details><summary>{title}</summary>"
        yield ""
        for inner in block.blocks:
            yield from _lines(inner)
            yield ""
        yield "</details>"


def _outline(items: Sequence[Item], indent: str) -> Iterator[str]:
    for item in items:
        if item.mark == "title":
            yield f"**{markdown_line(item.line)}**"
            yield from ("", *_outline(item.items, indent)) if item.items else ()
        else:
            yield f"{indent}- {_SIGNS[item.mark]}{markdown_line(item.line)}"
            yield from _outline(item.items, f"{indent}  ")


def _cell(text: str) -> str:
    return escaped(shown(text)) if text else " "


def markdown_line(line: Line) -> str:
    """A line as Markdown that shows it as it is."""
    return "".join(
        code(part) if isinstance(part, Code) else _plain(part) if isinstance(part, Untrusted) else escaped(shown(part))
        for part in line
    )


def _plain(text: str) -> str:
    """Text that Markdown and HTML leave as it is, whatever a cell holds."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@&#8203;")
    text = re.sub(r"([\\`*_{}\[\]()#|~$!])", r"\\\1", text)
    return "".join(character if character.isprintable() else " " for character in text)
