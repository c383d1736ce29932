"""Pages that this program made are the same HTML, put together from their blocks or read tag by tag."""

from __future__ import annotations

import re

import pytest
from markdown import Markdown

from datagazette.publish.finished_html import FinishedBlocks
from tests.pages.golden import pages


def test_a_page_put_together_from_its_blocks_is_the_page_that_markdown_makes() -> None:
    extensions = ["attr_list", "def_list", "footnotes", "tables", "toc", "pymdownx.details", "pymdownx.superfences"]
    made = {name: page.text.split("---\n", 2)[2] for name, page in pages().items() if not name.startswith("text.")}
    blocks = FinishedBlocks(Markdown(extensions=["attr_list", "toc"]))
    for name, text in made.items():
        plain = Markdown(extensions=extensions)
        whole = plain.convert(text)
        found = blocks.rendered(text)
        assert found, name
        assert _lines(found[0]) == _lines(whole), name
        assert found[1] == plain.toc_tokens, name


@pytest.mark.parametrize(
    "text",
    [
        "<em>one</em> *two*\n\n<section>\n*three*\n</section>\n\n## Four {#four}",
        "<section>one</section>\n\n## Two",
        "<section>one</section>\n\n## [Two](../two/index.md) {#two}",
        "## One {#one}\n*two*",
        "",
    ],
)
def test_a_page_with_other_markdown_in_it_is_left_to_markdown_as_a_whole(text: str) -> None:
    assert FinishedBlocks(Markdown(extensions=["attr_list", "toc"])).rendered(text) is None


def _lines(html: str) -> str:
    return re.sub(r"\n+", "\n", html.replace("&#10;", "\n"))
