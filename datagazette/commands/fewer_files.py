"""What a new release does not publish any more and the one before did: a warning, with the line that keeps it."""

from __future__ import annotations

from collections.abc import Iterator

from datagazette.build.site_plan import planned_files
from datagazette.describe.addresses import latest_path
from datagazette.downloads.choice import chosen, possible_paths
from datagazette.load.files import DESCRIPTOR
from datagazette.model.problems import Problem, warning
from datagazette.model.publication import Dataset, Publication, Release


def fewer_files(publication: Publication, dataset: Dataset, before: Release, release: Release) -> Iterator[Problem]:
    """At most one warning about the draft `release`, by what the ledger lists of the release `before`.

    A table or a summary that the draft does not have is no news here, nor is what was chosen: a publication or a
    package that says `formats` is not asked.
    """
    catalog = publication.catalog
    is_chosen = catalog.formats is not None or release.formats is not None
    if release.state != "draft" or not before.published or is_chosen:
        return
    now = {latest_path(release, path) for path, _ in planned_files(catalog, dataset, release, publication.root)}
    possible = {latest_path(release, path): kind for path, kind in possible_paths(release)}
    earlier = {latest_path(before, path): path for path in sorted(before.published)}
    gone = [name for name in earlier if name in possible and name not in now]
    if gone:
        has_json = "json" in chosen(catalog, release).kinds
        kinds = [possible[name] for name in gone]
        named = dict.fromkeys("json-large" if kind == "json" and has_json else kind for kind in kinds)
        about = {"version": release.version, "before": before.version, "count": len(gone), "first": gone[0]}
        about |= {"rule": "many" if len(gone) > 1 else "", "formats": ", ".join(named)}
        yield warning("files-fewer", f"{release.folder}/{DESCRIPTOR}", None, **about)
