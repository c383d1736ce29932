"""What a file of the site points to in the site, and what in a page others can point to.

Found once, when the file is made, and kept with it: `build/finished.py` compares all of it with what the site has.
Addresses are relative to the site's root; one that leads out of the site begins with a slash.
"""

from __future__ import annotations

import html
import posixpath
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain
from urllib.parse import SplitResult, unquote, urlsplit

INDEX = "index.html"
# Attributes count only within a tag: what follows them has no `<` before the next `>`. Text has both escaped. All of
# them are found, so that none is looked for in the value of another.
_ATTRIBUTE = re.compile(r"""\s([a-zA-Z:-]+)\s*=\s*("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)(?=[^<>]*>)""")
_LINKS = frozenset({"href", "xlink:href", "src", "poster", "action", "formaction", "data"})
_ANCHORS, _CANDIDATES = frozenset({"id", "name"}), frozenset({"srcset", "imagesrcset"})
_COUNTED = _LINKS | _ANCHORS | _CANDIDATES | {"style", "content"}
_REFRESH = re.compile(r"\d+\s*[;,]\s*url\s*=\s*(.+)", re.IGNORECASE)
_EDITION = re.compile(r"""<link\b(?=[^<>]*\shreflang=)[^<>]*\shref=("[^"]*"|'[^']*')""")
# Elements whose content is no HTML.
_OPAQUE = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (r"(<script\b[^<>]*>).*?</script", r"(<style\b[^<>]*>).*?</style", "()<!--.*?-->")
)
_STYLE = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s*["']([^"']+)["']""")
_SCRIPT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
_MANY = 1 << 14  # tags that are remembered
# The end of an address that is just what is written.
_PLAIN = re.compile(r"(?:[\w~-][\w.~-]*/)*(?:[\w~-][\w.~-]*)?", re.ASCII)
# The same, from the folder of the file or from one above, with an anchor.
_NEAR = re.compile(rf"((?:\.\./)*)({_PLAIN.pattern})(#[\w-]+)?", re.ASCII)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# What may be in an address of ours, which is all escaped; a full stop at its end is that of a sentence.
_ADDRESS = r"(?:/[A-Za-z0-9._~/@%-]*|(?![\w./-]))"


@dataclass(frozen=True)
class Pointers:
    """What files of the site point to, packed, as those of all files are held at one time.

    `files` are their paths, `targets` each address with its anchor, if it has one, and `folders` what a text names that
    may be a page, or only what the addresses of files begin with. `anchors` are what can be pointed to in a page, and
    `editions` the addresses of a page in all languages, as it names them; both by the page's address.
    """

    files: tuple[str, ...] = ()
    targets: bytes = b""
    folders: bytes = b""
    anchors: Mapping[str, bytes] = field(default_factory=dict)
    editions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The same of one file, not packed: how each target is written in it. `anchors` are None where it is no page."""

    path: str
    targets: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    anchors: frozenset[str] | None = None
    editions: tuple[str, ...] = ()

    @property
    def written(self) -> Mapping[str, str]:
        """How each address is written that the file points to."""
        return {**self.folders, **self.targets}


def packed(found: Iterable[Found]) -> Pointers:
    """Those of several files, as far as they point to anything."""
    files = [each for each in found if each.written or each.anchors is not None]
    return Pointers(
        tuple(each.path for each in files),
        _pack(target for each in files for target in each.targets),
        _pack(folder for each in files for folder in each.folders),
        {each.path.removesuffix(INDEX): _pack(each.anchors) for each in files if each.anchors is not None},
        {each.path.removesuffix(INDEX): each.editions for each in files if each.editions},
    )


def _pack(texts: Iterable[str]) -> bytes:
    distinct = sorted(set(texts))
    return zlib.compress("\n".join(distinct).encode(), 1) if distinct else b""


def unpacked(content: bytes) -> frozenset[str]:
    """The addresses or the anchors that were packed."""
    return frozenset(zlib.decompress(content).decode().split("\n")) if content else frozenset()


def pointers_of(path: str, text: str, base_url: str) -> Found:
    """Those of a page, a style sheet, a script, or any other text."""
    if path.endswith(".html"):
        return page_pointers(path, text, base_url)
    return (asset_pointers if path.endswith((".css", ".js")) else text_pointers)(path, text, base_url)


def page_pointers(path: str, text: str, base_url: str) -> Found:
    """Those of the page whose file is at `path`. Scripts, and what is beside the tags, are read as `text_pointers`."""
    here = path.removesuffix(INDEX)
    named_editions = (address_of(html.unescape(written[1:-1]), path, base_url) for written in _EDITION.findall(text))
    editions = tuple(target for target in named_editions if target is not None)
    named = text_pointers(path, text, base_url)
    targets = dict(named.targets)
    for opaque in _OPAQUE:
        text = opaque.sub(r"\1", text)
    # No attribute reaches over a `<`, and most tags of a page are there many times.
    tags = {part[: part.rfind(">") + 1] for part in text.split("<") if "=" in part}
    found = dict.fromkeys(chain.from_iterable(map(_attributes, tags)))
    anchors = {written for name, written in found if name in _ANCHORS}
    for link in dict.fromkeys(link for name, written in found for link in _links(name, written)):
        target = address_of(link, path, base_url)
        if target is not None:
            targets[target] = link
    # What is in the page itself needs no look at others.
    known = {f"{here}#{anchor}" for anchor in anchors}
    targets = {target: link for target, link in targets.items() if target not in known}
    return Found(path, targets, named.folders, frozenset(anchors), editions)


@lru_cache(_MANY)
def _attributes(tag: str) -> tuple[tuple[str, str], ...]:
    """The attributes of a tag that count, with what is written in them. Most tags are those of other pages as well."""
    named = ((attribute.lower(), quoted) for attribute, quoted in _ATTRIBUTE.findall(tag))
    return tuple((name, html.unescape(quoted.strip("\"'")).strip()) for name, quoted in named if name in _COUNTED)


def text_pointers(path: str, text: str, base_url: str) -> Found:
    """Whole addresses of the site in any text. Their anchors are names of things there, and not always of places."""
    root = base_url.rstrip("/")
    if root not in text:
        return Found(path)
    addresses = sorted({written.rstrip(".") for written in _whole(root).findall(text)})
    found = {target: link for link in addresses if (target := address_of(link, path, base_url)) is not None}
    folders = {target: link for target, link in found.items() if target.endswith("/")}
    return Found(path, {target: link for target, link in found.items() if target not in folders}, folders)


def asset_pointers(path: str, text: str, base_url: str) -> Found:
    """Those of a style sheet or of a script with its imports."""
    is_style = path.endswith(".css")
    links = [one or other for one, other in _STYLE.findall(text)] if is_style else _SCRIPT.findall(text)
    return Found(path, {target: link for link in links if (target := address_of(link, path, base_url)) is not None})


def address_of(link: str, path: str, base_url: str) -> str | None:
    """Where a link in the file at `path` leads, with its anchor; None where that is another site."""
    rest = link.removeprefix(base_url) if base_url.endswith("/") else link
    if rest != link and _PLAIN.fullmatch(rest) and rest.rpartition("/")[2] != INDEX:
        return rest
    near = _near(link, path)
    if near is not None:
        return near
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if _SCHEME.match(link) or link.startswith("//"):
        if not _is_ours(parts, urlsplit(base_url)):
            return None
    elif not link:
        return None
    root = _root(base_url)
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


def _near(link: str, path: str) -> str | None:
    """The same of a relative link that is just what is written; None where that is not sure."""
    found = _NEAR.fullmatch(link)
    if not found or not (found[1] or found[2]) or found[3] == "#top" or found[2].rpartition("/")[2] == INDEX:
        return None
    folders = path.split("/")[:-1]
    kept = len(folders) - len(found[1]) // len("../")
    return None if kept < 0 else "/".join([*folders[:kept], found[2]]) + (found[3] or "")


def _is_ours(link: SplitResult, base: SplitResult) -> bool:
    """Whether a whole address is one of the site, also where it begins with another scheme than the site's."""
    is_of_host = link.scheme in ("", "http", "https") and link.netloc.lower() == base.netloc.lower()
    return is_of_host and f"{link.path}/".startswith(base.path)


def _links(attribute: str, written: str) -> Iterable[str]:
    if attribute in _CANDIDATES:
        return (candidate.split()[0] for candidate in written.split(",") if candidate.strip())
    if attribute == "style":
        return (one or other for one, other in _STYLE.findall(written))
    if attribute == "content":  # of <meta http-equiv="refresh">
        return (found[1].strip("\"'") for found in [_REFRESH.fullmatch(written)] if found)
    return (written,) if attribute in _LINKS else ()


@cache
def _root(base_url: str) -> str:
    """The path of the site's root on its host."""
    return unquote(urlsplit(base_url).path)


@cache
def _whole(root: str) -> re.Pattern[str]:
    return re.compile(re.escape(root) + _ADDRESS)
