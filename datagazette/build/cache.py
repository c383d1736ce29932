"""What earlier builds made, kept by the hash of all that it was made from.

    <root>/<stage>/<kk>/<key>/entry      what it is, what it was made from, its value, and its own hash
    <root>/<stage>/<kk>/<key>/files/...  the files that belong to it, whose hashes are in `entry`
    <root>/newest/<stage>/<subject>      the key that the subject had last, to say why it is made again

An entry is written in a folder of its own and renamed into place, and never written again, so that published files
may be hard links to it. Whatever differs from its hash, or cannot be read, is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from datagazette.files import State, replace_atomically, sha256, state
from datagazette.isolation import values

_ENTRY, _FILES, _NEWEST = "entry", "files", "newest"
# An entry that no build has used for so long is removed.
UNUSED_DAYS = 14
_DAY = 86_400  # seconds
_PROGRAM = ("code", "libraries")  # the parts that say which program made something
_PRUNED = ".pruned"  # written when that was looked for last


@dataclass(frozen=True)
class CacheKey:
    """All that a result is made from. `subject` names it for people; `parts` are hashes by what they are of."""

    stage: str
    subject: str
    parts: Mapping[str, str]

    @cached_property
    def hash(self) -> str:
        text = json.dumps([self.stage, self.subject, dict(self.parts)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Content:
    """What an entry holds. `files` are (size, SHA-256) by path; `written` is when the last of them was, in nanoseconds
    since 1970."""

    value: Any
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    written: int = 0


class Gone(Exception):
    """An entry that the build before this one had cannot be read any more."""


@dataclass(frozen=True)
class Entry:
    """A result of an earlier build, or of this one, with its files below `folder`; read once something of it is asked.

    `is_provisional`: it is in the place of one that is still to be made. `is_quiet` as in `Step.quiet`.
    """

    key: str
    folder: Path
    content: Callable[[], Content]
    is_provisional: bool = False
    is_quiet: bool = False

    @classmethod
    def of(cls, value: Any, folder: Path = Path(), *, is_provisional: bool = False) -> Entry:
        """One that is in no cache."""
        return cls("", folder, partial(Content, value), is_provisional)

    @cached_property
    def _content(self) -> Content:
        return self.content()

    @property
    def value(self) -> Any:
        return self._content.value

    @property
    def files(self) -> Mapping[str, tuple[int, str]]:
        return self._content.files

    @property
    def written(self) -> int:
        return self._content.written

    def names(self, below: str = "") -> Iterator[str]:
        """The paths of the files, of those that begin with `below`, found when they are asked for."""
        yield from (name for name in self.files if name.startswith(below))

    def path(self, name: str) -> Path:
        return self.folder / name

    def is_whole(self, below: str = "", seen: Collection[State] = frozenset()) -> bool:
        """Whether each file, or each whose path begins with `below`, is what it was when it was written.

        `seen` are states of files that were whole, and have not been touched where they are still the same.
        """
        with suppress(OSError):
            for name, (size, digest) in self.files.items():
                if name.startswith(below):
                    about = os.stat(path := f"{self.folder}/{name}")  # noqa: PTH116 - see sha256
                    is_untouched = about.st_mtime_ns <= self.written and state(about) in seen
                    if about.st_size != size or not (is_untouched or sha256(path) == digest):
                        return False
            return True
        return False


@dataclass(frozen=True)
class Cache:
    """The folder of all entries. With `force` nothing is found, so that all is made and written again.

    `seen` as in `Entry.is_whole`; `sources` are the hashes of the publication's own files by their states.
    """

    root: Path
    force: bool = False
    seen: Collection[State] = frozenset()
    sources: Mapping[State, str] = field(default_factory=dict)

    def find(self, key: CacheKey) -> Entry | None:
        """The entry of a key, with its value; its files are looked at by `Entry.is_whole`."""
        return None if self.force else self.read(key)

    def read(self, key: CacheKey) -> Entry | None:
        """As `find`, whatever `force` says: for what was made just now."""
        return self._entry(self._folder(key.stage, key.hash), key.hash)

    def known(self, stage: str, key: str, *, is_quiet: bool = False) -> Entry:
        """An entry that was there when its stage was asked for last; reading it raises `Gone` where it is not."""
        folder = self._folder(stage, key)

        def content() -> Content:
            found = self._read(folder, key)
            if found is None:
                raise Gone(folder)
            return found

        return Entry(key, folder / _FILES, content, is_quiet=is_quiet)

    def newest(self, key: CacheKey) -> Entry | None:
        """What was made last for the subject of a key, by the same program; its files may be damaged."""
        last = self._last(key)
        made = last.get("parts", {})
        if any(made.get(part) != key.parts.get(part) for part in _PROGRAM):
            return None
        return self._entry(self._folder(key.stage, last["key"]), last["key"])

    def _entry(self, folder: Path, key: str) -> Entry | None:
        found = self._read(folder, key)
        return Entry(key, folder / _FILES, lambda: found) if found else None

    def _read(self, folder: Path, key: str) -> Content | None:
        try:
            with open(f"{folder}/{_ENTRY}", "rb", buffering=0) as file:  # noqa: PTH123 - see sha256
                expected, _, content = file.read().partition(b"\n")
            if hashlib.sha256(content).hexdigest().encode() != expected:
                return None  # damaged
            head, _, pickled = content.partition(b"\n")
            about = json.loads(head)
            if about["key"] != key:
                return None  # misplaced
            files = {name: (size, digest) for name, (size, digest) in about["files"].items()}
            found = Content(values.load(pickled), files, about.get("written", 0))
            if _used(str(folder)) < time.time() - _DAY:
                os.utime(f"{folder}/{_ENTRY}")
        except (OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, ImportError, pickle.PickleError):
            return None
        return found

    def remove(self, key: CacheKey) -> None:
        """Takes a damaged entry away."""
        shutil.rmtree(self._folder(key.stage, key.hash), ignore_errors=True)

    @contextmanager
    def writing(self, key: CacheKey) -> Iterator[tuple[Path, Callable[[Any], None]]]:
        """An empty folder for an entry's files, and the function that takes its value and puts it in place."""
        self.root.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
        files = scratch / _FILES
        files.mkdir()

        try:
            yield files, partial(self._keep, scratch, key)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def keep(self, key: CacheKey, value: Any) -> None:
        """Writes an entry without files."""
        with self.writing(key) as (_, keep):
            keep(value)

    def reason(self, key: CacheKey) -> tuple[str, ...]:
        """Why a key has no entry: the names of the parts that are new; `new`, `forced` or `damaged`."""
        if self.force:
            return ("forced",)
        before = self._last(key).get("parts", {})
        if not before:
            return ("new",)
        changed = [name for name, value in key.parts.items() if before.get(name) != value]
        changed += [name for name in before if name not in key.parts]
        return tuple(changed) or ("damaged",)

    def remember(self, key: CacheKey) -> None:
        """Notes what the subject was made from last."""
        path = self._newest(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_atomically(path, json.dumps({"key": key.hash, "parts": dict(key.parts)}, sort_keys=True).encode())

    def prune(self, kept: Collection[str] = frozenset()) -> int:
        """Once a day, removes what no build used for `UNUSED_DAYS`, and what killed builds left; returns how many.

        `kept` are the keys of entries that are used without being read.
        """
        now, removed = time.time(), 0
        stamp = self.root / _PRUNED
        if stamp.exists() and now - _DAY < stamp.stat().st_mtime <= now:
            return 0
        for folder in _folders(str(self.root), 3):
            if _used(folder) < now - UNUSED_DAYS * _DAY and os.path.basename(folder) not in kept:  # noqa: PTH119
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        for scratch in self.root.glob(".new-*"):
            if scratch.stat().st_mtime < now - _DAY:
                shutil.rmtree(scratch, ignore_errors=True)
        stamp.touch()
        return removed

    def sweep(self, kept: Collection[str]) -> None:
        """Removes every entry but those with the keys `kept`, and what is known of others."""
        for folder in _folders(str(self.root), 3):
            if os.path.basename(folder) not in kept:  # noqa: PTH119
                shutil.rmtree(folder, ignore_errors=True)
        for left in (self.root / _NEWEST, *self.root.glob(".new-*")):
            shutil.rmtree(left, ignore_errors=True)

    def _last(self, key: CacheKey) -> dict[str, Any]:
        """The key and the parts that the subject had last; empty where that is not known."""
        try:
            found: dict[str, Any] = json.loads(self._newest(key).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def _folder(self, stage: str, key: str) -> Path:
        return Path(f"{self.root}/{stage}/{key[:2]}/{key}")

    def _newest(self, key: CacheKey) -> Path:
        return self.root / _NEWEST / key.stage / key.subject.replace("/", " ")

    def _keep(self, scratch: Path, key: CacheKey, value: Any) -> None:
        """In one rename; an entry that is there already is damaged or forced, and gives way."""
        below = scratch / _FILES
        files = {
            path.relative_to(below).as_posix(): (path.stat().st_size, sha256(path))
            for path in sorted(below.rglob("*"))
            if path.is_file()
        }
        about = {"key": key.hash, "subject": key.subject, "parts": dict(key.parts)}
        head = json.dumps({**about, "files": files, "written": time.time_ns()})
        content = head.encode() + b"\n" + values.dump(value)
        (scratch / _ENTRY).write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        folder = self._folder(key.stage, key.hash)
        folder.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(10):
            try:
                scratch.rename(folder)
            except OSError:
                with tempfile.TemporaryDirectory(prefix=".new-", dir=self.root) as old, suppress(FileNotFoundError):
                    folder.rename(Path(old, "old"))
            else:
                return
        raise OSError(f"cannot write {folder}")


def _folders(root: str, depth: int) -> Iterator[str]:
    """The folders at this depth below `root`, but for those that say what the newest entries are."""
    with suppress(OSError), os.scandir(root) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == _NEWEST or not entry.is_dir(follow_symlinks=False):
                continue
            if depth == 1:
                yield entry.path
            else:
                yield from _folders(entry.path, depth - 1)


def _used(folder: str) -> float:
    try:
        return os.stat(f"{folder}/{_ENTRY}").st_mtime  # noqa: PTH116 - see sha256
    except OSError:
        return 0.0
