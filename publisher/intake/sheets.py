"""Sources as sheets: labels and rows of text, whatever file they came in."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from publisher import engine as database
from publisher.engine import csv_path
from publisher.errors import UsageError
from publisher.intake.encodings import read_text
from publisher.model import Json

Cells = tuple[str, ...]
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_FIELD_SIZE = 2_147_483_646
_TITLE_ROWS = 20  # rows above a table's header that are titles and notes
_MIDNIGHT = time()


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
        raise UsageError(en=f"there is no file {path}", zh=f"没有文件 {path}")
    if path.suffix.lower() in WORKBOOKS:
        return _workbook(path, sheets)
    text, found = read_text(path, encoding)
    dialect = _sniffed(text, delimiter)
    told = f"{found}, “{_shown(dialect.delimiter)}”"
    return (sheet(path.stem, path.name, csv_rows(text, dialect), told),)


def sheet(name: str, file: str, rows: Iterable[Sequence[str]], told: str = "", resource: Json | None = None) -> Sheet:
    """A sheet of `rows`: titles above the header, empty rows, and empty columns at its right are left out."""
    filled = [cells for row in rows if any(cells := tuple(cell.strip() for cell in row))]
    start = _header(filled)
    if not filled or start is None:
        raise UsageError(en=f"there is no table in {file}", zh=f"{file} 中没有表格")
    width = max(number for row in filled[start:] for number, cell in enumerate(row, 1) if cell)
    labels = _padded(filled[start], width)
    if unnamed := [number for number, label in enumerate(labels, 1) if not label]:
        raise UsageError(
            en=f"{file}: column {unnamed[0]} has values and no name in the header ({', '.join(labels)})",
            zh=f"{file}：第 {unnamed[0]} 列有数据而表头为空（{'，'.join(labels)}）",
        )
    body = tuple(_padded(row, width) for row in filled[start + 1 :])
    return Sheet(name, labels, body, told, resource or {})


def csv_rows(text: str, dialect: csv.Dialect) -> Iterator[list[str]]:
    csv.field_size_limit(_FIELD_SIZE)
    return csv.reader(io.StringIO(text, newline=""), dialect)


def _header(rows: Sequence[Cells]) -> int | None:
    """The first of the top rows that reaches as far as the table does, and is mostly filled: titles above are not."""
    if not rows:
        return None
    spans = [max(number for number, cell in enumerate(row, 1) if cell) for row in rows]
    most = max(spans)
    for at, row in enumerate(rows[:_TITLE_ROWS]):
        if spans[at] == most and sum(bool(cell) for cell in row) * 3 >= most * 2:
            return at
    return 0


def _padded(row: Cells, width: int) -> Cells:
    return row[:width] + ("",) * (width - len(row))


def _sniffed(text: str, delimiter: str | None) -> csv.Dialect:
    """Delimiter and quotes as DuckDB tells them from the first lines."""
    with (
        tempfile.TemporaryDirectory() as folder,
        database.connect(database.Limits(reads=(Path(folder),))) as engine,
    ):
        path = Path(folder) / "source.csv"
        path.write_text(text, "utf-8", newline="")
        given = f", delim = {csv_path(Path(delimiter))}" if delimiter else ""
        row = engine.row(
            f"SELECT Delimiter, Quote, Escape FROM sniff_csv({csv_path(path)}, all_varchar = true, "
            f"null_padding = true, ignore_errors = true{given})"
        )
    found = csv.excel()
    found.delimiter = delimiter or str(row[0])
    if len(str(row[1])) == 1:
        found.quotechar = str(row[1])
    if row[2] == "\\":
        found.escapechar, found.doublequote = "\\", False
    return found


def _shown(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else delimiter


def _workbook(path: Path, names: Sequence[str]) -> tuple[Sheet, ...]:
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as error:
        raise UsageError(en=f"cannot read {path.name}: {error}", zh=f"无法读取 {path.name}：{error}") from error
    if unknown := [name for name in names if name not in book.sheet_names]:
        there = ", ".join(book.sheet_names)
        raise UsageError(
            en=f"{path.name} has no sheet {unknown[0]}; its sheets are: {there}",
            zh=f"{path.name} 中没有工作表“{unknown[0]}”；现有：{there}",
        )
    rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=True) for name in names or book.sheet_names}
    full = {name: found for name, found in rows.items() if any(any(str(cell).strip() for cell in row) for row in found)}
    if not full:
        raise UsageError(en=f"there is no table in {path.name}", zh=f"{path.name} 中没有表格")
    alone = len(full) == 1
    return tuple(
        sheet(path.stem if alone else name, f"{path.name} [{name}]", _texts(found), f"{path.suffix[1:]}, {name}")
        for name, found in full.items()
    )


def _texts(rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    return ([_text(cell) for cell in row] for row in rows)


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
