"""Hashes of what results are made from: files, frozen values, our own code, the libraries; and the states of files.

The state of a file (size, times and number on the disk) shows from one build to the next whether it was touched.

The code of a stage is its module with all that this imports from `datagazette`, found by reading the imports, and the
other files (such as the texts in `messages`) beside those modules; but for the machinery that only moves work about.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import os
import pickle
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from datagazette.charts.font_files import further_fonts
from datagazette.files import State, sha256, state
from datagazette.home import HOME, PACKAGE

if TYPE_CHECKING:
    from datagazette.model.publication import Release

# These say who does the work and when, and where its results are kept; what comes out does not depend on them.
_MACHINERY = frozenset({
    "datagazette.build.cache", "datagazette.build.fingerprints", "datagazette.build.memo", "datagazette.build.steps",
    "datagazette.build.workers", "datagazette.publish.output", "datagazette.publish.trees",
})  # fmt: skip
_IMPORT = re.compile(
    r"^\s*(?:from (datagazette[\w.]*) import (\([^)]*\)|[^\n]*)|import (datagazette[\w.]*))", re.MULTILINE
)
_NOTHING: Mapping[State, str] = MappingProxyType({})
_LOCKED = re.compile(r"^([\w.-]+)==", re.MULTILINE)
TICK = 100_000_000  # nanoseconds: systems keep the times of files to 10 ms at the worst


def digest(*values: object) -> str:
    """The hash of frozen values and of what they hold; equal values have equal hashes, however they came about."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, protocol=5)
    pickler.fast = True  # without notes on what it has met before, which depend on identity and not on value
    for value in values:
        pickler.dump(value)
    return hashlib.sha256(stream.getvalue()).hexdigest()


def folder_hashes(folder: Path, known: Mapping[State, str] = _NOTHING, *, root: Path | None = None) -> dict[str, str]:
    """SHA-256 of every file below a folder by its path; links with what they point to; empty for a folder.

    `known` are the hashes of files by their states: such a file is not read again. Where a `root` is named, what a
    link points to outside of it is not read.
    """
    return {name: found for name, _, found in sorted(_walked(str(folder), "", known, root))}


def known_hashes(
    folders: Iterable[Path], known: Mapping[State, str] = _NOTHING, *, root: Path | None = None
) -> dict[State, str]:
    """SHA-256 of every file below folders by its state, to be `known` from then on; the rest as in `folder_hashes`."""
    walked = (file for folder in folders for file in _walked(str(folder), "", known, root))
    return {state: found for _, state, found in walked if state}


def _walked(
    folder: str, prefix: str, known: Mapping[State, str], root: Path | None
) -> Iterator[tuple[str, State | tuple[()], str]]:
    """(path, state, hash) of what is below a folder; only a file that is no link has a state."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        name = f"{prefix}{entry.name}"
        if entry.is_symlink():
            is_inside = root is None or Path(entry.path).resolve().is_relative_to(root.resolve())
            found = file_hash(entry.path) if is_inside and entry.is_file() else ""
            yield name, (), f"{os.readlink(entry.path)} {found}"  # noqa: PTH115 - a scandir entry
        elif entry.is_dir():
            yield f"{name}/", (), ""
            yield from _walked(entry.path, f"{name}/", known, root)
        else:
            yield name, *_hashed(entry, known)


def _hashed(entry: os.DirEntry[str], known: Mapping[State, str]) -> tuple[State | tuple[()], str]:
    """Nothing for what is no file: to read a pipe may never end."""
    try:
        about = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(about.st_mode):
            return (), ""
        return state(about), known.get(state(about)) or sha256(entry.path)
    except OSError as error:
        return (), str(error.errno)


def file_hash(path: str | Path) -> str:
    """SHA-256 of a file; of one that cannot be read, the number of the error."""
    try:
        return sha256(path)
    except OSError as error:
        return str(error.errno)


def tree_digest(*places: Path, known: Mapping[State, str] = _NOTHING, root: Path | None = None) -> str:
    """The hash of files and folders with all that is in them, by their names; the rest as in `folder_hashes`."""
    found: dict[str, str] = {}
    for number, place in enumerate(places):
        if place.is_file():
            found[f"{number} {place.name}"] = file_hash(place)
        else:
            found |= {f"{number} {name}": value for name, value in folder_hashes(place, known, root=root).items()}
    return digest(found)


@dataclass(frozen=True)
class Seen:
    """The states of files of results that were whole, and those of the publication's own files with their hashes."""

    whole: frozenset[State] = frozenset()
    sources: Mapping[State, str] = field(default_factory=dict)


def settled(states: Iterable[State], looked: int) -> frozenset[State]:
    """Those that would show a change that came after `looked`, in nanoseconds since 1970.

    Within the same tick of the system's clock a change would not show.
    """
    return frozenset(state for state in states if state[-1] < looked - TICK)


def file_states(folder: Path) -> dict[str, State]:
    """The state of each file below a folder, by its path there; nothing is read, so it is quick."""
    found: dict[str, State] = {}
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with suppress(OSError), os.scandir(f"{folder}/{below}") as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{below}{entry.name}/")
                else:
                    found[f"{below}{entry.name}"] = state(entry.stat(follow_symlinks=False))
    return found


@dataclass(frozen=True)
class Hashes:
    """The hashes of a publication's releases by id, and those of its tables' bytes by file. Without any, all are "".

    `basis` is by dataset a hash of its files and of those of all datasets that its pages or files can say something of.
    """

    releases: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)

    def release(self, release: Release) -> str:
        """Of all that was read of a release but its tables."""
        return self.releases[release.id] if self.releases else ""

    def data(self, release: Release) -> str:
        return digest([self.tables[table.file] for table in release.tables]) if self.releases else ""

    def both(self, releases: Iterable[Release]) -> str:
        if not self.releases:
            return ""
        return digest([(release.id, self.releases[release.id], self.data(release)) for release in releases])

    def sources(self, root: Path, release: Release) -> tuple[tuple[Path, str], ...]:
        """The files of a release's tables, for `Task`."""
        return (
            tuple((root / table.source, self.tables[table.file]) for table in release.tables) if self.releases else ()
        )


@cache
def libraries() -> str:
    """The versions of Python, of what is installed for the set-up, and of what the lock files name."""
    locks = [HOME / "requirements.txt", HOME / "package-lock.json"]
    versions = {}
    for name in (*_LOCKED.findall(locks[0].read_text("utf-8")), *further_fonts()):
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return digest(tuple(sys.version_info[:3]), versions, [sha256(lock) for lock in locks])


@cache
def code_of(*modules: str) -> str:
    """The hash of modules such as `datagazette.build.check` and of all of ours that they import."""
    return digest({str(path.relative_to(PACKAGE.parent)): file_hash(path) for path in code_files(modules)})


def code_files(modules: Iterable[str]) -> tuple[Path, ...]:
    """The files of modules, of all that they import, and the data beside them."""
    known = _modules()
    waiting, seen = list(modules), set[str]()
    while waiting:
        name = waiting.pop()
        if name in known and name not in seen | _MACHINERY:
            seen.add(name)
            parent = name.rpartition(".")[0]
            waiting += [*known[name][1], *([parent] if parent else [])]
    files = {known[name][0] for name in seen}
    folders = {file.parent for file in files}
    data = {path for folder in folders for path in folder.iterdir() if path.is_file() and path.suffix != ".py"}
    texts = {path for path in (PACKAGE / "messages").rglob("*") if path.suffix in {".yaml", ".json"}}
    return tuple(sorted({*files, *data, *(texts if "datagazette.messages" in seen else ())}))


@cache
def _modules() -> Mapping[str, tuple[Path, frozenset[str]]]:
    """Each module of ours: its file, and the modules of ours that it imports."""
    files = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    found = {}
    for name, path in files.items():
        named = set()
        for source, names, module in _IMPORT.findall(path.read_text("utf-8")):
            named |= {source or module, *(f"{source}.{part}" for part in re.findall(r"\w+", names))}
        found[name] = (path, frozenset(named & files.keys()))
    return found
