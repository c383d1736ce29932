"""Pages that are true of any publication: about, how to cite, how to contribute, and a statement on accessibility.

They are Markdown in `starter/pages/<language>/<name>/index.md`, with placeholders such as `$publisher` for what
`catalog.yaml` says. A paragraph or an item of a list whose placeholder has no value is left out, and so is a heading
with nothing below it: so a publication without a contact has no sentence that asks to write to it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from string import Template
from urllib.parse import quote

from datagazette.describe import addresses
from datagazette.describe.prose import description, literal
from datagazette.home import PACKAGE
from datagazette.messages.kin import kindred
from datagazette.model.names import address_parts
from datagazette.model.publication import NEUTRAL_PAGES, Catalog

STARTER_PAGES = PACKAGE / "starter/pages"
_FALLBACK = "en"
# Pages that the texts link to, as far as they are there.
_LINKED = ("about", "cite", "contribute", "figures", "sources")
# What `init` writes links to: a publisher's own pages, and lists that have something once there is data.
_ALL = tuple(f"{name}/" for name in _LINKED)
_HEADING = re.compile(r"(#+) ")


def neutral_language(name: str, language: str) -> str:
    """The language in which the text of a neutral page is shown to readers of `language`."""
    known = (code for code in kindred(language) if (STARTER_PAGES / code / name / "index.md").is_file())
    return next(known, _FALLBACK)


def neutral_page(name: str, language: str, catalog: Catalog, there: Collection[str] = _ALL) -> str:
    """The Markdown of the page `name`, with front matter, filled with the values of the catalogue.

    `there` are the addresses of pages that it may link to, such as `cite/`, relative to the language's root.
    """
    file = STARTER_PAGES / neutral_language(name, language) / name / "index.md"
    front, _, body = file.read_text("utf-8").partition("\n---\n")
    values = _values(f"{name}/", language, catalog, there)
    return f"{front}\n---\n\n" + "\n\n".join(_with_content([*_blocks(body.strip().split("\n\n"), values)])) + "\n"


def neutral_pages(catalog: Catalog, there: Collection[str], written: Collection[tuple[str, str]]) -> Iterator[
    tuple[str, str, str]
]:  # fmt: skip
    """(language, name, Markdown) of each neutral page that a publication has.

    `written` are the languages and addresses of its own pages: these take the place of neutral ones. `there` are the
    other pages to which neutral ones may link.
    """
    for language in catalog.languages:
        own = {address for code, address in written if code == language}
        names = [name for name in NEUTRAL_PAGES if name in catalog.neutral_pages and f"{name}/" not in own]
        linked = {*there, *own, *(f"{name}/" for name in names)}
        yield from ((language, name, neutral_page(name, language, catalog, linked)) for name in names)


def _values(page: str, language: str, catalog: Catalog, there: Collection[str]) -> dict[str, str]:
    contact, license_ = catalog.contact, catalog.licenses[0] if catalog.licenses else None
    address = addresses.page(catalog, page, language)
    found = {
        "title": _line(catalog.title.get(language)),
        "description": _without_attributes(description(catalog.description.get(language))),
        "publisher": _link(_line(catalog.publisher.title.get(language)), catalog.publisher.path, page),
        "licence": _link(_line(license_.title.get(language) or license_.name), license_.path, page) if license_ else "",
        "contact": "",
        **{name: f"../{name}/index.md" if f"{name}/" in there else "" for name in _LINKED},
    }
    if contact and contact.email:
        found["contact"] = _link(_line(contact.email), f"mailto:{contact.email}", page)
    elif contact and contact.path.partition("#")[0] != page:  # a page does not refer to itself
        path = contact.path.replace("{page}", quote(address, safe=""))
        found["contact"] = _link(_line(contact.title.get(language) or contact.path), path, page)
    return found


def _line(text: str) -> str:
    return _without_attributes(literal(text))


def _without_attributes(text: str) -> str:
    """The pages are rendered with lists of attributes in braces, which no text of the catalogue means."""
    return text.replace("{", "\\{")


def _link(text: str, path: str, page: str) -> str:
    """The text with a link; a path is relative to the language's root, as in `catalog.yaml`."""
    parts = address_parts(path) if path else None
    if not parts:
        return text
    if not parts.scheme and not parts.netloc:
        path = "../" * page.count("/") + path
    return f"[{text}](<{addresses.iri(path)}>)"


def _blocks(blocks: list[str], values: Mapping[str, str]) -> Iterator[str]:
    """The paragraphs, headings and lists that have all of their values."""
    for block in blocks:
        parts = block.split("\n") if block.startswith("- ") else [block]
        kept = [part for part in parts if all(values[name] for name in Template(part).get_identifiers())]
        if kept:
            yield Template("\n".join(kept)).substitute(values)


def _with_content(blocks: list[str]) -> Iterator[str]:
    """The blocks without headings that have nothing below them."""
    for block, following in zip(blocks, [*blocks[1:], "# "], strict=True):
        own, next_ = _HEADING.match(block), _HEADING.match(following)
        if not own or not next_ or len(next_[1]) > len(own[1]):
            yield block
