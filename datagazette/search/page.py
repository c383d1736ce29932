"""What the search knows of a page: the part that its index is made from, without what the index does not look at.

What is searched is marked in the pages (`data-pagefind-body`). Of the rest only little matters to Pagefind, which
takes three times as long for a whole page; a test shows that it makes the same index of both.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

# Classes of elements that hold marks and no words of the text.
IGNORED_CLASSES = ("headerlink", "mark", "footnotes__back", "sr-only")
# The mark of what is searched; without it a page is not in the index.
_SEARCHED, _MARK, _IGNORE = "data-pagefind-body", "data-pagefind-", "data-pagefind-ignore"
_ROOT = re.compile(r"<html[^>]*>")
_LANGUAGE = re.compile(r"""\blang=["']?([\w-]+)""")
_META = re.compile(rf"<meta [^>]*{_MARK}[^>]*>")
# A comment, a script or a style sheet; or the start of an element, with its name and its attributes.
_PART = re.compile(
    r"""<!--.*?-->|<(script|style)\b.*?</\1\s*>|<([a-z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""\s(id|class|lang)=("[^"]*"|'[^']*'|[^\s"'<>]+)""", re.IGNORECASE)
# Metadata that may be in the part that is left out of the text.
_TOLD = re.compile(rf"{_MARK}(?:meta|filter|sort|index)")


@dataclass(frozen=True)
class SearchedPage:
    """A page as search knows it: its file, its language, and what is searched of it, with the SHA-256 of that."""

    path: str
    language: str
    digest: str
    packed: bytes

    @property
    def content(self) -> str:
        """What is searched, as HTML."""
        return zlib.decompress(self.packed).decode()


def searched(path: str, html: str) -> SearchedPage | None:
    """What search knows of a page; None where it is not searched."""
    found = essence(html)
    if not found:
        return None
    language = _LANGUAGE.search(root[0]) if (root := _ROOT.search(found)) else None
    content = found.encode()
    digest = hashlib.sha256(content).hexdigest()
    return SearchedPage(path, language[1].lower() if language else "", digest, zlib.compress(content))


def essence(html: str) -> str:
    """What the index is made from: the page without what search does not look at, such as header and footer.

    Empty where the page is not searched. A page that is built in another way than ours is taken whole.
    """
    if _SEARCHED not in html:
        return ""
    root, start, end = _ROOT.search(html), html.find("<main "), html.rfind("</main>")
    if not root or not 0 <= start < end:
        return html
    head = "".join(_META.findall(html[:start]))
    short = f"<!doctype html>{root[0]}<head>{head}</head><body>{html[start:end]}</main></body></html>"
    return "".join(_bare(short)) if short.count(_MARK) == html.count(_MARK) else html


def _bare(html: str) -> Iterator[str]:
    """The elements and their text, without what is to be ignored, and with no attributes but those that count."""
    at = 0
    for part in _PART.finditer(html):
        if part.start() < at:
            continue
        yield html[at : part.start()]
        at = part.end()
        if part[2]:
            yield part[0] if _MARK in part[3] else f"<{part[2]}{_attributes(part[3])}>"
            if _IGNORE in part[3]:
                at = _end(html, part[2], at)
    yield html[at:]


def _attributes(written: str) -> str:
    return "".join(
        one[0] for one in _ATTRIBUTE.finditer(written)
        if one[1].lower() != "class" or any(name in one[2] for name in IGNORED_CLASSES)
    )  # fmt: skip


def _end(html: str, name: str, start: int) -> int:
    """Where the content of an element ends that begins at `start`; `start` where that cannot be left out."""
    depth = 1
    for tag in _tags(name.lower()).finditer(html, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return start if _TOLD.search(html, start, tag.start()) else tag.start()
    return start


@cache
def _tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){name}\b", re.IGNORECASE)
