"""Released tables as their ledger promises them, where this program reads a cell otherwise than the one that wrote it.

The values of a release stay what they were, in its files and for its queries, notes and figures.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from datagazette.downloads.parquet import write_parquet
from datagazette.downloads.promises import parquet_digest
from datagazette.model.publication import Release, Table
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
