"""The cells of a workbook as texts, of a workbook that is not too large to be opened.

A few kilobytes may unfold to gigabytes. What the zip states of its parts is looked at before any of it is unpacked, and
what a sheet holds before its cells are. The rest is bounded by the process in which untrusted files are read.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from datagazette.model import limits
from datagazette.model.errors import UsageError

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_NO_ZIP = (".xls",)
_ENTRY = b"PK\x01\x02"  # begins the entry of each part in a zip's directory
_MIDNIGHT = time()
Rows = Iterator[list[str]]


def sheets(path: Path, names: Sequence[str]) -> Iterator[tuple[str, Rows]]:
    """The sheets named in `names`, or all: each with its rows, which have to be taken before the next sheet is.

    Raises UsageError for a file that is no workbook, is too large, or has no such sheet.
    """
    refuse_unfolding(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if unknown := [name for name in names if name not in book.sheet_names]:
        raise UsageError("no-sheet", file=path.name, name=unknown[0], known=", ".join(book.sheet_names))
    for name in names or book.sheet_names:
        try:
            yield name, _rows(path, name, book.get_sheet_by_name(name))
        except (CalamineError, ValueError) as error:
            raise _unreadable(path, error) from error


def refuse_unfolding(path: Path) -> None:
    """Raises UsageError where the file, or what its zip says that it holds, is larger than a workbook may be."""
    size = path.stat().st_size
    if size > limits.WORKBOOK_BYTES:
        raise _too_large("workbook-bytes", path, size, limits.WORKBOOK_BYTES)
    if path.suffix.lower() in _NO_ZIP:
        return
    parts = path.read_bytes().count(_ENTRY)
    if parts > limits.WORKBOOK_PARTS:
        raise _too_large("workbook-parts", path, parts, limits.WORKBOOK_PARTS)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
            most = max(limits.WORKBOOK_SMALL, min(limits.WORKBOOK_UNPACKED, limits.WORKBOOK_RATIO * size))
            if unpacked > most:
                raise _too_large("workbook-unpacked", path, unpacked, most)
            wrong = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _unreadable(path, error) from error
    if wrong is not None:
        raise _unreadable(path, f"{wrong} is not what the zip says of it")


def _rows(path: Path, name: str, sheet: CalamineSheet) -> Rows:
    """The rows that are not empty, from the first column that is not."""
    area = sheet.height * sheet.width
    if area > limits.SHEET_AREA:
        raise _too_large("workbook-cells", path, area, limits.SHEET_AREA, name)
    return ([_text(cell) for cell in row] for row in sheet.iter_rows() if row.count("") < len(row))


def _text(cell: object) -> str:
    """A cell as a CSV holds it: whole numbers without `.0`, dates without midnight, as ISO 8601 writes them."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _unreadable(path: Path, error: object) -> UsageError:
    return UsageError("unreadable", path=path.name, reason=error)


def _too_large(what: str, path: Path, found: int, limit: int, sheet: str = "") -> UsageError:
    return UsageError(what, file=path.name, found=f"{found:,}", limit=f"{limit:,}", sheet=sheet)
