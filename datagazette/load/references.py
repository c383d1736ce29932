"""What one part of a publication says of another: themes, used releases, foreign keys, figures, notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from itertools import islice

from datagazette.load.files import CATALOG, DATASETS, DESCRIPTOR, LEDGER, NOTES
from datagazette.model.names import NearMisses, is_name
from datagazette.model.problems import Problem, problem, warning
from datagazette.model.publication import Dataset, Figure, Publication, Release
from datagazette.model.resource import Field, ForeignKey, Table

_FOLLOWED = 100  # releases in or between circles


def check_references(publication: Publication) -> tuple[Problem, ...]:
    """Every name that leads nowhere, and every circle of used releases."""
    found = list(_catalog(publication))
    near, circles = NearMisses(), _circles(publication)
    for dataset in publication.datasets:
        found += _renamed(publication, dataset, near)
        for release in dataset.releases:
            found += _release(publication, release, near)
            found += _alike(release) if release.state == "draft" else ()
            if release.id in circles:
                circle = " → ".join(circles[release.id])
                found.append(problem("uses-circle", f"{release.folder}/{DESCRIPTOR}", circle=circle))
        if all(release.state == "draft" for release in dataset.releases):
            found.append(warning("dataset-draft-only", f"{DATASETS}/{dataset.name}", dataset=dataset.name))
    return tuple(found)


def _alike(release: Release) -> Iterator[Problem]:
    """Fields whose names differ in the case of letters alone, as they must not in Table Schema."""
    for table in release.tables:
        first: dict[str, str] = {}
        for field in table.schema.fields:
            other = first.setdefault(field.name.lower(), field.name)
            if other != field.name:
                yield warning("fields-alike", table.schema.file or table.file, field=field.name, other=other)


def _catalog(publication: Publication) -> Iterator[Problem]:
    catalog = publication.catalog
    for dataset, figure in catalog.headlines:
        found = publication.dataset(dataset)
        if found is None or figure not in {figure.name for figure in found.latest.figures}:
            yield problem("headline-unknown", CATALOG, dataset=dataset, figure=figure)
    if catalog.featured:
        name, summary = catalog.featured
        found = publication.dataset(name)
        if found is None or not found.latest.summary(summary):
            yield problem("featured-unknown", CATALOG, dataset=name, summary=summary)


def _renamed(publication: Publication, dataset: Dataset, near: NearMisses) -> Iterator[Problem]:
    name = dataset.latest.renamed_to
    ledger = f"{DATASETS}/{dataset.name}/{LEDGER}"
    if name and (name == dataset.name or publication.dataset(name) is None):
        yield problem("renamed-unknown", ledger, found=name, meant=_near(name, publication, near))
        return
    way: dict[str, None] = {}
    while name and name not in way:
        way[name] = None
        found = publication.dataset(name)
        name = found.latest.renamed_to if found else ""
    if dataset.name in way:
        yield problem("renamed-circle", ledger, circle=" → ".join((dataset.name, *way)))


def _release(publication: Publication, release: Release, near: NearMisses) -> Iterator[Problem]:
    file = f"{release.folder}/{DESCRIPTOR}"
    themes = {theme.name: None for theme in publication.catalog.themes}
    allowed_themes = ", ".join(themes)
    for theme in release.themes:
        if theme not in themes:
            yield problem("theme-unknown", file, found=theme, allowed=allowed_themes)
    for name, version in release.uses:
        # A version whose descriptor could not be read has been reported already.
        unread = is_name(name) and (publication.root / DATASETS / name / str(version)).is_dir()
        gone = publication.removed_release(name, version)
        if gone and gone.removal:
            values = {"dataset": name, "version": version, "date": gone.removal.date, "meant": name}
            yield problem("uses-unknown", file, rule="removed", **values)
        elif publication.release(name, version) is None and not unread:
            known = publication.dataset(name)
            allowed = ", ".join(str(release.version) for release in known.releases) if known else ""
            yield problem("uses-unknown", file, dataset=name, version=version, meant=_near(name, publication, near),
                          allowed=allowed, rule="version" if known else "")  # fmt: skip
    for table in release.tables:
        for key in table.schema.foreign_keys:
            yield from _foreign_key(publication, release, table, key, file)
    for figure in release.figures:
        yield from _figure(release, figure, file)
    yield from _notes(release)


def _near(name: str, publication: Publication, near: NearMisses) -> str:
    return near.nearest(name, [dataset.name for dataset in publication.datasets], 0.6) or "-"


def _circles(publication: Publication) -> Mapping[str, tuple[str, ...]]:
    """By release, the way back to itself by `uses`. Of many, only some are followed: one circle is reason enough."""
    used: dict[str, list[str]] = {
        release.id: [
            other.id for name, version in release.uses if (other := publication.release(name, version)) is not None
        ]
        for dataset in publication.datasets
        for release in dataset.releases
    }  # fmt: skip
    left = _without_ends(_without_ends(used), reverse=True)
    ways = ((start, _way_back(start, left)) for start in islice(left, _FOLLOWED))
    return {start: way for start, way in ways if way}


def _without_ends(used: Mapping[str, list[str]], *, reverse: bool = False) -> dict[str, list[str]]:
    """The releases that are not the end of a way, over and over: those that are in circles or between them."""
    before: dict[str, list[str]] = {name: [] for name in used}
    for name, others in used.items():
        for other in others:
            before[other].append(name)
    ends: TopologicalSorter[str] = TopologicalSorter(before if reverse else used)
    with suppress(CycleError):
        ends.prepare()
    gone: set[str] = set()
    while ready := ends.get_ready():
        gone.update(ready)
        ends.done(*ready)
    return {name: [other for other in others if other not in gone] for name, others in used.items() if name not in gone}


def _way_back(start: str, used: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The way from a release back to itself, or nothing."""
    came: dict[str, str] = {}
    trail = [start]
    while trail:
        name = trail.pop()
        for other in used[name]:
            if other == start:
                way = [name]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return (*reversed(way), start)
            if other not in came:
                came[other] = name
                trail.append(other)
    return ()


def _foreign_key(
    publication: Publication, release: Release, table: Table, key: ForeignKey, file: str
) -> Iterator[Problem]:
    target: Table | None
    if key.package is None:
        target = release.table(key.resource) if key.resource else table
    else:
        version = dict(release.uses).get(key.package)
        if version is None:
            yield problem("foreign-package", file, resource=table.name, package=key.package)
            return
        used = publication.release(key.package, version)
        if used is None:
            return
        target = used.table(key.resource)
    if target is None:
        yield problem("foreign-resource", file, resource=table.name, reference=key.resource)
        return
    for name in key.reference_fields:
        if target.schema.field(name) is None:
            yield problem("unknown-field", file, field=name, where=target.name)


def _figure(release: Release, figure: Figure, file: str) -> Iterator[Problem]:
    fields: tuple[Field, ...] = ()
    if figure.resource:
        table = release.table(figure.resource)
        fields = table.schema.fields if table else ()
    elif figure.summary:
        summary = release.summary(figure.summary)
        fields = summary.fields if summary else ()
    place = figure.resource or figure.summary
    if place and not fields:
        yield problem("figure-unknown", file, figure=figure.name, place=place)
    elif fields and figure.field not in {field.name for field in fields}:
        yield problem("unknown-field", file, field=figure.field, where=place)


def _notes(release: Release) -> Iterator[Problem]:
    file = f"{release.folder}/{NOTES}"
    tables = {table.name: table for table in release.tables}
    fields = {table.name: {field.name for field in table.schema.fields} for table in release.tables}
    allowed = ", ".join(tables)
    for note in release.notes:
        table = tables.get(note.resource)
        if table is None:
            yield problem("notes-resource", file, note.line, found=note.resource, allowed=allowed)
        elif note.field and note.field not in fields[table.name]:
            yield problem("unknown-field", file, note.line, field=note.field, where=note.resource)
        elif not table.schema.primary_key:
            yield problem("notes-no-key", file, note.line, resource=note.resource)
