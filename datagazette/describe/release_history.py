"""What became of a dataset over its releases: `changes.json` for one release, and the ledger of all.

In `changes.json` rows are objects by field name; `key` of a cell is one by the fields of the primary key. Where more
changed than is listed, `complete` is false and the counts in `rows` still hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from datagazette.describe import addresses
from datagazette.describe.values import plain, translated
from datagazette.model.publication import Catalog, Dataset, Imprint, Release
from datagazette.model.results import CellChange, ReleaseResult, Row, SchemaChange, TableChange


def changes(catalog: Catalog, result: ReleaseResult) -> dict[str, Any]:
    """`previous` is null for the first release, which has no changes of tables or schemas."""
    release, change = result.release, result.changes
    described: dict[str, Any] = {
        "dataset": release.dataset,
        "version": str(release.version),
        "released": release.date.isoformat() if release.date else None,
        **translated("changes", release.changes, release.languages[0]),
        "withdrawn": _withdrawn(release),
        "previous": _previous(catalog, change.before) if change else None,
        "tables": [_table(table) for table in change.tables] if change else [],
        "schema": [_schema(one) for one in change.schema] if change else [],
    }
    found: dict[str, Any] = plain(described)
    return found


def _withdrawn(release: Release) -> dict[str, str] | None:
    if release.withdrawal is None:
        return None
    reason = translated("reason", release.withdrawal.reason, release.languages[0])
    return {"date": release.withdrawal.date.isoformat(), **reason}


def _previous(catalog: Catalog, before: Release) -> dict[str, Any]:
    return {
        "version": str(before.version),
        "released": before.date.isoformat() if before.date else None,
        "path": addresses.data_file(catalog, before, "datapackage.json"),
    }


def _table(change: TableChange) -> dict[str, Any]:
    listed = {(one.key, one.field) for one in change.changed_cells}
    complete = (
        len(change.added_rows) == change.added
        and len(change.removed_rows) == change.removed
        and len({key for key, _ in listed}) == change.changed
    )
    return {
        "resource": change.resource,
        "primaryKey": list(change.key),
        "rows": {"added": change.added, "removed": change.removed, "changed": change.changed},
        "complete": complete,
        "added": [_row(change.columns, row) for row in change.added_rows],
        "removed": [_row(change.columns, row) for row in change.removed_rows],
        "cells": [
            {"key": _row(change.key, cell.key), "field": cell.field, "before": cell.before, "after": cell.after}
            for cell in change.changed_cells
        ],
        "numbers": list(_numbers(change.changed_cells)),
    }


def _row(names: tuple[str, ...], values: Row) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


def _numbers(cells: tuple[CellChange, ...]) -> Iterator[Mapping[str, Any]]:
    """The size of the changes in each numeric field: of the listed cells that held a number before and after."""
    differences: dict[str, list[Decimal]] = {}
    for cell in cells:
        before, after = _number(cell.before), _number(cell.after)
        if before is not None and after is not None:
            differences.setdefault(cell.field, []).append(after - before)
    for field in sorted(differences):
        found = differences[field]
        yield {"field": field, "cells": len(found), "lowest": min(found), "highest": max(found), "sum": sum(found)}


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    found = Decimal(str(value))
    return found if found.is_finite() else None


def _schema(change: SchemaChange) -> dict[str, str]:
    described = {"kind": change.kind, "resource": change.resource, "field": change.field, "what": change.what}
    return {name: value for name, value in described.items() if value}


def imprint_descriptor(imprint: Imprint) -> dict[str, Any]:
    """As it is in a ledger, under the catalogue's own keys."""
    first, publisher = imprint.languages[0], imprint.publisher
    path = {"path": publisher.path} if publisher.path else {}
    described: dict[str, Any] = {
        **translated("title", imprint.title, first),
        "publisher": {**translated("title", publisher.title, first), **path},
        "baseUrl": imprint.base_url,
        "languages": list(imprint.languages),
        "licenses": [
            {key: value for key, value in (("name", license_.name), ("path", license_.path)) if value}
            | translated("title", license_.title, first)
            for license_ in imprint.licenses
        ],
    }
    return {key: value for key, value in described.items() if value}


def ledger_descriptor(catalog: Catalog, dataset: Dataset) -> dict[str, Any]:
    """A dataset's ledger, by which a later build sees that nothing of it has changed.

    Each release has an imprint, if only the catalogue's, and no hashes of published files: `SHA256SUMS` has them.
    """
    released = [release for release in dataset.releases if release.state != "draft"]
    renamed_to = dataset.latest.renamed_to
    return {**({"renamedTo": renamed_to} if renamed_to else {}), "releases": [_entry(catalog, one) for one in released]}


def _entry(catalog: Catalog, release: Release) -> dict[str, Any]:
    imprint = catalog.as_of(release).imprint
    first = imprint.languages[0]
    described: dict[str, Any] = {
        "version": str(release.version),
        "date": release.date.isoformat() if release.date else None,
        **translated("changes", release.changes, first),
        "files": dict(sorted(release.files.items())),
        "imprint": imprint_descriptor(imprint),
    }
    if catalog.is_mirror:
        del described["imprint"]["baseUrl"]
    if release.withdrawal:
        reason = translated("reason", release.withdrawal.reason, first)
        described["withdrawn"] = {"date": release.withdrawal.date.isoformat(), **reason}
    return described
