"""All pages of a site, in all its languages.

The pages of a dataset need nothing of the others but their titles, so that they can be made one dataset at a
time, in any order or in parallel; only home, catalogue, figures, changes and sources need all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment

from datagazette.describe import addresses
from datagazette.model.problems import Kind, codes, kind
from datagazette.model.publication import Dataset
from datagazette.pages.authored import authored_page, authored_path
from datagazette.pages.catalogue import catalogue_pages
from datagazette.pages.content import Page, SiteContent
from datagazette.pages.context import PageContext
from datagazette.pages.dataset import dataset_page, release_page
from datagazette.pages.explore import explore_page
from datagazette.pages.lists import changes_pages, figures_pages, sources_pages
from datagazette.pages.overview import home_page
from datagazette.pages.staging import Head, environment, render
from datagazette.pages.summary import embed_page, summary_page
from datagazette.validation.frictionless import differences


def render_pages(content: SiteContent) -> Iterator[Page]:
    """Every staged page of the site."""
    yield from render_overview(content)
    for dataset in content.datasets:
        yield from render_dataset(content, dataset)


def render_overview(content: SiteContent) -> Iterator[Page]:
    """The pages about all datasets, and those written by the publisher."""
    templates = environment(content.templates)
    for language in content.catalog.languages:
        yield home_page(PageContext(content, language, addresses.HOME), templates)
        yield from catalogue_pages(content, templates, language)
        yield from figures_pages(content, templates, language)
        yield from changes_pages(content, templates, language)
        yield from sources_pages(content, templates, language)
        yield problems_page(PageContext(content, language, addresses.PROBLEMS), templates)
    for page in content.authored_pages:
        yield authored_page(PageContext(content, page.language, authored_path(page)), page)


def overview_files(content: SiteContent, language: str) -> frozenset[str]:
    """The staged files of `render_overview` in one language, without making them; of a list, its first page."""
    fixed = (
        addresses.HOME,
        addresses.CATALOGUE,
        addresses.FIGURES,
        addresses.CHANGES,
        addresses.SOURCES,
        addresses.PROBLEMS,
    )
    written = (page.path for page in content.authored_pages if page.language == language)
    return frozenset((*map(addresses.staged, fixed), *written))


def render_dataset(content: SiteContent, dataset: Dataset) -> Iterator[Page]:
    """The pages of one dataset: the newest release's, and one for each release."""
    templates = environment(content.templates)
    for language in content.catalog.languages:
        yield from _newest(content, templates, dataset, language)
        for release in content.releases(dataset):
            context = PageContext(content, language, addresses.release_path(dataset.name, release.version))
            yield release_page(context, templates, dataset, content.results[dataset.name, release.version])


def _newest(content: SiteContent, templates: Environment, dataset: Dataset, language: str) -> Iterator[Page]:
    result = content.newest(dataset.name)
    if result is None:
        return
    name = dataset.name
    yield dataset_page(PageContext(content, language, addresses.dataset_path(name)), templates, dataset, result)
    yield explore_page(PageContext(content, language, addresses.explore_path(name)), templates, dataset, result)
    for found in result.summaries:
        context = PageContext(content, language, addresses.summary_path(name, found.summary.name))
        yield summary_page(context, templates, dataset, result, found)
        framed = PageContext(content, language, addresses.embed_path(name, found.summary.name))
        yield from embed_page(framed, templates, dataset, result, found)


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    kinds: tuple[Kind, ...]


def problems_page(context: PageContext, templates: Environment) -> Page:
    """`/problems/`: a section for each code, which messages and annotations can name."""
    head = Head(
        kind="text",
        title=context.say("problems.title"),
        description=context.say("problems.description"),
        breadcrumbs=((context.say("problems.parent"), addresses.CONTRIBUTE),),
        hide=("navigation",),
        extra={"heading": False},
    )
    return render(context, templates, "problems", head, groups=tuple(_groups(context)),
                  differences=differences(context.language))  # fmt: skip


def _groups(context: PageContext) -> Iterator[Group]:
    kinds = [kind(code, context.language) for code in codes()]
    for name in dict.fromkeys(one.group for one in kinds):
        told = tuple(one for one in kinds if one.group == name)
        yield Group(name, context.say(f"problems.groups.{name}"), told)
