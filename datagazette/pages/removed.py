"""Pages of what is no longer published: who took it away, when and why, and what to use instead."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.listing import removed_result
from datagazette.describe.schema_org import schema_org
from datagazette.model.names import parse_version
from datagazette.model.publication import Dataset, Publication, Release
from datagazette.pages.context import Head, Page, PageContext, SiteContent, render
from datagazette.pages.history import Banner
from datagazette.pages.lists import Unmade

# What a page has room for; `datapackage.json` has all.
_MOST_CELLS = 50


def tombstone_paths(publication: Publication) -> Iterator[str]:
    """The page of each removed release, and of each dataset that has no other."""
    for name in publication.gone:
        yield addresses.dataset_path(name)
    for release in publication.removed:
        yield addresses.release_path(release.dataset, release.version)


def gone_datasets(content: SiteContent) -> tuple[str, ...]:
    """The datasets of which nothing is shown any more; one may have a draft, which is shown where that is asked for."""
    return tuple(name for name in content.publication.gone if content.newest(name) is None)


def tombstone_pages(content: SiteContent, language: str) -> Iterator[Unmade[Page]]:
    publication = content.publication
    for name in gone_datasets(content):
        found = publication.removed_of(name)
        path = addresses.dataset_path(name)
        made = partial(_page, PageContext(content, language, path), found)
        yield Unmade(path, language, None, found, made)
    for release in publication.removed:
        path = addresses.release_path(release.dataset, release.version)
        made = partial(_page, PageContext(content, language, path), (release,), is_of_release=True)
        yield Unmade(path, language, None, publication.removed_of(release.dataset), made)


def _page(context: PageContext, removed: Sequence[Release], *, is_of_release: bool = False) -> Page:
    """The notice of one release, or of all releases of a dataset."""
    release = removed[-1]
    publication = context.content.publication
    name = title = context.dataset_title(release)
    if is_of_release:
        title = context.say("release.page_title", title=name, version=release.version)
    described = schema_org(publication, removed_result(release), context.language, newest=not is_of_release)
    head = Head(
        kind="release",
        title=title,
        description=context.say("removed.description", title=name),
        breadcrumbs=context.trail(release.dataset, name) if is_of_release else context.trail(),
        jsonld=json.dumps(described, ensure_ascii=False),
        noindex=True,
        modified=release.removal.date.isoformat() if release.removal else "",
    )
    has_dataset = context.content.newest(release.dataset) is not None
    return render(
        context,
        "removed",
        head,
        title=title,
        notices=[_notice(context, each) for each in reversed(removed)],
        dataset=context.dataset_link(release.dataset) if has_dataset and is_of_release else "",
    )


def _notice(context: PageContext, release: Release) -> dict[str, Any]:
    """What is said of one release. `tables` are those of a descriptor that was kept."""
    gone, catalog = release.removal, context.content.catalog
    assert gone is not None
    return {
        "banner": removed_banner(context, release),
        "version": str(release.version),
        "description": context.rich(release.description),
        "publisher": context.text(catalog.publisher.title),
        "released": context.release_date(release),
        "date": context.date(gone.date),
        "reason": context.rich_inline(gone.reason),
        "instead": gone.instead,
        "instead_link": _instead(context, release),
        "tables": [
            {
                "title": context.text(table.title) or table.name,
                "description": context.rich(table.description),
                "fields": [(context.text(field.title) or field.name, field.name) for field in table.schema.fields],
            }
            for table in release.tables
        ],
    }  # fmt: skip


def _instead(context: PageContext, release: Release) -> str:
    """The link to the version that is to be used instead; empty where it has no page."""
    version = parse_version(release.removal.instead) if release.removal else None
    if version is None or context.content.result(release.dataset, version) is None:
        return ""
    return context.to(addresses.release_path(release.dataset, version))


def removed_banner(context: PageContext, release: Release, link: str = "") -> Banner:
    """That a release was removed, when and why; `link` leads to its page."""
    gone = release.removal
    assert gone is not None
    strong = context.say("removed.banner", version=release.version, date=context.date(gone.date))
    return Banner("withdrawn", strong, context.rich_inline(gone.reason), link, context.say("removed.to_page"))


def later_removed(context: PageContext, dataset: Dataset, release: Release) -> list[Banner]:
    """What the newest release says of newer ones that have been removed."""
    if release != dataset.latest:
        return []
    removed = context.content.publication.removed_of(dataset.name)
    newer = [other for other in removed if other.version > release.version]
    paths = [addresses.release_path(dataset.name, other.version) for other in newer]
    return [removed_banner(context, other, context.to(path)) for other, path in zip(newer, paths, strict=True)]


def removed_views(context: PageContext, name: str) -> list[dict[str, str]]:
    """The lines of the list of releases about those that have been removed, the newest first."""
    return [
        {
            "version": str(release.version),
            "words": str(removed_banner(context, release).strong),
            "link": context.to(addresses.release_path(name, release.version)),
        }
        for release in reversed(context.content.publication.removed_of(name))
    ]


def redaction_views(context: PageContext, release: Release, *, newest: bool) -> list[dict[str, Any]]:
    """What is said of cells that lost their values: the banner, and the cells by table. That files were written again
    because of others is only said on the page of the release, and not on that of the dataset (`newest`), nor where it
    has lost cells itself."""
    views = []
    own = [redaction for redaction in release.redactions if redaction.cells]
    for redaction in own or (() if newest else release.redactions):
        key = "removed.redacted" if redaction.cells else "removed.rewritten"
        banner = Banner("withdrawn" if redaction.cells else "info", context.say(key, date=context.date(redaction.date)),
                        context.rich_inline(redaction.reason))  # fmt: skip
        cells = [f"{cell.resource}: {cell.key}, {cell.field}" for cell in redaction.cells]
        views.append({"banner": banner, "cells": cells[:_MOST_CELLS], "more": max(0, len(cells) - _MOST_CELLS)})
    return views
