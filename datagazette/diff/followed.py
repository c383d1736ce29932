"""The rows and cells of a table followed through all releases: each change of one is an event in a temporary table.

A row is known by its key, and by its whole content where the table has none. Where `codes.csv` says that a code goes on
under another one, the row does. Values are compared as they were written: what is the same value in another form is an
event of its own kind.

    held    id, since, text, change            the key of a row as it was written; no text where the row went
    cells   id, field, since, text, change     a cell; no text where it is empty or its row or column went

`id` is a number that a row keeps, `field` the number of a column and `since` that of a release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from datagazette.diff.recodings import Recoding, coded_fields, concerning, moves
from datagazette.diff.rows import LINE, Relation, is_numeric, is_unique, written
from datagazette.model.resource import Table
from datagazette.tables.engine import Engine
from datagazette.tables.relation import groups
from datagazette.tables.sql import columns, field_column, literal

HELD, CELLS = "held", "cells"
_TOGETHER = 20  # columns of one statement
_NOTHING = "CAST(NULL AS VARCHAR)"
_INTO = {
    "known": "id BIGINT, alive BOOLEAN",
    "places": "id BIGINT, line BIGINT, text VARCHAR",
    HELD: "id BIGINT, since INTEGER, text VARCHAR, change VARCHAR",
    CELLS: "id BIGINT, field INTEGER, since INTEGER, text VARCHAR, change VARCHAR",
}


@dataclass(frozen=True)
class State:
    """A table in the release of number `at`. `names` has its columns by what they are called now; `codes` are all that
    its release says of codes. `is_there` is false where the release has no such table: the rest is that of before."""

    at: int
    table: Table
    rows: Relation
    names: Mapping[str, str]
    codes: tuple[Recoding, ...] = ()
    is_there: bool = True

    def has(self, field: str) -> bool:
        return self.is_there and field in self.names

    def text(self, field: str, side: str) -> str:
        """What was written in a cell, NULL where nothing was."""
        return f"nullif({field_column(written(self.names[field]), side)}, '')" if self.has(field) else _NOTHING

    def value(self, field: str, side: str) -> str:
        """The value of a cell as a text that is the same however the value was written."""
        if not self.has(field):
            return _NOTHING
        name = self.names[field]
        cell, kind = f"CAST({field_column(name, side)} AS VARCHAR)", self.rows.types[name]
        if is_numeric(kind) and kind.partition("(")[0] in ("FLOAT", "DOUBLE", "DECIMAL"):
            has_decimals = f"contains({cell}, '.') AND NOT contains({cell}, 'e')"
            return f"CASE WHEN {has_decimals} THEN rtrim(rtrim({cell}, '0'), '.') ELSE {cell} END"
        return cell


def key_of(engine: Engine, states: Sequence[State]) -> tuple[str, ...]:
    """The fields by which rows are known in every release: the primary key of the newest one, or of one before it;
    none where no such key holds everywhere."""
    for state in reversed(states):
        own = {name: field for field, name in state.names.items()}
        key = tuple(own.get(name, "") for name in state.table.schema.primary_key)
        if key and all(_is_key(engine, other, key) for other in states if other.is_there):
            return key
    return ()


def _is_key(engine: Engine, state: State, key: Sequence[str]) -> bool:
    return all(map(state.has, key)) and is_unique(engine, state.rows.source, [state.names[name] for name in key])


def follow(engine: Engine, states: Sequence[State], key: Sequence[str], fields: Sequence[str]) -> None:
    """Fills `held` and `cells` with the events of a table. `fields` are those beside the key, by their numbers."""
    parts = range(len(key) or 2)
    for table, kinds in _INTO.items():
        keys = "".join(f", k{part} VARCHAR" for part in parts) if table in ("known", "places") else ""
        engine.run(f"CREATE OR REPLACE TEMP TABLE {table} ({kinds}{keys})")
    before: State | None = None
    for state in states:
        if before:
            _recode(engine, before, state, key)
        _place(engine, state, key)
        _note_rows(engine, state, is_first=before is None)
        for wide in groups(list(enumerate(fields))):
            sides = [_part(engine, side, fields, wide, called) for side, called in ((before, "was"), (state, "has"))]
            for group in groups(wide, _TOGETHER):
                _note_cells(engine, sides[0], sides[1] or state, group)
        _move_on(engine)
        before = state


def _part(
    engine: Engine, state: State | None, fields: Sequence[str], wanted: Sequence[tuple[int, str]], called: str
) -> State | None:
    """A state with some of its columns, in the temporary table `called`: as it is where it has few."""
    if state is None or not state.is_there or len(fields) <= len(wanted):
        return state
    there = [state.names[field] for _, field in wanted if state.has(field)]
    names = [column for name in there for column in state.rows.columns(name)]
    engine.run(f"CREATE OR REPLACE TEMP TABLE {called} AS SELECT {columns([LINE, *names])} FROM {state.rows.source}")
    return replace(state, rows=replace(state.rows, source=called))


def key_text(state: State, key: Sequence[str]) -> str:
    """SQL for what was written in the key, its parts joined by `|`, with a backslash before one that is in a part."""
    parts = (f"coalesce({state.text(field, 's')}, '')" for field in key)
    marked = (f"replace(replace({part}, '\\', '\\\\'), '|', '\\|')" for part in parts)
    return f"concat_ws('|', {', '.join(marked)})" if key else "''"


def _place(engine: Engine, state: State, key: Sequence[str]) -> None:
    """`now`: which row each line of the table is. A row that is not known gets the next number."""
    source, line = state.rows.source, field_column(LINE, "s")
    if not state.is_there:
        engine.run("CREATE OR REPLACE TEMP TABLE now AS SELECT *, FALSE AS is_new FROM places LIMIT 0")
        return
    values = [state.value(field, "s") for field in key] or list(_content(state))
    parts = range(len(values))
    named = ", ".join(f"{value} AS k{part}" for part, value in enumerate(values))
    found = f"SELECT {line} AS line, {key_text(state, key)} AS text, {named} FROM {source} AS s"
    (last,) = engine.row("SELECT coalesce(max(id), 0) FROM known")
    same = " AND ".join(f"f.k{part} = k.k{part}" for part in parts)
    number = f"{last:d} + row_number() OVER (PARTITION BY k.id IS NULL ORDER BY f.line)"
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE now AS SELECT coalesce(k.id, {number}) AS id, f.*, k.id IS NULL AS is_new "
        f"FROM ({found}) AS f LEFT JOIN known AS k ON {same}"
    )


def _content(state: State) -> tuple[str, str]:
    """What a row without a key is known by: its content, and its number among those that have the same."""
    cells = (
        f"CASE WHEN {state.text(field, 's')} IS NOT NULL THEN concat({literal(f'{field} ')}, "
        f"length({state.text(field, 's')}), ' ', {state.text(field, 's')}) END"
        for field in sorted(state.names)
    )
    content = f"md5(concat({', '.join(cells)}))"
    return content, f"CAST(row_number() OVER (PARTITION BY {content} ORDER BY {field_column(LINE, 's')}) AS VARCHAR)"


def _recode(engine: Engine, before: State, state: State, key: Sequence[str]) -> None:
    """Gives the known rows the codes that they have now."""
    if not (before.is_there and state.is_there):
        return
    coded = set(coded_fields(state.table.schema, [state.names[field] for field in key]))
    for part, field in enumerate(key):
        name = state.names[field]
        lines, known = (concerning(codes, state.table.name, name, coded) for codes in (state.codes, before.codes))
        if not lines:
            continue
        codes = sorted({code for line in lines for code in (line.old, line.new)})
        there = [_those_of(engine, side, field, codes) for side in (before, state)]
        found = moves(lines, known, *there)
        pairs = [list(found), list(found.values())]
        engine.run(f"UPDATE known SET k{part} = NULL WHERE NOT alive AND k{part} IN "
                   "(SELECT unnest(CAST(? AS VARCHAR[])))", [pairs[1]])  # fmt: skip
        engine.run(
            f"UPDATE known SET k{part} = m.new FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS old, "
            f"unnest(CAST(? AS VARCHAR[])) AS new) AS m WHERE known.alive AND known.k{part} = m.old",
            pairs,
        )


def _those_of(engine: Engine, state: State, field: str, codes: Sequence[str]) -> set[str]:
    """The codes that a column has."""
    found = engine.rows(
        f"SELECT DISTINCT {state.value(field, 's')} FROM {state.rows.source} AS s WHERE {state.value(field, 's')} IN "
        "(SELECT unnest(CAST(? AS VARCHAR[])))",
        [list(codes)],
    )
    return {code for (code,) in found}


def _note_rows(engine: Engine, state: State, *, is_first: bool) -> None:
    keys = [name for name, _ in engine.columns("FROM now") if name.startswith("k")]
    other = " OR ".join(f"n.{name} IS DISTINCT FROM o.{name}" for name in keys)
    gone = "removed" if state.is_there else "table"
    change = (
        f"CASE WHEN n.id IS NULL THEN {literal(gone)} "
        f"WHEN o.id IS NULL AND NOT n.is_new THEN 'restored' WHEN o.id IS NULL THEN "
        f"{literal('table' if is_first else 'added')} WHEN {other} THEN 'recoded' ELSE 'rewritten' END"
    )
    engine.run(
        f"INSERT INTO {HELD} SELECT coalesce(n.id, o.id), {state.at:d}, n.text, {change} FROM now AS n "
        "FULL JOIN places AS o ON n.id = o.id WHERE n.text IS DISTINCT FROM o.text"
    )


def _note_cells(engine: Engine, before: State | None, state: State, fields: Sequence[tuple[int, str]]) -> None:
    """Notes each cell of some fields that is not what it was."""
    sides = []
    for side, places in ((before, "places"), (state, "now")):
        shown = [
            f"{kind(field, 's') if side else _NOTHING} AS {letter}{number}"
            for number, field in fields
            for letter, kind in (("t", (side or state).text), ("v", (side or state).value))
        ]
        source = (side or state).rows.source
        rows = f"FROM {places} AS p JOIN {source} AS s ON p.line = {field_column(LINE, 's')}"
        sides.append(f"(SELECT p.id, {', '.join(shown)} {rows})")
    events = ", ".join(
        f"CASE WHEN n.t{number} IS DISTINCT FROM o.t{number} THEN struct_pack(field := {number:d}, "
        f"text := n.t{number}, change := {_change(before, state, number, field)}) END"
        for number, field in fields
    )
    engine.run(
        f"INSERT INTO {CELLS} SELECT id, event.field, {state.at:d}, event.text, event.change FROM ("
        f"SELECT coalesce(n.id, o.id) AS id, unnest([{events}]) AS event FROM {sides[1]} AS n "
        f"FULL JOIN {sides[0]} AS o ON n.id = o.id) WHERE event IS NOT NULL"
    )


def _change(before: State | None, state: State, number: int, field: str) -> str:
    """SQL for how a cell changed: with its row or its column, or by itself."""
    came, went = (
        literal("field" if side is None or not side.has(field) else otherwise)
        for side, otherwise in ((before, "filled"), (state, "emptied"))
    )
    return (
        f"CASE WHEN n.id IS NULL OR o.id IS NULL THEN 'row' WHEN n.t{number} IS NULL THEN {went} "
        f"WHEN o.t{number} IS NULL THEN {came} WHEN n.v{number} = o.v{number} THEN 'rewritten' ELSE 'changed' END"
    )


def _move_on(engine: Engine) -> None:
    """What was placed now is what was before."""
    keys = [name for name, _ in engine.columns("FROM now") if name.startswith("k")]
    listed = "".join(f", {name}" for name in keys)
    engine.run(f"INSERT INTO known SELECT id, TRUE{listed} FROM now WHERE is_new")
    engine.run("UPDATE known SET alive = id IN (SELECT id FROM now)")
    engine.run(f"CREATE OR REPLACE TEMP TABLE places AS SELECT id, line, text{listed} FROM now")
