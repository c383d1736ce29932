"""One side of a comparison: a CSV as a Parquet file with the text and the typed value of every cell.

A file that would not pass the check is read as far as it can be: in the encoding that it seems to have, its columns
found by their labels, and a column with a cell that is not of its type as text.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.diff.rows import Relation, relation
from datagazette.model.publication import Table
from datagazette.tables import engine as database
from datagazette.tables.cells import BadConstraint
from datagazette.tables.engine import Engine
from datagazette.tables.layout import Layout, TableSource, Unreadable
from datagazette.tables.parquet import WRITTEN, written_select
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.sql import identifier, literal

LINE = WRITTEN
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Bytes:
    """How a file is written. `line_ends` are `LF`, `CRLF`, `CR` or `mixed`; `quotes` how many there are."""

    encoding: str
    byte_order_mark: bool
    line_ends: str
    quotes: int


@dataclass(frozen=True)
class Side:
    """A table as it is compared. `labels` are the header's cells, `empty_rows` how many rows hold nothing."""

    table: Table
    rows: Relation
    count: int
    empty_rows: int
    first_empty_line: int | None
    labels: tuple[str, ...]
    layout: Layout
    bytes: Bytes

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns of typed values, in the file's order."""
        return tuple(name for name in self.rows.types if not name.startswith(WRITTEN))


def written(name: str) -> str:
    """The column with the text of a field's cells."""
    return WRITTEN + name


def read_side(engine: Engine, table: Table, path: Path, folder: Path) -> Side:
    """Writes the rows below `folder`, which exists and is this side's own. Raises Unreadable."""
    seen = read_bytes(path, table.dialect.encoding)
    opened = _opened(replace(table, dialect=replace(table.dialect, encoding=seen.encoding)), path)
    target = folder / "rows.parquet"
    _write(engine, opened, target, folder)
    source = f"read_parquet({literal(str(target))})"
    whole = relation(engine, source)
    fields = [name for name in whole.types if not name.startswith(WRITTEN)]
    empty = " AND ".join(f"coalesce({identifier(written(name))}, '') = ''" for name in fields) or "FALSE"
    count, blank, line = engine.row(
        f"SELECT count(*), count(*) FILTER ({empty}), min({identifier(LINE)}) FILTER ({empty}) FROM {source}"
    )
    rows = Relation(f"(SELECT * FROM {source} WHERE NOT ({empty}))" if blank else source, whole.types)
    return Side(table, rows, count - blank, blank, line, opened.layout.labels, opened.layout, seen)


def _opened(table: Table, path: Path) -> Prepared:
    """The table with its columns found by label where the file has labels, else by place."""
    by_label = replace(table, schema=replace(table.schema, fields_match="partial"))
    for candidate in (by_label, table):
        try:
            opened = prepare(TableSource(candidate, path), Path())
        except BadConstraint as error:
            raise Unreadable("field-error", str(error)) from error
        except Unreadable:
            if candidate is table:
                raise
            continue
        known = sum(column.field.name in {field.name for field in table.schema.fields} for column in opened.columns)
        if known or candidate is table:
            return opened
    raise AssertionError("unreachable")


def _write(engine: Engine, opened: Prepared, target: Path, folder: Path) -> None:
    copy = folder / "copy.csv"
    form = f"TO {literal(str(target))} (FORMAT parquet)"
    try:
        engine.run(f"COPY ({written_select(opened, copy, engine)}) {form}")
    except database.Error:
        # A file that DuckDB reads otherwise than the standard library: the slow way reads any.
        engine.run(f"COPY ({written_select(opened, copy, engine, directly=False)}) {form}")


def read_bytes(path: Path, stated: str) -> Bytes:
    """Raises Unreadable where the file is in no encoding that we know."""
    with path.open("rb") as stream:
        head = stream.read(4)
    encoding = _encoding(path, stated, head)
    newlines = returns = pairs = quotes = 0
    last = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            newlines += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            quotes += chunk.count(b'"')
            last = chunk[-1:]
    ends = {(True, False, False): "LF", (False, False, True): "CRLF", (False, True, False): "CR"}
    found = ends.get((newlines > pairs, returns > pairs, pairs > 0), "mixed" if newlines or returns else "")
    return Bytes(encoding, head.startswith((codecs.BOM_UTF8, *_UTF16)), found, quotes)


def _encoding(path: Path, stated: str, head: bytes) -> str:
    """The encoding that the file is in: the stated one, or what spreadsheets save instead of UTF-8."""
    if head.startswith(_UTF16):
        return "utf-16"
    for candidate in (stated, "gb18030", "cp1252"):
        if _decodes(path, candidate):
            return candidate
    raise Unreadable("encoding-error", stated)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except (UnicodeDecodeError, LookupError):
        return False
    return True
