"""What a file of the site points to in the site, and what in a page others can point to.

Found once, when the file is made, and kept with it: `build/finished.py` compares all of it with what the site has.
Addresses are relative to the site's root; one that leads out of the site begins with a slash.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

INDEX = "index.html"
# Attributes count only within a tag: what follows them has no `<` before the next `>`. Text has both escaped. All of
# them are found, so that none is looked for in the value of another.
_ATTRIBUTE = re.compile(r"""\s([a-zA-Z:-]+)=("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)(?=[^<>]*>)""")
_LINKS, _ANCHORS = frozenset({"href", "src", "srcset", "poster", "action"}), frozenset({"id", "name"})
_EDITION = re.compile(r"""<link\b(?=[^<>]*\shreflang=)[^<>]*\shref=("[^"]*"|'[^']*')""")
# Elements whose content is no HTML.
_OPAQUE = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (r"(<script\b[^<>]*>).*?</script", r"(<style\b[^<>]*>).*?</style", "()<!--.*?-->")
)
_STYLE = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s*["']([^"']+)["']""")
_SCRIPT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# What may be in an address of ours, which is all escaped; a full stop at its end is that of a sentence.
_ADDRESS = r"(?:/[A-Za-z0-9._~/@%-]*|(?![\w./-]))"


@dataclass(frozen=True)
class Pointers:
    """`targets`: each address with its anchor, if it has one, with the file that has it first, and how it is there.
    `folders`: the same of what a text names that may be a page, or only what the addresses of files begin with.

    `anchors`: what can be pointed to in a page, a line each. `editions`: the addresses of a page in all languages, as
    it names them. Both by the page's address.
    """

    targets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    folders: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)
    editions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def joined(found: Iterable[Pointers]) -> Pointers:
    """Those of several files."""
    whole: tuple[dict[str, Any], ...] = ({}, {}, {}, {})
    for pointers in found:
        parts = (pointers.targets, pointers.folders, pointers.anchors, pointers.editions)
        for known, part in zip(whole, parts, strict=True):
            known.update({key: value for key, value in part.items() if key not in known})
    return Pointers(*whole)


def page_pointers(path: str, text: str, base_url: str) -> Pointers:
    """Those of the page whose file is at `path`. Scripts, and what is beside the tags, are read as `text_pointers`."""
    here = path.removesuffix(INDEX)
    named_editions = (address_of(html.unescape(written[1:-1]), path, base_url) for written in _EDITION.findall(text))
    editions = tuple(target for target in named_editions if target is not None)
    named = text_pointers(path, text, base_url)
    targets, anchors = dict(named.targets), []
    for opaque in _OPAQUE:
        text = opaque.sub(r"\1", text)
    for name, quoted in dict.fromkeys(_ATTRIBUTE.findall(text)):
        written = html.unescape(quoted.strip("\"'")).strip()
        if name in _ANCHORS:
            anchors.append(written)
        for link in _links(name, written):
            target = address_of(link, path, base_url)
            if target is not None:
                targets[target] = (path, link)
    return Pointers(targets, named.folders, {here: "\n".join(anchors)}, {here: editions} if editions else {})


def text_pointers(path: str, text: str, base_url: str) -> Pointers:
    """Whole addresses of the site in any text. Their anchors are names of things there, and not always of places."""
    root = base_url.rstrip("/")
    if root not in text:
        return Pointers()
    found = sorted({written.rstrip(".") for written in _whole(root).findall(text)})
    targets = {
        target: (path, written) for written in found if (target := address_of(written, path, base_url)) is not None
    }
    folders = {target: named for target, named in targets.items() if target.endswith("/")}
    return Pointers({target: named for target, named in targets.items() if target not in folders}, folders)


def asset_pointers(path: str, text: str, base_url: str) -> Pointers:
    """Those of a style sheet or of a script with its imports."""
    is_style = path.endswith(".css")
    links = [one or other for one, other in _STYLE.findall(text)] if is_style else _SCRIPT.findall(text)
    targets = ((link, address_of(link, path, base_url)) for link in links)
    return Pointers({target: (path, link) for link, target in targets if target is not None})


def address_of(link: str, path: str, base_url: str) -> str | None:
    """Where a link in the file at `path` leads, with its anchor; None where that is another site."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if _SCHEME.match(link) or link.startswith("//"):
        if not f"{link}/".startswith(base_url):
            return None
    elif not link:
        return None
    root = unquote(urlsplit(base_url).path)
    target = unquote(parts.path) or ("/" if parts.netloc else "")
    if not target:
        found = f"{root}{path}"
    else:
        found = posixpath.normpath(posixpath.join(root, posixpath.dirname(path), target))
        found += "/" if target.endswith(("/", "/.", "/..")) or target in (".", "..") else ""
    found = f"/{found.lstrip('/')}"
    if not f"{found}/".startswith(root):
        return found
    place = found[len(root) :]
    place = place.removesuffix(INDEX) if place.rpartition("/")[2] == INDEX else place
    anchor = unquote(parts.fragment)
    # `#top` is in every page, and an anchor with `=` is a state of a script.
    return f"{place}#{anchor}" if anchor and anchor != "top" and "=" not in anchor else place


def _links(attribute: str, written: str) -> Iterable[str]:
    if attribute == "srcset":
        return (candidate.split()[0] for candidate in written.split(",") if candidate.strip())
    return (written,) if attribute in _LINKS else ()


@cache
def _whole(root: str) -> re.Pattern[str]:
    return re.compile(re.escape(root) + _ADDRESS)
