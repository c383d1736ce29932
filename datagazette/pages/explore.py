"""The shell of the explorer: the first rows of each table, and what the script needs to show all of them."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Environment

from datagazette.describe import addresses, citation
from datagazette.model.directions import in_json
from datagazette.model.publication import Dataset, Field, Release
from datagazette.model.results import ReleaseResult, TableResult
from datagazette.model.text import Text
from datagazette.pages import cells, markup
from datagazette.pages.content import Page
from datagazette.pages.dataset import license_name
from datagazette.pages.dictionary import table_views
from datagazette.pages.downloads import downloads
from datagazette.pages.notes import MAX_NOTES
from datagazette.pages.reader import Reader
from datagazette.pages.release_state import standing_banners
from datagazette.pages.staging import Head, render

FIRST_ROWS = 20
_LONGEST_NAME = 24


def explore_page(reader: Reader, templates: Environment, dataset: Dataset, result: ReleaseResult) -> Page:
    """`/datasets/<id>/explore/`: the rows of the newest release."""
    release = result.release
    title = markup.one_line(release.title.get(reader.language)) or dataset.name
    files = downloads(reader, result)
    head = Head(
        kind="explore",
        title=reader.say("explore_page.title", title=title),
        description=reader.say("explore_page.description", title=title),
        breadcrumbs=(
            (reader.say("catalogue.title"), addresses.CATALOGUE),
            (title, addresses.dataset_path(dataset.name)),
        ),
        modified=release.date.isoformat() if release.date else "",
        hide=("navigation", "toc"),
        extra={"heading": False, "wide": True, "scripts": ["explore"], "styles": ["explore"]},
    )
    return render(
        reader,
        templates,
        "explore",
        head,
        release=release,
        banners=standing_banners(reader, dataset, release),
        config=in_json(json.dumps(config(reader, result), ensure_ascii=False)),
        tables=table_views(reader, result, files.tables, FIRST_ROWS),
        downloads=files,
        dataset_link=reader.to(addresses.dataset_path(dataset.name)),
        dataset_title=reader.text(release.title) or dataset.name,
        date=reader.release_date(release),
    )


def config(reader: Reader, result: ReleaseResult) -> dict[str, Any]:
    """The explorer's configuration, all texts in the page's language."""
    release, catalog = result.release, reader.content.catalog
    licenses = release.licenses or catalog.licenses
    cited = citation.cite_release(catalog, release, reader.language)
    return {
        "dataset": release.dataset,
        "version": str(release.version),
        "title": _text(reader, release.title) or release.dataset,
        "language": reader.language,
        "release": reader.absolute(addresses.release_path(release.dataset, release.version)),
        "page": reader.absolute(addresses.explore_path(release.dataset)),
        "publisher": _text(reader, catalog.publisher.title),
        "date": release.date.isoformat() if release.date else "",
        "license": next(
            ({"title": license_name(reader, one), "path": markup.safe_link(one.path)} for one in licenses),
            {"title": "", "path": ""},
        ),
        "citation": citation.plain_citation(cited),
        "citations": [{"name": one.name, "label": one.label, "text": one.text} for one in citation.templates(cited)],
        "withdrawn": reader.plain(release.withdrawal.reason) if release.withdrawal else "",
        "tables": [_table(reader, result, one) for one in result.tables],
        "strings": reader.strings.section("explore"),
    }


def _table(reader: Reader, result: ReleaseResult, found: TableResult) -> dict[str, Any]:
    table, release = found.table, result.release
    fields = table.schema.fields
    shown = cells.visible(fields, reader.language)
    csv, parquet = (result.file(f"{table.name}.{kind}") for kind in ("csv", "parquet"))
    label = next((fields[one].name for one in shown if fields[one].role.startswith("label")), "")
    return {
        "name": table.name,
        "title": _text(reader, table.title) or table.name,
        "description": reader.plain(table.description),
        "parquet": reader.file(release.dataset, release.version, f"{table.name}.parquet"),
        "csv": reader.file(release.dataset, release.version, f"{table.name}.csv"),
        "sha256": csv.sha256 if csv else "",
        "rows": found.rows,
        "bytes": parquet.bytes if parquet else 0,
        "primaryKey": list(table.schema.primary_key),
        **({"label": label} if label else {}),
        "fields": [
            {**_field(reader, one, place not in shown), **_named_codes(reader, result, found, place)}
            for place, one in enumerate(fields)
        ],
        "notes": _notes(reader, release, table.name),
    }


def _named_codes(reader: Reader, result: ReleaseResult, found: TableResult, place: int) -> dict[str, Any]:
    """What the codes of a foreign key are called, as categories, where the page knows every row and so every code."""
    field = found.table.schema.fields[place]
    names = cells.names_of(reader, result.release, found.table.schema).get(field.name, {})
    codes = sorted({str(row[place]) for row in found.preview if row[place] is not None})
    called = {code: _text(reader, names[code]) for code in codes if code in names}
    fits = found.rows <= len(found.preview) and called and max(map(len, called.values())) <= _LONGEST_NAME
    if field.categories or not fits or len(called) < len(codes):
        return {}
    return {"categories": [{"value": code, "label": label} for code, label in called.items()]}


def _field(reader: Reader, field: Field, hidden: bool) -> dict[str, Any]:
    described = {
        "name": field.name,
        "title": cells.column_title(reader, field),
        "description": reader.plain(field.description),
        "unit": _text(reader, field.unit),
        "role": field.role,
        "type": field.type,
        "bound": field.bound,
        "hidden": hidden,
        "categories": [
            {"value": one.value, "label": _text(reader, one.label) or one.value} for one in field.categories
        ],
    }
    return {name: value for name, value in described.items() if value or name in {"name", "type", "title"}}


def _notes(reader: Reader, release: Release, resource: str) -> list[dict[str, str]]:
    return [
        {
            "key": one.key,
            "field": one.field,
            "kind": one.kind,
            "label": reader.word("note", one.kind),
            "text": reader.plain(one.text),
        }
        for one in release.notes[:MAX_NOTES]
        if one.resource == resource
    ]


def _text(reader: Reader, text: Text) -> str:
    return markup.one_line(text.get(reader.language))
