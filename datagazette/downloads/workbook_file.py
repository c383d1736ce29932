"""XlsxWriter with rows that are written as they come, and texts as every reader takes them.

The library holds its sheets in memory, or writes rows to a file, each cell by four calls. Here it makes everything of a
workbook but the rows of tables: `Sheet.rows` are texts of XML, asked for when their sheet is in the zip already and
written behind its header. No part of a workbook is a file of its own, and none is compressed twice.

Texts are shared by all cells that have them, up to a limit, since the list is held in memory until the end. Texts
beyond the limit are inside their cells, where some readers take one as it is in the file (`a &lt; b`), or for nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Self

import xlsxwriter
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable
from xlsxwriter.styles import Styles, XFormatType
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from datagazette.downloads.archive import member

# Of short texts the number counts, of long ones the characters.
MOST_TEXTS, MOST_CHARACTERS = 1 << 18, 1 << 24
# Of 1, 3, 4 and 6: rows of ten columns take 0.92, 0.81, 0.76 and 0.72 of the bytes of their CSV, and 100,000 of them
# 0.2, 0.3, 0.3 and 0.8 processor seconds.
_LEVEL = 4
# Characters of a part that are compressed with its last ones. What is longer is compressed by a thread, to start which
# takes longer than to compress this.
_WHOLE = 1 << 18
# The XML of rows, many in each text, from the row of this number on; the first has 0.
Rows = Callable[[int], Iterable[str]]
# Cells of a row that is as high as its longest note are read along its top.
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"valign": "top"},
}
# The escape for a carriage return, but not a cell that holds its very letters.
_CARRIAGE_RETURN = re.compile("(?<!_x005F)_x000D_")
_BLANK_ENDS = re.compile(r"^\s|\s$")
# Letters that would be read as the escape of a character.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Name and number of the built-in cell styles by which readers of screens find headings, and their place among styles:
# behind the usual one and that of links.
_HEADINGS = {2: ("Heading 1", 16), 3: ("Heading 2", 17)}

_TWO_CELLS = re.compile(
    rb'<xdr:twoCellAnchor[^>]*>(<xdr:from>.*?</xdr:from>)<xdr:to>.*?</xdr:to>(.*?<a:ext (cx="\d+" cy="\d+")/>.*?)'
    rb"</xdr:twoCellAnchor>",
    re.DOTALL,
)


class WorkbookFile(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook that is written to `path` when it is closed. `sheet` adds a sheet.

    `title_form` and `heading_form` are the formats of headings. The properties of the workbook may have a `language`.
    `is_large`: whether a sheet may be larger than zips without sizes of 64 bits hold, which some readers do not know.
    """

    def __init__(self, path: Path, *, is_large: bool = False) -> None:
        super().__init__(io.BytesIO(), _OPTIONS)  # which stays empty
        self._path, self._is_large = path, is_large
        self.str_table = Texts()
        self.title_form = self.add_format({"bold": True, "font_size": 14, "valign": "bottom"})
        self.heading_form = self.add_format({"bold": True, "font_size": 12, "valign": "bottom"})
        self.title_form.xf_id, self.heading_form.xf_id = _HEADINGS

    def sheet(self, name: str) -> Any:
        return self.add_worksheet(name, Sheet)

    def _store_workbook(self) -> None:
        with (
            zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target,
            ThreadPoolExecutor(1) as beside,
            _Packager(target, beside, self._is_large) as self._packager,
        ):
            super()._store_workbook()

    def _get_packager(self) -> Packager:
        return self._packager


class Texts(SharedStringTable):  # type: ignore[misc]
    """The texts of all cells, numbered in the order in which they come."""

    def __init__(self) -> None:
        super().__init__()
        self._characters = 0

    def place(self, text: str) -> int | None:
        """The number of a text; None where there is no room for another."""
        found: int | None = self.string_table.get(text)
        if found is None and self.unique_count < MOST_TEXTS and self._characters + len(text) <= MOST_CHARACTERS:
            self._characters += len(text)
            found = self.string_table[text] = self.unique_count
            self.unique_count += 1
        return found

    def _sort_string_data(self) -> None:
        """They are in order, and those of `Sheet.rows` come after this."""


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet. `rows` gives the XML of its last rows, many of them in each text."""

    rows: Rows | None = None
    dim_rowmax: int
    _header_row: int

    def below(self, rows: Rows, count: int, columns: int) -> None:
        """Puts so many `rows` below those that were written."""
        if columns:
            self._header_row, self.rows = self.dim_rowmax, rows
            self._check_dimensions(self._header_row + count, columns - 1)

    def mark_table(self, top: int, rows: int, columns: Sequence[str], name: str, about: tuple[str, str]) -> None:
        """Marks the header in the row `top` and so many rows below it, from column A on, as a table with filters.

        `columns` are the texts of the header, `about` title and description for those who do not see the table.
        The library's own function asks of each cell whether it is in another table. One without rows has an empty one.
        """
        place = xl_range(top, 0, top + max(rows, 1), len(columns) - 1)
        self.tables.append(
            {
                "name": name,
                "range": place,
                "autofilter": place,
                "columns": [
                    {"id": number, "name": _ESCAPE.sub("_x005F_", column)}
                    for number, column in enumerate(columns, start=1)
                ],
                "header_row_count": 1,
                "totals_row_shown": 0,
                "style": "",
                **dict.fromkeys(("show_first_col", "show_last_col", "show_row_stripes", "show_col_stripes"), 0),
                "title": about[0],
                "description": about[1],
            }
        )

    def text_cell(self, text: str) -> str:
        """The XML of a cell with a text, from behind its address."""
        place = self.str_table.place(text)
        if place is not None:
            return f'" t="s"><v>{place}</v></c>'
        kept = ' xml:space="preserve"' if _BLANK_ENDS.search(text) else ""
        return f'" t="inlineStr"><is><t{kept}>{_escaped(self, text)}</t></is></c>'

    def _write_rows(self) -> None:
        if self.rows is None:
            super()._write_rows()
            return
        last, self.dim_rowmax = self.dim_rowmax, self._header_row
        super()._write_rows()
        self.dim_rowmax = last
        for text in self.rows(self._header_row + 1):
            self.str_table.count += text.count('" t="s"><v>')
            self.fh.write(text)


class _Packager(Packager):  # type: ignore[misc]
    """Writes each part of a workbook into the zip, one after the other."""

    def __init__(self, target: zipfile.ZipFile, beside: Executor, is_large: bool) -> None:
        super().__init__()
        self._zip, self._beside, self._is_large = target, beside, is_large
        self._part: _Part | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_part()

    def _set_in_memory(self, _: bool) -> None:
        self.in_memory = True

    def _filename(self, xml_filename: str) -> io.StringIO:
        self._end_part()
        self._part = _Part(member(self._zip, xml_filename, is_large=self._is_large), self._beside, xml_filename)
        return self._part

    def _create_package(self) -> list[object]:
        super()._create_package()
        self._end_part()
        for picture, name, _ in self.filenames:
            with member(self._zip, name) as target:
                target.write(picture.getvalue())
        return []

    def _end_part(self) -> None:
        part, self._part = self._part, None
        if part:
            part.end()

    def _write_core_file(self) -> None:
        core = _Core()
        core._set_properties(self.workbook.doc_properties)  # noqa: SLF001 - the library's own steps
        core._set_xml_writer(self._filename("docProps/core.xml"))  # noqa: SLF001
        core._assemble_xml_file()  # noqa: SLF001

    def _write_styles_file(self) -> None:
        book, styles = self.workbook, _Styles()
        names = "xf_formats palette font_count num_formats border_count fill_count custom_colors dxf_formats"
        found = [getattr(book, name) for name in names.split()]
        styles._set_style_properties([*found, book.has_comments])  # noqa: SLF001
        styles._set_xml_writer(self._filename("xl/styles.xml"))  # noqa: SLF001
        styles._assemble_xml_file()  # noqa: SLF001

    def _write_shared_strings_file(self) -> None:
        texts = self.workbook.str_table
        if texts.count:
            file = _TextsFile()
            file.string_table = texts
            file._set_xml_writer(self._filename("xl/sharedStrings.xml"))  # noqa: SLF001 - the library's own steps
            file._assemble_xml_file()  # noqa: SLF001


class _Part(io.StringIO):
    """A part of a workbook on its way into the zip. A long one is compressed while what follows is made.

    Pictures on a sheet are drawn as `anchored` has them.
    """

    def __init__(self, target: IO[bytes], beside: Executor, name: str) -> None:
        super().__init__()
        self._target, self._beside, self._sent = target, beside, Future[int]()
        self._sent.set_result(0)
        self._is_drawing, self._size = name.startswith("xl/drawings/drawing"), 0

    def write(self, text: str) -> int:
        self._size += len(text)
        if self._size > _WHOLE and not self._is_drawing:
            content = f"{self.getvalue()}{text}".encode()
            self.seek(0)
            self.truncate()
            self._size = 0
            self._sent.result()
            self._sent = self._beside.submit(self._target.write, content)
            return len(text)
        return super().write(text)

    def end(self) -> None:
        content = self.getvalue().encode()
        self._sent.result()
        self._target.write(anchored(content) if self._is_drawing else content)
        self._target.close()


class _Core(Core):  # type: ignore[misc]
    """The properties of the document, with its language."""

    def _write_dc_title(self) -> None:
        super()._write_dc_title()
        if language := self.properties.get("language"):
            self._xml_data_element("dc:language", language)


class _Styles(Styles):  # type: ignore[misc]
    """Cell styles, with those of headings."""

    def _write_cell_style_xfs(self) -> None:
        fonts = {found.xf_id: found.font_index for found in self.xf_formats}
        self._xml_start_tag("cellStyleXfs", [("count", 2 + len(_HEADINGS))])
        self._write_xf(self.xf_formats[0], XFormatType.STYLE)
        self._write_style_xf(True, self.hyperlink_font_id)
        for place in _HEADINGS:
            self._write_style_xf(False, fonts.get(place, 0))
        self._xml_end_tag("cellStyleXfs")

    def _write_cell_styles(self) -> None:
        self._xml_start_tag("cellStyles", [("count", 2 + len(_HEADINGS))])
        for place, (name, number) in _HEADINGS.items():
            self._write_cell_style(name, place, number)
        self._write_cell_style("Hyperlink", 1, 8)
        self._write_cell_style()
        self._xml_end_tag("cellStyles")


class _TextsFile(SharedStrings):  # type: ignore[misc]
    def _write_sst_strings(self) -> None:
        for text in self.string_table.string_table:
            kept = ' xml:space="preserve"' if _BLANK_ENDS.search(text) else ""
            self.fh.write(f"<si><t{kept}>{_escaped(self, text)}</t></si>")


def _escaped(writer: Any, text: str) -> str:
    """A text in XML, with carriage returns that every reader gives back; XlsxWriter's way of writing one few know."""
    if text.isalnum():
        return text
    escaped = writer._escape_data(writer._escape_control_characters(text))  # noqa: SLF001
    return _CARRIAGE_RETURN.sub("&#13;", escaped)


def anchored(drawing: bytes) -> bytes:
    """Pictures hold on to one cell and keep their size: held by two they are stretched where columns are wider,
    as they are on machines without the workbook's font."""
    return _TWO_CELLS.sub(rb"<xdr:oneCellAnchor>\1<xdr:ext \3/>\2</xdr:oneCellAnchor>", drawing)
