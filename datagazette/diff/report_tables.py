"""What a report says of a table: its changed cells, the rows that came and went, and how its file is written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from datagazette.diff.column_lines import field_line, key_line
from datagazette.diff.outcome import TINY, FormChange, TableComparison
from datagazette.diff.sentences import Sentences
from datagazette.model.results import CellChange, Row, TableChange
from datagazette.reports.blocks import Block, Code, Fold, Grid, Heading, Paragraph, ReportLine

_CELLS = 12  # of a table
_ROWS = 5
_COLUMNS = 8
_LONGEST = 60  # characters of a cell
_LEAST_PERCENT = 0.001


def _unkeyed(table: TableComparison, say: Sentences) -> list[ReportLine]:
    """Why rows are compared as a whole: there is no key, or it does not identify them."""
    return [
        say.say(f"key_broken_{broken.side}", names=", ".join(broken.key), lines=", ".join(map(str, broken.lines)))
        for broken in table.broken
    ] or [say.say("unkeyed")]


def table_blocks(table: TableComparison, say: Sentences) -> Iterator[Block]:
    change = table.shown or table.change
    changed = [*say.columns([table]), *say.changed([table])]
    changed = changed or [say.say("damaged" if table.damages else "same")]
    rows = say.say("rows_of", before=f"{table.rows_before:,}", after=f"{table.rows_after:,}")
    yield Heading(3, (Code(table.file.rpartition("/")[2]), say.plain("colon"), *say.joined(changed, "comma"),
                      say.plain("open"), *rows, say.plain("close")))  # fmt: skip
    if not change.key and not table.is_same:
        yield from (Paragraph((*line, say.plain("stop"))) for line in _unkeyed(table, say))
    yield from (Paragraph(key_line(key, table, say)) for key in table.rekeyed)
    yield from _columns(table, say)
    if change.changed_cells:
        yield from _cells(table, change, say)
    order = _column_order(change)
    for key, listed, count in (
        ("added_rows", change.added_rows, change.added), ("removed_rows", change.removed_rows, change.removed)
    ):  # fmt: skip
        if listed:
            ordered = [tuple(row[at] for at in order) for row in listed]
            names = tuple(change.columns[at] for at in order)
            yield Fold(say.say(key), tuple(_rows(names, ordered, count, say)))
    if table.form:
        kinds = say.joined([_form_line(form, say) for form in table.form], "list")
        yield Paragraph((*say.say("form", kinds=kinds), say.plain("stop")))


def _columns(table: TableComparison, say: Sentences) -> Iterator[Block]:
    """The first values of columns that came or went."""
    for column in [column for column in table.columns if column.rows][:_ROWS]:
        title = say.count(f"column_{column.kind}", column.cells, field=Code(column.field))
        header = (*map(Code, table.change.key), Code(column.field))
        yield Fold(title, (Grid(header, tuple(tuple(map(_shown, row)) for row in column.rows)),))


def _column_order(change: TableChange) -> list[int]:
    """Of a table that is too wide, first the key and the columns in which the rows that came and went differ."""
    added, removed = ([*zip(*rows, strict=True)] for rows in (change.added_rows, change.removed_rows))
    if not added or not removed or len(change.columns) <= _COLUMNS:
        return [*range(len(change.columns))]
    same = [sorted(map(str, came)) == sorted(map(str, went)) for came, went in zip(added, removed, strict=True)]
    return sorted(range(len(change.columns)), key=lambda at: (change.columns[at] not in change.key, same[at]))


def _cells(table: TableComparison, change: TableChange, say: Sentences) -> Iterator[Block]:
    """The emptied cells and the largest changes of numbers first, then the others in key order."""
    for field in table.fields:
        if field.pattern or field.repaired or field.cells > _CELLS // 2:
            yield Paragraph(field_line(field, say))
    sizes = {(large.key, large.field): _size(large.relative, large.before, large.after, say) for large in table.large}
    texts = {
        (cell.key, cell.field): text
        for cell, text in zip(table.change.changed_cells, change.changed_cells, strict=True)
    }
    listed: list[CellChange] = [cell for cell in table.change.changed_cells if cell.after is None]
    listed += [cell for cell in table.large if cell.relative is None or cell.relative >= TINY]
    known = {(cell.key, cell.field) for cell in listed}
    listed += [cell for cell in table.change.changed_cells if (cell.key, cell.field) not in known]
    rows = []
    for cell in listed[:_CELLS]:
        place = (cell.key, cell.field)
        text = texts.get(place, cell)
        rows.append((*map(_shown, text.key), Code(cell.field), _shown(text.before), _shown(text.after),
                     sizes.get(place, "")))  # fmt: skip
    header = (*map(Code, change.key), *(say.plain(f"column_{name}") for name in ("field", "before", "after", "change")))
    width = len(change.key)
    yield Grid(header, tuple(rows), frozenset({width + 1, width + 2, width + 3}))
    beyond = table.cells - len(rows)
    if beyond > 0:
        yield Paragraph(say.count("more_cells", beyond))


def _size(relative: float | None, before: object, after: object, say: Sentences) -> str:
    """`+8.9%`, or how many times as much where that says more."""
    if relative is None:
        return say.plain("from_zero")
    if not math.isfinite(relative):
        return ""
    grows = _number(after) >= _number(before)
    if relative >= 9 and grows:
        return f"×{relative + 1:,.4g}"
    sign, percent = "+" if grows else "−", relative * 100
    if percent < _LEAST_PERCENT:
        return say.plain("least_percent")
    return f"{sign}{percent:,.0f}%" if percent >= 10 else f"{sign}{percent:.2g}%"


def _number(text: object) -> float:
    """A number as it was written; one that Python reads otherwise counts as none."""
    try:
        return float(str(text))
    except ValueError:
        return math.nan


def _rows(columns: tuple[str, ...], rows: Sequence[Row], count: int, say: Sentences) -> Iterator[Block]:
    """The first of `count` added or removed rows."""
    more = ("…",) if len(columns) > _COLUMNS else ()
    cells = tuple((*map(_shown, row[:_COLUMNS]), *more) for row in rows[:_ROWS])
    yield Grid((*map(Code, columns[:_COLUMNS]), *more), cells)
    if count > len(cells):
        yield Paragraph(say.count("more_rows", count - len(cells)))


def _shown(value: object) -> Code:
    """A cell's value in one line."""
    if isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    elif isinstance(value, Decimal) and value.is_finite():
        value = f"{value.normalize():f}"
    text = "" if value is None else " ".join(str(value).split())
    return Code(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def _form_line(form: FormChange, say: Sentences) -> ReportLine:
    key = f"form_{form.kind}"
    if form.kind == "byte-order-mark":
        return say.say(f"{key}_added" if form.after else f"{key}_removed")
    values = {"before": Code(form.before), "after": Code(form.after)}
    return say.count(key, form.count, **values) if form.kind in ("cell-text", "key-text") else say.say(key, **values)
