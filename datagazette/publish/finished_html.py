"""An extension of Python-Markdown for staged pages that this program made: blocks of finished HTML are handed on as
they are, and not read tag by tag three times.

Such a page has Markdown in its headings only. Each block between them is HTML without an empty line, which every
Markdown renderer hands on untouched (`pages/markup.py`), so that pages come out the same without this extension.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

# After the one that makes all line ends and spaces alike (30), before all that look into the text.
_PRIORITY = 29
_ELEMENT = re.compile(r"<([a-z][a-z0-9]*)[\s>]")


class _FinishedBlocks(Preprocessor):  # type: ignore[misc]  # Python-Markdown has no types
    """Puts each block that begins with an element of its own aside, where Python-Markdown keeps raw HTML. Lines in it
    that only a reference could end, as an empty one would end the block, end as others do."""

    def run(self, lines: list[str]) -> list[str]:
        return "\n\n".join(map(self._kept, "\n".join(lines).split("\n\n"))).split("\n")

    def _kept(self, block: str) -> str:
        element = _ELEMENT.match(block)
        is_whole = element and self.md.is_block_level(element[1])
        return self.md.htmlStash.store(block.replace("&#10;", "\n")) if is_whole else block


class FinishedHtml(Extension):  # type: ignore[misc]
    """The extension, as `markdown_extensions` holds it."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(_FinishedBlocks(md), "finished_html", _PRIORITY)
