"""Sources as sheets: labels and rows of text, whatever file they came in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import IO

from datagazette.intake import workbooks
from datagazette.intake.encodings import encoding_of
from datagazette.messages import LANGUAGES, texts
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.problems import fix, message, problem
from datagazette.model.publication import Dialect, Json
from datagazette.tables import engine as database
from datagazette.tables.engine import csv_path
from datagazette.tables.layout import Unreadable, read_numbered

Cells = tuple[str, ...]
_TITLE_ROWS = 20  # rows above a table's header that are titles and notes
_SNIFFED = (
    1_000_000  # characters that are looked at for the delimiter; DuckDB takes no line of more than two million bytes
)


@dataclass(frozen=True)
class Sheet:
    """A table as it came. `name` is that of its file or sheet; every row has as many cells as there are labels.

    `told` says in which form it came: encoding and delimiter. `resource` is what a Data Package says of it.
    """

    name: str
    labels: Cells
    rows: tuple[Cells, ...]
    told: str = ""
    resource: Json = field(default_factory=dict)


def read_sheets(
    path: Path, encoding: str | None = None, delimiter: str | None = None, sheets: Sequence[str] = ()
) -> tuple[Sheet, ...]:
    """The tables of a CSV or of a workbook; of a workbook those named in `sheets`, or all that are not empty.

    Raises UsageError where there is no such file, or no table in it.
    """
    if not path.is_file():
        raise UsageError("no-file", path=path)
    if path.suffix.lower() in workbooks.SUFFIXES:
        return _of_workbook(path, sheets)
    return (_of_csv(path, encoding, delimiter),)


def sheet(name: str, file: str, rows: Iterable[Sequence[str]], told: str = "", resource: Json | None = None) -> Sheet:
    """A sheet of `rows`: titles above the header, empty rows, and empty columns at its right are left out."""
    filled = list(_filled(file, rows))
    start = _header(filled)
    if not filled or start is None:
        raise UsageError("no-table", file=file)
    width = max(map(len, filled[start:]))
    labels = _padded(filled[start], width)
    if unnamed := [number for number, label in enumerate(labels, 1) if not label]:
        listed = {language: texts("errors", language)["comma"].join(labels) for language in LANGUAGES}
        raise UsageError("column-unnamed", file=file, number=unnamed[0], labels=listed)
    body = tuple(_padded(row, width) for row in filled[start + 1 :])
    return Sheet(name, labels, body, told, resource or {})


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


def _of_csv(path: Path, encoding: str | None, delimiter: str | None) -> Sheet:
    with _read(path, encoding) as (stream, _):
        dialect = _sniffed(stream, delimiter)
    with _read(path, encoding) as (stream, found):
        told = f"{found}, “{_shown(dialect.delimiter)}”"
        return sheet(path.stem, path.name, _csv_rows(stream, dialect), told)


@contextmanager
def _read(path: Path, encoding: str | None) -> Iterator[tuple[IO[str], str]]:
    """The text of a file, and its encoding. Whatever keeps it from being read becomes a UsageError."""
    try:
        if path.stat().st_size > limits.SOURCE_BYTES:
            _bounded(path.name, path.stat().st_size, limits.SOURCE_BYTES, "table-bytes")
        told = encoding or encoding_of(path)
        with path.open(encoding=told, newline="") as stream:
            yield stream, told
    except Unreadable as fault:
        if isinstance(fault.__cause__, UnicodeError):
            raise _not_in(path, told, fault) from fault
        raise unreadable(path.name, fault) from fault
    except (UnicodeError, LookupError) as error:
        raise _not_in(path, told, error) from error
    except OSError as error:
        raise UsageError("unreadable", path=path, reason=error.strerror or error) from error


def _not_in(path: Path, encoding: str, error: Exception) -> UsageError:
    return UsageError("encoding", file=path.name, encoding=encoding, reason=error)


def unreadable(file: str, fault: Unreadable) -> UsageError:
    """The words that the check has for a table that cannot be read."""
    found = problem(fault.code, file, fault.line, note=fault.note, **fault.values)
    messages, fixes = ({language: text(found, language) for language in LANGUAGES} for text in (message, fix))
    return UsageError("unreadable-table", place=found.place, message=messages, fix=fixes)


def _csv_rows(stream: IO[str], dialect: Dialect) -> Iterator[list[str]]:
    for line, cells in read_numbered(stream, dialect, closed=True):
        for number, cell in enumerate(cells, 1):
            if "\0" in cell:
                raise Unreadable("source-error", "a NUL", line, rule="nul-cell", number=number)
        yield cells


def _header(rows: Sequence[Cells]) -> int | None:
    """The first of the top rows that reaches as far as the table does, and is mostly filled: titles above are not."""
    if not rows:
        return None
    most = max(map(len, rows))
    for at, row in enumerate(rows[:_TITLE_ROWS]):
        if len(row) == most and sum(bool(cell) for cell in row) * 3 >= most * 2:
            return at
    return 0


def _padded(row: Cells, width: int) -> Cells:
    return row[:width] + ("",) * (width - len(row))


def _sniffed(stream: IO[str], delimiter: str | None) -> Dialect:
    """Delimiter and quotes as DuckDB finds them in the first lines; commas where it cannot."""
    with (
        tempfile.TemporaryDirectory() as folder,
        database.connect(database.Limits(reads=(Path(folder),))) as engine,
    ):
        path = Path(folder) / "source.csv"
        path.write_text(_first_lines(stream), "utf-8", newline="")
        given = f", delim = {csv_path(Path(delimiter))}" if delimiter else ""
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


def _first_lines(stream: IO[str]) -> str:
    """Whole lines, unless the first one is too long."""
    text = stream.read(_SNIFFED)
    return text if len(text) < _SNIFFED else text[: text.rfind("\n") + 1] or text


def _shown(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else delimiter


def _of_workbook(path: Path, names: Sequence[str]) -> tuple[Sheet, ...]:
    """A sheet of a workbook is called as the file is where it is the only one with a table."""
    found = []
    for name, rows in workbooks.sheets(path, names):
        file = f"{path.name} [{name}]"
        first = next((row for row in rows if any(map(str.strip, row))), None)
        if first is not None:
            found.append(sheet(name, file, chain([first], rows), f"{path.suffix[1:]}, {name}"))
    if not found:
        raise UsageError("no-table", file=path.name)
    return (replace(found[0], name=path.stem),) if len(found) == 1 else tuple(found)
