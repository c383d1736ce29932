"""A report as Markdown, for a pull request or a job's summary, and as one page of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from markupsafe import Markup, escape

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
    Outline,
    Paragraph,
    ReportLine,
    Untrusted,
)

_MOST_BYTES = 1_000_000  # GitHub drops a summary of more than 1 MiB without a word
_EMOJI = {"error": "❌ ", "fine": "✅ ", "same": "➖ ", "warning": "⚠️ ", "fix": "🔧 ", "plain": ""}
_SIGNS = {"error": "✗", "fine": "✓", "same": "="}
_STYLE = Path(__file__).with_name("report.css")
_PAGE = Markup(
    '<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
)


def markdown(blocks: Iterable[Block]) -> str:
    """The report; what would be too much for a summary is left out, and a last line of `…` says so."""
    parts: list[str] = []
    size = 0
    for block in blocks:
        part = "\n".join(_markdown_block(block)) + "\n\n"
        size += len(part.encode())
        if size > _MOST_BYTES:
            parts.append("…\n")
            break
        parts.append(part)
    return "".join(parts)


def _markdown_block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield "#" * (block.level + 1) + " " + _EMOJI[block.mark] + markdown_line(block.line)
    elif isinstance(block, Paragraph):
        yield markdown_line(block.line)
    elif isinstance(block, Bullets):
        yield from (f"- {markdown_line(line)}" for line in block.lines)
    elif isinstance(block, Outline):
        yield from _markdown_outline(block.items, "")
    elif isinstance(block, Grid):
        header, *rows = ([escaped(shown(cell)) if cell else " " for cell in row] for row in (block.header, *block.rows))
        rule = ("---:" if at in block.numbers else "---" for at in range(len(header)))
        yield from (f"| {' | '.join(header)} |", f"|{'|'.join(rule)}|", *(f"| {' | '.join(row)} |" for row in rows))
    elif isinstance(block, Fold):
        title = shown("".join(block.line)).replace("&", "&amp;").replace("<", "&lt;")
        yield from (f"<details><summary>{title}</summary>", "")
        for inner in block.blocks:
            yield from (*_markdown_block(inner), "")
        yield "</details>"


def _markdown_outline(items: Sequence[Item], indent: str) -> Iterator[str]:
    for item in items:
        if item.mark == "title":
            yield f"**{markdown_line(item.line)}**"
            yield from ("", *_markdown_outline(item.items, indent)) if item.items else ()
        else:
            yield f"{indent}- {_EMOJI[item.mark]}{markdown_line(item.line)}"
            yield from _markdown_outline(item.items, f"{indent}  ")


def markdown_line(line: ReportLine) -> str:
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


def html(blocks: Iterable[Block], title: str, language: str) -> str:
    """A page that needs nothing else: no script, no font, no other file.

    Everything that came from a file is escaped, and nothing of it is a link.
    """
    style = Markup(_STYLE.read_text("utf-8"))  # noqa: S704 - our own file
    body = _lines(part for block in blocks for part in block_html(block))
    return str(_PAGE.format(language=language, title=title, style=style, body=body))


def block_html(block: Block) -> Iterator[Markup]:
    """The elements of a block."""
    if isinstance(block, Heading):
        sign = Markup('<span aria-hidden="true">{}</span> ').format(_SIGNS[block.mark]) if block.mark in _SIGNS else ""
        yield Markup('<h{0} class="{1}">{2}{3}</h{0}>').format(block.level, block.mark, sign, _html_line(block.line))
    elif isinstance(block, Paragraph):
        yield Markup("<p>{}</p>").format(_html_line(block.line))
    elif isinstance(block, Bullets):
        items = _lines(Markup("<li>{}</li>").format(_html_line(line)) for line in block.lines)
        yield Markup("<ul>\n{}\n</ul>").format(items)
    elif isinstance(block, Outline):
        yield _html_outline(block.items)
    elif isinstance(block, Grid):
        head = _html_row("th", block.header, block.numbers)
        rows = _lines(Markup("<tr>{}</tr>").format(_html_row("td", row, block.numbers)) for row in block.rows)
        yield Markup(
            '<div class="table"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table></div>'
        ).format(head, rows)
    elif isinstance(block, Fold):
        inner = _lines(part for inner_block in block.blocks for part in block_html(inner_block))
        yield Markup("<details><summary>{}</summary>\n{}\n</details>").format(_html_line(block.line), inner)


def _html_outline(items: Sequence[Item]) -> Markup:
    listed = _lines(
        Markup('<li class="{}">{}{}</li>').format(
            item.mark, _html_line(item.line), _html_outline(item.items) if item.items else ""
        )
        for item in items
    )
    return Markup("<ul>\n{}\n</ul>").format(listed)


def _html_row(tag: str, row: Sequence[str], numbers: frozenset[int]) -> Markup:
    return Markup("").join(
        Markup('<{0} class="number">{1}</{0}>' if at in numbers else "<{0}>{1}</{0}>").format(Markup(tag), shown(cell))  # noqa: S704
        for at, cell in enumerate(row)
    )


def _html_line(line: ReportLine) -> Markup:
    return Markup("").join(
        Markup("<code>{}</code>").format(shown(part)) if isinstance(part, Code) else escape(shown(part))
        for part in line
    )


def _lines(parts: Iterable[Markup]) -> Markup:
    return Markup("\n").join(parts)
