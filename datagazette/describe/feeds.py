"""Atom feeds (RFC 4287): of the whole publication and of each dataset.

An entry is a release, a correction (a release that only corrects) or a withdrawal, and says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree

from datagazette.describe import addresses
from datagazette.messages import texts
from datagazette.model.publication import Catalog, Dataset, Publication, Release
from datagazette.model.results import ReleaseChange
from datagazette.model.text import for_xml

ATOM = "http://www.w3.org/2005/Atom"
_LATEST_ENTRIES = 100


@dataclass(frozen=True)
class Event:
    """Something that happened to a release; `kind` is `release`, `correction` or `withdrawal`."""

    kind: str
    day: date
    release: Release
    change: ReleaseChange | None = None


Changes = Mapping[tuple[str, str], ReleaseChange]


def publication_feed(publication: Publication, language: str, changes: Changes | None = None) -> str:
    """`/feed.xml` in a language; `changes` by (dataset, version)."""
    catalog = publication.catalog
    found = [one for dataset in publication.datasets for one in events(dataset, changes)]
    path = addresses.localized(catalog, addresses.FEED, language)
    page = addresses.page(catalog, addresses.CHANGES, language)
    return _feed(catalog, catalog.title.get(language), path, page, _newest_first(found), language)


def dataset_feed(publication: Publication, dataset: Dataset, language: str, changes: Changes | None = None) -> str:
    """`/datasets/<id>/feed.xml` in a language."""
    catalog = publication.catalog
    path = addresses.localized(catalog, addresses.feed_path(dataset.name), language)
    page = addresses.dataset_page(catalog, dataset.name, language)
    title = f"{dataset.latest.title.get(language)} · {catalog.title.get(language)}"
    return _feed(catalog, title, path, page, _newest_first(events(dataset, changes)), language)


def events(dataset: Dataset, changes: Changes | None = None) -> tuple[Event, ...]:
    """What happened to a dataset, the oldest first. A patch release corrects, by the versioning recipe."""
    found = []
    for release in dataset.releases:
        if release.state == "draft" or release.date is None:
            continue
        kind = "correction" if release.version.patch else "release"
        found.append(Event(kind, release.date, release, (changes or {}).get((dataset.name, str(release.version)))))
        if release.withdrawal:
            found.append(Event("withdrawal", release.withdrawal.date, release))
    return tuple(sorted(found, key=_order))


def _order(event: Event) -> tuple[date, str, object, bool]:
    return event.day, event.release.dataset, event.release.version, event.kind == "withdrawal"


def _newest_first(found: Iterable[Event]) -> Sequence[Event]:
    return sorted(found, key=_order, reverse=True)[:_LATEST_ENTRIES]


def _feed(catalog: Catalog, title: str, path: str, page: str, found: Sequence[Event], language: str) -> str:
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": language})
    _add(feed, "id", catalog.base_url + path)
    _add(feed, "title", title)
    _add(feed, "updated", _moment(found[0].day if found else date(1970, 1, 1)))
    _add(feed, "link", rel="self", type="application/atom+xml", href=catalog.base_url + path)
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    author = ElementTree.SubElement(feed, f"{{{ATOM}}}author")
    _add(author, "name", catalog.publisher.title.get(language))
    for event in found:
        _entry(feed, catalog, event, language)
    ElementTree.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, encoding="unicode") + "\n"


def _entry(feed: ElementTree.Element, catalog: Catalog, event: Event, language: str) -> None:
    words, release = texts("feeds", language), event.release
    page = addresses.release_page(catalog, release, language)
    entry = ElementTree.SubElement(feed, f"{{{ATOM}}}entry")
    _add(entry, "id", f"{page}#{event.kind}" if event.kind == "withdrawal" else page)
    _add(entry, "title", f"{words[event.kind]}: {release.title.get(language)} {release.version}")
    _add(entry, "updated", _moment(event.day))
    _add(entry, "published", _moment(event.day))
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    for kind in _kinds(event):
        _add(entry, "category", term=kind, label=words[kind])
    for name in release.themes:
        theme = catalog.theme(name)
        _add(entry, "category", term=name, label=theme.title.get(language) if theme else name)
    _add(entry, "summary", _summary(event, language, words), type="text")


def _kinds(event: Event) -> Sequence[str]:
    """A release that adds may correct as well: one that changes or removes rows of the one before is marked so."""
    corrects = any(table.changed or table.removed for table in event.change.tables) if event.change else False
    return list(dict.fromkeys([event.kind, *(["correction"] if corrects else [])]))


def _summary(event: Event, language: str, words: Mapping[str, str]) -> str:
    release = event.release
    if event.kind == "withdrawal" and release.withdrawal:
        return release.withdrawal.reason.get(language)
    said = [release.changes.get(language)] if release.changes else []
    for table in event.change.tables if event.change else ():
        if table.added or table.removed or table.changed:
            counts = {"added": table.added, "removed": table.removed, "changed": table.changed}
            said.append(words["table"].format(resource=table.resource, **counts))
    for one in event.change.schema if event.change else ():
        place = f"{one.resource}.{one.field}" if one.field else one.resource
        said.append(words[f"schema_{one.kind}"].format(place=place))
    return " ".join(said) or release.title.get(language)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> None:
    kept = {key: for_xml(value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", kept)
    if text:
        element.text = for_xml(text)


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
