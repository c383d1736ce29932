"""One workbook a release: its tables, its summaries with their pictures, what the fields mean, notes, citation.

Tables are as in the CSV, cell by cell: numbers are those of the schema, which look as they were written. Nothing
becomes a formula, a link or another number.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from xlsxwriter.exceptions import FileCreateError

from datagazette.describe import addresses
from datagazette.describe.citation import bibtex, cite_release, sentences
from datagazette.describe.notation import cell, with_unit
from datagazette.describe.writing import is_rtl
from datagazette.downloads.sheet_columns import Cells, Columns, TextFound, columns_of
from datagazette.downloads.sheet_reasons import legend, with_reasons
from datagazette.downloads.sheet_rows import ending_of, row_texts
from datagazette.downloads.sheet_texts import lines_of, sheet_name, shortened, width
from datagazette.downloads.workbook_file import WorkbookFile
from datagazette.messages import FALLBACK, has_texts, texts
from datagazette.model.publication import Field, Note, Publication, Release, Table
from datagazette.model.results import ReleaseResult, SummaryResult, TableResult
from datagazette.tables.types import TYPES
from datagazette.tables.types.field_type import FieldType, Shown

RowsOf = Callable[[str], Iterable[Sequence[str]]]
Line = tuple[str, ...]

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
BLANK = Shown(None)
# A draft has no date, and a workbook must have one.
_NO_DATE = datetime(1980, 1, 1)  # noqa: DTZ001
_MEASURED_ROWS = 100
_PICTURE_WIDTH = 540  # points
_EARLIER_MOMENTS = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d:\d\d",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?",
}
_NO_TEXT = "(?!)"
_A4 = 9
_MOST_FORMATS = 150
_LINE = 15  # points


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


def headers(fields: Sequence[Field], language: str) -> list[str]:
    """The fields' titles; the name where there is no title, or another field has the same."""
    titles = [field.title.get(language) or field.name for field in fields]
    return [title if titles.count(title) == 1 else field.name for title, field in zip(titles, fields, strict=True)]


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
        self._bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        day = result.release.date
        created = datetime(day.year, day.month, day.day) if day else _NO_DATE  # noqa: DTZ001
        book.set_properties(
            {
                "title": result.release.title.get(language),
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
        release, words = self._result.release, _labels(self._result.release.languages)
        self._plain_sheet(words["dictionary"], list(_dictionary(release)))
        if reasons := list(legend(self._result.tables, release.languages, words)):
            self._plain_sheet(words["missing"], reasons)
        if release.notes:
            self._plain_sheet(words["notes"], list(_notes(release)))
        self._plain_sheet(words["about"], [("", ""), *_about(self._publication, release)], widths=(24, 100))
        return columns

    def _sheet(self, name: str) -> Any:
        taken = [sheet.get_name() for sheet in self._book.worksheets()]
        sheet = self._book.sheet(sheet_name(name, taken))
        if is_rtl(self._language):
            sheet.right_to_left()
        # As it comes out of a printer: every column on the page, the header on each.
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&F&C&A&R&P / &N")
        return sheet

    def _table(self, result: TableResult, rows_of: RowsOf) -> Columns:
        table, fields = result.table, result.table.schema.fields
        sheet = self._sheet(table.name)
        if result.rows >= MAX_ROWS or len(fields) > MAX_COLUMNS:
            self._too_large(sheet, result)
            return Columns()
        self._header(sheet, 0, headers(fields, self._language), result.preview, fields)
        missing = (
            table.schema.missing_values if field.missing_values is None else field.missing_values for field in fields
        )
        cells = [self._column(field, blank) for field, blank in zip(fields, missing, strict=True)]
        columns = self._rows(sheet, table.name, cells, result.rows, lambda: rows_of(table.name))
        comments = _comments(table, self._result.release.notes, rows_of)
        for row, column, lines in with_reasons(table, comments, rows_of(table.name)):
            sheet.write_comment(row, column, "\n".join(lines)[:2000], {"x_scale": 2, "author": ""})
        if fields:
            sheet.autofilter(0, 0, result.rows, len(fields) - 1)
            sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        return columns

    def _too_large(self, sheet: Any, result: TableResult) -> None:
        """What a sheet says of a table that does not fit on one."""
        sheet.set_column(0, 0, 100)
        release, table = self._result.release, result.table
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
        above = list(dict.fromkeys(filter(None, translated))) or [summary.name]
        for row, line in enumerate(above):
            self._text(sheet, row, 0, line, None if row else self._title)
        top = len(above) + 1
        self._header(sheet, top, [with_unit(field, self._language) for field in fields], result.rows, fields)
        # Results are plain, whatever the form of the column that they are from.
        plain = (replace(field, descriptor={}, format=field.format if self._earlier else "default") for field in fields)
        rows = [[cell(value) for value in values] for values in result.rows]
        columns = self._rows(
            sheet, summary.name, [self._column(field, ("",)) for field in plain], len(rows), lambda: rows
        )
        if picture:
            scale = _PICTURE_WIDTH / struct.unpack(">I", picture[16:20])[0]
            about = {"image_data": io.BytesIO(picture), "description": summary.title.get(self._language)}
            place = {"x_scale": scale, "y_scale": scale, "object_position": 2}
            sheet.insert_image(top + len(result.rows) + 2, 0, "chart.png", about | place)
        return columns

    def _column(self, field: Field, missing: Collection[str]) -> Cells:
        kind, show = TYPES[field.type](field), earlier_shown if self._earlier else shown
        quick = kind.quick_number()
        is_quick = quick is not None and not any(map(quick, missing))
        return Cells(field, lambda text: show(text, field, missing, kind), quick if is_quick else None)

    def _rows(
        self, sheet: Any, table: str, cells: Sequence[Cells], count: int, rows: Callable[[], Iterable[Sequence[str]]]
    ) -> Columns:
        """Puts so many rows below those that the sheet has; returns the columns that are not what the schema says."""
        name = sheet.get_name()
        if name in self._asked:
            found = columns_of(table, cells, rows())
            columns = found if self._earlier else found.decided()
            kept = [column.as_texts() if (table, column.field.name) in columns.texts else column for column in cells]
        else:
            columns, kept = Columns(), [column.without_texts(name) if column.is_typed else column for column in cells]
        endings = [ending_of(column, len(kept), partial(self._ending, sheet)) for column in kept]
        sheet.below(lambda first: row_texts(rows(), endings, first), count, len(kept))
        return columns

    def _plain_sheet(self, name: str, lines: Sequence[Line], widths: Sequence[float] | None = None) -> None:
        """A sheet of texts, the first line its header."""
        sheet = self._sheet(name)
        widths = widths or [min(width(column), 50) for column in zip(*lines, strict=True)]
        for column, wide in enumerate(widths):
            sheet.set_column(column, column, wide, self._wrapped)
        self._header(sheet, 0, lines[0])
        for row, line in enumerate(lines[1:], start=1):
            # Not every program makes room for wrapped text by itself.
            sheet.set_row(row, _LINE * max(map(lines_of, line, widths)))
            for column, text in enumerate(line):
                self._text(sheet, row, column, text, self._wrapped)
        if any(lines[0]):
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)

    def _header(
        self,
        sheet: Any,
        row: int,
        titles: Sequence[str],
        rows: Sequence[Sequence[Any]] | None = None,
        fields: Sequence[Field] = (),
    ) -> None:
        """The titles of columns, which are as wide as these and the first of the `rows` need. Where a title is not the
        name of the field, by which every other file knows it, that is in a note."""
        for column, title in enumerate(titles):
            if rows is not None:
                # A filter button hides the end of a header.
                values = [cell(values[column]) for values in rows[:_MEASURED_ROWS]]
                sheet.set_column(column, column, width([f"{title}  ", *values]))
            if title:
                sheet.write_string(row, column, shortened(title), self._bold)
        for column, (title, field) in enumerate(zip(titles, fields, strict=False)):
            if title != field.name:
                sheet.write_comment(row, column, field.name, {"author": "", "height": 30})

    def _ending(self, sheet: Any, content: Shown) -> str:
        """A cell in XML, from behind its address."""
        value, form = content.value, content.format
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return f'" t="b"><v>{value:d}</v></c>'
        if isinstance(value, str):
            return str(sheet.text_cell(shortened(value)))
        # A unit of its own in each cell would be more formats than a spreadsheet opens.
        if form not in self._formats and (len(self._formats) < _MOST_FORMATS or content.is_moment):
            index = self._book.add_format({"num_format": form})._get_xf_index()  # noqa: SLF001 - as the library asks it
            self._formats[form] = f'" s="{index}"><v>'
        return f"{self._formats.get(form, self._formats[''])}{value:.16G}</v></c>"

    def _text(self, sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
        if text:
            sheet.write_string(row, column, shortened(text), style)


def _comments(table: Table, notes: Sequence[Note], rows_of: RowsOf) -> Iterator[tuple[int, int, list[str]]]:
    """(number of the row, of the column, texts) of the notes on a table; those of a whole row are at its key."""
    names = [field.name for field in table.schema.fields]
    key = [names.index(name) for name in table.schema.primary_key if name in names]
    found: dict[str, dict[int, list[str]]] = {}
    for note in notes:
        if note.resource == table.name:
            column = names.index(note.field) if note.field in names else (key or [0])[0]
            found.setdefault(note.key, {}).setdefault(column, []).extend(text for _, text in note.text.values)
    for number, row in enumerate(rows_of(table.name) if found else (), start=1):
        noted = found.pop("|".join(row[part] for part in key if part < len(row)), {})
        yield from ((number, column, lines) for column, lines in noted.items())
        if not found:
            return


def _labels(languages: Sequence[str]) -> dict[str, str]:
    """Each label in all languages that we have words for: `表 Table`."""
    known = [texts("workbook", language) for language in languages if has_texts("workbook", language)]
    known = known or [texts("workbook", FALLBACK)]
    return {key: " ".join(dict.fromkeys(words[key] for words in known)) for key in known[0]}


def _dictionary(release: Release) -> Iterator[Line]:
    """A line for each field of each table and summary, its header first."""
    words, languages = _labels(release.languages), release.languages
    translated = [f"{words[key]} ({code})" for code in languages for key in ("title", "description", "unit")]
    yield (words["table"], words["field"], words["type"], *translated, words["required"], words["values"])
    tables = [(table.name, table.schema.fields) for table in release.tables]
    for name, fields in [*tables, *((summary.name, summary.fields) for summary in release.summaries)]:
        for field in fields:
            translated = [text.get(code) for code in languages for text in (field.title, field.description, field.unit)]
            categories = (
                f"{category.value}: {' / '.join(dict.fromkeys(category.label.get(code) for code in languages))}"
                for category in field.categories
            )
            values = "\n".join(line.rstrip(": ") for line in categories)
            values = values or "\n".join(map(str, field.constraints.get("enum", ())))
            yield (name, field.name, field.type, *translated, words["yes"] if field.required else "", values)


def _notes(release: Release) -> Iterator[Line]:
    words, languages = _labels(release.languages), release.languages
    translated = [f"{words['note']} ({code})" for code in languages]
    yield (words["table"], words["key"], words["field"], words["kind"], *translated, words["source"])
    for note in release.notes:
        translated = [note.text.get(code) for code in languages]
        yield (note.resource, note.key, note.field, note.kind, *translated, note.source)


def _about(publication: Publication, release: Release) -> Iterator[Line]:
    """Label and text, a block for each language."""
    catalog, gone = publication.catalog, release.withdrawal
    for language in release.languages:
        words, cited = texts("workbook", language), cite_release(catalog, release, language)
        licenses = [
            " ".join(filter(None, (license_.title.get(language) or license_.name, license_.path)))
            for license_ in release.licenses or catalog.licenses
        ]
        sources = [" ".join(filter(None, (source.title.get(language), source.path))) for source in release.sources]
        lines = (
            (words["withdrawn"], f"{gone.date.isoformat()} {gone.reason.get(language)}" if gone else ""),
            (words["title"], release.title.get(language) or release.dataset),
            (words["description"], release.description.get(language)),
            (words["version"], str(release.version)),
            (words["released"], release.date.isoformat() if release.date else ""),
            (words["publisher"], f"{catalog.publisher.title.get(language)} · {catalog.title.get(language)}"),
            (words["page"], addresses.release_page(catalog, release, language)),
            (words["license"], "\n".join(licenses)),
            (words["source"], "\n".join(sources)),
            (words["changes"], release.changes.get(language)),
            *((f"{words['cite']} ({style})", sentence) for style, sentence in sentences(cited)),
        )
        yield from (line for line in lines if line[1])
        yield ("", "")
    yield ("BibTeX", bibtex(cite_release(catalog, release, release.languages[0])).strip())


def shown(text: str, field: Field, missing: Collection[str], kind: FieldType | None = None) -> Shown:
    """The cell for `text`: typed only where the sheet shows the very text again, or the very number. `kind` is the type
    of the field, for those who have made it already."""
    if text in missing or text == "":
        return BLANK
    return (kind or TYPES[field.type](field)).shown(text)


def earlier_shown(text: str, field: Field, missing: Collection[str], kind: FieldType | None = None) -> Shown:
    """The same as an earlier program had it: days and times in no other form than that of ISO 8601 were numbers."""
    form = _EARLIER_MOMENTS.get(field.type, "") if field.format in ("default", "", "any") else _NO_TEXT
    is_text = field.type in _EARLIER_MOMENTS and not re.fullmatch(form, text)
    found = shown(text, field, missing, kind)
    return Shown(text) if is_text and found.value is not None else found
