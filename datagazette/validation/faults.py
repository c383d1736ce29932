"""From rows that are known to be faulty to the problems that a person reads, with the value that was probably meant."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from datagazette.model.names import nearest
from datagazette.model.problems import Cell, Problem
from datagazette.tables.bounded import has_risky_pattern
from datagazette.tables.cells import TYPE, Column, Notes, cell_reader, rule_note
from datagazette.tables.engine import Engine
from datagazette.tables.prepared import LabelFault, Prepared
from datagazette.tables.sql import identifier, literals

_SHOWN = 200  # characters of a cell that a message repeats
_COMPARED = 1000  # allowed values among which the one that was meant is looked for
_ASKED = 50  # distinct values for which a likeness is looked for
_LONGEST = 40  # characters of a value that may be misspelt
_LONGEST_CODE = 20  # digits


@dataclass(frozen=True)
class Near:
    """`rule` is how the value differs: `lost-zero`, `padded` or `spelling`."""

    rule: str
    value: str


@dataclass(frozen=True)
class BadRow:
    """A row with what is wrong in it. `verdicts` holds (column number, verdict) of its bad cells."""

    row: int
    line: int
    cells: tuple[str, ...]
    blank: bool = False
    verdicts: tuple[tuple[int, int], ...] = ()


def of_rows(table: Prepared, rows: Sequence[BadRow]) -> Iterator[Problem]:
    """The problems of cells and of the number of cells, in the order of the rows."""
    by_number = {column.number: column for column in table.columns}
    for row in rows:
        if row.blank:
            yield make(table, "blank-row", row)
            continue
        for number, verdict in row.verdicts:
            yield from _of_cell(table, row, by_number[number], verdict)
        for number in range(table.width + 1, len(row.cells) + 1):
            yield make(table, "extra-cell", row, number=number, found=row.cells[number - 1])
        for column in table.columns[len(row.cells) :]:
            yield make(table, "missing-cell", row, column=column)


def _of_cell(table: Prepared, row: BadRow, column: Column, verdict: int) -> Iterator[Problem]:
    rules = {rule.name: rule for rule in column.rules}
    notes = _notes(row, column)
    for name in column.names(verdict):
        if name == TYPE:
            note = notes.get(name) or f'type is "{column.field.type}/{column.field.format}"'
            rule = f"{column.field.type}-{column.field.format}" if column.field.format in _WORDED else column.field.type
            yield make(
                table, "type-error", row, column=column, rule=rule, note=note, type=column.field.type,
                format=column.field.format, missing=_listed(column.missing),
            )  # fmt: skip
        else:
            written = rules[name].written
            note = notes.get(name) or rule_note(rules[name])
            yield make(
                table, "constraint-error", row, column=column, rule=name, note=note, expected=_words(written),
                near=_near(written, row.cells[column.number - 1] if column.number <= len(row.cells) else ""),
            )  # fmt: skip


_WORDED = ("email", "uri", "uuid", "binary")


def _notes(row: BadRow, column: Column) -> Notes:
    """The words of a reader that says more than the rule does: of which item of a list."""
    if column.field.type not in ("array", "list") or len(row.cells) < column.number or has_risky_pattern(column.field):
        return {}
    return cell_reader(column.field, column.missing)(row.cells[column.number - 1])[1]


def make(
    table: Prepared, code: str, row: BadRow, *, column: Column | None = None, number: int = 0, **values: object
) -> Problem:
    """A problem of a row or of one of its cells."""
    source = table.source.table
    text = row.cells[column.number - 1] if column and column.number <= len(row.cells) else None
    if number:
        text = row.cells[number - 1]
    name = column.field.name if column else None
    place = column.number if column else number or None
    filled = {"found": _short(text or ""), "field": name or "", "row": row.row, "number": place or "", **values}
    cell = Cell(source.name, row.row, name, place, text, row.cells)
    listed = tuple((key, str(value)) for key, value in filled.items())
    return Problem(code, source.file, row.line, values=listed, cell=cell)


def of_label(table: Prepared, fault: LabelFault) -> Problem:
    """A problem of the header."""
    source = table.source.table
    header = table.layout.dialect.header_rows or (1,)
    cell = Cell(source.name, None, fault.field or None, fault.number or None, fault.label, table.layout.labels)
    values = {"found": fault.label, "field": fault.field, "number": fault.number, "note": fault.note}
    listed = tuple((key, str(value)) for key, value in values.items())
    return Problem(fault.code, source.file, header[0], values=listed, cell=cell)


def cells_of(found: Sequence[object], count: int, extra: object) -> tuple[str, ...]:
    """The cells of a row as the relation has them."""
    cells = [str(cell) for cell in found[:count] if cell is not None]
    return (*cells, *(json.loads(extra) if isinstance(extra, str) else ()))


def _words(written: object) -> str:
    if isinstance(written, list):
        return ", ".join(map(str, written))
    return json.dumps(written, ensure_ascii=False) if isinstance(written, dict) else str(written)


def _near(allowed: object, found: str) -> str:
    """The allowed value that a cell probably means; empty where the rule is no list of values."""
    return nearest(found, map(str, allowed)) if isinstance(allowed, list) and len(allowed) <= _COMPARED else ""


def _listed(values: Sequence[str]) -> str:
    return ", ".join(value or '""' for value in values)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def nearest_keys(engine: Engine, lookup: str, values: Iterable[str]) -> dict[str, Near]:
    """The near miss of each value that has one, among the keys of the temporary table `lookup`: a code that a
    spreadsheet has changed, or a slip. For texts only: among numbers, `1` and `01` are equal anyway."""
    asked = tuple(dict.fromkeys(values))
    found = _rewritten_codes(engine, lookup, asked)
    rest = [value for value in asked if value not in found and not value.isdigit() and 2 < len(value) <= _LONGEST]
    return found | _misspelt(engine, lookup, rest[:_ASKED])


def _rewritten_codes(engine: Engine, lookup: str, values: Sequence[str]) -> dict[str, Near]:
    """Values that another way of writing the same code makes one of the keys."""
    lengths = [
        int(row[0])
        for row in engine.rows(
            f"SELECT DISTINCT length(_key) FROM {identifier(lookup)} WHERE regexp_full_match(_key, '[0-9]+')"
        )
    ]
    tried = {value: tuple(_forms(value, lengths)) for value in values}
    wanted = {near.value for forms in tried.values() for near in forms}
    if not wanted:
        return {}
    rows = engine.rows(f"SELECT _key FROM {identifier(lookup)} WHERE _key IN ({literals(sorted(wanted))})")
    present = {str(row[0]) for row in rows}
    nears = {value: next((form for form in forms if form.value in present), None) for value, forms in tried.items()}
    return {value: near for value, near in nears.items() if near}


def _forms(value: str, lengths: Sequence[int]) -> Iterator[Near]:
    """Other ways of writing a code: the zeros at its front, the zeros that fill it up, spaces and wide digits."""
    plain = unicodedata.normalize("NFKC", value).strip().removesuffix(".0")
    if plain != value:
        yield Near("spelling", plain)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_CODE):
        return
    for length in sorted(lengths):
        if length > len(plain):
            yield Near("lost-zero", plain.zfill(length))
    short = plain
    while short.endswith("00") and len(short) > 2:
        short = short[:-2]
        yield Near("padded", short)
    yield Near("padded", plain.lstrip("0") or "0")


def _misspelt(engine: Engine, lookup: str, values: Sequence[str]) -> dict[str, Near]:
    """Values that one or two letters make one of the keys, or that differ in case."""
    if not values:
        return {}
    asked = ", ".join(f"({literals([value])})" for value in values)
    rows = engine.rows(
        "SELECT v, arg_min(_key, d), min(d) FROM ("
        f"SELECT v, _key, damerau_levenshtein(lower(v), lower(_key)) AS d FROM (VALUES {asked}) AS asked(v) "
        f"CROSS JOIN {identifier(lookup)} WHERE abs(length(v) - length(_key)) <= 2) GROUP BY v ORDER BY v"
    )
    return {str(value): Near("spelling", str(key)) for value, key, far in rows if far <= min(2, len(value) // 3)}
