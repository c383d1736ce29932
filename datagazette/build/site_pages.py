"""The pages that a publication writes itself, with the program's neutral ones in the place of those that it lacks."""

from __future__ import annotations

from pathlib import Path

from datagazette.describe import addresses
from datagazette.describe.neutral_pages import neutral_language, neutral_pages
from datagazette.load.authored_pages import PAGES, AuthoredFile, parse_page, read_authored_pages
from datagazette.messages.kin import kindred
from datagazette.model.problems import Problem
from datagazette.model.publication import Publication
from datagazette.pages import has_figures, has_sources


def site_pages(publication: Publication, folder: Path) -> tuple[tuple[AuthoredFile, ...], tuple[Problem, ...]]:
    """The publication's own pages below `folder` with their faults, then the neutral ones."""
    catalog = publication.catalog
    own, problems = read_authored_pages(folder, catalog.languages)
    releases = [dataset.latest for dataset in publication.datasets]
    there = {addresses.FIGURES} if has_figures(releases) else set()
    there |= {addresses.SOURCES} if has_sources(releases) else set()
    written = {(file.page.language, file.page.address) for file in own}
    neutral = []
    for language, name, text in neutral_pages(catalog, there, written):
        path, spoken = f"{name}/index.md", neutral_language(name, language)
        page, _ = parse_page(language, path, text, f"{PAGES}/{language}/{path}")
        neutral.append(page.by_program({} if spoken in kindred(language) else {"spoken": spoken}))
    return (*own, *neutral), problems
