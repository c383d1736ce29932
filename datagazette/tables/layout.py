"""How a CSV is to be read: by its dialect and, where that is silent, by its first rows.

What the dialect leaves open is found as Frictionless finds it: by the standard library's sniffer on the first
100 lines, and the header is the first row that is about as wide as the first 100 rows are on average.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

from datagazette.files import POINTER
from datagazette.model import limits
from datagazette.model.resource import Dialect, Table
from datagazette.tables.quotes import OpenQuote, open_quote, text_after_quote

_SAMPLE = 100  # lines that are sniffed, and rows in which the header is looked for
_SAMPLED = 4_000_000  # characters of these lines, and of these rows
_SNIFFED_FIRST = 10  # lines that `csv.Sniffer` counts at once
_SNIFFED = 200_000_000  # quotes times characters: the sniffer may look at all that follows each quote
# Byte order marks, and the codecs that drop them.
_MARKS = {
    "utf-8": (codecs.BOM_UTF8, "utf-8-sig"),
    "utf-16-be": (codecs.BOM_UTF16_BE, "utf-16"),
    "utf-16-le": (codecs.BOM_UTF16_LE, "utf-16"),
}
_CANDIDATES = ",\t;|"
_JOINED = 1_000  # short lines of a row, which take less memory as one text
_FIELD_SIZE = 2_147_483_646  # as Frictionless sets it; the standard library's own is 131,072

Cells = list[str]
Item = TypeVar("Item", str, Cells)


@dataclass(frozen=True)
class TableSource:
    """A table and where its CSV lies on this machine. `opened`: its author is to hear what a spreadsheet would do,
    `proofread`: which texts cannot be right, and `screened`: where personal data are, but in the fields of `personal`,
    which have some on purpose."""

    table: Table
    path: Path
    opened: bool = False
    proofread: bool = False
    screened: bool = False
    personal: frozenset[str] = frozenset()


class Unreadable(Exception):
    """The file cannot be read as its dialect says. `code` is Frictionless's error type, `values` are for our message.

    `line` is where the row begins that could not be read, as far as that is known.
    """

    def __init__(self, code: str, note: str, line: int | None = None, **values: object) -> None:
        super().__init__(note)
        self.code, self.note, self.line, self.values = code, note, line, values


@dataclass(frozen=True)
class Layout:
    """`labels` are the header's cells. Rows count from 1, and `first_row` is the first one of content.

    `head_lines` are the lines before it: more than rows where a cell of them holds a line break. `open_quotes` are
    those in the rows before it.
    """

    dialect: Dialect
    encoding: str
    labels: tuple[str, ...] = ()
    first_row: int = 1
    empty: bool = False
    head_lines: int = 0
    open_quotes: tuple[OpenQuote, ...] = ()


def read_layout(path: Path, dialect: Dialect) -> Layout:
    """Raises `Unreadable` where Frictionless cannot open the table either."""
    encoding = detect_encoding(path, dialect.encoding)
    with open_text(path, encoding) as stream, _only_unreadable():
        lines = _first(_Lines(stream).single())
    dialect = sniff(lines, dialect, path.suffix)
    opened: dict[int, OpenQuote] = {}
    with open_text(path, encoding) as stream:
        rows = _first(_noted(stream, dialect, opened))
    dialect = replace(dialect, header_rows=_header_rows(rows, dialect))
    first = dialect.header_rows[-1] + 1 if dialect.header and dialect.header_rows else 1
    has_content = any(is_content(number, cells, dialect) for number, cells in enumerate(rows, 1) if number >= first)
    widest = max(map(len, rows), default=0)
    if widest > limits.COLUMNS:
        raise Unreadable("source-error", f"{widest} columns > {limits.COLUMNS}", rule="columns", found=widest,
                         limit=limits.COLUMNS)  # fmt: skip
    labels = _labels(rows, dialect, first)
    if (longest := max(map(len, labels), default=0)) > limits.LABEL_CHARACTERS:
        rule = "nul" if _is_nul("".join(labels)) else "label"
        raise Unreadable("source-error", f"a label of {longest} characters", first - 1, rule=rule, found=longest,
                         limit=limits.LABEL_CHARACTERS)  # fmt: skip
    breaks = sum(cell.count("\n") for cells in rows[: first - 1] for cell in cells)
    quotes = tuple(quote for number, quote in opened.items() if number < first)
    return Layout(dialect, encoding, labels, first, not labels and not has_content, first - 1 + breaks, quotes)


def _noted(stream: IO[str], dialect: Dialect, opened: dict[int, OpenQuote]) -> Iterator[Cells]:
    """The rows; open quotes are put into `opened`, by the numbers of their rows."""
    for number, (_, cells, quote) in enumerate(read_watched(stream, dialect), 1):
        if quote:
            opened[number] = quote
        yield cells


def _first(items: Iterator[Item]) -> list[Item]:
    """The first of the lines or rows: 100 or, where these are long, fewer."""
    found: list[Item] = []
    size = 0
    for item in islice(items, _SAMPLE):
        found.append(item)
        size += len("".join(item))
        if size > _SAMPLED:
            break
    return found


@contextmanager
def _only_unreadable() -> Iterator[None]:
    """Errors of reading become `Unreadable`."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise Unreadable("encoding-error", str(error)) from error
    except (csv.Error, ValueError, TypeError) as error:
        rule = "no-mark" if "does not start with BOM" in str(error) else ""
        raise Unreadable("source-error", str(error), rule=rule) from error


def detect_encoding(path: Path, encoding: str) -> str:
    """The codec's name, with the one that drops a byte order mark where the file has one."""
    try:
        name = codecs.lookup(encoding).name
        with path.open("rb") as file:
            head = file.read(len(POINTER))
    except (LookupError, ValueError) as error:  # no encoding has a name with NUL or half a character
        raise Unreadable("encoding-error", str(error), rule="unknown", found=encoding) from error
    except OSError as error:
        raise _unopened(path, error) from error
    if head == POINTER:
        raise Unreadable("lfs-pointer", "a pointer of Git LFS")
    mark, marked = _MARKS.get(name, (b"", name))
    return marked if head.startswith(mark) else name


def open_text(path: Path, encoding: str) -> IO[str]:
    """The file as text with its line breaks; the same buffers as Frictionless, so that a byte that is not
    of the encoding ends both after the same row."""
    try:
        return path.open(encoding=encoding, newline="")
    except LookupError as error:  # it is none of text
        raise Unreadable("encoding-error", str(error), rule="unknown", found=encoding) from error
    except OSError as error:
        raise _unopened(path, error) from error


def _unopened(path: Path, error: OSError) -> Unreadable:
    rule = {FileNotFoundError: "no-file", PermissionError: "denied"}.get(type(error), "")
    return Unreadable("scheme-error", error.strerror or str(error), rule=rule, path=path.name)


class _Lines:
    """The lines of a stream, counted. `row` is the text of the row under way, which begins with the line `begin`, and
    `ended` is whether there is no line after it.

    Raises Unreadable for a row that is longer than rows may be: no more than that is ever read of it.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream, self._size = stream, 0
        self._parts: list[str] = []
        self._lines: list[str] = []
        self.ended = False
        self.count, self.begin = 0, 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(limits.ROW_CHARACTERS + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self.count += 1
        self._size += len(line)
        if self._size > limits.ROW_CHARACTERS:
            raise too_long(line, self.begin, is_quoted=self.count > self.begin)
        self._lines.append(line)
        if len(self._lines) == _JOINED:
            self._parts.append("".join(self._lines))
            self._lines = []
        return line

    @property
    def row(self) -> str:
        return "".join((*self._parts, *self._lines))

    def next_row(self) -> None:
        """What follows is another row."""
        self._size, self.begin, self._parts, self._lines = 0, self.count + 1, [], []

    def single(self) -> Iterator[str]:
        """The lines, each taken for a row."""
        for line in self:
            self.next_row()
            yield line


def too_long(text: str, line: int, *, is_quoted: bool) -> Unreadable:
    """The fault of a row of too many characters, which begins in a line; `is_quoted` where others are in it."""
    rule = "nul" if _is_nul(text) else "quote" if is_quoted else "row"
    note = f"a row of more than {limits.ROW_CHARACTERS} characters"
    return Unreadable("source-error", note, line, rule=rule, limit=limits.ROW_CHARACTERS)


def _is_nul(text: str) -> bool:
    """Whether most of a text is NUL: of a file that is none, or in an encoding of two bytes a character."""
    return 3 * text.count("\0") > len(text)


def read_rows(stream: IO[str], dialect: Dialect) -> Iterator[Cells]:
    """Rows as the standard library reads them; errors become `Unreadable`."""
    return (cells for _, cells in read_numbered(stream, dialect))


def read_numbered(stream: IO[str], dialect: Dialect, *, closed: bool = False) -> Iterator[tuple[int, Cells]]:
    """As `read_rows`, each row with the number of its first line.

    With `closed`, a quote that is not closed as it must be is an error; else its cell ends where it does for
    Frictionless.
    """
    for line, cells, quote in read_watched(stream, dialect):
        if closed and quote:
            rule = "open-quote-next" if quote.until else "open-quote" if quote.text is None else "quote-text"
            raise Unreadable("source-error", "a quote is not closed", quote.line, rule=rule, until=quote.until,
                             found=quote.text)  # fmt: skip
        yield line, cells


def read_watched(stream: IO[str], dialect: Dialect) -> Iterator[tuple[int, Cells, OpenQuote | None]]:
    """As `read_numbered`, with the quote in the row that has taken other rows into its cell."""
    csv.field_size_limit(_FIELD_SIZE)
    lines, read, strict = _Lines(stream), python_dialect(dialect), python_dialect(dialect)
    strict.strict = True
    with _only_unreadable():
        for cells in csv.reader(lines, read):
            quote = None
            if lines.count > lines.begin or lines.ended:  # a row that ends with its line has no open quote
                opens = open_quote(lines.row, cells, dialect, strict)
                quote = None if opens is None else OpenQuote(lines.begin + opens, None if lines.ended else lines.count)
            if quote is None and (text := text_after_quote(lines.row, cells, dialect, strict)) is not None:
                quote = OpenQuote(lines.begin, text=text)
            yield lines.begin, cells, quote
            lines.next_row()


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
    """The dialect, completed by what the lines show."""
    stated = set(dialect.stated)
    if suffix == ".tsv" and "delimiter" not in stated:
        dialect, stated = replace(dialect, delimiter="\t"), stated | {"delimiter"}
    if {"delimiter", "quoteChar", "skipInitialSpace"} <= stated:
        return dialect
    candidates = dialect.delimiter if "delimiter" in stated else _CANDIDATES
    text = "".join(_sniffable(lines))
    if (plain := _plainly_sniffed(text, candidates)) is not None:
        delimiter, spaced, quote = *plain, '"'
    else:
        try:
            found = csv.Sniffer().sniff(text, candidates)
        except csv.Error:
            return dialect
        quote = '"' if found.quotechar in ("'", None) else str(found.quotechar)
        delimiter, spaced = found.delimiter, bool(found.skipinitialspace)
    return replace(
        dialect,
        delimiter=dialect.delimiter if "delimiter" in stated else delimiter,
        quote_char=dialect.quote_char if "quoteChar" in stated else quote,
        skip_initial_space=dialect.skip_initial_space if "skipInitialSpace" in stated else spaced,
    )


def _plainly_sniffed(text: str, candidates: str) -> tuple[str, bool] | None:
    """What `csv.Sniffer` would find, (delimiter, whether a space follows each in the first line), where it is done with
    the first ten lines: in a text without quotes in which just one candidate is as often in each of them. It counts all
    characters of ASCII there, which takes longer than to read a small table."""
    if '"' in text or "'" in text:
        return None
    lines = list(islice(filter(None, text.split("\n")), _SNIFFED_FIRST))
    even = [mark for mark in candidates if len({line.count(mark) for line in lines}) == 1 and mark in lines[0]]
    if len(even) != 1 or not even[0].isascii():
        return None
    return even[0], lines[0].count(even[0]) == lines[0].count(f"{even[0]} ")


def _sniffable(lines: Sequence[str]) -> Sequence[str]:
    """As many of the first lines as can be sniffed in a bounded time: all of nearly every table."""
    size = quotes = 0
    for number, line in enumerate(lines):
        size += len(line)
        quotes += line.count('"') + line.count("'")
        if size * quotes > _SNIFFED:
            return lines[:number]
    return lines


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
        for index, cell in enumerate(label.strip() for label in cells):
            if before.get(index) == cell:
                continue
            before[index] = cell
            if len(labels) <= index:
                labels.append(cell)
            else:
                labels[index] = dialect.header_join.join((labels[index], cell))
    return tuple(labels)
