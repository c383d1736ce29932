"""Publish: what is on the site beside packages and pages: `latest`, lists of all datasets, feeds, the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datagazette.build.cache import Entry
from datagazette.build.package import SITE
from datagazette.build.site import Site
from datagazette.describe import addresses
from datagazette.describe.listing import lists, sitemaps
from datagazette.describe.release_history import publication_feed
from datagazette.downloads.package import SUMS, latest_names, latest_sums
from datagazette.model.names import LATEST
from datagazette.pages import Page


def publish_latest(site: Site) -> None:
    """`/data/<id>/latest/` of every dataset: the files of its newest release under names without the version."""
    for dataset in site.content.publication.datasets:
        key = (dataset.name, dataset.latest.version)
        result = site.content.results.get(key)
        if result is None:
            continue
        place = f"data/{dataset.name}/{LATEST}/"
        renamed = latest_names(result.release, result.files)
        folder = f"{site.packages[key].folder}/{SITE}/{addresses.data_folder(result.release)}"
        for path, file in renamed.items():
            site.output.take(folder + path, place + file.path)
        site.output.write(place + SUMS, latest_sums(renamed))


def publish_lists(site: Site, written: Mapping[str, Entry]) -> None:
    """The files on the whole publication: catalogues, feeds, status."""
    content, publication = site.content, site.content.publication
    newest = [result for dataset in content.datasets if (result := content.newest(dataset.name))]
    listings = [written[result.release.dataset].value.listing for result in newest]
    for path, text in lists(publication, newest, listings):
        site.output.write(path, text)
    changes = {
        (name, str(version)): result.changes for (name, version), result in content.results.items() if result.changes
    }
    for language in content.catalog.languages:
        prefix = "" if language == content.catalog.languages[0] else f"{language}/"
        site.output.write(f"{prefix}feed.xml", publication_feed(publication, language, changes))


def publish_map(site: Site, written: Mapping[str, Entry], overview: Sequence[Page]) -> None:
    """The map of the site: it has each page once, with its addresses in all languages."""
    catalog = site.content.catalog
    pages = [*(page for entry in written.values() for page in entry.value.pages), *overview]
    listed = sorted((page.path, page.listed) for page in pages if page.listed and page.language == catalog.languages[0])
    for name, content in sitemaps(catalog.base_url, ((each.places, each.modified) for _, each in listed)):
        site.output.write(name, content)
