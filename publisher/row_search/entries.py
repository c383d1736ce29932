"""A row as search knows it: what it is called, what stands around it, and where it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as has
from decimal import Decimal
from pathlib import Path

from publisher.engine import Engine, connect
from publisher.labels import Place, all_labels, region_table, targets
from publisher.model import Field, Publication
from publisher.pages import cells, links, markup, numbers
from publisher.pages.content import SiteContent
from publisher.pages.dataset import search_facets
from publisher.pages.reader import Reader
from publisher.results import ReleaseResult, Row, TableResult, Value
from publisher.row_search.places import Leads, place_leads
from publisher.tables import TypedTable, all_rows
from publisher.text import Text

# Larger tables have the explorer's own search.
MOST_ROWS = 50_000
_CONTEXT = 120
_WORDS = 200
# What a row says of its place in a source is not what it is about.
_ASIDE = frozenset({"source", "article", "paragraph", "unit", "bound"})
_TEXT = frozenset({"string"})


@dataclass(frozen=True)
class Shelf:
    """A table whose rows are found. Texts are in the index's language; `explore` is relative to the site's root."""

    explore: str
    table: str
    title: str
    dataset: str
    themes: tuple[str, ...]
    regions: tuple[str, ...]
    is_places: bool


@dataclass(frozen=True)
class Entry:
    """`words` are looked up and not shown; `leads` is set where the row is a region."""

    shelf: int
    key: str
    title: str
    context: str
    words: str
    leads: Leads | None = None


@dataclass(frozen=True)
class RowEntries:
    """All that is found in one language."""

    shelves: tuple[Shelf, ...]
    entries: tuple[Entry, ...]
    catalogue: str = ""


@dataclass(frozen=True)
class _Labelled:
    """A table with the names of its foreign keys' values, by field."""

    result: ReleaseResult
    found: TableResult
    names: Mapping[str, Mapping[str, Text]] = has(default_factory=dict)

    @property
    def place(self) -> Place:
        return self.result.release.dataset, self.found.table.name


def row_entries(content: SiteContent) -> Mapping[str, RowEntries]:
    """The entries of every language, the same rows in the same order."""
    newest = [one for dataset in content.datasets if (one := content.newest(dataset.name))]
    regions = region_table(content.publication)
    with connect() as engine:
        tables = _tables(engine, newest, content.publication, regions)
        leads = place_leads(engine, content, [(one.result, one.found) for one in tables], regions)
        rows = [list(all_rows(engine, _typed(one.found))) if one.found.rows <= MOST_ROWS else [] for one in tables]
    return {
        language: RowEntries(
            tuple(_shelf(Reader(content, language, ""), one, one.place == regions) for one in tables),
            tuple(
                entry
                for place, (table, held) in enumerate(zip(tables, rows, strict=True))
                for entry in _entries(Reader(content, language, ""), table, place, held,
                                      leads if table.place == regions else {})
            ),
            links.localized(links.CATALOGUE, language, content.catalog.languages[0]),
        )
        for language in content.catalog.languages
    }  # fmt: skip


def _tables(
    engine: Engine, newest: Sequence[ReleaseResult], publication: Publication, regions: Place | None
) -> list[_Labelled]:
    """The list of regions first, then the smaller before the larger: their rows are likelier what was meant."""
    typed = {(one.release.dataset, found.table.name): _typed(found) for one in newest for found in one.tables}
    languages = publication.catalog.languages
    wanted = {
        place for one in newest for found in one.tables for place in targets(one.release, found.table.schema).values()
    }
    labels = {place: all_labels(engine, typed[place], languages) for place in sorted(wanted) if place in typed}
    tables = [
        _Labelled(one, found, {name: labels[place] for name, place in targets(one.release, found.table.schema).items()
                               if labels.get(place)})
        for one in newest
        for found in one.tables
    ]  # fmt: skip
    return sorted(tables, key=lambda one: (one.place != regions, one.found.rows, one.place))


def _typed(found: TableResult) -> TypedTable:
    return TypedTable(found.table, Path(found.parquet))


def _shelf(reader: Reader, one: _Labelled, is_places: bool) -> Shelf:
    release, table = one.result.release, one.found.table
    facets = search_facets(reader, release)
    return Shelf(
        explore=reader.localized(links.explore_path(release.dataset)),
        table=table.name,
        title=markup.one_line(table.title.get(reader.language)) or table.name,
        dataset=markup.one_line(release.title.get(reader.language)) or release.dataset,
        themes=tuple(map(str, facets["theme"])),  # type: ignore[call-overload]
        regions=tuple(map(str, facets["region"])),  # type: ignore[call-overload]
        is_places=is_places,
    )


def _entries(
    reader: Reader, table: _Labelled, shelf: int, rows: Sequence[Row], leads: Mapping[str, Leads]
) -> Iterator[Entry]:
    schema = table.found.table.schema
    fields = schema.fields
    order = {one.name: place for place, one in enumerate(fields)}
    title = next(
        (place for place in cells.visible(fields, reader.language) if fields[place].role.startswith("label")), None
    )
    labels = [place for place, one in enumerate(fields) if one.role.startswith("label")]
    around = [place for place, one in enumerate(fields) if _is_around(one, schema.primary_key, table.names)]
    for row in rows:
        key = "|".join(str(row[order[name]]) for name in schema.primary_key)
        said = [text for place in around if (text := _said(reader, table, fields, row, place))]
        names = [markup.one_line(str(row[place])) for place in labels if row[place]]
        own = (markup.one_line(str(row[title])) if title is not None and row[title] else "") or next(iter(names), "")
        called = own or (said[0] if said else key)
        context = [one for one in dict.fromkeys(said) if one != called]
        words = [
            one for one in dict.fromkeys((*names, *_texts(fields, row, table.names), key)) if one and one != called
        ]
        yield Entry(shelf, key, called, _cut(" · ".join(context), _CONTEXT), " ".join(words), leads.get(key))


def _is_around(one: Field, key: Sequence[str], names: Mapping[str, object]) -> bool:
    if one.role in _ASIDE or one.role.startswith("label") or one.type == "boolean":
        return False
    return one.name not in key or one.name in names


def _texts(fields: Sequence[Field], row: Row, names: Mapping[str, object]) -> Iterator[str]:
    """What a row says in words of its own."""
    for one, value in zip(fields, row, strict=True):
        own = one.type in _TEXT and not one.categories and not one.role and one.name not in names
        if own and value:
            yield _cut(markup.one_line(str(value)), _WORDS)


def _said(reader: Reader, table: _Labelled, fields: Sequence[Field], row: Row, place: int) -> str:
    """A cell as the context of its row shows it."""
    one, value = fields[place], row[place]
    if value is None:
        return ""
    named = table.names.get(one.name, {}).get(str(value))
    if named:
        return markup.one_line(named.get(reader.language))
    category = one.category(value)
    if category and category.label:
        return markup.one_line(category.label.get(reader.language))
    if numbers.is_number(value) and one.type != "year":
        return _amount(reader, fields, row, one, value)
    return _cut(cells.plain_value(reader, value, one), _WORDS)


def _amount(reader: Reader, fields: Sequence[Field], row: Row, one: Field, value: Value) -> str:
    """A number with its bound and its unit."""
    assert isinstance(value, int | float | Decimal)
    said: dict[str, Value] = {
        field.role: row[place] for place, field in enumerate(fields) if field.role in {"unit", "bound"}
    }
    bound = one.bound or (str(said.get("bound") or "") if one.role == "value" else "")
    sign, _ = cells.bound_words(reader, bound)
    shown = numbers.shown(value, reader.strings)
    unit = markup.one_line(one.unit.get(reader.language)) or (
        _unit(reader, fields, said) if one.role == "value" else ""
    )
    return f"{sign}{' ' if sign else ''}{shown}{numbers.gap(shown, unit) if unit != '%' else ''}{unit}"


def _unit(reader: Reader, fields: Sequence[Field], said: Mapping[str, Value]) -> str:
    field_ = next((one for one in fields if one.role == "unit"), None)
    category = field_.category(said.get("unit")) if field_ else None
    return markup.one_line(category.label.get(reader.language)) if category else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rstrip() + "…"
