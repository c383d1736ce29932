"""Small workbooks as spreadsheet programs save them: .xlsx by a library, .ods part by part."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
                         ("number", "datastyle"))
)  # fmt: skip
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)
_STYLES = (
    '<number:time-style style:name="N1" number:truncate-on-overflow="false"><number:hours/></number:time-style>'
    '<style:style style:name="long" style:family="table-cell" style:data-style-name="N1"/>'
)


def xlsx(path: Path, rows: Sequence[Sequence[Any]], change: Callable[[Any, Any], object] | None = None) -> Path:
    """A workbook with one sheet; `change` gets the workbook and the sheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Sites")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell != "":
                    sheet.write(number, column, cell)
        if change:
            change(book, sheet)
    return path


def ods(path: Path, rows: str, columns: str = "<table:table-column/>") -> Path:
    """A workbook with one sheet, of which `rows` and `columns` are the XML."""
    content = (
        f'<office:document-content {_NAMES} {_CALC} office:version="1.3"><office:automatic-styles>{_STYLES}'
        f'</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Sites">{columns}{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    styles = f'<office:document-styles {_NAMES} office:version="1.3"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("styles.xml", styles)
        archive.writestr("content.xml", content)
    return path


def row(*cells: str, visibility: str = "", repeated: int = 1) -> str:
    """A row of texts, or of cells that are XML."""
    hidden = f' table:visibility="{visibility}"' if visibility else ""
    found = "".join(part if part.startswith("<") else cell(part) for part in cells)
    return f'<table:table-row{hidden} table:number-rows-repeated="{repeated}">{found}</table:table-row>'


def cell(shown: str, kind: str = "string", more: str = "") -> str:
    """A cell that shows a text; `more` are attributes, such as its value."""
    if not shown:
        return "<table:table-cell/>"
    text = shown.replace("&", "&amp;").replace("<", "&lt;").replace("  ", ' <text:s text:c="1"/>')
    value = f' office:value-type="{kind}" calcext:value-type="{kind}"' if kind else ""
    return f"<table:table-cell{value} {more}><text:p>{text}</text:p></table:table-cell>"


def number(shown: str, value: float | str, kind: str = "float", more: str = "") -> str:
    return cell(shown, kind, f'office:value="{value}" {more}')


def changed(path: Path, target: Path, before: bytes, after: bytes) -> Path:
    """The workbook with other bytes in its parts, where the library does not write what Excel does."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name).replace(before, after))
    return target
