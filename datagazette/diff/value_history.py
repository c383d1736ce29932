"""The history of a dataset's values, as a file and as what a page shows of it.

`history.csv` has a line for each period in which a table, a column, a row or a cell said the same: from the release
that brought it until the one that had something else. So it grows with what changes, and every release's table can be
built from it again: its columns, rows and cells are those of which a period began by then and has not ended.

| column | |
| --- | --- |
| part | `table`, `field`, `row` or `cell` |
| table | |
| row | a number that the row keeps |
| key | what the row is called by now, or was at last: its key, joined by a bar |
| field | what the column is called now, or was at last |
| value | what was written in the cell; of a row its key then, of a column its name then, of a table its key's columns |
| before | what was there before |
| from, from_date | the release in which it began |
| to, to_date | the one in which it had ended; empty where it has not |
| change, ended | how: by itself (`changed`, `filled`, `added`, `recoded` …), or with its `row`, `field` or `table` |
| from_reason, to_reason | what the ledger says of these releases, where it changed by itself; also by language |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.diff.followed import CELLS, HELD, State, follow, key_of
from datagazette.diff.recodings import Recoding, codes_table, read_recodings
from datagazette.diff.releases import LocatedRelease, has_same_file
from datagazette.diff.renames import renamed_columns
from datagazette.diff.rows import read_side
from datagazette.files import sha256
from datagazette.model.limits import HISTORY_CELLS
from datagazette.model.publication import Release
from datagazette.model.value_history import Period, RowHistory, TableHistory, ValueHistory
from datagazette.tables.engine import Engine
from datagazette.tables.sql import identifier, literal, literals

_SHOWN_ROWS = 100  # of a table on the page
_SHOWN_PERIODS = 2_000
_HISTORY = "history"
_COLUMNS = (
    "place INTEGER, part VARCHAR, id BIGINT, number INTEGER, field VARCHAR, key VARCHAR, since INTEGER, until INTEGER, "
    "value VARCHAR, was VARCHAR, change VARCHAR, ended VARCHAR"
)
_WITH_ANOTHER = ("first", "table", "row", "field")  # changes that are those of what it is a part of
_OF_CELLS = ("changed", "filled", "emptied")
_OF_ROWS = ("restored", "recoded", "removed")


@dataclass(frozen=True)
class Followed:
    """The releases of a dataset that are followed, the oldest first. `root` is the publication's; the reasons are in
    `languages`, the first one first; `scratch` is an empty folder."""

    releases: tuple[Release, ...]
    root: Path
    languages: tuple[str, ...]
    scratch: Path


def write_history(engine: Engine, followed: Followed, target: Path) -> ValueHistory:
    """Writes the history of all tables to the file `target`."""
    engine.run(f"CREATE OR REPLACE TEMP TABLE {_HISTORY} ({_COLUMNS})")
    releases = followed.releases
    names = sorted({table.name for release in releases for table in release.tables})
    tables = []
    for place, name in enumerate(names):
        tables.append(_table(engine, followed, place, name))
    _write(engine, followed, names, target)
    versions = tuple(release.version for release in releases)
    return ValueHistory(versions, tuple(tables), "", target.stat().st_size, sha256(target))


def _table(engine: Engine, followed: Followed, place: int, name: str) -> TableHistory:
    states = _states(engine, followed, name, followed.scratch / str(place))
    key = key_of(engine, states)
    fields = tuple(dict.fromkeys(field for state in reversed(states) for field in state.names if field not in key))
    follow(engine, states, key, fields)
    own = list(_field_periods(states, (*key, *fields)))
    both = [*(("table", period) for period in _table_periods(states, key)), *(("field", period) for period in own)]
    _insert(engine, place, both)
    _keep_rows(engine, place)
    _keep_cells(engine, place, fields)
    left_out = _without_unchanged(engine, place, states[0].at)
    newest = {field.name: field for field in states[-1].table.schema.fields}
    called = [newest.get(states[-1].names.get(field, "")) for field in fields]
    labels = {number: fields[number] for number, field in enumerate(called) if field and field.role.startswith("label")}
    rows, changed = _shown(engine, place, labels)
    found = engine.rows(
        f"SELECT change, count(*) FROM (SELECT change FROM {HELD} UNION ALL SELECT change FROM {CELLS}) "
        f"WHERE change NOT IN ({literals(_WITH_ANOTHER)}) GROUP BY change ORDER BY change"
    )
    counts = {str(change): int(count) for change, count in found}
    changes = tuple(period for period in own if period.change != "table" or period.ended not in ("", "table"))
    return TableHistory(name, rows, changed, counts, changes, left_out)


def _states(engine: Engine, followed: Followed, name: str, folder: Path) -> list[State]:
    """The table in each release in which it may be another one than in the release before."""
    found: list[State] = []
    last: Release | None = None
    for at, release in enumerate(followed.releases):
        table = release.table(name)
        if table is None:
            if found and found[-1].is_there:
                found.append(replace(found[-1], at=at, is_there=False))
            continue
        if found and found[-1].is_there and last and _is_same(followed.root, last, release, name):
            continue
        place, last = folder / str(at), release
        place.mkdir(parents=True)
        side = read_side(engine, table, followed.root / table.source, place)
        found.append(State(at, table, side.rows, {}, _codes(engine, followed, release, place / "codes")))
    return _named(engine, found, followed.releases)


def _is_same(root: Path, before: Release, after: Release, name: str) -> bool:
    old, new = before.table(name), after.table(name)
    sides = (LocatedRelease(before, root), LocatedRelease(after, root))
    return bool(old and new and old.schema.descriptor == new.schema.descriptor and has_same_file(*sides, old, new))


def _codes(engine: Engine, followed: Followed, release: Release, place: Path) -> tuple[Recoding, ...]:
    table = codes_table(release)
    if table is None:
        return ()
    place.mkdir()
    return read_recodings(engine, read_side(engine, table, followed.root / table.source, place).rows)


def _named(engine: Engine, states: Sequence[State], releases: Sequence[Release]) -> list[State]:
    """The states with their columns by what these are called at last. A column that went is called as it was, with its
    release where another one has that name."""
    found: list[State] = []
    later: State | None = None
    for state in reversed(states):
        columns = list(state.rows.types)
        if not state.is_there:
            found.append(state)
            continue
        now = {column: column for column in columns}
        if later:
            renamed = renamed_columns(engine, state.table.schema, later.table.schema, state.rows, later.rows)
            called = {column: name for name, column in later.names.items()}
            now = {column: called.get(renamed.get(column, column), "") for column in columns}
            taken = set(now.values())
            for column in (column for column, name in now.items() if not name):
                now[column] = f"{column}@{releases[state.at].version}" if column in taken else column
        later = replace(state, names={now[column]: column for column in columns})
        found.append(later)
    named = found[::-1]
    return [
        state if state.is_there else replace(state, names=named[number - 1].names) for number, state in enumerate(named)
    ]


def _table_periods(states: Sequence[State], key: Sequence[str]) -> Iterator[Period]:
    """The periods in which there is the table; their value are the columns of the key."""
    value = "|".join(name.replace("\\", "\\\\").replace("|", "\\|") for name in key)
    for before, state in zip((None, *states), states, strict=False):
        if state.is_there and not (before and before.is_there):
            gone = next((other for other in states if other.at > state.at and not other.is_there), None)
            change = "added" if state.at else "first"
            yield Period("", value, state.at, gone.at if gone else None, change, "removed" if gone else "")


def _field_periods(states: Sequence[State], fields: Iterable[str]) -> Iterator[Period]:
    """The periods of columns, each with the name that it had."""
    for field in fields:
        events: list[tuple[int, str, str]] = []
        for before, state in zip((None, *states), states, strict=False):
            was = before.names.get(field, "") if before and before.is_there else ""
            now = state.names.get(field, "") if state.is_there else ""
            if was != now:
                is_whole = before is None or not (before.is_there and state.is_there)
                change = "table" if is_whole else "renamed" if was and now else "added" if now else "removed"
                events.append((state.at, now, change))
        for (start, name, change), following in zip(events, (*events[1:], None), strict=True):
            if name:
                stop, ended = (following[0], following[2]) if following else (None, "")
                yield Period(field, name, start, stop, change, ended)


def _insert(engine: Engine, place: int, periods: Iterable[tuple[str, Period]]) -> None:
    """Puts periods of the table and its columns into the history."""
    rows = [
        f"({place}, {literal(part)}, NULL, {number}, {literal(period.field)}, NULL, {period.start}, "
        f"{literal(period.stop)}, {literal(period.value)}, NULL, {literal(period.change)}, {literal(period.ended)})"
        for number, (part, period) in enumerate(periods)
    ]
    engine.run(f"INSERT INTO {_HISTORY} VALUES {', '.join(rows)}")


def _keep_rows(engine: Engine, place: int) -> None:
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE called AS SELECT id, arg_max(text, since) AS key FROM {HELD} "
        "WHERE text IS NOT NULL GROUP BY id"
    )
    engine.run(
        f"INSERT INTO {_HISTORY} SELECT {place}, 'row', id, 0, NULL, key, since, until, text, was, change, "
        f"coalesce(ended, '') FROM ({_periods(HELD, 'id')}) JOIN called USING (id) WHERE text IS NOT NULL"
    )


def _keep_cells(engine: Engine, place: int, fields: Sequence[str]) -> None:
    if not fields:
        return
    engine.run(
        f"INSERT INTO {_HISTORY} SELECT {place}, 'cell', id, field, [{literals(fields)}][field + 1], key, since, "
        f"until, text, was, change, coalesce(ended, '') FROM ({_periods(CELLS, 'id, field')}) JOIN called USING (id) "
        "WHERE text IS NOT NULL"
    )


def _periods(events: str, of: str) -> str:
    """Events with what was before each of them and what comes after."""
    return (
        f"SELECT *, lead(since) OVER w AS until, lead(change) OVER w AS ended, lag(text) OVER w AS was FROM {events} "
        f"WINDOW w AS (PARTITION BY {of} ORDER BY since)"
    )


def _without_unchanged(engine: Engine, place: int, first: int) -> int:
    """Takes the cells that never changed out of the history, with rows that have no other ones, where there are so many
    that no host would take the file; returns how many."""
    still = f"since = {first} AND until IS NULL"
    (kept,) = engine.row(f"SELECT count(*) FROM {_HISTORY} WHERE part = 'cell' AND until IS NULL")
    (unchanged,) = engine.row(f"SELECT count(*) FROM {_HISTORY} WHERE part = 'cell' AND place = {place} AND {still}")
    if kept <= HISTORY_CELLS:
        return 0
    engine.run(f"DELETE FROM {_HISTORY} WHERE part = 'cell' AND place = {place} AND {still}")
    engine.run(
        f"DELETE FROM {_HISTORY} WHERE part = 'row' AND place = {place} AND {still} AND id NOT IN "
        f"(SELECT id FROM {_HISTORY} WHERE part = 'cell' AND place = {place})"
    )
    return int(unchanged)


def _shown(engine: Engine, place: int, labels: Mapping[int, str]) -> tuple[tuple[RowHistory, ...], int]:
    """The rows that changed last, and how many changed: by a cell, by another key, or as they went."""
    engine.run(
        "CREATE OR REPLACE TEMP TABLE touched AS SELECT id, max(since) AS last FROM ("
        f"SELECT id, since FROM {CELLS} WHERE change IN ({literals(_OF_CELLS)}) UNION ALL "
        f"SELECT id, since FROM {HELD} WHERE change IN ({literals(_OF_ROWS)})) GROUP BY id"
    )
    (changed,) = engine.row("SELECT count(*) FROM touched")
    engine.run(
        "CREATE OR REPLACE TEMP TABLE listed AS SELECT id, row_number() OVER (ORDER BY last DESC, id) AS rank "
        f"FROM touched ORDER BY rank LIMIT {_SHOWN_ROWS}"
    )
    found = engine.rows(
        f"SELECT id, key, part, field, value, since, until, change, ended FROM {_HISTORY} JOIN listed USING (id) "
        f"WHERE place = {place} AND (part = 'row' OR (part = 'cell' AND (id, number) IN "
        f"(SELECT (id, field) FROM {CELLS} WHERE change IN ({literals(_OF_CELLS)})))) "
        f"ORDER BY rank, part DESC, number, since LIMIT {_SHOWN_PERIODS}"
    )
    named = engine.rows(
        f"SELECT id, field, arg_max(text, since) FROM {CELLS} SEMI JOIN listed USING (id) WHERE text IS NOT NULL "
        f"AND field IN ({literals(labels) or 'NULL'}) GROUP BY id, field ORDER BY id, field"
    )
    rows: dict[int, RowHistory] = {}
    for row, key, part, field, *values in found:
        period = Period(field if part == "cell" else "", *values)
        held = rows.get(row) or RowHistory(row, key, (), {labels[at]: text for of, at, text in named if of == row})
        rows[row] = replace(held, periods=(*held.periods, period))
    return tuple(rows.values()), int(changed)


def _write(engine: Engine, followed: Followed, names: Sequence[str], target: Path) -> None:
    """Writes the file: tables by name, in each its columns, then its rows with their cells."""
    moments, reasons = _moments(followed)
    engine.run(f"CREATE OR REPLACE TEMP TABLE moments AS {moments}")
    shown = [
        "part", f'[{literals(names)}][place + 1] AS "table"', 'id AS "row"', "key", "nullif(field, '') AS field",
        "value", 'was AS "before"', 'f.version AS "from"', "f.day AS from_date", 'u.version AS "to"',
        "u.day AS to_date", "change", "nullif(ended, '') AS ended",
    ]  # fmt: skip
    for side, kind in (("f", "change"), ("u", "ended")):
        name = "from_reason" if side == "f" else "to_reason"
        shown += [
            f"CASE WHEN {kind} NOT IN ({literals(_WITH_ANOTHER)}) THEN {side}.reason{number} END AS "
            + identifier(f"{name}{suffix}")
            for number, suffix in enumerate(reasons)
        ]
    order = "place, CASE part WHEN 'table' THEN 0 WHEN 'field' THEN 1 ELSE 2 END, id, part DESC, number, since"
    engine.run(
        f"COPY (SELECT {', '.join(shown)} FROM {_HISTORY} AS h JOIN moments AS f ON h.since = f.moment "
        f"LEFT JOIN moments AS u ON h.until = u.moment ORDER BY {order}) TO {literal(str(target))} (FORMAT csv, HEADER)"
    )


def _moments(followed: Followed) -> tuple[str, tuple[str, ...]]:
    """SQL for the releases by number, and what is behind the name of the column of each language's reasons."""
    rows = []
    for at, release in enumerate(followed.releases):
        day = release.date.isoformat() if release.date else ""
        words = [" ".join(release.changes.get(language).split()) for language in followed.languages]
        rows.append(f"({at}, {literals((str(release.version), day, *words))})")
    count = range(len(followed.languages))
    listed = ", ".join(("moment", "version", "day", *(f"reason{number}" for number in count)))
    suffixes = ("", *(f"@{language}" for language in followed.languages[1:]))
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS m({listed})", suffixes
