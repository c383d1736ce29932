"""Tables of pages as HTML: their cells, rows and marks of footnotes. A publication has many thousands of cells, so that
no template has a part of each.

What is shown is on one line (`markup.one_line`) and escaped, as templates do it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

from datagazette.pages import markup

# What leads to a footnote on its own page.
_HERE = "#note-"
_WIDE = 8  # a table of more columns has each cell in an element, whose width its style bounds
_DIGITS = tuple("0123456789")
_REMEMBERED = 10_000  # the pages of a dataset say the same in several places


class CellView(NamedTuple):
    """`exact` is set where `text` is shorter than the value; `code` where `text` names a code.

    `link` is where a value leads that is an address, and `lines` are those of a text with several. Of a missing value
    that is `explained`, `text` says why it is missing and `code` is what the file has in its place.
    """

    text: str
    exact: str = ""
    code: str = ""
    sign: str = ""
    words: str = ""
    marks: tuple[int, ...] = ()
    missing: bool = False
    number: bool = False
    link: str = ""
    lines: tuple[str, ...] = ()
    explained: bool = False


@dataclass(frozen=True)
class ColumnView:
    """`number`: its cells are set as figures; `key`: it is what a row is called by."""

    name: str
    title: str
    unit: str = ""
    number: bool = False
    key: bool = False


@dataclass(frozen=True)
class RowsView:
    """A table of a page; each row has one cell for each column. `anchors` are the ids that rows may have."""

    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[CellView, ...], ...]
    marks: tuple[tuple[int, ...], ...] = ()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableHtml:
    """Writes tables into one page. `seen` holds the footnotes that have a mark on the page, so that only the first mark
    is the target of the way back."""

    say: Callable[..., str]
    rtl: bool
    seen: list[int]

    def value(self, cell: CellView) -> Markup:
        """What a cell shows, without its marks."""
        return Markup(self._value(cell))  # noqa: S704

    def marks(self, numbers: Sequence[int], base: str = _HERE, texts: Sequence[object] = ()) -> Markup:
        """The marks of footnotes. Away from its page a footnote has no number that means anything there: a star leads
        to the first of them."""
        return Markup(self._marks(numbers, base, texts))  # noqa: S704

    def rows(self, rows: RowsView, base: str = _HERE, anchored: bool = False) -> Markup:
        """The rows of a table's body, with their ids where they are `anchored`."""
        columns = [(column, f'<td data-label="{_text(column.title)}"') for column in rows.columns]
        is_wide = self.is_wide(rows)
        lines = []
        for place, row in enumerate(rows.rows):
            lines.append(f'<tr id="{_text(rows.anchors[place])}">' if anchored and rows.anchors else "<tr>")
            for cell, (column, start) in zip(row, columns, strict=True):
                shown = self._value(cell)
                if cell.marks:
                    shown += self._marks(cell.marks, base)
                if column.key:
                    about = self._marks(rows.marks[place], base) if rows.marks else ""
                    lines.append(f"{_row_head(cell, column)}{shown}{about}</th>")
                elif is_wide:
                    lines.append(f"{start}{_kind(cell, column)}><span>{shown}</span></td>")
                else:
                    lines.append(f"{start}{_kind(cell, column)}>{shown}</td>")
            lines.append("</tr>")
        return Markup("\n".join(lines))  # noqa: S704

    def is_wide(self, rows: RowsView) -> bool:
        """Whether the style bounds the width of its cells."""
        return len(rows.columns) > _WIDE

    def explorer_rows(self, rows: RowsView) -> Markup:
        """The rows of the explorer's table, whose script writes the further ones."""
        lines = []
        for row in rows.rows:
            lines.append("<tr>")
            for cell, column in zip(row, rows.columns, strict=True):
                start, end = ('<th scope="row">', "</th>") if column.key else ("<td>", "</td>")
                if cell.number and not column.key:
                    start = '<td class="is-number">'
                lines.append(f"{start}{self._value(cell)}{end}")
            lines.append("</tr>")
        return Markup("\n".join(lines))  # noqa: S704

    def _value(self, cell: CellView) -> str:
        text = _text(cell.text)
        if cell.missing and cell.explained:
            mark = f' <span class="code">({_text(markup.code(cell.code))})</span>' if cell.code else ""
            return f'<span class="reason">{text}{mark}</span>'
        if cell.missing:
            return f'<span aria-hidden="true">—</span><span class="sr-only">{text}</span>'
        if cell.link:
            title = f' title="{_text(cell.exact)}"' if cell.exact else ""
            return f'<a href="{_text(cell.link)}" rel="nofollow noopener"{title}>{text}</a>'
        if cell.lines:
            return "<br>".join(map(_text, cell.lines))
        if cell.exact:
            text = f'<span title="{_text(cell.exact)}">{text}</span>'
        text = self._bounded(cell.sign, cell.words, text)
        return f'{text} <span class="code muted">({_text(markup.code(cell.code))})</span>' if cell.code else text

    def bounded(self, sign: str, words: str, shown: str) -> Markup:
        """A number with the sign of its bound, and with the words for it that are read out; `shown` is HTML."""
        return Markup(self._bounded(sign, words, shown))  # noqa: S704

    def _bounded(self, sign: str, words: str, text: str) -> str:
        """A sign is before its number in every language: within a text from right to left it would be after it, and
        mirrored."""
        if words:
            text = f'<span class="sr-only">{_text(words)} </span>{text}'
        if not sign:
            return text
        text = f'<span class="figure__bound" aria-hidden="true">{_text(sign)}&#160;</span>{text}'
        return f'<bdi dir="ltr">{text}</bdi>' if self.rtl else text

    def _marks(self, numbers: Sequence[int], base: str, texts: Sequence[object] = ()) -> str:
        if base != _HERE:
            if not numbers:
                return ""
            said = " ".join(text.striptags() if isinstance(text, Markup) else str(text) for text in texts)
            title = f' title="{_text(said)}"' if texts else ""
            return self._mark(numbers[0], _text(base), title, "*")
        found = []
        for number in numbers:
            target = "" if number in self.seen else f' id="ref-{number}"'
            if target:
                self.seen.append(number)
            found.append(self._mark(number, _HERE, target, str(number)))
        return "".join(found)

    def _mark(self, number: int, base: str, more: str, shown: str) -> str:
        label = _text(self.say("note.mark", n=number))
        return f'<sup class="mark"><a href="{base}{number}"{more} aria-label="{label}">{shown}</a></sup>'


def _row_head(cell: CellView, column: ColumnView) -> str:
    """A cell that its row is called by; a number is shown with its title on a phone."""
    is_labelled = cell.number or cell.text.startswith(_DIGITS)
    label = f' data-label="{_text(column.title)}"' if is_labelled else ""
    kind = ' class="number"' if cell.number else ""
    return f'<th scope="row"{label}{kind}>'


def _kind(cell: CellView, column: ColumnView) -> str:
    if cell.missing:
        return ' class="number missing"' if column.number else ' class="missing"'
    return ' class="number"' if column.number or cell.number else ""


@lru_cache(maxsize=_REMEMBERED)
def _text(value: str) -> str:
    return str(escape(markup.one_line(value)))
