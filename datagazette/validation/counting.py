"""The one scan that a fine table costs: it counts what is wrong and looks nowhere.

The verdicts of a row's cells are packed into numbers of up to 62 bits, and the numbers that are not 0 are counted by
value: so one scan shows how often each rule is broken in each column, however many columns. Of each key it counts how
many rows have a value in it and how many distinct ones there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datagazette.model.problems import Problem
from datagazette.tables.cells import DOUBT, TYPE_BIT, Column
from datagazette.tables.prepared import Prepared
from datagazette.tables.relation import cells_of_line, whole_line
from datagazette.tables.sql import literal

_LONGEST_ODD_LINE = 10_000  # bytes
_BITS = 62
_BLANK = 1  # the lowest bit of every number: the whole row is blank
_LARGEST_BITMAP = 100_000_000  # bits, for each thread

# Columns whose verdicts share a number, each with the bit at which its verdict begins.
Pack = list[tuple[Column, int]]


class OutOfTime(Exception):
    """A table, or one that its foreign keys lead to, could not be checked in the time there is for it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True)
class Key:
    """A unique field, primary key or unique key. `code` is the error type of a row that breaks it. Where `needed`, a
    row must have a value in it; where `whole`, rows that lack one of the values are left out (Table Schema v2,
    `uniqueKeys`)."""

    code: str
    columns: tuple[Column, ...]
    needed: bool = False
    whole: bool = False

    @property
    def is_first_column(self) -> bool:
        """Whether the first column is all of it: that one is quick to cut from a line."""
        return [column.number for column in self.columns] == [1]


@dataclass(frozen=True)
class Counted:
    """A value of which distinct ones are counted, NULL where a row has none.

    Whole numbers from 0 to `span` are counted in a bitmap, which is much the quickest where keys are numbers
    in a row; whatever lies `outside` is counted by hash, or else not at all.
    """

    value: str
    span: int = 0
    outside: bool = True

    def counts(self, name: str) -> list[str]:
        """How many values there are in the column `name`, and how many distinct ones."""
        if not self.span:
            return [f"count({name})", f"count(DISTINCT {name})"]
        within = f"{name} BETWEEN 0 AND {self.span}"
        bitmap = f"coalesce(bit_count(bitstring_agg(CASE WHEN {within} THEN {name} END, 0, {self.span})), 0)"
        beyond = f" + count(DISTINCT CASE WHEN NOT {within} THEN {name} END)" if self.outside else ""
        return [f"count({name})", f"{bitmap}{beyond}"]


@dataclass(frozen=True)
class Tally:
    """What the scan counted: `verdicts` by (column number, verdict), `cells` of rows that are not blank by how many
    cells they have where that is not the right number, `keys` by key: (rows with a value, distinct values). `decided`
    are the columns whose doubtful cells have been judged since, and `settled` is how many of these are fine."""

    rows: int = 0
    blank: int = 0
    verdicts: Mapping[tuple[int, int], int] = field(default_factory=dict)
    cells: Mapping[int, int] = field(default_factory=dict)
    keys: tuple[tuple[int, int], ...] = ()
    decided: frozenset[int] = frozenset()
    settled: int = 0

    @property
    def doubtful(self) -> frozenset[int]:
        """The numbers of the columns with cells that SQL cannot judge."""
        return frozenset(number for number, verdict in self.verdicts if verdict == DOUBT)

    def has_kept(self, key: Key, number: int) -> bool:
        """Whether the scan has already shown that no row breaks the key at `number` of `keys_of`."""
        suspects = {column.number for column in key.columns}
        if suspects & self.decided or any(
            number in suspects and verdict & (TYPE_BIT | DOUBT) for number, verdict in self.verdicts
        ):
            return False
        filled, distinct = self.keys[number]
        return filled == distinct and (filled == self.rows or not key.needed)


def keys_of(table: Prepared) -> tuple[Key, ...]:
    """Every key of a table that its file has the columns for."""
    schema = table.source.table.schema
    found = [Key("unique-error", (column,)) for column in table.columns if column.field.constraints.get("unique")]
    if schema.primary_key and (columns := table.named(schema.primary_key)):
        found.append(Key("primary-key", columns, needed=True))
    several = [table.named(names) for names in schema.unique_keys if names]
    return (*found, *(Key("unique-error", columns, whole=True) for columns in several if columns))


def quick(key: Key, lines: int) -> Counted:
    """A value that is quick to count: rows with distinct ones hold distinct keys.

    It holds only where no cell of the key is wrong or doubtful. Rows that share it may still differ.
    `lines` is about how many rows there are.
    """
    values = [
        f"CASE WHEN {column.is_missing} THEN NULL "
        f"ELSE {f'hash({column.name})' if column.type.hashed else column.typed} END"
        for column in key.columns
    ]
    missing = (" OR " if key.whole else " AND ").join(column.is_missing for column in key.columns)
    value = values[0] if len(values) == 1 else f"hash({', '.join(values)})"
    only = key.columns[0]
    whole = len(key.columns) == 1 and only.field.type == "integer" and only.reading.certain != "FALSE"
    span = min(4 * lines + 1000, _LARGEST_BITMAP) if whole else 0
    return Counted(f"CASE WHEN {missing} THEN NULL ELSE {value} END", span)


def packs(columns: Sequence[Column]) -> list[Pack]:
    """The columns that can be wrong, as few numbers as hold them."""
    result: list[Pack] = [[]]
    at = 1
    for column in columns:
        if column.bits:
            if at + column.bits > _BITS and result[-1]:
                result.append([])
                at = 1
            result[-1].append((column, at))
            at += column.bits
    return result


def blank(columns: Sequence[Column]) -> str:
    """The condition that all cells of a row are missing."""
    return " AND ".join(column.is_missing for column in columns) or "FALSE"


def scan(relation: str, columns: Sequence[Column], cells: str, keys: Sequence[Counted], *, missing: str = "") -> str:
    """The counting SELECT over `relation`, which has `_complete`. `cells` is how many cells a row has. `missing` is
    the condition of a blank row, where that is not that all `columns` are.

    Values are read once, then good rows are recognised by cheap conditions alone; only the rest is judged closely.
    """
    coded = _codes(columns, "_fine", missing or blank(columns), lambda column: column.verdict)
    return _counted(
        columns,
        keys,
        f"SELECT CASE WHEN _fine THEN {len(columns)} ELSE {cells} END AS _cells{coded}{_named(keys)} FROM ("
        f"SELECT *, {_fine(columns, missing)} AS _fine FROM {with_values(relation, columns)})",
    )


def scan_lines(
    lines: str, columns: Sequence[Column], fine_line: str, delimiter: str, keys: Sequence[Counted], quote: str = "",
    *, keyed: bool = False,
) -> str:  # fmt: skip
    """The counting SELECT over whole lines, `x`. Only lines for which `fine_line` does not hold are taken
    apart. `keys` are of the first column alone.

    With `quote`, the statement ends with an error at a line in which a cell may go on in the next one, and where first
    cells are `keyed`, at one that is not fine and begins with a quote.
    """
    cells = cells_of_line(delimiter, quote)
    if quote:
        torn = f"{f'starts_with(x, {literal(quote)}) OR ' if keyed else ''}NOT {whole_line(delimiter, quote)}"
        cells = f"CASE WHEN contains(x, {literal(quote)}) AND ({torn}) THEN error(x) ELSE {cells} END"
    missing = " AND ".join(column.is_missing_in(f"l[{column.number}]") for column in columns)
    coded = _codes(columns, "l IS NULL", missing, lambda column: column.verdict_of(f"l[{column.number}]"))
    return _counted(
        columns,
        keys,
        f"SELECT coalesce(len(l), {len(columns)}) AS _cells{coded}{_named(keys)} "
        f"FROM (SELECT *, CASE WHEN {fine_line} THEN NULL ELSE {cells} END AS l "
        f"FROM {with_first_cell(lines, columns[0], delimiter, quote) if keys else lines})",
    )


def with_values(relation: str, columns: Sequence[Column]) -> str:
    """A relation with the values of some of its columns."""
    return f"(SELECT *{''.join(f', {column.value} AS {column.typed}' for column in columns)} FROM {relation})"


def with_first_cell(lines: str, first: Column, delimiter: str, quote: str = "") -> str:
    """The lines with their first cell and its value, which are quick to cut off. It holds no delimiter, and no quotes
    but the two around it, where `quote` is given."""
    cell = "CASE WHEN _end > 0 THEN left(x, _end - 1) ELSE x END"
    if quote:
        cell = f"replace({cell}, {literal(quote)}, '')"
    cut = f"SELECT x, {cell} AS {first.name} FROM (SELECT x, instr(x, {literal(delimiter)}) AS _end FROM {lines})"
    return with_values(f"({cut})", [first])


def scan_fine(relation: str, columns: Sequence[Column], keys: Sequence[Counted], *, missing: str = "") -> str:
    """How many rows there are, how many are surely fine, and the keys: a small part of `scan`, for tables so
    small that it takes longer to plan a query than to run it."""
    return (
        f"SELECT {_fine_counts(keys)} FROM (SELECT {_fine(columns, missing)} AS _fine{_named(keys)} "
        f"FROM {with_values(relation, columns)})"
    )


def scan_fine_lines(lines: str, fine_line: str, kept: int, keys: Sequence[Counted]) -> str:
    """The same over whole lines, after how long they are together, and up to `kept` odd lines, those that are not
    surely fine. `lines` have their first cell where keys are counted."""
    odd = f"min(x, {kept}) FILTER (WHERE NOT _fine AND strlen(x) < {_LONGEST_ODD_LINE})"
    return (
        f"SELECT coalesce(sum(strlen(x)), 0)::BIGINT, {odd}, {_fine_counts(keys)} "
        f"FROM (SELECT *, {fine_line} AS _fine{_named(keys)} FROM {lines})"
    )


def count_keys(relation: str, columns: Sequence[Column], keys: Sequence[Counted]) -> str:
    """The counts of keys alone, over a relation of which only their columns are read."""
    return f"SELECT {', '.join(_counts(keys))} FROM (SELECT 0{_named(keys)} FROM {with_values(relation, columns)})"


def read_counts(row: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """How many values each key has, and how many distinct ones."""
    return tuple(zip(row[0::2], row[1::2], strict=True))


def read_tally(row: Sequence[Any], columns: Sequence[Column]) -> Tally:
    """The one row of `scan` or `scan_lines`, taken apart."""
    packed = packs(columns)
    rows, cells, *rest = row
    verdicts: Counter[tuple[int, int]] = Counter()
    for pack, counts in zip(packed, rest[: len(packed)], strict=True):
        for code, count in (counts or {}).items():
            for column, shift in pack:
                if verdict := (code >> shift) & ((1 << column.bits) - 1):
                    verdicts[column.number, verdict] += count
    blank_rows = sum(count for code, count in (rest[0] or {}).items() if code & _BLANK)
    return Tally(rows, blank_rows, verdicts, cells or {}, read_counts(rest[len(packed) :]))


def _codes(columns: Sequence[Column], fine: str, missing: str, verdict: Callable[[Column], str]) -> str:
    """The numbers `v0`, `v1` and so on that hold a row's verdicts, each after a comma."""
    sums = [" + ".join(f"((({verdict(column)})::BIGINT) << {shift})" for column, shift in pack) or "0"
            for pack in packs(columns)]  # fmt: skip
    return "".join(
        f", CASE WHEN {fine} THEN 0 WHEN {missing} THEN {_BLANK} ELSE {code} END AS v{number}"
        for number, code in enumerate(sums)
    )


def _named(keys: Sequence[Counted]) -> str:
    return "".join(f", {key.value} AS k{number}" for number, key in enumerate(keys))


def _counts(keys: Sequence[Counted]) -> list[str]:
    return [count for number, key in enumerate(keys) for count in key.counts(f"k{number}")]


def _fine_counts(keys: Sequence[Counted]) -> str:
    return ", ".join(["count(*)", "count(*) FILTER (WHERE _fine)", *_counts(keys)])


def _counted(columns: Sequence[Column], keys: Sequence[Counted], rows: str) -> str:
    counted = ["count(*)", f"histogram(_cells) FILTER (WHERE _cells <> {len(columns)} AND v0 & {_BLANK} = 0)"]
    counted += [f"histogram(v{number}) FILTER (WHERE v{number} <> 0)" for number in range(len(packs(columns)))]
    return f"SELECT {', '.join([*counted, *_counts(keys)])} FROM ({rows})"


def _fine(columns: Sequence[Column], missing: str = "") -> str:
    """The condition of a row without fault, in a query that has the columns' values and all cells."""
    parts = [column.fine for column in columns if column.fine != "TRUE"]
    if not any(column.fine.startswith("NOT") for column in columns):
        parts.insert(0, f"NOT ({missing or blank(columns)})")
    return " AND ".join(["_complete", *parts])
