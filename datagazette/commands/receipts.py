"""The receipt of a change: what of the site will appear, change, go and stay when it is merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from datagazette.build.site_check import site_files
from datagazette.build.site_pages import site_pages
from datagazette.build.site_plan import Planned, Plans, Snapshot, as_released, authored_address, plan, plan_dataset
from datagazette.commands.bases import Base
from datagazette.diff.outcome import Receipt, SiteAddress
from datagazette.load.files import CATALOG
from datagazette.model.pages import AuthoredPage
from datagazette.model.publication import Publication, Release

# Files that every page is made with.
_LOOK = ("site/templates/", "site/overrides/", "site/assets/", "site/strings/", "mkdocs.yml", CATALOG)


def receipts(now: Publication, base: Base, chosen: Collection[str]) -> tuple[Receipt, Receipt | None]:
    """What merging does, and what it does once the drafts among the datasets `chosen` are released.

    The second is None where there are no drafts that differ.
    """
    names = base.datasets(now)
    before, after = _before(now, base, names), Snapshot(now, {}, _authored_pages(now, now.root))
    languages = before.publication.catalog.languages == now.catalog.languages
    same = {
        dataset.name: tuple(plan_dataset(after, dataset))
        for dataset in now.datasets
        if languages and dataset.name not in names
    }
    old = {planned.entry: planned for planned in plan(before, same)}
    drafts = tuple(
        release
        for dataset in now.datasets
        if dataset.name in chosen and (release := dataset.releases[-1]).state == "draft"
        if any(file.startswith(f"{release.folder}/") for file in base.changed)
    )
    merged = _receipt(old, before, after, base, drafts, same)
    if not drafts:
        return merged, None
    released = replace(now, datasets=tuple(as_released(dataset, drafts) for dataset in now.datasets))
    return merged, _receipt(old, before, replace(after, publication=released), base, drafts, same)


def _before(now: Publication, base: Base, names: Collection[str]) -> Snapshot:
    """The publication before: datasets that did not change are those of now."""
    was = base.publication
    if was is None:
        return Snapshot(replace(now, datasets=()), {})
    old = {dataset.name: dataset for dataset in was.datasets if dataset.name in names}
    known = {dataset.name: dataset for dataset in now.datasets if dataset.name not in names} | old
    publication = Publication(now.root, was.catalog, tuple(known[name] for name in sorted(known)), was.removed)
    pages = _authored_pages(was, base.root if base.name else now.root)
    return Snapshot(publication, dict.fromkeys(old, base.root), pages)


def _authored_pages(publication: Publication, root: Path) -> tuple[AuthoredPage, ...]:
    """Their faults are reported by the check."""
    read, _ = site_pages(publication, site_files(root).authored_pages)
    return tuple(source.page for source in read)


def _receipt(
    old: Mapping[SiteAddress, Planned], before: Snapshot, after: Snapshot, base: Base, drafts: Collection[Release],
    same: Plans,
) -> Receipt:  # fmt: skip
    new = {planned.entry: planned for planned in plan(after, same)}
    published = [_published(side.publication) for side in (before, after)]
    differ = {name for name in {**published[0], **published[1]} if published[0].get(name) != published[1].get(name)}
    pages_before = {(page.language, page.path): page for page in before.authored_pages}
    rewritten = {
        authored_address(after.publication.catalog, page)
        for page in after.authored_pages
        if pages_before.get((page.language, page.path), page) != page
    }
    look = any(name.startswith(_LOOK) for name in base.changed)
    common = [planned for entry, planned in new.items() if entry in old]
    changed = [
        planned.entry
        for planned in common
        if (look and planned.entry.kind == "page")
        or (planned.depends == "publication" and differ)
        or (planned.depends == "dataset" and planned.dataset in differ)
        or planned.entry.address in rewritten
    ]
    return Receipt(
        appears=tuple(entry for entry in new if entry not in old),
        changes=tuple(changed),
        goes=tuple(entry for entry in old if entry not in new),
        stays=dict(Counter(planned.entry.kind for planned in common) - Counter(entry.kind for entry in changed)),
        drafts=tuple(f"{draft.dataset} {draft.version}" for draft in drafts),
    )


def _published(publication: Publication) -> dict[str, tuple[object, ...]]:
    """What readers see of each dataset, as far as its ledger says."""
    return {
        dataset.name: tuple(
            (release.version, release.state, release.date, release.changes, release.withdrawal,
             tuple(sorted(release.files.items())))
            for release in dataset.releases
            if release.state != "draft"
        )
        for dataset in publication.datasets
    }  # fmt: skip
