"""The content of a published file, value by value, whatever the library that wrote it made of its bytes.

Of a workbook that are the rows of its tables and summaries; of a zip the data in it; of a descriptor the schemas.
Titles, layout, compression, metadata and pictures may be made better, and are not looked at.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook

from datagazette.downloads.json import json_value
from datagazette.downloads.spreadsheet_cells import MAX_COLUMNS, MAX_ROWS, sheet_name
from datagazette.model.results import ReleaseResult
from datagazette.tables.engine import Engine
from datagazette.tables.sql import literal

# The kinds of files whose values are compared where their bytes are new.
KINDS = frozenset({"parquet", "json", "ndjson", "xlsx", "zip", "datapackage"})

_SCHEMA_KEYS = ("primaryKey", "uniqueKeys", "foreignKeys", "missingValues")


def digest(engine: Engine, path: Path, kind: str, result: ReleaseResult) -> str:
    """SHA-256 over the lines of `values`."""
    summed = hashlib.sha256()
    for line in values(engine, path, kind, result):
        summed.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return summed.hexdigest()


def values(engine: Engine, path: Path, kind: str, result: ReleaseResult) -> Iterator[str]:
    """Every value of a file of one of the `KINDS`, a row a line."""
    if kind == "parquet":
        return _parquet(engine, path)
    if kind in ("json", "ndjson"):
        return _json(path)
    if kind == "xlsx":
        return _workbook(path, result)
    return _zip(path) if kind == "zip" else _descriptor(path.read_bytes())


def first_difference(old: Iterable[str], new: Iterable[str]) -> tuple[str, str] | None:
    """The first line that two files do not share, as the one and as the other has it; "" where a file has ended."""
    return next(((before, after) for before, after in zip_longest(old, new, fillvalue="") if before != after), None)


def _parquet(engine: Engine, path: Path) -> Iterator[str]:
    query = f"SELECT * FROM read_parquet({literal(str(path))})"
    for name, kind in engine.columns(query):
        yield f"{name} {kind}"
    for batch in engine.batches(query):
        for row in batch:
            yield "\t".join(map(json_value, row))


def _json(path: Path) -> Iterator[str]:
    """Both forms have an object a line."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = line.strip().removesuffix(",")
            if row not in ("[", "]", ""):
                yield _canonical(json.loads(row))


def _workbook(path: Path, result: ReleaseResult) -> Iterator[str]:
    """The rows below the headers: as many as the table has, counted from the last one that is not empty."""
    book = CalamineWorkbook.from_path(path)
    taken: list[str] = []
    parts = [(table.table.name, table.rows, len(table.table.schema.fields)) for table in result.tables]
    parts += [(summary.summary.name, len(summary.rows), len(summary.summary.fields)) for summary in result.summaries]
    for name, rows, columns in parts:
        taken.append(sheet_name(name, taken))
        yield f"{name}: {rows}"
        if rows < MAX_ROWS and columns <= MAX_COLUMNS:
            yield from (f"{name}\t{line}" for line in _last_rows(book.get_sheet_by_name(taken[-1]), rows, columns))


def _last_rows(sheet: CalamineSheet, rows: int, columns: int) -> Iterator[str]:
    skipped = sheet.height - rows
    for row in islice(sheet.iter_rows(), max(skipped, 0), None):
        yield "\t".join(f"{type(one).__name__}:{one}" for one in row[:columns])


def _zip(path: Path) -> Iterator[str]:
    """The data and queries by their hashes, and the schemas."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith((".csv", ".sql")):
                yield f"{name} {hashlib.sha256(archive.read(name)).hexdigest()}"
            elif name == "datapackage.json":
                yield from _descriptor(archive.read(name))


def _descriptor(content: bytes) -> Iterator[str]:
    """Of each table: its file, and what its schema asks of it. Words and addresses may be others."""
    for resource in json.loads(content)["resources"]:
        schema: Mapping[str, Any] = resource["schema"]
        asked = {key: schema[key] for key in _SCHEMA_KEYS if key in schema}
        yield f"{resource['name']}\t{resource['path']}\t{resource.get('hash')}\t{_canonical(asked)}"
        for field in schema["fields"]:
            told = {key: field[key] for key in ("name", "type", "format", "constraints") if key in field}
            codes = [one["value"] if isinstance(one, dict) else one for one in field.get("categories", ())]
            yield f"{resource['name']}\t{_canonical(told | {'categories': codes})}"


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
