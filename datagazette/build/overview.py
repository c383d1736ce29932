"""Overview: the pages on all datasets, each made if something that it shows changed, and the files that list all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest
from datagazette.build.steps import Step, Task
from datagazette.build.write import Site, Written, WrittenDataset, known_changes, shared_parts, stage
from datagazette.describe import addresses
from datagazette.describe.listing import listing, lists, removed_result, robots, sitemaps
from datagazette.describe.release_history import publication_feed
from datagazette.describe.tombstones import tombstone_files
from datagazette.pages import CARDS_FILE, Page, SiteContent, Unmade, further_cards, gone_datasets, overview_pages
from datagazette.publish.hosts import host_files
from datagazette.publish.redirects import apache_rules, redirect_files


def write_overview(site: Site, entries: Mapping[str, Entry]) -> tuple[Page, ...]:
    """The pages on all datasets, staged in the workspace, too; lists, feeds and the map of the site are published."""
    publication, catalog, write_file = site.content.publication, site.content.catalog, site.output.write
    written: dict[str, WrittenDataset] = {name: entry.value for name, entry in entries.items()}
    content = replace(
        site.content, cards={(name, language): card for name, each in written.items() for language, card in each.cards}
    )
    overview: list[Page] = _made(site, entries, overview_pages(content))
    stage(overview, site.run.workspace.pages)
    for language in catalog.languages:
        rest = [card for part in _made(site, entries, further_cards(content, language)) for card in part]
        if rest:
            place = addresses.localized(catalog, f"{addresses.CATALOGUE}{CARDS_FILE}", language)
            write_file(place, json.dumps(rest, ensure_ascii=False))
        feed = publication_feed(publication, language, known_changes(content.results))
        write_file(addresses.localized(catalog, addresses.FEED, language), feed)
    newest = [result for dataset in content.datasets if (result := content.newest(dataset.name))]
    listings = [written[result.release.dataset].listing for result in newest]
    gone = gone_datasets(content)
    listings += [listing(publication, removed_result(publication.removed_of(name)[-1]), {}) for name in gone]
    for path, text in tombstone_files(publication, gone):
        write_file(path, text)
    read_by_hosts = (*host_files(catalog.base_url, apache_rules(publication)), *redirect_files(publication))
    for path, text in (*lists(publication, newest, listings), *read_by_hosts):
        write_file(path, text)
    # The map has each page once, with its addresses in all languages.
    pages: list[Written | Page] = [*(page for each in written.values() for page in each.pages), *overview]
    default = (page for page in pages if page.language == catalog.languages[0])
    listed = sorted((page.path, page.listed) for page in default if page.listed)
    for path, text in sitemaps(catalog.base_url, ((each.places, each.modified) for _, each in listed)):
        write_file(path, text)
    write_file(addresses.ROBOTS, robots(catalog.base_url))
    return tuple(overview)


def _made(site: Site, entries: Mapping[str, Entry], unmade: Iterable[Unmade[Any]]) -> list[Any]:
    """Pages or parts of them; the keys of `entries`, those of the datasets' own pages, cover what lists say of them."""
    if any(entry.is_provisional for entry in entries.values()):
        return [each.make() for each in unmade]
    content, keys = site.content, {name: entry.key for name, entry in entries.items()}
    every, shared = digest(sorted(keys.items())), shared_parts(content)
    beside = digest(content.authored_pages, _pictures(content))

    def task(each: Unmade[Any]) -> Task:
        shown = every if each.datasets is None else [(name, keys[name]) for name in each.datasets]
        parts = {"pages": digest(beside, each.about, shown), **shared}
        return Task(f"{each.language}/{each.name}", each.make, parts)

    return [entry.value for entry in site.run.runner.run(_OVERVIEW, [task(each) for each in unmade])]


def _pictures(content: SiteContent) -> list[str]:
    """Where the pictures of the home page are, which are those of all lists."""
    catalog = content.catalog
    return [content.images.get(addresses.localized(catalog, addresses.HOME, code), "") for code in catalog.languages]


def _made_now(make: Callable[[], Any], _folder: Path) -> Any:
    return make()


_OVERVIEW = Step("overview", _made_now, where="thread")
