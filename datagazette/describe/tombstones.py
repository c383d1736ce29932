"""The files that say to programs what is no longer published, where no release of a dataset is left that would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datagazette.describe import addresses
from datagazette.describe.datapackage import datapackage
from datagazette.describe.listing import api_documents, removed_result
from datagazette.describe.notation import dump
from datagazette.describe.release_history import feed_of_gone
from datagazette.model.publication import Dataset, Publication


def tombstone_files(publication: Publication, gone: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(path, content): the document and the feeds of each of the datasets `gone`, and of each removed release the
    descriptor that was kept."""
    catalog = publication.catalog
    for name in gone:
        removed = publication.removed_of(name)
        for path, document in api_documents(catalog, Dataset(name, ()), removed_result(removed[-1]), removed):
            yield path, dump(document)
        for language in catalog.languages:
            place = addresses.localized(catalog, addresses.feed_path(name), language)
            yield place, feed_of_gone(publication, name, language)
    for release in publication.removed:
        if release.removal and release.removal.has_metadata:
            described = datapackage(publication, removed_result(release))
            yield f"{addresses.data_folder(release)}datapackage.json", dump(described)
