"""The page of a dataset and, with a banner, that of each of its releases; and how they and their parts are cited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from datagazette.describe import addresses, citation
from datagazette.describe.citation import Citation
from datagazette.describe.schema_org import schema_org
from datagazette.describe.values import filled
from datagazette.model.publication import Dataset, License, Release, Source
from datagazette.model.results import FigureResult, ReleaseResult, SummaryResult
from datagazette.model.text import in_json
from datagazette.pages import markup
from datagazette.pages.content import Page
from datagazette.pages.context import PageContext
from datagazette.pages.dictionary import table_views
from datagazette.pages.downloads import downloads
from datagazette.pages.figure_views import figure_views
from datagazette.pages.history import changes_view, release_views
from datagazette.pages.note_views import check_views, note_views
from datagazette.pages.release_state import (
    Banner,
    Freshness,
    freshness,
    place_banner,
    state_banners,
    used_banners,
    warning_banners,
)
from datagazette.pages.staging import Head, render
from datagazette.pages.summary_views import summary_views


@dataclass(frozen=True)
class LicenseView:
    title: str
    link: str


@dataclass(frozen=True)
class SourceView:
    title: str | Markup
    link: str
    version: str


def dataset_page(context: PageContext, templates: Environment, dataset: Dataset, result: ReleaseResult) -> Page:
    """`/datasets/<id>/`: the newest release."""
    banners = warning_banners(context, dataset, result.release)
    return _page(context, templates, dataset, result, banners, newest=True)


def release_page(context: PageContext, templates: Environment, dataset: Dataset, result: ReleaseResult) -> Page:
    """`/datasets/<id>/<version>/`: one release, permanently."""
    release = result.release
    banners = [
        *state_banners(context, dataset, release),
        *place_banner(context, dataset, release),
        *used_banners(context, release),
    ]
    return _page(context, templates, dataset, result, banners, newest=False)


def _page(
    context: PageContext,
    templates: Environment,
    dataset: Dataset,
    result: ReleaseResult,
    banners: list[Banner],
    newest: bool,
) -> Page:
    release = result.release
    files = downloads(context, result)
    return render(
        context,
        templates,
        "dataset",
        _head(context, result, newest),
        release=release,
        title=context.text(release.title) or release.dataset,
        description=context.rich(release.description) if release.description else "",
        facts=facts(context, result),
        fresh=freshness(release, context.content.today) if release == dataset.latest else Freshness("unknown"),
        banners=banners,
        downloads=files,
        figures=figure_views(context, result),
        summaries=summary_views(context, result),
        tables=table_views(context, result, files.tables),
        explore=context.to(addresses.explore_path(release.dataset)) if release == dataset.latest else "",
        notes=note_views(context, release),
        checks=check_views(context, result),
        sources=source_views(context, release.sources),
        locators=_locators(context, result),
        changes=changes_view(context, result),
        changes_file=_file_link(context, result, "changes.json"),
        api_path=addresses.api_path(release.dataset),
        api=context.root(addresses.api_path(release.dataset)) if newest else "",
        releases=release_views(context, dataset, release),
        uses=_uses(context, release),
        citations=release_citations(context, result),
        of_dataset=dataset_citations(context, result) if newest else (),
        of_figures=figure_citations(context, result),
        newest=newest,
    )


def _file_link(context: PageContext, result: ReleaseResult, name: str) -> str:
    release = result.release
    return context.file(release.dataset, release.version, name) if result.file(name) else ""


def _head(context: PageContext, result: ReleaseResult, newest: bool) -> Head:
    release = result.release
    title = markup.one_line(release.title.get(context.language)) or release.dataset
    trail: tuple[tuple[str, str], ...] = ((context.say("catalogue.title"), addresses.CATALOGUE),)
    if not newest:
        trail = (*trail, (title, addresses.dataset_path(release.dataset)))
        title = context.say("release.page_title", title=title, version=release.version)
    return Head(
        kind="dataset" if newest else "release",
        title=title,
        description=context.plain(release.description),
        breadcrumbs=trail,
        search=search_facets(context, release),
        jsonld=json_ld(context, result, newest),
        noindex=not newest,
        modified=release.date.isoformat() if release.date else "",
        extra={"heading": False, "feeds": [_feed(context, release)]},
    )


def _feed(context: PageContext, release: Release) -> dict[str, str]:
    title = markup.one_line(release.title.get(context.language)) or release.dataset
    return {"title": title, "path": context.localized(addresses.feed_path(release.dataset))}


def search_facets(context: PageContext, release: Release) -> dict[str, object]:
    """What search results can be narrowed by, in words."""
    return {
        "theme": [context.theme(theme) for theme in release.themes],
        "region": [context.region(code) for code in release.spatial],
    }


def facts(context: PageContext, result: ReleaseResult) -> dict[str, object]:
    """The line below the title: release, day, size, time, region, licence."""
    release = result.release
    return {
        "version": str(release.version),
        "date": context.release_date(release),
        "tables": context.count("tables", len(result.tables)),
        "rows": context.count("rows", sum(table.rows for table in result.tables)),
        "temporal": context.date(release.temporal) if release.temporal else "",
        "spatial": context.listed([context.region(code) for code in release.spatial]),
        "licenses": license_views(context, release.licenses or context.content.catalog.licenses),
    }


def license_views(context: PageContext, licenses: tuple[License, ...]) -> tuple[LicenseView, ...]:
    """By their short names, as `CC BY 4.0`: that is what people know them by."""
    return tuple(LicenseView(license_name(context, license_), markup.safe_link(license_.path)) for license_ in licenses)


def license_name(context: PageContext, one: License) -> str:
    short = one.name.replace("CC-BY-", "CC BY ").replace("CC-BY", "CC BY")
    return short or context.plain(one.title)


def source_views(context: PageContext, sources: tuple[Source, ...]) -> tuple[SourceView, ...]:
    return tuple(
        SourceView(
            context.text(source.title) or source.path,
            markup.safe_link(source.path) or (markup.safe_link(f"mailto:{source.email}") if source.email else ""),
            markup.one_line(source.version),
        )
        for source in sources
    )


def _locators(context: PageContext, result: ReleaseResult) -> tuple[tuple[str, str], ...]:
    """Where each key figure is in its source."""
    views = zip(figure_views(context, result), result.figures, strict=True)
    return tuple(
        (str(view.title), view.place) for view, figure in views if figure.locator.source or figure.locator.article
    )


def _uses(context: PageContext, release: Release) -> tuple[tuple[str, str, str], ...]:
    """The releases of other datasets that this one joins: title, version, link."""
    found = []
    for name, version in release.uses:
        used = context.content.publication.release(name, version)
        title = context.plain(used.title) if used else name
        has_page = (name, version) in context.content.results
        found.append((title, str(version), context.to(addresses.release_path(name, version)) if has_page else ""))
    return tuple(found)


@dataclass(frozen=True)
class CitationView:
    """One style; `code` is shown unchanged, line by line."""

    name: str
    style: str
    text: str
    code: bool = False


Styles = tuple[CitationView, ...]


def styles(cited: Citation) -> Styles:
    """All styles, the one that readers of this language use first."""
    sentences = [
        CitationView("gb7714", "GB/T 7714", citation.gb7714(cited)),
        CitationView("apa", "APA", citation.apa(cited)),
    ]
    if not cited.language.startswith("zh"):
        sentences.reverse()
    item = in_json(json.dumps([citation.csl(cited)], ensure_ascii=False, indent=2))
    codes = [
        CitationView("bibtex", "BibTeX", citation.bibtex(cited).strip(), code=True),
        CitationView("ris", "RIS", citation.ris(cited).strip("\r\n"), code=True),
        CitationView("csl", "CSL-JSON", item, code=True),
    ]
    return (*sentences, *codes)


def release_citations(context: PageContext, result: ReleaseResult) -> Styles:
    return styles(citation.cite_release(context.content.catalog, result.release, context.language))


def dataset_citations(context: PageContext, result: ReleaseResult) -> Styles:
    """The dataset at its lasting address, whichever release is the newest."""
    return styles(citation.cite_dataset(context.content.catalog, result.release, context.language))


def summary_citations(context: PageContext, result: ReleaseResult, found: SummaryResult) -> Styles:
    summary = filled(found).summary
    return styles(citation.cite_summary(context.content.catalog, result.release, summary, context.language))


def figure_citations(context: PageContext, result: ReleaseResult) -> Mapping[str, Styles]:
    """By the figures' names: each with the cell that it is, its caveats and the sum of its file."""
    return {figure.figure.name: styles(_figure(context, result, figure)) for figure in result.figures}


def _figure(context: PageContext, result: ReleaseResult, found: FigureResult) -> Citation:
    figure = found.figure
    file = result.file(f"{figure.resource}.csv" if figure.resource else f"summaries/{figure.summary}.csv")
    return citation.cite_figure(
        context.content.catalog, result.release, found, file.sha256 if file else "", context.language
    )


def json_ld(context: PageContext, result: ReleaseResult, newest: bool) -> str:
    """The dataset in schema.org's words."""
    regions = [context.region(code) for code in result.release.spatial]
    described = schema_org(context.content.publication, result, context.language, regions, newest)
    return json.dumps(described, ensure_ascii=False)
