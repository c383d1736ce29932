"""Render: from results to pages, from pages to the site, from the site to its search index."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from datagazette.build.cache import Entry, Recipe
from datagazette.build.fingerprints import code_of, digest, libraries, tree_digest
from datagazette.build.making import Maker, Planned
from datagazette.build.packaging import AllPackaged
from datagazette.build.paging import (
    BESIDE,
    DatasetPages,
    html_entries,
    html_place,
    planned_html,
    planned_overview,
    searched_pages,
    stage,
)
from datagazette.build.row_indexing import index_rows
from datagazette.build.sources import SiteSources
from datagazette.build.tabulating import Tabulated
from datagazette.build.workspace import Workspace
from datagazette.compute.code_names import Place, find_labels, needed_codes, region_table
from datagazette.describe import addresses
from datagazette.describe.feeds import publication_feed
from datagazette.describe.listing import lists, sitemaps
from datagazette.model.errors import DataFaults
from datagazette.model.problems import has_errors
from datagazette.model.publication import HandPage, Publication
from datagazette.model.results import Results
from datagazette.model.text import Text
from datagazette.pages import (
    CARDS_FILE,
    Page,
    SiteContent,
    Strings,
    further_cards,
    overview_files,
    read_strings,
    render_overview,
)
from datagazette.pages.strings import word_faults
from datagazette.publish import assets, mkdocs_run
from datagazette.publish.output import Output
from datagazette.search import index as search_index
from datagazette.search.page import SearchedPage
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import TypedTable

_ASSETS = "assets/site"
_ROWS = "search"  # where the site has the index over rows
SEARCH_FOLDERS = (search_index.FOLDER, _ROWS)
_SEARCH = f"{search_index.FOLDER}/"
_ENTRY = f"{_SEARCH}{search_index.ENTRY}"


def interface_words(publication: Publication, sources: SiteSources) -> dict[str, Strings]:
    """The words of the interface in each of the publication's languages. Raises DataFaults where there are faults."""
    languages = publication.catalog.languages
    faults = word_faults(sources.strings, languages)
    if has_errors(faults):
        raise DataFaults(faults)
    return read_strings(sources.strings, languages)


def site_content(
    publication: Publication, packaged: AllPackaged, strings: Mapping[str, Strings], sources: SiteSources,
    tabulated: Tabulated, hand_pages: tuple[HandPage, ...],
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
        hand_pages=hand_pages,
        labels=labels,
        regions=labels.get(regions, {}) if regions else {},
        plots=packaged.plots,
        images=packaged.images,
    )


@dataclass(frozen=True)
class Site:
    """From what is known to the finished pages, but for what an earlier build has made."""

    content: SiteContent
    pages: DatasetPages
    tabulated: Tabulated
    sources: SiteSources
    maker: Maker
    workspace: Workspace
    output: Output

    def write(self, done: Callable[[], None]) -> tuple[dict[str, Entry], tuple[Page, ...]]:
        """The Markdown of each dataset's pages, and the pages that speak of all; these are staged, too."""
        entries = self.pages.entries(done)
        for entry in entries.values():
            self.output.adopt(
                entry.folder, [name for name in entry.files if name.startswith(BESIDE)], {BESIDE[:-1]: ""}
            )
        cards = {(name, language): card for name, entry in entries.items() for language, card in entry.value.cards}
        content = replace(self.content, cards=cards)
        overview = tuple(render_overview(content))
        for edition in content.catalog.languages:
            rest = further_cards(content, edition)
            if rest:
                place = addresses.localized(content.catalog, f"{addresses.CATALOGUE}{CARDS_FILE}", edition)
                self.output.write(place, json.dumps(rest, ensure_ascii=False))
        stage(overview, self.workspace.pages)
        write_indexes(content, entries, self.output)
        return entries, overview

    def render(
        self, entries: Mapping[str, Entry], overview: Sequence[Page], done: Callable[[], None]
    ) -> list[SearchedPage]:
        """Publishes scripts, styles and the HTML of pages; returns those that are searched.

        `overview` may be empty where only the datasets' pages are wanted.
        """
        version = self._bundle()
        catalog = self.content.catalog
        look = mkdocs_run.Look(self.sources.config, self.sources.overrides, catalog.base_url, version)
        editions = [_edition(self.content, language) for language in catalog.languages]
        planned: list[Planned] = []
        owners: list[str] = []
        places: list[str] = []
        for edition in editions:
            frame = mkdocs_run.frame(edition, editions, look)
            written = frozenset(one.path for one in self.content.hand_pages if one.language == edition.code)
            shared = planned_overview(frame, self.workspace.pages, overview, written)
            found = [*shared, *planned_html(frame, entries, self.workspace.root)]
            planned += found
            owners += ["" for _ in shared] + list(entries)
            places += [edition.prefix] * len(found)

        def prepare(missing: Sequence[int]) -> None:
            self.pages.mended(entries, {owners[place] for place in missing if owners[place]})

        made = html_entries(self.maker, planned, prepare, done)
        for entry, prefix in zip(made, places, strict=True):
            files = [name for name in entry.files if not prefix or not name.endswith("404.html")]
            self.output.adopt(entry.folder, files, html_place(prefix))
        return [page for entry, prefix in zip(made, places, strict=True) for page in searched_pages(entry, prefix)]

    def _bundle(self) -> str:
        """Scripts and styles; returns their version."""
        sheet = mkdocs_run.theme_stylesheet()
        parts = {"files": tree_digest(self.sources.assets, sheet), "code": code_of("datagazette.publish.assets"),
                 "libraries": libraries()}  # fmt: skip
        task = (self.sources.assets, sheet, self.sources.node_modules)
        planned = Planned(Recipe("assets", "site", parts), lambda: task)
        entry = self.maker.entries(_bundle, [planned], whole=True, here=True)[0]
        self.output.adopt(entry.folder, entry.files, {"site": f"{_ASSETS}/"})
        return str(entry.value)

    def index(self, pages: Sequence[SearchedPage]) -> None:
        """Publishes the index over the pages and that over rows, which are made at the same time."""
        with ThreadPoolExecutor(1) as beside:
            over_pages = beside.submit(self._page_indexes, pages)
            rows = index_rows(self.content, self.pages.packages, self.tabulated, self.maker)
            entries = over_pages.result()
        for entry in entries:
            files = [name for name in entry.files if name != _ENTRY]
            self.output.adopt(entry.folder, files, {search_index.FOLDER: _SEARCH})
        if entries:
            self.output.write(_ENTRY, search_index.joined(one.path(_ENTRY) for one in entries))
        self.output.adopt(rows.folder, rows.files, {_ROWS: f"{_ROWS}/"})

    def _page_indexes(self, pages: Sequence[SearchedPage]) -> tuple[Entry, ...]:
        """The index over the pages of each language."""
        shared = {"code": code_of("datagazette.search.index"), "libraries": libraries()}
        spoken: dict[str, list[SearchedPage]] = {}
        for page in pages:
            spoken.setdefault(page.language, []).append(page)
        planned = []
        for language, own in sorted(spoken.items()):
            parts = {"pages": digest(sorted((page.path, page.digest) for page in own)), **shared}
            task = (own, self.sources.node_modules)
            planned.append(Planned(Recipe("search", language, parts), partial(_itself, task)))
        return self.maker.entries(_index, planned, whole=True, here=True)

    def map(self, entries: Mapping[str, Entry], overview: Sequence[Page]) -> None:
        """Publishes the map of the site: it has each page once, with its addresses in all languages."""
        catalog = self.content.catalog
        written = [(one.path, one.listed, one.language) for entry in entries.values() for one in entry.value.pages]
        written += [(one.path, one.listed, one.language) for one in overview]
        chosen = sorted((path, listed) for path, listed, language in written
                        if listed and language == catalog.languages[0])  # fmt: skip
        for name, content in sitemaps(catalog.base_url, ((one.places, one.modified) for _, one in chosen)):
            self.output.write(name, content)


def _bundle(task: tuple[Path, Path, Path], folder: Path) -> str:
    return assets.bundle(*task, folder / "site")


def _index(task: tuple[Sequence[SearchedPage], Path], folder: Path) -> None:
    pages, npm = task
    search_index.index(pages, npm, folder / search_index.FOLDER)


def _itself(task: Any) -> Any:
    return task


def write_indexes(content: SiteContent, entries: Mapping[str, Entry], output: Output) -> None:
    """The files that speak of the whole publication: catalogues, feeds, status."""
    publication, results = content.publication, content.results
    newest = [one for dataset in content.datasets if (one := content.newest(dataset.name))]
    for path, text in lists(publication, newest, [entries[one.release.dataset].value.listing for one in newest]):
        output.write(path, text)
    changes = {(name, str(version)): one.changes for (name, version), one in results.items() if one.changes}
    for language in publication.catalog.languages:
        prefix = "" if language == publication.catalog.languages[0] else f"{language}/"
        output.write(f"{prefix}feed.xml", publication_feed(publication, language, changes))


def _labels(publication: Publication, results: Results, tabulated: Tabulated) -> dict[Place, dict[str, Text]]:
    needed = needed_codes(region_table(publication), results.values())
    named = {dataset for dataset, _ in needed}
    tabulated.provide(one.release for (dataset, _), one in results.items() if dataset in named)
    typed = {
        (dataset, one.table.name): TypedTable(one.table, Path(one.parquet))
        for (dataset, _), result in results.items()
        for one in result.tables
    }
    with connect(Limits(reads=(tabulated.workspace.root,))) as engine:
        return find_labels(engine, typed, needed, publication.catalog.languages)


def _edition(content: SiteContent, language: str) -> mkdocs_run.Edition:
    catalog = content.publication.catalog
    strings: Strings = content.strings[language]
    license_ = next(((one.title.get(language) or one.name, one.path) for one in catalog.licenses), None)
    contact = catalog.contact
    return mkdocs_run.Edition(
        code=language,
        locale=str(strings.locale),
        direction=strings.direction,
        prefix="" if language == catalog.languages[0] else f"{language}/",
        pages=overview_files(content, language),
        title=catalog.title.get(language),
        description=catalog.description.get(language),
        words=strings.section("frame"),
        publisher=(catalog.publisher.title.get(language), catalog.publisher.path),
        license=license_,
        contact=mkdocs_run.Contact(contact.title.get(language), contact.path, contact.email) if contact else None,
    )
