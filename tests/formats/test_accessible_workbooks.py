"""A published workbook against a checklist for accessible spreadsheets; docs/maintain/workbooks.md has its rules.

Each rule is a function that gives what breaks it, and is held against a workbook in which it is broken on purpose.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from datagazette.messages import FOLDERS, texts
from tests.conftest import ROOT
from tests.formats.sample import make_nasty, make_people

WORDS = [texts("workbook", language) for language in sorted(FOLDERS)]
FIRST_ROWS = 300
SANS = {"Calibri", "Aptos Narrow", "Arial"}


@dataclass
class Read:
    """A workbook as openpyxl reads it, and its parts, for what that does not read."""

    book: Workbook
    parts: dict[str, bytes]

    @classmethod
    def of(cls, content: bytes) -> Read:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return cls(
                openpyxl.load_workbook(BytesIO(content)), {name: archive.read(name) for name in archive.namelist()}
            )

    def named(self, key: str) -> list[Worksheet]:
        """The sheets whose name has this word in some language."""
        return [sheet for sheet in self.book if any(words[key] in sheet.title for words in WORDS)]

    @property
    def cover(self) -> Worksheet:
        (found,) = self.named("cover")
        return found

    @property
    def said(self) -> str:
        return "\n".join(str(cell.value) for row in self.cover.iter_rows() for cell in row if cell.value)


def filled(sheet: Worksheet) -> Iterator[Cell]:
    """The cells with something in them, of the first rows."""
    for row in sheet.iter_rows(max_row=min(FIRST_ROWS, sheet.max_row)):
        yield from (cell for cell in row if isinstance(cell, Cell) and cell.value not in (None, ""))


def is_prose(read: Read, sheet: Worksheet) -> bool:
    """The cover, and a sheet that says that its table is too large, have sentences and no table."""
    return sheet is read.cover or (sheet.max_column == 1 and str(sheet["A1"].value).endswith((":", "：")))


def says(read: Read, key: str) -> bool:
    """Whether the cover has the sentence, up to what is filled in."""
    return any(words[key].partition("{")[0] in read.said for words in WORDS)


def tables_marked(read: Read) -> Iterator[str]:
    for sheet in read.book:
        if not sheet.tables and not is_prose(read, sheet):
            yield f"{sheet.title} has no table"
        for table in sheet.tables.values():
            _, top, right, bottom = range_boundaries(table.ref)
            yield from (
                f"{sheet.title}, {cell.coordinate} is outside of the table"
                for cell in filled(sheet)
                if cell.row >= top and (cell.row > bottom or cell.column > right)
            )


def tables_named(read: Read) -> Iterator[str]:
    seen: set[str] = set()
    for sheet in read.book:
        for table in sheet.tables.values():
            name = table.displayName
            if not re.fullmatch(r"[^\W\d]\w{1,254}", name) or re.fullmatch(r"[A-Za-z]{1,3}\d+|Table\d+", name):
                yield f"{name} is no name"
            if name.casefold() in seen:
                yield f"{name} is there twice"
            seen.add(name.casefold())


def nothing_merged(read: Read) -> Iterator[str]:
    return (f"{sheet.title}: {sheet.merged_cells}" for sheet in read.book if sheet.merged_cells.ranges)


def no_blank_rows(read: Read) -> Iterator[str]:
    for sheet in read.book:
        for table in sheet.tables.values():
            rows = list(sheet[table.ref])
            blank = [row[0].row for row in rows[1:] if not any(cell.value not in (None, "") for cell in row)]
            if blank and len(rows) > 2:
                yield f"{sheet.title}: rows {blank}"


def one_header(read: Read) -> Iterator[str]:
    for sheet in read.book:
        for table in sheet.tables.values():
            cells = [cell.value for cell in sheet[table.ref][0]]
            names = [column.name for column in table.tableColumns]
            if cells != names or table.headerRowCount not in (None, 1):
                yield f"{sheet.title}: {cells} are not {names}"
            if not all(names) or len({name.casefold() for name in names}) < len(names):
                yield f"{sheet.title}: {names}"


def text_visible(read: Read) -> Iterator[str]:
    """A text is in as many lines as it needs, or reaches over empty cells."""
    for sheet in read.book:
        wide = {
            column: found.width
            for found in sheet.column_dimensions.values()
            for column in range(found.min, found.max + 1)
        }
        for row in sheet.iter_rows(max_row=min(FIRST_ROWS, sheet.max_row)):
            for cell, after in zip(row, [*row[1:], None], strict=True):
                text, is_last = str(cell.value), after is None or after.value in (None, "")
                is_cut = "\n" in text or (len(text) > wide.get(cell.column, 8.43) and not is_last)
                if isinstance(cell.value, str) and is_cut and not cell.alignment.wrap_text:
                    yield f"{sheet.title}, {cell.coordinate}: {text[:40]}"


def filters_said(read: Read) -> Iterator[str]:
    if not says(read, "filters") or not says(read, "first_row"):
        yield "the cover does not say how to remove filters and frozen panes"
    yield from (f"{sheet.title} hides rows" for sheet in read.book if sheet.auto_filter.filterColumn)


def empty_said(read: Read) -> Iterator[str]:
    if not says(read, "empty"):
        yield "the cover does not say what an empty cell means"


def nothing_hidden(read: Read) -> Iterator[str]:
    for sheet in read.book:
        hidden = [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
        if sheet.sheet_state != "visible" or any(found.hidden for found in hidden):
            yield sheet.title


def no_symbols(read: Read) -> Iterator[str]:
    for sheet in read.book:
        yield from (f"{sheet.title}, {cell.coordinate}" for cell in filled(sheet) if cell.font.vertAlign)
    if b"<vertAlign" in read.parts["xl/sharedStrings.xml"]:
        yield "a part of a text is raised"


def notes_beside(read: Read) -> Iterator[str]:
    """Each note is beside a row of its table, at the right end."""
    for notes in read.named("notes"):
        rows = list(notes.iter_rows(min_row=2, values_only=True))
        for name, key, _, _, *said in rows:
            (table,) = read.book[str(name)].tables.values()
            header, *ends = [str(row[-1].value) for row in read.book[str(name)][table.ref]]
            if not any(words["notes"] in header for words in WORDS):
                yield f"{name} has no column of notes"
            elif not any(str(said[0]) in end for end in ends):
                yield f"{name}, {key}: {said[0]}"


def notes_listed(read: Read) -> Iterator[str]:
    has_notes = any(
        isinstance(cell.value, str) and any(words["notes"] in cell.value for words in WORDS)
        for sheet in read.book
        for cell in sheet[1]
    )
    if has_notes and not any(sheet.tables for sheet in read.named("notes")):
        yield "notes are in no table of their own"


def links(read: Read) -> Iterator[str]:
    """Links lead within the workbook, and are called as the sheet is."""
    for sheet in read.book:
        for row in sheet.iter_rows(max_row=min(FIRST_ROWS, sheet.max_row)):
            for cell in row:
                if link := cell.hyperlink:
                    found = re.fullmatch(r"'?(.*?)'?![A-Z]+\d+", link.location or "")
                    name = found[1].replace("''", "'") if found else ""
                    if link.target or name not in read.book.sheetnames or cell.value != name:
                        yield f"{sheet.title}, {cell.coordinate}: {link.target or link.location}"
    listed = {cell.value for sheet in read.named("contents") for cell in sheet["A"] if cell.hyperlink}
    about = {sheet.title for key in ("cover", "contents") for sheet in read.named(key)}
    yield from (f"{name} is not listed" for name in read.book.sheetnames if name not in listed | about)


def fonts(read: Read) -> Iterator[str]:
    for sheet in read.book:
        for cell in filled(sheet):
            font, place = cell.font, f"{sheet.title}, {cell.coordinate}"
            if font.name not in SANS or (font.size or 0) < 10 or font.italic or cell.alignment.textRotation:
                yield f"{place}: {font.name} {font.size}"


def titles(read: Read) -> Iterator[str]:
    """A1 says what is there: it is a heading, or the first name of the header of a table that begins there."""
    for sheet in read.book:
        first = sheet["A1"]
        begins = any(table.ref.startswith("A1:") for table in sheet.tables.values())
        if not first.value or not (begins or first.style == "Heading 1" or is_prose(read, sheet)):
            yield sheet.title
    if read.cover["A1"].style != "Heading 1" or not any(row[0].style == "Heading 2" for row in read.cover.iter_rows()):
        yield "the cover has no headings"


def no_headers_footers(read: Read) -> Iterator[str]:
    for name, content in read.parts.items():
        if b"<headerFooter" in content or b"<xdr:sp>" in content or b"<xdr:sp " in content:
            yield name


def no_fill(read: Read) -> Iterator[str]:
    for sheet in read.book:
        yield from (f"{sheet.title}, {cell.coordinate}" for cell in filled(sheet) if cell.fill.fill_type)
        yield from (f"{sheet.title}: {table.name} has stripes" for table in sheet.tables.values()
                    if table.tableStyleInfo and table.tableStyleInfo.name)  # fmt: skip


def no_colour(read: Read) -> Iterator[str]:
    """Colour says nothing: links alone have one, and are underlined too."""
    for sheet in read.book:
        if sheet.conditional_formatting:
            yield f"{sheet.title}: cells have colours by their values"
        for cell in filled(sheet):
            colour, is_link = cell.font.color, cell.hyperlink and cell.font.underline
            found = colour and (colour.theme if colour.type == "theme" else colour.rgb)
            if not is_link and found not in (None, 1, "FF000000"):
                yield f"{sheet.title}, {cell.coordinate}"


def pictures_said(read: Read) -> Iterator[str]:
    for name, content in read.parts.items():
        if name.startswith("xl/drawings/drawing"):
            for found in re.findall(r"<xdr:cNvPr [^>]*>", content.decode()):
                if not re.search(r'descr="[^"]{3,}"', found):
                    yield f"{name}: {found}"


def no_macros(read: Read) -> Iterator[str]:
    return (name for name in read.parts if "vba" in name.lower() or "macro" in name.lower())


def sheets_named(read: Read) -> Iterator[str]:
    names = read.book.sheetnames
    if len({name.casefold() for name in names}) < len(names):
        yield str(names)
    yield from (name for name in names if re.fullmatch(r"(Sheet|Table)\s*\d+", name, re.IGNORECASE))


def no_blank_sheets(read: Read) -> Iterator[str]:
    return (sheet.title for sheet in read.book if not any(filled(sheet)))


def at_left_edge(read: Read) -> Iterator[str]:
    for sheet in read.book:
        yield from (f"{sheet.title}: {table.ref}" for table in sheet.tables.values() if not table.ref.startswith("A"))


def one_table(read: Read) -> Iterator[str]:
    return (sheet.title for sheet in read.book if len(sheet.tables) > 1)


def properties(read: Read) -> Iterator[str]:
    known = read.book.properties
    if not known.title or not known.creator or not known.language:
        yield f"{known.title}, {known.creator}, {known.language}"


def opens_at_a1(read: Read) -> Iterator[str]:
    if read.book.active is not read.cover:
        yield f"it opens on {read.book.active}"
    for sheet in read.book:
        places = {selection.activeCell for selection in sheet.sheet_view.selection if not selection.pane}
        if places - {None, "A1"}:
            yield sheet.title


def data_first(read: Read) -> Iterator[str]:
    """The first sheet is a table, and its first row the header, for programs that look nowhere else."""
    first = read.book.worksheets[0]
    is_table = any(table.ref.startswith("A1:") for table in first.tables.values())
    if first is read.cover or not (is_table or is_prose(read, first)):
        yield first.title


Rule = Callable[[Read], Iterator[str]]
RULES: dict[str, Rule] = {
    rule.__name__.replace("_", "-"): rule
    for rule in (
        tables_marked, tables_named, nothing_merged, no_blank_rows, one_header, text_visible, filters_said, empty_said,
        nothing_hidden, no_symbols, notes_beside, notes_listed, links, fonts, titles, no_headers_footers, no_fill,
        no_colour, pictures_said, no_macros, sheets_named, no_blank_sheets, at_left_edge, one_table, properties,
        opens_at_a1, data_first,
    )
}  # fmt: skip


def broken(read: Read) -> list[str]:
    return [f"{name}: {fault}" for name, rule in RULES.items() for fault in rule(read)]


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return (make_people(tmp_path_factory.mktemp("people")).folder / "people-1.1.0.xlsx").read_bytes()


def test_the_workbook_of_a_sample_keeps_every_rule(content: bytes) -> None:
    read = Read.of(content)
    assert broken(read) == []
    assert read.named("notes")
    assert any(name.startswith("xl/drawings/drawing") for name in read.parts)


@pytest.mark.thorough
def test_the_workbook_of_what_programs_misread_keeps_every_rule(tmp_path: Path) -> None:
    for path in sorted(make_nasty(tmp_path).folder.glob("*.xlsx")):
        assert broken(Read.of(path.read_bytes())) == []


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("site", ["own_site", "nasty_site"])
def test_every_workbook_that_is_shipped_keeps_every_rule(site: str, request: pytest.FixtureRequest) -> None:
    found: Path = request.getfixturevalue(site)
    paths = sorted(path for path in found.glob("data/*/*/*.xlsx") if path.parent.name != "latest")
    assert paths
    for path in paths:
        assert broken(Read.of(path.read_bytes())) == [], path


def _font(read: Read, **changes: object) -> None:
    read.book["people"]["A2"].font = Font(**{"name": "Calibri", "size": 11, **changes})


def _set(read: Read, sheet: str, place: str, value: object) -> None:
    read.book[sheet][place].value = value


def _unsay(read: Read, key: str) -> None:
    for row in read.cover.iter_rows():
        for cell in row:
            if any(str(cell.value).startswith(words[key].partition("{")[0]) for words in WORDS):
                cell.value = None


def _without_tables(read: Read) -> None:
    read.book["people"].tables.clear()


def _two_tables(read: Read) -> None:
    read.book["people"].tables["more"] = next(iter(read.book["regions"].tables.values()))


def _part(read: Read, name: str, old: bytes, new: bytes) -> None:
    assert old in read.parts[name]
    read.parts[name] = read.parts[name].replace(old, new)


def _table(read: Read, **changes: object) -> None:
    for table in read.book["people"].tables.values():
        for key, value in changes.items():
            setattr(table, key, value)


def _blank(read: Read) -> None:
    for cell in read.book["people"][3]:
        cell.value = None


FAULTS: dict[str, Callable[[Read], object]] = {
    "tables-marked": _without_tables,
    "tables-named": lambda read: _table(read, displayName="Table1"),
    "nothing-merged": lambda read: read.book["people"].merge_cells("A2:B2"),
    "no-blank-rows": _blank,
    "one-header": lambda read: _set(read, "people", "B1", read.book["people"]["A1"].value),
    "text-visible": lambda read: _set(read, "people", "A2", "long " * 40),
    "filters-said": lambda read: _unsay(read, "filters"),
    "empty-said": lambda read: _unsay(read, "empty"),
    "nothing-hidden": lambda read: setattr(read.book["people"].row_dimensions[2], "hidden", True),
    "no-symbols": lambda read: _font(read, vertAlign="superscript"),
    "notes-beside": lambda read: _set(read, "people", "I3", None),
    "notes-listed": lambda read: [sheet.tables.clear() for sheet in read.named("notes")],
    "links": lambda read: _set(read, read.named("contents")[0].title, "A3", "here"),
    "fonts": lambda read: _font(read, italic=True),
    "titles": lambda read: _set(read, "share", "A1", None),
    "no-headers-footers": lambda read: _part(read, "xl/worksheets/sheet1.xml", b"</worksheet>", b"<headerFooter/>"),
    "no-fill": lambda read: setattr(read.book["people"]["A2"], "fill", PatternFill("solid", fgColor="FFFF00")),
    "no-colour": lambda read: _font(read, color="FFFF0000"),
    "pictures-said": lambda read: _part(read, "xl/drawings/drawing1.xml", b"descr=", b"title="),
    "no-macros": lambda read: read.parts.update({"xl/vbaProject.bin": b""}),
    "sheets-named": lambda read: setattr(read.book["regions"], "title", "Sheet2"),
    "no-blank-sheets": lambda read: read.book.create_sheet("more"),
    "at-left-edge": lambda read: _table(read, ref="B1:I5"),
    "one-table": _two_tables,
    "properties": lambda read: setattr(read.book.properties, "language", None),
    "opens-at-a1": lambda read: setattr(read.book, "active", 0),
    "data-first": lambda read: read.book.move_sheet(read.cover, -read.book.index(read.cover)),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_rule_is_found(content: bytes, rule: str) -> None:
    read = Read.of(content)
    assert list(RULES[rule](read)) == []
    FAULTS[rule](read)
    assert list(RULES[rule](read))


@pytest.mark.parametrize("document", ["workbooks.md", "workbooks.zh.md"])
def test_the_document_has_each_rule_and_no_other(document: str) -> None:
    text = (ROOT / "docs/maintain" / document).read_text("utf-8")
    listed = text.partition("<!-- rules -->")[2].partition("<!-- end -->")[0]
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", listed, re.MULTILINE) == list(RULES)
