"""What the worksheets of an .ods show: OpenDocument 1.3, part 3, chapter 9. Values are read by a library, not here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from zipfile import ZipFile

from datagazette.intake.number_forms import iso_duration, percentage, read_duration
from datagazette.intake.worksheet_views import Address, View
from datagazette.intake.xml_events import Attributes, read_xml

_ROWS, _COLUMNS = 1_048_576, 16_384  # of a sheet: a repeat that goes beyond it is no data
_PARTS = re.compile("[0-9]+")  # of a day, of which a name of the month is one more
_NUMBERS = ("float", "percentage", "currency")
_MARK = re.compile(r"[^\W\d_]+|[^\w\s.,'’%+−()/:-]+")


def views(archive: ZipFile) -> Mapping[str, View]:
    """What each sheet shows. Raises ValueError where the XML cannot be read."""
    scan = _Scan()
    for part in ("styles.xml", "content.xml"):
        try:
            read_xml(archive.read(part), scan.start, scan.end, scan.text)
        except KeyError as error:
            raise ValueError(str(error)) from error
    return scan.views


class _Scan:
    """The elements of a document in their order. A repeated row or cell is one element."""

    def __init__(self) -> None:
        self.views: dict[str, View] = {}
        self._elapsed: set[str] = set()  # formats of durations, and styles of cells that have one
        self._view = View()
        self._row = self._column = 0
        self._rows = self._cells = 1  # how many the element that has begun is
        self._hidden_row = ""
        self._closed = {"row": 0, "column": 0}
        self._hidden: dict[int, bool] = {}  # columns, and whether they are in a closed group
        self._styles: dict[int, str] = {}  # of columns, for cells without one
        self._cell: Attributes | None = None
        self._shown = ""
        self._aside = 0  # depth inside the comments of a cell
        self._in_text = False
        self._begins: Mapping[str, Callable[[Attributes], None]] = {
            "time-style": self._time_style,
            "style": self._style,
            "table": self._table_begins,
            "table-row-group": self._row_group,
            "table-column-group": self._column_group,
            "table-column": self._columns_begin,
            "table-row": self._row_begins,
            "table-cell": self._cell_begins,
            "annotation": self._annotation_begins,
            "p": self._text_begins,
            "covered-table-cell": self._cell_begins,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        if name in self._begins:
            self._begins[name](attributes)

    def end(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self._judge()
            self._column += self._cells
        elif name == "table-row":
            self._row += self._rows
        elif name in ("table-row-group", "table-column-group"):
            way = name.split("-")[1]
            self._closed[way] -= bool(self._closed[way])
        elif name == "annotation":
            self._aside -= 1
        elif name == "p":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._shown += text

    def _time_style(self, attributes: Attributes) -> None:
        if attributes.get("number:truncate-on-overflow") == "false":
            self._elapsed.add(attributes.get("style:name", ""))

    def _style(self, attributes: Attributes) -> None:
        if attributes.get("style:data-style-name") in self._elapsed:
            self._elapsed.add(attributes.get("style:name", ""))

    def _table_begins(self, attributes: Attributes) -> None:
        self._view = View()
        self.views[attributes.get("table:name", "")] = self._view
        self._row = self._column = 0
        self._hidden, self._styles = {}, {}

    def _row_group(self, attributes: Attributes) -> None:
        self._closed["row"] += self._closed["row"] > 0 or attributes.get("table:display") == "false"

    def _column_group(self, attributes: Attributes) -> None:
        self._closed["column"] += self._closed["column"] > 0 or attributes.get("table:display") == "false"

    def _columns_begin(self, attributes: Attributes) -> None:
        count = _repeated(attributes, "columns", _COLUMNS)
        span = range(self._column, min(self._column + count, _COLUMNS))
        if _visibility(attributes):
            self._hidden.update(dict.fromkeys(span, self._closed["column"] > 0))
        if attributes.get("table:default-cell-style-name") in self._elapsed:
            self._styles.update(dict.fromkeys(span, attributes["table:default-cell-style-name"]))
        self._column += count

    def _row_begins(self, attributes: Attributes) -> None:
        self._rows, self._column = _repeated(attributes, "rows", _ROWS), 0
        self._hidden_row = _visibility(attributes)

    def _cell_begins(self, attributes: Attributes) -> None:
        self._cell, self._shown = attributes, ""
        self._cells = _repeated(attributes, "columns", _COLUMNS)

    def _annotation_begins(self, attributes: Attributes) -> None:  # noqa: ARG002 - as the others
        self._aside += 1
        self._view.findings.cell("comments", (self._row, self._column), "")

    def _text_begins(self, attributes: Attributes) -> None:  # noqa: ARG002 - as the others
        self._in_text = self._cell is not None and not self._aside

    def _judge(self) -> None:
        """What the cell that ends here is, if there is one with a value or a formula."""
        cell, shown = self._cell, self._shown.strip()
        self._cell = None
        if cell is None:
            return
        at = (self._row, self._column)
        down, across = (int(cell.get(f"table:number-{way}-spanned", "1")) - 1 for way in ("rows", "columns"))
        if down or across:
            self._view.merged.append((at, (at[0] + down, at[1] + across)))
        formula = cell.get("table:formula", "")
        kind = cell.get("office:value-type", "")
        if not formula and not kind:
            return
        for row in range(at[0], min(at[0] + self._rows, _ROWS)):
            for column in range(at[1], min(at[1] + self._cells, _COLUMNS)):
                self._one(cell, (row, column), kind, shown)

    def _one(self, cell: Attributes, at: Address, kind: str, shown: str) -> None:
        formula = cell.get("table:formula", "").partition(":")[2]
        if formula and not kind:
            self._view.unstored.cell("unstored", at, formula)
        if self._is_left_out(at):
            return
        if cell.get("calcext:value-type") == "error":
            self._view.findings.cell("errors", at, shown)
        elif kind == "time":
            self._time(cell, at)
        elif kind == "date":
            parts = _PARTS.findall(shown)
            if len(parts) < (2 if any(map(str.isalpha, shown)) else 3):
                self._view.findings.column("days" if shown else "unshown", at, shown)
        elif kind in _NUMBERS and not shown:
            self._view.findings.column("unshown", at, cell.get("office:value", ""))
        elif kind in _NUMBERS:
            _number(self._view, at, kind, cell.get("office:value", ""), shown)

    def _is_left_out(self, at: Address) -> bool:
        row, column = at
        view = self._view
        if self._hidden_row:
            is_folded = self._hidden_row == "filter" or self._closed["row"]
            (view.folded_rows if is_folded else view.hidden_rows).add(row)
            return True
        if column in self._hidden:
            (view.folded_columns if self._hidden[column] else view.hidden_columns).add(column)
            return True
        return False

    def _time(self, cell: Attributes, at: Address) -> None:
        style = cell.get("table:style-name") or self._styles.get(at[1], "")
        length = read_duration(cell.get("office:time-value", ""))
        if style in self._elapsed and length is not None:
            self._view.instead[at] = iso_duration(length)
            self._view.findings.column("durations", at, self._view.instead[at])


def _number(view: View, at: Address, kind: str, value: str, shown: str) -> None:
    """What a cell shows of its number, as far as it shows another one."""
    if len(shown) > 1 and shown.isdecimal() and shown[0] == "0" and value and float(value) == int(shown):
        view.instead[at] = shown
        view.findings.column("zeros", at, shown)
        return
    is_plain = "E" not in shown + value and "#" not in shown
    mark = "".join(_MARK.findall(shown)) if is_plain else ""
    is_rounded = is_plain and len(_digits(shown)) < len(_digits(value))
    if kind == "percentage" and value:
        view.instead[at] = percentage(float(value))
    for code, text in (("percent", view.instead.get(at, "")), ("marks", mark),
                       ("rounded", value if is_rounded else "")):  # fmt: skip
        if text:
            view.findings.column(code, at, text)


def _digits(number: str) -> str:
    """The digits that count."""
    return re.sub(r"\D", "", number).strip("0")


def _repeated(attributes: Attributes, way: str, most: int) -> int:
    return min(int(attributes.get(f"table:number-{way}-repeated", "1")), most)


def _visibility(attributes: Attributes) -> str:
    """`collapse` or `filter`; empty for what is visible."""
    found = attributes.get("table:visibility", "visible")
    return "" if found == "visible" else found
