"""Which columns identify rows, and which refer to another table, as far as all rows show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from datagazette.intake.columns import Column
from datagazette.model.publication import Publication
from datagazette.tables.engine import Engine
from datagazette.tables.sql import identifier

_MOST_COLUMNS = 10  # among which a key is looked for
_LONGEST_KEY = 4
_MOST_MISSES = 0.2  # of the distinct values: still nearly a reference
_PLAIN = ("code", "id", "key", "name", "no", "number")


@dataclass(frozen=True)
class Target:
    """A column that a foreign key may point to. `table` is its temporary table, with its values in `v`.

    `package` is the dataset, None for a source beside this one; `version` is the release that is referred to.
    `aliases` are the names of fields that refer to it already.
    """

    resource: str
    column: str
    table: str
    text: bool
    package: str | None = None
    version: str = ""
    aliases: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """A column that refers to a target; `missing` are values that it lacks, so that it does so only nearly."""

    column: str
    target: Target
    missing: tuple[str, ...] = ()


def primary_key(engine: Engine, table: str, columns: Sequence[Column], references: Iterable[str]) -> tuple[str, ...]:
    """The fields of the key that a person would choose; empty where no four columns identify the rows.

    A key of its own (a code, an identifier) stands alone. Otherwise a column of years or months belongs to it: the
    next year brings the same names again.
    """
    referring = set(references)
    whole = [
        column
        for column in columns
        if column.complete and column.type in ("string", "integer", "year", "yearmonth", "date")
    ]
    own = [one for one in whole if one.distinct == one.rows and one.name not in referring and not one.dated]
    for one in own:
        if one.coded or (one is columns[0] and one.type == "string" and not any(column.dated for column in whole)):
            return (one.name,)
    dimensions = [one for one in whole if not one.measured][:_MOST_COLUMNS]
    for size in range(1, _LONGEST_KEY + 1):
        for chosen in combinations(dimensions, size):
            if _tells_apart(engine, table, chosen):
                return tuple(one.name for one in _with_date(chosen, dimensions))
    return ()


def _with_date(chosen: Sequence[Column], dimensions: Sequence[Column]) -> list[Column]:
    if any(one.dated for one in chosen):
        return list(chosen)
    dates = [dimension for dimension in dimensions if dimension.type in ("year", "yearmonth")][:1]
    return [dimension for dimension in dimensions if dimension in chosen or dimension in dates]


def _tells_apart(engine: Engine, table: str, chosen: Sequence[Column]) -> bool:
    if all(one.distinct == 1 and one.rows > 1 for one in chosen):
        return False
    names = ", ".join(identifier(one.name) for one in chosen)
    distinct = engine.row(f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM {identifier(table)})")[0]
    return bool(distinct == chosen[0].rows)


def references(engine: Engine, table: str, columns: Sequence[Column], targets: Sequence[Target]) -> list[Reference]:
    """The best target of each column that has one. Where a heading alone points there, nearly will do."""
    found = []
    for column in columns:
        if not _may_refer(column):
            continue
        ranked = sorted(_candidates(engine, table, column, targets), key=lambda one: one[0], reverse=True)
        found += [one for _, one in ranked[:1]]
    return found


def _may_refer(column: Column) -> bool:
    return column.filled > 0 and (column.type == "string" or (column.type == "integer" and column.digits))


def _candidates(
    engine: Engine, table: str, column: Column, targets: Sequence[Target]
) -> Iterator[tuple[tuple[int, int, int], Reference]]:
    """Each target with its rank: complete before nearly, then how well the names fit, then how often it is used."""
    for target in targets:
        kinship = _kinship(column, target)
        if not kinship and (column.type != "string" or column.distinct < 2):
            continue
        missing = _missing(engine, table, column, target)
        nearly = max(column.distinct * _MOST_MISSES, column.distinct > 2) if kinship > 1 else 0
        if len(missing) > nearly:
            continue
        yield (-len(missing), kinship, sum(target.aliases.values())), Reference(column.name, target, missing)


def _kinship(column: Column, target: Target) -> int:
    """How much the names of a column and of what it may refer to have in common: nothing is 0."""
    words = _words(column.name)
    if column.name in target.aliases:
        return 3
    if words & (_words(target.resource) | _words(target.column)):
        return 2
    return 1 if target.package and words & _words(target.package) else 0


def _words(name: str) -> set[str]:
    parts = name.replace("-", "_").split("_")
    return {part.removesuffix("s") for part in parts if part and part not in _PLAIN}


def _missing(engine: Engine, table: str, column: Column, target: Target) -> tuple[str, ...]:
    cell = identifier(column.name)
    rows = engine.rows(
        f"SELECT DISTINCT {cell} FROM {identifier(table)} AS t ANTI JOIN {identifier(target.table)} AS k "
        f"ON t.{cell} = k.v WHERE t.{cell} <> '' ORDER BY 1"
    )
    return tuple(str(row[0]) for row in rows)


def aliases(publication: Publication) -> dict[tuple[str, str, str], Counter[str]]:
    """Which fields refer to each (dataset, resource, field), by name and by role, and how often."""
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for dataset in publication.datasets:
        for table in dataset.latest.tables:
            for key in table.schema.foreign_keys:
                if len(key.fields) == 1:
                    place = (key.package or dataset.name, key.resource or table.name, key.reference_fields[0])
                    named = found.setdefault(place, Counter())
                    named[key.fields[0]] += 1
                    field = table.schema.field(key.fields[0])
                    named[field.role if field and field.role else key.fields[0]] += 1
    return found
