"""What a page may hold: escaped text, a safe subset of Markdown, and nothing that breaks out of its block.

A staged page goes through a Markdown renderer once more. Every section between two headings is therefore one
HTML block without an empty line, which Python-Markdown and CommonMark both hand on untouched; only our own
headings are Markdown.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import nh3
from markupsafe import Markup, escape

from datagazette.describe.prose import SCHEMES, clean, is_open_to, rendered
from datagazette.model.text import isolated, shown

# Marks a heading of ours in a rendered template. Data cannot hold it: see `clean`.
HEADING = "\x02"
_LINE_END = re.compile(r"\r\n|[\r\n\u0085\u2028\u2029]")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")

TAGS = {"p", "em", "strong", "a", "code", "ul", "ol", "li", "br", "blockquote", "sup", "sub", "del", "s"}
_BLOCK_TAG = re.compile(r"(</?(?:p|ul|ol|li|br|blockquote)>)")
_CODE = re.compile(r"<code>[^<]*</code>")
_ADDRESS = re.compile(r"(https?://\S+)")
_TURNING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


def one_line(value: str) -> str:
    """Text that cannot begin a line of its own in the staged page, nor turn the direction of what is beside it."""
    if value.isprintable():
        return value
    return isolated(_LINE_END.sub(" ", clean(value)))


def code(value: str) -> str:
    """The same for code: nothing in it is turned, and what would turn it is seen."""
    return one_line(shown(value))


def finalize(value: Any) -> Any:
    """What Jinja prints: nothing that is None, and text on one line."""
    if value is None:
        raise TypeError("a template prints a value that is not there")
    if isinstance(value, Markup):
        return value
    return one_line(str(value))


def addresses_apart(value: str) -> Markup:
    """A text with each address in a part of its own, which is written from left to right in every language."""
    parts = _ADDRESS.split(one_line(value))
    written = (
        Markup('<bdi dir="ltr">{}</bdi>').format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )
    return Markup("").join(written)


def preformatted(value: str) -> Markup:
    """Code for a `<pre>`: its line ends as references, so that the block stays without empty lines."""
    return Markup(_LINE_END.sub("&#10;", html.escape(shown(clean(value)), quote=False)))  # noqa: S704


def copied(value: str) -> Markup:
    """The same as an attribute's value with its quotes: those that the text has fewer of, as JSON is full of double
    ones."""
    text, (mark, reference) = str(preformatted(value)), ('"', "&#34;")
    if text.count('"') > text.count("'"):
        mark, reference = "'", "&#39;"
    return Markup(f"{mark}{text.replace(mark, reference)}{mark}")  # noqa: S704


def rich(value: str) -> Markup:
    """The HTML of a description: emphasis, links, lists and code; anything else shows as it was typed."""
    return _cleaned(rendered(clean(value)), TAGS)


def rich_inline(value: str) -> Markup:
    """The same without paragraphs, for a place that holds one line."""
    return _cleaned(
        rendered(_LINE_END.sub(" ", clean(value)), inline=True), TAGS - {"p", "ul", "ol", "li", "blockquote"}
    )


def safe_link(address: str) -> str:
    """The address if a reader may be sent there, else an empty string."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", address.strip(), re.IGNORECASE)
    if not scheme or scheme[1].lower() not in SCHEMES:
        return ""
    return _TURNING.sub(lambda found: quote(found[0]), clean(address.strip()))


def heading(level: int, identifier: str, title: str) -> Markup:
    """A heading that the Markdown renderer reads, for its table of contents."""
    # Every punctuation mark is a reference, so that none of it is Markdown.
    text = _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", one_line(title))
    return Markup(f"\n{HEADING}{'#' * level} {text} {{#{identifier}}}\n")  # noqa: S704


def assemble(rendered: str) -> str:
    """The body of a staged page from a rendered template: one block of HTML, a heading, the next block."""
    parts: list[str] = []
    block: list[str] = []
    for line in rendered.split("\n"):
        text = line.strip(" \t\r")
        if text.startswith(HEADING):
            parts += ["\n".join(block), text.removeprefix(HEADING)]
            block = []
        elif text:
            block.append(text)
    return "\n\n".join(filter(None, [*parts, "\n".join(block)])) + "\n"


def _cleaned(written: str, tags: set[str]) -> Markup:
    """The HTML with these tags alone, of which no paragraph turns what comes after it; references in it are characters
    by now."""
    allowed = nh3.clean(written, tags=tags, attributes={"a": {"href"}}, url_schemes=set(SCHEMES),
                        attribute_filter=lambda _, __, address: address if is_open_to(address) else None)  # fmt: skip
    safe = _LINE_END.sub(" ", allowed.strip())
    if safe.isprintable():
        return Markup(safe)  # noqa: S704
    safe = _CODE.sub(lambda found: shown(found[0]), safe)
    return Markup("".join(isolated(part) for part in _BLOCK_TAG.split(safe)))  # noqa: S704
