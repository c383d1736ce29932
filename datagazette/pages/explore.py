"""The shell of the explorer: the first rows of each table, and what the script needs to show all of them."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Environment

from datagazette.describe import addresses, citation
from datagazette.model.publication import Dataset, Field, Release
from datagazette.model.results import BOUNDS, ReleaseResult, TableResult
from datagazette.model.text import Text, in_json
from datagazette.pages import cells, markup
from datagazette.pages.content import Page
from datagazette.pages.context import PageContext
from datagazette.pages.dataset import license_name
from datagazette.pages.dictionary import table_views
from datagazette.pages.downloads import downloads
from datagazette.pages.note_views import MAX_NOTES
from datagazette.pages.release_state import warning_banners
from datagazette.pages.staging import Head, render
from datagazette.pages.strings import Strings

FIRST_ROWS = 20
_LONGEST_NAME = 24


def explore_page(context: PageContext, templates: Environment, dataset: Dataset, result: ReleaseResult) -> Page:
    """`/datasets/<id>/explore/`: the rows of the newest release."""
    release = result.release
    title = markup.one_line(release.title.get(context.language)) or dataset.name
    files = downloads(context, result)
    head = Head(
        kind="explore",
        title=context.say("explore_page.title", title=title),
        description=context.say("explore_page.description", title=title),
        breadcrumbs=(
            (context.say("catalogue.title"), addresses.CATALOGUE),
            (title, addresses.dataset_path(dataset.name)),
        ),
        modified=release.date.isoformat() if release.date else "",
        hide=("navigation", "toc"),
        extra={"heading": False, "wide": True, "scripts": ["explore"], "styles": ["explore"]},
    )
    return render(
        context,
        templates,
        "explore",
        head,
        release=release,
        banners=warning_banners(context, dataset, release),
        config=in_json(json.dumps(config(context, result), ensure_ascii=False)),
        tables=table_views(context, result, files.tables, FIRST_ROWS),
        downloads=files,
        dataset_link=context.to(addresses.dataset_path(dataset.name)),
        dataset_title=context.text(release.title) or dataset.name,
        date=context.release_date(release),
    )


def config(context: PageContext, result: ReleaseResult) -> dict[str, Any]:
    """The explorer's configuration, all texts in the page's language."""
    release, catalog = result.release, context.content.catalog
    licenses = release.licenses or catalog.licenses
    cited = citation.cite_release(catalog, release, context.language)
    return {
        "dataset": release.dataset,
        "version": str(release.version),
        "title": _text(context, release.title) or release.dataset,
        "language": context.language,
        "release": context.absolute(addresses.release_path(release.dataset, release.version)),
        "page": context.absolute(addresses.explore_path(release.dataset)),
        "publisher": _text(context, catalog.publisher.title),
        "date": release.date.isoformat() if release.date else "",
        "license": next(
            (
                {"title": license_name(context, license_), "path": markup.safe_link(license_.path)}
                for license_ in licenses
            ),
            {"title": "", "path": ""},
        ),
        "citation": citation.plain_citation(cited),
        "citations": [{"name": one.name, "label": one.label, "text": one.text} for one in citation.templates(cited)],
        "withdrawn": context.plain(release.withdrawal.reason) if release.withdrawal else "",
        "tables": [_table(context, result, table) for table in result.tables],
        "strings": explorer_strings(context.strings),
    }


def explorer_strings(strings: Strings) -> dict[str, str]:
    """The texts of the explorer's scripts. The words for bounds are those of the pages, as `bound.at_least`."""
    words = {f"bound.{bound}": strings.get(f"bound.{bound}.words") for bound in BOUNDS}
    return strings.section("explore") | words | {"bound.about": words["bound.approximate"]}


def _table(context: PageContext, result: ReleaseResult, found: TableResult) -> dict[str, Any]:
    table, release = found.table, result.release
    fields = table.schema.fields
    shown = cells.visible(fields, context.language)
    csv, parquet = (result.file(f"{table.name}.{kind}") for kind in ("csv", "parquet"))
    label = next((fields[one].name for one in shown if fields[one].role.startswith("label")), "")
    return {
        "name": table.name,
        "title": _text(context, table.title) or table.name,
        "description": context.plain(table.description),
        "parquet": context.file(release.dataset, release.version, f"{table.name}.parquet"),
        "csv": context.file(release.dataset, release.version, f"{table.name}.csv"),
        "sha256": csv.sha256 if csv else "",
        "rows": found.rows,
        "bytes": parquet.bytes if parquet else 0,
        "primaryKey": list(table.schema.primary_key),
        **({"label": label} if label else {}),
        "fields": [
            {**_field(context, field, place not in shown), **_named_codes(context, result, found, place)}
            for place, field in enumerate(fields)
        ],
        "notes": _notes(context, release, table.name),
    }


def _named_codes(context: PageContext, result: ReleaseResult, found: TableResult, place: int) -> dict[str, Any]:
    """What the codes of a foreign key are called, as categories, where the page knows every row and so every code."""
    field = found.table.schema.fields[place]
    names = cells.names_of(context, result.release, found.table.schema).get(field.name, {})
    codes = sorted({str(row[place]) for row in found.preview if row[place] is not None})
    called = {code: _text(context, names[code]) for code in codes if code in names}
    fits = found.rows <= len(found.preview) and called and max(map(len, called.values())) <= _LONGEST_NAME
    if field.categories or not fits or len(called) < len(codes):
        return {}
    return {"categories": [{"value": code, "label": label} for code, label in called.items()]}


def _field(context: PageContext, field: Field, hidden: bool) -> dict[str, Any]:
    described = {
        "name": field.name,
        "title": cells.column_title(context, field),
        "description": context.plain(field.description),
        "unit": _text(context, field.unit),
        "role": field.role,
        "type": field.type,
        "bound": field.bound,
        "hidden": hidden,
        "categories": [
            {"value": category.value, "label": _text(context, category.label) or category.value}
            for category in field.categories
        ],
    }
    return {name: value for name, value in described.items() if value or name in {"name", "type", "title"}}


def _notes(context: PageContext, release: Release, resource: str) -> list[dict[str, str]]:
    return [
        {
            "key": note.key,
            "field": note.field,
            "kind": note.kind,
            "label": context.word("note", note.kind),
            "text": context.plain(note.text),
        }
        for note in release.notes[:MAX_NOTES]
        if note.resource == resource
    ]


def _text(context: PageContext, text: Text) -> str:
    return markup.one_line(text.get(context.language))
