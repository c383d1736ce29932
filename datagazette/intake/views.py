"""What a person looks at before a column is published: an example, how many cells are empty, and why it is text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from datagazette.intake.columns import Column
from datagazette.intake.describe import Described
from datagazette.intake.sheets import Sheet

_MOST_DIGITS = 15  # that a number keeps


@dataclass(frozen=True)
class View:
    """A column as it is shown. `empty` counts its cells without a value, `missing` are the texts for none.

    `why` is a key of `why` in `messages/<language>/adding.yaml`, whose placeholders `values` fill: the reason why the
    column is text, empty where it has another type or a package says so. `examples` are cells that are the reason.
    """

    name: str
    label: str
    type: str
    example: str
    empty: int = 0
    distinct: int = 0
    missing: tuple[str, ...] = ()
    unit: str = ""
    why: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()


def viewed(table: Described, sheet: Sheet) -> tuple[View, ...]:
    """The columns of a table; the sheet has its rows still."""
    return tuple(_view(table, sheet, at, column) for at, column in enumerate(table.columns))


def _view(table: Described, sheet: Sheet, at: int, column: Column) -> View:
    cells = (row[at] for row in sheet.rows)
    example = next((cell for cell in cells if cell and cell not in column.missing), "")
    given = table.resource.get("schema")
    fields: list[Mapping[str, object]] = given["fields"] if given else []
    stated = next((field for field in fields if field.get("name") == column.name), {})
    why, values, examples = ("", {}, ()) if given or column.type != "string" else _why(table, sheet, at, column)
    unit = str(stated.get("unit") or "") or column.named.of(column.type).unit
    return View(
        column.name, column.named.label, table.types[column.name], example, column.rows - column.filled,
        column.distinct, column.missing, unit, why, values, examples,
    )  # fmt: skip


def _why(table: Described, sheet: Sheet, at: int, column: Column) -> tuple[str, Mapping[str, str], tuple[str, ...]]:
    """(key, values, examples) of the reason why a column is text. Words need none but how many there are."""
    for found in column.notices:
        cells = found.examples or tuple(place.text for place in found.places if place.text)
        line = next((str(place.line) for place in found.places if place.line), "")
        return found.code, {**found.values, "line": line}, cells
    if column.digits:
        if any(reference.column == column.name for reference in table.references if reference.target.text):
            return "reference", {}, ()
        values = [row[at] for row in sheet.rows if row[at]]
        zero = next((cell for cell in values if cell[0] == "0" and len(cell) > 1), "")
        long = next((cell for cell in values if len(cell) > _MOST_DIGITS), "")
        return ("zeros", {}, (zero,)) if zero else ("long", {}, (long,)) if long else ("heading", {}, ())
    return ("words" if column.filled else "empty"), {"distinct": f"{column.distinct:,}"}, ()
