"""What the worksheets of an .xlsx show: ECMA-376, part 1, chapter 18. Values are read by a library, not here.

The XML of a sheet is only read where it may hold something of which a person has to hear.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zipfile import ZipFile

from datagazette.intake.number_forms import BUILTIN, Form, form_of, iso_duration, percentage
from datagazette.intake.worksheet_views import Address, Area, View, read_address, read_area
from datagazette.intake.xml_events import Attributes, read_xml

_MARKS = (b"hidden=", b'ht="0', b'width="0', b"mergeCell", b"<f", b":f", b't="e', b"t='", b"s='")
_TRUE = ("1", "true")


@dataclass(frozen=True)
class Book:
    """`parts` are the names of the sheets' files, `forms` what each style of cells shows. `computed`: a program is to
    compute all formulas when it opens the file, so that their stored values may be none."""

    archive: ZipFile
    parts: Mapping[str, str]
    forms: tuple[Form, ...]
    computed: bool

    def view(self, sheet: str) -> View | None:
        """What a sheet shows; None where its file is not where it should be."""
        part = self.parts.get(sheet, "")
        if part not in self.archive.namelist():
            return None
        content = self.archive.read(part)
        view = View()
        if self._is_of_interest(content):
            scan = _Scan(self.forms, filters=self._filters_of_tables(part))
            read_xml(content, scan.start, text=scan.text)
            view = scan.finished(computed=self.computed)
        self._find_comments(part, view)
        return view

    def _find_comments(self, part: str, view: View) -> None:
        """Names the cells of a sheet that have a comment; an answer to one is within it."""

        def start(name: str, attributes: Attributes) -> None:
            if name == "comment" and "ref" in attributes:
                view.findings.cell("comments", read_address(attributes["ref"]), "")

        for target in _targets(self.archive, part).values():
            if "comments" in target.lower():
                read_xml(_content(self.archive, target), start)

    def _is_of_interest(self, content: bytes) -> bool:
        styles = (b's="%d"' % number for number, form in enumerate(self.forms) if form.hides)
        return any(mark in content for mark in (*_MARKS, *styles))

    def _filters_of_tables(self, part: str) -> list[Area]:
        """The ranges of the tables in a sheet that are filtered."""
        found: list[Area] = []
        for target in _targets(self.archive, part).values():
            if "/tables/" not in target or target not in self.archive.namelist():
                continue
            scan = _Scan((), filters=[])
            read_xml(self.archive.read(target), scan.start, text=scan.text)
            found += scan.filters
        return found


def read_book(archive: ZipFile) -> Book:
    """The sheets and styles of a workbook. Raises ValueError where its XML cannot be read."""
    main = next((target for target in _targets(archive, "").values() if target.endswith("workbook.xml")),
                "xl/workbook.xml")  # fmt: skip
    targets = _targets(archive, main)
    parts: dict[str, str] = {}
    computed: list[bool] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            link = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            parts[attributes.get("name", "")] = targets.get(link, "")
        elif name == "calcPr":
            computed.append(attributes.get("fullCalcOnLoad") in _TRUE)

    read_xml(_content(archive, main), start)
    styles = next((target for target in targets.values() if target.endswith("styles.xml")), "")
    return Book(archive, parts, _forms(_content(archive, styles)), any(computed))


def _forms(content: bytes) -> tuple[Form, ...]:
    """The form of each style of cells, in their order."""
    codes = dict(BUILTIN)
    styles: list[int] = []
    inside = [""]

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            inside[0] = name
        elif name == "xf" and inside[0] == "cellXfs":
            styles.append(int(attributes.get("numFmtId", "0")))

    read_xml(content, start)
    return tuple(form_of(codes.get(number, "General")) for number in styles)


def _targets(archive: ZipFile, part: str) -> dict[str, str]:
    """The parts that a part refers to, by the name of the reference; those of the package where it is empty."""
    folder, name = posixpath.split(part)
    found: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = target.lstrip("/")

    read_xml(_content(archive, posixpath.join(folder, "_rels", f"{name}.rels")), start)
    return found


def _content(archive: ZipFile, part: str) -> bytes:
    return archive.read(part) if part in archive.namelist() else b""


class _Scan:
    """The elements of a sheet in their order; a cell is judged where the next one begins."""

    def __init__(self, forms: tuple[Form, ...], filters: list[Area]) -> None:
        self.filters = list(filters)
        self._forms = forms
        self._view = View()
        self._at: Address = (-1, -1)
        self._row: Attributes = {}
        self._columns: dict[int, bool] = {}  # hidden ones, and whether they are in a group
        self._cell: Attributes | None = None
        self._texts: dict[str, str] = {}
        self._part = ""
        self._area = ""
        self._formulas = 0
        self._zeros: list[tuple[Address, str]] = []
        self._filtered = False
        self._begins: Mapping[str, Callable[[Attributes], None]] = {
            "sheetPr": self._sheet_begins,
            "col": self._columns_begin,
            "row": self._row_begins,
            "c": self._cell_begins,
            "mergeCell": self._is_merged,
            "autoFilter": self._filter_begins,
            "filterColumn": self._is_filtered,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        if name in ("v", "f", "is"):
            self._part = name
            self._texts.setdefault(name, "")
            return
        if name in ("c", "row", "mergeCells", "autoFilter"):
            self._judge()
        self._part = ""
        if name in self._begins:
            self._begins[name](attributes)

    def text(self, text: str) -> None:
        if self._part in ("v", "f"):
            self._texts[self._part] += text

    def finished(self, *, computed: bool) -> View:
        self._judge()
        view = self._view
        inside = {row for row in view.hidden_rows if self._filtered or any(first[0] <= row <= last[0]
                  for first, last in self.filters)}  # fmt: skip
        view.hidden_rows -= inside
        view.folded_rows |= inside
        if computed and len(self._zeros) == self._formulas:
            for at, formula in self._zeros:
                view.unstored.cell("unstored", at, formula)
        return view

    def _sheet_begins(self, attributes: Attributes) -> None:
        self._filtered = attributes.get("filterMode") in _TRUE

    def _columns_begin(self, attributes: Attributes) -> None:
        if _is_hidden(attributes, "width"):
            span = range(int(attributes["min"]) - 1, min(int(attributes["max"]), 16_384))
            self._columns.update(dict.fromkeys(span, _is_grouped(attributes)))

    def _row_begins(self, attributes: Attributes) -> None:
        self._row = attributes
        self._at = (int(attributes["r"]) - 1 if "r" in attributes else self._at[0] + 1, -1)

    def _cell_begins(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._at = read_address(attributes["r"]) if "r" in attributes else (self._at[0], self._at[1] + 1)

    def _is_merged(self, attributes: Attributes) -> None:
        self._view.merged.append(read_area(attributes["ref"]))

    def _filter_begins(self, attributes: Attributes) -> None:
        self._area = attributes.get("ref", "")

    def _is_filtered(self, attributes: Attributes) -> None:  # noqa: ARG002 - as the others
        if self._area:
            self.filters.append(read_area(self._area))

    def _judge(self) -> None:
        """What the cell that ends here is, if there is one with a value or a formula."""
        cell, texts, at = self._cell, self._texts, self._at
        self._cell, self._texts = None, {}
        if cell is None or not texts:
            return
        hidden = self._is_left_out(at)
        if "f" in texts:
            self._formula(cell, texts, at)
        if hidden:
            return
        value, kind = texts.get("v", "").strip(), cell.get("t", "n")
        if kind == "e":
            self._view.findings.cell("errors", at, value)
        elif kind == "n" and value:
            form = self._form(cell)
            if form.hides:
                _judge_number(self._view, form, at, value)
        elif kind in ("s", "str", "inlineStr") and "@" in self._form(cell).nothing:
            self._view.findings.column("unshown", at, "")

    def _form(self, cell: Attributes) -> Form:
        style = int(cell.get("s", "0"))
        return self._forms[style] if style < len(self._forms) else Form()

    def _is_left_out(self, at: Address) -> bool:
        row, column = at
        view = self._view
        if _is_hidden(self._row, "ht"):
            (view.folded_rows if _is_grouped(self._row) else view.hidden_rows).add(row)
            return True
        if column in self._columns:
            (view.folded_columns if self._columns[column] else view.hidden_columns).add(column)
            return True
        return False

    def _formula(self, cell: Attributes, texts: Mapping[str, str], at: Address) -> None:
        self._formulas += 1
        formula, value = f"={texts['f'].strip()}", texts.get("v", "").strip()
        if value == "0":
            self._zeros.append((at, formula))
        elif not value and not ("v" in texts and cell.get("t") == "str"):
            self._view.unstored.cell("unstored", at, formula)


def _judge_number(view: View, form: Form, at: Address, value: str) -> None:
    """What a format hides of a number."""
    number = float(value)
    if ("+" if number > 0 else "-" if number < 0 else "0") in form.nothing:
        view.findings.column("unshown", at, value)
    elif form.partly:
        view.findings.column("days", at, "")
    elif form.elapsed:
        view.findings.column("durations", at, iso_duration(timedelta(days=number)))
    elif form.zeros and number.is_integer() and number >= 0:
        shown = f"{int(number):0{form.zeros}d}"
        if shown != str(int(number)):
            view.instead[at] = shown
            view.findings.column("zeros", at, shown)
    else:
        if form.percent:
            view.instead[at] = percentage(number)
        for kind, text in (("percent", view.instead.get(at, "")), ("marks", form.mark),
                           ("rounded", value if form.is_rounded(number) else "")):  # fmt: skip
            if text:
                view.findings.column(kind, at, text)


def _is_hidden(attributes: Attributes, size: str) -> bool:
    """Whether a row or a column is hidden, or so narrow that nobody sees it."""
    return attributes.get("hidden") in _TRUE or attributes.get(size) in ("0", "0.0")


def _is_grouped(attributes: Attributes) -> bool:
    return attributes.get("outlineLevel", "0") != "0"
