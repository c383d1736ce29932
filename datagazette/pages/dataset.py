"""The page of a dataset and, with a banner, that of each of its releases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from datagazette.describe import addresses, citation
from datagazette.describe.schema_org import schema_org
from datagazette.describe.signposting import signposts
from datagazette.describe.snippets import snippets
from datagazette.model.publication import Dataset, Release
from datagazette.model.resource import Field
from datagazette.model.results import ReleaseResult
from datagazette.pages import cells
from datagazette.pages.context import Head, Page, PageContext, render
from datagazette.pages.dictionary import downloads, table_views
from datagazette.pages.figures import figure_views, note_views
from datagazette.pages.history import (
    Freshness,
    changes_view,
    freshness,
    release_banners,
    release_view,
    warning_banners,
    withdrawn_on,
)
from datagazette.pages.removed import later_removed, redaction_views, removed_views
from datagazette.pages.reuse import citation_styles, identity_views, license_views, source_views
from datagazette.pages.signing_keys import signature_views
from datagazette.pages.summary import ROWS_BESIDE_CHART, summary_view

_MOST_FINDINGS = 20


def release_views(context: PageContext, result: ReleaseResult) -> dict[str, Any]:
    """What each page of a release shows, without any link to another page, and so the same for all in a language."""
    release, catalog, language = result.release, context.content.catalog, context.language
    return {
        "release": release,
        "title": context.text(release.title) or release.dataset,
        "description": context.rich(release.description),
        "facts": _facts(context, result),
        "snippets": snippets(result, catalog.base_url + addresses.data_folder(release)),
        "withdrawn": withdrawn_on(context, release),
        "tables": table_views(context, result),
        "notes": note_views(context, release),
        "checks": _checks(context, result),
        "sources": source_views(context, release),
        "personal": list(_personal(context, release)),
        "changes": changes_view(context, result),
        "citations": citation_styles(citation.cite_release(catalog, release, language)),
        "identities": identity_views(context, release),
        "of_figures": _figure_citations(context, result),
    }


def dataset_page(
    context: PageContext, dataset: Dataset, result: ReleaseResult, views: Mapping[str, Any], *, newest: bool
) -> Page:
    """`/datasets/<id>/`: the newest release; or `/datasets/<id>/<version>/`: one release, permanently. `views` are its
    `release_views`."""
    release, catalog, language = result.release, context.content.catalog, context.language
    name, files, figures = release.dataset, downloads(context, result), figure_views(context, result)
    banners = warning_banners if newest else release_banners
    return render(
        context,
        "dataset",
        _head(context, result, newest),
        **views,
        fresh=freshness(release, context.content.today) if release == dataset.latest else Freshness("unknown"),
        banners=[*later_removed(context, dataset, release), *banners(context, dataset, release)],
        downloads=files,
        signatures=list(signature_views(context, dataset, result)),
        keys=context.to(addresses.KEYS) if catalog.keys else "",
        figures=figures,
        summaries=[summary_view(context, result, summary, ROWS_BESIDE_CHART) for summary in result.summaries],
        explore=context.to(addresses.explore_path(name)) if release == dataset.latest else "",
        history=context.to(addresses.history_path(name)) if name in context.content.histories else "",
        locators=_locators(result, figures),
        changes_file=context.file(name, release.version, "changes.json") if result.file("changes.json") else "",
        api_path=addresses.on_host(catalog, addresses.api_path(name)),
        api=context.root(addresses.api_path(name)) if newest else "",
        releases=[release_view(context, dataset, other, release) for other in context.content.releases(dataset)],
        removed=removed_views(context, name),
        redactions=redaction_views(context, release, newest=newest),
        uses=list(_uses(context, release)),
        of_dataset=citation_styles(citation.cite_dataset(catalog, release, language)) if newest else (),
        newest=newest,
        copy_link=context.to(addresses.VERIFY),
    )


def _personal(context: PageContext, release: Release) -> Iterator[tuple[str, Any]]:
    """Where personal data are published on purpose, and why."""
    for declared in release.personal:
        where = context.say("dataset.personal_part", part=declared.part)
        if declared.field:
            named = [(table.name, table.title, table.schema.fields) for table in release.tables]
            named += [(summary.name, summary.title, summary.fields) for summary in release.summaries]
            found = [
                (context.text(title) or name, field)
                for name, title, fields in named
                for field in fields
                if field.name == declared.field and declared.resource in ("", name)
            ]
            tables = (
                context.say("text.list_separator").join(dict.fromkeys(title for title, _ in found)) or declared.resource
            )
            field = context.text(found[0][1].title) or declared.field if found else declared.field
            where = context.say("dataset.personal_field", field=field, tables=tables)
        yield where, context.text(declared.reason)


def _locators(result: ReleaseResult, figures: Sequence[Mapping[str, Any]]) -> list[tuple[str, Any]]:
    """The title of each figure that is in a source, with its place there."""
    return [
        (str(view["title"]), view["place"])
        for view, figure in zip(figures, result.figures, strict=True)
        if figure.locator.source or figure.locator.article
    ]


def _head(context: PageContext, result: ReleaseResult, newest: bool) -> Head:
    release = result.release
    title = name = context.dataset_title(release)
    if not newest:
        title = context.say("release.page_title", title=name, version=release.version)
    regions = [context.region(code) for code in release.spatial]
    described = schema_org(context.content.publication, result, context.language, regions, newest)
    return Head(
        kind="dataset" if newest else "release",
        title=title,
        description=context.plain(release.description),
        breadcrumbs=context.trail() if newest else context.trail(release.dataset, name),
        search=context.facets(release),
        jsonld=json.dumps(described, ensure_ascii=False),
        noindex=not newest,
        modified=release.date.isoformat() if release.date else "",
        extra={
            "feeds": [{"title": name, "path": context.localized(addresses.feed_path(release.dataset))}],
            "signposts": list(signposts(context.content.catalog, result)),
        },
    )


def _facts(context: PageContext, result: ReleaseResult) -> dict[str, object]:
    """The line below the title: release, day, size, time, region, licence."""
    release = result.release
    return {
        "version": str(release.version),
        "date": context.release_date(release),
        "tables": context.count("tables", len(result.tables)),
        "rows": context.count("rows", sum(table.rows for table in result.tables)),
        "temporal": context.date(release.temporal) if release.temporal else "",
        "spatial": context.listed([context.region(code) for code in release.spatial]),
        "licenses": license_views(context, release),
    }


def _uses(context: PageContext, release: Release) -> Iterator[tuple[str, str, str]]:
    """The releases of other datasets that this one joins: title, version, link."""
    for name, version in release.uses:
        used = context.content.publication.release(name, version)
        has_page = (name, version) in context.content.results
        link = context.to(addresses.release_path(name, version)) if has_page else ""
        yield context.plain(used.title) if used else name, str(version), link


def _figure_citations(context: PageContext, result: ReleaseResult) -> dict[str, list[dict[str, Any]]]:
    """By the figures' names: each with the cell that it is, its caveats and the hash of its file."""
    found = {}
    for figure in result.figures:
        place = figure.figure
        file = result.file(f"{place.resource}.csv" if place.resource else f"summaries/{place.summary}.csv")
        cited = citation.cite_figure(
            context.content.catalog, result.release, figure, file.sha256 if file else "", context.language
        )
        found[place.name] = citation_styles(cited)
    return found


def _checks(context: PageContext, result: ReleaseResult) -> list[dict[str, object]]:
    """The dataset's own checks, those with findings first.

    `state`: `passed`, `known` (an accepted finding, with the reason in `accepted`) or `found`.
    """
    findings = {finding.check.name: finding for finding in result.findings if finding.rows}
    views: list[dict[str, object]] = []
    for check in result.release.checks:
        finding = findings.get(check.name)
        rows = finding.rows if finding else ()
        fields = [_field(result.release, name) for name in finding.columns] if finding else []
        views.append(
            {
                "title": context.text(check.title) or check.name,
                "description": context.rich(check.description),
                "state": ("known" if check.accepted else "found") if finding else "passed",
                "accepted": context.rich(check.accepted) if finding else "",
                "rows": cells.rows_view(context, fields, rows[:_MOST_FINDINGS], computed=True) if finding else None,
                "more": max(0, len(rows) - _MOST_FINDINGS),
            }
        )
    return sorted(views, key=lambda view: view["state"] == "passed")


def _field(release: Release, name: str) -> Field:
    """A column of a check is named like the field of the same name: of a table, else of a summary."""
    found = [table.schema.field(name) for table in release.tables]
    found += [summary.field(name) for summary in release.summaries]
    return next(filter(None, found), Field(name))
