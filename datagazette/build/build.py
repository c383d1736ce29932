"""Build: the whole way from the files of a publication to its published site."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.build.cache import Cache, Recipe
from datagazette.build.check import check
from datagazette.build.file_states import Seen, file_states, same_files, settled, states_digest
from datagazette.build.fingerprints import code_of, digest, known_hashes, libraries, tree_digest
from datagazette.build.index import FOLDERS, index
from datagazette.build.package import SITE, package
from datagazette.build.progress import Reporter
from datagazette.build.publish import publish_latest, publish_lists, publish_map
from datagazette.build.read import read
from datagazette.build.render import render
from datagazette.build.site import Site, interface_words, site_of
from datagazette.build.site_check import check_site
from datagazette.build.site_promises import Made, replaced_releases
from datagazette.build.sources import site_sources
from datagazette.build.steps import Run, Runner
from datagazette.build.summarise import Summarised, summarise
from datagazette.build.workers import Workspace, opened, workers
from datagazette.build.write import write, write_overview
from datagazette.files import State
from datagazette.load.publication import DATASETS
from datagazette.model.errors import DataFaults, UsageError, not_found
from datagazette.model.names import is_base_address
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import Publication, Release
from datagazette.model.results import Results
from datagazette.publish.output import Output, locked, refuse_unsafe, staged

LIMIT_ERRORS = 1000
# What a build reads, and so must never write into.
_SOURCES = (
    "datasets",
    "schemas",
    "site",
    "datagazette",
    "tests",
    "benchmarks",
    "node_modules",
    ".git",
    ".venv",
    "build/work",
    "build/cache",
    "build/spare",
)


@dataclass(frozen=True)
class Options:
    """What `build` was asked for. `only` empty is everything; `jobs` None is as many as there are cores."""

    root: Path
    out: Path
    base_url: str | None = None
    only: tuple[str, ...] = ()
    drafts: bool = False
    jobs: int | None = None
    force: bool = False
    cluster: str | None = None


@dataclass(frozen=True)
class Built:
    """What was published where, with the warnings that did not stop it. `unchanged`: it was there already."""

    out: Path
    datasets: int
    pages: int
    problems: tuple[Problem, ...]
    unchanged: bool = False


def build_site(
    options: Options, runner: Runner, output: Output, report: Reporter,
    packaged: Callable[[Site], Sequence[Problem]] = lambda _: (),
) -> Built:  # fmt: skip
    """From the files of a publication to all files of its site, in the output.

    `packaged` is called once all packages are made, and may find further problems. Raises DataFaults where the
    data has errors; the next step is then not begun.
    """
    root, sources = options.root, site_sources(options.root)
    workspace = Workspace(root / "build" / "work").emptied()
    with report.stage("load"):
        loaded, hashes = read(root, runner)
        publication = loaded.publication
        if publication is None:
            raise DataFaults(loaded.problems)
        authored = check_site(publication, sources, is_whole=not has_errors(loaded.problems))
        problems = _without_errors(loaded.problems, authored.problems)
    releases = _chosen(publication, options)
    # Results are written into the cache, and linked from there.
    limits = runner.workers.limits(workspace, root / DATASETS, root / "build")
    run = Run(publication, runner, workspace, limits, hashes)

    with report.stage("check", len(releases)):
        reports = check(run, releases, LIMIT_ERRORS)
        problems = _without_errors(problems, *(table.problems for table in reports))
    with report.stage("summarise", len(releases)):  # tabulates first what is not tabulated yet
        summarised = summarise(run, releases)
        problems = _without_errors(problems, *(each.problems for each in summarised))
    results = _shown(summarised, options)

    run = replace(run, publication=_addressed(publication, options.base_url))
    strings = interface_words(run.publication, sources)
    with report.stage("package", len(results)):
        packages = package(run, results, strings, options.out)
        values = [entry.value for entry in packages.values()]
        promises = [problem for each in values for problem in each.promises]
        problems = _without_errors(problems, *(each.problems for each in values), _broken(promises, options))
        site = site_of(run, packages, strings, authored.pages, sources, output)
    problems = _without_errors(problems, packaged(site))
    publish_latest(site)

    with report.stage("render", len(site.content.datasets)):
        written = write(site)
        overview = write_overview(site, written)
        publish_lists(site, written)
    with report.stage("site", len(written) * len(site.content.catalog.languages) + len(overview)):
        searched = render(site, written, overview)
        publish_map(site, written, overview)
    with report.stage("search"), output.complete_but_for(FOLDERS):
        index(site, searched)
    pages = len(overview) + sum(len(entry.value.pages) for entry in written.values())
    return Built(options.out, len(site.content.datasets), pages, problems)


def publish_site(options: Options, report: Reporter) -> Built:
    """Builds the site, then puts it in the place of the one before at once; does nothing where that is the same.

    Raises DataFaults, and publishes nothing, where the data has errors or the site would break a promise.
    """
    _refuse_places(options)
    with (
        staged(options.out, options.root.resolve() / "build" / "spare") as output,
        locked(options.root / "build"),
        opened(workers(options.jobs), options.cluster, **_files(options)) as pool,
    ):
        cache, began = Cache(options.root.resolve() / "build" / "cache", options.force), time.time_ns()
        last = Recipe("states", *_place(options))
        seen: Seen = found.value if (found := cache.find(last)) else Seen()
        known = known_hashes(data_folders(options.root), seen.sources, root=options.root)
        cache = replace(cache, seen=seen.whole, sources=known)
        recipe = _recipe(options, known)
        before = cache.find(recipe)
        if before and before.value.state == states_digest(file_states(options.out)):
            unchanged: Built = before.value.built
            return replace(unchanged, out=options.out, unchanged=True)

        def packaged(site: Site) -> tuple[Problem, ...]:
            made = {key: Made(entry.value.result, entry.folder / SITE) for key, entry in site.packages.items()}
            return replaced_releases(options.out, site.content.publication, made)

        built = build_site(options, Runner(pool, cache, report=report), output, report, packaged)
        with report.stage("publish"):
            states = output.publish()
        sources = {about: known[about] for about in settled(known, began)}
        cache.keep(last, Seen(settled(states.values(), time.time_ns()), sources))
        cache.prune()  # before the files are looked at: a name that a file loses elsewhere changes its state, too
        after = file_states(options.out)
        if _recipe(options, known) == recipe and same_files(after, states):
            cache.keep(recipe, _Last(built, states_digest(after)))
    return built


def _without_errors(*problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """All of them as one. Raises DataFaults where there is an error."""
    found = tuple(problem for some in problems for problem in some)
    if has_errors(found):
        raise DataFaults(found)
    return found


def _refuse_places(options: Options) -> None:
    refuse_unsafe(options.out.absolute(), (options.root / name for name in _SOURCES))
    if options.base_url and not is_base_address(options.base_url):
        raise UsageError("site-address", address=options.base_url)
    if options.root.resolve().is_relative_to(options.out.resolve()):
        raise UsageError("out-contains", target=options.out)


def _files(options: Options) -> dict[str, tuple[Path, ...]]:
    """What the workers of a build read and write: the publication and the site as it was, and `build/`."""
    root = options.root.resolve()
    return {"reads": (root, options.out.absolute()), "writes": (root / "build",)}


def data_folders(root: Path) -> tuple[Path, ...]:
    """The folders of a publication's data, with all that describes it."""
    return root / "datasets", root / "schemas"


def _recipe(options: Options, known: Mapping[State, str]) -> Recipe:
    """All that a site is made from; `known` as in `folder_hashes`."""
    sources = site_sources(options.root)
    site = (
        sources.templates,
        sources.overrides,
        sources.assets,
        *sources.strings,
        *sources.authored_pages,
        sources.config,
    )
    parts = {
        "files": tree_digest(*data_folders(options.root), known=known, root=options.root), "site": tree_digest(*site),
        "options": digest(options.base_url, options.only, options.drafts),
        "code": code_of(__name__), "libraries": libraries(),
    }  # fmt: skip
    name, place = _place(options)
    return Recipe("site", name, parts | place)


def _place(options: Options) -> tuple[str, dict[str, str]]:
    """Which of several sites is built, for recipes."""
    return options.out.name, {"place": digest(str(options.out.resolve()))}


@dataclass(frozen=True)
class _Last:
    """A site that was published, and the hash of its files' states: a file that was touched has the site built again,
    also where its size and time are put back."""

    built: Built
    state: str


def _broken(promises: Sequence[Problem], options: Options) -> tuple[Problem, ...]:
    """What would break a promise. At another address all descriptions differ, so that new bytes mean nothing there."""
    return tuple(problem for problem in promises if problem.severity == "error" or not options.base_url)


def _addressed(publication: Publication, base_url: str | None) -> Publication:
    """The publication as it will be at `base_url`."""
    if not base_url:
        return publication
    catalog = replace(publication.catalog, base_url=base_url.rstrip("/") + "/", is_mirror=True)
    return replace(publication, catalog=catalog)


def _shown(summarised: Sequence[Summarised], options: Options) -> Results:
    """The results that get pages: drafts only where they were asked for."""
    results = {
        (result.release.dataset, result.release.version): result
        for each in summarised
        if (result := each.result) and (options.drafts or result.release.state != "draft")
    }
    if not results:
        raise UsageError("drafts-only")
    return results


def _chosen(publication: Publication, options: Options) -> tuple[Release, ...]:
    """The releases that are checked and, unless they are drafts, published."""
    unknown = [name for name in options.only if publication.dataset(name) is None]
    if unknown:
        raise not_found("dataset", unknown, [dataset.name for dataset in publication.datasets])
    return tuple(
        release
        for dataset in publication.datasets
        if not options.only or dataset.name in options.only
        for release in dataset.releases
    )
