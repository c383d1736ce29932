"""`serve`: the site with its drafts on localhost, rebuilt as files change, and reloaded where it is open.

Nothing is published here: an address is answered from the cache's own files, so that a small change costs little in a
large publication. The pages of what changed are made first and shown at once; what is about all datasets follows.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from datagazette.build.build import Options, build_site, data_folders
from datagazette.build.cache import Cache
from datagazette.build.fingerprints import Seen, known_hashes, settled
from datagazette.build.render import render
from datagazette.build.site_check import site_files
from datagazette.build.steps import Reporter, Runner
from datagazette.build.workers import opened, workers
from datagazette.build.write import Site, write
from datagazette.commands.preview import Preview, server
from datagazette.commands.revisions import PLACES
from datagazette.files import State, state
from datagazette.messages import LANGUAGES, texts
from datagazette.model.errors import DataFaults, PublisherError
from datagazette.model.problems import Problem
from datagazette.publish.output import Output, locked
from datagazette.reports.problem_list import text_report

_EDITS = ("created", "modified", "moved", "deleted")
_PAUSE = 0.1  # seconds without a change before a build, since programs save in several steps


class _Served(Output):
    """An output of which only texts are written: it knows where each other file is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: dict[str, str] = {}
        self._written: set[str] = set()

    def write(self, relative: str, content: str | bytes) -> None:
        self._written.add(relative)
        path = self._folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def take(self, source: str, relative: str) -> None:
        self.files[relative] = source

    def paths(self) -> Collection[str]:
        return {*self.files, *self._written}

    def texts(self) -> Iterator[tuple[str, str]]:
        return ((path, (self._folder / path).read_text("utf-8", errors="replace")) for path in sorted(self._written))


class _Changes(FileSystemEventHandler):
    """Sets an event for each change that could be a person's edit."""

    def __init__(self, changed: threading.Event) -> None:
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _EDITS and not event.is_directory:
            self._changed.set()


class _Places(_Changes):
    """Sets the event where a part of the publication appears, changes or goes at its top: a first colour is a new
    folder `site/`."""

    def on_any_event(self, event: FileSystemEvent) -> None:
        names = {Path(os.fsdecode(path)).name for path in (event.src_path, event.dest_path)}
        is_edit = event.event_type in _EDITS and not (event.is_directory and event.event_type == "modified")
        if is_edit and not names.isdisjoint(PLACES):
            self._changed.set()


class Watch:
    """What is watched: folders, and those that appear meanwhile."""

    def __init__(self, root: Path, changed: threading.Event) -> None:
        self.observer = Observer()
        self._root, self._changed = root, changed
        self._watches = {root: self.observer.schedule(_Places(changed), str(root))}

    def renew(self) -> None:
        """A folder that went is forgotten, since another one may come in its place."""
        wanted = _watched(self._root)
        for folder in [folder for folder in self._watches if folder not in (self._root, *wanted)]:
            self.observer.unschedule(self._watches.pop(folder))
        for folder in wanted:
            if folder not in self._watches:
                watch = self.observer.schedule(_Changes(self._changed), str(folder), recursive=True)
                self._watches[folder] = watch


def serve_site(root: Path, port: int, jobs: int | None, report: Reporter) -> None:
    """Builds, serves and watches until the person stops it."""
    out = root / "build" / "serve"
    preview = Preview(out)
    changed = threading.Event()
    watch = Watch(root, changed)
    watch.renew()
    with server(preview, port) as address, opened(workers(jobs), reads=[root], writes=[root / "build"]) as pool:
        report.console.print(address)
        cache = Cache(root.resolve() / "build" / "cache")
        options = Options(root, out, address, drafts=True)
        watch.observer.start()
        try:
            seen = Seen()
            while True:
                seen = _rebuild(options, Runner(pool, cache), seen, preview, report, changed)
                changed.wait()
                while changed.is_set():
                    watch.renew()
                    changed.clear()
                    changed.wait(_PAUSE)
        except KeyboardInterrupt:
            watch.observer.stop()


def _watched(root: Path) -> Sequence[Path]:
    """The folders of data, pages and templates: the publication's own, and ours."""
    wanted = (*data_folders(root), root / "site", *site_files(root).layers)
    found = {folder.resolve() for folder in wanted if folder.is_dir()}
    return [folder for folder in sorted(found) if not any(other in folder.parents for other in found)]


def _rebuild(
    options: Options, runner: Runner, seen: Seen, preview: Preview, report: Reporter, changed: threading.Event
) -> Seen:
    """A build whose problems are shown, and leave what is shown as it was; returns what is known of files by then."""
    gc.unfreeze()
    began = time.time_ns()
    sources = known_hashes(data_folders(options.root), seen.sources, root=options.root)
    assert runner.cache
    cache = replace(runner.cache, seen=seen.whole, sources=sources)
    try:
        with locked(options.root / "build"):
            _show(options, replace(runner, cache=cache), preview, report, changed)
    except PublisherError as error:
        _explain(error, preview, report)
    states: list[State] = []
    for file in preview.files.values():
        with suppress(OSError):
            states.append(state(Path(file).stat()))
    return Seen(settled(states, began), {seen: sources[seen] for seen in settled(sources, began)})


def _explain(error: PublisherError, preview: Preview, report: Reporter) -> None:
    """Shows in the browser and in the terminal why there is nothing new."""
    lines = {
        language: [line.text for line in text_report(error.problems, language)]
        if isinstance(error, DataFaults)
        else [error.text(language)]
        for language in LANGUAGES
    }
    preview.explain({language: [texts("cli", language)["serve"]["faulty"], *said] for language, said in lines.items()})
    for line in lines[report.language]:
        report.console.print(line, soft_wrap=True, markup=False)


class _Superseded(Exception):
    """Something changed while a site was built: what is about all datasets can wait."""


def _show(options: Options, runner: Runner, preview: Preview, report: Reporter, changed: threading.Event) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    output = _Served(options.out)
    quick = replace(report, quiet=preview.is_complete)

    def packaged(site: Site) -> tuple[Problem, ...]:
        render(site, write(site))
        preview.show(output.files)
        if changed.is_set() and preview.is_complete:
            raise _Superseded
        return ()

    with suppress(_Superseded):
        build_site(options, replace(runner, report=quick), output, quick, packaged)
        preview.show(output.files, complete=True)
