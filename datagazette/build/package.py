"""Package: the files to download of every release, and the pictures that links to pages are shown with elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from zipfile import ZipFile

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest
from datagazette.build.steps import Pending, Run, Step, Task
from datagazette.build.tabulate import tabulate
from datagazette.charts.brand import palettes
from datagazette.charts.cards import CardLook, LinkCard, is_writable, render_card
from datagazette.describe import addresses
from datagazette.downloads.cell_values import FileValues, published_values
from datagazette.downloads.choice import check_names
from datagazette.downloads.package import Charts, Inputs, draw_charts, write_release
from datagazette.downloads.promises import kept
from datagazette.model.look import accents
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Catalog, Dataset, Publication, Release
from datagazette.model.results import FigureResult, PublishedFile, ReleaseResult, Results
from datagazette.model.text import Text
from datagazette.pages import SiteContent, Strings
from datagazette.pages.context import Key, PageContext, Plot, PlotKey, words
from datagazette.pages.figures import figure_view
from datagazette.pages.summary import summary_title
from datagazette.publish.links import Pointers, packed, text_pointers
from datagazette.tables.engine import Limits, connect
from datagazette.tables.layout import read_layout

# The folder of an entry that holds files as the site has them.
SITE = "site"
_CARDS = "assets/og/"
# The kinds of files that say where others are.
_DESCRIBING = (
    "csvw", "datapackage", "croissant", "license", "citation-cff", "citation-bibtex", "citation-ris", "citation-csl",
    "datacite",
)  # fmt: skip
_README = "README.md"
# Addresses of pictures by the address of their page, both relative to the site's root.
Images = Mapping[str, str]


@dataclass(frozen=True)
class _ChartsToDraw:
    """A release whose results are known; the publication has no datasets, as charts name none but their own.

    `is_newest`: pages show its charts.
    """

    publication: Publication
    result: ReleaseResult
    is_newest: bool


@dataclass(frozen=True)
class _Drawn:
    """The charts of a release, and the problems because of which some are missing."""

    charts: Charts
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _ReleaseToPackage:
    """A release whose charts are drawn.

    `before` is the site as it was published last, to show what is different where something must not be.
    The publication holds the release's own dataset and those that it uses, no others.
    """

    publication: Publication
    result: ReleaseResult
    drawn: _Drawn
    limits: Limits
    before: Path | None


@dataclass(frozen=True)
class _Packaged:
    """The files of a release, or the problems because of which there are none; `promises` are those that they break.

    `pointers` are the addresses of the site in the descriptions; `values` those of the tables in the files.
    """

    files: tuple[PublishedFile, ...] = ()
    problems: tuple[Problem, ...] = ()
    promises: tuple[Problem, ...] = ()
    pointers: Pointers = field(default_factory=Pointers)
    values: tuple[FileValues, ...] = ()


@dataclass(frozen=True)
class _CardsToDraw:
    """The pictures of the newest release of a dataset, with the charts that they show, by summary and language."""

    publication: Publication
    result: ReleaseResult
    strings: Mapping[str, Strings]
    plots: Mapping[PlotKey, Plot]


@dataclass(frozen=True)
class Package:
    """What is published of a release. `result` names its files; `files` has them in the folder `SITE` as they are
    published, among them `/data/<id>/<version>/`. `drawn` is the entry of its charts.

    `key` is the hash of all that it was made from. Where `files` are provisional, they are those of before.
    """

    result: ReleaseResult
    files: Entry
    drawn: Entry
    key: str

    @cached_property
    def plots(self) -> Mapping[PlotKey, Plot]:
        """The drawings that pages show."""
        return _plots(self.result.release, self.drawn.value.charts)

    @property
    def problems(self) -> tuple[Problem, ...]:
        found: tuple[Problem, ...] = () if self.files.is_provisional else self.files.value.problems
        return found

    @property
    def promises(self) -> tuple[Problem, ...]:
        found: tuple[Problem, ...] = () if self.files.is_provisional else self.files.value.promises
        return found

    @property
    def pointers(self) -> Pointers:
        found: Pointers = self.files.value.pointers
        return found

    @property
    def values(self) -> tuple[FileValues, ...]:
        """By which files that were saved again are recognised."""
        found: tuple[FileValues, ...] = self.files.value.values
        return found


def package(run: Run, results: Results, before: Path | None = None) -> dict[Key, Package]:
    """The package of each release."""
    hashes, publication = run.hashes, run.publication
    charts = _charts(run, results)

    def task(key: Key) -> Task:
        result, release = results[key], results[key].release
        own = publication.dataset(release.dataset)
        needed = {release.dataset, *(name for name, _ in release.uses)}
        datasets = tuple(dataset for name in sorted(needed) if (dataset := publication.dataset(name)))
        catalog = _repeated(publication.catalog, release)
        parts = {
            "descriptor": hashes.release(release),
            "data": hashes.data(release),
            "releases": hashes.both(own.releases if own else ()),
            "used": hashes.both([used for dataset in datasets if dataset != own for used in dataset.releases]),
            "catalog": digest(catalog),
        }
        # Narrowed, so that a task costs the same to hand over, however many datasets there are.
        narrowed = replace(publication, catalog=catalog, datasets=datasets)
        payload = _ReleaseToPackage(narrowed, result, charts[key].value, run.limits, before)
        return Task(release.id, payload, parts, hashes.sources(publication.root, release))

    tasks = [Pending(result.release.id, run.basis(key[0]), partial(task, key)) for key, result in results.items()]

    def prepare(missing: Sequence[Task]) -> None:
        tabulate(run, (task.payload.result.release for task in missing))

    entries = zip(results.items(), run.runner.run(_PACKAGE, tasks, prepare), strict=True)
    return {
        key: Package(
            replace(result, files=entry.value.files),
            entry,
            charts[key],
            digest(entry.key, charts[key].key),
        )
        for (key, result), entry in entries
    }


def _charts(run: Run, results: Results) -> dict[Key, Entry]:
    """The entry of each release's charts: its value is a `_Drawn`. Releases that have none make no work."""
    drawn = dict.fromkeys(results, Entry.of(_Drawn({})))

    def task(result: ReleaseResult) -> Task:
        release, catalog = result.release, _repeated(run.publication.catalog, result.release)
        own = run.publication.dataset(release.dataset)
        is_newest = own is not None and own.latest.version == release.version
        payload = _ChartsToDraw(replace(run.publication, catalog=catalog, datasets=()), result, is_newest)
        parts = {**run.parts(release), "catalog": digest(catalog), "newest": digest(is_newest)}
        return Task(release.id, payload, parts, dataset=release.dataset)

    tasks = {
        key: Pending(result.release.id, run.basis(key[0]), partial(task, result))
        for key, result in results.items()
        if any(summary.summary.chart for summary in result.summaries)
    }
    return drawn | dict(zip(tasks, run.runner.run(_CHARTS, list(tasks.values())), strict=True))


def _repeated(catalog: Catalog, release: Release) -> Catalog:
    """The catalogue as a release's files repeat it: without what only pages and lists show, so that another word there
    leaves the files as they are, and without `formats` where the ledger says which files there are."""
    formats = None if release.published else catalog.formats
    colours = replace(catalog.brand, logo=None, logo_dark=None)
    kept = _without_pages(catalog.as_of(release))
    return replace(kept, tagline=Text(), headlines=(), brand=colours, formats=formats)


def _on_pictures(catalog: Catalog) -> Catalog:
    """The catalogue as pictures for links show it."""
    return replace(_without_pages(catalog), licenses=(), formats=None)


def _without_pages(catalog: Catalog) -> Catalog:
    return replace(
        catalog, description=Text(), contact=None, themes=(), featured=None, footer=(), counter=None, neutral_pages=(),
        problems_page=False, host="", latest=(), redirects=(), store="", keys=(),
    )  # fmt: skip


def _plots(release: Release, charts: Charts) -> dict[PlotKey, Plot]:
    return {
        (release.dataset, release.version, summary, language): Plot(chart.plot, chart.narrow_plot)
        for (summary, language, scheme), chart in charts.items()
        if scheme == "light"
    }


def cards(run: Run, packages: Mapping[Key, Package], strings: Mapping[str, Strings]) -> dict[str, Entry]:
    """The pictures that links are shown with elsewhere, of each dataset's newest release: the values are `Images`."""
    hashes, catalog = run.hashes, replace(_on_pictures(run.publication.catalog), tagline=Text(), headlines=())
    publication = replace(run.publication, catalog=catalog)
    shared = {"catalog": digest(catalog), "words": words_digest(strings)}

    def task(dataset: Dataset, found: Package) -> Task:
        drawings = digest([plot.narrow for plot in found.plots.values()])
        parts = {
            **run.parts(dataset.latest), "releases": hashes.both(dataset.releases), "charts": drawings, **shared,
        }  # fmt: skip
        payload = _CardsToDraw(replace(publication, datasets=(dataset,)), found.result, strings, found.plots)
        return Task(dataset.name, payload, parts)

    tasks = [
        Pending(dataset.name, run.basis(dataset.name), partial(task, dataset, found))
        for dataset in publication.datasets
        if (found := packages.get((dataset.name, dataset.latest.version)))
    ]
    return dict(zip((task.subject for task in tasks), run.runner.run(_PICTURES, tasks), strict=True))


def package_home(run: Run, packages: Mapping[Key, Package], strings: Mapping[str, Strings]) -> Entry:
    """The pictures of the home page, which show a figure of the first headline's dataset: its value are `Images`."""
    publication = replace(run.publication, catalog=_on_pictures(run.publication.catalog))
    shown = tuple(found for name, _ in publication.catalog.headlines[:1] if (found := publication.dataset(name)))
    newest = {key: packages[key] for each in shown if (key := (each.name, each.latest.version)) in packages}
    results = {key: each.result for key, each in newest.items()}
    parts = {
        "catalog": digest(publication.catalog),
        "words": words_digest(strings),
        "results": digest([each.key for each in newest.values()]),
    }
    (entry,) = run.runner.run(_HOME, [Task("home", (replace(publication, datasets=shown), results, strings), parts)])
    return entry


def words_digest(strings: Mapping[str, Strings]) -> str:
    """The hash of the interface's texts in all languages."""
    return digest([(language, texts.values) for language, texts in strings.items()])


def _drawn(tasks: Sequence[_ChartsToDraw], _folders: Sequence[Path]) -> list[_Drawn]:
    return [_Drawn(*draw_charts(task.publication, task.result, with_narrow=task.is_newest)) for task in tasks]


def _packaged(task: _ReleaseToPackage, folder: Path) -> _Packaged:
    """Writes all files of a release, and compares them with what was promised of them."""
    publication, result, release, site = task.publication, task.result, task.result.release, folder / SITE
    out = site / addresses.data_folder(release)
    out.mkdir(parents=True)
    problems = (*check_names(release, f"{release.folder}/datapackage.yaml"), *task.drawn.problems)
    if has_errors(problems):
        return _Packaged(problems=problems)
    # A result of an earlier build may name where the tables were then: in git, or in a store.
    now = publication.release(release.dataset, release.version) or release
    inputs = Inputs(
        csv={table.name: publication.root / table.source for table in now.tables},
        typed={table.table.name: Path(table.parquet) for table in result.tables},
    )
    with connect(task.limits) as engine:
        files = write_release(publication, result, engine, inputs, task.drawn.charts, out)
    result = replace(result, files=files)
    promises = kept(result, site, task.before).problems if release.published else ()
    values = published_values(out, files, {table.name: read_layout(inputs.csv[table.name], table.dialect)
                                           for table in now.tables})  # fmt: skip
    return _Packaged(files, problems, promises, _pointers(task.publication.catalog.base_url, result, site), values)


def _pointers(base_url: str, result: ReleaseResult, site: Path) -> Pointers:
    """Of the files that describe a release, and of the text in its zip: what tables hold is not ours."""
    folder = addresses.data_folder(result.release)
    texts = {
        file.path: (site / folder / file.path).read_text("utf-8") for file in result.files if file.kind in _DESCRIBING
    }
    for file in (file for file in result.files if file.kind == "zip"):
        with ZipFile(site / folder / file.path) as archive:
            texts[file.path] = archive.read(_README).decode()
    return packed(text_pointers(f"{folder}{path}", text, base_url) for path, text in texts.items())


def _release_cards(task: _CardsToDraw, folder: Path) -> Images:
    """Pictures for the dataset's own page and each summary's."""
    result, release, out = task.result, task.result.release, folder / SITE
    key, look = (release.dataset, release.version), _card_look(task.publication)
    images: dict[str, str] = {}
    for context in _contexts(task.publication, {key: result}, task.strings):
        credit, name = context.plain(context.content.catalog.title), f"{context.language}/{release.dataset}"
        drawings = [task.plots.get((*key, summary.summary.name, context.language)) for summary in result.summaries]
        charts = [drawing.narrow if drawing else "" for drawing in drawings]
        own = LinkCard(context.plain(release.title) or release.dataset, credit, chart=next(filter(None, charts), ""))
        if result.figures:
            own = _with_figure(own, context, result, result.figures[0])
        images |= _draw(own, context, addresses.dataset_path(release.dataset), f"{name}.png", out, look)
        for summary, chart in zip(result.summaries, charts, strict=True):
            card = LinkCard(summary_title(context, summary), f"{credit} · {own.title}", chart=chart)
            path = addresses.summary_path(release.dataset, summary.summary.name)
            images |= _draw(card, context, path, f"{name}/{summary.summary.name}.png", out, look)
    return images


def _home_cards(task: tuple[Publication, Results, Mapping[str, Strings]], folder: Path) -> Images:
    """The picture of the home page in each language, with the first of its headlines."""
    publication, results, strings = task
    catalog, look = publication.catalog, _card_look(publication)
    images: dict[str, str] = {}
    for context in _contexts(publication, results, strings):
        card = LinkCard(context.plain(catalog.tagline) or context.plain(catalog.title), context.plain(catalog.title))
        for dataset, name in catalog.headlines[:1]:
            result = context.content.newest(dataset)
            figures = [figure for figure in result.figures if figure.figure.name == name] if result else []
            if result and figures:
                card = _with_figure(card, context, result, figures[0])
        images |= _draw(card, context, addresses.HOME, f"{context.language}.png", folder / SITE, look)
    return images


def _contexts(publication: Publication, results: Results, strings: Mapping[str, Strings]) -> Iterator[PageContext]:
    for language in publication.catalog.languages:
        yield PageContext(SiteContent(publication, results, strings, ()), language, addresses.HOME)


def _with_figure(card: LinkCard, context: PageContext, result: ReleaseResult, figure: FigureResult) -> LinkCard:
    view = figure_view(context, result, figure)
    about = " · ".join(part for part in (words(view["title"]), view["date"]) if part)
    return replace(card, amount=f"{view['sign']} {view['amount']}".strip(), unit=view["unit"], about=about)


def _card_look(publication: Publication) -> CardLook:
    brand, logo = publication.catalog.brand, publication.catalog.brand.logo
    look = CardLook()
    if brand.colour:
        look = CardLook(palettes(brand)["light"], accents(brand.colour, "light").accent_fill)
    if logo:
        content = (publication.root / logo.path).read_bytes()
        look = replace(look, logo=content, logo_type=logo.media_type, logo_ratio=logo.width / logo.height)
    return look


def _draw(card: LinkCard, context: PageContext, path: str, name: str, out: Path, look: CardLook) -> Images:
    """Writes the picture for the page at `path`; nothing where the fonts lack a character of it."""
    card = replace(card, rtl=context.strings.direction == "rtl")
    if not is_writable(card):
        return {}
    target = out / _CARDS / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(render_card(card, look))
    return {context.localized(path): _CARDS + name}


# What these write is computed by the step before.
_BEFORE = ("datagazette.build.summarise",)
# Drawn by few workers: each that draws charts starts the renderer's JavaScript, which costs as much as ten charts.
_CHARTS = Step("charts", _drawn, code=_BEFORE, unmade=_Drawn({}), joint=8)
_PACKAGE = Step("package", _packaged, code=_BEFORE, unmade=_Packaged())
_PICTURES = Step("cards", _release_cards, code=_BEFORE, unmade={})
_HOME = Step("pictures", _home_cards, unmade={})
CHARTS, PACKAGE = _CHARTS.name, _PACKAGE.name
# The steps that make what pages link to, and do not show.
LINKED = frozenset({_PACKAGE.name, _PICTURES.name, _HOME.name})
