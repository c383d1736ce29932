"""Render: from results to pages, from pages to the site, from the site to its search index."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from publisher import assets, mkdocs_run, search_index
from publisher.describe import api
from publisher.describe import catalog as catalogue
from publisher.describe.dcat import dcat, turtle
from publisher.describe.feeds import dataset_feed, publication_feed
from publisher.describe.values import dump
from publisher.engine import connect
from publisher.errors import EnvironmentFault
from publisher.labels import Place, find_labels, needed_codes, region_table
from publisher.model import Publication
from publisher.output import Output
from publisher.pages import SiteContent, Strings, read_strings, render_pages
from publisher.pipeline.packaging import AllPackaged
from publisher.pipeline.sources import SiteSources, read_hand_pages
from publisher.pipeline.tabulating import Tabulated
from publisher.pipeline.workspace import Workspace
from publisher.results import Results
from publisher.row_search import documents, row_entries
from publisher.tables import TypedTable
from publisher.text import Text

_ASSETS = "assets/site"


def interface_words(publication: Publication, sources: SiteSources) -> dict[str, Strings]:
    """The words of the interface in each of the publication's languages."""
    try:
        return read_strings(sources.strings, publication.catalog.languages)
    except OSError as error:
        raise EnvironmentFault(
            en=f"the interface lacks its words in a language: {error.filename} is missing; translate another file",
            zh=f"缺少界面文字：{error.filename}；请复制另一种语言的文件并翻译",
        ) from error


def site_content(
    publication: Publication, packaged: AllPackaged, strings: Mapping[str, Strings], sources: SiteSources,
    tabulated: Tabulated,
) -> SiteContent:  # fmt: skip
    """All that pages are made from."""
    results = packaged.results
    labels = _labels(publication, results, tabulated)
    regions = region_table(publication)
    return SiteContent(
        publication=publication,
        results=results,
        strings=strings,
        templates=sources.templates,
        hand_pages=read_hand_pages(sources.hand_pages, publication.catalog.languages),
        labels=labels,
        regions=labels.get(regions, {}) if regions else {},
        plots=packaged.plots,
        images=packaged.images,
    )


def write_pages(content: SiteContent, workspace: Workspace) -> int:
    """Stages the Markdown pages; returns how many."""
    count = 0
    for page in render_pages(content):
        path = workspace.pages / page.language / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, "utf-8")
        count += 1
    return count


def build_pages(content: SiteContent, sources: SiteSources, workspace: Workspace, output: Output) -> None:
    """Bundles scripts and styles, and lets MkDocs make the pages of every language."""
    version = assets.bundle(
        sources.assets,
        mkdocs_run.theme_stylesheet(),
        sources.node_modules,
        output.folder(_ASSETS),
    )
    catalog = content.publication.catalog
    look = mkdocs_run.Look(sources.config, sources.overrides, catalog.base_url, version)
    editions = [_edition(content, language, workspace) for language in catalog.languages]
    mkdocs_run.render(editions, look, workspace.root / "mkdocs", output.staging)


def index_pages(content: SiteContent, sources: SiteSources, output: Output) -> int:
    """Writes the search index over the finished pages, and that over the rows of the tables."""
    for language, entries in row_entries(content).items():
        for path, document in documents(entries):
            output.write(f"search/{language}/{path}", json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    return search_index.index(output.staging, sources.node_modules)


def write_indexes(publication: Publication, results: Results, output: Output) -> None:
    """The files that speak of the whole publication: catalogues, feeds, status."""
    newest = [
        results[dataset.name, dataset.latest.version]
        for dataset in publication.datasets
        if (dataset.name, dataset.latest.version) in results
    ]
    linked = dcat(publication, newest)
    output.write("catalog.json", dump(catalogue.catalog(publication, newest)))
    output.write("catalog.jsonld", dump(linked))
    output.write("catalog.ttl", turtle(linked))
    output.write("status.json", dump(catalogue.status(publication, newest)))
    for path, content in api.documents(publication, newest):
        output.write(path, dump(content))
    changes = {(name, str(version)): one.changes for (name, version), one in results.items() if one.changes}
    for language in publication.catalog.languages:
        prefix = "" if language == publication.catalog.languages[0] else f"{language}/"
        output.write(f"{prefix}feed.xml", publication_feed(publication, language, changes))
        for result in newest:
            dataset = publication.dataset(result.release.dataset)
            assert dataset is not None
            output.write(
                f"{prefix}datasets/{dataset.name}/feed.xml",
                dataset_feed(publication, dataset, language, changes),
            )


def _labels(publication: Publication, results: Results, tabulated: Tabulated) -> dict[Place, dict[str, Text]]:
    needed = needed_codes(publication, results.values())
    named = {dataset for dataset, _ in needed}
    tabulated.provide(one.release for (dataset, _), one in results.items() if dataset in named)
    typed = {
        (dataset, one.table.name): TypedTable(one.table, Path(one.parquet))
        for (dataset, _), result in results.items()
        for one in result.tables
    }
    with connect() as engine:
        return find_labels(engine, typed, needed, publication.catalog.languages)


def _edition(content: SiteContent, language: str, workspace: Workspace) -> mkdocs_run.Edition:
    catalog = content.publication.catalog
    strings: Strings = content.strings[language]
    license_ = next(((one.title.get(language) or one.name, one.path) for one in catalog.licenses), None)
    contact = catalog.contact
    return mkdocs_run.Edition(
        code=language,
        locale=str(strings.locale),
        direction=strings.direction,
        prefix="" if language == catalog.languages[0] else f"{language}/",
        pages=workspace.pages / language,
        title=catalog.title.get(language),
        description=catalog.description.get(language),
        words=strings.section("frame"),
        publisher=(catalog.publisher.title.get(language), catalog.publisher.path),
        license=license_,
        contact=mkdocs_run.Contact(contact.title.get(language), contact.path, contact.email) if contact else None,
    )
