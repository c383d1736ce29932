"""Pages that this program made are the same HTML, whether their blocks are set aside or read tag by tag."""

from __future__ import annotations

import re

from markdown import Markdown

from datagazette.publish.finished_html import FinishedHtml
from tests.pages.golden import pages


def test_a_page_with_its_blocks_set_aside_is_the_page_that_markdown_makes() -> None:
    extensions = ["attr_list", "def_list", "footnotes", "tables", "toc", "pymdownx.details", "pymdownx.superfences"]
    made = {name: page.text.split("---\n", 2)[2] for name, page in pages().items() if not name[1].startswith("about/")}
    for name, text in made.items():
        plain = Markdown(extensions=extensions).convert(text)
        quick = Markdown(extensions=[FinishedHtml(), "attr_list", "toc"]).convert(text)
        assert _lines(quick) == _lines(plain), name


def test_what_begins_with_no_block_of_its_own_is_left_to_markdown() -> None:
    text = "<em>one</em> *two*\n\n<section>\n*three*\n</section>\n\n## Four {#four}\n"
    made = Markdown(extensions=[FinishedHtml(), "attr_list"]).convert(text)
    assert made == ('<p><em>one</em> <em>two</em></p>\n<section>\n*three*\n</section>\n<h2 id="four">Four</h2>')


def _lines(html: str) -> str:
    return re.sub(r"\n+", "\n", html.replace("&#10;", "\n"))
