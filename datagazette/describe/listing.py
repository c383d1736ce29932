"""The files that list all datasets, put together from what each dataset says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datagazette.describe import api, catalog
from datagazette.describe.dcat import DATASETS, Statements, dcat_dataset, dcat_head, statements, turtle
from datagazette.describe.values import dump, dump_list, item
from datagazette.model.publication import Publication
from datagazette.model.results import ReleaseResult


@dataclass(frozen=True)
class Listing:
    """A dataset's part of each list, as text that only has to be put in its place."""

    package: str
    standing: str
    listed: str
    linked: str
    statements: Statements


def listing(publication: Publication, result: ReleaseResult) -> Listing:
    """The part of a dataset, from its newest release; the publication needs to have no other."""
    about, linked = publication.catalog, dcat_dataset(publication, result)
    return Listing(
        item(catalog.package(about, result)),
        item(catalog.standing(publication, result)),
        item(api.listed(about, result.release)),
        item(linked),
        statements(about, linked),
    )


def lists(
    publication: Publication, newest: Sequence[ReleaseResult], parts: Sequence[Listing]
) -> Iterator[tuple[str, str]]:
    """(path, content) of the files; `parts` are those of the datasets whose newest releases are `newest`."""
    about = publication.catalog
    head = dcat_head(about, newest)
    yield "catalog.json", dump_list(catalog.catalog_head(about), "resources", (one.package for one in parts))
    yield "catalog.jsonld", dump_list(head, DATASETS, (one.linked for one in parts))
    yield "catalog.ttl", turtle(head, (one.statements for one in parts))
    yield "status.json", dump_list(catalog.status_head(about), "datasets", (one.standing for one in parts))
    yield api.OPENAPI, dump(api.openapi(about))
    yield api.LIST, dump_list(api.list_head(about), "datasets", (one.listed for one in parts))
