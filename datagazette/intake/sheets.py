"""Sources as sheets: labels and rows of text, from a CSV in any encoding and dialect or from a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import IO

from datagazette.intake.encodings import open_source
from datagazette.intake.workbooks import ENDINGS, read_workbook
from datagazette.messages import LANGUAGES, texts
from datagazette.model import limits
from datagazette.model.errors import UsageError
from datagazette.model.publication import Dialect, Json
from datagazette.tables import engine as database
from datagazette.tables.engine import csv_path
from datagazette.tables.layout import Unreadable, read_numbered
from datagazette.tables.sql import literal

Cells = tuple[str, ...]
Numbered = tuple[int, Sequence[str]]  # the line in which a row begins, and its cells
_TITLE_ROWS = 20  # rows above a table's header that are titles and notes
# Characters that are looked at for the delimiter; DuckDB takes no line of more than two million bytes.
_SNIFFED = 1_000_000


@dataclass(frozen=True)
class Sheet:
    """A table as it came. `name` is that of its file or sheet; every row has as many cells as there are labels.

    `form` says in which form it came: encoding and delimiter. `resource` is what a Data Package says of it.
    `delimiter` is that of a CSV, `lines` the line or the row of the file in which each row begins.
    """

    name: str
    labels: Cells
    rows: tuple[Cells, ...]
    form: str = ""
    resource: Json = field(default_factory=dict)
    delimiter: str = ""
    lines: tuple[int, ...] = field(default=(), compare=False)


def read_sheets(
    path: Path, encoding: str | None = None, delimiter: str | None = None, sheets: Sequence[str] = ()
) -> tuple[Sheet, ...]:
    """The tables of a CSV or of a workbook; of a workbook those named in `sheets`, or all that are not empty.

    Raises UsageError where there is no such file or sheet, it cannot be read or is too large, or no table is in it.
    """
    if not path.is_file():
        raise UsageError("no-file", path=path)
    if path.suffix.lower() in ENDINGS:
        return _of_workbook(path, sheets)
    with open_source(path, encoding) as (stream, _):
        dialect = _sniffed(stream, delimiter)
    with open_source(path, encoding) as (stream, found):
        shown = "tab" if dialect.delimiter == "\t" else dialect.delimiter
        read = sheet(path.stem, path.name, _csv_rows(stream, dialect), f"{found}, “{shown}”")
        return (replace(read, delimiter=dialect.delimiter),)


def sheet(name: str, file: str, rows: Iterable[Numbered], form: str = "", resource: Json | None = None) -> Sheet:
    """A sheet of `rows`: titles above the header, empty rows, and empty columns at its right are left out.

    The header is the first of the top rows that reaches as far as the table does, and is mostly filled.
    """
    numbered = list(_filled(file, rows))
    filled = [row for _, row in numbered]
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
    lines = tuple(line for line, _ in numbered[start + 1 :])
    return Sheet(name, labels, tuple(body), form, resource or {}, lines=lines)


def _filled(file: str, rows: Iterable[Numbered]) -> Iterator[tuple[int, Cells]]:
    """The rows that are not empty, as far as each is filled. Raises UsageError where they are more than a table has."""
    widest = count = size = 0
    for line, row in rows:
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
        yield line, tuple(cells)


def _bounded(file: str, found: int, limit: int, what: str) -> None:
    if found > limit:
        raise UsageError(what, file=file, limit=f"{limit:,}")


def _csv_rows(stream: IO[str], dialect: Dialect) -> Iterator[Numbered]:
    for line, cells in read_numbered(stream, dialect, closed=True):
        for number, cell in enumerate(cells, 1):
            if "\0" in cell:
                raise Unreadable("source-error", "a NUL", line, rule="nul-cell", number=number)
        yield line, cells


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
    found = []
    for name, rows in read_workbook(path, names):
        if first := next((row for row in rows if any(map(str.strip, row[1]))), None):
            form = f"{path.suffix[1:]}, {name}"
            found.append(sheet(name, f"{path.name} [{name}]", chain([first], rows), form))
    if not found:
        raise UsageError("no-table", file=path.name)
    return (replace(found[0], name=path.stem),) if len(found) == 1 else tuple(found)
