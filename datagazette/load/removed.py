"""Releases that are no longer published, as their ledger has them, with what was kept of their descriptors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from datagazette.load.descriptors import Document, KeyReader, refuse_controls
from datagazette.load.files import DESCRIPTOR, LEDGER, SCHEMAS, Folder, locate
from datagazette.load.ledger import LedgerEntry
from datagazette.load.package import SchemaStore
from datagazette.load.yaml_file import read_yaml
from datagazette.model.problems import Problem, problem
from datagazette.model.publication import Release
from datagazette.model.resource import Table
from datagazette.model.text import Text


def read_removed(
    folder: Folder, name: str, languages: tuple[str, ...], entries: Sequence[LedgerEntry], schemas: SchemaStore,
    problems: list[Problem],
) -> tuple[Release, ...]:  # fmt: skip
    """Those of the dataset `name`; `languages` are the catalogue's. What of their data still lies there is an error:
    it would go on being handed out with the repository."""
    return tuple(
        _removed(folder, name, languages, entry, schemas, problems) for entry in entries if entry.removal is not None
    )


def _removed(
    folder: Folder, name: str, languages: tuple[str, ...], entry: LedgerEntry, schemas: SchemaStore,
    problems: list[Problem],
) -> Release:  # fmt: skip
    place = Folder(folder.root, folder.file(str(entry.version)))
    release = Release(
        name, entry.version, place.name, "removed", title=entry.title, description=Text(),
        languages=entry.imprint.languages if entry.imprint else languages, date=entry.date, files=dict(entry.files),
        published=dict(entry.published), renamed_to=entry.renamed_to, imprint=entry.imprint, removal=entry.removal,
    )  # fmt: skip
    if not place.path.is_dir():
        return release
    left = [path for path in place.contents if path != DESCRIPTOR and not path.startswith(f"{SCHEMAS}/")]
    if left:
        about = {"version": entry.version, "dataset": name, "path": left[0], "count": len(left)}
        problems.append(problem("removed-data-there", folder.file(LEDGER), entry.line, **about))
    path, _ = locate(place, DESCRIPTOR)
    document = read_yaml(path, place.file(DESCRIPTOR))[0] if path else None
    if document is None or list(refuse_controls(document)):
        return release
    return _described(release, document, place, schemas)


def _described(release: Release, document: Document, place: Folder, schemas: SchemaStore) -> Release:
    """The release with what its descriptor says; faults of that are nobody's concern any more."""
    assert release.removal is not None
    reader = KeyReader(document, [])
    languages = reader.read_languages(release.languages)
    return replace(
        release, title=reader.text("title") or release.title, description=reader.text("description"),
        languages=languages, tables=tuple(_tables(reader, place, schemas)), descriptor=document.value,
        removal=replace(release.removal, has_metadata=True),
    )  # fmt: skip


def _tables(reader: KeyReader, place: Folder, schemas: SchemaStore) -> Iterator[Table]:
    for resource in reader.items("resources"):
        name, path = resource.name(), resource.string("path")
        schema, _ = schemas.read(resource, place)
        if name and path and schema:
            yield Table(
                name, path, place.file(path), schema, title=resource.text("title"),
                description=resource.text("description"), descriptor=resource.value,
            )  # fmt: skip
