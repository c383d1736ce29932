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
        there = ", ".join(book.sheet_names)
        raise UsageError(
            en=f"{path.name} has no sheet {unknown[0]}; its sheets are: {there}",
            zh=f"{path.name} 中没有工作表“{unknown[0]}”；现有：{there}",
        )
    for name in names or book.sheet_names:
        try:
            yield name, _rows(path, name, book.get_sheet_by_name(name))
        except (CalamineError, ValueError) as error:
            raise _unreadable(path, error) from error


def refuse_unfolding(path: Path) -> None:
    """Raises UsageError where the file, or what its zip says that it holds, is larger than a workbook may be."""
    size = path.stat().st_size
    if size > limits.WORKBOOK_BYTES:
        raise _too_large(path, size, limits.WORKBOOK_BYTES, "字节", "bytes")
    if path.suffix.lower() in _NO_ZIP:
        return
    parts = path.read_bytes().count(_ENTRY)
    if parts > limits.WORKBOOK_PARTS:
        raise _too_large(path, parts, limits.WORKBOOK_PARTS, "个部分", "parts")
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
            most = max(limits.WORKBOOK_SMALL, min(limits.WORKBOOK_UNPACKED, limits.WORKBOOK_RATIO * size))
            if unpacked > most:
                raise _too_large(path, unpacked, most, "字节（解压后）", "bytes when it is unpacked")
            wrong = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _unreadable(path, error) from error
    if wrong is not None:
        raise _unreadable(path, f"{wrong} is not what the zip says of it")


def _rows(path: Path, name: str, sheet: CalamineSheet) -> Rows:
    """The rows that are not empty, from the first column that is not."""
    area = sheet.height * sheet.width
    if area > limits.SHEET_AREA:
        raise _too_large(path, area, limits.SHEET_AREA, f"个单元格（工作表“{name}”中从第一个到最后一个有内容的单元格）",
                         f"cells between the first and the last one of sheet {name}")  # fmt: skip
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
    return UsageError(en=f"cannot read {path.name}: {error}", zh=f"无法读取 {path.name}：{error}")


def _too_large(path: Path, found: int, limit: int, zh: str, en: str) -> UsageError:
    return UsageError(
        en=f"{path.name} has {found:,} {en}; the limit is {limit:,}. Save the table alone as a workbook or as CSV.",
        zh=f"{path.name} 有 {found:,} {zh}，最多 {limit:,}。请把表单独另存为新的工作簿或 CSV。",
    )
