"""The rows of a table before and after: one side's read from its CSV, and both against each other.

A side is a Parquet file with the text and the typed value of every cell. A CSV that would not pass the check is read
as far as it can be: in the encoding that it seems to have, its columns found by their labels, and a column with a cell
that is not of its type as text.

Rows are compared by primary key whatever their order, else as bags of rows. Everything is a query over two relations
and runs out of core. In the SQL here, `a` is the row after, `b` the row before.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from datagazette.model.resource import Table
from datagazette.tables import engine as database
from datagazette.tables.cells import BadConstraint
from datagazette.tables.engine import Engine
from datagazette.tables.layout import Layout, TableSource, Unreadable
from datagazette.tables.parquet import WRITTEN, write_texts
from datagazette.tables.parts import parts
from datagazette.tables.prepared import Prepared, prepare
from datagazette.tables.sql import columns, count_of, field_column, field_of, literal

LINE = WRITTEN
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK = 1 << 20
_SAVED = ("gb18030", "cp1252", "cp1251", "mac_roman")  # what programs save instead of UTF-8, the likeliest first
_WORDS = 4_000_000  # characters whose words are compared
_LINES = 5  # of rows without a key of their own that are named
_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class Relation:
    """Rows as FROM takes them, and the DuckDB type of each column by its name, in the file's order.

    `has_texts`: beside each column there is `written(name)`, which holds what was written in it.
    """

    source: str
    types: Mapping[str, str]
    has_texts: bool = False

    def columns(self, name: str) -> Sequence[str]:
        """The columns of a field."""
        return (name, written(name)) if self.has_texts else (name,)

    def renamed(self, names: Mapping[str, str]) -> Relation:
        """The same with other names for some columns."""
        if not names:
            return self
        texts = [(written(was), written(now)) for was, now in names.items()] if self.has_texts else []
        pairs = [*names.items(), *texts]
        renaming = ", ".join(f"{field_column(was)} AS {field_column(now)}" for was, now in pairs)
        types = {names.get(name, name): kind for name, kind in self.types.items()}
        return replace(self, source=f"(SELECT * RENAME ({renaming}) FROM {self.source})", types=types)


@dataclass(frozen=True)
class Bytes:
    """How a file is written. `line_ends` are `LF`, `CRLF`, `CR` or `mixed`; `quotes` how many there are."""

    encoding: str
    byte_order_mark: bool
    line_ends: str
    quotes: int


@dataclass(frozen=True)
class Side:
    """A table as it is compared: its `count` rows, without those that hold nothing, of which there are `empty_rows`."""

    table: Table
    rows: Relation
    count: int
    empty_rows: int
    first_empty_line: int | None
    layout: Layout
    bytes: Bytes


def written(name: str) -> str:
    """The column with the text of a field's cells."""
    return WRITTEN + name


def relation(engine: Engine, source: str) -> Relation:
    return Relation(source, {field_of(name): kind for name, kind in engine.columns(f"SELECT * FROM {source}")})


def read_side(engine: Engine, table: Table, path: Path, folder: Path, before: tuple[Path, str] | None = None) -> Side:
    """Writes the rows below `folder`, which exists and is this side's own. Raises Unreadable.

    `before` is the file of the other side with its encoding; its words decide where this one is in another encoding.
    """
    seen = _bytes(path, table.dialect.encoding, before)
    opened = _opened(replace(table, dialect=replace(table.dialect, encoding=seen.encoding)), path)
    target, copy = folder / "rows.parquet", folder / "copy.csv"
    try:
        write_texts(opened, copy, engine, target)
    except database.Error:
        # A file that DuckDB reads otherwise than the standard library: the slow way reads any.
        write_texts(opened, copy, engine, target, directly=False)
    source = f"read_parquet({literal(str(target))})"
    types = {name: kind for name, kind in relation(engine, source).types.items() if not name.startswith(WRITTEN)}
    empty = " AND ".join(f"coalesce({field_column(written(name))}, '') = ''" for name in types) or "FALSE"
    count, blank, line = engine.row(
        f"SELECT count(*), {count_of(empty)}, min({field_column(LINE)}) FILTER ({empty}) FROM {source}"
    )
    rows = Relation(f"(SELECT * FROM {source} WHERE NOT ({empty}))" if blank else source, types, has_texts=True)
    return Side(table, rows, count - blank, blank, line, opened.layout, seen)


def _opened(table: Table, path: Path) -> Prepared:
    """The table with its columns found by label where the file has labels, else by place."""
    by_label = replace(table, schema=replace(table.schema, fields_match="partial"))
    try:
        with suppress(Unreadable):
            opened = prepare(TableSource(by_label, path), Path())
            if {column.field.name for column in opened.columns} & {field.name for field in table.schema.fields}:
                return opened
        return prepare(TableSource(table, path), Path())
    except BadConstraint as error:
        raise Unreadable("field-error", str(error)) from error


def _bytes(path: Path, stated: str, before: tuple[Path, str] | None) -> Bytes:
    """Raises Unreadable where the file is in no encoding that we know."""
    newlines = returns = pairs = quotes = 0
    last = b""
    with path.open("rb") as stream:
        head = stream.read(4)
        encoding = _encoding(path, stated, head, before)
        stream.seek(0)
        while chunk := stream.read(_CHUNK):
            newlines += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            quotes += chunk.count(b'"')
            last = chunk[-1:]
    ends = {(True, False, False): "LF", (False, False, True): "CRLF", (False, True, False): "CR"}
    found = ends.get((newlines > pairs, returns > pairs, pairs > 0), "mixed" if newlines or returns else "")
    return Bytes(encoding, head.startswith((codecs.BOM_UTF8, *_UTF16)), found, quotes)


def _encoding(path: Path, stated: str, head: bytes, before: tuple[Path, str] | None) -> str:
    """The encoding that the file is in: the stated one, or one that spreadsheets save in its place. Where several
    fit, that in which the file has most words of the one before."""
    if head.startswith(_UTF16):
        return "utf-16"
    if _decodes(path, stated):
        return stated
    fitting = [candidate for candidate in _SAVED if _decodes(path, candidate)]
    if not fitting:
        raise Unreadable("encoding-error", stated)
    known = _words(*before) if before and len(fitting) > 1 else set()
    return max(fitting, key=lambda candidate: len(_words(path, candidate) & known)) if known else fitting[0]


def _decodes(path: Path, encoding: str) -> bool:
    with suppress(UnicodeDecodeError, LookupError), path.open(encoding=encoding, newline="") as stream:
        while stream.read(_CHUNK):
            pass
        return True
    return False


def _words(path: Path, encoding: str) -> set[str]:
    """The words of a file, or of its beginning, that have letters beyond ASCII."""
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        return {word for word in re.findall(r"\w+", stream.read(_WORDS)) if not word.isascii()}


@dataclass(frozen=True)
class Excused:
    """Differences that do not count as changes, because they are reported as something else.

    `cells` holds a condition over `a` and `b` by field; `added` and `removed` conditions over `a` and over `b`.
    `written` holds conditions of cells that are the same value in another form.
    """

    cells: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    added: str = "FALSE"
    removed: str = "FALSE"


@dataclass(frozen=True)
class RowComparison:
    """A plan: the queries that find the differences of two tables. `key` is empty where rows are compared as a bag."""

    old: Relation
    new: Relation
    shared: tuple[str, ...]
    key: tuple[str, ...]
    excused: Excused = Excused()

    @property
    def rest(self) -> tuple[str, ...]:
        return tuple(name for name in self.shared if name not in self.key)

    @property
    def same_key(self) -> str:
        return " AND ".join(f"{self.value('a', name)} = {self.value('b', name)}" for name in self.key)

    @property
    def joined(self) -> str:
        """Rows that both tables have."""
        return f"{self.new.source} AS a JOIN {self.old.source} AS b ON {self.same_key}"

    def differs(self, name: str) -> str:
        """Whether the cell of a field holds another value, one that is not excused."""
        differs = f"{self.value('a', name)} IS DISTINCT FROM {self.value('b', name)}"
        known = (self.excused.cells.get(name), self.excused.written.get(name))
        excuses = "".join(f" AND NOT coalesce({excuse}, FALSE)" for excuse in known if excuse)
        return f"({differs}{excuses})"

    def is_rewritten(self, name: str) -> str:
        """Whether a cell holds the same value, written in another way."""
        texts = f"{field_column(written(name), 'a')} IS DISTINCT FROM {field_column(written(name), 'b')}"
        same = f"({self.value('a', name)} IS NOT DISTINCT FROM {self.value('b', name)} AND {texts})"
        excuse = self.excused.written.get(name)
        return f"({same} OR coalesce({excuse}, FALSE))" if excuse else same

    def value(self, side: str, name: str) -> str:
        """A cell as a value that can be compared with that of the other side: as text where the types differ."""
        cell = field_column(name, side)
        old, new = self.old.types[name], self.new.types[name]
        if old == new or (is_numeric(old) and is_numeric(new)):
            return cell
        if self.old.has_texts and self.new.has_texts:
            return f"CASE WHEN {cell} IS NOT NULL THEN {field_column(written(name), side)} END"
        return f"CAST({cell} AS VARCHAR)"

    @property
    def added(self) -> str:
        """FROM and WHERE of the rows that only the table after has."""
        return self._only("a", self.new, "b", self.old, self.excused.added)

    @property
    def removed(self) -> str:
        return self._only("b", self.old, "a", self.new, self.excused.removed)

    def _only(self, side: str, these: Relation, other: str, those: Relation, excuse: str) -> str:
        if self.key:
            pairs = f"{these.source} AS {side} ANTI JOIN {those.source} AS {other} ON {self.same_key}"
            return f"FROM {pairs} WHERE NOT ({excuse})"
        names, others = (
            ", ".join(f"{self.value(letter, name)} AS {field_column(name)}" for name in self.shared)
            for letter in (side, other)
        )
        return (
            f"FROM (SELECT {names} FROM {these.source} AS {side} "
            f"EXCEPT ALL SELECT {others} FROM {those.source} AS {other}) AS {side} WHERE NOT ({excuse})"
        )

    @property
    def changed(self) -> str:
        """FROM and WHERE of the rows that have a changed cell."""
        any_cell = " OR ".join(map(self.differs, self.rest)) or "FALSE"
        return f"FROM {self.joined} WHERE {any_cell}"


def in_parts(
    engine: Engine, plan: RowComparison, names: Sequence[str]
) -> Iterator[tuple[Sequence[str], RowComparison]]:
    """(some of the fields, the plan over these and the key alone), all of them together where they are few.

    A plan lasts until the next one is asked for.
    """
    sides = []
    for side, called in ((plan.old, "before"), (plan.new, "after")):
        beside = [column for name in plan.key for column in side.columns(name)] + ([LINE] if side.has_texts else [])
        sides.append(parts(engine, side.source, names, beside, called=called, own=side.columns))
    for (group, before), (_, after) in zip(*sides, strict=True):
        old, new = replace(plan.old, source=before), replace(plan.new, source=after)
        yield group, replace(plan, old=old, new=new, shared=(*plan.key, *group))


def plan_rows(old: Relation, new: Relation, old_key: Sequence[str], new_key: Sequence[str]) -> RowComparison:
    """By key where both tables have the same one and its columns are there; the columns in the new table's order."""
    shared = tuple(name for name in new.types if name in old.types)
    keyed = bool(new_key) and list(old_key) == list(new_key) and set(new_key) <= set(shared)
    return RowComparison(old, new, shared, tuple(new_key) if keyed else ())


def is_numeric(kind: str) -> bool:
    return kind.partition("(")[0] in _NUMERIC


def broken_lines(engine: Engine, source: str, key: Sequence[str]) -> tuple[int, ...]:
    """The first lines of rows that have a key in common, or lack a part of it."""
    names, lacks = columns(key), " OR ".join(f"{field_column(name)} IS NULL" for name in key)
    shared = f"SELECT {names} FROM {source} GROUP BY ALL HAVING count(*) > 1"
    found = engine.rows(
        f"SELECT {field_column(LINE)} AS line FROM {source} WHERE {lacks} OR ({names}) IN ({shared}) "
        f"ORDER BY line LIMIT {_LINES}"
    )
    return tuple(line for (line,) in found)


def is_unique(engine: Engine, source: str, key: Sequence[str]) -> bool:
    """Whether no two rows have the same key, and none lacks it."""
    whole = " AND ".join(f"{field_column(name)} IS NOT NULL" for name in key)
    rows, present, distinct = engine.row(
        f"SELECT count(*), {count_of(whole)}, count(DISTINCT ({columns(key)})) FROM {source}"
    )
    return bool(rows == present == distinct)
