"""Released tables as their ledger promises them, where this program reads or writes a cell otherwise than the one that
wrote it.

An earlier program published a column with one unusual number (NaN, INF, digits of full width) as text, and a later one
still did so with days and times that are not written with two digits (5.3.2021). The values of a release stay what they
were; drafts and later releases have numbers and days. So it is with JSON files and workbooks in which a column has
numbers in some rows and texts in others, as a format could not hold some of the numbers: later ones have texts alone.
"""

from __future__ import annotations

from pathlib import Path

from datagazette.downloads.json import columns_beyond, write_json
from datagazette.downloads.parquet import write_parquet
from datagazette.downloads.promises import values_digest
from datagazette.downloads.sheet_columns import Columns
from datagazette.files import sha256
from datagazette.model.publication import Table
from datagazette.model.results import ReleaseResult
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TRIED, tabulate

# What earlier programs tried on a column, the newest first.
_EARLIER = (TRIED[:2], TRIED[:1])


def is_kept(result: ReleaseResult, target: Path, kind: str) -> bool:
    """Whether a file of a release has the values that the ledger promises, if it promises any."""
    release = result.release
    expected, known = release.contents.get(target.name), release.published.get(target.name, ())
    return not expected or sha256(target) in known or values_digest(target, kind, result) == expected


def write_promised_json(engine: Engine, result: ReleaseResult, table: Table, rows: Path, target: Path) -> Columns:
    """Writes the JSON file of a release's table from its typed `rows`; returns the columns that are texts, or mixed."""
    fields = table.schema.fields
    names, types = [field.name for field in fields], [field.type for field in fields]
    found = columns_beyond(engine, rows, table.name, fields)
    decided = found.decided()
    write_json(engine, rows, target, names, types, {name for _, name in decided.texts})
    if is_kept(result, target, "json"):
        return decided
    write_json(engine, rows, target, names, types)
    return found


def write_promised(engine: Engine, result: ReleaseResult, table: Table, csv: Path, typed: Path, target: Path) -> Path:
    """Writes the Parquet file of a release's table, and returns the typed rows that it was written from.

    These are `typed`, or, where the ledger has the hash of their values, those of an earlier program, in a file
    beside the target that the caller removes.
    """
    release = result.release
    write_parquet(engine, typed, target, release, table)
    if is_kept(result, target, "parquet"):
        return typed
    expected = release.contents[target.name]
    earlier = target.with_name(f".{target.name}")
    for kinds in _EARLIER:
        tabulate(engine, table, csv, earlier, kinds)
        write_parquet(engine, earlier, target, release, table)
        if values_digest(target, "parquet", result) == expected:
            return earlier
    earlier.unlink()
    write_parquet(engine, typed, target, release, table)
    return typed
