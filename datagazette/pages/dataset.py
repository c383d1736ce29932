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
from datagazette.model.directions import in_json
from datagazette.model.publication import Dataset, License, Release, Source
from datagazette.model.results import FigureResult, ReleaseResult, SummaryResult
from datagazette.pages import markup
from datagazette.pages.content import Page
from datagazette.pages.dictionary import table_views
from datagazette.pages.downloads import downloads
from datagazette.pages.figures import figure_views
from datagazette.pages.history import changes_view, release_views
from datagazette.pages.notes import check_views, note_views
from datagazette.pages.reader import Reader
from datagazette.pages.release_state import (
    Banner,
    Freshness,
    freshness,
    place_banner,
    standing_banners,
    state_banners,
    used_banners,
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


def dataset_page(reader: Reader, templates: Environment, dataset: Dataset, result: ReleaseResult) -> Page:
    """`/datasets/<id>/`: the newest release."""
    banners = standing_banners(reader, dataset, result.release)
    return _page(reader, templates, dataset, result, banners, newest=True)


def release_page(reader: Reader, templates: Environment, dataset: Dataset, result: ReleaseResult) -> Page:
    """`/datasets/<id>/<version>/`: one release, for ever."""
    release = result.release
    banners = [
        *state_banners(reader, dataset, release),
        *place_banner(reader, dataset, release),
        *used_banners(reader, release),
    ]
    return _page(reader, templates, dataset, result, banners, newest=False)


def _page(
    reader: Reader,
    templates: Environment,
    dataset: Dataset,
    result: ReleaseResult,
    banners: list[Banner],
    newest: bool,
) -> Page:
    release = result.release
    files = downloads(reader, result)
    return render(
        reader,
        templates,
        "dataset",
        _head(reader, result, newest),
        release=release,
        title=reader.text(release.title) or release.dataset,
        description=reader.rich(release.description) if release.description else "",
        facts=facts(reader, result),
        fresh=freshness(release, reader.content.today) if release == dataset.latest else Freshness("unknown"),
        banners=banners,
        downloads=files,
        figures=figure_views(reader, result),
        summaries=summary_views(reader, result),
        tables=table_views(reader, result, files.tables),
        explore=reader.to(addresses.explore_path(release.dataset)) if release == dataset.latest else "",
        notes=note_views(reader, release),
        checks=check_views(reader, result),
        sources=source_views(reader, release.sources),
        locators=_locators(reader, result),
        changes=changes_view(reader, result),
        changes_file=_file_link(reader, result, "changes.json"),
        api_path=addresses.api_path(release.dataset),
        api=reader.root(addresses.api_path(release.dataset)) if newest else "",
        releases=release_views(reader, dataset, release),
        uses=_uses(reader, release),
        citations=release_citations(reader, result),
        of_dataset=dataset_citations(reader, result) if newest else (),
        of_figures=figure_citations(reader, result),
        newest=newest,
    )


def _file_link(reader: Reader, result: ReleaseResult, name: str) -> str:
    release = result.release
    return reader.file(release.dataset, release.version, name) if result.file(name) else ""


def _head(reader: Reader, result: ReleaseResult, newest: bool) -> Head:
    release = result.release
    title = markup.one_line(release.title.get(reader.language)) or release.dataset
    trail: tuple[tuple[str, str], ...] = ((reader.say("catalogue.title"), addresses.CATALOGUE),)
    if not newest:
        trail = (*trail, (title, addresses.dataset_path(release.dataset)))
        title = reader.say("release.page_title", title=title, version=release.version)
    return Head(
        kind="dataset" if newest else "release",
        title=title,
        description=reader.plain(release.description),
        breadcrumbs=trail,
        search=search_facets(reader, release),
        jsonld=json_ld(reader, result, newest),
        noindex=not newest,
        modified=release.date.isoformat() if release.date else "",
        extra={"heading": False, "feeds": [_feed(reader, release)]},
    )


def _feed(reader: Reader, release: Release) -> dict[str, str]:
    title = markup.one_line(release.title.get(reader.language)) or release.dataset
    return {"title": title, "path": reader.localized(addresses.feed_path(release.dataset))}


def search_facets(reader: Reader, release: Release) -> dict[str, object]:
    """What search results can be narrowed by, in words."""
    return {
        "theme": [reader.theme(one) for one in release.themes],
        "region": [reader.region(one) for one in release.spatial],
    }


def facts(reader: Reader, result: ReleaseResult) -> dict[str, object]:
    """The line below the title: release, day, size, time, region, licence."""
    release = result.release
    return {
        "version": str(release.version),
        "date": reader.release_date(release),
        "tables": reader.count("tables", len(result.tables)),
        "rows": reader.count("rows", sum(one.rows for one in result.tables)),
        "temporal": reader.date(release.temporal) if release.temporal else "",
        "spatial": reader.listed([reader.region(one) for one in release.spatial]),
        "licenses": license_views(reader, release.licenses or reader.content.catalog.licenses),
    }


def license_views(reader: Reader, licenses: tuple[License, ...]) -> tuple[LicenseView, ...]:
    """By their short names, as `CC BY 4.0`: that is what people know them by."""
    return tuple(LicenseView(license_name(reader, one), markup.safe_link(one.path)) for one in licenses)


def license_name(reader: Reader, one: License) -> str:
    short = one.name.replace("CC-BY-", "CC BY ").replace("CC-BY", "CC BY")
    return short or reader.plain(one.title)


def source_views(reader: Reader, sources: tuple[Source, ...]) -> tuple[SourceView, ...]:
    return tuple(
        SourceView(
            reader.text(one.title) or one.path,
            markup.safe_link(one.path) or (markup.safe_link(f"mailto:{one.email}") if one.email else ""),
            markup.one_line(one.version),
        )
        for one in sources
    )


def _locators(reader: Reader, result: ReleaseResult) -> tuple[tuple[str, str], ...]:
    """Where each key figure stands in its source."""
    views = zip(figure_views(reader, result), result.figures, strict=True)
    return tuple((str(view.title), view.place) for view, found in views if _is_located(found))


def _is_located(found: FigureResult) -> bool:
    return bool(found.locator.source or found.locator.article)


def _uses(reader: Reader, release: Release) -> tuple[tuple[str, str, str], ...]:
    """The releases of other datasets that this one joins: title, version, link."""
    found = []
    for name, version in release.uses:
        used = reader.content.publication.release(name, version)
        title = reader.plain(used.title) if used else name
        has_page = (name, version) in reader.content.results
        found.append((title, str(version), reader.to(addresses.release_path(name, version)) if has_page else ""))
    return tuple(found)


@dataclass(frozen=True)
class CitationView:
    """One style; `code` is shown as it stands, line by line."""

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


def release_citations(reader: Reader, result: ReleaseResult) -> Styles:
    return styles(citation.cite_release(reader.content.catalog, result.release, reader.language))


def dataset_citations(reader: Reader, result: ReleaseResult) -> Styles:
    """The dataset at its lasting address, whichever release is the newest."""
    return styles(citation.cite_dataset(reader.content.catalog, result.release, reader.language))


def summary_citations(reader: Reader, result: ReleaseResult, found: SummaryResult) -> Styles:
    summary = filled(found).summary
    return styles(citation.cite_summary(reader.content.catalog, result.release, summary, reader.language))


def figure_citations(reader: Reader, result: ReleaseResult) -> Mapping[str, Styles]:
    """By the figures' names: each with the cell that it is, its caveats and the sum of its file."""
    return {one.figure.name: styles(_figure(reader, result, one)) for one in result.figures}


def _figure(reader: Reader, result: ReleaseResult, found: FigureResult) -> Citation:
    figure = found.figure
    file = result.file(f"{figure.resource}.csv" if figure.resource else f"summaries/{figure.summary}.csv")
    return citation.cite_figure(
        reader.content.catalog, result.release, found, file.sha256 if file else "", reader.language
    )


def json_ld(reader: Reader, result: ReleaseResult, newest: bool) -> str:
    """The dataset in schema.org's words."""
    regions = [reader.region(code) for code in result.release.spatial]
    described = schema_org(reader.content.publication, result, reader.language, regions, newest)
    return json.dumps(described, ensure_ascii=False)
