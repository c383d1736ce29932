"""Which files of a publication are watched while it is served, also those in folders that appear meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from datagazette.build.build import data_folders
from datagazette.build.site_check import site_files
from datagazette.commands.revisions import PLACES

_EDITS = ("created", "modified", "moved", "deleted")


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


def _watched(root: Path) -> Sequence[Path]:
    """The folders of data, pages and templates: the publication's own, and ours."""
    wanted = (*data_folders(root), root / "site", *site_files(root).layers)
    found = {folder.resolve() for folder in wanted if folder.is_dir()}
    return [folder for folder in sorted(found) if not any(other in folder.parents for other in found)]
