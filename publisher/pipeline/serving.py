"""`serve`: the site with its drafts on localhost, built again as files change."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from publisher.errors import DataFaults, EnvironmentFault, PublisherError
from publisher.pipeline.build import Options, build_site
from publisher.pipeline.progress import Reporter
from publisher.reports import text_report

_WATCHED = ("datasets", "schemas", "site")
_PAUSE = 0.2  # seconds without a change before a build, since programs save in several steps


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the library
        pass


class _Changes(FileSystemEventHandler):
    """Sets an event for each change that could be somebody's edit."""

    def __init__(self, changed: threading.Event) -> None:
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("created", "modified", "moved", "deleted") and not event.is_directory:
            self._changed.set()


def serve_site(root: Path, port: int, jobs: int | None, report: Reporter) -> None:
    """Builds, serves and watches until the person stops it."""
    out = root / "build" / "serve"
    options = Options(root, out, f"http://127.0.0.1:{port}/", drafts=True, jobs=jobs)
    _rebuild(options, report)
    changed = threading.Event()
    observer = Observer()
    for name in _WATCHED:
        if (root / name).is_dir():
            observer.schedule(_Changes(changed), str(root / name), recursive=True)
    with _server(out, port) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        observer.start()
        report.console.print(f"http://127.0.0.1:{server.server_port}/")
        try:
            while True:
                changed.wait()
                while changed.is_set():
                    changed.clear()
                    changed.wait(_PAUSE)
                _rebuild(options, report)
        except KeyboardInterrupt:
            observer.stop()
            server.shutdown()


def _server(folder: Path, port: int) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        raise EnvironmentFault(
            en=f"port {port} is in use; choose another with --port", zh=f"端口 {port} 已被占用；请用 --port 换一个"
        ) from error


def _rebuild(options: Options, report: Reporter) -> None:
    """A build whose problems are told and leave the site as it was."""
    try:
        build_site(options, report)
    except DataFaults as faults:
        for line in text_report(faults.problems, report.language):
            report.console.print(line.text, soft_wrap=True, markup=False)
    except PublisherError as error:
        report.console.print(error.text(report.language), soft_wrap=True, markup=False)
