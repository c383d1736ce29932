"""Links in the head of a dataset's page that lead programs to its files, as Signposting has them.

https://signposting.org/FAIR/ knows two places for them: headers, which a static host does not send, and the head.
"""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.describe import addresses
from datagazette.describe.citation import creators
from datagazette.describe.json_ld import DISTRIBUTIONS, is_web, license_address
from datagazette.model.identifiers import cited_first
from datagazette.model.publication import Catalog
from datagazette.model.results import ReleaseResult

_TYPES = ("https://schema.org/Dataset", "https://schema.org/AboutPage")
_DESCRIPTIONS = frozenset({"datapackage", "croissant", "datacite", "citation-csl", "citation-bibtex", "citation-ris"})


def signposts(catalog: Catalog, result: ReleaseResult) -> Iterator[dict[str, str]]:
    """`rel`, `href` and, of a file, its media `type`. What is cited is the release by its persistent identifier,
    else in the publication's first language: the one address that all pages of it have in common."""
    release = result.release
    known = cited_first(release.identifiers)
    page = addresses.release_page(catalog, release, catalog.languages[0])
    yield {"rel": "cite-as", "href": known.address if known else page}
    for person in creators(release):
        if person.identity:
            yield {"rel": "author", "href": person.identity}
    for kind in _TYPES:
        yield {"rel": "type", "href": kind}
    if is_web(terms := license_address(catalog, release)):
        yield {"rel": "license", "href": addresses.iri(terms)}
    for rel, kinds in (("item", DISTRIBUTIONS), ("describedby", _DESCRIPTIONS)):
        for file in result.files:
            if file.kind in kinds:
                address = addresses.data_file(catalog, release, file.path)
                yield {"rel": rel, "href": address, "type": file.media_type}
