"""The receipt of a change: what of the site will appear, change, go and stay when it is merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from datagazette.build.site_check import site_files
from datagazette.build.site_plan import Planned, Plans, Snapshot, as_released, authored_address, plan, plan_dataset
from datagazette.commands.diff.bases import Base
from datagazette.diff.outcome import Receipt, SiteAddress
from datagazette.load.authored_pages import read_authored_pages
from datagazette.load.catalog import FILE as CATALOG
from datagazette.model.publication import AuthoredPage, Dataset, Publication, Release

# Files that every page is made with.
_LOOK = ("site/templates/", "site/overrides/", "site/assets/", "site/strings/", "mkdocs.yml", CATALOG)


def receipts(now: Publication, base: Base, chosen: Collection[str]) -> tuple[Receipt, Receipt | None]:
    """What merging does, and what it does once the drafts among the datasets `chosen` are released.

    The second is None where there are no drafts that differ.
    """
    names = base.datasets(now)
    before, after = _before(now, base, names), _after(now)
    languages = before.publication.catalog.languages == now.catalog.languages
    same = {
        one.name: tuple(plan_dataset(after, one)) for one in now.datasets if languages and one.name not in names
    }  # fmt: skip
    old = {one.entry: one for one in plan(before, same)}
    drafts = _drafts(now, base, chosen)
    merged = _receipt(old, before, after, base, drafts, same)
    if not drafts:
        return merged, None
    released = replace(now, datasets=tuple(as_released(one, drafts) for one in now.datasets))
    return merged, _receipt(old, before, _after(released), base, drafts, same)


def _after(publication: Publication) -> Snapshot:
    return Snapshot(publication, {}, _authored_pages(publication, publication.root))


def _before(now: Publication, base: Base, names: Collection[str]) -> Snapshot:
    """The publication before: datasets that did not change are those of now."""
    was = base.publication
    if was is None:
        return Snapshot(replace(now, datasets=()), {})
    same = {one.name: one for one in now.datasets if one.name not in names}
    old = {one.name: one for one in was.datasets if one.name in names}
    datasets = tuple(one for _, one in sorted({**same, **old}.items()))
    publication = Publication(now.root, was.catalog, datasets)
    return Snapshot(
        publication, dict.fromkeys(old, base.root), _authored_pages(was, base.root if base.name else now.root)
    )


def _authored_pages(publication: Publication, root: Path) -> tuple[AuthoredPage, ...]:
    """Their faults are for the check to tell."""
    return tuple(
        one.page for one in read_authored_pages(site_files(root).authored_pages, publication.catalog.languages)[0]
    )


def _drafts(now: Publication, base: Base, names: Collection[str]) -> tuple[Release, ...]:
    """The newest drafts of datasets that differ, where the draft itself does."""
    found = (dataset.releases[-1] for dataset in now.datasets if dataset.name in names)
    return tuple(
        one for one in found
        if one.state == "draft" and any(name.startswith(f"{one.folder}/") for name in base.changed)
    )  # fmt: skip


def _receipt(
    old: Mapping[SiteAddress, Planned], before: Snapshot, after: Snapshot, base: Base, drafts: Collection[Release],
    same: Plans,
) -> Receipt:  # fmt: skip
    new = {one.entry: one for one in plan(after, same)}
    differ = _differing(before.publication, after.publication)
    look = any(name.startswith(_LOOK) for name in base.changed)
    written = _rewritten(before, after)
    common = [one for entry, one in new.items() if entry in old]
    changed = [one.entry for one in common if _changes(one, differ, look=look) or one.entry.address in written]
    stays = Counter(one.entry.kind for one in common) - Counter(one.kind for one in changed)
    return Receipt(
        appears=tuple(entry for entry in new if entry not in old),
        changes=tuple(changed),
        goes=tuple(entry for entry in old if entry not in new),
        stays=dict(stays),
        drafts=tuple(f"{one.dataset} {one.version}" for one in drafts),
    )


def _changes(one: Planned, differ: Collection[str], *, look: bool) -> bool:
    if look and one.entry.kind == "page":
        return True
    if one.depends == "publication":
        return bool(differ)
    return one.depends == "dataset" and one.dataset in differ


def _rewritten(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """The addresses of authored pages that have another text."""
    old = {(one.language, one.path): one for one in before.authored_pages}
    return frozenset(
        authored_address(after.publication.catalog, one)
        for one in after.authored_pages
        if old.get((one.language, one.path), one) != one
    )


def _differing(before: Publication, after: Publication) -> frozenset[str]:
    """The datasets of which something published differs."""
    told = [{one.name: _published(one) for one in side.datasets} for side in (before, after)]
    return frozenset(name for name in {**told[0], **told[1]} if told[0].get(name) != told[1].get(name))


def _published(dataset: Dataset) -> tuple[object, ...]:
    """What readers see of a dataset, as far as its ledger shows."""
    return tuple(
        (one.version, one.state, one.date, one.changes, one.withdrawal, tuple(sorted(one.files.items())))
        for one in dataset.releases
        if one.state != "draft"
    )
