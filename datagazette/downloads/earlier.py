"""Released tables as their ledger promises them, where this program reads or writes a cell otherwise than the one that
wrote it.

The values of a release stay what they were, in its files and for its queries, notes and figures. So do JSON files and
workbooks in which a column has numbers in some rows and texts in others, as the format could not hold some of the
numbers: columns of later ones have one type.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from datagazette.downloads.json import write_json
from datagazette.downloads.parquet import write_parquet
from datagazette.downloads.promises import parquet_digest, values_digest
from datagazette.downloads.sheet_columns import Columns
from datagazette.files import sha256
from datagazette.model.publication import Release
from datagazette.model.resource import Table
from datagazette.model.results import ReleaseResult
from datagazette.tables.editions import OLDEST
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import tabulate


def tabulate_as_published(engine: Engine, release: Release, table: Table, csv: Path, newest: Path, kept: Path) -> None:
    """Writes a table into `newest` as this program reads it and, where the release has it otherwise, into `kept`.

    The ledger has the hash of the values that were published. Where it has none, the entry is older than these hashes,
    and the oldest edition is taken.
    """
    others = tabulate(engine, table, csv, newest).others
    if release.state == "draft" or not others:
        return
    if release.is_unrecorded:
        tabulate(engine, table, csv, kept, OLDEST)
        return
    expected = release.contents.get(f"{table.name}.parquet")
    if expected == _digest(engine, release, table, newest):
        return
    for edition in others:
        tabulate(engine, table, csv, kept, edition)
        if expected == _digest(engine, release, table, kept):
            return
        kept.unlink()


def _digest(engine: Engine, release: Release, table: Table, typed: Path) -> str:
    """The hash of the values in the file that is published of a typed table."""
    with tempfile.TemporaryDirectory(dir=typed.parent) as folder:
        published = Path(folder, "published.parquet")
        write_parquet(engine, typed, published, release, table)
        return parquet_digest(engine, published)


def is_kept(result: ReleaseResult, target: Path, kind: str) -> bool:
    """Whether a file of a release has the values that the ledger promises, if it promises any."""
    release = result.release
    expected, known = release.contents.get(target.name), release.published.get(target.name, ())
    return not expected or sha256(target) in known or values_digest(target, kind, result) == expected


def write_promised_json(
    engine: Engine, result: ReleaseResult, table: Table, typed: Path, target: Path, found: Columns
) -> Columns:
    """Writes the JSON file of a release's table; returns the columns that are texts, or mixed. `found` as in
    `columns_beyond`."""
    fields = table.schema.fields
    names, types = [field.name for field in fields], [field.type for field in fields]
    decided = found.decided()
    if not result.release.is_unrecorded:
        write_json(engine, typed, target, names, types, {name for _, name in decided.texts})
        if is_kept(result, target, "json"):
            return decided
    write_json(engine, typed, target, names, types)
    return found
