"""The one scan that a fine table costs: it counts what is wrong and looks nowhere.

The verdicts of a row's cells are packed into numbers of up to 62 bits, and the numbers that are not 0 are
counted by value: so one scan tells how often each rule is broken in each column, however many columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from datagazette.tables.cells import DOUBT, Column
from datagazette.tables.sql import literal

_BITS = 62
ODD_LINES = 1000  # that are kept to be looked at closely
_LONGEST_ODD_LINE = 10_000  # bytes
_BLANK = 1  # the lowest bit of every number: the whole row is blank


@dataclass(frozen=True)
class Pack:
    """Columns whose verdicts share a number; `shifts` are where each one's verdict begins."""

    columns: tuple[Column, ...]
    shifts: tuple[int, ...]

    @property
    def code(self) -> str:
        """The number, in SQL, for a row that is not blank."""
        return self._code([column.verdict for column in self.columns])

    def code_over(self, cells: Sequence[str]) -> str:
        """The same over other expressions of the row's cells."""
        return self._code([column.verdict_of(cells[column.number - 1]) for column in self.columns])

    def _code(self, verdicts: Sequence[str]) -> str:
        shifted = (f"((({verdict})::BIGINT) << {shift})" for verdict, shift in zip(verdicts, self.shifts, strict=True))
        return " + ".join(shifted) or "0"

    def verdicts(self, code: int) -> list[tuple[Column, int]]:
        """The verdicts that are not 0."""
        found = [
            (column, (code >> shift) & ((1 << column.bits) - 1))
            for column, shift in zip(self.columns, self.shifts, strict=True)
        ]
        return [(column, verdict) for column, verdict in found if verdict]


@dataclass(frozen=True)
class Counted:
    """A value of which distinct ones are counted, NULL where a row has none.

    Whole numbers from 0 to `span` are counted in a bitmap, which is much the quickest where keys are numbers
    in a row; whatever lies `outside` is counted by hash, or else not at all.
    """

    value: str
    span: int = 0
    outside: bool = True

    def counts(self, number: int) -> list[str]:
        """How many values there are, and how many distinct ones."""
        name = f"k{number}"
        if not self.span:
            return [f"count({name})", f"count(DISTINCT {name})"]
        within = f"{name} BETWEEN 0 AND {self.span}"
        bitmap = f"coalesce(bit_count(bitstring_agg(CASE WHEN {within} THEN {name} END, 0, {self.span})), 0)"
        beyond = f" + count(DISTINCT CASE WHEN NOT {within} THEN {name} END)" if self.outside else ""
        return [f"count({name})", f"{bitmap}{beyond}"]


@dataclass(frozen=True)
class Tally:
    """What the scan counted: `verdicts` by (column number, verdict), `cells` of rows that are not blank by
    how many cells they have where that is not the right number, `distinct` and `keyed` by key. `decided` are
    the columns whose doubtful cells have been judged since."""

    rows: int = 0
    blank: int = 0
    verdicts: Mapping[tuple[int, int], int] = field(default_factory=dict)
    cells: Mapping[int, int] = field(default_factory=dict)
    distinct: tuple[int, ...] = ()
    keyed: tuple[int, ...] = ()
    decided: frozenset[int] = frozenset()

    @property
    def doubtful(self) -> frozenset[int]:
        """The numbers of the columns with cells that SQL cannot judge."""
        return frozenset(number for number, verdict in self.verdicts if verdict == DOUBT)


@dataclass(frozen=True)
class FineLines:
    """A tally that says nothing of the `odd` lines, those that are not surely fine; `complete`: whether they are
    all that there are. `bytes` are those of all lines without their ends, `quotes` whether an odd one holds a quote."""

    tally: Tally
    bytes: int
    quotes: bool
    odd: tuple[str, ...]
    complete: bool


def packs(columns: Sequence[Column]) -> tuple[Pack, ...]:
    """The columns that can be wrong, as few numbers as hold them."""
    result: list[Pack] = []
    chosen: list[Column] = []
    shifts: list[int] = []
    at = 1
    for column in columns:
        if not column.bits:
            continue
        if at + column.bits > _BITS and chosen:
            result.append(Pack(tuple(chosen), tuple(shifts)))
            chosen, shifts, at = [], [], 1
        chosen.append(column)
        shifts.append(at)
        at += column.bits
    return (*result, Pack(tuple(chosen), tuple(shifts)))


def blank(columns: Sequence[Column]) -> str:
    """The condition that all cells of a row are missing."""
    return " AND ".join(column.is_missing for column in columns) or "FALSE"


def scan(relation: str, columns: Sequence[Column], cells: str, keys: Sequence[Counted]) -> str:
    """The counting SELECT over `relation`, which has `_complete`. `cells` is how many cells a row has.

    Values are read once, then good rows are told by cheap conditions alone; only the rest is judged closely.
    """
    typed = "".join(f", {column.value} AS {column.typed}" for column in columns)
    codes = [pack.code for pack in packs(columns)]
    coded = "".join(
        f", CASE WHEN _fine THEN 0 WHEN {blank(columns)} THEN {_BLANK} ELSE {code} END AS v{number}"
        for number, code in enumerate(codes)
    )
    width = len(columns)
    return _counted(
        width,
        len(codes),
        keys,
        f"SELECT CASE WHEN _fine THEN {width} ELSE {cells} END AS _cells{coded}{_named(keys)} FROM ("
        f"SELECT *, {fine(columns)} AS _fine FROM (SELECT *{typed} FROM {relation}))",
    )


def scan_lines(lines: str, columns: Sequence[Column], fine_line: str, delimiter: str, keys: Sequence[Counted]) -> str:
    """The counting SELECT over whole lines, `x`. Only lines for which `fine_line` does not hold are taken
    apart. `keys` are of the first column alone."""
    cells = [f"l[{number}]" for number in range(1, len(columns) + 1)]
    missing = " AND ".join(column.is_missing_in(cell) for column, cell in zip(columns, cells, strict=True))
    packed = packs(columns)
    coded = "".join(
        f", CASE WHEN l IS NULL THEN 0 WHEN {missing} THEN {_BLANK} ELSE {pack.code_over(cells)} END AS v{number}"
        for number, pack in enumerate(packed)
    )
    split = f"string_split(x, {literal(delimiter)})"
    width = len(columns)
    return _counted(
        width,
        len(packed),
        keys,
        f"SELECT coalesce(len(l), {width}) AS _cells{coded}{_named(keys)} "
        f"FROM (SELECT *, CASE WHEN {fine_line} THEN NULL ELSE {split} END AS l "
        f"FROM {with_first_cell(lines, columns[0], delimiter) if keys else lines})",
    )


def with_first_cell(lines: str, first: Column, delimiter: str, quote: str = "") -> str:
    """The lines with their first cell and its value, which are quick to cut off. It holds no delimiter, and no quotes
    but the two around it, where `quote` is given."""
    cell = "CASE WHEN _end > 0 THEN left(x, _end - 1) ELSE x END"
    if quote:
        cell = f"replace({cell}, {literal(quote)}, '')"
    return (
        f"(SELECT *, {first.value} AS {first.typed} FROM (SELECT x, {cell} AS {first.name} FROM ("
        f"SELECT x, instr(x, {literal(delimiter)}) AS _end FROM {lines})))"
    )


def scan_fine(relation: str, columns: Sequence[Column], keys: Sequence[Counted]) -> str:
    """How many rows there are, how many are surely fine, and the keys: a small part of `scan`, for tables so
    small that it takes longer to plan a query than to run it."""
    typed = "".join(f", {column.value} AS {column.typed}" for column in columns)
    return (
        f"SELECT {_fine_counts(keys)} FROM (SELECT {fine(columns)} AS _fine{_named(keys)} "
        f"FROM (SELECT *{typed} FROM {relation}))"
    )


def scan_fine_lines(lines: str, fine_line: str, quote: str, keys: Sequence[Counted]) -> str:
    """The same over whole lines, with how long they are together, how many odd ones hold a quote, and the odd lines.
    `lines` have their first cell where keys are counted."""
    quoted = f"count(*) FILTER (WHERE NOT _fine AND contains(x, {literal(quote)}))" if quote else "0"
    odd = f"min(x, {ODD_LINES}) FILTER (WHERE NOT _fine AND strlen(x) < {_LONGEST_ODD_LINE})"
    return (
        f"SELECT coalesce(sum(strlen(x)), 0)::BIGINT, {quoted}, {odd}, {_fine_counts(keys)} "
        f"FROM (SELECT *, {fine_line} AS _fine{_named(keys)} FROM {lines})"
    )


def _fine_counts(keys: Sequence[Counted]) -> str:
    return ", ".join(
        ["count(*)", "count(*) FILTER (WHERE _fine)"]
        + [count for at, key in enumerate(keys) for count in key.counts(at)]
    )


def read_fine(row: Sequence[object]) -> Tally | None:
    """The tally of `scan_fine`, or None where not every row is fine."""
    keyed, distinct = read_counts(row[2:])
    return Tally(_number(row[0]), distinct=distinct, keyed=keyed) if row[0] == row[1] else None


def read_fine_lines(row: Sequence[object]) -> FineLines:
    """The answer to `scan_fine_lines`."""
    size, quotes, odd, rows, fine_rows, *counts = row
    keyed, distinct = read_counts(counts)
    tally = Tally(_number(rows), distinct=distinct, keyed=keyed)
    listed = tuple(map(str, odd)) if isinstance(odd, list) else ()
    return FineLines(tally, _number(size), bool(quotes), listed, _number(fine_rows) + len(listed) == tally.rows)


def count_keys(relation: str, columns: Sequence[Column], keys: Sequence[Counted]) -> str:
    """The counts of keys alone, over a relation of which only their columns are read."""
    typed = "".join(f", {column.value} AS {column.typed}" for column in columns)
    counts = ", ".join(count for key in range(len(keys)) for count in keys[key].counts(key))
    return f"SELECT {counts} FROM (SELECT 0{_named(keys)} FROM (SELECT *{typed} FROM {relation}))"


def read_counts(row: Sequence[object]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How many values each key has, and how many distinct ones."""
    counted = [_number(count) for count in row]
    return tuple(counted[0::2]), tuple(counted[1::2])


def _named(keys: Sequence[Counted]) -> str:
    return "".join(f", {key.value} AS k{number}" for number, key in enumerate(keys))


def _counted(width: int, codes: int, keys: Sequence[Counted], rows: str) -> str:
    counted = ["count(*)", f"histogram(_cells) FILTER (WHERE _cells <> {width} AND v0 & {_BLANK} = 0)"]
    counted += [f"histogram(v{number}) FILTER (WHERE v{number} <> 0)" for number in range(codes)]
    for number, key in enumerate(keys):
        counted += key.counts(number)
    return f"SELECT {', '.join(counted)} FROM ({rows})"


def fine(columns: Sequence[Column]) -> str:
    """The condition of a row without fault, in a query that has the columns' values and all cells."""
    parts = [column.fine for column in columns if column.fine != "TRUE"]
    if not any(column.fine.startswith("NOT") for column in columns):
        parts.insert(0, f"NOT ({blank(columns)})")
    return " AND ".join(["_complete", *parts])


def read_tally(row: Sequence[object], columns: Sequence[Column]) -> Tally:
    """The scan's one row, taken apart."""
    packed = packs(columns)
    rows, cells, *rest = row
    verdicts: dict[tuple[int, int], int] = {}
    blank_rows = 0
    for pack, counts in zip(packed, rest[: len(packed)], strict=True):
        blank_rows = 0
        for code, count in _histogram(counts).items():
            if code & _BLANK:
                blank_rows += count
            for column, verdict in pack.verdicts(code):
                at = (column.number, verdict)
                verdicts[at] = verdicts.get(at, 0) + count
    counted = [_number(count) for count in rest[len(packed) :]]
    return Tally(_number(rows), blank_rows, verdicts, _histogram(cells), tuple(counted[1::2]), tuple(counted[0::2]))


def _histogram(found: object) -> dict[int, int]:
    return {int(key): int(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0
