"""Package: the files to download of every release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from datagazette.build.cache import Entry
from datagazette.build.fingerprints import digest
from datagazette.build.link_cards import Images, draw_release_cards
from datagazette.build.steps import Run, Step, Task
from datagazette.build.tabulate import tabulate
from datagazette.describe import addresses
from datagazette.downloads.package import Inputs, check_names, draw_charts, write_release
from datagazette.downloads.promises import broken_promises
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Publication
from datagazette.model.results import ReleaseResult, Results
from datagazette.pages import Strings
from datagazette.pages.context import Key, Plot, PlotKey
from datagazette.tables.engine import Limits, connect

# The folder of an entry that holds files as the site has them.
SITE = "site"


@dataclass(frozen=True)
class _Known:
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
    break. `plots` are the drawings that pages show, `images` the pictures that links to them have."""

    result: ReleaseResult
    problems: tuple[Problem, ...]
    promises: tuple[Problem, ...] = ()
    plots: Mapping[PlotKey, Plot] = field(default_factory=dict)
    images: Images = field(default_factory=dict)


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
        known = _Known(replace(publication, datasets=datasets), result, run.limits, strings, before)
        tasks.append(Task(release.id, known, parts, hashes.sources(publication.root, release)))

    def prepare(missing: Sequence[Task]) -> None:
        tabulate(run, (task.payload.result.release for task in missing))

    return dict(zip(results, run.runner.run(_PACKAGE, tasks, prepare), strict=True))


def words_digest(strings: Mapping[str, Strings]) -> str:
    """The hash of the interface's texts in all languages."""
    return digest([(language, texts.values) for language, texts in strings.items()])


def _packaged(known: _Known, folder: Path) -> Packaged:
    """Draws the charts of a release, writes all of its files, and compares them with what was promised of them."""
    release, site = known.result.release, folder / SITE
    out = site / addresses.data_folder(release)
    out.mkdir(parents=True)
    publication = replace(known.publication, catalog=known.publication.catalog.as_of(release))
    charts, problems = draw_charts(publication, known.result)
    problems = (*check_names(release, f"{release.folder}/datapackage.yaml"), *problems)
    if has_errors(problems):
        return Packaged(known.result, problems)
    inputs = Inputs(
        csv={table.name: publication.root / table.file for table in release.tables},
        typed={table.table.name: Path(table.parquet) for table in known.result.tables},
    )
    with connect(known.limits) as engine:
        files = write_release(publication, known.result, engine, inputs, charts, out)
    plots = {
        (release.dataset, release.version, summary, language): Plot(chart.plot, chart.narrow_plot)
        for (summary, language, scheme), chart in charts.items()
        if scheme == "light"
    }
    images = draw_release_cards(known.publication, known.result, plots, known.strings, site)
    result = replace(known.result, files=files)
    return Packaged(result, problems, broken_promises([result], site, known.before), plots, images)


_PACKAGE = Step("package", _packaged, (__name__,))
