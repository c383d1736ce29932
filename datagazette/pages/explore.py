"""The shell of the explorer: the first rows of each table, and what the script needs to show all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datagazette.describe import addresses, citation
from datagazette.model.publication import Dataset, Release
from datagazette.model.results import BOUNDS, ReleaseResult, TableResult
from datagazette.model.text import Text, in_json
from datagazette.pages import cells, numbers
from datagazette.pages.context import Head, Page, PageContext, render
from datagazette.pages.dictionary import downloads, previews
from datagazette.pages.figures import MAX_NOTES
from datagazette.pages.history import warning_banners
from datagazette.pages.markup import one_line
from datagazette.pages.reuse import license_views
from datagazette.pages.strings import Strings

_FIRST_ROWS = 20
_LONGEST_NAME = 24
_LARGEST_REASONS = 8_000_000  # bytes of a file that a phone reads whole


def explore_page(context: PageContext, dataset: Dataset, result: ReleaseResult) -> Page:
    """`/datasets/<id>/explore/`: the rows of the newest release."""
    release, files = result.release, downloads(context, result)
    title = context.dataset_title(release)
    config = explorer_config(context, result)
    removed = context.content.publication.removed_of(dataset.name)
    if dataset.has_history(removed):
        every = sorted((*dataset.followed, *removed), key=lambda other: other.version)
        config["releases"] = [_release(context, other) for other in every]
    head = Head(
        kind="explore",
        title=context.say("explore_page.title", title=title),
        description=context.say("explore_page.description", title=title),
        breadcrumbs=context.trail(dataset.name, title),
        modified=release.date.isoformat() if release.date else "",
        hide=("navigation", "toc"),
        extra={"wide": True, "scripts": ["explore"], "styles": ["explore"]},
    )
    return render(
        context,
        "explore",
        head,
        release=release,
        banners=warning_banners(context, dataset, release),
        config=one_line(in_json(json.dumps(config, ensure_ascii=False, separators=(",", ":")))),
        tables=previews(context, result, files, _FIRST_ROWS),
        downloads=files,
        dataset_link=context.dataset_link(dataset.name),
        dataset_title=context.text(release.title) or dataset.name,
        date=context.release_date(release),
    )


def _release(context: PageContext, release: Release) -> dict[str, str]:
    """A release that may be asked for by a day, and what is read of it then: nothing where it is no longer here."""
    is_here = (release.dataset, release.version) in context.content.results
    ended = release.withdrawal or release.removal
    config = context.to(addresses.explore_config(release.dataset, release.version))
    return {
        "version": str(release.version),
        "date": release.date.isoformat() if release.date else "",
        "withdrawn": ended.date.isoformat() if ended else "",
        "config": config if is_here else "",
    }


def explorer_config(context: PageContext, result: ReleaseResult) -> dict[str, Any]:
    """The explorer's configuration, all texts in the page's language; those of the interface are in a script."""
    release, catalog = result.release, context.content.catalog
    license_ = next(iter(license_views(context, release)), {"title": "", "link": ""})
    cited = citation.cite_release(catalog, release, context.language)
    return {
        "dataset": release.dataset,
        "version": str(release.version),
        "title": context.dataset_title(release),
        "language": context.language,
        "locale": str(context.strings.locale).replace("_", "-"),
        "release": context.absolute(addresses.release_path(release.dataset, release.version)),
        "page": context.absolute(addresses.explore_path(release.dataset)),
        "publisher": context.line(catalog.publisher.title),
        "date": release.date.isoformat() if release.date else "",
        "license": {"title": license_["title"], "path": license_["link"]},
        "citation": citation.plain_citation(cited),
        "citations": [
            {"name": template.name, "label": template.label, "text": template.text}
            for template in citation.templates(cited)
        ],
        "withdrawn": context.plain(release.withdrawal.reason) if release.withdrawal else "",
        "tables": [_table(context, result, table) for table in result.tables],
    }


def explorer_strings(strings: Strings) -> dict[str, str]:
    """The texts of the explorer's scripts. What bounds are called is as on the pages, as `bound.at_least`."""
    bounds = {f"bound.{bound}": strings.get(f"bound.{bound}.words") for bound in BOUNDS}
    return strings.section("explore") | bounds | {"bound.about": bounds["bound.approximate"]}


def _table(context: PageContext, result: ReleaseResult, found: TableResult) -> dict[str, Any]:
    table, release = found.table, result.release
    fields = table.schema.fields
    shown = cells.visible(fields, context.language)
    seen = frozenset(shown)
    csv, parquet, missing = (result.file(f"{table.name}.{kind}") for kind in ("csv", "parquet", "missing.json"))
    missing = missing if missing and missing.bytes <= _LARGEST_REASONS else None
    label = next((fields[place].name for place in shown if fields[place].role.startswith("label")), "")
    names = cells.names_of(context, release, table.schema)
    return {
        "name": table.name,
        "title": context.line(table.title) or table.name,
        "description": context.plain(table.description),
        "parquet": context.file(release.dataset, release.version, f"{table.name}.parquet"),
        "csv": context.file(release.dataset, release.version, f"{table.name}.csv"),
        "sha256": csv.sha256 if csv else "",
        "rows": found.rows,
        "bytes": parquet.bytes if parquet else 0,
        "primaryKey": list(table.schema.primary_key),
        **({"label": label} if label else {}),
        **({"missing": context.file(release.dataset, release.version, missing.path)} if missing else {}),
        "fields": [_field(context, found, place, place not in seen, names) for place in range(len(fields))],
        "notes": [
            {
                "key": note.key,
                "field": note.field,
                "kind": note.kind,
                "label": context.word("note", note.kind),
                "text": context.plain(note.text),
            }
            for note in release.notes[:MAX_NOTES]
            if note.resource == table.name
        ],
    }


def _field(context: PageContext, found: TableResult, place: int, hidden: bool, names: cells.Names) -> dict[str, Any]:
    field = found.table.schema.fields[place]
    called = _called(context, found, place, names.get(field.name, {}))
    unit, bound = context.line(field.unit), found.table.schema.bound_of(field)
    described = {
        "name": field.name,
        "title": cells.column_title(context, field),
        "description": context.plain(field.description),
        "unit": "" if numbers.is_currency(unit) else unit,
        "currency": unit if numbers.is_currency(unit) else "",
        "role": field.role,
        "type": field.type,
        "bound": field.bound,
        "boundField": bound.name if bound and not field.bound else "",
        "names": field.names,
        "decimals": field.decimals,
        "hidden": hidden,
        "categories": [{"value": value, "label": label} for value, label in called],
        "reasons": [{"value": reason.value, "label": context.line(reason.label)} for reason in field.reasons
                    if reason.label],
    }  # fmt: skip
    return {name: value for name, value in described.items() if value or name in {"name", "type", "title"}}


def _called(context: PageContext, found: TableResult, place: int, names: Mapping[str, Text]) -> list[tuple[str, str]]:
    """What the values of a field are called: its categories, else the codes of a foreign key, where the page knows
    every row and so every code."""
    field = found.table.schema.fields[place]
    if field.categories:
        return [(category.value, context.line(category.label) or category.value) for category in field.categories]
    codes = sorted({str(row[place]) for row in found.preview if row[place] is not None})
    called = [(code, context.line(names[code])) for code in codes if code in names]
    is_whole = found.rows <= len(found.preview) and len(called) == len(codes)
    return called if is_whole and all(len(label) <= _LONGEST_NAME for _, label in called) else []
