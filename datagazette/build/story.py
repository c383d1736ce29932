"""Build: the whole way from the files of a publication to its published site."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datagazette.build.cache import Cache, Recipe
from datagazette.build.checked import Checked
from datagazette.build.checking import known_checks
from datagazette.build.fingerprints import code_of, digest, file_states, known_hashes, libraries, tree_digest
from datagazette.build.making import Maker
from datagazette.build.packaging import SITE, KnownPackages, all_packaged, publish_latest
from datagazette.build.paging import DatasetPages
from datagazette.build.progress import Reporter
from datagazette.build.reading import load_known
from datagazette.build.rendering import SEARCH_FOLDERS, Site, interface_words, site_content
from datagazette.build.seen import Seen, settled
from datagazette.build.site_check import check_site
from datagazette.build.site_promises import Made, replaced_releases
from datagazette.build.sources import site_sources
from datagazette.build.tabulating import Summarised, Tabulated
from datagazette.build.workspace import Workspace, opened, workers
from datagazette.files import State
from datagazette.load.publication import DATASETS
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.names import is_base_address
from datagazette.model.problems import Problem, has_errors
from datagazette.model.publication import AuthoredPage, Publication, Release
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
    """What `build` was asked for. `only` empty is everything; `jobs` None is one a core."""

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
    """What was published where, with the warnings that did not stop it. `unchanged`: it stood there already."""

    out: Path
    datasets: int
    pages: int
    problems: tuple[Problem, ...]
    unchanged: bool = False


def build_site(options: Options, report: Reporter) -> Built:
    """Gathers everything, then writes. Raises DataFaults, and publishes nothing, where the data has errors."""
    refuse_unsafe(options.out.absolute(), (options.root / name for name in _SOURCES))
    if options.base_url and not is_base_address(options.base_url):
        raise UsageError(
            en=f"{options.base_url} is no address of a site; write it like https://example.org/data/",
            zh=f"{options.base_url} 不是网站地址；请写成 https://example.org/data/ 这样的形式",
        )
    if options.root.resolve().is_relative_to(options.out.resolve()):
        raise UsageError(en=f"{options.out} holds the publication itself; choose another --out",
                         zh=f"{options.out} 包含出版物本身；请用 --out 换一个位置")  # fmt: skip
    with (
        staged(options.out, options.root.resolve() / "build" / "spare") as output,
        locked(options.root / "build"),
        opened(workers(options.jobs), options.cluster, **_files(options)) as pool,
    ):
        cache = Cache(options.root.resolve() / "build" / "cache", options.force)
        last, began = Recipe("states", *_place(options)), time.time_ns()
        seen: Seen = found.value if (found := cache.find(last)) else Seen()
        cache = replace(
            cache, seen=seen.whole, sources=known_hashes(data_folders(options.root), seen.sources, root=options.root)
        )
        recipe = _recipe(options, cache.sources)
        standing = cache.find(recipe)
        if standing and standing.value.state == _standing_state(file_states(options.out)):
            built: Built = standing.value.built
            return replace(built, out=options.out, unchanged=True)
        prepared = prepare(options, Maker(cache, pool, report.told), output, report)
        prepared = prepared.in_place_of(options.out)
        prepared.publish_files()
        pages = prepared.publish_pages(report)
        with report.stage("publish"):
            states = output.publish()
        built = Built(options.out, len(prepared.site.content.datasets), pages, prepared.problems)
        with cache.writing(last) as (_, keep):
            sources = {one: cache.sources[one] for one in settled(cache.sources, began)}
            keep(Seen(settled(states.values(), time.time_ns()), sources))
        cache.prune()  # before the files are looked at: a name that a file loses elsewhere changes its state, too
        published = file_states(options.out)
        if _recipe(options, cache.sources) == recipe and _same_files(published, states):
            with cache.writing(recipe) as (_, keep):
                keep(_Standing(built, _standing_state(published)))
    return built


def _files(options: Options) -> dict[str, tuple[Path, ...]]:
    """What the workers of a build read and write: the publication and the site as it was, and `build/`."""
    root = options.root.resolve()
    return {"reads": (root, options.out.absolute()), "writes": (root / "build",)}


def data_folders(root: Path) -> tuple[Path, ...]:
    """Where the data of a publication lies, with all that describes it."""
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


def _standing_state(states: Mapping[str, State]) -> str:
    """The hash of the states of a site's files, but for the disk, which can have another number after a restart."""
    return digest([(path, *about[1:]) for path, about in sorted(states.items())])


def _same_files(published: Mapping[str, State], laid: Mapping[str, State]) -> bool:
    """Whether nobody wrote into a site since it was laid out. Another name for a file changes its last time alone."""
    return {path: about[:4] for path, about in published.items()} == {path: about[:4] for path, about in laid.items()}


@dataclass(frozen=True)
class _Standing:
    """A site that was published, and the hash of its files' states: whoever touches one has it made again, also where
    size and time are put back."""

    built: Built
    state: str


@dataclass(frozen=True)
class Prepared:
    """All packages, and what is known of the site; of its pages nothing has been made yet."""

    site: Site
    problems: tuple[Problem, ...]

    def in_place_of(self, before: Path) -> Prepared:
        """With what the site says that is to be replaced. Raises DataFaults where it has releases otherwise."""
        content, packages = self.site.content, self.site.pages.packages
        made = {key: Made(entry.value.result, Path(entry.folder) / SITE) for key, entry in packages.items()}
        problems = (*self.problems, *replaced_releases(before, content.publication, made))
        if has_errors(problems):
            raise DataFaults(problems)
        return replace(self, problems=problems)

    def publish_files(self) -> None:
        """The files of the newest releases under names without a version."""
        content = self.site.content
        publish_latest(content.publication, content.results, self.site.pages.packages, self.site.output)

    def publish_pages(self, report: Reporter) -> int:
        """Pages, lists, map and search; returns how many pages there are."""
        site, content = self.site, self.site.content
        with report.stage("render", len(content.datasets)) as done:
            written, overview = site.write(done)
        with report.stage("site", len(content.datasets) * len(content.catalog.languages) + len(overview)) as done:
            searched = site.render(written, overview, done)
            site.map(written, overview)
        with report.stage("search"), site.output.complete_but_for(SEARCH_FOLDERS):
            site.index(searched)
        return len(overview) + sum(len(entry.value.pages) for entry in written.values())


def prepare(options: Options, maker: Maker, output: Output, report: Reporter) -> Prepared:
    """From the files of the publication to its packages in the output. Raises DataFaults where the data has errors."""
    sources = site_sources(options.root)
    workspace = Workspace(options.root / "build" / "work").emptied()
    publication, problems, results, tabulated, authored_pages = gather(options, maker, workspace, report)
    publication = _addressed(publication, options.base_url)
    strings = interface_words(publication, sources)
    with report.stage("package", len(results)) as done:
        entries = KnownPackages(publication, tabulated, strings, options.out).entries(results, done)
        packaged = all_packaged(entries, publication, strings, maker, workspace, output)
        problems = (*problems, *packaged.problems, *_broken(packaged.promises, options))
        if has_errors(problems):
            raise DataFaults(problems)
        content = site_content(publication, packaged, strings, sources, tabulated, authored_pages)
        pages = DatasetPages(content, entries, tabulated.known, maker)
    return Prepared(Site(content, pages, tabulated, sources, maker, workspace, output), problems)


def _broken(promises: Sequence[Problem], options: Options) -> tuple[Problem, ...]:
    """What would break a promise. At another address all descriptions differ, so that new bytes mean nothing there."""
    return tuple(one for one in promises if one.severity == "error" or not options.base_url)


def _addressed(publication: Publication, base_url: str | None) -> Publication:
    """The publication as it will stand at `base_url`."""
    if not base_url:
        return publication
    catalog = replace(publication.catalog, base_url=base_url.rstrip("/") + "/", is_mirror=True)
    return replace(publication, catalog=catalog)


def gather(
    options: Options, maker: Maker, workspace: Workspace, report: Reporter
) -> tuple[Publication, tuple[Problem, ...], Results, Tabulated, tuple[AuthoredPage, ...]]:
    """Everything that is known before anything is written: the publication, its warnings, its results, its pages."""
    with report.stage("load"):
        found, known = load_known(options.root, maker)
        publication = found.publication
        if publication is None:
            raise DataFaults(found.problems)
        site = check_site(publication, site_sources(options.root), is_whole=not has_errors(found.problems))
    loaded = Checked(publication, (*found.problems, *site.problems))
    if not loaded.valid:
        raise DataFaults(loaded.problems)
    root = options.root
    # What is made is written into the cache, and linked from there.
    releases, limits = _chosen(publication, options), maker.workers.limits(workspace, root / DATASETS, root / "build")
    with report.stage("check", len(releases)) as done:
        checked = known_checks(loaded, known, releases, maker, limits, LIMIT_ERRORS, done)
    if not checked.valid:
        raise DataFaults(checked.problems)
    tabulated = Tabulated(publication, known, maker, workspace, limits)
    with report.stage("summarise", len(releases)) as done:
        summarised = tabulated.summaries(releases, done)
    problems = (*checked.problems, *(problem for one in summarised for problem in one.problems))
    if has_errors(problems):
        raise DataFaults(problems)
    return publication, problems, _published(summarised, options), tabulated, site.pages


def _published(summarised: Sequence[Summarised], options: Options) -> Results:
    """The results that get pages: drafts only where they were asked for."""
    results = {
        (one.result.release.dataset, one.result.release.version): one.result
        for one in summarised
        if one.result and (options.drafts or one.result.release.state != "draft")
    }
    if not results:
        raise UsageError(
            en="there is nothing to publish: every version is a draft (see --drafts)",
            zh="没有可发布的内容：所有版本都是草稿（参见 --drafts）",
        )
    return results


def _chosen(publication: Publication, options: Options) -> tuple[Release, ...]:
    """The releases that are checked and, unless they are drafts, published."""
    unknown = [name for name in options.only if publication.dataset(name) is None]
    if unknown:
        names = ", ".join(one.name for one in publication.datasets)
        raise UsageError(en=f"there is no dataset {', '.join(unknown)}; there are: {names}",
                         zh=f"没有数据集 {', '.join(unknown)}；现有：{names}")  # fmt: skip
    return tuple(
        release
        for dataset in publication.datasets
        if not options.only or dataset.name in options.only
        for release in dataset.releases
    )
