"""Where a region's name leads: the datasets about it, the rows that name it, and else the region that holds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as has
from pathlib import Path

from datagazette.compute.code_names import Place, targets
from datagazette.model.results import ReleaseResult, TableResult
from datagazette.pages.context import SiteContent
from datagazette.tables.engine import Engine
from datagazette.tables.sql import identifier, literal

_MOST = 5


@dataclass(frozen=True)
class Mention:
    """So many rows of a table (by its place among all) hold the region's code in `field`."""

    shelf: int
    field: str
    rows: int


@dataclass(frozen=True)
class Leads:
    """`datasets` are about the region itself; `within` is the nearest region around it that data speaks of."""

    datasets: int
    mentions: tuple[Mention, ...]
    within: str = ""


@dataclass(frozen=True)
class PlaceNames:
    """What a table's rows say of regions: by field the rows of each code, and by code the region above it.

    `fields` are (field, whether the row states something of the region, (code, rows) of each); `parents` is empty but
    where the table is the list of regions itself.
    """

    fields: tuple[tuple[str, bool, tuple[tuple[str, int], ...]], ...] = ()
    parents: Mapping[str, str] = has(default_factory=dict)


def place_names(engine: Engine, result: ReleaseResult, found: TableResult, regions: Place | None) -> PlaceNames:
    """What the rows of a table say of regions."""
    if regions is None:
        return PlaceNames()
    fields = []
    for name, place in targets(result.release, found.table.schema).items():
        field = found.table.schema.field(name)
        if place[0] == regions[0] and field is not None:
            fields.append((name, field.role == "region", tuple(_counts(engine, found, name))))
    is_list = (result.release.dataset, found.table.name) == regions
    return PlaceNames(tuple(fields), _parents(engine, result, found, regions) if is_list else {})


def place_leads(
    about: Mapping[str, int], tables: Sequence[tuple[Place, PlaceNames]], regions: Place | None
) -> Mapping[str, Leads]:
    """By code, for the regions that lead anywhere. `about` is how many datasets are about a region; tables in order."""
    if regions is None:
        return {}
    stating, holding = _mentions(tables, regions)
    parents = {code: above for _, one in tables for code, above in one.parents.items()}
    known = set(about) | set(stating)
    codes = set(about) | set(stating) | set(holding) | set(parents)
    return {
        code: Leads(
            about.get(code, 0),
            (*stating.get(code, ()), *holding.get(code, ()))[:_MOST],
            "" if code in known else _nearest(code, known, parents),
        )
        for code in codes
    }


def datasets_about(content: SiteContent) -> Counter[str]:
    """How many datasets are about each region."""
    newest = (content.newest(dataset.name) for dataset in content.datasets)
    return Counter(code for result in newest if result for code in result.release.spatial)


def _mentions(
    tables: Sequence[tuple[Place, PlaceNames]], regions: Place
) -> tuple[Mapping[str, Sequence[Mention]], Mapping[str, Sequence[Mention]]]:
    """The rows that state something of a region, and those that lie in it; the list of regions itself last."""
    stating: dict[str, list[Mention]] = defaultdict(list)
    holding: dict[str, list[Mention]] = defaultdict(list)
    listed: dict[str, list[Mention]] = defaultdict(list)
    for shelf, (place, names) in enumerate(tables):
        for field, states, counts in names.fields:
            into = listed if place == regions else stating if states else holding
            for code, rows in counts:
                into[code].append(Mention(shelf, field, rows))
    rest = {code: ones for code, ones in listed.items() if code not in holding}
    return stating, {**holding, **rest}


def _counts(engine: Engine, found: TableResult, name: str) -> Iterable[tuple[str, int]]:
    field = identifier(name)
    return engine.rows(
        f"SELECT CAST({field} AS VARCHAR), count(*) FROM read_parquet({literal(str(Path(found.parquet)))})"
        f" WHERE {field} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )


def _parents(engine: Engine, result: ReleaseResult, found: TableResult, regions: Place) -> Mapping[str, str]:
    """The region above each, where the list of regions refers to itself."""
    key = found.table.schema.primary_key
    for name, target in targets(result.release, found.table.schema).items():
        if target == regions and len(key) == 1:
            source = f"read_parquet({literal(str(Path(found.parquet)))})"
            pair = f"CAST({identifier(key[0])} AS VARCHAR), CAST({identifier(name)} AS VARCHAR)"
            return {row[0]: row[1] or "" for row in engine.rows(f"SELECT {pair} FROM {source}")}
    return {}


def _nearest(code: str, known: set[str], parents: Mapping[str, str]) -> str:
    """Not the topmost one, which holds everything."""
    return next((one for one in _above(code, parents) if one in known and parents.get(one)), "")


def _above(code: str, parents: Mapping[str, str]) -> Iterable[str]:
    seen = {code}
    while (code := parents.get(code, "")) and code not in seen:
        seen.add(code)
        yield code
