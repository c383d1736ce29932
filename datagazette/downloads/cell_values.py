"""What the cells of a file say, whatever program saved it last: as hashes that a browser can compute as well.

A spreadsheet program that saves a CSV or a workbook again changes separators, quotes, line ends, the form of numbers
and the whole of the zip, and no value. So cells are brought into one form, without regard to what the schema says:
`1.50` is `1.5`, `2026/1/5` is `2026-01-05`, `TRUE` is `true`. A number keeps 15 digits, as in a spreadsheet. A whole
number with more, or with zeros before it, is a text: a code that lost its zeros has another value.

A row is a line of JSON without the empty cells at its end; empty rows are left out. `site/assets/verify/values.js` does
the same, and a test holds the two together.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from pathlib import Path

from python_calamine import CalamineWorkbook

from datagazette.model.results import PublishedFile
from datagazette.tables.layout import Layout, open_text, read_rows

# The kinds of published files whose values are compared where a spreadsheet program may have saved them again.
TEXTS = frozenset({"csv", "csv-excel", "summary-csv"})
# What is larger is recognised by its bytes alone: a browser would have to hold all of it.
MOST_BYTES = 32 << 20
DELIMITERS = ",;\t|"

_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?(%?)")
_WHOLE = re.compile(r"[+-]?[0-9]{16,}%?")
_COMMA = re.compile(r"([+-]?[0-9]+),([0-9]+%?)")
_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_LINE_ENDS = re.compile(r"\r\n?")
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
_DIGITS = 15  # that a spreadsheet keeps of a number
_EXACT = 1e15  # below it a whole number has no more
_DAY_SECONDS = 86_400
_EPOCH = datetime(1899, 12, 31)  # noqa: DTZ001 - day 0 of spreadsheets, which count a 29 February 1900
_LEAP = datetime(1900, 3, 1)  # noqa: DTZ001
_YEARS = 1901  # from which on a moment is one, and no length of time


@dataclass(frozen=True)
class TableValues:
    """The values of a table: `key` whatever the order of its rows, `order` with it. `first` is the first row as JSON;
    `part` names the sheet of a workbook."""

    key: str
    order: str
    first: str
    part: str = ""


@dataclass(frozen=True)
class FileValues:
    """Those of the tables in a published file."""

    path: str
    tables: tuple[TableValues, ...]


def published_values(
    folder: Path, files: Iterable[PublishedFile], layouts: dict[str, Layout]
) -> tuple[FileValues, ...]:
    """Of the files of a release below `folder`; `layouts` are those of the submitted tables."""
    found = []
    for file in files:
        path = folder / file.path
        if file.bytes > MOST_BYTES:
            continue
        if file.kind == "xlsx":
            found.append(FileValues(file.path, tuple(workbook_values(path))))
        elif file.kind == "csv":
            layout = layouts[file.resource]
            with open_text(path, layout.encoding) as stream:
                found.append(FileValues(file.path, tuple(_values(read_rows(stream, layout.dialect)))))
        elif file.kind in TEXTS:
            text = path.read_text("utf-8-sig")
            found.append(FileValues(file.path, tuple(text_values(text, ",")[:1])))
    return tuple(found)


def text_values(text: str, delimiters: str = DELIMITERS) -> list[TableValues]:
    """The values of a CSV for each of the delimiters that its first line may have, and with decimals behind commas
    where these separate no cells."""
    found: list[TableValues] = []
    first = text.lstrip("\r\n").partition("\n")[0]
    chosen = [each for each in delimiters if each in first] or [","]
    for delimiter in chosen:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        found += _values(rows)
        if delimiter != "," and any(_COMMA.fullmatch(cell) for row in rows for cell in row):
            found += _values([_COMMA.sub(r"\1.\2", cell) if _COMMA.fullmatch(cell) else cell for cell in row]
                             for row in rows)  # fmt: skip
    return found


def decoded(content: bytes) -> str:
    """The text of a file that a program saved in its own encoding."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("cp1252", "replace")


def workbook_values(path: Path) -> Iterator[TableValues]:
    """Those of each sheet that has any."""
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        for found in _values(map(_texts, sheet.to_python(skip_empty_area=False))):
            yield TableValues(found.key, found.order, found.first, name)


def name_key(name: str) -> str:
    """Where the lists have the files of a name."""
    return _hashed("name", name)


def header_key(first: str) -> str:
    """Where the lists have the tables with such a first row."""
    return _hashed("header", first)


def _values(rows: Iterable[Sequence[str]]) -> Iterator[TableValues]:
    """One table, or none where all rows are empty."""
    lines = [line for line in map(row_line, rows) if line]
    if lines:
        # In the order of JavaScript, which compares units of 16 bits.
        ordered = sorted(lines, key=lambda line: line.encode("utf-16-be", "surrogatepass"))
        yield TableValues(_hashed("values", *ordered), _hashed("order", *lines), lines[0])


def row_line(row: Sequence[str]) -> str:
    """A row as it is compared; "" where all its cells are empty."""
    cells = [canonical(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":")) if cells else ""


def _hashed(*lines: str) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=1 << 16)
def canonical(text: str) -> str:
    """The one form of a cell's text."""
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS and (text[0] != "0" or text == "0"):
        return text
    if number := _NUMBER.fullmatch(text):
        if _WHOLE.fullmatch(text):
            return text
        value = float(text.removesuffix("%"))
        return f"{number_text(value)}{number[1]}" if abs(value) != float("inf") else text
    if day := _DAY.fullmatch(text):
        return f"{day[1]}-{day[2]:>02}-{day[3]:>02}"
    lower = text.lower()
    if lower in ("true", "false"):
        return lower
    return _LINE_ENDS.sub("\n", text)


def number_text(value: float) -> str:
    """A number with 15 digits, half of the last rounded up."""
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    size, sign = abs(value), "-" if value < 0 else ""
    # Where 16 digits end with a 5, it may be exactly half.
    is_near_half = f"{size:.15e}".partition("e")[0].endswith("5")
    size = float(_FIFTEEN.create_decimal(Decimal(size)) if is_near_half else f"{size:.14e}")
    if size.is_integer() and size < _EXACT:
        return f"{sign}{int(size)}"
    mantissa, _, exponent = f"{size:.14e}".partition("e")
    return f"{sign}{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def _texts(row: Sequence[object]) -> list[str]:
    return [_text(cell) for cell in row]


def _text(value: object) -> str:
    """A cell of a sheet as a CSV would have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, datetime | date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        if moment.year >= _YEARS:
            moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
            return moment.date().isoformat() if moment.time() == time() else moment.isoformat()
        return _length((moment - _EPOCH).total_seconds() + (_DAY_SECONDS if moment >= _LEAP else 0))
    if isinstance(value, time):
        return _length(value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6)
    if isinstance(value, timedelta):
        return _length(value.total_seconds())
    return str(value)


def _length(seconds: float) -> str:
    """A time of the day, or a length in seconds."""
    whole = int(seconds + 0.5)
    if 0 <= whole < _DAY_SECONDS:
        return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole}s"
