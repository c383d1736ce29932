"""The sheets of a workbook as rows of text.

A workbook of a few kilobytes may unfold to gigabytes. What the zip states of its parts is looked at before any of it is
unpacked, and what a sheet holds before its cells are. The rest is bounded by the process in which untrusted files are
read.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from datagazette.intake.notices import Notice, Place, notice
from datagazette.model import limits
from datagazette.model.errors import UsageError

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_ENTRY = b"PK\x01\x02"  # begins the entry of each part in a zip's directory


@dataclass(frozen=True)
class Worksheet:
    """`rows` are those that are not empty, each with its number. `notices` say what of the sheet is left out, and the
    first sheet's which sheets are."""

    name: str
    rows: Iterator[tuple[int, list[str]]]
    notices: tuple[Notice, ...]


def read_workbook(path: Path, names: Sequence[str]) -> Iterator[Worksheet]:
    """The sheets named in `names`, or all that are not hidden: what nobody sees is published only if it is asked for.

    Raises UsageError where the workbook cannot be read or is too large, or there is no such sheet.
    """
    _refuse_unfolding(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        if unknown := [name for name in names if name not in book.sheet_names]:
            raise UsageError("no-sheet", file=path.name, name=unknown[0], known=", ".join(book.sheet_names))
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        hidden = [] if names else [name for name in book.sheet_names if name not in visible]
        for number, name in enumerate(names or visible):
            sheet = book.get_sheet_by_name(name)
            left_out = notice("hidden-sheets", [Place(text=name) for name in hidden if not number])
            merged = notice("merged", [Place(text=cells) for cells in _merged_rows(sheet)])
            yield Worksheet(name, _rows(path, name, sheet), (left_out, merged))
    except (CalamineError, OSError, ValueError) as error:
        raise UsageError("unreadable", path=path.name, reason=error) from error


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


def _rows(path: Path, name: str, sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """(its number, cells) of each row that is not empty, from the first column that is not."""
    _refuse_larger("workbook-cells", path, sheet.height * sheet.width, limits.SHEET_AREA, name)
    rows = enumerate(sheet.iter_rows(), 1)
    return ((number, [_text(cell) for cell in row]) for number, row in rows if row.count("") < len(row))


def _merged_rows(sheet: CalamineSheet) -> Iterator[str]:
    """The ranges of merged cells that reach over several rows, such as A2:A3. Only their first cell has a value."""
    for first, last in sheet.merged_cell_ranges or ():
        if first[0] < last[0]:
            yield f"{_address(*first)}:{_address(*last)}"


def _address(row: int, column: int) -> str:
    """The address of a cell, of which row and column count from 0."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(65 + letter) + letters, column - 1
    return f"{letters}{row + 1}"


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
