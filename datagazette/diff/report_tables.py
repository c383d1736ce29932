"""What a report says of a table: its changed cells, the rows that came and went, and how its file is written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from datagazette.diff.outcome import FieldChange, FormChange, TableComparison
from datagazette.diff.sentences import Sentences
from datagazette.model.results import CellChange, Row
from datagazette.reports.blocks import Block, Code, Fold, Grid, Heading, Paragraph, ReportLine

_CELLS = 12  # of a table
_ROWS = 5
_COLUMNS = 8
_LONGEST = 60  # characters of a cell


def table_blocks(table: TableComparison, say: Sentences) -> Iterator[Block]:
    change = table.change
    changed = say.changed([table]) or [say.say("damaged" if table.damages else "same")]
    rows = say.say("rows_of", before=f"{table.rows_before:,}", after=f"{table.rows_after:,}")
    yield Heading(3, (Code(table.file.rpartition("/")[2]), say.plain("colon"), *say.joined(changed, "comma"),
                      say.plain("open"), *rows, say.plain("close")))  # fmt: skip
    if not change.key and not table.is_same:
        yield Paragraph((*say.say("unkeyed"), say.plain("stop")))
    if change.changed_cells:
        yield from _cells(table, say)
    for key, listed, count in (
        ("added_rows", change.added_rows, change.added), ("removed_rows", change.removed_rows, change.removed)
    ):  # fmt: skip
        if listed:
            yield Fold(say.say(key), tuple(_rows(change.columns, listed, count, say)))
    if table.form:
        kinds = say.joined([_form_line(form, say) for form in table.form], "list")
        yield Paragraph((*say.say("form", kinds=kinds), say.plain("stop")))


def _cells(table: TableComparison, say: Sentences) -> Iterator[Block]:
    """The largest changes of numbers first, then the others in key order."""
    for field in table.fields:
        if field.tiers and field.cells > _CELLS // 2:
            yield Paragraph(_tiers_line(field, say))
    sizes = {
        (change.key, change.field): _size(change.relative, change.before, change.after, say) for change in table.large
    }
    cells: list[CellChange] = [*table.large]
    cells += [cell for cell in table.change.changed_cells if (cell.key, cell.field) not in sizes]
    rows = [
        (*map(_shown, cell.key), Code(cell.field), _shown(cell.before), _shown(cell.after),
         sizes.get((cell.key, cell.field), ""))
        for cell in cells
    ]  # fmt: skip
    keys = table.change.key
    header = (*map(Code, keys), *(say.plain(f"column_{name}") for name in ("field", "before", "after", "change")))
    width = len(keys)
    yield Grid(header, tuple(rows[:_CELLS]), frozenset({width + 1, width + 2, width + 3}))
    beyond = table.cells - min(len(rows), _CELLS)
    if beyond > 0:
        yield Paragraph(say.count("more_cells", beyond))


def _tiers_line(field: FieldChange, say: Sentences) -> ReportLine:
    counts = [(name, getattr(field.tiers, name)) for name in ("tenfold", "half", "tenth", "less")]
    counted = [say.count(f"tier_{name}", number) for name, number in counts if number]
    return (Code(field.field), say.plain("colon"), *say.joined(counted, "comma"), say.plain("stop"))


def _size(relative: float | None, before: object, after: object, say: Sentences) -> str:
    """`+8.9%`, or how many times as much where that says more."""
    if relative is None:
        return say.plain("from_zero")
    grows = _number(after) >= _number(before)
    if relative >= 9 and grows:
        return f"×{relative + 1:,.4g}"
    sign, percent = "+" if grows else "−", relative * 100
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
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else " ".join(str(value).split())
    return Code(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def _form_line(form: FormChange, say: Sentences) -> ReportLine:
    key = f"form_{form.kind}"
    if form.kind == "byte-order-mark":
        return say.say(f"{key}_added" if form.after else f"{key}_removed")
    values = {"before": Code(form.before), "after": Code(form.after)}
    return say.count(key, form.count, **values) if form.kind == "cell-text" else say.say(key, **values)
