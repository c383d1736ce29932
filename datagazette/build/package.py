"""Package: the files to download of every release, and the pictures that links to pages are shown with elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zipfile import ZipFile

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest
from datagazette.build.steps import Run, Step, Task
from datagazette.build.tabulate import tabulate
from datagazette.charts.cards import LinkCard, is_writable, render_card
from datagazette.describe import addresses
from datagazette.downloads.package import Inputs, check_names, draw_charts, write_release
from datagazette.downloads.promises import kept
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Publication
from datagazette.model.results import FigureResult, ReleaseResult, Results
from datagazette.pages import SiteContent, Strings
from datagazette.pages.context import Key, PageContext, Plot, PlotKey, words
from datagazette.pages.figures import figure_view
from datagazette.pages.summary import summary_title
from datagazette.publish.links import Pointers, joined, text_pointers
from datagazette.tables.engine import Limits, connect

# The folder of an entry that holds files as the site has them.
SITE = "site"
_CARDS = "assets/og/"
# The kinds of files that say where others are.
_DESCRIBING = (
    "csvw", "datapackage", "croissant", "license", "citation-cff", "citation-bibtex", "citation-ris", "citation-csl",
)  # fmt: skip
_README = "README.md"
# Addresses of pictures by the address of their page, both relative to the site's root.
Images = Mapping[str, str]


@dataclass(frozen=True)
class _ReleaseToPackage:
    """A release whose results are known.

    `before` is the site as it was published last, to show what is different where something must not be.
    The publication holds the release's own dataset and those that it uses, no others.
    """

    publication: Publication
    result: ReleaseResult
    limits: Limits
    strings: Mapping[str, Strings]
    before: Path | None


@dataclass(frozen=True)
class Packaged:
    """The release with its files, or the problems because of which there are none; `promises` are those that they
    break. `plots` are the drawings that pages show, `images` the pictures that links to them have, `pointers` the
    addresses of the site in the descriptions."""

    result: ReleaseResult
    problems: tuple[Problem, ...]
    promises: tuple[Problem, ...] = ()
    plots: Mapping[PlotKey, Plot] = field(default_factory=dict)
    images: Images = field(default_factory=dict)
    pointers: Pointers = field(default_factory=Pointers)


def package(run: Run, results: Results, strings: Mapping[str, Strings], before: Path | None = None) -> dict[Key, Entry]:
    """The entry of each release: its value is a `Packaged`, its files are in the folder `SITE` as they are published.

    Among them is `/data/<id>/<version>/`.
    """
    hashes, publication = run.hashes, run.publication
    shared = {"catalog": digest(publication.catalog), "words": words_digest(strings)}
    tasks = []
    for result in results.values():
        release = result.release
        own = publication.dataset(release.dataset)
        needed = {release.dataset, *(name for name, _ in release.uses)}
        datasets = tuple(dataset for name in sorted(needed) if (dataset := publication.dataset(name)))
        parts = {
            "descriptor": hashes.release(release),
            "data": hashes.data(release),
            "releases": hashes.both(own.releases if own else ()),
            "used": hashes.both([used for dataset in datasets if dataset != own for used in dataset.releases]),
            **shared,
        }
        # Narrowed, so that a task costs the same to hand over, however many datasets there are.
        payload = _ReleaseToPackage(replace(publication, datasets=datasets), result, run.limits, strings, before)
        tasks.append(Task(release.id, payload, parts, hashes.sources(publication.root, release)))

    def prepare(missing: Sequence[Task]) -> None:
        tabulate(run, (task.payload.result.release for task in missing))

    return dict(zip(results, run.runner.run(_PACKAGE, tasks, prepare), strict=True))


def package_home(run: Run, packages: Mapping[Key, Entry], strings: Mapping[str, Strings]) -> Entry:
    """The pictures of the home page, which show a figure of the first headline's dataset: its value are `Images`."""
    publication = run.publication
    shown = tuple(found for name, _ in publication.catalog.headlines[:1] if (found := publication.dataset(name)))
    entries = {key: packages[key] for found in shown if (key := (found.name, found.latest.version)) in packages}
    results = {key: entry.value.result for key, entry in entries.items()}
    parts = {
        "catalog": digest(publication.catalog),
        "words": words_digest(strings),
        "results": digest([entry.key for entry in entries.values()]),
    }
    (entry,) = run.runner.run(_HOME, [Task("home", (replace(publication, datasets=shown), results, strings), parts)])
    return entry


def words_digest(strings: Mapping[str, Strings]) -> str:
    """The hash of the interface's texts in all languages."""
    return digest([(language, texts.values) for language, texts in strings.items()])


def _packaged(task: _ReleaseToPackage, folder: Path) -> Packaged:
    """Draws the charts of a release, writes all of its files, and compares them with what was promised of them."""
    result, release, site = task.result, task.result.release, folder / SITE
    out = site / addresses.data_folder(release)
    out.mkdir(parents=True)
    publication = replace(task.publication, catalog=task.publication.catalog.as_of(release))
    charts, problems = draw_charts(publication, result)
    problems = (*check_names(release, f"{release.folder}/datapackage.yaml"), *problems)
    if has_errors(problems):
        return Packaged(result, problems)
    inputs = Inputs(
        csv={table.name: publication.root / table.file for table in release.tables},
        typed={table.table.name: Path(table.parquet) for table in result.tables},
    )
    with connect(task.limits) as engine:
        files = write_release(publication, result, engine, inputs, charts, out)
    plots = {
        (release.dataset, release.version, summary, language): Plot(chart.plot, chart.narrow_plot)
        for (summary, language, scheme), chart in charts.items()
        if scheme == "light"
    }
    images = _release_cards(task, plots, site)
    result = replace(result, files=files)
    promises = kept(result, site, task.before).problems if release.published else ()
    pointers = _pointers(task.publication.catalog.base_url, result, site)
    return Packaged(result, problems, promises, plots, images, pointers)


def _pointers(base_url: str, result: ReleaseResult, site: Path) -> Pointers:
    """Of the files that describe a release, and of the text in its zip: what tables hold is not ours."""
    folder = addresses.data_folder(result.release)
    texts = {
        file.path: (site / folder / file.path).read_text("utf-8") for file in result.files if file.kind in _DESCRIBING
    }
    for file in (file for file in result.files if file.kind == "zip"):
        with ZipFile(site / folder / file.path) as archive:
            texts[file.path] = archive.read(_README).decode()
    return joined(text_pointers(f"{folder}{path}", text, base_url) for path, text in texts.items())


def _release_cards(task: _ReleaseToPackage, plots: Mapping[PlotKey, Plot], out: Path) -> Images:
    """Pictures for the dataset's own page and each summary's, if this is its newest release. `out` is the site."""
    result, release = task.result, task.result.release
    key = (release.dataset, release.version)
    dataset = task.publication.dataset(release.dataset)
    if dataset is None or dataset.latest.version != release.version:
        return {}
    images: dict[str, str] = {}
    for context in _contexts(task.publication, {key: result}, task.strings):
        credit, name = context.plain(context.content.catalog.title), f"{context.language}/{release.dataset}"
        drawings = [plots.get((*key, summary.summary.name, context.language)) for summary in result.summaries]
        charts = [drawing.narrow if drawing else "" for drawing in drawings]
        own = LinkCard(context.plain(release.title) or release.dataset, credit, chart=next(filter(None, charts), ""))
        if result.figures:
            own = _with_figure(own, context, result, result.figures[0])
        images |= _draw(own, context, addresses.dataset_path(release.dataset), f"{name}.png", out)
        for summary, chart in zip(result.summaries, charts, strict=True):
            card = LinkCard(summary_title(context, summary), f"{credit} · {own.title}", chart=chart)
            path = addresses.summary_path(release.dataset, summary.summary.name)
            images |= _draw(card, context, path, f"{name}/{summary.summary.name}.png", out)
    return images


def _home_cards(task: tuple[Publication, Results, Mapping[str, Strings]], folder: Path) -> Images:
    """The picture of the home page in each language, with the first of its headlines."""
    publication, results, strings = task
    catalog = publication.catalog
    images: dict[str, str] = {}
    for context in _contexts(publication, results, strings):
        card = LinkCard(context.plain(catalog.tagline) or context.plain(catalog.title), context.plain(catalog.title))
        for dataset, name in catalog.headlines[:1]:
            result = context.content.newest(dataset)
            figures = [figure for figure in result.figures if figure.figure.name == name] if result else []
            if result and figures:
                card = _with_figure(card, context, result, figures[0])
        images |= _draw(card, context, addresses.HOME, f"{context.language}.png", folder / SITE)
    return images


def _contexts(publication: Publication, results: Results, strings: Mapping[str, Strings]) -> Iterator[PageContext]:
    for language in publication.catalog.languages:
        yield PageContext(SiteContent(publication, results, strings, Path()), language, addresses.HOME)


def _with_figure(card: LinkCard, context: PageContext, result: ReleaseResult, figure: FigureResult) -> LinkCard:
    view = figure_view(context, result, figure)
    about = " · ".join(part for part in (words(view["title"]), view["date"]) if part)
    return replace(card, amount=f"{view['sign']} {view['amount']}".strip(), unit=view["unit"], about=about)


def _draw(card: LinkCard, context: PageContext, path: str, name: str, out: Path) -> Images:
    """Writes the picture for the page at `path`; nothing where the font lacks a character of it."""
    if not is_writable(card):
        return {}
    target = out / _CARDS / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(render_card(card))
    return {context.localized(path): _CARDS + name}


# What it writes is computed by the step before.
_PACKAGE = Step("package", _packaged, code=("datagazette.build.summarise",))
_HOME = Step("pictures", _home_cards)
