"""Where the links and pictures of authored pages lead, as Python-Markdown finds them and MkDocs resolves them.

A link that names a page's file, relative to the file that holds it, becomes the address of that page. Any other
relative link stays as it is written, and is relative to the address of the page.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Literal
from urllib.parse import SplitResult, unquote, urlsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from datagazette.load.authored_pages import MKDOCS_FILE, AuthoredFile, MarkdownSettings
from datagazette.model.names import address_parts, nearest
from datagazette.model.problems import Problem, problem, warning

Found = Literal["there", "draft", "removed", "missing", "unknown"]
# What a browser opens from a link. A picture may also be in the page itself, as `data:`.
SCHEMES = ("http", "https", "mailto", "tel")
_ADDRESSES = {"a": "href", "img": "src"}


@dataclass(frozen=True)
class PagePlace:
    """A page: its address, that of its language (`prefix`, empty or `en/`), both relative to the site's
    root, and the staged files of the language, which links can name."""

    address: str
    prefix: str
    files: frozenset[str]


@dataclass(frozen=True)
class LinkedSite:
    """The site as links see it: at `base_url`, which ends with a slash, or is empty where it is not known;
    `found` says what is at an address."""

    base_url: str
    found: Callable[[str], Found]


@dataclass(frozen=True)
class Link:
    """A link or picture (`a` or `img`) as it was written; `raw` is one in HTML, which MkDocs leaves alone."""

    target: str
    element: str
    raw: bool = False


class _Tree(Treeprocessor):  # type: ignore[misc] # the library has no types
    """Keeps the tree of a page, after all others have gone through it."""

    root: Element

    def run(self, root: Element) -> None:
        self.root = root


class _Raw(HTMLParser):
    """The links in the HTML of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get(_ADDRESSES.get(tag, ""))
        if target:
            self.links.append(Link(target, tag, raw=True))


@dataclass(frozen=True)
class Converter:
    """Python-Markdown with a publication's extensions."""

    markdown: Markdown
    tree: _Tree = field(repr=False)

    def read(self, body: str) -> tuple[tuple[Link, ...], bool]:
        """The links of a page, and whether it has a heading of its own."""
        self.markdown.reset()
        self.tree.root = Element("div")  # for a page without text, of which no tree is made
        self.markdown.convert(body)
        links = [
            Link(element.get(name, "").replace(AMP_SUBSTITUTE, "&"), element.tag)
            for element in self.tree.root.iter()
            if isinstance(element.tag, str) and (name := _ADDRESSES.get(element.tag))
            and f"{AMP_SUBSTITUTE}#" not in element.get("href", "")  # as Markdown writes e-mail addresses
        ]  # fmt: skip
        raw = _Raw()
        for block in self.markdown.htmlStash.rawHtmlBlocks:
            raw.feed(block if isinstance(block, str) else "")
        return (*links, *raw.links), self.tree.root.find(".//h1") is not None or "<h1" in body


def converter(settings: MarkdownSettings) -> tuple[Converter | None, tuple[Problem, ...]]:
    """The converter, or which of the extensions cannot be used."""
    try:
        return _converter(settings.options), ()
    except Exception:
        unusable = []
    for name, options in settings.options.items():
        try:
            _converter({name: options})
        except Exception as error:
            line = settings.lines.get(name)
            unusable.append(problem("site-extension", MKDOCS_FILE, line, name=name, reason=_reason(error)))
    return None, tuple(unusable)


def _converter(options: Mapping[str, Mapping[str, Any]]) -> Converter:
    configured = {name: dict(chosen) for name, chosen in options.items()}
    markdown = Markdown(extensions=list(options), extension_configs=configured)
    tree = _Tree(markdown)
    markdown.treeprocessors.register(tree, "links", -1)
    return Converter(markdown, tree)


def link_problems(page_file: AuthoredFile, place: PagePlace, site: LinkedSite, reader: Converter) -> Iterator[Problem]:
    """What is wrong with the links of a page, and with its body where it cannot be made into one."""
    try:
        links, has_heading = reader.read(page_file.page.body)
    except Exception as error:
        yield problem("page-unrenderable", page_file.file, page_file.above + 1, reason=_reason(error))
        return
    is_unread = page_file.above and not page_file.page.front  # front matter with faults of its own
    if not has_heading and not page_file.page.front.get("title") and not is_unread:
        yield warning("page-untitled", page_file.file, 1)
    for link in dict.fromkeys(links):
        fault = _fault(link, page_file, place, site)
        if fault:
            yield fault


def _fault(link: Link, page_file: AuthoredFile, place: PagePlace, site: LinkedSite) -> Problem | None:
    lines = enumerate(page_file.page.body.split("\n"), page_file.above + 1)
    line = next((number for number, text in lines if link.target in text), None)  # the first that holds it as written
    picture = link.element == "img"
    parts = address_parts(link.target)
    if parts is None or (parts.scheme in ("http", "https") and not parts.hostname):
        return problem("page-link-malformed", page_file.file, line, link=link.target)
    outside = bool(parts.scheme or parts.netloc)
    if outside and not (site.base_url and link.target.startswith(site.base_url)):
        return _outside(link, parts, page_file.file, line)
    named = posixpath.normpath(posixpath.join(posixpath.dirname(page_file.page.path), unquote(parts.path)))
    if not outside and (not parts.path or (named in place.files and not link.raw)):
        return None
    address = _address(parts, place, site)
    if address is None:
        return None
    found = site.found(address)
    if found == "draft":
        return warning("page-link-draft", page_file.file, line, link=link.target)
    if found == "removed":
        return warning("page-link-removed", page_file.file, line, link=link.target)
    if found != "missing":
        return None
    near = "" if outside or picture else _near("" if link.raw else named, address, page_file, place, site)
    return problem(
        "page-link-broken", page_file.file, line, link=link.target, rule="picture" if picture else "", near=near
    )


def _outside(link: Link, parts: SplitResult, file: str, line: int | None) -> Problem | None:
    picture = link.element == "img"
    if parts.netloc and picture:
        return problem("page-picture-elsewhere", file, line, link=link.target)
    if parts.scheme and parts.scheme not in (("data",) if picture else SCHEMES):
        return problem("page-link-scheme", file, line, link=link.target[:100], scheme=parts.scheme)
    return None


def _address(parts: SplitResult, place: PagePlace, site: LinkedSite) -> str | None:
    """The address that a browser goes to, relative to the site's root; None where that is beside the site."""
    root = urlsplit(site.base_url).path or "/"
    path = unquote(parts.path)
    if path.startswith("/") and not site.base_url:
        return None
    found = posixpath.normpath(posixpath.join(root, place.address, path) or "/")
    if path.endswith(("/", "/.", "/..")) or path in (".", "..") or not path:
        found = f"{found.rstrip('/')}/"
    found = found.replace("//", "/")
    if not f"{found}/".startswith(root):
        return None
    found = found[len(root) :]
    return found.removesuffix("index.html") if found.rpartition("/")[2] == "index.html" else found


def _near(named: str, address: str, page_file: AuthoredFile, place: PagePlace, site: LinkedSite) -> str:
    """How the link was probably meant, or an empty string: by address what MkDocs does not take for a file, without
    the language what all languages have in common, or by a name that is much the same.

    `named` is the file that it names, if it can name one.
    """
    for path in (address, f"{place.prefix}{named}") if named else (address,):
        # The address that a page has whose file is at the path.
        page = f"{path.removesuffix('.md').removesuffix('index').rstrip('/')}/" if path.endswith(".md") else path
        for meant in (page, page.removeprefix(place.prefix)):
            if meant and site.found(meant) == "there":
                return posixpath.relpath(f"/{meant}", f"/{place.address}") + ("/" if meant.endswith("/") else "")
    near = nearest(named, place.files, 0.85) if named else ""
    return posixpath.relpath(near, posixpath.dirname(page_file.page.path) or ".") if near else ""


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
