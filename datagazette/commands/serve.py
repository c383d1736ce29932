"""`serve`: the site with its drafts on localhost, rebuilt as files change, and reloaded where it is open.

Nothing is published here: an address is answered from the cache's own files, so that a small change costs little in a
large publication. What was shown last is shown at once. Of what changed the pages that are looked at come first, with
what pages link to (downloads, preview pictures) as it was; then all is built as `build` does it.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from datagazette.build.build import Options, build_site, data_folders, gather_site, site_place, untouched_site
from datagazette.build.cache import Cache, CacheKey
from datagazette.build.fingerprints import Seen, digest, known_hashes, settled
from datagazette.build.last import shown_before
from datagazette.build.overview import write_overview
from datagazette.build.package import CHARTS, LINKED
from datagazette.build.render import render
from datagazette.build.steps import Reporter, Runner, Step, Task
from datagazette.build.workers import Workers, opened, workers
from datagazette.build.write import PAGES, Site, led_elsewhere, write
from datagazette.commands.preview import Preview, server
from datagazette.commands.watching import Watch
from datagazette.describe import addresses
from datagazette.files import State, state
from datagazette.messages import LANGUAGES, texts
from datagazette.model.errors import DataFaults, PublisherError
from datagazette.model.names import LATEST
from datagazette.model.problems import Problem
from datagazette.publish.output import Output, locked
from datagazette.reports.problem_list import text_report

_PAUSE = 0.1  # seconds without a change before a build, since programs save in several steps
_AGAIN = 2  # seconds until a build is tried again where another one is at work
_PREPARED = frozenset({"load", "check", "summarise"})  # the stages before the first pages, which are shown once
_LATER = frozenset({"package"})  # the one that comes after them


class _Served(Output):
    """An output of which only texts are written: it knows where each other file is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: dict[str, str] = {}
        self._written: list[str] = []

    def write(self, relative: str, content: str | bytes) -> None:
        path = self._folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.files[relative] = str(path)
        self._written.append(relative)

    def take(self, source: str, relative: str) -> None:
        self.files[relative] = source

    def paths(self) -> Collection[str]:
        return self.files.keys()

    def read(self, relative: str) -> str:
        path = Path(self.files[relative]) if relative in self.files else self._folder / relative
        return path.read_text("utf-8", errors="replace")

    def sizes(self) -> Mapping[str, int]:
        return {path: Path(file).stat().st_size for path, file in self.files.items()}

    def texts(self) -> Iterator[tuple[str, str]]:
        return ((path, (self._folder / path).read_text("utf-8", errors="replace")) for path in sorted(self._written))


class Superseded(Exception):
    """Something changed while a site was built: it is not the one to be shown."""


@dataclass
class Serving:
    """What is served, from what, and how far it is. `first` are the workers for the pages that are looked at, so that
    they wait for nothing that the others do. `changed` is set by whatever watches the files, which is renewed by
    `renew`."""

    options: Options
    preview: Preview
    report: Reporter
    first: Workers
    rest: Workers
    changed: threading.Event = field(default_factory=threading.Event)
    renew: Callable[[], None] = lambda: None
    _seen: Seen = field(default_factory=Seen)
    _tried: set[str] = field(default_factory=set)  # pages that were wanted in the present state of the sources
    _is_outdated: bool = False
    _looking: threading.Lock = field(default_factory=threading.Lock)

    def _opened(self) -> Cache:
        """The cache, with the hashes of the publication's files as they are now."""
        looked = time.time_ns()
        known = known_hashes(data_folders(self.options.root), self._seen.sources, root=self.options.root)
        self._seen = replace(self._seen, sources={each: known[each] for each in settled(known, looked)})
        return Cache(self.options.root / "build" / "cache", seen=self._seen.whole, sources=known)

    @property
    def _last(self) -> CacheKey:
        return CacheKey("shown", "serve", {"place": digest(str(self.options.root))})

    def recall(self) -> None:
        """Shows what was shown or published last, until it is known whether that is still right."""
        cache, published = Cache(self.options.root / "build" / "cache"), self.options.root / "public"
        options = replace(self.options, out=published)
        self._seen, kept = shown_before(cache, site_place(options)).seen, cache.find(self._last)
        built, files = untouched_site(options, cache)
        self.preview.show(kept.value if kept and kept.written > built else files)

    def update(self) -> None:
        """Builds what is new, and shows what is wrong instead where there is something; the site then stays."""
        self.changed.clear()
        gc.unfreeze()
        began = time.time_ns()
        self.begin()
        try:
            with locked(self.options.root / "build"):
                self.show_first()
                self.build_rest()
        except Superseded:
            return
        except PublisherError as error:
            # What is wrong with what was there before matters no more; a file may have changed while it was read.
            if self._is_outdated:
                self.changed.set()
            if not self.changed.is_set():
                self._explain(error)
            if error.key == "out-locked":  # the other build comes to an end, and nothing says when
                time.sleep(_AGAIN)
                self.changed.set()
            return
        states: list[State] = []
        for file in self.preview.files.values():
            with suppress(OSError):
                states.append(state(Path(file).stat()))
        self._seen = replace(self._seen, whole=settled(states, began))

    def settle(self) -> None:
        """Waits until a person has changed something, and programs have saved it."""
        self.changed.wait()
        while self.changed.is_set():
            self.renew()
            self.changed.clear()
            self.changed.wait(_PAUSE)

    def begin(self) -> None:
        """Nothing that is shown is known to be right."""
        self._tried.clear()
        self._is_outdated = False
        self.preview.begin(pending=["data/"])

    def show_first(self) -> None:
        """Shows the pages that are looked at, and the home pages. What they link to is as it was, and waits; so are
        their charts at first, which take longer than all else of a page."""
        if self._show_pages(CHARTS):
            self._show_pages()

    def _show_pages(self, later: str = "") -> bool:
        """Shows these pages with what they show, but for what the step `later` makes; whether that is missing."""
        output, report = self._output(), replace(self.report, quiet=self.preview.is_complete, hidden=_LATER)
        missing = set[str]()

        def can_wait(step: Step, task: Task) -> bool:
            own = addresses.dataset_path(task.dataset)
            is_shown = step.name in (CHARTS, PAGES) and any(own in path for path in self.preview.wanted())
            if is_shown and step.name == later:
                missing.add(task.subject)
            return step.name in (*LINKED, CHARTS, PAGES) and (not is_shown or step.name == later)

        runner = Runner(self.first, self._opened(), report=report, can_wait=can_wait)
        site = gather_site(self.options, runner, output, report, work="first").site
        wanted = {*self.preview.wanted(), *_homes(site)}
        self._tried |= wanted
        written = write(site)
        render(site, written, write_overview(site, written), wanted)
        self.preview.show(output.files, tuple(_unmade(site)), is_whole=not missing)
        return bool(missing)

    def build_rest(self) -> None:
        """Shows the whole site. Raises Superseded where something changes meanwhile: the next site has what was made
        so far."""
        cache, output = self._opened(), self._output()
        report = replace(self.report, quiet=self.preview.is_complete, hidden=_PREPARED)
        runner = Runner(self.rest, cache, report=report, waiting=self._look, between=self._stop)
        led: dict[str, str] = {}

        def packaged(site: Site) -> tuple[Problem, ...]:
            led.update(led_elsewhere(site))  # as the host does
            return ()

        build_site(self.options, runner, output, report, packaged)
        self._stop()
        self.preview.finish({**output.files, **{place: output.files[path] for place, path in led.items()}})
        cache.keep(self._last, dict(output.files))

    def _look(self) -> None:
        """While others work: shows the pages that are looked at, of what is new if something has changed.

        Two threads of a build may wait at once, and one of them is enough for this.
        """
        if not self._looking.acquire(blocking=False):
            return
        try:
            if self.changed.is_set():
                self.settle()
                self.begin()
                self._is_outdated = True
            elif set(self.preview.wanted()) <= self._tried:
                return
            self.show_first()
        except PublisherError as error:
            self._tried |= {*self.preview.wanted()}
            self._explain(error)
        finally:
            self._looking.release()

    def _stop(self) -> None:
        if self._is_outdated or self.changed.is_set():
            self.changed.set()
            raise Superseded

    def _output(self) -> _Served:
        self.options.out.mkdir(parents=True, exist_ok=True)
        return _Served(self.options.out)

    def _explain(self, error: PublisherError) -> None:
        """Shows in the browser and in the terminal why there is nothing new."""
        lines = {
            language: [line.text for line in text_report(error.problems, language)]
            if isinstance(error, DataFaults)
            else [error.text(language)]
            for language in LANGUAGES
        }
        heading = {language: texts("cli", language)["serve"]["faulty"] for language in LANGUAGES}
        explanation = {language: [heading[language], *said] for language, said in lines.items()}
        is_new = explanation != self.preview.explanation
        self.preview.explain(explanation)
        for line in lines[self.report.language] if is_new else ():
            self.report.console.print(line, soft_wrap=True, markup=False)


def serve_site(root: Path, port: int, jobs: int | None, report: Reporter, *, fetch_drafts: bool = False) -> None:
    """Builds, serves and watches until the person stops it."""
    preview, build = Preview(), [root / "build"]
    preview.begin()
    with (
        server(preview, port, report.language) as address,
        opened(workers(jobs), reads=[root], writes=build) as first,
        opened(workers(jobs), reads=[root], writes=build) as rest,
    ):
        report.console.print(address)
        options = Options(root, root / "build" / "serve", drafts=True, fetch_drafts=fetch_drafts)
        serving = Serving(options, preview, report, first, rest)
        watch = Watch(root, serving.changed)
        watch.renew()
        serving.renew = watch.renew
        watch.observer.start()
        try:
            serving.recall()
            while True:
                serving.update()
                serving.settle()
        except KeyboardInterrupt:
            watch.observer.stop()


def _homes(site: Site) -> list[str]:
    """The files of the home page in all languages."""
    catalog = site.content.catalog
    return [f"{addresses.localized(catalog, addresses.HOME, language)}index.html" for language in catalog.languages]


def _unmade(site: Site) -> list[str]:
    """The folders of the downloads that are still those of before, or none."""
    found = []
    for (dataset, version), package in site.packages.items():
        if package.files.is_provisional:
            found += [addresses.data_path(dataset, version), addresses.data_path(dataset, LATEST)]
    return found
