"""A table's rows as search knows them: name, context, place, and what finds each; and what they say of regions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from datagazette.compute.code_names import Place, code_labels, targets
from datagazette.describe import addresses
from datagazette.describe.notation import Number, is_number
from datagazette.model.publication import Release
from datagazette.model.resource import Field, Table, bound_field
from datagazette.model.results import Row
from datagazette.pages import cells, markup, numbers
from datagazette.pages.context import PageContext, SiteContent
from datagazette.search.row_texts import Entry, RowTexts, Said, by_part, in_language
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable, all_rows
from datagazette.tables.sql import field_column

# Larger tables have the explorer's own search.
MOST_ROWS = 50_000
_LONGEST_TEXT = 200
_MOST_MENTIONS = 5
# What a row says of its place in a source is not what it is about.
_ASIDE = frozenset({"source", "article", "paragraph", "unit", "bound"})


@dataclass(frozen=True)
class PlaceNames:
    """What a table's rows say of regions: by field the rows of each code, and by code the region above it.

    `fields` are (field, whether the row states something of the region, (code, rows) of each); `parents` is empty but
    where the table is the list of regions itself.
    """

    fields: tuple[tuple[str, bool, tuple[tuple[str, int], ...]], ...]
    parents: Mapping[str, str]


@dataclass(frozen=True)
class TableRows:
    """What search knows of a table by itself. `rows` is their number, `names` what they say of regions.

    `shelf` is what the index says of the table; addresses in it are those of the default language.
    """

    place: Place
    rows: int
    shelf: Mapping[str, Any]
    names: PlaceNames


class Mention(NamedTuple):
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


def dataset_rows(
    content: SiteContent, dataset: str, regions: Place | None, engine: Engine
) -> tuple[tuple[TableRows, Mapping[str, RowTexts]], ...]:
    """What is known of each table of a dataset, and its rows by the part of the index that has them.

    `content` needs to have the dataset and those that it uses, no others.
    """
    result = content.newest(dataset)
    if result is None:
        return ()
    newest = [other for dataset in content.datasets if (other := content.newest(dataset.name))]
    typed = {
        (other.release.dataset, found.table.name): TypedTable(found.table, Path(found.parquet))
        for other in newest
        for found in other.tables
    }
    named = [targets(result.release, found.table.schema) for found in result.tables]
    wanted = sorted({place for places in named for place in places.values() if place in typed})
    labels = {place: code_labels(engine, typed[place], content.catalog.languages) for place in wanted}
    rows = []
    for found, places in zip(result.tables, named, strict=True):
        names = {name: labels[place] for name, place in places.items() if labels.get(place)}
        own = typed[result.release.dataset, found.table.name]
        rows.append(_table_rows(content, result.release, own, found.rows, names, regions, engine))
    return tuple(rows)


def in_order(tables: Iterable[TableRows], regions: Place | None) -> tuple[TableRows, ...]:
    """The list of regions first, then the smaller before the larger: their rows are likelier what was meant."""
    return tuple(sorted(tables, key=lambda table: (table.place != regions, table.rows, table.place)))


def _table_rows(
    content: SiteContent,
    release: Release,
    typed: TypedTable,
    number: int,
    names: cells.Names,
    regions: Place | None,
    engine: Engine,
) -> tuple[TableRows, Mapping[str, RowTexts]]:
    """`names` are those of its foreign keys' values, by field; `number` is how many rows it has."""
    table, languages = typed.table, content.catalog.languages
    contexts = [PageContext(content, language, "") for language in languages]
    shelf = {
        "explore": addresses.explore_path(release.dataset),
        "table": table.name,
        "said": [_about(context, release, table) for context in contexts],
    }
    rows = all_rows(engine, typed) if number <= MOST_ROWS else []
    texts = by_part(_entries(contexts, table, names, rows), languages)
    place = (release.dataset, table.name)
    return TableRows(place, number, shelf, _place_names(engine, release, typed, regions)), texts


def _about(context: PageContext, release: Release, table: Table) -> Mapping[str, Any]:
    """What is said of a table in a language."""
    facets = context.facets(release)
    return {
        "title": context.line(table.title) or table.name,
        "dataset": context.dataset_title(release),
        "theme": facets["theme"],
        "region": facets["region"],
    }


def _entries(contexts: Sequence[PageContext], table: Table, names: cells.Names, rows: Sequence[Row]) -> Iterator[Entry]:
    """`contexts` are those of the languages; the words are the row's other labels and its texts."""
    fields, keys = table.schema.fields, table.schema.primary_key
    order = {field.name: place for place, field in enumerate(fields)}
    labels = [place for place, field in enumerate(fields) if field.role.startswith("label")]
    shown = [
        [place for place in cells.visible(fields, context.language) if place in labels][:1] for context in contexts
    ]
    around = [_Around(contexts, names, fields, place) for place, field in enumerate(fields)
              if _is_around(field, keys, names)]  # fmt: skip
    own = [
        place for place, field in enumerate(fields)
        if field.type == "string" and not field.categories and not field.role and field.name not in names
    ]  # fmt: skip
    for row in rows:
        key = "|".join(str(row[order[name]]) for name in keys)
        said = tuple(column.said(row) for column in around)
        labelled = [markup.one_line(str(row[place])) for place in labels if row[place]]
        titles = tuple(
            next(filter(None, [
                *(markup.one_line(str(row[place])) for place in places if row[place]),
                *labelled[:1],
                *(in_language(text, which) for text in said),
            ]), key)
            for which, places in enumerate(shown)
        )  # fmt: skip
        texts = [cells.cut(markup.one_line(str(row[place])), _LONGEST_TEXT) for place in own if row[place]]
        yield Entry(key, titles, said, tuple(text for text in dict.fromkeys((*labelled, *texts)) if text))


class _Around:
    """A field whose values are shown as the context of their rows, in every language."""

    def __init__(
        self, contexts: Sequence[PageContext], names: cells.Names, fields: Sequence[Field], place: int
    ) -> None:
        self._contexts, self._names, self._fields, self._place = contexts, names, fields, place
        self._known: dict[str, Said] = {}

    def said(self, row: Row) -> Said:
        """What is said of a value; the unit and the bound of a value may be in its row."""
        value = row[self._place]
        if self._fields[self._place].role == "value" or self._fields[self._place].bound_field:
            return self._in_each(row)
        written = str(value)  # 1.0 and 1.00 are equal
        if written not in self._known:
            self._known[written] = self._in_each(row)
        return self._known[written]

    def _in_each(self, row: Row) -> Said:
        texts = tuple(_said(context, self._names, self._fields, row, self._place) for context in self._contexts)
        return texts[0] if len(set(texts)) == 1 else texts


def _is_around(field: Field, key: Sequence[str], names: cells.Names) -> bool:
    """Whether a row's value of this field is shown as its context."""
    if field.role in _ASIDE or field.role.startswith("label") or field.type == "boolean":
        return False
    return field.name not in key or field.name in names


def _said(context: PageContext, names: cells.Names, fields: Sequence[Field], row: Row, place: int) -> str:
    """A cell as the context of its row shows it."""
    field, value = fields[place], row[place]
    if value is None:
        return ""
    named, category = names.get(field.name, {}).get(str(value)), field.category(value)
    if named:
        return context.line(named)
    if category and category.label:
        return context.line(category.label)
    if is_number(value) and field.type != "year":
        return _amount(context, fields, row, field, value)
    return cells.cut(cells.plain_value(context, value, field), _LONGEST_TEXT)


def _amount(context: PageContext, fields: Sequence[Field], row: Row, field: Field, value: Number) -> str:
    """A number with its bound and its unit: of a value those that the row has, where the field has none."""
    bound, unit, beside = field.bound, context.line(field.unit), bound_field(fields, field)
    if beside and not bound:
        bound = str(row[fields.index(beside)] or "")
    if field.role == "value":
        for other, said in zip(fields, row, strict=True):
            if other.role == "unit" and not unit and (category := other.category(said)):
                unit = context.line(category.label)
    sign, _ = cells.bound_words(context, bound)
    return numbers.measured(sign, numbers.exact(value, context.strings), unit)


def _place_names(engine: Engine, release: Release, typed: TypedTable, regions: Place | None) -> PlaceNames:
    """What the rows of a table say of regions."""
    if regions is None:
        return PlaceNames((), {})
    schema, fields = typed.table.schema, []
    parents: Mapping[str, str] = {}
    for name, place in targets(release, schema).items():
        field, column = schema.field(name), field_column(name)
        text = f"CAST({column} AS VARCHAR)"
        if place[0] == regions[0] and field is not None:
            counts = engine.rows(
                f"SELECT {text}, count(*) FROM {typed.relation} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
            fields.append((name, field.role == "region", tuple(counts)))
        own = (release.dataset, typed.table.name)
        # The region above each, where the list of regions refers to itself.
        if own == regions == place and len(schema.primary_key) == 1 and not parents:
            key = f"CAST({field_column(schema.primary_key[0])} AS VARCHAR)"
            rows = engine.rows(f"SELECT {key}, {text} FROM {typed.relation}")
            parents = {row[0]: row[1] or "" for row in rows}
    return PlaceNames(tuple(fields), parents)


def datasets_about(content: SiteContent) -> Counter[str]:
    """How many datasets are about each region."""
    newest = (content.newest(dataset.name) for dataset in content.datasets)
    return Counter(code for result in newest if result for code in result.release.spatial)


def place_leads(about: Mapping[str, int], tables: Sequence[TableRows], regions: Place | None) -> Mapping[str, Leads]:
    """By code, for the regions that lead anywhere. `about` is how many datasets are about a region; tables in order.

    Rows that state something of a region come before those that lie in it; the list of regions itself is last.
    """
    if regions is None:
        return {}
    stating: dict[str, list[Mention]] = defaultdict(list)
    holding: dict[str, list[Mention]] = defaultdict(list)
    listed: dict[str, list[Mention]] = defaultdict(list)
    for shelf, table in enumerate(tables):
        for field, states, counts in table.names.fields:
            into = listed if table.place == regions else stating if states else holding
            for code, rows in counts:
                into[code].append(Mention(shelf, field, rows))
    holding = {**listed, **holding}
    parents = {code: above for table in tables for code, above in table.names.parents.items()}
    known = {*about, *stating}
    return {
        code: Leads(
            about.get(code, 0),
            (*stating.get(code, ()), *holding.get(code, ()))[:_MOST_MENTIONS],
            "" if code in known else _nearest(code, known, parents),
        )
        for code in known | set(holding) | set(parents)
    }


def _nearest(code: str, known: set[str], parents: Mapping[str, str]) -> str:
    """The nearest region around that is known, but not the topmost one, which holds everything."""
    seen = {code}
    while (code := parents.get(code, "")) and code not in seen:
        if code in known and parents.get(code):
            return code
        seen.add(code)
    return ""
