"""Texts of others in Markdown of ours: each is shown as it was typed, and nothing of it runs or becomes a heading."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from datagazette.describe.prose import LONGEST, is_open_to
from datagazette.model.directions import isolated, shown

_MARKUP = re.compile(r"[\\`*_\[\]|~]")
_BLOCK = re.compile(r"^(?:([#>+=-])|(\d+)([.)]))")
_BEGUN = re.compile(r"<[A-Za-z/!?]|`")
# What a description may hold, as pages show it too.
_SPANS = ("em", "strong", "s", "link", "paragraph", "bullet_list", "ordered_list", "list_item", "blockquote")
_ALLOWED = {"inline", "text", "softbreak", "hardbreak", "code_inline"} | {
    f"{name}_{end}" for name in _SPANS for end in ("open", "close")
}


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, nobody notified by an @."""
    safe = _MARKUP.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;"))
    return safe.replace("@", "&#64;").replace("\n", " ")


def code(text: str) -> str:
    """A span of code, which no character in the text can end."""
    if not text:
        return "``"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if longest else ""
    return f"{fence}{padding}{shown(' '.join(text.split()))}{padding}{fence}"


def words(value: str) -> str:
    """A text without markup on one line; escaped only where Markdown would show something else."""
    line = isolated(" ".join(value.split()))
    return line if not line or _shows_itself(line) else _escaped_block(line)


def description(value: str) -> str:
    """A text that may hold a small part of Markdown, as it is; where it holds anything else, all of it is escaped."""
    tokens = _tokens(value)
    if tokens is not None and all(map(_is_allowed, tokens)):
        return "\n".join(map(isolated, value.split("\n")))
    paragraphs = (" ".join(one.split()) for one in re.split(r"\n\s*\n", value))
    return "\n\n".join(_escaped_block(isolated(one)) for one in paragraphs if one)


def description_on_one_line(value: str) -> str:
    """The same for a place that holds one line."""
    return description(" ".join(value.split()))


def _escaped_block(line: str) -> str:
    """A paragraph of one line, of which nothing begins a heading, a list or a quotation."""
    return _BLOCK.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escaped(line))


def _shows_itself(line: str) -> bool:
    """Also beside another text on the same line, which could end what this one begins."""
    if _BEGUN.search(line) or line.count("[") != line.count("]"):
        return False
    around = ("paragraph_open", "inline", "paragraph_close")
    tokens = [one for one in _tokens(line) or () if one.type not in around]
    return [(one.type, one.content) for one in tokens] == [("text", line)]


def _is_allowed(token: Token) -> bool:
    return token.type in _ALLOWED and (token.type != "link_open" or is_open_to(str(token.attrGet("href") or "")))


def _tokens(value: str) -> list[Token] | None:
    """None where it is too long to be looked at, or names the targets of links that others can be written for."""
    if len(value) > LONGEST:
        return None
    found: dict[str, Any] = {}
    blocks = _reader().parse(value, found)
    return None if found.get("references") else [one for block in blocks for one in (block, *(block.children or ()))]


@cache
def _reader() -> MarkdownIt:
    """Markdown with all that a viewer of README files may know; of links, those too that ours would not make."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.validateLink = lambda _: True  # type: ignore[method-assign, assignment]
    return reader
