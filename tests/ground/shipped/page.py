"""A page of the shipped site, whose figures are compared and taken away until none may be left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml.html
from lxml.etree import _Element as Element

from tests.ground.shipped.figures import Wanted, agree, figures, plain, wanted
from tests.ground.shipped.selecting import select
from tests.ground.shipped.tables import DATASETS, Release, Value, newest, read_csv, read_yaml

CATALOG = DATASETS / "catalog.yaml"


def said(texts: Mapping[str, Any], key: str, language: str) -> str:
    """The text under a key in one language; the first language of the publication has no suffix."""
    return str((texts.get(f"{key}@{language}") if language != "zh" else None) or texts.get(key) or "")


@lru_cache
def authored(release: Release, language: str) -> tuple[str, ...]:
    """Every text that the publisher wrote and a page may show, as plain text."""
    found = [
        release.described, release.entry["changes"], release.entry.get("changes@en"), release.notes, read_yaml(CATALOG),
        [release.schema(table) for table in release.tables], read_csv(DATASETS / "sources/1.0.0/sources.csv"),
        [other.described for other in newest().values()],
    ]  # fmt: skip
    return tuple(dict.fromkeys(_plain_text(text) for text in strings(found)))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif not isinstance(value, bool | int | float) and value is not None and hasattr(value, "__iter__"):
        for member in value:
            yield from strings(member)


def _plain_text(text: str) -> str:
    return plain(re.sub(r"`|\[([^\]]*)\]\([^)]*\)", r"\1", text))


@lru_cache
def names(dataset: str, table: str, language: str) -> dict[str, str]:
    """What the keys of a table are called, where one of its fields is a label."""
    release = newest()[dataset]
    schema = release.schema(table)
    roles = {entry.get("role", ""): entry["name"] for entry in schema["fields"]}
    if "label" not in roles or len(schema["primaryKey"]) != 1:
        return {}
    own = roles.get("label@en", roles["label"]) if language == "en" else roles["label"]
    key = schema["primaryKey"][0]
    return {row[key]: row[own] or row[roles["label"]] for row in release.rows(table)}


def want_of(
    release: Release, schema: Mapping[str, Any], entry: Mapping[str, Any], value: Value, language: str
) -> list[Wanted]:
    """The figures that a cell shows."""
    if value is None or value == "" or isinstance(value, bool):
        return []
    label = next((said(one, "label", language) for one in entry.get("categories", ()) if one["value"] == value), "")
    if label:
        return list(wanted(label))
    for key in schema.get("foreignKeys", ()):
        if key["fields"] in (entry["name"], [entry["name"]]):
            to = key["reference"]
            called = names(to.get("package", release.dataset), to["resource"], language).get(str(value))
            if called:
                return [*wanted(called), *wanted(str(value))]
    if entry["type"] in {"integer", "number"}:
        return [Decimal(str(value))]
    if entry["type"] == "year":  # with no separator
        return [str(value)]
    return list(wanted(str(value)))


def title_of(release: Release, summary: Mapping[str, Any], language: str, key: str = "title") -> list[Wanted]:
    """The figures of a title whose placeholders are values of the first row."""
    first, found = release.summary_rows(summary["name"])[0], []
    fields = {entry["name"]: entry for entry in summary["fields"]}
    for number, part in enumerate(re.split(r"\{(\w+)\}", said(summary, key, language))):
        found += want_of(release, {}, fields[part], first[part], language) if number % 2 else wanted(part)
    return found


def columns_of(
    fields: Sequence[Mapping[str, Any]], titles: Sequence[str], language: str
) -> list[Mapping[str, Any] | None]:
    """The field behind each title of a column; None for one that puts several fields together."""
    left, found = list(fields), []
    for title in titles:
        own = next((entry for entry in left if title in {plain(said(entry, "title", language)), entry["name"]}), None)
        left = [entry for entry in left if entry is not own]
        found.append(own)
    return found


@dataclass
class Page:
    """A page whose figures are compared, and taken away where they are right, until none may be left."""

    site: Path
    path: Path
    language: str
    release: Release
    main: Element
    faults: list[str] = field(default_factory=list)
    compared: int = 0  # figures

    def fault(self, what: str, shown: object, want: object) -> None:
        self.faults.append(f"{self.path.relative_to(self.site)}: {what}: shows {shown!r}, expected {want!r}")

    def compare(self, element: Element, want: Sequence[Wanted], what: str, *, rounded: bool = False) -> None:
        """The text of an element, which is then done with."""
        shown = text_of(element)
        self.compared += len(want)
        if not agree(figures(shown), want, rounded=rounded):
            self.fault(what, shown, want)
        done(element)

    def attribute(self, element: Element, name: str, want: Sequence[Wanted], what: str) -> None:
        shown = element.attrib.pop(name, "")
        self.compared += len(want)
        if not agree(figures(shown), want):
            self.fault(f"{what} ({name})", shown, want)


def text_of(element: Element) -> str:
    return plain(" ".join(element.itertext()))


def done(element: Element) -> None:
    """Takes the texts of an element away; its attributes stay to be compared."""
    for part in element.iter():
        part.text = None
        if part is not element:
            part.tail = None


def release_with(page: Page, summary: str) -> Release:
    """The release of the page, or the one whose summary the home page shows."""
    own = any(one["name"] == summary for one in page.release.described["summaries"])
    return page.release if own else featured()


def open_page(site: Path, path: Path, language: str, release: Release) -> Page:
    return opened(site, path, language, release, path.read_text("utf-8"))


def opened(site: Path, path: Path, language: str, release: Release, html: str) -> Page:
    (main,) = select(lxml.html.document_fromstring(html), "main")
    for element in select(main, "style"):
        element.getparent().remove(element)
    return Page(site, path, language, release, main)


def summary_of(page: Page) -> str:
    parts = page.path.relative_to(page.site).parts
    return parts[parts.index("summaries") + 1] if "summaries" in parts else ""


def featured() -> Release:
    return newest()[read_yaml(CATALOG)["featured"]["dataset"]]
