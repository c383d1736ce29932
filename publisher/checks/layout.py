"""How a CSV is to be read: told from its dialect and, where that is silent, from its first rows.

What the dialect leaves open is told as Frictionless tells it: by the standard library's sniffer on the first
100 lines, and the header is the first row that is about as wide as the first 100 rows are on average.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import IO

from publisher.limits import COLUMNS
from publisher.tabular import Dialect

SAMPLE = 100  # lines that are sniffed, and rows that tell the header
_CANDIDATES = ",\t;|"
_FIELD_SIZE = 2_147_483_646  # as Frictionless sets it; the standard library's own is 131,072

Cells = list[str]


class Unreadable(Exception):
    """The file cannot be read as its dialect says. `code` is Frictionless's error type, `values` are for our words."""

    def __init__(self, code: str, note: str, **values: object) -> None:
        super().__init__(note)
        self.code, self.note, self.values = code, note, values


@dataclass(frozen=True)
class Layout:
    """`labels` are the header's cells. Rows count from 1, and `first_row` is the first one of content.

    `head_lines` are the lines before it: more than rows where a cell of them holds a line break.
    """

    dialect: Dialect
    encoding: str
    labels: tuple[str, ...] = ()
    first_row: int = 1
    empty: bool = False
    head_lines: int = 0


def read_layout(path: Path, dialect: Dialect) -> Layout:
    """Raises `Unreadable` where Frictionless cannot open the table either."""
    encoding = detect_encoding(path, dialect.encoding)
    with open_text(path, encoding) as stream:
        sample = list(read_lines(stream))
        told = sniff(sample, dialect, path.suffix)
        rows = list(islice(read_rows(chain(sample, stream), told), SAMPLE))
    told = replace(told, header_rows=_header_rows(rows, told))
    first = told.header_rows[-1] + 1 if told.header and told.header_rows else 1
    content = [one for number, one in enumerate(rows, 1) if number >= first and is_content(number, one, told)]
    widest = max(map(len, rows), default=0)
    if widest > COLUMNS:
        raise Unreadable("source-error", f"{widest} columns > {COLUMNS}", rule="columns", found=widest,
                         limit=COLUMNS)  # fmt: skip
    labels = _labels(rows, told, first)
    breaks = sum(cell.count("\n") for cells in rows[: first - 1] for cell in cells)
    empty = not labels and not content
    return Layout(told, encoding, labels, first, empty, first - 1 + breaks)


def detect_encoding(path: Path, encoding: str) -> str:
    """The codec's name, with the one that drops a byte order mark where the file has one."""
    try:
        name = codecs.lookup(encoding).name
        with path.open("rb") as file:
            head = file.read(4)
    except LookupError as error:
        raise Unreadable("encoding-error", str(error)) from error
    except OSError as error:
        raise Unreadable("scheme-error", error.strerror or str(error)) from error
    if name == "utf-8" and head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if name == "utf-16-be" and head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16"
    if name == "utf-16-le" and head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16"
    return name


def open_text(path: Path, encoding: str) -> IO[str]:
    """The file as text with its line breaks; the same buffers as Frictionless, so that a byte that is not
    of the encoding ends both after the same row."""
    try:
        return io.TextIOWrapper(path.open("rb"), encoding, newline="")
    except OSError as error:
        raise Unreadable("scheme-error", error.strerror or str(error)) from error


def read_lines(stream: Iterable[str]) -> Iterator[str]:
    """The first lines of a stream."""
    try:
        yield from islice(stream, SAMPLE)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding-error", str(error)) from error
    except UnicodeError as error:
        raise Unreadable("source-error", str(error)) from error


def read_rows(lines: Iterable[str], dialect: Dialect) -> Iterator[Cells]:
    """Rows as the standard library reads them; errors become `Unreadable`."""
    csv.field_size_limit(_FIELD_SIZE)
    try:
        yield from csv.reader(lines, python_dialect(dialect))
    except UnicodeDecodeError as error:
        raise Unreadable("encoding-error", str(error)) from error
    except (csv.Error, ValueError, TypeError) as error:
        raise Unreadable("source-error", str(error)) from error


def python_dialect(dialect: Dialect) -> csv.Dialect:
    """The standard library's form of a dialect, put together as Frictionless does it."""
    found = csv.excel()
    found.delimiter = dialect.delimiter
    found.doublequote = dialect.double_quote if dialect.escape_char else True
    found.escapechar = dialect.escape_char
    found.lineterminator = dialect.line_terminator
    found.quotechar = dialect.quote_char
    found.quoting = csv.QUOTE_NONE if dialect.quote_char == "" else csv.QUOTE_MINIMAL
    found.skipinitialspace = dialect.skip_initial_space
    return found


def sniff(lines: Sequence[str], dialect: Dialect, suffix: str) -> Dialect:
    """The dialect with what it does not state told from the lines."""
    stated = set(dialect.stated)
    if suffix == ".tsv" and "delimiter" not in stated:
        dialect, stated = replace(dialect, delimiter="\t"), stated | {"delimiter"}
    if {"delimiter", "quoteChar", "skipInitialSpace"} <= stated:
        return dialect
    try:
        candidates = dialect.delimiter if "delimiter" in stated else _CANDIDATES
        found = csv.Sniffer().sniff("".join(lines), candidates)
    except csv.Error:
        return dialect
    quote = '"' if found.quotechar in ("'", None) else found.quotechar
    return replace(
        dialect,
        delimiter=dialect.delimiter if "delimiter" in stated else found.delimiter,
        quote_char=dialect.quote_char if "quoteChar" in stated else str(quote),
        skip_initial_space=dialect.skip_initial_space if "skipInitialSpace" in stated else bool(found.skipinitialspace),
    )


def is_content(number: int, cells: Sequence[str], dialect: Dialect) -> bool:
    """Whether a row is neither a comment nor, where blank rows are skipped, blank."""
    if dialect.comment_char and cells and cells[0].startswith(dialect.comment_char):
        return False
    if number in dialect.comment_rows:
        return False
    return not dialect.skip_blank_rows or any(cells)


def _header_rows(rows: Sequence[Cells], dialect: Dialect) -> tuple[int, ...]:
    """The first row that is nearly as wide as the rows are on average, where the dialect does not say."""
    if not rows or "header" in dialect.stated or "headerRows" in dialect.stated:
        return dialect.header_rows
    width = round(sum(map(len, rows)) / len(rows))
    drift = max(round(width * 0.1), 1)
    for number, cells in enumerate(rows, 1):
        if _is_comment(number, cells, dialect):
            continue
        if width - drift <= len(cells) <= width + drift:
            return (number,)
    return (1,)


def _is_comment(number: int, cells: Sequence[str], dialect: Dialect) -> bool:
    return not is_content(number, cells, replace(dialect, skip_blank_rows=False))


def _labels(rows: Sequence[Cells], dialect: Dialect, first: int) -> tuple[str, ...]:
    """The header's cells; those of several header rows are joined, each text once."""
    labels: list[str] = []
    before: dict[int, str] = {}
    for number, cells in enumerate(rows[:first], 1):
        if not dialect.header or number not in dialect.header_rows or _is_comment(number, cells, dialect):
            continue
        for index, cell in enumerate(one.strip() for one in cells):
            if before.get(index) == cell:
                continue
            before[index] = cell
            if len(labels) <= index:
                labels.append(cell)
            else:
                labels[index] = dialect.header_join.join((labels[index], cell))
    return tuple(labels)
