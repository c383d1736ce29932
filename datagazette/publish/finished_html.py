"""Staged pages that this program made: their blocks are finished HTML, and only headings in them are Markdown.

Each block between two headings is HTML without an empty line, which every Markdown renderer hands on untouched
(`pages/markup.py`). So such a page is put together from its blocks and from its headings, of which each is rendered by
Python-Markdown once. A page with anything else in it is left to Python-Markdown as a whole; pages come out the same
either way.
"""

from __future__ import annotations

import re
from typing import Any

from markdown import Markdown
from markdown.extensions.toc import nest_toc_tokens
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

_ELEMENT = re.compile(r"<([a-z][a-z0-9]*)[\s>]")
# A heading with an anchor of its own and nothing in it that could lead to other places of the page or to other pages.
_HEADING = re.compile(r"#{1,6} [^\n<\[`{]*\{#[^\s{}]+\}")


class FinishedBlocks:
    """Renders pages as `markdown` does, which has the extensions `attr_list` and `toc`."""

    def __init__(self, markdown: Markdown) -> None:
        self._markdown = markdown
        self._headings: dict[str, tuple[str, list[dict[str, Any]]]] = {}

    def rendered(self, text: str) -> tuple[str, list[dict[str, Any]]] | None:
        """The HTML of a page and its table of contents; None where not all of it is finished blocks and headings."""
        even = "\n".join(self._markdown.preprocessors["normalize_whitespace"].run(text.split("\n")))
        blocks, contents = [], []
        for block in even.strip("\n").split("\n\n"):
            element = _ELEMENT.match(block)
            if element and self._markdown.is_block_level(element[1]):
                # Lines that only a reference could end, as an empty one would end the block, end as others do.
                blocks.append(block.replace("&#10;", "\n"))
            elif _HEADING.fullmatch(block):
                html, entries = self._heading(block)
                blocks.append(html)
                contents += [dict(entry) for entry in entries]
            else:
                return None
        return "\n".join(blocks), nest_toc_tokens(contents)

    def _heading(self, line: str) -> tuple[str, list[dict[str, Any]]]:
        if line not in self._headings:
            html = self._markdown.reset().convert(line)
            self._headings[line] = (html, self._markdown.toc_tokens)
        return self._headings[line]


class FinishedPage(Page):
    """A page as MkDocs has it, which `blocks` render where they can."""

    def __init__(self, title: str | None, file: File, config: MkDocsConfig, blocks: FinishedBlocks) -> None:
        super().__init__(title, file, config)
        self._blocks = blocks

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Makes `content` and `toc` of the Markdown."""
        made = self._blocks.rendered(self.markdown or "") if "title" in self.meta else None
        if made is None:
            super().render(config, files)
        else:
            self.content, contents = made
            self.toc = get_toc(contents)  # type: ignore[arg-type]
