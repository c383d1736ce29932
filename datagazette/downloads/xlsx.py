"""One workbook a release: its tables, its summaries with their pictures, what the fields mean, notes, citation.

Tables are as in the CSV, cell by cell. Nothing becomes a formula, a link or another number.
"""

from __future__ import annotations

import io
import re
import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from datagazette.describe.notation import cell
from datagazette.downloads import archive
from datagazette.downloads import workbook_texts as texts
from datagazette.downloads.spreadsheet_cells import (
    BLANK,
    MAX_COLUMNS,
    MAX_ROWS,
    lines_of,
    missing_values,
    sheet_name,
    shortened,
    shown,
    width,
)
from datagazette.model.publication import Field, Note, Publication, Schema
from datagazette.model.results import ReleaseResult, SummaryResult, TableResult
from datagazette.tables.types.field_type import Shown

RowsOf = Callable[[str], Iterable[Sequence[str]]]

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# A draft has no date, and a workbook must have one.
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
_MEASURED_ROWS = 100
# The escape for a carriage return, but not a cell that holds its very letters.
_CARRIAGE_RETURN = re.compile("(?<!_x005F)_x000D_")
_PICTURE_WIDTH = 540  # points
_TWO_CELLS = re.compile(
    rb'<xdr:twoCellAnchor[^>]*>(<xdr:from>.*?</xdr:from>)<xdr:to>.*?</xdr:to>(.*?<a:ext (cx="\d+" cy="\d+")/>.*?)'
    rb"</xdr:twoCellAnchor>",
    re.DOTALL,
)
_A4 = 9
_LINE = 15  # points


def write_workbook(
    path: Path,
    publication: Publication,
    result: ReleaseResult,
    rows_of: RowsOf,
    charts: Mapping[str, bytes],
    language: str,
) -> None:
    """`rows_of` gives a table's rows as the CSV's texts, without its header; `charts` a summary's PNG."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        raw = Path(folder, "workbook.xlsx")
        try:
            with xlsxwriter.Workbook(str(raw), {**_OPTIONS, "tmpdir": folder}) as book:
                book.use_zip64()
                _Book(book, publication, result, language).write(rows_of, charts)
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error
        archive.rewrite_zip(raw, path, _anchored, "xl/drawings/drawing")


def _anchored(_name: str, drawing: bytes) -> bytes:
    """Pictures hold on to one cell and keep their size: held by two they are stretched where columns are wider,
    as they are on machines without the workbook's font."""
    return _TWO_CELLS.sub(rb"<xdr:oneCellAnchor>\1<xdr:ext \3/>\2</xdr:oneCellAnchor>", drawing)


def headers(fields: Sequence[Field], language: str) -> list[str]:
    """The fields' titles; the name where there is no title, or another field has the same."""
    titles = [field.title.get(language) or field.name for field in fields]
    return [title if titles.count(title) == 1 else field.name for title, field in zip(titles, fields, strict=True)]


class _Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose carriage returns every reader gives back; XlsxWriter's way of writing one few know."""

    def _escape_data(self, data: Any) -> Any:
        escaped = super()._escape_data(data)
        return _CARRIAGE_RETURN.sub("&#13;", escaped) if isinstance(escaped, str) else escaped


class _Book:
    """The sheets of one workbook, written one after the other, row by row."""

    def __init__(self, book: Any, publication: Publication, result: ReleaseResult, language: str) -> None:
        self._book, self._publication, self._result, self._language = book, publication, result, language
        self._formats: dict[str, Any] = {"": None}
        self._bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        day = result.release.date
        created = datetime(day.year, day.month, day.day) if day else _NO_DATE.replace(tzinfo=None)  # noqa: DTZ001
        book.set_properties(
            {
                "title": result.release.title.get(language),
                "author": publication.catalog.publisher.title.get(language),
                "comments": f"{result.release.dataset} {result.release.version}",
                "created": created,
            }
        )

    def write(self, rows_of: RowsOf, charts: Mapping[str, bytes]) -> None:
        for table in self._result.tables:
            self._table(table, rows_of)
        for summary in self._result.summaries:
            self._summary(summary, charts.get(summary.summary.name))
        release, words = self._result.release, texts.labels(self._result.release.languages)
        self._plain_sheet(words["dictionary"], texts.dictionary(release))
        if release.notes:
            self._plain_sheet(words["notes"], texts.notes(release))
        about = texts.about(self._publication, self._result)
        self._plain_sheet(words["about"], [("", ""), *about], widths=(24, 100))

    def _sheet(self, name: str) -> Any:
        taken = [sheet.get_name() for sheet in self._book.worksheets()]
        sheet = self._book.add_worksheet(sheet_name(name, taken), _Sheet)
        # As it comes out of a printer: every column on the page, the header on each.
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&F&C&A&R&P / &N")
        return sheet

    def _table(self, result: TableResult, rows_of: RowsOf) -> None:
        table, fields = result.table, result.table.schema.fields
        sheet = self._sheet(table.name)
        if result.rows >= MAX_ROWS or len(fields) > MAX_COLUMNS:
            self._too_large(sheet, result)
            return
        _Columns(sheet, headers(fields, self._language)).measure(result)
        self._header(sheet, 0, headers(fields, self._language))
        comments = _Comments(table.schema, [note for note in self._result.release.notes if note.resource == table.name])
        missing = [missing_values(field, table.schema) for field in fields]
        last = 0
        for last, row in enumerate(rows_of(table.name), start=1):
            for column, (text, field, absent) in enumerate(zip(row, fields, missing, strict=False)):
                self._cell(sheet, last, column, shown(text, field, absent))
            comments.write(sheet, last, row)
        if fields:
            sheet.autofilter(0, 0, last, len(fields) - 1)
            sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)

    def _too_large(self, sheet: Any, result: TableResult) -> None:
        sheet.set_column(0, 0, 100)
        for row, line in enumerate(texts.too_large(self._publication, self._result.release, result)):
            self._cell(sheet, row, 0, Shown(line), self._wrapped)

    def _summary(self, result: SummaryResult, picture: bytes | None) -> None:
        summary, fields = result.summary, result.summary.fields
        sheet = self._sheet(summary.name)
        above = texts.above_summary(summary, self._result.release.languages)
        for row, line in enumerate(above):
            self._cell(sheet, row, 0, Shown(line), None if row else self._title)
        top = len(above) + 1
        titles = [texts.with_unit(field, self._language) for field in fields]
        _Columns(sheet, titles).measure_rows(result.rows)
        self._header(sheet, top, titles)
        for row, values in enumerate(result.rows, start=top + 1):
            for column, (value, field) in enumerate(zip(values, fields, strict=True)):
                self._cell(sheet, row, column, shown(cell(value), field, ("",)) if value is not None else BLANK)
        if picture:
            self._picture(sheet, top + len(result.rows) + 2, picture, summary.title.get(self._language))

    def _picture(self, sheet: Any, row: int, picture: bytes, title: str) -> None:
        scale = _PICTURE_WIDTH / struct.unpack(">I", picture[16:20])[0]
        options = {"image_data": io.BytesIO(picture), "x_scale": scale, "y_scale": scale, "object_position": 2}
        sheet.insert_image(row, 0, "chart.png", options | {"description": title})

    def _plain_sheet(self, name: str, lines: Sequence[Sequence[str]], widths: Sequence[float] | None = None) -> None:
        """A sheet of texts, the first line its header."""
        sheet = self._sheet(name)
        columns = list(zip(*lines, strict=True))
        wide = widths or [min(width(column_texts), 50) for column_texts in columns]
        for column, one in enumerate(wide):
            sheet.set_column(column, column, one, self._wrapped)
        self._header(sheet, 0, lines[0])
        for row, line in enumerate(lines[1:], start=1):
            # Not every program makes room for wrapped text by itself.
            sheet.set_row(row, _LINE * max(map(lines_of, line, wide)))
            for column, text in enumerate(line):
                self._cell(sheet, row, column, Shown(text) if text else BLANK, self._wrapped)
        if any(lines[0]):
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)

    def _header(self, sheet: Any, row: int, titles: Sequence[str]) -> None:
        for column, title in enumerate(titles):
            if title:
                sheet.write_string(row, column, shortened(title), self._bold)

    def _cell(self, sheet: Any, row: int, column: int, content: Shown, style: Any = None) -> None:
        value = content.value
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, shortened(value), style)
        else:
            sheet.write_number(row, column, value, style or self._format(content.format))

    def _format(self, pattern: str) -> Any:
        if pattern not in self._formats:
            self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return self._formats[pattern]


class _Columns:
    """Sets the widths of a sheet's columns by their headers and their first rows."""

    def __init__(self, sheet: Any, titles: Sequence[str]) -> None:
        self._sheet, self._titles = sheet, titles

    def measure(self, result: TableResult) -> None:
        self.measure_rows(result.preview)

    def measure_rows(self, rows: Sequence[Sequence[Any]]) -> None:
        for column, title in enumerate(self._titles):
            values = [cell(row[column]) for row in rows[:_MEASURED_ROWS]]
            # A filter button hides the end of a header.
            self._sheet.set_column(column, column, width([f"{title}  ", *values]))


class _Comments:
    """The notes of one table, written as comments on the cells that they speak of."""

    def __init__(self, schema: Schema, notes: Sequence[Note]) -> None:
        names = [field.name for field in schema.fields]
        self._key = [names.index(name) for name in schema.primary_key if name in names]
        self._found: dict[str, list[tuple[int, Note]]] = {}
        for note in notes:
            column = names.index(note.field) if note.field in names else (self._key or [0])[0]
            self._found.setdefault(note.key, []).append((column, note))

    def write(self, sheet: Any, number: int, row: Sequence[str]) -> None:
        if not self._found:
            return
        key = "|".join(row[column] for column in self._key if column < len(row))
        said: dict[int, list[str]] = {}
        for column, note in self._found.get(key, ()):
            said.setdefault(column, []).extend(value for _, value in note.text.values)
        for column, lines in said.items():
            sheet.write_comment(number, column, "\n".join(lines)[:2000], {"x_scale": 2, "author": ""})
