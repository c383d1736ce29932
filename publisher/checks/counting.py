"""The one scan that a fine table costs: it counts what is wrong and looks nowhere.

The verdicts of a row's cells are packed into numbers of up to 62 bits, and the numbers that are not 0 are
counted by value: so one scan tells how often each rule is broken in each column, however many columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from publisher.checks.columns import DOUBT, Column

_BITS = 62
_BLANK = 1  # the lowest bit of every number: the whole row is blank


@dataclass(frozen=True)
class Pack:
    """Columns whose verdicts share a number; `shifts` are where each one's verdict begins."""

    columns: tuple[Column, ...]
    shifts: tuple[int, ...]

    @property
    def code(self) -> str:
        """The number, in SQL, for a row that is not blank."""
        parts = [
            f"((({column.verdict})::BIGINT) << {shift})"
            for column, shift in zip(self.columns, self.shifts, strict=True)
        ]
        return " + ".join(parts) or "0"

    def verdicts(self, code: int) -> list[tuple[Column, int]]:
        """The verdicts that are not 0."""
        found = [
            (column, (code >> shift) & ((1 << column.bits) - 1))
            for column, shift in zip(self.columns, self.shifts, strict=True)
        ]
        return [(column, verdict) for column, verdict in found if verdict]


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


def scan(relation: str, columns: Sequence[Column], cells: str, keys: Sequence[str]) -> str:
    """The counting SELECT. `cells` is the SQL of how many cells a row has, `keys` of values to count distinct
    ones of, NULL where a row has none."""
    coded = ", ".join(
        f"CASE WHEN _blank THEN {_BLANK} ELSE {pack.code} END AS v{number}"
        for number, pack in enumerate(packs(columns))
    )
    keyed = "".join(f", {key} AS k{number}" for number, key in enumerate(keys))
    width = len(columns)
    counted = ["count(*)", f"histogram(_cells) FILTER (WHERE _cells <> {width} AND NOT _blank)"]
    counted += [f"histogram(v{number}) FILTER (WHERE v{number} <> 0)" for number in range(len(packs(columns)))]
    for number in range(len(keys)):
        counted += [f"count(k{number})", f"count(DISTINCT k{number})"]
    return (
        f"SELECT {', '.join(counted)} FROM (SELECT {blank(columns)} AS _blank, {cells} AS _cells, {coded}{keyed} "
        f"FROM {relation})"
    )


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
    counted = [_number(one) for one in rest[len(packed) :]]
    return Tally(_number(rows), blank_rows, verdicts, _histogram(cells), tuple(counted[1::2]), tuple(counted[0::2]))


def _histogram(found: object) -> dict[int, int]:
    return {int(key): int(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0
