"""A table's rows as search knows them: name, context, place, and what finds each; and what they say of regions.

`site/assets/lib/row-search.js` cuts a query into grams in the same way. Chinese, Japanese and Korean writing has no
spaces: each pair of neighbouring letters is a gram, so that any two letters of a name find it. Other writing goes by
the beginnings of words, and numbers by more digits than words by letters, since codes begin alike.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from datagazette.compute.code_names import Place, code_labels, targets
from datagazette.describe import addresses
from datagazette.describe.notation import Number, is_number
from datagazette.model.publication import Field, Release, Table
from datagazette.model.results import Row
from datagazette.pages import cells, markup, numbers
from datagazette.pages.context import PageContext, SiteContent
from datagazette.tables.engine import Engine
from datagazette.tables.parquet import TypedTable, all_rows
from datagazette.tables.sql import field_column

# Larger tables have the explorer's own search.
MOST_ROWS = 50_000
_LONGEST_CONTEXT = 120
_LONGEST_TEXT = 200
_MOST_MENTIONS = 5
# What a row says of its place in a source is not what it is about.
_ASIDE = frozenset({"source", "article", "paragraph", "unit", "bound"})


@dataclass(frozen=True)
class RowTexts:
    """A table's rows in one language, in order of their names.

    `rows` are key, title, context and words of each row, as JSON without brackets. `grams` are the places of the rows
    whose name begins with a gram, and of the others that have it, as differences from one to the next.
    """

    rows: Sequence[str]
    grams: Mapping[str, Sequence[Sequence[int]]]


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

    `shelves` is by language what the index says of the table; addresses in it are relative to the site's root.
    """

    place: Place
    rows: int
    shelves: Mapping[str, Mapping[str, Any]]
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
    """What is known of each table of a dataset, and its rows by language.

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
    table = typed.table
    rows = all_rows(engine, typed) if number <= MOST_ROWS else []
    shelves, texts = {}, {}
    for language in content.catalog.languages:
        context = PageContext(content, language, "")
        facets = context.facets(release)
        shelves[language] = {
            "explore": context.localized(addresses.explore_path(release.dataset)),
            "table": table.name,
            "title": context.line(table.title) or table.name,
            "dataset": context.dataset_title(release),
            "theme": facets["theme"],
            "region": facets["region"],
        }
        texts[language] = _row_texts(_entries(context, table, names, rows))
    place = (release.dataset, table.name)
    return TableRows(place, number, shelves, _place_names(engine, release, typed, regions)), texts


def _row_texts(entries: Iterable[tuple[str, str, str, str]]) -> RowTexts:
    named = sorted(((folded(entry[1]), entry) for entry in entries), key=lambda pair: (pair[0], pair[1][0]))
    found: dict[str, tuple[list[int], list[int]]] = {}
    for number, (name, (*_, words)) in enumerate(named):
        title = list(dict.fromkeys(grams(name)))
        for gram in title[:1]:
            found.setdefault(gram, ([], []))[0].append(number)
        for gram in dict.fromkeys((*title[1:], *grams(folded(words)))):
            if gram not in title[:1]:
                found.setdefault(gram, ([], []))[1].append(number)
    steps = {gram: (_steps(first), _steps(other)) for gram, (first, other) in found.items()}
    return RowTexts(tuple(compact(entry)[1:-1] for _, entry in named), steps)


def _steps(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(number - before for before, number in zip((0, *numbers), numbers, strict=False))


def compact(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _entries(
    context: PageContext, table: Table, names: cells.Names, rows: Sequence[Row]
) -> Iterator[tuple[str, str, str, str]]:
    """(key, title, context, words) of each row; the words are looked up and not shown."""
    fields, keys = table.schema.fields, table.schema.primary_key
    order = {field.name: place for place, field in enumerate(fields)}
    labels = [place for place, field in enumerate(fields) if field.role.startswith("label")]
    title = [place for place in cells.visible(fields, context.language) if place in labels][:1]
    around = [place for place, field in enumerate(fields) if _is_around(field, keys, names)]
    own = [
        place for place, field in enumerate(fields)
        if field.type == "string" and not field.categories and not field.role and field.name not in names
    ]  # fmt: skip
    for row in rows:
        key = "|".join(str(row[order[name]]) for name in keys)
        said = [text for place in around if (text := _said(context, names, fields, row, place))]
        labelled = [markup.one_line(str(row[place])) for place in labels if row[place]]
        shown = [markup.one_line(str(row[place])) for place in title if row[place]]
        called = next(filter(None, [*shown, *labelled[:1]]), "") or (said[0] if said else key)
        texts = [cells.cut(markup.one_line(str(row[place])), _LONGEST_TEXT) for place in own if row[place]]
        beside = [text for text in dict.fromkeys(said) if text != called]
        words = [text for text in dict.fromkeys((*labelled, *texts, key)) if text and text != called]
        yield key, called, cells.cut(" · ".join(beside), _LONGEST_CONTEXT), " ".join(words)


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
    bound, unit = field.bound, context.line(field.unit)
    if field.role == "value":
        for other, said in zip(fields, row, strict=True):
            if other.role == "bound" and not bound:
                bound = str(said or "")
            elif other.role == "unit" and not unit and (category := other.category(said)):
                unit = context.line(category.label)
    sign, _ = cells.bound_words(context, bound)
    return numbers.measured(sign, numbers.exact(value, context.strings), unit)


_WORD = re.compile(r"[^\W_]+")
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_RUN = re.compile(f"([{_CJK}]+)|[^{_CJK}]+")
_LETTERS, _DIGITS = 3, 6


def folded(text: str) -> str:
    """Lower case, full-width forms and accents folded."""
    letters = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M"))
    return unicodedata.normalize("NFC", bare.lower())


def grams(text: str) -> Iterator[str]:
    """The grams of a folded text, in order; one may come twice."""
    for word in _WORD.findall(text):
        for run in _RUN.finditer(word):
            letters = run[0]
            if not run[1]:
                yield letters[: _DIGITS if letters.isdecimal() else _LETTERS]
            elif len(letters) == 1:
                yield letters
            else:
                yield from (letters[place : place + 2] for place in range(len(letters) - 1))


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
