"""One workbook a release: its tables, its summaries with pictures, a cover, contents, what the fields mean, notes.

Tables are as in the CSV, cell by cell: numbers are those of the schema, which look as they were written. Nothing
becomes a formula, a link or another number. The first sheet is the first table, since programs read that one; what a
person sees first is the cover, which is further back.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import quote_sheetname

from datagazette.describe import addresses
from datagazette.describe.notation import cell, with_unit
from datagazette.describe.prose import plain_text
from datagazette.describe.writing import is_rtl
from datagazette.downloads import sheet_notes
from datagazette.downloads.sheet_columns import Cells, Columns, TextFound, columns_of, earlier_shown, shown
from datagazette.downloads.sheet_cover import cover, labels, one_line
from datagazette.downloads.sheet_lists import Line, dictionary, notes
from datagazette.downloads.sheet_reasons import legend, with_reasons
from datagazette.downloads.sheet_rows import LINE, Tall, ending_of, row_texts
from datagazette.downloads.sheet_tables import column_names, headers, table_name
from datagazette.downloads.sheet_texts import WIDEST, is_longer, lines_of, sheet_name, shortened, width
from datagazette.downloads.workbook_file import WorkbookFile
from datagazette.messages import texts
from datagazette.model.publication import Publication
from datagazette.model.resource import Field
from datagazette.model.results import FieldProfile, ReleaseResult, SummaryResult, TableResult
from datagazette.model.text import Text
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import Shown

RowsOf = Callable[[str], Iterable[Sequence[str]]]

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
# A draft has no date, and a workbook must have one.
_NO_DATE = datetime(1980, 1, 1)  # noqa: DTZ001
_MEASURED_ROWS = 100
_PICTURE_WIDTH = 540  # points
_A4 = 9
_MOST_FORMATS = 150
_SPACE = 9  # points above a heading
_COVER = 100  # characters
_MOST_SAID = 255  # characters of a table's alternative text
_NOTE_SIZE = 10  # points, in notes on cells


class Listed(NamedTuple):
    """A sheet with a table, as the contents have it."""

    sheet: str
    text: str
    rows: int
    columns: int


def write_workbook(
    path: Path,
    publication: Publication,
    result: ReleaseResult,
    rows_of: RowsOf,
    charts: Mapping[str, bytes],
    language: str,
    *,
    earlier: bool = False,
) -> Columns:
    """`rows_of` gives a table's rows as the CSV's texts, without its header; `charts` a summary's PNG.

    Returns the columns of all tables that are not what their schema says. `earlier`: as a program wrote the sheets that
    decided for each cell, and had texts for all days that are not in the order of ISO 8601.
    """
    is_large, asked = False, set[str]()
    while True:
        try:
            with WorkbookFile(path, is_large=is_large) as book:
                columns = _Book(book, publication, result, language, earlier, asked).write(rows_of, charts)
        except TextFound as found:
            asked.add(found.sheet)
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error
        except RuntimeError:  # zipfile's, of a sheet that is larger than sizes of 32 bits
            if is_large:
                raise
            is_large = True
        else:
            return columns


class _Book:
    """The sheets of one workbook. `asked` are those of which some column has texts where others are expected."""

    def __init__(
        self,
        book: WorkbookFile,
        publication: Publication,
        result: ReleaseResult,
        language: str,
        earlier: bool,
        asked: Collection[str],
    ) -> None:
        self._book, self._publication, self._result, self._language = book, publication, result, language
        self._earlier, self._asked = earlier, asked
        self._formats = {"": '"><v>'}
        self._words, self._marked, self._listed = labels(result.release), list[str](), list[Listed]()
        self._bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._link = book.add_format({"hyperlink": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})._get_xf_index()  # noqa: SLF001
        self._long, self._long_used = f'" s="{wrapped}" ', ""
        day = result.release.date
        created = datetime(day.year, day.month, day.day) if day else _NO_DATE  # noqa: DTZ001
        book.set_properties(
            {
                "title": result.release.title.get(language) or result.release.dataset,
                "language": language,
                "author": publication.catalog.publisher.title.get(language),
                "comments": f"{result.release.dataset} {result.release.version}",
                "created": created,
            }
        )

    def write(self, rows_of: RowsOf, charts: Mapping[str, bytes]) -> Columns:
        columns = Columns()
        for table in self._result.tables:
            columns += self._table(table, rows_of)
        for summary in self._result.summaries:
            columns += self._summary(summary, charts.get(summary.summary.name))
        self._around()
        return columns

    def _around(self) -> None:
        """The sheets about the others; of all sheets, a person sees the cover first."""
        release, words = self._result.release, self._words
        front, contents = self._sheet(words["cover"]), self._sheet(words["contents"])
        front.activate()
        names = {"contents": contents.get_name()}
        names["dictionary"] = self._plain_sheet("dictionary", list(dictionary(release)))
        if reasons := list(legend(self._result.tables, release.languages, words)):
            names["missing"] = self._plain_sheet("missing", reasons)
        if release.notes:
            names["notes"] = self._plain_sheet("notes", list(notes(release)))
        self._contents(contents)
        front.set_column(0, 0, _COVER, self._wrapped)
        styles = {"title": self._book.title_form, "heading": self._book.heading_form, "text": self._wrapped}
        for row, part in enumerate(cover(self._publication.catalog, release, names)):
            space = 0 if part.style == "text" else _SPACE
            front.set_row(row, LINE * lines_of(part.text, _COVER) + space)
            self._text(front, row, 0, part.text, styles[part.style])

    def _contents(self, sheet: Any) -> None:
        """A line for each sheet with a table, with a link to it, below a title."""
        words, listed = self._words, tuple(self._listed)
        names = column_names(words[key] for key in ("sheet", "content", "rows", "columns"))
        self._text(sheet, 0, 0, words["contents"], self._book.title_form)
        self._header(sheet, 1, names)
        for column, wide in enumerate((32, WIDEST, 12, 12)):
            sheet.set_column(column, column, wide, self._wrapped)
        for row, found in enumerate(listed, start=2):
            sheet.set_row(row, LINE * lines_of(found.text, WIDEST))
            sheet.write_url(row, 0, f"internal:{quote_sheetname(found.sheet)}!A1", self._link, found.sheet)
            self._text(sheet, row, 1, found.text, self._wrapped)
            sheet.write_number(row, 2, found.rows, self._wrapped)
            sheet.write_number(row, 3, found.columns, self._wrapped)
        self._mark(sheet, 1, len(listed), names, "contents", words["contents"])

    def _mark(
        self, sheet: Any, top: int, rows: int, names: Sequence[str], name: str, title: str, about: str = ""
    ) -> None:
        """Marks a table of so many rows, the header of which is in the row `top`; and puts it among the contents."""
        named = table_name(name, self._marked)
        self._marked.append(named)
        self._listed.append(Listed(sheet.get_name(), title, rows, len(names)))
        sheet.mark_table(top, rows, names, named, (shortened(title, _MOST_SAID), shortened(about, _MOST_SAID)))

    def _in_all(self, text: Text, name: str) -> str:
        """A title in all languages, `name` where there is none."""
        found = (text.get(language) for language in self._result.release.languages)
        return " / ".join(dict.fromkeys(filter(None, found))) or name

    def _sheet(self, name: str) -> Any:
        taken = [sheet.get_name() for sheet in self._book.worksheets()]
        sheet = self._book.sheet(sheet_name(name, taken))
        if is_rtl(self._language):
            sheet.right_to_left()
        # As it comes out of a printer: every column on the page, the header on each.
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _table(self, result: TableResult, rows_of: RowsOf) -> Columns:
        table, fields = result.table, result.table.schema.fields
        sheet = self._sheet(table.name)
        if result.rows >= MAX_ROWS or len(fields) > MAX_COLUMNS:
            self._too_large(sheet, result)
            return Columns()
        names, rows = headers(fields, self._language), partial(rows_of, table.name)
        found = list(sheet_notes.noted(table, self._result.release.notes, rows))
        beside = sheet_notes.beside(found, names, texts("workbook", self._language)["colon"])
        names = column_names([*names, self._words["notes"]] if beside else names)
        widths = self._widths(sheet, names, fields, result.preview, result.profiles)
        self._header(sheet, 0, names, fields)
        missing = (
            table.schema.missing_values if field.missing_values is None else field.missing_values for field in fields
        )
        cells = [self._column(field, blank) for field, blank in zip(fields, missing, strict=True)]
        columns = self._rows(sheet, table.name, cells, result.rows, rows, widths, beside)
        for row, column, lines in with_reasons(table, sheet_notes.on_cells(found, table), rows()):
            text = "\n".join(lines)[:2000]
            sheet.write_comment(row, column, text, {"x_scale": 2, "author": "", "font_size": _NOTE_SIZE})
        if fields:
            title, about = self._in_all(table.title, table.name), table.description.get(self._language)
            self._mark(sheet, 0, result.rows, names, table.name, title, plain_text(about))
            sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        return columns

    def _too_large(self, sheet: Any, result: TableResult) -> None:
        """What a sheet says of a table that does not fit on one."""
        sheet.set_column(0, 0, 100)
        release, table = self._result.release, result.table
        title = self._in_all(table.title, table.name)
        self._listed.append(Listed(sheet.get_name(), title, result.rows, len(table.schema.fields)))
        counts = {"rows": f"{result.rows:,}", "columns": f"{len(table.schema.fields):,}"}
        sentences = [texts("workbook", language)["large"].format(**counts) for language in release.languages]
        files = [f"{table.name}.parquet", f"{table.name}.csv"]
        links = [addresses.data_file(self._publication.catalog, release, path) for path in files]
        for row, line in enumerate(sentences + links):
            self._text(sheet, row, 0, line, self._wrapped)

    def _summary(self, result: SummaryResult, picture: bytes | None) -> Columns:
        summary, fields = result.summary, result.summary.fields
        sheet = self._sheet(summary.name)
        # Title and description above the table, in each language.
        translated = [
            text.get(code) for code in self._result.release.languages for text in (summary.title, summary.description)
        ]
        above = list(dict.fromkeys(filter(None, map(one_line, translated)))) or [summary.name]
        above += [self._words["picture"]] if picture else []
        for row, line in enumerate(above):
            self._text(sheet, row, 0, line, None if row else self._book.title_form)
        top = len(above) + 1
        names = column_names(with_unit(field, self._language) for field in fields)
        widths = self._widths(sheet, names, fields, result.rows)
        self._header(sheet, top, names, fields)
        # Results are plain, whatever the form of the column that they are from.
        plain = (replace(field, descriptor={}, format=field.format if self._earlier else "default") for field in fields)
        rows = [[cell(value) for value in values] for values in result.rows]
        cells = [self._column(field, ("",)) for field in plain]
        columns = self._rows(sheet, summary.name, cells, len(rows), lambda: rows, widths)
        title, about = self._in_all(summary.title, summary.name), plain_text(summary.description.get(self._language))
        if fields:
            self._mark(sheet, top, len(rows), names, summary.name, title, about)
        if picture:
            said = summary.title.get(self._language) or summary.name
            self._picture(sheet, top + len(rows) + 2, picture, ". ".join(filter(None, (said.rstrip("."), about))))
        return columns

    def _picture(self, sheet: Any, row: int, picture: bytes, said: str) -> None:
        """A PNG below a table; `said` is for those who do not see it."""
        scale = _PICTURE_WIDTH / struct.unpack(">I", picture[16:20])[0]
        about = {"image_data": io.BytesIO(picture), "description": said}
        place = {"x_scale": scale, "y_scale": scale, "object_position": 2}
        sheet.insert_image(row, 0, "chart.png", about | place)

    def _column(self, field: Field, missing: Collection[str]) -> Cells:
        kind, show = TYPES[field.type](field), earlier_shown if self._earlier else shown
        quick = kind.quick_number()
        is_quick = quick is not None and not any(map(quick, missing))
        return Cells(field, lambda text: show(text, field, missing, kind), quick if is_quick else None)

    def _rows(
        self,
        sheet: Any,
        table: str,
        cells: Sequence[Cells],
        count: int,
        rows: Callable[[], Iterable[Sequence[str]]],
        widths: Sequence[float],
        beside: Mapping[int, str] = MappingProxyType({}),
    ) -> Columns:
        """Puts so many rows below those that the sheet has; returns the columns that are not what the schema says.
        `widths` are those of the columns, `beside` texts behind a row, by its number from 1."""
        name = sheet.get_name()
        if name in self._asked:
            found = columns_of(table, cells, rows())
            columns = found if self._earlier else found.decided()
            kept = [column.as_texts() if (table, column.field.name) in columns.texts else column for column in cells]
        else:
            columns, kept = Columns(), [column.without_texts(name) if column.is_typed else column for column in cells]
        endings = [
            ending_of(column, len(kept), partial(self._ending, sheet, wide=wide))
            for column, wide in zip(kept, widths, strict=False)
        ]
        noted = {row + 1: self._ending(sheet, Shown(text), wide=WIDEST) for row, text in beside.items()}
        write = partial(row_texts, beside=noted, long=lambda: self._long_used)
        sheet.below(lambda top: write(rows(), endings, top), count, len(kept) + bool(noted))
        return columns

    def _plain_sheet(self, key: str, lines: Sequence[Line]) -> str:
        """A sheet with a table of texts, the first line its header; `key` is that of its label. Returns its name."""
        sheet = self._sheet(self._words[key])
        widths = [min(width(column), 50) for column in zip(*lines, strict=True)]
        for column, wide in enumerate(widths):
            sheet.set_column(column, column, wide, self._wrapped)
        names = column_names(lines[0])
        self._header(sheet, 0, names)
        for row, line in enumerate(lines[1:], start=1):
            # Not every program makes room for wrapped text by itself.
            sheet.set_row(row, LINE * max(map(lines_of, line, widths)))
            for column, text in enumerate(line):
                self._text(sheet, row, column, text, self._wrapped)
        self._mark(sheet, 0, len(lines) - 1, names, key, self._words[key])
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        return str(sheet.get_name())

    def _widths(
        self,
        sheet: Any,
        titles: Sequence[str],
        fields: Sequence[Field],
        rows: Sequence[Sequence[Any]],
        profiles: Sequence[FieldProfile] = (),
    ) -> list[float]:
        """Makes columns as wide as their titles and the first of the `rows` need, and the numbers of the `profiles`;
        the column behind those of the fields has notes."""
        known = {profile.field.name: profile for profile in profiles}
        found = []
        for column, title in enumerate(titles):
            values = [cell(row[column]) for row in rows[:_MEASURED_ROWS]] if column < len(fields) else [" " * WIDEST]
            if column < len(fields) and (profile := known.get(fields[column].name)) and fields[column].type != "string":
                values += [cell(profile.minimum), cell(profile.maximum)]
            # A filter button hides the end of a header.
            found.append(width([f"{title}  ", *values]))
            sheet.set_column(column, column, found[-1])
        return found

    def _header(self, sheet: Any, row: int, titles: Sequence[str], fields: Sequence[Field] = ()) -> None:
        """The titles of columns. Where one is not the name of the field, by which every other file knows it, that is in
        a note."""
        for column, title in enumerate(titles):
            sheet.write_string(row, column, title, self._bold)
        for column, (title, field) in enumerate(zip(titles, fields, strict=False)):
            if title != field.name:
                sheet.write_comment(row, column, field.name, {"author": "", "height": 30, "font_size": _NOTE_SIZE})

    def _ending(self, sheet: Any, content: Shown, *, wide: float) -> str:
        """A cell in XML, from behind its address, for a column so wide: a longer text has the lines that it needs."""
        value, form = content.value, content.format
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return f'" t="b"><v>{value:d}</v></c>'
        if isinstance(value, str):
            text = shortened(value)
            found = str(sheet.text_cell(text))
            is_long = is_longer(value, wide)
            if not is_long:
                return found
            self._long_used = self._long
            return Tall.of(f"{self._long}{found[1:]}", lines_of(text, wide))
        # A unit of its own in each cell would be more formats than a spreadsheet opens.
        if form not in self._formats and (len(self._formats) < _MOST_FORMATS or content.is_moment):
            index = self._book.add_format({"num_format": form})._get_xf_index()  # noqa: SLF001 - as the library asks it
            self._formats[form] = f'" s="{index}"><v>'
        return f"{self._formats.get(form, self._formats[''])}{value:.16G}</v></c>"

    def _text(self, sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
        if text:
            sheet.write_string(row, column, shortened(text), style)
