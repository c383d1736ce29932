"""What one part of a publication says of another: themes, used releases, foreign keys, figures, notes."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.load.catalog import FILE as CATALOG_FILE
from publisher.load.ledger import FILE as LEDGER_FILE
from publisher.load.notes import FILE as NOTES_FILE
from publisher.load.package import FILE as PACKAGE_FILE
from publisher.model import Dataset, Field, Figure, ForeignKey, Note, Publication, Release, Table
from publisher.names import is_name, nearest
from publisher.problems import Problem, problem, warning


def check_references(publication: Publication) -> tuple[Problem, ...]:
    """Every name that leads nowhere, and every circle of used releases."""
    found = list(_catalog(publication))
    for dataset in publication.datasets:
        found += _renamed(publication, dataset)
        for release in dataset.releases:
            found += _release(publication, release)
        if all(release.state == "draft" for release in dataset.releases):
            found.append(warning("dataset-draft-only", f"datasets/{dataset.name}", dataset=dataset.name))
    return tuple(found)


def _catalog(publication: Publication) -> Iterator[Problem]:
    catalog = publication.catalog
    for dataset, figure in catalog.headlines:
        found = publication.dataset(dataset)
        if found is None or figure not in {one.name for one in found.latest.figures}:
            yield problem("headline-unknown", CATALOG_FILE, dataset=dataset, figure=figure)
    if catalog.featured:
        name, summary = catalog.featured
        found = publication.dataset(name)
        if found is None or not found.latest.summary(summary):
            yield problem("featured-unknown", CATALOG_FILE, dataset=name, summary=summary)


def _renamed(publication: Publication, dataset: Dataset) -> Iterator[Problem]:
    name = dataset.latest.renamed_to
    if name and (name == dataset.name or publication.dataset(name) is None):
        ledger = f"datasets/{dataset.name}/{LEDGER_FILE}"
        yield problem("renamed-unknown", ledger, found=name, meant=_near(name, publication))


def _release(publication: Publication, release: Release) -> Iterator[Problem]:
    file = f"{release.folder}/{PACKAGE_FILE}"
    themes = [theme.name for theme in publication.catalog.themes]
    for theme in release.themes:
        if theme not in themes:
            yield problem("theme-unknown", file, found=theme, allowed=", ".join(themes))
    for name, version in release.uses:
        # A version whose descriptor could not be read has been reported already.
        unread = is_name(name) and (publication.root / "datasets" / name / str(version)).is_dir()
        if publication.release(name, version) is None and not unread:
            known = publication.dataset(name)
            allowed = ", ".join(str(one.version) for one in known.releases) if known else ""
            yield problem("uses-unknown", file, dataset=name, version=version, meant=_near(name, publication),
                          allowed=allowed, rule="version" if known else "")  # fmt: skip
    circle = _circle(publication, release)
    if circle:
        yield problem("uses-circle", file, circle=" → ".join(circle))
    for table in release.tables:
        for key in table.schema.foreign_keys:
            yield from _foreign_key(publication, release, table, key, file)
    for figure in release.figures:
        yield from _figure(release, figure, file)
    for note in release.notes:
        yield from _note(release, note)


def _near(name: str, publication: Publication) -> str:
    return nearest(name, [one.name for one in publication.datasets], 0.6) or "-"


def _circle(publication: Publication, start: Release) -> tuple[str, ...]:
    """The way from a release back to itself by `uses`, or nothing."""
    trail: list[tuple[Release, tuple[str, ...]]] = [(start, (start.id,))]
    seen = set()
    while trail:
        release, way = trail.pop()
        for name, version in release.uses:
            used = publication.release(name, version)
            if used is None or used.id in seen:
                continue
            if used.id == start.id:
                return (*way, start.id)
            seen.add(used.id)
            trail.append((used, (*way, used.id)))
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
    elif fields and figure.field not in {one.name for one in fields}:
        yield problem("unknown-field", file, field=figure.field, where=place)


def _note(release: Release, note: Note) -> Iterator[Problem]:
    file = f"{release.folder}/{NOTES_FILE}"
    table = release.table(note.resource)
    if table is None:
        yield problem("notes-resource", file, note.line, found=note.resource,
                      allowed=", ".join(one.name for one in release.tables))  # fmt: skip
    elif note.field and table.schema.field(note.field) is None:
        yield problem("unknown-field", file, note.line, field=note.field, where=note.resource)
    elif not table.schema.primary_key:
        yield problem("notes-no-key", file, note.line, resource=note.resource)
