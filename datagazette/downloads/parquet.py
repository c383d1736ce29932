"""Parquet: a table with its types, sorted by its key, with what its fields mean in the file's metadata.

Compressed with zstd: on a table of codes and names it is four to five times smaller than with snappy, and
browsers need only a small decompressor more. The order of rows, the size of row groups and the compression are
given, so that the bytes do not depend on how many cores wrote them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from datagazette.describe.notation import plain, translated
from datagazette.model.publication import Release, Schema, Table
from datagazette.tables.engine import Engine
from datagazette.tables.sql import columns, identifier, literal

# A row group is what a browser fetches at least, and each adds to the footer that it fetches first: the sum of the
# two is smallest near eight times the root of the number of rows, whatever the columns (benchmarks/README.md).
_SMALLEST_GROUP, _LARGEST_GROUP = 2_048, 131_072


def write_parquet(engine: Engine, source: Path, target: Path, release: Release, table: Table) -> None:
    """The published file from the typed table in `source`."""
    rows = engine.row(f"SELECT count(*) FROM read_parquet({literal(str(source))})")[0]
    group = 1 << round(math.log2(8 * math.sqrt(max(rows, 1))))  # a power of two
    group = max(_SMALLEST_GROUP, min(_LARGEST_GROUP, group))
    engine.run(copy_statement(source, target, table.schema, _metadata(release, table), group))


def copy_statement(source: Path, target: Path, schema: Schema, about: Mapping[str, str], group: int) -> str:
    """The statement that writes it, with `group` rows in a row group. A table without a key keeps the order of its
    rows."""
    names = [field.name for field in schema.fields]
    key = ", ".join(f"{identifier(name)} ASC NULLS FIRST" for name in schema.primary_key)
    metadata = ", ".join(f"{identifier(name)}: {literal(value)}" for name, value in about.items())
    options = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9, ROW_GROUP_SIZE {group}"
    query = f"SELECT {columns(names)} FROM read_parquet({literal(str(source))}){f' ORDER BY {key}' if key else ''}"
    return f"COPY ({query}) TO {literal(str(target))} ({options}, KV_METADATA {{{metadata}}})"


def _metadata(release: Release, table: Table) -> dict[str, str]:
    """What the file holds beside the rows: which release it is, and what its fields mean."""
    default = release.languages[0]
    fields = [
        {"name": field.name, "type": field.type}
        | translated("title", field.title, default)
        | translated("description", field.description, default)
        | translated("unit", field.unit, default)
        for field in table.schema.fields
    ]
    return {
        "dataset": release.dataset,
        "version": str(release.version),
        "released": release.date.isoformat() if release.date else "",
        "resource": table.name,
        "title": table.title.default or release.title.default,
        "license": ", ".join(license_.path or license_.name for license_ in release.licenses),
        "fields": json.dumps(plain(fields), ensure_ascii=False),
    }
