"""CSV: the rows of a submitted file, a copy of it that Excel reads, and the results of summaries."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from datagazette.describe.notation import cell
from datagazette.model.resource import Dialect, Field
from datagazette.model.results import SummaryResult, Value
from datagazette.tables.layout import Layout, is_content, open_text, read_layout, read_rows
from datagazette.tables.types import TYPES
from datagazette.tables.types.numbers import WrittenNumber

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Numbers with a sign, which spreadsheets read as such; an earlier program knew no exponents, and no point at first.
_NUMBER = re.compile(r"[+-]?([0-9][0-9.,]*|\.[0-9]+)([eE][+-]?[0-9]+)?%?")
_EARLIER_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*%?")
# A number with its unit or with blanks between its thousands, which cannot be computed.
_MEASURED = re.compile(r"[+-]?[ \xa0]?[0-9.][^-=+*/^&<>()!|@:;,\"'{}\[\]\t\r\n]*")
_FORMULA_BEGINS = re.compile(rb"(?:^|[,\"])(?:[=@\t\r]|[+-][^0-9])|[;\t](?:[=@]|[+-][^0-9])")
# What is in no row, its cells after one another behind `_CELL`, of which none is guarded.
_CELL = "\x00"
_GUARDED = re.compile("\x00[-=+@\t\r]|[;\t\r\n]")
# Where a spreadsheet that does not separate by commas ends a cell, within quotes too: these are inside its cell.
_ENDS = re.compile(r"([;\t\r\n]\"*)")


def data_rows(path: Path, dialect: Dialect) -> Iterator[list[str]]:
    """The rows below the header as texts; comments and blank lines are left out."""
    return rows_below(path, read_layout(path, dialect))


def rows_below(path: Path, layout: Layout) -> Iterator[list[str]]:
    """The same of a file that was opened before, and so is known."""
    return (cells for number, cells in _rows(path, layout) if number >= layout.first_row)


def _rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    with open_text(path, layout.encoding) as file:
        for number, cells in enumerate(read_rows(file, layout.dialect), start=1):
            if cells and is_content(number, cells, layout.dialect):
                yield number, list(cells)


def needs_excel_copy(source: Path, dialect: Dialect, fields: Sequence[Field] = ()) -> bool:
    """Whether Excel would garble the original, or compute what a cell says.

    Excel takes a file without a byte order mark for one in the machine's own code page, so only a CSV of pure
    ASCII, separated by commas, without formulas and with a point before decimals, is safe as it is.
    """
    if _unpointed(fields) or read_layout(source, dialect).dialect.delimiter != ",":
        return True
    with source.open("rb") as file:
        return not all(line.isascii() and not _FORMULA_BEGINS.search(line) for line in file)


def write_excel_copy(
    source: Path, target: Path, dialect: Dialect, fields: Sequence[Field] = (), *, earlier: bool = False
) -> None:
    """A copy with a byte order mark, commas and CRLF, in which no cell is a formula.

    Where commas separate cells, a point is before decimals: 38.411 with points between thousands becomes 38411.
    `earlier`: as a program wrote it that took `-2e-5` for a formula.

    What a spreadsheet would compute gets an apostrophe before it, by which people keep a text a text there. So does
    what becomes a cell of its own where the spreadsheet separates by semicolons or tabs:
    https://owasp.org/www-community/attacks/CSV_Injection
    """
    with target.open("wb") as raw:
        raw.write(codecs.BOM_UTF8)
        with io.TextIOWrapper(raw, "utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\r\n")
            layout, columns = read_layout(source, dialect), _unpointed(fields)
            measured = {at for at, field in enumerate(fields) if isinstance(TYPES[field.type](field), WrittenNumber)}
            for number, cells in _rows(source, layout):
                for column, kind in columns.items() if number >= layout.first_row else ():
                    if column < len(cells):
                        cells[column] = kind.pointed(cells[column])
                if not _GUARDED.search(_CELL + _CELL.join(cells)):
                    writer.writerow(cells)
                    continue
                kept = measured if number >= layout.first_row and not earlier else ()
                number_form = _EARLIER_NUMBER if earlier else _NUMBER
                writer.writerow(
                    cell if at in kept and _MEASURED.fullmatch(cell) else guarded(cell, number_form)
                    for at, cell in enumerate(cells)
                )


def _unpointed(fields: Sequence[Field]) -> dict[int, WrittenNumber]:
    """The columns of numbers that have another mark than a point before decimals, or any between thousands."""
    kinds = {column: TYPES[field.type](field) for column, field in enumerate(fields)}
    return {at: kind for at, kind in kinds.items() if isinstance(kind, WrittenNumber) and not kind.is_pointed}


def write_summary(result: SummaryResult, target: Path) -> None:
    """A summary's rows, under its fields' names; a sum of amounts keeps their decimals."""
    header = [field.name for field in result.summary.fields]
    write_rows(target, header, (map(_summed, row) for row in result.rows))


def _summed(value: Value) -> str:
    return format(value, "f") if isinstance(value, Decimal) else cell(value)


def write_rows(target: Path, header: Sequence[str], rows: Iterable[Iterable[str]]) -> None:
    """LF, UTF-8, no mark, quotes only where they are needed."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _is_formula(cell: str, number: re.Pattern[str]) -> bool:
    """Whether a spreadsheet would compute a cell; signed numbers are none."""
    return cell.startswith(_FORMULA_STARTS) and not number.fullmatch(cell)


def guarded(cell: str, number: re.Pattern[str] = _NUMBER) -> str:
    """The cell with an apostrophe before whatever a spreadsheet would compute, which a `number` is not."""
    pieces = _ENDS.split(cell)  # text, what ends it, text, ...
    pieces[2::2] = [f"'{piece}" if _is_formula(piece, number) else piece for piece in pieces[2::2]]
    return ("'" if _is_formula(cell, number) else "") + "".join(pieces)
