"""What became of a dataset over its releases: `changes.json` for one release, the ledger of all, and Atom feeds.

In `changes.json` rows are objects by field name; `key` of a cell is one by the fields of the primary key. Where more
changed than is listed, `complete` is false, the counts in `rows` still hold, and `leftOut` says how many rows are not
listed and where both tables are as a whole. A field that was renamed has its new
name in `after`, and cells are listed under that.

A feed (RFC 4287) is of the whole publication or of one dataset. An entry is a release, a correction (a release that
only corrects), a withdrawal or a removal, and says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from datagazette.describe import addresses
from datagazette.describe.notation import (
    is_number,
    plain,
    redaction_descriptors,
    removal_descriptor,
    translated,
    withdrawal_descriptor,
    without_empty,
)
from datagazette.messages import texts
from datagazette.model.publication import Catalog, Dataset, Imprint, Publication, Release
from datagazette.model.results import CellChange, ReleaseChange, ReleaseResult, Row, TableChange
from datagazette.model.text import for_xml

ATOM = "http://www.w3.org/2005/Atom"
_LATEST_ENTRIES = 100
_ANCHORED = ("withdrawal", "removal")  # what happens to a release that has an entry already
# What each release changed, by (dataset, version).
Changes = Mapping[tuple[str, str], ReleaseChange]


def changes(catalog: Catalog, result: ReleaseResult) -> dict[str, Any]:
    """`previous` is null for the first release, which has no changes of tables or schemas."""
    release, change = result.release, result.changes
    before = change.before if change else None
    described: dict[str, Any] = {
        "dataset": release.dataset,
        "version": str(release.version),
        "released": release.date,
        **translated("changes", release.changes, release.languages[0]),
        "withdrawn": withdrawal_descriptor(release, release.languages[0]) or None,
        "previous": before
        and {
            "version": str(before.version),
            "released": before.date,
            "path": addresses.data_file(catalog, before, "datapackage.json"),
        },
        "tables": [_table(table) | _left_out(catalog, result, table) for table in change.tables] if change else [],
        "schema": [without_empty(vars(part)) for part in change.schema] if change else [],
    }
    found: dict[str, Any] = plain(described)
    return found


def _unlisted(change: TableChange) -> dict[str, int]:
    """How many rows of each kind changed and are not listed."""
    return {
        "added": change.added - len(change.added_rows),
        "removed": change.removed - len(change.removed_rows),
        "changed": change.changed - len({cell.key for cell in change.changed_cells}),
    }


def _left_out(catalog: Catalog, result: ReleaseResult, change: TableChange) -> dict[str, Any]:
    """Of a table that changed in more rows than are listed: how many are not, and where the whole tables are."""
    counts, release = _unlisted(change), result.release
    if not result.changes or not any(counts.values()):
        return {}
    files = [addresses.data_file(catalog, each, f"{change.resource}.csv") for each in (result.changes.before, release)]
    said = texts("comparison", release.languages[0])["left_out"]
    shown = {name: f"{count:,}" for name, count in counts.items()}
    return {"leftOut": {**counts, "note": said.format(before=files[0], after=files[1], **shown), "tables": files}}


def _table(change: TableChange) -> dict[str, Any]:
    return {
        "resource": change.resource,
        "primaryKey": list(change.key),
        "rows": {"added": change.added, "removed": change.removed, "changed": change.changed},
        "complete": not any(_unlisted(change).values()),
        "added": [_row(change.columns, row) for row in change.added_rows],
        "removed": [_row(change.columns, row) for row in change.removed_rows],
        "cells": [
            {"key": _row(change.key, cell.key), "field": cell.field, "before": cell.before, "after": cell.after}
            for cell in change.changed_cells
        ],
        "numbers": list(_numbers(change.changed_cells)),
    }


def _row(names: tuple[str, ...], values: Row) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


def _numbers(cells: tuple[CellChange, ...]) -> Iterator[Mapping[str, Any]]:
    """The size of the changes in each numeric field: of the listed cells that held a number before and after."""
    differences: dict[str, list[Decimal]] = {}
    for cell in cells:
        if is_number(cell.before) and is_number(cell.after):
            before, after = Decimal(str(cell.before)), Decimal(str(cell.after))
            if before.is_finite() and after.is_finite():
                differences.setdefault(cell.field, []).append(after - before)
    for field, found in sorted(differences.items()):
        yield {"field": field, "cells": len(found), "lowest": min(found), "highest": max(found), "sum": sum(found)}


def imprint_descriptor(imprint: Imprint) -> dict[str, Any]:
    """As it is in a ledger, under the catalogue's own keys."""
    first, publisher = imprint.languages[0], imprint.publisher
    described: dict[str, Any] = {
        **translated("title", imprint.title, first),
        "publisher": {
            **translated("title", publisher.title, first),
            **without_empty({"path": publisher.path, "ror": publisher.ror}),
        },
        "baseUrl": imprint.base_url,
        "languages": list(imprint.languages),
        "licenses": [
            without_empty({"name": license_.name, "path": license_.path}) | translated("title", license_.title, first)
            for license_ in imprint.licenses
        ],
    }
    return without_empty(described)


def ledger_descriptor(catalog: Catalog, dataset: Dataset, removed: Sequence[Release] = ()) -> dict[str, Any]:
    """A dataset's ledger, by which a later build sees that nothing of it has changed. `removed` are its releases that
    are no longer published.

    Each release has an imprint, if only the catalogue's, and no hashes of published files: `SHA256SUMS` has them.
    """
    releases = sorted((*dataset.releases, *removed), key=lambda release: release.version)
    entries = [_ledger_entry(catalog, release) for release in releases if release.state != "draft"]
    renamed_to = dataset.latest.renamed_to if dataset.releases else ""
    return {**without_empty({"renamedTo": renamed_to}), "releases": entries}


def _ledger_entry(catalog: Catalog, release: Release) -> dict[str, Any]:
    imprint = imprint_descriptor(catalog.as_of(release).imprint)
    first = imprint["languages"][0]
    if catalog.is_mirror:
        del imprint["baseUrl"]
    withdrawn = withdrawal_descriptor(release, first)
    return {
        "version": str(release.version),
        "date": release.date.isoformat() if release.date else None,
        **translated("changes", release.changes, first),
        "files": dict(sorted(release.files.items())),
        "imprint": imprint,
        **without_empty({"withdrawn": withdrawn, "removed": removal_descriptor(release, first)}),
        **without_empty({"redacted": redaction_descriptors(release, first)}),
    }


@dataclass(frozen=True)
class Event:
    """Something that happened to a release; `kind` is `release`, `correction`, `withdrawal` or `removal`."""

    kind: str
    day: date
    release: Release
    change: ReleaseChange | None = None


def events(dataset: Dataset, known: Changes | None = None, removed: Sequence[Release] = ()) -> tuple[Event, ...]:
    """What happened to a dataset, the oldest first. A patch release corrects, by the versioning recipe. Of a release
    that was `removed` nothing is left but that."""
    found = [Event("removal", release.removal.date, release) for release in removed if release.removal]
    for release in dataset.releases:
        if release.state == "draft" or release.date is None:
            continue
        kind = "correction" if release.version.patch else "release"
        found.append(Event(kind, release.date, release, (known or {}).get((dataset.name, str(release.version)))))
        if release.withdrawal:
            found.append(Event("withdrawal", release.withdrawal.date, release))
    return tuple(sorted(found, key=_order))


def _order(event: Event) -> tuple[date, str, object, bool]:
    return event.day, event.release.dataset, event.release.version, event.kind in _ANCHORED


def publication_feed(publication: Publication, language: str, known: Changes | None = None) -> str:
    """`/feed.xml` in a language."""
    catalog = publication.catalog
    found = [event for dataset in publication.datasets for event in events(dataset, known)]
    found += events(Dataset("", ()), removed=publication.removed)
    page = addresses.page(catalog, addresses.CHANGES, language)
    return _feed(catalog, catalog.title.get(language), addresses.FEED, page, found, language)


def dataset_feed(publication: Publication, dataset: Dataset, language: str, known: Changes | None = None) -> str:
    """`/datasets/<id>/feed.xml` in a language."""
    catalog = publication.catalog
    page = addresses.dataset_page(catalog, dataset.name, language)
    title = f"{dataset.latest.title.get(language)} · {catalog.title.get(language)}"
    found = events(dataset, known, publication.removed_of(dataset.name))
    return _feed(catalog, title, addresses.feed_path(dataset.name), page, found, language)


def feed_of_gone(publication: Publication, name: str, language: str) -> str:
    """The same of a dataset of which every release was removed."""
    catalog, removed = publication.catalog, publication.removed_of(name)
    title = f"{removed[-1].title.get(language) or name} · {catalog.title.get(language)}"
    page = addresses.dataset_page(catalog, name, language)
    return _feed(catalog, title, addresses.feed_path(name), page, events(Dataset(name, ()), removed=removed), language)


def _feed(catalog: Catalog, title: str, path: str, page: str, found: Iterable[Event], language: str) -> str:
    ElementTree.register_namespace("", ATOM)
    newest = sorted(found, key=_order, reverse=True)[:_LATEST_ENTRIES]
    own = catalog.base_url + addresses.localized(catalog, path, language)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": language})
    _add(feed, "id", own)
    _add(feed, "title", title)
    _add(feed, "updated", _moment(newest[0].day if newest else date(1970, 1, 1)))
    _add(feed, "link", rel="self", type="application/atom+xml", href=own)
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    _add(_add(feed, "author"), "name", catalog.publisher.title.get(language))
    if catalog.brand.colour or catalog.brand.logo:
        _add(feed, "icon", catalog.base_url + addresses.icon_path(catalog.brand))
    if catalog.brand.logo:
        _add(feed, "logo", catalog.base_url + addresses.logo_path(catalog.brand.logo))
    for event in newest:
        _feed_entry(feed, catalog, event, language)
    ElementTree.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, encoding="unicode") + "\n"


def _feed_entry(feed: ElementTree.Element, catalog: Catalog, event: Event, language: str) -> None:
    words, release = texts("feeds", language), event.release
    page = addresses.release_page(catalog, release, language)
    entry = _add(feed, "entry")
    _add(entry, "id", f"{page}#{event.kind}" if event.kind in _ANCHORED else page)
    title = release.title.get(language) or release.dataset
    _add(entry, "title", f"{words[event.kind]}: {title} {release.version}")
    _add(entry, "updated", _moment(event.day))
    _add(entry, "published", _moment(event.day))
    # Again, since some readers take no author from the feed.
    _add(_add(entry, "author"), "name", catalog.publisher.title.get(language))
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    # A release that adds may correct as well: one that changes or removes rows of the one before is marked so.
    corrects = event.change and event.change.corrects
    for kind in dict.fromkeys([event.kind, "correction" if corrects else event.kind]):
        _add(entry, "category", term=kind, label=words[kind])
    for name in release.themes:
        theme = catalog.theme(name)
        _add(entry, "category", term=name, label=theme.title.get(language) if theme else name)
    _add(entry, "summary", _feed_summary(event, language, words), type="text")


def _feed_summary(event: Event, language: str, words: Mapping[str, str]) -> str:
    release = event.release
    if event.kind == "withdrawal" and release.withdrawal:
        return release.withdrawal.reason.get(language)
    if release.removal:
        return release.removal.reason.get(language)
    sentences = [release.changes.get(language)] if release.changes else []
    for table in event.change.tables if event.change else ():
        if table.added or table.removed or table.changed:
            counts = {"added": table.added, "removed": table.removed, "changed": table.changed}
            sentences.append(words["table"].format(resource=table.resource, **counts))
    for part in event.change.schema if event.change else ():
        place = f"{part.resource}.{part.field}" if part.field else part.resource
        sentences.append(words[f"schema_{part.kind}"].format(place=place, after=part.after))
    return " ".join(sentences) or release.title.get(language)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    kept = {key: for_xml(value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", kept)
    element.text = for_xml(text) or None
    return element


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
