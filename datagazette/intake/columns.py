"""The type of each column, detected from all its values: never so that a value would be read as another one.

What looks like a number and is a code stays text: whatever has a leading zero or more digits than a number holds, what
has the shape of a code in all cells, and columns that are headed as codes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from datagazette.intake import numerals, unread
from datagazette.intake.counting import GUESSES, MISSING, NUMERIC, PRICE, Counted, cells_of, counts
from datagazette.intake.naming import Named
from datagazette.intake.notices import Notice, Place, misfit, notice, stopped
from datagazette.tables.engine import Engine, csv_path
from datagazette.tables.relation import LONGEST_LINE, groups
from datagazette.tables.sql import identifier, literal, literals
from datagazette.tables.types.field_type import Guess

_TOGETHER = 100  # columns that one query looks at: a query takes longer to plan than a small table to read
_MOST_TRUTHS = 3  # texts that look like truth values to each that does not: below, they are words or codes
_SOME = 1000  # distinct texts of a column that are looked at one by one
_FEW = 50  # distinct values that are kept
_EXAMPLES = 3  # of the cells that keep a column from its type
# The type of a column of numbers whose thousands may be decimals; nobody sees it.
UNCLEAR = "unclear"


@dataclass(frozen=True)
class Column:
    """A column with what was found out about it. `extras` are further properties of its field.

    `missing` are the texts for no value, `values` its distinct values where they are few, and none where they are many;
    `span` is the first and the last of its texts where these are days, months or years in the standard form.
    `notices` are what a person should know of how its type was found.
    """

    named: Named
    type: str = "string"
    extras: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    longest: int = 0
    values: tuple[str, ...] = ()
    span: tuple[str, str] | None = None
    digits: bool = False
    notices: tuple[Notice, ...] = ()

    def as_text(self) -> Column:
        return replace(self, type="string", extras={}, missing=())

    @property
    def name(self) -> str:
        return self.named.name

    @property
    def complete(self) -> bool:
        return self.rows > 0 and self.filled == self.rows

    @property
    def dated(self) -> bool:
        return self.type in ("year", "yearmonth", "date")

    @property
    def measured(self) -> bool:
        return self.type in NUMERIC and not self.named.coded


@dataclass(frozen=True)
class Written:
    """How a file writes: its delimiter, and the marks that a person has named or that its columns show.

    `point` is the mark of decimals, `first` is `d` or `m` where days or months come first; empty where that is unclear.
    """

    delimiter: str = ""
    point: str = ""
    first: str = ""


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Writes a CSV for `load`; how many characters its longest row has."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        write = csv.writer(stream, lineterminator="\n").writerow
        longest: int = max(map(write, chain([names], rows)))
    return longest


def load(engine: Engine, name: str, path: Path, columns: Sequence[str], longest: int) -> None:
    """The CSV that `write_csv` made, with rows of up to `longest` characters, as a table of texts."""
    size = max(longest * 4 + 100, LONGEST_LINE)
    typed = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS SELECT * FROM read_csv({csv_path(path)}, "
        f"columns = {{{typed}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"nullstr = '\x1f\x1e', new_line = '\\n', max_line_size = {size})"
    )


def columns(
    engine: Engine, table: str, named: Sequence[Named], lines: Sequence[int], text: frozenset[str], written: Written
) -> list[Column]:
    """Every column of a table; those in `text`, by label or name, stay text whatever they hold. `lines` are those of
    its rows in the file.

    Raises UsageError where a column holds thousands or decimals and nothing shows which.
    """
    counted = [column for group in groups(named, _TOGETHER) for column in counts(engine, table, group)]
    kept = {column.named.name for column in counted if {column.named.label, column.named.name} & text}
    written = _written([column for column in counted if column.named.name not in kept], written)
    found: list[Column] = []
    for column in counted:
        if column.named.name in kept:
            found.append(_plain(column))
        else:
            typed = _column(column, written)
            if column is counted[0] and typed.type == "number" and _differ_as_texts(engine, table, column):
                typed = replace(_plain(column), notices=(notice("codes", [Place()], column=typed.name),))
            found.append(_explained(engine, table, typed, column, lines))
    unclear = next((column for column in found if column.type == UNCLEAR), None)
    if unclear is not None:
        row, cells = _first(engine, table, unclear.name, "[+-]?[0-9]+[.,][0-9]{3} ?%?", fits=True)
        place = Place(lines[row], text=cells[0])
        raise stopped(table, notice("thousands-unclear", [place], column=unclear.named.label))
    return _listed(engine, table, found)


def _differ_as_texts(engine: Engine, table: str, column: Counted) -> bool:
    """Whether all texts of a column differ and some of their values do not: 1.1 and 1.10 are chapters then."""
    if not column.distinct == column.values == column.rows > 1:
        return False
    value = f"TRY_CAST({identifier(column.named.name)} AS DOUBLE)"
    distinct, count = engine.row(f"SELECT count(DISTINCT {value}), count({value}) FROM {identifier(table)}")
    return bool(distinct < count)


def _listed(engine: Engine, table: str, columns: Sequence[Column]) -> list[Column]:
    """The columns with their distinct values, where these are few, and with their spans."""
    found: list[Column] = []
    for group in groups(columns, _TOGETHER):
        few = [column.named for column in group if 0 < column.distinct <= _FEW]
        query = f"SELECT list_sort(list(DISTINCT v)) FROM {cells_of(table, few)} WHERE v <> '' GROUP BY k ORDER BY k"
        rows = engine.rows(query) if few else []
        values = {heading.name: tuple(row[0]) for heading, row in zip(few, rows, strict=True)}
        found += [
            replace(column, values=values.get(column.name, ()), span=_span(engine, table, column)) for column in group
        ]
    return found


def _span(engine: Engine, table: str, column: Column) -> tuple[str, str] | None:
    if not column.dated or column.extras or not column.filled:
        return None
    cell = identifier(column.name)
    ends = f"min({cell}), max({cell})"
    first, last = engine.row(
        f"SELECT {ends} FROM {identifier(table)} WHERE {cell} <> '' AND {cell} NOT IN ({literals(MISSING)})"
    )
    return str(first), str(last)


def _written(columns: Sequence[Counted], known: Written) -> Written:
    """What the columns of a file show of how it is written, where it is not known."""
    numbers = [column for column in columns if any(kind == "number" for kind, _ in column.fitting)]
    point = numerals.point_of(column.numerals for column in numbers if not column.headed_as_code)
    orders = [{_first_part(guess) for _, guess in column.fitting} - {""} for column in columns]
    firsts = set().union(*(order for order in orders if len(order) == 1))
    return replace(known, point=known.point or point, first=firsts.pop() if len(firsts) == 1 else "")


def _first_part(guess: Guess) -> str:
    """`d` or `m` for a date that begins with day or month, else nothing."""
    return str(guess.extras.get("format", ""))[1:2] if guess.extras.get("format", "")[:2] in ("%d", "%m") else ""


def _plain(counted: Counted) -> Column:
    """The column as text."""
    digits = counted.values == counted.numerals.whole > 0
    return Column(counted.named, rows=counted.rows, filled=counted.filled, distinct=counted.distinct,
                  longest=counted.longest, digits=digits)  # fmt: skip


def _column(counted: Counted, written: Written) -> Column:
    plain, fitting = _plain(counted), counted.fitting
    kind, guess = next(iter(fitting), ("string", Guess("")))
    if kind in (*NUMERIC, "boolean") and counted.headed_as_code:
        return plain
    if kind == "boolean" and counted.named.holds == "text":  # NO and NA are countries
        return plain
    if kind in NUMERIC:
        if counted.shaped_as_code:
            return replace(plain, notices=(notice("codes", [Place()], column=plain.name),))
        point = counted.numerals.point(written.point, written.delimiter)
        if not point:
            return replace(plain, type=UNCLEAR)
        if counted.values != counted.numerals.whole:  # whole numbers are the same with either mark
            kind, guess = next(
                (pair for pair in fitting if pair[1].extras.get("decimalChar", ".") == point), ("string", Guess(""))
            )
    firsts = sorted({_first_part(guess) for _, guess in fitting} - {""})
    if len(firsts) > 1:
        if not written.first:
            formats = [str(guess.extras["format"]) for _, guess in fitting if _first_part(guess)]
            found = notice("day-or-month", [Place()], column=plain.name, type=kind, first=formats[0], other=formats[1])
            return replace(plain, notices=(found,))
        kind, guess = next(pair for pair in fitting if _first_part(pair[1]) == written.first)
    if kind == "string":
        return plain
    mark = guess.extras.get("groupChar", "")
    unsure = mark in numerals.MARKS and not counted.numerals.marks
    notices = (notice("thousands", [Place()], column=plain.name, mark=mark),) if unsure else ()
    return replace(
        plain, type=kind, extras=guess.extras, missing=counted.missing, filled=counted.values, notices=notices
    )


def _explained(engine: Engine, table: str, column: Column, counted: Counted, lines: Sequence[int]) -> Column:
    """The column; where it is text although it nearly holds numbers or dates, with the cell that keeps it from that."""
    if column.type != "string" or column.notices:
        return column
    if counted.prices == counted.values > 0:
        row, cells = _first(engine, table, column.name, PRICE, fits=True)
        also, values = unread.amounts(_some(engine, table, column)) or ("currency-bare", {})
        place = Place(lines[row], text=cells[0])
        return replace(column, notices=(notice("currency", [place], also, column=column.name, **values),))
    if near := _near(counted):
        kind, pattern, misfits = near
        row, cells = _first(engine, table, column.name, pattern, fits=False)
        return replace(column, notices=(misfit(column.name, kind, misfits, counted.values, lines[row], cells),))
    if (
        not counted.named.coded
        and counted.longest <= unread.LONGEST
        and (found := _unread(engine, table, column, lines))
    ):
        return replace(column, notices=(found,))
    return column


def _unread(engine: Engine, table: str, column: Column, lines: Sequence[int]) -> Notice | None:
    """What a column of text says of itself whose cells look like days, times or amounts."""
    first = engine.rows(f"SELECT rowid, {_real(table, column)} ORDER BY rowid LIMIT 1")
    if not first or not unread.may_be_unread(first[0][1]):
        return None
    about = unread.unread(_some(engine, table, column))
    return about and notice("unread", [Place(lines[first[0][0]], text=first[0][1])], about[0], column=column.name,
                            **about[1])  # fmt: skip


def _some(engine: Engine, table: str, column: Column) -> list[str]:
    """The first distinct texts of a column, without those for no value."""
    rows = engine.rows(f"SELECT DISTINCT {_real(table, column)} ORDER BY {identifier(column.name)} LIMIT {_SOME}")
    return [text for (text,) in rows]


def _real(table: str, column: Column) -> str:
    cell = identifier(column.name)
    return f"{cell} FROM {identifier(table)} WHERE {cell} <> '' AND {cell} NOT IN ({literals(MISSING)})"


def _near(counted: Counted) -> tuple[str, str, int] | None:
    """(type, its pattern, how many values do not fit) where most values of a column of text are of a type."""
    headed = f"{counted.named.label} {counted.named.name}"
    counts = [
        (count, pair) for count, pair in zip(counted.fits, GUESSES, strict=True)
        if re.search(pair[1].heading, headed, re.IGNORECASE)
    ]  # fmt: skip
    count, (kind, guess) = max(counts, key=lambda pair: pair[0])
    misfits = counted.values - count
    named = counted.named
    if kind == "boolean":
        is_code = named.coded or named.holds == "text" or count < _MOST_TRUTHS * misfits
    else:
        is_code = kind in (*NUMERIC, "year") and (counted.coded > 0 or named.coded)
    return None if is_code or not misfits or count < misfits else (kind, guess.pattern, misfits)


def _first(engine: Engine, table: str, column: str, pattern: str, *, fits: bool) -> tuple[int, list[str]]:
    """(number of its row, cell with a few others) of the first value that fits a pattern, or does not."""
    cell, word = identifier(column), "" if fits else "NOT"
    found = engine.rows(
        f"SELECT min(rowid) AS row, {cell} FROM {identifier(table)} "
        f"WHERE {cell} <> '' AND {cell} NOT IN ({literals(MISSING)}) "
        f"AND {word} regexp_full_match({cell}, {literal(pattern)}) GROUP BY {cell} ORDER BY row LIMIT {_EXAMPLES}"
    )
    return int(found[0][0]), [str(value) for _, value in found]
