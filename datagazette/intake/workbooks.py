"""The sheets of a workbook as rows of text.

A workbook of a few kilobytes may unfold to gigabytes. What the zip states of its parts is looked at before any of it is
unpacked, and what a sheet holds before its cells are. The rest is bounded by the process in which untrusted files are
read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from datagazette.intake import ooxml, opendocument
from datagazette.intake.notices import Notice, Place, notice
from datagazette.intake.number_forms import iso_duration
from datagazette.intake.worksheet_views import Address, View
from datagazette.model import limits
from datagazette.model.errors import UsageError

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_DIGITS = 15  # that a spreadsheet keeps of a number
_EXACT, _WHOLE = 1e15, 1e21  # below them a whole number has no more digits, and is written without an exponent
_ENTRY = b"PK\x01\x02"  # begins the entry of each part in a zip's directory


@dataclass(frozen=True)
class Worksheet:
    """`rows` are those that are not empty, each with its number, without what is hidden."""

    name: str
    rows: Iterator[tuple[int, list[str]]]
    view: View
    hidden: str
    about: tuple[Notice, ...]

    def notices(self, first: int) -> tuple[Notice, ...]:
        """What is left out of the sheet or read otherwise than it looks, once its rows were read; `first` is the number
        of the first row below the header."""
        return (*self.about, *self.view.notices(self.hidden, first - 1))


def read_workbook(path: Path, names: Sequence[str], hidden: str = "") -> Iterator[Worksheet]:
    """The sheets named in `names`, or all that are not hidden: what nobody sees is published only if it is asked for.

    `hidden` says what becomes of hidden rows and columns, `keep` or `drop`; where it is empty, they are left out.
    Raises UsageError where the workbook cannot be read or is too large, there is no such sheet, or a person has to
    decide what is read.
    """
    refuse_unfolding(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        if unknown := [name for name in names if name not in book.sheet_names]:
            raise UsageError("no-sheet", file=path.name, name=unknown[0], known=", ".join(book.sheet_names))
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        unseen = [] if names else [name for name in book.sheet_names if name not in visible]
        views = _views(path)
        for number, name in enumerate(names or visible):
            sheet = book.get_sheet_by_name(name)
            view = views(name)
            about = [notice("hidden-sheets", [Place(text=name) for name in unseen if not number])]
            if view is None:
                about.append(notice("form-unseen", [Place()]))
                view = View(merged=list(sheet.merged_cell_ranges or ()))
            view.refuse(f"{path.name} [{name}]", hidden)
            yield Worksheet(name, _rows(path, sheet, view, hidden), view, hidden, tuple(about))
    except (CalamineError, OSError, ValueError) as error:
        raise UsageError("unreadable", path=path.name, reason=error) from error


def _views(path: Path) -> Callable[[str], View | None]:
    """What a sheet of the workbook shows, by its name; None where its form is one that only the library reads."""
    ending = path.suffix.lower()
    if ending not in (".xlsx", ".xlsm", ".ods"):
        return lambda name: None  # noqa: ARG005 - no sheet of it
    archive = ZipFile(path)
    return opendocument.views(archive).get if ending == ".ods" else ooxml.read_book(archive).view


def refuse_unfolding(path: Path) -> None:
    """Raises UsageError where the file, or what its zip says that it holds, is larger than a workbook may be, or
    where a part is not what the zip says of it."""
    size = path.stat().st_size
    _refuse_larger("workbook-bytes", path, size, limits.WORKBOOK_BYTES)
    if path.suffix.lower() == ".xls":  # which is no zip
        return
    _refuse_larger("workbook-parts", path, path.read_bytes().count(_ENTRY), limits.WORKBOOK_PARTS)
    try:
        with ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            most = max(limits.WORKBOOK_SMALL, min(limits.WORKBOOK_UNPACKED, limits.WORKBOOK_RATIO * size))
            _refuse_larger("workbook-unpacked", path, unpacked, most)
            wrong = archive.testzip()
    except (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UsageError("unreadable", path=path.name, reason=error) from error
    if wrong is not None:
        raise UsageError("unreadable", path=path.name, reason=f"{wrong} is not what the zip says of it")


def _rows(path: Path, sheet: CalamineSheet, view: View, hidden: str) -> Iterator[tuple[int, list[str]]]:
    """(its number, cells) of each row that is not empty, from the first column that is not, without what is hidden."""
    _refuse_larger("workbook-cells", path, sheet.height * sheet.width, limits.SHEET_AREA, sheet.name)
    rows, columns = view.left_out(hidden)
    first = sheet.start[1] if sheet.start else 0
    for row, cells in enumerate(sheet.iter_rows()):
        if row not in rows and cells.count("") < len(cells):
            yield row + 1, [
                view.instead.get((row, column)) or _text(cell, (row, column), view)
                for column, cell in enumerate(cells, first) if column not in columns
            ]  # fmt: skip


def _text(cell: object, at: Address, view: View) -> str:
    """A cell as a CSV holds it: whole numbers without `.0`, dates without midnight, as ISO 8601 writes them."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return _number(cell, at, view)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, timedelta):
        return iso_duration(cell)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _number(cell: float, at: Address, view: View) -> str:
    """The shortest text of a number. A spreadsheet keeps 15 digits: more are an accident of computing, or were lost."""
    if cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    text = repr(cell)
    if cell.is_integer() and abs(cell) < _WHOLE:
        text = str(int(Decimal(text)))
        view.findings.cell("long", at, text)
    elif len(text) > _DIGITS + 2 and len(f"{cell:.{_DIGITS}g}") < _DIGITS - 2:
        view.findings.column("rounded", at, text)
    return text


def _refuse_larger(what: str, path: Path, found: int, limit: int, sheet: str = "") -> None:
    if found > limit:
        raise UsageError(what, file=path.name, found=f"{found:,}", limit=f"{limit:,}", sheet=sheet)
