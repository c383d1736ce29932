"""All pages of a site, in all its languages: home, problems and what the publisher wrote here, the others elsewhere.

The pages of a dataset need nothing of the others but their titles, so that they can be made one dataset at a
time, in any order or in parallel; only home, catalogue, figures, changes and sources need all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from datagazette.describe import addresses
from datagazette.model.pages import AuthoredPage
from datagazette.model.problems import codes, general_fix, kind
from datagazette.model.publication import Dataset, Publication
from datagazette.model.results import ReleaseResult
from datagazette.pages.catalogue import catalogue_pages, described_catalogue, listed, theme_views
from datagazette.pages.context import Head, Page, PageContext, SiteContent, languages, render, stage
from datagazette.pages.dataset import dataset_page, release_views
from datagazette.pages.explore import explore_page
from datagazette.pages.figures import figure_view
from datagazette.pages.history import release_view
from datagazette.pages.lists import (
    CARDS_OF_PAGE,
    Unmade,
    changes_pages,
    figures_pages,
    has_figures,
    has_sources,
    releases_in_order,
    sources_pages,
)
from datagazette.pages.removed import tombstone_pages
from datagazette.pages.signing_keys import keys_page
from datagazette.pages.summary import ROWS_BESIDE_CHART, embed_page, summary_page, summary_view
from datagazette.pages.value_history import history_page
from datagazette.pages.verify import has_verify_page, verify_page
from datagazette.validation.frictionless import differences

# The pages that change with any of the datasets; of a list, the first page.
OVERVIEW = (addresses.HOME, addresses.CATALOGUE, addresses.FIGURES, addresses.CHANGES, addresses.SOURCES)
_LATEST_ON_HOME = 6
# Publications with releases before this day had a page of problems, and published addresses keep answering.
_PROBLEMS_FOR_ALL_BEFORE = date(2026, 11, 29)
# The heading of an authored page, without its attributes.
_TITLE = re.compile(r"^# (.+?)\s*(?:\{[^}]*\})?\s*$", re.MULTILINE)


def render_pages(content: SiteContent) -> Iterator[Page]:
    """Every staged page of the site."""
    yield from render_overview(content)
    for dataset in content.datasets:
        yield from render_dataset(content, dataset)


def render_overview(content: SiteContent) -> Iterator[Page]:
    """The pages about all datasets, and those written by the publisher."""
    return (page.make() for page in overview_pages(content))


def overview_pages(content: SiteContent) -> Iterator[Unmade[Page]]:
    """The same, still to be made."""
    for language in content.catalog.languages:
        home = partial(_home_page, PageContext(content, language, addresses.HOME))
        yield Unmade(addresses.HOME, language, None, "", home)
        yield from catalogue_pages(content, language)
        yield from figures_pages(content, language)
        yield from changes_pages(content, language)
        yield from sources_pages(content, language)
        yield from tombstone_pages(content, language)
        if has_problems_page(content.publication):
            problems = partial(_problems_page, PageContext(content, language, addresses.PROBLEMS))
            yield Unmade(addresses.PROBLEMS, language, (), "", problems)
        if has_verify_page(content.authored_pages, language):
            verify = partial(verify_page, PageContext(content, language, addresses.VERIFY))
            yield Unmade(addresses.VERIFY, language, (), "", verify)
    if content.catalog.keys:
        for language in content.catalog.languages:
            keys = partial(keys_page, PageContext(content, language, addresses.KEYS))
            yield Unmade(addresses.KEYS, language, (), "", keys)
    for page in content.authored_pages:
        authored = partial(_authored_page, PageContext(content, page.language, page.address), page)
        yield Unmade(page.path, page.language, (), page, authored)


def linked_pages(content: SiteContent, language: str) -> frozenset[str]:
    """The addresses of pages about all datasets that there is a reason to lead to: they exist and have something."""
    newest = [result.release for dataset in content.datasets if (result := content.newest(dataset.name))]
    empty = {
        path
        for path, is_filled in ((addresses.FIGURES, has_figures(newest)), (addresses.SOURCES, has_sources(newest)))
        if not is_filled
    }
    written = {page.address for page in content.authored_pages if page.language == language}
    return frozenset({*OVERVIEW, *written, addresses.VERIFY} - empty)


def has_problems_page(publication: Publication) -> bool:
    """Whether `/problems/` is published: it is asked for, or was there before it had to be."""
    releases = (release for dataset in publication.datasets for release in dataset.releases)
    return publication.catalog.problems_page or any(
        release.date and release.date < _PROBLEMS_FOR_ALL_BEFORE for release in releases
    )


def render_dataset(content: SiteContent, dataset: Dataset) -> Iterator[Page]:
    """The pages of one dataset: the newest release's, and one for each release."""
    name = dataset.name
    for language in content.catalog.languages:
        for release in content.releases(dataset):
            result = content.results[name, release.version]
            context = PageContext(content, language, addresses.release_path(name, release.version))
            views = release_views(context, result)
            yield dataset_page(context, dataset, result, views, newest=False)
            if release == dataset.latest:
                context = PageContext(content, language, addresses.dataset_path(name))
                yield dataset_page(context, dataset, result, views, newest=True)
                yield from _newest_pages(content, language, dataset, result)


def _newest_pages(content: SiteContent, language: str, dataset: Dataset, result: ReleaseResult) -> Iterator[Page]:
    """The explorer, the history, and the pages of each summary: only the newest release has them."""
    name = dataset.name
    if history := content.histories.get(name):
        yield history_page(PageContext(content, language, addresses.history_path(name)), dataset, result, history)
    yield explore_page(PageContext(content, language, addresses.explore_path(name)), dataset, result)
    for summary in result.summaries:
        context = PageContext(content, language, addresses.summary_path(name, summary.summary.name))
        yield summary_page(context, dataset, result, summary)
        context = PageContext(content, language, addresses.embed_path(name, summary.summary.name))
        yield from embed_page(context, dataset, result, summary)


def _home_page(context: PageContext) -> Page:
    content, catalog = context.content, context.content.catalog
    headlines = [
        figure_view(context, result, figure)
        for dataset, name in catalog.headlines
        if (result := content.newest(dataset))
        for figure in result.figures
        if figure.figure.name == name
    ]
    latest = releases_in_order(content)[:_LATEST_ON_HOME]
    head = Head(
        kind="home",
        title=context.plain(catalog.title),
        description=context.plain(catalog.description),
        jsonld=described_catalogue(context, [result for _, result in listed(content)[:CARDS_OF_PAGE]]),
        hide=("navigation", "toc"),
    )
    return render(
        context,
        "home",
        head,
        tagline=context.text(catalog.tagline) or context.text(catalog.title),
        has_tagline=bool(catalog.tagline),
        description=context.rich(catalog.description),
        figures=headlines,
        featured=_featured(context),
        themes=list(theme_views(context)),
        releases=[release_view(context, dataset, release) for dataset, release in latest],
        there=linked_pages(content, context.language),
    )


def _featured(context: PageContext) -> dict[str, Any] | None:
    dataset, name = context.content.catalog.featured or ("", "")
    result = context.content.newest(dataset)
    summary = result.summary(name) if result else None
    return summary_view(context, result, summary, ROWS_BESIDE_CHART) if result and summary else None


def _problems_page(context: PageContext) -> Page:
    """`/problems/`: a section for each code, which messages and annotations can name."""
    is_linked = addresses.CONTRIBUTE in linked_pages(context.content, context.language)
    head = Head(
        kind="text",
        title=context.say("problems.title"),
        description=context.say("problems.description"),
        breadcrumbs=((context.say("problems.parent"), addresses.CONTRIBUTE),) if is_linked else (),
    )
    language = context.language
    kinds = [replace(kind(code, language), fix=general_fix(code, language)) for code in codes()]
    groups = [
        {
            "name": name,
            "title": context.say(f"problems.groups.{name}"),
            "kinds": [problem for problem in kinds if problem.group == name],
        }
        for name in dict.fromkeys(problem.group for problem in kinds)
    ]
    return render(context, "problems", head, groups=groups, differences=differences(context.language))


def _authored_page(context: PageContext, page: AuthoredPage) -> Page:
    """Its Markdown as it is, with title, address and languages filled in; what its author set stays."""
    pages = context.content.authored_pages
    written = {other.language for other in pages if other.address == context.path}
    heading = _TITLE.search(page.body)
    own = {key: value for key, value in page.front.items() if key not in {"title", "description"}}
    head = Head(
        kind="text",
        title=str(page.front.get("title") or (heading[1] if heading else context.path.strip("/"))),
        description=str(page.front.get("description", "")),
        extra={"languages": [place for place in languages(context) if place["code"] in written], **own},
    )
    return stage(context, head, page.body.lstrip("\n"), page.path)
