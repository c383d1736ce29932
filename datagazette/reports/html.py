"""A report as one page of HTML that needs nothing else: no script, no font, no other file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from markupsafe import Markup, escape

from datagazette.model.text import shown
from datagazette.reports.blocks import Block, Bullets, Code, Fold, Grid, Heading, Item, Line, Outline, Paragraph

_STYLE = Path(__file__).with_name("report.css")
_SIGNS = {"error": "✗", "fine": "✓", "same": "=", "plain": ""}


def html(blocks: Iterable[Block], title: str, language: str) -> str:
    """The page. Everything that came from a file is escaped, and nothing of it is a link."""
    body = Markup("\n").join(part for block in blocks for part in block_html(block))
    style = Markup(_STYLE.read_text("utf-8"))  # noqa: S704 - our own file
    return str(
        Markup(
            '<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            "<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
        ).format(language=language, title=title, style=style, body=body)
    )


def block_html(block: Block) -> Iterator[Markup]:
    """The elements of a block."""
    if isinstance(block, Heading):
        sign = Markup('<span aria-hidden="true">{}</span> ').format(_SIGNS[block.mark]) if block.mark != "plain" else ""
        yield Markup('<h{0} class="{1}">{2}{3}</h{0}>').format(block.level, block.mark, sign, _line(block.line))
    elif isinstance(block, Paragraph):
        yield Markup("<p>{}</p>").format(_line(block.line))
    elif isinstance(block, Bullets):
        items = Markup("\n").join(Markup("<li>{}</li>").format(_line(line)) for line in block.lines)
        yield Markup("<ul>\n{}\n</ul>").format(items)
    elif isinstance(block, Outline):
        yield _outline(block.items)
    elif isinstance(block, Grid):
        yield _grid(block)
    elif isinstance(block, Fold):
        inner = Markup("\n").join(part for inner_block in block.blocks for part in block_html(inner_block))
        yield Markup("<details><summary>{}</summary>\n{}\n</details>").format(_line(block.line), inner)


def _outline(items: Sequence[Item]) -> Markup:
    listed = Markup("\n").join(
        Markup('<li class="{}">{}{}</li>').format(
            item.mark, _line(item.line), _outline(item.items) if item.items else ""
        )
        for item in items
    )
    return Markup("<ul>\n{}\n</ul>").format(listed)


def _grid(grid: Grid) -> Markup:
    head = _cells("th", grid.header, grid.numbers)
    rows = Markup("\n").join(Markup("<tr>{}</tr>").format(_cells("td", row, grid.numbers)) for row in grid.rows)
    return Markup(
        '<div class="table"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table></div>'
    ).format(head, rows)


def _cells(tag: str, row: Sequence[str], numbers: frozenset[int]) -> Markup:
    return Markup("").join(
        Markup('<{0} class="number">{1}</{0}>' if at in numbers else "<{0}>{1}</{0}>").format(Markup(tag), shown(cell))  # noqa: S704
        for at, cell in enumerate(row)
    )


def _line(line: Line) -> Markup:
    return Markup("").join(
        Markup("<code>{}</code>").format(shown(part)) if isinstance(part, Code) else escape(shown(part))
        for part in line
    )
