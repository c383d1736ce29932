"""Package: the files to download of every release, and `latest` beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from datagazette.build.cache import Entry, Recipe
from datagazette.build.fingerprints import code_of, digest, libraries
from datagazette.build.making import Maker, Planned
from datagazette.build.picturing import Images, draw_home_cards, draw_release_cards
from datagazette.build.tabulating import Tabulated, placed
from datagazette.build.workspace import Workers, Workspace
from datagazette.describe import addresses
from datagazette.downloads.package import (
    SUMS,
    Inputs,
    check_names,
    draw_charts,
    latest_names,
    latest_sums,
    write_release,
)
from datagazette.downloads.promises import broken_promises
from datagazette.model.names import LATEST
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Publication, Release
from datagazette.model.results import ReleaseResult, Results
from datagazette.pages import Strings
from datagazette.pages.content import Key, Plot, PlotKey
from datagazette.publish.output import Output
from datagazette.tables.engine import Limits, connect

STAGE = "package"
# The folder of an entry that holds files as the site has them.
SITE = "site"


@dataclass(frozen=True)
class PackageTask:
    """A release whose results are known. `out` is the empty folder for its files, `site` the root of all.

    `before` is the site as it was published last, to tell what is different where something must not be.
    The publication holds the release's own dataset and those that it uses, no others.
    """

    publication: Publication
    result: ReleaseResult
    limits: Limits
    strings: Mapping[str, Strings]
    out: Path
    site: Path
    before: Path | None = None


@dataclass(frozen=True)
class Packaged:
    """The release with its files, or what kept them from being made; `promises` are those that they break."""

    result: ReleaseResult
    problems: tuple[Problem, ...]
    promises: tuple[Problem, ...] = ()
    plots: Mapping[PlotKey, Plot] = field(default_factory=dict)
    images: Images = field(default_factory=dict)


@dataclass(frozen=True)
class AllPackaged:
    """Every release with its files, the drawings that pages show, and the pictures that links to them have."""

    results: Results
    problems: tuple[Problem, ...]
    plots: Mapping[PlotKey, Plot]
    images: Images
    promises: tuple[Problem, ...] = ()


def package_releases(
    publication: Publication,
    results: Results,
    strings: Mapping[str, Strings],
    pool: Workers,
    workspace: Workspace,
    site: Path,
    done: Callable[[], None],
) -> AllPackaged:
    """Writes `/data/<id>/<version>/` for each result into the folder `site`."""
    limits = pool.limits(workspace, site)
    folders = {key: site / addresses.data_folder(result.release) for key, result in results.items()}
    for folder in folders.values():
        folder.mkdir(parents=True)
    tasks = [
        PackageTask(
            _narrowed(publication, result),
            result,
            limits,
            strings,
            folders[key],
            site,
        )
        for key, result in results.items()
    ]
    packaged = pool.map(package_release, tasks, done)
    return AllPackaged(
        dict(zip(results, (one.result for one in packaged), strict=True)),
        tuple(problem for one in packaged for problem in one.problems),
        {key: plot for one in packaged for key, plot in one.plots.items()},
        {
            **draw_home_cards(publication, results, strings, site),
            **{page: image for one in packaged for page, image in one.images.items()},
        },
    )


def package_release(task: PackageTask) -> Packaged:
    """Draws the charts of a release and writes all of its files."""
    release = task.result.release
    publication = replace(task.publication, catalog=task.publication.catalog.as_of(release))
    charts, problems = draw_charts(publication, task.result)
    problems = (*check_names(release, f"{release.folder}/datapackage.yaml"), *problems)
    if has_errors(problems):
        return Packaged(task.result, problems)
    inputs = Inputs(
        csv={table.name: publication.root / table.file for table in release.tables},
        typed={one.table.name: Path(one.parquet) for one in task.result.tables},
    )
    with connect(task.limits) as engine:
        files = write_release(publication, task.result, engine, inputs, charts, task.out)
    plots = {
        (release.dataset, release.version, summary, language): Plot(chart.plot, chart.narrow_plot)
        for (summary, language, scheme), chart in charts.items()
        if scheme == "light"
    }
    images = draw_release_cards(task.publication, task.result, plots, task.strings, task.site)
    return Packaged(replace(task.result, files=files), problems, plots=plots, images=images)


@dataclass(frozen=True)
class KnownPackages:
    """Packages of a publication's releases, but for what an earlier build has written."""

    publication: Publication
    tabulated: Tabulated
    strings: Mapping[str, Strings]
    before: Path | None = None

    def recipes(self, results: Results) -> dict[Key, Recipe]:
        """What each release's files are made from."""
        shared = {
            "catalog": digest(self.publication.catalog),
            "words": digest([(language, one.values) for language, one in self.strings.items()]),
            "code": code_of(__name__), "libraries": libraries(),
        }  # fmt: skip
        return {key: self._recipe(result, shared) for key, result in results.items()}

    def _recipe(self, result: ReleaseResult, shared: Mapping[str, str]) -> Recipe:
        known, narrowed = self.tabulated.known, _narrowed(self.publication, result)
        own = self.publication.dataset(result.release.dataset)
        others = [one for dataset in narrowed.datasets if dataset != own for one in dataset.releases]
        parts = {
            "descriptor": known.release(result.release), "data": known.data(result.release),
            "releases": known.both(own.releases if own else ()), "used": known.both(others), **shared,
        }  # fmt: skip
        return Recipe(STAGE, result.release.id, parts)

    def entries(self, results: Results, done: Callable[[], None]) -> dict[Key, Entry]:
        """The entry of each release, its value a `Packaged`, its files as they are published."""
        tabulated, releases = self.tabulated, [one.release for one in results.values()]
        planned = [
            Planned(recipe, partial(self._task, results[key]), self._sources(results[key].release))
            for key, recipe in self.recipes(results).items()
        ]

        def prepare(missing: Sequence[int]) -> None:
            tabulated.provide(releases[place] for place in missing)

        entries = tabulated.maker.entries(_package_kept, planned, done, whole=True, prepare=prepare)
        return dict(zip(results, entries, strict=True))

    def _task(self, result: ReleaseResult) -> PackageTask:
        nowhere = Path()
        return PackageTask(
            _narrowed(self.publication, result), result, self.tabulated.limits, self.strings, nowhere, nowhere,
            self.before,
        )  # fmt: skip

    def _sources(self, release: Release) -> tuple[tuple[Path, str], ...]:
        known = self.tabulated.known
        return tuple((self.publication.root / one.file, known.tables[one.file]) for one in release.tables)


def all_packaged(
    entries: Mapping[Key, Entry], publication: Publication, strings: Mapping[str, Strings], maker: Maker,
    workspace: Workspace, output: Output,
) -> AllPackaged:  # fmt: skip
    """Puts the entries' files into the output, and their values together."""
    packaged = {key: entry.value for key, entry in entries.items()}
    results = {key: placed(one.result, workspace) for key, one in packaged.items()}
    for entry in entries.values():
        output.adopt(entry.folder, entry.files, {SITE: ""})
    images = _home_images(entries, publication, strings, maker, output)
    return AllPackaged(
        results,
        tuple(problem for one in packaged.values() for problem in one.problems),
        {key: plot for one in packaged.values() for key, plot in one.plots.items()},
        {**images, **{page: image for one in packaged.values() for page, image in one.images.items()}},
        tuple(problem for one in packaged.values() for problem in one.promises),
    )


def _home_images(
    entries: Mapping[Key, Entry], publication: Publication, strings: Mapping[str, Strings], maker: Maker,
    output: Output,
) -> Images:  # fmt: skip
    """The pictures of the home page, which show a figure of the first headline's dataset."""
    shown = [one for name, _ in publication.catalog.headlines[:1] if (one := publication.dataset(name))]
    results = {key: entries[key] for one in shown if (key := (one.name, one.latest.version)) in entries}
    parts = {
        "catalog": digest(publication.catalog),
        "words": digest([(language, one.values) for language, one in strings.items()]),
        "results": digest([one.key for one in results.values()]),
        "code": code_of("datagazette.build.picturing"), "libraries": libraries(),
    }  # fmt: skip
    narrowed = replace(publication, datasets=tuple(shown))
    task = (narrowed, {key: one.value.result for key, one in results.items()}, strings)
    planned = Planned(Recipe("pictures", "home", parts), lambda: task)
    entry = maker.entries(_home_kept, [planned], whole=True)[0]
    output.adopt(entry.folder, entry.files, {SITE: ""})
    images: Images = entry.value
    return images


def _home_kept(task: tuple[Publication, Results, Mapping[str, Strings]], folder: Path) -> Images:
    return draw_home_cards(*task, folder / SITE)


def _package_kept(task: PackageTask, folder: Path) -> Packaged:
    """The files as the site has them, and what they would break of what was promised."""
    site = folder / SITE
    out = site / addresses.data_folder(task.result.release)
    out.mkdir(parents=True)
    packaged = package_release(replace(task, out=out, site=site))
    if has_errors(packaged.problems):
        return packaged
    return replace(packaged, promises=broken_promises([packaged.result], site, task.before))


def publish_latest(publication: Publication, results: Results, entries: Mapping[Key, Entry], output: Output) -> None:
    """`/data/<id>/latest/` of every dataset: the files of its newest release under names without the version."""
    for dataset in publication.datasets:
        key = (dataset.name, dataset.latest.version)
        if key not in results:
            continue
        release, place = results[key].release, addresses.data_path(dataset.name, LATEST)
        renamed = latest_names(release, results[key].files)
        folder = f"{entries[key].folder}/{SITE}/{addresses.data_folder(release)}"
        for path, file in renamed.items():
            output.take(folder + path, place + file.path)
        output.write(place + SUMS, latest_sums(renamed))


def _narrowed(publication: Publication, result: ReleaseResult) -> Publication:
    """What a worker needs of a publication: so a task costs the same to hand over, however many datasets there are."""
    needed = {result.release.dataset, *(name for name, _ in result.release.uses)}
    return replace(publication, datasets=tuple(one for name in sorted(needed) if (one := publication.dataset(name))))
