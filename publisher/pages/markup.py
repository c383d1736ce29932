"""What may stand in a page: escaped text, a safe subset of Markdown, and nothing that breaks out of its block.

A staged page goes through a Markdown renderer once more. Every section between two headings is therefore one
HTML block without an empty line, which Python-Markdown and CommonMark both hand on untouched; only our own
headings are Markdown.
"""

from __future__ import annotations

import re
from typing import Any

import nh3
from markupsafe import Markup, escape

from publisher.describe.prose import clean, rendered

# Marks a heading of ours in a rendered template. Data cannot hold it: see `clean`.
HEADING = "\x02"
_LINE_END = re.compile(r"\r\n|[\r\n\u0085\u2028\u2029]")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")

TAGS = {"p", "em", "strong", "a", "code", "ul", "ol", "li", "br", "blockquote", "sup", "sub", "del", "s"}
SCHEMES = {"http", "https", "mailto"}


def one_line(value: str) -> str:
    """Text that cannot begin a line of its own in the staged page."""
    if value.isprintable():
        return value
    return _LINE_END.sub(" ", clean(value))


def finalize(value: Any) -> Any:
    """What Jinja prints: nothing that is None, and text on one line."""
    if value is None:
        raise TypeError("a template prints a value that is not there")
    if isinstance(value, Markup):
        return value
    return one_line(str(value))


def preformatted(value: str) -> Markup:
    """Text for a `<pre>`: its line ends as references, so that the block stays without empty lines."""
    return Markup(_LINE_END.sub("&#10;", str(escape(clean(value)))))  # noqa: S704


def rich(value: str) -> Markup:
    """The HTML of a description: emphasis, links, lists and code; anything else shows as it was typed."""
    html = rendered(clean(value))
    return _on_one_line(nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES))


def rich_inline(value: str) -> Markup:
    """The same without paragraphs, for a place that holds one line."""
    html = rendered(one_line(value), inline=True)
    tags = TAGS - {"p", "ul", "ol", "li", "blockquote"}
    return _on_one_line(nh3.clean(html, tags=tags, attributes={"a": {"href"}}, url_schemes=SCHEMES))


def safe_link(address: str) -> str:
    """The address if a reader may be sent there, else an empty string."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", address.strip(), re.IGNORECASE)
    return clean(address.strip()) if scheme and scheme[1].lower() in SCHEMES else ""


def heading(level: int, identifier: str, title: str) -> Markup:
    """A heading that the Markdown renderer reads, for its table of contents."""
    return Markup(f"\n{HEADING}{'#' * level} {_references(one_line(title))} {{#{identifier}}}\n")  # noqa: S704


def assemble(rendered: str) -> str:
    """The body of a staged page from a rendered template: one block of HTML, a heading, the next block."""
    parts: list[str] = []
    block: list[str] = []
    for line in rendered.split("\n"):
        text = line.strip(" \t\r")
        if text.startswith(HEADING):
            parts += [*_joined(block), text.removeprefix(HEADING)]
            block = []
        elif text:
            block.append(text)
    return "\n\n".join([*parts, *_joined(block)]) + "\n"


def _joined(lines: list[str]) -> list[str]:
    return ["\n".join(lines)] if lines else []


def _references(text: str) -> str:
    """Every punctuation mark as a reference, so that none of it is Markdown."""
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text)


def _on_one_line(html: str) -> Markup:
    return Markup(_LINE_END.sub(" ", html.strip()))  # noqa: S704
