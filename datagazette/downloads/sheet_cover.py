"""The cover of a workbook: what it is, who published it, how to cite it, and how its tables are to be read.

It has one column, as readers of screens go down it. It repeats nothing of the catalogue that may change after a
release, such as the contact: a released file would change with it. It names the page that has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from datagazette.describe import addresses
from datagazette.describe.citation import bibtex, cite_release, sentences
from datagazette.messages import FALLBACK, has_texts, texts
from datagazette.model.publication import Catalog, Release
from datagazette.model.resource import Table

Style = Literal["title", "heading", "text"]


@dataclass(frozen=True)
class Part:
    """A cell of the cover."""

    style: Style
    text: str


def one_line(text: str) -> str:
    """The text without line breaks, for a cell whose text is not wrapped."""
    return " ".join(text.split())


def labels(release: Release) -> dict[str, str]:
    """Each label in all languages of the release that there are words for: `表 Table`."""
    known = [texts("workbook", language) for language in release.languages if has_texts("workbook", language)]
    known = known or [texts("workbook", FALLBACK)]
    return {key: " ".join(dict.fromkeys(words[key] for words in known)) for key in known[0]}


def cover(catalog: Catalog, release: Release, sheets: Mapping[str, str]) -> Iterator[Part]:
    """A block for each language. `sheets` are the names of sheets: `contents`, `dictionary` and, if there,
    `missing` and `notes`."""
    for language in release.languages:
        words = texts("workbook", language)
        yield Part("title", one_line(release.title.get(language)) or release.dataset)
        if gone := release.withdrawal:
            yield Part(
                "text", f"{words['withdrawn']}{words['colon']}{gone.date.isoformat()} {gone.reason.get(language)}"
            )
        yield from _texts(release.description.get(language))
        yield Part("heading", words["about"])
        yield from _texts(*_facts(catalog, release, language, words))
        yield from _block(words["source"], *_sources(release, language))
        yield from _block(words["changes"], release.changes.get(language))
        yield from _block(words["inside"], words["inside_list"].format(contents=sheets["contents"]))
        yield from _block(words["reading"], *_reading(release, language, words, sheets))
        for style, sentence in sentences(cite_release(catalog, release, language)):
            yield from _block(f"{words['cite']} ({style})", sentence)
    yield from _block("BibTeX", bibtex(cite_release(catalog, release, release.languages[0])).strip())


def _block(heading: str, *lines: str) -> Iterator[Part]:
    """A heading with what is below it, if there is anything."""
    if any(lines):
        yield Part("heading", heading)
        yield from _texts(*lines)


def _texts(*lines: str) -> Iterator[Part]:
    return (Part("text", line) for line in lines if line)


def _facts(catalog: Catalog, release: Release, language: str, words: Mapping[str, str]) -> Iterator[str]:
    publisher = f"{catalog.publisher.title.get(language)} · {catalog.title.get(language)}"
    facts = {
        "publisher": " ".join(filter(None, (publisher, catalog.publisher.path))),
        "version": str(release.version),
        "released": release.date.isoformat() if release.date else "",
        "page": addresses.release_page(catalog, release, language),
    }
    yield from (f"{words[key]}{words['colon']}{value}" for key, value in facts.items() if value)
    for license_ in release.licenses or catalog.licenses:
        named = license_.title.get(language) or license_.name
        yield f"{words['license']}{words['colon']}{' '.join(filter(None, (named, license_.path)))}"
    yield words["contact"]


def _sources(release: Release, language: str) -> Iterator[str]:
    return (" ".join(filter(None, (source.title.get(language), source.path))) for source in release.sources)


def _reading(release: Release, language: str, words: Mapping[str, str], sheets: Mapping[str, str]) -> Iterator[str]:
    """How the tables show what they show: each sentence only where it is true of one of them."""
    yield words["first_row"]
    if release.summaries:
        yield words["above"]
    yield words["filters"]
    yield words["empty"]
    if "missing" in sheets:
        yield words["empty_why"].format(missing=sheets["missing"])
    for table in release.tables:
        yield from _bounds(table, language, words)
    if "notes" in sheets:
        yield words["note_column"].format(notes=sheets["notes"])
    yield words["names"].format(dictionary=sheets["dictionary"])


def _bounds(table: Table, language: str, words: Mapping[str, str]) -> Iterator[str]:
    known = texts("bounds", language)
    for field in table.schema.fields:
        about = {"table": table.name, "column": field.title.get(language) or field.name}
        if field.role == "bound":
            yield words["bound_column"].format(**about)
        elif field.bound:
            yield words["bound_all"].format(**about, bound=known.get(field.bound, field.bound))
