"""XlsxWriter with texts as every reader takes them: shared by all cells that have them, and no text is anything else.

The library writes rows as they come only with texts inside their cells. Some readers take such a text as it is in the
file (`a &lt; b`), or for nothing. Here rows are written as they come, and their texts are in one list, up to a limit,
since the list is held in memory until the end. Texts beyond the limit are inside their cells.

Of a million rows with three texts each, files of both forms differ by 1 % in size and by 12 % in time at most, with
XlsxWriter 3.3.1; the list of 3 million different texts took 270 MB, one of the limit 32 MB.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable
from xlsxwriter.worksheet import Worksheet

# Of short texts the number counts, of long ones the characters.
MOST_TEXTS, MOST_CHARACTERS = 1 << 18, 1 << 24
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# The escape for a carriage return, but not a cell that holds its very letters.
_CARRIAGE_RETURN = re.compile("(?<!_x005F)_x000D_")
_BLANK_ENDS = re.compile(r"^\s|\s$")

_TWO_CELLS = re.compile(
    rb'<xdr:twoCellAnchor[^>]*>(<xdr:from>.*?</xdr:from>)<xdr:to>.*?</xdr:to>(.*?<a:ext (cx="\d+" cy="\d+")/>.*?)'
    rb"</xdr:twoCellAnchor>",
    re.DOTALL,
)


class WorkbookFile(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook whose rows are written as they come, to `folder` at first. `sheet` adds a sheet."""

    def __init__(self, path: str, folder: str) -> None:
        super().__init__(path, {**_OPTIONS, "tmpdir": folder})
        self.use_zip64()
        self.str_table = _Texts()

    def sheet(self, name: str) -> Any:
        return self.add_worksheet(name, _Sheet)

    def _get_packager(self) -> Packager:
        return _Packager()


class _Texts(SharedStringTable):  # type: ignore[misc]
    """The texts as they are in the file, numbered in the order in which they come."""

    def __init__(self) -> None:
        super().__init__()
        self._characters = 0

    def place(self, text: str) -> int | None:
        """The number of a text; None where there is no room for another."""
        if text not in self.string_table:
            self._characters += len(text)
            if self.unique_count >= MOST_TEXTS or self._characters > MOST_CHARACTERS:
                self._characters -= len(text)
                return None
        found: int = self._get_shared_string_index(text)
        return found

    def _sort_string_data(self) -> None:
        """They are in order, and the last row of each sheet is written after this."""


class _Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet with carriage returns that every reader gives back; XlsxWriter's way of writing one few know."""

    def _escape_data(self, data: Any) -> Any:
        return _with_returns(super()._escape_data(data))

    def _xml_inline_string(self, string: str, preserve: object, attributes: Sequence[Any] = ()) -> None:
        place = self.str_table.place(string)
        if place is None:
            super()._xml_inline_string(string, preserve, attributes)
        else:
            self._xml_string_element(place, attributes)

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[Any] = ()) -> None:
        """The library takes a text between <r> and </r> for one with formats of its own."""
        self._xml_inline_string(string, _BLANK_ENDS.search(string), attributes)


class _Packager(Packager):  # type: ignore[misc]
    def _write_shared_strings_file(self) -> None:
        texts = self.workbook.str_table
        if texts.count:
            file = _TextsFile()
            file.string_table = texts
            file._set_xml_writer(self._filename("xl/sharedStrings.xml"))  # noqa: SLF001 - the library's own steps
            file._assemble_xml_file()  # noqa: SLF001


class _TextsFile(SharedStrings):  # type: ignore[misc]
    def _write_sst_strings(self) -> None:
        for text in self.string_table.string_table:
            preserved = [("xml:space", "preserve")] if _BLANK_ENDS.search(text) else []
            self._xml_si_element(text, preserved)

    def _escape_data(self, data: Any) -> Any:
        return _with_returns(super()._escape_data(data))


def _with_returns(escaped: Any) -> Any:
    return _CARRIAGE_RETURN.sub("&#13;", escaped) if isinstance(escaped, str) else escaped


def anchored(drawing: bytes) -> bytes:
    """Pictures hold on to one cell and keep their size: held by two they are stretched where columns are wider,
    as they are on machines without the workbook's font."""
    return _TWO_CELLS.sub(rb"<xdr:oneCellAnchor>\1<xdr:ext \3/>\2</xdr:oneCellAnchor>", drawing)
