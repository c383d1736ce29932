"""A row as search knows it: its name, its context, where it is shown, and what finds it.

`site/assets/lib/row-search.js` cuts a query into grams in the same way. Chinese, Japanese and Korean writing has no
spaces: each pair of neighbouring letters is a gram, so that any two letters of a name find it. Other writing goes by
the beginnings of words, and numbers by more digits than words by letters, since codes begin alike.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as has
from pathlib import Path

from datagazette.compute.code_names import Place, all_labels, targets
from datagazette.describe import addresses
from datagazette.describe.notation import Number, is_number
from datagazette.model.publication import Field
from datagazette.model.results import ReleaseResult, Row, TableResult, Value
from datagazette.model.text import Text
from datagazette.pages import cells, markup, numbers
from datagazette.pages.context import PageContext, SiteContent
from datagazette.search.row_places import PlaceNames, place_names
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable, all_rows

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


@dataclass(frozen=True)
class RowTexts:
    """A table's rows in one language, in order of their names.

    `rows` are key, title, context and words of each row, as JSON without brackets. `grams` are the places of the rows
    whose name begins with a gram, and of the others that have it, as differences from one to the next.
    """

    rows: Sequence[str]
    grams: Mapping[str, Sequence[Sequence[int]]]


@dataclass(frozen=True)
class TableRows:
    """What search knows of a table by itself. `rows` is their number, `names` what they say of regions."""

    place: Place
    rows: int
    shelves: Mapping[str, Shelf]
    names: PlaceNames


@dataclass(frozen=True)
class _Entry:
    """`words` are looked up and not shown."""

    key: str
    title: str
    context: str
    words: str


@dataclass(frozen=True)
class _Labelled:
    """A table with the names of its foreign keys' values, by field."""

    result: ReleaseResult
    found: TableResult
    names: Mapping[str, Mapping[str, Text]] = has(default_factory=dict)


def dataset_rows(
    content: SiteContent, dataset: str, regions: Place | None, engine: Engine
) -> tuple[tuple[TableRows, Mapping[str, RowTexts]], ...]:
    """What is known of each table of a dataset, and its rows by language.

    `content` needs to have the dataset and those that it uses, no others.
    """
    result = content.newest(dataset)
    return (
        tuple(_table_rows(content, one, regions, engine) for one in _tables(engine, content, result)) if result else ()
    )


def in_order(tables: Iterable[TableRows], regions: Place | None) -> tuple[TableRows, ...]:
    """The list of regions first, then the smaller before the larger: their rows are likelier what was meant."""
    return tuple(sorted(tables, key=lambda one: (one.place != regions, one.rows, one.place)))


def _tables(engine: Engine, content: SiteContent, result: ReleaseResult) -> list[_Labelled]:
    newest = [one for dataset in content.datasets if (one := content.newest(dataset.name))]
    typed = {(one.release.dataset, found.table.name): _typed(found) for one in newest for found in one.tables}
    named = [(found, targets(result.release, found.table.schema)) for found in result.tables]
    wanted = {place for _, led in named for place in led.values() if place in typed}
    labels = {place: all_labels(engine, typed[place], content.catalog.languages) for place in sorted(wanted)}
    return [
        _Labelled(result, found, {name: labels[place] for name, place in led.items() if labels.get(place)})
        for found, led in named
    ]


def _table_rows(
    content: SiteContent, one: _Labelled, regions: Place | None, engine: Engine
) -> tuple[TableRows, Mapping[str, RowTexts]]:
    place = (one.result.release.dataset, one.found.table.name)
    rows = list(all_rows(engine, _typed(one.found))) if one.found.rows <= MOST_ROWS else []
    contexts = {language: PageContext(content, language, "") for language in content.catalog.languages}
    shelves = {language: _shelf(context, one) for language, context in contexts.items()}
    known = TableRows(place, one.found.rows, shelves, place_names(engine, one.result, one.found, regions))
    return known, {language: _words(list(_entries(context, one, rows))) for language, context in contexts.items()}


def _words(entries: list[_Entry]) -> RowTexts:
    named = sorted(((folded(one.title), one) for one in entries), key=lambda pair: (pair[0], pair[1].key))
    found: dict[str, tuple[list[int], list[int]]] = {}
    for number, (name, entry) in enumerate(named):
        title = list(dict.fromkeys(grams(name)))
        for gram in title[:1]:
            found.setdefault(gram, ([], []))[0].append(number)
        for gram in dict.fromkeys((*title[1:], *grams(folded(entry.words)))):
            if gram not in title[:1]:
                found.setdefault(gram, ([], []))[1].append(number)
    steps = {gram: (_steps(first), _steps(other)) for gram, (first, other) in found.items()}
    return RowTexts(tuple(_text(one) for _, one in named), steps)


def _text(one: _Entry) -> str:
    parts = [one.key, one.title, one.context, one.words]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))[1:-1]


def _steps(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(number - before for before, number in zip((0, *numbers), numbers, strict=False))


def _typed(found: TableResult) -> TypedTable:
    return TypedTable(found.table, Path(found.parquet))


def _shelf(context: PageContext, one: _Labelled) -> Shelf:
    release, table = one.result.release, one.found.table
    facets = context.facets(release)
    return Shelf(
        explore=context.localized(addresses.explore_path(release.dataset)),
        table=table.name,
        title=markup.one_line(table.title.get(context.language)) or table.name,
        dataset=markup.one_line(release.title.get(context.language)) or release.dataset,
        themes=tuple(facets["theme"]),
        regions=tuple(facets["region"]),
    )


def _entries(context: PageContext, table: _Labelled, rows: Sequence[Row]) -> Iterator[_Entry]:
    schema = table.found.table.schema
    fields = schema.fields
    order = {field.name: place for place, field in enumerate(fields)}
    title = next(
        (place for place in cells.visible(fields, context.language) if fields[place].role.startswith("label")), None
    )
    labels = [place for place, one in enumerate(fields) if one.role.startswith("label")]
    around = [place for place, one in enumerate(fields) if _is_around(one, schema.primary_key, table.names)]
    for row in rows:
        key = "|".join(str(row[order[name]]) for name in schema.primary_key)
        said = [text for place in around if (text := _said(context, table, fields, row, place))]
        names = [markup.one_line(str(row[place])) for place in labels if row[place]]
        own = (markup.one_line(str(row[title])) if title is not None and row[title] else "") or next(iter(names), "")
        called = own or (said[0] if said else key)
        beside = [one for one in dict.fromkeys(said) if one != called]
        words = [
            one for one in dict.fromkeys((*names, *_texts(fields, row, table.names), key)) if one and one != called
        ]
        yield _Entry(key, called, _cut(" · ".join(beside), _CONTEXT), " ".join(words))


def _is_around(one: Field, key: Sequence[str], names: Mapping[str, object]) -> bool:
    if one.role in _ASIDE or one.role.startswith("label") or one.type == "boolean":
        return False
    return one.name not in key or one.name in names


def _texts(fields: Sequence[Field], row: Row, names: Mapping[str, object]) -> Iterator[str]:
    """What a row says in words of its own."""
    for field, value in zip(fields, row, strict=True):
        own = field.type in _TEXT and not field.categories and not field.role and field.name not in names
        if own and value:
            yield _cut(markup.one_line(str(value)), _WORDS)


def _said(context: PageContext, table: _Labelled, fields: Sequence[Field], row: Row, place: int) -> str:
    """A cell as the context of its row shows it."""
    one, value = fields[place], row[place]
    if value is None:
        return ""
    named = table.names.get(one.name, {}).get(str(value))
    if named:
        return markup.one_line(named.get(context.language))
    category = one.category(value)
    if category and category.label:
        return markup.one_line(category.label.get(context.language))
    if is_number(value) and one.type != "year":
        return _amount(context, fields, row, one, value)
    return _cut(cells.plain_value(context, value, one), _WORDS)


def _amount(context: PageContext, fields: Sequence[Field], row: Row, one: Field, value: Number) -> str:
    """A number with its bound and its unit."""
    said: dict[str, Value] = {
        field.role: row[place] for place, field in enumerate(fields) if field.role in {"unit", "bound"}
    }
    bound = one.bound or (str(said.get("bound") or "") if one.role == "value" else "")
    sign, _ = cells.bound_words(context, bound)
    shown = numbers.shown(value, context.strings)
    unit = markup.one_line(one.unit.get(context.language)) or (
        _unit(context, fields, said) if one.role == "value" else ""
    )
    return f"{sign}{' ' if sign else ''}{shown}{numbers.gap(shown, unit)}{unit}"


def _unit(context: PageContext, fields: Sequence[Field], said: Mapping[str, Value]) -> str:
    field_ = next((field for field in fields if field.role == "unit"), None)
    category = field_.category(said.get("unit")) if field_ else None
    return markup.one_line(category.label.get(context.language)) if category else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rstrip() + "…"


_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTERS, _DIGITS = 3, 6


def folded(text: str) -> str:
    """Lower case, full-width forms and accents folded."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.category(one).startswith("M"))
    return unicodedata.normalize("NFC", bare.lower())


def grams(text: str) -> Iterator[str]:
    """The grams of a folded text, in order; one may come twice."""
    for word in _WORD.findall(text):
        for run in _RUN.findall(word):
            yield from _grams_of(run)


def _grams_of(run: str) -> Iterator[str]:
    if not _CJK.match(run):
        yield run[: _DIGITS if run.isdecimal() else _LETTERS]
    elif len(run) == 1:
        yield run
    else:
        yield from (run[place : place + 2] for place in range(len(run) - 1))


def shard(gram: str, shards: int) -> int:
    """The part of the index that holds a gram: 31-based hash of its code points."""
    value = 0
    for letter in gram:
        value = (value * 31 + ord(letter)) % 2**32
    return value % shards
