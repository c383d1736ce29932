"""Which columns identify rows, and which refer to another table, as far as all rows show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
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

    A key of its own (a code, an identifier) is the whole key. Otherwise a column of years or months belongs to it: the
    next year brings the same names again.
    """
    referring = set(references)
    types = ("string", "integer", "year", "yearmonth", "date")
    whole = [column for column in columns if column.complete and column.type in types]
    dated = any(column.dated for column in whole)
    for column in whole:
        if column.distinct != column.rows or column.name in referring or column.dated:
            continue
        if column.named.coded or (column is columns[0] and column.type == "string" and not dated):
            return (column.name,)
    dimensions = [column for column in whole if not column.measured][:_MOST_COLUMNS]
    for size in range(1, _LONGEST_KEY + 1):
        for chosen in combinations(dimensions, size):
            if _identify(engine, table, chosen):
                dates = [column for column in dimensions if column.type in ("year", "yearmonth")][:1]
                if any(column.dated for column in chosen):
                    dates = []
                return tuple(column.name for column in dimensions if column in (*chosen, *dates))
    return ()


def _identify(engine: Engine, table: str, chosen: Sequence[Column]) -> bool:
    """Whether no two rows have the same values in these columns."""
    if all(column.distinct == 1 and column.rows > 1 for column in chosen):
        return False
    names = ", ".join(identifier(column.name) for column in chosen)
    distinct = engine.row(f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM {identifier(table)})")[0]
    return bool(distinct == chosen[0].rows)


def references(engine: Engine, table: str, columns: Sequence[Column], targets: Sequence[Target]) -> list[Reference]:
    """The best target of each column that has one: complete before nearly, then how well the names fit, then how often
    it is used. Where a heading alone points there, nearly will do."""
    found = []
    for column in columns:
        if not column.filled or not (column.type == "string" or (column.type == "integer" and column.digits)):
            continue
        ranked = []
        for target in targets:
            kinship = _kinship(column, target)
            if not kinship and (column.type != "string" or column.distinct < 2):
                continue
            cell = identifier(column.name)
            rows = engine.rows(
                f"SELECT DISTINCT {cell} FROM {identifier(table)} AS t ANTI JOIN {identifier(target.table)} AS k "
                f"ON t.{cell} = k.v WHERE t.{cell} <> '' ORDER BY 1"
            )
            if len(rows) <= (max(column.distinct * _MOST_MISSES, column.distinct > 2) if kinship > 1 else 0):
                reference = Reference(column.name, target, tuple(value for (value,) in rows))
                ranked.append(((len(rows), -kinship, -sum(target.aliases.values())), reference))
        found += [reference for _, reference in sorted(ranked, key=lambda pair: pair[0])[:1]]
    return found


def _kinship(column: Column, target: Target) -> int:
    """How much the names of a column and of what it may refer to have in common: nothing is 0."""
    if column.name in target.aliases:
        return 3
    words = _words(column.name)
    if words & (_words(target.resource) | _words(target.column)):
        return 2
    return 1 if target.package and words & _words(target.package) else 0


def _words(name: str) -> set[str]:
    parts = name.replace("-", "_").split("_")
    return {part.removesuffix("s") for part in parts if part and part not in _PLAIN}


def aliases(publication: Publication) -> defaultdict[tuple[str, str, str], Counter[str]]:
    """Which fields refer to each (dataset, resource, field), by name and by role, and how often."""
    found: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for dataset in publication.datasets:
        for table in dataset.latest.tables:
            for key in (key for key in table.schema.foreign_keys if len(key.fields) == 1):
                place = (key.package or dataset.name, key.resource or table.name, key.reference_fields[0])
                field = table.schema.field(key.fields[0])
                found[place].update([key.fields[0], (field and field.role) or key.fields[0]])
    return found
