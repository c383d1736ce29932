"""Build: the whole way from the files of a publication to its published site."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from datagazette.build.cache import Cache, CacheKey, Gone
from datagazette.build.check import check
from datagazette.build.checked import chosen_releases
from datagazette.build.file_lists import publish_lists
from datagazette.build.fingerprints import (
    code_of,
    digest,
    file_hash,
    file_states,
    known_hashes,
    libraries,
    settled,
    tree_digest,
)
from datagazette.build.finished import finished_faults
from datagazette.build.forgetting import forget, forgetting
from datagazette.build.index import FOLDERS, index
from datagazette.build.last import Place, Shown, before, forgotten, keep, shown_before
from datagazette.build.memo import Memo
from datagazette.build.overview import write_overview
from datagazette.build.package import package
from datagazette.build.read import read
from datagazette.build.render import render
from datagazette.build.signatures import publish_signatures
from datagazette.build.site_check import SiteCheck, check_site, interface_words, site_files
from datagazette.build.site_promises import replaced_releases
from datagazette.build.steps import Reporter, Run, Runner
from datagazette.build.stored import bringing, unfetched_drafts
from datagazette.build.summarise import Summarised, summarise
from datagazette.build.workers import Workspace, opened, workers
from datagazette.build.write import (
    Site,
    gather,
    led_elsewhere,
    pointers_beside,
    shown_as_they_are,
    write,
)
from datagazette.describe import addresses
from datagazette.describe.listing import file_list
from datagazette.files import State
from datagazette.load.files import CATALOG, DATASETS
from datagazette.model.errors import DataFaults, UsageError
from datagazette.model.hosts import host_by_address
from datagazette.model.names import is_base_address
from datagazette.model.problems import Problem, Remark, has_errors, warning
from datagazette.model.publication import Publication, Release
from datagazette.model.results import Results
from datagazette.publish.output import Before, Output, locked, refuse_unsafe, staged
from datagazette.publish.sizes import SiteSize, Size, site_size, size_faults

LIMIT_ERRORS = 1000
# What a build reads, and so must never write into.
_SOURCES = (
    "datasets", "schemas", "site", "datagazette", "tests", "benchmarks", "node_modules", ".git", ".venv",
    "build/work", "build/first", "build/cache", "build/spare", "build/store",
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """What `build` was asked for. `only` empty is everything; `jobs` None is as many as there are cores.

    `store` is the address of the store where another catalogue's counts; None is that of the publication.
    """

    root: Path
    out: Path
    base_url: str | None = None
    only: tuple[str, ...] = ()
    drafts: bool = False
    jobs: int | None = None
    force: bool = False
    cluster: str | None = None
    skip_broken_drafts: bool = False
    fetch_drafts: bool = False
    store: str | None = None


@dataclass(frozen=True)
class Built:
    """What was published where, with the warnings that did not stop it, and what of it is the program's.

    `unchanged`: it was there already. `size` is that of the site, `before` that of the one that it replaced;
    `host` as in `Catalog`.
    """

    out: Path
    datasets: int
    pages: int
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...] = ()
    unchanged: bool = False
    size: SiteSize = field(default_factory=SiteSize)
    before: Size | None = None
    host: str = ""


@dataclass(frozen=True)
class Gathered:
    """A site of which the pages are still to be made, with the warnings on the way, and what was found about the pages
    that the publisher wrote."""

    site: Site
    problems: tuple[Problem, ...]
    authored: SiteCheck


def gather_site(options: Options, runner: Runner, output: Output, report: Reporter, work: str = "work") -> Gathered:
    """The way as far as to what pages are made from, with all packages. `work` names the folder below `build/` for
    intermediate files. Raises DataFaults where the data has errors; the next step is then not begun."""
    root, files = options.root, site_files(options.root)
    workspace = Workspace(root / "build" / work).emptied()
    with report.stage("load"):
        loaded, hashes = read(root, runner)
        publication = loaded.publication
        if publication is None:
            raise DataFaults(loaded.problems)
        releases, faults = _left_out(*_at_hand(publication, loaded.problems, options), options)
        authored = check_site(publication, files, is_whole=not has_errors(faults))
        problems = _without_errors(faults, authored.problems)
    # Results are written into the cache, and linked from there.
    limits = runner.workers.limits(workspace, root / DATASETS, root / "build")
    bring = bringing(publication, options.store, options.out, report.fetching)
    run = Run(publication, replace(runner, bring=bring), workspace, limits, hashes)
    with report.stage("check", len(releases)):
        reports = check(run, releases, LIMIT_ERRORS)
        found = tuple(fault for table in reports for fault in table.problems)
        releases, found = _left_out(releases, found, options)
        problems = _without_errors(problems, found)
    with report.stage("summarise", len(releases)):  # tabulates first what is not tabulated yet
        summarised = summarise(run, releases)
        found = tuple(fault for each in summarised for fault in each.problems)
        problems = _without_errors(problems, _left_out(releases, found, options)[1])
    results = _shown(publication, summarised, options)
    if options.base_url:
        catalog = replace(publication.catalog, base_url=options.base_url.rstrip("/") + "/", is_mirror=True)
        run = replace(run, publication=replace(publication, catalog=catalog))
    strings = interface_words(run.publication, files)
    with report.stage("package", len(results)):
        packages = package(run, results, options.out)
        # At another address all descriptions differ, so that new bytes mean nothing there.
        promises = [found for each in packages.values() for found in each.promises
                    if found.severity == "error" or not options.base_url]  # fmt: skip
        problems = _without_errors(problems, *(each.problems for each in packages.values()), promises)
        site = gather(run, packages, strings, authored.pages, files, output)
        problems = (*problems, *publish_signatures(site, publication.catalog.base_url))
    return Gathered(site, problems, authored)


def build_site(
    options: Options, runner: Runner, output: Output, report: Reporter,
    packaged: Callable[[Site], Sequence[Problem]] = lambda _: (),
) -> Built:  # fmt: skip
    """From the files of a publication to all files of its site, in the output.

    `packaged` is called once all packages are made, and may find further problems. Raises DataFaults as `gather_site`.
    """
    gathered = gather_site(options, runner, output, report)
    site, problems = gathered.site, _without_errors(gathered.problems, packaged(gathered.site))
    with report.stage("render", len(site.content.datasets)):
        written = write(site)
        overview = write_overview(site, written)
    publish_lists(site)
    with report.stage("site", len(written) * len(site.content.catalog.languages) + len(overview)):
        rendered = render(site, written, overview)
    with report.stage("search"), output.complete_but_for(FOLDERS):
        index(site, rendered.searched)
    pointers = (*rendered.pointers, *pointers_beside(site, written))
    output.write(addresses.FILES, file_list(site.content.catalog.base_url, output.paths()))
    excuses, led = partial(gathered.authored.excuses, is_partial=bool(options.only)), led_elsewhere(site)
    faults = finished_faults(pointers, output, site.content.publication, lambda each: each in led or excuses(each))
    problems = _without_errors(problems, faults)
    shown = (each.result.release for each in site.packages.values())
    drafts = {addresses.data_folder(release) for release in shown if release.state == "draft"}
    host = site.content.catalog.host or host_by_address(site.content.catalog.base_url)
    size = site_size(output.sizes(), drafts)
    problems = _without_errors(problems, size_faults(size, host))
    pages = len(overview) + sum(len(entry.value.pages) for entry in written.values())
    return Built(options.out, len(site.content.datasets), pages, problems, gathered.authored.remarks,
                 size=size, host=host)  # fmt: skip


def publish_site(options: Options, report: Reporter) -> Built:
    """Builds the site, then puts it in the place of the one before at once; does nothing where that is the same.

    Raises DataFaults, and publishes nothing, where the data has errors or the site would break a promise.
    """
    root = options.root.resolve()
    _refuse_places(options)
    with (
        staged(options.out, root / "build" / "spare") as output,
        locked(options.root / "build"),
        opened(workers(options.jobs), options.cluster, reads=(root, options.out.absolute()),
               writes=(root / "build",)) as pool,
    ):  # fmt: skip
        cache, began = Cache(root / "build" / "cache", options.force), time.time_ns()
        place = site_place(options)
        shown = shown_before(cache, place)
        known = known_hashes(data_folders(options.root), shown.sources, root=options.root)
        cache = replace(cache, seen=shown.seen.whole, sources=known)
        key, now = _site_key(options, known), file_states(options.out)
        last = cache.find(key)
        if last and shown.key == key.hash and not shown.differing(now):
            unchanged: Built = last.value
            return replace(unchanged, out=options.out, unchanged=True)

        publications: list[Publication] = []

        def packaged(site: Site) -> tuple[Problem, ...]:
            publications[:] = [site.content.publication]
            return replaced_releases(options.out, site.content.publication, site.packages, shown_as_they_are(site))

        def build(tree: Before, memo: Memo) -> Built:
            output.begin(tree)
            return build_site(options, Runner(pool, cache, report=report, memo=memo), output, report, packaged)

        shared = digest([(name, part) for name, part in key.parts.items() if name != "files"],
                        file_hash(options.root / CATALOG))  # fmt: skip
        tree, memo = before(cache, place, shared, shown, now)
        try:
            built = build(tree, memo)
        except Gone:  # something of the cache cannot be read any more: nothing is taken for granted
            memo = Memo()
            built = build(forgotten(tree), memo)
        sized = CacheKey("size", *place)
        earlier = cache.find(sized)
        built = replace(built, before=earlier.value if earlier else None)
        cache.keep(sized, built.size.whole)
        due = forgetting(publications[0], place)
        if due.is_due:
            output.keep_nothing()
        with report.stage("publish"):
            states = output.publish()
        if due.is_due:
            forget(root, cache, due, memo.keys(frozenset(output.laid().files.values())))
        is_same = _site_key(options, known) == key
        if is_same:
            cache.keep(key, built)
        sources = {about: known[about] for about in settled(known, began)}
        keep(cache, place, shared, Shown(states, time.time_ns(), sources, key.hash if is_same else ""), output.laid(),
             memo)  # fmt: skip
    return built


def untouched_site(options: Options, cache: Cache) -> tuple[int, dict[str, str]]:
    """When the site at `options.out` was published, in nanoseconds since 1970, and where each of its files is; no time
    and no files if it is not as a build left it."""
    shown, states = shown_before(cache, site_place(options)), file_states(options.out)
    if not states or shown.differing(states):
        return 0, {}
    return shown.looked, {path: f"{options.out}/{path}" for path in states}


def data_folders(root: Path) -> tuple[Path, ...]:
    """The folders of a publication's data, with all that describes it."""
    return root / "datasets", root / "schemas"


def _site_key(options: Options, known: Mapping[State, str]) -> CacheKey:
    """All that a site is made from; `known` as in `folder_hashes`."""
    files = site_files(options.root)
    name, place = site_place(options)
    parts = {
        "files": tree_digest(*data_folders(options.root), known=known, root=options.root),
        "site": tree_digest(options.root / "site", *files.layers),
        "options": digest(
            options.base_url, options.only, options.drafts, options.skip_broken_drafts, options.fetch_drafts
        ),
        "code": code_of(__name__),
        "libraries": libraries(),
        **place,
    }
    return CacheKey("site", name, parts)


def site_place(options: Options) -> Place:
    """Which of several sites is built, for keys of the cache."""
    return options.out.name, {"place": digest(str(options.out.resolve()))}


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


def _at_hand(
    publication: Publication, problems: Sequence[Problem], options: Options
) -> tuple[tuple[Release, ...], tuple[Problem, ...]]:
    """The releases that were asked for but for drafts whose data may not be fetched, and the problems with these."""
    chosen = chosen_releases(publication, options.only)
    left = {} if options.fetch_drafts else unfetched_drafts(publication, chosen)
    return tuple(release for release in chosen if release.id not in left), (*problems, *left.values())


def _left_out(
    releases: Sequence[Release], problems: Sequence[Problem], options: Options
) -> tuple[tuple[Release, ...], tuple[Problem, ...]]:
    """The releases without the drafts that have an error, and a warning for each of these in the place of its problems.

    Unless that is asked for, an error in a draft stops the build like any other.
    """
    kept, left = tuple(releases), tuple(problems)
    for draft in (release for release in releases if release.state == "draft" and options.skip_broken_drafts):
        own = [fault for fault in left if fault.file.startswith(f"{draft.folder}/")]
        if errors := sum(fault.severity == "error" for fault in own):
            kept = tuple(release for release in kept if release != draft)
            said = warning("draft-left-out", draft.folder, version=draft.version, dataset=draft.dataset, count=errors)
            left = (*(fault for fault in left if fault not in own), said)
    return kept, left


def _shown(publication: Publication, summarised: Sequence[Summarised], options: Options) -> Results:
    """The results that get pages: drafts only where they were asked for."""
    results = {
        (result.release.dataset, result.release.version): result
        for each in summarised
        if (result := each.result) and (options.drafts or result.release.state != "draft")
    }
    if not results and not publication.removed:
        raise UsageError("drafts-only")
    return results
