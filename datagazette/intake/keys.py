"""Which columns identify rows, and which refer to another table, as far as all rows show."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations

from datagazette.intake.columns import Column
from datagazette.model.publication import Publication
from datagazette.tables.engine import Engine
from datagazette.tables.sql import identifier

_MOST_COLUMNS = 10  # among which a key is looked for
_LONGEST_KEY = 4
_LONGEST_NEARLY = 3  # of a key that some rows break
_MOST_MISSES = 0.2  # of the distinct values: still nearly a reference
_MOST_ROWS = 6  # that break a key and are named
_KIN = 2  # from this kinship on, the heading says what a column refers to
_TYPES = ("string", "integer", "year", "yearmonth", "date", "datetime")
_LABELS = ("_name", "_label", "_title")  # headings of the name of a code, beside the code
# By the name of a column, in the languages whose headings become such names.
_PART_OF_A_YEAR = re.compile(
    r"(^|_)(quarters?|qtr|months?|weeks?|trimestre|trimester|quartal|monat|mois|mes|semana)($|_)"
)
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

    @property
    def shown(self) -> str:
        return "/".join(part for part in (self.package, self.resource, self.column) if part)


@dataclass(frozen=True)
class Reference:
    """A column that refers to a target; `missing` are values that it lacks, so that it does so only nearly. `guessed`:
    its values alone point there and not its heading, so that a person has to confirm it."""

    column: str
    target: Target
    missing: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is a rule already."""
        return not self.missing and not self.guessed


def primary_key(engine: Engine, table: str, columns: Sequence[Column], references: Iterable[str]) -> tuple[str, ...]:
    """The fields of the key that a person would choose; empty where no four columns identify the rows.

    A key of its own (a reference, a code, a running number) is the whole key. Otherwise a column of years or months
    belongs to it: the next year brings the same names again, and the same codes where there is one year only.
    """
    whole = [column for column in columns if column.complete and column.type in _TYPES]
    dates = [column for column in whole if column.type in ("year", "yearmonth")]
    labelled = {column.name.removesuffix(end) for column in columns for end in _LABELS if column.name.endswith(end)}
    only_date = [column for column in whole if column.dated and column.distinct == 1 < column.rows][:1]
    dated = any(column.dated for column in whole)
    free = [column for column in whole if column.distinct == column.rows and not column.dated]
    for column in (column for column in free if column.name not in set(references)):
        first = column is columns[0]
        number = column.type == "integer" and not column.named.measures and not only_date
        if column.named.identifies or (first and (number or (column.type == "string" and not dated))):
            return (column.name,)
        if column.named.coded or (column.name in labelled and not column.named.measures):
            return tuple(each.name for each in whole if each in (column, *only_date))
    dimensions = _dimensions(whole, columns[0])
    for chosen in _combinations(dimensions, _LONGEST_KEY):
        if _distinct(engine, table, chosen) == chosen[0].rows:
            belonging = [] if any(column.dated for column in chosen) else dates[:1]
            return tuple(column.name for column in dimensions if column in (*chosen, *belonging))
    return ()


def nearest_key(engine: Engine, table: str, columns: Sequence[Column]) -> tuple[tuple[str, ...], list[int], int]:
    """(fields, the first rows that break them as a key, how many do) of the fewest columns that identify most rows
    where none identify all; empty where none identify more than half."""
    whole = [column for column in columns if column.complete and column.type in _TYPES]
    best: tuple[str, ...] = ()
    most = 0
    for chosen in _combinations(_dimensions(whole, columns[0]), _LONGEST_NEARLY):
        if (distinct := _distinct(engine, table, chosen)) > most:
            best, most = tuple(column.name for column in chosen), distinct
    if not best or 2 * most <= columns[0].rows:
        return (), [], 0
    return best, *_breaking(engine, table, best)


def repeated_identifiers(
    engine: Engine, table: str, columns: Sequence[Column], key: Sequence[str]
) -> Iterator[tuple[str, list[int], int]]:
    """(column, the first rows, how many) for the first column, or one within a key, whose heading says that it alone
    identifies a row, although some of its values are in several rows."""
    for column in columns:
        asked = column is columns[0] or column.name in key
        if asked and column.named.identifies and column.complete and column.rows / 2 < column.distinct < column.rows:
            yield column.name, *_breaking(engine, table, (column.name,))


def _breaking(engine: Engine, table: str, key: Sequence[str]) -> tuple[list[int], int]:
    """The first rows that have their key in common with others, those with one key together, and how many there are."""
    names = ", ".join(map(identifier, key))
    rows = engine.rows(
        f"SELECT row, count(*) OVER () FROM (SELECT rowid AS row, count(*) OVER (PARTITION BY {names}) AS alike, "
        f"min(rowid) OVER (PARTITION BY {names}) AS first FROM {identifier(table)}) WHERE alike > 1 "
        f"ORDER BY first, row LIMIT {_MOST_ROWS}"
    )
    return [int(row) for row, _ in rows], int(rows[0][1])


def _dimensions(whole: Sequence[Column], first: Column) -> list[Column]:
    """The columns among which a key is looked for: those that measure nothing. A number in the first one may be a
    running number, and one that a heading calls a month or a quarter is beside its year."""
    numbers = [column for column in whole if column is first and not column.named.measures]
    if any(column.type == "year" for column in whole):
        numbers += [column for column in whole if column.type == "integer" and _PART_OF_A_YEAR.search(column.name)]
    return [column for column in whole if not column.measured or column in numbers][:_MOST_COLUMNS]


def _combinations(columns: Sequence[Column], longest: int) -> Iterator[tuple[Column, ...]]:
    """Choices of one column, then of two, and so on, without those in which all rows are alike."""
    sizes = (combinations(columns, size) for size in range(1, longest + 1))
    alike = {column.name for column in columns if column.distinct == 1 < column.rows}
    return (chosen for chosen in chain.from_iterable(sizes) if any(column.name not in alike for column in chosen))


def _distinct(engine: Engine, table: str, chosen: Sequence[Column]) -> int:
    """How many rows differ in these columns."""
    names = ", ".join(identifier(column.name) for column in chosen)
    return int(engine.row(f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM {identifier(table)})")[0])


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
            if len(rows) <= (max(column.distinct * _MOST_MISSES, column.distinct > 2) if kinship >= _KIN else 0):
                missing = tuple(value for (value,) in rows)
                reference = Reference(column.name, target, missing, guessed=kinship < _KIN)
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
