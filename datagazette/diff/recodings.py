"""Codes that got another code: which of them a table of the dataset, `codes.csv`, says are the same thing.

A line has the code before (`old`), the code now (`new`), what happened (`kind`) and the day (`date`). Only where one
thing goes on under another code is its row followed; what was merged or split is another thing. `resource` and `field`
may say of which table and field the codes are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from datagazette.diff.rows import LINE, Relation, written
from datagazette.model.publication import Release
from datagazette.model.resource import Schema, Table
from datagazette.tables.engine import Engine
from datagazette.tables.sql import field_column

FILE = "codes.csv"
FIELDS = ("old", "new", "kind", "date")
FOLLOWED = ("recoded", "renamed")
_OPTIONAL = ("resource", "field")


@dataclass(frozen=True)
class Recoding:
    """A code that goes on as another one from a day on; `resource` and `field` are empty where nothing is said."""

    old: str
    new: str
    day: str
    resource: str = ""
    field: str = ""


def codes_table(release: Release) -> Table | None:
    """The table of a release that says which codes are the same."""
    return next(
        (
            table
            for table in release.tables
            if table.path == FILE and {field.name for field in table.schema.fields} >= set(FIELDS)
        ),
        None,
    )


def read_recodings(engine: Engine, rows: Relation) -> tuple[Recoding, ...]:
    """The lines that are followed, in the order of their days and, within one, in the file's."""
    optional = [name for name in _OPTIONAL if name in rows.types]
    cells = ", ".join(f"coalesce({field_column(written(name))}, '')" for name in (*FIELDS, *optional))
    order = f"{field_column('date')}, {field_column(LINE)}"
    found = engine.rows(f"SELECT {cells} FROM {rows.source} ORDER BY {order}")
    return tuple(
        Recoding(old, new, day, **dict(zip(optional, more, strict=True)))
        for old, new, kind, day, *more in found
        if kind in FOLLOWED and old and new and old != new
    )


def coded_fields(schema: Schema, key: Sequence[str]) -> tuple[str, ...]:
    """The fields of a key whose values are codes: the only one, else those that refer to another table."""
    if len(key) == 1:
        return tuple(key)
    referring = {name for foreign in schema.foreign_keys for name in foreign.fields}
    regions = {field.name for field in schema.fields if field.role == "region"}
    return tuple(name for name in key if name in referring | regions)


def concerning(lines: Iterable[Recoding], resource: str, field: str, coded: Collection[str]) -> tuple[Recoding, ...]:
    """Those of a field of a table's key."""
    return tuple(
        line
        for line in lines
        if line.resource in ("", resource) and (line.field == field if line.field else field in coded)
    )


def moves(
    lines: Sequence[Recoding], known: Collection[Recoding], before: Collection[str], after: Collection[str]
) -> dict[str, str]:
    """By code of the release before, the code under which it goes on in the one after: each has one, and none two.

    `lines` are all of the release after, `known` those that the one before had already: these say nothing of codes that
    are in use as they were. `before` and `after` are the codes that are there.
    """
    usable = [line for line in lines if line not in known or (line.old not in after and line.new not in before)]
    days = [_of_day(day) for _, day in groupby(usable, key=lambda line: line.day)]
    found = {}
    for code in sorted({line.old for line in usable} & set(before)):
        now = code
        for step in days:
            now = step.get(now, now)
        if now != code and now in after:
            found[code] = now
    while unclear := _unclear(found, before):
        found = {old: new for old, new in found.items() if old not in unclear}
    return found


def _of_day(lines: Iterable[Recoding]) -> dict[str, str]:
    """What happened on one day, at once, so that two codes can be exchanged; a code with two new ones has none."""
    step: dict[str, str] = {}
    twice = set()
    for line in lines:
        if step.setdefault(line.old, line.new) != line.new:
            twice.add(line.old)
    return {old: new for old, new in step.items() if old not in twice}


def _unclear(found: Mapping[str, str], before: Collection[str]) -> set[str]:
    """Codes that would go on under one that another has."""
    taken = Counter(found.values())
    return {old for old, new in found.items() if taken[new] > 1 or (new in before and new not in found)}
