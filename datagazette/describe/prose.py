"""Descriptions, which may hold a small part of Markdown, and the same in words only."""

from __future__ import annotations

import html
import re
from functools import cache

from markdown_it import MarkdownIt

from datagazette.model.names import address_parts

# Renderers of Markdown use STX and ETX for their own; other control characters mean nothing to a reader.
LONGEST = 10_000  # characters
SCHEMES = ("http", "https", "mailto")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")


def clean(value: str) -> str:
    """Without control characters."""
    return _CONTROL.sub("", value)


def plain_text(value: str) -> str:
    """A description without its markup, on one line: for machines, `<meta name="description">` and alternatives."""
    text = re.sub(r"<[^>]*>", "", rendered(clean(value)))
    return " ".join(html.unescape(text).split())


def is_open_to(address: str) -> bool:
    """Whether a link of a description may lead there: to an address of a known scheme, or within the site."""
    parts = address_parts(address)
    if parts is None:
        return False
    return parts.scheme in SCHEMES if parts.scheme else not address.startswith(("//", "/\\", "\\"))


def rendered(value: str, *, inline: bool = False) -> str:
    """A description as HTML. One that is longer than any sensible one is shown as it was typed: the renderer takes
    a time that grows with the square of what looks like links."""
    if len(value) > LONGEST:
        return html.escape(value)
    return str(markdown().renderInline(value) if inline else markdown().render(value))


@cache
def markdown() -> MarkdownIt:
    """The part of Markdown that a description may hold: emphasis, links, lists, code. HTML in it is only text."""
    return MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False}).disable(
        ["image", "table", "heading", "lheading", "hr", "fence", "code", "reference"]
    )
