"""Sources as sheets: labels and rows of text, from a CSV in any encoding and dialect or from a workbook.

A workbook of a few kilobytes may unfold to gigabytes. What the zip states of its parts is looked at before any of it is
unpacked, and what a sheet holds before its cells are. The rest is bounded by the process in which untrusted files are
read.
"""

from __future__ import annotations

import codecs
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from datagazette.messages import LANGUAGES, texts
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.problems import fix, message, problem
from datagazette.model.publication import Dialect, Json
from datagazette.tables import engine as database
from datagazette.tables.engine import csv_path
from datagazette.tables.layout import Unreadable, read_numbered
from datagazette.tables.sql import literal

Cells = tuple[str, ...]
_TITLE_ROWS = 20  # rows above a table's header that are titles and notes
# Characters that are looked at for the delimiter; DuckDB takes no line of more than two million bytes.
_SNIFFED = 1_000_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What Chinese and Western spreadsheets write besides Unicode; any other has to be named.
_GUESSED = ("gb18030", "cp1252")
_LINE_FEED = 10
_SAMPLE = 1 << 20  # an even number of bytes
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_ENTRY = b"PK\x01\x02"  # begins the entry of each part in a zip's directory


@dataclass(frozen=True)
class Sheet:
    """A table as it came. `name` is that of its file or sheet; every row has as many cells as there are labels.

    `form` says in which form it came: encoding and delimiter. `resource` is what a Data Package says of it.
    """

    name: str
    labels: Cells
    rows: tuple[Cells, ...]
    form: str = ""
    resource: Json = field(default_factory=dict)


def read_sheets(
    path: Path, encoding: str | None = None, delimiter: str | None = None, sheets: Sequence[str] = ()
) -> tuple[Sheet, ...]:
    """The tables of a CSV or of a workbook; of a workbook those named in `sheets`, or all that are not empty.

    Raises UsageError where there is no such file or sheet, it cannot be read or is too large, or no table is in it.
    """
    if not path.is_file():
        raise UsageError("no-file", path=path)
    if path.suffix.lower() in _WORKBOOKS:
        return _of_workbook(path, sheets)
    with _open(path, encoding) as (stream, _):
        dialect = _sniffed(stream, delimiter)
    with _open(path, encoding) as (stream, found):
        shown = "tab" if dialect.delimiter == "\t" else dialect.delimiter
        return (sheet(path.stem, path.name, _csv_rows(stream, dialect), f"{found}, “{shown}”"),)


def sheet(name: str, file: str, rows: Iterable[Sequence[str]], form: str = "", resource: Json | None = None) -> Sheet:
    """A sheet of `rows`: titles above the header, empty rows, and empty columns at its right are left out.

    The header is the first of the top rows that reaches as far as the table does, and is mostly filled.
    """
    filled = list(_filled(file, rows))
    if not filled:
        raise UsageError("no-table", file=file)
    width = max(map(len, filled))
    wide = (at for at, row in enumerate(filled[:_TITLE_ROWS])
            if len(row) == width and sum(map(bool, row)) * 3 >= width * 2)  # fmt: skip
    start = next(wide, 0)
    labels, *body = (row + ("",) * (width - len(row)) for row in filled[start:])
    if unnamed := [number for number, label in enumerate(labels, 1) if not label]:
        listed = {language: texts("errors", language)["comma"].join(labels) for language in LANGUAGES}
        raise UsageError("column-unnamed", file=file, number=unnamed[0], labels=listed)
    return Sheet(name, labels, tuple(body), form, resource or {})


def _filled(file: str, rows: Iterable[Sequence[str]]) -> Iterator[Cells]:
    """The rows that are not empty, as far as each is filled. Raises UsageError where they are more than a table has."""
    widest = count = size = 0
    for row in rows:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        widest = max(widest, len(cells))
        count += 1
        size += sum(map(len, cells))
        _bounded(file, widest, limits.COLUMNS, "table-columns")
        _bounded(file, widest * count, limits.TABLE_CELLS, "table-cells")
        _bounded(file, size, limits.TABLE_CHARACTERS, "table-characters")
        yield tuple(cells)


def _bounded(file: str, found: int, limit: int, what: str) -> None:
    if found > limit:
        raise UsageError(what, file=file, limit=f"{limit:,}")


@contextmanager
def _open(path: Path, encoding: str | None) -> Iterator[tuple[IO[str], str]]:
    """The text of a file, and its encoding. Whatever keeps it from being read becomes a UsageError."""
    try:
        _bounded(path.name, path.stat().st_size, limits.SOURCE_BYTES, "table-bytes")
        found = encoding or encoding_of(path)
        with path.open(encoding=found, newline="") as stream:
            yield stream, found
    except (Unreadable, UnicodeError, LookupError) as fault:
        if isinstance(fault, Unreadable) and not isinstance(fault.__cause__, UnicodeError):
            # As the check says it of a table that cannot be read.
            shown = problem(fault.code, path.name, fault.line, note=fault.note, **fault.values)
            messages, fixes = ({language: text(shown, language) for language in LANGUAGES} for text in (message, fix))
            raise UsageError("unreadable-table", place=shown.place, message=messages, fix=fixes) from fault
        raise UsageError("encoding", file=path.name, encoding=found, reason=fault) from fault
    except OSError as error:
        raise UsageError("unreadable", path=path, reason=error.strerror or error) from error


def encoding_of(path: Path) -> str:
    """A byte order mark decides, then zero bytes, then whether all of it is UTF-8, then how likely its characters are.

    Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), "")
    if marked:
        return marked
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for chunk in iter(partial(file.read, _SAMPLE), b""):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
        unicode = True
    except UnicodeDecodeError:
        unicode = False
    if wide := _wide(sample, 0.5 if unicode else 0.05):
        return wide
    if unicode:
        return "utf-8"
    best = from_bytes(sample, cp_isolation=list(_GUESSED)).best()
    return best.encoding if best else _GUESSED[0]


def _wide(sample: bytes, share: float) -> str:
    """UTF-16 without a mark, or nothing. Digits, delimiters and line breaks have a zero byte in every second place.

    So many pairs of bytes as `share` says have one, nearly all in the same place, and so have line breaks. A NUL here
    and there makes no UTF-16.
    """
    even, odd = sample[0::2], sample[1::2]
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros.count(0) <= max(share * len(zeros), 2 * others.count(0)):
            continue
        breaks = sum(other == _LINE_FEED and not zero for zero, other in zip(zeros, others, strict=False))
        if 4 * breaks >= others.count(_LINE_FEED):
            return name
    return ""


def _csv_rows(stream: IO[str], dialect: Dialect) -> Iterator[list[str]]:
    for line, cells in read_numbered(stream, dialect, closed=True):
        for number, cell in enumerate(cells, 1):
            if "\0" in cell:
                raise Unreadable("source-error", "a NUL", line, rule="nul-cell", number=number)
        yield cells


def _sniffed(stream: IO[str], delimiter: str | None) -> Dialect:
    """Delimiter and quotes as DuckDB finds them in the first lines; commas where it cannot."""
    text = stream.read(_SNIFFED)
    if len(text) == _SNIFFED:  # whole lines, unless the first one is too long
        text = text[: text.rfind("\n") + 1] or text
    with (
        tempfile.TemporaryDirectory() as folder,
        database.connect(database.Limits(reads=(Path(folder),))) as engine,
    ):
        path = Path(folder) / "source.csv"
        path.write_text(text, "utf-8", newline="")
        given = f", delim = {literal(delimiter)}" if delimiter else ""
        try:
            found, quote, escape = engine.row(
                f"SELECT Delimiter, Quote, Escape FROM sniff_csv({csv_path(path)}, all_varchar = true, "
                f"null_padding = true, ignore_errors = true{given})"
            )
        except database.Error:
            found, quote, escape = ",", '"', '"'
    quote = quote if len(quote) == 1 else '"'
    delimiter = delimiter or str(found)
    if escape == "\\":
        return Dialect(delimiter=delimiter, quote_char=quote, escape_char=escape, double_quote=False)
    return Dialect(delimiter=delimiter, quote_char=quote)


def _of_workbook(path: Path, names: Sequence[str]) -> tuple[Sheet, ...]:
    """The sheets named in `names`, or all that are not empty. One that is the only one is named as the file is."""
    _refuse_unfolding(path)
    found = []
    try:
        book = CalamineWorkbook.from_path(str(path))
        if unknown := [name for name in names if name not in book.sheet_names]:
            raise UsageError("no-sheet", file=path.name, name=unknown[0], known=", ".join(book.sheet_names))
        for name in names or book.sheet_names:
            rows = _workbook_rows(path, name, book.get_sheet_by_name(name))
            if first := next((row for row in rows if any(map(str.strip, row))), None):
                form = f"{path.suffix[1:]}, {name}"
                found.append(sheet(name, f"{path.name} [{name}]", chain([first], rows), form))
    except (CalamineError, OSError, ValueError) as error:
        raise UsageError("unreadable", path=path.name, reason=error) from error
    if not found:
        raise UsageError("no-table", file=path.name)
    return (replace(found[0], name=path.stem),) if len(found) == 1 else tuple(found)


def _refuse_unfolding(path: Path) -> None:
    """Raises UsageError where the file, or what its zip says that it holds, is larger than a workbook may be."""
    size = path.stat().st_size
    _refuse_larger("workbook-bytes", path, size, limits.WORKBOOK_BYTES)
    if path.suffix.lower() == ".xls":  # which is no zip
        return
    _refuse_larger("workbook-parts", path, path.read_bytes().count(_ENTRY), limits.WORKBOOK_PARTS)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            most = max(limits.WORKBOOK_SMALL, min(limits.WORKBOOK_UNPACKED, limits.WORKBOOK_RATIO * size))
            _refuse_larger("workbook-unpacked", path, unpacked, most)
            wrong = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UsageError("unreadable", path=path.name, reason=error) from error
    if wrong is not None:
        raise UsageError("unreadable", path=path.name, reason=f"{wrong} is not what the zip says of it")


def _workbook_rows(path: Path, name: str, sheet: CalamineSheet) -> Iterator[list[str]]:
    """The rows that are not empty, from the first column that is not."""
    _refuse_larger("workbook-cells", path, sheet.height * sheet.width, limits.SHEET_AREA, name)
    return ([_text(cell) for cell in row] for row in sheet.iter_rows() if row.count("") < len(row))


def _text(cell: object) -> str:
    """A cell as a CSV holds it: whole numbers without `.0`, dates without midnight, as ISO 8601 writes them."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _refuse_larger(what: str, path: Path, found: int, limit: int, sheet: str = "") -> None:
    if found > limit:
        raise UsageError(what, file=path.name, found=f"{found:,}", limit=f"{limit:,}", sheet=sheet)
