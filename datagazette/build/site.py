"""The site of a publication whose releases are packaged: all that its pages are made from, and where they are put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest
from datagazette.build.link_cards import Images, draw_home_cards
from datagazette.build.package import SITE, words_digest
from datagazette.build.sources import SiteSources
from datagazette.build.steps import Run, Step, Task
from datagazette.build.summarise import placed
from datagazette.build.tabulate import tabulate
from datagazette.compute.code_names import Place, find_labels, needed_codes, region_table
from datagazette.model.errors import DataFaults
from datagazette.model.problems import has_errors
from datagazette.model.publication import AuthoredPage, Publication
from datagazette.model.results import Results
from datagazette.model.text import Text
from datagazette.pages import SiteContent, Strings, read_strings
from datagazette.pages.context import Key
from datagazette.pages.strings import word_faults
from datagazette.publish.output import Output
from datagazette.tables.engine import Limits, connect
from datagazette.tables.parquet import TypedTable


@dataclass(frozen=True)
class Site:
    """`packages` are the entries of all releases, `sources` what pages are made with."""

    run: Run
    content: SiteContent
    packages: Mapping[Key, Entry]
    sources: SiteSources
    output: Output


def interface_words(publication: Publication, sources: SiteSources) -> dict[str, Strings]:
    """The texts of the interface in each of the publication's languages. Raises DataFaults where there are faults."""
    languages = publication.catalog.languages
    faults = word_faults(sources.strings, languages)
    if has_errors(faults):
        raise DataFaults(faults)
    return read_strings(sources.strings, languages)


def site_of(
    run: Run, packages: Mapping[Key, Entry], strings: Mapping[str, Strings], pages: tuple[AuthoredPage, ...],
    sources: SiteSources, output: Output,
) -> Site:  # fmt: skip
    """Puts the files of all packages into the output, and gathers what pages show. `pages` as in `SiteContent`."""
    for entry in packages.values():
        output.adopt(entry.folder, entry.files, {SITE: ""})
    packaged = {key: entry.value for key, entry in packages.items()}
    results = {key: placed(each.result, run.workspace) for key, each in packaged.items()}
    home = _home_images(run, packages, strings, output)
    labels, regions = _labels(run, results), region_table(run.publication)
    content = SiteContent(
        publication=run.publication,
        results=results,
        strings=strings,
        templates=sources.templates,
        authored_pages=pages,
        labels=labels,
        regions=labels.get(regions, {}) if regions else {},
        plots={key: plot for each in packaged.values() for key, plot in each.plots.items()},
        images={**home, **{page: image for each in packaged.values() for page, image in each.images.items()}},
    )
    return Site(run, content, packages, sources, output)


def _labels(run: Run, results: Results) -> dict[Place, dict[str, Text]]:
    """The names of the codes that results have."""
    publication = run.publication
    needed = needed_codes(region_table(publication), results.values())
    named = {dataset for dataset, _ in needed}
    tabulate(run, (result.release for (dataset, _), result in results.items() if dataset in named))
    typed = {
        (dataset, table.table.name): TypedTable(table.table, Path(table.parquet))
        for (dataset, _), result in results.items()
        for table in result.tables
    }
    with connect(Limits(reads=(run.workspace.root,))) as engine:
        return find_labels(engine, typed, needed, publication.catalog.languages)


def _home_images(run: Run, packages: Mapping[Key, Entry], strings: Mapping[str, Strings], output: Output) -> Images:
    """The pictures of the home page, which show a figure of the first headline's dataset."""
    publication = run.publication
    shown = [found for name, _ in publication.catalog.headlines[:1] if (found := publication.dataset(name))]
    entries = {key: packages[key] for found in shown if (key := (found.name, found.latest.version)) in packages}
    narrowed = replace(publication, datasets=tuple(shown))
    payload = (narrowed, {key: entry.value.result for key, entry in entries.items()}, strings)
    parts = {
        "catalog": digest(publication.catalog),
        "words": words_digest(strings),
        "results": digest([entry.key for entry in entries.values()]),
    }
    (entry,) = run.runner.run(_PICTURES, [Task("home", payload, parts)])
    output.adopt(entry.folder, entry.files, {SITE: ""})
    images: Images = entry.value
    return images


def _drawn(payload: tuple[Publication, Results, Mapping[str, Strings]], folder: Path) -> Images:
    return draw_home_cards(*payload, folder / SITE)


_PICTURES = Step("pictures", _drawn, ("datagazette.build.link_cards",))
