"""Parquet: a table with its types, sorted by its key, with what its fields mean in the file's metadata.

Compressed with zstd: on a table of codes and names it is four to five times smaller than with snappy, and
browsers need only a small decompressor more. The order of rows, the size of row groups and the compression are
given, so that the bytes do not depend on how many cores wrote them; nor do they say which version of DuckDB did.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from datagazette.describe.datapackage import labels_of
from datagazette.describe.notation import plain, translated
from datagazette.model.publication import Release
from datagazette.model.resource import Schema, Table
from datagazette.tables.engine import Engine
from datagazette.tables.sql import columns, field_column, identifier, literal
from datagazette.tables.statuses import beside

# A row group is what a browser fetches at least, and each adds to the footer that it fetches first: the sum of the
# two is smallest near eight times the root of the number of rows, whatever the columns (benchmarks/README.md).
_SMALLEST_GROUP, _LARGEST_GROUP = 2_048, 131_072
_MOST_ATTEMPTS = 100
# What a file says of its writer, in the form that readers of Parquet take apart; 2 would be another form of ours.
_WRITER = "datagazette version 1"
_END = 8  # bytes at the end of a file: the size of the footer, and PAR1


def write_parquet(engine: Engine, source: Path, target: Path, release: Release, table: Table) -> None:
    """The published file from the typed table in `source`."""
    rows = engine.row(f"SELECT count(*) FROM read_parquet({literal(str(source))})")[0]
    group = 1 << round(math.log2(8 * math.sqrt(max(rows, 1))))  # a power of two
    group = max(_SMALLEST_GROUP, min(_LARGEST_GROUP, group))
    statuses = status_columns(table.schema) if release.status_columns else {}
    about = _metadata(release, table, statuses)
    schema = replace(table.schema, primary_key=()) if _is_in_order(engine, source, table.schema) else table.schema
    for attempt in range(_MOST_ATTEMPTS):
        written = [name for field in table.schema.fields for name in (field.name, statuses.get(field.name)) if name]
        names = _writable(written, attempt)
        engine.run(copy_statement(source, target, schema, about, group, names, statuses))
        if _renamed(engine, target, {held: name for name, held in names.items() if name != held}):
            break
    _signed(engine, target)


def _is_in_order(engine: Engine, source: Path, schema: Schema) -> bool:
    """Whether the rows of a table are in the order of its key already, as most are. To sort those of three million of
    them again took three times the memory."""
    if not schema.primary_key:
        return True
    key = f"row({columns(schema.primary_key)})"
    gap = " OR ".join(f"{field_column(name)} IS NULL" for name in schema.primary_key)
    rows = f"SELECT {key} AS here, lag({key}) OVER () AS before, {gap} AS gap FROM read_parquet({literal(str(source))})"
    (found,) = engine.row(f"SELECT count(*) FROM ({rows}) WHERE gap OR here < before")
    return bool(found == 0)


def status_columns(schema: Schema) -> dict[str, str]:
    """The names of the columns that say why cells of a field are empty, by its name: no field has any of them."""
    taken = {field.name.lower() for field in schema.fields}
    found: dict[str, str] = {}
    for field in schema.explained:
        name = f"{field.name}_status"
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        found[field.name] = name
    return found


def copy_statement(
    source: Path,
    target: Path,
    schema: Schema,
    about: Mapping[str, str],
    group: int,
    names: Mapping[str, str],
    statuses: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The statement that writes it, with `group` rows in a row group. A table without a key keeps the order of its
    rows. `names` are those of the columns by the names of their fields, and `statuses` the names of the columns of
    statuses by those of the fields that these are of."""
    key = ", ".join(f"{field_column(name)} ASC NULLS FIRST" for name in schema.primary_key)
    metadata = ", ".join(f"{identifier(name)}: {literal(value)}" for name, value in about.items())
    options = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9, ROW_GROUP_SIZE {group}"
    # DuckDB calls a column REQUIRED in which no cell happens to be empty. A later release may have one, and readers
    # that append it to the earlier refuse the two schemas.
    required = {field.name for field in schema.fields if field.required}
    relation, texts = beside(source, schema) if statuses else (f"read_parquet({literal(str(source))})", {})
    values = {name: field_column(name) for name in names}
    values |= {status: texts[name] for name, status in statuses.items()}
    columns = ", ".join(
        f"{value if name in required else f'CASE WHEN {value} IS NOT NULL THEN {value} END'} AS {identifier(held)}"
        for name, held in names.items()
        for value in [values[name]]
    )
    query = f"SELECT {columns} FROM {relation}{f' ORDER BY {key}' if key else ''}"
    return f"COPY ({query}) TO {literal(str(target))} ({options}, KV_METADATA {{{metadata}}})"


def _writable(names: Sequence[str], attempt: int) -> dict[str, str]:
    """The name that DuckDB writes for each column. It takes names that differ in the case of letters for one and puts
    a number behind the second; instead that gets a name of as many bytes, which `_renamed` finds again."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        held, size, number = name, len(name.encode()), attempt
        while held.lower() in taken:
            letters = base64.b32encode(hashlib.sha256(f"{number} {name}".encode()).digest()).decode().lower()
            held, number = (letters * (size // len(letters) + 1))[:size], number + _MOST_ATTEMPTS
        taken.add(held.lower())
        found[name] = held
    return found


def _renamed(engine: Engine, path: Path, names: Mapping[str, str]) -> bool:
    """Puts the names of fields in the places of those that were written, which have as many bytes. False where one of
    them is in the footer by chance as well; the footer has a column's name once, and once for each row group."""
    if not names:
        return True
    (groups,) = engine.row(f"SELECT num_row_groups FROM parquet_file_metadata({literal(str(path))})")
    footer = _footer(path)
    for held, name in names.items():
        written = _text(held)
        if footer.count(written) != 1 + groups:
            return False
        footer = footer.replace(written, _text(name))
    _write_footer(path, footer)
    return True


def _signed(engine: Engine, path: Path) -> None:
    """Puts our own name in the place of DuckDB's, which has its version and build: the next one would write the same
    rows under another hash. What the footer says of its writer is the last text in it."""
    (writer,) = engine.row(f"SELECT created_by FROM parquet_file_metadata({literal(str(path))})")
    before, found, after = _footer(path).rpartition(_text(writer))
    if found:
        _write_footer(path, before + _text(_WRITER) + after)


def _footer(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-_END, io.SEEK_END)
        size = int.from_bytes(file.read(4), "little")
        file.seek(-_END - size, io.SEEK_END)
        return file.read(size)


def _write_footer(path: Path, footer: bytes) -> None:
    """In the place of the one that is there; nothing in a file says where its footer begins but the end of it."""
    size = len(_footer(path))
    with path.open("r+b") as file:
        file.seek(-_END - size, io.SEEK_END)
        file.write(footer + len(footer).to_bytes(4, "little") + b"PAR1")
        file.truncate()


def _text(text: str) -> bytes:
    """A text as Thrift writes it, with its length in bytes before it."""
    written = text.encode()
    return _varint(len(written)) + written


def _varint(number: int) -> bytes:
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def _metadata(release: Release, table: Table, statuses: Mapping[str, str]) -> dict[str, str]:
    """What the file holds beside the rows: which release it is, and what its fields and their statuses mean."""
    default = release.languages[0]
    fields = [
        {"name": field.name, "type": field.type}
        | translated("title", field.title, default)
        | translated("description", field.description, default)
        | translated("unit", field.unit, default)
        | (
            {"status": statuses[field.name], "missingValues": labels_of(field, default)}
            if field.name in statuses
            else {}
        )
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
